/*
 * media_age_tee.c: see media_age_tee.h.
 */
#include "media_age_tee.h"

#include <string.h>

/* What is no slot: the head, and the one chunk of an empty file. */
static int put_alone(const struct media_age_tee *tee, uint64_t at,
    const void *bytes, size_t n, struct err *err)
{
	int rc = tee->sink->write_at(tee->sink->cookie, at, bytes, n, err);

	return rc != 0 || tee->hash == NULL
	    ? rc
	    : media_hash_update(tee->hash, bytes, n, err);
}

int media_age_tee_begin(struct media_age_tee *tee,
    const uint8_t recipient[MEDIA_AGE_KEY_SIZE], uint64_t length,
    const struct media_age_sink *sink, bool is_hashed, struct err *err)
{
	uint8_t tag[MEDIA_AGE_CHUNK_TAG];
	size_t n;
	int rc = media_age_writer_new(&tee->writer, recipient, length, err);

	tee->sink = sink;
	if (rc == 0 && is_hashed)
		rc = media_hash_new(&tee->hash, MEDIA_HASH_SHA256, err);
	if (rc != 0)
		return rc;
	struct slice head = media_age_writer_head(tee->writer);
	rc = put_alone(tee, 0, head.p, head.n, err);
	if (rc != 0 || length > 0)
		return rc;
	rc = media_age_writer_seal(tee->writer, 0, tag, 0, tag, &n, err);
	return rc != 0 ? rc : put_alone(tee, head.n, tag, n, err);
}

void media_age_tee_done(struct media_age_tee *tee)
{
	media_age_writer_free(tee->writer);
	media_hash_free(tee->hash);
	*tee = (struct media_age_tee){0};
}

void media_age_tee_join(
    const struct media_age_tee *tee, struct media_pipe_job *job)
{
	if (tee->writer == NULL)
		return;
	job->sealed_max = MEDIA_AGE_WRITER_SEALED(MEDIA_PIPE_BYTES);
	job->sealed_hash = tee->hash;
}

int media_age_tee_work(const struct media_age_tee *tee,
    struct media_pipe_slot *slot, struct err *err)
{
	return tee->writer == NULL
	    ? 0
	    : media_age_writer_seal(tee->writer, slot->at, slot->bytes, slot->n,
		  slot->sealed, &slot->sealed_n, err);
}

int media_age_tee_drain(const struct media_age_tee *tee,
    const struct media_pipe_slot *slot, struct err *err)
{
	return tee->writer == NULL
	    ? 0
	    : tee->sink->write_at(tee->sink->cookie,
		  media_age_writer_place(tee->writer, slot->at), slot->sealed,
		  slot->sealed_n, err);
}

int media_age_tee_end(
    struct media_age_tee *tee, struct hash *ret_hash, struct err *err)
{
	struct media_hash_value value;

	if (tee->hash == NULL)
		return 0;
	int rc = media_hash_peek(tee->hash, 0, &value, err);
	if (rc == 0)
		memcpy(ret_hash->b, value.b, sizeof(ret_hash->b));
	return rc;
}
