/*
 * exam_table.h: a hash table of numbers, five bytes a place, for millions of
 * things that lie elsewhere: the caller knows what a number stands for, and
 * says whether two are the same.
 *
 * Nothing is ever removed. Hashes are the caller's, keyed with a random seed
 * (map_hash), so that who writes the evidence cannot make them meet.
 */
#ifndef EXAM_TABLE_H
#define EXAM_TABLE_H

#include "err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define EXAM_TABLE_NONE UINT32_MAX

struct exam_table {
	uint32_t *values; /* EXAM_TABLE_NONE: free */
	uint8_t *tags; /* eight bits of the hash, to look away early */
	size_t n, cap;
	/* The hash of what `value` stands for, when the table grows. */
	uint64_t (*hash_of)(const void *cookie, uint32_t value);
	/* Whether it is what `key` describes. */
	bool (*is_same)(const void *cookie, uint32_t value, const void *key);
	const void *cookie;
};

void exam_table_done(struct exam_table *table); /* accepts a zeroed one */

/* What the key stands for, or EXAM_TABLE_NONE. */
uint32_t exam_table_get(
    const struct exam_table *table, uint64_t hash, const void *key);

/* Of a key that is not there; values are put as 0, 1, 2, ... ERR_NOMEM. */
int exam_table_put(struct exam_table *table, uint64_t hash, uint32_t value,
    struct err *err) MUST_CHECK;

/* Bytes that it has, and that it will have after one more. */
size_t exam_table_bytes(const struct exam_table *table);
size_t exam_table_bytes_next(const struct exam_table *table);

#endif
