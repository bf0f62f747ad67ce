/*
 * media_age.c: see media_age.h.
 *
 * Work goes by batches of pieces. While the pieces of one batch are read,
 * encrypted and written by whoever is free, the batch before it is hashed: a
 * hash has to see bytes in order, the cipher does not.
 */
#include "media_age.h"

#include "crew.h"
#include "media_age_armor.h"
#include "media_age_chunk.h"
#include "mem.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK MEDIA_AGE_CHUNK_SIZE
#define SEALED MEDIA_AGE_CHUNK_SEALED
#define TAG MEDIA_AGE_CHUNK_TAG
#define NONCE MEDIA_AGE_HEADER_NONCE_SIZE
#define HEADER_SIZE 200 /* what media_age_header_put writes, at most */
#define PIECE_CHUNKS 2
#define PIECES 64 /* of a batch: 8 MiB */
#define BATCH_CHUNKS (PIECE_CHUNKS * PIECES)
#define HASH_TASKS 2

static uint64_t chunk_count(uint64_t length)
{
	return length == 0 ? 1 : length / CHUNK + (length % CHUNK != 0);
}

static size_t least(uint64_t a, size_t b)
{
	return a < b ? (size_t)a : b;
}

/* ---- batches ---- */

/* What one batch holds: the plaintext and the ciphertext of its chunks. */
struct batch {
	uint64_t first; /* chunk */
	size_t chunks, plain_n, sealed_n;
	uint8_t *plain, *sealed;
};

struct work {
	const struct media_age_source *source;
	const struct media_age_sink *sink;
	bool is_sealing;
	uint64_t length, count, payload; /* payload: where its chunks begin */
	uint64_t last; /* the chunk that is marked as the last */
	struct batch batches[2], *now, *before;
	struct media_age_chunk *ciphers[PIECES];
	struct err errors[PIECES];
	int codes[PIECES];
	uint64_t good[PIECES]; /* plaintext bytes of each piece that are good */
	struct hash_run *plain_run, *sealed_run; /* NULL: not wanted */
};

static int work_init(struct work *w, const uint8_t key[32], struct err *err)
{
	int rc = 0;

	for (size_t i = 0; i < 2; i++) {
		w->batches[i].plain = mem_new(BATCH_CHUNKS, CHUNK);
		w->batches[i].sealed = mem_new(BATCH_CHUNKS, SEALED);
		if (w->batches[i].plain == NULL || w->batches[i].sealed == NULL)
			return err_nomem(err);
	}
	w->now = &w->batches[0];
	w->before = &w->batches[1];
	for (size_t i = 0; i < PIECES && rc == 0; i++)
		rc = media_age_chunk_new(&w->ciphers[i], key, err);
	return rc;
}

static void work_done(struct work *w)
{
	for (size_t i = 0; i < 2; i++) {
		if (w->batches[i].plain != NULL)
			mem_wipe(w->batches[i].plain, BATCH_CHUNKS * CHUNK);
		free(w->batches[i].plain);
		free(w->batches[i].sealed);
	}
	for (size_t i = 0; i < PIECES; i++)
		media_age_chunk_free(w->ciphers[i]);
	hash_free(w->plain_run);
	hash_free(w->sealed_run);
}

static int new_run(struct hash_run **ret_run, struct err *err)
{
	*ret_run = hash_new();
	if (*ret_run == NULL)
		return err_nomem(err);
	hash_start(*ret_run);
	return 0;
}

static void start_batch(struct work *w, uint64_t first)
{
	struct batch *b = w->now;
	uint64_t left = w->length - first * CHUNK;

	b->first = first;
	b->chunks = least(w->count - first, BATCH_CHUNKS);
	b->plain_n = least(left, BATCH_CHUNKS * CHUNK);
	b->sealed_n = b->plain_n + b->chunks * TAG;
}

/* A chunk of full size may have been made as what its place says that it is
 * not, the last or one before: it is authentic all the same, but the file is
 * cut, or goes on behind its end. */
