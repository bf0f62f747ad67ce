/*
 * cli_lock_remove.c: see cli_lock_remove.h.
 */
#include "cli_lock_remove.h"

#include "buf.h"
#include "cli_image.h"
#include "cli_out.h"
#include "file.h"
#include "media_open.h"
#include "media_verify.h"
#include "mem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATH_LENGTH_MAX 8192
#define NOTE_BYTES_MAX (4u << 20) /* all names of an E01 */
#define NOTE_FIRST "counterfoil-removing/v1 "

/* One image. */
struct target {
	const char *path; /* borrowed */
	struct media_open image;
	bool is_gone; /* its note is there instead */
	bool has_tree; /* x.tree is its own */
	struct buf note; /* a line about what for, then a line a file */
};

struct cli_lock_remove {
	struct slice item;
	size_t n;
	struct target of[CLI_LOCK_REMOVE_MAX];
};

static int put_note_path(struct buf *path, const struct target *t)
{
	buf_init(path, PATH_LENGTH_MAX);
	buf_printf(path, "%s.removing", t->path);
	return buf_check(path, NULL);
}

static int put_tree_path(struct buf *path, const struct target *t)
{
	buf_init(path, PATH_LENGTH_MAX);
	media_name_put_beside(path, t->path, ".tree");
	return buf_check(path, NULL);
}

/* ---- what may be removed ---- */

/* Removing another name of it would leave the bytes where they are. fd: the
 * file that was read under that name; -1: any. */
static int check_only_name(const char *path, int fd, struct err *err)
{
	struct stat named, opened;

	if (lstat(path, &named) != 0)
		return err_sys(err, errno, "lock: --remove %s", path);
	if (S_ISLNK(named.st_mode))
		return err_set(err, ERR_DENIED,
		    "lock: --remove %s: it is a symbolic link, and the file "
		    "would stay; name the file itself",
		    path);
	if (!S_ISREG(named.st_mode))
		return err_set(err, ERR_DENIED,
		    "lock: --remove %s: it is not a regular file", path);
	if (named.st_nlink != 1)
		return err_set(err, ERR_DENIED,
		    "lock: --remove %s: the same file has %llu names, and "
		    "would stay under the others; remove those first",
		    path, (unsigned long long)named.st_nlink);
	if (fd >= 0 &&
	    (fstat(fd, &opened) != 0 || opened.st_dev != named.st_dev ||
		opened.st_ino != named.st_ino))
		return err_set(err, ERR_CONFLICT,
		    "lock: --remove %s: another file has that name now", path);
	return 0;
}

static int check_names(const struct target *t, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < t->image.n; i++)
		rc = check_only_name(t->image.names[i], t->image.fds[i], err);
	return rc;
}

/* Reads a note of an earlier run; ERR_NOTFOUND: there is none. */
static int read_note(struct target *t, struct slice item, struct err *err)
{
	struct buf path;
	int rc = put_note_path(&path, t);

	if (rc == 0)
		rc = file_read(&t->note, AT_FDCWD, path.p, NOTE_BYTES_MAX, err);
	if (rc == 0) {
		struct slice rest = buf_slice(&t->note);
		struct slice line = slice_cut(&rest, '\n');
		size_t n = strlen(NOTE_FIRST);

		if (!slice_starts_with(line, NOTE_FIRST) ||
		    !slice_is((struct slice){line.p + n, line.n - n}, item))
			rc = err_set(err, ERR_CONFLICT,
			    "lock: %s is not of a removal of %.*s", path.p,
			    SLICE_ARG(item));
	}
	buf_done(&path);
	return rc;
}

static int open_target(struct target *t, struct slice item, struct err *err)
{
	struct stat st;
	struct err none = {0};

	buf_init(&t->note, NOTE_BYTES_MAX);
	if (lstat(t->path, &st) != 0 && errno == ENOENT &&
	    read_note(t, item, &none) == 0) {
		t->is_gone = true;
		return 0;
	}
	int rc = check_only_name(t->path, -1, err);
	if (rc == 0)
		rc = media_open(&t->image, t->path, err);
	return rc != 0 ? rc : check_names(t, err);
}

