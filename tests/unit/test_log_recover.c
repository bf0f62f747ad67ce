/*
 * test_log_recover.c: what private/log/committed is for. A crash after the
 * commit point is finished with the same bytes; where commit and published
 * tree contradict each other, nothing is written and nothing is signed.
 */
#include "log_box.h"

#include <sys/stat.h>

#define COMMITTED "private/log/committed"

static void must_be_refused(struct box *box)
{
	struct log_store *store = NULL;
	struct box_report report;
	struct err err = {0};

	box_remove(box, "untouched");
	box_copy(box, "log", "untouched");
	assert_int_equal(box_open(box, &store, &err), ERR_VERIFY);
	assert_non_null(strstr(err.message, COMMITTED));
	assert_int_equal(box_check(box, false, &report, NULL), ERR_VERIFY);
	assert_int_equal(report.n, 1);
	assert_string_equal(report.path[0], COMMITTED);
	assert_int_equal(box_check(box, true, &report, NULL), ERR_VERIFY);
	assert_true(box_is_same(box, "log", "untouched"));
}

/* The folder log/ as it was at size `from`, beside the commit of `to`. */
static void crash_after_commit(struct box *box, size_t from, size_t to)
{
	box_create(box);
	if (from > 0)
		box_append(box, from);
	box_copy(box, "log", "old");
	box_append(box, to - from);
	box_unlock(box);
	box_copy(box, "log", "new");
	box_copy(box, "old", "log");
}

static void a_crash_after_the_commit_is_finished_alike(void **state)
{
	static const size_t sizes[][2] = {{0, 1}, {0, 256}, {1, 2}, {3, 255},
	    {255, 256}, {255, 257}, {256, 257}, {200, 600}, {511, 512},
	    {512, 770}};

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct box box;
		crash_after_commit(&box, sizes[i][0], sizes[i][1]);
		assert_false(box_is_same(&box, "log", "new"));
		box_must_be_well(&box);
		assert_true(box_is_same(&box, "log", "new"));
		assert_int_equal(box_lock(&box, NULL), 0);
		assert_int_equal(log_store_size(box.store), sizes[i][1]);
		box_append(&box, 1);
		box_unlock(&box);
		box_must_be_well(&box);
		box_done(&box);
	}
}

/* Publishing was cut off at some file: any subset of the new ones is there,
 * and so may be a staged file of another mode. */
static void a_half_published_commit_is_finished_alike(void **state)
{
	static const char *const files[] = {"tile/entries/000", "tile/0/000",
	    "tile/1/000.p/1", "tile/entries/001.p/44", "tile/0/001.p/44"};
	size_t n = sizeof(files) / sizeof(files[0]);

	(void)state;
	for (size_t done = 0; done <= n; done++) {
		struct box box;
		struct stat st;
		crash_after_commit(&box, 200, 300);
		for (size_t i = 0; i < done; i++) {
			char from[64];
			char to[64];
			char *slash;
			(void)snprintf(from, 64, "new/%s", files[i]);
			(void)snprintf(to, 64, "log/%s", files[i]);
			slash = strrchr(to, '/');
			*slash = '\0';
			int fd = -1;
			assert_int_equal(
			    file_make_dir(&fd, box.fd, to, false, NULL), 0);
			(void)close(fd);
			*slash = '/';
			box_copy(&box, from, to);
		}
		box_write(&box, "private/log/staged", slice_of("rubbish"));
		assert_int_equal(
		    fchmodat(box.fd, "private/log/staged", 0400, 0), 0);
		box_must_be_well(&box);
		assert_true(box_is_same(&box, "log", "new"));
		assert_int_equal(fstatat(box.fd, "log/tile/0/000", &st, 0), 0);
		assert_int_equal(st.st_mode & 0444, 0444);
		assert_false(file_exists(box.fd, "private/log/staged"));
		box_done(&box);
	}
}

