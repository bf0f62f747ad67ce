/*
 * media_lane.h: bytes on their way to one file, written by a thread of its own
 * while more are made; in large blocks, and past the page cache where the file
 * system can.
 *
 * Past the page cache only whole blocks of 4096 bytes can go, at places that
 * are multiples of it. What does not fit at the beginning and at each flush
 * goes the usual way. Bytes that were written are never written again.
 */
#ifndef MEDIA_LANE_H
#define MEDIA_LANE_H

#include "err.h"

#include <stddef.h>
#include <stdint.h>

/* So much memory has each lane, and so much at most is on its way. */
#define MEDIA_LANE_BLOCK ((size_t)4 << 20)
#define MEDIA_LANE_BLOCKS 3

struct media_lane;

/* ERR_NOMEM: also if no thread can be started. */
int media_lane_new(struct media_lane **ret_lane, struct err *err) MUST_CHECK;
/* What is on its way is finished or not; NULL is accepted. */
void media_lane_free(struct media_lane *lane);

/* What is put from now on goes to fd, from offset `at` on; fd stays the
 * caller's, whose O_DIRECT flag the lane turns on and off. Only after a flush
 * that succeeded, or at the beginning. */
void media_lane_begin(struct media_lane *lane, int fd, uint64_t at);

/* Copies the bytes. ERR_IO, with err->sys: writing failed, these or earlier
 * ones; then nothing more is written, and every later call fails alike. */
int media_lane_put(struct media_lane *lane, const void *bytes, size_t n,
    struct err *err) MUST_CHECK;

/* Waits until all that was put is written (not: durable). As media_lane_put. */
int media_lane_flush(struct media_lane *lane, struct err *err) MUST_CHECK;

#endif
