/*
 * exam_feature.c: see exam_feature.h: features, their counts and their files.
 *
 * The invariant: exam_feature_bytes is at most the budget, since everything
 * that grows asks exam_feature_has_room first; and every hit is either in the
 * count of its feature or in left_out.
 */
#include "exam_feature_internal.h"

#include "map.h"
#include "mem.h"
#include "text.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define HEAD 3 /* before a text: its kind and its length */

struct text_key {
	uint8_t kind;
	struct slice text;
};

/* ---- room ---- */

size_t exam_feature_bytes(const struct exam_feature_store *store)
{
	size_t blocks = (store->n + EXAM_FEATURE_ROWS - 1) / EXAM_FEATURE_ROWS;

	return exam_arena_bytes(&store->arena) +
	    blocks * EXAM_FEATURE_ROWS * sizeof(struct exam_feature_row) +
	    exam_table_bytes(&store->by_text) +
	    exam_table_bytes(&store->by_pair) +
	    exam_table_bytes(&store->by_set) +
	    exam_table_bytes(&store->by_link) +
	    store->pair_cap * sizeof(*store->pairs) +
	    store->set_cap * sizeof(*store->sets) +
	    store->link_cap * sizeof(*store->links);
}

bool exam_feature_has_room(const struct exam_feature_store *store, size_t more)
{
	return exam_feature_bytes(store) + more <= store->bytes_max;
}

/* What a table and an array would take beyond what they have. */
static size_t growth(
    const struct exam_table *table, size_t n, size_t cap, size_t element_size)
{
	return exam_table_bytes_next(table) - exam_table_bytes(table) +
	    (n < cap ? 0 : (cap == 0 ? 16 : cap) * element_size);
}

static size_t arena_growth(const struct exam_feature_store *s, size_t n)
{
	return exam_arena_bytes_next(&s->arena, n) -
	    exam_arena_bytes(&s->arena);
}

/* ---- texts ---- */

static struct slice text_of(const struct exam_feature_store *s, uint32_t i)
{
	const uint8_t *p =
	    exam_arena_at(&s->arena, exam_feature_row(s, i)->text);

	return (struct slice){
	    (const char *)p + HEAD, (size_t)(p[1] | p[2] << 8)};
}

static uint8_t kind_of(const struct exam_feature_store *s, uint32_t i)
{
	return *exam_arena_at(&s->arena, exam_feature_row(s, i)->text);
}

static uint64_t hash_text(
    const struct exam_feature_store *s, uint8_t kind, struct slice text)
{
	const uint64_t seed[2] = {s->seed[0] ^ kind, s->seed[1]};

	return map_hash(seed, text);
}

static uint64_t hash_of_row(const void *cookie, uint32_t value)
{
	const struct exam_feature_store *s = cookie;

	return hash_text(s, kind_of(s, value), text_of(s, value));
}

static bool is_row(const void *cookie, uint32_t value, const void *key)
{
	const struct exam_feature_store *s = cookie;
	const struct text_key *k = key;

	return kind_of(s, value) == k->kind &&
	    slice_is(text_of(s, value), k->text);
}

uint32_t exam_feature_find(const struct exam_feature_store *store,
    enum cage_hit_kind kind, struct slice text)
{
	const struct text_key key = {(uint8_t)kind, text};

	return exam_table_get(
	    &store->by_text, hash_text(store, key.kind, text), &key);
}

