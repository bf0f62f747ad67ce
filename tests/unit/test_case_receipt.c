/*
 * test_case_receipt.c: a receipt proves one leaf, for every leaf; no byte that
 * the log vouches for can be changed; pins decide whose key counts.
 */
#include "case_receipt.h"
#include "fixture_case.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define WITNESSED 1689150000
#define LEAF 8 /* the hand-over */

struct sample {
	struct fixture_case *fixture;
	struct buf receipt;
};

static void make(struct sample *s, size_t leaf, int64_t witnessed)
{
	const struct case_state *c = s->fixture->state;
	struct tree_source source = case_state_tree(c);
	struct tree_proof path;
	struct buf note;

	buf_init(&note, 65536);
	buf_init(&s->receipt, CASE_RECEIPT_MAX);
	fixture_case_put_checkpoint(s->fixture, &note, witnessed);
	assert_int_equal(tree_prove_inclusion(&path, &source, leaf,
			     case_state_leaf_count(c), NULL),
	    0);
	assert_int_equal(case_receipt_put(&s->receipt, case_state_log_key(c),
			     case_state_leaf(c, leaf)->bytes, leaf, &path,
			     buf_slice(&note), NULL),
	    0);
	buf_done(&note);
}

static int set_up(void **state)
{
	struct sample *s = calloc(1, sizeof(*s));

	s->fixture = fixture_case_new("");
	(void)fixture_case_story(s->fixture);
	make(s, LEAF, 0);
	*state = s;
	return 0;
}

static int tear_down(void **state)
{
	struct sample *s = *state;

	fixture_case_free(s->fixture);
	buf_done(&s->receipt);
	free(s);
	return 0;
}

static int check(
    struct slice bytes, const struct note_key *pin, struct err *err)
{
	struct case_receipt receipt = {0};
	int rc = case_receipt_check(&receipt, bytes, pin, pin != NULL, err);

	case_receipt_done(&receipt);
	return rc;
}

static void every_leaf_has_a_receipt_that_holds(void **state)
{
	struct sample *s = *state;

	for (size_t i = 0; i < s->fixture->leaf_count; i++) {
		buf_done(&s->receipt);
		make(s, i, 0);
		assert_int_equal(check(buf_slice(&s->receipt), NULL, NULL), 0);
	}
}

static void it_says_what_when_and_by_whom(void **state)
{
	struct sample *s = *state;
	struct case_receipt receipt = {0};
	struct buf words;

	buf_init(&words, 65536);
	assert_int_equal(
	    case_receipt_check(&receipt, buf_slice(&s->receipt), NULL, 0, NULL),
	    0);
	assert_int_equal(receipt.index, LEAF);
	assert_int_equal(receipt.size, s->fixture->leaf_count);
	assert_int_equal(receipt.record.schema->kind, RECORD_HANDOVER);
	assert_int_equal(receipt.unchecked_count, 2);
	case_receipt_put_words(&receipt, &words);
	assert_non_null(strstr(words.p, "holds this handover as record 9 of"));
	assert_non_null(strstr(words.p, "entered 2023-06-21"));
	assert_non_null(strstr(words.p, "police.example (key"));
	assert_non_null(strstr(words.p, "is the receipt's own word"));
	case_receipt_done(&receipt);
	buf_done(&words);
}

static void no_changed_byte_is_accepted(void **state)
{
	struct sample *s = *state;
	struct slice whole = buf_slice(&s->receipt);
	static const unsigned char patterns[] = {0x01, 0x20, 0x80};
	char *copy = malloc(whole.n);

	memcpy(copy, whole.p, whole.n);
	for (size_t i = 0; i < whole.n * sizeof(patterns); i++) {
		size_t at = i / sizeof(patterns);
		copy[at] = (char)(whole.p[at] ^ patterns[i % sizeof(patterns)]);
		int rc = check((struct slice){copy, whole.n}, NULL, NULL);
		if (rc != ERR_VERIFY && rc != ERR_FORMAT)
			fail_msg("byte %zu gives %d", at, rc);
		copy[at] = whole.p[at];
	}
	free(copy);
}

static void no_truncated_receipt_is_accepted(void **state)
{
	struct sample *s = *state;

	for (size_t n = 0; n < s->receipt.n; n++) {
		char *copy = malloc(n + 1);
		memcpy(copy, s->receipt.p, n);
		int rc = check((struct slice){copy, n}, NULL, NULL);
		free(copy);
		if (rc != ERR_VERIFY && rc != ERR_FORMAT)
			fail_msg("%zu bytes give %d", n, rc);
	}
}

static void a_record_that_was_never_entered_is_refused(void **state)
{
	struct sample *s = *state;
	struct err err = {0};
	char *at = strstr(s->receipt.p, "custody pending");

	*at = 'C';
	assert_int_equal(check(buf_slice(&s->receipt), NULL, &err), ERR_VERIFY);
	assert_non_null(strstr(err.message, "is not in the ledger"));
}

static void pins_confirm_or_refuse(void **state)
{
	struct sample *s = *state;
	static const struct {
		const char *name;
		uint8_t type;
		int rc;
	} pins[] = {
	    {FIXTURE_CASE_LOG, NOTE_KEY_ED25519, 0},
	    {FIXTURE_CASE_WITNESS, NOTE_KEY_COSIGNATURE, 0},
	    {"police.example", NOTE_KEY_ED25519, 0},
	    {"owner.example", NOTE_KEY_ED25519, ERR_VERIFY},
	    {"stranger.example", NOTE_KEY_ED25519, ERR_VERIFY},
	};

	buf_done(&s->receipt);
	make(s, LEAF, WITNESSED);
	for (size_t i = 0; i < sizeof(pins) / sizeof(pins[0]); i++) {
		struct note_secret secret;
		fixture_case_secret(&secret, pins[i].name, pins[i].type);
		assert_int_equal(
		    check(buf_slice(&s->receipt), &secret.key, NULL),
		    pins[i].rc);
		note_secret_done(&secret);
	}
}

/* Another log of the same name can sign what it likes; the pin tells. */
static void another_log_of_that_name_is_told_by_the_pin(void **state)
{
	struct sample *s = *state;
	struct note_key key;
	uint8_t seed[32] = {7};
	struct note_secret other;

	assert_int_equal(
	    note_secret_from_seed(&other, slice_of(FIXTURE_CASE_LOG),
		NOTE_KEY_ED25519, seed, NULL),
	    0);
	key = other.key;
	note_secret_done(&other);
	assert_int_equal(check(buf_slice(&s->receipt), &key, NULL), ERR_VERIFY);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(every_leaf_has_a_receipt_that_holds),
	    TEST(it_says_what_when_and_by_whom),
	    TEST(no_changed_byte_is_accepted),
	    TEST(no_truncated_receipt_is_accepted),
	    TEST(a_record_that_was_never_entered_is_refused),
	    TEST(pins_confirm_or_refuse),
	    TEST(another_log_of_that_name_is_told_by_the_pin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
