/*
 * case_state.c: the fold: leaves in order, each judged and then applied; and
 * the plain look-ups. A leaf that is refused leaves the state as it was.
 */
#include "case_internal.h"

#include "mem.h"
#include "note.h"
#include "record_leaf.h"
#include "text.h"

#include <stdlib.h>

struct case_state *case_state_new(void)
{
	struct case_state *state = mem_new(1, sizeof(*state));

	if (state == NULL)
		return NULL;
	note_key_setup();
	state->newest_at = INT64_MIN;
	state->run = hash_new();
	case_ids_init(&state->ids);
	map_init(&state->party_names);
	map_init(&state->item_names);
	map_init(&state->seals);
	map_init(&state->listed);
	if (state->run == NULL) {
		case_state_free(state);
		return NULL;
	}
	return state;
}

void case_state_loosen(struct case_state *state)
{
	state->is_loose = true;
}

void case_state_free(struct case_state *state)
{
	if (state == NULL)
		return;
	for (size_t i = 0; i < state->item_count; i++) {
		free(state->items[i].events);
		free(state->items[i].contents);
		free(state->items[i].copies);
		free(state->items[i].seals);
		free(state->items[i].end);
	}
	for (size_t i = 0; i < state->list_count; i++)
		free(state->lists[i].leaves);
	for (size_t i = 0; i < CASE_TREE_LEVELS; i++)
		free(state->levels[i].hashes);
	hash_free(state->run);
	record_done(&state->scratch);
	case_ids_done(&state->ids);
	map_done(&state->party_names);
	map_done(&state->item_names);
	map_done(&state->seals);
	map_done(&state->listed);
	free(state->witnesses);
	free(state->requires);
	free(state->leaves);
	free(state->signers);
	free(state->parties);
	free(state->keys);
	free(state->encryptions);
	free(state->relations);
	free(state->red_lines);
	free(state->alarms);
	free(state->items);
	free(state->timeline);
	free(state->lists);
	free(state->orders);
	free(state->draws);
	free(state->objections);
	free(state->corrections);
	case_arena_done(state);
	free(state);
}

/* ---- the tree ---- */

static int add_leaf_hash(
    struct case_state *state, const struct hash *leaf, struct err *err)
{
	struct hash hash = *leaf;

	for (size_t i = 0; i < CASE_TREE_LEVELS; i++) {
		struct case_level *level = &state->levels[i];
		int rc = mem_grow((void **)&level->hashes, &level->cap,
		    level->n + 1, sizeof(*level->hashes), err);

		if (rc != 0)
			return rc;
		level->hashes[level->n++] = hash;
		if (level->n % 2 != 0)
			return 0;
		hash = tree_node_hash(state->run, &level->hashes[level->n - 2],
		    &level->hashes[level->n - 1]);
	}
	return err_set(err, ERR_LIMIT, "the ledger has too many leaves");
}

static int read_node(void *cookie, unsigned level, uint64_t index,
    struct hash *ret_hash, struct err *err)
{
	const struct case_state *state = cookie;

	if (level >= CASE_TREE_LEVELS || index >= state->levels[level].n)
		return err_set(err, ERR_USAGE, "tree: no such node");
	*ret_hash = state->levels[level].hashes[index];
	return 0;
}

struct tree_source case_state_tree(const struct case_state *state)
{
	return (struct tree_source){.read = read_node, .cookie = (void *)state};
}

struct hash case_state_root(const struct case_state *state, uint64_t size)
{
	struct tree_source source = case_state_tree(state);
	struct hash root = {{0}};

	/* Every node below `size` is there, so that reading cannot fail. */
	if (tree_root(&root, &source, size, NULL) != 0)
		root = (struct hash){{0}};
	return root;
}

struct hash case_state_leaf_hash(const struct case_state *state, uint64_t index)
{
	return state->levels[0].hashes[index];
}

/* ---- adding ---- */

int case_state_say_not_signed(
    const struct record *record, size_t i, struct err *err)
{
	return case_form_refuse(err,
	    "signature: %.*s did not sign this text (it was changed, or the "
	    "signature was)",
	    SLICE_ARG(record->signers[i].party));
}

static int check_signatures(struct case_state *state,
    const struct record *record, const struct note *note, int64_t entered,
    struct err *err)
{
	struct note_key key;

	if (note->n != record->signer_count)
		return case_form_refuse(err,
		    "signature: %zu signers are named and %zu signatures are "
		    "there",
		    record->signer_count, note->n);
	for (size_t i = 0; i < note->n; i++) {
		const struct note_signature *s = &note->signatures[i];
		int rc = case_form_key(state, record, i, entered, &key, err);

		if (rc != 0)
			return rc;
		if (!slice_is(s->name, record->signers[i].party) ||
		    s->id != record->signers[i].key_id)
			return case_form_refuse(err,
			    "signature: signature %zu is not by %.*s", i + 1,
			    SLICE_ARG(record->signers[i].party));
		if (note_check(&key, note->text, s, NULL) != 0)
			return case_state_say_not_signed(record, i, err);
	}
	return 0;
}

