/*
 * test_log_copy.c: a copy is at every moment a whole, true ledger, whatever is
 * added, whatever the disk does, and wherever it is broken off.
 */
#include "log_box.h"

#include "log_copy.h"
#include "note.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

/* A ledger, its checkpoints on the way, and the folder of its copy. */
struct pair {
	struct box box;
	int copy_fd;
	struct buf first; /* the checkpoint of FIRST leaves */
	struct buf last; /* and of LAST */
};

#define FIRST 5
#define LAST 600

static void keep_checkpoint(struct buf *out, const struct box *box)
{
	struct slice note = log_store_checkpoint(box->store);

	buf_init(out, LOG_CHECKPOINT_MAX);
	buf_put_slice(out, note);
	assert_int_equal(buf_check(out, NULL), 0);
}

static int set_up(void **state)
{
	struct pair *pair = calloc(1, sizeof(*pair));
	struct box *box = &pair->box;

	assert_non_null(pair);
	box_create(box);
	box_append(box, FIRST);
	keep_checkpoint(&pair->first, box);
	box_append(box, LAST - FIRST);
	keep_checkpoint(&pair->last, box);
	box_unlock(box);
	assert_int_equal(mkdirat(box->fd, "copy", 0700), 0);
	assert_int_equal(
	    file_open_dir(&pair->copy_fd, box->fd, "copy", NULL), 0);
	*state = pair;
	return 0;
}

static int tear_down(void **state)
{
	struct pair *pair = *state;

	(void)close(pair->copy_fd);
	buf_done(&pair->first);
	buf_done(&pair->last);
	box_done(&pair->box);
	free(pair);
	return 0;
}

static struct log_copy *open_copy(const struct pair *pair)
{
	struct log_copy *copy = NULL;
	struct err err = {0};

	if (log_copy_open(&copy, pair->copy_fd, &pair->box.secret.key, &err) !=
	    0)
		fail_msg("%s", err.message);
	return copy;
}

static int add(struct log_copy *copy, uint64_t end, struct err *err)
{
	int r = 0;

	while (r == 0 && log_copy_added(copy) < end)
		r = log_copy_add(copy, box_leaf(log_copy_added(copy)), err);
	return r;
}

/* Opens, adds up to `end`, takes the checkpoint. */
static int bring_up(const struct pair *pair, uint64_t end,
    const struct buf *checkpoint, struct err *err)
{
	struct log_copy *copy = NULL;

	int r = log_copy_open(&copy, pair->copy_fd, &pair->box.secret.key, err);
	if (r == 0)
		r = add(copy, end, err);
	if (r == 0)
		r = log_copy_finish(copy, buf_slice(checkpoint), err);
	log_copy_free(copy);
	return r;
}

/* The copy is a whole ledger of so many leaves, by its own files. */
static void must_have(const struct pair *pair, uint64_t size)
{
	struct log_store *store = NULL;
	struct box_report report = {0};
	struct err err = {0};

	if (log_store_open(
		&store, pair->copy_fd, &pair->box.secret.key, &err) != 0)
		fail_msg("%s", err.message);
	assert_int_equal(log_store_size(store), size);
	assert_int_equal(box_read_all(store, NULL), 0);
	log_store_free(store);
	if (log_store_check(pair->copy_fd, &pair->box.secret.key, false,
		box_report, &report, &err) != 0)
		fail_msg("%s: %s", report.path[0], report.sentence[0]);
}

static void a_copy_has_every_byte_of_the_ledger(void **state)
{
	struct pair *pair = *state;

	assert_int_equal(bring_up(pair, LAST, &pair->last, NULL), 0);
	must_have(pair, LAST);
	assert_true(box_is_same(&pair->box, "log", "copy/log"));
}

static void a_copy_grows_from_any_size(void **state)
{
	struct pair *pair = *state;

	assert_int_equal(bring_up(pair, FIRST, &pair->first, NULL), 0);
	must_have(pair, FIRST);
	struct log_copy *copy = open_copy(pair);
	assert_int_equal(log_copy_size(copy), FIRST);
	assert_int_equal(log_copy_added(copy), FIRST);
	assert_int_equal(add(copy, LAST, NULL), 0);
	assert_int_equal(log_copy_size(copy), FIRST);
	assert_int_equal(
	    log_copy_finish(copy, buf_slice(&pair->last), NULL), 0);
	assert_int_equal(log_copy_size(copy), LAST);
	log_copy_free(copy);
	must_have(pair, LAST);
}

/* ---- what is false ---- */

/* After whatever was refused the copy is the one from before, and the right
 * leaves still lead on. */
static void must_go_on(const struct pair *pair)
{
	must_have(pair, FIRST);
	assert_int_equal(bring_up(pair, LAST, &pair->last, NULL), 0);
	must_have(pair, LAST);
}

