/*
 * media_image.c: see media_image.h. Here an image ends: its files are finished
 * and get their names only if the root is right. The rest is in media_copy.h.
 */
#include "media_image.h"

#include "media_copy.h"
#include "media_open.h"
#include "media_pipe.h"
#include "media_source.h"

#include <assert.h>

static int peek_hashes(const struct media_copy *im, size_t zeros,
    struct media_hash_set *ret_set, struct err *err)
{
	int rc = 0;

	for (unsigned k = 0; k < MEDIA_HASH_COUNT && rc == 0; k++)
		if (im->hashes[k] != NULL)
			rc = media_hash_peek(
			    im->hashes[k], zeros, &ret_set->of[k], err);
	return rc;
}

static int check_root(const struct media_copy *im, struct err *err)
{
	struct hash root = tree_edge_root(&im->edge, im->run);

	if (im->o->root == NULL || hash_is(&root, im->o->root))
		return 0;
	return err_set(err, ERR_VERIFY,
	    "the bytes, or the seed, are not those of the tree root in the "
	    "ledger; nothing was made of them");
}

static int end_files(struct media_copy *im, struct err *err)
{
	struct media_hash_set seen = {0};
	int rc = media_copy_gather_bad(im, err);

	if (rc == 0)
		rc = check_root(im, err);

	if (rc == 0 && im->o->source != NULL)
		rc = media_source_finish(im->o->source, err);
	if (rc == 0)
		rc = peek_hashes(im, im->pad, &seen, err);
	if (rc == 0 && im->ewf != NULL)
		rc = media_ewf_write_finish(im->ewf, &seen, &im->bad, err);
	return rc != 0 ? rc : media_copy_reach(im, im->length, true, err);
}

static uint64_t length_of(const struct media_image_options *o)
{
	return o->from != NULL ? o->from->whole.length
			       : media_source_length(o->source);
}

int media_image_check(const struct media_image_options *o, struct err *err)
{
	const uint64_t length = length_of(o);
	struct media_copy im = {.o = o, .length = length};
	int rc = 0;

	if (o->style == MEDIA_NAME_E01)
		rc = media_ewf_write_check(length, o->segment_size, err);
	if (o->style == MEDIA_NAME_PARTS && length > 0 &&
	    (length - 1) / o->segment_size >= MEDIA_NAME_PARTS_MAX)
		rc = err_set(err, ERR_USAGE,
		    "an image has at most %u parts: make them larger, at least "
		    "%llu bytes",
		    MEDIA_NAME_PARTS_MAX,
		    (unsigned long long)((length - 1) / MEDIA_NAME_PARTS_MAX +
			1));
	if (rc == 0)
		rc = media_copy_check(&im, err);
	media_copy_done(&im);
	return rc;
}

int media_image_make(struct media_image_result *ret_result,
    const struct media_image_options *options, struct err *err)
{
	struct media_journal_point point = {0};
	struct media_image_result result = {0};
	struct media_copy im = {
	    .o = options,
	    .length = length_of(options),
	    .safe_bytes = options->safe_bytes,
	};
	int rc;

	assert(options->safe_bytes % MEDIA_PIPE_BYTES == 0);
	assert((options->style == MEDIA_NAME_PARTS) <=
	    (options->segment_size > 0));
	if (im.safe_bytes == 0)
		im.safe_bytes = MEDIA_IMAGE_SAFE_BYTES;
	im.chunks = tree_chunk_count(im.length);
	rc = media_image_check(options, err);
	if (rc == 0)
		rc = media_copy_begin(&im, &point, err);
	if (rc == 0)
		rc = media_copy_pass(&im, point.at, im.length, NULL, err);
	if (rc == 0 && !point.is_whole)
		rc = end_files(&im, err);
	if (rc == 0 && point.is_whole)
		rc = media_copy_gather_bad(&im, err);
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
	media_copy_done(&im);
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
