/*
 * test_log_tile.c: paths and bundles against the examples of C2SP tlog-tiles.
 */
#include "log_tile.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

static const struct {
	const char *path;
	struct log_tile tile;
} known[] = {
    {"tile/0/000", {0, 0, 256}},
    {"tile/0/000.p/1", {0, 0, 1}},
    {"tile/0/999.p/255", {0, 999, 255}},
    {"tile/0/x001/000", {0, 1000, 256}},
    {"tile/1/x001/x234/067", {1, 1234067, 256}},
    {"tile/1/x001/x234/067.p/5", {1, 1234067, 5}},
    {"tile/7/000.p/127", {7, 0, 127}},
    {"tile/entries/000", {LOG_TILE_ENTRIES, 0, 256}},
    {"tile/entries/x001/x234/067.p/17", {LOG_TILE_ENTRIES, 1234067, 17}},
    {"tile/0/x018/x446/x744/x073/x709/x551/615.p/255", {0, UINT64_MAX, 255}},
};

static void writes_and_reads_the_paths_of_the_specification(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		char path[LOG_TILE_PATH_MAX];
		struct log_tile tile = {0};
		log_tile_path(path, known[i].tile);
		assert_string_equal(path, known[i].path);
		assert_int_equal(
		    log_tile_parse_path(&tile, slice_of(path), NULL), 0);
		assert_int_equal(tile.level, known[i].tile.level);
		assert_true(tile.index == known[i].tile.index);
		assert_int_equal(tile.width, known[i].tile.width);
	}
}

static void refuses_every_other_spelling(void **state)
{
	static const char *const bad[] = {"", "tile", "tile/", "tile/0",
	    "tile/0/", "tile/0/0", "tile/0/00", "tile/0/0000", "tile/0/000/",
	    "/tile/0/000", "tile//000", "tile/00/000", "tile/8/000",
	    "tile/-1/000", "tile/+1/000", "tile/0x0/000", "tile/entry/000",
	    "tile/0/x000/000", "tile/0/x000", "tile/0/001/000",
	    "tile/0/x001/x000", "tile/0/X001/000", "tile/0/x001/00a",
	    "tile/0/000.p", "tile/0/000.p/", "tile/0/000.p/0",
	    "tile/0/000.p/01", "tile/0/000.p/256", "tile/0/000.p/1/",
	    "tile/0/000.p/1/2", "tile/0/000.q/1", "tile/0/000.p/+1",
	    "tile/0/000.p/1 ", "tile/0/ 00", "tile/0/x001.p/1", "data/0/000",
	    "tile/entries/", "tile/0/../000",
	    "tile/0/x018/x446/x744/x073/x709/x551/616",
	    "tile/0/x001/x000/x000/x000/x000/x000/x000/000"};
	struct log_tile tile;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (log_tile_parse_path(&tile, slice_of(bad[i]), NULL) !=
		    ERR_FORMAT)
			fail_msg("\"%s\" was accepted", bad[i]);
}

static void gives_the_widths_of_the_specification(void **state)
{
	(void)state;
	/* 70,000 leaves: 273 full tiles and one of 112, 1 and 17, 1. */
	assert_int_equal(log_tile_width(0, 272, 70000), 256);
	assert_int_equal(log_tile_width(0, 273, 70000), 112);
	assert_int_equal(log_tile_width(0, 274, 70000), 0);
	assert_int_equal(log_tile_width(1, 0, 70000), 256);
	assert_int_equal(log_tile_width(1, 1, 70000), 17);
	assert_int_equal(log_tile_width(1, 2, 70000), 0);
	assert_int_equal(log_tile_width(2, 0, 70000), 1);
	assert_int_equal(log_tile_width(3, 0, 70000), 0);
	assert_int_equal(log_tile_width(LOG_TILE_ENTRIES, 273, 70000), 112);
	/* 256 leaves: one full tile, and one of width 1 above. */
	assert_int_equal(log_tile_width(0, 0, 256), 256);
	assert_int_equal(log_tile_width(0, 1, 256), 0);
	assert_int_equal(log_tile_width(1, 0, 256), 1);
	assert_int_equal(log_tile_width(0, 0, 0), 0);
	assert_int_equal(log_tile_width(0, UINT64_MAX, UINT64_MAX), 0);
	assert_int_equal(log_tile_width(7, 0, UINT64_MAX), 255);
}

static void splits_what_it_put_together(void **state)
{
	char *longest = calloc(1, LOG_TILE_ENTRY_MAX);
	struct slice in[3] = {
	    slice_of("abc"), slice_of(""), {longest, LOG_TILE_ENTRY_MAX}};
	struct slice out[3];
	struct buf bundle;

	(void)state;
	assert_non_null(longest);
	buf_init(&bundle, LOG_TILE_BUNDLE_MAX);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(log_tile_put_entry(&bundle, in[i], NULL), 0);
	assert_memory_equal(bundle.p, "\0\003abc\0\0\xff\xff", 9);
	assert_int_equal(
	    log_tile_split_bundle(out, 3, buf_slice(&bundle), NULL), 0);
	for (size_t i = 0; i < 3; i++)
		assert_true(slice_is(in[i], out[i]));
	buf_done(&bundle);
	free(longest);
}

static void refuses_an_entry_that_is_too_long(void **state)
{
	char *bytes = calloc(1, LOG_TILE_ENTRY_MAX + 1);
	struct slice entry = {bytes, LOG_TILE_ENTRY_MAX + 1};
	struct buf bundle;

	(void)state;
	assert_non_null(bytes);
	buf_init(&bundle, LOG_TILE_BUNDLE_MAX);
	assert_int_equal(log_tile_put_entry(&bundle, entry, NULL), ERR_LIMIT);
	assert_int_equal(bundle.n, 0);
	buf_done(&bundle);
	free(bytes);
}

static void refuses_a_bundle_cut_anywhere_or_with_more(void **state)
{
	static const char bytes[] = "\0\003abc\0\001d\0\0";
	size_t n = sizeof(bytes) - 1;
	struct slice out[4];

	(void)state;
	assert_int_equal(
	    log_tile_split_bundle(out, 3, (struct slice){bytes, n}, NULL), 0);
	for (size_t cut = 0; cut < n; cut++)
		assert_int_equal(log_tile_split_bundle(
				     out, 3, (struct slice){bytes, cut}, NULL),
		    ERR_FORMAT);
	assert_int_equal(
	    log_tile_split_bundle(out, 2, (struct slice){bytes, n}, NULL),
	    ERR_FORMAT);
	assert_int_equal(
	    log_tile_split_bundle(out, 4, (struct slice){bytes, n}, NULL),
	    ERR_FORMAT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(writes_and_reads_the_paths_of_the_specification),
	    cmocka_unit_test(refuses_every_other_spelling),
	    cmocka_unit_test(gives_the_widths_of_the_specification),
	    cmocka_unit_test(splits_what_it_put_together),
	    cmocka_unit_test(refuses_an_entry_that_is_too_long),
	    cmocka_unit_test(refuses_a_bundle_cut_anywhere_or_with_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
