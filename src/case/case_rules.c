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
	"an answer or assessment names a record of this case"},
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
	*v = (struct case_verdict){standing, rule, about};
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
		buf_putc(&key,
		    mark == ':' && name.p[i] >= 'A' && name.p[i] <= 'Z'
			? (char)(name.p[i] + 32)
			: name.p[i]);
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

static void judge_handover_item(const struct subject *s, struct case_verdict *v)
{
	struct slice id = s->block->id;
	uint32_t from = case_state_find_party(
	    s->state, record_get(s->record, RECORD_F_FROM));
	uint32_t to =
	    case_state_find_party(s->state, record_get(s->record, RECORD_F_TO));

	if (from == CASE_NONE || !case_set_has(&s->holders, from))
		set(v, CASE_BREACH, CASE_RULE_NOT_HOLDER, id);
	else if (is_other_seal(s) || is_out_of_a_seal(s))
		set(v, CASE_BREACH, CASE_RULE_SEAL_UNEXPLAINED, id);
	else if (!is_meeting_next(s, to))
		set(v, CASE_BREACH, CASE_RULE_NOT_MEETING, id);
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

/* An item that the ledger does not know: a find, or nobody's to speak of. */
static void judge_unknown_item(struct case_state *state, const struct record *r,
    const struct record_block *b, struct case_verdict *v)
{
	struct slice action = record_block_get(r, b, RECORD_F_ACTION);
	struct slice found = record_block_get(r, b, RECORD_F_FOUND);
	uint32_t container = case_state_find_item(
	    state, record_block_get(r, b, RECORD_F_OUT_OF));

	if (slice_is_text(found, "unexpected"))
		return;
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

	if (s.item == CASE_NONE) {
		judge_unknown_item(state, record, b, &v);
		return v;
	}
	s.holders = case_item_custody(
	    state, s.item, record->at, (uint32_t)state->leaf_count)
			.holders;
	if (!is_a_signer_among(state, record, &s.holders)) {
		bool may_report =
		    kind == RECORD_INCIDENT || kind == RECORD_INSPECTION;

		if (!may_report || !is_a_signer_disinterested(&s))
			set(&v, CASE_NOT_HOLDER, CASE_RULE_NOT_HOLDER, b->id);
		return v;
	}
	if (kind == RECORD_HANDOVER)
		judge_handover_item(&s, &v);
	else if (kind == RECORD_HANDLING)
		judge_handling_item(&s, &v);
	else if (kind == RECORD_INSPECTION)
		judge_inspection_item(&s, &v);
	return v;
}

bool case_rules_crosses_red_line(
    const struct case_state *state, const struct record *record, int64_t now)
{
	uint32_t to =
	    case_state_find_party(state, record_get(record, RECORD_F_TO));
	uint32_t principal = case_state_find_party(
	    state, record_get(record, RECORD_F_ON_BEHALF_OF));

	if (record->schema->kind != RECORD_HANDOVER)
		return false;
	for (size_t i = 0; i < state->red_line_count; i++) {
		const struct case_red_line *line = &state->red_lines[i];

		if (!line->is_agreed || line->lifted_leaf != CASE_NONE)
			continue;
		struct case_set barred =
		    case_state_closure(state, line->party, now, CASE_NONE);
		if ((to != CASE_NONE && case_set_has(&barred, to)) ||
		    (principal != CASE_NONE &&
			case_set_has(&barred, principal)))
			return true;
	}
	return false;
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
	    RECORD_F_CUSTODIAN, RECORD_F_TAKEN_BY, RECORD_F_TAKEN_FROM};
	const struct record_value *v = NULL;

	while ((v = record_next(r, NULL, RECORD_F_WITNESS, v)) != NULL) {
		for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++) {
			if (!slice_is(record_get(r, roles[i]), v->value))
				continue;
			*ret_party = v->value;
			return true;
		}
	}
	return false;
}

static void judge_custody(struct case_state *state, const struct record *r,
    int64_t entered, struct case_verdict *v)
{
	struct slice party = {0};
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
	if (case_rules_crosses_red_line(state, r, entered))
		worsen(v,
		    (struct case_verdict){CASE_BREACH, CASE_RULE_RED_LINE,
			record_get(r, RECORD_F_TO)});
	if (r->schema->kind == RECORD_HANDOVER && is_count_different(r))
		worsen(v,
		    (struct case_verdict){CASE_BREACH, CASE_RULE_COUNT_DIFFERS,
			record_get(r, RECORD_F_COUNTED_BY_GIVER)});
	if (is_self_witness(r, &party))
		worsen(v,
		    (struct case_verdict){
			CASE_BREACH, CASE_RULE_SELF_WITNESS, party});
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
	case RECORD_HANDOVER:
	case RECORD_HANDLING:
	case RECORD_INSPECTION:
	case RECORD_INCIDENT:
		judge_custody(state, record, entered, &v);
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
		break;
	}
	return v;
}
