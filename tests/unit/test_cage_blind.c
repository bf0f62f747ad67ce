/*
 * test_cage_blind.c: what a program believes of a box that it asks about blind
 * spots and files that nobody names, told by one that lies
 * (tests/fault/lying_box.c).
 */
#include "cage_blind.h"
#include "cage_carve.h"

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

static int ask_image(struct cage_image *image, struct err *err)
{
	struct cage_blind *found = NULL;
	size_t n = 0;
	int rc = cage_blind_image(image, &found, &n, err);

	if (rc == 0) {
		assert_int_equal(n, 2);
		assert_string_equal(found[1].name, "LUKS2");
		assert_int_equal(found[1].of, 1);
		assert_true(found[0].is_certain && !found[0].is_open);
		free(found);
	}
	return rc;
}

static int ask_files(struct cage_image *image, struct err *err)
{
	const struct cage_blind_piece pieces[] = {{4096, 512, 0, 1024},
	    {8192, 512, 0, 1024}, {UINT64_MAX, 512, 1, 512}};
	struct cage_blind *found = NULL;
	size_t n = 0;
	int rc =
	    cage_blind_files(image, pieces, COUNT(pieces), &found, &n, err);

	if (rc == 0) {
		assert_int_equal(n, 2);
		assert_int_equal(found[0].of, 0);
		assert_int_equal(found[1].of, 1);
		assert_int_equal(found[1].kind, CAGE_BLIND_FILE);
		free(found);
	}
	return rc;
}

static int ask_look(struct cage_image *image, struct err *err)
{
	struct cage_blind_look looks[CAGE_BLIND_LOOKS_MAX];
	size_t n = 0;
	int rc = cage_blind_look(image, 4096, 65536, looks, &n, err);

	if (rc == 0) {
		assert_int_equal(n, 2);
		assert_int_equal(looks[1].looks, CAGE_BLIND_RANDOM);
		assert_int_equal(looks[1].at, 4096 + 32768);
	}
	return rc;
}

static int ask_carve(struct cage_image *image, struct err *err)
{
	struct cage_carved *carved = NULL;
	size_t n = 0;
	int rc = cage_carve_range(image, 4096, 65536, &carved, &n, err);

	if (rc == 0) {
		assert_int_equal(n, 2);
		assert_int_equal(carved[0].length, 700);
		assert_true(carved[0].is_whole && !carved[1].is_whole);
		assert_string_equal(cage_carve_name(carved[1].type), "sqlite");
		free(carved);
	}
	return rc;
}

typedef int asking(struct cage_image *image, struct err *err);

static void an_honest_box_is_believed(void **state)
{
	asking *const all[] = {ask_image, ask_files, ask_look, ask_carve};
	int fd;
	struct cage_image *image = open_lie("honest", &fd);
	struct err err = {0};

	(void)state;
	for (size_t i = 0; i < COUNT(all); i++)
		if (all[i](image, &err) != 0)
			fail_msg("%s", err.message);
	cage_image_free(image);
	(void)close(fd);
}

static void refuse(asking *ask, const char *lie, const char *why)
{
	int fd;
	struct cage_image *image = open_lie(lie, &fd);
	struct err err = {0};

	if (ask(image, &err) != ERR_FORMAT || strstr(err.message, why) == NULL)
		fail_msg("%s: %s", lie, err.message);
	assert_null(strchr(err.message, '\033'));
	/* The next one is asked of another box. */
	lying_case_set(&lying, "honest");
	err = (struct err){0};
	if (ask(image, &err) != 0)
		fail_msg("%s: %s", lie, err.message);
	cage_image_free(image);
	(void)close(fd);
}

static void a_lie_about_blind_spots_is_refused(void **state)
{
	static const struct {
		asking *ask;
		const char *lie, *why;
	} lies[] = {
	    {ask_image, "blind-beyond", "not in the image"},
	    {ask_image, "blind-around", "not in the image"},
	    {ask_image, "blind-empty", "not in the image"},
	    {ask_image, "blind-kind", "of a kind that there is not"},
	    {ask_image, "blind-flags", "of a kind that there is not"},
	    {ask_image, "blind-other", "of another kind"},
	    {ask_image, "blind-of", "of what there is not"},
	    {ask_image, "blind-nameless", "the name of a blind spot"},
	    {ask_image, "blind-escape", "the name of a blind spot"},
	    {ask_image, "blind-no-end", "the name of a blind spot"},
	    {ask_image, "blind-count", "a count"},
	    {ask_image, "blind-many", "a count of blind spots"},
	    {ask_image, "blind-none", "a count of blind spots"},
	    {ask_image, "blind-less", "a count of blind spots"},
	    {ask_image, "blind-grows", "a count of blind spots"},
	    {ask_files, "blind-other", "of another kind"},
	    {ask_files, "blind-file", "a file that was not asked for"},
	    {ask_files, "blind-of", "of what there is not"},
	    {ask_files, "blind-around", "not in the image"},
	    {ask_look, "look-beyond", "not asked for"},
	    {ask_look, "look-before", "not asked for"},
	    {ask_look, "look-around", "not asked for"},
	    {ask_look, "look-empty", "not asked for"},
	    {ask_look, "look-twice", "not asked for"},
	    {ask_look, "look-kind", "a look that there is not"},
	    {ask_look, "look-count", "a count"},
	    {ask_carve, "carve-beyond", "not in the range"},
	    {ask_carve, "carve-around", "not in the range"},
	    {ask_carve, "carve-before", "not in the range"},
	    {ask_carve, "carve-empty", "not in the range"},
	    {ask_carve, "carve-type", "a type that there is not"},
	    {ask_carve, "carve-never", "how far it looked"},
	    {ask_carve, "carve-far", "how far it looked"},
	    {ask_carve, "carve-count", "a count"},
	    {ask_image, "crash", "crashed (signal 6)"},
	    {ask_look, "exit", "ended by itself"},
	    {ask_files, "number", "another question"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(lies); i++)
		refuse(lies[i].ask, lies[i].lie, lies[i].why);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_honest_box_is_believed),
	    cmocka_unit_test(a_lie_about_blind_spots_is_refused),
	};

	return cmocka_run_group_tests(tests, make, clean);
}
