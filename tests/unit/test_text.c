/*
 * test_text.c: what may stand in a record, and one spelling each for escapes,
 * hex and base64.
 */
#include "text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

static void accepts_utf8_in_its_shortest_form(void **state)
{
	static const char *const good[] = {"", "a", "\x7f", "\xc2\x80",
	    "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80",
	    "\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"};

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
		assert_true(text_is_utf8(slice_of(good[i])));
}

static void refuses_what_is_not_utf8(void **state)
{
	static const char *const bad[] = {"\x80", "\xbf", "\xc0\x80",
	    "\xc1\xbf", "\xc2", "\xc2\xc2", "\xe0\x80\x80", "\xe0\x9f\xbf",
	    "\xed\xa0\x80", "\xed\xbf\xbf", "\xe2\x82", "\xf0\x80\x80\x80",
	    "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80",
	    "\xf8\x88\x80\x80\x80", "\xff", "a\xe2\x82z"};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		size_t at;
		uint32_t code_point = 0;

		assert_false(text_is_utf8(slice_of(bad[i])));
		assert_false(text_is_line(slice_of(bad[i]), &at, &code_point));
		assert_true(code_point == 0xffffffff);
		assert_int_equal(at, bad[i][0] == 'a');
	}
}

static size_t encode(char text[5], uint32_t c)
{
	size_t n = 0;

	if (c < 0x80) {
		text[n++] = (char)c;
	} else if (c < 0x800) {
		text[n++] = (char)(0xc0 | c >> 6);
		text[n++] = (char)(0x80 | (c & 63));
	} else if (c < 0x10000) {
		text[n++] = (char)(0xe0 | c >> 12);
		text[n++] = (char)(0x80 | (c >> 6 & 63));
		text[n++] = (char)(0x80 | (c & 63));
	} else {
		text[n++] = (char)(0xf0 | c >> 18);
		text[n++] = (char)(0x80 | (c >> 12 & 63));
		text[n++] = (char)(0x80 | (c >> 6 & 63));
		text[n++] = (char)(0x80 | (c & 63));
	}
	return n;
}

static bool should_be_refused(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == 0x61c ||
	    c == 0x200b || c == 0x200e || c == 0x200f ||
	    (c >= 0x2028 && c <= 0x202e) || c == 0x2060 ||
	    (c >= 0x2066 && c <= 0x2069) || c == 0xfeff;
}

static void judges_every_code_point_as_the_findings_say(void **state)
{
	(void)state;
	for (uint32_t c = 0; c <= 0x10ffff; c++) {
		char text[5];
		const struct slice s = {text, encode(text, c)};
		const bool is_surrogate = c >= 0xd800 && c <= 0xdfff;

		if (text_is_utf8(s) == is_surrogate ||
		    text_is_line(s, NULL, NULL) !=
			(!is_surrogate && !should_be_refused(c)))
			fail_msg("U+%04x", (unsigned)c);
	}
}

static void keeps_the_joiner_that_persian_needs(void **state)
{
	(void)state;
	assert_true(text_is_line(slice_of("\xd9\x85\xdb\x8c\xe2\x80\x8c\xd8\xb1"
					  "\xd9\x88\xd9\x85"),
	    NULL, NULL));
}

static void names_the_first_refused_character(void **state)
{
	size_t at = 0;
	uint32_t code_point = 0;

	(void)state;
	assert_false(
	    text_is_line(slice_of("ab\xe2\x80\xae\n"), &at, &code_point));
	assert_int_equal(at, 2);
	assert_int_equal(code_point, 0x202e);
	assert_false(text_is_line((struct slice){"\0", 1}, &at, &code_point));
	assert_int_equal(at, 0);
	assert_int_equal(code_point, 0);
}

static void accepts_identifiers(void **state)
{
	static const char *const good[] = {"a", "9", "B-0007", "a.b", "a/b",
	    "prosecutor.example/evidence-room", "a--b", "a.-b", "a./b"};

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
		assert_true(text_is_identifier(slice_of(good[i])));
}

static void refuses_what_is_no_identifier(void **state)
{
	static const char *const bad[] = {"", ".a", "a.", "-a", "a-", "/a",
	    "a/", "a..b", "a//b", "a b", "a_b", "a:b", "a\n", "\xc3\xa9",
	    "a\xc3\xa9z"};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_false(text_is_identifier(slice_of(bad[i])));
	assert_false(text_is_identifier((struct slice){"a\0b", 3}));
	assert_false(text_is_identifier((struct slice){NULL, 0}));
}

static void limits_the_length_of_an_identifier(void **state)
{
	char text[TEXT_IDENTIFIER_MAX + 1];

	(void)state;
	memset(text, 'a', sizeof text);
	assert_true(
	    text_is_identifier((struct slice){text, TEXT_IDENTIFIER_MAX}));
	assert_false(
	    text_is_identifier((struct slice){text, TEXT_IDENTIFIER_MAX + 1}));
}

