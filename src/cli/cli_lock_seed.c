/*
 * cli_lock_seed.c: see cli_lock_seed.h.
 */
#include "cli_lock_seed.h"

#include "buf.h"
#include "cli_image.h"
#include "file.h"
#include "media_age.h"
#include "mem.h"

#include <fcntl.h>
#include <unistd.h>

#define PATH_LENGTH_MAX 4096
#define FILE_MAX 4096 /* far more than the one line needs */

static int put_path(
    struct buf *path, const char *base, const char *ending, struct err *err)
{
	buf_init(path, PATH_LENGTH_MAX);
	buf_printf(path, "%s%s", base, ending);
	return buf_check(path, err);
}

static bool is_there(const char *base, const char *ending)
{
	struct buf path;
	bool is = put_path(&path, base, ending, NULL) == 0 &&
	    file_exists(AT_FDCWD, path.p);

	buf_done(&path);
	return is;
}

bool cli_lock_seed_is_there(const char *locked)
{
	return is_there(locked, ".seed.age");
}

bool cli_lock_seed_is_given(const char *output)
{
	return is_there(output, ".seed");
}

int cli_lock_seed_write(const char *locked,
    const uint8_t recipient[MEDIA_AGE_KEY_SIZE], const struct tree_seed *seed,
    struct hash *ret_file, struct err *err)
{
	char line[CLI_IMAGE_SEED_LINE];
	struct buf path, sealed;
	int rc = put_path(&path, locked, ".seed.age", err);

	buf_init(&sealed, FILE_MAX);
	cli_image_seed_line(line, seed);
	if (rc == 0)
		rc = media_age_seal_text((struct slice){line, sizeof(line)},
		    recipient, &sealed, err);
	if (rc == 0)
		rc = file_publish_new(
		    AT_FDCWD, path.p, buf_slice(&sealed), 0600, err);
	if (rc == 0)
		*ret_file = hash_of(sealed.p, sealed.n);
	mem_wipe(line, sizeof(line));
	buf_done(&sealed);
	buf_done(&path);
	return rc;
}

void cli_lock_seed_remove(const char *locked)
{
	struct buf path;

	if (put_path(&path, locked, ".seed.age", NULL) == 0)
		(void)unlink(path.p); /* the first error is said */
	buf_done(&path);
}

int cli_lock_seed_read(const char *locked,
    const struct media_age_key_ring *ring, const struct hash *recorded,
    struct tree_seed *ret_seed, struct err *err)
{
	struct buf path, sealed, line;
	int rc = put_path(&path, locked, ".seed.age", err);

	buf_init(&sealed, FILE_MAX);
	buf_init_secret(&line, CLI_IMAGE_SEED_LINE + 1);
	if (rc == 0)
		rc = file_read_user(&sealed, path.p, FILE_MAX, err);
	if (rc == 0) {
		struct hash is = hash_of(sealed.p, sealed.n);

		if (!hash_is(&is, recorded))
			rc = err_set(err, ERR_VERIFY,
			    "%s is not the locked seed that the record names",
			    path.p);
	}
	if (rc == 0) {
		rc = media_age_open_text(
		    buf_slice(&sealed), ring, CLI_IMAGE_SEED_LINE, &line, err);
		if (rc == 0)
			rc = cli_image_parse_seed(
			    buf_slice(&line), path.p, ret_seed, err);
		else
			err_prefix(err, "%s", path.p);
	}
	buf_wipe(&line);
	buf_done(&sealed);
	buf_done(&path);
	return rc;
}

int cli_lock_seed_give(
    const char *output, const struct tree_seed *seed, struct err *err)
{
	char line[CLI_IMAGE_SEED_LINE];
	struct buf path;
	int rc = put_path(&path, output, ".seed", err);

	cli_image_seed_line(line, seed);
	if (rc == 0)
		rc = file_publish_new(AT_FDCWD, path.p,
		    (struct slice){line, sizeof(line)}, 0600, err);
	mem_wipe(line, sizeof(line));
	buf_done(&path);
	return rc;
}
