/*
 * media_age_chunk.h: the chunks of an age payload, one at a time: 64 KiB under
 * ChaCha20-Poly1305, numbered, the last one marked (C2SP age.md, STREAM).
 */
#ifndef MEDIA_AGE_CHUNK_H
#define MEDIA_AGE_CHUNK_H

#include "err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MEDIA_AGE_CHUNK_SIZE 65536
#define MEDIA_AGE_CHUNK_TAG 16
#define MEDIA_AGE_CHUNK_SEALED (MEDIA_AGE_CHUNK_SIZE + MEDIA_AGE_CHUNK_TAG)

/* The cipher for one payload key and one thread. */
struct media_age_chunk;

/* ERR_NOMEM; ERR_UNSUPPORTED: libcrypto has no ChaCha20-Poly1305. */
int media_age_chunk_new(struct media_age_chunk **ret_cipher,
    const uint8_t key[32], struct err *err) MUST_CHECK;
void media_age_chunk_free(struct media_age_chunk *cipher); /* wipes its key */

/* Ciphers for one key, as many as threads ask for at once. Several threads may
 * take and give. */
struct media_age_chunk_pool;
int media_age_chunk_pool_new(struct media_age_chunk_pool **ret_pool,
    const uint8_t key[32], struct err *err) MUST_CHECK;
void media_age_chunk_pool_free(struct media_age_chunk_pool *pool);
int media_age_chunk_pool_take(struct media_age_chunk_pool *pool,
    struct media_age_chunk **ret_cipher, struct err *err) MUST_CHECK;
void media_age_chunk_pool_give(
    struct media_age_chunk_pool *pool, struct media_age_chunk *cipher);

/* n of at most MEDIA_AGE_CHUNK_SIZE bytes; writes n + MEDIA_AGE_CHUNK_TAG. */
int media_age_chunk_seal(struct media_age_chunk *cipher, uint64_t index,
    bool is_last, const uint8_t *plain, size_t n, uint8_t *ret_sealed,
    struct err *err) MUST_CHECK;

/* n with the tag; writes n - MEDIA_AGE_CHUNK_TAG. ERR_VERIFY: it is not what
 * was written as this chunk; what is in *ret_plain then means nothing and is
 * wiped. */
int media_age_chunk_open(struct media_age_chunk *cipher, uint64_t index,
    bool is_last, const uint8_t *sealed, size_t n, uint8_t *ret_plain,
    struct err *err) MUST_CHECK;

#endif