/* All of it was published but the partial forms were not yet removed. */
static void partial_forms_left_by_a_crash_are_removed(void **state)
{
	struct box box;

	(void)state;
	crash_after_commit(&box, 200, 300);
	box_copy(&box, "old/tile/0/000.p", "new/tile/0/000.p");
	box_copy(&box, "old/tile/entries/000.p", "new/tile/entries/000.p");
	box_copy(&box, "new", "log");
	box_must_be_well(&box);
	assert_int_equal(box_lock(&box, NULL), 0);
	assert_false(file_exists(box.fd, "log/tile/0/000.p"));
	assert_false(file_exists(box.fd, "log/tile/entries/000.p"));
	box_done(&box);
}

static void a_creation_that_was_cut_off_is_finished(void **state)
{
	struct box box;

	(void)state;
	box_create(&box);
	box_unlock(&box);
	box_copy(&box, "log", "new");
	box_remove(&box, "log/checkpoint");
	assert_int_equal(
	    log_store_create(box.fd, &box.secret, NULL), ERR_CONFLICT);
	box_must_be_well(&box);
	assert_true(box_is_same(&box, "log", "new"));
	box_done(&box);

	/* Before its commit point nothing has happened. */
	box_create(&box);
	box_unlock(&box);
	box_remove(&box, "log/checkpoint");
	box_remove(&box, COMMITTED);
	box_write(&box, "private/log/staged", slice_of("rubbish"));
	assert_int_equal(box_open(&box, &box.store, NULL), ERR_NOTFOUND);
	assert_int_equal(log_store_create(box.fd, &box.secret, NULL), 0);
	box_must_be_well(&box);
	box_done(&box);
}

static void a_pending_commit_waits_while_somebody_has_the_lock(void **state)
{
	struct box box;
	struct log_store *store = NULL;
	int lock_fd = -1;

	(void)state;
	crash_after_commit(&box, 200, 300);
	assert_int_equal(
	    file_lock(&lock_fd, box.fd, "private/log/lock", 0, NULL), 0);
	assert_int_equal(box_open(&box, &store, NULL), 0);
	assert_int_equal(log_store_size(store), 200);
	assert_int_equal(box_read_all(store, NULL), 0);
	assert_true(box_is_same(&box, "log", "old"));
	(void)close(lock_fd);
	assert_int_equal(log_store_lock(store, 0, NULL), 0);
	assert_int_equal(log_store_size(store), 300);
	assert_true(box_is_same(&box, "log", "new"));
	log_store_free(store);
	box_done(&box);
}

static void an_old_copy_of_the_tree_is_refused(void **state)
{
	struct box box;

	(void)state;
	box_create(&box);
	box_append(&box, 200);
	box_copy(&box, "log", "old");
	box_append(&box, 100);
	box_append(&box, 1);
	box_unlock(&box);
	box_copy(&box, "old", "log");
	must_be_refused(&box);
	box_done(&box);
}

static void an_old_copy_of_the_commit_is_refused(void **state)
{
	struct box box;

	(void)state;
	box_create(&box);
	box_append(&box, 200);
	box_copy(&box, COMMITTED, "old");
	box_append(&box, 100);
	box_unlock(&box);
	box_copy(&box, "old", COMMITTED);
	must_be_refused(&box);
	box_done(&box);
}

/* Two hosts, one key: each signed for another tree of one size. */
static void another_tree_of_the_same_size_is_refused(void **state)
{
	struct box box;
	struct slice leaf = slice_of("another leaf");
	uint64_t first;
	bool is_committed;

	(void)state;
	box_fill(&box, 5);
	box_copy(&box, "log", "other-log");
	box_copy(&box, "private", "other-private");
	assert_int_equal(box_lock(&box, NULL), 0);
	box_append(&box, 1);
	box_unlock(&box);
	box_copy(&box, "private", "mine");
	box_copy(&box, "other-log", "log");
	box_copy(&box, "other-private", "private");
	assert_int_equal(box_lock(&box, NULL), 0);
	assert_int_equal(log_store_append(box.store, &box.secret, &leaf, 1,
			     &first, &is_committed, NULL),
	    0);
	box_unlock(&box);
	box_copy(&box, "mine", "private");
	must_be_refused(&box);
	box_done(&box);
}

