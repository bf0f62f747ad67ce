/*
 * test_site.c: a site log takes what continues, refuses what does not, and
 * gives steps that hold.
 */
#include "log_box.h"
#include "site.h"

#define CASES 2

struct place {
	struct box site_box;
	struct box cases[CASES];
	struct site *site;
	struct site_log logs[CASES];
};

static void make_box(struct box *box, const char *name, uint8_t byte)
{
	uint8_t seed[32];

	box_init(box);
	memset(seed, byte, sizeof(seed));
	assert_int_equal(note_secret_from_seed(&box->secret, slice_of(name),
			     NOTE_KEY_ED25519, seed, NULL),
	    0);
	assert_int_equal(log_store_create(box->fd, &box->secret, NULL), 0);
	assert_int_equal(box_lock(box, NULL), 0);
}

static int set_up(void **state)
{
	struct place *p = calloc(1, sizeof(*p));

	make_box(&p->site_box, "site.example/log", 9);
	make_box(&p->cases[0], "a.example/log", 1);
	make_box(&p->cases[1], "b.example/log", 2);
	for (size_t i = 0; i < CASES; i++)
		p->logs[i] = (struct site_log){
		    .case_fd = p->cases[i].fd, .key = &p->cases[i].secret.key};
	*state = p;
	return site_new(&p->site, p->site_box.store, NULL);
}

static int tear_down(void **state)
{
	struct place *p = *state;

	site_free(p->site);
	for (size_t i = 0; i < CASES; i++) {
		site_log_done(&p->logs[i]);
		box_done(&p->cases[i]);
	}
	box_done(&p->site_box);
	free(p);
	return 0;
}

static void take(struct place *p, size_t n)
{
	struct err err = {0};

	for (size_t i = 0; i < CASES; i++)
		site_log_done(&p->logs[i]);
	if (site_take(p->site, &p->site_box.secret, p->logs, n, &err) != 0)
		fail_msg("%s", err.message);
}

static void check_step(struct place *p, size_t i, uint64_t index)
{
	struct log_site step;
	struct err err = {0};
	struct buf out;

	buf_init(&out, LOG_SITE_MAX);
	assert_int_equal(
	    site_put_step(p->site, p->logs[i].key, NULL, 0, &out, &err), 0);
	if (log_site_check(&step, buf_slice(&out),
		log_store_checkpoint(p->cases[i].store), p->logs[i].key,
		&err) != 0)
		fail_msg("%s", err.message);
	assert_int_equal(step.index, index);
	assert_int_equal(step.size, log_store_size(p->site_box.store));
	buf_done(&out);
}

static void takes_each_log_as_it_grows(void **state)
{
	struct place *p = *state;

	take(p, CASES);
	assert_int_equal(p->logs[0].outcome, SITE_SAME); /* nothing in it yet */
	assert_int_equal(log_store_size(p->site_box.store), 0);
	box_append(&p->cases[0], 3);
	box_append(&p->cases[1], 300);
	take(p, CASES);
	assert_int_equal(p->logs[0].outcome, SITE_ENTERED);
	assert_int_equal(p->logs[1].outcome, SITE_ENTERED);
	assert_int_equal(log_store_size(p->site_box.store), 2);
	check_step(p, 0, 0);
	check_step(p, 1, 1);
	box_append(&p->cases[1], 700);
	take(p, CASES);
	assert_int_equal(p->logs[0].outcome, SITE_SAME);
	assert_int_equal(p->logs[1].outcome, SITE_ENTERED);
	assert_int_equal(p->logs[1].old_size, 300);
	assert_int_equal(log_store_size(p->site_box.store), 3);
	check_step(p, 0, 0);
	check_step(p, 1, 2);
	assert_int_equal(site_log_count(p->site), 2);
	take(p, CASES);
	assert_int_equal(log_store_size(p->site_box.store), 3);
}

static void remembers_when_it_is_opened_again(void **state)
{
	struct place *p = *state;
	uint64_t index;

	box_append(&p->cases[0], 3);
	take(p, CASES);
	site_free(p->site);
	p->site = NULL;
	assert_int_equal(site_new(&p->site, p->site_box.store, NULL), 0);
	assert_int_equal(site_log_count(p->site), 1);
	struct site_entry entry = site_log_last(p->site, 0, &index);
	assert_true(slice_is_text(entry.origin, "a.example/log"));
	assert_int_equal(entry.size, 3);
	assert_int_equal(index, 0);
	take(p, CASES);
	assert_int_equal(p->logs[0].outcome, SITE_SAME);
}

/* The whole ledger is put back as it was: nothing in it is false. */
static void refuses_a_log_that_was_set_back(void **state)
{
	struct place *p = *state;
	struct box *box = &p->cases[0];

	box_append(box, 3);
	box_copy(box, "log", "old-log");
	box_copy(box, "private", "old-private");
	box_append(box, 2);
	take(p, CASES);
	box_unlock(box);
	box_copy(box, "old-log", "log");
	box_copy(box, "old-private", "private");
	take(p, CASES);
	assert_int_equal(p->logs[0].outcome, SITE_BEHIND);
	assert_int_equal(p->logs[0].old_size, 5);
	assert_true(p->logs[0].checkpoint.n > 0);
	assert_int_equal(log_store_size(p->site_box.store), 1);
}

static void append_other_open(struct box *box, const char *text)
{
	struct slice leaf = slice_of(text);
	bool is_committed;
	uint64_t first;

	assert_int_equal(log_store_append(box->store, &box->secret, &leaf, 1,
			     &first, &is_committed, NULL),
	    0);
}

