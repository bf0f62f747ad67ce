/*
 * case_telltale.c: a drive's own counters, reading against reading
 * (findings 5.3).
 */
#include "case_telltale.h"

#include "case_weigh.h"
#include "mem.h"

#include <stdlib.h>

/* ---- readings ---- */

static int add_reading(struct case_readings *all, struct slice value,
    uint32_t leaf, size_t event, struct err *err)
{
	struct case_reading new = {
	    .counter = slice_cut(&value, ' '), .leaf = leaf, .event = event};

	if (!slice_to_u64(value, &new.value))
		return 0;
	for (size_t i = all->n; i-- > 0 && !new.is_second;)
		new.is_second = all->p[i].leaf ==
		    leaf &&slice_is(all->p[i].counter, new.counter);
	int rc = mem_grow(
	    (void **)&all->p, &all->cap, all->n + 1, sizeof(*all->p), err);
	if (rc == 0)
		all->p[all->n++] = new;
	return rc;
}

/* What the block says that first names the item. It is one of hundreds in its
 * record, which would be taken apart for each of them; its lines follow the
 * item's id, which lies in the record's own text. */
static int read_first(const struct case_state *state,
    const struct case_item *item, struct case_readings *all, struct err *err)
{
	static const char name[] = "  telltale: ";
	struct slice text = case_state_leaf(state, item->leaf)->text;
	size_t skipped = (size_t)(item->id.p - text.p) + item->id.n + 1;
	struct slice rest = {text.p + skipped, text.n - skipped};
	int rc = 0;

	while (rc == 0 && slice_starts_with(rest, "  ")) {
		struct slice line = slice_cut(&rest, '\n');

		if (slice_starts_with(line, name))
			rc = add_reading(all,
			    (struct slice){line.p + sizeof(name) - 1,
				line.n - (sizeof(name) - 1)},
			    item->leaf, 0, err);
	}
	return rc;
}

static int read_block(const struct case_state *state,
    const struct case_event *e, size_t event, struct case_readings *all,
    struct err *err)
{
	const struct record_value *v = NULL;
	struct record record = {0};
	int rc = case_state_record(state, e->leaf, &record, err);

	while (rc == 0 && e->block < record.block_count &&
	    (v = record_next(&record, &record.blocks[e->block],
		 RECORD_F_TELLTALE, v)) != NULL)
		rc = add_reading(all, v->value, e->leaf, event, err);
	record_done(&record);
	return rc;
}

int case_telltale_read(const struct case_state *state, uint32_t item,
    const struct case_event *events, size_t event_count,
    struct case_readings *ret_readings, struct err *err)
{
	const struct case_item *it = case_state_item(state, item);
	uint32_t leaf = it->leaf, block = it->block;
	int rc = 0;

	ret_readings->n = 0;
	if (event_count > 0)
		rc = read_first(state, it, ret_readings, err);
	for (size_t i = 0; i < event_count && rc == 0; i++) {
		const struct case_event *e = &events[i];
		bool is_read = (e->leaf == it->leaf && e->block == it->block) ||
		    (e->leaf == leaf && e->block == block);

		if (!e->has_telltale ||
		    (is_read && case_is_on("telltale: a block is read once")))
			continue;
		leaf = e->leaf;
		block = e->block;
		rc = read_block(state, e, i, ret_readings, err);
	}
	return rc;
}

const struct case_reading *case_telltale_before(
    const struct case_readings *readings, size_t i)
{
	for (size_t k = i; k-- > 0;)
		if (slice_is(readings->p[k].counter, readings->p[i].counter))
			return &readings->p[k];
	return NULL;
}

/* ---- in a finding ---- */

static bool is_explaining(void *cookie, size_t k, size_t i)
{
	return case_weigh_is_explaining(cookie, k, i);
}

/* Of two readings at one time it is that moment which meets the period. */
static bool is_in_period(
    const struct case_weighing *w, int64_t since, int64_t at)
{
	return since == at ? case_weigh_is_span_in_period(w->f, at, at)
			   : case_weigh_is_after_in_period(w->f, since, at);
}

/* Each reading against the last one of its counter; the list has the first. */
void case_weigh_telltales(struct case_weighing *w)
{
	const struct case_view *view = w->view;
	struct case_telltale_timeline t = {.state = w->state,
	    .events = view->events,
	    .n = view->n,
	    .counts = is_explaining,
	    .cookie = w};
	struct case_readings all = {0};

	if (w->rc == 0)
		w->rc = case_telltale_read(
		    w->state, view->item, view->events, view->n, &all, w->err);
	for (size_t i = 0; i < all.n && w->rc == 0; i++) {
		const struct case_reading *new = &all.p[i];
		const struct case_reading *old = case_telltale_before(&all, i);
		enum case_telltale telltale = CASE_TELLTALE_NONE;

		if (old == NULL ||
		    (!is_in_period(w, view->events[old->event].at,
			 view->events[new->event].at) &&
			case_is_on("telltale: in the period")))
			continue;
		w->rc = case_telltale_judge(&t, old, new, &telltale, w->err);
		if (telltale != CASE_TELLTALE_NONE)
			case_weigh_add(w, CASE_CODE_TELLTALE,
			    view->events[new->event].leaf);
	}
	free(all.p);
}
