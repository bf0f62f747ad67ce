/*
 * case_rules.c: the standing of a record that is in form (findings section 4).
 *
 * Each custody rule is one function over one item or one record. A record's
 * standing is its worst: a breach by the first rule in the order of enum
 * case_rule, else not-holder, else good. Items are judged one by one, so that
 * a record which names a thing that its signers do not hold says nothing about
 * that thing and still counts for the others.
 */
#include "case_internal.h"

#include "text.h"

#include <stdlib.h>

static const struct {
	const char *name;
	const char *words;
} rules[CASE_RULE_COUNT] = {
    [CASE_RULE_NONE] = {"none", "no rule is broken"},
    [CASE_RULE_RED_LINE] = {"red-line",
	"nothing goes to a party behind an agreed red line, or to anyone who "
	"acts for it"},
    [CASE_RULE_NOT_HOLDER] = {"not-holder",
	"nobody gives or reports on what they do not hold"},
    [CASE_RULE_COUNT_DIFFERS] = {"count-differs",
	"giver and receiver must have counted the same number, and it is the "
	"number of items listed"},
    [CASE_RULE_SELF_WITNESS] = {"self-witness",
	"a witness signs in no other role"},
    [CASE_RULE_NUMBER_REUSED] = {"number-reused",
	"numbers of items and seals are never used twice"},
    [CASE_RULE_SEAL_UNEXPLAINED] = {"seal-unexplained",
	"a seal changes, and a part leaves its package, only by a handling "
	"record"},
    [CASE_RULE_NOT_MEETING] = {"not-meeting",
	"each giver is the one who received before, and what is put in or "
	"taken out is where the ledger says"},
    [CASE_RULE_COPY_UNLISTED] = {"copy-unlisted",
	"a copy is an item from the moment it exists"},
    [CASE_RULE_NO_ORDER] = {"no-order",
	"an image is read only under a running order that covers it"},
    [CASE_RULE_NOT_POLICY_HOLDER] = {"not-policy-holder",
	"only policy holders change the policy"},
    [CASE_RULE_NOT_ENTITLED] = {"not-entitled",
	"the signers may not state this: a seizure is signed by authority or "
	"owner, a relation is declared by the party itself or established "
	"with a document by a policy holder or overseer"},
    [CASE_RULE_UNKNOWN_PARTY] = {"unknown-party",
	"a question asks about a party that the case knows"},
    [CASE_RULE_PERIOD] = {"period",
	"a question asks about a period that is over, and begins before it "
	"ends"},
    [CASE_RULE_UNKNOWN_RECORD] = {"unknown-record",
	"what is answered, assessed, extended, locked or corrected is in this "
	"case"},
    [CASE_RULE_DRAW] = {"draw",
	"a draw states its population and the least sample, two sides commit "
	"to it, and each opens the secret that it committed to"},
    [CASE_RULE_QUORUM] = {"quorum",
	"no organisation can open a lock alone, or keep it closed alone"},
    [CASE_RULE_UNKNOWN_FIELD] = {"unknown-field",
	"a correction names a field of the record, and a value that could "
	"stand there"},
};

const char *case_rule_name(enum case_rule rule)
{
	return rules[rule].name;
}

const char *case_rule_words(enum case_rule rule)
{
	return rules[rule].words;
}

const char *case_standing_name(enum case_standing standing)
{
	static const char *const names[] = {
	    [CASE_GOOD] = "good",
	    [CASE_BREACH] = "breach",
	    [CASE_NOT_HOLDER] = "not-holder",
	    [CASE_VOID] = "void",
	};

	return names[standing];
}

static void set(struct case_verdict *v, enum case_standing standing,
    enum case_rule rule, struct slice about)
{
	if (case_is_on(case_rule_name(rule)))
		*v = (struct case_verdict){standing, rule, about};
}

/* A verdict that another file of this room came to. */
static void take(struct case_verdict *v, struct case_verdict other)
{
	if (other.standing != CASE_GOOD)
		set(v, other.standing, other.rule, other.about);
}

/* Breaches by the first rule of the list; any breach before not-holder. */
static void worsen(struct case_verdict *v, struct case_verdict with)
{
	bool is_worse;

	if (with.standing == CASE_GOOD)
		return;
	if (v->standing == CASE_BREACH && with.standing == CASE_BREACH)
		is_worse = with.rule < v->rule;
	else
		is_worse =
		    v->standing == CASE_GOOD || with.standing == CASE_BREACH;
	if (is_worse)
		*v = with;
}

