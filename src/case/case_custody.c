/*
 * case_custody.c: who holds an item, by walking through its timeline; and the
 * end of that walk, kept so that the next record goes on from there.
 *
 * Invariant: case_custody_walk says what custody is. What is kept is its
 * result after the whole timeline, and is thrown away as soon as anything that
 * the walk met could have changed: an event in the past of the item or of what
 * it is in (for an item that was moved, in anybody's past), its place, or,
 * where a sighting was judged, who is disinterested.
 */
#include "case_internal.h"

#include "mem.h"

#include <stdlib.h>

/* The item itself, then what it is in, outward. */
struct link {
	uint32_t item;
	uint32_t upheavals; /* of that item when the walk was made */
	size_t taken; /* its events that were walked over */
};

struct case_custody_end {
	struct case_custody custody;
	struct case_touch touch;
	struct case_event last;
	bool is_empty; /* there is no last event */
	bool is_decided; /* some sighting was judged, in this epoch: */
	uint64_t epoch;
	bool is_moved; /* some link was elsewhere before */
	uint64_t past_count; /* of the state, when the walk was made */
	uint64_t newest; /* leaf + 1 of the newest record in it */
	size_t link_count; /* 0: nothing is kept */
	struct link links[CASE_NESTING_MAX + 1];
};

void case_custody_note(struct case_touch *touch, const struct case_event *event)
{
	if (event->giver != CASE_NONE)
		case_set_add(&touch->givers, event->giver);
	if (event->receiver != CASE_NONE)
		case_set_add(&touch->receivers, event->receiver);
}

/* Does the event bring in nobody new? */
static bool is_noted(
    const struct case_touch *touch, const struct case_event *event)
{
	return (event->giver == CASE_NONE ||
		   case_set_has(&touch->givers, event->giver)) &&
	    (event->receiver == CASE_NONE ||
		case_set_has(&touch->receivers, event->receiver));
}

bool case_custody_is_qualifying(const struct case_state *state,
    const struct case_touch *touch, const struct case_event *event,
    uint32_t recipient, int64_t enrolled_before)
{
	size_t n;
	const uint32_t *signers = case_state_signers(state, event->leaf, &n);

	if ((!event->is_identified && case_is_on("holders: identified")) ||
	    (event->is_breach && case_is_on("holders: no breach")) ||
	    (state->leaves[event->leaf].is_compromised &&
		case_is_on("holders: not compromised")) ||
	    (!case_state_is_signed_by(state, event->leaf, event->receiver) &&
		case_is_on("holders: signed by the holder")))
		return false;
	for (size_t i = 0; i < n; i++)
		if ((signers[i] != event->receiver ||
			case_is_off("holders: by two")) &&
		    (case_party_is_disinterested(state, signers[i], touch,
			 recipient, enrolled_before) ||
			case_is_off("holders: by somebody disinterested")))
			return true;
	return false;
}

static bool is_only_holder(const struct case_custody *custody, uint32_t party)
{
	struct case_set others = custody->holders;

	if (party == CASE_NONE || !case_set_has(&others, party))
		return false;
	others.words[party / 64] &= ~(UINT64_C(1) << (party % 64));
	return case_set_is_empty(&others);
}

/* One step, judging the sighting if something hangs on it. */
static void step(const struct case_state *state, struct case_custody *custody,
    const struct case_touch *touch, const struct case_event *event,
    bool *is_decided)
{
	bool is_asked = event->type == CASE_EVENT_SEEN &&
	    (custody->is_open || !is_only_holder(custody, event->receiver));

	*is_decided = *is_decided || is_asked;
	case_item_step(custody, event,
	    is_asked &&
		case_custody_is_qualifying(
		    state, touch, event, CASE_NONE, INT64_MAX));
}

struct case_custody case_custody_walk(
    const struct case_state *state, uint32_t item, int64_t at, uint32_t leaf)
{
	struct case_custody custody = {0};
	struct case_touch touch = {0};
	struct case_event *events = NULL;
	size_t cap = 0, n = 0;
	bool ignored = false;

	/* Without memory nobody is known to hold it, which admits nothing. */
	if (case_state_timeline(state, item, &events, &cap, &n, NULL) != 0)
		n = 0;
	for (size_t i = 0; i < n; i++)
		case_custody_note(&touch, &events[i]);
	for (size_t i = 0; i < n && case_item_is_before(&events[i], at, leaf);
	     i++)
		step(state, &custody, &touch, &events[i], &ignored);
	free(events);
	return custody;
}

/* ---- the end, kept ---- */

static void take(const struct case_state *state, struct case_custody_end *end,
    const struct case_event *event)
{
	step(state, &end->custody, &end->touch, event, &end->is_decided);
	end->last = *event;
	end->is_empty = false;
	if (event->leaf >= end->newest)
		end->newest = (uint64_t)event->leaf + 1;
}

