/*
 * fuzz_journal.c: the journal of an unfinished image. With 'R' in front the
 * sums of its points are made right first.
 */
#include "buf.h"
#include "hash.h"
#include "media_journal.h"

#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define HEX (HASH_HEX_SIZE - 1)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void repair(char *p, size_t n)
{
	struct hash sum = {{0}};
	char hex[HASH_HEX_SIZE];
	size_t from = 0, start = 0;

	for (size_t i = 0; i < n; i++) {
		if (p[i] != '\n')
			continue;
		if (i - start > HEX &&
		    (memcmp(p + start, "safe: ", 6) == 0 ||
			memcmp(p + start, "whole: ", 7) == 0)) {
			struct buf text;

			buf_init(&text, n + HASH_SIZE);
			buf_put(&text, sum.b, HASH_SIZE);
			buf_put(&text, p + from, i - HEX - from);
			sum = hash_of(text.p, text.n);
			buf_done(&text);
			hash_to_hex(hex, &sum);
			memcpy(p + i - HEX, hex, HEX);
			from = i + 1;
		}
		start = i + 1;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct media_journal_terms terms = {
	    .style = MEDIA_NAME_PARTS,
	    .length = 10 << 20,
	    .segment_size = 1 << 20,
	};
	struct media_journal_text text;
	bool is_repaired = size > 0 && data[0] == 'R';
	size_t n = size - is_repaired;
	char *copy = malloc(n + 1);

	assert(copy != NULL);
	memcpy(copy, data + is_repaired, n);
	if (is_repaired)
		repair(copy, n);
	if (media_journal_parse(&text, (struct slice){copy, n}, &terms, NULL) ==
	    0) {
		uint64_t end = 0;

		assert(text.point.at <= terms.length && text.end <= n);
		for (size_t i = 0; i < text.bad.n; i++) {
			assert(text.bad.of[i].at >= end);
			end = text.bad.of[i].at + text.bad.of[i].length;
		}
		assert(end <= text.point.at);
		media_range_done(&text.bad);
	}
	free(copy);
	return 0;
}
