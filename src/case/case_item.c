/*
 * case_item.c: items, what happened to each, and who holds it.
 *
 * An event stands once, on the item that the record names; what is inside
 * shares it for as long as it is inside. A timeline is the item's own events
 * merged with those of its containers, by (at, leaf).
 */
#include "case_internal.h"

#include "mem.h"
#include "text.h"

#include <stdlib.h>

static const char *const type_names[CASE_ITEM_TYPE_COUNT] = {
    [CASE_PACKAGE] = "package",
    [CASE_COMPUTER] = "computer",
    [CASE_CASING] = "casing",
    [CASE_DRIVE] = "drive",
    [CASE_PHONE] = "phone",
    [CASE_MEDIUM] = "medium",
    [CASE_DOCUMENT] = "document",
    [CASE_IMAGE] = "image",
    [CASE_EXTRACT] = "extract",
};

const char *case_item_type_name(enum case_item_type type)
{
	return type_names[type];
}

bool case_item_type_find(struct slice name, enum case_item_type *ret_type)
{
	for (int i = 0; i < CASE_ITEM_TYPE_COUNT; i++) {
		if (slice_is_text(name, type_names[i])) {
			*ret_type = (enum case_item_type)i;
			return true;
		}
	}
	return false;
}

bool case_state_is_thing(const struct case_item *item)
{
	return item->type != CASE_PACKAGE && item->type != CASE_COMPUTER;
}

int case_item_add(struct case_state *state, struct slice id,
    enum case_item_type type, uint32_t *ret_item, struct err *err)
{
	int rc = mem_grow((void **)&state->items, &state->item_cap,
	    state->item_count + 1, sizeof(*state->items), err);
	struct slice lower = case_arena_lower(state, id);

	if (rc != 0)
		return rc;
	if (lower.p == NULL)
		return err_nomem(err);
	uint32_t item = (uint32_t)state->item_count;
	rc = map_put(&state->item_names, lower, item, err);
	if (rc != 0)
		return rc;
	state->items[item] = (struct case_item){.id = id,
	    .type = type,
	    .inside = CASE_NONE,
	    .derived_from = CASE_NONE};
	state->item_count++;
	*ret_item = item;
	return 0;
}

uint32_t case_state_find_item(const struct case_state *state, struct slice id)
{
	char lower[TEXT_IDENTIFIER_MAX];
	uint32_t item;

	if (id.p == NULL || id.n > sizeof(lower))
		return CASE_NONE;
	text_lower(lower, id);
	if (!map_get(&state->item_names, (struct slice){lower, id.n}, &item) ||
	    !slice_is(state->items[item].id, id))
		return CASE_NONE;
	return item;
}

void case_item_fetch(const struct case_state *state, struct slice id)
{
	uint32_t item = case_state_find_item(state, id);

	if (item != CASE_NONE)
		mem_fetch(&state->items[item], sizeof(*state->items));
}

int case_item_put_inside(struct case_state *state, uint32_t item,
    uint32_t container, struct err *err)
{
	struct case_item *c = &state->items[container];

	for (size_t i = 0; i < c->content_count; i++)
		if (c->contents[i] == item)
			return 0;
	int rc = mem_grow((void **)&c->contents, &c->content_cap,
	    c->content_count + 1, sizeof(*c->contents), err);
	if (rc == 0)
		c->contents[c->content_count++] = item;
	return rc;
}

/* Order of events: by time, then by the ledger, then within the record. */
int case_item_compare(const struct case_event *a, const struct case_event *b)
{
	if (a->at != b->at)
		return a->at < b->at ? -1 : 1;
	if (a->leaf != b->leaf)
		return a->leaf < b->leaf ? -1 : 1;
	if (a->block != b->block)
		return a->block < b->block ? -1 : 1;
	return a->type < b->type ? -1 : a->type > b->type;
}

static int compare_events_of_sort(const void *a, const void *b)
{
	return case_item_compare(a, b);
}

