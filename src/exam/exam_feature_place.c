/*
 * exam_feature_place.c: the first places of a feature (exam_feature.h), packed
 * into some ten bytes each: numbers of seven bits a byte, and each place names
 * the one before by its distance in the arena.
 */
#include "exam_feature_internal.h"

#include <assert.h>
#include <string.h>

#define HAS_CONTEXT 0x40
#define HAS_FILE 0x80
#define IS_IN_FILE 0x40 /* in the second byte */
#define PLACE_MAX                                                              \
	(5 + 2 + CAGE_HIT_DEPTH_MAX * 11 + 3 * 10 + 1 + CAGE_HIT_CONTEXT_MAX)

static_assert(CAGE_HIT_CODINGS <= 8 && EXAM_OWNER_COUNT <= 8 &&
	CAGE_HIT_DEPTH_MAX < 8 && CAGE_HIT_ROLES <= 8 &&
	CAGE_HIT_CONTEXT_MAX <= 256,
    "what is packed into bits has room there");

static size_t put_number(uint8_t *to, uint64_t value)
{
	size_t n = 0;

	for (; value > 0x7f; value >>= 7)
		to[n++] = (uint8_t)(value | 0x80);
	to[n++] = (uint8_t)value;
	return n;
}

static uint64_t take_number(const uint8_t **from)
{
	uint64_t value = 0;
	unsigned shift = 0;

	for (; **from & 0x80; (*from)++, shift += 7)
		value |= (uint64_t)(**from & 0x7f) << shift;
	return value | (uint64_t) * (*from)++ << shift;
}

/* All but the way to the place before. */
static size_t pack(uint8_t *to, const struct exam_feature_row *row,
    const struct cage_hit *hit, const struct exam_feature_where *where,
    bool has_context)
{
	bool has_file = where->file != row->file &&
	    (where->owning == EXAM_OWNER_FILE ||
		where->owning == EXAM_OWNER_SLACK);
	size_t n = 0, length = strlen(hit->context);

	to[n++] =
	    (uint8_t)((unsigned)hit->coding | (unsigned)where->owning << 3 |
		(has_context ? HAS_CONTEXT : 0) | (has_file ? HAS_FILE : 0));
	to[n++] = (uint8_t)(hit->depth | (unsigned)hit->role << 3 |
	    (where->is_in_file ? IS_IN_FILE : 0));
	for (uint32_t i = 0; i < hit->depth; i++) {
		to[n++] = (uint8_t)hit->steps[i].container;
		n += put_number(to + n, hit->steps[i].at);
	}
	n += put_number(to + n, hit->at);
	n += put_number(to + n, hit->length);
	if (has_file)
		n += put_number(to + n, where->file);
	if (has_context) {
		to[n++] = (uint8_t)length;
		memcpy(to + n, hit->context, length);
		n += length;
	}
	return n;
}

int exam_feature_place_put(struct exam_feature_store *store, uint32_t feature,
    const struct cage_hit *hit, const struct exam_feature_where *where,
    struct err *err)
{
	struct exam_feature_row *row = exam_feature_row(store, feature);
	uint8_t packed[PLACE_MAX], head[10];
	uint32_t at;
	/* Of the first place alone, and in the first half of the memory. */
	bool has_context = hit->context[0] != '\0' && row->hits == 0 &&
	    exam_feature_has_room(store, store->bytes_max / 2);

	store->left_out.contexts +=
	    hit->context[0] != '\0' && row->hits == 0 && !has_context;
	size_t n = pack(packed, row, hit, where, has_context);
	/* The distance is at most four bytes and a half long. */
	if (!exam_feature_has_room(store,
		exam_arena_bytes_next(&store->arena, n + 5) -
		    exam_arena_bytes(&store->arena))) {
		store->left_out.places++;
		return 0;
	}
	uint32_t before = row->places;
	size_t head_n = 1;
	/* Where it will be depends on how long its head is. */
	for (;;) {
		bool is_new = store->arena.count == 0 ||
		    n + head_n > EXAM_ARENA_BLOCK - store->arena.used;
		uint64_t next = is_new
		    ? (uint64_t)store->arena.count * EXAM_ARENA_BLOCK
		    : (uint64_t)(store->arena.count - 1) * EXAM_ARENA_BLOCK +
			store->arena.used;
		size_t wanted =
		    put_number(head, before == UINT32_MAX ? 0 : next - before);
		if (wanted == head_n)
			break;
		head_n = wanted;
	}
	int rc = exam_arena_take(&store->arena, head_n + n, &at, err);
	if (rc != 0)
		return rc;
	uint8_t *p = exam_arena_at(&store->arena, at);
	memcpy(p, head, head_n);
	memcpy(p + head_n, packed, n);
	row->places = at;
	return 0;
}

/* *ret_before: how far back the place before is; 0: there is none. */
static void unpack(const struct exam_feature_row *row, const uint8_t *p,
    struct exam_feature_place *ret_place, uint64_t *ret_before)
{
	struct exam_feature_place place = {0};

	*ret_before = take_number(&p);
	uint8_t a = *p++, b = *p++;
	place.coding = (enum cage_hit_coding)(a & 7);
	place.where.owning = (enum exam_owning)(a >> 3 & 7);
	place.where.is_in_file = (b & IS_IN_FILE) != 0;
	place.role = (enum cage_hit_role)(b >> 3 & 7);
	place.depth = b & 7;
	for (uint32_t i = 0; i < place.depth; i++) {
		place.steps[i].container = (enum cage_hit_container) * p++;
		place.steps[i].at = take_number(&p);
	}
	place.at = take_number(&p);
	place.length = (uint32_t)take_number(&p);
	place.where.file = a & HAS_FILE ? (uint32_t)take_number(&p)
	    : place.where.owning == EXAM_OWNER_FILE ||
		place.where.owning == EXAM_OWNER_SLACK
	    ? row->file
	    : EXAM_OWNER_NO_FILE;
	if (a & HAS_CONTEXT)
		place.context = (struct slice){(const char *)p + 1, *p};
	*ret_place = place;
}

size_t exam_feature_places(const struct exam_feature_store *store,
    uint32_t feature, struct exam_feature_place *ret_places)
{
	const struct exam_feature_row *row = exam_feature_row(store, feature);
	uint64_t before = 0;
	size_t n = 0;

	if (row->places == UINT32_MAX)
		return 0;
	uint32_t at = row->places;
	do {
		unpack(row, exam_arena_at(&store->arena, at), &ret_places[n++],
		    &before);
		at -= (uint32_t)before;
	} while (before != 0);
	/* They were kept from the last to the first. */
	for (size_t i = 0; i < n / 2; i++) {
		struct exam_feature_place other = ret_places[i];

		ret_places[i] = ret_places[n - 1 - i];
		ret_places[n - 1 - i] = other;
	}
	return n;
}
