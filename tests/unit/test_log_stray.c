/*
 * test_log_stray.c: what lies under log/ and belongs to no ledger, or is not
 * there and should be, is named with its path and a sentence.
 */
#include "log_box.h"

#include <sys/stat.h>

static void make_folder(const struct box *box, const char *name)
{
	if (mkdirat(box->fd, name, 0755) != 0)
		fail_msg("%s", name);
}

/* Exactly this file is reported, with a sentence that has these words. */
static void must_name(
    const struct box *box, const char *path, const char *words)
{
	struct box_report report;
	struct err err = {0};

	assert_int_equal(box_check(box, false, &report, &err), ERR_VERIFY);
	assert_int_equal(report.n, 1);
	assert_string_equal(report.path[0], path);
	if (!strstr(report.sentence[0], words))
		fail_msg("%s: %s", report.path[0], report.sentence[0]);
	/* It harms nobody who reads. */
	assert_int_equal(box_read_through(box, NULL), 0);
}

static void must_name_alone(
    const struct box *box, const char *path, const char *words)
{
	box_write(box, path, slice_of("x"));
	must_name(box, path, words);
	box_remove(box, path);
	box_must_be_well(box);
}

static void a_file_of_no_ledger_is_named(void **state)
{
	static const char *const paths[] = {"log/index.html", "log/.htaccess",
	    "log/checkpoint.old", "log/tile/note", "log/tile/0/00",
	    "log/tile/0/000.p/07", "log/tile/0/000.p/0", "log/tile/0/000.p/256",
	    "log/tile/entries/x000", "log/stamps/x", "log/stamps/05",
	    "log/stamps/-1", "log/stamps/5.", "log/stamps/5.checkpoint.x",
	    "log/stamps/.checkpoint", "log/stamps/5.proof", "log/site.old"};
	struct box box;

	(void)state;
	box_fill(&box, 5);
	make_folder(&box, "log/stamps");
	box_must_be_well(&box);
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		must_name_alone(&box, paths[i], "is no file of a ledger");
	box_done(&box);
}

static void a_folder_of_no_ledger_is_named_and_not_entered(void **state)
{
	static const char *const folders[] = {"log/private", "log/tile/8",
	    "log/tile/00", "log/tile/0/x000", "log/tile/0/000",
	    "log/tile/entries/000.q", "log/site"};
	struct box box;
	char inside[128];

	(void)state;
	box_fill(&box, 5);
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		make_folder(&box, folders[i]);
		(void)snprintf(inside, sizeof(inside), "%s/inside", folders[i]);
		box_write(&box, inside, slice_of("x"));
		must_name(&box, folders[i], "is no file of a ledger");
		box_remove(&box, folders[i]);
	}
	assert_int_equal(symlinkat("/etc/passwd", box.fd, "log/tile/0/001"), 0);
	must_name(&box, "log/tile/0/001", "is no file of a ledger");
	box_remove(&box, "log/tile/0/001");
	box_write(&box, "log/a\nb", slice_of("x"));
	must_name(&box, "log/", "whose name is no text");
	box_done(&box);
}

static void a_tile_of_a_larger_tree_is_named(void **state)
{
	static const char *const paths[] = {"log/tile/0/000.p/6",
	    "log/tile/0/000", "log/tile/0/001", "log/tile/0/001.p/1",
	    "log/tile/entries/000.p/6", "log/tile/1/000.p/1",
	    "log/tile/7/000.p/1"};
	struct box box;

	(void)state;
	box_fill(&box, 5);
	make_folder(&box, "log/tile/0/001.p");
	make_folder(&box, "log/tile/1");
	make_folder(&box, "log/tile/1/000.p");
	make_folder(&box, "log/tile/7");
	make_folder(&box, "log/tile/7/000.p");
	box_must_be_well(&box);
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		must_name_alone(&box, paths[i], "than the 5 leaves");
	box_done(&box);
}

static void what_others_put_beside_the_tree_is_known(void **state)
{
	struct box box;

	(void)state;
	box_fill(&box, 5);
	make_folder(&box, "log/stamps");
	box_write(&box, "log/stamps/5", slice_of("x"));
	box_write(&box, "log/stamps/5.checkpoint", slice_of("x"));
	box_write(&box, "log/stamps/3", slice_of("x"));
	box_write(&box, "log/site", slice_of("x"));
	box_must_be_well(&box);
	box_done(&box);
}

