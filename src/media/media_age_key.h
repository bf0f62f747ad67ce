/*
 * media_age_key.h: age's native X25519 keys as text: a recipient `age1...` and
 * an identity `AGE-SECRET-KEY-1...` (Bech32, BIP 173, of 32 bytes).
 */
#ifndef MEDIA_AGE_KEY_H
#define MEDIA_AGE_KEY_H

#include "buf.h"
#include "err.h"
#include "slice.h"

#include <stddef.h>
#include <stdint.h>

#define MEDIA_AGE_KEY_SIZE 32
/* An identity file holds a few keys; what is longer is none. */
#define MEDIA_AGE_KEY_FILE_MAX (64u << 10)
#define MEDIA_AGE_KEY_COUNT_MAX 64

/* Identities in memory that is locked, and wiped when it is given back. */
struct media_age_key_ring {
	size_t n;
	uint8_t (*keys)[MEDIA_AGE_KEY_SIZE];
};

/* A recipient is written and read in lower case only, so that it has one
 * spelling in a record. ERR_FORMAT: it is none; nothing is written. */
int media_age_key_parse(uint8_t ret_key[MEDIA_AGE_KEY_SIZE], struct slice text,
    struct err *err) MUST_CHECK;
void media_age_key_put(struct buf *out, const uint8_t key[MEDIA_AGE_KEY_SIZE]);

/* The recipient of an identity (a multiplication of the base point). */
void media_age_key_of(uint8_t ret_key[MEDIA_AGE_KEY_SIZE],
    const uint8_t identity[MEDIA_AGE_KEY_SIZE]);

/* Room for MEDIA_AGE_KEY_COUNT_MAX identities. ERR_NOMEM. */
int media_age_key_ring_init(
    struct media_age_key_ring *ring, struct err *err) MUST_CHECK;
void media_age_key_ring_done(struct media_age_key_ring *ring);

/*
 * Adds every identity of a file as age-keygen writes it: one on a line, empty
 * lines and lines that begin with '#' between them. ERR_FORMAT says which line
 * is none; ERR_UNSUPPORTED: a plugin's or an SSH key; ERR_NOTFOUND: none at
 * all.
 */
int media_age_key_ring_add(struct media_age_key_ring *ring, struct slice file,
    struct err *err) MUST_CHECK;

#endif
