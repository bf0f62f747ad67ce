/*
 * case_list.c: lists in parts, the seizures that name them, and the items that
 * they put under custody (findings section 3). Nothing counts until all parts
 * are in; findings use the first list.
 */
#include "case_internal.h"

#include "buf.h"
#include "mem.h"

#include <stdlib.h>

static const struct record_block *find_above(
    const struct record *record, size_t block, struct slice id)
{
	for (size_t i = block; i-- > 0;)
		if (slice_is(record->blocks[i].id, id))
			return &record->blocks[i];
	return NULL;
}

int case_list_check_form(
    struct case_state *state, const struct record *record, struct err *err)
{
	for (size_t i = 0; i < record->block_count; i++) {
		const struct record_block *b = &record->blocks[i];
		struct slice inside =
		    record_block_get(record, b, RECORD_F_INSIDE);

		if (inside.p != NULL && find_above(record, i, inside) == NULL &&
		    case_state_find_item(state, inside) == CASE_NONE)
			return case_form_refuse(err,
			    "malformed: %.*s is inside %.*s, which is neither "
			    "above it in this part nor in the ledger",
			    SLICE_ARG(b->id), SLICE_ARG(inside));
	}
	if (record->block_count == 0)
		return case_form_refuse(
		    err, "malformed: a part of a list without items");
	if (record_has(record, RECORD_F_FOUND_LATE) && record->signer_count < 2)
		return case_form_refuse(
		    err, "malformed: items found late need a second signer");
	return 0;
}

static bool has_same_signers(
    const struct case_state *state, uint32_t a, uint32_t b)
{
	const struct case_leaf *x = &state->leaves[a], *y = &state->leaves[b];

	if (x->signer_count != y->signer_count &&
	    case_is_on("list: all its signers"))
		return false;
	for (size_t i = 0; i < x->signer_count; i++)
		if (!case_state_is_signed_by(
			state, b, state->signers[x->first_signer + i]) &&
		    case_is_on("list: the same signers"))
			return false;
	return true;
}

static uint32_t any_leaf(const struct case_list *list)
{
	for (uint32_t i = 0; i < list->part_count; i++)
		if (list->leaves[i] != CASE_NONE)
			return list->leaves[i];
	return list->seizure;
}

/* The list with this population and the signers of `leaf`, made if new;
 * part_count 0: not known yet. */
static int find_list(struct case_state *state, const struct record *record,
    uint32_t leaf, uint32_t part_count, uint32_t *ret_list, struct err *err)
{
	struct hash population = {{0}};

	(void)record_get_hash(record, RECORD_F_POPULATION, &population);
	for (size_t i = 0; i < state->list_count; i++) {
		struct case_list *list = &state->lists[i];

		if (!hash_is(&list->population, &population) ||
		    !has_same_signers(state, any_leaf(list), leaf) ||
		    (part_count != 0 && list->part_count != 0 &&
			list->part_count != part_count))
			continue;
		*ret_list = (uint32_t)i;
		return 0;
	}
	int rc = mem_grow((void **)&state->lists, &state->list_cap,
	    state->list_count + 1, sizeof(*state->lists), err);
	if (rc != 0)
		return rc;
	*ret_list = (uint32_t)state->list_count++;
	state->lists[*ret_list] =
	    (struct case_list){.population = population, .seizure = CASE_NONE};
	return 0;
}

static int size_parts(
    struct case_list *list, uint32_t part_count, struct err *err)
{
	if (list->part_count != 0)
		return 0;
	list->leaves = mem_new(part_count, sizeof(*list->leaves));
	if (list->leaves == NULL)
		return err_nomem(err);
	for (uint32_t i = 0; i < part_count; i++)
		list->leaves[i] = CASE_NONE;
	list->part_count = part_count;
	return 0;
}

