/*
 * test_case_report.c: the screen says what the finding holds, in its order and
 * within its columns; every part of it has a case that shows it.
 */
#include "case_report.h"
#include "case_wrap.h"
#include "fixture_case.h"
#include "text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define TIME "2023-07-12T18:00:00Z"
#define WITNESSED 1689150000

struct sample {
	struct fixture_case *fixture;
	uint32_t question;
	struct case_finding finding;
	struct buf screen;
	struct buf flat; /* the screen with single spaces for line ends */
};

static int set_up(void **state)
{
	struct sample *s = calloc(1, sizeof(*s));

	s->fixture = fixture_case_new("clock: set\n");
	s->question = fixture_case_story(s->fixture);
	buf_init(&s->screen, 1 << 20);
	buf_init(&s->flat, 1 << 20);
	*state = s;
	return 0;
}

static int tear_down(void **state)
{
	struct sample *s = *state;

	case_finding_done(&s->finding);
	fixture_case_free(s->fixture);
	buf_done(&s->screen);
	buf_done(&s->flat);
	free(s);
	return 0;
}

static void show(struct sample *s, const char *time, int64_t witnessed)
{
	fixture_case_finding(
	    s->fixture, &s->finding, s->question, time, witnessed);
	case_report_put(&s->finding, &s->screen);
	assert_int_equal(s->screen.failed, 0);
	bool is_space = true;
	for (size_t i = 0; i < s->screen.n; i++) {
		char c = s->screen.p[i] == '\n' ? ' ' : s->screen.p[i];
		if (c != ' ' || !is_space)
			buf_putc(&s->flat, c);
		is_space = c == ' ';
	}
}

static void says(const struct sample *s, const char *text)
{
	if (strstr(s->flat.p, text) == NULL)
		fail_msg("not on the screen: %s\n%s", text, s->screen.p);
}

static void every_line_fits_and_can_be_printed(void **state)
{
	struct sample *s = *state;

	fixture_case_add(s->fixture, RECORD_CLAIM, "2023-07-07T10:00:00Z",
	    "notary.example",
	    "asserts: copied\n"
	    "speaker: somebody\n"
	    "said: 2023-07-02\n"
	    "late: heard of it only then\n"
	    "through: a-channel-with-a-name-that-is-far-longer-than-any-line-"
	    "of-a-terminal-can-be-and-has-no-space-in-it-anywhere\n"
	    "recipient: council.example\n"
	    "concerns: all\n"
	    "quote: "
	    "\xd8\xa8\xd8\xae\xd8\xb4\xdb\x8c \xd8\xa7\xd8\xb2 "
	    "\xe4\xb8\xad\xe4\xb8\xad\\n\xe4\xb8\xad <b>bold</b>\n");
	show(s, TIME, 0);
	struct slice rest = buf_slice(&s->screen);
	while (rest.p != NULL && rest.n > 0) {
		struct slice line = slice_cut(&rest, '\n');
		assert_true(text_is_line(line, NULL, NULL));
		assert_in_range(case_wrap_width(line), 0, 80);
	}
	says(s, "by somebody who is not named openly");
}

static void the_parts_stand_in_their_order(void **state)
{
	struct sample *s = *state;
	const char *at;

	show(s, TIME, 0);
	at = s->screen.p;
	for (int p = 0; p < CASE_REPORT_PART_COUNT; p++) {
		char heading[64];
		(void)snprintf(heading, sizeof(heading), "%s%s",
		    p > 0 ? "\n" : "",
		    case_report_heading((enum case_report_part)p));
		at = strstr(at, heading);
		assert_non_null(at);
	}
}

static void it_fits_one_screen(void **state)
{
	struct sample *s = *state;
	size_t lines = 0;

	show(s, TIME, 0);
	for (size_t i = 0; i < s->screen.n; i++)
		lines += s->screen.p[i] == '\n';
	assert_in_range(lines, 30, 60);
}

static void the_table_counts_things_by_word(void **state)
{
	struct sample *s = *state;

	show(s, TIME, 0);
	says(s, "FINDING as of 2023-07-12 18:00 UTC hardware data");
	says(s, "casings (3) 3 CONTESTED n/a");
	says(s, "drives (3) 3 CONTESTED 3 CONTESTED");
	says(s,
	    "Not opened as a whole, so that what is inside is not "
	    "listed: 1 computer (PC-3).");
}