static int open_one(struct work *w, size_t piece, uint64_t index,
    const uint8_t *sealed, size_t n, uint8_t *plain, struct err *err)
{
	struct media_age_chunk *cipher = w->ciphers[piece];
	bool is_last = index == w->last;
	int rc =
	    media_age_chunk_open(cipher, index, is_last, sealed, n, plain, err);

	if (rc != ERR_VERIFY || n != SEALED ||
	    media_age_chunk_open(
		cipher, index, !is_last, sealed, n, plain, NULL) != 0)
		return rc;
	w->good[piece] += CHUNK;
	if (err != NULL)
		*err = (struct err){0};
	return err_set(err, ERR_VERIFY, "%s",
	    is_last ? "it is cut: its end is missing"
		    : "there is something behind its end");
}

/* One piece's chunks, [at, end) of the batch. */
static int do_chunks(struct work *w, size_t piece, size_t at, size_t end,
    size_t plain_n, struct err *err)
{
	struct batch *b = w->now;
	uint8_t *plain = b->plain + at * CHUNK;
	uint8_t *sealed = b->sealed + at * SEALED;
	int rc = 0;

	for (size_t i = at; i < end && rc == 0; i++) {
		uint64_t index = b->first + i;
		size_t n = least(plain_n, CHUNK);

		rc = w->is_sealing
		    ? media_age_chunk_seal(w->ciphers[piece], index,
			  index == w->last, plain, n, sealed, err)
		    : open_one(w, piece, index, sealed, n + TAG, plain, err);
		if (rc == 0)
			w->good[piece] += n;
		plain += n;
		sealed += n + TAG;
		plain_n -= n;
	}
	return rc;
}

static int do_piece(struct work *w, size_t piece, struct err *err)
{
	struct batch *b = w->now;
	size_t at = piece * PIECE_CHUNKS;
	size_t end = least(b->chunks, at + PIECE_CHUNKS);
	uint64_t from = (b->first + at) * CHUNK;
	uint64_t there = w->payload + (b->first + at) * SEALED;

	w->good[piece] = 0;
	if (at >= end)
		return 0;
	size_t n = least(b->plain_n - at * CHUNK, PIECE_CHUNKS * CHUNK);
	size_t sealed_n = n + (end - at) * TAG;
	uint8_t *plain = b->plain + at * CHUNK;
	uint8_t *sealed = b->sealed + at * SEALED;
	int rc = w->source->read_at(w->source->cookie,
	    w->is_sealing ? from : there, w->is_sealing ? plain : sealed,
	    w->is_sealing ? n : sealed_n, err);
	if (rc == 0)
		rc = do_chunks(w, piece, at, end, n, err);
	if (w->is_sealing && rc == 0)
		return w->sink->write_at(
		    w->sink->cookie, there, sealed, sealed_n, err);
	/* What is authentic of a damaged piece is still given out. */
	if (!w->is_sealing && w->good[piece] > 0) {
		int written = w->sink->write_at(
		    w->sink->cookie, from, plain, (size_t)w->good[piece], err);
		if (rc == 0)
			rc = written;
	}
	return rc;
}

static void do_task(void *cookie, size_t i)
{
	struct work *w = cookie;
	struct batch *b = w->before;

	if (i == 0 && w->plain_run != NULL)
		hash_update(w->plain_run, b->plain, b->plain_n);
	if (i == 1 && w->sealed_run != NULL)
		hash_update(w->sealed_run, b->sealed, b->sealed_n);
	if (i >= HASH_TASKS)
		w->codes[i - HASH_TASKS] =
		    do_piece(w, i - HASH_TASKS, &w->errors[i - HASH_TASKS]);
}

/* The first error in order, and how much is good before it. */
static int gather(struct work *w, uint64_t *good, struct err *err)
{
	for (size_t i = 0; i < PIECES; i++) {
		*good += w->good[i];
		if (w->codes[i] != 0) {
			if (err != NULL && err->code == 0)
				*err = w->errors[i];
			return w->codes[i];
		}
	}
	return 0;
}

static int work_run(struct work *w, uint64_t *ret_good, struct err *err)
{
	int rc = 0;

	*ret_good = 0;
	for (uint64_t first = 0; rc == 0 && first < w->count;
	     first += BATCH_CHUNKS) {
		struct batch *swap = w->now;

		w->now = w->before;
		w->before = swap;
		start_batch(w, first);
		crew_run(0, PIECES + HASH_TASKS, do_task, w);
		rc = gather(w, ret_good, err);
		if (w->sink->tick != NULL)
			w->sink->tick(w->sink->cookie, *ret_good);
	}
	if (rc != 0)
		return rc;
	if (w->plain_run != NULL)
		hash_update(w->plain_run, w->now->plain, w->now->plain_n);
	if (w->sealed_run != NULL)
		hash_update(w->sealed_run, w->now->sealed, w->now->sealed_n);
	return 0;
}

