/*
 * test_map.c: keys are bytes; the map finds what was put, and only that.
 */
#include "map.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>

static void finds_what_was_put(void **state)
{
	static char keys[5000][8];
	struct map map;
	uint32_t value = 0;

	(void)state;
	map_init(&map);
	for (uint32_t i = 0; i < 5000; i++) {
		(void)snprintf(keys[i], sizeof keys[i], "k%u", (unsigned)i);
		assert_int_equal(map_put(&map, slice_of(keys[i]), i, NULL), 0);
	}
	assert_int_equal(map.n, 5000);
	for (uint32_t i = 0; i < 5000; i++) {
		assert_true(map_get(&map, slice_of(keys[i]), &value));
		assert_int_equal(value, i);
	}
	assert_false(map_get(&map, slice_of("k5000"), &value));
	map_done(&map);
}

static void replaces_an_earlier_value(void **state)
{
	struct map map;
	uint32_t value = 0;

	(void)state;
	map_init(&map);
	assert_int_equal(map_put(&map, slice_of("a"), 1, NULL), 0);
	assert_int_equal(map_put(&map, slice_of("a"), 2, NULL), 0);
	assert_int_equal(map.n, 1);
	assert_true(map_get(&map, slice_of("a"), &value));
	assert_int_equal(value, 2);
	map_done(&map);
}

static void takes_keys_as_bytes(void **state)
{
	struct map map;
	uint32_t value = 9;

	(void)state;
	map_init(&map);
	assert_int_equal(map_put(&map, (struct slice){"a\0b", 3}, 1, NULL), 0);
	assert_int_equal(map_put(&map, slice_of(""), 2, NULL), 0);
	assert_false(map_get(&map, slice_of("a"), &value));
	assert_false(map_get(&map, (struct slice){NULL, 0}, &value));
	assert_int_equal(value, 9);
	assert_true(map_get(&map, slice_of(""), &value));
	assert_int_equal(value, 2);
	assert_true(map_get(&map, (struct slice){"a\0b", 3}, &value));
	assert_int_equal(value, 1);
	map_done(&map);
}

static void answers_when_empty_or_zeroed(void **state)
{
	struct map map = {0};
	uint32_t value = 9;

	(void)state;
	assert_false(map_get(&map, slice_of("a"), &value));
	map_done(&map);
	map_init(&map);
	assert_false(map_get(&map, slice_of("a"), &value));
	map_done(&map);
	assert_int_equal(value, 9);
}

static void places_keys_by_a_seed_of_its_own(void **state)
{
	struct map a;
	struct map b;

	(void)state;
	map_init(&a);
	map_init(&b);
	assert_memory_not_equal(a.seed, b.seed, sizeof a.seed);
	map_done(&a);
	map_done(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(finds_what_was_put),
	    cmocka_unit_test(replaces_an_earlier_value),
	    cmocka_unit_test(takes_keys_as_bytes),
	    cmocka_unit_test(answers_when_empty_or_zeroed),
	    cmocka_unit_test(places_keys_by_a_seed_of_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
