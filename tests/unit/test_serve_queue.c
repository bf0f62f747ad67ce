/*
 * test_serve_queue.c: many writers and one commit; who is refused, who is told
 * that nothing is known, and that nobody is told too early.
 */
#include "serve_box.h"

#include "case_offer.h"
#include "case_receipt.h"
#include "reader.h"

#include <signal.h>
#include <sys/resource.h>

static int set_up(void **state)
{
	struct serve_box *b = calloc(1, sizeof(*b));

	assert_non_null(b);
	serve_box_init(b);
	*state = b;
	return 0;
}

static int tear_down(void **state)
{
	serve_box_done(*state);
	free(*state);
	return 0;
}

/* The answer is one true receipt for the leaf that it names. */
static void expect_receipt(
    const struct serve_box *b, struct serve_submission *s, uint64_t index)
{
	struct case_receipt receipt;
	struct reader reader;
	struct err err = {0};

	reader_init(&reader, s->answer.p, s->answer.n);
	reader_expect(&reader, "counterfoil-entered/v1\nentered ");
	(void)reader_line(&reader);
	assert_false(reader.failed);
	if (case_receipt_check(&receipt,
		reader_bytes(&reader, reader_left(&reader)), &b->log.key, 1,
		&err) != 0)
		fail_msg("%s", err.message);
	assert_int_equal(receipt.index, index);
	assert_int_equal(s->entries[0].index, index);
	case_receipt_done(&receipt);
}

/* The answer is a refusal for this rule, signed by the ledger. */
static void expect_refusal(
    const struct serve_box *b, struct serve_submission *s, const char *rule)
{
	char first[128];
	struct note note;
	struct err err = {0};

	assert_int_equal(s->outcome, SERVE_REFUSED);
	assert_int_equal(note_parse(&note, buf_slice(&s->answer), &err), 0);
	assert_int_equal(note_check(&b->log.key, note.text,
			     note_find(&note, &b->log.key), &err),
	    0);
	(void)snprintf(
	    first, sizeof(first), "counterfoil-refusal/v1 %s\n", rule);
	if (!slice_starts_with(note.text, first))
		fail_msg("%.*s", SLICE_ARG(note.text));
}

static void expect_turned_back(
    struct serve_box *b, struct slice body, int code, const char *why)
{
	struct serve_submission *s = NULL;
	struct err err = {0};

	assert_int_equal(
	    serve_submission_new(&s, NULL, b->ledger, body, &err), code);
	assert_int_equal(err.code, code);
	if (strstr(err.message, why) == NULL)
		fail_msg("%s", err.message);
}

static void a_writer_gets_the_receipt_of_a_durable_leaf(void **state)
{
	struct serve_box *b = *state;
	struct serve_submission *s =
	    serve_box_enter(b, serve_box_ask(b, "room.example", 0));

	if (s->outcome != SERVE_ENTERED)
		fail_msg("%.*s", SLICE_ARG(buf_slice(&s->answer)));
	expect_receipt(b, s, b->base);
	serve_box_close(b);
	serve_box_open(b);
	assert_int_equal(serve_box_size(b), b->base + 1);
}

struct writer {
	struct serve_box *b;
	struct slice notes[16];
	pthread_t thread;
};

static void *write_all(void *cookie)
{
	struct writer *w = cookie;

	for (size_t i = 0; i < 16; i++)
		serve_box_push(w->b, w->notes[i]);
	return NULL;
}

static void many_writers_share_commits(void **state)
{
	enum {
		WRITERS = 8
	};
	struct serve_box *b = *state;
	struct writer writers[WRITERS];

	for (unsigned i = 0; i < WRITERS; i++) {
		writers[i].b = b;
		for (unsigned k = 0; k < 16; k++)
			writers[i].notes[k] =
			    serve_box_ask(b, "room.example", 100 * i + k);
	}
	for (size_t i = 0; i < WRITERS; i++)
		assert_int_equal(pthread_create(&writers[i].thread, NULL,
				     write_all, &writers[i]),
		    0);
	for (size_t i = 0; i < WRITERS; i++)
		(void)pthread_join(writers[i].thread, NULL);
	serve_box_wait(b, WRITERS * 16);
	for (size_t i = 0; i < b->n; i++) {
		assert_int_equal(b->answers[i]->outcome, SERVE_ENTERED);
		expect_receipt(b, b->answers[i], b->base + i);
	}
	struct serve_queue_counts counts = serve_queue_count(b->queue);
	assert_int_equal(counts.entered, WRITERS * 16);
	assert_int_equal(counts.waiting, 0);
	assert_in_range(counts.commits, 1, WRITERS * 16);
	assert_int_equal(serve_box_size(b), b->base + WRITERS * 16);
}

