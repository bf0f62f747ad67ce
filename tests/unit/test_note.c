/*
 * test_note.c: signed notes: the examples of the C2SP specification, what is
 * read back from what was written, every near miss of the format, and every
 * single change to a signed note.
 */
#include "mem.h"
#include "note.h"
#include "text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define DASH "\xe2\x80\x94"

/* The specification's own example and its key. */
#define VKEY                                                                   \
	"example.com/"                                                         \
	"foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
#define EXAMPLE_TEXT "This is an example message.\n"
#define EXAMPLE_BASE64                                                         \
	"Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3" \
	"m"                                                                    \
	"FXmRKuwHjG1Yu72IneyaQM="
#define EXAMPLE_LINE DASH " example.com/foo " EXAMPLE_BASE64 "\n"
#define EXAMPLE EXAMPLE_TEXT "\n" EXAMPLE_LINE

#define POEM_TEXT                                                              \
	"Ognuno sta solo sul cuor della terra\n"                               \
	"trafitto da un raggio di sole:\n\ned \xc3\xa8 subito sera.\n"
#define POEM_LINE                                                              \
	DASH " quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2"  \
	     "i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=\n"

/* Made with the key whose seed is 00 01 02 ... 1f. */
#define HANDOVER_TEXT "counterfoil-record/v1 handover\nitem: B-0007\n"
#define HANDOVER_LINE                                                          \
	DASH " police.example fhO2PgvFuC9CvEyB2HGjDD2yC2JP/nBApvph5HWjF2kI+kG" \
	     "6OhI7XvdPzts/coDv35vf97UgZDvrjyucS9w3zmfKJg8=\n"

static int set_up(void **state)
{
	(void)state;
	note_key_setup();
	return 0;
}

static struct slice bytes(const char *p, size_t n)
{
	return (struct slice){p, n};
}

static int parse_bytes(struct slice s)
{
	struct note note = {.n = 77};
	struct err err = {0};
	int r = note_parse(&note, s, &err);

	assert_int_equal(err.code, r);
	if (r < 0)
		assert_int_equal(note.n, 77);
	return r;
}

static int parse(const char *text)
{
	return parse_bytes(slice_of(text));
}

static void make_secret(struct note_secret *ret_secret, const char *name)
{
	uint8_t seed[32];

	for (uint8_t i = 0; i < 32; i++)
		seed[i] = i;
	assert_int_equal(note_secret_from_seed(ret_secret, slice_of(name),
			     NOTE_KEY_ED25519, seed, NULL),
	    0);
}

/* What every user of notes does: 0 only if the note is signed by `key`. */
static int open_note(struct slice s, const struct note_key *key)
{
	struct note note;
	int r = note_parse(&note, s, NULL);

	if (r < 0)
		return r;
	const struct note_signature *signature = note_find(&note, key);
	if (!signature)
		return ERR_VERIFY;
	return note_check(key, note.text, signature, NULL);
}

static void checks_the_example_of_the_specification(void **state)
{
	struct note_key key;
	struct note note;

	(void)state;
	assert_int_equal(note_key_parse(&key, slice_of(VKEY), NULL), 0);
	assert_int_equal(note_parse(&note, slice_of(EXAMPLE), NULL), 0);
	assert_true(slice_is_text(note.text, EXAMPLE_TEXT));
	assert_int_equal(note.n, 1);
	assert_int_equal(note.signatures[0].id, 0x530d903a);
	assert_int_equal(note.signatures[0].bytes_n, 64);
	assert_true(slice_is_text(note.signatures[0].name, "example.com/foo"));
	assert_true(slice_is_text(note.signatures[0].base64, EXAMPLE_BASE64));
	assert_ptr_equal(note_find(&note, &key), &note.signatures[0]);
	assert_int_equal(
	    note_check(&key, note.text, &note.signatures[0], NULL), 0);
}

static void text_ends_at_the_last_empty_line(void **state)
{
	struct note note;

	(void)state;
	assert_int_equal(
	    note_parse(&note, slice_of(POEM_TEXT "\n" POEM_LINE), NULL), 0);
	assert_true(slice_is_text(note.text, POEM_TEXT));
	assert_int_equal(
	    note_parse(&note, slice_of("a\n\n\n\n" POEM_LINE), NULL), 0);
	assert_true(slice_is_text(note.text, "a\n\n\n"));
	assert_int_equal(
	    note_parse(&note, slice_of(EXAMPLE "\n" POEM_LINE), NULL), 0);
	assert_true(slice_is_text(note.text, EXAMPLE));
	assert_int_equal(note.n, 1);
	assert_int_equal(
	    note_parse(&note, slice_of("\n\n" POEM_LINE), NULL), 0);
	assert_true(slice_is_text(note.text, "\n"));
}

