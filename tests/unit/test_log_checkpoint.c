/*
 * test_log_checkpoint.c: checkpoints and cosignatures, against values computed
 * by another implementation (seeds of 32 equal bytes: 1 the log, 2 the
 * witness).
 */
#include "log_checkpoint.h"

#include "tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#define ORIGIN "case.example/log"
#define ROOT "G7l9zCFjXUfiZj79/QoXRobZjdcBNS3SzQbotD/T0wU="
#define EMPTY "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
#define TEXT ORIGIN "\n1\n" ROOT "\n"
#define DASH "\xe2\x80\x94 "
#define LOG_LINE                                                               \
	DASH ORIGIN " eggCyLbLWVE/pcK0u3/EI5Ca7PH4QXM6Zqnhb6ubol01xkPvanAy7pl" \
		    "BftzxHdNdIEwYvTeXmYJMWPqcJ3lW9siaAQs=\n"
#define WITNESS_LINE                                                           \
	DASH "witness.example/w1 3xwKNQAAAABkGFDL9O23dmsAM+p88BsdvRhT5/trm0MW" \
	     "Fv9GJ73lCslDwe3rK3vxzdMCgMiX9atgKvZuEPgLzYO5x5+q0QTbVCjSDw==\n"
#define WHEN 1679315147

static struct note_secret secret_of(
    const char *name, enum note_key_type type, uint8_t byte)
{
	struct note_secret secret;
	uint8_t seed[32];

	memset(seed, byte, sizeof(seed));
	assert_int_equal(
	    note_secret_from_seed(&secret, slice_of(name), type, seed, NULL),
	    0);
	return secret;
}

static struct note_secret log_secret(void)
{
	return secret_of(ORIGIN, NOTE_KEY_ED25519, 1);
}

static struct note_secret witness_secret(void)
{
	return secret_of("witness.example/w1", NOTE_KEY_COSIGNATURE, 2);
}

static int open_text(const char *text, size_t n)
{
	struct log_checkpoint checkpoint;
	struct note_secret secret = log_secret();
	struct slice bytes = {text, n};

	return log_checkpoint_open(&checkpoint, NULL, bytes, &secret.key, NULL);
}

static void reads_what_it_writes(void **state)
{
	struct log_checkpoint checkpoint;
	struct buf out;

	(void)state;
	assert_int_equal(
	    log_checkpoint_parse(&checkpoint, slice_of(TEXT), NULL), 0);
	assert_true(slice_is_text(checkpoint.origin, ORIGIN));
	assert_int_equal(checkpoint.size, 1);
	buf_init(&out, LOG_CHECKPOINT_MAX);
	log_checkpoint_put(
	    &out, checkpoint.origin, checkpoint.size, &checkpoint.root);
	assert_string_equal(out.p, TEXT);
	buf_done(&out);
}

static void reads_the_largest_size_and_the_empty_tree(void **state)
{
	struct log_checkpoint checkpoint;
	struct hash empty = tree_empty_root();

	(void)state;
	assert_int_equal(
	    log_checkpoint_parse(&checkpoint,
		slice_of("o\n18446744073709551615\n" ROOT "\n"), NULL),
	    0);
	assert_true(checkpoint.size == UINT64_MAX);
	assert_int_equal(log_checkpoint_parse(
			     &checkpoint, slice_of("o\n0\n" EMPTY "\n"), NULL),
	    0);
	assert_true(hash_is(&checkpoint.root, &empty));
}

static void refuses_every_other_text(void **state)
{
	static const char *const bad[] = {
	    "",
	    "\n",
	    "o\n1\n",
	    "o\n1\n" ROOT,
	    "\n1\n" ROOT "\n",
	    "o\n01\n" ROOT "\n",
	    "o\n+1\n" ROOT "\n",
	    "o\n-1\n" ROOT "\n",
	    "o\n1 \n" ROOT "\n",
	    "o\n\n" ROOT "\n",
	    "o\n18446744073709551616\n" ROOT "\n",
	    "o\n0\n" ROOT "\n",
	    "o\n1\n" ROOT "\r\n",
	    "o\n1\n\n" ROOT "\n",
	    "o\n1\n" ROOT "\n\n",
	    "o\n1\n" ROOT "\nextension\n",
	    "o\n1\nG7l9zCFjXUfiZj79/QoXRobZjdcBNS3SzQbotD/T0wU\n",
	    "o\n1\nG7l9zCFjXUfiZj79/QoXRobZjdcBNS3SzQbotD/T0wV=\n",
	    "o\n1\nG7l9zCFjXUfiZj79/QoXRobZjdcBNS3SzQbotD/T0w==\n",
	    "o\n1\nAAAA" ROOT "\n",
	    "o\tx\n1\n" ROOT "\n",
	    "\xff\n1\n" ROOT "\n",
	};
	struct log_checkpoint checkpoint;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (log_checkpoint_parse(&checkpoint, slice_of(bad[i]), NULL) !=
		    ERR_FORMAT)
			fail_msg("number %zu was accepted", i);
}

