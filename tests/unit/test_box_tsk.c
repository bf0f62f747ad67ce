/*
 * test_box_tsk.c: from a file system's table of a file to ranges of the image,
 * with tables such as no tool makes on purpose.
 */
#include "box_tsk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#define AT 1048576 /* where the file system begins */
#define BLOCK 1024

static TSK_FS_INFO fs;
static TSK_FS_FILE file;
static TSK_FS_ATTR_RUN table[3];
static TSK_FS_ATTR attr;
static struct cage_wire_run got[8];
static size_t got_n;

static int take(void *cookie, const struct cage_wire_run *run, struct err *err)
{
	(void)cookie;
	(void)err;
	assert_true(got_n < sizeof(got) / sizeof(got[0]));
	got[got_n++] = *run;
	return 0;
}

/* A file of 2500 bytes in two runs of two blocks. */
static int make(void **state)
{
	(void)state;
	memset(&fs, 0, sizeof(fs));
	memset(&attr, 0, sizeof(attr));
	memset(table, 0, sizeof(table));
	fs.offset = AT;
	fs.block_size = BLOCK;
	fs.ftype = TSK_FS_TYPE_NTFS;
	file.fs_info = &fs;
	table[0] = (TSK_FS_ATTR_RUN){
	    .next = &table[1], .offset = 0, .addr = 10, .len = 2};
	table[1] = (TSK_FS_ATTR_RUN){.offset = 2, .addr = 90, .len = 2};
	attr.fs_file = &file;
	attr.flags =
	    (TSK_FS_ATTR_FLAG_ENUM)(TSK_FS_ATTR_INUSE | TSK_FS_ATTR_NONRES);
	attr.size = attr.nrd.initsize = 2500;
	attr.nrd.run = &table[0];
	got_n = 0;
	return 0;
}

static void is_run(
    size_t i, uint64_t at, uint64_t n, uint64_t in_file, bool is_hole)
{
	assert_true(i < got_n);
	assert_int_equal(got[i].at, at);
	assert_int_equal(got[i].length, n);
	assert_int_equal(got[i].in_file, in_file);
	assert_int_equal(got[i].is_hole, is_hole);
}

static void slack_is_not_the_files(void **state)
{
	(void)state;
	assert_int_equal(box_tsk_runs(&attr, false, take, NULL, NULL), 0);
	assert_int_equal(got_n, 2);
	is_run(0, AT + 10 * BLOCK, 2048, 0, false);
	is_run(1, AT + 90 * BLOCK, 452, 2048, false);
}

/* What NTFS keeps for a file and nobody wrote may be anybody's. */
static void behind_the_valid_length_is_a_hole(void **state)
{
	(void)state;
	attr.nrd.initsize = 100;
	assert_int_equal(box_tsk_runs(&attr, false, take, NULL, NULL), 0);
	is_run(0, AT + 10 * BLOCK, 100, 0, false);
	is_run(1, 0, 1948, 100, true);
	is_run(2, 0, 452, 2048, true);
}

static void holes_have_no_place(void **state)
{
	(void)state;
	table[0].flags = TSK_FS_ATTR_RUN_FLAG_SPARSE;
	assert_int_equal(box_tsk_runs(&attr, false, take, NULL, NULL), 0);
	is_run(0, 0, 2048, 0, true);
	is_run(1, AT + 90 * BLOCK, 452, 2048, false);
}

static void what_is_stored_is_all_of_it(void **state)
{
	(void)state;
	table[1].flags = TSK_FS_ATTR_RUN_FLAG_SPARSE;
	assert_int_equal(box_tsk_runs(&attr, true, take, NULL, NULL), 0);
	assert_int_equal(got_n, 1);
	is_run(0, AT + 10 * BLOCK, 2048, 0, false);
}

static void what_is_skipped_comes_first(void **state)
{
	(void)state;
	attr.nrd.skiplen = 2100;
	attr.size = attr.nrd.initsize = 1000;
	assert_int_equal(box_tsk_runs(&attr, false, take, NULL, NULL), 0);
	assert_int_equal(got_n, 1);
	is_run(0, AT + 90 * BLOCK + 52, 1000, 0, false);
}

static void a_table_that_is_not_whole_is_refused(void **state)
{
	(void)state;
	table[0].flags = TSK_FS_ATTR_RUN_FLAG_FILLER;
	assert_int_equal(
	    box_tsk_runs(&attr, false, take, NULL, NULL), ERR_UNSUPPORTED);
	table[0].flags = TSK_FS_ATTR_RUN_FLAG_NONE;
	table[1].len = 0;
	assert_int_equal(
	    box_tsk_runs(&attr, false, take, NULL, NULL), ERR_UNSUPPORTED);
}

/* What ext4's extents leave out is a hole, in the middle and at the end. */
static void of_ext_it_has_holes(void **state)
{
	(void)state;
	fs.ftype = TSK_FS_TYPE_EXT4;
	table[0].flags = TSK_FS_ATTR_RUN_FLAG_FILLER;
	table[1].len = 0;
	assert_int_equal(box_tsk_runs(&attr, false, take, NULL, NULL), 0);
	is_run(0, 0, 2048, 0, true);
	is_run(1, 0, 452, 2048, true);
}

static void numbers_that_cannot_be_are_refused(void **state)
{
	(void)state;
	table[1].addr = UINT64_MAX / BLOCK;
	assert_int_equal(
	    box_tsk_runs(&attr, false, take, NULL, NULL), ERR_FORMAT);
	table[1].addr = UINT64_MAX;
	assert_int_equal(
	    box_tsk_runs(&attr, false, take, NULL, NULL), ERR_FORMAT);
	table[1].addr = 90;
	table[1].len = UINT64_MAX / BLOCK;
	assert_int_equal(
	    box_tsk_runs(&attr, false, take, NULL, NULL), ERR_FORMAT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(slack_is_not_the_files, make),
	    cmocka_unit_test_setup(behind_the_valid_length_is_a_hole, make),
	    cmocka_unit_test_setup(holes_have_no_place, make),
	    cmocka_unit_test_setup(what_is_stored_is_all_of_it, make),
	    cmocka_unit_test_setup(what_is_skipped_comes_first, make),
	    cmocka_unit_test_setup(a_table_that_is_not_whole_is_refused, make),
	    cmocka_unit_test_setup(of_ext_it_has_holes, make),
	    cmocka_unit_test_setup(numbers_that_cannot_be_are_refused, make),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
