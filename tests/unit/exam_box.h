/*
 * exam_box.h: hits made up for tests.
 */
#ifndef EXAM_BOX_H
#define EXAM_BOX_H

#include "exam_feature.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

static inline struct cage_hit box_hit(
    enum cage_hit_kind kind, const char *text, uint64_t at)
{
	struct cage_hit hit = {.kind = kind, .coding = CAGE_HIT_UTF8, .at = at};

	hit.length = (uint32_t)strlen(text);
	(void)snprintf(hit.text, sizeof(hit.text), "%s", text);
	return hit;
}

static inline void box_add(
    struct exam_feature_store *store, const struct cage_hit *hit, uint32_t file)
{
	const struct exam_feature_where where = {
	    file == EXAM_OWNER_NO_FILE ? EXAM_OWNER_FREE : EXAM_OWNER_FILE,
	    file, false};

	assert_int_equal(exam_feature_add(store, hit, &where, NULL), 0);
}

/* One hit in an entry. */
static inline void box_put(struct exam_feature_store *store, uint32_t file,
    uint32_t record, uint32_t entry, enum cage_hit_role role,
    enum cage_hit_kind kind, const char *text)
{
	struct cage_hit hit = box_hit(kind, text, 1000);

	hit.record = record;
	hit.entry = entry;
	hit.role = role;
	box_add(store, &hit, file);
}

static inline struct exam_feature_store *box_store(size_t bytes_max)
{
	struct exam_feature_store *store = NULL;

	assert_int_equal(exam_feature_new(&store, bytes_max, NULL), 0);
	return store;
}

static inline uint32_t box_find(const struct exam_feature_store *store,
    enum cage_hit_kind kind, const char *text)
{
	return exam_feature_find(store, kind, slice_of(text));
}

#endif