static int keep_signers(struct case_state *state, const struct record *record,
    struct case_leaf *leaf, struct err *err)
{
	int rc = mem_grow((void **)&state->signers, &state->signer_cap,
	    state->signer_count + record->signer_count, sizeof(*state->signers),
	    err);

	if (rc != 0)
		return rc;
	leaf->first_signer = (uint32_t)state->signer_count;
	leaf->signer_count = (uint8_t)record->signer_count;
	for (size_t i = 0; i < record->signer_count; i++)
		state->signers[state->signer_count++] =
		    case_state_find_party(state, record->signers[i].party);
	return 0;
}

int case_state_enter(struct case_state *state, const struct record *record,
    struct slice bytes, int64_t entered, const struct hash *hash,
    struct err *err)
{
	struct case_verdict verdict = case_rules_judge(state, record, entered);
	uint32_t index = (uint32_t)state->leaf_count;
	struct case_leaf leaf = {
	    .bytes = bytes,
	    .entered = entered,
	    .text = record->text,
	    .id = record->id,
	    .kind = record->schema->kind,
	    .at = record->at,
	    .standing = verdict.standing,
	    .rule = verdict.rule,
	    .about = verdict.about,
	    .is_late = record_has(record, RECORD_F_LATE),
	    .is_in_no_other_case =
		slice_is_text(record_get(record, RECORD_F_ALSO_IN), "none"),
	};
	struct hash as_of_root;
	uint64_t as_of_size = 0;

	/* Not beyond this leaf: that is a matter of form. */
	(void)record_get_as_of(record, &as_of_size, &as_of_root);
	leaf.as_of_size = (uint32_t)as_of_size;
	int rc = mem_grow((void **)&state->leaves, &state->leaf_cap,
	    state->leaf_count + 1, sizeof(*state->leaves), err);

	if (rc == 0)
		rc = case_ids_reserve(state, state->leaf_count + 1, err);
	if (rc == 0)
		rc = case_apply_parties(state, record, index, err);
	if (rc == 0)
		rc = keep_signers(state, record, &leaf, err);
	if (rc == 0)
		rc = add_leaf_hash(state, hash, err);
	if (rc != 0)
		return rc;
	state->leaves[state->leaf_count++] = leaf;
	case_ids_put(state, index);
	case_key_note(state, record, index);
	return case_apply(state, record, index, err);
}

void case_state_prefix(
    struct err *err, size_t leaf, const struct record *record)
{
	char hex[HASH_HEX_SIZE];

	if (record == NULL) {
		err_prefix(err, "leaf %zu", leaf);
		return;
	}
	hash_to_hex(hex, &record->id);
	err_prefix(err, "leaf %zu, %s %.12s", leaf, record->schema->name, hex);
}

int case_state_say_refused(
    size_t leaf, const struct record *record, int rc, struct err *err)
{
	case_state_prefix(err, leaf, record);
	if (rc != ERR_FORMAT && rc != ERR_LIMIT)
		return rc;
	if (err != NULL)
		err->code = ERR_VERIFY;
	return ERR_VERIFY;
}

int case_state_add(struct case_state *state, struct slice leaf, struct err *err)
{
	struct record_leaf parts;
	struct note note;
	struct record *record = &state->scratch;
	bool is_parsed = false;
	int rc;

	rc = record_leaf_parse(&parts, leaf, err);
	if (rc == 0)
		rc = note_parse(&note, parts.note, err);
	if (rc == 0)
		rc = record_parse(record, note.text, err);
	if (rc == 0) {
		is_parsed = true;
		rc = check_signatures(state, record, &note, parts.entered, err);
	}
	if (rc == 0)
		rc = case_form_check(state, record, parts.entered, err);
	if (rc == 0) {
		struct hash hash = tree_leaf_hash(state->run, leaf.p, leaf.n);
		return case_state_enter(
		    state, record, leaf, parts.entered, &hash, err);
	}
	return case_state_say_refused(
	    state->leaf_count, is_parsed ? record : NULL, rc, err);
}

int case_state_add_reading(struct case_state *state, struct slice leaf,
    struct slice text, struct err *err)
{
	struct record_leaf parts;
	struct note note;
	struct record *record = &state->scratch;
	struct hash id;
	int rc = record_leaf_parse(&parts, leaf, err);

	if (rc == 0)
		rc = note_parse(&note, parts.note, err);
	if (rc == 0) {
		id = record_id_of(note.text);
		rc = record_parse(
		    record, text.p != NULL ? text : note.text, err);
	}
	if (rc != 0)
		return rc == ERR_FORMAT || rc == ERR_LIMIT ? ERR_VERIFY : rc;
	/* With another text it is still the same record. */
	record->id = id;
	rc = case_form_check(state, record, parts.entered, err);
	if (rc != 0)
		return rc;
	struct hash hash = tree_leaf_hash(state->run, leaf.p, leaf.n);
	return case_state_enter(state, record, leaf, parts.entered, &hash, err);
}

