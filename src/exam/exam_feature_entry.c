/*
 * exam_feature_entry.c: entries and the links between them (exam_feature.h).
 * When a scan ends, what waited is put in order of record and entry; an entry
 * is then the set of its features, and the same set is kept once.
 */
#include "exam_feature_internal.h"

#include "map.h"
#include "mem.h"

#include <stdlib.h>
#include <string.h>

struct set_key {
	const uint32_t *ids;
	size_t n;
};

/* An entry of the record that is being linked. */
struct member {
	uint32_t set, entry;
	uint32_t roles;
};

/* One record, in the array of what waited. */
struct range {
	struct exam_feature_waiting *first;
	size_t n;
};

/* ---- tables ---- */

static const uint32_t *ids_of(const struct exam_feature_store *s, uint32_t set)
{
	/* Taken as whole numbers alone, see add_set. */
	return (const uint32_t *)(const void *)exam_arena_at(
	    &s->arena, s->sets[set].ids);
}

static uint64_t hash_set(
    const struct exam_feature_store *s, const struct set_key *key)
{
	return map_hash(s->seed,
	    (struct slice){(const char *)key->ids, key->n * sizeof(*key->ids)});
}

static uint64_t hash_of_set(const void *cookie, uint32_t value)
{
	const struct exam_feature_store *s = cookie;
	const struct set_key key = {ids_of(s, value), s->sets[value].n};

	return hash_set(s, &key);
}

static bool is_set(const void *cookie, uint32_t value, const void *key)
{
	const struct exam_feature_store *s = cookie;
	const struct set_key *k = key;

	return s->sets[value].n == k->n &&
	    memcmp(ids_of(s, value), k->ids, k->n * sizeof(*k->ids)) == 0;
}

static uint64_t hash_link(
    const struct exam_feature_store *s, const struct exam_feature_link *link)
{
	const uint32_t key[3] = {link->from, link->to, link->how};

	return map_hash(
	    s->seed, (struct slice){(const char *)key, sizeof(key)});
}

static uint64_t hash_of_link(const void *cookie, uint32_t value)
{
	const struct exam_feature_store *s = cookie;

	return hash_link(s, &s->links[value]);
}

static bool is_link(const void *cookie, uint32_t value, const void *key)
{
	const struct exam_feature_store *s = cookie;
	const struct exam_feature_link *a = &s->links[value], *b = key;

	return a->from == b->from && a->to == b->to && a->how == b->how;
}

void exam_feature_entry_init(struct exam_feature_store *store)
{
	store->by_set.hash_of = hash_of_set;
	store->by_set.is_same = is_set;
	store->by_link.hash_of = hash_of_link;
	store->by_link.is_same = is_link;
	store->by_set.cookie = store->by_link.cookie = store;
}

/* ---- entries ---- */

/* Bytes that one more of an array and its table may take. */
static size_t growth(
    const struct exam_table *table, size_t n, size_t cap, size_t element_size)
{
	return exam_table_bytes_next(table) - exam_table_bytes(table) +
	    (n < cap ? 0 : (cap == 0 ? 16 : cap) * element_size);
}

/* The kept set with these ids; EXAM_TABLE_NONE: there is no room. */
static int add_set(struct exam_feature_store *s, const struct set_key *key,
    uint32_t *ret_set, struct err *err)
{
	uint64_t hash = hash_set(s, key);
	size_t bytes = key->n * sizeof(*key->ids);
	uint32_t at;

	*ret_set = exam_table_get(&s->by_set, hash, key);
	if (*ret_set != EXAM_TABLE_NONE)
		return 0;
	/* Beside things of any length: three bytes more make it fit. */
	size_t more =
	    growth(&s->by_set, s->set_n, s->set_cap, sizeof(*s->sets));
	more += exam_arena_bytes_next(&s->arena, bytes + 3) -
	    exam_arena_bytes(&s->arena);
	if (!exam_feature_has_room(s, more) || s->set_n >= EXAM_TABLE_NONE) {
		s->left_out.entries++;
		return 0;
	}
	int rc = mem_grow((void **)&s->sets, &s->set_cap, s->set_n + 1,
	    sizeof(*s->sets), err);
	if (rc == 0)
		rc = exam_arena_take(&s->arena, bytes + 3, &at, err);
	if (rc != 0)
		return rc;
	at = (at + 3) & ~(uint32_t)3;
	memcpy(exam_arena_at(&s->arena, at), key->ids, bytes);
	s->sets[s->set_n] =
	    (struct exam_feature_set){.ids = at, .n = (uint16_t)key->n};
	rc = exam_table_put(&s->by_set, hash, (uint32_t)s->set_n, err);
	if (rc == 0)
		*ret_set = (uint32_t)s->set_n++;
	return rc;
}

