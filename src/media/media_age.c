/*
 * media_age.c: see media_age.h.
 *
 * Both ways go through media_pipe.h: one thread reads and writes in order, all
 * processors encrypt and work out leaves, and the hash over the age file, which
 * has to see its bytes in order, follows behind.
 */
#include "media_age.h"

#include "media_age_armor.h"
#include "media_age_chunk.h"
#include "media_age_tee.h"
#include "media_age_writer.h"
#include "media_hash.h"
#include "media_pipe.h"
#include "mem.h"
#include "tree.h"

#include <assert.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK MEDIA_AGE_CHUNK_SIZE
#define SEALED MEDIA_AGE_CHUNK_SEALED
#define TAG MEDIA_AGE_CHUNK_TAG
#define NONCE MEDIA_AGE_HEADER_NONCE_SIZE
#define SLOTS 6 /* under way; more would not stay in the cache */

static_assert(MEDIA_PIPE_BYTES % CHUNK == 0, "a slot holds whole chunks");

static size_t least(uint64_t a, size_t b)
{
	return a < b ? (size_t)a : b;
}

/* ---- through the pipe ---- */

/* What became of one slot, until it is its turn. */
struct outcome {
	int rc;
	uint64_t good; /* bytes of plaintext that are authentic */
	struct err err;
};

struct work {
	struct media_pipe_job job;
	const struct media_age_source *source;
	const struct media_age_sink *sink;
	const struct media_age_hashes *hashes;
	uint64_t length, at; /* of the plaintext; the next byte to read */
	/* One of the two ways. */
	struct media_age_tee tee;
	struct media_age *age;
	struct media_age_chunk_pool *ciphers; /* to open */
	struct outcome outcomes[SLOTS];
	bool has_failed; /* reading; nothing more comes */
	uint64_t good;
	struct media_hash *plain_hash, *sealed_hash;
	struct tree_edge edge;
	struct hash_run *run; /* for the edge */
};

static struct outcome *outcome_of(
    struct work *w, const struct media_pipe_slot *slot)
{
	return &w->outcomes[slot->at / MEDIA_PIPE_BYTES % SLOTS];
}

static int add_leaves(struct work *w, struct media_pipe_slot *slot,
    struct media_pipe_worker *worker, struct err *err)
{
	if (w->hashes == NULL || w->hashes->root == NULL)
		return 0;
	return media_pipe_leaves(slot, w->length, w->hashes->seed, worker, err);
}

/* What was done with a slot, in order. */
static int pass(struct work *w, const struct media_pipe_slot *slot)
{
	for (size_t i = 0; i < slot->leaf_count; i++)
		tree_edge_add(&w->edge, w->run, &slot->leaves[i]);
	if (w->sink->tick != NULL)
		w->sink->tick(w->sink->cookie, slot->at + slot->n);
	return 0;
}

static int work_init(struct work *w, struct err *err)
{
	int rc = 0;

	w->job.cookie = w;
	w->job.slots = SLOTS;
	w->run = hash_new();
	if (w->run == NULL)
		rc = err_nomem(err);
	if (rc == 0 && w->hashes != NULL && w->hashes->plain != NULL)
		rc = media_hash_new(&w->plain_hash, MEDIA_HASH_SHA256, err);
	w->job.hashes[MEDIA_HASH_SHA256] = w->plain_hash;
	return rc;
}

static void work_done(struct work *w)
{
	media_hash_free(w->plain_hash);
	media_hash_free(w->sealed_hash);
	media_age_chunk_pool_free(w->ciphers);
	media_age_tee_done(&w->tee);
	hash_free(w->run);
	free(w);
}

static int take_hash(
    struct media_hash *hash, struct hash *ret_hash, struct err *err)
{
	struct media_hash_value value;

	if (hash == NULL)
		return 0;
	int rc = media_hash_peek(hash, 0, &value, err);
	if (rc == 0)
		memcpy(ret_hash->b, value.b, sizeof(ret_hash->b));
	return rc;
}

static int take_hashes(struct work *w, struct err *err)
{
	if (w->hashes == NULL)
		return 0;
	if (w->hashes->root != NULL)
		*w->hashes->root = tree_edge_root(&w->edge, w->run);
	int rc = take_hash(w->plain_hash, w->hashes->plain, err);
	return rc != 0 ? rc : take_hash(w->sealed_hash, w->hashes->sealed, err);
}

/* ---- writing ---- */

static int fill_plain(
    void *cookie, struct media_pipe_slot *slot, struct err *err)
{
	struct work *w = cookie;

	slot->at = w->at;
	slot->n = least(w->length - w->at, MEDIA_PIPE_BYTES);
	w->at += slot->n;
	return slot->n == 0 ? 0
			    : w->source->read_at(w->source->cookie, slot->at,
				  slot->bytes, slot->n, err);
}

static int seal_slot(void *cookie, struct media_pipe_slot *slot,
    struct media_pipe_worker *worker, struct err *err)
{
	struct work *w = cookie;
	int rc = media_age_tee_work(&w->tee, slot, err);

