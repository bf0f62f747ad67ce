/*
 * test_witness_answer.c: every answer of a witness, what stands on disk after
 * it, and two clients that race.
 */
#include "witness_answer.h"

#include "file.h"
#include "when.h"
#include "witness_box.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

static struct box_log log_;
static struct note_secret secret;
static struct witness_logs logs;
static struct witness_state *store;
static struct witness *witness;
static struct witness_answer answer;
static char folder[64];

static void open_witness(void)
{
	assert_int_equal(
	    witness_state_open(&store, folder, &secret.key, NULL), 0);
	assert_int_equal(
	    witness_answer_new(&witness, &logs, store, &secret, NULL), 0);
}

static void close_witness(void)
{
	witness_answer_free(witness);
	witness_state_free(store);
}

static int setup(void **state)
{
	(void)state;
	(void)snprintf(folder, sizeof(folder), "/tmp/witness-box-XXXXXX");
	assert_non_null(mkdtemp(folder));
	box_log_init(&log_, 0);
	secret = box_secret(BOX_WITNESS, NOTE_KEY_COSIGNATURE, 2);
	witness_logs_init(&logs);
	assert_int_equal(witness_logs_add(&logs, &log_.secret.key,
			     slice_of(BOX_ORIGIN), WITNESS_LOGS_PER_DAY, NULL),
	    0);
	open_witness();
	return 0;
}

static int remove_name(void *cookie, const char *name, struct err *err)
{
	return file_remove(*(int *)cookie, name, err);
}

static int teardown(void **state)
{
	int fd;

	(void)state;
	close_witness();
	witness_logs_done(&logs);
	buf_done(&answer.body);
	memset(&answer, 0, sizeof(answer));
	assert_int_equal(file_open_dir(&fd, AT_FDCWD, folder, NULL), 0);
	assert_int_equal(file_list(fd, ".", remove_name, &fd, NULL), 0);
	(void)close(fd);
	return rmdir(folder);
}

static unsigned ask(const struct buf *body, int64_t now)
{
	buf_done(&answer.body);
	witness_answer_add(witness, buf_slice(body), now, &answer);
	return answer.status;
}

static unsigned add(const struct box_log *log, uint64_t old_size, uint64_t size)
{
	struct buf body;

	buf_init(&body, 65536);
	box_request(log, old_size, size, &body);
	unsigned status = ask(&body, BOX_NOW);
	buf_done(&body);
	return status;
}

static uint64_t stored_size(void)
{
	struct log_checkpoint head;
	struct buf note;

	buf_init(&note, 65536);
	assert_int_equal(
	    witness_state_read(store, slice_of(BOX_ORIGIN), &note, &head, NULL),
	    0);
	uint64_t size = head.size;
	buf_done(&note);
	return size;
}

static void expect_cosigned(const struct box_log *log, uint64_t size)
{
	struct buf note, line;
	struct note parsed;
	int64_t when = 0;

	buf_init(&note, 65536);
	buf_init(&line, 65536);
	box_checkpoint(log, size, "", &note);
	assert_int_equal(note_parse(&parsed, buf_slice(&note), NULL), 0);
	assert_int_equal(witness_request_take_line(&line, &when, &secret.key,
			     parsed.text, buf_slice(&answer.body), NULL),
	    0);
	assert_int_equal(when, BOX_NOW);
	buf_done(&line);
	buf_done(&note);
}

static void expect_size(const char *size)
{
	assert_string_equal(answer.type, "text/x.tlog.size");
	assert_true(slice_is_text(buf_slice(&answer.body), size));
}

static void a_new_log_and_every_growth_are_cosigned(void **state)
{
	(void)state;
	for (uint64_t size = 1; size <= BOX_LEAVES; size++) {
		assert_int_equal(add(&log_, size - 1, size), 200);
		expect_cosigned(&log_, size);
		assert_int_equal(stored_size(), size);
	}
	assert_int_equal(add(&log_, BOX_LEAVES, BOX_LEAVES), 200);
}