/* Are all parts in, and are they the ones that were signed for? */
static int check_complete(struct case_state *state, struct case_list *list,
    bool *ret_is_complete, struct err *err)
{
	struct record record = {0};
	uint64_t stated = 0, blocks = 0;
	int rc = 0;

	*ret_is_complete = false;
	if (list->part_count == 0 || list->parts_in < list->part_count ||
	    (list->seizure == CASE_NONE && !list->is_found_late &&
		case_is_on("list: with its seizure")))
		return 0;
	hash_start(state->run);
	for (uint32_t i = 0; i < list->part_count && rc == 0; i++) {
		rc = case_state_record(state, list->leaves[i], &record, err);
		if (rc != 0)
			break;
		struct slice bytes = record_block_bytes(&record);
		hash_update(state->run, bytes.p, bytes.n);
		blocks += record.block_count;
	}
	struct hash population = hash_finish(state->run);
	if (rc == 0 && list->seizure != CASE_NONE) {
		rc = case_state_record(state, list->seizure, &record, err);
		if (rc == 0)
			(void)record_get_count(
			    &record, RECORD_F_ITEMS, &stated);
	} else {
		stated = blocks;
	}
	record_done(&record);
	*ret_is_complete = rc == 0 &&
	    (stated == blocks ||
		case_is_off("list: as many items as the seizure says")) &&
	    (hash_is(&population, &list->population) ||
		case_is_off("list: the population signed for"));
	return rc;
}

static int put_seal(
    struct case_state *state, uint32_t item, struct slice seal, struct err *err)
{
	if (seal.p == NULL)
		return 0;
	return map_put(&state->seals, seal, item, err);
}

/* Custody of one new item starts here: with the seizure for what is in nothing
 * else, with its find for whatever is listed late. */
static int begin_custody(struct case_state *state, uint32_t item,
    const struct case_list *list, uint32_t holder, struct err *err)
{
	uint32_t leaf =
	    list->seizure != CASE_NONE ? list->seizure : any_leaf(list);

	state->parties[holder].has_held = true;
	return case_item_add_event(state, item,
	    (struct case_event){
		.at = state->leaves[leaf].at,
		.leaf = leaf,
		.type = list->seizure != CASE_NONE ? CASE_EVENT_SEIZED
						   : CASE_EVENT_FOUND,
		.giver = CASE_NONE,
		.receiver = holder,
		.other = list->seizure != CASE_NONE ? CASE_NONE
						    : state->items[item].inside,
		.block = CASE_NONE,
		.is_identified = true,
		.is_shared = true,
		.is_late = state->leaves[leaf].is_late,
		.is_signed_by_both =
		    case_state_is_signed_by(state, leaf, holder) ||
		    case_is_off("seizure: signed by who took it"),
	    },
	    err);
}

static int register_block(struct case_state *state, const struct record *record,
    uint32_t leaf, size_t block, const struct case_list *list, uint32_t holder,
    struct err *err)
{
	const struct record_block *b = &record->blocks[block];
	enum case_item_type type = CASE_DRIVE;
	uint32_t item;
	struct slice inside = record_block_get(record, b, RECORD_F_INSIDE);
	uint32_t container = case_state_find_item(state, inside);

	if (case_state_find_item(state, b->id) != CASE_NONE)
		return 0; /* number-reused: the first listing stands */
	(void)case_item_type_find(
	    record_block_get(record, b, RECORD_F_TYPE), &type);
	int rc = case_item_add(state, b->id, type, &item, err);
	if (rc != 0)
		return rc;
	struct case_item *it = &state->items[item];
	it->leaf = leaf;
	it->block = (uint32_t)block;
	it->inside = container;
	it->seal = record_block_get(record, b, RECORD_F_SEAL);
	it->has_telltale =
	    record_next(record, b, RECORD_F_TELLTALE, NULL) != NULL;
	it->is_enclosing = slice_is_text(
	    record_block_get(record, b, RECORD_F_SEAL_TYPE), "enclosing");
	rc = put_seal(state, item, it->seal, err);
	if (rc == 0 && container != CASE_NONE)
		rc = case_item_put_inside(state, item, container, err);
	if (rc == 0 && (container == CASE_NONE || list->is_found_late))
		rc = begin_custody(state, item, list, holder, err);
	return rc;
}

/* Who holds what a list names: who took it, or who found it late. */
static int find_holder(struct case_state *state, const struct case_list *list,
    uint32_t *ret_holder, struct err *err)
{
	struct record record = {0};

	*ret_holder =
	    state->signers[state->leaves[any_leaf(list)].first_signer];
	if (list->seizure == CASE_NONE)
		return 0;
	int rc = case_state_record(state, list->seizure, &record, err);
	if (rc == 0)
		*ret_holder = case_state_find_party(
		    state, record_get(&record, RECORD_F_TAKEN_BY));
	record_done(&record);
	return rc;
}

