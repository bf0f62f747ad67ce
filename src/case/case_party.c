/*
 * case_party.c: parties, their keys, who acts for whom, red lines, and who is
 * disinterested (findings section 2).
 */
#include "case_internal.h"

#include "mem.h"
#include "text.h"

#include <stdlib.h>

static const char *const side_names[CASE_SIDE_COUNT] = {
    [CASE_AUTHORITY] = "authority",
    [CASE_OWNER] = "owner",
    [CASE_NEUTRAL] = "neutral",
    [CASE_OUTSIDE] = "outside",
};

const char *case_side_name(enum case_side side)
{
	return side_names[side];
}

bool case_party_find_side(struct slice name, enum case_side *ret_side)
{
	for (int i = 0; i < CASE_SIDE_COUNT; i++) {
		if (slice_is_text(name, side_names[i])) {
			*ret_side = (enum case_side)i;
			return true;
		}
	}
	return false;
}

bool case_set_is_empty(const struct case_set *set)
{
	for (size_t i = 0; i < CASE_PARTIES_MAX / 64; i++)
		if (set->words[i] != 0)
			return false;
	return true;
}

bool case_set_meets(const struct case_set *a, const struct case_set *b)
{
	for (size_t i = 0; i < CASE_PARTIES_MAX / 64; i++)
		if ((a->words[i] & b->words[i]) != 0)
			return true;
	return false;
}

uint32_t case_set_next(const struct case_set *set, uint32_t from)
{
	for (uint32_t i = from; i < CASE_PARTIES_MAX; i++) {
		if (i % 64 == 0 && set->words[i / 64] == 0)
			i += 63;
		else if (case_set_has(set, i))
			return i;
	}
	return CASE_NONE;
}

/* Any function of the name will do: whoever is not found by it is found in the
 * map. */
static size_t quick_place(struct slice name)
{
	size_t sum = name.n;

	for (size_t i = 0; i < name.n && i < 8; i++)
		sum = sum * 31 + (uint8_t)name.p[i];
	return sum % CASE_QUICK;
}

int case_party_add(struct case_state *state, struct slice name,
    enum case_side side, struct slice org, uint32_t *ret_party, struct err *err)
{
	int rc = mem_grow((void **)&state->parties, &state->party_cap,
	    state->party_count + 1, sizeof(*state->parties), err);
	struct slice lower = case_arena_lower(state, name);

	if (rc != 0)
		return rc;
	if (lower.p == NULL)
		return err_nomem(err);
	uint32_t party = (uint32_t)state->party_count;
	rc = map_put(&state->party_names, lower, party, err);
	if (rc != 0)
		return rc;
	state->parties[party] = (struct case_party){
	    .name = name,
	    .side = side,
	    .org = org,
	    .enrolled_leaf = CASE_NONE,
	    .component = party,
	    .last_relation = CASE_NONE,
	};
	state->party_count++;
	uint32_t *quick = &state->quick_parties[quick_place(name)];
	if (*quick == 0)
		*quick = party + 1;
	*ret_party = party;
	return 0;
}

uint32_t case_state_find_party(
    const struct case_state *state, struct slice name)
{
	char lower[TEXT_IDENTIFIER_MAX];
	uint32_t party;

	if (name.p == NULL || name.n > sizeof(lower))
		return CASE_NONE;
	party = state->quick_parties[quick_place(name)];
	if (party != 0 && slice_is(state->parties[party - 1].name, name))
		return party - 1;
	text_lower(lower, name);
	if (!map_get(
		&state->party_names, (struct slice){lower, name.n}, &party) ||
	    !slice_is(state->parties[party].name, name))
		return CASE_NONE;
	return party;
}

bool case_party_is_overseer(const struct case_party *party)
{
	return (party->side == CASE_NEUTRAL ||
		   case_is_off("overseer: neutral")) &&
	    (slice_is_text(party->role, "overseer") ||
		case_is_off("overseer: so named"));
}

/* Parties joined by binding relations ever entered, whatever their terms. */
static void join_components(struct case_state *state, uint32_t a, uint32_t b)
{
	uint32_t x = state->parties[a].component;
	uint32_t y = state->parties[b].component;

	for (uint32_t i = 0; i < state->party_count && x != y; i++)
		if (state->parties[i].component == (x < y ? y : x))
			state->parties[i].component = x < y ? x : y;
}

