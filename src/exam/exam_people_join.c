/*
 * exam_people_join.c: which entries are of one person (exam_people.h).
 *
 * The invariant: no two entries whose names differ (exam_name.h) are ever of
 * one person, unless one passport has both. Names within one entry are of one
 * person, whatever they are: a nickname; one that agrees is enough. Identifiers
 * are taken in the order of kind and text, and their entries in one that the
 * identifiers give, so that the same finds give the same people.
 */
#include "exam_people_internal.h"

#include "mem.h"

#include <stdlib.h>
#include <string.h>

/* Only a passport passes EXAM_PEOPLE_NAMES_MAX; who forges a thousand entries
 * of one shall not have each name held against all others. */
#define NAMES_OF_A_PASSPORT_MAX 64

/* Entries at one identifier whose names can be one person's; of the same names
 * one. The first began it. */
struct group {
	uint32_t n;
	uint32_t entries[EXAM_PEOPLE_NAMES_MAX];
};

struct groups {
	struct group of[EXAM_PEOPLE_GROUPS_MAX];
	size_t n;
};

bool exam_people_is_joining(enum cage_hit_kind kind)
{
	return kind == CAGE_HIT_EMAIL || kind == CAGE_HIT_PHONE ||
	    kind == CAGE_HIT_ACCOUNT || kind == CAGE_HIT_PASSPORT;
}

bool exam_people_is_identifier(enum cage_hit_kind kind)
{
	return exam_people_is_joining(kind) || kind == CAGE_HIT_CARD ||
	    kind == CAGE_HIT_IBAN || kind == CAGE_HIT_WALLET ||
	    kind == CAGE_HIT_NAME;
}

/* ---- identifiers and their entries ---- */

static int add_ident(
    struct exam_people_join *j, uint32_t feature, struct err *err)
{
	struct exam_feature f = exam_feature_brief(j->store, feature);
	int rc = mem_grow((void **)&j->idents, &j->ident_cap, j->ident_n + 1,
	    sizeof(*j->idents), err);

	if (rc == 0 && f.kind == CAGE_HIT_NAME)
		rc = mem_grow((void **)&j->names, &j->name_cap, j->name_n + 1,
		    sizeof(*j->names), err);
	if (rc != 0)
		return rc;
	struct exam_people_ident *ident = &j->idents[j->ident_n];
	*ident = (struct exam_people_ident){.feature = feature,
	    .kind = f.kind,
	    .name = EXAM_PEOPLE_NO,
	    .rep = EXAM_PEOPLE_NO,
	    .is_role = f.kind == CAGE_HIT_EMAIL && exam_name_is_role(f.text)};
	if (f.kind == CAGE_HIT_NAME) {
		ident->name = (uint32_t)j->name_n;
		j->names[j->name_n++] = exam_name_of(f.text, j->seed);
	}
	j->by_feature[feature] = (uint32_t)j->ident_n++;
	return 0;
}

static int find_idents(struct exam_people_join *j, struct err *err)
{
	size_t total = 0;
	uint32_t at = 0;
	int rc = 0;

	memset(j->by_feature, 0xff,
	    exam_feature_count(j->store) * sizeof(*j->by_feature));
	for (uint32_t e = 0; e < j->entry_n && rc == 0; e++) {
		struct exam_feature_entry entry =
		    exam_feature_entry_at(j->store, e);

		for (size_t i = 0; i < entry.n && rc == 0; i++) {
			uint32_t feature = entry.features[i];

			if (j->by_feature[feature] == EXAM_PEOPLE_NO)
				rc = add_ident(j, feature, err);
			if (rc == 0)
				j->idents[j->by_feature[feature]].n++;
			total++;
		}
	}
	if (rc != 0)
		return rc;
	j->entries = mem_new(total + 1, sizeof(*j->entries));
	if (j->entries == NULL)
		return err_nomem(err);
	for (size_t i = 0; i < j->ident_n; i++) {
		j->idents[i].first = at;
		at += j->idents[i].n;
		j->idents[i].n = 0;
	}
	for (uint32_t e = 0; e < j->entry_n; e++) {
		struct exam_feature_entry entry =
		    exam_feature_entry_at(j->store, e);

		for (size_t i = 0; i < entry.n; i++) {
			struct exam_people_ident *ident =
			    &j->idents[j->by_feature[entry.features[i]]];
			j->entries[ident->first + ident->n++] = e;
		}
	}
	return 0;
}

