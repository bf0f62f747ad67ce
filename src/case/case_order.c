/*
 * case_order.c: orders: who may give one, how long it runs, what it covers.
 *
 * An order is an intent: a false one is void and covers nothing. It runs from
 * `since` (or its own time) until `until`, unless a later order of the same
 * issuer extends or revokes it.
 */
#include "case_internal.h"

#include "mem.h"

#include <stdlib.h>

bool case_order_is_reading(enum record_kind kind)
{
	return kind == RECORD_IMAGE || kind == RECORD_UNLOCK ||
	    kind == RECORD_EXAMINATION || kind == RECORD_DISCLOSURE;
}

static const char *act_of(enum record_kind kind)
{
	switch (kind) {
	case RECORD_IMAGE:
		return "image";
	case RECORD_UNLOCK:
		return "unlock";
	case RECORD_EXAMINATION:
		return "examine";
	default:
		return "disclose";
	}
}

/* The order that a record names, among the good ones; or NULL. */
static struct case_order *find_order(
    const struct case_state *state, const struct record *record)
{
	struct hash id;
	uint32_t leaf = CASE_NONE;

	if (record_get_hash(record, RECORD_F_ORDER, &id))
		leaf = case_state_find_leaf(state, &id);
	for (size_t i = 0; i < state->order_count && leaf != CASE_NONE; i++)
		if (state->orders[i].leaf == leaf)
			return &state->orders[i];
	return NULL;
}

static bool is_change(struct slice what)
{
	return slice_is_text(what, "extension") ||
	    slice_is_text(what, "revocation");
}

static bool is_of_issuer(const struct case_state *state,
    const struct case_order *order, struct slice issuer)
{
	struct record record = {0};
	bool is = case_state_record(state, order->leaf, &record, NULL) == 0 &&
	    slice_is(record_get(&record, RECORD_F_ISSUER), issuer);

	record_done(&record);
	return is;
}

struct case_verdict case_order_judge(
    const struct case_state *state, const struct record *r)
{
	struct slice issuer = record_get(r, RECORD_F_ISSUER);
	struct slice writer = record_get(r, RECORD_F_FROM_PAPER_BY);
	uint32_t party = case_state_find_party(state, issuer);
	const struct case_order *changed = find_order(state, r);
	struct case_verdict v = {CASE_VOID, CASE_RULE_UNKNOWN_PARTY, issuer};

	if (party == CASE_NONE)
		return v;
	v.rule = CASE_RULE_NOT_ENTITLED;
	if (state->parties[party].side == CASE_OUTSIDE &&
	    case_is_on("order: by no outsider"))
		return v;
	if (writer.p != NULL
		? (!record_is_signed_by(r, writer) &&
		      case_is_on("order: signed by who copies it")) ||
		    (!record_has(r, RECORD_F_DOCUMENT) &&
			case_is_on("order: on paper, its document"))
		: !record_is_signed_by(r, issuer) &&
		    case_is_on("order: signed by its issuer"))
		return v;
	if (is_change(record_get(r, RECORD_F_WHAT))) {
		if (changed == NULL)
			return (struct case_verdict){CASE_VOID,
			    CASE_RULE_UNKNOWN_RECORD,
			    record_get(r, RECORD_F_ORDER)};
		if (!is_of_issuer(state, changed, issuer) &&
		    case_is_on("order: changed by its issuer"))
			return v;
	}
	return (struct case_verdict){0};
}

