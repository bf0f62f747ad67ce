/*
 * media_out.c: see media_out.h.
 */
#include "media_out.h"

#include "buf.h"
#include "file.h"
#include "media_lane.h"
#include "mem.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATH_BYTES_MAX 8192
#define NAME_BYTES_MAX 256
#define COMPARED ((size_t)1 << 20)

struct place {
	char *base;
	int fd;
	struct media_lane *lane; /* what is put and not yet in the file */
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

/* Whether a file of this name would be read as a later one of the set. Of the
 * endings with letters only those that begin with E: .IMG is something else. */
static bool is_of_set(
    const struct media_out *out, const char *base, const char *name)
{
	const size_t length = strlen(name), part = strlen(".part");
	size_t rest = length, n;
	char plain[NAME_BYTES_MAX];

	if (length > part && strcmp(name + length - part, ".part") == 0)
		rest -= part;
	if (rest >= sizeof(plain))
		return false;
	memcpy(plain, name, rest);
	plain[rest] = '\0';
	return media_name_number(plain, out->style, &n) > 0 &&
	    n == strlen(base) && memcmp(plain, base, n) == 0 &&
	    (out->style == MEDIA_NAME_PARTS || plain[n + 1] == 'E');
}

/* Later files are opened without being asked for, so that one that is there
 * already would become a part of the image. */
static int check_set(
    const struct media_out *out, const struct place *place, struct err *err)
{
	char *folder = mem_copy_text(place->base, strlen(place->base));
	const char *slash = strrchr(place->base, '/');
	const char *base = slash != NULL ? slash + 1 : place->base;
	const struct dirent *entry;
	int rc = 0;

	if (folder == NULL)
		return err_nomem(err);
	/* A folder that is not there is said by whoever makes a file in it. */
	DIR *dir = opendir(dirname(folder));
	while (dir != NULL && rc == 0 && (entry = readdir(dir)) != NULL)
		if (is_of_set(out, base, entry->d_name))
			rc = err_set(err, ERR_CONFLICT,
			    "%.*s%s is there already and would be taken for a "
			    "file of this image: move it away, or take another "
			    "name",
			    (int)(base - place->base), place->base,
			    entry->d_name);
	if (dir != NULL)
		(void)closedir(dir); /* only read */
	free(folder);
	return rc;
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
		    "%s is there: an image that was not finished; if its "
		    ".journal is there, go on with --resume, else remove it",
		    path.p);
	if (rc == 0 && !is_resumed && out->style != MEDIA_NAME_ONE)
		rc = check_set(out, place, err);
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
		if (rc == 0)
			rc = media_lane_new(&place->lane, err);
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

		media_lane_free(place->lane);
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
		place->fd = open(place->path.p,
		    O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0640);
		if (place->fd < 0)
			rc = failed(out, place, "making", err);
		else
			rc = sync_folder(place, err);
		if (rc == 0)
			media_lane_begin(place->lane, place->fd, 0);
	}
	if (rc == 0) {
		out->number++;
		out->at = 0;
	}
	return rc;
}

static int put_failed(struct media_out *out, const struct place *place,
    const struct err *why, struct err *err)
{
	errno = why->sys;
	if (why->sys != ENOSPC && why->sys != EDQUOT)
		return failed(out, place, "writing", err);
	out->has_failed = true;
	return err_sys(err, why->sys,
	    "writing %s: make room there, then go on with --resume",
	    place->path.p);
}

int media_out_put(
    struct media_out *out, const void *bytes, size_t n, struct err *err)
{
	struct err why = {0};

	if (out->has_failed)
		return err_set(err, ERR_IO, "writing failed before");
	for (size_t i = 0; i < out->n; i++)
		if (media_lane_put(out->places[i].lane, bytes, n, &why) != 0)
			return put_failed(out, &out->places[i], &why, err);
	out->at += n;
	return 0;
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
	struct err why = {0};
	int rc = 0;

	/* All lanes come to rest before a file may be closed. */
	for (size_t i = 0; i < out->n; i++) {
		struct place *place = &out->places[i];

		if (place->fd >= 0 &&
		    media_lane_flush(place->lane, &why) != 0 && rc == 0)
			rc = put_failed(out, place, &why, err);
	}
	for (size_t i = 0; i < out->n && rc == 0; i++) {
		struct place *place = &out->places[i];

		if (place->fd >= 0 && fsync(place->fd) != 0)
			rc = failed(out, place, "making durable", err);
	}
	return rc;
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
	if (ftruncate(place->fd, (off_t)at) != 0)
		return failed(out, place, "cutting off", err);
	media_lane_begin(place->lane, place->fd, at);
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

/* Unfinished or not; its name stays in *path. */
static int open_file(const struct media_out *out, const struct place *place,
    uint64_t number, struct buf *path, int *ret_fd, struct err *err)
{
	int rc = put_name(out, place, number, true, path, err);

	if (rc == 0 && !is_there(path->p))
		rc = put_name(out, place, number, false, path, err);
	if (rc != 0)
		return rc;
	*ret_fd = open(path->p, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	return *ret_fd >= 0 ? 0 : err_sys(err, errno, "opening %s", path->p);
}

/* Up to `at`, or (UINT64_MAX) to the end of both. */
static int compare_files(
    int a, int b, uint64_t at, const char *name, struct err *err)
{
	uint8_t *bytes = mem_new(2, COMPARED);
	ssize_t n = 1;
	int rc = bytes == NULL ? err_nomem(err) : 0;

	for (uint64_t done = 0; rc == 0 && n > 0 && done < at;
	     done += (uint64_t)n) {
		size_t want =
		    at - done < COMPARED ? (size_t)(at - done) : COMPARED;

		n = pread(a, bytes, want, (off_t)done);
		if (n < 0 ||
		    pread(b, bytes + COMPARED, want, (off_t)done) != n ||
		    memcmp(bytes, bytes + COMPARED, (size_t)n) != 0)
			rc = err_set(err, ERR_VERIFY,
			    "%s is not what was written, or cannot be read; "
			    "remove what is there and begin anew",
			    name);
	}
	free(bytes);
	return rc;
}

static int compare_place(const struct media_out *out, const struct place *place,
    uint64_t number, uint64_t at, struct err *err)
{
	struct buf path;
	int rc = 0;

	buf_init(&path, PATH_BYTES_MAX);
	for (uint64_t i = 1; i <= number && rc == 0; i++) {
		int a = -1, b = -1;

		rc = open_file(out, &out->places[0], i, &path, &a, err);
		if (rc == 0)
			rc = open_file(out, place, i, &path, &b, err);
		if (rc == 0)
			rc = compare_files(
			    a, b, i == number ? at : UINT64_MAX, path.p, err);
		if (a >= 0)
			(void)close(a); /* only read */
		if (b >= 0)
			(void)close(b);
	}
	buf_done(&path);
	return rc;
}

int media_out_compare(
    const struct media_out *out, uint64_t number, uint64_t at, struct err *err)
{
	int rc = 0;

	for (size_t i = 1; i < out->n && rc == 0; i++)
		rc = compare_place(out, &out->places[i], number, at, err);
	return rc;
}

int media_out_open(
    const struct media_out *out, uint64_t number, int *ret_fd, struct err *err)
{
	struct buf path;
	int rc;

	buf_init(&path, PATH_BYTES_MAX);
	rc = open_file(out, &out->places[0], number, &path, ret_fd, err);
	buf_done(&path);
	return rc;
}
