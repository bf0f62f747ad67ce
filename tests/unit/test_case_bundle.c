/*
 * test_case_bundle.c: bundles hold as written; no byte of one can be changed,
 * cut off or moved; and what is said about a false one names the record.
 */
#include "case_bundle.h"
#include "fixture_case.h"
#include "note.h"
#include "record_leaf.h"

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
	struct buf bundle;
	uint32_t question;
};

static void make(struct sample *s, int64_t witnessed)
{
	struct case_finding finding = {0};
	struct err err = {0};
	struct buf note;

	buf_init(&s->bundle, CASE_BUNDLE_MAX);
	buf_init(&note, 65536);
	fixture_case_finding(
	    s->fixture, &finding, s->question, TIME, witnessed);
	fixture_case_put_checkpoint(s->fixture, &note, witnessed);
	assert_int_equal(case_bundle_put(&s->bundle, &finding, buf_slice(&note),
			     buf_slice(&s->fixture->reveals), NULL, &err),
	    0);
	case_finding_done(&finding);
	buf_done(&note);
}

/* The story with the inspection: the finding is NO. */
static int set_up(void **state)
{
	struct sample *s = calloc(1, sizeof(*s));

	s->fixture = fixture_case_new("");
	s->question = fixture_case_story(s->fixture);
	(void)fixture_case_look(s->fixture);
	make(s, WITNESSED);
	*state = s;
	return 0;
}

/* The public record alone: small enough to be checked for every byte. */
static int set_up_small(void **state)
{
	struct sample *s = calloc(1, sizeof(*s));

	s->fixture = fixture_case_new_small();
	s->question = fixture_case_rumour(s->fixture);
	make(s, WITNESSED);
	*state = s;
	return 0;
}

static int tear_down(void **state)
{
	struct sample *s = *state;

	fixture_case_free(s->fixture);
	buf_done(&s->bundle);
	free(s);
	return 0;
}

static int check(struct slice bytes, struct err *err)
{
	struct case_bundle bundle = {0};
	int rc = case_bundle_check(&bundle, bytes, NULL, 0, err);

	case_bundle_done(&bundle);
	return rc;
}

/* A copy in a block of exactly its size, so that sanitizers see overreads. */
static char *copy_of(struct slice s)
{
	char *copy = malloc(s.n > 0 ? s.n : 1);

	assert_non_null(copy);
	memcpy(copy, s.p, s.n);
	return copy;
}

static size_t find(struct slice text, const char *what)
{
	const char *at = memmem(text.p, text.n, what, strlen(what));

	assert_non_null(at);
	return (size_t)(at - text.p);
}

static void a_bundle_holds_as_written(void **state)
{
	struct sample *s = *state;
	struct case_bundle bundle = {0};
	struct err err = {0};

	assert_int_equal(
	    case_bundle_check(&bundle, buf_slice(&s->bundle), NULL, 0, &err),
	    0);
	assert_int_equal(bundle.leaf_count, s->fixture->leaf_count);
	assert_int_equal(bundle.reveal_count, 3);
	assert_int_equal(bundle.finding.witnessed_count, 1);
	assert_int_equal(
	    case_finding_count(&bundle.finding, CASE_DRIVE, CASE_DATA, CASE_NO),
	    3);
	assert_true(bundle.signature_count > bundle.leaf_count);
	case_bundle_done(&bundle);
}

static void flip(const struct sample *s, size_t step)
{
	struct slice whole = buf_slice(&s->bundle);
	static const char patterns[] = {0x01, 0x20, HIGH_BIT};
	char *copy = copy_of(whole);

	for (size_t i = 0; i < whole.n * sizeof(patterns); i += step) {
		size_t at = i / sizeof(patterns);
		char pattern = patterns[i % sizeof(patterns)];
		copy[at] = (char)(whole.p[at] ^ pattern);
		int rc = check((struct slice){copy, whole.n}, NULL);
		if (rc != ERR_VERIFY && rc != ERR_FORMAT)
			fail_msg("byte %zu ^ %02x gives %d", at,
			    (unsigned char)pattern, rc);
		copy[at] = whole.p[at];
	}
	free(copy);
}

/* Every byte, three ways: a sample of positions would hide a hole. */
static void no_changed_byte_is_accepted(void **state)
{
	flip(*state, 1);
}

/* The same in places all over a bundle with every kind of section filled. */
static void no_changed_byte_of_a_whole_case_is_accepted(void **state)
{
	flip(*state, 31);
}