static void an_empty_log_is_cosigned(void **state)
{
	(void)state;
	assert_int_equal(add(&log_, 0, 0), 200);
	assert_int_equal(add(&log_, 0, 7), 200);
	assert_int_equal(stored_size(), 7);
}

static void another_old_size_is_told_the_right_one(void **state)
{
	(void)state;
	assert_int_equal(add(&log_, 3, 7), 409);
	expect_size("0\n");
	assert_int_equal(add(&log_, 0, 7), 200);
	assert_int_equal(add(&log_, 0, 9), 409);
	expect_size("7\n");
	assert_int_equal(add(&log_, 0, 5), 409);
	expect_size("7\n");
	assert_int_equal(add(&log_, 5, 6), 409);
	assert_int_equal(stored_size(), 7);
}

static void another_history_is_refused(void **state)
{
	struct box_log other;
	struct buf body;

	(void)state;
	box_log_init(&other, 9);
	assert_int_equal(add(&log_, 0, 7), 200);
	assert_int_equal(add(&other, 7, 7), 422);
	assert_int_equal(answer.remark.code, ERR_VERIFY);
	assert_int_equal(add(&other, 7, 9), 422);
	buf_init(&body, 65536);
	box_request(&other, 0, 5, &body);
	assert_int_equal(ask(&body, BOX_NOW), 409);
	buf_done(&body);
	assert_int_equal(stored_size(), 7);
	assert_int_equal(add(&log_, 7, 8), 200);
}

static void a_proof_where_none_may_be(void **state)
{
	struct tree_proof one = {.n = 1};
	struct buf note, body;

	(void)state;
	buf_init(&note, 65536);
	buf_init(&body, 65536);
	box_checkpoint(&log_, 5, "", &note);
	witness_request_put(&body, 0, &one, buf_slice(&note));
	assert_int_equal(ask(&body, BOX_NOW), 422);
	assert_int_equal(add(&log_, 0, 5), 200);
	buf_clear(&body);
	witness_request_put(&body, 5, &one, buf_slice(&note));
	assert_int_equal(ask(&body, BOX_NOW), 422);
	buf_done(&note);
	buf_done(&body);
}

static void signed_request(
    struct buf *body, const char *text, const struct note_secret *by)
{
	buf_clear(body);
	buf_puts(body, "old 0\n\n");
	buf_puts(body, text);
	buf_putc(body, '\n');
	assert_int_equal(note_put_signature(body, by, slice_of(text), NULL), 0);
}

static void an_empty_tree_with_a_root(void **state)
{
	struct buf body;

	(void)state;
	buf_init(&body, 65536);
	signed_request(&body,
	    BOX_ORIGIN "\n0\nG7l9zCFjXUfiZj79/QoXRobZjdcBNS3SzQbotD/T0wU=\n",
	    &log_.secret);
	assert_int_equal(ask(&body, BOX_NOW), 422);
	buf_done(&body);
}

static void strangers_and_forgers(void **state)
{
	static const char text[] =
	    BOX_ORIGIN "\n1\nG7l9zCFjXUfiZj79/QoXRobZjdcBNS3SzQbotD/T0wU=\n";
	struct note_secret thief = box_secret(BOX_ORIGIN, 1, 8);
	struct buf body;
	uint8_t zero[64] = {0};

	(void)state;
	buf_init(&body, 65536);
	signed_request(&body,
	    "other.example\n1\n"
	    "G7l9zCFjXUfiZj79/QoXRobZjdcBNS3SzQbotD/T0wU=\n",
	    &log_.secret);
	assert_int_equal(ask(&body, BOX_NOW), 404);
	signed_request(&body, text, &thief);
	assert_int_equal(ask(&body, BOX_NOW), 403);
	note_put_signature_bytes(&body, &log_.secret.key, zero, 64);
	assert_int_equal(ask(&body, BOX_NOW), 403);
	buf_clear(&body);
	buf_puts(&body, "old 0\n\nrubbish");
	assert_int_equal(ask(&body, BOX_NOW), 400);
	assert_int_equal(stored_size(), 0);
	buf_done(&body);
}