/* ---- writing ---- */

/* The header, the nonce, and the key that goes with them. */
static int put_head(struct buf *out,
    const uint8_t recipient[MEDIA_AGE_KEY_SIZE], uint8_t ret_key[32],
    struct err *err)
{
	uint8_t file_key[MEDIA_AGE_HEADER_FILE_KEY_SIZE], nonce[NONCE];

	mem_random(file_key, sizeof(file_key));
	mem_random(nonce, sizeof(nonce));
	int rc = media_age_header_put(out, recipient, file_key, err);
	if (rc == 0)
		rc =
		    media_age_header_payload_key(ret_key, file_key, nonce, err);
	buf_put(out, nonce, sizeof(nonce));
	mem_wipe(file_key, sizeof(file_key));
	return rc != 0 ? rc : buf_check(out, err);
}

uint64_t media_age_sealed_size(uint64_t length)
{
	/* Version, stanza, body, MAC, nonce. */
	const uint64_t head = 22 + 10 + 43 + 1 + 44 + 48 + NONCE;

	return head + length + chunk_count(length) * TAG;
}

int media_age_seal(const struct media_age_source *source,
    const uint8_t recipient[MEDIA_AGE_KEY_SIZE],
    const struct media_age_sink *sink, const struct media_age_hashes *hashes,
    struct err *err)
{
	struct work *w = mem_new(1, sizeof(*w));
	uint8_t key[32];
	uint64_t good;
	struct buf head;

	if (w == NULL)
		return err_nomem(err);
	w->source = source;
	w->sink = sink;
	w->is_sealing = true;
	w->length = source->size;
	w->count = chunk_count(source->size);
	w->last = w->count - 1;
	buf_init(&head, HEADER_SIZE);
	int rc = put_head(&head, recipient, key, err);
	w->payload = head.n;
	assert(rc != 0 ||
	    w->payload + w->length + w->count * TAG ==
		media_age_sealed_size(w->length));
	if (rc == 0)
		rc = sink->write_at(sink->cookie, 0, head.p, head.n, err);
	if (rc == 0)
		rc = work_init(w, key, err);
	if (rc == 0 && hashes->plain != NULL)
		rc = new_run(&w->plain_run, err);
	if (rc == 0 && hashes->sealed != NULL) {
		rc = new_run(&w->sealed_run, err);
		if (rc == 0)
			hash_update(w->sealed_run, head.p, head.n);
	}
	if (rc == 0)
		rc = work_run(w, &good, err);
	if (rc == 0 && hashes->plain != NULL)
		*hashes->plain = hash_finish(w->plain_run);
	if (rc == 0 && hashes->sealed != NULL)
		*hashes->sealed = hash_finish(w->sealed_run);
	mem_wipe(key, sizeof(key));
	buf_done(&head);
	work_done(w);
	free(w);
	return rc;
}

int media_age_seal_text(struct slice text,
    const uint8_t recipient[MEDIA_AGE_KEY_SIZE], struct buf *out,
    struct err *err)
{
	struct media_age_chunk *cipher = NULL;
	uint64_t count = chunk_count(text.n);
	uint8_t key[32], sealed[SEALED];
	int rc = put_head(out, recipient, key, err);

	if (rc == 0)
		rc = media_age_chunk_new(&cipher, key, err);
	for (uint64_t i = 0; i < count && rc == 0; i++) {
		size_t n = least(text.n, CHUNK);

		rc = media_age_chunk_seal(cipher, i, i + 1 == count,
		    (const uint8_t *)text.p, n, sealed, err);
		if (rc == 0)
			buf_put(out, sealed, n + TAG);
		text = (struct slice){text.p + n, text.n - n};
	}
	media_age_chunk_free(cipher);
	mem_wipe(key, sizeof(key));
	return rc != 0 ? rc : buf_check(out, err);
}

/* ---- reading ---- */

struct media_age {
	struct media_age_source source;
	struct media_age_chunk *cipher;
	uint8_t key[32];
	uint64_t payload, length, count;
	bool is_end_checked;
	uint64_t held; /* the chunk in `plain`, plus one; 0: none */
	uint8_t plain[CHUNK], sealed[SEALED];
};

