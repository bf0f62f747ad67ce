/*
 * cli_examine.h: what `examine` does between the order and the record
 * (cli_exam.h): names, blind spots, the scan, files in pieces, people.
 *
 * Invariant: whatever of it is lost (a box, a volume, a range) is a gap that is
 * said; nothing of the evidence makes the whole fail.
 */
#ifndef CLI_EXAMINE_H
#define CLI_EXAMINE_H

#include "buf.h"
#include "cli_exam.h"
#include "cli_examine_state.h"
#include "cli_out.h"
#include "err.h"
#include "exam_blind.h"
#include "exam_catalog.h"
#include "exam_coverage.h"
#include "exam_feature.h"
#include "exam_grade.h"
#include "exam_owner.h"
#include "exam_people.h"
#include "exam_report.h"

#include <stdint.h>

struct cli_examine {
	struct cli_exam *x; /* borrowed, open */
	uint64_t length; /* of the image */
	uint64_t finds; /* as cage_hit.h has them */
	struct cage_image *box; /* that is asked about file systems */
	struct cli_out_progress listing;
	struct exam_catalog *catalog;
	struct exam_owner *map;
	struct exam_owner *deleted; /* what deleted files had, where free */
	struct exam_grades *grades;
	struct exam_blind *blind;
	struct exam_feature_store *store;
	struct exam_people *people;
	struct cli_examine_state *state; /* NULL: nothing is kept */
	struct exam_gap *gaps;
	size_t gap_n, gap_cap;
	struct exam_coverage coverage;
	struct buf path; /* of the file that was asked for last */
	struct buf order, purpose; /* as the report shows them */
	struct exam_report report;
	struct exam_report_sums sums;
};

/* All of it. `finds`: from the order. With is_resumed what an earlier run kept
 * is taken up. cli_examine_done accepts a zeroed struct and a failed one. */
int cli_examine_run(struct cli_examine *e, struct cli_exam *x, uint64_t finds,
    bool is_resumed, struct err *err) MUST_CHECK;
void cli_examine_done(struct cli_examine *e);

/* For cli_examine_run: everything that a scan finds, in a sealed store. */
int cli_examine_scan(
    struct cli_examine *e, bool is_resumed, struct err *err) MUST_CHECK;

/* Coverage, gaps and blind spots as lines of the record. */
void cli_examine_put_lines(struct cli_examine *e);

#endif
