/*
 * flow_form.h: the one template of everything that is printed for ink: a head
 * with case, ledger and record, tables of fields, boxes to sign in, a foot that
 * says how to check it. Black on white, A4 or Letter, without script, network
 * or font files.
 *
 * All text from records goes through flow_html.h and stands in <bdi>, so that
 * a right-to-left value cannot reorder its line. A withheld value is on the
 * sheet only if `reveal` gives it, and is then marked "not public".
 */
#ifndef FLOW_FORM_H
#define FLOW_FORM_H

#include "buf.h"
#include "case_state.h"
#include "err.h"
#include "hash.h"
#include "record.h"
#include "slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FLOW_FORM_MAX (128u << 20)

struct flow_form {
	const struct case_state *state;
	struct buf *out;
	int64_t printed; /* when */
	uint64_t size; /* of the ledger then, and its root */
	struct hash root;
	const struct hash *record_id; /* NULL: about no record */
	const char *number; /* of a blank form, or NULL */
	/* The value of a withheld field, or absent. NULL: none is at hand. */
	struct slice (*reveal)(void *cookie, const struct record *record,
	    const struct record_block *block, const struct record_value *value);
	void *cookie;
	bool is_revealing; /* set once a withheld value was written */
	int failed; /* of what cannot be told at once; flow_form_end tells */
};

/* The page's head; then sheets, each with its heading, and at the end how to
 * check it. A number is not in the page's margin: sheets may differ in it. */
void flow_form_start(struct flow_form *f, const char *title);
void flow_form_sheet(struct flow_form *f, const char *heading);
void flow_form_close_sheet(struct flow_form *f);
int flow_form_end(struct flow_form *f, struct err *err) MUST_CHECK;

void flow_form_heading(struct flow_form *f, const char *text);
/* A paragraph of this program's own words. */
void flow_form_say(struct flow_form *f, const char *text);
/* A sentence of case_report.h as a list entry; between <ul> and </ul>. */
void flow_form_sentence(void *form, struct slice sentence);

/* All record-level fields of a record, as a table. */
void flow_form_facts(struct flow_form *f, const struct record *record);

/* A table of blocks: a number, the block's name with the check character of
 * its label, and its fields. Rows are numbered on through several records. */
void flow_form_open_blocks(struct flow_form *f, const char *what);
void flow_form_block(struct flow_form *f, const struct record *record,
    const struct record_block *block, size_t number);
void flow_form_close_table(struct flow_form *f);

/* A table with these columns; each cell goes through flow_html.h. */
void flow_form_open_table(
    struct flow_form *f, const char *const *columns, size_t n);
void flow_form_open_row(struct flow_form *f);
void flow_form_cell(struct flow_form *f, struct slice escaped);
void flow_form_close_row(struct flow_form *f);

/* Who signed with which key; signer i has, if bit i of `signed_mask` is set. */
void flow_form_signers(
    struct flow_form *f, const struct record *record, unsigned signed_mask);
/* Boxes for ink: "Given by", and the party's name if it is known. */
struct flow_form_box {
	const char *label;
	struct slice party;
};
void flow_form_boxes(
    struct flow_form *f, const struct flow_form_box *boxes, size_t n);

/* A field's name for people: "taken by". */
void flow_form_put_name(struct buf *out, enum record_name name);

#endif
