/*
 * media_age_stream.c: see media_age_stream.h. A full chunk waits until more
 * comes, because the last one is marked as such and is never empty but in an
 * empty file.
 */
#include "media_age_stream.h"

#include "media_age_chunk.h"
#include "media_age_header.h"
#include "mem.h"

#include <assert.h>
#include <stdbool.h>
#include <string.h>

#define NONCE MEDIA_AGE_HEADER_NONCE_SIZE

/* In memory for secrets. */
struct media_age_stream {
	const struct media_age_sink *sink;
	struct media_age_chunk *cipher;
	struct hash_run *run; /* over what was written */
	uint64_t index, written;
	size_t n; /* of `plain` */
	bool has_ended;
	uint8_t file_key[MEDIA_AGE_HEADER_FILE_KEY_SIZE], key[32];
	uint8_t plain[MEDIA_AGE_CHUNK_SIZE], sealed[MEDIA_AGE_CHUNK_SEALED];
};

static int write_out(
    struct media_age_stream *s, const void *bytes, size_t n, struct err *err)
{
	int rc = s->sink->write_at(s->sink->cookie, s->written, bytes, n, err);

	hash_update(s->run, bytes, n);
	s->written += n;
	return rc;
}

static int put_head(struct media_age_stream *s,
    const uint8_t (*recipients)[MEDIA_AGE_KEY_SIZE], size_t count,
    struct err *err)
{
	uint8_t nonce[NONCE];
	struct buf head;

	buf_init(&head, MEDIA_AGE_HEADER_SIZE(count) + NONCE);
	mem_random(s->file_key, sizeof(s->file_key));
	mem_random(nonce, sizeof(nonce));
	int rc =
	    media_age_header_put(&head, recipients, count, s->file_key, err);
	if (rc == 0)
		rc = media_age_header_payload_key(
		    s->key, s->file_key, nonce, err);
	buf_put(&head, nonce, sizeof(nonce));
	if (rc == 0)
		rc = buf_check(&head, err);
	if (rc == 0)
		rc = media_age_chunk_new(&s->cipher, s->key, err);
	if (rc == 0)
		rc = write_out(s, head.p, head.n, err);
	mem_wipe(s->file_key, sizeof(s->file_key));
	mem_wipe(s->key, sizeof(s->key));
	buf_done(&head);
	return rc;
}

int media_age_stream_new(struct media_age_stream **ret_stream,
    const uint8_t (*recipients)[MEDIA_AGE_KEY_SIZE], size_t count,
    const struct media_age_sink *sink, struct err *err)
{
	if (count == 0 || count > MEDIA_AGE_HEADER_RECIPIENTS_MAX)
		return err_set(err, ERR_USAGE,
		    "an age file is written to 1 to %d recipients, not %zu",
		    MEDIA_AGE_HEADER_RECIPIENTS_MAX, count);
	struct media_age_stream *s = mem_secret_new(sizeof(*s));
	if (s == NULL)
		return err_nomem(err);
	s->sink = sink;
	s->run = hash_new();
	int rc = s->run == NULL ? err_nomem(err) : 0;
	if (rc == 0) {
		hash_start(s->run);
		rc = put_head(s, recipients, count, err);
	}
	if (rc == 0)
		*ret_stream = s;
	else
		media_age_stream_free(s);
	return rc;
}

void media_age_stream_free(struct media_age_stream *stream)
{
	if (stream == NULL)
		return;
	media_age_chunk_free(stream->cipher);
	hash_free(stream->run);
	mem_secret_free(stream);
}

static int seal(struct media_age_stream *s, bool is_last, struct err *err)
{
	int rc = media_age_chunk_seal(
	    s->cipher, s->index++, is_last, s->plain, s->n, s->sealed, err);
	size_t n = s->n + MEDIA_AGE_CHUNK_TAG;

	s->n = 0;
	return rc != 0 ? rc : write_out(s, s->sealed, n, err);
}

int media_age_stream_put(struct media_age_stream *stream, const void *bytes,
    size_t n, struct err *err)
{
	const uint8_t *from = bytes;
	int rc = 0;

	assert(!stream->has_ended);
	while (n > 0 && rc == 0) {
		if (stream->n == MEDIA_AGE_CHUNK_SIZE)
			rc = seal(stream, false, err);
		size_t room = MEDIA_AGE_CHUNK_SIZE - stream->n;
		size_t part = n < room ? n : room;

		memcpy(stream->plain + stream->n, from, part);
		stream->n += part;
		from += part;
		n -= part;
	}
	return rc;
}

int media_age_stream_end(struct media_age_stream *stream, struct hash *ret_hash,
    uint64_t *ret_size, struct err *err)
{
	assert(!stream->has_ended);
	stream->has_ended = true;
	int rc = seal(stream, true, err);
	if (rc != 0)
		return rc;
	if (ret_hash != NULL)
		*ret_hash = hash_finish(stream->run);
	if (ret_size != NULL)
		*ret_size = stream->written;
	return 0;
}
