/*
 * media_verify.c: see media_verify.h. A foreign image is read in as many boxes
 * as there are cores; what cannot be read of it is zeros and listed, so that
 * the rest can still be vouched for.
 */
#include "media_verify.h"

#include "media_pipe.h"
#include "mem.h"
#include "tree.h"

#include <string.h>

struct verify {
	const struct media_verify_options *o;
	uint64_t length, available, chunks;
	uint64_t at;
	struct hash_run *run;
	struct tree_edge edge;
	struct media_verify_result *result;
	struct media_hash *hashes[MEDIA_HASH_COUNT];
};

/* Smaller than any disk loses at once. */
#define BLOCK 4096

/* What cannot be read is zeros, and the rest is not lost with it. */
static int read_blocks(
    struct verify *v, struct media_pipe_slot *slot, size_t n, struct err *err)
{
	int rc = 0;

	for (size_t at = 0; at < n && rc == 0; at += BLOCK) {
		size_t here = n - at < BLOCK ? n - at : BLOCK;
		struct err why = {0};

		rc = media_file_read(&v->o->image->whole, slot->at + at,
		    slot->bytes + at, here, &why);
		if (rc == ERR_IO) {
			memset(slot->bytes + at, 0, here);
			rc = media_range_add(
			    &v->result->unreadable, slot->at + at, here, err);
		} else if (rc != 0) {
			err_set(err, rc, "%s", why.message);
		}
	}
	return rc;
}

static int read_raw(
    struct verify *v, struct media_pipe_slot *slot, size_t n, struct err *err)
{
	struct err why = {0};
	int rc = media_file_read(
	    &v->o->image->whole, slot->at, slot->bytes, n, &why);

	if (rc == ERR_IO)
		return read_blocks(v, slot, n, err);
	return rc == 0 ? 0 : err_set(err, rc, "%s", why.message);
}

static int fill(void *cookie, struct media_pipe_slot *slot, struct err *err)
{
	struct verify *v = cookie;
	uint64_t left = v->length - v->at, there;

	slot->at = v->at;
	slot->n = left < MEDIA_PIPE_BYTES ? (size_t)left : MEDIA_PIPE_BYTES;
	v->at += slot->n;
	if (slot->n == 0)
		return 0;
	if (v->o->image->foreign != NULL)
		return 0; /* whoever works on it reads it */
	there = v->available > slot->at ? v->available - slot->at : 0;
	size_t n = there < slot->n ? (size_t)there : slot->n;
	memset(slot->bytes + n, 0, slot->n - n);
	/* Behind the end of an image that was cut off there is nothing. */
	return n > 0 ? read_raw(v, slot, n, err) : 0;
}

static int read_foreign(struct verify *v, struct media_pipe_slot *slot,
    struct media_pipe_worker *worker, struct err *err)
{
	int rc = media_pipe_read(slot, v->o->image, worker, err);

	for (uint32_t i = 0; i < worker->damage->n && rc == 0; i++)
		rc = media_range_add(&slot->damaged, worker->damage->of[i].at,
		    worker->damage->of[i].length, err);
	return rc;
}

static int work(void *cookie, struct media_pipe_slot *slot,
    struct media_pipe_worker *worker, struct err *err)
{
	struct verify *v = cookie;
	int rc = v->o->image->foreign != NULL
	    ? read_foreign(v, slot, worker, err)
	    : 0;

	return rc != 0 || v->o->seed == NULL
	    ? rc
	    : media_pipe_leaves(slot, v->length, v->o->seed, worker, err);
}

/* By the leaves, if they are the ledger's; they alone are certain. */
static int compare_leaves(
    struct verify *v, struct media_pipe_slot *slot, struct err *err)
{
	uint64_t first = slot->at / TREE_CHUNK_SIZE;
	int rc = media_file_read(v->o->leaves, first * HASH_SIZE,
	    slot->expected, slot->leaf_count * HASH_SIZE, err);

	for (size_t i = 0; i < slot->leaf_count && rc == 0; i++) {
		const uint64_t at = (first + i) * TREE_CHUNK_SIZE;
		const uint64_t n = tree_chunk_length(v->length, first + i);

		/* What is missing may have been zero; it is missing. */
		if (!hash_is(&slot->leaves[i], &slot->expected[i]) ||
		    media_range_meets(&v->result->missing, at, n))
			rc = media_range_add(&v->result->damaged, at, n, err);
	}
	return rc;
}

