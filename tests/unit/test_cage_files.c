/*
 * test_cage_files.c: what a program believes of a box that it asks about file
 * systems, told by one that lies (tests/fault/lying_box.c).
 */
#include "cage_files.h"

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

static unsigned waited;

static void count(void *cookie)
{
	unsigned *n = cookie;

	(*n)++;
}

static struct cage_image *open_lie(const char *lie, int *ret_fd)
{
	struct cage_image_options o = lying_case_options(&lying, lie, ret_fd);

	o.waiting = count;
	o.waiting_cookie = &waited;
	return lying_case_image(&o, lie);
}

static int ask_volumes(struct cage_image *image, struct err *err)
{
	struct cage_wire_volume *volumes = NULL;
	size_t n = 0;
	int rc = cage_files_volumes(image, &volumes, &n, err);

	if (rc == 0) {
		assert_int_equal(n, 1);
		assert_string_equal(volumes[0].type, "ext4");
		assert_int_equal(volumes[0].at, 4096);
		free(volumes);
	}
	return rc;
}

static int ask_file(struct cage_image *image, struct err *err)
{
	struct cage_file file;
	int rc = cage_files_find(image, 1, slice_of("/a"), &file, err);

	if (rc == 0) {
		assert_int_equal(file.size, 3000);
		assert_int_equal(file.n, 3);
		assert_true(file.runs[1].is_hole);
		assert_int_equal(file.runs[2].at, 4096);
		assert_int_equal(file.runs[2].in_file, 2000);
	} else {
		assert_int_equal(file.n, 0);
	}
	cage_files_done(&file);
	return rc;
}

static int ask_owners(struct cage_image *image, struct err *err)
{
	const struct cage_wire_range ranges[] = {{0, 512}, {4096, 512}};
	struct cage_owners owners;
	int rc = cage_files_owners(image, ranges, COUNT(ranges), &owners, err);

	if (rc == 0) {
		assert_int_equal(owners.n, 1);
		assert_string_equal(owners.of[0].path, "/a/letter.odt");
	}
	free(owners.of);
	return rc;
}

typedef int asking(struct cage_image *image, struct err *err);

static void an_honest_box_is_believed(void **state)
{
	asking *const all[] = {ask_volumes, ask_file, ask_owners};

	(void)state;
	for (size_t i = 0; i < COUNT(all); i++) {
		int fd;
		struct cage_image *image = open_lie("honest", &fd);
		struct err err = {0};

		if (all[i](image, &err) != 0)
			fail_msg("%s", err.message);
		cage_image_free(image);
		(void)close(fd);
	}
	int fd;
	struct cage_image *image = open_lie("honest-pages", &fd);

	assert_int_equal(ask_file(image, NULL), 0);
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

static void a_lie_about_files_is_refused(void **state)
{
	static const struct {
		asking *ask;
		const char *lie, *why;
	} lies[] = {
	    {ask_volumes, "volume-beyond", "not in the image"},
	    {ask_volumes, "volume-around", "not in the image"},
	    {ask_volumes, "volume-empty", "not in the image"},
	    {ask_volumes, "volume-no-type", "name of a volume"},
	    {ask_volumes, "volume-escape", "name of a volume"},
	    {ask_volumes, "volume-no-end", "name of a volume"},
	    {ask_volumes, "volume-count", "a count"},
	    {ask_file, "run-beyond", "not in the image"},
	    {ask_file, "run-around", "not in the image"},
	    {ask_file, "run-empty", "does not follow"},
	    {ask_file, "run-gap", "does not follow"},
	    {ask_file, "run-back", "does not follow"},
	    {ask_file, "run-endless", "does not follow"},
	    {ask_file, "run-hole-there", "not in the image"},
	    {ask_file, "run-sum", "not as long as their file"},
	    {ask_file, "run-tables", "runs of a file that has none"},
	    {ask_file, "run-flags", "flags"},
	    {ask_file, "run-size", "a length"},
	    {ask_file, "run-count", "a count"},
	    {ask_file, "run-more", "a count of runs"},
	    {ask_file, "run-none", "a count of runs"},
	    {ask_file, "run-other", "another file than before"},
	    {ask_owners, "owner-beyond", "not asked for"},
	    {ask_owners, "owner-before", "not asked for"},
	    {ask_owners, "owner-volume", "a volume that there is not"},
	    {ask_owners, "owner-kind", "a kind that there is not"},
	    {ask_owners, "owner-escape", "a path that is no line"},
	    {ask_owners, "owner-name", "a path that is no line"},
	    {ask_owners, "owner-no-end", "a path that is no line"},
	    {ask_owners, "owner-count", "a count"},
	    {ask_volumes, "crash", "crashed (signal 6)"},
	    {ask_file, "hang", "did not answer in 1 seconds"},
	    {ask_file, "exit", "ended by itself"},
	    {ask_owners, "close", "ended"},
	    {ask_owners, "number", "another question"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(lies); i++)
		refuse(lies[i].ask, lies[i].lie, lies[i].why);
}

/* No lie, and too much all the same. */
static void a_file_in_too_many_pieces_is_refused(void **state)
{
	int fd;
	struct cage_image *image = open_lie("run-many", &fd);
	struct err err = {0};

	(void)state;
	assert_int_equal(ask_file(image, &err), ERR_LIMIT);
	assert_non_null(strstr(err.message, "more than 65536 pieces"));
	cage_image_free(image);
	(void)close(fd);
}

static void a_path_is_names_after_slashes(void **state)
{
	static const char *const bad[] = {
	    "", "a", "./a", "/.", "/..", "/a/../b", "/a/./b", "../a"};
	char path[CAGE_WIRE_PATH_MAX + 2];

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_int_equal(
		    cage_files_check_path(slice_of(bad[i]), NULL), ERR_USAGE);
	assert_int_equal(
	    cage_files_check_path((struct slice){"/a\0b", 4}, NULL), ERR_USAGE);
	memset(path, '/', sizeof(path));
	assert_int_equal(
	    cage_files_check_path(
		(struct slice){path, CAGE_WIRE_PATH_MAX + 1}, NULL),
	    ERR_USAGE);
	assert_int_equal(cage_files_check_path(
			     (struct slice){path, CAGE_WIRE_PATH_MAX}, NULL),
	    0);
	assert_int_equal(
	    cage_files_check_path(slice_of("/...//a..b/\033"), NULL), 0);
}

static void whoever_waits_for_a_box_is_told(void **state)
{
	struct err err = {0};
	int fd;
	struct cage_image *image = open_lie("hang", &fd);

	(void)state;
	waited = 0;
	assert_int_equal(ask_volumes(image, &err), ERR_FORMAT);
	/* Every 200 ms of a second, however busy the machine is. */
	assert_in_range(waited, 2, 6);
	cage_image_free(image);
	(void)close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_honest_box_is_believed),
	    cmocka_unit_test(a_lie_about_files_is_refused),
	    cmocka_unit_test(a_file_in_too_many_pieces_is_refused),
	    cmocka_unit_test(a_path_is_names_after_slashes),
	    cmocka_unit_test(whoever_waits_for_a_box_is_told),
	};

	return cmocka_run_group_tests(tests, make, clean);
}