static void signs_the_golden_note(void **state)
{
	struct note_secret secret;
	struct buf out;

	(void)state;
	make_secret(&secret, "police.example");
	buf_init(&out, NOTE_MAX);
	buf_puts(&out, HANDOVER_TEXT "\n");
	assert_int_equal(
	    note_put_signature(&out, &secret, slice_of(HANDOVER_TEXT), NULL),
	    0);
	assert_int_equal(buf_check(&out, NULL), 0);
	assert_string_equal(out.p, HANDOVER_TEXT "\n" HANDOVER_LINE);
	assert_int_equal(open_note(buf_slice(&out), &secret.key), 0);
	buf_done(&out);
	note_secret_done(&secret);
}

static void finds_by_name_and_id_together(void **state)
{
	struct note_secret police, lab;
	struct note_key cosigner, renamed;
	struct note note;

	(void)state;
	make_secret(&police, "police.example");
	make_secret(&lab, "lab.example");
	assert_int_equal(note_key_make(&cosigner, slice_of("police.example"),
			     NOTE_KEY_COSIGNATURE, police.key.public_key, NULL),
	    0);
	renamed = police.key;
	renamed.name[0] = 'P';
	assert_int_equal(
	    note_parse(&note,
		slice_of(HANDOVER_TEXT "\n" POEM_LINE HANDOVER_LINE), NULL),
	    0);
	assert_int_equal(note.n, 2);
	assert_ptr_equal(note_find(&note, &police.key), &note.signatures[1]);
	assert_null(note_find(&note, &lab.key));
	assert_null(note_find(&note, &cosigner));
	assert_null(note_find(&note, &renamed));
	note_secret_done(&police);
	note_secret_done(&lab);
}

static void a_signature_counts_only_for_its_own_key(void **state)
{
	struct note_secret secret;
	struct note_key other;
	struct note note;
	struct err err = {0};

	(void)state;
	make_secret(&secret, "police.example");
	assert_int_equal(
	    note_parse(&note, slice_of(HANDOVER_TEXT "\n" HANDOVER_LINE), NULL),
	    0);
	struct note_signature *signature = &note.signatures[0];
	assert_int_equal(
	    note_check(&secret.key, note.text, signature, NULL), 0);

	/* The same point under another name, and for cosignatures. */
	assert_int_equal(note_key_make(&other, slice_of("lab.example"),
			     NOTE_KEY_ED25519, secret.key.public_key, NULL),
	    0);
	assert_int_equal(
	    note_check(&other, note.text, signature, &err), ERR_VERIFY);
	assert_string_equal(
	    err.message, "lab.example: not a signature by this key");
	other = secret.key;
	other.type = NOTE_KEY_COSIGNATURE;
	assert_int_equal(
	    note_check(&other, note.text, signature, NULL), ERR_VERIFY);

	signature->bytes_n = 63;
	assert_int_equal(
	    note_check(&secret.key, note.text, signature, NULL), ERR_VERIFY);
	signature->bytes_n = 72;
	assert_int_equal(
	    note_check(&secret.key, note.text, signature, NULL), ERR_VERIFY);
	note_secret_done(&secret);
}

static void no_changed_byte_leaves_a_signed_note_valid(void **state)
{
	const char note[] = HANDOVER_TEXT "\n" HANDOVER_LINE;
	size_t n = sizeof(note) - 1;
	struct note_secret secret;
	char bad[sizeof(note)];

	(void)state;
	make_secret(&secret, "police.example");
	memcpy(bad, note, sizeof(note));
	assert_int_equal(open_note(bytes(bad, n), &secret.key), 0);
	for (size_t i = 0; i < n; i++)
		for (unsigned value = 0; value < 256; value++) {
			bad[i] = (char)value;
			int r = open_note(bytes(bad, n), &secret.key);
			if (bad[i] == note[i])
				assert_int_equal(r, 0);
			else
				assert_true(r == ERR_FORMAT || r == ERR_VERIFY);
			bad[i] = note[i];
		}
	note_secret_done(&secret);
}