static void what_a_crash_left_is_no_fault_and_goes_with_a_repair(void **state)
{
	struct box box;
	struct box_report report;

	(void)state;
	box_fill(&box, 5);
	box_write(&box, "log/.tmp-1-2", slice_of("x"));
	box_write(&box, "log/tile/0/.tmp-1-3", slice_of("x"));
	box_must_be_well(&box);
	assert_true(file_exists(box.fd, "log/.tmp-1-2"));
	assert_int_equal(box_check(&box, true, &report, NULL), 0);
	assert_int_equal(report.n, 0);
	assert_false(file_exists(box.fd, "log/.tmp-1-2"));
	assert_false(file_exists(box.fd, "log/tile/0/.tmp-1-3"));
	box_done(&box);
}

static void a_repair_never_removes_what_it_does_not_know(void **state)
{
	struct box box;
	struct box_report report;

	(void)state;
	box_fill(&box, 5);
	box_write(&box, "log/index.html", slice_of("x"));
	assert_int_equal(box_check(&box, true, &report, NULL), ERR_VERIFY);
	assert_true(file_exists(box.fd, "log/index.html"));
	box_done(&box);
}

/* A copy without private/log may have been fetched ahead of its checkpoint. */
static void a_copy_may_be_fetched_ahead(void **state)
{
	struct box box;

	(void)state;
	box_fill(&box, 5);
	box_remove(&box, "private");
	box_write(&box, "log/tile/0/001", slice_of("x"));
	box_must_be_well(&box);
	box_write(&box, "log/index.html", slice_of("x"));
	must_name(&box, "log/index.html", "is no file of a ledger");
	box_done(&box);
}

/* --- earlier partial forms --- */

static void must_be_missed_and_rebuilt(
    const struct box *box, const char *path, const char *words)
{
	struct box_report report;

	box_copy(box, "log", "whole");
	box_remove(box, path);
	must_name(box, path, words);
	assert_int_equal(box_check(box, true, &report, NULL), 0);
	assert_int_equal(report.n, 1);
	assert_true(box_is_same(box, "log", "whole"));
	box_must_be_well(box);
}

static void a_missing_earlier_form_is_named(void **state)
{
	struct box box;

	(void)state;
	box_create(&box);
	box_append(&box, 3);
	assert_int_equal(log_store_note_seen(
			     box.store, log_store_checkpoint(box.store), NULL),
	    0);
	box_append(&box, 1);
	box_append(&box, 1);
	box_unlock(&box);
	box_must_be_well(&box);
	must_be_missed_and_rebuilt(&box, "log/tile/0/000.p/3",
	    "is missing: there was a checkpoint of 3 leaves");
	must_be_missed_and_rebuilt(&box, "log/tile/entries/000.p/3",
	    "is missing: there was a checkpoint of 3 leaves");
	must_be_missed_and_rebuilt(&box, "log/tile/0/000.p/4",
	    "is missing: there was a checkpoint of 4 leaves");
	must_be_missed_and_rebuilt(&box, "log/tile/entries/000.p/4",
	    "is missing: there was a checkpoint of 4 leaves");
	box_done(&box);
}

static void a_missing_earlier_form_above_is_named(void **state)
{
	struct box box;

	(void)state;
	box_create(&box);
	box_append(&box, 513);
	box_append(&box, 300);
	box_unlock(&box);
	box_must_be_well(&box);
	must_be_missed_and_rebuilt(&box, "log/tile/1/000.p/2",
	    "is missing: there was a checkpoint of 513 leaves");
	box_done(&box);
}

static void earlier_forms_of_a_full_tile_may_be_gone(void **state)
{
	struct box box;

	(void)state;
	box_create(&box);
	box_append(&box, 250);
	assert_int_equal(log_store_note_seen(
			     box.store, log_store_checkpoint(box.store), NULL),
	    0);
	box_append(&box, 20);
	box_unlock(&box);
	assert_false(file_exists(box.fd, "log/tile/0/000.p/250"));
	box_must_be_well(&box);
	box_done(&box);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_file_of_no_ledger_is_named),
	    cmocka_unit_test(a_folder_of_no_ledger_is_named_and_not_entered),
	    cmocka_unit_test(a_tile_of_a_larger_tree_is_named),
	    cmocka_unit_test(what_others_put_beside_the_tree_is_known),
	    cmocka_unit_test(
		what_a_crash_left_is_no_fault_and_goes_with_a_repair),
	    cmocka_unit_test(a_repair_never_removes_what_it_does_not_know),
	    cmocka_unit_test(a_copy_may_be_fetched_ahead),
	    cmocka_unit_test(a_missing_earlier_form_is_named),
	    cmocka_unit_test(a_missing_earlier_form_above_is_named),
	    cmocka_unit_test(earlier_forms_of_a_full_tile_may_be_gone),
	};

	note_key_setup();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
