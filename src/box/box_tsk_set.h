/*
 * box_tsk_set.h: a set of files' numbers in a file system.
 */
#ifndef BOX_TSK_SET_H
#define BOX_TSK_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Zeroed is empty. */
struct box_tsk_set {
	uint64_t *slots; /* 0: free; else the number + 1 */
	size_t n, cap;
};

bool box_tsk_set_has(const struct box_tsk_set *set, uint64_t id);
/* False: it was there, or there is no memory; UINT64_MAX is in none. */
bool box_tsk_set_add(struct box_tsk_set *set, uint64_t id);
void box_tsk_set_done(struct box_tsk_set *set);

#endif