int cli_lock_remove_open(struct cli_lock_remove **ret_remove,
    const struct cli_args *args, struct slice item, struct err *err)
{
	struct cli_lock_remove *remove = mem_new(1, sizeof(*remove));
	const char *path;
	int rc = remove == NULL ? err_nomem(err) : 0;

	*ret_remove = NULL;
	if (rc != 0)
		return rc;
	remove->item = item;
	cli_image_allow_files();
	for (size_t at = 0;
	     rc == 0 && (path = cli_args_next(args, "remove", &at)) != NULL;) {
		if (remove->n == CLI_LOCK_REMOVE_MAX) {
			rc = err_set(err, ERR_USAGE,
			    "lock: --remove: more than %d images",
			    CLI_LOCK_REMOVE_MAX);
			break;
		}
		remove->of[remove->n].path = path;
		rc = open_target(&remove->of[remove->n++], item, err);
	}
	if (rc != 0)
		cli_lock_remove_free(remove);
	else
		*ret_remove = remove;
	return rc;
}

/* ---- is it what was opened? ---- */

static bool is_right(const struct media_verify_result *is,
    const struct cli_lock_remove_claim *claim, const struct target *t)
{
	const struct media_hash_value *whole =
	    &is->hashes.of[MEDIA_HASH_SHA256];

	return is->length == claim->length && is->unreadable.n == 0 &&
	    (t->image.foreign != NULL || is->available == claim->length) &&
	    whole->is_there &&
	    memcmp(whole->b, claim->plain->b, HASH_SIZE) == 0;
}

static int check_target(struct target *t,
    const struct cli_lock_remove_claim *claim, struct err *err)
{
	struct media_file leaves;
	int tree = -1;
	int rc = cli_image_open_tree(t->path, NULL, &tree, &leaves, err);
	struct cli_image_progress progress = {.what = "comparing"};
	struct media_verify_options o = {
	    .image = &t->image,
	    .has_length = true,
	    .length = claim->length,
	    .seed = claim->seed,
	    .root = claim->root,
	    .leaves = tree >= 0 ? &leaves : NULL,
	    .hashes = 1u << MEDIA_HASH_SHA256,
	    .progress = cli_image_tick,
	    .progress_cookie = &progress,
	};
	struct media_verify_result is = {0};

	if (rc == 0)
		rc = media_verify(&is, &o, err);
	cli_out_progress_end(&progress.shown);
	if (rc == 0 && !is_right(&is, claim, t))
		rc = err_set(err, ERR_VERIFY,
		    "lock: %s is not what was opened, and is not removed",
		    t->path);
	t->has_tree = rc == 0 && is.has_leaves;
	media_verify_done(&is);
	if (tree >= 0)
		(void)close(tree); /* only read */
	return rc;
}

int cli_lock_remove_check(struct cli_lock_remove *remove,
    const struct cli_lock_remove_claim *claim, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < remove->n; i++)
		if (!remove->of[i].is_gone)
			rc = check_target(&remove->of[i], claim, err);
	return rc;
}

/* ---- removing ---- */

static const char *last_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == NULL ? path : slash + 1;
}

static int put_file(struct buf *note, const char *path, struct err *err)
{
	if (strchr(path, '\n') != NULL)
		return err_set(err, ERR_UNSUPPORTED,
		    "lock: --remove %s: its name has more than one line", path);
	buf_printf(note, "%s\n", last_of(path));
	return 0;
}

