/*
 * map.c: open addressing with linear probing.
 *
 * Invariants: cap is 0 or a power of two; at most three quarters of the slots
 * are taken, so a probe always meets a free one (key.p == NULL); nothing is
 * ever removed. SipHash-2-4 under a random seed places the keys, so their
 * author cannot make them meet.
 */
#include "map.h"

#include "mem.h"

#include <assert.h>
#include <sodium.h>
#include <stdlib.h>

#define MAP_FIRST_CAP 16

struct map_slot {
	struct slice key;
	uint64_t hash; /* saves hashing again when the map grows */
	uint32_t value;
};

static_assert(sizeof((struct map *)NULL)->seed == crypto_shorthash_KEYBYTES,
    "the seed is a SipHash key");
static_assert(
    sizeof(uint64_t) == crypto_shorthash_BYTES, "a SipHash fits a number");

void map_init(struct map *map)
{
	*map = (struct map){0};
	mem_random(map->seed, sizeof map->seed);
}

void map_done(struct map *map)
{
	free(map->slots);
	*map = (struct map){0};
}

uint64_t map_hash(const uint64_t seed[2], struct slice key)
{
	uint64_t hash;

	/* Always 0: the interface has a result, the function cannot fail. */
	(void)crypto_shorthash((unsigned char *)&hash,
	    (const unsigned char *)key.p, key.n, (const unsigned char *)seed);
	return hash;
}

/* The slot that holds the key, or the free one where it belongs. */
static struct map_slot *find(
    struct map_slot *slots, size_t cap, struct slice key, uint64_t hash)
{
	size_t at = (size_t)hash & (cap - 1);

	while (slots[at].key.p &&
	    (slots[at].hash != hash || !slice_is(slots[at].key, key)))
		at = (at + 1) & (cap - 1);
	return &slots[at];
}

static int grow(struct map *map, struct err *err)
{
	size_t cap = MAP_FIRST_CAP;

	if (map->cap > 0 && !mem_mul(&cap, map->cap, 2))
		return err_nomem(err);
	struct map_slot *slots = mem_new(cap, sizeof *slots);
	if (!slots)
		return err_nomem(err);
	for (size_t i = 0; i < map->cap; i++) {
		const struct map_slot *old = &map->slots[i];

		if (old->key.p)
			*find(slots, cap, old->key, old->hash) = *old;
	}
	free(map->slots);
	map->slots = slots;
	map->cap = cap;
	return 0;
}

int map_put(struct map *map, struct slice key, uint32_t value, struct err *err)
{
	assert(key.p);
	if (map->n >= map->cap / 4 * 3) {
		const int rc = grow(map, err);

		if (rc != 0)
			return rc;
	}
	const uint64_t hash = map_hash(map->seed, key);
	struct map_slot *slot = find(map->slots, map->cap, key, hash);
	if (!slot->key.p)
		map->n++;
	*slot = (struct map_slot){key, hash, value};
	return 0;
}

bool map_get(const struct map *map, struct slice key, uint32_t *ret_value)
{
	if (map->cap == 0 || !key.p)
		return false;
	const struct map_slot *slot =
	    find(map->slots, map->cap, key, map_hash(map->seed, key));
	if (!slot->key.p)
		return false;
	*ret_value = slot->value;
	return true;
}