/* ---- intents ---- */

static bool is_signed_by_policy_holder(
    const struct case_state *state, const struct record *r, bool or_overseer)
{
	for (size_t i = 0; i < r->signer_count; i++) {
		uint32_t p = case_state_find_party(state, r->signers[i].party);

		if (p != CASE_NONE &&
		    (state->parties[p].is_policy_holder ||
			(or_overseer &&
			    case_party_is_overseer(&state->parties[p]))))
			return true;
	}
	return false;
}

static void judge_policy(const struct case_state *state, const struct record *r,
    struct case_verdict *v)
{
	static const enum record_name names[] = {
	    RECORD_F_RED_LINE, RECORD_F_LIFT};

	if (!is_signed_by_policy_holder(state, r, false))
		set(v, CASE_VOID, CASE_RULE_NOT_POLICY_HOLDER,
		    r->signers[0].party);
	for (size_t i = 0; i < 2; i++) {
		const struct record_value *x = NULL;

		while ((x = record_next(r, NULL, names[i], x)) != NULL)
			if (case_state_find_party(state, x->value) == CASE_NONE)
				set(v, CASE_VOID, CASE_RULE_UNKNOWN_PARTY,
				    x->value);
	}
}

static void judge_relation(const struct case_state *state,
    const struct record *r, struct case_verdict *v)
{
	struct slice basis = record_get(r, RECORD_F_BASIS);
	struct slice party = record_get(r, RECORD_F_PARTY);
	struct slice acts_for = record_get(r, RECORD_F_ACTS_FOR);
	bool is_entitled = true;

	if (case_state_find_party(state, party) == CASE_NONE)
		set(v, CASE_VOID, CASE_RULE_UNKNOWN_PARTY, party);
	else if (case_state_find_party(state, acts_for) == CASE_NONE)
		set(v, CASE_VOID, CASE_RULE_UNKNOWN_PARTY, acts_for);
	if (slice_is_text(basis, "declared"))
		is_entitled = record_is_signed_by(r, party);
	else if (slice_is_text(basis, "established"))
		is_entitled = record_has(r, RECORD_F_DOCUMENT) &&
		    is_signed_by_policy_holder(state, r, true);
	if (!is_entitled)
		set(v, CASE_VOID, CASE_RULE_NOT_ENTITLED, party);
}

static void judge_question(const struct case_state *state,
    const struct record *r, int64_t entered, struct case_verdict *v)
{
	struct slice recipient = record_get(r, RECORD_F_RECIPIENT);
	int64_t from = 0, to = 0;

	(void)record_get_time(r, RECORD_F_PERIOD_FROM, &from);
	(void)record_get_time(r, RECORD_F_PERIOD_TO, &to);
	if (case_state_find_party(state, recipient) == CASE_NONE)
		set(v, CASE_VOID, CASE_RULE_UNKNOWN_PARTY, recipient);
	else if (from >= to || to > entered)
		set(v, CASE_VOID, CASE_RULE_PERIOD,
		    record_get(r, RECORD_F_PERIOD_TO));
}

/* Does the record's field name a leaf of this kind (or of `or_kind`)? */
static void judge_reference(const struct case_state *state,
    const struct record *r, enum record_name name, enum record_kind kind,
    enum record_kind or_kind, struct case_verdict *v)
{
	struct hash id;
	uint32_t leaf = CASE_NONE;

	if (record_get_hash(r, name, &id))
		leaf = case_state_find_leaf(state, &id);
	if (leaf == CASE_NONE ||
	    (state->leaves[leaf].kind != kind &&
		state->leaves[leaf].kind != or_kind))
		set(v, CASE_VOID, CASE_RULE_UNKNOWN_RECORD,
		    record_get(r, name));
}

static void judge_seizure(const struct case_state *state,
    const struct record *r, struct case_verdict *v)
{
	bool is_entitled = false;

	for (size_t i = 0; i < r->signer_count; i++) {
		uint32_t p = case_state_find_party(state, r->signers[i].party);

		is_entitled = is_entitled ||
		    (p != CASE_NONE &&
			(state->parties[p].side == CASE_AUTHORITY ||
			    state->parties[p].side == CASE_OWNER));
	}
	if (!is_entitled)
		set(v, CASE_VOID, CASE_RULE_NOT_ENTITLED, r->signers[0].party);
}

/* ---- lists ---- */

