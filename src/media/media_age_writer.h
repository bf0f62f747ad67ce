/*
 * media_age_writer.h: the writing end of an age file to one X25519 recipient,
 * for whoever has the plaintext pass by anyway: pieces in any order, by several
 * threads. The file's key exists in locked memory only, and goes with it.
 */
#ifndef MEDIA_AGE_WRITER_H
#define MEDIA_AGE_WRITER_H

#include "buf.h"
#include "err.h"
#include "media_age_chunk.h"
#include "media_age_key.h"
#include "slice.h"

#include <stddef.h>
#include <stdint.h>

struct media_age_writer;

/* For a plaintext of exactly `length` bytes. */
int media_age_writer_new(struct media_age_writer **ret_writer,
    const uint8_t recipient[MEDIA_AGE_KEY_SIZE], uint64_t length,
    struct err *err) MUST_CHECK;
void media_age_writer_free(struct media_age_writer *writer); /* or NULL */

/* What the file begins with; borrowed. */
struct slice media_age_writer_head(const struct media_age_writer *writer);
/* Where in the file the chunk of plaintext byte `at` begins. */
uint64_t media_age_writer_place(
    const struct media_age_writer *writer, uint64_t at);

/* Bytes that n bytes of plaintext become, whole chunks but for the last. */
#define MEDIA_AGE_WRITER_SEALED(n)                                             \
	((n) +                                                                 \
	    ((n) + MEDIA_AGE_CHUNK_SIZE - 1) / MEDIA_AGE_CHUNK_SIZE *          \
		MEDIA_AGE_CHUNK_TAG)

/*
 * The bytes from `at`, where a chunk begins, to the end of one or of all; n is
 * 0 only for an empty plaintext, which is one chunk too. Each piece is sealed
 * once. *ret_n: what was written, MEDIA_AGE_WRITER_SEALED(n) or one tag.
 */
int media_age_writer_seal(struct media_age_writer *writer, uint64_t at,
    const uint8_t *bytes, size_t n, uint8_t *ret_sealed, size_t *ret_n,
    struct err *err) MUST_CHECK;

/* How long the file is. */
uint64_t media_age_writer_size(uint64_t length);

#endif
