/*
 * cli_glance.h: the case at a glance, for whoever runs the evidence room and
 * for whoever judges it: what there is, who holds it, what is amiss, which
 * questions are open, which lines may not be crossed, how far the ledger is.
 */
#ifndef CLI_GLANCE_H
#define CLI_GLANCE_H

#include "buf.h"
#include "case_state.h"
#include "cli_case.h"
#include "cli_finding.h"
#include "err.h"
#include "slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum cli_glance_trouble_type {
	CLI_GLANCE_MISSING, /* reported so, and not identified since */
	CLI_GLANCE_BROKEN, /* seal found broken, and not set anew since */
	CLI_GLANCE_TELLTALE, /* a counter shows what no record explains */
	CLI_GLANCE_OPEN, /* opened under an order, and not sealed since */
};

struct cli_glance_trouble {
	uint32_t item;
	uint32_t leaf;
	enum cli_glance_trouble_type type;
};

struct cli_glance_holder {
	uint32_t party; /* CASE_NONE: nobody */
	size_t counts[CASE_ITEM_TYPE_COUNT];
};

/* A question's finding, counted by form and word. */
struct cli_glance_question {
	uint32_t leaf;
	struct cli_finding finding;
	size_t counts[CASE_FORM_COUNT][CASE_WORD_COUNT];
};

struct cli_glance_offer {
	struct buf what; /* "handover of 213 items" */
	struct hash id; /* of the offer's main record */
	struct buf missing; /* parties, comma-separated */
	bool has_expiry;
	int64_t expires;
	bool is_expired;
};

struct cli_glance {
	struct cli_case *c;
	int64_t time;
	size_t totals[CASE_ITEM_TYPE_COUNT];
	size_t holder_count;
	struct cli_glance_holder *holders; /* those who hold anything */
	size_t disputed; /* items that more than one party holds */
	size_t trouble_count, trouble_cap;
	struct cli_glance_trouble *troubles;
	size_t question_count, question_cap;
	struct cli_glance_question *questions;
	size_t offer_count, offer_cap;
	struct cli_glance_offer *offers;
	size_t witnessed_count;
	struct case_witnessed *witnessed;
};

/* Borrows *c. cli_glance_done accepts a zeroed struct. */
int cli_glance_make(
    struct cli_glance *glance, struct cli_case *c, struct err *err) MUST_CHECK;
void cli_glance_done(struct cli_glance *glance);

/* The title of the case, as on its line; absent if none. */
struct slice cli_glance_title(const struct cli_glance *glance);

void cli_glance_put(const struct cli_glance *glance, struct buf *out);
void cli_glance_put_json(const struct cli_glance *glance, struct buf *out);

#endif
