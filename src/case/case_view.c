/*
 * case_view.c: one item's timeline as the finding sees it: who held it after
 * each event, and which events are qualifying sightings (findings 5.4).
 */
#include "case_internal.h"

#include "mem.h"

#include <stdlib.h>

bool case_view_is_disinterested(struct case_view *view, uint32_t party)
{
	const struct case_finding *finding = view->inquiry->finding;

	if (!case_set_has(&view->asked, party)) {
		case_set_add(&view->asked, party);
		if (case_party_is_disinterested(finding->state, party,
			&view->touch, finding->recipient, finding->period_to))
			case_set_add(&view->disinterested, party);
	}
	return case_set_has(&view->disinterested, party);
}

/* Seen identified, by its holder and a party disinterested for the item. */
static bool is_qualifying(
    struct case_view *view, const struct case_event *event)
{
	const struct case_state *state = view->inquiry->state;
	size_t n;
	const uint32_t *signers = case_state_signers(state, event->leaf, &n);

	if ((!event->is_identified && case_is_on("sighting: identified")) ||
	    (event->is_breach && case_is_on("sighting: no breach")) ||
	    (state->leaves[event->leaf].is_compromised &&
		case_is_on("sighting: not compromised")) ||
	    (!case_state_is_signed_by(state, event->leaf, event->receiver) &&
		case_is_on("sighting: signed by the holder")))
		return false;
	for (size_t i = 0; i < n; i++)
		if ((signers[i] != event->receiver ||
			case_is_off("sighting: by two")) &&
		    (case_view_is_disinterested(view, signers[i]) ||
			case_is_off("sighting: by somebody disinterested")))
			return true;
	return false;
}

/* After this the package's seal no longer vouches for the item: it was open
 * without somebody disinterested present throughout, or it was said not to hold
 * the item, or a rule was broken with it. Only a sighting of the item itself
 * does then. */
static bool is_unsealing(struct case_view *view, const struct case_event *event)
{
	size_t n;
	const uint32_t *signers =
	    case_state_signers(view->inquiry->state, event->leaf, &n);

	if (event->is_breach && !event->is_inherited &&
	    case_is_on("unsealed: by its own breach"))
		return true;
	if (event->type == CASE_EVENT_MISSING)
		return !event->is_inherited &&
		    case_is_on("unsealed: by its own miss");
	if (event->type != CASE_EVENT_OPENED &&
	    event->type != CASE_EVENT_SEALED &&
	    event->type != CASE_EVENT_TAKEN_OUT &&
	    event->type != CASE_EVENT_PUT_IN)
		return false;
	if (case_is_off("unsealed: by an opening"))
		return false;
	for (size_t i = 0; i < n &&
	     (event->is_attended || case_is_off("unsealed: unless attended"));
	     i++)
		if (case_view_is_disinterested(view, signers[i]) ||
		    case_is_off(
			"unsealed: unless before somebody disinterested"))
			return false;
	return true;
}

/* Is event i a sighting that qualifies, with the package's seal unbroken where
 * only the package was seen? */
static bool is_sighting(struct case_view *view, const struct case_event *e,
    const struct case_set *holders, bool is_unsealed)
{
	bool is_seen = e->type == CASE_EVENT_SEEN;
	bool is_by_holder = is_seen || e->type == CASE_EVENT_DESTROYED;

	if (is_by_holder &&
	    (e->receiver == CASE_NONE ||
		(!case_set_has(holders, e->receiver) &&
		    case_is_on("sighting: where it is held"))))
		return false;
	if (is_seen && is_unsealed && e->is_inherited &&
	    case_is_on("sighting: not unsealed"))
		return false;
	return (is_by_holder || e->type == CASE_EVENT_SEIZED ||
		   e->type == CASE_EVENT_FOUND) &&
	    is_qualifying(view, e);
}

static void walk(struct case_view *view)
{
	struct case_custody custody = {0};
	bool is_unsealed = false;

	for (size_t i = 0; i < view->n; i++) {
		const struct case_event *e = &view->events[i];

		view->is_qualifying[i] =
		    is_sighting(view, e, &custody.holders, is_unsealed);
		if (view->is_qualifying[i] &&
		    (!(e->type == CASE_EVENT_SEEN && e->is_inherited) ||
			case_is_off("unsealed: until seen itself")))
			is_unsealed = false;
		if (is_unsealing(view, e))
			is_unsealed = true;
		case_item_step(&custody, e, view->is_qualifying[i]);
		view->holders[i] = custody.holders;
	}
}

int case_view_make(struct case_view *view, const struct case_inquiry *inquiry,
    uint32_t item, struct err *err)
{
	int rc = case_state_timeline(
	    inquiry->state, item, &view->events, &view->cap, &view->n, err);

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
	view->inquiry = inquiry;
	view->touch = (struct case_touch){0};
	view->asked = view->disinterested = (struct case_set){0};
	for (size_t i = 0; i < view->n; i++)
		case_custody_note(&view->touch, &view->events[i]);
	walk(view);
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
		if (!view->is_qualifying[i] ||
		    (view->events[i].leaf == leaf &&
			case_is_on(
			    "interval: from a sighting of another record")))
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