static void no_part_of_a_signed_note_is_valid(void **state)
{
	const char note[] = HANDOVER_TEXT "\n" HANDOVER_LINE;
	size_t n = sizeof(note) - 1;
	struct note_secret secret;

	(void)state;
	make_secret(&secret, "police.example");
	for (size_t i = 0; i < n; i++) {
		char *part = mem_copy_text(note, i); /* for the sanitizer */
		assert_non_null(part);
		assert_true(open_note(bytes(part, i), &secret.key) < 0);
		free(part);
	}
	for (size_t i = 1; i < n; i++)
		assert_true(open_note(bytes(note + i, n - i), &secret.key) < 0);
	for (size_t i = 0; i + 1 < n; i++) {
		char bad[sizeof(note)];
		memcpy(bad, note, sizeof(note));
		bad[i] = note[i + 1];
		bad[i + 1] = note[i];
		int r = open_note(bytes(bad, n), &secret.key);
		assert_true(r < 0 || note[i] == note[i + 1]);
		memmove(bad + i, bad + i + 1, n - i);
		assert_true(open_note(bytes(bad, n - 1), &secret.key) < 0);
	}
	note_secret_done(&secret);
}

static void refuses_what_is_not_a_note(void **state)
{
	static const char *const bad[] = {"", "\n", "\n\n", "a", "a\n", "a\n\n",
	    EXAMPLE_TEXT, EXAMPLE_LINE, "\n" EXAMPLE_LINE,
	    EXAMPLE_TEXT EXAMPLE_LINE, EXAMPLE "\n", EXAMPLE "x\n",
	    EXAMPLE_TEXT "\n\n", EXAMPLE_TEXT "\r\n\r\n" EXAMPLE_LINE,
	    EXAMPLE_TEXT "\n" EXAMPLE_LINE "\n" EXAMPLE_TEXT,
	    EXAMPLE_TEXT "\n\x01" EXAMPLE_LINE, "a\tb\n\n" EXAMPLE_LINE,
	    "a\x1f\n\n" EXAMPLE_LINE, "a\xff\n\n" EXAMPLE_LINE,
	    "a\xc0\x80\n\n" EXAMPLE_LINE, "a\xed\xa0\x80\n\n" EXAMPLE_LINE,
	    "a\xf4\x90\x80\x80\n\n" EXAMPLE_LINE};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(parse(bad[i]), ERR_FORMAT);
	assert_int_equal(parse_bytes((struct slice){0}), ERR_FORMAT);
	assert_int_equal(parse_bytes(bytes("a\0\n\n" EXAMPLE_LINE,
			     4 + sizeof(EXAMPLE_LINE) - 1)),
	    ERR_FORMAT);
}

static void a_signature_line_has_one_spelling(void **state)
{
	static const char *const bad[] = {
	    "- x AAAAAAA=\n",
	    "\xe2\x80\x93 x AAAAAAA=\n",
	    DASH "x AAAAAAA=\n",
	    DASH "  x AAAAAAA=\n",
	    DASH "\xc2\xa0x AAAAAAA=\n",
	    " " DASH " x AAAAAAA=\n",
	    DASH " x  AAAAAAA=\n",
	    DASH " x AAAAAAA= \n",
	    DASH " x AAAAAAA= y\n",
	    DASH " x AAAAAAA\n",
	    DASH " x AAAAAAB=\n",
	    DASH " x AAAAAA==\n",
	    DASH " x AAAAAA\n",
	    DASH " x AAAA\n",
	    DASH " x AAAA AAA=\n",
	    DASH " x AAAAA-A=\n",
	    DASH " x AAAAAAA=AAAA\n",
	    DASH " x AAAA\303\200A=\n",
	    DASH " x \n",
	    DASH " x\n",
	    DASH " \n",
	    DASH "  AAAAAAA=\n",
	    DASH " a+b AAAAAAA=\n",
	    DASH " a\xc2\x85 AAAAAAA=\n",
	    DASH " a\xe3\x80\x80z AAAAAAA=\n",
	    DASH " x AAAAAAA=",
	};
	struct buf out;

	(void)state;
	buf_init(&out, 1000);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		buf_clear(&out);
		buf_puts(&out, "a\n\n");
		buf_puts(&out, bad[i]);
		assert_int_equal(parse_bytes(buf_slice(&out)), ERR_FORMAT);
		buf_clear(&out);
		buf_puts(&out, EXAMPLE);
		buf_puts(&out, bad[i]);
		assert_int_equal(parse_bytes(buf_slice(&out)), ERR_FORMAT);
	}
	buf_done(&out);
	assert_int_equal(parse("a\n\n" DASH " x AAAAAAA=\n"), 0);
	assert_int_equal(parse("a\n\n" DASH " x AAAAAAA=\n" EXAMPLE_LINE), 0);
}