static void a_wrong_leaf_anywhere_is_refused(void **state)
{
	static const uint64_t wrong[] = {FIRST, 255, 256, 400, 511, 512, 599};
	struct pair *pair = *state;

	assert_int_equal(bring_up(pair, FIRST, &pair->first, NULL), 0);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct log_copy *copy = open_copy(pair);
		struct err err = {0};
		assert_int_equal(add(copy, wrong[i], NULL), 0);
		assert_int_equal(log_copy_add(copy, slice_of("lie"), NULL), 0);
		assert_int_equal(add(copy, LAST, NULL), 0);
		assert_int_equal(
		    log_copy_finish(copy, buf_slice(&pair->last), &err),
		    ERR_VERIFY);
		assert_non_null(strstr(err.message, "do not lead to"));
		assert_int_equal(log_copy_size(copy), FIRST);
		log_copy_free(copy);
		must_have(pair, FIRST);
	}
	must_go_on(pair);
}

static void too_few_or_too_many_leaves_are_refused(void **state)
{
	static const uint64_t ends[] = {FIRST, 256, LAST - 1, LAST + 1};
	struct pair *pair = *state;

	assert_int_equal(bring_up(pair, FIRST, &pair->first, NULL), 0);
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		assert_int_equal(
		    bring_up(pair, ends[i], &pair->last, NULL), ERR_VERIFY);
	must_go_on(pair);
}

/* Another tree of the same size, signed by the same key. */
static void another_root_is_refused(void **state)
{
	struct pair *pair = *state;
	struct hash root = {{7}};
	struct buf note;

	assert_int_equal(bring_up(pair, FIRST, &pair->first, NULL), 0);
	buf_init(&note, LOG_CHECKPOINT_MAX);
	log_checkpoint_put(&note, slice_of(BOX_ORIGIN), LAST, &root);
	struct slice text = buf_slice(&note);
	struct buf lines;
	buf_init(&lines, LOG_CHECKPOINT_MAX);
	assert_int_equal(
	    note_put_signature(&lines, &pair->box.secret, text, NULL), 0);
	buf_putc(&note, '\n');
	buf_put_slice(&note, buf_slice(&lines));
	assert_int_equal(bring_up(pair, LAST, &note, NULL), ERR_VERIFY);
	buf_done(&lines);
	buf_done(&note);
	must_go_on(pair);
}

static void a_checkpoint_that_is_not_the_logs_is_refused(void **state)
{
	struct pair *pair = *state;

	assert_int_equal(bring_up(pair, FIRST, &pair->first, NULL), 0);
	for (size_t i = 0; i < pair->last.n; i += 7) {
		pair->last.p[i] ^= 1;
		int r = bring_up(pair, LAST, &pair->last, NULL);
		assert_true(r == ERR_VERIFY || r == ERR_FORMAT);
		pair->last.p[i] ^= 1;
	}
	must_go_on(pair);
}

static void a_leaf_that_is_none_is_refused(void **state)
{
	struct pair *pair = *state;
	char *large = calloc(1, LOG_TILE_ENTRY_MAX + 1);
	struct log_copy *copy = open_copy(pair);

	assert_int_equal(
	    log_copy_add(copy, (struct slice){"", 0}, NULL), ERR_FORMAT);
	assert_int_equal(
	    log_copy_add(
		copy, (struct slice){large, LOG_TILE_ENTRY_MAX + 1}, NULL),
	    ERR_LIMIT);
	assert_int_equal(log_copy_added(copy), 0);
	assert_int_equal(add(copy, FIRST, NULL), 0);
	assert_int_equal(
	    log_copy_finish(copy, buf_slice(&pair->first), NULL), 0);
	log_copy_free(copy);
	free(large);
	must_have(pair, FIRST);
}

static void what_lies_there_must_be_of_this_key(void **state)
{
	struct pair *pair = *state;
	uint8_t seed[32] = {9};
	struct note_secret other;
	struct log_copy *copy = NULL;

	assert_int_equal(bring_up(pair, FIRST, &pair->first, NULL), 0);
	assert_int_equal(note_secret_from_seed(&other, slice_of(BOX_ORIGIN),
			     NOTE_KEY_ED25519, seed, NULL),
	    0);
	assert_int_equal(
	    log_copy_open(&copy, pair->copy_fd, &other.key, NULL), ERR_VERIFY);
	assert_null(copy);
}

/* ---- what the disk does ---- */

/* In a process whose files end at `limit` bytes. */
static int bring_up_below(const struct pair *pair, uint64_t end,
    const struct buf *checkpoint, rlim_t limit)
{
	int status = 0;
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		struct rlimit rlimit = {limit, limit};
		(void)signal(SIGXFSZ, SIG_IGN);
		if (setrlimit(RLIMIT_FSIZE, &rlimit) != 0)
			_exit(99);
		_exit(-bring_up(pair, end, checkpoint, NULL));
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) != 99);
	return -WEXITSTATUS(status);
}

