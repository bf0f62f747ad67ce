/*
 * hash.c: what both SHA-256 backends share: one-call hashing, comparison and
 * the one spelling in hex.
 */
#include "hash.h"

#include "text.h"

#include <stdlib.h>
#include <string.h>

struct hash hash_of(const void *bytes, size_t n)
{
	struct hash_run *run = hash_new();

	if (!run)
		abort();
	hash_start(run);
	hash_update(run, bytes, n);
	const struct hash hash = hash_finish(run);
	hash_free(run);
	return hash;
}

bool hash_is(const struct hash *a, const struct hash *b)
{
	return memcmp(a->b, b->b, HASH_SIZE) == 0;
}

void hash_to_hex(char ret_hex[HASH_HEX_SIZE], const struct hash *hash)
{
	text_to_hex(ret_hex, hash->b, HASH_SIZE);
}

bool hash_from_hex(struct hash *ret_hash, struct slice hex)
{
	return text_from_hex(ret_hash->b, HASH_SIZE, hex);
}
