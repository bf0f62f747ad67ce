/*
 * media_age_tee.h: what passes through a pipe (media_pipe.h) goes into an age
 * file too: encrypted by the pipe's threads, hashed by the pipe, written in
 * order. For locking a file, and for locking while imaging.
 */
#ifndef MEDIA_AGE_TEE_H
#define MEDIA_AGE_TEE_H

#include "err.h"
#include "hash.h"
#include "media_age_writer.h"
#include "media_hash.h"
#include "media_pipe.h"

#include <stddef.h>
#include <stdint.h>

/* Takes n bytes for `offset`; in order, each byte once, by the pipe's caller.
 */
struct media_age_sink {
	int (*write_at)(void *cookie, uint64_t offset, const void *bytes,
	    size_t n, struct err *err);
	void *cookie;
	/* May be NULL: bytes of plaintext that are done. */
	void (*tick)(void *cookie, uint64_t done);
};

/* Zeroed is empty: begun by _begin, ended by _done, which loses the key. */
struct media_age_tee {
	struct media_age_writer *writer;
	const struct media_age_sink *sink;
	struct media_hash *hash; /* NULL: not wanted */
};

/* Writes the head of a file for `length` bytes to come; borrows the sink. */
int media_age_tee_begin(struct media_age_tee *tee,
    const uint8_t recipient[MEDIA_AGE_KEY_SIZE], uint64_t length,
    const struct media_age_sink *sink, bool is_hashed,
    struct err *err) MUST_CHECK;
void media_age_tee_done(struct media_age_tee *tee);

/* Has the pipe make room, and hash. */
void media_age_tee_join(
    const struct media_age_tee *tee, struct media_pipe_job *job);
/* For the pipe's work and drain. Slots begin where chunks begin. */
int media_age_tee_work(const struct media_age_tee *tee,
    struct media_pipe_slot *slot, struct err *err) MUST_CHECK;
int media_age_tee_drain(const struct media_age_tee *tee,
    const struct media_pipe_slot *slot, struct err *err) MUST_CHECK;

/* All has passed by: ends the file. *ret_hash (NULL if none was wanted) is the
 * SHA-256 of all of it. */
int media_age_tee_end(struct media_age_tee *tee, struct hash *ret_hash,
    struct err *err) MUST_CHECK;

#endif
