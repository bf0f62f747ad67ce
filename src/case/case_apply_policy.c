/*
 * case_apply_policy.c: what enrols parties, sets the policy and says who acts
 * for whom.
 */
#include "case_apply.h"

#include "mem.h"
#include "text.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- enrolment ---- */

void case_apply_enrol(struct case_state *state, uint32_t leaf)
{
	const struct case_leaf *l = &state->leaves[leaf];

	for (size_t i = 0; i < l->signer_count; i++) {
		struct case_party *p =
		    &state->parties[state->signers[l->first_signer + i]];

		if (p->enrolled_leaf == CASE_NONE)
			p->enrolled_leaf = leaf;
	}
}

static int apply_party_block(struct case_state *state, const struct record *r,
    const struct record_block *b, struct err *err)
{
	enum case_side side = CASE_OUTSIDE;
	uint32_t party;
	struct slice vkey = record_block_get(r, b, RECORD_F_KEY);

	(void)case_party_find_side(
	    record_block_get(r, b, RECORD_F_SIDE), &side);
	int rc = case_party_add(state, b->id, side,
	    record_block_get(r, b, RECORD_F_ORG), &party, err);
	if (rc != 0)
		return rc;
	state->parties[party].role = record_block_get(r, b, RECORD_F_ROLE);
	state->parties[party].is_in_genesis = true;
	return vkey.p != NULL ? case_key_add(state, party, vkey, INT64_MIN, err)
			      : 0;
}

/* ---- policy ---- */

static void add_signers_of_policy(const struct case_state *state, uint32_t leaf,
    struct case_set *set, bool *ret_two_sides)
{
	const struct case_leaf *l = &state->leaves[leaf];
	bool sides[CASE_SIDE_COUNT] = {0};
	int n = 0;

	for (size_t i = 0; i < l->signer_count; i++) {
		uint32_t p = state->signers[l->first_signer + i];

		if (!state->parties[p].is_policy_holder &&
		    case_is_on("red-line: set by policy holders"))
			continue;
		case_set_add(set, p);
		sides[state->parties[p].side] = true;
	}
	for (int i = 0; i < CASE_SIDE_COUNT; i++)
		n += sides[i];
	*ret_two_sides = n >= 2 || case_is_off("red-line: agreed by two sides");
}

static int draw_red_line(
    struct case_state *state, uint32_t leaf, struct slice name, struct err *err)
{
	struct case_red_line line = {.leaf = leaf, .lifted_leaf = CASE_NONE};

	line.party = case_state_find_party(state, name);
	add_signers_of_policy(state, leaf, &line.set_by, &line.is_agreed);
	int rc = mem_grow((void **)&state->red_lines, &state->red_line_cap,
	    state->red_line_count + 1, sizeof(*state->red_lines), err);
	if (rc == 0)
		state->red_lines[state->red_line_count++] = line;
	return rc;
}

/* A line falls only with everyone who set it. */
static void lift_red_lines(
    struct case_state *state, uint32_t leaf, struct slice name)
{
	uint32_t party = case_state_find_party(state, name);

	for (size_t i = 0; i < state->red_line_count; i++) {
		struct case_red_line *line = &state->red_lines[i];
		bool is_by_all = line->party == party;

		for (uint32_t p = case_set_next(&line->set_by, 0);
		     p != CASE_NONE; p = case_set_next(&line->set_by, p + 1))
			is_by_all = is_by_all &&
			    (case_state_is_signed_by(state, leaf, p) ||
				case_is_off("lift: by all who set it"));
		if (is_by_all && line->lifted_leaf == CASE_NONE)
			line->lifted_leaf = leaf;
	}
}

static int apply_require(
    struct case_state *state, struct slice value, struct err *err)
{
	struct slice rest = value;
	struct case_require require = {
	    .schema = record_schema_find(slice_cut(&rest, ' '))};

	require.name = record_schema_field_find(rest);
	int rc = mem_grow((void **)&state->requires, &state->require_cap,
	    state->require_count + 1, sizeof(*state->requires), err);
	if (rc == 0)
	state->requires[state->require_count++] = require;
	return rc;
}

/* What genesis and policy records share. Policies add up. */
int case_apply_policy(struct case_state *state, const struct record *r,
    uint32_t leaf, struct err *err)
{
	const struct record_value *v = NULL;
	uint64_t quorum;
	int rc = 0;

	while (
	    rc == 0 && (v = record_next(r, NULL, RECORD_F_RED_LINE, v)) != NULL)
		rc = draw_red_line(state, leaf, v->value, err);
	while (rc == 0 && (v = record_next(r, NULL, RECORD_F_OPEN, v)) != NULL)
		state->is_open[record_schema_field_find(v->value)] = true;
	while (
	    rc == 0 && (v = record_next(r, NULL, RECORD_F_REQUIRE, v)) != NULL)
		rc = apply_require(state, v->value, err);
	while (rc == 0 && (v = record_next(r, NULL, RECORD_F_LIFT, v)) != NULL)
		lift_red_lines(state, leaf, v->value);
	if (record_get_count(r, RECORD_F_WITNESS_QUORUM, &quorum) &&
	    (quorum > state->witness_quorum ||
		case_is_off("witness-quorum: only raised")))
		state->witness_quorum = quorum;
	return rc;
}

