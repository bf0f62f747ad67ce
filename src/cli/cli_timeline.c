/*
 * cli_timeline.c: events of room case, each with the block that it came from
 * and the holders that the records name after it.
 */
#include "cli_timeline.h"

#include "hash.h"
#include "mem.h"
#include "record.h"

#include <stdlib.h>

#define DEPTH_MAX 8 /* containers; the state follows no more either */

/* Who, beside giver and receiver, has part in it. */
static enum record_name other_party(enum case_event_type type)
{
	switch (type) {
	case CASE_EVENT_EXAMINED:
		return RECORD_F_EXAMINER;
	case CASE_EVENT_UNLOCKED:
		return RECORD_F_HOST;
	case CASE_EVENT_DISCLOSED:
		return RECORD_F_TO;
	default:
		return RECORD_F_NONE;
	}
}

static int read_block(const struct case_state *state,
    struct cli_timeline_step *step, struct err *err)
{
	const struct case_event *event = &step->event;
	struct record record = {0};
	int rc = 0;

	if (event->block == CASE_NONE)
		return 0;
	rc = case_state_record(state, event->leaf, &record, err);
	if (rc == 0) {
		if (event->block < record.block_count)
			step->about = record.blocks[event->block].id;
		step->with = record_get(&record, other_party(event->type));
	}
	record_done(&record);
	return rc;
}

int cli_timeline_make(struct cli_timeline *timeline,
    const struct case_state *state, uint32_t item, struct err *err)
{
	struct case_event *events = NULL;
	size_t cap = 0, n = 0;
	int rc = case_state_timeline(state, item, &events, &cap, &n, err);

	*timeline = (struct cli_timeline){.state = state, .item = item};
	if (rc != 0)
		goto out;
	timeline->steps = mem_new(n + 1, sizeof(timeline->steps[0]));
	if (timeline->steps == NULL) {
		rc = err_nomem(err);
		goto out;
	}
	for (size_t i = 0; i < n && rc == 0; i++) {
		struct cli_timeline_step *step =
		    &timeline->steps[timeline->n++];

		step->event = events[i];
		step->holders = case_state_holders(state, item, events[i].at);
		rc = read_block(state, step, err);
	}
out:
	free(events);
	return rc;
}

void cli_timeline_done(struct cli_timeline *timeline)
{
	free(timeline->steps);
	*timeline = (struct cli_timeline){0};
}

static const struct {
	const char *word;
	const char *phrase;
} types[] = {
    [CASE_EVENT_SEIZED] = {"seized", "seized"},
    [CASE_EVENT_FOUND] = {"found", "found and listed"},
    [CASE_EVENT_GIVEN] = {"given", "handed over"},
    [CASE_EVENT_OPENED] = {"opened", "seal broken under an order"},
    [CASE_EVENT_SEALED] = {"sealed", "sealed anew"},
    [CASE_EVENT_POWERED] = {"powered", "powered on"},
    [CASE_EVENT_TAKEN_OUT] = {"taken-out", "taken out"},
    [CASE_EVENT_PUT_IN] = {"put-in", "put in"},
    [CASE_EVENT_SEEN] = {"seen", "seen"},
    [CASE_EVENT_MISSING] = {"missing", "not found as listed"},
    [CASE_EVENT_BROKEN] = {"broken", "seal found broken"},
    [CASE_EVENT_TOLD] = {"told", "counters read"},
    [CASE_EVENT_MOVED] = {"moved", "moved, under the same custodian"},
    [CASE_EVENT_COPIED] = {"copied", "copied"},
    [CASE_EVENT_EXAMINED] = {"examined", "examined"},
    [CASE_EVENT_LOCKED] = {"locked", "locked to a quorum"},
    [CASE_EVENT_UNLOCKED] = {"unlocked", "opened by its quorum"},
    [CASE_EVENT_DISCLOSED] = {"disclosed", "data from it was given"},
    [CASE_EVENT_DESTROYED] = {"destroyed", "destroyed"},
};

const char *cli_timeline_word(enum case_event_type type)
{
	return types[type].word;
}

static void put_party(const struct cli_timeline *t, const char *before,
    uint32_t party, struct buf *out)
{
	if (party == CASE_NONE)
		return;
	buf_puts(out, before);
	buf_put_slice(out, case_state_party(t->state, party)->name);
}

