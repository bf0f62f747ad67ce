/*
 * fuzz_qcow.c: a qcow2, as counterfoil-box reads it. The first byte says how
 * large the pieces are in which it is read; whatever they are, the bytes must
 * be the same.
 */
#include "box.h"

#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define READ_MAX (1u << 18)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_all(void *state, uint64_t length, size_t piece)
{
	const size_t n = length < READ_MAX ? (size_t)length : READ_MAX;
	uint8_t *whole = malloc(n), *again = malloc(n);
	struct box_damage *damage = calloc(1, sizeof(*damage));
	struct box_damage *other = calloc(1, sizeof(*other));
	struct cage_wire_entry place = {.file = 0};
	uint64_t bad = 0;

	assert(
	    whole != NULL && again != NULL && damage != NULL && other != NULL);
	assert(box_qcow.read(state, 0, whole, n, damage, NULL) == 0);
	for (size_t at = 0; at < n; at += piece) {
		const size_t here = n - at < piece ? n - at : piece;

		other->n = 0;
		assert(box_qcow.read(
			   state, at, again + at, here, other, NULL) == 0);
		for (uint32_t i = 0; i < other->n; i++)
			bad += other->of[i].length;
		(void)box_qcow.place(state, at, here, &place, NULL);
	}
	for (uint32_t i = 0; i < damage->n; i++)
		assert(damage->of[i].at + damage->of[i].length <= n);
	/* A piece of a cluster that is cut off may be there. */
	if (damage->n == 0)
		assert(bad == 0 && memcmp(whole, again, n) == 0);
	free(whole);
	free(again);
	free(damage);
	free(other);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[] = {"#0"};
	struct cage_wire_about about = {0};
	void *state = NULL;

	if (size == 0)
		return 0;
	struct slice memory = {(const char *)data + 1, size - 1};
	const struct media_file file = media_file_of_memory(&memory);
	const struct box_files files = {&file, names, NULL, 1};

	if (box_qcow.open(&state, &files, 0, &about, NULL) == 0 &&
	    about.length > 0)
		read_all(state, about.length, 512 * (1 + (size_t)data[0]));
	box_qcow.free(state);
	return 0;
}
