/*
 * case_view.c: one item's timeline as the finding sees it: who held it after
 * each event, and which events are qualifying sightings (findings 5.4).
 */
#include "case_internal.h"

#include "mem.h"

#include <stdlib.h>

/* Is the event one of the item's own, not of what it is in? */
static bool is_own(const struct case_state *state, uint32_t item,
    const struct case_event *event)
{
	const struct case_item *it = case_state_item(state, item);

	for (size_t i = 0; i < it->event_count; i++)
		if (it->events[i].leaf == event->leaf &&
		    it->events[i].block == event->block &&
		    it->events[i].type == event->type)
			return true;
	return false;
}

/* After this the package's seal no longer vouches for the item: it was open
 * without somebody disinterested present throughout, or it was said not to hold
 * the item. Only a sighting of the item itself does then. */
static bool is_unsealing(const struct case_inquiry *inquiry, uint32_t item,
    const struct case_event *event)
{
	const struct case_state *state = inquiry->state;
	size_t n;
	const uint32_t *signers = case_state_signers(state, event->leaf, &n);

	if (event->type == CASE_EVENT_MISSING)
		return is_own(state, item, event);
	if (event->type != CASE_EVENT_OPENED &&
	    event->type != CASE_EVENT_SEALED &&
	    event->type != CASE_EVENT_TAKEN_OUT &&
	    event->type != CASE_EVENT_PUT_IN)
		return false;
	for (size_t i = 0; i < n && event->is_attended; i++)
		if (case_state_is_disinterested(state, signers[i], item,
			inquiry->finding->recipient,
			inquiry->finding->period_to))
			return false;
	return true;
}

int case_view_make(struct case_view *view, const struct case_inquiry *inquiry,
    uint32_t item, struct err *err)
{
	const struct case_state *state = inquiry->state;
	const struct case_finding *finding = inquiry->finding;
	struct case_custody custody = {0};
	bool is_unsealed = false;
	int rc = case_state_timeline(
	    state, item, &view->events, &view->cap, &view->n, err);

	if (rc == 0)
		rc = mem_grow((void **)&view->holders, &view->holder_cap,
		    view->n + 1, sizeof(*view->holders), err);
	if (rc == 0)
		rc = mem_grow((void **)&view->is_qualifying,
		    &view->qualifying_cap, view->n + 1,
		    sizeof(*view->is_qualifying), err);
	if (rc != 0)
		return rc;
	view->item = item;
	for (size_t i = 0; i < view->n; i++) {
		const struct case_event *e = &view->events[i];
		bool is_sighting = e->type == CASE_EVENT_SEIZED ||
		    e->type == CASE_EVENT_FOUND ||
		    ((e->type == CASE_EVENT_SEEN ||
			 e->type == CASE_EVENT_DESTROYED) &&
			e->receiver != CASE_NONE &&
			case_set_has(&custody.holders, e->receiver));

		view->is_qualifying[i] = is_sighting &&
		    case_item_is_qualifying(
			state, item, e, finding->recipient, finding->period_to);
		if (e->type == CASE_EVENT_SEEN && !is_own(state, item, e))
			view->is_qualifying[i] =
			    view->is_qualifying[i] && !is_unsealed;
		else if (view->is_qualifying[i])
			is_unsealed = false;
		if (is_unsealing(inquiry, item, e))
			is_unsealed = true;
		case_item_step(&custody, e, view->is_qualifying[i]);
		view->holders[i] = custody.holders;
	}
	return 0;
}

void case_view_done(struct case_view *view)
{
	free(view->events);
	free(view->holders);
	free(view->is_qualifying);
	*view = (struct case_view){0};
}

int64_t case_view_end(const struct case_view *view, size_t i)
{
	return i + 1 < view->n ? view->events[i + 1].at : INT64_MAX;
}

bool case_view_sighting_before(
    const struct case_view *view, size_t i, size_t *ret_sighting)
{
	uint32_t leaf = view->events[i].leaf;

	/* What one record both saw and missed was not seen before. */
	while (i-- > 0) {
		if (!view->is_qualifying[i] || view->events[i].leaf == leaf)
			continue;
		*ret_sighting = i;
		return true;
	}
	return false;
}

bool case_view_has_sighting_after(const struct case_view *view, int64_t at)
{
	for (size_t i = view->n; i-- > 0 && view->events[i].at > at;)
		if (view->is_qualifying[i])
			return true;
	return false;
}