static int add_text(struct exam_feature_store *s, const struct text_key *key,
    uint32_t *ret_feature, struct err *err)
{
	uint32_t at;

	if ((s->n & (EXAM_FEATURE_ROWS - 1)) == 0) {
		struct exam_feature_row *rows =
		    mem_new(EXAM_FEATURE_ROWS, sizeof(*rows));
		if (rows == NULL)
			return err_nomem(err);
		/* One that an error left without its first row. */
		free(s->rows[s->n >> EXAM_FEATURE_ROWS_SHIFT]);
		s->rows[s->n >> EXAM_FEATURE_ROWS_SHIFT] = rows;
	}
	int rc = exam_arena_take(&s->arena, HEAD + key->text.n, &at, err);
	if (rc != 0)
		return rc;
	uint8_t *p = exam_arena_at(&s->arena, at);
	p[0] = key->kind;
	p[1] = (uint8_t)key->text.n;
	p[2] = (uint8_t)(key->text.n >> 8);
	memcpy(p + HEAD, key->text.p, key->text.n);
	*exam_feature_row(s, s->n) =
	    (struct exam_feature_row){at, 0, UINT32_MAX, EXAM_OWNER_NO_FILE};
	rc = exam_table_put(
	    &s->by_text, hash_text(s, key->kind, key->text), s->n, err);
	if (rc == 0)
		*ret_feature = s->n++;
	return rc;
}

static bool has_room_for_text(
    const struct exam_feature_store *s, const struct text_key *key)
{
	size_t more = arena_growth(s, HEAD + key->text.n) +
	    exam_table_bytes_next(&s->by_text) - exam_table_bytes(&s->by_text);

	if ((s->n & (EXAM_FEATURE_ROWS - 1)) == 0)
		more += EXAM_FEATURE_ROWS * sizeof(struct exam_feature_row);
	return s->n >> EXAM_FEATURE_ROWS_SHIFT < EXAM_FEATURE_BLOCKS_MAX &&
	    exam_feature_has_room(s, more);
}

/* ---- files ---- */

static uint64_t hash_pair(
    const struct exam_feature_store *s, const struct exam_feature_pair *pair)
{
	return map_hash(
	    s->seed, (struct slice){(const char *)pair, sizeof(*pair)});
}

static uint64_t hash_of_pair(const void *cookie, uint32_t value)
{
	const struct exam_feature_store *s = cookie;

	return hash_pair(s, &s->pairs[value]);
}

static bool is_pair(const void *cookie, uint32_t value, const void *key)
{
	const struct exam_feature_store *s = cookie;

	return memcmp(&s->pairs[value], key, sizeof(s->pairs[0])) == 0;
}

static int add_file(struct exam_feature_store *s, uint32_t feature,
    uint32_t file, struct err *err)
{
	struct exam_feature_row *row = exam_feature_row(s, feature);
	const struct exam_feature_pair pair = {feature, file};

	if (row->file == EXAM_OWNER_NO_FILE)
		row->file = file;
	if (row->file == file)
		return 0;
	uint64_t hash = hash_pair(s, &pair);
	if (exam_table_get(&s->by_pair, hash, &pair) != EXAM_TABLE_NONE)
		return 0;
	if (!exam_feature_has_room(s,
		growth(
		    &s->by_pair, s->pair_n, s->pair_cap, sizeof(*s->pairs)))) {
		s->left_out.files++;
		return 0;
	}
	int rc = mem_grow((void **)&s->pairs, &s->pair_cap, s->pair_n + 1,
	    sizeof(*s->pairs), err);
	if (rc != 0)
		return rc;
	s->pairs[s->pair_n] = pair;
	rc = exam_table_put(&s->by_pair, hash, (uint32_t)s->pair_n, err);
	s->pair_n += rc == 0;
	return rc;
}

static int compare_pairs(const void *a, const void *b)
{
	const struct exam_feature_pair *x = a, *y = b;

	if (x->feature != y->feature)
		return x->feature < y->feature ? -1 : 1;
	return x->file < y->file ? -1 : x->file > y->file;
}

/* The pairs of a feature in the sealed store. */
static const struct exam_feature_pair *pairs_of(
    const struct exam_feature_store *s, uint32_t feature, size_t *ret_n)
{
	size_t from = 0, to = s->pair_n;

	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (s->pairs[middle].feature < feature)
			from = middle + 1;
		else
			to = middle;
	}
	for (to = from; to < s->pair_n && s->pairs[to].feature == feature;)
		to++;
	*ret_n = to - from;
	return s->pairs + from;
}

