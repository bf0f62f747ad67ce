/*
 * test_exam_owner.c: every byte of an image has one owner, also where spans
 * overlap.
 */
#include "exam_owner.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#define LENGTH 200

static struct exam_owner *make(uint64_t length)
{
	struct exam_owner *map = NULL;

	assert_int_equal(exam_owner_new(&map, length, NULL), 0);
	return map;
}

static void add(struct exam_owner *map, uint64_t at, uint64_t length,
    enum exam_owning owning, uint32_t file, uint64_t in_file)
{
	const struct exam_span span = {at, length, owning, file, in_file};

	assert_int_equal(exam_owner_add(map, &span, NULL), 0);
}

static void gives_what_nobody_named_to_nobody(void **state)
{
	struct exam_owner *map = make(1000);
	uint64_t sums[EXAM_OWNER_COUNT];

	(void)state;
	add(map, 100, 50, EXAM_OWNER_FILE, 7, 0);
	assert_int_equal(exam_owner_seal(map, NULL), 0);
	exam_owner_sums(map, sums);
	assert_int_equal(sums[EXAM_OWNER_FILE], 50);
	assert_int_equal(sums[EXAM_OWNER_NOBODY], 950);
	assert_int_equal(exam_owner_at(map, 99)->owning, EXAM_OWNER_NOBODY);
	assert_int_equal(exam_owner_at(map, 149)->file, 7);
	assert_int_equal(exam_owner_at(map, 999)->at, 150);
	exam_owner_free(map);
}

static void prefers_rank_then_who_was_first(void **state)
{
	struct exam_owner *map = make(100);

	(void)state;
	add(map, 0, 100, EXAM_OWNER_FREE, EXAM_OWNER_NO_FILE, 0);
	add(map, 10, 20, EXAM_OWNER_FILE, 1, 0);
	add(map, 20, 20, EXAM_OWNER_FILE, 2, 500);
	add(map, 15, 2, EXAM_OWNER_UNREAD, EXAM_OWNER_NO_FILE, 0);
	assert_int_equal(exam_owner_seal(map, NULL), 0);
	assert_int_equal(exam_owner_at(map, 25)->file, 1);
	assert_int_equal(exam_owner_at(map, 30)->file, 2);
	assert_int_equal(exam_owner_at(map, 30)->in_file, 510);
	assert_int_equal(exam_owner_at(map, 16)->owning, EXAM_OWNER_UNREAD);
	assert_int_equal(exam_owner_at(map, 17)->in_file, 7);
	exam_owner_free(map);
}

static void cuts_what_is_beyond_the_image(void **state)
{
	struct exam_owner *map = make(100);
	uint64_t sums[EXAM_OWNER_COUNT];

	(void)state;
	add(map, 90, UINT64_MAX - 90, EXAM_OWNER_FILE, 1, 0);
	add(map, 100, 5, EXAM_OWNER_FILE, 2, 0);
	add(map, 5, 0, EXAM_OWNER_FILE, 3, 0);
	assert_int_equal(exam_owner_seal(map, NULL), 0);
	exam_owner_sums(map, sums);
	assert_int_equal(sums[EXAM_OWNER_FILE], 10);
	exam_owner_free(map);
}

static void knows_an_empty_image(void **state)
{
	struct exam_owner *map = make(0);
	size_t n = 1;

	(void)state;
	add(map, 0, 5, EXAM_OWNER_FILE, 1, 0);
	assert_int_equal(exam_owner_seal(map, NULL), 0);
	(void)exam_owner_spans(map, &n);
	assert_int_equal(n, 0);
	exam_owner_free(map);
}

/* What a byte's owner is, the slow way. */
static const struct exam_span *slow(
    const struct exam_span *spans, size_t n, uint64_t at)
{
	const struct exam_span *best = NULL;

	for (size_t i = 0; i < n; i++)
		if (at >= spans[i].at && at - spans[i].at < spans[i].length &&
		    (best == NULL || spans[i].owning > best->owning))
			best = &spans[i];
	return best;
}

static void compare_all(
    const struct exam_owner *map, const struct exam_span *spans, size_t n)
{
	uint64_t next = 0;
	size_t sealed_n;
	const struct exam_span *sealed = exam_owner_spans(map, &sealed_n);

	for (size_t i = 0; i < sealed_n; i++) {
		assert_true(sealed[i].at == next && sealed[i].length > 0);
		next += sealed[i].length;
	}
	assert_int_equal(next, LENGTH);
	for (uint64_t at = 0; at < LENGTH; at++) {
		const struct exam_span *is = exam_owner_at(map, at);
		const struct exam_span *must = slow(spans, n, at);

		assert_true(is->at <= at && at - is->at < is->length);
		if (must == NULL) {
			assert_int_equal(is->owning, EXAM_OWNER_NOBODY);
			continue;
		}
		assert_int_equal(is->owning, must->owning);
		assert_int_equal(is->file, must->file);
		if (is->owning == EXAM_OWNER_FILE)
			assert_int_equal(is->in_file + (at - is->at),
			    must->in_file + (at - must->at));
	}
}

static void agrees_with_the_slow_way(void **state)
{
	struct exam_span spans[40];

	(void)state;
	srand(1);
	for (int round = 0; round < 500; round++) {
		struct exam_owner *map = make(LENGTH);
		size_t n = (size_t)(rand() % 40);

		for (size_t i = 0; i < n; i++) {
			spans[i] = (struct exam_span){
			    .at = (uint64_t)(rand() % LENGTH),
			    .length = (uint64_t)(1 + rand() % 60),
			    .owning = 1 + (unsigned)rand() % 6,
			    .file = (uint32_t)(rand() % 5),
			    .in_file = (uint64_t)(rand() % 1000),
			};
			assert_int_equal(
			    exam_owner_add(map, &spans[i], NULL), 0);
		}
		assert_int_equal(exam_owner_seal(map, NULL), 0);
		compare_all(map, spans, n);
		exam_owner_free(map);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(gives_what_nobody_named_to_nobody),
	    cmocka_unit_test(prefers_rank_then_who_was_first),
	    cmocka_unit_test(cuts_what_is_beyond_the_image),
	    cmocka_unit_test(knows_an_empty_image),
	    cmocka_unit_test(agrees_with_the_slow_way),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