/* The pending commit belongs to another history of the same size. */
static void a_commit_upon_another_tree_is_refused(void **state)
{
	struct box box;
	struct slice leaf = slice_of("another leaf");
	uint64_t first;
	bool is_committed;

	(void)state;
	box_create(&box);
	assert_int_equal(log_store_append(box.store, &box.secret, &leaf, 1,
			     &first, &is_committed, NULL),
	    0);
	box_unlock(&box);
	box_copy(&box, "log", "other-log");
	box_remove(&box, "log");
	box_remove(&box, "private");
	assert_int_equal(log_store_create(box.fd, &box.secret, NULL), 0);
	assert_int_equal(box_lock(&box, NULL), 0);
	box_append(&box, 1);
	box_append(&box, 1);
	box_unlock(&box);
	box_copy(&box, "other-log", "log");
	must_be_refused(&box);
	box_done(&box);
}

/* The same folders, but suddenly with another ledger of the same key that is
 * well in itself: larger and other, or smaller. */
static void a_tree_that_changed_under_an_open_store_is_refused(void **state)
{
	(void)state;
	for (size_t n = 1; n <= 3; n += 2) {
		struct box box;
		struct slice leaf = slice_of("another leaf");
		uint64_t first;
		bool is_committed;
		char from[256];
		char to[256];
		box_create(&box);
		for (size_t i = 0; i < n; i++)
			assert_int_equal(
			    log_store_append(box.store, &box.secret, &leaf, 1,
				&first, &is_committed, NULL),
			    0);
		box_unlock(&box);
		box_copy(&box, "log", "other-log");
		box_copy(&box, "private", "other-private");
		box_remove(&box, "log");
		box_remove(&box, "private");
		assert_int_equal(
		    log_store_create(box.fd, &box.secret, NULL), 0);
		assert_int_equal(box_lock(&box, NULL), 0);
		box_append(&box, 2);
		log_store_unlock(box.store);
		box_path(from, &box, "other-log/.");
		box_path(to, &box, "log");
		assert_int_equal(box_run("cp", "-a", from, to), 0);
		box_path(from, &box, "other-private/log/.");
		box_path(to, &box, "private/log");
		assert_int_equal(box_run("cp", "-a", from, to), 0);
		assert_int_equal(
		    log_store_lock(box.store, 0, NULL), ERR_VERIFY);
		assert_int_equal(log_store_size(box.store), 2);
		box_done(&box);
	}
}

static void without_the_commit_a_ledger_can_only_be_read(void **state)
{
	struct box box;
	struct log_store *store = NULL;
	struct err err = {0};

	(void)state;
	struct box_report report;
	box_fill(&box, 5);
	box_remove(&box, COMMITTED);
	assert_int_equal(box_check(&box, false, &report, NULL), ERR_VERIFY);
	assert_int_equal(report.n, 1);
	assert_string_equal(report.path[0], COMMITTED);
	assert_int_equal(box_check(&box, true, &report, NULL), ERR_VERIFY);
	assert_int_equal(box_open(&box, &store, NULL), 0);
	assert_int_equal(log_store_lock(store, 0, &err), ERR_VERIFY);
	assert_non_null(strstr(err.message, COMMITTED));
	assert_int_equal(log_store_size(store), 5);
	assert_int_equal(box_read_all(store, NULL), 0);
	log_store_free(store);
	box_done(&box);
}