static int drain(void *cookie, struct media_pipe_slot *slot, struct err *err)
{
	struct verify *v = cookie;
	int rc = 0;

	for (size_t i = 0; i < slot->leaf_count; i++)
		tree_edge_add(&v->edge, v->run, &slot->leaves[i]);
	if (v->o->take_leaves != NULL && slot->leaf_count > 0)
		rc = v->o->take_leaves(
		    v->o->leaves_cookie, slot->leaves, slot->leaf_count, err);
	if (rc == 0 && v->result->has_leaves)
		rc = compare_leaves(v, slot, err);
	for (size_t i = 0;
	     i < slot->damaged.n && rc == 0 && !v->result->has_leaves; i++)
		rc = media_range_add(&v->result->damaged,
		    slot->damaged.of[i].at, slot->damaged.of[i].length, err);
	if (v->o->progress != NULL)
		v->o->progress(
		    v->o->progress_cookie, slot->at + slot->n, v->length);
	return rc;
}

/* Whether x.tree holds the leaves of the ledger's tree. */
static int check_leaves(struct verify *v, struct err *err)
{
	struct tree_edge edge = {0};
	struct hash some[256];
	int rc = 0;

	if (v->o->leaves == NULL || v->o->root == NULL || v->o->seed == NULL ||
	    v->o->leaves->length != v->chunks * HASH_SIZE)
		return 0;
	for (uint64_t at = 0; at < v->chunks && rc == 0;) {
		size_t n =
		    v->chunks - at < 256 ? (size_t)(v->chunks - at) : 256;

		rc = media_file_read(
		    v->o->leaves, at * HASH_SIZE, some, n * HASH_SIZE, err);
		for (size_t i = 0; i < n && rc == 0; i++)
			tree_edge_add(&edge, v->run, &some[i]);
		at += n;
	}
	if (rc == 0) {
		struct hash root = tree_edge_root(&edge, v->run);

		v->result->has_leaves = hash_is(&root, v->o->root);
	}
	return rc;
}

static int measure(struct verify *v, struct err *err)
{
	struct media_open *image = v->o->image;

	if (v->o->has_length)
		media_open_spread(image, v->o->length);
	v->available = image->foreign != NULL ? image->about.available
					      : image->whole.length;
	v->length = v->o->has_length ? v->o->length : image->whole.length;
	v->chunks = tree_chunk_count(v->length);
	return media_open_missing(image, v->length, &v->result->missing, err);
}

static int finish(struct verify *v, struct err *err)
{
	struct media_verify_result *r = v->result;
	int rc = 0;

	r->length = v->length;
	r->available = v->available;
	if (r->missing.n > 0)
		return 0;
	r->has_root = v->o->seed != NULL;
	r->root = tree_edge_root(&v->edge, v->run);
	r->is_root_right =
	    r->has_root && v->o->root != NULL && hash_is(&r->root, v->o->root);
	for (size_t k = 0; k < MEDIA_HASH_COUNT && rc == 0; k++)
		if (v->hashes[k] != NULL)
			rc = media_hash_peek(
			    v->hashes[k], 0, &r->hashes.of[k], err);
	return rc;
}

int media_verify(struct media_verify_result *ret_result,
    const struct media_verify_options *options, struct err *err)
{
	struct media_verify_result result = {0};
	struct verify v = {.o = options, .run = hash_new(), .result = &result};
	struct media_pipe_job job = {
	    .cookie = &v,
	    .threads = options->threads,
	    .fill = fill,
	    .work = work,
	    .drain = drain,
	    .is_hashed_after_work = options->image->foreign != NULL,
	};
	int rc = v.run == NULL ? err_nomem(err) : 0;

	if (rc == 0)
		rc = measure(&v, err);
	if (rc == 0)
		rc = check_leaves(&v, err);
	for (unsigned k = 0; k < MEDIA_HASH_COUNT && rc == 0; k++)
		if (options->hashes & 1u << k)
			rc = media_hash_new(&v.hashes[k], k, err);
	memcpy(job.hashes, v.hashes, sizeof(job.hashes));
	job.slots = media_pipe_slots(v.length);
	if (rc == 0)
		rc = media_pipe_run(&job, err);
	if (rc == 0)
		rc = finish(&v, err);
	for (size_t k = 0; k < MEDIA_HASH_COUNT; k++)
		media_hash_free(v.hashes[k]);
	hash_free(v.run);
	if (rc == 0)
		*ret_result = result;
	else
		media_verify_done(&result);
	return rc;
}

void media_verify_done(struct media_verify_result *result)
{
	media_range_done(&result->damaged);
	media_range_done(&result->unreadable);
	media_range_done(&result->missing);
}
