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

void media_range_done(struct media_ranges *ranges)
{
	free(ranges->of);
	*ranges = (struct media_ranges){0};
}