static int compare_waiting(const void *a, const void *b)
{
	const struct exam_feature_waiting *x = a, *y = b;
	bool x_relative = x->role == CAGE_HIT_RELATIVE;
	bool y_relative = y->role == CAGE_HIT_RELATIVE;

	if (x->record != y->record)
		return x->record < y->record ? -1 : 1;
	if (x->entry != y->entry)
		return x->entry < y->entry ? -1 : 1;
	/* A relative that shares the entry of whom it is a relative of. */
	if (x_relative != y_relative)
		return x_relative ? 1 : -1;
	return x->feature < y->feature ? -1 : x->feature > y->feature;
}

/* Of one entry's hits: the set, and its roles. */
static int take_entry(struct exam_feature_store *s, const struct range *hits,
    struct member *ret_member, struct err *err)
{
	uint32_t ids[EXAM_FEATURE_ENTRY_MAX];
	struct set_key key = {ids, 0};

	*ret_member = (struct member){EXAM_TABLE_NONE, hits->first->entry, 0};
	for (size_t i = 0; i < hits->n; i++) {
		ret_member->roles |= 1u << hits->first[i].role;
		if (i > 0 &&
		    hits->first[i - 1].feature == hits->first[i].feature)
			continue;
		if (key.n == EXAM_FEATURE_ENTRY_MAX) {
			s->left_out.entries++;
			return 0;
		}
		ids[key.n++] = hits->first[i].feature;
	}
	int rc = add_set(s, &key, &ret_member->set, err);
	if (rc == 0 && ret_member->set != EXAM_TABLE_NONE) {
		struct exam_feature_set *set = &s->sets[ret_member->set];

		set->seen += set->seen < UINT32_MAX;
		set->roles |= (uint8_t)ret_member->roles;
	}
	return rc;
}

/* ---- links ---- */

static int add_link(struct exam_feature_store *s, uint32_t from, uint32_t to,
    enum exam_feature_how how, struct err *err)
{
	struct exam_feature_link link = {from, to, how, 1};

	if (from == to || from == EXAM_TABLE_NONE || to == EXAM_TABLE_NONE)
		return 0;
	if (how == EXAM_FEATURE_TOGETHER && from > to)
		link = (struct exam_feature_link){to, from, how, 1};
	uint64_t hash = hash_link(s, &link);
	uint32_t known = exam_table_get(&s->by_link, hash, &link);
	if (known != EXAM_TABLE_NONE) {
		s->links[known].seen += s->links[known].seen < UINT32_MAX;
		return 0;
	}
	if (!exam_feature_has_room(s,
		growth(
		    &s->by_link, s->link_n, s->link_cap, sizeof(*s->links)))) {
		s->left_out.links++;
		return 0;
	}
	int rc = mem_grow((void **)&s->links, &s->link_cap, s->link_n + 1,
	    sizeof(*s->links), err);
	if (rc != 0)
		return rc;
	s->links[s->link_n] = link;
	rc = exam_table_put(&s->by_link, hash, (uint32_t)s->link_n, err);
	s->link_n += rc == 0;
	return rc;
}

static bool has_role(const struct member *m, enum cage_hit_role role)
{
	return (m->roles >> role & 1) != 0;
}

/* How one entry of a record stands to another, if at all. */
static bool is_linked(const struct member *a, const struct member *b,
    bool is_few, enum exam_feature_how *ret_how)
{
	bool is_record = a->entry != b->entry;

	if (!has_role(a, CAGE_HIT_RELATIVE) && has_role(b, CAGE_HIT_RELATIVE)) {
		*ret_how = EXAM_FEATURE_RELATIVE;
		return has_role(a, CAGE_HIT_OWNER) || !is_record;
	}
	*ret_how = EXAM_FEATURE_SENT;
	if (has_role(a, CAGE_HIT_SENDER) && has_role(b, CAGE_HIT_RECEIVER))
		return true;
	*ret_how = EXAM_FEATURE_TOGETHER;
	return is_few && a < b && is_record &&
	    !has_role(a, CAGE_HIT_RELATIVE) && !has_role(b, CAGE_HIT_SENDER) &&
	    !has_role(a, CAGE_HIT_SENDER);
}

/* Every pair of a few; of many, whoever sent it or whom it is about with each
 * of the others. */
