/*
 * flow_exposure.h: the details of an examination as one HTML page for whom the
 * order names: who is exposed and by what, with charts, for a screen and for
 * paper; without script, network or font files.
 *
 * Every text of evidence is escaped and stands in <bdi>, so that neither markup
 * nor a direction of writing reaches beyond it.
 */
#ifndef FLOW_EXPOSURE_H
#define FLOW_EXPOSURE_H

#include "buf.h"
#include "err.h"
#include "exam_report.h"
#include "exam_sink.h"

/* What the page shows; the tables beside it have all. */
#define FLOW_EXPOSURE_ROWS_MAX 2000 /* people in the list */
#define FLOW_EXPOSURE_PEOPLE_MAX 300 /* people with a part of their own */
#define FLOW_EXPOSURE_IDS_MAX 60 /* identifiers of one of them */
#define FLOW_EXPOSURE_LINKS_MAX 25
#define FLOW_EXPOSURE_FILES_MAX 10
#define FLOW_EXPOSURE_LOOSE_MAX 100
/* Larger than what those make of the longest texts. */
#define FLOW_EXPOSURE_MAX (256u << 20)

/* Appends the page. ERR_NOMEM, ERR_LIMIT. */
int flow_exposure_put(const struct exam_report *report,
    const struct exam_report_sums *sums, struct buf *out,
    struct err *err) MUST_CHECK;

#endif
