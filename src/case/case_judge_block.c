/*
 * case_judge_block.c: the custody rules about one item (findings section 4):
 * who holds it, its seal, its copies, the order under which it is read.
 */
#include "case_judge.h"

#include <stdlib.h>

/* ---- custody ---- */

/* What the rules want to know about one block of a custody record. */
struct subject {
	struct case_state *state;
	const struct record *record;
	const struct record_block *block;
	uint32_t block_number;
	uint32_t item;
	int64_t entered;
	struct case_set holders; /* just before */
};

static bool is_a_signer_among(const struct case_state *state,
    const struct record *r, const struct case_set *set)
{
	for (size_t i = 0; i < r->signer_count; i++) {
		uint32_t p = case_state_find_party(state, r->signers[i].party);

		if (p != CASE_NONE && case_set_has(set, p))
			return true;
	}
	return false;
}

static bool is_a_signer_disinterested(const struct subject *s)
{
	for (size_t i = 0; i < s->record->signer_count; i++) {
		uint32_t p = case_state_find_party(
		    s->state, s->record->signers[i].party);

		if (p != CASE_NONE &&
		    case_state_is_disinterested(
			s->state, p, s->item, CASE_NONE, s->entered + 1))
			return true;
	}
	return false;
}

bool case_judge_is_seal_above(
    const struct record *r, size_t block, struct slice seal)
{
	for (size_t i = 0; i < block && seal.p != NULL; i++)
		if (slice_is(record_block_get(r, &r->blocks[i], RECORD_F_SEAL),
			seal))
			return true;
	return false;
}

static bool is_named(const struct record *r, struct slice id)
{
	for (size_t i = 0; i < r->block_count; i++)
		if (slice_is(r->blocks[i].id, id))
			return true;
	return false;
}

/* Does a block of the record name it, one whose signers hold it? */
static bool is_moved_along(
    struct case_state *state, const struct record *r, uint32_t item)
{
	if (!is_named(r, state->items[item].id))
		return false;
	struct case_set holders =
	    case_item_custody(state, item, r->at, (uint32_t)state->leaf_count)
		.holders;

	return is_a_signer_among(state, r, &holders) ||
	    case_is_off("with its package: one that is held");
}

/* Is the item in something sealed that does not move along? Then it left its
 * package, and no handling record says so. */
static bool is_out_of_a_seal(const struct subject *s)
{
	uint32_t at = case_state_container(s->state, s->item, s->record->at);
	bool is_enclosing;

	for (int depth = 0; at != CASE_NONE && depth < CASE_NESTING_MAX;
	     depth++) {
		if (is_moved_along(s->state, s->record, at) &&
		    case_is_on("seal-unexplained: with its package"))
			return false;
		if (case_state_seal(s->state, at, s->record->at, &is_enclosing)
			    .p != NULL &&
		    case_is_on("seal-unexplained: out of its package"))
			return true;
		at = case_state_container(s->state, at, s->record->at);
	}
	return false;
}

static bool is_other_seal(const struct subject *s)
{
	bool is_enclosing;
	struct slice stated =
	    record_block_get(s->record, s->block, RECORD_F_SEAL);
	struct slice known =
	    case_state_seal(s->state, s->item, s->record->at, &is_enclosing);

	return stated.p != NULL && known.p != NULL &&
	    !slice_is(stated, known) &&
	    case_is_on("seal-unexplained: another number");
}

/* If the record is placed before others by its time: does the next one go on
 * from `receiver`? */
static bool is_meeting_next(const struct subject *s, uint32_t receiver)
{
	struct case_event *events = NULL;
	size_t cap = 0, n = 0, i = 0;
	bool is_meeting = true;
	uint32_t leaf = (uint32_t)s->state->leaf_count;
	struct case_custody ignored;

	if (case_custody_at_end(
		s->state, s->item, s->record->at, leaf, &ignored))
		return true; /* there is no next one */
	if (case_state_timeline(s->state, s->item, &events, &cap, &n, NULL) !=
	    0)
		n = 0;
	while (i < n && case_item_is_before(&events[i], s->record->at, leaf))
		i++;
	for (; i < n; i++) {
		if (events[i].type == CASE_EVENT_GIVEN) {
			is_meeting = events[i].giver == receiver;
			break;
		}
		if (events[i].type == CASE_EVENT_SEEN ||
		    events[i].type == CASE_EVENT_MISSING) {
			is_meeting = events[i].receiver == receiver;
			break;
		}
	}
	free(events);
	return is_meeting;
}

