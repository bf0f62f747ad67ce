/*
 * exam_arena.h: small things that are kept and never moved, in blocks of 1 MiB:
 * named by a number of 32 bits instead of a pointer, and without the copy that
 * an array makes when it grows.
 */
#ifndef EXAM_ARENA_H
#define EXAM_ARENA_H

#include "err.h"

#include <stddef.h>
#include <stdint.h>

#define EXAM_ARENA_BLOCK (1u << 20)
#define EXAM_ARENA_BLOCKS_MAX 4096 /* numbers have 32 bits */

struct exam_arena {
	uint8_t **blocks; /* EXAM_ARENA_BLOCKS_MAX pointers, once used */
	size_t count; /* of blocks */
	size_t used; /* of the last one */
};

void exam_arena_done(struct exam_arena *arena); /* accepts a zeroed one */

/* Room for n bytes, at most EXAM_ARENA_BLOCK and not 0; zeroed. ERR_NOMEM;
 * ERR_LIMIT: 4 GiB are full. */
int exam_arena_take(struct exam_arena *arena, size_t n, uint32_t *ret_at,
    struct err *err) MUST_CHECK;

static inline uint8_t *exam_arena_at(
    const struct exam_arena *arena, uint32_t at)
{
	return arena->blocks[at / EXAM_ARENA_BLOCK] + at % EXAM_ARENA_BLOCK;
}

/* Bytes that it has. */
static inline size_t exam_arena_bytes(const struct exam_arena *arena)
{
	return arena->count * (size_t)EXAM_ARENA_BLOCK;
}

/* And that it would have after taking n. */
static inline size_t exam_arena_bytes_next(
    const struct exam_arena *arena, size_t n)
{
	return exam_arena_bytes(arena) +
	    (arena->count == 0 || n > EXAM_ARENA_BLOCK - arena->used
		    ? EXAM_ARENA_BLOCK
		    : 0);
}

#endif