static void escapes_and_unescapes_to_the_same_text(void **state)
{
	const struct slice text = slice_of("a\n\\n\\\\\n");
	struct buf escaped;
	struct buf back;

	(void)state;
	buf_init(&escaped, 100);
	buf_init(&back, 100);
	text_escape(&escaped, text);
	assert_string_equal(escaped.p, "a\\n\\\\n\\\\\\\\\\n");
	assert_true(text_is_escaped(buf_slice(&escaped)));
	text_unescape(&back, buf_slice(&escaped));
	assert_true(slice_is(buf_slice(&back), text));
	buf_done(&escaped);
	buf_done(&back);
}

static void refuses_other_uses_of_a_backslash(void **state)
{
	static const char *const bad[] = {
	    "\\", "a\\", "\\t", "\\N", "\\\\\\", "\\ n", "a\nb"};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_false(text_is_escaped(slice_of(bad[i])));
	assert_true(text_is_escaped(slice_of("")));
}

static void writes_and_reads_hex(void **state)
{
	const uint8_t bytes[] = {0x00, 0x9a, 0xff};
	uint8_t back[3];
	char hex[7];
	struct buf buf;

	(void)state;
	text_to_hex(hex, bytes, sizeof bytes);
	assert_string_equal(hex, "009aff");
	assert_true(text_from_hex(back, sizeof back, slice_of(hex)));
	assert_memory_equal(back, bytes, sizeof bytes);
	buf_init(&buf, 6);
	text_put_hex(&buf, bytes, sizeof bytes);
	assert_true(slice_is_text(buf_slice(&buf), "009aff"));
	buf_done(&buf);
}

static void refuses_hex_spelled_otherwise(void **state)
{
	static const char *const bad[] = {"009aF0", "009af", "009af00",
	    "0x9af0", "009ag0", "", " 09af0", "009af\n"};
	uint8_t bytes[3] = {1, 2, 3};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_false(text_from_hex(bytes, 3, slice_of(bad[i])));
	assert_memory_equal(bytes, "\1\2\3", 3);
}

/* RFC 4648 section 10. */
static void writes_and_reads_the_base64_vectors(void **state)
{
	static const char *const vectors[][2] = {{"", ""}, {"f", "Zg=="},
	    {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foob", "Zm9vYg=="},
	    {"fooba", "Zm9vYmE="}, {"foobar", "Zm9vYmFy"},
	    {"\xfb\xff\xfe", "+//+"}};

	(void)state;
	for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
		const size_t n = strlen(vectors[i][0]);
		uint8_t bytes[6];
		size_t back = 99;
		struct buf buf;

		buf_init(&buf, 8);
		text_put_base64(&buf, (const uint8_t *)vectors[i][0], n);
		assert_true(slice_is_text(buf_slice(&buf), vectors[i][1]));
		assert_true(
		    text_from_base64(bytes, n, &back, slice_of(vectors[i][1])));
		assert_int_equal(back, n);
		assert_memory_equal(bytes, vectors[i][0], n);
		buf_done(&buf);
	}
}

static void writes_base64_across_blocks(void **state)
{
	uint8_t bytes[200];
	uint8_t back[200];

	(void)state;
	for (size_t n = 0; n <= sizeof bytes; n++) {
		struct buf buf;
		size_t back_n = 0;

		memset(bytes, (int)n, sizeof bytes);
		buf_init(&buf, 300);
		text_put_base64(&buf, bytes, n);
		assert_int_equal(buf.n, (n + 2) / 3 * 4);
		assert_true(
		    text_from_base64(back, n, &back_n, buf_slice(&buf)));
		assert_int_equal(back_n, n);
		assert_memory_equal(back, bytes, n);
		buf_done(&buf);
	}
}

static void refuses_base64_with_unused_bits_set(void **state)
{
	uint8_t bytes[8];
	size_t n = 99;

	(void)state;
	assert_false(text_from_base64(bytes, 8, &n, slice_of("Zh==")));
	assert_false(text_from_base64(bytes, 8, &n, slice_of("Zm9=")));
	assert_int_equal(n, 99);
}

static void refuses_base64_spelled_otherwise(void **state)
{
	static const char *const bad[] = {"Zg", "Zg=", "Zg===", "Zm8",
	    "Zm8==", "Z", "Zm9vY", "Zm9v=", "Zm9v====", "=",
	    "====", "Zg==Zg==", "Zm 9v", "Zm9v\n", " Zm9v", "-__-", "Zm9*",
	    "Z=g="};
	uint8_t bytes[8];
	size_t n = 99;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_false(text_from_base64(bytes, 8, &n, slice_of(bad[i])));
	assert_false(
	    text_from_base64(bytes, 8, &n, (struct slice){"Zm9\0", 4}));
	assert_false(text_from_base64(bytes, 8, &n, (struct slice){NULL, 0}));
	assert_int_equal(n, 99);
}

static void refuses_base64_that_is_too_long(void **state)
{
	uint8_t bytes[2];
	size_t n = 99;

	(void)state;
	assert_false(text_from_base64(bytes, 2, &n, slice_of("Zm9v")));
	assert_true(text_from_base64(bytes, 2, &n, slice_of("Zm8=")));
	assert_int_equal(n, 2);
}

