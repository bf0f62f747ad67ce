/*
 * media_copy.h: the making of an image, as its parts share it: how bytes pass
 * through the pipe (media_copy.c), how it is begun or gone on with
 * (media_copy_begin.c), and how it ends (media_image.c). For these three alone.
 *
 * Two passes through one pipe: what an earlier run wrote is read back out of
 * the image and hashed (the source is not read again), and must give the root
 * that the journal has; then the rest of the source is copied.
 */
#ifndef MEDIA_COPY_H
#define MEDIA_COPY_H

#include "err.h"
#include "hash.h"
#include "media_age_tee.h"
#include "media_ewf_write.h"
#include "media_file.h"
#include "media_hash.h"
#include "media_image.h"
#include "media_journal.h"
#include "media_out.h"
#include "media_range.h"
#include "tree.h"

#include <stdint.h>

struct media_copy {
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

/* One pass over the bytes `from` to `to`: out of `back`, which is only hashed,
 * or (NULL) out of the source into the image, with a point in the journal each
 * safe_bytes. */
int media_copy_pass(struct media_copy *im, uint64_t from, uint64_t to,
    const struct media_file *back, struct err *err) MUST_CHECK;

/* New ranges of the source join those of earlier runs, in im->bad. */
int media_copy_gather_bad(struct media_copy *im, struct err *err) MUST_CHECK;

/* What was written up to `at` is durable, and then stands in the journal;
 * is_whole: it is all, and its files are finished. */
int media_copy_reach(struct media_copy *im, uint64_t at, bool is_whole,
    struct err *err) MUST_CHECK;

/* Whether the names are free that the image is to have, unless it is gone on
 * with: makes nothing. im has o. */
int media_copy_check(struct media_copy *im, struct err *err) MUST_CHECK;

/* Opens the files and the journal; begins, or reads back what an earlier run
 * wrote up to *ret_point, from where it goes on. ERR_VERIFY: the image or the
 * source is not what it was. im has o, length, chunks and safe_bytes;
 * media_copy_done also after an error. */
int media_copy_begin(struct media_copy *im,
    struct media_journal_point *ret_point, struct err *err) MUST_CHECK;
void media_copy_done(struct media_copy *im);

#endif
