/*
 * media_copy.c: see media_copy.h. Here are the steps of the pipe: bytes are
 * read in order, worked on by all processors, and written in order.
 */
#include "media_copy.h"

#include "media_open.h"
#include "media_pipe.h"
#include "media_source.h"
#include "mem.h"

#include <stdlib.h>
#include <string.h>

/* About so many megabytes of the source are read again to go on. */
#define COMPARED 16

/* A foreign image that is converted: each thread reads it in a box of its own.
 */
static bool is_from_box(const struct media_copy *im)
{
	return im->back == NULL && im->o->from != NULL &&
	    im->o->from->foreign != NULL;
}

/* Reading all of it again would wear the drive for nothing; but a few places,
 * the first and the last among them, must be what was copied. Where it could
 * not be read there is nothing to compare. */
static int compare_source(
    struct media_copy *im, const struct media_pipe_slot *slot, struct err *err)
{
	uint64_t slots = im->end / MEDIA_PIPE_BYTES;
	uint64_t step = slots / COMPARED > 0 ? slots / COMPARED : 1;
	bool is_last = slot->at + slot->n == im->end;

	if (im->o->source == NULL ||
	    (slot->at / MEDIA_PIPE_BYTES % step != 0 && !is_last))
		return 0;
	for (size_t i = 0; i < im->earlier.n; i++)
		if (im->earlier.of[i].at < slot->at + slot->n &&
		    slot->at < im->earlier.of[i].at + im->earlier.of[i].length)
			return 0;
	uint8_t *bytes = mem_new(slot->n, 1);
	if (bytes == NULL)
		return err_nomem(err);
	int rc =
	    media_source_read(im->o->source, slot->at, bytes, slot->n, err);
	if (rc == 0 && memcmp(bytes, slot->bytes, slot->n) != 0 &&
	    im->differs_to == 0) {
		im->differs_at = slot->at;
		im->differs_to = slot->at + slot->n;
	}
	free(bytes);
	return rc;
}

static int fill(void *cookie, struct media_pipe_slot *slot, struct err *err)
{
	struct media_copy *im = cookie;
	uint64_t left = im->end - im->at;
	int rc;

	slot->at = im->at;
	slot->n = left < MEDIA_PIPE_BYTES ? (size_t)left : MEDIA_PIPE_BYTES;
	if (slot->n == 0)
		return 0;
	if (is_from_box(im))
		rc = 0; /* whoever works on it reads it */
	else if (im->back != NULL)
		rc = media_file_read(
		    im->back, slot->at, slot->bytes, slot->n, err);
	else if (im->o->from != NULL)
		rc = media_file_read(
		    &im->o->from->whole, slot->at, slot->bytes, slot->n, err);
	else
		rc = media_source_read(
		    im->o->source, slot->at, slot->bytes, slot->n, err);
	memset(slot->bytes + slot->n, 0, MEDIA_EWF_SECTOR);
	im->at += slot->n;
	return rc == 0 && im->back != NULL ? compare_source(im, slot, err) : rc;
}

/* Of what is damaged nothing is made. */
static int read_foreign(const struct media_copy *im,
    struct media_pipe_slot *slot, struct media_pipe_worker *worker,
    struct err *err)
{
	int rc = media_pipe_read(slot, im->o->from, worker, err);

	if (rc == 0 && worker->damage->n > 0)
		rc = err_set(err, ERR_FORMAT, "%s", worker->damage->text);
	return rc;
}

static void pack(const struct media_copy *im, struct media_pipe_slot *slot,
    struct media_pipe_worker *worker)
{
	size_t fill_up =
	    (MEDIA_EWF_SECTOR - slot->n % MEDIA_EWF_SECTOR) % MEDIA_EWF_SECTOR;
	size_t n = slot->n + fill_up, at = 0;

	for (size_t in = 0; in < n; in += MEDIA_EWF_CHUNK) {
		struct media_pipe_piece *piece =
		    &slot->pieces[slot->piece_count++];
		size_t here =
		    n - in < MEDIA_EWF_CHUNK ? n - in : MEDIA_EWF_CHUNK;

		piece->at = (uint32_t)at;
		piece->n = (uint32_t)media_ewf_pack_chunk(worker->pack,
		    im->o->level, slot->bytes + in, here, slot->stored + at,
		    &piece->is_packed);
		at += piece->n;
	}
}

static int work(void *cookie, struct media_pipe_slot *slot,
    struct media_pipe_worker *worker, struct err *err)
{
	struct media_copy *im = cookie;
	int rc = is_from_box(im) ? read_foreign(im, slot, worker, err) : 0;

	if (rc == 0)
		rc = media_age_tee_work(&im->tee, slot, err);
	if (rc != 0)
		return rc;
	if (im->ewf != NULL && im->back == NULL)
		pack(im, slot, worker);
	return media_pipe_leaves(slot, im->length, im->o->seed, worker, err);
}

