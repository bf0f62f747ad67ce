/*
 * media_age_header.h: the text in front of an age file (C2SP age.md), which
 * wraps the key of the file for its recipients.
 *
 * Written for X25519 recipients, each with a stanza. Read with any number of
 * stanzas, of which only those of X25519 are opened; every other is known by
 * its name alone.
 */
#ifndef MEDIA_AGE_HEADER_H
#define MEDIA_AGE_HEADER_H

#include "buf.h"
#include "err.h"
#include "media_age_key.h"
#include "slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A hybrid stanza takes 2 kB; nobody needs more than two dozen of those. */
#define MEDIA_AGE_HEADER_MAX (64u << 10)
#define MEDIA_AGE_HEADER_NONCE_SIZE 16
#define MEDIA_AGE_HEADER_FILE_KEY_SIZE 16
#define MEDIA_AGE_HEADER_STANZAS_MAX 256
/* That are written to; more people than that share no secret. */
#define MEDIA_AGE_HEADER_RECIPIENTS_MAX 64
/* What is written for so many, at most. */
#define MEDIA_AGE_HEADER_SIZE(count) (22 + 98 * (size_t)(count) + 48)

struct media_age_header_x25519 {
	uint8_t ephemeral[32];
	uint8_t body[32];
};

struct media_age_header {
	size_t n; /* bytes, through the LF of the MAC's line */
	struct slice signed_text; /* what the MAC is over; borrowed */
	uint8_t mac[32];
	size_t stanza_count;
	struct slice other; /* the name of one that is not X25519; or absent */
	size_t x25519_count;
	struct media_age_header_x25519 x25519[MEDIA_AGE_HEADER_STANZAS_MAX];
};

/* `bytes` begins with the header and may go on; it is borrowed. ERR_FORMAT says
 * what is wrong; ERR_UNSUPPORTED: another version of age. */
int media_age_header_parse(struct media_age_header *header, struct slice bytes,
    struct err *err) MUST_CHECK;

/* 0 if it has one stanza alone, and that of X25519; else ERR_VERIFY. */
int media_age_header_is_single(
    const struct media_age_header *header, struct err *err) MUST_CHECK;

/*
 * Unwraps the file's key with the first identity that fits, and checks the
 * header's MAC. ERR_UNSUPPORTED: no stanza is of X25519 (names one);
 * ERR_DENIED: none is for these identities; ERR_VERIFY: the MAC is false;
 * ERR_FORMAT: a stanza with a point of small order.
 */
int media_age_header_open(const struct media_age_header *header,
    const struct media_age_key_ring *ring,
    uint8_t ret_file_key[MEDIA_AGE_HEADER_FILE_KEY_SIZE],
    struct err *err) MUST_CHECK;

/* Writes the header for 1 to MEDIA_AGE_HEADER_RECIPIENTS_MAX recipients, in
 * their order, each with an ephemeral key of its own. ERR_FORMAT: one of small
 * order, which everybody could open; what was written then means nothing. */
int media_age_header_put(struct buf *out,
    const uint8_t (*recipients)[MEDIA_AGE_KEY_SIZE], size_t count,
    const uint8_t file_key[MEDIA_AGE_HEADER_FILE_KEY_SIZE],
    struct err *err) MUST_CHECK;

/* The key of the chunks that follow the nonce. ERR_UNSUPPORTED: libcrypto
 * cannot do it. */
int media_age_header_payload_key(uint8_t ret_key[32],
    const uint8_t file_key[MEDIA_AGE_HEADER_FILE_KEY_SIZE],
    const uint8_t nonce[MEDIA_AGE_HEADER_NONCE_SIZE],
    struct err *err) MUST_CHECK;

#endif
