/*
 * fuzz_hit.c: hits as a box may send them, one behind the other. Whatever is
 * taken keeps what cage_hit.h promises, and is the same when it is put again.
 */
#include "cage_hit.h"
#include "slice.h"
#include "text.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct cage_hit *h, const struct cage_hit_asked *asked)
{
	const uint64_t outermost = cage_hit_outermost(h);

	assert(cage_hit_name(h->kind) != NULL);
	assert(cage_hit_coding_name(h->coding) != NULL);
	assert(cage_hit_role_name(h->role) != NULL);
	assert(h->depth <= CAGE_HIT_DEPTH_MAX);
	for (uint32_t i = 0; i < h->depth; i++)
		assert(cage_hit_container_name(h->steps[i].container));
	assert(outermost >= asked->at &&
	    outermost < asked->at + asked->n + CAGE_HIT_RECORD_MAX);
	assert(h->text[0] != '\0' &&
	    strnlen(h->text, sizeof(h->text)) < sizeof(h->text) &&
	    strnlen(h->context, sizeof(h->context)) < sizeof(h->context));
	assert(text_is_line(slice_of(h->text), NULL, NULL) &&
	    text_is_line(slice_of(h->context), NULL, NULL));
	assert(h->entry <= asked->entries && h->record <= asked->records);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cage_hit_asked asked = {
	    .at = 1000, .n = 100000, .finds = CAGE_HIT_ALL};
	uint8_t again[CAGE_HIT_BYTES_MAX];
	struct cage_hit hit;
	size_t at = 0, used;

	while (at < size &&
	    cage_hit_take(&hit, &used, &asked, data + at, size - at, NULL) ==
		0) {
		assert(used > 0 && used <= size - at);
		check(&hit, &asked);
		assert(cage_hit_put(again, &hit) == used &&
		    memcmp(again, data + at, used) == 0);
		at += used;
	}
	return 0;
}