bool case_item_is_before(
    const struct case_event *event, int64_t at, uint32_t leaf)
{
	return event->at < at || (event->at == at && event->leaf < leaf);
}

/* Whether this event takes the item out of whatever it was in; `other` is what
 * it is in afterwards, if anything. */
static bool is_leaving(const struct case_event *event)
{
	return event->type == CASE_EVENT_TAKEN_OUT ||
	    event->type == CASE_EVENT_GIVEN ||
	    event->type == CASE_EVENT_PUT_IN || event->type == CASE_EVENT_FOUND;
}

uint32_t case_item_place(const struct case_item *item)
{
	return item->move_count > 0 ? item->events[item->move_count - 1].other
				    : item->inside;
}

/* Takes event i into what is known after all of them. */
static void follow(struct case_item *it, size_t i)
{
	const struct case_event *e = &it->events[i];

	if (is_leaving(e))
		it->move_count = (uint32_t)i + 1;
	if (e->type == CASE_EVENT_OPENED || e->type == CASE_EVENT_SEALED)
		it->is_opened = e->type == CASE_EVENT_OPENED;
}

/* What is in a thing is handed over with it: whoever offers the thing must know
 * of this leaf. */
static void stir(struct case_state *state, uint32_t place, uint32_t leaf)
{
	for (int depth = 0; place != CASE_NONE && depth < CASE_NESTING_MAX;
	     depth++) {
		if (state->items[place].stirred <= leaf)
			state->items[place].stirred = leaf + 1;
		place = case_item_place(&state->items[place]);
	}
}

int case_item_add_event(struct case_state *state, uint32_t item,
    struct case_event event, struct err *err)
{
	struct case_item *it = &state->items[item];
	uint32_t place = case_item_place(it);
	/* Of most things it is said once that they were seized: no more room
	 * than that, to begin with. */
	int rc = it->event_cap == 0
	    ? mem_reserve((void **)&it->events, &it->event_cap, 1,
		  sizeof(*it->events), err)
	    : mem_grow((void **)&it->events, &it->event_cap,
		  it->event_count + 1, sizeof(*it->events), err);

	if (rc != 0)
		return rc;
	size_t i = it->event_count++;
	for (; i > 0 && case_item_compare(&it->events[i - 1], &event) > 0; i--)
		it->events[i] = it->events[i - 1];
	it->events[i] = event;
	bool is_in_the_past = i + 1 < it->event_count;
	if (is_in_the_past) {
		it->move_count = 0;
		it->is_opened = false;
		i = 0;
	}
	for (; i < it->event_count; i++)
		follow(it, i);
	it->upheavals += is_in_the_past || case_item_place(it) != place;
	stir(state, place, event.leaf);
	if (case_item_place(it) != place)
		stir(state, case_item_place(it), event.leaf);
	if (event.at < state->newest_at)
		state->past_count++;
	else
		state->newest_at = event.at;
	return 0;
}

int case_item_add_seal(struct case_state *state, uint32_t item,
    struct case_seal seal, struct err *err)
{
	struct case_item *it = &state->items[item];
	int rc = mem_grow((void **)&it->seals, &it->seal_cap,
	    it->seal_count + 1, sizeof(*it->seals), err);

	if (rc != 0)
		return rc;
	size_t i = it->seal_count++;
	for (; i > 0 &&
	     (it->seals[i - 1].at > seal.at ||
		 (it->seals[i - 1].at == seal.at &&
		     it->seals[i - 1].leaf > seal.leaf));
	     i--)
		it->seals[i] = it->seals[i - 1];
	it->seals[i] = seal;
	return 0;
}

/* What it was in before any of its events. Of what was found in something
 * later nobody knows where it was before. */
static uint32_t first_container(const struct case_item *item)
{
	for (size_t i = 0; i < item->move_count; i++)
		if (item->events[i].type == CASE_EVENT_FOUND)
			return CASE_NONE;
	return item->inside;
}