static void what_waits_is_committed_together(void **state)
{
	struct serve_box *b = *state;
	struct slice checkpoint;

	assert_non_null(serve_ledger_look(b->ledger, &checkpoint));
	for (unsigned i = 0; i < 50; i++)
		serve_box_push(b, serve_box_ask(b, "room.example", i));
	serve_ledger_leave(b->ledger);
	serve_box_wait(b, 50);
	/* The thread may have taken the first ones before the others came. */
	assert_in_range(serve_queue_count(b->queue).commits, 1, 2);
	assert_in_range(serve_queue_count(b->queue).largest, 25, 50);
}

static void the_same_record_again_gives_the_same_leaf(void **state)
{
	struct serve_box *b = *state;
	struct slice note = serve_box_ask(b, "room.example", 0);

	expect_receipt(b, serve_box_enter(b, note), b->base);
	(void)serve_box_enter(b, serve_box_ask(b, "room.example", 1));
	struct serve_submission *s = serve_box_enter(b, note);
	assert_int_equal(s->outcome, SERVE_KNOWN);
	expect_receipt(b, s, b->base);
	assert_int_equal(serve_box_size(b), b->base + 2);
}

static void the_same_record_twice_in_a_batch_is_one_leaf(void **state)
{
	struct serve_box *b = *state;
	struct slice note = serve_box_ask(b, "room.example", 0);
	struct slice checkpoint;

	assert_non_null(serve_ledger_look(b->ledger, &checkpoint));
	for (size_t i = 0; i < 3; i++)
		serve_box_push(b, note);
	serve_ledger_leave(b->ledger);
	serve_box_wait(b, 3);
	for (size_t i = 0; i < 3; i++)
		expect_receipt(b, b->answers[i], b->base);
	assert_int_equal(serve_box_size(b), b->base + 1);
}

/* Somebody asks about a party that nobody knows. */
static struct slice breach(struct serve_box *b)
{
	return serve_box_note(b, RECORD_QUESTION, BOX_JULY(06, "09:00:00"),
	    "police.example",
	    "recipient: nobody.example\nconcerns: all\nform: data\n"
	    "period-from: 2023-06-20T00:00:00Z\n"
	    "period-to: 2023-07-04T00:00:00Z\n");
}

static void a_breach_is_refused_in_writing(void **state)
{
	struct serve_box *b = *state;

	expect_refusal(b, serve_box_enter(b, breach(b)), "unknown-party");
	assert_int_equal(serve_box_size(b), b->base);
}

static void a_breach_enters_if_that_is_asked_for(void **state)
{
	struct serve_box *b = *state;
	struct serve_submission *s = serve_box_check(b, breach(b));

	s->is_although = true;
	assert_int_equal(serve_queue_push(b->queue, s, NULL), 0);
	serve_box_wait(b, 1);
	if (s->outcome != SERVE_ENTERED)
		fail_msg("%.*s", SLICE_ARG(buf_slice(&s->answer)));
	expect_receipt(b, s, b->base);
}

static void what_would_make_the_ledger_false_is_refused(void **state)
{
	struct serve_box *b = *state;
	struct slice note = serve_box_ask(b, "room.example", 0);

	b->now -= 7200;
	expect_refusal(b, serve_box_enter(b, note), "at");
	b->now += 10 * WHEN_DAY;
	expect_refusal(b, serve_box_enter(b, note), "late");
}

