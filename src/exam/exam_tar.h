/*
 * exam_tar.h: an archive of texts (POSIX ustar), written while they are made.
 * A member's size stands before its bytes, so each text is made twice: once to
 * measure and hash it, once to write it.
 */
#ifndef EXAM_TAR_H
#define EXAM_TAR_H

#include "buf.h"
#include "err.h"
#include "exam_sink.h"

#include <stdint.h>

#define EXAM_TAR_NAME_MAX 99
#define EXAM_TAR_SIZE_MAX UINT64_C(8589934591) /* eleven octal digits */

struct exam_tar {
	const struct exam_sink *sink;
	int64_t at; /* the time of every member (when.h) */
	struct buf *sums; /* a line of sha256sum for each; NULL: not wanted */
};

/*
 * `name` is this program's own, never one of evidence. ERR_LIMIT: larger than
 * EXAM_TAR_SIZE_MAX; ERR_FORMAT: it was not the same text twice; and what the
 * maker and the sink say.
 */
int exam_tar_put(const struct exam_tar *tar, const char *name,
    exam_sink_make_fn *make, const void *cookie, struct err *err) MUST_CHECK;
int exam_tar_end(const struct exam_tar *tar, struct err *err) MUST_CHECK;

#endif
