/*
 * case_copy.c: images and extracts: what they are copies of, to whom they are
 * locked, and who read them (findings sections 5.2, 5.4 and 8).
 */
#include "case_internal.h"

#include "mem.h"

#include <stdlib.h>

int case_copy_add(
    struct case_state *state, uint32_t item, uint32_t source, struct err *err)
{
	struct case_item *s = &state->items[source];
	int rc = mem_grow((void **)&s->copies, &s->copy_cap, s->copy_count + 1,
	    sizeof(*s->copies), err);

	if (rc != 0)
		return rc;
	state->items[item].derived_from = source;
	s->copies[s->copy_count++] = item;
	return 0;
}

int case_copy_descendants(const struct case_state *state, uint32_t item,
    uint32_t **ret_items, size_t *ret_n, struct err *err)
{
	uint32_t *items = NULL;
	size_t cap = 0, n = 0;
	int rc = mem_grow((void **)&items, &cap, 1, sizeof(*items), err);

	if (rc == 0)
		items[n++] = item;
	/* What is derived is newer than what it is derived from: no circle. */
	for (size_t i = 0; i < n && rc == 0; i++) {
		const struct case_item *it = &state->items[items[i]];

		rc = mem_grow((void **)&items, &cap, n + it->copy_count + 1,
		    sizeof(*items), err);
		for (size_t k = 0; k < it->copy_count && rc == 0; k++)
			items[n++] = it->copies[k];
	}
	if (rc != 0) {
		free(items);
		return rc;
	}
	*ret_items = items;
	*ret_n = n;
	return 0;
}

bool case_copy_is_locked(
    const struct case_state *state, const struct case_view *view, size_t i)
{
	enum case_item_type type = state->items[view->item].type;

	if (type != CASE_IMAGE && type != CASE_EXTRACT)
		return false;
	for (size_t k = i + 1; k-- > 0;) {
		if (view->events[k].type == CASE_EVENT_UNLOCKED &&
		    case_is_on("held: unlocked since"))
			return false;
		if (view->events[k].type == CASE_EVENT_LOCKED)
			return true;
	}
	return false;
}

static bool is_in(const struct case_state *state, const struct record *record,
    enum record_name name, const struct case_set *set)
{
	uint32_t party = case_state_find_party(state, record_get(record, name));

	return party != CASE_NONE && case_set_has(set, party);
}

bool case_copy_is_read_by(
    const struct case_state *state, uint32_t leaf, const struct case_set *set)
{
	static const enum record_name names[] = {RECORD_F_EXAMINER,
	    RECORD_F_HOST, RECORD_F_CUSTODIAN, RECORD_F_TO,
	    RECORD_F_ON_BEHALF_OF};
	struct record record = {0};
	bool is = false;

	if (case_state_record(state, leaf, &record, NULL) == 0)
		for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
			is = is || is_in(state, &record, names[i], set);
	record_done(&record);
	return is;
}

/* ---- locks ---- */

/* One organisation: of one name, joined by relations, or with one key for
 * encryption, so that one secret opens the shares of both. */
static bool is_one_organisation(
    const struct case_state *state, uint32_t a, uint32_t b)
{
	const struct case_party *x = &state->parties[a],
				*y = &state->parties[b];

	return (record_compare_names(x->org, y->org) == 0 &&
		   case_is_on("quorum: by organisation")) ||
	    (x->component == y->component &&
		case_is_on("quorum: by relation")) ||
	    (case_key_is_shared(state, a, b) &&
		case_is_on("quorum: by key for encryption"));
}

struct quorum {
	uint32_t holders[RECORD_SIGNERS_MAX];
	uint32_t group[RECORD_SIGNERS_MAX]; /* the first holder of its group */
	size_t n;
};

static bool read_quorum(const struct case_state *state, const struct record *r,
    struct quorum *quorum)
{
	const struct record_value *v = NULL;

	quorum->n = 0;
	while ((v = record_next(r, NULL, RECORD_F_HOLDER, v)) != NULL) {
		uint32_t party = case_state_find_party(state, v->value);

		if ((party == CASE_NONE &&
			case_is_on("quorum: of known holders")) ||
		    quorum->n == RECORD_SIGNERS_MAX)
			return false;
		quorum->holders[quorum->n] = party;
		quorum->group[quorum->n] = (uint32_t)quorum->n;
		quorum->n++;
	}
	return true;
}

/* Puts holders of one organisation, at any hand, into one group. */
static void group_quorum(const struct case_state *state, struct quorum *quorum)
{
	for (size_t i = 0; i < quorum->n; i++) {
		for (size_t k = 0; k < i; k++) {
			uint32_t from = quorum->group[i];
			uint32_t to = quorum->group[k];

			if (from == to ||
			    !is_one_organisation(
				state, quorum->holders[i], quorum->holders[k]))
				continue;
			for (size_t m = 0; m < quorum->n; m++)
				if (quorum->group[m] == from)
					quorum->group[m] = to;
		}
	}
}

/* 2 <= t < n, and no organisation reaches t or could block with n - t + 1. */
static bool is_quorum_fair(
    const struct case_state *state, const struct record *r)
{
	struct quorum quorum;
	uint64_t t = 0;

	(void)record_get_count(r, RECORD_F_THRESHOLD, &t);
	if (!read_quorum(state, r, &quorum) ||
	    (t < 2 && case_is_on("quorum: two at least")) ||
	    (t >= quorum.n && case_is_on("quorum: one can be missing")))
		return false;
	group_quorum(state, &quorum);
	for (size_t i = 0; i < quorum.n; i++) {
		size_t size = 0;

		for (size_t k = 0; k < quorum.n; k++)
			size += quorum.group[k] == quorum.group[i];
		if ((size >= t && case_is_on("quorum: none opens it alone")) ||
		    (size >= quorum.n - t + 1 &&
			case_is_on("quorum: none blocks it alone")))
			return false;
	}
	return true;
}

struct case_verdict case_copy_judge_lock(
    struct case_state *state, const struct record *r)
{
	uint32_t custodian =
	    case_state_find_party(state, record_get(r, RECORD_F_CUSTODIAN));
	struct case_verdict v = {.standing = CASE_VOID};

	for (size_t i = 0; i < r->block_count; i++) {
		uint32_t item = case_state_find_item(state, r->blocks[i].id);

		v.about = r->blocks[i].id;
		v.rule = CASE_RULE_UNKNOWN_RECORD;
		if (item == CASE_NONE ||
		    (state->items[item].type != CASE_IMAGE &&
			state->items[item].type != CASE_EXTRACT &&
			case_is_on("lock: of a copy")))
			return v;
		struct case_set holders = case_item_custody(
		    state, item, r->at, (uint32_t)state->leaf_count)
					      .holders;
		v.rule = CASE_RULE_NOT_HOLDER;
		if ((custodian == CASE_NONE ||
			!case_set_has(&holders, custodian)) &&
		    case_is_on("lock: by its holder"))
			return v;
	}
	v.rule = CASE_RULE_QUORUM;
	v.about = record_get(r, RECORD_F_THRESHOLD);
	if (is_quorum_fair(state, r))
		v = (struct case_verdict){0};
	return v;
}

bool case_state_is_fair_quorum(
    const struct case_state *state, const struct record *lock)
{
	return is_quorum_fair(state, lock);
}