static void a_key_revoked_in_the_same_batch_signs_no_more(void **state)
{
	struct serve_box *b = *state;
	struct slice say = serve_box_ask(b, "room.example", 0);
	struct slice revoke = serve_box_note(b, RECORD_KEY,
	    BOX_JULY(06, "09:00:00"), "room.example",
	    "party: room.example\naction: revoke\nold-key: @\n");
	struct serve_submission *second = serve_box_check(b, say);

	serve_box_push(b, revoke);
	assert_int_equal(serve_queue_push(b->queue, second, NULL), 0);
	serve_box_wait(b, 2);
	assert_int_equal(b->answers[0]->outcome, SERVE_ENTERED);
	expect_refusal(b, b->answers[1], "revoked");
	expect_turned_back(b, say, ERR_DENIED, "revoked");
}

static void only_parties_hand_in(void **state)
{
	struct serve_box *b = *state;
	struct slice note = serve_box_ask(b, "room.example", 0);
	char copy[8192];

	memcpy(copy, note.p, note.n);
	copy[note.n - 10] ^= 1;
	expect_turned_back(b, (struct slice){copy, note.n}, ERR_DENIED,
	    "did not sign this text");
	expect_turned_back(b, slice_of("GET me in\n"), ERR_FORMAT, "");
	expect_turned_back(b, slice_of(""), ERR_FORMAT, "");
	expect_turned_back(
	    b, (struct slice){note.p, note.n - 1}, ERR_FORMAT, "");
}

/* ---- offers ---- */

static void put_offer(struct buf *out, const struct slice *notes, size_t n)
{
	buf_init(out, 1 << 20);
	buf_puts(out, "counterfoil-offer/v1\n");
	for (size_t i = 0; i < n; i++) {
		buf_printf(out, "record %zu\n", notes[i].n);
		buf_put_slice(out, notes[i]);
		buf_puts(out, "reveals 0\n");
	}
	assert_int_equal(buf_check(out, NULL), 0);
}

static void an_offer_enters_whole(void **state)
{
	struct serve_box *b = *state;
	struct slice notes[] = {serve_box_ask(b, "room.example", 0),
	    serve_box_ask(b, "room.example", 1)};
	struct buf offer;

	put_offer(&offer, notes, 2);
	struct serve_submission *s = serve_box_enter(b, buf_slice(&offer));
	if (s->outcome != SERVE_ENTERED)
		fail_msg("%.*s", SLICE_ARG(buf_slice(&s->answer)));
	assert_int_equal(s->entries[0].index, b->base);
	assert_int_equal(s->entries[1].index, b->base + 1);
	buf_done(&offer);
}

static void an_offer_with_a_breach_enters_not_at_all(void **state)
{
	struct serve_box *b = *state;
	struct slice notes[] = {
	    serve_box_ask(b, "police.example", 0), breach(b)};
	struct slice checkpoint;
	struct buf offer;

	put_offer(&offer, notes, 2);
	assert_non_null(serve_ledger_look(b->ledger, &checkpoint));
	serve_box_push(b, serve_box_ask(b, "room.example", 2));
	serve_box_push(b, buf_slice(&offer));
	serve_box_push(b, serve_box_ask(b, "room.example", 3));
	serve_ledger_leave(b->ledger);
	serve_box_wait(b, 3);
	expect_receipt(b, b->answers[0], b->base);
	expect_refusal(b, b->answers[1], "unknown-party");
	expect_receipt(b, b->answers[2], b->base + 1);
	buf_done(&offer);
}

static void a_half_signed_note_is_never_a_leaf(void **state)
{
	struct serve_box *b = *state;
	struct slice note = serve_box_note(b, RECORD_QUESTION,
	    BOX_JULY(06, "09:00:00"), "room.example police.example", BOX_ASKED);
	struct buf offer;

	/* Without its last line, which is a whole signature. */
	note.n--;
	while (note.p[note.n - 1] != '\n')
		note.n--;
	expect_turned_back(b, note, ERR_FORMAT, "2 signers are named");
	put_offer(&offer, &note, 1);
	expect_turned_back(
	    b, buf_slice(&offer), ERR_FORMAT, "not everybody has signed");
	buf_done(&offer);
}

/* ---- when it goes wrong ---- */