bool case_item_has_moved(const struct case_item *item)
{
	uint32_t place = case_item_place(item);

	for (size_t i = 0; i < item->move_count; i++)
		if (is_leaving(&item->events[i]) &&
		    item->events[i].other != place)
			return true;
	return first_container(item) != place;
}

/* Does `at` lie behind all events of the item? */
static bool is_after_all(const struct case_item *it, int64_t at)
{
	return it->event_count == 0 || it->events[it->event_count - 1].at <= at;
}

uint32_t case_state_container(
    const struct case_state *state, uint32_t item, int64_t at)
{
	const struct case_item *it = &state->items[item];

	if (is_after_all(it, at))
		return case_item_place(it);
	uint32_t container = first_container(it);
	for (size_t i = 0; i < it->move_count && it->events[i].at <= at; i++)
		if (is_leaving(&it->events[i]))
			container = it->events[i].other;
	return container;
}

/* A stretch of one item's events: from `from` (inclusive) to `to`. */
struct stretch {
	uint32_t item;
	unsigned depth;
	int64_t from_at, to_at;
	uint32_t from_leaf, to_leaf;
};

struct merge {
	const struct case_state *state;
	struct stretch *stretches;
	size_t n, cap;
};

static bool is_in(const struct stretch *s, const struct case_event *e)
{
	return !case_item_is_before(e, s->from_at, s->from_leaf) &&
	    case_item_is_before(e, s->to_at, s->to_leaf);
}

/* The part of `s` in which the item was in `container`: [from, to). */
static int add_stretch(struct merge *m, const struct stretch *s,
    uint32_t container, int64_t from_at, uint32_t from_leaf, int64_t to_at,
    uint32_t to_leaf, struct err *err)
{
	struct stretch part = {.item = container, .depth = s->depth + 1};
	bool is_from_later = from_at > s->from_at ||
	    (from_at == s->from_at && from_leaf > s->from_leaf);
	bool is_to_earlier =
	    to_at < s->to_at || (to_at == s->to_at && to_leaf < s->to_leaf);

	if (container == CASE_NONE || part.depth > CASE_NESTING_MAX)
		return 0;
	part.from_at = is_from_later ? from_at : s->from_at;
	part.from_leaf = is_from_later ? from_leaf : s->from_leaf;
	part.to_at = is_to_earlier ? to_at : s->to_at;
	part.to_leaf = is_to_earlier ? to_leaf : s->to_leaf;
	int rc = mem_grow((void **)&m->stretches, &m->cap, m->n + 1,
	    sizeof(*m->stretches), err);
	if (rc == 0)
		m->stretches[m->n++] = part;
	return rc;
}

static int add_containers(struct merge *m, struct stretch s, struct err *err)
{
	const struct case_item *it = &m->state->items[s.item];
	uint32_t container = first_container(it);
	int64_t from_at = INT64_MIN;
	uint32_t from_leaf = 0;
	int rc = 0;

	for (size_t i = 0; i < it->move_count && rc == 0; i++) {
		const struct case_event *e = &it->events[i];

		if (!is_leaving(e))
			continue;
		rc = add_stretch(
		    m, &s, container, from_at, from_leaf, e->at, e->leaf, err);
		container = e->other;
		from_at = e->at;
		from_leaf = e->leaf;
	}
	if (rc == 0)
		rc = add_stretch(m, &s, container, from_at, from_leaf,
		    INT64_MAX, CASE_NONE, err);
	return rc;
}

int case_state_timeline(const struct case_state *state, uint32_t item,
    struct case_event **events, size_t *cap, size_t *ret_n, struct err *err)
{
	struct merge m = {.state = state};
	struct stretch whole = {.item = item,
	    .from_at = INT64_MIN,
	    .to_at = INT64_MAX,
	    .to_leaf = CASE_NONE};
	size_t n = 0;
	int rc = mem_grow(
	    (void **)&m.stretches, &m.cap, 1, sizeof(*m.stretches), err);

