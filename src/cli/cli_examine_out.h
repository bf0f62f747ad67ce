/*
 * cli_examine_out.h: what an examination leaves: a folder with
 *
 *	public.json    counts alone (counterfoil-exposure(7)); may be published
 *	summary.txt    the same in words
 *	details.age    everything else: encrypted, never in the clear on a disk
 *
 * The details go to the parties that the order names as `details-to`, each to
 * its enrolled encryption key. An order that names nobody has no details.
 */
#ifndef CLI_EXAMINE_OUT_H
#define CLI_EXAMINE_OUT_H

#include "buf.h"
#include "cli_exam.h"
#include "cli_examine.h"
#include "err.h"
#include "media_age_key.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cli_examine_out {
	struct cli_exam *x; /* borrowed */
	struct buf folder; /* as typed, or COPY.examination */
	int fd;
	bool is_open;
	size_t recipient_n;
	uint8_t (*recipients)[MEDIA_AGE_KEY_SIZE];
	size_t recipient_cap;
	struct buf names; /* of the recipients, in words */
	struct buf words; /* the summary */
	struct buf json;
};

/* Before anything is read: the folder is made (ERR_CONFLICT: it is there and
 * not empty), the recipients and their keys are found (ERR_NOTFOUND says who
 * has none). folder NULL: as above. cli_examine_out_done accepts a zeroed one.
 */
int cli_examine_out_begin(struct cli_examine_out *out, struct cli_exam *x,
    const char *folder, struct err *err) MUST_CHECK;
/* Writes the files; their digests go into the record. */
int cli_examine_out_write(struct cli_examine_out *out, struct cli_examine *e,
    struct err *err) MUST_CHECK;
/* The record was refused: what was written is nobody's. */
void cli_examine_out_remove(struct cli_examine_out *out);
/* The summary, or with --json the public part; where the files are. */
void cli_examine_out_show(const struct cli_examine_out *out);
void cli_examine_out_done(struct cli_examine_out *out);

#endif
