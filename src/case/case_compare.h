/*
 * case_compare.h: two lists of one seizure held against each other, item by
 * item; from two ledgers, or from one (findings section 3).
 *
 * Things are matched by serial number, where it is known on both sides, then
 * by label, then by a seal that a record signed by both sides names: each time
 * only where there is exactly one candidate on either side. What is withheld
 * is known through the callback alone; what stays unknown on one side is
 * counted and never taken for a difference.
 */
#ifndef CASE_COMPARE_H
#define CASE_COMPARE_H

#include "case_state.h"
#include "err.h"
#include "record.h"
#include "slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	CASE_COMPARE_A,
	CASE_COMPARE_B,
	CASE_COMPARE_SIDES
};

/* One side: a list of a case, and what its withheld fields are known to say
 * (an absent slice: not known). */
struct case_compare_side {
	const struct case_state *state;
	uint32_t list; /* index; CASE_NONE: the case has no list */
	struct slice (*reveal)(void *cookie, const struct hash *record_id,
	    struct slice item, enum record_name name, uint32_t occurrence);
	void *cookie;
};

enum case_compare_how {
	CASE_COMPARE_UNMATCHED,
	CASE_COMPARE_SERIAL,
	CASE_COMPARE_LABEL,
	CASE_COMPARE_RECORD,
	CASE_COMPARE_HOW_COUNT
};

/* A thing of one list. */
struct case_compare_thing {
	struct slice id;
	enum case_item_type type;
	struct slice serial; /* absent: none, or not known */
	struct slice inside, seal;
	struct slice joint_seal; /* as a record signed by both sides has it */
	const struct record *record;
	const struct record_block *block;
	enum case_compare_how how;
	size_t other; /* the thing on the other side, if matched */
};

/* What the two say of one matched thing, or of the seizure. */
struct case_compare_difference {
	bool is_seizure;
	size_t thing; /* of side A */
	enum record_name field; /* RECORD_F_ITEM: the label */
	struct slice values[CASE_COMPARE_SIDES]; /* absent: says nothing */
};

/* A hand-over that only one ledger has, of things that both list. */
struct case_compare_event {
	int side;
	uint32_t leaf;
	size_t count; /* of things */
	size_t thing; /* the first one, of that side */
};

struct case_compare {
	struct case_compare_side sides[CASE_COMPARE_SIDES];
	size_t n[CASE_COMPARE_SIDES];
	struct case_compare_thing *things[CASE_COMPARE_SIDES];
	size_t matched[CASE_COMPARE_HOW_COUNT];
	size_t difference_count, difference_cap;
	struct case_compare_difference *differences;
	size_t event_count, event_cap;
	struct case_compare_event *events;
	size_t unknown_count; /* fields withheld on one side or both */
	size_t record_count[CASE_COMPARE_SIDES];
	struct record *records[CASE_COMPARE_SIDES];
	struct record seizures[CASE_COMPARE_SIDES]; /* no text: none */
};

/* Borrows both states and what the callbacks return. ERR_NOMEM, ERR_FORMAT. */
int case_compare_make(struct case_compare *ret_compare,
    const struct case_compare_side sides[CASE_COMPARE_SIDES],
    struct err *err) MUST_CHECK;
void case_compare_done(struct case_compare *compare);

/* Things, values and hand-overs: all the same? */
bool case_compare_is_same(const struct case_compare *compare);
/* "serial", "label", "record" */
const char *case_compare_how_name(enum case_compare_how how);

#endif
