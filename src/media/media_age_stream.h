/*
 * media_age_stream.h: an age file to several X25519 recipients, each of whom
 * opens it alone, for text that is being made and whose length nobody knows
 * yet: it is encrypted as it comes, chunk by chunk, and only what is encrypted
 * leaves. In 128 KiB of locked memory, whatever comes.
 *
 * What is locked to a quorum has one recipient (media_age_header_is_single) and
 * is written by media_age_writer.h.
 */
#ifndef MEDIA_AGE_STREAM_H
#define MEDIA_AGE_STREAM_H

#include "err.h"
#include "hash.h"
#include "media_age_key.h"
#include "media_age_tee.h"

#include <stddef.h>
#include <stdint.h>

struct media_age_stream;

/*
 * Writes the header for 1 to MEDIA_AGE_HEADER_RECIPIENTS_MAX recipients, in
 * their order. Borrows the sink, which is written to in order, by the caller's
 * thread; its tick is not called. ERR_USAGE: none, or too many; ERR_FORMAT: a
 * recipient of small order; and the sink's errors. After an error of this or
 * any call below the file means nothing.
 */
int media_age_stream_new(struct media_age_stream **ret_stream,
    const uint8_t (*recipients)[MEDIA_AGE_KEY_SIZE], size_t count,
    const struct media_age_sink *sink, struct err *err) MUST_CHECK;

/* Wipes key and plaintext; NULL is accepted. Before _end: the file is not
 * whole, and whoever opens it is told. */
void media_age_stream_free(struct media_age_stream *stream);

int media_age_stream_put(struct media_age_stream *stream, const void *bytes,
    size_t n, struct err *err) MUST_CHECK;

/* Once, after which nothing is put. *ret_hash, *ret_size (may be NULL): of the
 * age file. */
int media_age_stream_end(struct media_age_stream *stream, struct hash *ret_hash,
    uint64_t *ret_size, struct err *err) MUST_CHECK;

#endif
