/*
 * test_log_tamper.c: every published file altered in each byte, cut at each
 * length, taken away: log_store_check names it, and nothing that is read
 * through the store is ever another leaf. What can be rebuilt is rebuilt.
 */
#include "log_box.h"

#include <sys/stat.h>

#define FILES_MAX 32

struct files {
	size_t n;
	char path[FILES_MAX][96];
};

static int add_files(struct files *files, int dir_fd, const char *path);

struct listing {
	struct files *files;
	int dir_fd;
	const char *path;
};

static int add_name(void *cookie, const char *name, struct err *err)
{
	const struct listing *listing = cookie;
	char path[96];

	(void)err;
	(void)snprintf(path, sizeof(path), "%s/%s", listing->path, name);
	return add_files(listing->files, listing->dir_fd, path);
}

/* The files below a folder, in order; no deeper than a ledger is. */
static int add_files(struct files *files, int dir_fd, const char *path)
{
	struct listing listing = {files, dir_fd, path};
	struct stat st;

	assert_int_equal(fstatat(dir_fd, path, &st, 0), 0);
	if (S_ISDIR(st.st_mode))
		return file_list(dir_fd, path, add_name, &listing, NULL);
	assert_true(files->n < FILES_MAX);
	(void)snprintf(files->path[files->n++], 96, "%s", path);
	return 0;
}

static bool is_bundle(const char *path)
{
	return strstr(path, "/entries/") != NULL;
}

/* A partial form of an earlier checkpoint, which reading does not need. Here
 * that is every one narrower than the small ledger's four leaves. */
static bool is_old_form(const char *path)
{
	return (strstr(path, "/0/") || is_bundle(path)) &&
	    (strstr(path, ".p/1") || strstr(path, ".p/2") ||
		strstr(path, ".p/3"));
}

/* One altered file: it is reported under its name; reading what needs it
 * fails, as checked and false, and names it too. */
static void must_be_named(
    const struct box *box, const char *path, const char *how, size_t at)
{
	struct box_report report;
	struct err err = {0};
	bool is_named = false;

	if (box_check(box, false, &report, NULL) != ERR_VERIFY)
		fail_msg("%s %s %zu: accepted", path, how, at);
	for (size_t i = 0; i < report.n && i < 8; i++)
		is_named |= strcmp(report.path[i], path) == 0;
	if (!is_named || report.n > 2)
		fail_msg("%s %s %zu: %zu reports, first %s: %s", path, how, at,
		    report.n, report.path[0], report.sentence[0]);
	int r = box_read_through(box, &err);
	if (r == 0 && !is_old_form(path))
		fail_msg("%s %s %zu: read", path, how, at);
	if (r != 0 && r != ERR_VERIFY && r != ERR_FORMAT)
		fail_msg("%s %s %zu: %s", path, how, at, err.message);
	if (r != 0 && !strstr(err.message, path))
		fail_msg("%s %s %zu: not named in \"%s\"", path, how, at,
		    err.message);
}

static void alter_all(const struct box *box, size_t stride)
{
	struct files files = {0};

	assert_int_equal(add_files(&files, box->fd, "log"), 0);
	for (size_t f = 0; f < files.n; f++) {
		const char *path = files.path[f];
		struct buf bytes = box_read(box, path);
		for (size_t i = 0; i < bytes.n; i += stride) {
			bytes.p[i] ^= 1;
			box_write(box, path, buf_slice(&bytes));
			must_be_named(box, path, "altered at", i);
			bytes.p[i] ^= 1;
			box_write(box, path, (struct slice){bytes.p, i});
			must_be_named(box, path, "cut at", i);
		}
		buf_putc(&bytes, '\0');
		box_write(box, path, buf_slice(&bytes));
		must_be_named(box, path, "longer than", bytes.n - 1);
		box_write(box, path, (struct slice){bytes.p, bytes.n - 1});
		buf_done(&bytes);
	}
	box_must_be_well(box);
}

