/*
 * exam_feature_internal.h: how the store lies in memory; for exam_feature*.c.
 */
#ifndef EXAM_FEATURE_INTERNAL_H
#define EXAM_FEATURE_INTERNAL_H

#include "exam_arena.h"
#include "exam_feature.h"
#include "exam_table.h"

/* One feature; its kind and text are in the arena. */
struct exam_feature_row {
	uint32_t text; /* kind, length (two bytes), bytes */
	uint32_t hits;
	uint32_t places; /* the last one that was kept; UINT32_MAX: none */
	uint32_t file; /* the first one; or EXAM_OWNER_NO_FILE */
};

/* One more file of a feature. */
struct exam_feature_pair {
	uint32_t feature, file;
};

struct exam_feature_set {
	uint32_t ids; /* in the arena: `n` numbers */
	uint32_t seen;
	uint16_t n;
	uint8_t roles, flags;
};
#define EXAM_FEATURE_NEAR_POSITION 1
#define EXAM_FEATURE_NEAR_KEY 2

/* A hit in a record, until the scan ends. */
struct exam_feature_waiting {
	uint32_t record, entry, feature;
	uint8_t role, kind;
};

/* Arrays in blocks, so that none is copied when it grows. */
#define EXAM_FEATURE_ROWS_SHIFT 16
#define EXAM_FEATURE_ROWS (1u << EXAM_FEATURE_ROWS_SHIFT)
#define EXAM_FEATURE_BLOCKS_MAX 4096

struct exam_feature_store {
	size_t bytes_max;
	uint64_t seed[2];
	bool is_sealed;
	struct exam_arena arena;
	struct exam_table by_text;
	struct exam_feature_row **rows; /* EXAM_FEATURE_BLOCKS_MAX pointers */
	uint32_t n;
	struct exam_table by_pair;
	struct exam_feature_pair *pairs; /* sealed: ascending */
	size_t pair_n, pair_cap;
	struct exam_table by_set;
	struct exam_feature_set *sets;
	size_t set_n, set_cap;
	struct exam_table by_link;
	struct exam_feature_link *links;
	size_t link_n, link_cap;
	struct exam_feature_waiting *waiting;
	size_t waiting_n, waiting_cap;
	struct exam_feature_left_out left_out;
};

static inline struct exam_feature_row *exam_feature_row(
    const struct exam_feature_store *s, uint32_t i)
{
	return &s->rows[i >> EXAM_FEATURE_ROWS_SHIFT]
		       [i & (EXAM_FEATURE_ROWS - 1)];
}

/* Whether `more` bytes are in the budget. */
bool exam_feature_has_room(const struct exam_feature_store *store, size_t more);

/* The entries of a scan (exam_feature_entry.c). */
void exam_feature_entry_init(struct exam_feature_store *store);
int exam_feature_entry_flush(
    struct exam_feature_store *store, struct err *err) MUST_CHECK;

/* A place after the last one (exam_feature_place.c). */
int exam_feature_place_put(struct exam_feature_store *store, uint32_t feature,
    const struct cage_hit *hit, const struct exam_feature_where *where,
    struct err *err) MUST_CHECK;

#endif