/* Every change of one character, against the library's own reading. */
static void reads_base64_as_the_library_does(void **state)
{
	static const char *const texts[] = {
	    "", "Zm9v", "Zm8=", "Zg==", "AB+/cz09", "A===", "====", "Z", "Zm9"};
	uint8_t ours[8], theirs[8];
	char text[16];
	size_t n = 0, m = 0;

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		size_t length = strlen(texts[i]);
		for (size_t at = 0; at < length + 1; at++)
			for (int c = 0; c < 256; c++) {
				memcpy(text, texts[i], length + 1);
				text[at] = (char)c;
				struct slice s = {text, length};
				bool is = text_from_base64(ours, 8, &n, s);
				assert_int_equal(is,
				    text_from_base64_secret(theirs, 8, &m, s));
				if (!is)
					continue;
				assert_int_equal(n, m);
				assert_memory_equal(ours, theirs, n);
			}
	}
}

static void lowers_letters_of_ascii_and_nothing_else(void **state)
{
	char lower[16];

	(void)state;
	text_lower(lower, slice_of("AZaz@[`{9.\xc3\x84"));
	assert_memory_equal(lower, "azaz@[`{9.\xc3\x84", 12);
}

static void any_bytes_become_a_line(void **state)
{
	static const struct {
		const char *bytes;
		size_t n;
		const char *line;
		size_t shown;
	} all[] = {
	    {"/a b", 4, "/a b", 4},
	    {"\033[2J", 4, "\\x1b[2J", 4},
	    {"a\nb\0c", 5, "a\\x0ab\\x00c", 5},
	    {"\xff\xc3\xa9\xc3", 4, "\\xff\xc3\xa9\\xc3", 4},
	    {"\xe2\x80\xae", 3, "\\xe2\\x80\\xae", 3},
	    {"\xf0\x9f\x90\xa6", 4, "\xf0\x9f\x90\xa6", 4},
	    {"0123456789012345678901234567890", 31, "0123456789012345678", 19},
	    {"012345678901234567\xc3\xa9", 20, "012345678901234567", 18},
	    {"0123456789012345\n", 17, "0123456789012345", 16},
	    {"", 0, "", 0},
	};
	char line[20], again[20];

	(void)state;
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
		const struct slice s = {all[i].bytes, all[i].n};
		struct buf out;

		assert_int_equal(
		    text_show(line, sizeof(line), s), all[i].shown);
		assert_string_equal(line, all[i].line);
		/* Shown again it is the same. */
		(void)text_show(again, sizeof(again), slice_of(line));
		assert_string_equal(again, line);
		buf_init(&out, 1000);
		text_put_shown(&out, s);
		assert_int_equal(
		    strncmp(out.n > 0 ? out.p : "", line, strlen(line)), 0);
		assert_true(text_is_line(buf_slice(&out), NULL, NULL));
		buf_done(&out);
	}
}

static void says_first_and_last_byte(void **state)
{
	char span[TEXT_SPAN_SIZE];

	(void)state;
	text_span(span, 5, 4);
	assert_string_equal(span, "bytes 5 to 8");
	text_span(span, 0, 1);
	assert_string_equal(span, "bytes 0 to 0");
	text_span(span, 5, 0);
	assert_string_equal(span, "bytes from 5 on");
	text_span(span, UINT64_MAX - 1, UINT64_MAX);
	assert_string_equal(
	    span, "bytes 18446744073709551614 to 18446744073709551615");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(accepts_utf8_in_its_shortest_form),
	    cmocka_unit_test(refuses_what_is_not_utf8),
	    cmocka_unit_test(judges_every_code_point_as_the_findings_say),
	    cmocka_unit_test(keeps_the_joiner_that_persian_needs),
	    cmocka_unit_test(names_the_first_refused_character),
	    cmocka_unit_test(accepts_identifiers),
	    cmocka_unit_test(refuses_what_is_no_identifier),
	    cmocka_unit_test(limits_the_length_of_an_identifier),
	    cmocka_unit_test(escapes_and_unescapes_to_the_same_text),
	    cmocka_unit_test(refuses_other_uses_of_a_backslash),
	    cmocka_unit_test(writes_and_reads_hex),
	    cmocka_unit_test(refuses_hex_spelled_otherwise),
	    cmocka_unit_test(writes_and_reads_the_base64_vectors),
	    cmocka_unit_test(writes_base64_across_blocks),
	    cmocka_unit_test(refuses_base64_with_unused_bits_set),
	    cmocka_unit_test(refuses_base64_spelled_otherwise),
	    cmocka_unit_test(refuses_base64_that_is_too_long),
	    cmocka_unit_test(reads_base64_as_the_library_does),
	    cmocka_unit_test(any_bytes_become_a_line),
	    cmocka_unit_test(lowers_letters_of_ascii_and_nothing_else),
	    cmocka_unit_test(says_first_and_last_byte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