/* ---- the forest ---- */

uint32_t exam_people_join_root(struct exam_people_join *join, uint32_t entry)
{
	while (join->parent[entry] != entry) {
		join->parent[entry] = join->parent[join->parent[entry]];
		entry = join->parent[entry];
	}
	return entry;
}

/* The names of an entry, two at most. */
static size_t names_of(
    const struct exam_people_join *j, uint32_t entry, uint32_t ret_names[2])
{
	struct exam_feature_entry e = exam_feature_entry_at(j->store, entry);
	size_t n = 0;

	for (size_t i = 0; i < e.n && n < 2; i++) {
		uint32_t name = j->idents[j->by_feature[e.features[i]]].name;

		if (name != EXAM_PEOPLE_NO && j->names[name].n > 0)
			ret_names[n++] = name;
	}
	return n;
}

/* What the names of two entries say: one pair that agrees is enough. */
static enum exam_name_fit compare_names(
    const struct exam_people_join *j, uint32_t a, uint32_t b)
{
	uint32_t x[2], y[2];
	size_t x_n = names_of(j, a, x), y_n = names_of(j, b, y);
	enum exam_name_fit worst = EXAM_NAME_UNKNOWN;

	for (size_t i = 0; i < x_n; i++)
		for (size_t k = 0; k < y_n; k++) {
			enum exam_name_fit f =
			    exam_name_compare(&j->names[x[i]], &j->names[y[k]]);

			if (f == EXAM_NAME_AGREE)
				return f;
			if (f == EXAM_NAME_DIFFER)
				worst = f;
		}
	return worst;
}

static bool has_same_names(
    const struct exam_people_join *j, uint32_t a, uint32_t b)
{
	uint32_t x[2], y[2];
	size_t x_n = names_of(j, a, x), y_n = names_of(j, b, y);

	if (x_n != y_n)
		return false;
	for (size_t i = 0; i < x_n; i++) {
		bool is_there = false;

		for (size_t k = 0; k < y_n; k++)
			is_there = is_there ||
			    exam_name_is_same(&j->names[x[i]], &j->names[y[k]]);
		if (!is_there)
			return false;
	}
	return true;
}

static int plant(struct exam_people_join *j, struct err *err)
{
	uint32_t **arrays[] = {&j->parent, &j->size, &j->first_named,
	    &j->next_named, &j->named_count};

	for (size_t i = 0; i < sizeof(arrays) / sizeof(arrays[0]); i++) {
		*arrays[i] = mem_new((size_t)j->entry_n + 1, sizeof(uint32_t));
		if (*arrays[i] == NULL)
			return err_nomem(err);
	}
	for (uint32_t e = 0; e < j->entry_n; e++) {
		uint32_t names[2];
		bool is_named = names_of(j, e, names) > 0;

		j->parent[e] = e;
		j->size[e] = 1;
		j->first_named[e] = is_named ? e : EXAM_PEOPLE_NO;
		j->next_named[e] = EXAM_PEOPLE_NO;
		j->named_count[e] = is_named;
	}
	return 0;
}

/* Whether an entry says that what two others are called is one person's. */
static bool is_bridge(
    const struct exam_people_join *j, uint32_t entry, uint32_t a, uint32_t b)
{
	uint32_t names[2];

	return names_of(j, entry, names) > 1 &&
	    compare_names(j, entry, a) == EXAM_NAME_AGREE &&
	    compare_names(j, entry, b) == EXAM_NAME_AGREE;
}

/* The same of the entries of a person. */
static bool is_bridged(
    const struct exam_people_join *j, uint32_t root, uint32_t a, uint32_t b)
{
	uint32_t entry = j->first_named[root];

	while (entry != EXAM_PEOPLE_NO && !is_bridge(j, entry, a, b))
		entry = j->next_named[entry];
	return entry != EXAM_PEOPLE_NO;
}