static void each_byte_of_a_small_ledger_is_guarded(void **state)
{
	struct box box;

	(void)state;
	box_create(&box);
	for (unsigned i = 0; i < 4; i++)
		box_append(&box, 1);
	box_unlock(&box);
	alter_all(&box, 1);
	box_done(&box);
}

static void bytes_of_full_tiles_and_of_two_levels_are_guarded(void **state)
{
	struct box box;

	(void)state;
	box_fill(&box, 520);
	alter_all(&box, 419);
	box_done(&box);
}

static void a_missing_file_is_named(void **state)
{
	struct box box;
	struct files files = {0};

	(void)state;
	box_fill(&box, 520);
	assert_int_equal(add_files(&files, box.fd, "log/tile"), 0);
	assert_int_equal(files.n, 7);
	for (size_t i = 0; i < files.n; i++) {
		box_copy(&box, files.path[i], "kept");
		box_remove(&box, files.path[i]);
		must_be_named(&box, files.path[i], "missing", i);
		box_copy(&box, "kept", files.path[i]);
	}
	box_must_be_well(&box);
	box_done(&box);
}

/* Two files of one form in each other's place. */
static void neighbours_in_each_others_place_are_named(void **state)
{
	static const char *const pairs[][2] = {
	    {"log/tile/0/000", "log/tile/0/001"},
	    {"log/tile/entries/000", "log/tile/entries/001"},
	};
	struct box box;
	struct box_report report;

	(void)state;
	box_fill(&box, 520);
	for (size_t i = 0; i < 2; i++) {
		const char *a = pairs[i][0];
		const char *b = pairs[i][1];
		box_copy(&box, a, "kept");
		box_copy(&box, b, a);
		box_copy(&box, "kept", b);
		assert_int_equal(
		    box_check(&box, false, &report, NULL), ERR_VERIFY);
		assert_int_equal(report.n, 2);
		assert_string_equal(report.path[0], a);
		assert_string_equal(report.path[1], b);
		assert_int_equal(box_read_through(&box, NULL), ERR_VERIFY);
		box_copy(&box, a, "kept");
		box_copy(&box, b, a);
		box_copy(&box, "kept", b);
	}
	box_must_be_well(&box);
	box_done(&box);
}

static void a_bundle_and_its_tile_altered_alike_are_found(void **state)
{
	struct box box;
	struct box_report report;
	struct hash_run *run = hash_new();
	struct slice entries[LOG_TILE_WIDTH];

	(void)state;
	assert_non_null(run);
	box_fill(&box, 300);
	/* Leaf 7 says something else, and its tile agrees. */
	struct buf bundle = box_read(&box, "log/tile/entries/000");
	struct buf tile = box_read(&box, "log/tile/0/000");
	assert_int_equal(
	    log_tile_split_bundle(entries, 256, buf_slice(&bundle), NULL), 0);
	bundle.p[entries[7].p - bundle.p] ^= 1;
	struct hash hash = tree_leaf_hash(run, entries[7].p, entries[7].n);
	memcpy(tile.p + 7 * sizeof(hash), &hash, sizeof(hash));
	box_write(&box, "log/tile/entries/000", buf_slice(&bundle));
	box_write(&box, "log/tile/0/000", buf_slice(&tile));
	assert_int_equal(box_check(&box, false, &report, NULL), ERR_VERIFY);
	assert_true(report.n > 0);
	box_copy(&box, "log", "before");
	assert_int_equal(box_check(&box, true, &report, NULL), ERR_VERIFY);
	assert_true(box_is_same(&box, "log", "before"));
	assert_int_equal(box_read_through(&box, NULL), ERR_VERIFY);
	buf_done(&bundle);
	buf_done(&tile);
	hash_free(run);
	box_done(&box);
}

/* --- repair --- */

