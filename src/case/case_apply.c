/*
 * case_apply.c: what an admitted leaf changes in the state. One function a
 * kind; custody records become events on the items that they name.
 */
#include "case_internal.h"

#include "mem.h"
#include "text.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- enrolment ---- */

static void enrol_signers(struct case_state *state, uint32_t leaf)
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

		if (!state->parties[p].is_policy_holder)
			continue;
		case_set_add(set, p);
		sides[state->parties[p].side] = true;
	}
	for (int i = 0; i < CASE_SIDE_COUNT; i++)
		n += sides[i];
	*ret_two_sides = n >= 2;
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
			    case_state_is_signed_by(state, leaf, p);
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
static int apply_policy(struct case_state *state, const struct record *r,
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
	    quorum > state->witness_quorum)
		state->witness_quorum = quorum;
	return rc;
}

static int apply_genesis(struct case_state *state, const struct record *r,
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
static int finish_genesis(struct case_state *state, const struct record *r,
    uint32_t leaf, struct err *err)
{
	uint64_t quorum;

	if (record_get_count(r, RECORD_F_WITNESS_QUORUM, &quorum))
		state->witness_quorum = quorum;
	for (uint32_t i = 0; i < state->party_count; i++) {
		/* Whoever is only named brings a key later, by a join that
		 * others countersign. */
		if (case_state_party_key(state, i) == NULL)
			continue;
		for (size_t k = 0; k < r->signer_count; k++) {
			uint32_t p =
			    case_state_find_party(state, r->signers[k].party);

			state->parties[i]
			    .countersigned_by[state->parties[p].side] = true;
		}
	}
	return apply_policy(state, r, leaf, err);
}

static int apply_join(
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

static void countersign_join(struct case_state *state, const struct record *r)
{
	uint32_t party =
	    case_state_find_party(state, record_get(r, RECORD_F_PARTY));

	for (size_t i = 0; i < r->signer_count; i++) {
		uint32_t p = case_state_find_party(state, r->signers[i].party);

		if (p != party)
			state->parties[party]
			    .countersigned_by[state->parties[p].side] = true;
	}
}

/* ---- relations ---- */

static int apply_relation(struct case_state *state, const struct record *r,
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
static int apply_on_behalf(struct case_state *state, const struct record *r,
    uint32_t leaf, struct err *err)
{
	uint32_t to = case_state_find_party(state, record_get(r, RECORD_F_TO));
	uint32_t principal =
	    case_state_find_party(state, record_get(r, RECORD_F_ON_BEHALF_OF));

	if (to == CASE_NONE || principal == CASE_NONE ||
	    record_has(r, RECORD_F_RECEIVER))
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

/* ---- custody ---- */

static bool is_container_named(
    const struct case_state *state, const struct record *r, uint32_t item)
{
	uint32_t at = case_state_container(state, item, r->at);

	for (int depth = 0; at != CASE_NONE && depth < CASE_NESTING_MAX;
	     depth++) {
		for (size_t i = 0; i < r->block_count; i++)
			if (slice_is(r->blocks[i].id, state->items[at].id))
				return true;
		at = case_state_container(state, at, r->at);
	}
	return false;
}

static int add_event(struct case_state *state, uint32_t item,
    struct case_event event, enum case_event_type type, struct err *err)
{
	event.type = type;
	return case_item_add_event(state, item, event, err);
}

static int apply_handover_block(struct case_state *state,
    const struct record *r, const struct record_block *b, uint32_t item,
    struct case_event event, struct err *err)
{
	int rc = 0;

	event.giver =
	    case_state_find_party(state, record_get(r, RECORD_F_FROM));
	event.receiver =
	    case_state_find_party(state, record_get(r, RECORD_F_TO));
	event.is_signed_by_both = !record_has(r, RECORD_F_RECEIVER);
	if (event.receiver != CASE_NONE)
		state->parties[event.receiver].has_held = true;
	if (event.is_breach && event.giver != CASE_NONE)
		state->parties[event.giver].has_held = true;
	if (slice_is_text(record_block_get(r, b, RECORD_F_STATE), "broken")) {
		struct case_event broken = event;

		broken.giver = broken.receiver = CASE_NONE;
		broken.is_breach = false;
		rc = add_event(state, item, broken, CASE_EVENT_BROKEN, err);
	}
	/* What moves with its package does not leave it. */
	if (rc == 0 && is_container_named(state, r, item)) {
		if (!event.has_telltale && !event.is_breach)
			return 0;
		if (!event.is_breach)
			event.giver = event.receiver = CASE_NONE;
		return add_event(state, item, event, CASE_EVENT_TOLD, err);
	}
	if (rc == 0)
		rc = add_event(state, item, event, CASE_EVENT_GIVEN, err);
	return rc;
}

static int apply_found(struct case_state *state, const struct record *r,
    const struct record_block *b, struct case_event event, struct err *err)
{
	enum case_item_type type = CASE_DRIVE;
	uint32_t container = case_state_find_item(
	    state, record_block_get(r, b, RECORD_F_OUT_OF));
	uint32_t item;

	(void)case_item_type_find(record_block_get(r, b, RECORD_F_TYPE), &type);
	int rc = case_item_add(state, b->id, type, &item, err);
	if (rc != 0)
		return rc;
	state->items[item].leaf = event.leaf;
	state->items[item].block = event.block;
	state->items[item].inside = container;
	event.other = container;
	rc = add_event(state, item, event, CASE_EVENT_FOUND, err);
	return rc != 0 ? rc : case_item_put_inside(state, item, container, err);
}

static int add_seal(struct case_state *state, const struct record *r,
    const struct record_block *b, uint32_t item, struct case_event event,
    struct err *err)
{
	return case_item_add_seal(state, item,
	    (struct case_seal){
		.at = event.at,
		.leaf = event.leaf,
		.number = record_block_get(r, b, RECORD_F_SEAL),
		.is_enclosing = slice_is_text(
		    record_block_get(r, b, RECORD_F_SEAL_TYPE), "enclosing"),
	    },
	    err);
}

static int apply_handling_block(struct case_state *state,
    const struct record *r, const struct record_block *b, uint32_t item,
    struct case_event event, struct err *err)
{
	struct slice action = record_block_get(r, b, RECORD_F_ACTION);
	struct slice seal = record_block_get(r, b, RECORD_F_SEAL);
	int rc = 0;

	event.receiver =
	    case_state_find_party(state, record_get(r, RECORD_F_CUSTODIAN));
	event.is_signed_by_both = true;
	event.is_attended =
	    slice_is_text(record_get(r, RECORD_F_PRESENT_THROUGHOUT), "yes");
	if (slice_is_text(action, "found") && item == CASE_NONE)
		return apply_found(state, r, b, event, err);
	if (slice_is_text(action, "open"))
		return add_event(state, item, event, CASE_EVENT_OPENED, err);
	if (slice_is_text(action, "power-on"))
		return add_event(state, item, event, CASE_EVENT_POWERED, err);
	if (slice_is_text(action, "take-out"))
		return add_event(state, item, event, CASE_EVENT_TAKEN_OUT, err);
	if (slice_is_text(action, "reseal")) {
		if (seal.p != NULL)
			rc = map_put(&state->seals, seal, item, err);
		if (rc == 0)
			rc = add_event(
			    state, item, event, CASE_EVENT_SEALED, err);
		return rc != 0 ? rc : add_seal(state, r, b, item, event, err);
	}
	event.other =
	    case_state_find_item(state, record_block_get(r, b, RECORD_F_INTO));
	if (event.is_breach) /* where it is now nobody knows */
		return add_event(state, item, event, CASE_EVENT_TOLD, err);
	rc = add_event(state, item, event, CASE_EVENT_PUT_IN, err);
	return rc != 0 ? rc
		       : case_item_put_inside(state, item, event.other, err);
}

static bool is_identified(const struct case_state *state,
    const struct record *r, const struct record_block *b, uint32_t item)
{
	struct slice seen = record_block_get(r, b, RECORD_F_SEEN);
	struct slice seal = record_block_get(r, b, RECORD_F_SEAL);
	bool is_enclosing;

	if (slice_is_text(seen, "package-sealed"))
		return state->items[item].type == CASE_PACKAGE &&
		    seal.p != NULL &&
		    !case_item_is_opened(state, item, r->at) &&
		    slice_is_text(
			record_block_get(r, b, RECORD_F_STATE), "intact") &&
		    slice_is(seal,
			case_state_seal(state, item, r->at, &is_enclosing));
	return seen.p != NULL && !slice_is_text(seen, "label-read");
}

static int apply_inspection_block(struct case_state *state,
    const struct record *r, const struct record_block *b, uint32_t item,
    struct case_event event, struct err *err)
{
	struct slice found = record_block_get(r, b, RECORD_F_FOUND);
	struct slice seal = record_block_get(r, b, RECORD_F_SEAL);
	bool is_enclosing;
	struct slice known = case_state_seal(state, item, r->at, &is_enclosing);
	bool is_broken =
	    slice_is_text(record_block_get(r, b, RECORD_F_STATE), "broken") ||
	    (seal.p != NULL && known.p != NULL && !slice_is(seal, known));
	bool is_missing =
	    slice_is_text(found, "missing") || slice_is_text(found, "other");
	int rc = 0;

	event.receiver =
	    case_state_find_party(state, record_get(r, RECORD_F_CUSTODIAN));
	event.is_signed_by_both = event.receiver != CASE_NONE &&
	    case_state_is_signed_by(state, event.leaf, event.receiver);
	if (is_broken) {
		event.is_shared = true;
		rc = add_event(state, item, event, CASE_EVENT_BROKEN, err);
		event.is_breach = false; /* said once */
	}
	if (rc == 0 && is_missing) {
		event.is_shared = true;
		return add_event(state, item, event, CASE_EVENT_MISSING, err);
	}
	if (rc != 0 || slice_is_text(found, "unexpected"))
		return rc;
	event.is_identified = !is_broken && is_identified(state, r, b, item);
	event.is_seal_seen = !is_broken && seal.p != NULL && known.p != NULL &&
	    !case_item_is_opened(state, item, r->at) &&
	    slice_is_text(record_block_get(r, b, RECORD_F_STATE), "intact");
	event.is_shared = event.is_identified &&
	    slice_is_text(
		record_block_get(r, b, RECORD_F_SEEN), "package-sealed");
	return add_event(state, item, event, CASE_EVENT_SEEN, err);
}

static int apply_incident_block(struct case_state *state,
    const struct record *r, uint32_t item, struct case_event event,
    struct err *err)
{
	struct slice what = record_get(r, RECORD_F_WHAT);
	const struct case_leaf *l = &state->leaves[event.leaf];
	struct case_set holders =
	    case_item_custody(state, item, event.at, event.leaf).holders;

	if (slice_is_text(what, "seal-broken") ||
	    slice_is_text(what, "unauthorised-reading"))
		return add_event(state, item, event, CASE_EVENT_BROKEN, err);
	if (!slice_is_text(what, "loss") && !slice_is_text(what, "theft"))
		return add_event(state, item, event, CASE_EVENT_TOLD, err);
	for (size_t i = 0; i < l->signer_count; i++)
		if (case_set_has(&holders, state->signers[l->first_signer + i]))
			event.receiver = state->signers[l->first_signer + i];
	event.is_signed_by_both = event.receiver != CASE_NONE;
	return add_event(state, item, event, CASE_EVENT_MISSING, err);
}

static uint32_t party_of(const struct case_state *state, const struct record *r,
    enum record_name name, enum record_name or_name)
{
	struct slice value = record_get(r, name);

	return case_state_find_party(
	    state, value.p != NULL ? value : record_get(r, or_name));
}

/* A copy becomes an item: from here its host holds it. */
static int apply_copy(struct case_state *state, const struct record *r,
    const struct record_block *b, struct case_event event, struct err *err)
{
	enum case_item_type type = CASE_IMAGE;
	uint32_t source = case_state_find_item(
	    state, record_block_get(r, b, RECORD_F_DERIVED_FROM));
	uint32_t medium = case_state_find_item(
	    state, record_block_get(r, b, RECORD_F_INSIDE));
	uint32_t item = case_state_find_item(state, b->id);
	int rc;

	rc = add_event(state, source, event, CASE_EVENT_COPIED, err);
	if (rc != 0 || item != CASE_NONE) /* number-reused: no second item */
		return rc;
	(void)case_item_type_find(record_block_get(r, b, RECORD_F_TYPE), &type);
	rc = case_item_add(state, b->id, type, &item, err);
	if (rc == 0)
		rc = case_copy_add(state, item, source, err);
	if (rc != 0)
		return rc;
	state->items[item].leaf = event.leaf;
	state->items[item].block = event.block;
	state->items[item].inside = medium;
	event.other = medium;
	event.receiver = party_of(state, r, RECORD_F_HOST, RECORD_F_EXAMINER);
	event.is_signed_by_both = event.receiver != CASE_NONE &&
	    case_state_is_signed_by(state, event.leaf, event.receiver);
	event.is_identified = true;
	if (event.receiver != CASE_NONE)
		state->parties[event.receiver].has_held = true;
	rc = add_event(state, item, event, CASE_EVENT_FOUND, err);
	if (rc == 0 && medium != CASE_NONE)
		rc = case_item_put_inside(state, item, medium, err);
	return rc;
}

/* Readings of data, and the locks against them. */
static int apply_data_block(struct case_state *state, const struct record *r,
    const struct record_block *b, uint32_t item, struct case_event event,
    struct err *err)
{
	event.is_attended =
	    slice_is_text(record_get(r, RECORD_F_PRESENT_THROUGHOUT), "yes");
	switch (r->schema->kind) {
	case RECORD_IMAGE:
		if (record_block_get(r, b, RECORD_F_DERIVED_FROM).p != NULL)
			return apply_copy(state, r, b, event, err);
		return add_event(state, item, event, CASE_EVENT_TOLD, err);
	case RECORD_LOCK:
		return add_event(state, item, event, CASE_EVENT_LOCKED, err);
	case RECORD_UNLOCK:
		return add_event(state, item, event, CASE_EVENT_UNLOCKED, err);
	case RECORD_EXAMINATION:
		return add_event(state, item, event, CASE_EVENT_EXAMINED, err);
	default:
		return add_event(state, item, event, CASE_EVENT_DISCLOSED, err);
	}
}

static int apply_disposal_block(struct case_state *state,
    const struct record *r, const struct record_block *b, uint32_t item,
    struct case_event event, struct err *err)
{
	event.receiver =
	    case_state_find_party(state, record_get(r, RECORD_F_CUSTODIAN));
	event.is_signed_by_both = true;
	event.is_identified = is_identified(state, r, b, item);
	return add_event(state, item, event, CASE_EVENT_DESTROYED, err);
}

static int apply_custody_block(struct case_state *state, const struct record *r,
    uint32_t leaf, size_t block, const struct case_verdict *verdict,
    struct err *err)
{
	const struct case_leaf *l = &state->leaves[leaf];
	const struct record_block *b = &r->blocks[block];
	uint32_t item = case_state_find_item(state, b->id);
	struct case_event event = {
	    .at = r->at,
	    .leaf = leaf,
	    .giver = CASE_NONE,
	    .receiver = CASE_NONE,
	    .other = CASE_NONE,
	    .block = (uint32_t)block,
	    .is_breach = verdict->standing == CASE_BREACH,
	    .is_late = l->is_late,
	    .is_shared = true,
	    .has_telltale = record_next(r, b, RECORD_F_TELLTALE, NULL) != NULL,
	};

	if (verdict->standing == CASE_NOT_HOLDER)
		return 0;
	if (item == CASE_NONE && r->schema->kind != RECORD_HANDLING &&
	    r->schema->kind != RECORD_IMAGE)
		return 0;
	switch (r->schema->kind) {
	case RECORD_MOVE:
		return add_event(state, item, event, CASE_EVENT_MOVED, err);
	case RECORD_DISPOSAL:
		return apply_disposal_block(state, r, b, item, event, err);
	case RECORD_IMAGE:
	case RECORD_LOCK:
	case RECORD_UNLOCK:
	case RECORD_EXAMINATION:
	case RECORD_DISCLOSURE:
		return apply_data_block(state, r, b, item, event, err);
	case RECORD_HANDOVER:
	case RECORD_RELEASE:
		return apply_handover_block(state, r, b, item, event, err);
	case RECORD_HANDLING:
		return apply_handling_block(state, r, b, item, event, err);
	case RECORD_INSPECTION:
		return apply_inspection_block(state, r, b, item, event, err);
	default:
		return apply_incident_block(state, r, item, event, err);
	}
}

/* Judged block by block before any of its events exists, then applied. */
static int apply_custody(struct case_state *state, const struct record *r,
    uint32_t leaf, struct err *err)
{
	const struct case_leaf *l = &state->leaves[leaf];
	bool is_whole = l->standing == CASE_BREACH &&
	    case_rules_breaks_whole(state, r, l->entered);
	struct case_verdict *verdicts =
	    mem_new(r->block_count + 1, sizeof(*verdicts));
	int rc = 0;

	if (verdicts == NULL)
		return err_nomem(err);
	for (size_t i = 0; i < r->block_count; i++) {
		verdicts[i] = (struct case_verdict){0};
		if (r->schema->kind != RECORD_LOCK) /* judged as a whole */
			verdicts[i] =
			    case_rules_judge_block(state, r, i, l->entered);
		if (is_whole && verdicts[i].standing == CASE_GOOD)
			verdicts[i].standing = CASE_BREACH;
	}
	for (size_t i = 0; i < r->block_count && rc == 0; i++)
		rc = apply_custody_block(state, r, leaf, i, &verdicts[i], err);
	free(verdicts);
	return rc;
}

static int apply_objection(
    struct case_state *state, uint32_t leaf, struct err *err)
{
	struct case_objection objection = {.leaf = leaf};
	const struct case_leaf *l = &state->leaves[leaf];

	for (size_t i = 0; i < l->signer_count; i++)
		objection.is_by_owner = objection.is_by_owner ||
		    state->parties[state->signers[l->first_signer + i]].side ==
			CASE_OWNER;
	int rc = mem_grow((void **)&state->objections, &state->objection_cap,
	    state->objection_count + 1, sizeof(*state->objections), err);
	if (rc == 0)
		state->objections[state->objection_count++] = objection;
	return rc;
}

/* long: a dispatch over the kinds, one line each */
static int apply_kind(struct case_state *state, const struct record *record,
    uint32_t leaf, struct err *err)
{
	switch (record->schema->kind) {
	case RECORD_CASE:
		return finish_genesis(state, record, leaf, err);
	case RECORD_JOIN:
		countersign_join(state, record);
		return 0;
	case RECORD_KEY:
		return case_key_apply(state, record, leaf, err);
	case RECORD_POLICY:
		return apply_policy(state, record, leaf, err);
	case RECORD_RELATION:
		return apply_relation(state, record, leaf, err);
	case RECORD_LIST:
		return case_list_add_part(state, record, leaf, err);
	case RECORD_SEIZURE:
		return case_list_add_seizure(state, record, leaf, err);
	case RECORD_ORDER:
		return case_order_apply(state, record, leaf, err);
	case RECORD_DRAW:
		return case_draw_apply(state, record, leaf, err);
	case RECORD_DRAW_REVEAL:
		return case_draw_apply_reveal(state, record, leaf, err);
	case RECORD_OBJECTION:
		return apply_objection(state, leaf, err);
	case RECORD_CORRECTION:
		return case_correct_apply(state, record, leaf, err);
	default:
		return record->schema->is_custody
		    ? apply_custody(state, record, leaf, err)
		    : 0;
	}
}

int case_apply(struct case_state *state, const struct record *record,
    uint32_t leaf, struct err *err)
{
	const struct case_leaf *l = &state->leaves[leaf];
	enum record_kind kind = record->schema->kind;
	int rc = 0;

	if (l->standing == CASE_VOID) {
		enrol_signers(state, leaf);
		return 0;
	}
	rc = apply_kind(state, record, leaf, err);
	if (rc == 0 && (kind == RECORD_HANDOVER || kind == RECORD_DISCLOSURE))
		rc = apply_on_behalf(state, record, leaf, err);
	enrol_signers(state, leaf);
	if (rc == 0 && state->red_line_count > 0)
		rc = case_party_find_alarms(state, leaf, l->entered, err);
	return rc;
}

/* Somebody whom the case did not know and who did not sign: the hand-over names
 * him, so that what he holds has a holder. */
static int name_receiver(
    struct case_state *state, const struct record *r, struct err *err)
{
	struct slice to = record_get(r, RECORD_F_TO);
	uint32_t ignored;

	if (case_state_find_party(state, to) != CASE_NONE)
		return 0;
	return case_party_add(state, to, CASE_OUTSIDE, to, &ignored, err);
}

int case_apply_parties(struct case_state *state, const struct record *record,
    uint32_t leaf, struct err *err)
{
	if (record->schema->kind == RECORD_CASE)
		return apply_genesis(state, record, leaf, err);
	if (record->schema->kind == RECORD_JOIN)
		return apply_join(state, record, err);
	if (record->schema->kind == RECORD_HANDOVER ||
	    record->schema->kind == RECORD_RELEASE ||
	    record->schema->kind == RECORD_DISCLOSURE)
		return name_receiver(state, record, err);
	return 0;
}
