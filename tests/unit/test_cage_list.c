/*
 * test_cage_list.c: what a program believes of a box that lists files for it,
 * told by one that lies (tests/fault/lying_box.c).
 */
#include "cage_list.h"

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

static struct lying_case lying;

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
	const struct cage_image_options o =
	    lying_case_options(&lying, lie, ret_fd);

	return lying_case_image(&o, lie);
}

struct seen {
	size_t n, runs;
	char name[CAGE_LIST_NAME_MAX];
	bool is_refusing;
};

static int see(
    void *cookie, const struct cage_list_entry *entry, struct err *err)
{
	struct seen *seen = cookie;

	if (seen->is_refusing)
		return err_set(err, ERR_LIMIT, "enough");
	seen->n++;
	seen->runs += entry->run_n;
	memcpy(seen->name, entry->name, entry->name_n + 1);
	return 0;
}

static int see_blocks(
    void *cookie, const struct cage_list_blocks *blocks, struct err *err)
{
	struct seen *seen = cookie;

	(void)err;
	(void)blocks;
	seen->n++;
	return 0;
}

static void an_honest_list_is_believed(void **state)
{
	int fd;
	struct cage_image *image = open_lie("honest", &fd);
	struct cage_list_end end;
	struct seen seen = {0};
	const struct cage_list_of of = {.volume = 1, .id = 13};
	char bytes[100];
	size_t n;

	(void)state;
	assert_int_equal(cage_list_names(image, 1, see, &seen, &end, NULL), 0);
	assert_string_equal(end.why, "");
	assert_int_equal(end.n, 2);
	assert_int_equal(end.about.block_size, 512);
	assert_int_equal(seen.n, 2);
	assert_int_equal(seen.runs, 2);
	assert_string_equal(seen.name, "letter");
	seen = (struct seen){0};
	assert_int_equal(
	    cage_list_spaces(image, 1, see_blocks, &seen, &end, NULL), 0);
	assert_string_equal(end.why, "");
	assert_int_equal(seen.n, 2);
	assert_int_equal(
	    cage_list_content(image, &of, 0, bytes, sizeof(bytes), &n, NULL),
	    0);
	assert_int_equal(n, sizeof(bytes));
	assert_int_equal(bytes[99], 'x');
	cage_image_free(image);
	(void)close(fd);
}

/* What came before the lie stands; that there was one is said. */
static void a_lie_ends_the_list_and_is_said(void **state)
{
	static const struct {
		const char *lie, *why;
	} lies[] = {
	    {"list-block", "the blocks of a volume"},
	    {"list-later", "a folder that comes behind"},
	    {"list-size", "a length"},
	    {"list-valid", "a length"},
	    {"list-flags", "flags"},
	    {"list-time", "a time"},
	    {"list-slash", "a name that is no line"},
	    {"list-escape", "a name that is no line"},
	    {"list-no-name", "an entry without a name"},
	    {"list-run-beyond", "not in the image"},
	    {"list-run-gap", "does not follow"},
	    {"list-kind", "a kind of file that there is not"},
	    {"list-first-more", "an entry without a name"},
	    {"list-cut", "an entry that ends early"},
	    {"list-few", "an entry that ends early"},
	    {"list-count", "a count"},
	    {"list-fewer", "a count"},
	    {"list-bytes", "more bytes than there are"},
	    {"list-total", "a count"},
	    {"list-endless", "it has no end"},
	    {"list-early", "not everything could be looked at"},
	    {"crash", "crashed (signal 6)"},
	    {"hang", "did not answer in 1 seconds"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(lies); i++) {
		int fd;
		struct cage_image *image = open_lie(lies[i].lie, &fd);
		struct cage_list_end end;
		struct seen seen = {0};

		assert_int_equal(
		    cage_list_names(image, 1, see, &seen, &end, NULL), 0);
		if (strstr(end.why, lies[i].why) == NULL)
			fail_msg("%s: \"%s\"", lies[i].lie, end.why);
		assert_null(strchr(end.why, '\033'));
		assert_true(seen.n <= 2);
		cage_image_free(image);
		(void)close(fd);
	}
}

static void a_lie_about_blocks_ends_them(void **state)
{
	static const struct {
		const char *lie, *why;
	} lies[] = {
	    {"space-beyond", "not in the image"},
	    {"space-back", "not in the image"},
	    {"space-empty", "not in the image"},
	    {"space-use", "a kind that there is not"},
	    {"space-bytes", "a count"},
	    {"space-stays", "a count"},
	    {"exit", "ended by itself"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(lies); i++) {
		int fd;
		struct cage_image *image = open_lie(lies[i].lie, &fd);
		struct cage_list_end end;
		struct seen seen = {0};

		assert_int_equal(
		    cage_list_spaces(image, 1, see_blocks, &seen, &end, NULL),
		    0);
		if (strstr(end.why, lies[i].why) == NULL)
			fail_msg("%s: \"%s\"", lies[i].lie, end.why);
		cage_image_free(image);
		(void)close(fd);
	}
}

static void more_bytes_than_were_asked_for_are_refused(void **state)
{
	int fd;
	struct cage_image *image = open_lie("content-more", &fd);
	const struct cage_list_of of = {.volume = 1, .id = 13};
	struct err err = {0};
	char bytes[100];
	size_t n = 0;

	(void)state;
	assert_int_equal(
	    cage_list_content(image, &of, 0, bytes, sizeof(bytes), &n, &err),
	    ERR_FORMAT);
	assert_non_null(strstr(err.message, "more bytes than"));
	cage_image_free(image);
	(void)close(fd);
}

static void the_callers_own_error_is_one(void **state)
{
	int fd;
	struct cage_image *image = open_lie("honest", &fd);
	struct cage_list_end end;
	struct seen seen = {.is_refusing = true};
	struct err err = {0};

	(void)state;
	assert_int_equal(
	    cage_list_names(image, 1, see, &seen, &end, &err), ERR_LIMIT);
	assert_string_equal(err.message, "enough");
	cage_image_free(image);
	(void)close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_honest_list_is_believed),
	    cmocka_unit_test(a_lie_ends_the_list_and_is_said),
	    cmocka_unit_test(a_lie_about_blocks_ends_them),
	    cmocka_unit_test(more_bytes_than_were_asked_for_are_refused),
	    cmocka_unit_test(the_callers_own_error_is_one),
	};

	return cmocka_run_group_tests(tests, make, clean);
}
