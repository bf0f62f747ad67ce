/*
 * media_copy_begin.c: an image is begun, or gone on with (media_copy.h).
 */
#include "buf.h"
#include "media_copy.h"
#include "media_open.h"
#include "media_source.h"
#include "mem.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int begin_anew(struct media_copy *im, struct err *err)
{
	int rc = im->ewf != NULL ? media_ewf_write_begin(im->ewf, err)
				 : media_out_next(im->out, err);

	return rc;
}

/* What is there up to the point is read, and must be what it was. */
static int read_back(struct media_copy *im,
    const struct media_journal_point *point, struct err *err)
{
	struct media_open back;
	int rc = media_open_unfinished(&back, im->o->style, im->out,
	    point->number, point->file_length, err);

	if (rc == 0)
		rc = media_copy_pass(im, 0, point->at, &back.whole, err);
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

static int go_on(struct media_copy *im, const struct media_journal_point *point,
    struct err *err)
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
static int make_tree(struct media_copy *im, struct err *err)
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

static int make_names(struct media_copy *im, struct err *err)
{
	const struct media_image_options *o = im->o;
	const int rc = media_out_new(
	    &im->out, o->style, o->bases, o->base_count, o->is_resumed, err);

	return rc != 0 ? rc : make_tree(im, err);
}

int media_copy_check(struct media_copy *im, struct err *err)
{
	const int rc = make_names(im, err);

	return rc != 0 || im->o->is_resumed
	    ? rc
	    : media_journal_check_free(im->o->bases[0], err);
}

static int begin_tree(struct media_copy *im, struct err *err)
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

static int make_writer(
    struct media_copy *im, const uint8_t *guid, struct err *err)
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

static void bind_source(const struct media_copy *im, struct hash *ret_source)
{
	struct hash parts[2] = {{{0}}, {{0}}};

	if (im->o->binding != NULL)
		parts[0] = *im->o->binding;
	if (im->o->source != NULL)
		media_source_identify(im->o->source, &parts[1]);
	*ret_source = hash_of(parts, sizeof(parts));
}

int media_copy_begin(struct media_copy *im,
    struct media_journal_point *ret_point, struct err *err)
{
	const struct media_image_options *o = im->o;
	struct media_journal_terms terms = {
	    .style = o->style,
	    .length = im->length,
	    .segment_size = o->segment_size,
	};
	int rc = make_names(im, err);

	mem_random(terms.guid, sizeof(terms.guid));
	bind_source(im, &terms.source);
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

void media_copy_done(struct media_copy *im)
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