/* What was done; of a copy, what it was made of; of a release, that it is
 * one. */
static void put_phrase(
    const struct cli_timeline *t, const struct case_event *e, struct buf *out)
{
	const struct case_item *item = case_state_item(t->state, t->item);
	enum record_kind kind = case_state_leaf(t->state, e->leaf)->kind;

	if (e->type == CASE_EVENT_FOUND && kind == RECORD_IMAGE &&
	    item->derived_from != CASE_NONE)
		buf_printf(out, "made as a copy of %.*s",
		    SLICE_ARG(
			case_state_item(t->state, item->derived_from)->id));
	else if (e->type == CASE_EVENT_GIVEN && kind == RECORD_RELEASE)
		buf_puts(out, "given back");
	else
		buf_puts(out, types[e->type].phrase);
}

static void put_other(const struct cli_timeline_step *step, struct buf *out)
{
	const char *before = step->event.type == CASE_EVENT_EXAMINED ? " by "
	    : step->event.type == CASE_EVENT_DISCLOSED		     ? " to "
								     : " at ";

	if (step->with.p != NULL)
		buf_printf(out, "%s%.*s", before, SLICE_ARG(step->with));
}

/* The record names another item: what this one was in, or its copy. */
static void put_about(const struct cli_timeline_step *step, struct buf *out)
{
	buf_printf(out,
	    step->event.type == CASE_EVENT_COPIED ? " as %.*s" : " (in %.*s)",
	    SLICE_ARG(step->about));
}

void cli_timeline_put_what(
    const struct cli_timeline *timeline, size_t step, struct buf *out)
{
	const struct cli_timeline_step *s = &timeline->steps[step];
	const struct case_event *e = &s->event;
	struct slice id = case_state_item(timeline->state, timeline->item)->id;
	bool is_given = e->type == CASE_EVENT_GIVEN;
	bool is_taken =
	    e->type == CASE_EVENT_SEIZED || e->type == CASE_EVENT_FOUND;
	const char *before = is_given ? " to " : is_taken ? " by " : " at ";

	put_phrase(timeline, e, out);
	if (e->other != CASE_NONE && e->type == CASE_EVENT_PUT_IN)
		buf_printf(out, " to %.*s",
		    SLICE_ARG(case_state_item(timeline->state, e->other)->id));
	if (s->about.p != NULL && !slice_is(s->about, id))
		put_about(s, out);
	put_other(s, out);
	if (e->type == CASE_EVENT_DESTROYED && !e->is_identified)
		buf_puts(out, ", not identified");
	if (e->type == CASE_EVENT_SEEN)
		buf_puts(out,
		    e->is_identified ? ", seal or serial number as recorded"
				     : ", not identified");
	put_party(timeline, is_taken ? " from " : " by ", e->giver, out);
	put_party(timeline, before, e->receiver, out);
	if (is_given)
		buf_puts(out,
		    e->is_signed_by_both ? ", signed by both"
					 : ", not signed by the receiver");
	if (e->is_breach)
		buf_puts(out, " [breach]");
	if (e->is_late)
		buf_puts(out, " [entered late]");
}

enum cli_timeline_seal cli_timeline_seal(
    const struct case_item *item, uint32_t *ret_leaf)
{
	enum cli_timeline_seal seal = CLI_TIMELINE_WHOLE;

	for (size_t i = 0; i < item->event_count; i++) {
		const struct case_event *e = &item->events[i];

		if (e->type == CASE_EVENT_SEALED)
			seal = CLI_TIMELINE_WHOLE;
		if (e->type != CASE_EVENT_BROKEN &&
		    e->type != CASE_EVENT_OPENED)
			continue;
		seal = e->type == CASE_EVENT_BROKEN ? CLI_TIMELINE_BROKEN
						    : CLI_TIMELINE_OPEN;
		if (ret_leaf != NULL)
			*ret_leaf = e->leaf;
	}
	return seal;
}

bool cli_timeline_is_missing(const struct case_item *item, uint32_t *ret_leaf)
{
	bool is_missing = false;

	for (size_t i = 0; i < item->event_count; i++) {
		const struct case_event *e = &item->events[i];

		if (e->type == CASE_EVENT_SEEN && e->is_identified)
			is_missing = false;
		if (e->type != CASE_EVENT_MISSING)
			continue;
		is_missing = true;
		if (ret_leaf != NULL)
			*ret_leaf = e->leaf;
	}
	return is_missing;
}

