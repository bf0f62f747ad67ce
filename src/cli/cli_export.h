/*
 * cli_export.h: the case as tables for other programs: one row an item, an
 * event, a party, or a record of one kind (one row for each of its blocks).
 *
 * Values are written as they stand in the ledger; a withheld one is the word
 * "withheld" unless its reveal is at hand and was asked for. Names of columns
 * never change and new ones are added at the end, but for the fields of a
 * kind, which come in the order of the schema.
 */
#ifndef CLI_EXPORT_H
#define CLI_EXPORT_H

#include "buf.h"
#include "cli_case.h"
#include "cli_reveals.h"
#include "err.h"
#include "record.h"

#include <stdbool.h>
#include <stdint.h>

#define CLI_EXPORT_MAX (512u << 20)
#define CLI_EXPORT_CELL_MAX (1u << 18)

struct cli_export {
	const struct cli_case *c;
	bool is_private; /* write what the reveals at hand open */
	struct buf *out;
	struct buf cell; /* being made */
};

int cli_export_items(struct cli_export *x, struct err *err) MUST_CHECK;
int cli_export_events(struct cli_export *x, struct err *err) MUST_CHECK;
int cli_export_parties(struct cli_export *x, struct err *err) MUST_CHECK;
int cli_export_records(
    struct cli_export *x, enum record_kind kind, struct err *err) MUST_CHECK;

/* Writes x->cell as the next cell and empties it. */
void cli_export_end_cell(struct cli_export *x);
/* One cell. NULL, absent, CASE_NONE: an empty one. */
void cli_export_text(struct cli_export *x, const char *text);
void cli_export_slice(struct cli_export *x, struct slice text);
void cli_export_time(struct cli_export *x, int64_t when);
void cli_export_bool(struct cli_export *x, bool is);
void cli_export_party(struct cli_export *x, uint32_t party);
/* Time, time of entry, and id of a record: three cells. */
void cli_export_record(struct cli_export *x, uint32_t leaf);

/* All values of one field, joined by "; ". */
void cli_export_field(struct cli_export *x, const struct record *record,
    const struct record_block *block, const struct cli_reveals *reveals,
    enum record_name name);

#endif