static void a_repair_removes_what_a_crash_left_staged(void **state)
{
	struct box box;
	struct box_report report;

	(void)state;
	box_fill(&box, 5);
	box_write(&box, "private/log/staged", slice_of("rubbish"));
	box_write(&box, "private/log/staged-3", slice_of("rubbish"));
	box_must_be_well(&box);
	assert_true(file_exists(box.fd, "private/log/staged-3"));
	assert_int_equal(box_check(&box, true, &report, NULL), 0);
	assert_int_equal(report.n, 0);
	assert_false(file_exists(box.fd, "private/log/staged"));
	assert_false(file_exists(box.fd, "private/log/staged-3"));
	box_must_be_well(&box);
	box_done(&box);
}

static void a_missing_checkpoint_is_not_made_up(void **state)
{
	struct box box;
	struct log_store *store = NULL;

	(void)state;
	box_fill(&box, 5);
	box_remove(&box, "log/checkpoint");
	assert_int_equal(box_open(&box, &store, NULL), ERR_VERIFY);
	assert_false(file_exists(box.fd, "log/checkpoint"));
	box_done(&box);
}

/* In each byte and at each length, pending or published. */
static void every_altered_commit_is_refused(void **state)
{
	(void)state;
	for (unsigned is_pending = 0; is_pending < 2; is_pending++) {
		struct box box;
		struct log_store *store = NULL;
		crash_after_commit(&box, 3, 5);
		if (!is_pending)
			box_copy(&box, "new", "log");
		box_copy(&box, "log", "untouched");
		struct buf bytes = box_read(&box, COMMITTED);
		for (size_t i = 0; i < 2 * bytes.n; i++) {
			struct slice bad = buf_slice(&bytes);
			if (i < bytes.n)
				bytes.p[i] ^= 1;
			else
				bad.n = i - bytes.n;
			box_write(&box, COMMITTED, bad);
			if (box_open(&box, &store, NULL) != ERR_VERIFY)
				fail_msg("%zu of %zu was accepted", i, bytes.n);
			if (i < bytes.n)
				bytes.p[i] ^= 1;
		}
		buf_putc(&bytes, '\0');
		box_write(&box, COMMITTED, buf_slice(&bytes));
		assert_int_equal(box_open(&box, &store, NULL), ERR_VERIFY);
		must_be_refused(&box);
		assert_true(box_is_same(&box, "log", "untouched"));
		buf_done(&bytes);
		box_done(&box);
	}
}

/* --- what others have seen --- */

static struct buf checkpoint_of(const struct box *box)
{
	return box_read(box, "log/checkpoint");
}

/* A whole folder from a backup, with its own commit: only what others have
 * seen tells that it is old. */
static void a_backup_below_what_others_have_seen_is_refused(void **state)
{
	struct box box;
	struct box_report report;
	struct log_store *store = NULL;
	struct err err = {0};

	(void)state;
	box_create(&box);
	box_append(&box, 300);
	box_copy(&box, "log", "old-log");
	box_copy(&box, "private/log", "old-private");
	box_append(&box, 300);
	struct buf seen = checkpoint_of(&box);
	assert_int_equal(
	    log_store_note_seen(box.store, buf_slice(&seen), NULL), 0);
	box_append(&box, 1);
	box_unlock(&box);
	box_must_be_well(&box);

	box_copy(&box, "private/log/seen", "seen");
	box_copy(&box, "old-log", "log");
	box_copy(&box, "old-private", "private/log");
	box_must_be_well(&box); /* nobody knows better */
	box_copy(&box, "seen", "private/log/seen");
	assert_int_equal(box_open(&box, &store, &err), ERR_VERIFY);
	assert_non_null(strstr(err.message,
	    "private/log/seen: others have "
	    "seen 600 leaves, and here are "
	    "300"));
	assert_int_equal(box_check(&box, true, &report, NULL), ERR_VERIFY);
	assert_string_equal(report.path[0], "private/log/seen");

	/* The same by a witness that is asked once the copy is open. */
	box_remove(&box, "private/log/seen");
	assert_int_equal(box_lock(&box, NULL), 0);
	assert_int_equal(
	    log_store_note_seen(box.store, buf_slice(&seen), NULL), ERR_VERIFY);
	bool is_committed;
	assert_int_equal(
	    box_try_append(&box, 1, &is_committed, NULL), ERR_DENIED);
	box_unlock(&box);
	assert_int_equal(box_lock(&box, NULL), ERR_VERIFY);
	buf_done(&seen);
	box_done(&box);
}