static void no_truncated_bundle_is_accepted(void **state)
{
	struct sample *s = *state;
	struct slice whole = buf_slice(&s->bundle);

	for (size_t n = 0; n < whole.n; n++) {
		char *copy = copy_of((struct slice){whole.p, n});
		int rc = check((struct slice){copy, n}, NULL);
		free(copy);
		assert_int_equal(rc, ERR_FORMAT);
	}
}

static void nothing_may_follow_the_end(void **state)
{
	struct sample *s = *state;

	buf_putc(&s->bundle, '\n');
	assert_int_equal(check(buf_slice(&s->bundle), NULL), ERR_FORMAT);
}

static void a_changed_record_is_named(void **state)
{
	struct sample *s = *state;
	struct err err = {0};
	char *text = s->bundle.p;

	text[find(buf_slice(&s->bundle), "custody pending")] = 'C';
	assert_int_equal(check(buf_slice(&s->bundle), &err), ERR_VERIFY);
	assert_non_null(strstr(err.message, "leaf 8, handover "));
	assert_non_null(strstr(err.message,
	    "signed by police.example, room.example: its text was changed"));
}

static void a_changed_time_of_entry_is_told_from_a_changed_text(void **state)
{
	struct sample *s = *state;
	struct err err = {0};
	char *text = s->bundle.p;

	text[find(buf_slice(&s->bundle), "entered: 2023-06-21T09:01") + 24] =
	    '2';
	assert_int_equal(check(buf_slice(&s->bundle), &err), ERR_VERIFY);
	assert_non_null(strstr(err.message, "its time of entry or a sign"));
}

/* Changes a leaf and the hash in front of it, as a forger would. */
static void rewrite_leaf(
    struct sample *s, size_t index, const char *from, char to)
{
	const struct case_leaf *leaf =
	    case_state_leaf(s->fixture->state, index);
	struct hash old = case_state_leaf_hash(s->fixture->state, index);
	char hex[HASH_HEX_SIZE];
	struct slice bundle = buf_slice(&s->bundle);
	size_t at;

	hash_to_hex(hex, &old);
	char *copy = copy_of(leaf->bytes);
	copy[find(leaf->bytes, from)] = to;
	at = find(bundle, hex);
	struct hash_run *run = hash_new();
	struct hash hash = tree_leaf_hash(run, copy, leaf->bytes.n);
	hash_free(run);
	hash_to_hex(hex, &hash);
	memcpy(s->bundle.p + at, hex, 2 * HASH_SIZE);
	at = find(bundle, leaf->bytes.p); /* NUL-terminated by buf_take */
	memcpy(s->bundle.p + at, copy, leaf->bytes.n);
	free(copy);
}

static void a_forged_text_names_record_and_signer(void **state)
{
	struct sample *s = *state;
	struct err err = {0};

	rewrite_leaf(s, 8, "custody pending", 'C');
	assert_int_equal(check(buf_slice(&s->bundle), &err), ERR_VERIFY);
	assert_non_null(strstr(err.message, "leaf 8, handover "));
	assert_non_null(strstr(err.message, "police.example did not sign"));
}

static void a_forged_time_of_entry_fails_against_the_root(void **state)
{
	struct sample *s = *state;
	struct err err = {0};

	/* The last leaf: an earlier one would spoil a later as-of first. */
	rewrite_leaf(s, 12, "0Z\ncounterfoil", '1');
	assert_int_equal(check(buf_slice(&s->bundle), &err), ERR_VERIFY);
	assert_non_null(strstr(err.message, "do not give the root"));
}

/* Writes the sections of `bundle` with leaves a and b exchanged; the numbers
 * in front of them stay in order, as a forger would have it. */
