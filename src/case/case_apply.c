/*
 * case_apply.c: what an admitted leaf changes in the state, by its kind.
 */
#include "case_apply.h"

#include "mem.h"
#include "text.h"

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
		return case_apply_finish_genesis(state, record, leaf, err);
	case RECORD_JOIN:
		case_apply_countersign(state, record);
		return 0;
	case RECORD_KEY:
		return case_key_apply(state, record, leaf, err);
	case RECORD_POLICY:
		return case_apply_policy(state, record, leaf, err);
	case RECORD_RELATION:
		return case_apply_relation(state, record, leaf, err);
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
		    ? case_apply_custody(state, record, leaf, err)
		    : 0;
	}
}

int case_apply(struct case_state *state, const struct record *record,
    uint32_t leaf, struct err *err)
{
	const struct case_leaf *l = &state->leaves[leaf];
	enum record_kind kind = record->schema->kind;
	int rc = 0;

	if (l->standing == CASE_VOID && case_is_on("void: changes nothing")) {
		case_apply_enrol(state, leaf);
		return 0;
	}
	rc = apply_kind(state, record, leaf, err);
	if (rc == 0 && (kind == RECORD_HANDOVER || kind == RECORD_DISCLOSURE))
		rc = case_apply_on_behalf(state, record, leaf, err);
	case_apply_enrol(state, leaf);
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
		return case_apply_genesis(state, record, leaf, err);
	if (record->schema->kind == RECORD_JOIN)
		return case_apply_join(state, record, err);
	if (record->schema->kind == RECORD_HANDOVER ||
	    record->schema->kind == RECORD_RELEASE ||
	    record->schema->kind == RECORD_DISCLOSURE)
		return name_receiver(state, record, err);
	return 0;
}