int case_party_add_relation(
    struct case_state *state, struct case_relation relation, struct err *err)
{
	int rc = mem_grow((void **)&state->relations, &state->relation_cap,
	    state->relation_count + 1, sizeof(*state->relations), err);
	uint32_t *last = &state->parties[relation.acts_for].last_relation;

	if (rc != 0)
		return rc;
	relation.before = *last;
	*last = (uint32_t)state->relation_count;
	state->relations[state->relation_count++] = relation;
	if (relation.is_binding || case_is_off("component: binding relations"))
		join_components(state, relation.party, relation.acts_for);
	return 0;
}

struct case_set case_state_closure(const struct case_state *state,
    uint32_t party, int64_t now, uint32_t asserted)
{
	struct case_set set = {0};
	int64_t from = state->is_seized ? state->seized_at : INT64_MIN;
	uint32_t work[CASE_PARTIES_MAX];
	size_t n = 0;

	case_set_add(&set, party);
	work[n++] = party;
	while (n > 0) {
		uint32_t i = state->parties[work[--n]].last_relation;

		for (; i != CASE_NONE; i = state->relations[i].before) {
			const struct case_relation *r = &state->relations[i];

			if ((!r->is_binding && i != asserted &&
				case_is_on("closure: binding relations")) ||
			    (r->until < from &&
				case_is_on(
				    "closure: not over before the seizure")) ||
			    (r->since > now &&
				case_is_on("closure: begun by now")) ||
			    case_set_has(&set, r->party))
				continue;
			case_set_add(&set, r->party);
			work[n++] = r->party;
		}
	}
	return set;
}

static int raise_alarm(
    struct case_state *state, struct case_alarm alarm, struct err *err)
{
	for (size_t i = 0; i < state->alarm_count; i++)
		if (state->alarms[i].party == alarm.party &&
		    state->alarms[i].red_line == alarm.red_line)
			return 0;
	int rc = mem_grow((void **)&state->alarms, &state->alarm_cap,
	    state->alarm_count + 1, sizeof(*state->alarms), err);
	if (rc == 0)
		state->alarms[state->alarm_count++] = alarm;
	return rc;
}

/* Can there be another alarm than after the leaf before? Takes note of what it
 * hangs on. */
static bool is_alarm_possible(struct case_state *state, int64_t now)
{
	struct case_alarm_basis *basis = &state->alarm_basis;
	uint64_t epoch = case_party_epoch(state) + state->red_line_count;

	if (basis->epoch == epoch && basis->seized_at == state->seized_at &&
	    now < basis->next)
		return false;
	*basis = (struct case_alarm_basis){epoch, state->seized_at, INT64_MAX};
	for (size_t i = 0; i < state->relation_count; i++)
		if (state->relations[i].since > now &&
		    state->relations[i].since < basis->next)
			basis->next = state->relations[i].since;
	return true;
}

int case_party_find_alarms(
    struct case_state *state, uint32_t leaf, int64_t now, struct err *err)
{
	if (!is_alarm_possible(state, now))
		return 0;
	for (size_t i = 0; i < state->red_line_count; i++) {
		const struct case_red_line *line = &state->red_lines[i];

		if (line->lifted_leaf != CASE_NONE &&
		    case_is_on("alarm: of a line that stands"))
			continue;
		struct case_set barred =
		    case_state_closure(state, line->party, now, CASE_NONE);
		for (uint32_t p = case_set_next(&barred, 0); p != CASE_NONE;
		     p = case_set_next(&barred, p + 1)) {
			struct case_alarm alarm = {leaf, p, line->party};

			if (!state->parties[p].has_held &&
			    case_is_on("alarm: of a holder"))
				continue;
			int rc = raise_alarm(state, alarm, err);
			if (rc != 0)
				return rc;
		}
	}
	return 0;
}

/* Does the candidate have nothing to do with `other`, who touched the item? */
static bool is_apart(const struct case_state *state,
    const struct case_party *candidate, uint32_t other)
{
	const struct case_party *o = &state->parties[other];

	return (candidate != o || case_is_off("apart: two parties")) &&
	    (record_compare_names(candidate->org, o->org) != 0 ||
		case_is_off("apart: two organisations")) &&
	    (candidate->component != o->component ||
		case_is_off("apart: no relation"));
}

