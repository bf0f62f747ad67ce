/*
 * exam_report.h: what an examination found: the public part, which is counts
 * alone and says of nobody that they are in it, as text and as JSON; and what
 * the details (exam_out.h, flow_details.h) are made from.
 *
 * A count of people or of things found that is 1 to 4 is published as "1-4":
 * who knows whose drive it is would often know of one passport whose it is. 0
 * is published, since "nothing was found" is what such a report is read for and
 * tells of nobody. Totals over kinds or risks are not published, because a
 * small count could be worked out from them. Bytes and files are exact.
 */
#ifndef EXAM_REPORT_H
#define EXAM_REPORT_H

#include "buf.h"
#include "cage_hit.h"
#include "err.h"
#include "exam_feature.h"
#include "exam_file_ref.h"
#include "exam_owner.h"
#include "exam_people.h"
#include "slice.h"

#include <stddef.h>
#include <stdint.h>

#define EXAM_REPORT_SMALL 5 /* counts below are not published */

/* All that a report is made from; everything is borrowed. */
struct exam_report {
	const struct exam_feature_store *store; /* sealed */
	const struct exam_people *people;
	struct exam_file_refs files;
	/* Shown as they are: of records, or of evidence. May be absent. */
	struct slice case_ref, item, order, purpose;
	struct slice image; /* the name of the file that was read */
	int64_t at; /* when (when.h) */
	uint64_t bytes[EXAM_OWNER_COUNT]; /* of the image, by owner */
	uint64_t files_listed, files_deleted;
	uint64_t gaps; /* ranges that could not be looked into */
};

/* Exact: not to be published as they are. */
struct exam_report_sums {
	struct exam_people_sums people;
	uint64_t features[CAGE_HIT_KINDS]; /* different ones */
	uint64_t hits[CAGE_HIT_KINDS];
	uint64_t files_with_finds;
	struct exam_feature_left_out left_out;
};

int exam_report_sum(struct exam_report_sums *ret_sums,
    const struct exam_report *report, struct err *err) MUST_CHECK;

/* "0", "1-4", "5", "1234". */
void exam_report_put_count(struct buf *out, uint64_t count);

/* The public part in plain words, lines of at most 80 characters, and as one
 * JSON document (counterfoil-exposure(7)). */
void exam_report_put_words(struct buf *out, const struct exam_report *report,
    const struct exam_report_sums *sums);
void exam_report_put_json(struct buf *out, const struct exam_report *report,
    const struct exam_report_sums *sums);

#endif