/* The same key in two folders: both sign, and whoever sees both stops one. */
static void a_second_ledger_with_the_same_key_is_refused(void **state)
{
	struct box a;
	struct box b;
	struct slice other = slice_of("another leaf");
	uint64_t first;
	bool is_committed;

	(void)state;
	box_create(&a);
	box_create(&b);
	box_append(&a, 5);
	assert_int_equal(log_store_append(b.store, &b.secret, &other, 1, &first,
			     &is_committed, NULL),
	    0);
	struct buf small = checkpoint_of(&b);
	assert_int_equal(
	    log_store_note_seen(a.store, buf_slice(&small), NULL), ERR_VERIFY);
	assert_int_equal(
	    box_try_append(&a, 1, &is_committed, NULL), ERR_DENIED);
	box_unlock(&a);
	assert_int_equal(box_lock(&a, NULL), ERR_VERIFY);
	buf_done(&small);
	box_done(&a);
	box_done(&b);
}

static void what_others_have_seen_never_goes_back(void **state)
{
	struct box box;

	(void)state;
	box_create(&box);
	box_append(&box, 3);
	struct buf old = checkpoint_of(&box);
	box_append(&box, 3);
	struct buf new = checkpoint_of(&box);
	assert_int_equal(
	    log_store_note_seen(box.store, buf_slice(&new), NULL), 0);
	assert_int_equal(
	    log_store_note_seen(box.store, buf_slice(&old), NULL), 0);
	struct buf kept = box_read(&box, "private/log/seen");
	assert_true(slice_is(buf_slice(&kept), buf_slice(&new)));

	/* A mere claim changes nothing. */
	kept.p[kept.n / 2] ^= 1;
	assert_true(log_store_note_seen(box.store, buf_slice(&kept), NULL) < 0);
	box_append(&box, 1);
	box_unlock(&box);
	box_must_be_well(&box);
	for (size_t i = 0; i < new.n; i++) {
		struct box_report report;
		new.p[i] ^= 1;
		box_write(&box, "private/log/seen", buf_slice(&new));
		new.p[i] ^= 1;
		assert_int_equal(box_lock(&box, NULL), ERR_VERIFY);
		assert_int_equal(
		    box_check(&box, false, &report, NULL), ERR_VERIFY);
		assert_string_equal(report.path[0], "private/log/seen");
	}
	buf_done(&old);
	buf_done(&new);
	buf_done(&kept);
	box_done(&box);
}

/* --- the two steps of an append --- */

static void a_commit_is_durable_before_it_is_published(void **state)
{
	struct box box;
	struct slice leaf = slice_of("leaf 0");
	uint64_t first = 9;
	bool is_committed = false;

	(void)state;
	box_create(&box);
	assert_int_equal(log_store_commit(box.store, &box.secret, &leaf, 1,
			     &first, &is_committed, NULL),
	    0);
	assert_true(is_committed);
	assert_int_equal(first, 0);
	assert_int_equal(log_store_size(box.store), 0);
	assert_true(slice_starts_with(
	    log_store_committed(box.store), BOX_ORIGIN "\n1\n"));
	assert_int_equal(
	    log_store_add_cosignatures(box.store, slice_of(""), NULL),
	    ERR_USAGE);
	box_unlock(&box); /* as a crash would */
	box_must_be_well(&box);
	assert_int_equal(box_lock(&box, NULL), 0);
	assert_int_equal(log_store_size(box.store), 1);
	assert_int_equal(log_store_publish(box.store, NULL), 0);
	leaf = slice_of("leaf 1");
	assert_int_equal(log_store_commit(box.store, &box.secret, &leaf, 1,
			     &first, &is_committed, NULL),
	    0);
	assert_int_equal(log_store_publish(box.store, NULL), 0);
	assert_int_equal(log_store_size(box.store), 2);
	box_unlock(&box);
	box_must_be_well(&box);
	box_done(&box);
}

