/*
 * media_image.c: see media_image.h.
 *
 * Two passes through one pipe: what an earlier run wrote is read back out of
 * the image and hashed (the source is not read again), and must give the root
 * that the journal has; then the rest of the source is copied.
 */
#include "media_image.h"

#include "buf.h"
#include "media_file.h"
#include "media_journal.h"
#include "media_open.h"
#include "media_pipe.h"
#include "media_source.h"
#include "mem.h"
#include "tree.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* About so many megabytes of the source are read again to go on. */
#define COMPARED 16

struct image {
	const struct media_image_options *o;
	uint64_t length, chunks;
	uint64_t at, end; /* of the pass: next byte to read, where it ends */
	const struct media_file *back; /* read from here: the first pass */
	struct media_out *out, *tree;
	struct media_ewf_write *ewf; /* NULL: raw */
	struct media_journal *journal;
	struct media_hash *hashes[MEDIA_HASH_COUNT];
	struct tree_edge edge;
	struct hash_run *run;
	struct media_age_tee tee; /* empty: it is not locked */
	struct media_ranges earlier; /* unreadable, by the journal */
	struct media_ranges bad; /* and what this run found */
	uint64_t safe_at, safe_bytes;
	/* Where what was read back is not what the source has now. */
	uint64_t differs_at, differs_to;
	uint64_t pad; /* zeros behind the end in an E01 */
	char *tree_bases[MEDIA_OUT_PLACES_MAX];
};

/* ---- the steps of the pipe ---- */

/* A foreign image that is converted: each thread reads it in a box of its own.
 */
static bool is_from_box(const struct image *im)
{
	return im->back == NULL && im->o->from != NULL &&
	    im->o->from->foreign != NULL;
}

/* Reading all of it again would wear the drive for nothing; but a few places,
 * the first and the last among them, must be what was copied. Where it could
 * not be read there is nothing to compare. */
static int compare_source(
    struct image *im, const struct media_pipe_slot *slot, struct err *err)
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
	struct image *im = cookie;
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
static int read_foreign(const struct image *im, struct media_pipe_slot *slot,
    struct media_pipe_worker *worker, struct err *err)
{
	int rc = media_pipe_read(slot, im->o->from, worker, err);

	if (rc == 0 && worker->damage->n > 0)
		rc = err_set(err, ERR_FORMAT, "%s", worker->damage->text);
	return rc;
}

static void pack(const struct image *im, struct media_pipe_slot *slot,
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
	struct image *im = cookie;
	int rc = is_from_box(im) ? read_foreign(im, slot, worker, err) : 0;

	if (rc == 0)
		rc = media_age_tee_work(&im->tee, slot, err);
	if (rc != 0)
		return rc;
	if (im->ewf != NULL && im->back == NULL)
		pack(im, slot, worker);
	return media_pipe_leaves(
	    slot, im->length, im->o->seed, worker->run, err);
}

/* Of an image that is converted, those that are known of it. */
static const struct media_ranges *source_bad(const struct image *im)
{
	if (im->o->from == NULL)
		return media_source_bad(im->o->source);
	return &im->o->from->about.bad;
}

/* New ranges of the source join those of earlier runs. */
static int gather_bad(struct image *im, struct err *err)
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

static int reach(struct image *im, uint64_t at, bool is_whole, struct err *err)
{
	struct media_journal_point point = {.at = at, .is_whole = is_whole};
	int rc = 0;

	if (im->ewf != NULL && !is_whole)
		rc = media_ewf_write_flush(im->ewf, err);
	if (rc == 0)
		rc = media_out_sync(im->out, err);
	if (rc == 0)
		rc = gather_bad(im, err);
	if (rc != 0)
		return rc;
	point.number = media_out_number(im->out);
	point.file_length = media_out_at(im->out);
	point.root = tree_edge_root(&im->edge, im->run);
	im->safe_at = at;
	return media_journal_reach(im->journal, &point, &im->bad, err);
}

static int put_raw(
    struct image *im, const uint8_t *bytes, size_t n, struct err *err)
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
    struct image *im, const struct media_pipe_slot *slot, struct err *err)
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
	struct image *im = cookie;
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
		rc = reach(im, end, false, err);
	if (rc == 0 && im->o->progress != NULL)
		im->o->progress(im->o->progress_cookie, end, im->length);
	return rc;
}

