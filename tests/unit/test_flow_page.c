/*
 * test_flow_page.c: the page says what the screen says, escapes everything
 * that is foreign, and can neither load nor run anything.
 */
#include "case_report.h"
#include "fixture_case.h"
#include "flow_html.h"
#include "flow_page.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define TIME "2023-07-12T18:00:00Z"
#define HOSTILE "</style><script>alert(1)</script> & \"x\" 'y' <img src=z>"

struct sample {
	struct fixture_case *fixture;
	uint32_t question;
	struct case_finding finding;
	struct buf page;
};

static int set_up(void **state)
{
	struct sample *s = calloc(1, sizeof(*s));

	s->fixture = fixture_case_new("clock: set\n");
	s->question = fixture_case_story(s->fixture);
	buf_init(&s->page, FLOW_PAGE_MAX);
	*state = s;
	return 0;
}

static int tear_down(void **state)
{
	struct sample *s = *state;

	case_finding_done(&s->finding);
	fixture_case_free(s->fixture);
	buf_done(&s->page);
	free(s);
	return 0;
}

static void make(struct sample *s, const char *bundle)
{
	struct err err = {0};

	fixture_case_finding(s->fixture, &s->finding, s->question, TIME, 0);
	assert_int_equal(
	    flow_page_put(&s->finding, slice_of(bundle), &s->page, &err), 0);
}

static size_t count(const char *text, const char *what)
{
	size_t n = 0;

	while ((text = strstr(text, what)) != NULL) {
		text += strlen(what);
		n++;
	}
	return n;
}

static void has(const struct sample *s, const char *text)
{
	if (strstr(s->page.p, text) == NULL)
		fail_msg("not on the page: %s", text);
}

static void escapes_the_five_characters(void **state)
{
	struct buf out;

	(void)state;
	buf_init(&out, 4096);
	flow_html_put(&out, slice_of("<a href=\"x\">'&'"));
	assert_string_equal(
	    out.p, "&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;");
	buf_clear(&out);
	flow_html_put_free(&out, slice_of("a\\nb\\\\<"));
	assert_string_equal(out.p, "a<br>b\\&lt;");
	buf_done(&out);
}

