/*
 * case_apply_custody.c: custody records become events on the items that they
 * name, block by block, each judged before any of them is applied.
 */
#include "case_apply.h"
#include "case_judge.h"

#include "mem.h"
#include "text.h"

#include <stdlib.h>

/* Does it move with what it is in? */
static bool is_moved_along(const struct case_state *state,
    const struct record *r, uint32_t item, const struct case_verdict *verdicts)
{
	uint32_t at = case_state_container(state, item, r->at);

	for (int depth = 0; at != CASE_NONE && depth < CASE_NESTING_MAX;
	     depth++) {
		for (size_t i = 0; i < r->block_count; i++)
			if (slice_is(r->blocks[i].id, state->items[at].id) &&
			    (verdicts[i].standing != CASE_NOT_HOLDER ||
				case_is_off("with its package: if that moves")))
				return true;
		at = case_state_container(state, at, r->at);
	}
	return false;
}

/* A breach takes nothing out of where it was seen, or handed over, later. */
static bool is_to_stay(struct case_state *state, const struct record *r,
    uint32_t item, const struct case_event *event)
{
	return event->is_breach &&
	    case_judge_is_in_something_later(state, item, r, event->leaf) &&
	    case_is_on("breach: leaves it where it was later");
}

static int add_event(struct case_state *state, uint32_t item,
    struct case_event event, enum case_event_type type, struct err *err)
{
	event.type = type;
	return case_item_add_event(state, item, event, err);
}

static int apply_handover_block(struct case_state *state,
    const struct record *r, uint32_t item, struct case_event event,
    const struct case_verdict *verdicts, struct err *err)
{
	const struct record_block *b = &r->blocks[event.block];
	int rc = 0;

	event.giver =
	    case_state_find_party(state, record_get(r, RECORD_F_FROM));
	event.receiver =
	    case_state_find_party(state, record_get(r, RECORD_F_TO));
	event.is_signed_by_both = !record_has(r, RECORD_F_RECEIVER) ||
	    case_is_off("chain: a receiver who did not sign");
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
	if (rc == 0 && is_moved_along(state, r, item, verdicts)) {
		if (!event.has_telltale && !event.is_breach)
			return 0;
		if (!event.is_breach)
			event.giver = event.receiver = CASE_NONE;
		return add_event(state, item, event, CASE_EVENT_TOLD, err);
	}
	if (rc == 0)
		rc = add_event(state, item, event,
		    is_to_stay(state, r, item, &event) ? CASE_EVENT_TOLD
						       : CASE_EVENT_GIVEN,
		    err);
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
		return add_event(state, item, event,
		    is_to_stay(state, r, item, &event) ? CASE_EVENT_TOLD
						       : CASE_EVENT_TAKEN_OUT,
		    err);
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
	if (event.is_breach &&
	    case_is_on(
		"put-in: not by a breach")) /* where it is now nobody knows */
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
		return (state->items[item].type == CASE_PACKAGE ||
			   case_is_off("identified: sealed, a package")) &&
		    seal.p != NULL &&
		    (!case_item_is_opened(state, item, r->at) ||
			case_is_off("identified: sealed, not opened")) &&
		    (slice_is_text(
			 record_block_get(r, b, RECORD_F_STATE), "intact") ||
			case_is_off("identified: sealed, intact")) &&
		    (slice_is(seal,
			 case_state_seal(state, item, r->at, &is_enclosing)) ||
			case_is_off("identified: sealed, with its number"));
	return seen.p != NULL &&
	    (!slice_is_text(seen, "label-read") ||
		case_is_off("identified: not by its label"));
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
	    (seal.p != NULL && known.p != NULL && !slice_is(seal, known) &&
		case_is_on("broken: another number is"));
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
	event.is_identified =
	    (!is_broken || case_is_off("identified: not broken")) &&
	    is_identified(state, r, b, item);
	event.is_seal_seen = !is_broken && seal.p != NULL && known.p != NULL &&
	    (!case_item_is_opened(state, item, r->at) ||
		case_is_off("seal seen: not opened")) &&
	    (slice_is_text(record_block_get(r, b, RECORD_F_STATE), "intact") ||
		case_is_off("seal seen: intact"));
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
		return add_event(state, item, event, CASE_EVENT_COPIED, err);
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
    uint32_t leaf, size_t block, const struct case_verdict *verdicts,
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
	    .is_breach = verdicts[block].standing == CASE_BREACH,
	    .is_late = l->is_late,
	    .is_shared = true,
	    .has_telltale = record_next(r, b, RECORD_F_TELLTALE, NULL) != NULL,
	};

	if (verdicts[block].standing == CASE_NOT_HOLDER &&
	    case_is_on("not-holder: makes no event"))
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
		return apply_handover_block(
		    state, r, item, event, verdicts, err);
	case RECORD_HANDLING:
		return apply_handling_block(state, r, b, item, event, err);
	case RECORD_INSPECTION:
		return apply_inspection_block(state, r, b, item, event, err);
	default:
		return apply_incident_block(state, r, item, event, err);
	}
}

/* Judged block by block before any of its events exists, then applied. */
int case_apply_custody(struct case_state *state, const struct record *r,
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
			verdicts[i] = case_judge_block(state, r, i, l->entered);
		if (is_whole && verdicts[i].standing == CASE_GOOD &&
		    case_is_on("breach: of the whole is of each"))
			verdicts[i].standing = CASE_BREACH;
	}
	for (size_t i = 0; i < r->block_count && rc == 0; i++)
		rc = apply_custody_block(state, r, leaf, i, verdicts, err);
	free(verdicts);
	return rc;
}