/* By the owner, or for what the owner holds by the authority. A neutral's word
 * does not count: one side could enrol two neutrals, the second with the help
 * of the first; and it could let somebody of no side hold the things. */
static bool is_countersigned_apart_from(
    const struct case_party *candidate, enum case_side side)
{
	if (side == CASE_OWNER &&
	    case_is_on("countersigned: owner not by owner"))
		return candidate->countersigned_by[CASE_AUTHORITY];
	return candidate->countersigned_by[CASE_OWNER] ||
	    (candidate->countersigned_by[CASE_AUTHORITY] &&
		case_is_off("countersigned: authority not by authority"));
}

/* Apart from one holder, and not enrolled by the holder's side alone. */
static bool is_apart_from_holder(const struct case_state *state,
    const struct case_party *candidate, uint32_t holder)
{
	return is_apart(state, candidate, holder) &&
	    (is_countersigned_apart_from(
		 candidate, state->parties[holder].side) ||
		case_is_off("disinterested: countersigned by another side"));
}

static bool is_apart_from_all_holders(
    const struct case_state *state, const struct case_party *candidate)
{
	for (uint32_t i = 0; i < state->party_count; i++)
		if (state->parties[i].has_held &&
		    !is_apart_from_holder(state, candidate, i) &&
		    case_is_on("disinterested: apart from all holders"))
			return false;
	return true;
}

/* What does not depend on the item. */
static bool is_neutral_apart_from(const struct case_state *state,
    uint32_t party, uint32_t recipient, int64_t enrolled_before)
{
	const struct case_party *candidate = &state->parties[party];

	return (candidate->side == CASE_NEUTRAL ||
		   case_is_off("disinterested: neutral")) &&
	    (!candidate->has_held ||
		case_is_off("disinterested: never held")) &&
	    candidate->enrolled_leaf != CASE_NONE &&
	    (state->leaves[candidate->enrolled_leaf].entered <
		    enrolled_before ||
		case_is_off("disinterested: enrolled before")) &&
	    (recipient == CASE_NONE || is_apart(state, candidate, recipient) ||
		case_is_off("disinterested: apart from the recipient"));
}

bool case_party_is_disinterested(const struct case_state *state, uint32_t party,
    const struct case_touch *touch, uint32_t recipient, int64_t enrolled_before)
{
	const struct case_party *candidate = &state->parties[party];

	if (!is_neutral_apart_from(state, party, recipient, enrolled_before))
		return false;
	for (uint32_t p = case_set_next(&touch->givers, 0); p != CASE_NONE;
	     p = case_set_next(&touch->givers, p + 1))
		if (!is_apart(state, candidate, p) &&
		    case_is_on("disinterested: apart from givers"))
			return false;
	for (uint32_t p = case_set_next(&touch->receivers, 0); p != CASE_NONE;
	     p = case_set_next(&touch->receivers, p + 1))
		if (!is_apart_from_holder(state, candidate, p) &&
		    case_is_on("disinterested: apart from receivers"))
			return false;
	return true;
}

bool case_state_is_disinterested(const struct case_state *state, uint32_t party,
    uint32_t item, uint32_t recipient, int64_t enrolled_before)
{
	struct case_touch touch = {0};
	struct case_event *events = NULL;
	size_t cap = 0, n = 0;

	if (!is_neutral_apart_from(state, party, recipient, enrolled_before))
		return false;
	if (item == CASE_NONE)
		return is_apart_from_all_holders(state, &state->parties[party]);
	bool is_good =
	    case_state_timeline(state, item, &events, &cap, &n, NULL) == 0;
	for (size_t i = 0; i < n && is_good; i++)
		case_custody_note(&touch, &events[i]);
	free(events);
	return is_good &&
	    case_party_is_disinterested(
		state, party, &touch, recipient, enrolled_before);
}

/* All of these only ever grow, so that no change can leave the sum as it
 * was. */
uint64_t case_party_epoch(const struct case_state *state)
{
	uint64_t sum = state->party_count + state->relation_count +
	    state->compromise_count;

	for (size_t i = 0; i < state->party_count; i++) {
		const struct case_party *p = &state->parties[i];

		sum += p->has_held;
		sum += p->enrolled_leaf != CASE_NONE;
		for (int side = 0; side < CASE_SIDE_COUNT; side++)
			sum += p->countersigned_by[side];
	}
	return sum;
}
