/*
 * test_witness_policy.c: policies as tlog-policy has them, and every way in
 * which a line can be wrong.
 */
#include "witness_policy.h"

#include "witness_box.h"

static struct witness_policy policy;

/* X1 to X5 stand for witness keys, L1 and L2 for log keys. */
static void expand(struct buf *out, const char *text)
{
	for (; *text != '\0'; text++) {
		bool is_witness = *text == '@', is_log = *text == '%';
		if (!is_witness && !is_log) {
			buf_putc(out, *text);
			continue;
		}
		char name[32];
		text++;
		(void)snprintf(name, sizeof(name), "k%c.example", *text);
		struct note_secret secret = box_secret(name,
		    is_witness ? NOTE_KEY_COSIGNATURE : NOTE_KEY_ED25519,
		    (uint8_t)*text);
		note_key_put(out, &secret.key);
	}
}

static int parse(const char *text, struct err *err)
{
	struct buf full;

	buf_init(&full, 1u << 20);
	expand(&full, text);
	int rc = witness_policy_parse(&policy, buf_slice(&full), err);
	buf_done(&full);
	return rc;
}

#define TWO_LEVELS                                                             \
	"# an example\n"                                                       \
	"log %1\n"                                                             \
	"\n"                                                                   \
	" witness X1 @1  https://w1.example/\n"                                \
	"witness\tX2 @2\nwitness X3 @3\n"                                      \
	"group  X 2 X1 X2 X3\n"                                                \
	"witness Y1 @4\nwitness Y2 @5\n"                                       \
	"group Y any Y1 Y2\n"                                                  \
	"group both all X Y\n"                                                 \
	"quorum both\n"

static void reads_the_example_of_the_specification(void **state)
{
	(void)state;
	assert_int_equal(parse(TWO_LEVELS, NULL), 0);
	assert_int_equal(policy.log_count, 1);
	assert_int_equal(policy.witness_count, 5);
	assert_string_equal(policy.witnesses[0].name, "X1");
	assert_string_equal(policy.witnesses[0].url, "https://w1.example/");
	assert_null(policy.witnesses[1].url);
	assert_string_equal(policy.witnesses[3].key.name, "k4.example");
	witness_policy_done(&policy);
}

static void two_levels_are_reached_only_together(void **state)
{
	(void)state;
	assert_int_equal(parse(TWO_LEVELS, NULL), 0);
	for (unsigned set = 0; set < 32; set++) {
		bool has[5];
		for (unsigned i = 0; i < 5; i++)
			has[i] = (set >> i & 1) != 0;
		bool must = has[0] + has[1] + has[2] >= 2 && (has[3] || has[4]);
		assert_int_equal(witness_policy_is_met(&policy, has), must);
	}
	witness_policy_done(&policy);
}

static void none_is_reached_by_nobody(void **state)
{
	bool has[1] = {false};

	(void)state;
	assert_int_equal(parse("quorum none\n", NULL), 0);
	assert_true(witness_policy_is_met(&policy, has));
	witness_policy_done(&policy);
	assert_int_equal(parse("witness a @1\nquorum a\n", NULL), 0);
	assert_false(witness_policy_is_met(&policy, has));
	has[0] = true;
	assert_true(witness_policy_is_met(&policy, has));
	witness_policy_done(&policy);
}

static void a_witness_outside_of_the_quorum_does_not_count(void **state)
{
	bool has[2] = {false, true};

	(void)state;
	assert_int_equal(
	    parse("witness a @1\nwitness b @2\nquorum a\n", NULL), 0);
	assert_false(witness_policy_is_met(&policy, has));
	witness_policy_done(&policy);
}

