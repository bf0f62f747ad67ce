/*
 * test_serve_limit.c: so many in a second, a burst, and what is forgotten.
 */
#include "serve_limit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

static struct serve_limit *make(unsigned per_second, unsigned burst)
{
	struct serve_limit *limit;

	assert_int_equal(serve_limit_new(&limit, per_second, burst, NULL), 0);
	return limit;
}

static unsigned take_all(
    struct serve_limit *limit, const char *name, double seconds)
{
	unsigned n = 0, wait = 0;

	while (n < 1000 &&
	    serve_limit_take(limit, slice_of(name), 1, seconds, &wait))
		n++;
	return n;
}

static void a_burst_and_then_a_rate(void **state)
{
	struct serve_limit *limit = make(5, 20);

	(void)state;
	assert_int_equal(take_all(limit, "a", 100), 20);
	assert_int_equal(take_all(limit, "a", 100), 0);
	assert_int_equal(take_all(limit, "a", 102), 10);
	assert_int_equal(take_all(limit, "a", 1000), 20);
	serve_limit_free(limit);
}

static void names_do_not_share(void **state)
{
	struct serve_limit *limit = make(1, 3);

	(void)state;
	assert_int_equal(take_all(limit, "a", 0), 3);
	assert_int_equal(take_all(limit, "b", 0), 3);
	assert_int_equal(take_all(limit, "ab", 0), 3);
	serve_limit_free(limit);
}

static void what_is_borrowed_is_waited_for(void **state)
{
	struct serve_limit *limit = make(10, 10);
	unsigned wait = 0;

	(void)state;
	assert_true(serve_limit_take(limit, slice_of("a"), 50, 0, &wait));
	assert_false(serve_limit_take(limit, slice_of("a"), 1, 0, &wait));
	assert_int_equal(wait, 5);
	assert_false(serve_limit_take(limit, slice_of("a"), 1, 4, &wait));
	assert_true(serve_limit_take(limit, slice_of("a"), 1, 5, &wait));
	serve_limit_free(limit);
}

static void no_limit_is_none(void **state)
{
	struct serve_limit *limit = make(0, 0);

	(void)state;
	assert_int_equal(take_all(limit, "a", 0), 1000);
	serve_limit_free(limit);
}

static void a_clock_that_stands_gives_nothing(void **state)
{
	struct serve_limit *limit = make(100, 1);

	(void)state;
	assert_int_equal(take_all(limit, "a", 50), 1);
	assert_int_equal(take_all(limit, "a", 49), 0);
	assert_int_equal(take_all(limit, "a", 50), 0);
	serve_limit_free(limit);
}

/* Many others come and go; who has just asked is not forgotten for them. */
static void a_full_table_keeps_who_asked_last(void **state)
{
	struct serve_limit *limit = make(1, 2);
	unsigned wait, again = 0;
	char name[32];

	(void)state;
	for (unsigned i = 0; i < 4 * SERVE_LIMIT_NAMES; i++) {
		(void)snprintf(name, sizeof(name), "10.%u", i);
		assert_true(serve_limit_take(
		    limit, slice_of(name), 1, i * 0.001, &wait));
		again += serve_limit_take(
		    limit, slice_of("me"), 1, i * 0.001, &wait);
	}
	assert_in_range(again, 2, 2 + 4 * SERVE_LIMIT_NAMES / 1000 + 1);
	serve_limit_free(limit);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_burst_and_then_a_rate),
	    cmocka_unit_test(names_do_not_share),
	    cmocka_unit_test(what_is_borrowed_is_waited_for),
	    cmocka_unit_test(no_limit_is_none),
	    cmocka_unit_test(a_clock_that_stands_gives_nothing),
	    cmocka_unit_test(a_full_table_keeps_who_asked_last),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
