/*
 * exam_sink.h: where long texts go in pieces, so that none is whole in memory.
 */
#ifndef EXAM_SINK_H
#define EXAM_SINK_H

#include "buf.h"
#include "err.h"

#include <stddef.h>

/* A piece of this size is handed on; buffers have EXAM_SINK_ROOM. */
#define EXAM_SINK_PIECE (64u << 10)
#define EXAM_SINK_ROOM (16u << 20)

struct exam_sink {
	int (*put)(void *cookie, const void *bytes, size_t n, struct err *err);
	void *cookie;
};

/* What makes a text: the same one each time it is called. */
typedef int exam_sink_make_fn(
    const void *cookie, const struct exam_sink *sink, struct err *err);

/* Hands on what is in the buffer if it is a piece, and empties it. */
int exam_sink_pass(
    const struct exam_sink *sink, struct buf *buf, struct err *err) MUST_CHECK;
/* Hands on the rest, and frees the buffer whatever comes of it. `rc` is what
 * failed before; then nothing is handed on, and it is returned. */
int exam_sink_end(const struct exam_sink *sink, struct buf *buf, int rc,
    struct err *err) MUST_CHECK;

#endif