/* Given away, given back or destroyed: by who holds it, with its seal as it
 * was, not out of a sealed package. */
static void judge_moved_item(
    const struct subject *s, enum record_name role, struct case_verdict *v)
{
	uint32_t holder =
	    case_state_find_party(s->state, record_get(s->record, role));

	if ((holder == CASE_NONE || !case_set_has(&s->holders, holder)) &&
	    case_is_on("not-holder: who gives or moves"))
		case_judge_set(
		    v, CASE_BREACH, CASE_RULE_NOT_HOLDER, s->block->id);
	else if (is_other_seal(s) || is_out_of_a_seal(s))
		case_judge_set(
		    v, CASE_BREACH, CASE_RULE_SEAL_UNEXPLAINED, s->block->id);
}

static void judge_handover_item(const struct subject *s, struct case_verdict *v)
{
	uint32_t to =
	    case_state_find_party(s->state, record_get(s->record, RECORD_F_TO));

	judge_moved_item(s, RECORD_F_FROM, v);
	if (v->standing == CASE_GOOD && !is_meeting_next(s, to) &&
	    case_is_on("not-meeting: the next goes on from it"))
		case_judge_set(
		    v, CASE_BREACH, CASE_RULE_NOT_MEETING, s->block->id);
}

bool case_judge_is_in_something_later(struct case_state *state, uint32_t item,
    const struct record *r, uint32_t leaf)
{
	struct case_event *events = NULL;
	size_t cap = 0, n = 0;
	bool is = false;
	struct case_custody ignored;

	if (case_custody_at_end(state, item, r->at, leaf + 1, &ignored))
		return false;
	/* Without memory nothing is good. */
	if (case_state_timeline(state, item, &events, &cap, &n, NULL) != 0)
		return true;
	for (size_t i = n; i-- > 0 && !is;) {
		if (case_item_is_before(&events[i], r->at, leaf + 1))
			break;
		is = events[i].is_inherited;
	}
	free(events);
	return is;
}

/* Does the custodian hold what the item is put into? */
static bool is_into_his_own(
    const struct subject *s, uint32_t into, uint32_t custodian)
{
	struct case_set holders = case_item_custody(
	    s->state, into, s->record->at, (uint32_t)s->state->leaf_count)
				      .holders;

	return case_set_has(&holders, custodian);
}

/* Would putting the item into `into` make it its own container? */
static bool is_circle(const struct subject *s, uint32_t into)
{
	for (int depth = 0; into != CASE_NONE && depth <= CASE_NESTING_MAX;
	     depth++) {
		if (into == s->item)
			return true;
		into = case_state_container(s->state, into, s->record->at);
	}
	return false;
}

/* Taken out of what it is in, or put into something its custodian holds, and
 * not out of where it was later. */
static bool is_meeting_places(
    const struct subject *s, struct slice action, uint32_t custodian)
{
	struct slice out_of =
	    record_block_get(s->record, s->block, RECORD_F_OUT_OF);
	uint32_t container =
	    case_state_container(s->state, s->item, s->record->at);
	uint32_t target = case_state_find_item(
	    s->state, record_block_get(s->record, s->block, RECORD_F_INTO));
	bool is_taken = slice_is_text(action, "take-out");

	if (!is_taken && !slice_is_text(action, "put-in"))
		return true;
	if (case_judge_is_in_something_later(
		s->state, s->item, s->record, (uint32_t)s->state->leaf_count) &&
	    case_is_on("not-meeting: out of where it was later"))
		return false;
	if (is_taken && container == CASE_NONE)
		return case_is_off("not-meeting: taken out of nothing");
	if (is_taken)
		return out_of.p == NULL ||
		    slice_is(s->state->items[container].id, out_of) ||
		    case_is_off("not-meeting: taken out of another");
	if (target == CASE_NONE)
		return case_is_off("not-meeting: put into nothing known");
	if (is_circle(s, target) && case_is_on("not-meeting: put into itself"))
		return false;
	return is_into_his_own(s, target, custodian) ||
	    case_is_off("not-meeting: put into what another holds");
}

