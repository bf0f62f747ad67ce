/*
 * flow_page.h: the printable page of a finding: one HTML file, without script,
 * network or font files, for a phone, a screen and A4 paper. It says the
 * sentences of case_report.h and draws what can be drawn; text from records is
 * foreign and always escaped.
 */
#ifndef FLOW_PAGE_H
#define FLOW_PAGE_H

#include "buf.h"
#include "case_finding.h"
#include "err.h"
#include "slice.h"

#define FLOW_PAGE_MAX (64 * 1024 * 1024)

/* `bundle` is the name of the file that the reader is told to check. */
int flow_page_put(const struct case_finding *finding, struct slice bundle,
    struct buf *out, struct err *err) MUST_CHECK;

#endif
