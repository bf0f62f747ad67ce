/*
 * media_range.h: ranges of bytes in ascending order, neighbours joined: what
 * could not be read of a medium, what is damaged of an image.
 */
#ifndef MEDIA_RANGE_H
#define MEDIA_RANGE_H

#include "err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct media_range {
	uint64_t at, length;
};

struct media_ranges {
	size_t n;
	struct media_range *of;
	size_t cap;
	uint64_t bytes; /* of all together */
};

/* Takes a range that begins at or after the end of the last one (asserted). */
int media_range_add(struct media_ranges *ranges, uint64_t at, uint64_t length,
    struct err *err) MUST_CHECK;
/* What lies in one of the two or in both; *ret_ranges is new. */
int media_range_join(struct media_ranges *ret_ranges,
    const struct media_ranges *a, const struct media_ranges *b,
    struct err *err) MUST_CHECK;
/* What lies below `end`, in place. */
void media_range_cut(struct media_ranges *ranges, uint64_t end);
/* Whether one of them has a byte in `length` bytes at `at`. */
bool media_range_meets(
    const struct media_ranges *ranges, uint64_t at, uint64_t length);
bool media_range_is_same(
    const struct media_ranges *a, const struct media_ranges *b);
void media_range_done(struct media_ranges *ranges);

#endif
