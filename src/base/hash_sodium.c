/*
 * hash_sodium.c: SHA-256 and its HMAC by libsodium, for the verifier that must
 * stay small, static and without libcrypto.
 */
#include "hash.h"

#include "mem.h"

#include <assert.h>
#include <sodium.h>
#include <stdlib.h>

static_assert(HASH_SIZE == crypto_hash_sha256_BYTES, "a SHA-256 digest");

struct hash_run {
	crypto_hash_sha256_state state;
	bool is_started;
};

struct hash_run *hash_new(void)
{
	return calloc(1, sizeof(struct hash_run));
}

void hash_free(struct hash_run *run)
{
	if (!run)
		return;
	mem_wipe(run, sizeof *run);
	free(run);
}

/* libsodium's three functions return an int for its interface's sake; they
 * have no way to fail. */
void hash_start(struct hash_run *run)
{
	(void)crypto_hash_sha256_init(&run->state);
	run->is_started = true;
}

void hash_update(struct hash_run *run, const void *bytes, size_t n)
{
	assert(run->is_started);
	if (n > 0)
		(void)crypto_hash_sha256_update(&run->state, bytes, n);
}

struct hash hash_finish(struct hash_run *run)
{
	struct hash hash;

	assert(run->is_started);
	(void)crypto_hash_sha256_final(&run->state, hash.b);
	run->is_started = false;
	return hash;
}

static_assert(HASH_SIZE == crypto_auth_hmacsha256_BYTES, "an HMAC-SHA256");

struct hash_mac {
	crypto_auth_hmacsha256_state state;
};

struct hash_mac *hash_mac_new(void)
{
	return calloc(1, sizeof(struct hash_mac));
}

void hash_mac_free(struct hash_mac *mac)
{
	if (!mac)
		return;
	mem_wipe(mac, sizeof *mac);
	free(mac);
}

struct hash hash_mac_of(struct hash_mac *mac, const uint8_t key[HASH_SIZE],
    const void *bytes, size_t n)
{
	struct hash hash;

	(void)crypto_auth_hmacsha256_init(&mac->state, key, HASH_SIZE);
	if (n > 0)
		(void)crypto_auth_hmacsha256_update(&mac->state, bytes, n);
	(void)crypto_auth_hmacsha256_final(&mac->state, hash.b);
	return hash;
}
