/*
 * media_range.c: see media_range.h.
 */
#include "media_range.h"

#include "mem.h"

#include <assert.h>
#include <stdlib.h>

int media_range_add(
    struct media_ranges *ranges, uint64_t at, uint64_t length, struct err *err)
{
	struct media_range *last =
	    ranges->n > 0 ? &ranges->of[ranges->n - 1] : NULL;

	assert(last == NULL || at >= last->at + last->length);
	if (length == 0)
		return 0;
	ranges->bytes += length;
	if (last != NULL && last->at + last->length == at) {
		last->length += length;
		return 0;
	}
	int rc = mem_grow((void **)&ranges->of, &ranges->cap, ranges->n + 1,
	    sizeof(*ranges->of), err);
	if (rc == 0)
		ranges->of[ranges->n++] = (struct media_range){at, length};
	return rc;
}

int media_range_join(struct media_ranges *ret_ranges,
    const struct media_ranges *a, const struct media_ranges *b, struct err *err)
{
	struct media_ranges both = {0};
	uint64_t end = 0;
	size_t i = 0, j = 0;
	int rc = 0;

	while (rc == 0 && (i < a->n || j < b->n)) {
		bool is_a =
		    j == b->n || (i < a->n && a->of[i].at < b->of[j].at);
		struct media_range next = is_a ? a->of[i++] : b->of[j++];
		uint64_t to = next.at + next.length;
		uint64_t at = next.at > end ? next.at : end;

		if (to > at) {
			rc = media_range_add(&both, at, to - at, err);
			end = to;
		}
	}
	if (rc == 0)
		*ret_ranges = both;
	else
		media_range_done(&both);
	return rc;
}

void media_range_cut(struct media_ranges *ranges, uint64_t end)
{
	while (ranges->n > 0) {
		struct media_range *last = &ranges->of[ranges->n - 1];
		uint64_t over = last->at + last->length;

		if (over <= end)
			break;
		over -= last->at < end ? end : last->at;
		ranges->bytes -= over;
		last->length -= over;
		if (last->length > 0)
			break;
		ranges->n--;
	}
}

bool media_range_meets(
    const struct media_ranges *ranges, uint64_t at, uint64_t length)
{
	size_t from = 0, to = ranges->n;

	/* The first that does not end before `at`. */
	while (from < to) {
		const size_t half = from + (to - from) / 2;
		const struct media_range *r = &ranges->of[half];

		if (r->at + r->length <= at)
			from = half + 1;
		else
			to = half;
	}
	return from < ranges->n && length > 0 &&
	    ranges->of[from].at < at + length;
}

bool media_range_is_same(
    const struct media_ranges *a, const struct media_ranges *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (a->of[i].at != b->of[i].at ||
		    a->of[i].length != b->of[i].length)
			return false;
	return true;
}

void media_range_done(struct media_ranges *ranges)
{
	free(ranges->of);
	*ranges = (struct media_ranges){0};
}