/* A line in the witness's own name that came with the request would make the
 * stored note unreadable for ever. */
static void a_forged_line_of_its_own_is_not_kept(void **state)
{
	struct buf body;
	uint8_t zero[72] = {0};

	(void)state;
	buf_init(&body, 65536);
	box_request(&log_, 0, 5, &body);
	note_put_signature_bytes(&body, &secret.key, zero, sizeof(zero));
	assert_int_equal(ask(&body, BOX_NOW), 200);
	assert_int_equal(add(&log_, 5, 6), 200);
	buf_done(&body);
}

static void the_checkpoint_can_be_fetched(void **state)
{
	char name[WITNESS_STATE_NAME_SIZE];
	struct note note;
	int64_t when;

	(void)state;
	witness_state_name(name, slice_of(BOX_ORIGIN));
	witness_answer_checkpoint(witness, slice_of(name), &answer);
	assert_int_equal(answer.status, 404);
	assert_int_equal(add(&log_, 0, 5), 200);
	buf_done(&answer.body);
	witness_answer_checkpoint(witness, slice_of(name), &answer);
	assert_int_equal(answer.status, 200);
	assert_int_equal(note_parse(&note, buf_slice(&answer.body), NULL), 0);
	assert_int_equal(note_check(&log_.secret.key, note.text,
			     note_find(&note, &log_.secret.key), NULL),
	    0);
	assert_int_equal(log_checkpoint_check_cosignature(&when, &secret.key,
			     note.text, note_find(&note, &secret.key), NULL),
	    0);
	buf_done(&answer.body);
	witness_answer_checkpoint(witness, slice_of("lock"), &answer);
	assert_int_equal(answer.status, 404);
	buf_done(&answer.body);
	witness_answer_checkpoint(witness, slice_of("../lock"), &answer);
	assert_int_equal(answer.status, 404);
}

static void what_was_cosigned_is_known_after_a_restart(void **state)
{
	(void)state;
	assert_int_equal(add(&log_, 0, 5), 200);
	close_witness();
	open_witness();
	assert_int_equal(add(&log_, 0, 7), 409);
	expect_size("5\n");
	assert_int_equal(add(&log_, 5, 7), 200);
}

/* Where the log's own signature lies: the one part that the witness does not
 * go by. It comes anew with each checkpoint. */
static bool is_in_log_line(const struct buf *note, size_t i)
{
	const char *at = strstr(note->p, "\n\n" BOX_DASH);
	const char *end = strstr(at + 2, "=\n" BOX_DASH);

	return note->p + i > at + 2 && note->p + i < end;
}

static void one_flipped_bit_in_the_state_stops_it(void **state)
{
	char name[WITNESS_STATE_NAME_SIZE];
	unsigned stopped = 0;
	struct buf note;
	int fd;

	(void)state;
	assert_int_equal(add(&log_, 0, 5), 200);
	witness_state_name(name, slice_of(BOX_ORIGIN));
	buf_init(&note, 65536);
	assert_int_equal(file_open_dir(&fd, AT_FDCWD, folder, NULL), 0);
	assert_int_equal(file_read(&note, fd, name, 65536, NULL), 0);
	for (size_t i = 0; i < note.n; i++) {
		note.p[i] ^= 1;
		assert_int_equal(
		    file_publish(fd, name, buf_slice(&note), 0600, NULL), 0);
		note.p[i] ^= 1;
		unsigned status = add(&log_, 5, 6);
		if (!is_in_log_line(&note, i))
			assert_int_equal(status, 500);
		stopped += status == 500 && answer.remark.code != 0;
	}
	assert_true(stopped > note.n / 2);
	assert_int_equal(
	    file_publish(fd, name, buf_slice(&note), 0600, NULL), 0);
	assert_int_equal(add(&log_, 5, 6), 200);
	buf_done(&note);
	(void)close(fd);
}