static int read_header(const struct media_age_source *source,
    struct media_age_header *header, struct buf *bytes, struct err *err)
{
	uint8_t *p;
	size_t n = least(source->size, MEDIA_AGE_HEADER_MAX);

	p = mem_new(n + 1, 1);
	if (p == NULL)
		return err_nomem(err);
	int rc = source->read_at(source->cookie, 0, p, n, err);
	buf_put(bytes, p, n);
	free(p);
	if (rc == 0)
		rc = buf_check(bytes, err);
	return rc != 0 ? rc
		       : media_age_header_parse(header, buf_slice(bytes), err);
}

int media_age_check_single(
    const struct media_age_source *source, struct err *err)
{
	struct media_age_header *header = mem_new(1, sizeof(*header));
	struct buf bytes;

	if (header == NULL)
		return err_nomem(err);
	buf_init(&bytes, MEDIA_AGE_HEADER_MAX);
	int rc = read_header(source, header, &bytes, err);
	if (rc == 0)
		rc = media_age_header_is_single(header, err);
	buf_done(&bytes);
	free(header);
	return rc;
}

/* Number and length of chunks come from the file's size alone. */
static int measure(struct media_age *age, size_t header_n, struct err *err)
{
	uint64_t size = age->source.size;

	age->payload = header_n + NONCE;
	if (size < age->payload)
		return err_set(err, ERR_FORMAT,
		    "the file is cut: it ends within its header");
	if (size < age->payload + TAG)
		return err_set(err, ERR_VERIFY,
		    "the file is cut: it ends before its first chunk");
	uint64_t sealed = size - age->payload;
	age->count = sealed / SEALED + (sealed % SEALED != 0);
	uint64_t last = sealed - (age->count - 1) * SEALED;
	if (last < TAG) {
		/* Seen when it is read: what is before may be good. */
		age->length = (age->count - 1) * CHUNK;
		return 0;
	}
	age->length = sealed - age->count * TAG;
	return 0;
}

static int open_header(struct media_age *age,
    const struct media_age_key_ring *ring, struct media_age_header *header,
    struct err *err)
{
	uint8_t file_key[MEDIA_AGE_HEADER_FILE_KEY_SIZE], nonce[NONCE];
	struct buf bytes;

	buf_init(&bytes, MEDIA_AGE_HEADER_MAX);
	int rc = read_header(&age->source, header, &bytes, err);
	if (rc == 0)
		rc = media_age_header_open(header, ring, file_key, err);
	if (rc == 0)
		rc = measure(age, header->n, err);
	if (rc == 0)
		rc = age->source.read_at(
		    age->source.cookie, header->n, nonce, sizeof(nonce), err);
	if (rc == 0)
		rc = media_age_header_payload_key(
		    age->key, file_key, nonce, err);
	if (rc == 0)
		rc = media_age_chunk_new(&age->cipher, age->key, err);
	mem_wipe(file_key, sizeof(file_key));
	buf_done(&bytes);
	return rc;
}

int media_age_open(struct media_age **ret_age,
    const struct media_age_source *source,
    const struct media_age_key_ring *ring, struct err *err)
{
	struct media_age_header *header = mem_new(1, sizeof(*header));
	struct media_age *age = mem_new(1, sizeof(*age));
	int rc = age == NULL || header == NULL ? err_nomem(err) : 0;

	if (rc == 0) {
		age->source = *source;
		rc = open_header(age, ring, header, err);
	}
	free(header);
	if (rc == 0)
		*ret_age = age;
	else
		media_age_close(age);
	return rc;
}

void media_age_close(struct media_age *age)
{
	if (age == NULL)
		return;
	media_age_chunk_free(age->cipher);
	mem_wipe(age, sizeof(*age));
	free(age);
}

uint64_t media_age_length(const struct media_age *age)
{
	return age->length;
}

/* Leaves the plaintext in age->plain. */
static int open_chunk(struct media_age *age, uint64_t index, struct err *err)
{
	uint64_t at = age->payload + index * SEALED;
	size_t n = least(age->source.size - at, SEALED);
	bool is_last = index + 1 == age->count;

	if (age->held == index + 1)
		return 0;
	age->held = 0;
	int rc =
	    age->source.read_at(age->source.cookie, at, age->sealed, n, err);
	if (rc == 0)
		rc = media_age_chunk_open(age->cipher, index, is_last,
		    age->sealed, n, age->plain, err);
	/* An empty chunk ends nothing but an empty file. */
	if (rc == 0 && n == TAG && index > 0)
		rc = err_set(err, ERR_VERIFY,
		    "its last chunk is empty, which age never writes");
	if (rc == 0)
		age->held = index + 1;
	return rc;
}

