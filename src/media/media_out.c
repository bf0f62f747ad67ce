/*
 * media_out.c: see media_out.h.
 */
#include "media_out.h"

#include "buf.h"
#include "file.h"
#include "mem.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATH_BYTES_MAX 8192
#define BLOCK 4096 /* that O_DIRECT takes anywhere */
#define EARLY (UINT64_C(8) << 20)

struct place {
	char *base;
	int fd;
	bool is_direct; /* past the page cache, as fd is now */
	bool is_never_direct; /* the file system cannot */
	struct buf path; /* of the file at hand */
};

struct media_out {
	enum media_name_style style;
	size_t n;
	struct place places[MEDIA_OUT_PLACES_MAX];
	uint64_t number, at;
	bool has_failed;
};

static int put_name(const struct media_out *out, const struct place *place,
    uint64_t number, bool is_part, struct buf *path, struct err *err)
{
	buf_clear(path);
	int rc = media_name_put(path, place->base, out->style, number, err);

	if (rc == 0 && is_part)
		buf_puts(path, ".part");
	return rc != 0 ? rc : buf_check(path, err);
}

static bool is_there(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0;
}

static int check_free(const struct media_out *out, const struct place *place,
    bool is_resumed, struct err *err)
{
	struct buf path;
	int rc;

	buf_init(&path, PATH_BYTES_MAX);
	rc = put_name(out, place, 1, false, &path, err);
	if (rc == 0 && !is_resumed && is_there(path.p))
		rc = err_set(err, ERR_CONFLICT,
		    "%s is there already; nothing is ever written over it",
		    path.p);
	if (rc == 0)
		rc = put_name(out, place, 1, true, &path, err);
	if (rc == 0 && !is_resumed && is_there(path.p))
		rc = err_set(err, ERR_CONFLICT,
		    "%s is there: an image that was not finished; go on with "
		    "--resume, or remove it",
		    path.p);
	buf_done(&path);
	return rc;
}

int media_out_new(struct media_out **ret_out, enum media_name_style style,
    const char *const *bases, size_t n, bool is_resumed, struct err *err)
{
	struct media_out *out = mem_new(1, sizeof(*out));
	int rc = 0;

	if (out == NULL)
		return err_nomem(err);
	out->style = style;
	for (size_t i = 0; i < n && rc == 0; i++) {
		struct place *place = &out->places[out->n++];

		place->fd = -1;
		buf_init(&place->path, PATH_BYTES_MAX);
		place->base = mem_copy_text(bases[i], strlen(bases[i]));
		rc = place->base == NULL
		    ? err_nomem(err)
		    : check_free(out, place, is_resumed, err);
	}
	if (rc != 0) {
		media_out_free(out);
		return rc;
	}
	*ret_out = out;
	return 0;
}

void media_out_free(struct media_out *out)
{
	if (out == NULL)
		return;
	for (size_t i = 0; i < out->n; i++) {
		struct place *place = &out->places[i];

		if (place->fd >= 0)
			(void)close(place->fd); /* unfinished anyway */
		buf_done(&place->path);
		free(place->base);
	}
	free(out);
}

static int failed(struct media_out *out, const struct place *place,
    const char *what, struct err *err)
{
	out->has_failed = true;
	return err_sys(err, errno, "%s %s", what, place->path.p);
}

static int sync_folder(const struct place *place, struct err *err)
{
	char *copy = mem_copy_text(place->base, strlen(place->base));
	int rc = copy == NULL ? err_nomem(err)
			      : file_sync_dir(AT_FDCWD, dirname(copy), err);

	free(copy);
	return rc;
}

static int end_file(struct media_out *out, struct err *err)
{
	int rc = media_out_sync(out, err);

	for (size_t i = 0; i < out->n; i++) {
		struct place *place = &out->places[i];

		if (place->fd >= 0 && close(place->fd) != 0 && rc == 0)
			rc = failed(out, place, "closing", err);
		place->fd = -1;
	}
	return rc;
}

int media_out_next(struct media_out *out, struct err *err)
{
	int rc = end_file(out, err);

	for (size_t i = 0; i < out->n && rc == 0; i++) {
		struct place *place = &out->places[i];

		rc = put_name(
		    out, place, out->number + 1, true, &place->path, err);
		if (rc != 0)
			break;
		place->is_direct = false;
		place->fd = open(place->path.p,
		    O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0640);
		if (place->fd < 0)
			rc = failed(out, place, "making", err);
		else
			rc = sync_folder(place, err);
	}
	if (rc == 0) {
		out->number++;
		out->at = 0;
	}
	return rc;
}

/* Has the kernel begin to write, so that an fsync has little left to do. It is
 * only a hint: what it says does not matter. */
static void write_early(struct media_out *out, const struct place *place)
{
	uint64_t to = out->at / EARLY * EARLY;

	(void)sync_file_range(place->fd, (off_t)(to >= EARLY ? to - EARLY : 0),
	    (off_t)(to >= EARLY ? EARLY : 0), SYNC_FILE_RANGE_WRITE);
}

/* Past the page cache, what is written need not be copied: a fifth of the time
 * of a raw image. Only whole blocks can go that way. */
static void choose_way(
    struct media_out *out, struct place *place, const uint8_t *bytes, size_t n)
{
	bool is_fit = !place->is_never_direct && n % BLOCK == 0 &&
	    out->at % BLOCK == 0 && (uintptr_t)bytes % BLOCK == 0;
	int flags;

	if (is_fit == place->is_direct)
		return;
	flags = fcntl(place->fd, F_GETFL);
	if (flags >= 0 &&
	    fcntl(place->fd, F_SETFL,
		is_fit ? flags | O_DIRECT : flags & ~O_DIRECT) == 0)
		place->is_direct = is_fit;
	else
		place->is_never_direct = true;
}