static void more_than_the_queue_holds_are_turned_away(void **state)
{
	struct serve_box *b = *state;
	struct slice note = serve_box_ask(b, "room.example", 0);
	struct slice checkpoint;
	struct err err = {0};
	size_t n = 0;
	int rc = 0;

	assert_non_null(serve_ledger_look(b->ledger, &checkpoint));
	while (rc == 0) {
		struct serve_submission *s = serve_box_check(b, note);

		rc = serve_queue_push(b->queue, s, &err);
		if (rc != 0)
			serve_submission_free(s);
		n += rc == 0;
	}
	assert_int_equal(rc, ERR_LIMIT);
	assert_int_equal(n, SERVE_QUEUE_MAX);
	serve_ledger_leave(b->ledger);
	serve_box_wait(b, n);
	assert_int_equal(serve_queue_count(b->queue).turned_away, 1);
	assert_int_equal(serve_box_size(b), b->base + 1);
	serve_box_push(b, note);
	serve_box_wait(b, n + 1);
}

static void limit_files(rlim_t bytes)
{
	struct rlimit limit;

	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	limit.rlim_cur = bytes;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static int64_t entered_at(struct serve_box *b, size_t leaf)
{
	struct slice checkpoint;
	const struct case_state *state =
	    serve_ledger_look(b->ledger, &checkpoint);

	assert_non_null(state);
	int64_t entered = case_state_leaf(state, leaf)->entered;
	serve_ledger_leave(b->ledger);
	return entered;
}

static void a_clock_that_goes_back_dates_no_leaf_before_the_last(void **state)
{
	struct serve_box *b = *state;
	struct slice notes[3];
	int64_t first = b->now;

	for (unsigned i = 0; i < 3; i++)
		notes[i] = serve_box_ask(b, "room.example", i);
	expect_receipt(b, serve_box_enter(b, notes[0]), b->base);
	b->now = first - 600;
	expect_receipt(b, serve_box_enter(b, notes[1]), b->base + 1);
	b->now = first + 60;
	expect_receipt(b, serve_box_enter(b, notes[2]), b->base + 2);
	assert_int_equal(entered_at(b, b->base), first);
	assert_int_equal(entered_at(b, b->base + 1), first);
	assert_int_equal(entered_at(b, b->base + 2), first + 60);
	/* And it is read again the same way. */
	serve_box_close(b);
	serve_box_open(b);
	assert_int_equal(serve_box_size(b), b->base + 3);
}

static void a_failed_commit_stops_the_writer(void **state)
{
	struct serve_box *b = *state;
	struct slice first = serve_box_ask(b, "room.example", 0);
	struct slice second = serve_box_ask(b, "room.example", 1);
	struct err why = {0};

	expect_receipt(b, serve_box_enter(b, first), b->base);
	assert_true(serve_ledger_is_well(b->ledger, NULL));
	(void)signal(SIGXFSZ, SIG_IGN);
	limit_files(100);
	struct serve_submission *s = serve_box_enter(b, second);
	limit_files(RLIM_INFINITY);
	assert_int_equal(s->outcome, SERVE_UNAVAILABLE);
	assert_false(serve_ledger_is_well(b->ledger, &why));
	assert_int_equal(serve_box_size(b), b->base + 1);
	/* Not even what could be done now. */
	s = serve_box_enter(b, second);
	assert_int_equal(s->outcome, SERVE_UNAVAILABLE);
	assert_non_null(strstr(s->answer.p, why.message));
	serve_box_close(b);
	serve_box_open(b);
	assert_int_equal(serve_box_size(b), b->base + 1);
	expect_receipt(b, serve_box_enter(b, second), b->base + 1);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    CASE(a_writer_gets_the_receipt_of_a_durable_leaf),
	    CASE(many_writers_share_commits),
	    CASE(what_waits_is_committed_together),
	    CASE(the_same_record_again_gives_the_same_leaf),
	    CASE(the_same_record_twice_in_a_batch_is_one_leaf),
	    CASE(a_breach_is_refused_in_writing),
	    CASE(a_breach_enters_if_that_is_asked_for),
	    CASE(what_would_make_the_ledger_false_is_refused),
	    CASE(a_key_revoked_in_the_same_batch_signs_no_more),
	    CASE(only_parties_hand_in),
	    CASE(an_offer_enters_whole),
	    CASE(an_offer_with_a_breach_enters_not_at_all),
	    CASE(a_half_signed_note_is_never_a_leaf),
	    CASE(more_than_the_queue_holds_are_turned_away),
	    CASE(a_clock_that_goes_back_dates_no_leaf_before_the_last),
	    CASE(a_failed_commit_stops_the_writer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
