/*
 * fuzz_scan.c: evidence, as a box scans it: everything that is found and
 * unpacked by code of ours (zip, gzip, PDF, mails, vCards, tables, EXIF, UTF-16
 * and the rest), and 7z by libarchive. What comes out is what the parent takes.
 */
#include "box_scan.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct bytes {
	const uint8_t *p;
	size_t n;
};

static int read_bytes(void *cookie, uint64_t at, uint8_t *ret_bytes, size_t n,
    uint64_t *ret_lost, struct err *err)
{
	const struct bytes *bytes = cookie;

	(void)ret_lost;
	(void)err;
	assert(at <= bytes->n && n <= bytes->n - at);
	memcpy(ret_bytes, bytes->p + at, n);
	return 0;
}

static void check(struct box_scan *scan, uint64_t at, uint64_t n)
{
	struct cage_hit_asked asked = {.at = at, .n = n, .finds = CAGE_HIT_ALL};
	static uint8_t out[CAGE_WIRE_BYTES_MAX];
	struct cage_wire_answer answer = {.code = 0};
	uint64_t taken = 0;

	do {
		size_t from = 0, used;

		assert(box_scan_take(
			   scan, taken, out, sizeof(out), &answer, NULL) == 0);
		for (uint32_t i = 0; i < answer.count; i++) {
			struct cage_hit hit;

			assert(
			    cage_hit_take(&hit, &used, &asked, out + from,
				(size_t)answer.found.size - from, NULL) == 0);
			from += used;
		}
		taken += answer.count;
	} while (taken < answer.found.total && answer.count > 0);
	assert(taken == answer.found.total);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct box_scan *scan;
	struct bytes bytes = {data, size};
	const struct box_scan_source source = {
	    .length = size, .read = read_bytes, .cookie = &bytes};

	if (size == 0 || size > CAGE_WIRE_SCAN_MAX)
		return 0;
	if (scan == NULL && box_scan_new(&scan, CAGE_HIT_ALL, NULL) != 0)
		abort();
	if (box_scan_run(scan, &source, 0, size, NULL) == 0)
		check(scan, 0, size);
	/* A piece out of the middle. */
	if (size > 3 &&
	    box_scan_run(scan, &source, size / 3, size / 3, NULL) == 0)
		check(scan, size / 3, size / 3);
	return 0;
}