static void a_claim_is_told_with_its_words(void **state)
{
	struct sample *s = *state;

	show(s, TIME, 0);
	says(s, "CONTESTED, because a claim speaks for it: claim ");
	says(s,
	    "said 2023-07-03 by council.example: \"Part of the hard drives "
	    "and casings have been received.\"");
	says(s, "claim - for the things: an inspection, after the claim");
}

static void who_is_overdue_stands_beside_what_he_said_in_public(void **state)
{
	struct sample *s = *state;

	show(s, TIME, 0);
	says(s,
	    "police.example: OVERDUE by 2 days (due 2023-07-10). Publicly "
	    "on 2023-07-06: denied, naming no item: \"None of the devices "
	    "left the country.\"");
}

static void what_is_not_due_yet_is_not_overdue(void **state)
{
	struct sample *s = *state;

	show(s, "2023-07-09T12:00:00Z", 0);
	says(s, "police.example: due in 2 days (2023-07-10).");
}

static void add_answer(struct sample *s, const char *at, const char *fields)
{
	char text[512];
	char hex[HASH_HEX_SIZE];

	(void)snprintf(text, sizeof(text), "question: %s\n%s",
	    fixture_case_id(s->fixture, s->question, hex), fields);
	fixture_case_add(s->fixture, RECORD_ANSWER, at, "police.example", text);
}

static void a_refusal_is_told_with_its_ground(void **state)
{
	struct sample *s = *state;

	add_answer(s, "2023-07-08T10:00:00Z",
	    "answer: refused\nground: an investigation is pending\n");
	show(s, TIME, 0);
	says(s,
	    "police.example: REFUSED to answer on 2023-07-08 10:00 "
	    "(answer ");
	says(s, "\"an investigation is pending\"");
}

static void a_late_answer_is_told_as_late(void **state)
{
	struct sample *s = *state;

	add_answer(s, "2023-07-12T10:00:00Z", "answer: no\n");
	show(s, TIME, 0);
	says(s,
	    "police.example: answered \"no\" on 2023-07-12 10:00, 2 days "
	    "late (answer ");
}

static void an_extension_moves_the_due_date(void **state)
{
	struct sample *s = *state;

	add_answer(s, "2023-07-08T10:00:00Z",
	    "answer: extended\nground: holidays\nuntil: 2023-07-20\n");
	show(s, TIME, 0);
	says(s, "(2023-07-20, extended once).");
}

static void a_no_names_its_sightings_and_whose_word_it_is(void **state)
{
	struct sample *s = *state;

	(void)fixture_case_look(s->fixture);
	show(s, TIME, WITNESSED);
	says(s, "drives (3) 3 NO 3 NO");
	says(s, "NO, because every hand-over is signed by both sides");
	says(s, "Before: seizure ");
	says(s, "After: inspection ");
	says(s, "NO rests on the word and keys of police.example (key ");
	says(s, "court.example (key ");
	says(s,
	    "Cosigned by witness.example at 2023-07-12 08:20 (the case "
	    "asks for 1).");
}

static void without_witnesses_it_says_so_twice(void **state)
{
	struct sample *s = *state;

	(void)fixture_case_look(s->fixture);
	show(s, TIME, 0);
	says(s, "drives (3) 3 NO (unwitnessed) 3 NO (unwitnessed)");
	says(s, "No witness has cosigned it (the case asks for 1)");
}

static void red_lines_and_the_set_clock_are_always_said(void **state)
{
	struct sample *s = *state;

	show(s, TIME, 0);
	says(s,
	    "Red line, agreed by police.example and owner.example: nothing "
	    "may go to council.example.");
	says(s, "The clock of this ledger was set for a demonstration");
	says(s, "They cannot see a drive leave through the window");
}