static void a_state_that_cannot_be_written_is_read_again(void **state)
{
	struct rlimit before;

	(void)state;
	assert_int_equal(add(&log_, 0, 5), 200);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	struct rlimit small = {32, before.rlim_max};
	(void)signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	unsigned status = add(&log_, 5, 6);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_int_equal(status, 500);
	assert_null(strstr(answer.body.p, BOX_WITNESS));
	assert_int_equal(answer.remark.code, ERR_IO);
	assert_int_equal(stored_size(), 5);
	assert_int_equal(add(&log_, 5, 6), 200);
	assert_int_equal(stored_size(), 6);
}

static void a_folder_has_one_process_and_one_key(void **state)
{
	struct note_secret other = box_secret("other.example/w", 4, 7);
	struct witness_state *second = NULL;

	(void)state;
	assert_int_equal(witness_state_open(&second, folder, &secret.key, NULL),
	    ERR_CONFLICT);
	close_witness();
	struct err err = {0};
	assert_int_equal(witness_state_open(&second, folder, &other.key, &err),
	    ERR_CONFLICT);
	assert_non_null(strstr(err.message, "another witness key"));
	open_witness();
}

static void a_log_may_not_ask_without_end(void **state)
{
	unsigned n = 0;

	(void)state;
	assert_int_equal(add(&log_, 0, 5), 200);
	while (n < 10000 && add(&log_, 0, 6) == 409)
		n++;
	assert_int_equal(answer.status, 429);
	assert_int_equal(n, WITNESS_LOGS_PER_DAY / 24 + 16 - 1);
	struct buf body;
	buf_init(&body, 65536);
	box_request(&log_, 5, 6, &body);
	assert_int_equal(ask(&body, BOX_NOW + 1), 200);
	assert_int_equal(ask(&body, BOX_NOW + 1), 429);
	assert_int_equal(ask(&body, BOX_NOW + 4 * WHEN_DAY), 409);
	buf_done(&body);
}

/* ---- the race of the specification ---- */

struct racer {
	uint64_t size;
	unsigned status;
};

static void *race(void *cookie)
{
	struct racer *racer = cookie;
	struct witness_answer mine;
	struct buf body;

	buf_init(&body, 65536);
	box_request(&log_, 5, racer->size, &body);
	witness_answer_add(witness, buf_slice(&body), BOX_NOW, &mine);
	racer->status = mine.status;
	buf_done(&mine.body);
	buf_done(&body);
	return NULL;
}

static void racing_clients_never_roll_it_back(void **state)
{
	struct racer racers[16];
	pthread_t threads[16];
	unsigned won = 0;

	(void)state;
	assert_int_equal(add(&log_, 0, 5), 200);
	for (unsigned i = 0; i < 16; i++) {
		racers[i] = (struct racer){6 + i, 0};
		assert_int_equal(
		    pthread_create(&threads[i], NULL, race, &racers[i]), 0);
	}
	uint64_t size = 0;
	for (unsigned i = 0; i < 16; i++) {
		assert_int_equal(pthread_join(threads[i], NULL), 0);
		if (racers[i].status == 200) {
			won++;
			size = racers[i].size;
		} else {
			assert_int_equal(racers[i].status, 409);
		}
	}
	assert_int_equal(won, 1);
	assert_int_equal(stored_size(), size);
}

/* ---- lists ---- */

static int add_list(const char *text, struct err *err)
{
	return witness_logs_add_list(&logs, slice_of(text), err);
}