/* Whether names of some entries of both differ. */
static bool is_forbidden(
    const struct exam_people_join *j, uint32_t a, uint32_t b)
{
	for (uint32_t x = j->first_named[a]; x != EXAM_PEOPLE_NO;
	     x = j->next_named[x])
		for (uint32_t y = j->first_named[b]; y != EXAM_PEOPLE_NO;
		     y = j->next_named[y])
			if (compare_names(j, x, y) == EXAM_NAME_DIFFER &&
			    !is_bridged(j, a, x, y) && !is_bridged(j, b, x, y))
				return true;
	return false;
}

/* Moves the entries of b whose names a has not to a. */
static void move_names(struct exam_people_join *j, uint32_t a, uint32_t b)
{
	uint32_t entry = j->first_named[b];

	while (entry != EXAM_PEOPLE_NO) {
		uint32_t next = j->next_named[entry], x = j->first_named[a];

		while (x != EXAM_PEOPLE_NO && !has_same_names(j, x, entry))
			x = j->next_named[x];
		if (x == EXAM_PEOPLE_NO &&
		    j->named_count[a] < NAMES_OF_A_PASSPORT_MAX) {
			j->next_named[entry] = j->first_named[a];
			j->first_named[a] = entry;
			j->named_count[a]++;
		}
		entry = next;
	}
}

static void unite(
    struct exam_people_join *j, uint32_t a, uint32_t b, bool is_certain)
{
	a = exam_people_join_root(j, a);
	b = exam_people_join_root(j, b);
	if (a == b)
		return;
	if (!is_certain &&
	    (j->named_count[a] + j->named_count[b] > EXAM_PEOPLE_NAMES_MAX ||
		is_forbidden(j, a, b))) {
		j->kept_apart++;
		return;
	}
	if (j->size[a] < j->size[b]) {
		uint32_t other = a;

		a = b;
		b = other;
	}
	j->parent[b] = a;
	j->size[a] += j->size[b];
	move_names(j, a, b);
}

/* ---- groups of names at one identifier ---- */

static bool is_bridged_by(const struct exam_people_join *j,
    const struct group *group, uint32_t a, uint32_t b)
{
	for (uint32_t i = 0; i < group->n; i++)
		if (is_bridge(j, group->entries[i], a, b))
			return true;
	return false;
}

/* The least of what the entries of a group say. */
static enum exam_name_fit fit(
    const struct exam_people_join *j, const struct group *group, uint32_t entry)
{
	enum exam_name_fit best = EXAM_NAME_UNKNOWN;

	for (uint32_t i = 0; i < group->n; i++) {
		enum exam_name_fit f =
		    compare_names(j, group->entries[i], entry);

		if (f == EXAM_NAME_DIFFER &&
		    !is_bridged_by(j, group, group->entries[i], entry))
			return f;
		if (f == EXAM_NAME_AGREE)
			best = f;
	}
	return best;
}

static void add_entry(
    const struct exam_people_join *j, struct group *group, uint32_t entry)
{
	for (uint32_t i = 0; i < group->n; i++)
		if (has_same_names(j, group->entries[i], entry))
			return;
	if (group->n < EXAM_PEOPLE_NAMES_MAX)
		group->entries[group->n++] = entry;
}

/* Puts one entry with names into its group, or begins one. */
static void group_entry(
    struct exam_people_join *j, struct groups *groups, uint32_t entry)
{
	size_t agreeing = 0, fitting = 0;
	struct group *found = NULL;

	for (size_t g = 0; g < groups->n; g++) {
		enum exam_name_fit f = fit(j, &groups->of[g], entry);

		fitting += f != EXAM_NAME_DIFFER;
		if (f == EXAM_NAME_AGREE) {
			found = &groups->of[g];
			agreeing++;
		}
	}
	if (agreeing == 1) {
		add_entry(j, found, entry);
		unite(j, found->entries[0], entry, false);
	} else if (fitting == 0 && groups->n < EXAM_PEOPLE_GROUPS_MAX) {
		found = &groups->of[groups->n++];
		found->n = 0;
		add_entry(j, found, entry);
	}
}

/* ---- identifiers ---- */

/* For sorting, which has no argument of its own. */
struct ranked {
	uint32_t words; /* of its longest name */
	uint32_t entry;
	const struct exam_people_join *join;
};