/* A list is of the side of its authority or owner signer, if it has one. */
static bool is_of_first_lists_side(
    const struct case_state *state, const struct record *r)
{
	const struct case_list *first = case_state_first_list(state);
	size_t n;

	if (first == NULL)
		return false;
	const uint32_t *signers =
	    case_state_signers(state, first->leaves[0], &n);
	for (size_t i = 0; i < r->signer_count; i++) {
		uint32_t p = case_state_find_party(state, r->signers[i].party);

		for (size_t k = 0; k < n && p != CASE_NONE; k++)
			if (state->parties[p].side != CASE_NEUTRAL &&
			    state->parties[p].side ==
				state->parties[signers[k]].side)
				return true;
	}
	return false;
}

/* The number of the list whose part this would be, or CASE_NONE. */
static uint32_t find_open_list(
    const struct case_state *state, const struct record *r)
{
	struct hash population;

	if (!record_get_hash(r, RECORD_F_POPULATION, &population))
		return CASE_NONE;
	for (size_t i = 0; i < state->list_count; i++)
		if (hash_is(&state->lists[i].population, &population))
			return (uint32_t)i;
	return CASE_NONE;
}

static bool is_listed(
    const struct case_state *state, uint32_t list, char mark, struct slice name)
{
	struct buf key;
	uint32_t ignored;

	if (list == CASE_NONE || name.p == NULL)
		return false;
	buf_init(&key, 256);
	buf_printf(&key, "%u%c", list, mark);
	for (size_t i = 0; i < name.n; i++)
		buf_putc(
		    &key, mark == ':' ? text_lower_char(name.p[i]) : name.p[i]);
	bool is = map_get(&state->listed, buf_slice(&key), &ignored);
	buf_done(&key);
	return is;
}

static bool is_seal_above(
    const struct record *r, size_t block, struct slice seal)
{
	for (size_t i = 0; i < block && seal.p != NULL; i++)
		if (slice_is(record_block_get(r, &r->blocks[i], RECORD_F_SEAL),
			seal))
			return true;
	return false;
}

static void judge_list(const struct case_state *state, const struct record *r,
    struct case_verdict *v)
{
	uint32_t list = find_open_list(state, r);
	bool is_new = record_has(r, RECORD_F_FOUND_LATE) ||
	    is_of_first_lists_side(state, r);
	uint32_t ignored;

	for (size_t i = 0; i < r->block_count; i++) {
		const struct record_block *b = &r->blocks[i];
		struct slice seal = record_block_get(r, b, RECORD_F_SEAL);

		if (!is_listed(state, list, ':', b->id) &&
		    !is_listed(state, list, '#', seal) &&
		    !is_seal_above(r, i, seal) &&
		    !(is_new &&
			(case_state_find_item(state, b->id) != CASE_NONE ||
			    (seal.p != NULL &&
				map_get(&state->seals, seal, &ignored)))))
			continue;
		set(v, CASE_BREACH, CASE_RULE_NUMBER_REUSED, b->id);
		return;
	}
}

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

static bool is_named(const struct record *r, struct slice id)
{
	for (size_t i = 0; i < r->block_count; i++)
		if (slice_is(r->blocks[i].id, id))
			return true;
	return false;
}

/* Is the item in something sealed that this record does not name? Then it left
 * its package, and no handling record says so. */