/* Of an image that is converted, those that are known of it. */
static const struct media_ranges *source_bad(const struct media_copy *im)
{
	if (im->o->from == NULL)
		return media_source_bad(im->o->source);
	return &im->o->from->about.bad;
}

/* New ranges of the source join those of earlier runs. */
int media_copy_gather_bad(struct media_copy *im, struct err *err)
{
	const struct media_ranges *found = source_bad(im);
	int rc = 0;

	media_range_done(&im->bad);
	/* An image that is converted names all of them each time. */
	for (size_t i = 0; i < im->earlier.n && rc == 0 && im->o->from == NULL;
	     i++)
		rc = media_range_add(&im->bad, im->earlier.of[i].at,
		    im->earlier.of[i].length, err);
	for (size_t i = 0; i < found->n && rc == 0; i++)
		rc = media_range_add(
		    &im->bad, found->of[i].at, found->of[i].length, err);
	return rc;
}

int media_copy_reach(
    struct media_copy *im, uint64_t at, bool is_whole, struct err *err)
{
	struct media_journal_point point = {.at = at, .is_whole = is_whole};
	int rc = 0;

	if (im->ewf != NULL && !is_whole)
		rc = media_ewf_write_flush(im->ewf, err);
	if (rc == 0)
		rc = media_out_sync(im->out, err);
	if (rc == 0)
		rc = media_copy_gather_bad(im, err);
	if (rc != 0)
		return rc;
	point.number = media_out_number(im->out);
	point.file_length = media_out_at(im->out);
	point.root = tree_edge_root(&im->edge, im->run);
	im->safe_at = at;
	return media_journal_reach(im->journal, &point, &im->bad, err);
}

static int put_raw(
    struct media_copy *im, const uint8_t *bytes, size_t n, struct err *err)
{
	uint64_t max = im->o->segment_size;
	int rc = 0;

	while (n > 0 && rc == 0) {
		size_t here = n;

		if (im->o->style == MEDIA_NAME_PARTS) {
			if (media_out_at(im->out) == max)
				rc = media_out_next(im->out, err);
			if (rc == 0 && max - media_out_at(im->out) < n)
				here = (size_t)(max - media_out_at(im->out));
		}
		if (rc == 0)
			rc = media_out_put(im->out, bytes, here, err);
		bytes += here;
		n -= here;
	}
	return rc;
}

static int put_ewf(
    struct media_copy *im, const struct media_pipe_slot *slot, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; i < slot->piece_count && rc == 0; i++) {
		const struct media_pipe_piece *piece = &slot->pieces[i];

		rc = media_ewf_write_chunk(im->ewf, slot->stored + piece->at,
		    piece->n, piece->is_packed, source_bad(im), err);
	}
	return rc;
}

static int drain(void *cookie, struct media_pipe_slot *slot, struct err *err)
{
	struct media_copy *im = cookie;
	uint64_t end = slot->at + slot->n;
	int rc = media_out_put(
	    im->tree, slot->leaves, slot->leaf_count * HASH_SIZE, err);

	for (size_t i = 0; i < slot->leaf_count; i++)
		tree_edge_add(&im->edge, im->run, &slot->leaves[i]);
	if (rc == 0 && im->back == NULL)
		rc = im->ewf != NULL ? put_ewf(im, slot, err)
				     : put_raw(im, slot->bytes, slot->n, err);
	if (rc == 0)
		rc = media_age_tee_drain(&im->tee, slot, err);
	if (rc == 0 && im->back == NULL && end < im->length &&
	    end - im->safe_at >= im->safe_bytes)
		rc = media_copy_reach(im, end, false, err);
	if (rc == 0 && im->o->progress != NULL)
		im->o->progress(im->o->progress_cookie, end, im->length);
	return rc;
}

int media_copy_pass(struct media_copy *im, uint64_t from, uint64_t to,
    const struct media_file *back, struct err *err)
{
	struct media_pipe_job job = {
	    .cookie = im,
	    .threads = im->o->threads,
	    .slots = media_pipe_slots(to - from),
	    .fill = fill,
	    .work = work,
	    .drain = drain,
	};

	memcpy(job.hashes, im->hashes, sizeof(job.hashes));
	if (im->ewf != NULL && back == NULL)
		job.stored_max = MEDIA_PIPE_BYTES / MEDIA_EWF_CHUNK *
		    MEDIA_EWF_STORED_MAX(MEDIA_EWF_CHUNK);
	media_age_tee_join(&im->tee, &job);
	im->at = from;
	im->end = to;
	im->back = back;
	job.is_hashed_after_work = is_from_box(im);
	return media_pipe_run(&job, err);
}
