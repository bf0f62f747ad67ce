/*
 * fuzz_blind.c: what cannot be read, as counterfoil-box finds it, and what is
 * believed of that. The first byte says what the others are: a volume, a file,
 * an image with a partition table, a range to be looked at, or an answer.
 *
 * What is found must survive the way over the line.
 */
#include "box_blind.h"
#include "box_carve.h"
#include "text.h"

#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool read_memory(void *cookie, uint64_t at, uint8_t *to, size_t n)
{
	const struct box_blind_bytes *all = cookie;

	assert(n <= all->length && at <= all->length - n);
	memcpy(to, (const uint8_t *)all->cookie + at, n);
	return true;
}

static void check_blind(const struct cage_blind *blind, uint64_t length)
{
	uint8_t bytes[CAGE_BLIND_ENTRY];
	struct cage_blind again;

	cage_blind_put(bytes, blind);
	assert(cage_blind_take(&again, length, bytes, NULL) == 0);
	assert(again.kind == blind->kind && again.at == blind->at &&
	    again.length == blind->length);
	assert(strcmp(again.name, blind->name) == 0 &&
	    strcmp(again.what, blind->what) == 0);
}

static void probe(const struct box_blind_bytes *bytes)
{
	static box_blind_probe *const all[] = {box_blind_luks,
	    box_blind_bitlocker, box_blind_apple, box_blind_system,
	    box_blind_file};
	struct cage_blind blind;

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (all[i](bytes, &blind))
			check_blind(&blind, bytes->length);
}

/* Two volumes, the second of which is cut off, and gaps around them. */
static void look_at_image(const struct box_blind_bytes *image)
{
	const uint64_t third = image->length / 3;
	const struct cage_wire_volume volumes[] = {
	    {.at = third, .length = third / 2 + 1},
	    {.at = 2 * third, .length = third, .has_files = true}};
	struct box_blind_found found = {0};

	if (third > 0 && box_blind_all(image, volumes, 2, &found, NULL) == 0)
		for (size_t i = 0; i < found.n; i++)
			check_blind(&found.of[i], image->length);
	free(found.of);
}

static void look(const struct box_blind_bytes *image)
{
	static struct cage_blind_look looks[CAGE_BLIND_LOOKS_MAX];
	const struct cage_wire_request request = {
	    .kind = CAGE_WIRE_LOOK, .n = image->length};
	struct cage_wire_answer answer = {.count = 0};
	uint8_t *shared = calloc(1, CAGE_WIRE_SHARED);

	assert(shared != NULL);
	box_blind_look(image, &request, shared, &answer);
	assert(answer.count <= CAGE_BLIND_LOOKS_MAX);
	assert(cage_blind_take_looks(looks, 0, image->length,
		   shared + CAGE_WIRE_TABLE_AT, answer.count, NULL) == 0);
	free(shared);
}

static void carve(const struct box_blind_bytes *image)
{
	static struct cage_carved carved[CAGE_CARVE_ENTRIES_MAX];
	const struct cage_wire_request request = {
	    .kind = CAGE_WIRE_CARVE, .n = image->length};
	struct cage_wire_answer answer = {.count = 0};
	uint8_t *shared = calloc(1, CAGE_WIRE_SHARED);

	assert(shared != NULL);
	box_carve_range(image, &request, shared, &answer);
	assert(answer.count <= CAGE_CARVE_ENTRIES_MAX);
	assert(answer.found.total > 0 && answer.found.total <= image->length);
	assert(cage_carve_take(carved, 0, image->length,
		   shared + CAGE_WIRE_TABLE_AT, answer.count, NULL) == 0);
	free(shared);
}

static void take(const uint8_t *data, size_t size)
{
	static struct cage_blind_look looks[CAGE_BLIND_LOOKS_MAX];
	struct cage_blind b;

	for (size_t at = 0; at + CAGE_BLIND_ENTRY <= size;
	     at += CAGE_BLIND_ENTRY)
		if (cage_blind_take(&b, 100000, data + at, NULL) == 0) {
			assert(b.length > 0 && b.kind > 0 &&
			    b.kind < CAGE_BLIND_KINDS);
			assert(b.kind == CAGE_BLIND_FILE ||
			    b.at + b.length <= 100000);
			assert(text_is_line(slice_of(b.name), NULL, NULL) &&
			    text_is_line(slice_of(b.what), NULL, NULL));
		}
	const size_t n = size / CAGE_BLIND_LOOK_ENTRY;

	if (n <= CAGE_BLIND_LOOKS_MAX &&
	    cage_blind_take_looks(
		looks, 4096, 65536, data, (uint32_t)n, NULL) == 0)
		for (size_t i = 0; i < n; i++)
			assert(looks[i].at >= 4096 && looks[i].length > 0 &&
			    looks[i].at + looks[i].length <= 4096 + 65536);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 2)
		return 0;
	struct box_blind_bytes all = {
	    .cookie = (void *)(data + 1), .length = size - 1};
	const struct box_blind_bytes bytes = {read_memory, &all, 0, size - 1};

	switch (data[0] % 5) {
	case 0:
		probe(&bytes);
		break;
	case 1:
		look_at_image(&bytes);
		break;
	case 2:
		look(&bytes);
		break;
	case 3:
		take(data + 1, size - 1);
		break;
	default:
		carve(&bytes);
	}
	return 0;
}
