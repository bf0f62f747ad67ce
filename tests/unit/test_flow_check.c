/*
 * test_flow_check.c: the check character agrees with the standard's example,
 * finds every wrong character, and never hides behind an identifier.
 */
#include "flow_check.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

static const char alphabet[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/* The Global Release Identifier uses the same system; IFPI's own example. */
static void agrees_with_a_published_example(void **state)
{
	(void)state;
	assert_int_equal(flow_check_of(slice_of("A1-2425G-ABC1234002")), 'M');
}

static void passes_over_signs_and_case(void **state)
{
	(void)state;
	assert_int_equal(flow_check_of(slice_of("PC-0007-D1")),
	    flow_check_of(slice_of("pc.0007/d1")));
}

static void finds_every_wrong_character(void **state)
{
	char id[] = "PC-0007-D1";
	const char right = flow_check_of(slice_of(id));

	(void)state;
	for (size_t i = 0; i < sizeof(id) - 1; i++) {
		char kept = id[i];
		if (kept == '-')
			continue;
		for (const char *c = alphabet; *c != '\0'; c++) {
			id[i] = *c;
			if (*c != kept && flow_check_of(slice_of(id)) == right)
				fail_msg("%s passes", id);
		}
		id[i] = kept;
	}
}

static void finds_swapped_neighbours(void **state)
{
	char id[] = "PC-1807-D2";
	const char right = flow_check_of(slice_of(id));

	(void)state;
	for (size_t i = 0; i + 2 < sizeof(id); i++) {
		char swapped[sizeof(id)];
		memcpy(swapped, id, sizeof(id));
		swapped[i] = id[i + 1];
		swapped[i + 1] = id[i];
		if (id[i] != '-' && id[i + 1] != '-' &&
		    flow_check_of(slice_of(swapped)) == right)
			fail_msg("%s passes", swapped);
	}
}

static void takes_only_the_right_character(void **state)
{
	const char right = flow_check_of(slice_of("PC-0007-D1"));
	size_t n = 0;

	(void)state;
	for (const char *c = alphabet; *c != '\0'; c++) {
		char text[32];
		struct slice id;
		struct err err = {0};
		(void)snprintf(text, sizeof(text), "PC-0007-D1*%c", *c);
		int rc = flow_check_take(slice_of(text), &id, &err);
		assert_int_equal(rc, *c == right ? 0 : ERR_VERIFY);
		n += rc == 0 && slice_is_text(id, "PC-0007-D1");
	}
	assert_int_equal(n, 1);
}

static void leaves_alone_what_is_no_label(void **state)
{
	static const char *const texts[] = {"PC-0007-D1", "", "*", "*K", "K*",
	    "a*bc", "a b*K", "PC-0007-D1*-", "PC-0007-D1**", "-x*K"};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct slice id;
		assert_int_equal(
		    flow_check_take(slice_of(texts[i]), &id, NULL), 0);
		assert_true(slice_is_text(id, texts[i]));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(agrees_with_a_published_example),
	    cmocka_unit_test(passes_over_signs_and_case),
	    cmocka_unit_test(finds_every_wrong_character),
	    cmocka_unit_test(finds_swapped_neighbours),
	    cmocka_unit_test(takes_only_the_right_character),
	    cmocka_unit_test(leaves_alone_what_is_no_label),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