static void judge_handling_item(const struct subject *s, struct case_verdict *v)
{
	const struct record *r = s->record;
	struct slice id = s->block->id;
	struct slice action = record_block_get(r, s->block, RECORD_F_ACTION);
	struct slice seal = record_block_get(r, s->block, RECORD_F_SEAL);
	uint32_t custodian =
	    case_state_find_party(s->state, record_get(r, RECORD_F_CUSTODIAN));
	uint32_t ignored;

	if ((custodian == CASE_NONE || !case_set_has(&s->holders, custodian)) &&
	    case_is_on("not-holder: who handles"))
		case_judge_set(v, CASE_BREACH, CASE_RULE_NOT_HOLDER, id);
	else if (slice_is_text(action, "reseal") && seal.p != NULL &&
	    ((map_get(&s->state->seals, seal, &ignored) &&
		 case_is_on("number-reused: a seal in the ledger")) ||
		(case_judge_is_seal_above(r, s->block_number, seal) &&
		    case_is_on("number-reused: a seal above"))))
		case_judge_set(v, CASE_BREACH, CASE_RULE_NUMBER_REUSED, id);
	else if (!is_meeting_places(s, action, custodian))
		case_judge_set(v, CASE_BREACH, CASE_RULE_NOT_MEETING, id);
	else if (slice_is_text(action, "found") &&
	    case_is_on("number-reused: found again"))
		case_judge_set(v, CASE_BREACH, CASE_RULE_NUMBER_REUSED, id);
}

static void judge_inspection_item(
    const struct subject *s, struct case_verdict *v)
{
	if (is_a_signer_among(s->state, s->record, &s->holders) &&
	    is_other_seal(s) &&
	    (!slice_is_text(
		 record_block_get(s->record, s->block, RECORD_F_STATE),
		 "broken") ||
		case_is_off("seal-unexplained: unless found broken")))
		case_judge_set(
		    v, CASE_BREACH, CASE_RULE_SEAL_UNEXPLAINED, s->block->id);
}

/* ---- data ---- */

bool case_judge_is_role_in(const struct case_state *state,
    const struct record *r, enum record_name name, const struct case_set *set)
{
	uint32_t party = case_state_find_party(state, record_get(r, name));

	return party != CASE_NONE && case_set_has(set, party);
}

/* Do as many sign as the lock that the item is under asks for? */
static bool is_by_its_quorum(const struct subject *s)
{
	const struct case_item *item = &s->state->items[s->item];
	struct record lock = {0};
	const struct record_value *v = NULL;
	uint64_t signed_by = 0, threshold = 1;
	bool is = false;

	for (size_t i = item->event_count; i-- > 0;) {
		const struct case_event *e = &item->events[i];

		if (e->type != CASE_EVENT_LOCKED || e->at > s->record->at)
			continue;
		if (case_state_record(s->state, e->leaf, &lock, NULL) != 0)
			break;
		while (
		    (v = record_next(&lock, NULL, RECORD_F_HOLDER, v)) != NULL)
			signed_by += record_is_signed_by(s->record, v->value);
		(void)record_get_count(&lock, RECORD_F_THRESHOLD, &threshold);
		if (case_is_off("unlock: by as many as its threshold"))
			threshold = 1;
		is = signed_by >= threshold &&
		    case_is_on("unlock: by holders of its lock");
		break;
	}
	record_done(&lock);
	return is;
}