static void what_the_leaves_can_rebuild_is_rebuilt(void **state)
{
	struct box box;
	struct box_report report;
	struct files files = {0};

	(void)state;
	box_create(&box);
	box_append(&box, 515);
	for (unsigned i = 0; i < 3; i++)
		box_append(&box, 1);
	box_unlock(&box);
	box_copy(&box, "log", "before");
	assert_int_equal(add_files(&files, box.fd, "log/tile"), 0);
	for (size_t i = 0; i < files.n; i++) {
		const char *path = files.path[i];
		bool is_current =
		    strstr(path, ".p/518") || !strstr(path, ".p/");
		if (is_bundle(path) && (is_current || strstr(path, ".p/6")))
			continue;
		struct buf bytes = box_read(&box, path);
		bytes.p[bytes.n / 2] ^= 1;
		box_write(&box, path, buf_slice(&bytes));
		buf_done(&bytes);
	}
	assert_false(box_is_same(&box, "log", "before"));
	struct err err = {0};
	if (box_check(&box, true, &report, &err) != 0)
		fail_msg("%s", err.message);
	/* Three hash tiles of full width or the right edge and their earlier
	 * forms, and the earlier forms of the last bundle. */
	assert_true(report.n >= 7);
	assert_true(box_is_same(&box, "log", "before"));
	box_must_be_well(&box);
	for (size_t i = 0; i < files.n; i++)
		if (!is_bundle(files.path[i]) && !strstr(files.path[i], ".p/3"))
			box_remove(&box, files.path[i]);
	assert_int_equal(box_check(&box, true, &report, NULL), 0);
	assert_true(report.n > 0);
	box_must_be_well(&box);
	box_done(&box);
}

static void a_lost_leaf_is_not_made_up(void **state)
{
	struct box box;
	struct box_report report;

	(void)state;
	box_fill(&box, 300);
	struct buf bytes = box_read(&box, "log/tile/entries/000");
	bytes.p[100] ^= 1;
	box_write(&box, "log/tile/entries/000", buf_slice(&bytes));
	struct buf tile = box_read(&box, "log/tile/0/001.p/44");
	tile.p[100] ^= 1;
	box_write(&box, "log/tile/0/001.p/44", buf_slice(&tile));
	assert_int_equal(box_check(&box, true, &report, NULL), ERR_VERIFY);
	assert_int_equal(report.n, 2);
	assert_string_equal(report.path[0], "log/tile/entries/000");
	assert_string_equal(report.path[1], "log/tile/0/001.p/44");
	/* The tile was rebuilt all the same. */
	assert_int_equal(box_check(&box, false, &report, NULL), ERR_VERIFY);
	assert_int_equal(report.n, 1);
	assert_string_equal(report.path[0], "log/tile/entries/000");
	struct buf after = box_read(&box, "log/tile/entries/000");
	assert_true(slice_is(buf_slice(&after), buf_slice(&bytes)));
	buf_done(&bytes);
	buf_done(&after);
	buf_done(&tile);
	box_done(&box);
}

static void a_repair_needs_the_lock(void **state)
{
	struct box box;
	struct box_report report;

	(void)state;
	box_create(&box);
	box_append(&box, 3);
	assert_int_equal(box_check(&box, false, &report, NULL), 0);
	assert_int_equal(box_check(&box, true, &report, NULL), ERR_CONFLICT);
	box_unlock(&box);
	assert_int_equal(box_check(&box, true, &report, NULL), 0);
	box_done(&box);
}

static void nothing_to_check_is_no_fault(void **state)
{
	struct box box;
	struct box_report report;

	(void)state;
	box_init(&box);
	assert_int_equal(box_check(&box, false, &report, NULL), ERR_NOTFOUND);
	assert_int_equal(report.n, 0);
	box_done(&box);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_byte_of_a_small_ledger_is_guarded),
	    cmocka_unit_test(bytes_of_full_tiles_and_of_two_levels_are_guarded),
	    cmocka_unit_test(a_missing_file_is_named),
	    cmocka_unit_test(neighbours_in_each_others_place_are_named),
	    cmocka_unit_test(a_bundle_and_its_tile_altered_alike_are_found),
	    cmocka_unit_test(what_the_leaves_can_rebuild_is_rebuilt),
	    cmocka_unit_test(a_lost_leaf_is_not_made_up),
	    cmocka_unit_test(a_repair_needs_the_lock),
	    cmocka_unit_test(nothing_to_check_is_no_fault),
	};

	note_key_setup();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
