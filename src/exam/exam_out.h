/*
 * exam_out.h: the details of an examination as files that other programs read:
 * feature files and histograms as bulk_extractor writes them, tables (RFC 4180)
 * and JSON Lines. counterfoil-exposure(7) has the columns. Each is a maker
 * (exam_sink.h) whose cookie is a struct exam_out.
 *
 * Every text of evidence is one line (exam_feature.h) and data: csv.h guards
 * against formulas, json.h against what a reader would misread, and here a
 * backslash in a feature file becomes \x5C.
 */
#ifndef EXAM_OUT_H
#define EXAM_OUT_H

#include "cage_hit.h"
#include "exam_report.h"
#include "exam_sink.h"

struct exam_out {
	const struct exam_report *report;
	enum cage_hit_kind kind; /* of feature files */
};

/* "123-GZIP-456": where something is, through what it was taken out of; with
 * "FILE7-" before it where the outermost place is in file 7. */
void exam_out_put_path(struct buf *out, const struct exam_feature_place *place);

/* offset TAB feature TAB context: the places that were kept, by feature. */
int exam_out_features(const void *cookie, const struct exam_sink *sink,
    struct err *err) MUST_CHECK;
/* n=COUNT TAB feature: all, the most frequent first. */
int exam_out_histogram(const void *cookie, const struct exam_sink *sink,
    struct err *err) MUST_CHECK;

int exam_out_people_csv(const void *cookie, const struct exam_sink *sink,
    struct err *err) MUST_CHECK;
int exam_out_identifiers_csv(const void *cookie, const struct exam_sink *sink,
    struct err *err) MUST_CHECK;
int exam_out_links_csv(const void *cookie, const struct exam_sink *sink,
    struct err *err) MUST_CHECK;
/* One row a place. */
int exam_out_finds_csv(const void *cookie, const struct exam_sink *sink,
    struct err *err) MUST_CHECK;

/* One document a line: a person with identifiers and links; a feature with its
 * places. */
int exam_out_people_jsonl(const void *cookie, const struct exam_sink *sink,
    struct err *err) MUST_CHECK;
int exam_out_finds_jsonl(const void *cookie, const struct exam_sink *sink,
    struct err *err) MUST_CHECK;

#endif
