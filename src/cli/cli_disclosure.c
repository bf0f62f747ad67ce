/*
 * cli_disclosure.c: see cli_disclosure.h. The image is opened for reading only,
 * and everything in it is hashed before the file gets its name: bytes of an
 * image that is not the recorded one are never disclosed by mistake.
 */
#include "cli_disclosure.h"

#include "cli_out.h"
#include "mem.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- what is asked for ---- */

static int add_range(
    struct case_disclosure *d, struct slice range, struct err *err)
{
	struct slice last = range;
	struct slice first = slice_cut(&last, '-');
	unsigned long long from, to;

	if (!slice_to_u64(first, &from) || !slice_to_u64(last, &to))
		return err_set(err, ERR_USAGE,
		    "--ranges: \"%.*s\" is no range; write the first and the "
		    "last byte, like 0-511",
		    SLICE_ARG(range));
	return case_disclosure_add(d, from, to, err);
}

int cli_disclosure_add_ranges(
    struct case_disclosure *d, const char *typed, struct err *err)
{
	struct slice rest = slice_of(typed);
	int rc = 0;

	if (strcmp(typed, "all") == 0)
		return d->length == 0
		    ? 0
		    : case_disclosure_add(d, 0, d->length - 1, err);
	while (rc == 0 && rest.p != NULL)
		rc = add_range(d, slice_cut(&rest, ','), err);
	return rc;
}

/* ---- the image ---- */

struct image_file {
	const char *path;
	int fd;
	uint64_t total, done; /* bytes to be read, and read */
	struct cli_out_progress progress;
};

static int open_image(
    struct image_file *image, uint64_t length, struct err *err)
{
	struct stat st;

	image->fd = open(image->path, O_RDONLY | O_CLOEXEC);
	if (image->fd < 0 || fstat(image->fd, &st) != 0)
		return err_sys(err, errno, "cannot open %s", image->path);
	if (!S_ISREG(st.st_mode) && !S_ISBLK(st.st_mode))
		return err_set(err, ERR_UNSUPPORTED,
		    "%s is neither a file nor a drive", image->path);
	const off_t end = lseek(image->fd, 0, SEEK_END);
	if (end < 0)
		return err_sys(err, errno, "cannot read %s", image->path);
	if ((uint64_t)end != length)
		return err_set(err, ERR_CONFLICT,
		    "%s has %" PRIu64 " bytes and the recorded image %" PRIu64
		    ": it is another one, or not in raw form",
		    image->path, (uint64_t)end, length);
	return 0;
}

static int read_image(
    void *cookie, uint64_t offset, void *bytes, size_t n, struct err *err)
{
	struct image_file *image = cookie;
	size_t got = 0;

	while (got < n) {
		const ssize_t r = pread(image->fd, (char *)bytes + got, n - got,
		    (off_t)(offset + got));

		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return err_sys(err, errno, "cannot read %s at %" PRIu64,
			    image->path, offset + got);
		if (r == 0)
			return err_set(err, ERR_IO,
			    "%s ends at %" PRIu64 ": it became shorter",
			    image->path, offset + got);
		got += (size_t)r;
	}
	image->done += n;
	cli_out_progress_tick(
	    &image->progress, "reading bytes", image->done, image->total);
	return 0;
}

struct output {
	struct file_draft *draft;
	struct hash_run *run;
};

static int write_file(
    void *cookie, const void *bytes, size_t n, struct err *err)
{
	const struct output *out = cookie;

	hash_update(out->run, bytes, n);
	return file_draft_write(out->draft, bytes, n, err);
}

int cli_disclosure_write(struct file_draft *draft,
    const struct case_disclosure *d, const struct tree_seed *seed,
    const char *path, struct hash *ret_hash, struct err *err)
{
	struct image_file file = {.path = path, .fd = -1, .total = d->length};
	const struct tree_image image = {d->length, read_image, &file};
	struct output output = {draft, hash_new()};
	const struct case_disclosure_out out = {write_file, &output};
	int rc = output.run == NULL ? err_nomem(err)
				    : open_image(&file, d->length, err);

	if (rc == 0) {
		hash_start(output.run);
		rc = case_disclosure_write(d, seed, &image, NULL, &out, err);
		cli_out_progress_end(&file.progress);
		if (rc == ERR_VERIFY)
			err_prefix(err, "%s", path);
	}
	if (rc == 0)
		*ret_hash = hash_finish(output.run);
	if (file.fd >= 0)
		(void)close(file.fd); /* nothing was written */
	hash_free(output.run);
	return rc;
}
