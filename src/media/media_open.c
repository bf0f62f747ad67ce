/*
 * media_open.c: see media_open.h.
 */
#include "media_open.h"

#include "buf.h"
#include "media_out.h"
#include "mem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PATH_BYTES_MAX 8192

static int read_raw(
    void *cookie, uint64_t at, void *ret_bytes, size_t n, struct err *err)
{
	struct media_open *open = cookie;
	uint8_t *bytes = ret_bytes;
	int rc = 0;

	for (size_t i = 0; i < open->n && n > 0 && rc == 0; i++) {
		uint64_t length = open->files[i].length;

		if (at >= length) {
			at -= length;
			continue;
		}
		size_t here = length - at < n ? (size_t)(length - at) : n;

		rc = media_file_read(&open->files[i], at, bytes, here, err);
		if (rc != 0)
			err_prefix(err, "%s", open->names[i]);
		bytes += here;
		n -= here;
		at = 0;
	}
	return rc;
}

static int read_ewf(
    void *cookie, uint64_t at, void *ret_bytes, size_t n, struct err *err)
{
	struct media_open *open = cookie;

	return media_ewf_read_at(open->ewf, at, ret_bytes, n, err);
}

/* Takes the descriptor, also when it fails. */
static int add(
    struct media_open *open, int fd, const char *name, struct err *err)
{
	struct media_file file;
	int rc = media_file_of_fd(&file, fd, err);

	if (rc == 0)
		rc = mem_grow((void **)&open->files, &open->file_cap,
		    open->n + 1, sizeof(*open->files), err);
	if (rc == 0)
		rc = mem_grow((void **)&open->names, &open->name_cap,
		    open->n + 1, sizeof(*open->names), err);
	if (rc == 0)
		rc = mem_grow((void **)&open->fds, &open->fd_cap, open->n + 1,
		    sizeof(*open->fds), err);
	if (rc == 0) {
		open->names[open->n] = mem_copy_text(name, strlen(name));
		if (open->names[open->n] == NULL)
			rc = err_nomem(err);
	}
	if (rc != 0) {
		(void)close(fd); /* only read */
		return rc;
	}
	open->files[open->n] = file;
	open->fds[open->n++] = fd;
	return 0;
}

static int finish(struct media_open *open, bool is_partial, struct err *err)
{
	int rc = 0;

	open->whole = (struct media_file){.read = read_raw, .cookie = open};
	if (open->style == MEDIA_NAME_E01) {
		rc = media_ewf_read_new(&open->ewf, open->files,
		    (const char *const *)open->names, open->n, is_partial, err);
		if (rc != 0)
			return rc;
		open->whole.read = read_ewf;
		open->whole.length = media_ewf_read_about(open->ewf)->length;
		return 0;
	}
	for (size_t i = 0; i < open->n; i++)
		open->whole.length += open->files[i].length;
	return 0;
}

/* dc3dd and Guymager begin to count their parts at .000. */
static bool begins_at_zero(const char *path, size_t *ret_base)
{
	size_t n = strlen(path);

	if (n <= 4 || strcmp(path + n - 4, ".000") != 0)
		return false;
	*ret_base = n - 4;
	return true;
}

/* Names of E01 are written in either case; the first one says in which. */
static int put_name(const struct media_open *open, const char *path,
    const char *base, uint64_t number, struct buf *name, struct err *err)
{
	size_t base_n;
	int rc;

	if (number > 1 && begins_at_zero(path, &base_n))
		number--;
	buf_clear(name);
	rc = media_name_put(name, base, open->style, number, err);
	size_t n = strlen(path);
	if (rc == 0 && open->style == MEDIA_NAME_E01 && path[n - 3] == 'e')
		for (size_t i = name->n - 3; i < name->n; i++)
			if (name->p[i] >= 'A' && name->p[i] <= 'Z')
				name->p[i] = (char)(name->p[i] + 32);
	return rc;
}

int media_open(struct media_open *ret_open, const char *path, struct err *err)
{
	struct media_open *o = ret_open;
	struct buf name;
	size_t n;
	char *base;
	int rc = 0;

	*o = (struct media_open){.style = media_name_of(path, &n)};
	if (begins_at_zero(path, &n))
		o->style = MEDIA_NAME_PARTS;
	base = mem_copy_text(path, n);
	buf_init(&name, PATH_BYTES_MAX);
	if (base == NULL)
		rc = err_nomem(err);
	for (uint64_t i = 1; rc == 0; i++) {
		if (o->style == MEDIA_NAME_ONE && i > 1)
			break;
		if (put_name(o, path, base, i, &name, i > 1 ? NULL : err) != 0)
			break; /* no name is left: there is no file */
		int fd = open(
		    i == 1 ? path : name.p, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

		if (fd < 0 && errno == ENOENT && i > 1)
			break;
		rc = fd < 0
		    ? err_sys(err, errno, "opening %s", i == 1 ? path : name.p)
		    : add(o, fd, i == 1 ? path : name.p, err);
	}
	if (rc == 0)
		rc = finish(o, false, err);
	buf_done(&name);
	free(base);
	return rc;
}

int media_open_unfinished(struct media_open *ret_open,
    enum media_name_style style, const struct media_out *out, uint64_t number,
    uint64_t at, struct err *err)
{
	struct media_open *o = ret_open;
	int rc = 0;

	*o = (struct media_open){.style = style};
	for (uint64_t i = 1; i <= number && rc == 0; i++) {
		char name[64];
		int fd;

		(void)snprintf(name, sizeof(name), "unfinished file %llu",
		    (unsigned long long)i);
		rc = media_out_open(out, i, &fd, err);
		if (rc == 0)
			rc = add(o, fd, name, err);
	}
	if (rc == 0 && at < o->files[number - 1].length)
		o->files[number - 1].length = at;
	return rc != 0 ? rc : finish(o, true, err);
}

void media_open_done(struct media_open *open)
{
	media_ewf_read_free(open->ewf);
	for (size_t i = 0; i < open->n; i++) {
		(void)close(open->fds[i]); /* only read */
		free(open->names[i]);
	}
	free(open->files);
	free(open->names);
	free(open->fds);
	*open = (struct media_open){0};
}

void media_open_say_place(struct media_open *open, uint64_t at, uint64_t length,
    char *ret_text, size_t size)
{
	if (open->ewf != NULL) {
		uint32_t chunk = media_ewf_read_about(open->ewf)->chunk_size;

		(void)length;
		media_ewf_read_say_place(open->ewf, at / chunk, ret_text, size);
		return;
	}
	for (size_t i = 0; i < open->n; i++) {
		if (at < open->files[i].length) {
			(void)snprintf(ret_text, size, "%s, bytes %llu to %llu",
			    open->names[i], (unsigned long long)at,
			    (unsigned long long)(at + length));
			return;
		}
		at -= open->files[i].length;
	}
	(void)snprintf(ret_text, size, "beyond the end");
}
