/*
 * exam_owner.c: see exam_owner.h. Sealing is one sweep over the spans by their
 * first bytes; those that are open wait in a heap with the highest rank on top,
 * and leave it when they come to the top after their end.
 */
#include "exam_owner.h"

#include "mem.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>

struct exam_owner {
	uint64_t length;
	struct exam_span *added, *sealed;
	size_t n, cap, sealed_n, sealed_cap;
	bool is_sealed;
};

/* A span that the sweep has reached. */
struct open_span {
	const struct exam_span *span;
	size_t order; /* in which it was added */
};

struct sweep {
	struct exam_owner *map;
	struct open_span *heap;
	size_t n;
	uint64_t at; /* everything before it is sealed */
};

int exam_owner_new(
    struct exam_owner **ret_map, uint64_t length, struct err *err)
{
	struct exam_owner *map = mem_new(1, sizeof(*map));

	if (map == NULL)
		return err_nomem(err);
	map->length = length;
	*ret_map = map;
	return 0;
}

void exam_owner_free(struct exam_owner *map)
{
	if (map == NULL)
		return;
	free(map->added);
	free(map->sealed);
	free(map);
}

int exam_owner_add(
    struct exam_owner *map, const struct exam_span *span, struct err *err)
{
	assert(!map->is_sealed);
	if (span->length == 0 || span->at >= map->length)
		return 0;
	int rc = mem_grow((void **)&map->added, &map->cap, map->n + 1,
	    sizeof(*map->added), err);
	if (rc != 0)
		return rc;
	struct exam_span *to = &map->added[map->n++];
	*to = *span;
	if (to->length > map->length - to->at)
		to->length = map->length - to->at;
	return 0;
}

/* ---- the heap ---- */

static bool is_above(const struct open_span *a, const struct open_span *b)
{
	if (a->span->owning != b->span->owning)
		return a->span->owning > b->span->owning;
	return a->order < b->order;
}

static void swap(struct open_span *a, struct open_span *b)
{
	struct open_span c = *a;

	*a = *b;
	*b = c;
}

static void push(struct sweep *s, const struct open_span *open)
{
	size_t i = s->n++;

	s->heap[i] = *open;
	while (i > 0 && is_above(&s->heap[i], &s->heap[(i - 1) / 2])) {
		swap(&s->heap[i], &s->heap[(i - 1) / 2]);
		i = (i - 1) / 2;
	}
}

static void pop(struct sweep *s)
{
	size_t i = 0;

	s->heap[0] = s->heap[--s->n];
	for (;;) {
		size_t best = i;

		for (size_t k = 2 * i + 1; k <= 2 * i + 2; k++)
			if (k < s->n && is_above(&s->heap[k], &s->heap[best]))
				best = k;
		if (best == i)
			return;
		swap(&s->heap[i], &s->heap[best]);
		i = best;
	}
}

static uint64_t end_of(const struct exam_span *span)
{
	return span->at + span->length;
}

/* ---- the sweep ---- */

static bool continues(
    const struct exam_span *last, const struct exam_span *next)
{
	if (last->owning != next->owning || last->file != next->file)
		return false;
	return last->owning < EXAM_OWNER_SLACK ||
	    last->owning > EXAM_OWNER_FILE ||
	    next->in_file - last->in_file == last->length;
}

static int put(struct sweep *s, const struct exam_span *from, uint64_t end,
    struct err *err)
{
	struct exam_owner *map = s->map;
	struct exam_span span = {
	    s->at, end - s->at, EXAM_OWNER_NOBODY, EXAM_OWNER_NO_FILE, 0};

	if (end == s->at)
		return 0;
	if (from != NULL) {
		span.owning = from->owning;
		span.file = from->file;
		span.in_file = from->in_file + (s->at - from->at);
	}
	s->at = end;
	if (map->sealed_n > 0 &&
	    continues(&map->sealed[map->sealed_n - 1], &span)) {
		map->sealed[map->sealed_n - 1].length += span.length;
		return 0;
	}
	int rc = mem_grow((void **)&map->sealed, &map->sealed_cap,
	    map->sealed_n + 1, sizeof(*map->sealed), err);
	if (rc == 0)
		map->sealed[map->sealed_n++] = span;
	return rc;
}

/* Everything before `until`, where the next span begins or the image ends. */
static int sweep_to(struct sweep *s, uint64_t until, struct err *err)
{
	int rc = 0;

	while (rc == 0 && s->at < until) {
		while (s->n > 0 && end_of(s->heap[0].span) <= s->at)
			pop(s);
		const struct exam_span *top = s->n > 0 ? s->heap[0].span : NULL;
		uint64_t end = top != NULL ? end_of(top) : until;

		rc = put(s, top, end < until ? end : until, err);
	}
	return rc;
}

/* By first bytes; of equal ones, as they were added. */
static int compare(const void *a, const void *b)
{
	const struct open_span *x = a, *y = b;

	if (x->span->at != y->span->at)
		return x->span->at < y->span->at ? -1 : 1;
	return x->order < y->order ? -1 : 1;
}

int exam_owner_seal(struct exam_owner *map, struct err *err)
{
	struct sweep s = {.map = map};
	struct open_span *all = mem_new(map->n + 1, sizeof(*all));
	int rc = 0;

	assert(!map->is_sealed);
	map->is_sealed = true;
	s.heap = mem_new(map->n + 1, sizeof(*s.heap));
	if (all == NULL || s.heap == NULL)
		rc = err_nomem(err);
	if (rc == 0) {
		for (size_t i = 0; i < map->n; i++)
			all[i] = (struct open_span){&map->added[i], i};
		qsort(all, map->n, sizeof(*all), compare);
	}
	for (size_t i = 0; i < map->n && rc == 0; i++) {
		rc = sweep_to(&s, all[i].span->at, err);
		if (rc == 0)
			push(&s, &all[i]);
	}
	if (rc == 0)
		rc = sweep_to(&s, map->length, err);
	free(all);
	free(s.heap);
	free(map->added);
	map->added = NULL;
	return rc;
}

/* ---- asking ---- */

const struct exam_span *exam_owner_spans(
    const struct exam_owner *map, size_t *ret_n)
{
	assert(map->is_sealed);
	*ret_n = map->sealed_n;
	return map->sealed;
}

const struct exam_span *exam_owner_at(const struct exam_owner *map, uint64_t at)
{
	size_t from = 0, to = map->sealed_n;

	assert(map->is_sealed && at < map->length);
	while (to - from > 1) {
		size_t middle = from + (to - from) / 2;

		if (map->sealed[middle].at <= at)
			from = middle;
		else
			to = middle;
	}
	return &map->sealed[from];
}

void exam_owner_sums(
    const struct exam_owner *map, uint64_t ret_sums[EXAM_OWNER_COUNT])
{
	for (int k = 0; k < EXAM_OWNER_COUNT; k++)
		ret_sums[k] = 0;
	for (size_t i = 0; i < map->sealed_n; i++)
		ret_sums[map->sealed[i].owning] += map->sealed[i].length;
}
