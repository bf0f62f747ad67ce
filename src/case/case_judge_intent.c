/*
 * case_judge_intent.c: what is void: an intent that had to be refused, or that
 * is about nothing (findings section 4); and lists that use a number twice.
 */
#include "case_judge.h"

#include "buf.h"
#include "text.h"

#include <stdlib.h>

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

	if (!is_signed_by_policy_holder(
		state, r, case_is_off("policy: no overseer")))
		case_judge_set(v, CASE_VOID, CASE_RULE_NOT_POLICY_HOLDER,
		    r->signers[0].party);
	for (size_t i = 0; i < 2; i++) {
		const struct record_value *x = NULL;

		while ((x = record_next(r, NULL, names[i], x)) != NULL)
			if (case_state_find_party(state, x->value) == CASE_NONE)
				case_judge_set(v, CASE_VOID,
				    CASE_RULE_UNKNOWN_PARTY, x->value);
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
		case_judge_set(v, CASE_VOID, CASE_RULE_UNKNOWN_PARTY, party);
	else if (case_state_find_party(state, acts_for) == CASE_NONE)
		case_judge_set(v, CASE_VOID, CASE_RULE_UNKNOWN_PARTY, acts_for);
	if (slice_is_text(basis, "declared"))
		is_entitled = record_is_signed_by(r, party) ||
		    case_is_off("relation: declared by the party");
	else if (slice_is_text(basis, "established"))
		is_entitled =
		    (record_has(r, RECORD_F_DOCUMENT) ||
			case_is_off("relation: established by a document")) &&
		    (is_signed_by_policy_holder(state, r, true) ||
			case_is_off("relation: established by who may"));
	if (!is_entitled)
		case_judge_set(v, CASE_VOID, CASE_RULE_NOT_ENTITLED, party);
}

static void judge_question(const struct case_state *state,
    const struct record *r, int64_t entered, struct case_verdict *v)
{
	struct slice recipient = record_get(r, RECORD_F_RECIPIENT);
	int64_t from = 0, to = 0;

	(void)record_get_time(r, RECORD_F_PERIOD_FROM, &from);
	(void)record_get_time(r, RECORD_F_PERIOD_TO, &to);
	if (case_state_find_party(state, recipient) == CASE_NONE)
		case_judge_set(
		    v, CASE_VOID, CASE_RULE_UNKNOWN_PARTY, recipient);
	else if ((from >= to && case_is_on("period: begins before it ends")) ||
	    (to > entered && case_is_on("period: is over")))
		case_judge_set(v, CASE_VOID, CASE_RULE_PERIOD,
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
		case_judge_set(v, CASE_VOID, CASE_RULE_UNKNOWN_RECORD,
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
		case_judge_set(
		    v, CASE_VOID, CASE_RULE_NOT_ENTITLED, r->signers[0].party);
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
			if ((state->parties[p].side != CASE_NEUTRAL ||
				case_is_off(
				    "number-reused: neutral signers aside")) &&
			    state->parties[p].side ==
				state->parties[signers[k]].side)
				return true;
	}
	return false;
}

static bool is_in_list(
    const struct case_state *state, size_t list, char mark, struct slice name)
{
	struct buf key;
	uint32_t ignored;

	buf_init(&key, 256);
	buf_printf(&key, "%zu%c", list, mark);
	for (size_t i = 0; i < name.n; i++)
		buf_putc(
		    &key, mark == ':' ? text_lower_char(name.p[i]) : name.p[i]);
	bool is = map_get(&state->listed, buf_slice(&key), &ignored);
	buf_done(&key);
	return is;
}

/* Does a part, already in, of a list with this population have that id (':') or
 * seal ('#')? A list that somebody else made up shields none. */
static bool is_listed(const struct case_state *state,
    const struct hash *population, char mark, struct slice name)
{
	for (size_t i = 0; i < state->list_count && name.p != NULL; i++)
		if (hash_is(&state->lists[i].population, population) &&
		    is_in_list(state, i, mark, name))
			return true;
	return false;
}

static void judge_list(const struct case_state *state, const struct record *r,
    struct case_verdict *v)
{
	struct hash population = {{0}};
	bool is_new = record_has(r, RECORD_F_FOUND_LATE) ||
	    is_of_first_lists_side(state, r);
	uint32_t ignored;

	(void)record_get_hash(r, RECORD_F_POPULATION, &population);
	for (size_t i = 0; i < r->block_count; i++) {
		const struct record_block *b = &r->blocks[i];
		struct slice seal = record_block_get(r, b, RECORD_F_SEAL);

		if (!(is_listed(state, &population, ':', b->id) &&
			case_is_on("number-reused: an item of the list")) &&
		    !(is_listed(state, &population, '#', seal) &&
			case_is_on("number-reused: a seal of the list")) &&
		    !(case_judge_is_seal_above(r, i, seal) &&
			case_is_on(
			    "number-reused: a seal above in the list")) &&
		    !((is_new ||
			  case_is_off("number-reused: by the same side")) &&
			((case_state_find_item(state, b->id) != CASE_NONE &&
			     case_is_on("number-reused: a known item")) ||
			    (seal.p != NULL &&
				map_get(&state->seals, seal, &ignored) &&
				case_is_on("number-reused: a used seal")))))
			continue;
		case_judge_set(v, CASE_BREACH, CASE_RULE_NUMBER_REUSED, b->id);
		return;
	}
}

/* long: a dispatch over the kinds, one rule each */
struct case_verdict case_judge_intent(const struct case_state *state,
    const struct record *record, int64_t entered)
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
		break;
	case RECORD_ORDER:
		v = case_order_judge(state, record);
		break;
	case RECORD_DRAW:
		v = case_draw_judge(state, record);
		break;
	case RECORD_DRAW_REVEAL:
		v = case_draw_judge_reveal(state, record);
		break;
	case RECORD_CORRECTION:
		v = case_correct_judge(state, record);
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
