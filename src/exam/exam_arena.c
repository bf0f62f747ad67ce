/*
 * exam_arena.c: see exam_arena.h.
 */
#include "exam_arena.h"

#include "mem.h"

#include <assert.h>
#include <stdlib.h>

void exam_arena_done(struct exam_arena *arena)
{
	for (size_t i = 0; i < arena->count; i++)
		free(arena->blocks[i]);
	free(arena->blocks);
	*arena = (struct exam_arena){0};
}

static int add_block(struct exam_arena *arena, struct err *err)
{
	if (arena->blocks == NULL)
		arena->blocks =
		    mem_new(EXAM_ARENA_BLOCKS_MAX, sizeof(*arena->blocks));
	if (arena->blocks == NULL)
		return err_nomem(err);
	if (arena->count == EXAM_ARENA_BLOCKS_MAX)
		return err_set(
		    err, ERR_LIMIT, "more than 4 GiB of what was found");
	arena->blocks[arena->count] = mem_new(EXAM_ARENA_BLOCK, 1);
	if (arena->blocks[arena->count] == NULL)
		return err_nomem(err);
	arena->count++;
	arena->used = 0;
	return 0;
}

int exam_arena_take(
    struct exam_arena *arena, size_t n, uint32_t *ret_at, struct err *err)
{
	int rc = 0;

	assert(n > 0 && n <= EXAM_ARENA_BLOCK);
	if (arena->count == 0 || n > EXAM_ARENA_BLOCK - arena->used)
		rc = add_block(arena, err);
	if (rc != 0)
		return rc;
	*ret_at =
	    (uint32_t)((arena->count - 1) * EXAM_ARENA_BLOCK + arena->used);
	arena->used += n;
	return 0;
}
