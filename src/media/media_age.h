/*
 * media_age.h: files in the age format (C2SP age.md): written to one X25519
 * recipient, read with X25519 identities, whole or at any offset.
 *
 * Bytes come and go by offset, through callbacks; memory does not grow with the
 * file.
 */
#ifndef MEDIA_AGE_H
#define MEDIA_AGE_H

#include "buf.h"
#include "err.h"
#include "hash.h"
#include "media_age_header.h"
#include "media_age_key.h"
#include "media_age_tee.h"
#include "tree_chunk.h"

#include <stddef.h>
#include <stdint.h>

/* Reads exactly n bytes at `offset`, all below `size`; in order, by the
 * caller's thread. */
struct media_age_source {
	int (*read_at)(void *cookie, uint64_t offset, void *ret_bytes, size_t n,
	    struct err *err);
	void *cookie;
	uint64_t size;
};

/* ---- writing ---- */

/* How long the age file is for so many bytes to one X25519 recipient. */
uint64_t media_age_sealed_size(uint64_t length);

/* What is worked out on the way; NULL pointers: not wanted. */
struct media_age_hashes {
	struct hash *plain; /* SHA-256 */
	struct hash *sealed; /* SHA-256 of the whole age file */
	/* The root of the image's tree (findings section 8); both or neither.
	 */
	const struct tree_seed *seed;
	struct hash *root;
};

/*
 * Encrypts the source to `recipient` on all processors. After an error what was
 * written means nothing. hashes may be NULL.
 */
int media_age_seal(const struct media_age_source *source,
    const uint8_t recipient[MEDIA_AGE_KEY_SIZE],
    const struct media_age_sink *sink, const struct media_age_hashes *hashes,
    struct err *err) MUST_CHECK;

/* The same for a text in memory; appends to *out. */
int media_age_seal_text(struct slice text,
    const uint8_t recipient[MEDIA_AGE_KEY_SIZE], struct buf *out,
    struct err *err) MUST_CHECK;

/* ---- reading ---- */

struct media_age; /* one opened file */

/* Only the header, for whoever has no identity: 0 if it is an age file with one
 * X25519 stanza and no other (media_age_header_is_single). */
int media_age_check_single(
    const struct media_age_source *source, struct err *err) MUST_CHECK;

/*
 * Borrows the source's cookie for its life. Errors of media_age_header_parse
 * and _open; ERR_VERIFY: the file is cut before its first chunk. Nothing of the
 * payload has been looked at.
 */
int media_age_open(struct media_age **ret_age,
    const struct media_age_source *source,
    const struct media_age_key_ring *ring, struct err *err) MUST_CHECK;
void media_age_close(struct media_age *age); /* accepts NULL */

/* Bytes of plaintext, by the file's size; true once media_age_check_end is 0.
 */
uint64_t media_age_length(const struct media_age *age);

/* Opens the last chunk: 0 if the file ends where it was made to end. */
int media_age_check_end(struct media_age *age, struct err *err) MUST_CHECK;

/*
 * Plaintext at any offset, checking the end first if that has not been done;
 * of a range only the chunks that hold it are read. ERR_LIMIT: the range goes
 * beyond the end. ERR_VERIFY: altered, with the bytes that are not vouched for.
 * Not for several threads at once.
 */
int media_age_read(struct media_age *age, uint64_t offset, void *ret_bytes,
    size_t n, struct err *err) MUST_CHECK;

/*
 * Decrypts all into a sink on all processors. hashes may be NULL. Every byte
 * that reaches the sink was authenticated, but with an error the file is not:
 * whoever writes a file takes it away again. *ret_good (may be NULL): the
 * length of the authentic beginning.
 */
int media_age_read_all(struct media_age *age, const struct media_age_sink *sink,
    const struct media_age_hashes *hashes, uint64_t *ret_good,
    struct err *err) MUST_CHECK;

/* A small file in memory, armored or not, at most max_bytes of text. Errors of
 * media_age_armor_read, media_age_open and media_age_read; appends to *out. */
int media_age_open_text(struct slice file,
    const struct media_age_key_ring *ring, size_t max_bytes, struct buf *out,
    struct err *err) MUST_CHECK;

#endif