static void lists_of_logs_are_read(void **state)
{
	struct note_secret a = box_secret("a.example", 1, 20);
	struct note_secret b = box_secret("b.example", 1, 21);
	struct buf list;

	(void)state;
	buf_init(&list, 4096);
	buf_puts(&list, "# two\n\nlogs/v0\nvkey ");
	note_key_put(&list, &a.key);
	buf_puts(&list, "\n\tqpd 24\n contact nobody here\n\nvkey ");
	note_key_put(&list, &b.key);
	buf_puts(&list, "\norigin other words\nqpd 1\ncontact x\n");
	assert_int_equal(add_list(list.p, NULL), 0);
	assert_int_equal(add_list(list.p, NULL), 0);
	const struct witness_log *log =
	    witness_logs_find(&logs, slice_of("other words"));
	assert_non_null(log);
	assert_int_equal(log->per_day, 1);
	assert_string_equal(log->key.name, "b.example");
	assert_non_null(witness_logs_find(&logs, slice_of("a.example")));
	assert_null(witness_logs_find(&logs, slice_of("b.example")));
	buf_clear(&list);
	buf_puts(&list, "# one a line\n");
	note_key_put(&list, &b.key);
	buf_putc(&list, '\n');
	assert_int_equal(add_list(list.p, NULL), 0);
	assert_non_null(witness_logs_find(&logs, slice_of("b.example")));
	buf_done(&list);
}

static void bad_lists_are_refused_with_the_line(void **state)
{
	static const char *const bad[] = {"logs/v0\nqpd 1\n",
	    "logs/v0\nvkey nonsense\n", "logs/v0\nvkey %\ncontact x\n",
	    "logs/v0\nvkey %\nqpd 0\ncontact x\n",
	    "logs/v0\nvkey %\nqpd 2147483648\ncontact x\n",
	    "logs/v0\nvkey %\nqpd 1\nqpd 1\ncontact x\n",
	    "logs/v0\nvkey %\nqpd 1\norigin o\ncontact x\n",
	    "logs/v0\nvkey %\nqpd 1\n", "logs/v0\nvkey %\nqpd 1\nvkey %\n",
	    "logs/v1\n", "\xff\n"};
	struct note_secret a = box_secret("a.example", 1, 20);
	struct buf list;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct err err = {0};
		buf_init(&list, 4096);
		for (const char *p = bad[i]; *p != '\0'; p++)
			if (*p == '%')
				note_key_put(&list, &a.key);
			else
				buf_putc(&list, *p);
		assert_int_equal(add_list(list.p, &err), ERR_FORMAT);
		assert_true(strncmp(err.message, "line ", 5) == 0 ||
		    strstr(err.message, "UTF-8") != NULL);
		buf_done(&list);
	}
	struct note_secret other = box_secret(BOX_ORIGIN, 1, 22);
	assert_int_equal(
	    witness_logs_add(&logs, &other.key, slice_of(BOX_ORIGIN), 1, NULL),
	    ERR_CONFLICT);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    CASE(a_new_log_and_every_growth_are_cosigned),
	    CASE(an_empty_log_is_cosigned),
	    CASE(another_old_size_is_told_the_right_one),
	    CASE(another_history_is_refused),
	    CASE(a_proof_where_none_may_be),
	    CASE(an_empty_tree_with_a_root),
	    CASE(strangers_and_forgers),
	    CASE(a_forged_line_of_its_own_is_not_kept),
	    CASE(the_checkpoint_can_be_fetched),
	    CASE(what_was_cosigned_is_known_after_a_restart),
	    CASE(one_flipped_bit_in_the_state_stops_it),
	    CASE(a_state_that_cannot_be_written_is_read_again),
	    CASE(a_folder_has_one_process_and_one_key),
	    CASE(a_log_may_not_ask_without_end),
	    CASE(racing_clients_never_roll_it_back),
	    CASE(lists_of_logs_are_read),
	    CASE(bad_lists_are_refused_with_the_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
