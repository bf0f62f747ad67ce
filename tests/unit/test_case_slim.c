/*
 * test_case_slim.c: slim bundles hold as written and tell nothing but YES; no
 * byte of one can be changed, cut off or moved, and no record left out.
 */
#include "case_bundle.h"
#include "case_slim.h"
#include "fixture_case.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define TIME "2023-07-12T18:00:00Z"
#define WITNESSED 1689150000
#define HIGH_BIT ((char)0x80)

struct sample {
	struct fixture_case *fixture;
	struct case_finding finding;
	struct buf checkpoint;
	struct buf slim;
	bool is_chosen[FIXTURE_CASE_LEAVES];
	uint32_t question, handover;
};

static uint32_t ask(struct fixture_case *fixture, const char *from)
{
	char fields[256];

	(void)snprintf(fields, sizeof(fields),
	    "recipient: council.example\n"
	    "concerns: all\n"
	    "form: hardware\n"
	    "form: data\n"
	    "period-from: %s\n"
	    "period-to: 2023-07-04T00:00:00Z\n"
	    "addressee: police.example due 2023-07-10\n",
	    from);
	return fixture_case_add(fixture, RECORD_QUESTION,
	    "2023-07-04T08:00:00Z", "owner.example", fields);
}

static void give(struct sample *s)
{
	fixture_case_add(s->fixture, RECORD_LIST, "2023-06-20T09:00:00Z",
	    "police.example owner.example",
	    "item: D1\n  type: drive\n"
	    "item: D2\n  type: drive\n");
	fixture_case_add(s->fixture, RECORD_SEIZURE, "2023-06-20T09:30:00Z",
	    "police.example owner.example",
	    "taken-by: police.example\n"
	    "taken-from: owner.example\n"
	    "authority-signature: signed\n"
	    "owner-signature: signed\n");
	fixture_case_add(s->fixture, RECORD_CLAIM, "2023-06-25T18:00:00Z",
	    "owner.example",
	    "asserts: denied\n"
	    "said: 2023-06-25\n"
	    "quote: Nothing was given to anybody.\n");
	s->handover = fixture_case_add(s->fixture, RECORD_HANDOVER,
	    "2023-07-01T09:00:00Z", "police.example",
	    "from: police.example\n"
	    "to: council.example\n"
	    "receiver: absent\n"
	    "purpose: return\n"
	    "counted-by-giver: 1\n"
	    "item: D1\n");
}

static int make(struct sample *s, struct err *err)
{
	fixture_case_finding(
	    s->fixture, &s->finding, s->question, TIME, WITNESSED);
	buf_init(&s->checkpoint, 65536);
	fixture_case_put_checkpoint(s->fixture, &s->checkpoint, WITNESSED);
	buf_init(&s->slim, CASE_BUNDLE_MAX);
	assert_int_equal(case_slim_choose(&s->finding, s->is_chosen, NULL), 0);
	return case_slim_put(&s->slim, &s->finding, s->is_chosen,
	    buf_slice(&s->checkpoint), err);
}

static int set_up(void **state)
{
	struct sample *s = calloc(1, sizeof(*s));

	s->fixture = fixture_case_new_small();
	give(s);
	s->question = ask(s->fixture, "2023-06-20T00:00:00Z");
	assert_int_equal(make(s, NULL), 0);
	*state = s;
	return 0;
}

/* The period begins after the hand-over: what the council was given then it
 * may have given back since. */
static int set_up_later(void **state)
{
	struct sample *s = calloc(1, sizeof(*s));

	s->fixture = fixture_case_new_small();
	give(s);
	s->question = ask(s->fixture, "2023-07-02T00:00:00Z");
	*state = s;
	return 0;
}

static int tear_down(void **state)
{
	struct sample *s = *state;

	case_finding_done(&s->finding);
	fixture_case_free(s->fixture);
	buf_done(&s->checkpoint);
	buf_done(&s->slim);
	free(s);
	return 0;
}

static int check(struct slice bytes, struct err *err)
{
	struct case_slim slim = {0};
	int rc = case_slim_check(&slim, bytes, NULL, 0, err);

	case_slim_done(&slim);
	return rc;
}

static size_t count(const struct case_finding *f, enum case_word word)
{
	return case_finding_count(f, CASE_DRIVE, CASE_HARDWARE, word);
}

static void it_shows_what_was_given_and_nothing_else(void **state)
{
	struct sample *s = *state;
	struct case_slim slim = {0};
	struct err err = {0};

	assert_int_equal(
	    case_slim_check(&slim, buf_slice(&s->slim), NULL, 0, &err), 0);
	assert_int_equal(count(&slim.finding, CASE_YES), 1);
	assert_int_equal(count(&slim.finding, CASE_NOT_SHOWN), 1);
	assert_int_equal(slim.finding.unlisted.word, CASE_NOT_SHOWN);
	assert_int_equal(slim.size, s->fixture->leaf_count);
	/* All but the claim. */
	assert_int_equal(slim.leaf_count, s->fixture->leaf_count - 1);
	assert_int_equal(slim.indexes[3], s->handover);
	assert_true(
	    memmem(s->slim.p, s->slim.n, "Nothing was given", 17) == NULL);
	case_slim_done(&slim);
}