	if (rc != 0)
		return rc;
	m.stretches[m.n++] = whole;
	for (size_t i = 0; i < m.n && rc == 0; i++) {
		struct stretch s = m.stretches[i];
		const struct case_item *it = &state->items[s.item];

		rc = mem_grow((void **)events, cap, n + it->event_count + 1,
		    sizeof(**events), err);
		for (size_t k = 0; k < it->event_count && rc == 0; k++)
			if (is_in(&s, &it->events[k]) &&
			    (s.depth == 0 || it->events[k].is_shared)) {
				(*events)[n] = it->events[k];
				(*events)[n++].is_inherited = s.depth > 0;
			}
		if (rc == 0)
			rc = add_containers(&m, s, err);
	}
	bool is_in_order = m.n == 1;
	free(m.stretches);
	if (rc != 0)
		return rc;
	/* One item's events come in order. */
	if (!is_in_order)
		qsort(*events, n, sizeof(**events), compare_events_of_sort);
	*ret_n = n;
	return 0;
}

void case_item_step(struct case_custody *custody,
    const struct case_event *event, bool is_qualifying)
{
	struct case_set *holders = &custody->holders;

	if (event->is_breach) {
		custody->is_open = case_is_on("holders: all after a breach");
		if (event->giver != CASE_NONE)
			case_set_add(holders, event->giver);
		if (event->receiver != CASE_NONE)
			case_set_add(holders, event->receiver);
		return;
	}
	switch (event->type) {
	case CASE_EVENT_SEIZED:
	case CASE_EVENT_FOUND:
		*custody = (struct case_custody){0};
		case_set_add(holders, event->receiver);
		break;
	case CASE_EVENT_GIVEN:
		if (!custody->is_open)
			holders->words[event->giver / 64] &=
			    ~(UINT64_C(1) << (event->giver % 64));
		case_set_add(holders, event->receiver);
		break;
	case CASE_EVENT_DESTROYED:
		*custody = (struct case_custody){0};
		break;
	case CASE_EVENT_SEEN:
		if ((!is_qualifying &&
			case_is_on("holders: until a sighting")) ||
		    (!case_set_has(holders, event->receiver) &&
			case_is_on("holders: seen at one of them")))
			break;
		*custody = (struct case_custody){0};
		case_set_add(holders, event->receiver);
		break;
	default:
		break;
	}
}

struct case_custody case_item_custody(
    struct case_state *state, uint32_t item, int64_t at, uint32_t leaf)
{
	struct case_custody custody;

	if (case_custody_at_end(state, item, at, leaf, &custody))
		return custody;
	return case_custody_walk(state, item, at, leaf);
}

struct case_set case_state_holders(
    const struct case_state *state, uint32_t item, int64_t at)
{
	return case_custody_walk(state, item, at, CASE_NONE).holders;
}

bool case_item_is_opened(
    const struct case_state *state, uint32_t item, int64_t at)
{
	const struct case_item *it = &state->items[item];
	bool is_opened = false;

	if (is_after_all(it, at))
		return it->is_opened;
	for (size_t i = 0; i < it->event_count && it->events[i].at <= at; i++) {
		if (it->events[i].type == CASE_EVENT_OPENED)
			is_opened = true;
		else if (it->events[i].type == CASE_EVENT_SEALED)
			is_opened = false;
	}
	return is_opened;
}

struct slice case_state_seal(const struct case_state *state, uint32_t item,
    int64_t at, bool *ret_is_enclosing)
{
	const struct case_item *it = &state->items[item];

	for (size_t i = it->seal_count; i-- > 0;) {
		if (it->seals[i].at > at)
			continue;
		*ret_is_enclosing = it->seals[i].is_enclosing;
		return it->seals[i].number;
	}
	*ret_is_enclosing = it->is_enclosing;
	return it->seal;
}