int case_state_judge(struct case_state *state, const struct record *record,
    int64_t entered, struct case_verdict *ret_verdict, struct err *err)
{
	if (state->leaf_count > 0 &&
	    case_rules_crosses_red_line(state, record, entered)) {
		*ret_verdict = (struct case_verdict){CASE_BREACH,
		    CASE_RULE_RED_LINE, record_get(record, RECORD_F_TO)};
		return 0;
	}
	int rc = case_form_check(state, record, entered, err);
	if (rc == 0)
		*ret_verdict = case_rules_judge(state, record, entered);
	return rc;
}

/* ---- look-ups ---- */

size_t case_state_leaf_count(const struct case_state *state)
{
	return state->leaf_count;
}

const struct case_leaf *case_state_leaf(
    const struct case_state *state, size_t index)
{
	return &state->leaves[index];
}

size_t case_state_find_prefix(
    const struct case_state *state, struct slice hex, uint32_t *ret_leaf)
{
	char id[HASH_HEX_SIZE];
	size_t n = 0;

	if (hex.n < 4 || hex.n > 2 * HASH_SIZE)
		return 0;
	for (size_t i = 0; i < state->leaf_count; i++) {
		hash_to_hex(id, &state->leaves[i].id);
		if (memcmp(id, hex.p, hex.n) != 0)
			continue;
		if (n++ == 0)
			*ret_leaf = (uint32_t)i;
	}
	return n;
}

const uint32_t *case_state_signers(
    const struct case_state *state, uint32_t leaf, size_t *ret_n)
{
	*ret_n = state->leaves[leaf].signer_count;
	return state->signers + state->leaves[leaf].first_signer;
}

bool case_state_is_signed_by(
    const struct case_state *state, uint32_t leaf, uint32_t party)
{
	size_t n;
	const uint32_t *signers = case_state_signers(state, leaf, &n);

	for (size_t i = 0; i < n; i++)
		if (signers[i] == party)
			return true;
	return false;
}

int case_state_record(const struct case_state *state, uint32_t leaf,
    struct record *record, struct err *err)
{
	const struct case_leaf *l = &state->leaves[leaf];
	int rc = record_parse_without_id(record, l->text, err);

	if (rc == 0)
		record->id = l->id;
	return rc;
}

size_t case_state_party_count(const struct case_state *state)
{
	return state->party_count;
}

const struct case_party *case_state_party(
    const struct case_state *state, uint32_t party)
{
	return &state->parties[party];
}

size_t case_state_item_count(const struct case_state *state)
{
	return state->item_count;
}

const struct case_item *case_state_item(
    const struct case_state *state, uint32_t item)
{
	return &state->items[item];
}

size_t case_state_relation_count(const struct case_state *state)
{
	return state->relation_count;
}

const struct case_relation *case_state_relation(
    const struct case_state *state, size_t i)
{
	return &state->relations[i];
}

size_t case_state_red_line_count(const struct case_state *state)
{
	return state->red_line_count;
}

const struct case_red_line *case_state_red_line(
    const struct case_state *state, size_t i)
{
	return &state->red_lines[i];
}

size_t case_state_objection_count(const struct case_state *state)
{
	return state->objection_count;
}

const struct case_objection *case_state_objection(
    const struct case_state *state, size_t i)
{
	return &state->objections[i];
}

size_t case_state_alarm_count(const struct case_state *state)
{
	return state->alarm_count;
}

const struct case_alarm *case_state_alarm(
    const struct case_state *state, size_t i)
{
	return &state->alarms[i];
}

size_t case_state_list_count(const struct case_state *state)
{
	return state->list_count;
}

const struct case_list *case_state_list(
    const struct case_state *state, size_t i)
{
	return &state->lists[i];
}

const struct case_list *case_state_first_list(const struct case_state *state)
{
	for (size_t i = 0; i < state->list_count; i++)
		if (state->lists[i].is_first)
			return &state->lists[i];
	return NULL;
}

struct slice case_state_ref(const struct case_state *state)
{
	return state->ref;
}

const struct note_key *case_state_log_key(const struct case_state *state)
{
	return state->leaf_count > 0 ? &state->log_key : NULL;
}

size_t case_state_witness_count(const struct case_state *state)
{
	return state->witness_count;
}

const struct note_key *case_state_witness(
    const struct case_state *state, size_t i)
{
	return &state->witnesses[i];
}

uint64_t case_state_witness_quorum(const struct case_state *state)
{
	return state->witness_quorum;
}

bool case_state_is_clock_set(const struct case_state *state)
{
	return state->is_clock_set;
}

bool case_state_is_open_field(
    const struct case_state *state, enum record_name name)
{
	return state->is_open[name];
}

bool case_state_seized_at(const struct case_state *state, int64_t *ret_at)
{
	if (state->is_seized)
		*ret_at = state->seized_at;
	return state->is_seized;
}
