/*
 * cli_lock_image.h: `counterfoil image --lock FILE`: the image is locked while
 * it is made. Two records, the image's first: nothing can be locked that the
 * ledger does not know.
 *
 * The key is in memory only. Who is killed in the middle goes on with the
 * image, and its locked file is begun anew to another key.
 */
#ifndef CLI_LOCK_IMAGE_H
#define CLI_LOCK_IMAGE_H

#include "case_offer.h"
#include "cli_lock_job.h"
#include "err.h"
#include "media_age_tee.h"
#include "media_image.h"

#define CLI_LOCK_IMAGE_OPTIONS                                                 \
	{"lock", 0, "FILE", false,                                             \
	    "lock the copy while it is made, as counterfoil lock does"},       \
	    {"holder", 0, "PARTY", true, "who gets a share; in this order"},   \
	    {"threshold", 0, "T", false,                                       \
		"how many holders must come together"},                        \
	    CLI_LOCK_IDENTITY

/* Zeroed is empty. */
struct cli_lock_image {
	struct cli_lock_job job;
	struct media_age_sink sink;
};

/* Before the first byte is read: judges the lock that will be, deals out the
 * key and has the imager write to the locked file. Nothing if --lock is not
 * given. The examiner or --host will hold the copy. `image` is the record of
 * the image as it was judged: the keys of all its signers must be here, and
 * each key here must sign it or the lock (else ERR_USAGE). */
int cli_lock_image_begin(struct cli_lock_image *lock,
    const struct cli_args *args, const struct case_offer *image,
    struct media_image_options *options, struct err *err) MUST_CHECK;

/* The image's record is in the ledger: shares, seed, name, and the record of
 * the lock. Returns CLI_DONE, or a negative code that is neither ERR_USAGE nor
 * ERR_VERIFY: there is an image. What was written for a lock that is refused
 * is removed; after another failure it stays, which is said. */
int cli_lock_image_end(struct cli_lock_image *lock, const struct cli_args *args,
    const struct media_image_result *result, struct err *err) MUST_CHECK;

void cli_lock_image_done(struct cli_lock_image *lock);

#endif
