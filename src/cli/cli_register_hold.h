/*
 * cli_register_hold.h: an image held against the log of the program that made
 * it, and against what it says of itself.
 */
#ifndef CLI_REGISTER_HOLD_H
#define CLI_REGISTER_HOLD_H

#include "err.h"
#include "file.h"
#include "hash.h"
#include "media_hash.h"
#include "media_log.h"
#include "media_open.h"
#include "media_range.h"
#include "tree_chunk.h"

#include <stdbool.h>
#include <stdint.h>

struct cli_register_hold {
	/* Given, and borrowed. */
	const struct media_log *log;
	struct media_open *image;
	const struct tree_seed *seed;
	unsigned wanted; /* hashes more than those of log and image */
	const char *tree_path; /* where the leaves go */
	/* Found. */
	uint64_t length;
	struct hash root;
	struct media_hash_set hashes;
	/* By log and image together, as far as the bytes are zero. */
	struct media_ranges bad;
	uint64_t not_zero, not_zero_at; /* the others: bytes, the first one */
	struct file_draft tree; /* the leaves, without a name yet */
};

/*
 * Before anything is read: is it the length that the log says, does the log
 * say any hash, did the copy succeed? ERR_VERIFY says what is wrong.
 */
int cli_register_hold_check(
    struct cli_register_hold *hold, struct err *err) MUST_CHECK;

/*
 * Reads the image. CLI_DONE: each hash of log and image is right, and all below
 * `tree_path` in the struct is there. CLI_FALSE: it said which is not, and what
 * to do. Or a negative code.
 */
int cli_register_hold_read(
    struct cli_register_hold *hold, struct err *err) MUST_CHECK;

void cli_register_hold_done(struct cli_register_hold *hold);

#endif
