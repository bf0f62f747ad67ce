/*
 * cli_outside.c: see cli_outside.h. Folders are told apart by device and inode
 * on the way up from the file to the root: a name says little about where it
 * leads.
 */
#include "cli_outside.h"

#include "mem.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FOLDER (O_PATH | O_DIRECTORY | O_CLOEXEC)

static bool is_same(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/* From the folder upwards; takes the descriptor. */
static int look_up(
    const struct cli_case *c, int fd, bool *ret_is_inside, struct err *err)
{
	struct stat at, above, own;
	int rc = 0;

	if (fstat(fd, &at) != 0 || fstat(c->fd, &own) != 0)
		rc = err_sys(err, errno, "looking at a folder");
	while (rc == 0 && !(*ret_is_inside = is_same(&at, &own))) {
		const int up = openat(fd, "..", FOLDER);

		(void)close(fd); /* a folder: nothing is lost */
		fd = up;
		if (up < 0 || fstat(up, &above) != 0)
			rc = err_sys(err, errno, "looking at a folder");
		if (rc == 0 && is_same(&above, &at))
			break; /* the root */
		at = above;
	}
	if (fd >= 0)
		(void)close(fd); /* a folder: nothing is lost */
	return rc;
}

static int check(const struct cli_case *c, const char *option, const char *path,
    struct err *err)
{
	char *copy = mem_copy_text(path, strlen(path));
	bool is_inside = false;
	int rc = copy == NULL ? err_nomem(err) : 0;
	int fd = rc == 0 ? open(dirname(copy), FOLDER) : -1;

	if (fd >= 0)
		rc = look_up(c, fd, &is_inside, err);
	if (rc == 0 && is_inside)
		rc = err_set(err, ERR_USAGE,
		    "--%s %s lies in the case folder, whose log is published; "
		    "choose a place outside",
		    option, path);
	free(copy);
	return rc;
}

int cli_outside_check(const struct cli_case *c, const struct cli_args *args,
    const char *const *options, size_t n, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; i < n && rc == 0; i++) {
		const char *path = cli_args_get(args, options[i]);

		if (path != NULL)
			rc = check(c, options[i], path, err);
	}
	if (rc != 0)
		err_prefix(err, "%s", args->command->name);
	return rc;
}
