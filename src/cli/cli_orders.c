/*
 * cli_orders.c: see cli_orders.h. What an order permits is judged by room case;
 * here it is only asked what is left of its time and of its task.
 */
#include "cli_orders.h"

#include "record.h"

#include <stdlib.h>

const char *cli_orders_status_name(enum cli_orders_status status)
{
	static const char *const names[] = {
	    [CLI_ORDERS_TO_COME] = "to come",
	    [CLI_ORDERS_RUNNING] = "running",
	    [CLI_ORDERS_EXPIRED] = "expired",
	    [CLI_ORDERS_REVOKED] = "revoked",
	};

	return names[status];
}

enum cli_orders_status cli_orders_status(
    const struct case_order *order, int64_t now)
{
	if (now >= order->revoked_at)
		return CLI_ORDERS_REVOKED;
	if (now >= order->until)
		return CLI_ORDERS_EXPIRED;
	return now < order->since ? CLI_ORDERS_TO_COME : CLI_ORDERS_RUNNING;
}

/* An order that names nothing is about everything; a copy is nobody's that it
 * could be given back to. */
static bool is_named(const struct record *order, const struct case_item *item)
{
	const struct record_value *v =
	    record_next(order, NULL, RECORD_F_CONCERNS, NULL);

	if (item->derived_from != CASE_NONE &&
	    slice_is_text(record_get(order, RECORD_F_WHAT), "return"))
		return false;
	if (v == NULL)
		return true;
	for (; v != NULL; v = record_next(order, NULL, RECORD_F_CONCERNS, v))
		if (slice_is_text(v->value, "all") ||
		    slice_is(v->value, item->id) ||
		    slice_is_text(v->value, case_item_type_name(item->type)))
			return true;
	return false;
}

/* Given back by a record after the order, or destroyed. */
static int is_done(const struct case_state *state, uint32_t item,
    uint32_t order, bool is_return, bool *ret_is_done, struct err *err)
{
	struct case_event *events = NULL;
	size_t cap = 0, n = 0;
	int rc = case_state_timeline(state, item, &events, &cap, &n, err);

	*ret_is_done = false;
	for (size_t i = 0; i < n && rc == 0; i++) {
		const struct case_event *e = &events[i];
		bool is_given = e->type == CASE_EVENT_GIVEN &&
		    case_state_leaf(state, e->leaf)->kind == RECORD_RELEASE;
		bool is_gone = e->type == CASE_EVENT_DESTROYED;

		if (is_gone || (is_return && is_given && e->leaf > order))
			*ret_is_done = true;
	}
	free(events);
	return rc;
}

/* Is it in something that the order names too? */
static bool goes_with(const struct case_state *state,
    const struct record *order, uint32_t item, int64_t now)
{
	uint32_t in = case_state_container(state, item, now);

	return in != CASE_NONE && is_named(order, case_state_item(state, in));
}

int cli_orders_count_left(const struct case_state *state,
    const struct case_order *order, int64_t now, size_t *ret_left,
    struct err *err)
{
	struct record record = {0};
	int rc = case_state_record(state, order->leaf, &record, err);
	struct slice what = record_get(&record, RECORD_F_WHAT);
	bool is_return = slice_is_text(what, "return");
	bool is_asked = is_return || slice_is_text(what, "destruction");
	size_t left = 0;

	for (uint32_t i = 0;
	     rc == 0 && is_asked && i < case_state_item_count(state); i++) {
		bool is_over = true;

		if (is_named(&record, case_state_item(state, i)) &&
		    !goes_with(state, &record, i, now))
			rc = is_done(
			    state, i, order->leaf, is_return, &is_over, err);
		left += !is_over;
	}
	record_done(&record);
	if (rc == 0)
		*ret_left = left;
	return rc;
}
