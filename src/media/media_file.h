/*
 * media_file.h: bytes that can be read at any offset, wherever they come from.
 *
 * The readers of formats know files only through this, so that they can be
 * given memory, a damaged copy, or a descriptor in another process.
 */
#ifndef MEDIA_FILE_H
#define MEDIA_FILE_H

#include "err.h"
#include "slice.h"

#include <stddef.h>
#include <stdint.h>

struct media_file {
	uint64_t length;
	/* Exactly n bytes, all of them below `length`; or an error that says
	 * why. Called by one thread at a time. */
	int (*read)(void *cookie, uint64_t at, void *ret_bytes, size_t n,
	    struct err *err);
	void *cookie;
};

/* Inside the bounds or ERR_FORMAT, then file->read. */
int media_file_read(const struct media_file *file, uint64_t at, void *ret_bytes,
    size_t n, struct err *err) MUST_CHECK;

/* Bytes in memory; `bytes` itself is borrowed, too. */
struct media_file media_file_of_memory(struct slice *bytes);

/* A file over an open descriptor, which stays the caller's. ERR_IO: its length
 * cannot be learned. */
int media_file_of_fd(
    struct media_file *ret_file, int fd, struct err *err) MUST_CHECK;

#endif