/* The names of the files, and what they are removed as. */
static int write_note(struct target *t, struct slice item, struct err *err)
{
	struct buf path, tree;
	int rc = put_note_path(&path, t), has = put_tree_path(&tree, t);

	if (rc == 0 && file_exists(AT_FDCWD, path.p))
		rc = read_note(t, item, err); /* not over something else */
	buf_clear(&t->note);
	buf_printf(&t->note, "%s%.*s\n", NOTE_FIRST, SLICE_ARG(item));
	for (size_t i = 0; rc == 0 && i < t->image.n; i++)
		rc = put_file(&t->note, t->image.names[i], err);
	if (rc == 0 && t->has_tree && has == 0)
		rc = put_file(&t->note, tree.p, err);
	if (rc == 0)
		rc = buf_check(&t->note, err);
	if (rc == 0)
		rc = file_publish(
		    AT_FDCWD, path.p, buf_slice(&t->note), 0600, err);
	buf_done(&tree);
	buf_done(&path);
	return rc;
}

static int remove_file(const char *path, struct err *err)
{
	struct stat st;

	if (lstat(path, &st) != 0 && errno == ENOENT)
		return 0; /* an earlier run did it */
	int rc = check_only_name(path, -1, err);
	return rc != 0 ? rc : file_remove(AT_FDCWD, path, err);
}

/* The files of the note, in the image's folder, the first one first: while it
 * is there nothing is missing. */
static int remove_noted(const struct target *t, struct err *err)
{
	size_t folder = (size_t)(last_of(t->path) - t->path);
	struct slice rest = buf_slice(&t->note), line;
	struct buf path;
	int rc = 0;

	buf_init(&path, PATH_LENGTH_MAX);
	(void)slice_cut(&rest, '\n');
	while (rc == 0 && (line = slice_cut(&rest, '\n')).n > 0) {
		buf_clear(&path);
		buf_put(&path, t->path, folder);
		buf_put(&path, line.p, line.n);
		rc = buf_check(&path, err);
		if (rc == 0 && memchr(line.p, '/', line.n) != NULL)
			rc = err_set(err, ERR_FORMAT,
			    "lock: %s.removing names a file elsewhere",
			    t->path);
		if (rc == 0)
			rc = remove_file(path.p, err);
	}
	buf_clear(&path);
	buf_put(&path, folder > 0 ? t->path : ".", folder > 0 ? folder : 1);
	if (rc == 0)
		rc = buf_check(&path, err);
	if (rc == 0)
		rc = file_sync_dir(AT_FDCWD, path.p, err);
	buf_done(&path);
	return rc;
}

static void say_tree(const struct target *t)
{
	struct buf path;

	if (!t->is_gone && !t->has_tree && put_tree_path(&path, t) == 0) {
		if (file_exists(AT_FDCWD, path.p))
			cli_out_remark("%s stays: it is not known to be of "
				       "this image",
			    path.p);
		buf_done(&path);
	}
}

int cli_lock_remove_do(struct cli_lock_remove *remove, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < remove->n; i++)
		if (!remove->of[i].is_gone)
			rc = check_names(&remove->of[i], err);
	for (size_t i = 0; rc == 0 && i < remove->n; i++)
		if (!remove->of[i].is_gone)
			rc = write_note(&remove->of[i], remove->item, err);
	for (size_t i = 0; rc == 0 && i < remove->n; i++) {
		rc = remove_noted(&remove->of[i], err);
		if (rc == 0)
			say_tree(&remove->of[i]);
	}
	return rc;
}

void cli_lock_remove_end(struct cli_lock_remove *remove)
{
	struct err err = {0};
	struct buf path;

	for (size_t i = 0; i < remove->n; i++) {
		if (put_note_path(&path, &remove->of[i]) == 0 &&
		    file_remove(AT_FDCWD, path.p, &err) != 0)
			cli_out_remark("%s", err.message);
		buf_done(&path);
	}
}

void cli_lock_remove_free(struct cli_lock_remove *remove)
{
	for (size_t i = 0; remove != NULL && i < remove->n; i++) {
		media_open_done(&remove->of[i].image);
		buf_done(&remove->of[i].note);
	}
	free(remove);
}
