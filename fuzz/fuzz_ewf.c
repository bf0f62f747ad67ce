/*
 * fuzz_ewf.c: one segment file of an E01. With 'R' in front the checksums of
 * the sections are made right first, so that what lies behind them is reached.
 *
 * What opens is read to its end twice, by chunks and by offset; both must give
 * the same bytes where both give any.
 */
#include "media_ewf_read.h"
#include "media_internal.h"

#include <assert.h>
#include <libdeflate.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define SECTIONS_MAX 64
#define CHUNKS_MAX 32

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void make_right(uint8_t *p, size_t left, size_t n)
{
	if (left >= n + 4)
		media_put_le32(p + n, libdeflate_adler32(1, p, n));
}

static void repair(uint8_t *p, size_t n)
{
	uint64_t at = MEDIA_EWF_HEADER;

	for (size_t i = 0;
	     i < SECTIONS_MAX && at <= n && n - at >= MEDIA_EWF_DESCRIPTOR;
	     i++) {
		uint8_t *d = p + at, *body = d + MEDIA_EWF_DESCRIPTOR;
		size_t left = n - at - MEDIA_EWF_DESCRIPTOR;
		uint64_t next = media_get_le64(d + 16);

		make_right(d, n - at, MEDIA_EWF_DESCRIPTOR - 4);
		if (memcmp(d, "volume", 6) == 0)
			make_right(body, left, MEDIA_EWF_VOLUME - 4);
		if (memcmp(d, "table", 5) == 0 &&
		    left >= MEDIA_EWF_TABLE_HEADER) {
			size_t count = media_get_le32(body);

			make_right(body, left, MEDIA_EWF_TABLE_HEADER - 4);
			if (count < left / 4)
				make_right(body + MEDIA_EWF_TABLE_HEADER,
				    left - MEDIA_EWF_TABLE_HEADER, 4 * count);
		}
		if (memcmp(d, "error2", 6) == 0)
			make_right(body, left, MEDIA_EWF_ERROR2_HEADER - 4);
		if (memcmp(d, "hash", 4) == 0)
			make_right(body, left, MEDIA_EWF_HASH - 4);
		if (next <= at)
			break;
		at = next;
	}
}

static void read_all(struct media_ewf_read *read)
{
	const struct media_ewf_about *about = media_ewf_read_about(read);
	size_t size = about->chunk_size;
	uint8_t *whole = malloc(size), *again = malloc(size);
	const struct media_ewf_flaw *flaws;
	size_t flaw_count = 0;
	char place[200];

	assert(media_ewf_read_flaws(read, &flaws, &flaw_count, NULL) == 0 &&
	    flaw_count <= MEDIA_EWF_READ_FLAWS_MAX);
	assert(whole != NULL && again != NULL);
	for (uint64_t i = 0; i < about->chunks && i < CHUNKS_MAX; i++) {
		uint64_t at = i * size, left = about->length - at;
		size_t n = left < size ? (size_t)left : size;

		media_ewf_read_say_place(read, i, place, sizeof(place));
		if (at >= about->length ||
		    media_ewf_read_at(read, at, whole, n, NULL) != 0)
			continue;
		assert(media_ewf_read_at(
			   read, at + n / 2, again, n - n / 2, NULL) == 0);
		assert(memcmp(whole + n / 2, again, n - n / 2) == 0);
	}
	free(whole);
	free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[] = {"x.E01"};
	bool is_repaired = size > 0 && data[0] == 'R';
	uint8_t *copy = malloc(size + 1);
	size_t n = size - is_repaired;

	assert(copy != NULL);
	memcpy(copy, data + is_repaired, n);
	if (is_repaired)
		repair(copy, n);
	struct slice memory = {(const char *)copy, n};
	const struct media_file file = media_file_of_memory(&memory);
	for (int is_partial = 0; is_partial < 2; is_partial++) {
		struct media_ewf_read *read;

		if (media_ewf_read_new(
			&read, &file, names, 1, is_partial != 0, NULL) == 0) {
			read_all(read);
			media_ewf_read_free(read);
		}
	}
	free(copy);
	return 0;
}