/* The item and what it is in now. Something that is in itself is walked
 * through every time. */
static void link_up(
    const struct case_state *state, uint32_t item, struct case_custody_end *end)
{
	uint32_t at = item;

	while (at != CASE_NONE && end->link_count <= CASE_NESTING_MAX) {
		for (size_t i = 0; i < end->link_count; i++) {
			if (end->links[i].item != at)
				continue;
			end->link_count = 0;
			return;
		}
		end->links[end->link_count++] = (struct link){
		    .item = at,
		    .upheavals = state->items[at].upheavals,
		    .taken = state->items[at].event_count,
		};
		end->is_moved =
		    end->is_moved || case_item_has_moved(&state->items[at]);
		at = case_item_place(&state->items[at]);
	}
}

static bool walk_to_end(
    struct case_state *state, uint32_t item, struct case_custody_end *end)
{
	size_t n;

	*end = (struct case_custody_end){
	    .is_empty = true,
	    .epoch = case_party_epoch(state),
	    .past_count = state->past_count,
	};
	if (case_state_timeline(state, item, &state->timeline,
		&state->timeline_cap, &n, NULL) != 0)
		return false;
	for (size_t i = 0; i < n; i++)
		case_custody_note(&end->touch, &state->timeline[i]);
	for (size_t i = 0; i < n; i++)
		take(state, end, &state->timeline[i]);
	link_up(state, item, end);
	return true;
}

/* The next event that was not walked over, of the item or of what it is in. */
static const struct case_event *next(
    const struct case_state *state, struct case_custody_end *end)
{
	const struct case_event *first = NULL;
	struct link *from = NULL;

	for (size_t i = 0; i < end->link_count; i++) {
		struct link *link = &end->links[i];
		const struct case_item *it = &state->items[link->item];

		while (i > 0 && link->taken < it->event_count &&
		    !it->events[link->taken].is_shared)
			link->taken++;
		if (link->taken == it->event_count ||
		    (first != NULL &&
			case_item_compare(first, &it->events[link->taken]) <=
			    0))
			continue;
		first = &it->events[link->taken];
		from = link;
	}
	if (from != NULL)
		from->taken++;
	return first;
}

/* Goes on from what is kept; false if that no longer holds. */
static bool go_on(const struct case_state *state, struct case_custody_end *end)
{
	const struct case_event *event;

	if (end->link_count == 0 ||
	    (end->is_moved && end->past_count != state->past_count) ||
	    (end->is_decided && end->epoch != case_party_epoch(state)))
		return false;
	for (size_t i = 0; i < end->link_count; i++)
		if (state->items[end->links[i].item].upheavals !=
		    end->links[i].upheavals)
			return false;
	while ((event = next(state, end)) != NULL) {
		if (!end->is_empty && case_item_compare(event, &end->last) < 0)
			return false;
		if (end->is_decided && !is_noted(&end->touch, event))
			return false;
		case_custody_note(&end->touch, event);
		take(state, end, event);
	}
	return true;
}

/* The walk up to now, or NULL without memory. */
static const struct case_custody_end *find_end(
    struct case_state *state, uint32_t item)
{
	struct case_item *it = &state->items[item];

	if (it->end == NULL)
		it->end = mem_new(1, sizeof(*it->end));
	if (it->end == NULL)
		return NULL;
	if (go_on(state, it->end) || walk_to_end(state, item, it->end))
		return it->end;
	it->end->link_count = 0;
	return NULL;
}

bool case_custody_at_end(struct case_state *state, uint32_t item, int64_t at,
    uint32_t leaf, struct case_custody *ret_custody)
{
	const struct case_custody_end *end = find_end(state, item);

	if (end == NULL ||
	    (!end->is_empty && !case_item_is_before(&end->last, at, leaf)))
		return false;
	*ret_custody = end->custody;
	return true;
}

bool case_custody_is_since(
    struct case_state *state, uint32_t item, uint64_t leaf)
{
	const struct case_custody_end *end = find_end(state, item);

	/* Without memory nothing is admitted. */
	return end == NULL || end->newest > leaf;
}

void case_custody_fetch(const struct case_state *state, struct slice id)
{
	uint32_t item = case_state_find_item(state, id);

	if (item == CASE_NONE)
		return;
	const struct case_item *it = &state->items[item];
	if (it->end != NULL)
		mem_fetch(it->end, sizeof(*it->end));
	if (it->event_count > 0)
		mem_fetch(
		    &it->events[it->event_count - 1], sizeof(*it->events));
	if (it->seal_count > 0)
		mem_fetch(it->seals[it->seal_count - 1].number.p, 1);
	else
		mem_fetch(it->seal.p, 1);
}