/* ---- the store ---- */

int exam_feature_new(
    struct exam_feature_store **ret_store, size_t bytes_max, struct err *err)
{
	struct exam_feature_store *s = mem_new(1, sizeof(*s));

	if (s == NULL)
		return err_nomem(err);
	s->bytes_max = bytes_max == 0 ? EXAM_FEATURE_BYTES_MAX : bytes_max;
	mem_random(s->seed, sizeof(s->seed));
	s->rows =
	    mem_new(EXAM_FEATURE_BLOCKS_MAX, sizeof(struct exam_feature_row *));
	s->by_text.hash_of = hash_of_row;
	s->by_text.is_same = is_row;
	s->by_pair.hash_of = hash_of_pair;
	s->by_pair.is_same = is_pair;
	s->by_text.cookie = s->by_pair.cookie = s;
	exam_feature_entry_init(s);
	if (s->rows == NULL) {
		exam_feature_free(s);
		return err_nomem(err);
	}
	*ret_store = s;
	return 0;
}

void exam_feature_free(struct exam_feature_store *store)
{
	if (store == NULL)
		return;
	for (size_t i = 0; store->rows != NULL && i < EXAM_FEATURE_BLOCKS_MAX;
	     i++)
		free(store->rows[i]);
	free(store->rows);
	exam_table_done(&store->by_text);
	exam_table_done(&store->by_pair);
	exam_table_done(&store->by_set);
	exam_table_done(&store->by_link);
	exam_arena_done(&store->arena);
	free(store->pairs);
	free(store->sets);
	free(store->links);
	free(store->waiting);
	free(store);
}

static int check(const struct cage_hit *hit,
    const struct exam_feature_where *where, struct err *err)
{
	struct slice text = {hit->text, strnlen(hit->text, sizeof(hit->text))};
	struct slice context = {
	    hit->context, strnlen(hit->context, sizeof(hit->context))};

	if (hit->kind < CAGE_HIT_EMAIL || hit->kind >= CAGE_HIT_KINDS ||
	    hit->coding < CAGE_HIT_UTF8 || hit->coding >= CAGE_HIT_CODINGS ||
	    (unsigned)hit->role >= CAGE_HIT_ROLES ||
	    hit->depth > CAGE_HIT_DEPTH_MAX ||
	    (unsigned)where->owning >= EXAM_OWNER_COUNT ||
	    (where->file == EXAM_OWNER_NO_FILE &&
		(where->owning == EXAM_OWNER_FILE ||
		    where->owning == EXAM_OWNER_SLACK)))
		return err_set(err, ERR_FORMAT,
		    "a find of a scan with a number that means nothing");
	for (uint32_t i = 0; i < hit->depth; i++)
		if (hit->steps[i].container < CAGE_HIT_ZIP ||
		    hit->steps[i].container >= CAGE_HIT_CONTAINERS)
			return err_set(err, ERR_FORMAT,
			    "a find of a scan in a container of no kind");
	if (text.n == 0 || text.n == sizeof(hit->text) ||
	    context.n == sizeof(hit->context) ||
	    !text_is_line(text, NULL, NULL) ||
	    !text_is_line(context, NULL, NULL))
		return err_set(err, ERR_FORMAT,
		    "a find of a scan whose text is not one line");
	return 0;
}

static int wait_for_end(struct exam_feature_store *s,
    const struct cage_hit *hit, uint32_t feature, struct err *err)
{
	if (hit->entry == 0 && hit->record == 0)
		return 0;
	if (s->waiting_n == EXAM_FEATURE_WAITING_MAX) {
		s->left_out.entries++;
		return 0;
	}
	int rc = mem_grow((void **)&s->waiting, &s->waiting_cap,
	    s->waiting_n + 1, sizeof(*s->waiting), err);
	if (rc == 0)
		s->waiting[s->waiting_n++] =
		    (struct exam_feature_waiting){hit->record, hit->entry,
			feature, (uint8_t)hit->role, (uint8_t)hit->kind};
	return rc;
}

