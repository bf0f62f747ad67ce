/*
 * record_draft.h: a record being written. Fields may be set in any order; the
 * text comes out in the schema's order, withheld fields as commitments with
 * fresh salts, and their reveals beside it.
 */
#ifndef RECORD_DRAFT_H
#define RECORD_DRAFT_H

#include "buf.h"
#include "err.h"
#include "record_schema.h"
#include "slice.h"

#include <stdbool.h>
#include <stdint.h>

struct record_draft;

/* NULL when out of memory. record_draft_free accepts NULL. */
struct record_draft *record_draft_new(enum record_kind kind);
void record_draft_free(struct record_draft *draft);
const struct record_schema *record_draft_schema(
    const struct record_draft *draft);

/*
 * Sets or (for repeated fields) adds a value to the record or, after
 * record_draft_block, to the newest block. The value is copied. A value that
 * its field does not allow, an unknown field, or a second value where one is
 * allowed: ERR_USAGE with field and reason. For RECORD_T_TEXT the value is
 * given escaped, as it will stand on the line.
 */
int record_draft_set(struct record_draft *draft, enum record_name name,
    struct slice value, struct err *err) MUST_CHECK;
int record_draft_set_text(struct record_draft *draft, enum record_name name,
    const char *value, struct err *err) MUST_CHECK;
int record_draft_set_count(struct record_draft *draft, enum record_name name,
    uint64_t value, struct err *err) MUST_CHECK;
int record_draft_set_time(struct record_draft *draft, enum record_name name,
    int64_t when, struct err *err) MUST_CHECK;

/* Begins the next block; two blocks of one id (or of two that differ only in
 * case) are ERR_USAGE. */
int record_draft_block(
    struct record_draft *draft, struct slice id, struct err *err) MUST_CHECK;
/* Whether the record or the newest block has a value already. */
bool record_draft_has(const struct record_draft *draft, enum record_name name);

/*
 * Fields to write open although they can be withheld (policy `open:`); by
 * default all withholdable ones are withheld. Applies to the whole draft.
 */
void record_draft_open(struct record_draft *draft, enum record_name name);

/* Replaces the value of a record-level field that was set before. */
int record_draft_replace(struct record_draft *draft, enum record_name name,
    const char *value, struct err *err) MUST_CHECK;

/*
 * Writes the canonical text and its reveals (one line each, as in
 * record_withheld.h; `reveals` may be NULL). ERR_USAGE names a required field
 * that is missing; ERR_LIMIT a text that is too long. A salt is drawn when a
 * value is set, so writing twice gives the same bytes.
 */
int record_draft_write(const struct record_draft *draft, struct buf *text,
    struct buf *reveals, struct err *err) MUST_CHECK;

#endif