int case_order_apply(struct case_state *state, const struct record *r,
    uint32_t leaf, struct err *err)
{
	struct slice what = record_get(r, RECORD_F_WHAT);
	struct case_order *changed = find_order(state, r);
	struct case_order order = {.leaf = leaf,
	    .since = r->at,
	    .until = INT64_MAX,
	    .revoked_at = INT64_MAX};

	if (is_change(what)) {
		if (slice_is_text(what, "extension"))
			(void)record_get_time(
			    r, RECORD_F_UNTIL, &changed->until);
		else if (r->at < changed->revoked_at)
			changed->revoked_at = r->at;
		return 0;
	}
	(void)record_get_start(r, RECORD_F_SINCE, &order.since);
	(void)record_get_time(r, RECORD_F_UNTIL, &order.until);
	int rc = mem_grow((void **)&state->orders, &state->order_cap,
	    state->order_count + 1, sizeof(*state->orders), err);
	if (rc == 0)
		state->orders[state->order_count++] = order;
	return rc;
}

static bool has_value(
    const struct record *r, enum record_name name, struct slice value)
{
	const struct record_value *v = NULL;

	while ((v = record_next(r, NULL, name, v)) != NULL)
		if (slice_is(v->value, value))
			return true;
	return false;
}

/* An order that names kinds of finding permits no others, and no reading that
 * keeps silent about what it looks for. */
static bool is_of_its_finds(
    const struct record *order, const struct record *reading)
{
	const struct record_value *v = NULL;

	if (reading->schema->kind != RECORD_EXAMINATION ||
	    !record_has(order, RECORD_F_FINDS))
		return true;
	if (!record_has(reading, RECORD_F_FINDS))
		return false;
	while ((v = record_next(reading, NULL, RECORD_F_FINDS, v)) != NULL)
		if (!has_value(order, RECORD_F_FINDS, v->value))
			return false;
	return true;
}

/* The same words, if both say any. */
static bool is_of_its_purpose(
    const struct record *order, const struct record *reading)
{
	struct slice purpose = record_get(reading, RECORD_F_PURPOSE);

	return reading->schema->kind != RECORD_EXAMINATION ||
	    purpose.p == NULL || !record_has(order, RECORD_F_PURPOSE) ||
	    slice_is(record_get(order, RECORD_F_PURPOSE), purpose);
}

/* What both say of the reading itself: the act, who does it, what for. */
static bool is_permitted(
    const struct record *order, const struct record *reading)
{
	struct slice examiner = record_get(reading, RECORD_F_EXAMINER);

	return (has_value(order, RECORD_F_PERMITS,
		    slice_of(act_of(reading->schema->kind))) ||
		   case_is_off("order: permits it")) &&
	    (examiner.p == NULL || !record_has(order, RECORD_F_EXAMINER) ||
		has_value(order, RECORD_F_EXAMINER, examiner) ||
		case_is_off("order: to its examiner")) &&
	    (is_of_its_finds(order, reading) ||
		case_is_off("order: its kinds of finding")) &&
	    (is_of_its_purpose(order, reading) ||
		case_is_off("order: its purpose"));
}

/* The item, or what it is a copy of, or that of that. */
static bool is_in_scope(
    const struct case_state *state, const struct record *order, uint32_t item)
{
	for (int depth = 0; item != CASE_NONE && depth <= CASE_NESTING_MAX;
	     depth++) {
		if (case_claims_concerns(state, order, item))
			return true;
		item = state->items[item].derived_from;
	}
	return false;
}

bool case_order_covers(
    const struct case_state *state, const struct record *record, uint32_t item)
{
	const struct case_order *order = find_order(state, record);
	struct record scope = {0};
	bool is_covered = false;

	if (order == NULL ||
	    (record->at < order->since && case_is_on("order: begun")) ||
	    (record->at >= order->until && case_is_on("order: not over")) ||
	    (record->at >= order->revoked_at &&
		case_is_on("order: not revoked")))
		return false;
	if (case_state_record(state, order->leaf, &scope, NULL) == 0)
		is_covered = is_permitted(&scope, record) &&
		    (is_in_scope(state, &scope, item) ||
			case_is_off("order: concerns the item"));
	record_done(&scope);
	return is_covered;
}

size_t case_state_order_count(const struct case_state *state)
{
	return state->order_count;
}

const struct case_order *case_state_order(
    const struct case_state *state, size_t i)
{
	return &state->orders[i];
}