static void opens_what_the_log_signed(void **state)
{
	static const char note_text[] = TEXT "\n" LOG_LINE WITNESS_LINE;
	struct note_secret secret = log_secret();
	struct log_checkpoint checkpoint;
	struct note note;
	struct buf out;

	(void)state;
	buf_init(&out, LOG_CHECKPOINT_MAX);
	buf_puts(&out, TEXT "\n");
	assert_int_equal(
	    note_put_signature(&out, &secret, slice_of(TEXT), NULL), 0);
	assert_string_equal(out.p, TEXT "\n" LOG_LINE);
	buf_done(&out);
	assert_int_equal(log_checkpoint_open(&checkpoint, &note,
			     slice_of(note_text), &secret.key, NULL),
	    0);
	assert_int_equal(note.n, 2);
	assert_int_equal(checkpoint.size, 1);
}

static void refuses_a_checkpoint_of_somebody_else(void **state)
{
	struct note_secret other = secret_of(ORIGIN, NOTE_KEY_ED25519, 3);
	struct note_secret renamed =
	    secret_of("case.example/other", NOTE_KEY_ED25519, 1);
	struct log_checkpoint checkpoint;

	(void)state;
	assert_int_equal(log_checkpoint_open(&checkpoint, NULL,
			     slice_of(TEXT "\n" LOG_LINE), &other.key, NULL),
	    ERR_VERIFY);
	assert_int_equal(log_checkpoint_open(&checkpoint, NULL,
			     slice_of(TEXT "\n" LOG_LINE), &renamed.key, NULL),
	    ERR_VERIFY);
	assert_int_equal(
	    open_text(TEXT "\n" WITNESS_LINE, strlen(TEXT "\n" WITNESS_LINE)),
	    ERR_VERIFY);
}

static void refuses_every_altered_bit_and_every_length(void **state)
{
	char bytes[] = TEXT "\n" LOG_LINE;
	size_t n = strlen(bytes);

	(void)state;
	assert_int_equal(open_text(bytes, n), 0);
	for (size_t i = 0; i < n * 8; i++) {
		bytes[i / 8] ^= (char)(1 << i % 8);
		int r = open_text(bytes, n);
		if (r != ERR_VERIFY && r != ERR_FORMAT)
			fail_msg("bit %zu: %d", i, r);
		bytes[i / 8] ^= (char)(1 << i % 8);
	}
	for (size_t i = 0; i < n; i++) {
		int r = open_text(bytes, i);
		if (r != ERR_VERIFY && r != ERR_FORMAT)
			fail_msg("length %zu: %d", i, r);
	}
}

static void cosigns_as_the_specification_says(void **state)
{
	struct note_secret witness = witness_secret();
	struct buf out;

	(void)state;
	buf_init(&out, LOG_CHECKPOINT_MAX);
	assert_int_equal(
	    log_checkpoint_cosign(&out, &witness, slice_of(TEXT), WHEN, NULL),
	    0);
	assert_string_equal(out.p, WITNESS_LINE);
	buf_done(&out);
}

static int check_line(const char *text, const char *line,
    const struct note_key *key, int64_t *ret_when)
{
	struct note note;
	struct buf bytes;
	int r = ERR_VERIFY;

	buf_init(&bytes, LOG_CHECKPOINT_MAX);
	buf_puts(&bytes, TEXT "\n");
	buf_puts(&bytes, line);
	if (note_parse(&note, buf_slice(&bytes), NULL) == 0)
		r = log_checkpoint_check_cosignature(
		    ret_when, key, slice_of(text), &note.signatures[0], NULL);
	buf_done(&bytes);
	return r;
}

