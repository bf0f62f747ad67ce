/*
 * case_arena.c: names in lower case and other small copies that maps borrow.
 * Nothing is freed before the state is.
 */
#include "case_internal.h"

#include "mem.h"
#include "text.h"

#include <stdlib.h>

#define BLOCK_SIZE 65536

struct case_arena_block {
	struct case_arena_block *next;
	size_t used, size;
	char bytes[];
};

static char *take(struct case_state *state, size_t n)
{
	struct case_arena_block *block = state->arena;

	if (block == NULL || block->size - block->used < n) {
		size_t size = n > BLOCK_SIZE ? n : BLOCK_SIZE;

		block = malloc(sizeof(*block) + size);
		if (block == NULL)
			return NULL;
		*block = (struct case_arena_block){
		    .next = state->arena, .size = size};
		state->arena = block;
	}
	block->used += n;
	return block->bytes + block->used - n;
}

struct slice case_arena_copy(struct case_state *state, struct slice s)
{
	char *p = take(state, s.n);

	if (p == NULL)
		return (struct slice){0};
	if (s.n > 0)
		memcpy(p, s.p, s.n);
	return (struct slice){p, s.n};
}

struct slice case_arena_lower(struct case_state *state, struct slice s)
{
	char *p = take(state, s.n);

	if (p == NULL)
		return (struct slice){0};
	text_lower(p, s);
	return (struct slice){p, s.n};
}

void case_arena_done(struct case_state *state)
{
	while (state->arena != NULL) {
		struct case_arena_block *next = state->arena->next;

		free(state->arena);
		state->arena = next;
	}
}
