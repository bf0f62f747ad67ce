/*
 * test_slice.c: borrowed bytes; an absent value is not an empty one.
 */
#include "slice.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <limits.h>

static const struct slice absent = {NULL, 0};

static void tells_absent_from_empty(void **state)
{
	(void)state;
	assert_true(slice_is(absent, absent));
	assert_false(slice_is(absent, slice_of("")));
	assert_true(slice_is_text(slice_of(""), ""));
	assert_false(slice_is_text(absent, ""));
	assert_false(slice_starts_with(absent, ""));
	assert_true(slice_compare(absent, slice_of("")) < 0);
}

static void orders_bytewise_with_prefixes_first(void **state)
{
	(void)state;
	assert_true(slice_compare(slice_of("a"), slice_of("ab")) < 0);
	assert_true(slice_compare(slice_of("b"), slice_of("ab")) > 0);
	assert_true(slice_compare(slice_of("Z"), slice_of("a")) < 0);
	assert_true(slice_compare(slice_of("\xff"), slice_of("a")) > 0);
	assert_int_equal(slice_compare(slice_of("a"), slice_of("a")), 0);
}

static void compares_past_a_nul(void **state)
{
	(void)state;
	assert_false(
	    slice_is((struct slice){"a\0b", 3}, (struct slice){"a\0c", 3}));
	assert_false(slice_is_text((struct slice){"a\0", 2}, "a"));
}

static void cuts_until_nothing_is_left(void **state)
{
	struct slice rest = slice_of("a,,b,");

	(void)state;
	assert_true(slice_is_text(slice_cut(&rest, ','), "a"));
	assert_true(slice_is_text(slice_cut(&rest, ','), ""));
	assert_true(slice_is_text(slice_cut(&rest, ','), "b"));
	assert_non_null(rest.p);
	assert_true(slice_is_text(slice_cut(&rest, ','), ""));
	assert_null(rest.p);
	assert_null(slice_cut(&rest, ',').p);
}

static void trims_spaces_and_tabs_only(void **state)
{
	(void)state;
	assert_true(slice_is_text(slice_trim(slice_of(" \ta b\t ")), "a b"));
	assert_true(slice_is_text(slice_trim(slice_of("  ")), ""));
	assert_true(slice_is_text(slice_trim(slice_of("\na")), "\na"));
	assert_null(slice_trim(absent).p);
}

static void reads_numbers_up_to_the_largest(void **state)
{
	unsigned long long value = 1;

	(void)state;
	assert_true(slice_to_u64(slice_of("0"), &value));
	assert_true(value == 0);
	assert_true(slice_to_u64(slice_of("18446744073709551615"), &value));
	assert_true(value == ULLONG_MAX);
}

static void refuses_numbers_spelled_otherwise(void **state)
{
	static const char *const bad[] = {"", "00", "01", "+1", "-1", " 1",
	    "1 ", "1a", "0x1", "18446744073709551616", "99999999999999999999",
	    "184467440737095516150"};
	unsigned long long value = 42;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_false(slice_to_u64(slice_of(bad[i]), &value));
	assert_false(slice_to_u64(absent, &value));
	assert_true(value == 42);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(tells_absent_from_empty),
	    cmocka_unit_test(orders_bytewise_with_prefixes_first),
	    cmocka_unit_test(compares_past_a_nul),
	    cmocka_unit_test(cuts_until_nothing_is_left),
	    cmocka_unit_test(trims_spaces_and_tabs_only),
	    cmocka_unit_test(reads_numbers_up_to_the_largest),
	    cmocka_unit_test(refuses_numbers_spelled_otherwise),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