static void commit_one(struct box *box, uint64_t index)
{
	struct slice leaf = box_leaf(index);
	uint64_t first = 99;
	bool is_committed = false;

	assert_int_equal(log_store_commit(box->store, &box->secret, &leaf, 1,
			     &first, &is_committed, NULL),
	    0);
	assert_true(is_committed);
	assert_int_equal(first, index);
}

/* Whether they are published together or a crash comes before that, after any
 * number of them, with full tiles and without. */
static void commits_that_wait_become_one(void **state)
{
	static const uint64_t starts[] = {0, 1, 254, 255, 511};

	(void)state;
	for (size_t s = 0; s < sizeof(starts) / sizeof(starts[0]); s++)
		for (unsigned n = 1; n <= 4; n++) {
			struct box crashed, published;

			box_create(&crashed);
			box_create(&published);
			if (starts[s] > 0) {
				box_append(&crashed, starts[s]);
				box_append(&published, starts[s]);
			}
			for (unsigned i = 0; i < n; i++) {
				uint64_t index = starts[s] + i;

				commit_one(&crashed, index);
				commit_one(&published, index);
			}
			assert_int_equal(
			    log_store_size(published.store), starts[s]);
			assert_int_equal(
			    log_store_publish(published.store, NULL), 0);
			box_unlock(&crashed);
			box_must_be_well(&crashed);
			assert_int_equal(box_lock(&crashed, NULL), 0);
			assert_int_equal(
			    log_store_size(crashed.store), starts[s] + n);
			assert_true(
			    slice_is(log_store_checkpoint(crashed.store),
				log_store_checkpoint(published.store)));
			box_unlock(&crashed);
			box_unlock(&published);
			box_must_be_well(&crashed);
			box_must_be_well(&published);
			box_done(&crashed);
			box_done(&published);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_crash_after_the_commit_is_finished_alike),
	    cmocka_unit_test(commits_that_wait_become_one),
	    cmocka_unit_test(a_half_published_commit_is_finished_alike),
	    cmocka_unit_test(partial_forms_left_by_a_crash_are_removed),
	    cmocka_unit_test(a_creation_that_was_cut_off_is_finished),
	    cmocka_unit_test(
		a_pending_commit_waits_while_somebody_has_the_lock),
	    cmocka_unit_test(an_old_copy_of_the_tree_is_refused),
	    cmocka_unit_test(an_old_copy_of_the_commit_is_refused),
	    cmocka_unit_test(another_tree_of_the_same_size_is_refused),
	    cmocka_unit_test(a_commit_upon_another_tree_is_refused),
	    cmocka_unit_test(
		a_tree_that_changed_under_an_open_store_is_refused),
	    cmocka_unit_test(without_the_commit_a_ledger_can_only_be_read),
	    cmocka_unit_test(a_repair_removes_what_a_crash_left_staged),
	    cmocka_unit_test(a_missing_checkpoint_is_not_made_up),
	    cmocka_unit_test(every_altered_commit_is_refused),
	    cmocka_unit_test(a_backup_below_what_others_have_seen_is_refused),
	    cmocka_unit_test(a_second_ledger_with_the_same_key_is_refused),
	    cmocka_unit_test(what_others_have_seen_never_goes_back),
	    cmocka_unit_test(a_commit_is_durable_before_it_is_published),
	};

	note_key_setup();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
