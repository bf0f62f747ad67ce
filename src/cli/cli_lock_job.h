/*
 * cli_lock_job.h: one run of `counterfoil lock`, in its three shapes: a lock is
 * made, a holder checks its share, holders open the copy on trial.
 */
#ifndef CLI_LOCK_JOB_H
#define CLI_LOCK_JOB_H

#include "case_offer.h"
#include "cli_blob.h"
#include "cli_case.h"
#include "cli_image.h"
#include "cli_keys.h"
#include "cli_lock.h"
#include "cli_out.h"
#include "err.h"
#include "hash.h"
#include "media_open.h"
#include "slice.h"
#include "tree_chunk.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CLI_LOCK_JOB_NAME_MAX 256

/* Zeroed, with both blobs CLI_BLOB_NONE, is empty. */
struct cli_lock_job {
	struct cli_case c;
	struct cli_keys keys;
	struct cli_lock l;
	struct case_offer offer;
	struct media_open image; /* that is locked, unless it is a device */
	struct cli_blob in, out; /* a device, or on trial the locked file */
	struct cli_out_progress progress;
	const char *locked; /* the file that is made */
	const char *custodian; /* NULL: as --custodian says, or who holds it */
	uint8_t recipients[MEDIA_SHARE_MAX][MEDIA_AGE_KEY_SIZE];
	uint32_t item;
	struct slice item_id;
	const char *trial, *plaintext; /* as the record will say */
	struct hash sealed; /* SHA-256 of the locked file */
	bool is_sealed; /* is it known yet? */
	struct tree_seed seed; /* of the image's salts; secret */
	bool has_seed;
	struct hash locked_seed; /* SHA-256 of its locked file */
	bool is_seed_locked; /* is that known yet? */
	struct cli_image_claim claim; /* what the ledger says of the image */
	char name[CLI_LOCK_JOB_NAME_MAX]; /* of the item */
	size_t shares_written;
	bool is_closed; /* has the locked file its name? */
};

void cli_lock_job_done(struct cli_lock_job *job);

/* Encrypts the file and deals out the shares, then offers the record. The case
 * and the keys are open. Each of the three returns an exit status or a negative
 * code, as a command does. */
int cli_lock_job_make(struct cli_lock_job *job, struct err *err) MUST_CHECK;
/* Holds a share to a lock; needs no keys. */
int cli_lock_job_check_share(
    struct cli_lock_job *job, struct err *err) MUST_CHECK;
/* Opens the locked file with the shares that were brought, writing nothing;
 * then, if that is asked for, removes what is not locked. */
int cli_lock_job_trial(struct cli_lock_job *job, struct err *err) MUST_CHECK;

/* ---- what these share ---- */

/* An item that the ledger must know, and what it says of it. */
int cli_lock_job_find_item(
    struct cli_lock_job *job, const char *typed, struct err *err) MUST_CHECK;

/* --holder and --threshold: a fresh key, shared out. Makes no file; checks that
 * none of those to come is there. */
int cli_lock_job_deal(struct cli_lock_job *job, struct err *err) MUST_CHECK;
/* Finds the holders of the deal again: the case was opened anew. */
int cli_lock_job_find_holders(
    struct cli_lock_job *job, struct err *err) MUST_CHECK;
/* job->out is whole: writes the shares and the seed's file, opens the shares of
 * whoever signs here, and gives the file its name. On failure nothing is left.
 */
int cli_lock_job_close(struct cli_lock_job *job, struct err *err) MUST_CHECK;
/* Removes what that wrote, because no record will name it. */
void cli_lock_job_discard(struct cli_lock_job *job);

/* Puts the record as it stands into job->offer, instead of what was there. */
int cli_lock_job_compose(struct cli_lock_job *job, struct err *err) MUST_CHECK;

/* That, and whether the ledger would take it: an exit status, or a negative
 * code. */
int cli_lock_job_judge(struct cli_lock_job *job, struct err *err) MUST_CHECK;

/* Makes the record of what was closed, says what is to be done, and submits it;
 * `open` is the copy that is not locked. Returns an exit status. */
int cli_lock_job_offer(
    struct cli_lock_job *job, const char *open, struct err *err) MUST_CHECK;

/* Progress for a media_age_sink whose cookie is the job. */
void cli_lock_job_tick(void *job, uint64_t done);

#endif