int exam_feature_add(struct exam_feature_store *store,
    const struct cage_hit *hit, const struct exam_feature_where *where,
    struct err *err)
{
	assert(!store->is_sealed);
	int rc = check(hit, where, err);
	if (rc != 0)
		return rc;
	const struct text_key key = {(uint8_t)hit->kind, slice_of(hit->text)};
	uint32_t feature = exam_feature_find(store, hit->kind, key.text);
	if (feature == EXAM_TABLE_NONE && !has_room_for_text(store, &key)) {
		store->left_out.hits[hit->kind]++;
		return 0;
	}
	if (feature == EXAM_TABLE_NONE)
		rc = add_text(store, &key, &feature, err);
	if (rc != 0)
		return rc;
	struct exam_feature_row *row = exam_feature_row(store, feature);
	/* Before its file is known as the first: a place says it again only
	 * where it is another. */
	if (where->owning == EXAM_OWNER_FILE)
		rc = add_file(store, feature, where->file, err);
	if (rc == 0 && row->hits < EXAM_FEATURE_PLACES_MAX)
		rc = exam_feature_place_put(store, feature, hit, where, err);
	row->hits += row->hits < UINT32_MAX;
	return rc != 0 ? rc : wait_for_end(store, hit, feature, err);
}

int exam_feature_end_scan(struct exam_feature_store *store, struct err *err)
{
	int rc = exam_feature_entry_flush(store, err);

	store->waiting_n = 0;
	return rc;
}

int exam_feature_seal(struct exam_feature_store *store, struct err *err)
{
	assert(!store->is_sealed);
	int rc = exam_feature_end_scan(store, err);
	free(store->waiting);
	store->waiting = NULL;
	store->waiting_cap = 0;
	/* Sorting moves them, so that their table means nothing any more. */
	exam_table_done(&store->by_pair);
	if (store->pair_n > 0)
		qsort(store->pairs, store->pair_n, sizeof(*store->pairs),
		    compare_pairs);
	store->is_sealed = true;
	return rc;
}

/* ---- asking ---- */

uint32_t exam_feature_count(const struct exam_feature_store *store)
{
	return store->n;
}

struct exam_feature exam_feature_brief(
    const struct exam_feature_store *store, uint32_t feature)
{
	assert(store->is_sealed && feature < store->n);
	return (struct exam_feature){
	    .kind = (enum cage_hit_kind)kind_of(store, feature),
	    .text = text_of(store, feature),
	    .hits = exam_feature_row(store, feature)->hits};
}

struct exam_feature exam_feature_at(
    const struct exam_feature_store *store, uint32_t feature)
{
	struct exam_feature f = exam_feature_brief(store, feature);
	size_t n;

	(void)pairs_of(store, feature, &n);
	if (exam_feature_row(store, feature)->file != EXAM_OWNER_NO_FILE)
		f.files = (uint32_t)n + 1;
	return f;
}

void exam_feature_files(const struct exam_feature_store *store,
    uint32_t feature, exam_feature_file_fn *take, void *cookie)
{
	size_t n;

	assert(store->is_sealed && feature < store->n);
	const struct exam_feature_row *row = exam_feature_row(store, feature);
	const struct exam_feature_pair *pairs = pairs_of(store, feature, &n);
	if (row->file != EXAM_OWNER_NO_FILE)
		take(cookie, row->file);
	for (size_t i = 0; i < n; i++)
		take(cookie, pairs[i].file);
}

struct exam_feature_left_out exam_feature_left_out(
    const struct exam_feature_store *store)
{
	return store->left_out;
}