static int link_all(struct exam_feature_store *s, const struct member *members,
    size_t n, struct err *err)
{
	bool is_few = n <= EXAM_FEATURE_TOGETHER_MAX;
	size_t pairs = 0;
	int rc = 0;

	for (size_t i = 0; i < n && rc == 0; i++) {
		const struct member *a = &members[i];
		bool is_head =
		    has_role(a, CAGE_HIT_SENDER) || has_role(a, CAGE_HIT_OWNER);

		if (!is_few && !is_head)
			continue;
		for (size_t k = 0; k < n && rc == 0; k++) {
			enum exam_feature_how how;

			if (i == k || !is_linked(a, &members[k], is_few, &how))
				continue;
			if (pairs++ < EXAM_FEATURE_SENT_MAX)
				rc = add_link(
				    s, a->set, members[k].set, how, err);
			else
				s->left_out.links++;
		}
	}
	if (!is_few)
		s->left_out.links++;
	return rc;
}

/* What stands in the record outside of its entries is near its writer and near
 * whom it is about. */
static void mark_near(struct exam_feature_store *s, const struct range *record,
    const struct member *members, size_t n)
{
	unsigned flags = 0;

	for (size_t i = 0; i < record->n; i++) {
		const struct exam_feature_waiting *w = &record->first[i];

		if (w->entry != 0)
			continue;
		if (w->kind == CAGE_HIT_POSITION)
			flags |= EXAM_FEATURE_NEAR_POSITION;
		if (w->kind == CAGE_HIT_KEY || w->kind == CAGE_HIT_WALLET)
			flags |= EXAM_FEATURE_NEAR_KEY;
	}
	for (size_t i = 0; i < n && flags != 0; i++)
		if (members[i].set != EXAM_TABLE_NONE &&
		    (has_role(&members[i], CAGE_HIT_OWNER) ||
			has_role(&members[i], CAGE_HIT_SENDER) ||
			has_role(&members[i], CAGE_HIT_AUTHOR)))
			s->sets[members[i].set].flags |= (uint8_t)flags;
}

/* ---- a record ---- */

static bool is_same_entry(
    const struct exam_feature_waiting *a, const struct exam_feature_waiting *b)
{
	return a->record == b->record && a->entry == b->entry &&
	    (a->role == CAGE_HIT_RELATIVE) == (b->role == CAGE_HIT_RELATIVE);
}

/* Entries without a record are linked only within one number. */
static bool is_same_record(
    const struct exam_feature_waiting *a, const struct exam_feature_waiting *b)
{
	return a->record == b->record &&
	    (a->record != 0 || a->entry == b->entry);
}

static int take_record(struct exam_feature_store *s, const struct range *record,
    struct member *members, struct err *err)
{
	size_t n = 0;
	int rc = 0;

	for (size_t at = 0, end; at < record->n && rc == 0; at = end) {
		struct range hits = {record->first + at, 0};

		for (end = at; end < record->n &&
		     is_same_entry(&record->first[end], hits.first);)
			end++;
		hits.n = end - at;
		if (hits.first->entry != 0)
			rc = take_entry(s, &hits, &members[n++], err);
	}
	if (rc == 0)
		rc = link_all(s, members, n, err);
	mark_near(s, record, members, n);
	return rc;
}

int exam_feature_entry_flush(struct exam_feature_store *store, struct err *err)
{
	struct exam_feature_waiting *w = store->waiting;
	size_t n = store->waiting_n;
	int rc = 0;

	if (n == 0)
		return 0;
	struct member *members = mem_new(n, sizeof(*members));
	if (members == NULL)
		return err_nomem(err);
	qsort(w, n, sizeof(*w), compare_waiting);
	for (size_t at = 0, end; at < n && rc == 0; at = end) {
		for (end = at; end < n && is_same_record(&w[end], &w[at]);)
			end++;
		const struct range record = {w + at, end - at};
		rc = take_record(store, &record, members, err);
	}
	free(members);
	return rc;
}

/* ---- asking ---- */

uint32_t exam_feature_entry_count(const struct exam_feature_store *store)
{
	return (uint32_t)store->set_n;
}

struct exam_feature_entry exam_feature_entry_at(
    const struct exam_feature_store *store, uint32_t entry)
{
	const struct exam_feature_set *set = &store->sets[entry];

	return (struct exam_feature_entry){.n = set->n,
	    .features = ids_of(store, entry),
	    .seen = set->seen,
	    .roles = set->roles,
	    .is_near_position = (set->flags & EXAM_FEATURE_NEAR_POSITION) != 0,
	    .is_near_key = (set->flags & EXAM_FEATURE_NEAR_KEY) != 0};
}

uint32_t exam_feature_link_count(const struct exam_feature_store *store)
{
	return (uint32_t)store->link_n;
}

struct exam_feature_link exam_feature_link_at(
    const struct exam_feature_store *store, uint32_t link)
{
	return store->links[link];
}