static void swapped_leaves_are_refused(void **state)
{
	struct sample *s = *state;
	const struct case_state *c = s->fixture->state;
	struct slice whole = buf_slice(&s->bundle);
	struct err err = {0};
	struct buf out;

	for (size_t i = 0; i + 1 < case_state_leaf_count(c); i++) {
		char first[32], second[32], third[32];
		(void)snprintf(first, sizeof(first), "\n== leaf %zu ", i);
		(void)snprintf(second, sizeof(second), "\n== leaf %zu ", i + 1);
		if (i + 2 < case_state_leaf_count(c))
			(void)snprintf(
			    third, sizeof(third), "\n== leaf %zu ", i + 2);
		else
			(void)snprintf(third, sizeof(third), "\n== reveals ");
		size_t a = find(whole, first), b = find(whole, second);
		size_t end = find(whole, third);
		buf_init(&out, CASE_BUNDLE_MAX);
		buf_put(&out, whole.p, a);
		buf_puts(&out, first);
		buf_put(&out, whole.p + b + strlen(second),
		    end - b - strlen(second));
		buf_puts(&out, second);
		buf_put(
		    &out, whole.p + a + strlen(first), b - a - strlen(first));
		buf_put(&out, whole.p + end, whole.n - end);
		memset(&err, 0, sizeof(err));
		assert_int_equal(check(buf_slice(&out), &err), ERR_VERIFY);
		buf_done(&out);
	}
}

static void replace(
    struct buf *out, struct slice whole, const char *from, const char *to)
{
	size_t at = find(whole, from);

	buf_init(out, CASE_BUNDLE_MAX);
	buf_put(out, whole.p, at);
	buf_puts(out, to);
	buf_put(out, whole.p + at + strlen(from), whole.n - at - strlen(from));
}

static void a_time_before_the_last_record_is_refused(void **state)
{
	struct sample *s = *state;
	struct err err = {0};
	struct buf out;

	replace(&out, buf_slice(&s->bundle), "== time " TIME,
	    "== time 2023-07-01T00:00:00Z");
	assert_int_equal(check(buf_slice(&out), &err), ERR_VERIFY);
	assert_non_null(strstr(err.message, "before the last record"));
	buf_done(&out);
}

static void a_finding_that_was_improved_is_shown(void **state)
{
	struct sample *s = *state;
	struct err err = {0};
	struct buf out;

	replace(&out, buf_slice(&s->bundle), "3 NO ", "2 NO ");
	assert_int_equal(check(buf_slice(&out), &err), ERR_VERIFY);
	assert_non_null(strstr(err.message,
	    "the finding in words does not "
	    "follow from the records"));
	buf_done(&out);
}

/* The log's own signature first, then its witnesses', and nobody else's. */
static void strangers_cosignatures_are_refused(void **state)
{
	struct sample *s = *state;
	struct slice whole = buf_slice(&s->bundle);
	struct note_secret stranger;
	struct err err = {0};
	struct buf note, out;
	char header[40];

	buf_init(&note, 65536);
	fixture_case_put_checkpoint(s->fixture, &note, WITNESSED);
	size_t at = find(whole, "== checkpoint ");
	size_t end = find(whole, "\n== leaf 0 ");
	struct note parsed;
	assert_int_equal(note_parse(&parsed, buf_slice(&note), NULL), 0);
	struct buf more;
	buf_init(&more, 65536);
	buf_put_slice(&more, buf_slice(&note));
	fixture_case_secret(&stranger, "stranger.example", NOTE_KEY_ED25519);
	assert_int_equal(
	    note_put_signature(&more, &stranger, parsed.text, NULL), 0);
	buf_init(&out, CASE_BUNDLE_MAX);
	buf_put(&out, whole.p, at);
	(void)snprintf(header, sizeof(header), "== checkpoint %zu\n", more.n);
	buf_puts(&out, header);
	buf_put_slice(&out, buf_slice(&more));
	buf_put(&out, whole.p + end, whole.n - end);
	assert_int_equal(check(buf_slice(&out), &err), ERR_VERIFY);
	assert_non_null(strstr(err.message, "stranger.example"));
	note_secret_done(&stranger);
	buf_done(&more);
	buf_done(&note);
	buf_done(&out);
}

static void a_writer_leaves_strangers_out(void **state)
{
	struct sample *s = *state;
	struct case_finding finding = {0};
	struct note_secret stranger;
	struct note parsed;
	struct buf note, more, out;

	buf_init(&note, 65536);
	buf_init(&more, 65536);
	buf_init(&out, CASE_BUNDLE_MAX);
	fixture_case_put_checkpoint(s->fixture, &note, WITNESSED);
	assert_int_equal(note_parse(&parsed, buf_slice(&note), NULL), 0);
	buf_put_slice(&more, buf_slice(&note));
	fixture_case_secret(&stranger, "stranger.example", NOTE_KEY_ED25519);
	assert_int_equal(
	    note_put_signature(&more, &stranger, parsed.text, NULL), 0);
	fixture_case_finding(
	    s->fixture, &finding, s->question, TIME, WITNESSED);
	assert_int_equal(case_bundle_put(&out, &finding, buf_slice(&more),
			     buf_slice(&s->fixture->reveals), NULL, NULL),
	    0);
	assert_true(slice_is(buf_slice(&out), buf_slice(&s->bundle)));
	case_finding_done(&finding);
	note_secret_done(&stranger);
	buf_done(&note);
	buf_done(&more);
	buf_done(&out);
}