static void keeps_dates_whole(void **state)
{
	static const struct {
		const char *text;
		const char *html;
	} cases[] = {
	    {"on 2023-07-06.", "on <time>2023-07-06</time>."},
	    {"2023-07-06 10:00 (UTC)", "<time>2023-07-06 10:00</time> (UTC)"},
	    {"2023-07-06 10:00:09", "<time>2023-07-06 10:00:09</time>"},
	    {"2023-07-0", "2023-07-0"},
	    {"PC-0007-D1 <", "PC-0007-D1 &lt;"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf out;
		buf_init(&out, 4096);
		flow_html_put_sentence(&out, slice_of(cases[i].text));
		assert_string_equal(out.p, cases[i].html);
		buf_done(&out);
	}
}

static void foreign_text_opens_no_tag(void **state)
{
	struct sample *s = *state;

	fixture_case_add(s->fixture, RECORD_CLAIM, "2023-07-07T10:00:00Z",
	    "notary.example",
	    "asserts: received\n"
	    "said-by: council.example\n"
	    "said: 2023-07-02\n"
	    "late: heard of only then\n"
	    "through: " HOSTILE "\n"
	    "recipient: council.example\n"
	    "concerns: all\n"
	    "quote: " HOSTILE "\n"
	    "translation: " HOSTILE "\n");
	make(s, "<b>.txt");
	assert_null(strstr(s->page.p, "<script"));
	assert_null(strstr(s->page.p, "<img"));
	assert_null(strstr(s->page.p, "<b>.txt"));
	assert_int_equal(count(s->page.p, "</style>"), 1);
	has(s, "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;x&quot;");
}

static void nothing_is_loaded_or_run(void **state)
{
	static const char *const never[] = {"http:", "https:", "<script",
	    "<link", "<iframe", "@import", "src=", "href=", " on", "url(h",
	    "javascript:"};
	struct sample *s = *state;

	make(s, "bundle.txt");
	for (size_t i = 0; i < sizeof(never) / sizeof(never[0]); i++) {
		const char *at = strstr(s->page.p, never[i]);
		while (at != NULL && strcmp(never[i], " on") == 0) {
			/* an attribute such as onload=, not the word "on" */
			size_t word = strcspn(at + 1, " =>.,");
			if (at[1 + word] == '=')
				break;
			at = strstr(at + 1, never[i]);
		}
		if (at != NULL)
			fail_msg("on the page: %.40s", at);
	}
	has(s, "default-src 'none'");
}

static void it_says_what_was_asked_and_what_was_found(void **state)
{
	struct sample *s = *state;

	make(s, "finding.bundle");
	has(s, "<h1>Did council.example, or anyone who acts for it, receive");
	has(s, "<th scope=\"row\">3 drives</th>");
	has(s, "<p><b>3</b> <span class=\"word CONTESTED\">CONTESTED</span>");
	has(s, "OVERDUE by 2 days");
	has(s,
	    "<blockquote dir=\"auto\">Part of the hard drives and casings "
	    "have been received.</blockquote>");
	has(s, "<strong>clock: set.</strong>");
	has(s, "counterfoil-verify finding.bundle</pre>");
	has(s, "police.example</th><td>authority</td><td><code>key ");
}

static void every_sentence_of_the_screen_is_there(void **state)
{
	struct sample *s = *state;

	make(s, "x");
	has(s, "Anything that is not on the list: NOT SHOWN.");
	has(s, "Red line, agreed by police.example and owner.example");
	has(s, "They cannot see a drive leave through the window");
	has(s, "claim - for the things: an inspection");
}

static void the_timeline_is_told_in_words_too(void **state)
{
	struct sample *s = *state;

	(void)fixture_case_look(s->fixture);
	make(s, "x");
	has(s, "role=\"img\" aria-label=");
	has(s, "class=\"period\"");
	has(s, "class=\"now\"");
	/* seizure, hand-over, two claims, question, inspection */
	assert_int_equal(count(s->page.p, "<text class=\"number\""), 6);
	assert_int_equal(count(s->page.p, "<li><time>"), 6);
}

static void headings_and_tables_are_whole(void **state)
{
	static const char *const tags[] = {"section", "table", "thead", "tbody",
	    "ul", "ol", "li", "dl", "figure", "svg", "p", "td", "blockquote",
	    "main", "header"};
	struct sample *s = *state;

	make(s, "x");
	assert_int_equal(count(s->page.p, "<h1>"), 1);
	assert_int_equal(count(s->page.p, "<h2>"), 8);
	for (size_t i = 0; i < sizeof(tags) / sizeof(tags[0]); i++) {
		char plain[32], open[32], close[32];
		(void)snprintf(plain, sizeof(plain), "<%s>", tags[i]);
		(void)snprintf(open, sizeof(open), "<%s ", tags[i]);
		(void)snprintf(close, sizeof(close), "</%s>", tags[i]);
		assert_int_equal(
		    count(s->page.p, plain) + count(s->page.p, open),
		    count(s->page.p, close));
	}
	assert_int_equal(count(s->page.p, "<th>"), 0);
}

static void the_appendix_names_every_thing_once(void **state)
{
	struct sample *s = *state;

	make(s, "x");
	has(s, "<li><code>PC-1-D1</code> hardware CONTESTED claim:");
	assert_int_equal(count(s->page.p, "<li><code>"), 7);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(escapes_the_five_characters),
	    cmocka_unit_test(keeps_dates_whole),
	    TEST(foreign_text_opens_no_tag),
	    TEST(nothing_is_loaded_or_run),
	    TEST(it_says_what_was_asked_and_what_was_found),
	    TEST(every_sentence_of_the_screen_is_there),
	    TEST(the_timeline_is_told_in_words_too),
	    TEST(headings_and_tables_are_whole),
	    TEST(the_appendix_names_every_thing_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