static int run_pipe(struct image *im, uint64_t from, uint64_t to,
    const struct media_file *back, struct err *err)
{
	struct media_pipe_job job = {
	    .cookie = im,
	    .threads = im->o->threads,
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

/* ---- beginning and going on ---- */

static int begin_anew(struct image *im, struct err *err)
{
	int rc = im->ewf != NULL ? media_ewf_write_begin(im->ewf, err)
				 : media_out_next(im->out, err);

	return rc;
}

/* What is there up to the point is read, and must be what it was. */
static int read_back(
    struct image *im, const struct media_journal_point *point, struct err *err)
{
	struct media_open back;
	int rc = media_open_unfinished(&back, im->o->style, im->out,
	    point->number, point->file_length, err);

	if (rc == 0)
		rc = run_pipe(im, 0, point->at, &back.whole, err);
	media_open_done(&back);
	if (rc != 0)
		return rc;
	struct hash root = tree_edge_root(&im->edge, im->run);
	if (!hash_is(&root, &point->root))
		return err_set(err, ERR_VERIFY,
		    "the first %llu bytes of the image are not those that an "
		    "earlier run wrote, or the seed is another; remove it and "
		    "begin anew",
		    (unsigned long long)point->at);
	/* So it is the source that is not as it was. */
	if (im->differs_to > 0)
		return err_set(err, ERR_VERIFY,
		    "the source is not the one that was copied before: it "
		    "differs between byte %llu and byte %llu; if it is the "
		    "right one, begin anew",
		    (unsigned long long)im->differs_at,
		    (unsigned long long)(im->differs_to - 1));
	im->safe_at = point->at;
	return media_out_compare(
	    im->out, point->number, point->file_length, err);
}

static int go_on(
    struct image *im, const struct media_journal_point *point, struct err *err)
{
	int rc;

	if (point->is_whole) {
		media_out_finished(im->out, point->number);
		return read_back(im, point, err);
	}
	rc = media_out_resume(im->out, point->number, point->file_length, err);
	if (rc == 0 && point->number == 0)
		return begin_anew(im, err);
	if (rc == 0)
		rc = read_back(im, point, err);
	if (rc == 0 && im->ewf != NULL)
		media_ewf_write_resume(im->ewf, point->at / MEDIA_EWF_CHUNK);
	return rc;
}

/* Before there is a journal: what is refused leaves nothing behind. */
static int make_tree(struct image *im, struct err *err)
{
	size_t n = im->o->base_count;
	int rc = 0;

	for (size_t i = 0; i < n && rc == 0; i++) {
		struct buf name;
		size_t length;

		buf_init(&name, 8192);
		buf_printf(&name, "%s.tree", im->o->bases[i]);
		rc = buf_check(&name, err);
		im->tree_bases[i] = buf_take(&name, &length);
		if (rc == 0 && im->tree_bases[i] == NULL)
			rc = err_nomem(err);
	}
	if (rc == 0)
		rc = media_out_new(&im->tree, MEDIA_NAME_ONE,
		    (const char *const *)im->tree_bases, n, im->o->is_resumed,
		    err);
	return rc;
}

static int begin_tree(struct image *im, struct err *err)
{
	int rc = 0;

	/* The journal stands for its having been free before. */
	for (size_t i = 0; i < im->o->base_count && rc == 0; i++)
		if (im->o->is_resumed && unlink(im->tree_bases[i]) != 0 &&
		    errno != ENOENT)
			rc = err_sys(
			    err, errno, "removing %s", im->tree_bases[i]);
	if (rc == 0 && im->o->is_resumed)
		rc = media_out_resume(im->tree, 0, 0, err);
	return rc != 0 ? rc : media_out_next(im->tree, err);
}

static int make_writer(struct image *im, const uint8_t *guid, struct err *err)
{
	struct media_ewf_write_options options = {
	    .out = im->out,
	    .length = im->length,
	    .segment_size = im->o->segment_size,
	    .level = im->o->level,
	    .header = im->o->header,
	    .is_device = im->o->is_device,
	};
	size_t pad;

	if (im->o->style != MEDIA_NAME_E01)
		return 0;
	(void)media_ewf_write_sectors(im->length, &pad);
	im->pad = pad;
	memcpy(options.guid, guid, sizeof(options.guid));
	return media_ewf_write_new(&im->ewf, &options, err);
}

static void bind_source(const struct image *im, struct hash *ret_source)
{
	struct hash parts[2] = {{{0}}, {{0}}};

	if (im->o->binding != NULL)
		parts[0] = *im->o->binding;
	if (im->o->source != NULL)
		media_source_identify(im->o->source, &parts[1]);
	*ret_source = hash_of(parts, sizeof(parts));
}

static int begin(
    struct image *im, struct media_journal_point *ret_point, struct err *err)
{
	const struct media_image_options *o = im->o;
	struct media_journal_terms terms = {
	    .style = o->style,
	    .length = im->length,
	    .segment_size = o->segment_size,
	};
	int rc = media_out_new(
	    &im->out, o->style, o->bases, o->base_count, o->is_resumed, err);

	mem_random(terms.guid, sizeof(terms.guid));
	bind_source(im, &terms.source);
	if (rc == 0)
		rc = make_tree(im, err);
	if (rc == 0)
		rc = o->is_resumed
		    ? media_journal_open(&im->journal, o->bases[0], &terms,
			  ret_point, &im->earlier, err)
		    : media_journal_new(&im->journal, o->bases[0], &terms, err);
	for (unsigned k = 0; k < MEDIA_HASH_COUNT && rc == 0; k++)
		if (o->hashes & 1u << k)
			rc = media_hash_new(&im->hashes[k], k, err);
	im->run = hash_new();
	if (rc == 0 && im->run == NULL)
		rc = err_nomem(err);
	if (rc == 0)
		rc = make_writer(im, terms.guid, err);
	if (rc == 0 && o->lock != NULL)
		rc = media_age_tee_begin(
		    &im->tee, o->recipient, im->length, o->lock, true, err);
	if (rc == 0)
		rc = begin_tree(im, err);
	if (rc == 0)
		rc = o->is_resumed ? go_on(im, ret_point, err)
				   : begin_anew(im, err);
	return rc;
}

/* ---- the end ---- */

static int peek_hashes(const struct image *im, size_t zeros,
    struct media_hash_set *ret_set, struct err *err)
{
	int rc = 0;

	for (unsigned k = 0; k < MEDIA_HASH_COUNT && rc == 0; k++)
		if (im->hashes[k] != NULL)
			rc = media_hash_peek(
			    im->hashes[k], zeros, &ret_set->of[k], err);
	return rc;
}

static int check_root(const struct image *im, struct err *err)
{
	struct hash root = tree_edge_root(&im->edge, im->run);

	if (im->o->root == NULL || hash_is(&root, im->o->root))
		return 0;
	return err_set(err, ERR_VERIFY,
	    "the bytes, or the seed, are not those of the tree root in the "
	    "ledger; nothing was made of them");
}

static int end_files(struct image *im, struct err *err)
{
	struct media_hash_set seen = {0};
	int rc = gather_bad(im, err);

	if (rc == 0)
		rc = check_root(im, err);

	if (rc == 0 && im->o->source != NULL)
		rc = media_source_finish(im->o->source, err);
	if (rc == 0)
		rc = peek_hashes(im, im->pad, &seen, err);
	if (rc == 0 && im->ewf != NULL)
		rc = media_ewf_write_finish(im->ewf, &seen, &im->bad, err);
	return rc != 0 ? rc : reach(im, im->length, true, err);
}

static void free_image(struct image *im)
{
	media_age_tee_done(&im->tee);
	media_ewf_write_free(im->ewf);
	media_out_free(im->out);
	media_out_free(im->tree);
	media_journal_free(im->journal);
	for (size_t k = 0; k < MEDIA_HASH_COUNT; k++)
		media_hash_free(im->hashes[k]);
	for (size_t i = 0; i < MEDIA_OUT_PLACES_MAX; i++)
		free(im->tree_bases[i]);
	hash_free(im->run);
	media_range_done(&im->earlier);
	media_range_done(&im->bad);
}

int media_image_make(struct media_image_result *ret_result,
    const struct media_image_options *options, struct err *err)
{
	struct media_journal_point point = {0};
	struct media_image_result result = {0};
	struct image im = {
	    .o = options,
	    .length = options->from != NULL
		? options->from->whole.length
		: media_source_length(options->source),
	    .safe_bytes = options->safe_bytes,
	};
	int rc;

	assert(options->safe_bytes % MEDIA_PIPE_BYTES == 0);
	assert((options->style == MEDIA_NAME_PARTS) <=
	    (options->segment_size > 0));
	if (im.safe_bytes == 0)
		im.safe_bytes = MEDIA_IMAGE_SAFE_BYTES;
	im.chunks = tree_chunk_count(im.length);
	rc = begin(&im, &point, err);
	if (rc == 0)
		rc = run_pipe(&im, point.at, im.length, NULL, err);
	if (rc == 0 && !point.is_whole)
		rc = end_files(&im, err);
	if (rc == 0 && point.is_whole)
		rc = gather_bad(&im, err);
	if (rc == 0)
		rc = media_age_tee_end(&im.tee, &result.locked, err);
	if (rc == 0)
		rc = media_out_publish(im.tree, err);
	if (rc == 0)
		rc = media_out_publish(im.out, err);
	if (rc == 0)
		rc = peek_hashes(&im, 0, &result.hashes, err);
	if (rc == 0) {
		result.length = im.length;
		result.root = tree_edge_root(&im.edge, im.run);
		result.files = media_out_number(im.out);
		result.resumed_at = point.at;
		result.bad = im.bad;
		im.bad = (struct media_ranges){0};
		*ret_result = result;
	}
	free_image(&im);
	return rc;
}

int media_image_forget(const char *base, struct err *err)
{
	return media_journal_remove(base, err);
}

int media_image_forget_recorded(const struct media_image_options *options,
    uint64_t length, const struct hash *root, struct err *err)
{
	struct media_journal_terms terms = {
	    .style = options->style,
	    .length = length,
	    .segment_size = options->segment_size,
	    .is_any_source = true,
	};
	struct media_journal_point point;
	struct media_journal *journal;
	struct media_ranges bad = {0};
	int rc = media_journal_open(
	    &journal, options->bases[0], &terms, &point, &bad, err);

	if (rc != 0)
		return rc;
	media_journal_free(journal);
	media_range_done(&bad);
	if (!point.is_whole || !hash_is(&point.root, root))
		return err_set(err, ERR_CONFLICT,
		    "%s.journal is of another image than the one recorded",
		    options->bases[0]);
	return media_journal_remove(options->bases[0], err);
}