static int compare_texts(
    const struct exam_people_join *j, uint32_t a, uint32_t b)
{
	struct exam_feature x = exam_feature_brief(j->store, a);
	struct exam_feature y = exam_feature_brief(j->store, b);

	return x.kind != y.kind ? (x.kind < y.kind ? -1 : 1)
				: slice_compare(x.text, y.text);
}

/* By their identifiers, so that the order of hits plays no part. */
static int compare_entries(
    const struct exam_people_join *j, uint32_t a, uint32_t b)
{
	struct exam_feature_entry x = exam_feature_entry_at(j->store, a);
	struct exam_feature_entry y = exam_feature_entry_at(j->store, b);

	if (x.n != y.n)
		return x.n > y.n ? -1 : 1;
	/* Their sets are ordered by when each was found; the least text of each
	 * kind is the same whatever that order was. */
	for (int kind = CAGE_HIT_EMAIL; kind < CAGE_HIT_KINDS; kind++) {
		struct slice least[2] = {{0}, {0}};

		for (size_t i = 0; i < x.n; i++)
			for (int side = 0; side < 2; side++) {
				struct exam_feature f = exam_feature_brief(
				    j->store, (side == 0 ? x : y).features[i]);
				if ((int)f.kind == kind &&
				    (least[side].p == NULL ||
					slice_compare(f.text, least[side]) < 0))
					least[side] = f.text;
			}
		int order = slice_compare(least[0], least[1]);
		if (order != 0)
			return order;
	}
	return 0;
}

static int compare_ranked(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	if (x->words != y->words)
		return x->words > y->words ? -1 : 1;
	int order = compare_entries(x->join, x->entry, y->entry);
	return order != 0	  ? order
	    : x->entry < y->entry ? -1
				  : x->entry > y->entry;
}

/* The entries of an identifier that have names, or that have none. */
static int rank_entries(const struct exam_people_join *j,
    const struct exam_people_ident *ident, bool is_named,
    struct ranked **ret_ranked, size_t *ret_n, struct err *err)
{
	struct ranked *ranked = mem_new(ident->n, sizeof(*ranked));
	size_t n = 0;

	if (ranked == NULL)
		return err_nomem(err);
	for (uint32_t i = 0; i < ident->n; i++) {
		uint32_t entry = j->entries[ident->first + i], names[2];
		size_t count = names_of(j, entry, names);
		uint32_t words = 0;

		for (size_t k = 0; k < count; k++)
			if (j->names[names[k]].n > words)
				words = j->names[names[k]].n;
		if ((words > 0) == is_named)
			ranked[n++] = (struct ranked){words, entry, j};
	}
	qsort(ranked, n, sizeof(*ranked), compare_ranked);
	*ret_ranked = ranked;
	*ret_n = n;
	return 0;
}

static int join_named(struct exam_people_join *j,
    struct exam_people_ident *ident, struct err *err)
{
	struct groups *groups = mem_new(1, sizeof(*groups));
	struct ranked *ranked = NULL;
	size_t n = 0;
	int rc = groups == NULL
	    ? err_nomem(err)
	    : rank_entries(j, ident, true, &ranked, &n, err);

	for (size_t i = 0; i < n && rc == 0; i++)
		group_entry(j, groups, ranked[i].entry);
	if (rc == 0) {
		ident->is_shared = groups->n > 1;
		if (groups->n == 1)
			ident->rep = groups->of[0].entries[0];
		/* A name that cannot be held against the only other one. */
		for (size_t i = 0; i < n && groups->n == 1; i++)
			unite(j, ident->rep, ranked[i].entry, false);
	}
	free(ranked);
	free(groups);
	return rc;
}

/* Whether nameless entries bring more identifiers of one kind to this one than
 * a person has. */
