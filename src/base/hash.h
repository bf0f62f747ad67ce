/*
 * hash.h: SHA-256 and HMAC-SHA256 behind one header with two backends:
 * libcrypto with fetched algorithms and reused contexts (hash_libcrypto.c), and
 * libsodium for the static verifier (hash_sodium.c). The build links exactly
 * one.
 */
#ifndef HASH_H
#define HASH_H

#include "slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HASH_SIZE 32
#define HASH_HEX_SIZE 65 /* with NUL */

struct hash {
	uint8_t b[HASH_SIZE];
};

/*
 * A running hash; free with hash_free (NULL is accepted). NULL only when out
 * of memory. Each message is hash_start, any number of hash_update, then
 * hash_finish; hash_start forgets a message that was not finished. One object
 * serves one thread.
 */
struct hash_run;
struct hash_run *hash_new(void);
void hash_free(struct hash_run *run);
void hash_start(struct hash_run *run);
void hash_update(struct hash_run *run, const void *bytes, size_t n);
struct hash hash_finish(struct hash_run *run);

/* One message in one call. Thread-safe; slower than a reused run for very
 * short messages. Aborts if the library cannot allocate its context. */
struct hash hash_of(const void *bytes, size_t n);

/*
 * HMAC-SHA256 with keys of HASH_SIZE bytes; one object serves one thread and
 * any number of keys. Free with hash_mac_free (NULL is accepted), which leaves
 * nothing of a key in memory. NULL only when out of memory.
 */
struct hash_mac;
struct hash_mac *hash_mac_new(void);
void hash_mac_free(struct hash_mac *mac);
struct hash hash_mac_of(struct hash_mac *mac, const uint8_t key[HASH_SIZE],
    const void *bytes, size_t n);

bool hash_is(const struct hash *a, const struct hash *b);
void hash_to_hex(char ret_hex[HASH_HEX_SIZE], const struct hash *hash);
bool hash_from_hex(struct hash *ret_hash, struct slice hex);

#endif
