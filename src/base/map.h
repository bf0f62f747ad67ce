/*
 * map.h: a hash map from bytes to a 32-bit number (an index into an array).
 *
 * Keys are borrowed: the bytes must stay where they are while the map lives.
 * The hash is keyed with a random seed, so that nobody who writes the keys
 * can choose them to collide.
 */
#ifndef MAP_H
#define MAP_H

#include "err.h"
#include "slice.h"

#include <stdbool.h>
#include <stdint.h>

struct map_slot;

struct map {
	struct map_slot *slots;
	size_t n;
	size_t cap;
	uint64_t seed[2];
};

void map_init(struct map *map);
void map_done(struct map *map); /* accepts a zeroed struct */

/* Sets key (which must not be absent; it may be empty) to value; an earlier
 * value is replaced. */
int map_put(struct map *map, struct slice key, uint32_t value,
    struct err *err) MUST_CHECK;
/* The hash that places keys, for whoever keeps a table of another shape. The
 * seed is random (mem_random), and stays the same for one table. */
uint64_t map_hash(const uint64_t seed[2], struct slice key);

bool map_get(const struct map *map, struct slice key, uint32_t *ret_value);

#endif