static bool has_first_list(const struct case_state *state)
{
	for (size_t i = 0; i < state->list_count; i++)
		if (state->lists[i].is_first)
			return true;
	return false;
}

/* Puts all items of a list that just became complete under custody. */
static int register_list(
    struct case_state *state, struct case_list *list, struct err *err)
{
	struct record record = {0};
	uint32_t holder;
	int rc = find_holder(state, list, &holder, err);

	if (rc != 0)
		return rc;
	list->is_first = !has_first_list(state) &&
	    (!list->is_found_late ||
		case_is_off("list: found late is never the first"));
	if (!list->is_first && !list->is_found_late &&
	    case_is_on("list: only the first makes items"))
		return rc;
	if (list->is_first && list->seizure != CASE_NONE &&
	    case_is_on("seized: when the first list was")) {
		rc = case_state_record(state, list->seizure, &record, err);
		if (rc == 0)
			state->seized_at = record.at;
	}
	for (uint32_t i = 0; i < list->part_count && rc == 0; i++) {
		rc = case_state_record(state, list->leaves[i], &record, err);
		for (size_t k = 0; k < record.block_count && rc == 0; k++)
			rc = register_block(state, &record, list->leaves[i], k,
			    list, holder, err);
	}
	record_done(&record);
	return rc;
}

static int complete_if_ready(
    struct case_state *state, uint32_t list, struct err *err)
{
	bool is_complete;

	if (state->lists[list].is_complete)
		return 0;
	int rc = check_complete(state, &state->lists[list], &is_complete, err);
	if (rc != 0 || !is_complete)
		return rc;
	state->lists[list].is_complete = true;
	return register_list(state, &state->lists[list], err);
}

/* Remembers ids and seals, so that a second use in this list is seen. */
static int remember(struct case_state *state, const struct record *record,
    uint32_t list, struct err *err)
{
	struct buf key;
	int rc = 0;

	buf_init(&key, 256);
	for (size_t i = 0; i < record->block_count && rc == 0; i++) {
		const struct record_block *b = &record->blocks[i];
		struct slice seal = record_block_get(record, b, RECORD_F_SEAL);

		buf_clear(&key);
		buf_printf(&key, "%u:%.*s", list, SLICE_ARG(b->id));
		rc = map_put(&state->listed,
		    case_arena_lower(state, buf_slice(&key)), (uint32_t)i, err);
		if (rc != 0 || seal.p == NULL)
			continue;
		buf_clear(&key);
		buf_printf(&key, "%u#%.*s", list, SLICE_ARG(seal));
		rc = map_put(&state->listed,
		    case_arena_copy(state, buf_slice(&key)), (uint32_t)i, err);
	}
	buf_done(&key);
	return rc;
}

int case_list_add_part(struct case_state *state, const struct record *record,
    uint32_t leaf, struct err *err)
{
	struct slice rest = record_get(record, RECORD_F_PART);
	unsigned long long part = 0, count = 0;
	uint32_t index;

	(void)slice_to_u64(slice_cut(&rest, '/'), &part); /* parsed before */
	(void)slice_to_u64(rest, &count);
	int rc = find_list(state, record, leaf, (uint32_t)count, &index, err);
	if (rc == 0)
		rc = size_parts(&state->lists[index], (uint32_t)count, err);
	if (rc != 0)
		return rc;
	struct case_list *list = &state->lists[index];
	if (list->leaves[part - 1] != CASE_NONE)
		return 0; /* the part is in already: number-reused */
	list->leaves[part - 1] = leaf;
	list->parts_in++;
	list->is_found_late = record_has(record, RECORD_F_FOUND_LATE);
	rc = remember(state, record, index, err);
	if (rc == 0)
		rc = complete_if_ready(state, index, err);
	return rc;
}

int case_list_add_seizure(struct case_state *state, const struct record *record,
    uint32_t leaf, struct err *err)
{
	uint32_t index;
	int rc = find_list(state, record, leaf, 0, &index, err);

	if (rc != 0)
		return rc;
	if (!state->is_seized) {
		state->is_seized = true;
		state->seized_at = record->at;
	}
	state->lists[index].seizure = leaf;
	return complete_if_ready(state, index, err);
}
