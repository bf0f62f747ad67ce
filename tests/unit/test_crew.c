/*
 * test_crew.c: every number is done once, by however many threads.
 */
#include "crew.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdatomic.h>

#define COUNT 1000

static void count(void *cookie, size_t i)
{
	atomic_int *counts = cookie;

	(void)atomic_fetch_add(&counts[i], 1);
}

static void does_every_number_once(void **state)
{
	static const size_t threads[] = {0, 1, 2, 7, 10000};

	(void)state;
	for (size_t t = 0; t < sizeof threads / sizeof threads[0]; t++)
		for (size_t n = 0; n <= COUNT; n = n * 3 + 1) {
			atomic_int counts[COUNT] = {0};
			crew_run(threads[t], n, count, counts);
			for (size_t i = 0; i < COUNT; i++)
				assert_int_equal(counts[i], i < n ? 1 : 0);
		}
}

static void remember(void *cookie, size_t i)
{
	size_t *next = cookie;

	assert_int_equal(*next, i);
	(*next)++;
}

static void one_thread_goes_in_order(void **state)
{
	size_t next = 0;

	(void)state;
	crew_run(1, COUNT, remember, &next);
	assert_int_equal(next, COUNT);
}

static void there_is_at_least_one_processor(void **state)
{
	(void)state;
	assert_in_range(crew_size(), 1, CREW_THREADS_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(does_every_number_once),
	    cmocka_unit_test(one_thread_goes_in_order),
	    cmocka_unit_test(there_is_at_least_one_processor),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
