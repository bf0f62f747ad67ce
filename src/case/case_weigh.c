/*
 * case_weigh.c: what the reasons and conditions have in common.
 */
#include "case_weigh.h"

#include <stdlib.h>

void case_weigh_add(struct case_weighing *w, enum case_code code, uint32_t leaf)
{
	if (w->rc == 0)
		w->rc = case_line_add_reason(w->line, code, leaf, w->err);
}

/* Does [from, to) or, if both are one, that moment meet the period? */
bool case_weigh_is_span_in_period(
    const struct case_finding *f, int64_t from, int64_t to)
{
	return from < f->period_to &&
	    (to > f->period_from || (from == to && from >= f->period_from));
}

/* Does (after, to] meet the period? */
bool case_weigh_is_after_in_period(
    const struct case_finding *f, int64_t after, int64_t to)
{
	return after < f->period_to - 1 && to >= f->period_from && after < to;
}

/* Does `weigh` to the item's copies, each with its own timeline. */
void case_weigh_each_copy(
    struct case_weighing *w, void (*weigh_copy)(struct case_weighing *w))
{
	struct case_view *view = w->view;
	struct case_view copy = {0};
	uint32_t *items = NULL;
	size_t n = 0;

	if (w->rc != 0 ||
	    case_state_item(w->state, view->item)->copy_count == 0)
		return;
	w->rc = case_copy_descendants(w->state, view->item, &items, &n, w->err);
	for (size_t i = 1; i < n && w->rc == 0; i++) {
		w->rc = case_view_make(&copy, w->q, items[i], w->err);
		w->view = &copy;
		if (w->rc == 0)
			weigh_copy(w);
		w->view = view;
	}
	case_view_done(&copy);
	free(items);
}

bool case_weigh_is_attested(const struct case_weighing *w, uint32_t leaf)
{
	size_t n;
	const uint32_t *signers = case_state_signers(w->state, leaf, &n);

	for (size_t i = 0; i < n; i++)
		if (case_view_is_disinterested(w->view, signers[i]))
			return true;
	return false;
}

/* Does event `k` explain what event `i` found? A record that explains counts
 * only if it was there first, or somebody disinterested signed it. */
bool case_weigh_is_explaining(const struct case_weighing *w, size_t k, size_t i)
{
	return (w->view->events[k].leaf < w->view->events[i].leaf &&
		   case_is_on("explained: there before")) ||
	    case_weigh_is_attested(w, w->view->events[k].leaf) ||
	    case_is_off("explained: before or disinterested");
}

/* What makes a drive's counters go on. */
bool case_weigh_is_use(enum case_event_type type)
{
	return type == CASE_EVENT_POWERED || type == CASE_EVENT_COPIED ||
	    type == CASE_EVENT_EXAMINED;
}

bool case_weigh_is_copy(const struct case_weighing *w)
{
	enum case_item_type type =
	    case_state_item(w->state, w->view->item)->type;

	return type == CASE_IMAGE || type == CASE_EXTRACT;
}