	return rc != 0 ? rc : add_leaves(w, slot, worker, err);
}

static int drain_sealed(
    void *cookie, struct media_pipe_slot *slot, struct err *err)
{
	struct work *w = cookie;
	int rc = media_age_tee_drain(&w->tee, slot, err);

	return rc != 0 ? rc : pass(w, slot);
}

int media_age_seal(const struct media_age_source *source,
    const uint8_t recipient[MEDIA_AGE_KEY_SIZE],
    const struct media_age_sink *sink, const struct media_age_hashes *hashes,
    struct err *err)
{
	struct work *w = mem_new(1, sizeof(*w));

	if (w == NULL)
		return err_nomem(err);
	w->source = source;
	w->sink = sink;
	w->hashes = hashes;
	w->length = source->size;
	w->job.fill = fill_plain;
	w->job.work = seal_slot;
	w->job.drain = drain_sealed;
	int rc = work_init(w, err);
	if (rc == 0)
		rc = media_age_tee_begin(&w->tee, recipient, source->size, sink,
		    hashes != NULL && hashes->sealed != NULL, err);
	media_age_tee_join(&w->tee, &w->job);
	if (rc == 0)
		rc = media_pipe_run(&w->job, err);
	if (rc == 0)
		rc = take_hashes(w, err);
	if (rc == 0 && hashes != NULL && hashes->sealed != NULL)
		rc = media_age_tee_end(&w->tee, hashes->sealed, err);
	work_done(w);
	return rc;
}

uint64_t media_age_sealed_size(uint64_t length)
{
	return media_age_writer_size(length);
}

int media_age_seal_text(struct slice text,
    const uint8_t recipient[MEDIA_AGE_KEY_SIZE], struct buf *out,
    struct err *err)
{
	struct media_age_writer *w = NULL;
	size_t n = 0, room = MEDIA_AGE_WRITER_SEALED(text.n) + TAG;
	uint8_t *sealed = mem_new(room, 1);
	int rc = sealed == NULL
	    ? err_nomem(err)
	    : media_age_writer_new(&w, recipient, text.n, err);

	if (rc == 0)
		rc = media_age_writer_seal(
		    w, 0, (const uint8_t *)text.p, text.n, sealed, &n, err);
	if (rc == 0) {
		buf_put_slice(out, media_age_writer_head(w));
		buf_put(out, sealed, n);
		rc = buf_check(out, err);
	}
	media_age_writer_free(w);
	free(sealed);
	return rc;
}

/* ---- reading ---- */

/* In memory for secrets. */
struct media_age {
	struct media_age_source source;
	struct media_age_chunk *cipher;
	uint8_t file_key[MEDIA_AGE_HEADER_FILE_KEY_SIZE], key[32];
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
	uint8_t nonce[NONCE];
	struct buf bytes;

	buf_init(&bytes, MEDIA_AGE_HEADER_MAX);
	int rc = read_header(&age->source, header, &bytes, err);
	if (rc == 0)
		rc = media_age_header_open(header, ring, age->file_key, err);
	if (rc == 0)
		rc = measure(age, header->n, err);
	if (rc == 0)
		rc = age->source.read_at(
		    age->source.cookie, header->n, nonce, sizeof(nonce), err);
	if (rc == 0)
		rc = media_age_header_payload_key(
		    age->key, age->file_key, nonce, err);
	if (rc == 0)
		rc = media_age_chunk_new(&age->cipher, age->key, err);
	mem_wipe(age->file_key, sizeof(age->file_key));
	buf_done(&bytes);
	return rc;
}