/* On whose machine the item was ever opened: he can give away what he saw. */
static bool is_opened_at(const struct subject *s, struct slice party)
{
	const struct case_item *item = &s->state->items[s->item];
	struct record record = {0};
	bool is = false;

	for (size_t i = 0; i < item->event_count && !is; i++)
		is = item->events[i].type == CASE_EVENT_UNLOCKED &&
		    case_state_record(
			s->state, item->events[i].leaf, &record, NULL) == 0 &&
		    slice_is(record_get(&record, RECORD_F_HOST), party) &&
		    case_is_on("disclosure: by whom it was opened for");
	record_done(&record);
	return is;
}

/* Does another block of the `image` bring a copy of the item? */
static bool is_copied_here(const struct subject *s)
{
	const struct record *r = s->record;

	for (size_t i = 0; i < r->block_count; i++)
		if (slice_is(record_block_get(
				 r, &r->blocks[i], RECORD_F_DERIVED_FROM),
			s->block->id))
			return true;
	return false;
}

/* A reading of an item that is known: is it by who may, under an order? */
static void judge_reading(const struct subject *s, struct case_verdict *v)
{
	const struct record *r = s->record;
	struct slice from = record_get(r, RECORD_F_FROM);
	bool is_held = is_a_signer_among(s->state, r, &s->holders);

	if (r->schema->kind == RECORD_UNLOCK)
		is_held = is_held || is_by_its_quorum(s);
	else if (r->schema->kind == RECORD_DISCLOSURE)
		is_held = is_held || is_opened_at(s, from);
	if (!is_held && case_is_on("not-holder: who reads"))
		case_judge_set(
		    v, CASE_NOT_HOLDER, CASE_RULE_NOT_HOLDER, s->block->id);
	else if (r->schema->kind == RECORD_DISCLOSURE &&
	    !case_judge_is_role_in(s->state, r, RECORD_F_FROM, &s->holders) &&
	    !is_opened_at(s, from) && case_is_on("not-holder: who discloses"))
		case_judge_set(
		    v, CASE_BREACH, CASE_RULE_NOT_HOLDER, s->block->id);
	else if (r->schema->kind == RECORD_IMAGE && !is_copied_here(s) &&
	    case_is_on("copy-unlisted: no copy at all"))
		case_judge_set(
		    v, CASE_BREACH, CASE_RULE_COPY_UNLISTED, s->block->id);
	else if (!case_order_covers(s->state, r, s->item) &&
	    case_is_on("no-order: a reading"))
		case_judge_set(
		    v, CASE_BREACH, CASE_RULE_NO_ORDER, s->block->id);
}

/* A block of an `image` that brings a copy: judged by what it is a copy of. */
static void judge_copy(struct case_state *state, const struct record *r,
    const struct record_block *b, struct case_verdict *v)
{
	uint32_t source = case_state_find_item(
	    state, record_block_get(r, b, RECORD_F_DERIVED_FROM));
	uint32_t inside = case_state_find_item(
	    state, record_block_get(r, b, RECORD_F_INSIDE));

	if (source == CASE_NONE) {
		case_judge_set(v, CASE_NOT_HOLDER, CASE_RULE_NOT_HOLDER, b->id);
		return;
	}
	struct case_set holders =
	    case_item_custody(state, source, r->at, (uint32_t)state->leaf_count)
		.holders;
	if (!is_a_signer_among(state, r, &holders) &&
	    case_is_on("not-holder: who copies"))
		case_judge_set(v, CASE_NOT_HOLDER, CASE_RULE_NOT_HOLDER, b->id);
	else if (!case_judge_is_role_in(
		     state, r, RECORD_F_CUSTODIAN, &holders) &&
	    case_is_on("not-holder: whose it is that is copied"))
		case_judge_set(v, CASE_BREACH, CASE_RULE_NOT_HOLDER, b->id);
	else if (case_state_find_item(state, b->id) != CASE_NONE &&
	    case_is_on("number-reused: a copy"))
		case_judge_set(v, CASE_BREACH, CASE_RULE_NUMBER_REUSED, b->id);
	else if ((record_block_get(r, b, RECORD_F_TYPE).p == NULL &&
		     case_is_on("copy-unlisted: without a type")) ||
	    (record_block_get(r, b, RECORD_F_INSIDE).p != NULL &&
		inside == CASE_NONE &&
		case_is_on("copy-unlisted: on nothing known")))
		case_judge_set(v, CASE_BREACH, CASE_RULE_COPY_UNLISTED, b->id);
	else if (!case_order_covers(state, r, source) &&
	    case_is_on("no-order: a copy"))
		case_judge_set(v, CASE_BREACH, CASE_RULE_NO_ORDER, b->id);
}

