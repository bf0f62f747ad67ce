/*
 * flow_letter.h: a finding as a letter to those who were asked: what was asked,
 * what the records show, what is overdue, what we ask for, how to check it.
 * Its sentences and counts are those of case_report.h and case_finding.h.
 */
#ifndef FLOW_LETTER_H
#define FLOW_LETTER_H

#include "buf.h"
#include "case_finding.h"
#include "err.h"
#include "slice.h"

#include <stdbool.h>

#define FLOW_LETTER_MAX (16u << 20)

/* Plain text of at most 80 columns, or one HTML page to print. `bundle` is the
 * name of the file that goes with it. */
int flow_letter_put(const struct case_finding *finding, struct slice bundle,
    bool is_html, struct buf *out, struct err *err) MUST_CHECK;

#endif