/* A claim that only counts speaks of no item. */
static bool is_mere_count(const struct record *record)
{
	const struct record_value *v =
	    record_next(record, NULL, RECORD_F_ASSERTS, NULL);

	return v != NULL && slice_is_text(v->value, "count") &&
	    record_next(record, NULL, RECORD_F_ASSERTS, v) == NULL;
}

/* Kinds that have no blocks and say with `concerns:` what they are about. */
static bool is_about_concerns(enum record_kind kind)
{
	return kind == RECORD_CLAIM || kind == RECORD_QUESTION ||
	    kind == RECORD_ANSWER || kind == RECORD_ORDER ||
	    kind == RECORD_DRAW || kind == RECORD_OBJECTION;
}

static bool is_value_of(
    const struct record *record, const struct case_item *item)
{
	const struct record_value *v = NULL;

	while ((v = record_next(record, NULL, RECORD_F_CONCERNS, v)) != NULL)
		if (slice_is_text(v->value, "all") ||
		    slice_is(v->value, item->id) ||
		    slice_is_text(v->value, case_item_type_name(item->type)))
			return true;
	return false;
}

/* Does `concerns:` name the item, what it was listed in, or what it is a copy
 * of? Nothing named is everything. */
static bool is_concerned(
    const struct case_state *state, const struct record *record, uint32_t item)
{
	if (!record_has(record, RECORD_F_CONCERNS))
		return !is_mere_count(record);
	for (int k = 0; item != CASE_NONE && k <= DEPTH_MAX; k++) {
		uint32_t at = item;

		for (int n = 0; at != CASE_NONE && n <= DEPTH_MAX; n++) {
			if (is_value_of(record, case_state_item(state, at)))
				return true;
			at = case_state_item(state, at)->inside;
		}
		item = case_state_item(state, item)->derived_from;
	}
	return false;
}

/* What names no things itself, but another record (an extension, a revocation,
 * an objection to an order), is about the things of that one. */
static int is_about(const struct case_state *state, const struct record *record,
    uint32_t item, bool *ret_is, struct err *err)
{
	static const enum record_name names[] = {
	    RECORD_F_ORDER, RECORD_F_AGAINST};
	struct slice id = {NULL, 0};
	struct record other = {0};
	struct hash hash;
	uint32_t leaf = CASE_NONE;
	int rc;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (id.p == NULL && !record_has(record, RECORD_F_CONCERNS))
			id = record_get(record, names[i]);
	if (id.p != NULL && hash_from_hex(&hash, id))
		leaf = case_state_find_leaf(state, &hash);
	if (leaf == CASE_NONE ||
	    !is_about_concerns(case_state_leaf(state, leaf)->kind)) {
		*ret_is = is_concerned(state, record, item);
		return 0;
	}
	rc = case_state_record(state, leaf, &other, err);
	*ret_is = rc == 0 && is_concerned(state, &other, item);
	record_done(&other);
	return rc;
}

static bool is_named(const struct record *record, struct slice id)
{
	for (size_t i = 0; i < record->block_count; i++)
		if (slice_is(record->blocks[i].id, id))
			return true;
	return false;
}

int cli_timeline_is_beside(const struct cli_timeline *timeline, uint32_t leaf,
    bool *ret_is_beside, struct err *err)
{
	const struct case_leaf *l = case_state_leaf(timeline->state, leaf);
	const struct case_item *item =
	    case_state_item(timeline->state, timeline->item);
	struct record record = {0};
	int rc = case_state_record(timeline->state, leaf, &record, err);

	*ret_is_beside = false;
	if (rc == 0 && is_about_concerns(l->kind))
		rc = is_about(timeline->state, &record, timeline->item,
		    ret_is_beside, err);
	else if (rc == 0 && l->kind == RECORD_CORRECTION)
		*ret_is_beside =
		    slice_is(record_get(&record, RECORD_F_OF_ITEM), item->id);
	else if (rc == 0 &&
	    (l->kind == RECORD_INCIDENT || l->standing != CASE_GOOD))
		*ret_is_beside = is_named(&record, item->id);
	record_done(&record);
	return rc;
}
