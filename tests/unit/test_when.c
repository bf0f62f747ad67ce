/*
 * test_when.c: the calendar against the C library's, and one spelling each.
 */
#include "when.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>
#include <time.h>

static void reads_known_times(void **state)
{
	int64_t when = -1;

	(void)state;
	assert_true(when_from_time(&when, slice_of("1970-01-01T00:00:00Z")));
	assert_true(when == 0);
	assert_true(when_from_time(&when, slice_of("2023-06-21T09:40:00Z")));
	assert_true(when == 1687340400);
	assert_true(when_from_time(&when, slice_of("2000-02-29T23:59:59Z")));
	assert_true(when == 951868799);
	assert_true(when_from_time(&when, slice_of("9999-12-31T23:59:59Z")));
	assert_true(when == INT64_C(253402300799));
	assert_true(when_from_date(&when, slice_of("2023-06-21")));
	assert_true(when == 1687305600);
}

static void agrees_with_the_c_library_on_every_day(void **state)
{
	(void)state;
	for (int64_t when = 43200; when < INT64_C(253402300800);
	     when += WHEN_DAY) {
		const time_t library = (time_t)when;
		char text[WHEN_SIZE];
		char expected[64];
		struct tm tm;
		int64_t back;

		when_to_time(text, when);
		(void)gmtime_r(&library, &tm);
		(void)strftime(
		    expected, sizeof expected, "%Y-%m-%dT%H:%M:%SZ", &tm);
		if (strcmp(text, expected) != 0 ||
		    !when_from_time(&back, slice_of(text)) || back != when)
			fail_msg("%s is written %s", expected, text);
	}
}

static void writes_every_second_of_a_day(void **state)
{
	char text[WHEN_SIZE];
	int64_t back;

	(void)state;
	for (int64_t when = 951782400; when < 951782400 + WHEN_DAY; when++) {
		when_to_time(text, when);
		assert_int_equal(strlen(text), WHEN_SIZE - 1);
		assert_true(when_from_time(&back, slice_of(text)));
		assert_true(back == when);
	}
	when_to_date(text, 951782400 + WHEN_DAY - 1);
	assert_string_equal(text, "2000-02-29");
}

static void refuses_times_that_do_not_exist(void **state)
{
	static const char *const bad[] = {"2023-06-21T24:00:00Z",
	    "2023-06-21T23:60:00Z", "2016-12-31T23:59:60Z",
	    "2023-00-21T00:00:00Z", "2023-13-21T00:00:00Z",
	    "2023-06-00T00:00:00Z", "2023-06-31T00:00:00Z",
	    "2023-02-29T00:00:00Z", "2100-02-29T00:00:00Z",
	    "2024-02-30T00:00:00Z", "1969-12-31T23:59:59Z",
	    "0000-01-01T00:00:00Z"};
	int64_t when = 7;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_false(when_from_time(&when, slice_of(bad[i])));
	assert_true(when == 7);
	assert_true(when_from_date(&when, slice_of("2400-02-29")));
}

static void refuses_times_spelled_otherwise(void **state)
{
	static const char *const bad[] = {"", "2023-06-21", "20230621T094000Z",
	    "2023-06-21t09:40:00Z", "2023-06-21T09:40:00z",
	    "2023-06-21 09:40:00Z", "2023-06-21T09:40:00",
	    "2023-06-21T09:40:00+00:00", "2023-06-21T09:40:00.0Z",
	    "2023-06-21T9:40:00Z", "2023-06-21T09:40Z", " 2023-06-21T09:40:00Z",
	    "2023-06-21T09:40:00Z\n", "12023-06-21T09:40:00Z",
	    "2023-06-21Y09:40:00Z", "2023-06-21T09:40:-1Z",
	    "YYYY-MM-DDThh:mm:ssZ"};
	int64_t when = 7;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_false(when_from_time(&when, slice_of(bad[i])));
	assert_false(when_from_time(&when, (struct slice){NULL, 0}));
	assert_false(when_from_time(
	    &when, (struct slice){"2023-06-21T09:40:\0\0Z", 20}));
	assert_true(when == 7);
}

static void refuses_dates_spelled_otherwise(void **state)
{
	static const char *const bad[] = {"", "2023-6-21", "2023-06-2",
	    "2023/06/21", "2023-06-21T", "2023-06-21T00:00:00Z", "21-06-2023",
	    "+023-06-21"};
	int64_t when = 7;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_false(when_from_date(&when, slice_of(bad[i])));
	assert_true(when == 7);
}

static void ends_a_due_date_at_midnight_utc(void **state)
{
	char text[WHEN_SIZE];
	int64_t when = 0;

	(void)state;
	assert_true(when_from_due(&when, slice_of("2024-02-29")));
	when_to_time(text, when);
	assert_string_equal(text, "2024-03-01T00:00:00Z");
	assert_true(when_from_due(&when, slice_of("2024-02-29T12:00:00Z")));
	when_to_time(text, when);
	assert_string_equal(text, "2024-02-29T12:00:00Z");
	assert_false(when_from_due(&when, slice_of("2023-02-29")));
	assert_false(when_from_due(&when, slice_of("9999-12-31")));
	assert_true(when_from_due(&when, slice_of("9999-12-30")));
}

static void writes_the_nearest_time_for_one_out_of_range(void **state)
{
	char text[WHEN_SIZE];

	(void)state;
	when_to_time(text, -1);
	assert_string_equal(text, "1970-01-01T00:00:00Z");
	when_to_time(text, INT64_MIN);
	assert_string_equal(text, "1970-01-01T00:00:00Z");
	when_to_time(text, INT64_MAX);
	assert_string_equal(text, "9999-12-31T23:59:59Z");
}

static void knows_what_time_it_is(void **state)
{
	const int64_t before = (int64_t)time(NULL);
	const int64_t now = when_now();

	(void)state;
	assert_true(now >= before - 1 && now <= (int64_t)time(NULL) + 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(reads_known_times),
	    cmocka_unit_test(agrees_with_the_c_library_on_every_day),
	    cmocka_unit_test(writes_every_second_of_a_day),
	    cmocka_unit_test(refuses_times_that_do_not_exist),
	    cmocka_unit_test(refuses_times_spelled_otherwise),
	    cmocka_unit_test(refuses_dates_spelled_otherwise),
	    cmocka_unit_test(ends_a_due_date_at_midnight_utc),
	    cmocka_unit_test(writes_the_nearest_time_for_one_out_of_range),
	    cmocka_unit_test(knows_what_time_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