int media_age_open(struct media_age **ret_age,
    const struct media_age_source *source,
    const struct media_age_key_ring *ring, struct err *err)
{
	struct media_age_header *header = mem_new(1, sizeof(*header));
	struct media_age *age = mem_secret_new(sizeof(*age));
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
	mem_secret_free(age);
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

/* ---- reading all ---- */

/* A chunk of full size may have been made as what its place says that it is
 * not, the last or one before: it is authentic all the same, but the file is
 * cut, or goes on behind its end. */
static int open_one(struct media_age_chunk *cipher, uint64_t index,
    bool is_last, const uint8_t *sealed, size_t n, uint8_t *plain,
    uint64_t *good, struct err *err)
{
	int rc =
	    media_age_chunk_open(cipher, index, is_last, sealed, n, plain, err);

	if (rc == 0)
		*good += n - TAG;
	if (rc != ERR_VERIFY || n != SEALED ||
	    media_age_chunk_open(
		cipher, index, !is_last, sealed, n, plain, NULL) != 0)
		return rc;
	*good += CHUNK;
	if (err != NULL)
		*err = (struct err){0};
	return err_set(err, ERR_VERIFY, "%s",
	    is_last ? "it is cut: its end is missing"
		    : "there is something behind its end");
}

/* What cannot be read is said when it is its turn: what is before may be good.
 */
static int fill_sealed(
    void *cookie, struct media_pipe_slot *slot, struct err *err)
{
	struct work *w = cookie;
	uint64_t left = w->length - w->at;

	(void)err;
	if (w->has_failed || left == 0)
		return 0;
	slot->at = w->at;
	slot->n = least(left, MEDIA_PIPE_BYTES);
	slot->sealed_n = MEDIA_AGE_WRITER_SEALED(slot->n);
	w->at += slot->n;
	struct outcome *o = outcome_of(w, slot);
	*o = (struct outcome){0};
	o->rc = w->source->read_at(w->source->cookie,
	    w->age->payload + slot->at / CHUNK * SEALED, slot->sealed,
	    slot->sealed_n, &o->err);
	w->has_failed = o->rc != 0;
	return 0;
}

static int open_slot(void *cookie, struct media_pipe_slot *slot,
    struct media_pipe_worker *worker, struct err *err)
{
	struct work *w = cookie;
	struct outcome *o = outcome_of(w, slot);
	struct media_age_chunk *cipher = NULL;
	size_t done = 0, in = 0;
	int rc = media_age_chunk_pool_take(w->ciphers, &cipher, err);

	while (rc == 0 && o->rc == 0 && done < slot->n) {
		size_t here = least(slot->n - done, CHUNK);
		uint64_t index = (slot->at + done) / CHUNK;

		o->rc = open_one(cipher, index, index + 1 == w->age->count,
		    slot->sealed + in, here + TAG, slot->bytes + done, &o->good,
		    &o->err);
		done += here;
		in += here + TAG;
	}
	media_age_chunk_pool_give(w->ciphers, cipher);
	return rc != 0 || o->rc != 0 ? rc : add_leaves(w, slot, worker, err);
}

/* What is authentic of a damaged slot is still given out. */
static int drain_plain(
    void *cookie, struct media_pipe_slot *slot, struct err *err)
{
	struct work *w = cookie;
	const struct outcome *o = outcome_of(w, slot);
	int rc = o->good == 0 ? 0
			      : w->sink->write_at(w->sink->cookie, slot->at,
				    slot->bytes, (size_t)o->good, err);

	if (rc == 0) {
		w->good += o->good;
		rc = pass(w, slot);
	}
	if (rc != 0 || o->rc == 0)
		return rc;
	if (err != NULL)
		*err = o->err;
	return o->rc;
}

/* The hash of the file is over what is no slot, too. */
static int hash_range(
    struct work *w, uint64_t from, uint64_t to, struct err *err)
{
	uint8_t part[4096];
	int rc = 0;

	while (rc == 0 && w->sealed_hash != NULL && from < to) {
		size_t n = least(to - from, sizeof(part));

		rc = w->source->read_at(w->source->cookie, from, part, n, err);
		if (rc == 0)
			rc = media_hash_update(w->sealed_hash, part, n, err);
		from += n;
	}
	return rc;
}

static int open_all(struct work *w, struct err *err)
{
	uint64_t end = w->age->payload;
	int rc = 0;

	if (w->hashes != NULL && w->hashes->sealed != NULL)
		rc = media_hash_new(&w->sealed_hash, MEDIA_HASH_SHA256, err);
	if (rc == 0)
		rc = hash_range(w, 0, end, err);
	w->job.sealed_max = MEDIA_AGE_WRITER_SEALED(MEDIA_PIPE_BYTES);
	w->job.sealed_hash = w->sealed_hash;
	if (w->length > 0)
		end += MEDIA_AGE_WRITER_SEALED(w->length);
	w->job.fill = fill_sealed;
	w->job.work = open_slot;
	w->job.drain = drain_plain;
	w->job.is_hashed_after_work = true;
	if (rc == 0)
		rc = media_pipe_run(&w->job, err);
	if (rc == 0)
		rc = media_age_check_end(w->age, err);
	return rc != 0 ? rc : hash_range(w, end, w->source->size, err);
}

int media_age_read_all(struct media_age *age, const struct media_age_sink *sink,
    const struct media_age_hashes *hashes, uint64_t *ret_good, struct err *err)
{
	struct work *w = mem_new(1, sizeof(*w));

	if (w == NULL)
		return err_nomem(err);
	w->source = &age->source;
	w->sink = sink;
	w->hashes = hashes;
	w->length = age->length;
	w->age = age;
	int rc = work_init(w, err);
	if (rc == 0)
		rc = media_age_chunk_pool_new(&w->ciphers, age->key, err);
	if (rc == 0)
		rc = open_all(w, err);
	if (rc == 0)
		rc = take_hashes(w, err);
	if (ret_good != NULL)
		*ret_good = w->good;
	work_done(w);
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
	if (rc == 0 && (p = mem_secret_new(n + 1)) == NULL)
		rc = err_nomem(err);
	if (rc == 0)
		rc = media_age_read(age, 0, p, n, err);
	if (rc == 0) {
		buf_put(out, p, n);
		rc = buf_check(out, err);
	}
	mem_secret_free(p);
	media_age_close(age);
	buf_done(&bare);
	return rc;
}
