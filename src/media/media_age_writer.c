/*
 * media_age_writer.c: see media_age_writer.h.
 */
#include "media_age_writer.h"

#include "media_age_header.h"
#include "mem.h"

#include <assert.h>
#include <sodium.h>
#include <stdlib.h>

#define CHUNK MEDIA_AGE_CHUNK_SIZE
#define NONCE MEDIA_AGE_HEADER_NONCE_SIZE
#define HEAD_MAX 256 /* what media_age_header_put writes, and the nonce */

struct media_age_writer {
	struct buf head;
	uint64_t length;
	struct media_age_chunk_pool *ciphers;
};

/* What is secret within one call, in locked memory. */
struct secrets {
	uint8_t file_key[MEDIA_AGE_HEADER_FILE_KEY_SIZE];
	uint8_t payload_key[32];
};

uint64_t media_age_writer_size(uint64_t length)
{
	/* Version, stanza, body, MAC, nonce. */
	const uint64_t head = 22 + 10 + 43 + 1 + 44 + 48 + NONCE;
	uint64_t chunks =
	    length == 0 ? 1 : length / CHUNK + (length % CHUNK != 0);

	return head + length + chunks * MEDIA_AGE_CHUNK_TAG;
}

/* The header, the nonce, and the ciphers that go with them. */
static int put_head(struct media_age_writer *w,
    const uint8_t recipient[MEDIA_AGE_KEY_SIZE], struct secrets *s,
    struct err *err)
{
	uint8_t nonce[NONCE];

	mem_random(s->file_key, sizeof(s->file_key));
	mem_random(nonce, sizeof(nonce));
	int rc = media_age_header_put(&w->head,
	    (const uint8_t(*)[MEDIA_AGE_KEY_SIZE])recipient, 1, s->file_key,
	    err);
	if (rc == 0)
		rc = media_age_header_payload_key(
		    s->payload_key, s->file_key, nonce, err);
	buf_put(&w->head, nonce, sizeof(nonce));
	if (rc == 0)
		rc = buf_check(&w->head, err);
	return rc != 0
	    ? rc
	    : media_age_chunk_pool_new(&w->ciphers, s->payload_key, err);
}

int media_age_writer_new(struct media_age_writer **ret_writer,
    const uint8_t recipient[MEDIA_AGE_KEY_SIZE], uint64_t length,
    struct err *err)
{
	struct media_age_writer *w = mem_new(1, sizeof(*w));
	struct secrets *s =
	    sodium_init() < 0 ? NULL : sodium_malloc(sizeof(*s));
	int rc = w == NULL || s == NULL ? err_nomem(err) : 0;

	if (rc == 0) {
		buf_init(&w->head, HEAD_MAX);
		w->length = length;
		rc = put_head(w, recipient, s, err);
	}
	sodium_free(s); /* wipes; accepts NULL */
	if (rc == 0) {
		assert(media_age_writer_place(w, 0) + length +
			(length / CHUNK +
			    (length % CHUNK != 0 || length == 0)) *
			    MEDIA_AGE_CHUNK_TAG ==
		    media_age_writer_size(length));
		*ret_writer = w;
	} else {
		media_age_writer_free(w);
	}
	return rc;
}

void media_age_writer_free(struct media_age_writer *writer)
{
	if (writer == NULL)
		return;
	media_age_chunk_pool_free(writer->ciphers);
	buf_done(&writer->head);
	free(writer);
}

struct slice media_age_writer_head(const struct media_age_writer *writer)
{
	return buf_slice(&writer->head);
}

uint64_t media_age_writer_place(
    const struct media_age_writer *writer, uint64_t at)
{
	assert(at % CHUNK == 0);
	return writer->head.n + at / CHUNK * MEDIA_AGE_CHUNK_SEALED;
}

int media_age_writer_seal(struct media_age_writer *writer, uint64_t at,
    const uint8_t *bytes, size_t n, uint8_t *ret_sealed, size_t *ret_n,
    struct err *err)
{
	struct media_age_chunk *cipher = NULL;
	size_t done = 0, out = 0;

	assert(at % CHUNK == 0 && n <= writer->length - at);
	assert(n % CHUNK == 0 || at + n == writer->length);
	assert(n > 0 || writer->length == 0);
	int rc = media_age_chunk_pool_take(writer->ciphers, &cipher, err);
	while (rc == 0 && (done < n || out == 0)) {
		size_t here = n - done < CHUNK ? n - done : CHUNK;
		bool is_last = at + done + here == writer->length;

		rc = media_age_chunk_seal(cipher, (at + done) / CHUNK, is_last,
		    bytes + done, here, ret_sealed + out, err);
		done += here;
		out += here + MEDIA_AGE_CHUNK_TAG;
	}
	media_age_chunk_pool_give(writer->ciphers, cipher);
	*ret_n = out;
	return rc;
}