static bool is_crowd(const struct exam_people_join *j,
    const struct exam_people_ident *ident, const struct ranked *ranked,
    size_t n)
{
	uint32_t seen[CAGE_HIT_KINDS][EXAM_PEOPLE_SAME_KIND_MAX];
	uint32_t count[CAGE_HIT_KINDS] = {0};

	for (size_t i = 0; i < n; i++) {
		struct exam_feature_entry e =
		    exam_feature_entry_at(j->store, ranked[i].entry);

		for (size_t k = 0; k < e.n; k++) {
			const struct exam_people_ident *other =
			    &j->idents[j->by_feature[e.features[k]]];
			uint32_t *c = &count[other->kind], at = 0;

			if (other == ident ||
			    !exam_people_is_joining(other->kind))
				continue;
			while (
			    at < *c && seen[other->kind][at] != e.features[k])
				at++;
			if (at < *c)
				continue;
			if (*c == EXAM_PEOPLE_SAME_KIND_MAX)
				return true;
			seen[other->kind][(*c)++] = e.features[k];
		}
	}
	return false;
}

static int join_nameless(struct exam_people_join *j,
    struct exam_people_ident *ident, struct err *err)
{
	struct ranked *ranked = NULL;
	size_t n = 0;
	int rc = rank_entries(j, ident, false, &ranked, &n, err);

	if (rc != 0)
		return rc;
	ident->is_crowded = is_crowd(j, ident, ranked, n);
	uint32_t rep = ident->rep;
	for (size_t i = 0; i < n && !ident->is_crowded; i++) {
		if (rep == EXAM_PEOPLE_NO)
			rep = ranked[i].entry;
		unite(j, rep, ranked[i].entry, false);
	}
	free(ranked);
	return 0;
}

/* ---- in order ---- */

struct turn {
	struct exam_people_ident *ident;
	const struct exam_people_join *join;
};

static int compare_turns(const void *a, const void *b)
{
	const struct turn *x = a, *y = b;

	return compare_texts(x->join, x->ident->feature, y->ident->feature);
}

static int list_turns(struct exam_people_join *j, struct turn **ret_turns,
    size_t *ret_n, struct err *err)
{
	struct turn *turns = mem_new(j->ident_n + 1, sizeof(*turns));
	size_t n = 0;

	if (turns == NULL)
		return err_nomem(err);
	for (size_t i = 0; i < j->ident_n; i++)
		if (exam_people_is_joining(j->idents[i].kind) &&
		    !j->idents[i].is_role)
			turns[n++] = (struct turn){&j->idents[i], j};
	qsort(turns, n, sizeof(*turns), compare_turns);
	*ret_turns = turns;
	*ret_n = n;
	return 0;
}

static int join_all(struct exam_people_join *j, struct err *err)
{
	struct turn *turns = NULL;
	size_t n = 0;
	int rc = list_turns(j, &turns, &n, err);

	/* One passport is one person, whatever the names. */
	for (size_t i = 0; i < n; i++)
		for (uint32_t k = 1;
		     turns[i].ident->kind == CAGE_HIT_PASSPORT &&
		     k < turns[i].ident->n;
		     k++)
			unite(j, j->entries[turns[i].ident->first],
			    j->entries[turns[i].ident->first + k], true);
	for (size_t i = 0; i < n && rc == 0; i++)
		if (turns[i].ident->kind != CAGE_HIT_PASSPORT)
			rc = join_named(j, turns[i].ident, err);
	for (size_t i = 0; i < n && rc == 0; i++)
		if (turns[i].ident->kind != CAGE_HIT_PASSPORT &&
		    !turns[i].ident->is_shared)
			rc = join_nameless(j, turns[i].ident, err);
	free(turns);
	return rc;
}

int exam_people_join_run(struct exam_people_join *join,
    const struct exam_feature_store *store, struct err *err)
{
	join->store = store;
	join->entry_n = exam_feature_entry_count(store);
	mem_random(join->seed, sizeof(join->seed));
	join->by_feature =
	    mem_new((size_t)exam_feature_count(store) + 1, sizeof(uint32_t));
	int rc =
	    join->by_feature == NULL ? err_nomem(err) : find_idents(join, err);
	if (rc == 0)
		rc = plant(join, err);
	return rc != 0 ? rc : join_all(join, err);
}

void exam_people_join_done(struct exam_people_join *join)
{
	free(join->by_feature);
	free(join->idents);
	free(join->entries);
	free(join->names);
	free(join->parent);
	free(join->size);
	free(join->first_named);
	free(join->next_named);
	free(join->named_count);
}