static void every_other_policy_is_refused_with_its_line(void **state)
{
	static const struct {
		const char *text, *where;
	} bad[] = {
	    {"", "no quorum"},
	    {"witness a @1\n", "no quorum"},
	    {"quorum none", "line 1: the last line"},
	    {"quorum none\nquorum none\n", "line 2: a second"},
	    {"quorum a\nwitness a @1\n", "line 1: \"a\" is not defined"},
	    {"witness none @1\nquorum none\n", "line 1: \"none\""},
	    {"witness a @1\nwitness a @2\nquorum a\n", "line 2: \"a\" is def"},
	    {"witness a @1\nwitness b @1\nquorum a\n", "line 2: another wit"},
	    {"log %1\nlog %1\nquorum none\n", "line 2: another log"},
	    {"log @1\nquorum none\n", "line 1: a log needs"},
	    {"witness a %1\nquorum none\n", "line 1: a witness needs"},
	    {"witness a nokey\nquorum none\n", "line 1:"},
	    {"witness a\nquorum none\n", "line 1: write"},
	    {"witness a @1 b c\nquorum none\n", "line 1: write"},
	    {"log\nquorum none\n", "line 1: write"},
	    {"quorum\n", "line 1: write"},
	    {"quorum a b\n", "line 1: write"},
	    {"group g all\nquorum none\n", "line 1: write"},
	    {"group g all g\nquorum g\n", "line 1: \"g\" is not defined"},
	    {"witness a @1\ngroup g 0 a\nquorum g\n", "line 2: \"0\""},
	    {"witness a @1\ngroup g 2 a\nquorum g\n", "line 2: \"2\""},
	    {"witness a @1\ngroup g 01 a\nquorum g\n", "line 2: \"01\""},
	    {"witness a @1\ngroup g most a\nquorum g\n", "line 2: \"most\""},
	    {"witness a @1\ngroup g any a a\nquorum g\n", "line 2: \"a\" is a"},
	    {"witness a @1\ngroup g any a\ngroup h any a\nquorum g\n",
		"line 3: \"a\" is a member"},
	    {"witness a @1\ngroup g any none\nquorum g\n", "line 2: \"none\""},
	    {"witness a @1\ngroup a any a\nquorum a\n", "line 2: \"a\" is def"},
	    {"quorum none\r\n", "line 1: a control"},
	    {"# \x7f\nquorum none\n", "line 1: a control"},
	    {"mirror x\nquorum none\n", "line 1: \"mirror\""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct err err = {0};
		assert_int_equal(parse(bad[i].text, &err), ERR_FORMAT);
		if (strstr(err.message, bad[i].where) == NULL)
			fail_msg("%zu: %s", i, err.message);
	}
}

static void octets_beyond_ascii_are_opaque(void **state)
{
	(void)state;
	assert_int_equal(
	    parse(
		"witness \xe2\x84\xaa\xff @1\nquorum \xe2\x84\xaa\xff\n", NULL),
	    0);
	witness_policy_done(&policy);
	assert_int_equal(
	    parse("witness K @1\nquorum \xe2\x84\xaa\n", NULL), ERR_FORMAT);
}

static void counts_what_stands_in_a_note_and_refuses_forgeries(void **state)
{
	struct box_log log;
	struct buf out;
	struct note note;
	bool has[5];
	size_t n;

	(void)state;
	box_log_init(&log, 0);
	assert_int_equal(parse(TWO_LEVELS, NULL), 0);
	buf_init(&out, 65536);
	box_checkpoint(&log, 3, "", &out);
	assert_int_equal(note_parse(&note, buf_slice(&out), NULL), 0);
	struct buf text;
	buf_init(&text, 4096);
	buf_put_slice(&text, note.text);
	struct note_secret w2 =
	    box_secret("k2.example", NOTE_KEY_COSIGNATURE, '2');
	assert_int_equal(
	    log_checkpoint_cosign(&out, &w2, buf_slice(&text), BOX_NOW, NULL),
	    0);
	assert_int_equal(note_parse(&note, buf_slice(&out), NULL), 0);
	assert_int_equal(
	    witness_policy_count(&policy, &note, has, &n, NULL), 0);
	assert_int_equal(n, 1);
	assert_true(has[1] && !has[0] && !has[2] && !has[3] && !has[4]);
	uint8_t zero[72] = {0};
	struct note_secret w1 =
	    box_secret("k1.example", NOTE_KEY_COSIGNATURE, '1');
	note_put_signature_bytes(&out, &w1.key, zero, sizeof(zero));
	assert_int_equal(note_parse(&note, buf_slice(&out), NULL), 0);
	assert_int_equal(
	    witness_policy_count(&policy, &note, has, &n, NULL), ERR_VERIFY);
	buf_done(&text);
	buf_done(&out);
	witness_policy_done(&policy);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(reads_the_example_of_the_specification),
	    cmocka_unit_test(two_levels_are_reached_only_together),
	    cmocka_unit_test(none_is_reached_by_nobody),
	    cmocka_unit_test(a_witness_outside_of_the_quorum_does_not_count),
	    cmocka_unit_test(every_other_policy_is_refused_with_its_line),
	    cmocka_unit_test(octets_beyond_ascii_are_opaque),
	    cmocka_unit_test(
		counts_what_stands_in_a_note_and_refuses_forgeries),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
