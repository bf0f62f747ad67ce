/*
 * test_mem.c: growing arrays, checked sizes, secrets.
 */
#include "mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

static void grows_with_zeroed_elements(void **state)
{
	uint32_t *list = NULL;
	size_t cap = 0;

	(void)state;
	for (size_t n = 0; n < 1000; n++) {
		assert_int_equal(
		    mem_grow((void **)&list, &cap, n + 1, sizeof *list, NULL),
		    0);
		assert_true(cap > n);
		assert_int_equal(list[cap - 1], 0);
		list[n] = (uint32_t)n + 1;
	}
	for (size_t n = 0; n < 1000; n++)
		assert_int_equal(list[n], n + 1);
	free(list);
}

static void changes_nothing_when_a_size_overflows(void **state)
{
	uint64_t *list = NULL;
	size_t cap = 0;
	struct err err = {0};

	(void)state;
	assert_int_equal(
	    mem_grow((void **)&list, &cap, SIZE_MAX / 4, sizeof *list, &err),
	    ERR_NOMEM);
	assert_int_equal(err.code, ERR_NOMEM);
	assert_null(list);
	assert_int_equal(cap, 0);
	assert_int_equal(
	    mem_grow((void **)&list, &cap, SIZE_MAX, sizeof *list, NULL),
	    ERR_NOMEM);
	assert_null(mem_copy_text("", SIZE_MAX));
}

static void makes_zeroed_elements_even_of_none(void **state)
{
	char *none = mem_new(0, 8);
	char *some = mem_new(3, 8);

	(void)state;
	assert_non_null(none);
	assert_non_null(some);
	for (size_t i = 0; i < 24; i++)
		assert_int_equal(some[i], 0);
	free(none);
	free(some);
}

static void copies_text_with_its_end(void **state)
{
	char *copy = mem_copy_text("abcdef", 3);
	char *empty = mem_copy_text(NULL, 0);

	(void)state;
	assert_string_equal(copy, "abc");
	assert_string_equal(empty, "");
	free(copy);
	free(empty);
}

static void tells_when_a_sum_or_product_overflows(void **state)
{
	size_t size = 5;
	uint64_t number = 5;

	(void)state;
	assert_false(mem_add(&size, SIZE_MAX, 1));
	assert_false(mem_mul(&size, SIZE_MAX / 2 + 1, 2));
	assert_false(mem_add_u64(&number, UINT64_MAX, 1));
	assert_int_equal(size, 5);
	assert_true(number == 5);
	assert_true(mem_add(&size, SIZE_MAX - 1, 1));
	assert_true(size == SIZE_MAX);
	assert_true(mem_mul(&size, 6, 7));
	assert_int_equal(size, 42);
	assert_true(mem_add_u64(&number, 40, 2));
	assert_true(number == 42);
}

static void draws_random_bytes_that_differ(void **state)
{
	uint8_t a[32] = {0};
	uint8_t b[32] = {0};

	(void)state;
	mem_random(a, sizeof a);
	mem_random(b, sizeof b);
	assert_memory_not_equal(a, b, sizeof a);
	assert_false(mem_is_same_secret(a, b, sizeof a));
	memcpy(b, a, sizeof a);
	assert_true(mem_is_same_secret(a, b, sizeof a));
	mem_wipe(a, sizeof a);
	mem_wipe(NULL, 0);
	for (size_t i = 0; i < sizeof a; i++)
		assert_int_equal(a[i], 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(grows_with_zeroed_elements),
	    cmocka_unit_test(changes_nothing_when_a_size_overflows),
	    cmocka_unit_test(makes_zeroed_elements_even_of_none),
	    cmocka_unit_test(copies_text_with_its_end),
	    cmocka_unit_test(tells_when_a_sum_or_product_overflows),
	    cmocka_unit_test(draws_random_bytes_that_differ),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