static void a_second_signature_of_one_key_is_refused(void **state)
{
	(void)state;
	assert_int_equal(parse(EXAMPLE EXAMPLE_LINE), ERR_FORMAT);
	assert_int_equal(parse("a\n\n" DASH " x AAAAAAA=\n" DASH
			       " y AAAAAAA=\n" DASH " x AAAAAQA=\n"),
	    0);
	assert_int_equal(parse("a\n\n" DASH " x AAAAAAA=\n" DASH
			       " y AAAAAAA=\n" DASH " x AAAAAAE=\n"),
	    ERR_FORMAT);
}

/* A note of `count` signatures of n bytes each by keys of one name. */
static void put_many(struct buf *out, size_t count, size_t n)
{
	static uint8_t signature[NOTE_SIGNATURE_BYTES_MAX];
	struct note_key key = {.name = "x"};

	for (size_t i = 0; i < n; i++)
		signature[i] = (uint8_t)i;
	buf_clear(out);
	buf_puts(out, "a\n\n");
	for (size_t i = 0; i < count; i++) {
		key.id = (uint32_t)i << 20 | 7;
		note_put_signature_bytes(out, &key, signature, n);
	}
	assert_int_equal(buf_check(out, NULL), 0);
}

static void takes_a_hundred_signatures_and_no_more(void **state)
{
	struct note note;
	struct buf out;

	(void)state;
	buf_init(&out, 2 * NOTE_MAX);
	put_many(&out, NOTE_SIGNATURES_MAX, NOTE_SIGNATURE_BYTES_MAX);
	assert_int_equal(note_parse(&note, buf_slice(&out), NULL), 0);
	assert_int_equal(note.n, NOTE_SIGNATURES_MAX);
	for (size_t i = 0; i < note.n; i++) {
		const struct note_signature *s = &note.signatures[i];
		assert_int_equal(s->id, (uint32_t)i << 20 | 7);
		assert_int_equal(s->bytes_n, NOTE_SIGNATURE_BYTES_MAX);
		for (size_t j = 0; j < sizeof(s->bytes); j++)
			assert_int_equal(s->bytes[j], j);
	}
	put_many(&out, NOTE_SIGNATURES_MAX + 1, 1);
	assert_int_equal(parse_bytes(buf_slice(&out)), ERR_LIMIT);
	buf_done(&out);
}

static void limits_are_exact(void **state)
{
	uint8_t payload[4 + NOTE_SIGNATURE_BYTES_MAX + 1] = {0};
	struct buf out;

	(void)state;
	buf_init(&out, NOTE_MAX + 1);
	buf_puts(&out, "a\n\n" DASH " x ");
	text_put_base64(&out, payload, sizeof(payload));
	buf_puts(&out, "\n");
	assert_int_equal(parse_bytes(buf_slice(&out)), ERR_LIMIT);

	buf_clear(&out);
	while (out.n < NOTE_MAX - sizeof(EXAMPLE))
		buf_putc(&out, 'a');
	buf_puts(&out, EXAMPLE);
	assert_int_equal(buf_check(&out, NULL), 0);
	assert_int_equal(out.n, NOTE_MAX - 1);
	struct slice note = {out.p, NOTE_MAX - 1};
	assert_int_equal(parse_bytes(note), 0);
	memmove(out.p + 1, out.p, note.n);
	note.n++;
	assert_int_equal(parse_bytes(note), 0);
	note.n++;
	assert_int_equal(parse_bytes(note), ERR_LIMIT);
	buf_done(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(checks_the_example_of_the_specification),
	    cmocka_unit_test(text_ends_at_the_last_empty_line),
	    cmocka_unit_test(signs_the_golden_note),
	    cmocka_unit_test(finds_by_name_and_id_together),
	    cmocka_unit_test(a_signature_counts_only_for_its_own_key),
	    cmocka_unit_test(no_changed_byte_leaves_a_signed_note_valid),
	    cmocka_unit_test(no_part_of_a_signed_note_is_valid),
	    cmocka_unit_test(refuses_what_is_not_a_note),
	    cmocka_unit_test(a_signature_line_has_one_spelling),
	    cmocka_unit_test(a_second_signature_of_one_key_is_refused),
	    cmocka_unit_test(takes_a_hundred_signatures_and_no_more),
	    cmocka_unit_test(limits_are_exact),
	};

	return cmocka_run_group_tests_name("note", tests, set_up, NULL);
}