/* The late record of a hand-over out of custody, and what it leads to. */
static void a_yes_and_an_alarm_follow_a_hand_over_to_an_agent(void **state)
{
	struct sample *s = *state;

	fixture_case_add(s->fixture, RECORD_HANDOVER, "2023-06-25T09:00:00Z",
	    "room.example transit.example",
	    "late: found in the papers\n"
	    "offer-expires: 2023-08-01T00:00:00Z\n"
	    "from: room.example\n"
	    "to: transit.example\n"
	    "counted-by-giver: 1\n"
	    "counted-by-receiver: 1\n"
	    "item: B-2\n  seal: 451002\n  state: intact\n");
	fixture_case_add(s->fixture, RECORD_RELATION, "2023-07-12T09:00:00Z",
	    "court.example",
	    "party: transit.example\n"
	    "acts-for: council.example\n"
	    "basis: established\n"
	    "document: "
	    "00000000000000000000000000000000"
	    "00000000000000000000000000000000\n");
	show(s, TIME, WITNESSED);
	says(s, "casings (3) 1 YES, 2 CONTESTED n/a");
	says(s, "PC-2-C and PC-2-D1, hardware; PC-2-D1, data: YES, because ");
	says(s,
	    "ALARM: transit.example has held things, and is behind the red "
	    "line for council.example, as shown by relation ");
	says(s,
	    "Counts as the recipient: transit.example, who acts for "
	    "council.example (relation ");
}

static void void_records_are_named(void **state)
{
	struct sample *s = *state;

	fixture_case_add(s->fixture, RECORD_POLICY, "2023-07-07T10:00:00Z",
	    "notary.example", "red-line: ministry.example\n");
	show(s, TIME, 0);
	says(s, "Did not count as it stands: policy ");
	says(s, "[void: ");
}

static void without_a_list_nothing_can_be_shown(void **state)
{
	struct sample *s = *state;

	fixture_case_free(s->fixture);
	s->fixture = fixture_case_new("");
	s->question = fixture_case_rumour(s->fixture);
	show(s, TIME, 0);
	says(s, "Nothing can be shown for any thing");
	says(s, "There is no list of what was taken.");
}

static void groups_add_up_to_the_lines(void **state)
{
	struct sample *s = *state;
	struct case_report_group *groups = NULL;
	size_t n = 0;
	size_t counted[CASE_FORM_COUNT] = {0};

	show(s, TIME, 0);
	assert_int_equal(case_report_groups(&s->finding, &groups, &n, NULL), 0);
	for (size_t i = 0; i < n; i++)
		for (int f = 0; f < CASE_FORM_COUNT; f++)
			counted[f] += groups[i].totals[f];
	/* One claim, so that every line has one reason. */
	assert_int_equal(counted[CASE_HARDWARE], 6);
	assert_int_equal(counted[CASE_DATA], 3);
	free(groups);
}

static void a_buffer_that_is_full_fails_and_does_not_cut(void **state)
{
	struct sample *s = *state;
	struct buf small;

	buf_init(&small, 100);
	fixture_case_finding(s->fixture, &s->finding, s->question, TIME, 0);
	case_report_put(&s->finding, &small);
	assert_int_equal(small.failed, ERR_LIMIT);
	buf_done(&small);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(every_line_fits_and_can_be_printed),
	    TEST(the_parts_stand_in_their_order),
	    TEST(it_fits_one_screen),
	    TEST(the_table_counts_things_by_word),
	    TEST(a_claim_is_told_with_its_words),
	    TEST(who_is_overdue_stands_beside_what_he_said_in_public),
	    TEST(what_is_not_due_yet_is_not_overdue),
	    TEST(a_refusal_is_told_with_its_ground),
	    TEST(a_late_answer_is_told_as_late),
	    TEST(an_extension_moves_the_due_date),
	    TEST(a_no_names_its_sightings_and_whose_word_it_is),
	    TEST(without_witnesses_it_says_so_twice),
	    TEST(red_lines_and_the_set_clock_are_always_said),
	    TEST(a_yes_and_an_alarm_follow_a_hand_over_to_an_agent),
	    TEST(void_records_are_named),
	    TEST(without_a_list_nothing_can_be_shown),
	    TEST(groups_add_up_to_the_lines),
	    TEST(a_buffer_that_is_full_fails_and_does_not_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