static void puts_the_logs_own_signature_and_no_other(void **state)
{
	struct note_secret log = log_secret();
	struct buf out;

	(void)state;
	buf_init(&out, LOG_CHECKPOINT_MAX);
	assert_int_equal(
	    log_checkpoint_put_own(&out,
		slice_of(TEXT "\n" WITNESS_LINE LOG_LINE), &log.key, NULL),
	    0);
	assert_string_equal(out.p, TEXT "\n" LOG_LINE);
	assert_int_equal(log_checkpoint_put_own(&out,
			     slice_of(TEXT "\n" WITNESS_LINE), &log.key, NULL),
	    ERR_VERIFY);
	buf_done(&out);
}

static void checks_a_cosignature_and_gives_its_time(void **state)
{
	struct note_secret witness = witness_secret();
	int64_t when = 0;

	(void)state;
	assert_int_equal(
	    check_line(TEXT, WITNESS_LINE, &witness.key, &when), 0);
	assert_true(when == WHEN);
}

static void refuses_every_altered_cosignature(void **state)
{
	struct note_secret witness = witness_secret();
	struct note_secret other =
	    secret_of("witness.example/w1", NOTE_KEY_COSIGNATURE, 3);
	char line[] = WITNESS_LINE;
	int64_t when = 0;

	(void)state;
	for (size_t i = 0; i < strlen(WITNESS_LINE) * 8; i++) {
		line[i / 8] ^= (char)(1 << i % 8);
		if (check_line(TEXT, line, &witness.key, &when) != ERR_VERIFY)
			fail_msg("bit %zu was accepted", i);
		line[i / 8] ^= (char)(1 << i % 8);
	}
	assert_int_equal(check_line(ORIGIN "\n2\n" ROOT "\n", WITNESS_LINE,
			     &witness.key, &when),
	    ERR_VERIFY);
	assert_int_equal(
	    check_line(TEXT, WITNESS_LINE, &other.key, &when), ERR_VERIFY);
	assert_int_equal(
	    check_line(TEXT, LOG_LINE, &witness.key, &when), ERR_VERIFY);
	assert_true(when == 0);
}

/* A signature that is right but whose time is not one. */
static void refuses_the_time_zero_and_times_past_63_bits(void **state)
{
	static const uint64_t bad[] = {0, UINT64_C(1) << 63, UINT64_MAX};
	struct note_secret witness = witness_secret();
	int64_t when = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct buf message;
		struct buf line;
		uint8_t bytes[72];
		buf_init(&message, 4096);
		buf_init(&line, 4096);
		buf_printf(&message, "cosignature/v1\ntime %llu\n" TEXT,
		    (unsigned long long)bad[i]);
		for (int at = 0; at < 8; at++)
			bytes[at] = (uint8_t)(bad[i] >> (56 - 8 * at));
		assert_int_equal(note_sign_bytes(bytes + 8, &witness, message.p,
				     message.n, NULL),
		    0);
		note_put_signature_bytes(&line, &witness.key, bytes, 72);
		assert_int_equal(
		    check_line(TEXT, line.p, &witness.key, &when), ERR_VERIFY);
		buf_done(&message);
		buf_done(&line);
	}
}

static void says_that_a_text_is_too_long_to_be_cosigned(void **state)
{
	struct note_secret witness = witness_secret();
	struct buf out;
	char *text = calloc(1, LOG_CHECKPOINT_MAX + 100);

	(void)state;
	assert_non_null(text);
	buf_init(&out, LOG_CHECKPOINT_MAX);
	assert_int_equal(
	    log_checkpoint_cosign(&out, &witness,
		(struct slice){text, LOG_CHECKPOINT_MAX + 100}, 1, NULL),
	    ERR_LIMIT);
	assert_int_equal(out.n, 0);
	buf_done(&out);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(reads_what_it_writes),
	    cmocka_unit_test(reads_the_largest_size_and_the_empty_tree),
	    cmocka_unit_test(refuses_every_other_text),
	    cmocka_unit_test(opens_what_the_log_signed),
	    cmocka_unit_test(refuses_a_checkpoint_of_somebody_else),
	    cmocka_unit_test(refuses_every_altered_bit_and_every_length),
	    cmocka_unit_test(cosigns_as_the_specification_says),
	    cmocka_unit_test(puts_the_logs_own_signature_and_no_other),
	    cmocka_unit_test(checks_a_cosignature_and_gives_its_time),
	    cmocka_unit_test(refuses_every_altered_cosignature),
	    cmocka_unit_test(refuses_the_time_zero_and_times_past_63_bits),
	    cmocka_unit_test(says_that_a_text_is_too_long_to_be_cosigned),
	};

	note_key_setup();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
