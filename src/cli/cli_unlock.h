/*
 * cli_unlock.h: one run of `counterfoil unlock`, in its three steps: all that
 * can be wrong is found (cli_unlock.c), the record is entered
 * (cli_unlock_record.c), and only then bytes are written (cli_unlock_write.c).
 */
#ifndef CLI_UNLOCK_H
#define CLI_UNLOCK_H

#include "buf.h"
#include "case_offer.h"
#include "cli_blob.h"
#include "cli_case.h"
#include "cli_image.h"
#include "cli_keys.h"
#include "cli_lock.h"
#include "cli_out.h"
#include "err.h"
#include "media_age.h"
#include "tree_chunk.h"

#include <stdbool.h>
#include <stdint.h>

/* Zeroed, with both blobs CLI_BLOB_NONE and `item` initialised, is empty. */
struct cli_unlock {
	struct cli_case c;
	struct cli_keys keys;
	struct cli_lock l;
	struct case_offer offer;
	struct cli_blob in, out;
	struct cli_out_progress progress;
	struct media_age *age;
	struct buf item;
	uint64_t first, n; /* the range; all: 0 and the length */
	struct cli_image_claim claim; /* what it must be, by the ledger */
	struct cli_lock_files files; /* likewise its files */
	struct tree_seed seed; /* secret */
	bool has_seed;
};

/* Where to. NULL: standard output, which then has the bytes and nothing else.
 */
const char *cli_unlock_output(const struct cli_args *args);

/* Whether all is opened, and not a range. */
bool cli_unlock_is_whole(const struct cli_unlock *job);

/* The shares, the key, the file, the range: all that can be wrong is found
 * before anything is recorded. The case and the keys are open. */
int cli_unlock_prepare(struct cli_unlock *job, struct err *err) MUST_CHECK;

/* Makes the record and submits it: an exit status, or a negative code.
 * *ret_is_entered: the ledger has it now; else it waits for signatures. */
int cli_unlock_record(
    struct cli_unlock *job, bool *ret_is_entered, struct err *err) MUST_CHECK;
/* The unlock record that is in the ledger already is of this opening and still
 * good for it; else ERR_VERIFY. */
int cli_unlock_check_record(
    struct cli_unlock *job, const char *typed, struct err *err) MUST_CHECK;

/* Writes or prints what is opened. Nothing has its name before all of it was
 * found right. An exit status (CLI_PARTLY: a range, not held against the
 * ledger because --unchecked was given), or a negative code. */
int cli_unlock_write(struct cli_unlock *job, struct err *err) MUST_CHECK;

#endif