/* ---- blocks ---- */

/* An item that the ledger does not know: a find, or nobody's to speak of. */
static void judge_unknown_item(struct case_state *state, const struct record *r,
    const struct record_block *b, struct case_verdict *v)
{
	enum record_kind kind = r->schema->kind;

	struct slice action = record_block_get(r, b, RECORD_F_ACTION);
	struct slice found = record_block_get(r, b, RECORD_F_FOUND);
	uint32_t container = case_state_find_item(
	    state, record_block_get(r, b, RECORD_F_OUT_OF));

	if (slice_is_text(found, "unexpected"))
		return;
	if (case_order_is_reading(kind) && kind != RECORD_IMAGE &&
	    case_is_on("copy-unlisted: what is read")) {
		case_judge_set(v, CASE_BREACH, CASE_RULE_COPY_UNLISTED, b->id);
		return;
	}
	if (slice_is_text(action, "found") && container != CASE_NONE &&
	    (record_block_get(r, b, RECORD_F_TYPE).p != NULL ||
		case_is_off("found: with its type"))) {
		struct case_set holders = case_item_custody(
		    state, container, r->at, (uint32_t)state->leaf_count)
					      .holders;

		uint32_t custodian = case_state_find_party(
		    state, record_get(r, RECORD_F_CUSTODIAN));

		if ((custodian != CASE_NONE &&
			case_set_has(&holders, custodian)) ||
		    case_is_off("found: by the holder of what it was in"))
			return;
	}
	case_judge_set(v, CASE_NOT_HOLDER, CASE_RULE_NOT_HOLDER, b->id);
}

struct case_verdict case_judge_block(struct case_state *state,
    const struct record *record, size_t block, int64_t entered)
{
	const struct record_block *b = &record->blocks[block];
	enum record_kind kind = record->schema->kind;
	struct case_verdict v = {0};
	struct subject s = {
	    .state = state,
	    .record = record,
	    .block = b,
	    .block_number = (uint32_t)block,
	    .item = case_state_find_item(state, b->id),
	    .entered = entered,
	};

	if (kind == RECORD_IMAGE &&
	    record_block_get(record, b, RECORD_F_DERIVED_FROM).p != NULL) {
		judge_copy(state, record, b, &v);
		return v;
	}
	if (s.item == CASE_NONE) {
		judge_unknown_item(state, record, b, &v);
		return v;
	}
	s.holders = case_item_custody(
	    state, s.item, record->at, (uint32_t)state->leaf_count)
			.holders;
	if (case_order_is_reading(kind)) {
		judge_reading(&s, &v);
		return v;
	}
	if (!is_a_signer_among(state, record, &s.holders)) {
		bool may_report =
		    kind == RECORD_INCIDENT || kind == RECORD_INSPECTION;

		if ((!may_report &&
			case_is_on("report: incidents and inspections")) ||
		    (!is_a_signer_disinterested(&s) &&
			case_is_on("report: by somebody disinterested")))
			case_judge_set(
			    &v, CASE_NOT_HOLDER, CASE_RULE_NOT_HOLDER, b->id);
		return v;
	}
	if (kind == RECORD_HANDOVER || kind == RECORD_RELEASE)
		judge_handover_item(&s, &v);
	else if (kind == RECORD_MOVE || kind == RECORD_DISPOSAL)
		judge_moved_item(&s, RECORD_F_CUSTODIAN, &v);
	else if (kind == RECORD_HANDLING)
		judge_handling_item(&s, &v);
	else if (kind == RECORD_INSPECTION)
		judge_inspection_item(&s, &v);
	return v;
}
