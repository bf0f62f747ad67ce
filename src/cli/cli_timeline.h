/*
 * cli_timeline.h: what happened to one item, step by step, with who held it
 * after each step; what happened to the package that it was in counts.
 */
#ifndef CLI_TIMELINE_H
#define CLI_TIMELINE_H

#include "buf.h"
#include "case_state.h"
#include "err.h"
#include "slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cli_timeline_step {
	struct case_event event;
	struct slice about; /* the item that the record names; this or another,
			       which it was in; absent for a seizure */
	struct slice with; /* who examined, opened or was given data */
	struct case_set holders; /* afterwards */
};

struct cli_timeline {
	const struct case_state *state;
	uint32_t item;
	size_t n;
	struct cli_timeline_step *steps;
};

int cli_timeline_make(struct cli_timeline *timeline,
    const struct case_state *state, uint32_t item, struct err *err) MUST_CHECK;
void cli_timeline_done(struct cli_timeline *timeline);

/* "handed over by a.example to b.example, signed by both". */
void cli_timeline_put_what(
    const struct cli_timeline *timeline, size_t step, struct buf *out);
/* One word: "given". */
const char *cli_timeline_word(enum case_event_type type);

/* What stands of an item at last: a seal found broken, or opened under an
 * order, and not set anew since; reported missing, and not identified since.
 * *ret_leaf (may be NULL) is the record that says so. */
enum cli_timeline_seal {
	CLI_TIMELINE_WHOLE,
	CLI_TIMELINE_BROKEN,
	CLI_TIMELINE_OPEN,
};
enum cli_timeline_seal cli_timeline_seal(
    const struct case_item *item, uint32_t *ret_leaf);
bool cli_timeline_is_missing(const struct case_item *item, uint32_t *ret_leaf);

/* Does a claim, question, answer, order, draw, objection, correction or
 * incident speak of the item, or a custody record that is not good name it?
 * Such leaves make no step. */
int cli_timeline_is_beside(const struct cli_timeline *timeline, uint32_t leaf,
    bool *ret_is_beside, struct err *err) MUST_CHECK;

#endif
