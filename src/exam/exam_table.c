/*
 * exam_table.c: see exam_table.h. Open addressing with linear probing over a
 * capacity that need not be a power of two: it grows by a third, so that a
 * large table is never half empty.
 */
#include "exam_table.h"

#include "mem.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define FIRST 1024
#define SLOT (sizeof(uint32_t) + sizeof(uint8_t))

void exam_table_done(struct exam_table *table)
{
	free(table->values);
	free(table->tags);
	table->values = NULL;
	table->tags = NULL;
	table->n = table->cap = 0;
}

/* The upper bits place a key; the lowest are its tag. */
static size_t place_of(uint64_t hash, size_t cap)
{
	return (size_t)((unsigned __int128)hash * cap >> 64);
}

/* At most six sevenths are taken. */
static bool is_full(const struct exam_table *table)
{
	return table->n >= table->cap / 7 * 6;
}

static size_t next_cap(const struct exam_table *table)
{
	return table->cap == 0 ? FIRST : table->cap + table->cap / 3;
}

size_t exam_table_bytes(const struct exam_table *table)
{
	return table->cap * SLOT;
}

size_t exam_table_bytes_next(const struct exam_table *table)
{
	return (is_full(table) ? next_cap(table) : table->cap) * SLOT;
}

uint32_t exam_table_get(
    const struct exam_table *table, uint64_t hash, const void *key)
{
	if (table->cap == 0)
		return EXAM_TABLE_NONE;
	for (size_t at = place_of(hash, table->cap);
	     table->values[at] != EXAM_TABLE_NONE;
	     at = at + 1 == table->cap ? 0 : at + 1)
		if (table->tags[at] == (uint8_t)hash &&
		    table->is_same(table->cookie, table->values[at], key))
			return table->values[at];
	return EXAM_TABLE_NONE;
}

static void set(struct exam_table *table, uint64_t hash, uint32_t value)
{
	size_t at = place_of(hash, table->cap);

	while (table->values[at] != EXAM_TABLE_NONE)
		at = at + 1 == table->cap ? 0 : at + 1;
	table->values[at] = value;
	table->tags[at] = (uint8_t)hash;
}

static int grow(struct exam_table *table, struct err *err)
{
	struct exam_table old = *table;

	table->cap = next_cap(&old);
	table->values = mem_new(table->cap, sizeof(*table->values));
	table->tags = mem_new(table->cap, sizeof(*table->tags));
	if (table->values == NULL || table->tags == NULL) {
		exam_table_done(table);
		*table = old;
		return err_nomem(err);
	}
	memset(table->values, 0xff, table->cap * sizeof(*table->values));
	/* In the order of their numbers, in which what they stand for lies. */
	for (uint32_t i = 0; i < old.n; i++)
		set(table, table->hash_of(table->cookie, i), i);
	free(old.values);
	free(old.tags);
	return 0;
}

int exam_table_put(
    struct exam_table *table, uint64_t hash, uint32_t value, struct err *err)
{
	assert(value == table->n);
	int rc = is_full(table) ? grow(table, err) : 0;
	if (rc != 0)
		return rc;
	set(table, hash, value);
	table->n++;
	return 0;
}
