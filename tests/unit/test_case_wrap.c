/*
 * test_case_wrap.c: no line is too wide, in any script, and nothing is lost.
 */
#include "case_wrap.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

static struct slice wrap(struct buf *out, const char *first, const char *text)
{
	buf_init(out, 65536);
	case_wrap_put(out, first, slice_of(text));
	return buf_slice(out);
}

static void must_fit(struct slice lines)
{
	while (lines.p != NULL && lines.n > 0)
		assert_in_range(case_wrap_width(slice_cut(&lines, '\n')), 0,
		    CASE_WRAP_COLUMNS);
}

static void knows_how_wide_characters_are(void **state)
{
	(void)state;
	assert_int_equal(case_wrap_width(slice_of("abc")), 3);
	assert_int_equal(case_wrap_width(slice_of("\xd8\xa2\xd9\x85")), 2);
	assert_int_equal(case_wrap_width(slice_of("\xe4\xb8\xad")), 2);
	assert_int_equal(case_wrap_width(slice_of("e\xcc\x81")), 1);
	assert_int_equal(case_wrap_width(slice_of("\xf0\x9f\x94\x92")), 2);
	assert_int_equal(case_wrap_width(slice_of("")), 0);
}

static void hangs_under_the_first_words(void **state)
{
	struct buf out;

	(void)state;
	wrap(&out, "  - ",
	    "aaaaaaaaaaaaaaaaaaaaaaaaa bbbbbbbbbbbbbbbbbbbbbbbbb "
	    "ccccccccccccccccccccccccc ddd");
	assert_string_equal(out.p,
	    "  - aaaaaaaaaaaaaaaaaaaaaaaaa bbbbbbbbbbbbbbbbbbbbbbbbb\n"
	    "    ccccccccccccccccccccccccc ddd\n");
	buf_done(&out);
}

static void joins_runs_of_spaces_and_ends_in_a_line_feed(void **state)
{
	struct buf out;

	(void)state;
	wrap(&out, "", "  a   b ");
	assert_string_equal(out.p, "a b\n");
	buf_done(&out);
	wrap(&out, "  ", "");
	assert_string_equal(out.p, "  \n");
	buf_done(&out);
}

static void breaks_a_word_that_is_wider_than_a_line(void **state)
{
	char text[1000];
	struct buf out;
	size_t letters = 0;

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	struct slice lines = wrap(&out, "    ", text);
	must_fit(lines);
	for (size_t i = 0; i < lines.n; i++)
		letters += lines.p[i] == 'x';
	assert_int_equal(letters, sizeof(text) - 1);
	buf_done(&out);
}

static void never_cuts_a_character_in_two(void **state)
{
	struct buf text, out;

	(void)state;
	buf_init(&text, 4096);
	for (int i = 0; i < 200; i++)
		buf_puts(&text, "\xe4\xb8\xad");
	struct slice lines = wrap(&out, " ", text.p);
	must_fit(lines);
	while (lines.p != NULL && lines.n > 0) {
		struct slice line = slice_cut(&lines, '\n');
		assert_int_equal((line.n - 1) % 3, 0);
	}
	buf_done(&out);
	buf_done(&text);
}

static void shows_record_text_on_one_line(void **state)
{
	struct buf out;

	(void)state;
	buf_init(&out, 4096);
	case_wrap_put_plain(&out, slice_of("a\\nb\\\\c"));
	assert_string_equal(out.p, "a b\\c");
	buf_done(&out);
}

static void shortens_quotes_between_words(void **state)
{
	static const struct {
		const char *text;
		const char *quote;
	} cases[] = {
	    {"short", "\"short\""},
	    {"one two three", "\"one two ...\""},
	    {"one two thr", "\"one two thr\""},
	    {"unbreakableword", "\"unbreakable ...\""},
	    {"one\\ntwo", "\"one two\""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf out;
		buf_init(&out, 4096);
		case_wrap_put_quote(&out, slice_of(cases[i].text), 11);
		assert_string_equal(out.p, cases[i].quote);
		buf_done(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(knows_how_wide_characters_are),
	    cmocka_unit_test(hangs_under_the_first_words),
	    cmocka_unit_test(joins_runs_of_spaces_and_ends_in_a_line_feed),
	    cmocka_unit_test(breaks_a_word_that_is_wider_than_a_line),
	    cmocka_unit_test(never_cuts_a_character_in_two),
	    cmocka_unit_test(shows_record_text_on_one_line),
	    cmocka_unit_test(shortens_quotes_between_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