static void a_full_disk_leaves_the_copy_from_before(void **state)
{
	/* Each stops at another file: the first bundle, a tile, the partial
	 * bundle and tile, the checkpoint is smaller than all. */
	static const rlim_t limits[] = {0, 1, 100, 1000, 2000, 2600, 8191};
	struct pair *pair = *state;

	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++)
		if (limits[i] < 100)
			assert_int_equal(bring_up_below(pair, FIRST,
					     &pair->first, limits[i]),
			    ERR_IO);
	assert_false(file_exists(pair->copy_fd, "log/checkpoint"));
	assert_int_equal(bring_up(pair, FIRST, &pair->first, NULL), 0);
	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		assert_int_equal(
		    bring_up_below(pair, LAST, &pair->last, limits[i]), ERR_IO);
		must_have(pair, FIRST);
	}
	assert_int_equal(bring_up_below(pair, LAST, &pair->last, 8192), 0);
	must_have(pair, LAST);
}

/* A folder in the place of a file, in the order in which they are written. */
static void a_write_that_fails_leaves_the_copy_from_before(void **state)
{
	static const char *const at[] = {"log/tile/entries/000",
	    "log/tile/0/000", "log/tile/entries/001", "log/tile/0/001",
	    "log/tile/0/002.p/88", "log/tile/entries/002.p/88",
	    "log/tile/1/000.p/2"};
	struct pair *pair = *state;
	struct buf path;

	assert_int_equal(bring_up(pair, FIRST, &pair->first, NULL), 0);
	buf_init(&path, 256);
	for (size_t i = 0; i < sizeof(at) / sizeof(at[0]); i++) {
		buf_clear(&path);
		buf_printf(&path, "%s/copy/%s", pair->box.path, at[i]);
		assert_int_equal(buf_check(&path, NULL), 0);
		assert_int_equal(box_run("mkdir", "-p", path.p, NULL), 0);
		assert_int_not_equal(
		    bring_up(pair, LAST, &pair->last, NULL), 0);
		assert_int_equal(rmdir(path.p), 0);
		must_have(pair, FIRST);
	}
	buf_done(&path);
	must_go_on(pair);
}

static void an_interrupted_copy_is_taken_up_again(void **state)
{
	static const uint64_t ends[] = {1, 4, 255, 256, 257, 511, 512, LAST};
	struct pair *pair = *state;

	/* Before the first checkpoint, too. */
	for (int round = 0; round < 2; round++) {
		for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
			struct log_copy *copy = open_copy(pair);
			assert_int_equal(
			    log_copy_size(copy), round == 0 ? 0 : FIRST);
			assert_int_equal(add(copy, ends[i], NULL), 0);
			log_copy_free(copy);
			if (round > 0)
				must_have(pair, FIRST);
		}
		if (round == 0)
			assert_int_equal(
			    bring_up(pair, FIRST, &pair->first, NULL), 0);
	}
	must_go_on(pair);
}

/* Killed at a time that nobody chose; the next one always goes on. */
static void a_killed_copy_is_taken_up_again(void **state)
{
	struct pair *pair = *state;
	unsigned killed = 0;

	assert_int_equal(bring_up(pair, FIRST, &pair->first, NULL), 0);
	for (useconds_t wait = 0; wait < 6000; wait += 250) {
		int status = 0;
		pid_t child = fork();
		assert_true(child >= 0);
		if (child == 0) {
			for (;;) {
				struct log_copy *copy = open_copy(pair);
				(void)!add(copy, LAST, NULL);
				log_copy_free(copy);
			}
		}
		(void)usleep(wait);
		(void)kill(child, SIGKILL);
		assert_int_equal(waitpid(child, &status, 0), child);
		killed += WIFSIGNALED(status);
		must_have(pair, FIRST);
	}
	assert_int_equal(killed, 24);
	must_go_on(pair);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		a_copy_has_every_byte_of_the_ledger, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		a_copy_grows_from_any_size, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		a_wrong_leaf_anywhere_is_refused, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		too_few_or_too_many_leaves_are_refused, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		another_root_is_refused, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		a_checkpoint_that_is_not_the_logs_is_refused, set_up,
		tear_down),
	    cmocka_unit_test_setup_teardown(
		a_leaf_that_is_none_is_refused, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		what_lies_there_must_be_of_this_key, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		a_full_disk_leaves_the_copy_from_before, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		a_write_that_fails_leaves_the_copy_from_before, set_up,
		tear_down),
	    cmocka_unit_test_setup_teardown(
		an_interrupted_copy_is_taken_up_again, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		a_killed_copy_is_taken_up_again, set_up, tear_down),
	};

	note_key_setup();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
