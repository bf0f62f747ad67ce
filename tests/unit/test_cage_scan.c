/*
 * test_cage_scan.c: what a program believes of a box that scans, told by one
 * that lies (tests/fault/lying_box.c).
 */
#include "cage_scan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "lying_case.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define MEGABYTE (1u << 20)

static struct lying_case lying;

struct got {
	size_t n;
	struct cage_hit of[64];
	int rc; /* that the next one is refused with */
};

static int make(void **state)
{
	(void)state;
	return lying_case_make(&lying);
}

static int clean(void **state)
{
	(void)state;
	return lying_case_clean(&lying);
}

static struct cage_image *open_lie(const char *lie, int *ret_fd)
{
	struct cage_image_options o = lying_case_options(&lying, lie, ret_fd);

	o.has_file_systems = false;
	o.finds = CAGE_HIT_FINDS(CAGE_HIT_EMAIL);
	return lying_case_image(&o, lie);
}

static int take(void *cookie, const struct cage_hit *hit, struct err *err)
{
	struct got *got = cookie;

	if (got->rc != 0)
		return err_set(err, got->rc, "enough");
	assert_true(got->n < COUNT(got->of));
	got->of[got->n++] = *hit;
	return 0;
}

static int scan(const char *lie, uint64_t at, uint64_t n, struct got *got)
{
	struct cage_scan_numbers numbers = {0, 0};
	struct err err = {0};
	int fd;
	struct cage_image *image = open_lie(lie, &fd);
	int rc = cage_scan_range(image, at, n, &numbers, take, got, &err);

	cage_image_free(image);
	(void)close(fd);
	return rc;
}

static void an_honest_box_is_believed(void **state)
{
	struct got got = {0};

	(void)state;
	assert_int_equal(scan("honest", 1000, 4096, &got), 0);
	assert_int_equal(got.n, 1);
	assert_int_equal(got.of[0].at, 1100);
	assert_string_equal(got.of[0].text, "a@b.c");
	got = (struct got){0};
	assert_int_equal(scan("hit-pages", 0, 4096, &got), 0);
	assert_int_equal(got.n, 2);
	assert_int_equal(got.of[1].at, 200);
}

static void a_lie_is_a_gap_and_nothing_else(void **state)
{
	static const struct {
		const char *lie, *why;
	} lies[] = {
	    {"hit-before", "a hit where nothing was asked for"},
	    {"hit-behind", "a hit where nothing was asked for"},
	    {"hit-around", "a hit where nothing was asked for"},
	    {"hit-step", "a hit where nothing was asked for"},
	    {"hit-empty", "a hit without bytes"},
	    {"hit-kind", "a sort that was not asked for"},
	    {"hit-role", "a sort that was not asked for"},
	    {"hit-coding", "a sort that was not asked for"},
	    {"hit-escape", "a text that is no line"},
	    {"hit-context", "a text that is no line"},
	    {"hit-no-text", "a text that is no line"},
	    {"hit-entry", "the number of a record"},
	    {"hit-record", "the number of a record"},
	    {"hit-depth", "a hit that is too deep"},
	    {"hit-length", "the length of a hit"},
	    {"hit-cut", "a text that is no line"},
	    {"hit-size", "a count of hits"},
	    {"hit-count", "a count of hits"},
	    {"hang", "did not answer"},
	    {"crash", "crashed (signal 6)"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(lies); i++) {
		struct got got = {0};

		assert_int_equal(scan(lies[i].lie, 65536, 65536, &got), 0);
		if (got.n != 1 || got.of[0].kind != CAGE_HIT_GAP ||
		    got.of[0].at != 65536 || got.of[0].length != 65536 ||
		    strstr(got.of[0].text, lies[i].why) == NULL)
			fail_msg(
			    "%s: %zu, %s", lies[i].lie, got.n, got.of[0].text);
	}
}

/* What was given stays given, once; the rest of the piece is a gap. */
static void a_box_that_is_lost_later_repeats_nothing(void **state)
{
	static const char *const lies[] = {"hit-late", "hit-total"};

	(void)state;
	for (size_t i = 0; i < COUNT(lies); i++) {
		struct got got = {0};

		assert_int_equal(scan(lies[i], 0, MEGABYTE, &got), 0);
		assert_int_equal(got.n, 2);
		assert_int_equal(got.of[0].kind, CAGE_HIT_EMAIL);
		assert_int_equal(got.of[1].kind, CAGE_HIT_GAP);
		assert_int_equal(got.of[1].length, MEGABYTE);
	}
}

static void a_place_that_crashes_is_narrowed_down(void **state)
{
	struct got got = {0};
	size_t gaps = 0;

	(void)state;
	assert_int_equal(scan("crash-there", 0, MEGABYTE, &got), 0);
	for (size_t i = 0; i < got.n; i++) {
		if (got.of[i].kind != CAGE_HIT_GAP) {
			/* Each piece has its own record. */
			assert_int_equal(got.of[i].record, i + 1 - gaps);
			continue;
		}
		gaps++;
		assert_int_equal(got.of[i].at, 4 * 65536);
		assert_int_equal(got.of[i].length, 65536);
		assert_non_null(strstr(got.of[i].text, "crashed (signal 6)"));
	}
	assert_int_equal(gaps, 1);
	assert_int_equal(got.n, 5); /* 512, 256, 128 and 64 KiB went well */
}

static void who_takes_may_stop(void **state)
{
	struct got got = {.rc = ERR_FORMAT};

	(void)state;
	assert_int_equal(scan("honest", 0, MEGABYTE, &got), ERR_FORMAT);
	assert_int_equal(got.n, 0);
}

static void names_and_kinds_are_the_same(void **state)
{
	(void)state;
	for (int k = 1; k < CAGE_HIT_KINDS; k++) {
		enum cage_hit_kind kind;

		assert_true(cage_hit_by_name(
		    &kind, cage_hit_name((enum cage_hit_kind)k)));
		assert_int_equal(kind, k);
	}
	assert_false(cage_hit_by_name(&(enum cage_hit_kind){0}, "gap"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_honest_box_is_believed),
	    cmocka_unit_test(a_lie_is_a_gap_and_nothing_else),
	    cmocka_unit_test(a_box_that_is_lost_later_repeats_nothing),
	    cmocka_unit_test(a_place_that_crashes_is_narrowed_down),
	    cmocka_unit_test(who_takes_may_stop),
	    cmocka_unit_test(names_and_kinds_are_the_same),
	};

	return cmocka_run_group_tests(tests, make, clean);
}
