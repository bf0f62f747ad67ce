/*
 * case_rules.c: the standing of a record that is in form (findings section 4),
 * and the rules about a custody record as a whole.
 *
 * A record's standing is its worst: a breach by the first rule in the order of
 * enum case_rule, else not-holder, else good. Items are judged one by one, so
 * that a record which names a thing that its signers do not hold says nothing
 * about that thing and still counts for the others.
 */
#include "case_judge.h"

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

void case_judge_set(struct case_verdict *v, enum case_standing standing,
    enum case_rule rule, struct slice about)
{
	if (case_is_on(case_rule_name(rule)))
		*v = (struct case_verdict){standing, rule, about};
}

void case_judge_worsen(struct case_verdict *v, struct case_verdict with)
{
	bool is_worse;

	if (with.standing == CASE_GOOD)
		return;
	if (v->standing == CASE_BREACH && with.standing == CASE_BREACH)
		is_worse = with.rule < v->rule &&
		    case_is_on("breach: named by the first rule");
	else
		is_worse =
		    v->standing == CASE_GOOD || with.standing == CASE_BREACH;
	if (is_worse)
		*v = with;
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
	if ((!is_handing_over(record->schema->kind) &&
		case_is_on("red-line: what hands over")) ||
	    case_is_off("red-line"))
		return false;
	for (size_t i = 0; i < state->red_line_count; i++) {
		const struct case_red_line *line = &state->red_lines[i];

		if ((!line->is_agreed && case_is_on("red-line: agreed")) ||
		    (line->lifted_leaf != CASE_NONE &&
			case_is_on("red-line: not lifted")))
			continue;
		struct case_set barred =
		    case_state_closure(state, line->party, now, CASE_NONE);
		for (size_t k = 0; k < RECIPIENT_COUNT; k++)
			if (case_judge_is_role_in(
				state, record, recipients[k], &barred))
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
	return (giver != receiver &&
		   case_is_on("count-differs: of giver and receiver")) ||
	    (giver != r->block_count &&
		case_is_on("count-differs: from the items named"));
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
		    case_state_find_item(state, v->value) == CASE_NONE &&
		    case_is_on("copy-unlisted: remaining copies"))
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
		case_judge_set(
		    &one, CASE_BREACH, CASE_RULE_RED_LINE, recipient_of(r));
	case_judge_worsen(v, one);
	if ((r->schema->kind == RECORD_HANDOVER ||
		r->schema->kind == RECORD_RELEASE) &&
	    is_count_different(r))
		case_judge_set(&one, CASE_BREACH, CASE_RULE_COUNT_DIFFERS,
		    record_get(r, RECORD_F_COUNTED_BY_GIVER));
	case_judge_worsen(v, one);
	if (is_self_witness(r, &about))
		case_judge_set(
		    &one, CASE_BREACH, CASE_RULE_SELF_WITNESS, about);
	case_judge_worsen(v, one);
	if (is_copy_unlisted(state, r, &about))
		case_judge_set(
		    &one, CASE_BREACH, CASE_RULE_COPY_UNLISTED, about);
	case_judge_worsen(v, one);
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
		    case_judge_block(state, r, i, entered);

		foreign_count += one.standing == CASE_NOT_HOLDER;
		case_judge_worsen(v, one);
	}
	/* Where none of the signers holds anything named, nothing was broken:
	 * they only said something. */
	if (r->block_count > 0 && foreign_count == r->block_count &&
	    case_is_on("not-holder: of nothing named"))
		return;
	judge_whole(state, r, entered, v);
}

struct case_verdict case_rules_judge(
    struct case_state *state, const struct record *record, int64_t entered)
{
	struct case_verdict v = case_judge_intent(state, record, entered);

	if (record->schema->kind == RECORD_LOCK)
		v = case_copy_judge_lock(state, record);
	else if (record->schema->is_custody && v.standing == CASE_GOOD)
		judge_custody(state, record, entered, &v);
	if (!case_is_on(case_rule_name(v.rule)))
		v = (struct case_verdict){0};
	return v;
}