static void without_witness_the_word_says_so(void **state)
{
	struct sample *s = *state;
	struct case_bundle bundle = {0};

	buf_done(&s->bundle);
	make(s, 0);
	assert_int_equal(
	    case_bundle_check(&bundle, buf_slice(&s->bundle), NULL, 0, NULL),
	    0);
	assert_int_equal(case_finding_count(&bundle.finding, CASE_DRIVE,
			     CASE_DATA, CASE_NO_UNWITNESSED),
	    3);
	case_bundle_done(&bundle);
}

static void a_reveal_must_fit_its_record(void **state)
{
	struct sample *s = *state;
	struct err err = {0};
	struct buf out;

	replace(&out, buf_slice(&s->bundle), " S2\n", " S3\n");
	assert_int_equal(check(buf_slice(&out), &err), ERR_VERIFY);
	assert_non_null(strstr(err.message, "not the value that was signed"));
	buf_done(&out);
}

static void pins_must_be_keys_of_the_case(void **state)
{
	struct sample *s = *state;
	static const struct {
		const char *name;
		uint8_t type;
		int rc;
	} pins[] = {
	    {"police.example", NOTE_KEY_ED25519, 0},
	    {FIXTURE_CASE_LOG, NOTE_KEY_ED25519, 0},
	    {FIXTURE_CASE_WITNESS, NOTE_KEY_COSIGNATURE, 0},
	    {"stranger.example", NOTE_KEY_ED25519, ERR_VERIFY},
	    {FIXTURE_CASE_WITNESS, NOTE_KEY_ED25519, ERR_VERIFY},
	};

	for (size_t i = 0; i < sizeof(pins) / sizeof(pins[0]); i++) {
		struct case_bundle bundle = {0};
		struct note_secret secret;
		fixture_case_secret(&secret, pins[i].name, pins[i].type);
		assert_int_equal(
		    case_bundle_check(
			&bundle, buf_slice(&s->bundle), &secret.key, 1, NULL),
		    pins[i].rc);
		case_bundle_done(&bundle);
		note_secret_done(&secret);
	}
}

static void a_checkpoint_of_another_size_makes_no_bundle(void **state)
{
	struct sample *s = *state;
	struct case_finding finding = {0};
	struct buf note, out;

	buf_init(&note, 65536);
	buf_init(&out, CASE_BUNDLE_MAX);
	fixture_case_put_checkpoint(s->fixture, &note, 0);
	fixture_case_finding(s->fixture, &finding, s->question, TIME, 0);
	finding.size--;
	assert_int_equal(case_bundle_put(&out, &finding, buf_slice(&note),
			     (struct slice){0}, NULL, NULL),
	    ERR_USAGE);
	case_finding_done(&finding);
	buf_done(&note);
	buf_done(&out);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(a_bundle_holds_as_written),
	    cmocka_unit_test_setup_teardown(
		no_changed_byte_is_accepted, set_up_small, tear_down),
	    TEST(no_changed_byte_of_a_whole_case_is_accepted),
	    TEST(no_truncated_bundle_is_accepted),
	    TEST(nothing_may_follow_the_end),
	    TEST(a_changed_record_is_named),
	    TEST(a_changed_time_of_entry_is_told_from_a_changed_text),
	    TEST(a_forged_text_names_record_and_signer),
	    TEST(a_forged_time_of_entry_fails_against_the_root),
	    TEST(swapped_leaves_are_refused),
	    TEST(a_time_before_the_last_record_is_refused),
	    TEST(a_finding_that_was_improved_is_shown),
	    TEST(strangers_cosignatures_are_refused),
	    TEST(a_writer_leaves_strangers_out),
	    TEST(without_witness_the_word_says_so),
	    TEST(a_reveal_must_fit_its_record),
	    TEST(pins_must_be_keys_of_the_case),
	    TEST(a_checkpoint_of_another_size_makes_no_bundle),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
