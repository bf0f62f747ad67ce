/*
 * fuzz_cage_list.c: what a box may send as a list of files: how a volume is
 * divided, blocks, then entries one after the other.
 *
 * What is taken must keep what cage_list.h promises of it, whatever came.
 */
#include "cage_list.h"
#include "text.h"

#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define AVAILABLE 100000u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_runs(const struct cage_list_entry *e, uint64_t *in_file)
{
	if ((e->flags & CAGE_LIST_MORE_RUNS) == 0)
		*in_file = 0;
	for (size_t i = 0; i < e->run_n; i++) {
		const struct cage_wire_run *r = &e->runs[i];

		assert(r->in_file == *in_file && r->length > 0);
		assert(r->is_hole ||
		    (r->at < AVAILABLE && r->length <= AVAILABLE - r->at));
		*in_file += r->length;
		assert(*in_file <= INT64_MAX);
	}
}

static void check_entries(const uint8_t *data, size_t size)
{
	struct cage_list_taking t = {
	    .bytes = data, .n = size, .available = AVAILABLE};
	struct cage_list_entry e;
	uint64_t in_file = 0, before = 0;

	t.runs = calloc(size / CAGE_WIRE_RUN + 1, sizeof(*t.runs));
	assert(t.runs != NULL);
	while (t.at < size && cage_list_take(&t, &e, NULL) == 0) {
		assert(e.type < CAGE_LIST_TYPES);
		assert((e.flags & ~CAGE_LIST_FLAGS) == 0);
		assert(e.valid <= e.size && e.size <= INT64_MAX);
		assert(e.in <= before);
		assert(strlen(e.name) == e.name_n);
		assert(text_is_line(slice_of(e.name), NULL, NULL) &&
		    strchr(e.name, '/') == NULL);
		if ((e.flags & CAGE_LIST_MORE_RUNS) == 0) {
			assert(e.name_n > 0);
			before++;
		}
		assert(before > 0 && before == t.entries);
		check_runs(&e, &in_file);
	}
	free(t.runs);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cage_list_about about;
	struct cage_list_blocks blocks;
	uint64_t after = 0;

	if (size < CAGE_LIST_ABOUT)
		return 0;
	if (cage_list_take_about(&about, AVAILABLE, data, NULL) == 0)
		assert(about.block_size > 0 && about.heap_at <= AVAILABLE);
	for (size_t at = 0; size - at >= CAGE_LIST_BLOCKS;
	     at += CAGE_LIST_BLOCKS)
		if (cage_list_take_blocks(
			&blocks, after, AVAILABLE, data + at, NULL) == 0) {
			assert(blocks.at >= after && blocks.length > 0);
			after = blocks.at + blocks.length;
			assert(after <= AVAILABLE);
			assert(blocks.use > 0 && blocks.use < CAGE_LIST_USES);
		}
	check_entries(data + CAGE_LIST_ABOUT, size - CAGE_LIST_ABOUT);
	return 0;
}
