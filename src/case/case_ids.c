/*
 * case_ids.c: from a record's id to its leaf: open addressing over leaf
 * numbers. The ids themselves stand in the leaves, once.
 *
 * Invariant: at most three quarters of the slots are taken. An id is a digest,
 * of which its author can choose a few bits; what places it is a product with
 * a random number, so that nobody can make many ids meet. A part of that
 * product stands in the slot: the leaf is looked at only if it is the same.
 */
#include "case_internal.h"

#include "mem.h"

#include <stdlib.h>

#define FIRST_CAP 64

void case_ids_init(struct case_ids *ids)
{
	*ids = (struct case_ids){0};
	mem_random(ids->seed, sizeof(ids->seed));
}

void case_ids_done(struct case_ids *ids)
{
	free(ids->slots);
	*ids = (struct case_ids){0};
}

struct case_ids_slot {
	uint32_t leaf; /* + 1; 0: free */
	uint32_t tag;
};

/* Where the look for an id begins, and the tag that it has or must get. */
static size_t place(
    const struct case_ids *ids, const struct hash *id, uint32_t *ret_tag)
{
	uint64_t word;

	memcpy(&word, id->b, sizeof(word));
	word = (word ^ ids->seed[0]) * (ids->seed[1] | 1);
	*ret_tag = (uint32_t)word;
	return (size_t)(word >> 32) & (ids->cap - 1);
}

/* The slot of this id, or the free one where it belongs. */
static struct case_ids_slot *find(
    const struct case_state *state, const struct hash *id, uint32_t *ret_tag)
{
	const struct case_ids *ids = &state->ids;
	size_t at = place(ids, id, ret_tag);

	while (ids->slots[at].leaf != 0 &&
	    (ids->slots[at].tag != *ret_tag ||
		!hash_is(&state->leaves[ids->slots[at].leaf - 1].id, id)))
		at = (at + 1) & (ids->cap - 1);
	return &ids->slots[at];
}

void case_ids_fetch(const struct case_state *state, const struct hash *id)
{
	uint32_t ignored;

	mem_fetch(&state->ids.slots[place(&state->ids, id, &ignored)],
	    sizeof(struct case_ids_slot));
}

int case_ids_reserve(struct case_state *state, size_t n, struct err *err)
{
	struct case_ids *ids = &state->ids;
	size_t cap = ids->cap != 0 ? ids->cap : FIRST_CAP;

	while (n > cap / 4 * 3)
		cap *= 2;
	if (cap == ids->cap)
		return 0;
	struct case_ids_slot *slots = mem_new(cap, sizeof(*slots));
	if (slots == NULL)
		return err_nomem(err);
	free(ids->slots);
	ids->slots = slots;
	ids->cap = cap;
	for (uint32_t i = 0; i < state->leaf_count; i++)
		case_ids_put(state, i);
	return 0;
}

void case_ids_put(struct case_state *state, uint32_t leaf)
{
	uint32_t tag;
	struct case_ids_slot *slot = find(state, &state->leaves[leaf].id, &tag);

	*slot = (struct case_ids_slot){leaf + 1, tag};
}

uint32_t case_state_find_leaf(
    const struct case_state *state, const struct hash *record_id)
{
	uint32_t tag;

	return state->ids.cap == 0 ? CASE_NONE
				   : find(state, record_id, &tag)->leaf - 1;
}
