/*
 * flow_label.h: labels to print: one HTML file of pages with the printer's
 * exact measures, each label an inline SVG; no script, no network, no fonts.
 *
 * A label shows its code, the same text with its check character (flow_check.h)
 * for people, the case, which of how many it is, and a date.
 */
#ifndef FLOW_LABEL_H
#define FLOW_LABEL_H

#include "buf.h"
#include "err.h"
#include "slice.h"

#include <stdbool.h>
#include <stddef.h>

#define FLOW_LABEL_FILE_MAX (256u << 20)

/* All lengths in hundredths of a millimetre. */
struct flow_label_sheet {
	const char *name; /* "a4-3x8"; NULL: a roll */
	size_t page_width, page_height;
	size_t columns, rows;
	size_t width, height; /* of one label */
	size_t left, top; /* of the first one */
	size_t step_x, step_y; /* from one to the next */
};

/* NULL: there is no such sheet. */
const struct flow_label_sheet *flow_label_sheet_find(struct slice name);
/* A roll of labels of WxH millimetres, 15 to 200 each: "62x29". ERR_USAGE. */
int flow_label_sheet_roll(struct flow_label_sheet *ret_sheet,
    struct slice measures, struct err *err) MUST_CHECK;

struct flow_label {
	struct slice id;
	struct slice case_name;
	size_t number, total; /* item x of y; total 0: not listed yet */
	struct slice date;
	const char *copy; /* where this copy goes: "object"; NULL: not said */
};

struct flow_label_writer {
	const struct flow_label_sheet *sheet;
	bool is_bars; /* Code 128, else QR */
	struct buf *out;
	size_t n; /* places used so far */
};

/* `skip` places of the first sheet stay empty. */
void flow_label_start(struct flow_label_writer *w, size_t skip);
/* ERR_USAGE: the text does not fit on this label so that it can be read. */
int flow_label_put(struct flow_label_writer *w, const struct flow_label *label,
    struct err *err) MUST_CHECK;
void flow_label_end(struct flow_label_writer *w);

#endif
