/*
 * box_library.c: see box_library.h.
 */
#include "box_library.h"

#include "mem.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PIECE 4096

int box_library_load(const char *file, const struct box_library_name *names,
    size_t n, void *ret_addresses, struct err *err)
{
	/* It stays until the process ends. */
	void *library = dlopen(file, RTLD_NOW | RTLD_LOCAL);

	if (library == NULL)
		return err_set(err, ERR_UNSUPPORTED,
		    "%s, which reads this format, is not installed (%s)", file,
		    dlerror());
	for (size_t i = 0; i < n; i++) {
		void *address = dlsym(library, names[i].name);

		if (address == NULL)
			return err_set(err, ERR_UNSUPPORTED,
			    "%s has no %s: it is too old or too new", file,
			    names[i].name);
		memcpy((char *)ret_addresses + names[i].at, &address,
		    sizeof(address));
	}
	return 0;
}

/* ---- a file as libbfio wants it, with its types ---- */

/* NOLINTBEGIN(readability-non-const-parameter) */

struct io {
	struct media_file file;
	uint64_t at;
};

static int free_io(intptr_t **io, libbfio_error_t **error)
{
	(void)error;
	free(*io);
	*io = NULL;
	return 1;
}

static int clone_io(intptr_t **ret_io, intptr_t *io, libbfio_error_t **error)
{
	struct io *copy = mem_new(1, sizeof(*copy));

	(void)error;
	if (copy == NULL)
		return -1;
	memcpy(copy, io, sizeof(*copy));
	*ret_io = (intptr_t *)copy;
	return 1;
}

static int open_io(intptr_t *io, int flags, libbfio_error_t **error)
{
	(void)io;
	(void)error;
	return flags == LIBBFIO_ACCESS_FLAG_READ ? 1 : -1;
}

static int close_io(intptr_t *io, libbfio_error_t **error)
{
	(void)io;
	(void)error;
	return 0;
}

/* As read(2): less at the end, 0 behind it. */
static ssize_t read_io(
    intptr_t *handle, uint8_t *ret_bytes, size_t n, libbfio_error_t **error)
{
	struct io *io = (struct io *)handle;

	(void)error;
	if (io->at >= io->file.length)
		return 0;
	if (n > io->file.length - io->at)
		n = (size_t)(io->file.length - io->at);
	if (media_file_read(&io->file, io->at, ret_bytes, n, NULL) != 0)
		return -1;
	io->at += n;
	return (ssize_t)n;
}

static ssize_t write_io(
    intptr_t *io, const uint8_t *bytes, size_t n, libbfio_error_t **error)
{
	(void)io;
	(void)bytes;
	(void)n;
	(void)error;
	return -1;
}

static off64_t seek_io(
    intptr_t *handle, off64_t offset, int whence, libbfio_error_t **error)
{
	struct io *io = (struct io *)handle;
	uint64_t from = 0;

	(void)error;
	if (whence == SEEK_CUR)
		from = io->at;
	else if (whence == SEEK_END)
		from = io->file.length;
	if (offset < 0 ? (uint64_t)-offset > from
		       : (uint64_t)offset > (uint64_t)INT64_MAX - from)
		return -1;
	io->at = from + (uint64_t)offset;
	return (off64_t)io->at;
}

static int is_io(intptr_t *io, libbfio_error_t **error)
{
	(void)io;
	(void)error;
	return 1;
}

static int size_io(
    intptr_t *handle, size64_t *ret_size, libbfio_error_t **error)
{
	(void)error;
	*ret_size = ((struct io *)handle)->file.length;
	return 1;
}

/* NOLINTEND(readability-non-const-parameter) */

libbfio_handle_t *box_library_handle(
    __typeof__(libbfio_handle_initialize) *make, const struct media_file *file)
{
	struct io *io = mem_new(1, sizeof(*io));
	libbfio_handle_t *handle = NULL;

	if (io == NULL)
		return NULL;
	io->file = *file;
	if (make(&handle, (intptr_t *)io, free_io, clone_io, open_io, close_io,
		read_io, write_io, seek_io, is_io, is_io, size_io,
		LIBBFIO_FLAG_IO_HANDLE_MANAGED |
		    LIBBFIO_FLAG_IO_HANDLE_CLONE_BY_FUNCTION,
		NULL) == 1)
		return handle;
	free(io);
	return NULL;
}

/* ---- reading ---- */

/* All n bytes, or false. */
static bool read_all(box_library_read_fn *read, void *cookie, uint64_t at,
    uint8_t *ret_bytes, size_t n, char *ret_why, size_t why_size)
{
	size_t done = 0;

	while (done < n) {
		const ssize_t got = read(cookie, at + done, ret_bytes + done,
		    n - done, ret_why, why_size);

		if (got <= 0 || (size_t)got > n - done)
			return false;
		done += (size_t)got;
	}
	return true;
}

static void add(
    struct box_damage *damage, uint64_t at, uint64_t n, const char *text)
{
	const struct cage_wire_entry entry = {
	    .at = at, .length = n, .file = CAGE_WIRE_NO_FILE};
	struct err why = {0};

	err_set(&why, ERR_FORMAT, "byte %llu of the medium: %s",
	    (unsigned long long)at, text);
	box_damage_add(damage, &entry, &why);
}

void box_library_read(box_library_read_fn *read, void *cookie, uint64_t length,
    uint64_t at, uint8_t *ret_bytes, size_t n, struct box_damage *damage)
{
	const uint64_t left = length > at ? length - at : 0;
	const size_t there = left < n ? (size_t)left : n;
	char why[ERR_MESSAGE_MAX / 2] = "it cannot be read";

	memset(ret_bytes, 0, n);
	if (there > 0 &&
	    !read_all(read, cookie, at, ret_bytes, there, why, sizeof(why))) {
		for (size_t in = 0; in < there; in += PIECE) {
			const size_t here =
			    there - in < PIECE ? there - in : PIECE;

			memset(ret_bytes + in, 0, here);
			if (read_all(read, cookie, at + in, ret_bytes + in,
				here, why, sizeof(why)))
				continue;
			memset(ret_bytes + in, 0, here);
			add(damage, at + in, here, why);
		}
	}
	if (there < n)
		add(damage, at + there, n - there, "the image ends before it");
}

int box_library_about(
    struct cage_wire_about *ret_about, uint64_t length, struct err *err)
{
	if (length > (uint64_t)INT64_MAX / 2)
		return err_set(err, ERR_FORMAT,
		    "#0: it says that its medium has %llu bytes",
		    (unsigned long long)length);
	ret_about->length = ret_about->declared = ret_about->available = length;
	ret_about->chunk_size = PIECE;
	ret_about->sector_size = 512;
	ret_about->flags |= CAGE_WIRE_IS_WHOLE;
	return 0;
}