int case_apply_genesis(struct case_state *state, const struct record *r,
    uint32_t leaf, struct err *err)
{
	const struct record_value *v = NULL;
	char ref[TEXT_IDENTIFIER_MAX + 1 + 32 + 1];
	char hex[HASH_HEX_SIZE];
	struct slice name = record_get(r, RECORD_F_NAME);
	int rc =
	    note_key_parse(&state->log_key, record_get(r, RECORD_F_LOG), err);

	hash_to_hex(hex, &r->id);
	(void)snprintf(ref, sizeof(ref), "%.*s#%.32s", SLICE_ARG(name), hex);
	state->ref = case_arena_copy(state, slice_of(ref));
	if (rc == 0 && state->ref.p == NULL)
		rc = err_nomem(err);
	while (rc == 0 &&
	    (v = record_next(r, NULL, RECORD_F_WITNESS_KEY, v)) != NULL) {
		rc = mem_grow((void **)&state->witnesses, &state->witness_cap,
		    state->witness_count + 1, sizeof(*state->witnesses), err);
		if (rc == 0)
			rc = note_key_parse(
			    &state->witnesses[state->witness_count++], v->value,
			    err);
	}
	for (size_t i = 0; i < r->block_count && rc == 0; i++)
		rc = apply_party_block(state, r, &r->blocks[i], err);
	while (rc == 0 &&
	    (v = record_next(r, NULL, RECORD_F_POLICY_HOLDER, v)) != NULL)
		state->parties[case_state_find_party(state, v->value)]
		    .is_policy_holder = true;
	state->is_clock_set = record_has(r, RECORD_F_CLOCK);
	state->witness_quorum = 1;
	(void)leaf;
	return rc;
}

/* After the signers of the genesis are known as parties. */
int case_apply_finish_genesis(struct case_state *state, const struct record *r,
    uint32_t leaf, struct err *err)
{
	uint64_t quorum;

	if (record_get_count(r, RECORD_F_WITNESS_QUORUM, &quorum))
		state->witness_quorum = quorum;
	for (uint32_t i = 0; i < state->party_count; i++) {
		/* Whoever is only named brings a key later, by a join that
		 * others countersign. */
		if (case_state_party_key(state, i) == NULL &&
		    case_is_on("countersigned: with its key"))
			continue;
		for (size_t k = 0; k < r->signer_count; k++) {
			uint32_t p =
			    case_state_find_party(state, r->signers[k].party);

			state->parties[i]
			    .countersigned_by[state->parties[p].side] = true;
		}
	}
	return case_apply_policy(state, r, leaf, err);
}

int case_apply_join(
    struct case_state *state, const struct record *r, struct err *err)
{
	struct slice name = record_get(r, RECORD_F_PARTY);
	struct slice vkey = record_get(r, RECORD_F_KEY);
	uint32_t party = case_state_find_party(state, name);
	enum case_side side = CASE_OUTSIDE;
	int rc = 0;

	if (party == CASE_NONE) {
		(void)case_party_find_side(record_get(r, RECORD_F_SIDE), &side);
		rc = case_party_add(state, name, side,
		    record_get(r, RECORD_F_ORG), &party, err);
		if (rc != 0)
			return rc;
		state->parties[party].role = record_get(r, RECORD_F_ROLE);
	}
	if (vkey.p != NULL)
		rc = case_key_add(state, party, vkey, INT64_MIN, err);
	return rc;
}

void case_apply_countersign(struct case_state *state, const struct record *r)
{
	uint32_t party =
	    case_state_find_party(state, record_get(r, RECORD_F_PARTY));

	for (size_t i = 0; i < r->signer_count; i++) {
		uint32_t p = case_state_find_party(state, r->signers[i].party);

		if (p != party || case_is_off("countersigned: by another"))
			state->parties[party]
			    .countersigned_by[state->parties[p].side] = true;
	}
}

/* ---- relations ---- */

int case_apply_relation(struct case_state *state, const struct record *r,
    uint32_t leaf, struct err *err)
{
	struct slice basis = record_get(r, RECORD_F_BASIS);
	struct case_set signers = {0};
	bool is_two_sided;
	struct case_relation relation = {
	    .leaf = leaf,
	    .party =
		case_state_find_party(state, record_get(r, RECORD_F_PARTY)),
	    .acts_for =
		case_state_find_party(state, record_get(r, RECORD_F_ACTS_FOR)),
	    .since = INT64_MIN,
	    .until = INT64_MAX,
	    .is_binding = !slice_is_text(basis, "asserted"),
	};

	(void)record_get_start(r, RECORD_F_SINCE, &relation.since);
	(void)record_get_time(r, RECORD_F_UNTIL, &relation.until);
	add_signers_of_policy(state, leaf, &signers, &is_two_sided);
	relation.is_one_sided =
	    slice_is_text(basis, "established") && !is_two_sided;
	return case_party_add_relation(state, relation, err);
}

/* `on-behalf-of` in a hand-over that the receiver signed is a declaration. */
int case_apply_on_behalf(struct case_state *state, const struct record *r,
    uint32_t leaf, struct err *err)
{
	uint32_t to = case_state_find_party(state, record_get(r, RECORD_F_TO));
	uint32_t principal =
	    case_state_find_party(state, record_get(r, RECORD_F_ON_BEHALF_OF));

	if (to == CASE_NONE || principal == CASE_NONE ||
	    (record_has(r, RECORD_F_RECEIVER) &&
		case_is_on("on-behalf-of: if the receiver signs")))
		return 0;
	return case_party_add_relation(state,
	    (struct case_relation){
		.leaf = leaf,
		.party = to,
		.acts_for = principal,
		.since = r->at,
		.until = r->at,
		.is_binding = true,
	    },
	    err);
}