int media_age_check_end(struct media_age *age, struct err *err)
{
	if (age->is_end_checked)
		return 0;
	int rc = open_chunk(age, age->count - 1, err);
	if (rc == ERR_VERIFY)
		err_prefix(err, "its end is missing or altered");
	age->is_end_checked = rc == 0;
	return rc;
}

int media_age_read(struct media_age *age, uint64_t offset, void *ret_bytes,
    size_t n, struct err *err)
{
	uint8_t *out = ret_bytes;
	int rc = media_age_check_end(age, err);

	if (rc == 0 && (offset > age->length || n > age->length - offset))
		rc = err_set(err, ERR_LIMIT,
		    "it has %llu bytes; that range goes beyond them",
		    (unsigned long long)age->length);
	while (rc == 0 && n > 0) {
		size_t within = (size_t)(offset % CHUNK);
		size_t part = least(n, CHUNK - within);

		rc = open_chunk(age, offset / CHUNK, err);
		if (rc != 0)
			break;
		memcpy(out, age->plain + within, part);
		out += part;
		offset += part;
		n -= part;
	}
	return rc;
}

int media_age_read_all(struct media_age *age, const struct media_age_sink *sink,
    struct hash *ret_hash, uint64_t *ret_good, struct err *err)
{
	struct work *w = mem_new(1, sizeof(*w));
	uint64_t good = 0;

	if (w == NULL)
		return err_nomem(err);
	w->source = &age->source;
	w->sink = sink;
	w->length = age->length;
	w->count = age->count;
	w->last = age->count - 1;
	w->payload = age->payload;
	/* The last chunk is none if it is shorter than a tag. */
	bool is_cut =
	    age->source.size - age->payload - (age->count - 1) * SEALED < TAG;
	if (is_cut)
		w->count = age->count - 1;
	int rc = work_init(w, age->key, err);
	if (rc == 0 && ret_hash != NULL)
		rc = new_run(&w->plain_run, err);
	if (rc == 0)
		rc = work_run(w, &good, err);
	if (rc == 0)
		rc = media_age_check_end(age, err);
	if (rc == 0 && ret_hash != NULL)
		*ret_hash = hash_finish(w->plain_run);
	if (ret_good != NULL)
		*ret_good = good;
	work_done(w);
	free(w);
	return rc;
}

/* ---- in memory ---- */

static int read_slice(
    void *cookie, uint64_t offset, void *ret_bytes, size_t n, struct err *err)
{
	const struct slice *s = cookie;

	if (offset > s->n || n > s->n - offset)
		return err_set(err, ERR_IO, "read beyond the end");
	if (n > 0)
		memcpy(ret_bytes, s->p + offset, n);
	return 0;
}

int media_age_open_text(struct slice file,
    const struct media_age_key_ring *ring, size_t max_bytes, struct buf *out,
    struct err *err)
{
	struct media_age *age = NULL;
	struct buf bare;
	uint8_t *p = NULL;
	int rc = 0;

	buf_init(&bare, file.n + 1);
	if (media_age_armor_is(file)) {
		rc = media_age_armor_read(&bare, file, err);
		file = buf_slice(&bare);
	}
	struct media_age_source source = {read_slice, &file, file.n};
	if (rc == 0)
		rc = media_age_open(&age, &source, ring, err);
	if (rc == 0 && media_age_length(age) > max_bytes)
		rc = err_set(
		    err, ERR_LIMIT, "it is longer than %zu bytes", max_bytes);
	size_t n = rc == 0 ? (size_t)media_age_length(age) : 0;
	if (rc == 0 && (p = mem_new(n + 1, 1)) == NULL)
		rc = err_nomem(err);
	if (rc == 0)
		rc = media_age_read(age, 0, p, n, err);
	if (rc == 0) {
		buf_put(out, p, n);
		rc = buf_check(out, err);
	}
	if (p != NULL)
		mem_wipe(p, n);
	free(p);
	media_age_close(age);
	buf_done(&bare);
	return rc;
}