static void append_other(struct box *box, const char *text)
{
	assert_int_equal(box_lock(box, NULL), 0);
	append_other_open(box, text);
}

/* Set back and continued otherwise, by the key itself: to the same size, and
 * to a larger one. */
static void refuses_another_history(void **state)
{
	struct place *p = *state;
	struct box *box = &p->cases[0];

	box_append(box, 3);
	box_copy(box, "log", "old-log");
	box_copy(box, "private", "old-private");
	box_append(box, 1);
	take(p, CASES);
	box_unlock(box);
	box_copy(box, "old-log", "log");
	box_copy(box, "old-private", "private");
	append_other(box, "another fourth leaf");
	take(p, CASES);
	assert_int_equal(p->logs[0].outcome, SITE_SPLIT);
	box_unlock(box);
	append_other(box, "and a fifth one");
	box_append(&p->cases[1], 1);
	take(p, CASES);
	assert_int_equal(p->logs[0].outcome, SITE_SPLIT);
	assert_non_null(strstr(p->logs[0].why.message, "another history"));
	assert_int_equal(p->logs[1].outcome, SITE_ENTERED);
	assert_int_equal(log_store_size(p->site_box.store), 2);
}

/* Of two folders of one log the second is judged by what the first became. */
static void judges_one_by_one_what_has_one_name(void **state)
{
	struct place *p = *state;
	struct site_log logs[3] = {p->logs[0], p->logs[0], p->logs[0]};
	struct box other;
	struct err err = {0};

	make_box(&other, "a.example/log", 1);
	box_append(&p->cases[0], 3);
	append_other_open(&other, "another leaf");
	logs[2].case_fd = other.fd;
	if (site_take(p->site, &p->site_box.secret, logs, 3, &err) != 0)
		fail_msg("%s", err.message);
	assert_int_equal(logs[0].outcome, SITE_ENTERED);
	assert_int_equal(logs[1].outcome, SITE_SAME);
	assert_int_equal(logs[2].outcome, SITE_BEHIND);
	assert_int_equal(log_store_size(p->site_box.store), 1);
	for (size_t i = 0; i < 3; i++)
		site_log_done(&logs[i]);
	box_done(&other);
}

static void refuses_another_key_for_a_name(void **state)
{
	struct place *p = *state;
	struct site_log log = p->logs[0];
	struct box other;

	make_box(&other, "a.example/log", 7);
	box_append(&p->cases[0], 3);
	append_other_open(&other, "another leaf");
	take(p, CASES);
	log.case_fd = other.fd;
	log.key = &other.secret.key;
	assert_int_equal(
	    site_take(p->site, &p->site_box.secret, &log, 1, NULL), 0);
	assert_int_equal(log.outcome, SITE_SPLIT);
	assert_int_equal(log_store_size(p->site_box.store), 1);
	site_log_done(&log);
	box_done(&other);
}

static void says_what_cannot_be_read_and_goes_on(void **state)
{
	struct place *p = *state;

	box_append(&p->cases[0], 3);
	box_append(&p->cases[1], 3);
	box_remove(&p->cases[0], "log/tile");
	take(p, CASES);
	assert_int_equal(p->logs[0].outcome, SITE_UNREAD);
	assert_true(p->logs[0].why.message[0] != '\0');
	assert_int_equal(p->logs[1].outcome, SITE_ENTERED);
}

static void append_to_site(struct place *p, struct slice leaf)
{
	bool is_committed;
	uint64_t first;

	assert_int_equal(
	    log_store_append(p->site_box.store, &p->site_box.secret, &leaf, 1,
		&first, &is_committed, NULL),
	    0);
}

static void refuses_a_site_log_with_something_else_in_it(void **state)
{
	struct place *p = *state;
	struct site *site = NULL;

	append_to_site(p, slice_of("no checkpoint"));
	assert_int_equal(site_new(&site, p->site_box.store, NULL), ERR_VERIFY);
	assert_null(site);
}

static void refuses_a_site_log_that_goes_back(void **state)
{
	struct place *p = *state;
	struct site *site = NULL;

	box_append(&p->cases[0], 3);
	take(p, CASES);
	append_to_site(p, buf_slice(&p->logs[0].checkpoint));
	assert_int_equal(site_new(&site, p->site_box.store, NULL), ERR_VERIFY);
}

static void keeps_a_step_and_writes_it_once(void **state)
{
	struct place *p = *state;
	struct buf there;

	assert_int_equal(
	    site_keep_step(p->cases[0].fd, slice_of("step\n"), NULL), 0);
	there = box_read(&p->cases[0], SITE_STEP_PATH);
	assert_string_equal(there.p, "step\n");
	buf_done(&there);
	assert_int_equal(
	    site_keep_step(p->cases[0].fd, slice_of("step\n"), NULL), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(takes_each_log_as_it_grows),
	    TEST(remembers_when_it_is_opened_again),
	    TEST(refuses_a_log_that_was_set_back),
	    TEST(refuses_another_history),
	    TEST(judges_one_by_one_what_has_one_name),
	    TEST(refuses_another_key_for_a_name),
	    TEST(says_what_cannot_be_read_and_goes_on),
	    TEST(refuses_a_site_log_with_something_else_in_it),
	    TEST(refuses_a_site_log_that_goes_back),
	    TEST(keeps_a_step_and_writes_it_once),
	};

	note_key_setup();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
