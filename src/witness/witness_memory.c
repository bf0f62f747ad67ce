/*
 * witness_memory.c: see witness_memory.h. A witness is known by its key, so a
 * policy may be rewritten without anything being forgotten.
 */
#include "witness_memory.h"

#include "note_key.h"

#include <inttypes.h>

static void take_line(
    uint64_t *sizes, const struct witness_policy *policy, struct slice line)
{
	struct slice number = line;
	struct slice vkey = slice_cut(&number, ' ');
	unsigned long long size;
	struct note_key key;

	if (number.p == NULL || !slice_to_u64(number, &size) ||
	    note_key_parse(&key, vkey, NULL) != 0)
		return;
	for (size_t i = 0; i < policy->witness_count; i++)
		if (note_key_is_same_point(&policy->witnesses[i].key, &key))
			sizes[i] = size;
}

void witness_memory_parse(
    uint64_t *ret_sizes, const struct witness_policy *policy, struct slice text)
{
	struct slice rest = text;

	for (size_t i = 0; i < policy->witness_count; i++)
		ret_sizes[i] = 0;
	while (rest.p != NULL)
		take_line(ret_sizes, policy, slice_cut(&rest, '\n'));
}

void witness_memory_put(
    struct buf *out, const struct witness_policy *policy, const uint64_t *sizes)
{
	for (size_t i = 0; i < policy->witness_count; i++) {
		note_key_put(out, &policy->witnesses[i].key);
		buf_printf(out, " %" PRIu64 "\n", sizes[i]);
	}
}
