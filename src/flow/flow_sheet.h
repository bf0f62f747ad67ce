/*
 * flow_sheet.h: what stands on which sheet. A kind of record that has no sheet
 * of its own is printed from the schema, so that new kinds need nothing here.
 */
#ifndef FLOW_SHEET_H
#define FLOW_SHEET_H

#include "case_finding.h"
#include "err.h"
#include "flow_form.h"

#include <stdint.h>

/* Each opens its sheets; the last is left open for flow_form_close_sheet. */

/* A record in the ledger (leaf), or one on its way into it (CASE_NONE), of
 * which only some signed. */
int flow_sheet_record(struct flow_form *f, const struct record *record,
    uint32_t leaf, unsigned signed_mask, struct err *err) MUST_CHECK;

/* The question, who was asked and what the days are, each answer, and an empty
 * answer for those who have not given one. */
int flow_sheet_question(struct flow_form *f, const struct case_finding *finding,
    struct err *err) MUST_CHECK;

/* What the party should have at `at`, with room to tick. */
int flow_sheet_inventory(struct flow_form *f, uint32_t party, int64_t at,
    struct err *err) MUST_CHECK;

/* An empty form for a kind of record; f->number is its number. */
void flow_sheet_blank(struct flow_form *f, enum record_kind kind);

#endif
