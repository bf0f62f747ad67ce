/*
 * box_tsk_set.c: see box_tsk_set.h. Open addressing, half full at most.
 */
#include "box_tsk_set.h"

#include "mem.h"

#include <stdlib.h>

static uint64_t hash_of(uint64_t id)
{
	id ^= id >> 31;
	id *= 0x9e3779b97f4a7c15u;
	return id ^ id >> 29;
}

bool box_tsk_set_has(const struct box_tsk_set *set, uint64_t id)
{
	if (set->cap == 0)
		return false;
	for (size_t i = hash_of(id) & (set->cap - 1); set->slots[i] != 0;
	     i = (i + 1) & (set->cap - 1))
		if (set->slots[i] == id + 1)
			return true;
	return false;
}

static bool set_grow(struct box_tsk_set *set)
{
	struct box_tsk_set more = {.cap = set->cap > 0 ? set->cap * 2 : 1024};

	more.slots = mem_new(more.cap, sizeof(*more.slots));
	if (more.slots == NULL)
		return false;
	for (size_t i = 0; i < set->cap; i++) {
		if (set->slots[i] == 0)
			continue;
		size_t k = hash_of(set->slots[i] - 1) & (more.cap - 1);

		while (more.slots[k] != 0)
			k = (k + 1) & (more.cap - 1);
		more.slots[k] = set->slots[i];
		more.n++;
	}
	free(set->slots);
	*set = more;
	return true;
}

bool box_tsk_set_add(struct box_tsk_set *set, uint64_t id)
{
	if (id == UINT64_MAX || box_tsk_set_has(set, id))
		return false;
	if (set->n * 2 >= set->cap && !set_grow(set))
		return false;
	size_t i = hash_of(id) & (set->cap - 1);

	while (set->slots[i] != 0)
		i = (i + 1) & (set->cap - 1);
	set->slots[i] = id + 1;
	set->n++;
	return true;
}

void box_tsk_set_done(struct box_tsk_set *set)
{
	free(set->slots);
	*set = (struct box_tsk_set){0};
}