static int put_at(struct media_out *out, struct place *place,
    const uint8_t *bytes, size_t n, struct err *err)
{
	choose_way(out, place, bytes, n);
	while (n > 0) {
		ssize_t put = write(place->fd, bytes, n);

		if (put < 0 && errno == EINTR)
			continue;
		if (place->is_direct &&
		    (put < 0 ? errno == EINVAL : put % BLOCK != 0)) {
			place->is_never_direct = true;
			choose_way(out, place, bytes, n);
			if (put < 0)
				continue;
		}
		if (put < 0)
			return failed(out, place, "writing", err);
		bytes += put;
		n -= (size_t)put;
	}
	return 0;
}

int media_out_put(
    struct media_out *out, const void *bytes, size_t n, struct err *err)
{
	int rc = 0;

	if (out->has_failed)
		return err_set(err, ERR_IO, "writing failed before");
	for (size_t i = 0; i < out->n && rc == 0; i++)
		rc = put_at(out, &out->places[i], bytes, n, err);
	bool is_far = out->at / EARLY != (out->at + n) / EARLY;
	if (rc == 0)
		out->at += n;
	for (size_t i = 0; i < out->n && rc == 0 && is_far; i++)
		write_early(out, &out->places[i]);
	return rc;
}

uint64_t media_out_number(const struct media_out *out)
{
	return out->number;
}

uint64_t media_out_at(const struct media_out *out)
{
	return out->at;
}

int media_out_sync(struct media_out *out, struct err *err)
{
	for (size_t i = 0; i < out->n; i++) {
		struct place *place = &out->places[i];

		if (place->fd >= 0 && fsync(place->fd) != 0)
			return failed(out, place, "making durable", err);
	}
	return 0;
}

static int remove_from(struct media_out *out, struct place *place,
    uint64_t number, struct err *err)
{
	int rc = 0;

	for (; rc == 0; number++) {
		if (out->style == MEDIA_NAME_ONE && number > 1)
			break;
		rc = put_name(out, place, number, true, &place->path, err);
		if (rc != 0 || !is_there(place->path.p))
			break;
		if (unlink(place->path.p) != 0)
			rc = failed(out, place, "removing", err);
	}
	return rc;
}

static int resume_place(struct media_out *out, struct place *place,
    uint64_t number, uint64_t at, struct err *err)
{
	struct stat st;
	int rc = put_name(out, place, number, true, &place->path, err);

	if (rc != 0)
		return rc;
	place->fd = open(place->path.p, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
	if (place->fd < 0)
		return failed(out, place, "going on with", err);
	if (fstat(place->fd, &st) != 0)
		return failed(out, place, "looking at", err);
	if ((uint64_t)st.st_size < at)
		return err_set(err, ERR_FORMAT,
		    "%s has %llu bytes and had %llu: it was changed; remove it "
		    "and begin anew",
		    place->path.p, (unsigned long long)st.st_size,
		    (unsigned long long)at);
	if (ftruncate(place->fd, (off_t)at) != 0 ||
	    lseek(place->fd, (off_t)at, SEEK_SET) < 0)
		return failed(out, place, "cutting off", err);
	return 0;
}

int media_out_resume(
    struct media_out *out, uint64_t number, uint64_t at, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; i < out->n && rc == 0; i++) {
		rc = remove_from(out, &out->places[i], number + 1, err);
		if (rc == 0 && number > 0)
			rc =
			    resume_place(out, &out->places[i], number, at, err);
	}
	out->number = number;
	out->at = at;
	return rc;
}

/* Not every file system of a destination can refuse by itself. */
static int rename_new(const char *from, const char *to, struct err *err)
{
	if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
		return 0;
	if (errno != EINVAL && errno != ENOSYS)
		return err_sys(err, errno, "giving %s its name", to);
	if (is_there(to))
		return err_set(err, ERR_CONFLICT, "%s is there already", to);
	return rename(from, to) == 0
	    ? 0
	    : err_sys(err, errno, "giving %s its name", to);
}

static int publish_place(
    struct media_out *out, struct place *place, struct err *err)
{
	struct buf to;
	int rc = 0;

	buf_init(&to, PATH_BYTES_MAX);
	for (uint64_t number = out->number; number > 0 && rc == 0; number--) {
		rc = put_name(out, place, number, false, &to, err);
		if (rc == 0)
			rc = put_name(
			    out, place, number, true, &place->path, err);
		if (rc != 0)
			break;
		/* A run before this one may have come so far. */
		if (!is_there(place->path.p) && is_there(to.p))
			continue;
		rc = rename_new(place->path.p, to.p, err);
	}
	buf_done(&to);
	return rc != 0 ? rc : sync_folder(place, err);
}

void media_out_finished(struct media_out *out, uint64_t number)
{
	out->number = number;
}

int media_out_publish(struct media_out *out, struct err *err)
{
	int rc = end_file(out, err);

	for (size_t i = out->n; i-- > 0 && rc == 0;)
		rc = publish_place(out, &out->places[i], err);
	return rc;
}

int media_out_open(
    const struct media_out *out, uint64_t number, int *ret_fd, struct err *err)
{
	struct buf path;
	int rc;

	buf_init(&path, PATH_BYTES_MAX);
	rc = put_name(out, &out->places[0], number, true, &path, err);
	if (rc == 0 && !is_there(path.p))
		rc = put_name(out, &out->places[0], number, false, &path, err);
	if (rc == 0) {
		*ret_fd = open(path.p, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
		if (*ret_fd < 0)
			rc = err_sys(err, errno, "opening %s", path.p);
	}
	buf_done(&path);
	return rc;
}