static void flip_with(const struct sample *s, char pattern)
{
	struct slice whole = buf_slice(&s->slim);
	char *copy = malloc(whole.n);

	assert_non_null(copy);
	memcpy(copy, whole.p, whole.n);
	for (size_t i = 0; i < whole.n; i++) {
		copy[i] = (char)(whole.p[i] ^ pattern);
		int rc = check((struct slice){copy, whole.n}, NULL);
		if (rc != ERR_VERIFY && rc != ERR_FORMAT)
			fail_msg("byte %zu ^ %02x gives %d", i,
			    (unsigned char)pattern, rc);
		copy[i] = whole.p[i];
	}
	free(copy);
}

static void no_changed_byte_is_accepted(void **state)
{
	flip_with(*state, 0x01);
	flip_with(*state, 0x20);
	flip_with(*state, HIGH_BIT);
}

static void no_truncated_one_is_accepted(void **state)
{
	struct sample *s = *state;

	for (size_t n = 0; n < s->slim.n; n++) {
		char *copy = malloc(n > 0 ? n : 1);
		assert_non_null(copy);
		memcpy(copy, s->slim.p, n);
		int rc = check((struct slice){copy, n}, NULL);
		free(copy);
		assert_int_equal(rc, ERR_FORMAT);
	}
	buf_putc(&s->slim, '\n');
	assert_int_equal(check(buf_slice(&s->slim), NULL), ERR_FORMAT);
}

/* Without one of its records the machine form does not follow any more, or a
 * signer is unknown. */
static void every_record_in_it_is_needed(void **state)
{
	struct sample *s = *state;
	struct slice whole = buf_slice(&s->slim);

	for (uint32_t i = 0; i < s->fixture->leaf_count; i++) {
		char begin[32];
		struct buf out;
		(void)snprintf(begin, sizeof(begin), "\n== leaf %u ", i);
		const char *from =
		    memmem(whole.p, whole.n, begin, strlen(begin));
		if (from == NULL)
			continue;
		size_t at = (size_t)(from - whole.p) + 1;
		const char *next =
		    memmem(from + 1, whole.n - at, "\n== leaf ", 9);
		if (next == NULL)
			next =
			    memmem(from + 1, whole.n - at, "\n== machine ", 12);
		size_t end = (size_t)(next - whole.p) + 1;
		buf_init(&out, CASE_BUNDLE_MAX);
		buf_put(&out, whole.p, at);
		buf_put(&out, whole.p + end, whole.n - end);
		int rc = check(buf_slice(&out), NULL);
		assert_true(rc == ERR_VERIFY || rc == ERR_FORMAT);
		buf_done(&out);
	}
}

static void a_holding_that_may_have_ended_is_not_shown(void **state)
{
	struct sample *s = *state;
	struct err err = {0};

	assert_int_equal(make(s, &err), 0);
	/* The whole ledger shows both forms; the records by themselves show
	 * that the data was given before, and not who held the drive later. */
	struct case_slim slim = {0};
	assert_int_equal(count(&s->finding, CASE_YES), 1);
	assert_int_equal(
	    case_slim_check(&slim, buf_slice(&s->slim), NULL, 0, &err), 0);
	assert_int_equal(count(&slim.finding, CASE_YES), 0);
	assert_int_equal(
	    case_finding_count(&slim.finding, CASE_DRIVE, CASE_DATA, CASE_YES),
	    1);
	case_slim_done(&slim);
}

static void where_nothing_was_given_there_is_none(void **state)
{
	struct sample *s = *state;
	struct err err = {0};

	case_finding_done(&s->finding);
	buf_done(&s->checkpoint);
	buf_done(&s->slim);
	memset(s->is_chosen, 0, sizeof(s->is_chosen));
	fixture_case_free(s->fixture);
	s->fixture = fixture_case_new_small();
	s->question = fixture_case_rumour(s->fixture);
	assert_int_equal(make(s, &err), ERR_NOTFOUND);
	assert_int_equal(s->slim.n, 0);
}

static void pins_must_be_keys_of_the_case(void **state)
{
	struct sample *s = *state;
	static const struct {
		const char *name;
		int rc;
	} pins[] = {{"police.example", 0}, {"stranger.example", ERR_VERIFY}};

	for (size_t i = 0; i < sizeof(pins) / sizeof(pins[0]); i++) {
		struct case_slim slim = {0};
		struct note_secret secret;
		fixture_case_secret(&secret, pins[i].name, NOTE_KEY_ED25519);
		assert_int_equal(case_slim_check(&slim, buf_slice(&s->slim),
				     &secret.key, 1, NULL),
		    pins[i].rc);
		case_slim_done(&slim);
		note_secret_done(&secret);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(it_shows_what_was_given_and_nothing_else),
	    TEST(no_changed_byte_is_accepted),
	    TEST(no_truncated_one_is_accepted),
	    TEST(every_record_in_it_is_needed),
	    cmocka_unit_test_setup_teardown(
		a_holding_that_may_have_ended_is_not_shown, set_up_later,
		tear_down),
	    TEST(where_nothing_was_given_there_is_none),
	    TEST(pins_must_be_keys_of_the_case),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