static bool is_out_of_a_seal(const struct subject *s)
{
	uint32_t at = case_state_container(s->state, s->item, s->record->at);
	bool is_enclosing;

	for (int depth = 0; at != CASE_NONE && depth < CASE_NESTING_MAX;
	     depth++) {
		if (is_named(s->record, s->state->items[at].id))
			return false;
		if (case_state_seal(s->state, at, s->record->at, &is_enclosing)
			.p != NULL)
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

	return stated.p != NULL && known.p != NULL && !slice_is(stated, known);
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

	if (holder == CASE_NONE || !case_set_has(&s->holders, holder))
		set(v, CASE_BREACH, CASE_RULE_NOT_HOLDER, s->block->id);
	else if (is_other_seal(s) || is_out_of_a_seal(s))
		set(v, CASE_BREACH, CASE_RULE_SEAL_UNEXPLAINED, s->block->id);
}

static void judge_handover_item(const struct subject *s, struct case_verdict *v)
{
	uint32_t to =
	    case_state_find_party(s->state, record_get(s->record, RECORD_F_TO));

	judge_moved_item(s, RECORD_F_FROM, v);
	if (v->standing == CASE_GOOD && !is_meeting_next(s, to))
		set(v, CASE_BREACH, CASE_RULE_NOT_MEETING, s->block->id);
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

static void judge_handling_item(const struct subject *s, struct case_verdict *v)
{
	const struct record *r = s->record;
	struct slice id = s->block->id;
	struct slice action = record_block_get(r, s->block, RECORD_F_ACTION);
	struct slice seal = record_block_get(r, s->block, RECORD_F_SEAL);
	struct slice out_of = record_block_get(r, s->block, RECORD_F_OUT_OF);
	struct slice into = record_block_get(r, s->block, RECORD_F_INTO);
	uint32_t custodian =
	    case_state_find_party(s->state, record_get(r, RECORD_F_CUSTODIAN));
	uint32_t container = case_state_container(s->state, s->item, r->at);
	uint32_t target = case_state_find_item(s->state, into);
	uint32_t ignored;

	if (custodian == CASE_NONE || !case_set_has(&s->holders, custodian))
		set(v, CASE_BREACH, CASE_RULE_NOT_HOLDER, id);
	else if (slice_is_text(action, "reseal") && seal.p != NULL &&
	    (map_get(&s->state->seals, seal, &ignored) ||
		is_seal_above(r, s->block_number, seal)))
		set(v, CASE_BREACH, CASE_RULE_NUMBER_REUSED, id);
	else if (slice_is_text(action, "take-out") &&
	    (container == CASE_NONE ||
		(out_of.p != NULL &&
		    !slice_is(s->state->items[container].id, out_of))))
		set(v, CASE_BREACH, CASE_RULE_NOT_MEETING, id);
	else if (slice_is_text(action, "put-in") &&
	    (target == CASE_NONE || is_circle(s, target)))
		set(v, CASE_BREACH, CASE_RULE_NOT_MEETING, id);
	else if (slice_is_text(action, "found"))
		set(v, CASE_BREACH, CASE_RULE_NUMBER_REUSED, id);
}

static void judge_inspection_item(
    const struct subject *s, struct case_verdict *v)
{
	if (is_a_signer_among(s->state, s->record, &s->holders) &&
	    is_other_seal(s) &&
	    !slice_is_text(
		record_block_get(s->record, s->block, RECORD_F_STATE),
		"broken"))
		set(v, CASE_BREACH, CASE_RULE_SEAL_UNEXPLAINED, s->block->id);
}

/* ---- data ---- */

/* The first line of this name that names one of `set`. */
static bool is_role_in(const struct case_state *state, const struct record *r,
    enum record_name name, const struct case_set *set)
{
	uint32_t party = case_state_find_party(state, record_get(r, name));

	return party != CASE_NONE && case_set_has(set, party);
}

/* Does a signer hold a share of the lock that the item is under? */
static bool is_a_signer_of_its_quorum(const struct subject *s)
{
	const struct case_item *item = &s->state->items[s->item];
	struct record lock = {0};
	const struct record_value *v = NULL;
	bool is = false;

	for (size_t i = item->event_count; i-- > 0;) {
		const struct case_event *e = &item->events[i];

		if (e->type != CASE_EVENT_LOCKED || e->at > s->record->at)
			continue;
		if (case_state_record(s->state, e->leaf, &lock, NULL) != 0)
			break;
		while (
		    (v = record_next(&lock, NULL, RECORD_F_HOLDER, v)) != NULL)
			is = is || record_is_signed_by(s->record, v->value);
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
		    slice_is(record_get(&record, RECORD_F_HOST), party);
	record_done(&record);
	return is;
}

/* A reading of an item that is known: is it by who may, under an order? */
static void judge_reading(const struct subject *s, struct case_verdict *v)
{
	const struct record *r = s->record;
	struct slice from = record_get(r, RECORD_F_FROM);
	bool is_held = is_a_signer_among(s->state, r, &s->holders);

	if (r->schema->kind == RECORD_UNLOCK)
		is_held = is_held || is_a_signer_of_its_quorum(s);
	else if (r->schema->kind == RECORD_DISCLOSURE)
		is_held = is_held || is_opened_at(s, from);
	if (!is_held)
		set(v, CASE_NOT_HOLDER, CASE_RULE_NOT_HOLDER, s->block->id);
	else if (r->schema->kind == RECORD_DISCLOSURE &&
	    !is_role_in(s->state, r, RECORD_F_FROM, &s->holders) &&
	    !is_opened_at(s, from))
		set(v, CASE_BREACH, CASE_RULE_NOT_HOLDER, s->block->id);
	else if (!case_order_covers(s->state, r, s->item))
		set(v, CASE_BREACH, CASE_RULE_NO_ORDER, s->block->id);
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
		set(v, CASE_NOT_HOLDER, CASE_RULE_NOT_HOLDER, b->id);
		return;
	}
	struct case_set holders =
	    case_item_custody(state, source, r->at, (uint32_t)state->leaf_count)
		.holders;
	if (!is_a_signer_among(state, r, &holders))
		set(v, CASE_NOT_HOLDER, CASE_RULE_NOT_HOLDER, b->id);
	else if (!is_role_in(state, r, RECORD_F_CUSTODIAN, &holders))
		set(v, CASE_BREACH, CASE_RULE_NOT_HOLDER, b->id);
	else if (case_state_find_item(state, b->id) != CASE_NONE)
		set(v, CASE_BREACH, CASE_RULE_NUMBER_REUSED, b->id);
	else if (record_block_get(r, b, RECORD_F_TYPE).p == NULL ||
	    (record_block_get(r, b, RECORD_F_INSIDE).p != NULL &&
		inside == CASE_NONE))
		set(v, CASE_BREACH, CASE_RULE_COPY_UNLISTED, b->id);
	else if (!case_order_covers(state, r, source))
		set(v, CASE_BREACH, CASE_RULE_NO_ORDER, b->id);
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
	if (case_order_is_reading(kind) && kind != RECORD_IMAGE) {
		set(v, CASE_BREACH, CASE_RULE_COPY_UNLISTED, b->id);
		return;
	}
	if (slice_is_text(action, "found") && container != CASE_NONE &&
	    record_block_get(r, b, RECORD_F_TYPE).p != NULL) {
		struct case_set holders = case_item_custody(
		    state, container, r->at, (uint32_t)state->leaf_count)
					      .holders;

		uint32_t custodian = case_state_find_party(
		    state, record_get(r, RECORD_F_CUSTODIAN));

		if (custodian != CASE_NONE && case_set_has(&holders, custodian))
			return;
	}
	set(v, CASE_NOT_HOLDER, CASE_RULE_NOT_HOLDER, b->id);
}

struct case_verdict case_rules_judge_block(struct case_state *state,
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

		if (!may_report || !is_a_signer_disinterested(&s))
			set(&v, CASE_NOT_HOLDER, CASE_RULE_NOT_HOLDER, b->id);
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

/* Whoever receives things or data by this kind of record. */
static const enum record_name recipients[] = {
    RECORD_F_TO, RECORD_F_ON_BEHALF_OF, RECORD_F_HOST, RECORD_F_EXAMINER};

#define RECIPIENT_COUNT (sizeof(recipients) / sizeof(recipients[0]))

static bool is_handing_over(enum record_kind kind)
{
	return kind == RECORD_HANDOVER || kind == RECORD_RELEASE ||
	    case_order_is_reading(kind);
}

bool case_rules_crosses_red_line(
    const struct case_state *state, const struct record *record, int64_t now)
{
	if (!is_handing_over(record->schema->kind) || !case_is_on("red-line"))
		return false;
	for (size_t i = 0; i < state->red_line_count; i++) {
		const struct case_red_line *line = &state->red_lines[i];

		if (!line->is_agreed || line->lifted_leaf != CASE_NONE)
			continue;
		struct case_set barred =
		    case_state_closure(state, line->party, now, CASE_NONE);
		for (size_t k = 0; k < RECIPIENT_COUNT; k++)
			if (is_role_in(state, record, recipients[k], &barred))
				return true;
	}
	return false;
}

/* The first party that the record names as receiving, to say which. */
static struct slice recipient_of(const struct record *record)
{
	struct slice name = {0};

	for (size_t k = 0; k < RECIPIENT_COUNT && name.p == NULL; k++)
		name = record_get(record, recipients[k]);
	return name;
}

static bool is_count_different(const struct record *r)
{
	uint64_t giver = 0, receiver = 0;

	(void)record_get_count(r, RECORD_F_COUNTED_BY_GIVER, &giver);
	if (!record_get_count(r, RECORD_F_COUNTED_BY_RECEIVER, &receiver))
		receiver = giver;
	return giver != receiver || giver != r->block_count;
}

static bool is_self_witness(const struct record *r, struct slice *ret_party)
{
	static const enum record_name roles[] = {RECORD_F_FROM, RECORD_F_TO,
	    RECORD_F_CUSTODIAN, RECORD_F_TAKEN_BY, RECORD_F_TAKEN_FROM,
	    RECORD_F_EXAMINER, RECORD_F_HOST, RECORD_F_HOLDER};
	const struct record_value *v = NULL, *role;

	while ((v = record_next(r, NULL, RECORD_F_WITNESS, v)) != NULL) {
		*ret_party = v->value;
		for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++)
			for (role = record_next(r, NULL, roles[i], NULL);
			     role != NULL;
			     role = record_next(r, NULL, roles[i], role))
				if (slice_is(role->value, v->value))
					return true;
	}
	return false;
}

/* A release or disposal names copies that remain; each must be an item. */
static bool is_copy_unlisted(const struct case_state *state,
    const struct record *r, struct slice *ret_copy)
{
	const struct record_value *v = NULL;

	while ((v = record_next(r, NULL, RECORD_F_REMAINING_COPY, v)) != NULL) {
		*ret_copy = v->value;
		if (!slice_is_text(v->value, "none") &&
		    case_state_find_item(state, v->value) == CASE_NONE)
			return true;
	}
	return false;
}

/* The rules about a record as a whole that it breaks. */
static void judge_whole(const struct case_state *state, const struct record *r,
    int64_t entered, struct case_verdict *v)
{
	struct case_verdict one = {0};
	struct slice about = {0};

	if (case_rules_crosses_red_line(state, r, entered))
		set(&one, CASE_BREACH, CASE_RULE_RED_LINE, recipient_of(r));
	worsen(v, one);
	if ((r->schema->kind == RECORD_HANDOVER ||
		r->schema->kind == RECORD_RELEASE) &&
	    is_count_different(r))
		set(&one, CASE_BREACH, CASE_RULE_COUNT_DIFFERS,
		    record_get(r, RECORD_F_COUNTED_BY_GIVER));
	worsen(v, one);
	if (is_self_witness(r, &about))
		set(&one, CASE_BREACH, CASE_RULE_SELF_WITNESS, about);
	worsen(v, one);
	if (is_copy_unlisted(state, r, &about))
		set(&one, CASE_BREACH, CASE_RULE_COPY_UNLISTED, about);
	worsen(v, one);
}

bool case_rules_breaks_whole(
    const struct case_state *state, const struct record *record, int64_t now)
{
	struct case_verdict v = {0};

	judge_whole(state, record, now, &v);
	return v.standing == CASE_BREACH;
}

static void judge_custody(struct case_state *state, const struct record *r,
    int64_t entered, struct case_verdict *v)
{
	size_t foreign_count = 0;

	for (size_t i = 0; i < r->block_count; i++) {
		struct case_verdict one =
		    case_rules_judge_block(state, r, i, entered);

		foreign_count += one.standing == CASE_NOT_HOLDER;
		worsen(v, one);
	}
	/* Where none of the signers holds anything named, nothing was broken:
	 * they only said something. */
	if (r->block_count > 0 && foreign_count == r->block_count)
		return;
	judge_whole(state, r, entered, v);
}

struct case_verdict case_rules_judge(
    struct case_state *state, const struct record *record, int64_t entered)
{
	struct case_verdict v = {0};

	switch (record->schema->kind) {
	case RECORD_POLICY:
		judge_policy(state, record, &v);
		break;
	case RECORD_RELATION:
		judge_relation(state, record, &v);
		break;
	case RECORD_LIST:
		judge_list(state, record, &v);
		break;
	case RECORD_SEIZURE:
		judge_seizure(state, record, &v);
		if (v.standing == CASE_GOOD)
			judge_custody(state, record, entered, &v);
		break;
	case RECORD_LOCK:
		take(&v, case_copy_judge_lock(state, record));
		break;
	case RECORD_ORDER:
		take(&v, case_order_judge(state, record));
		break;
	case RECORD_DRAW:
		take(&v, case_draw_judge(state, record));
		break;
	case RECORD_DRAW_REVEAL:
		take(&v, case_draw_judge_reveal(state, record));
		break;
	case RECORD_CORRECTION:
		take(&v, case_correct_judge(state, record));
		break;
	case RECORD_QUESTION:
		judge_question(state, record, entered, &v);
		break;
	case RECORD_ANSWER:
		judge_reference(state, record, RECORD_F_QUESTION,
		    RECORD_QUESTION, RECORD_QUESTION, &v);
		break;
	case RECORD_ASSESSMENT:
		judge_reference(state, record, RECORD_F_CLAIM, RECORD_CLAIM,
		    RECORD_RELATION, &v);
		break;
	default:
		if (record->schema->is_custody)
			judge_custody(state, record, entered, &v);
		break;
	}
	return v;
}
