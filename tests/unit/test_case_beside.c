/*
 * test_case_beside.c: what stands beside the table and never instead of it
 * (findings 5.6): answers and days overdue, what was not asked, and where two
 * lists disagree.
 */
#include "case_box.h"

static int set_up(void **state)
{
	struct case_box *box = calloc(1, sizeof(*box));

	box_init(box);
	box_intake(box);
	box_give(
	    box, BOX_JUNE(21, "09:00:00"), "police.example", "room.example");
	box_ask(box,
	    BOX_ASKED "addressee: police.example due 2023-07-10\n"
		      "addressee: department.example due 2023-07-09\n");
	*state = box;
	return 0;
}

static int tear_down(void **state)
{
	box_done(*state);
	free(*state);
	return 0;
}

#define POLICE 0
#define DEPARTMENT 1

static struct case_addressee addressee(const struct case_box *box, size_t i)
{
	struct case_finding finding = {0};
	struct case_addressee a;

	box_find(box, &finding);
	assert_int_equal(finding.addressee_count, 2);
	a = finding.addressees[i];
	case_finding_done(&finding);
	return a;
}

static void expect_status(const struct case_box *box, const char *time,
    enum case_answer_status status, int64_t days)
{
	struct case_box then = *box;

	then.time = time;
	then.witnessed = 0;
	struct case_addressee a = addressee(&then, POLICE);
	if (a.status != status ||
	    (status != CASE_ANSWER_OPEN && a.days != days))
		fail_msg("%s: status %d, %d days", time, a.status, (int)a.days);
}

/* ---- overdue ---- */

static void a_question_is_open_until_its_due_date_has_ended(void **state)
{
	expect_status(*state, BOX_JULY(10, "00:00:00"), CASE_ANSWER_OPEN, 0);
	expect_status(*state, BOX_JULY(10, "23:59:59"), CASE_ANSWER_OPEN, 0);
}

/* floor((time - end) / 86400) + 1 is 1 at the end itself. */
static void it_is_overdue_by_a_day_when_its_due_date_has_ended(void **state)
{
	expect_status(*state, BOX_JULY(11, "00:00:00"), CASE_ANSWER_OVERDUE, 1);
	expect_status(*state, BOX_JULY(11, "23:59:59"), CASE_ANSWER_OVERDUE, 1);
}

static void every_24_hours_are_another_day(void **state)
{
	expect_status(*state, BOX_JULY(12, "00:00:00"), CASE_ANSWER_OVERDUE, 2);
	expect_status(
	    *state, BOX_JULY(20, "12:00:00"), CASE_ANSWER_OVERDUE, 10);
}

static void each_addressee_has_its_own_due_date(void **state)
{
	struct case_box *box = *state;

	assert_int_equal(addressee(box, POLICE).days, 2);
	assert_int_equal(addressee(box, DEPARTMENT).days, 3);
	assert_int_equal(addressee(box, DEPARTMENT).party, CASE_NONE);
}

static void a_time_is_due_at_that_second(void **state)
{
	struct case_box *box = *state;

	box->time = BOX_JULY(12, "12:00:00");
	box_ask(box,
	    BOX_ASKED "addressee: police.example due 2023-07-12T12:00:00Z\n"
		      "addressee: room.example due 2023-07-12T12:00:01Z\n");
	assert_int_equal(addressee(box, 0).status, CASE_ANSWER_OVERDUE);
	assert_int_equal(addressee(box, 0).days, 1);
	assert_int_equal(addressee(box, 1).status, CASE_ANSWER_OPEN);
}

/* ---- answers ---- */

static void each_answer_is_an_answer(void **state)
{
	static const char *const answers[] = {
	    "yes", "no", "partly", "not-held", "neither", "refused"};
	struct case_box *box = *state;

	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		char fields[64];

		(void)snprintf(
		    fields, sizeof(fields), "answer: %s\n", answers[i]);
		uint32_t leaf = box_answer(box, "police.example", fields);
		struct case_addressee a = addressee(box, POLICE);
		assert_int_equal(a.status, CASE_ANSWER_GIVEN);
		assert_int_equal(a.answer, leaf);
		assert_int_equal(a.days, 0);
	}
}

static void an_answer_by_somebody_else_is_none(void **state)
{
	struct case_box *box = *state;

	box_answer(box, "room.example", "answer: no\n");
	assert_int_equal(addressee(box, POLICE).status, CASE_ANSWER_OVERDUE);
	assert_int_equal(addressee(box, POLICE).answer, CASE_NONE);
}

static void an_answer_to_another_question_is_none(void **state)
{
	struct case_box *box = *state;

	box_answer(box, "police.example", "answer: no\n");
	box_ask_again(box, "2023-06-20T00:00:00Z", "2023-07-04T00:00:00Z");
	box->question = box_add(box, RECORD_QUESTION, BOX_JULY(11, "13:00:00"),
	    "owner.example",
	    BOX_ASKED "addressee: police.example due 2023-07-11\n"
		      "addressee: room.example due 2023-07-11\n"
		      "text: once more\n");
	assert_int_equal(addressee(box, POLICE).status, CASE_ANSWER_OVERDUE);
}

static void a_late_answer_is_given_with_its_days(void **state)
{
	struct case_box *box = *state;
	char hex[HASH_HEX_SIZE], fields[128];

	(void)snprintf(fields, sizeof(fields), "question: %s\nanswer: no\n",
	    fixture_case_id(box->f, box->question, hex));
	box->f->entered = box_when(BOX_JULY(12, "00:00:00"));
	box_add(box, RECORD_ANSWER, BOX_JULY(11, "23:00:00"), "police.example",
	    fields);
	assert_int_equal(addressee(box, POLICE).status, CASE_ANSWER_GIVEN);
	assert_int_equal(addressee(box, POLICE).days, 2);
}

/* ---- extended once ---- */

static void an_extension_moves_the_due_date(void **state)
{
	struct case_box *box = *state;
	uint32_t leaf = box_answer(box, "police.example",
	    "answer: extended\nground: archive closed\nuntil: 2023-07-11\n");

	assert_int_equal(addressee(box, POLICE).extension, leaf);
	expect_status(box, BOX_JULY(11, "23:59:59"), CASE_ANSWER_OPEN, 0);
	expect_status(box, BOX_JULY(12, "00:00:00"), CASE_ANSWER_OVERDUE, 1);
	assert_int_equal(addressee(box, DEPARTMENT).days, 3);
}

static void a_second_extension_moves_nothing(void **state)
{
	struct case_box *box = *state;

	box_answer(box, "police.example",
	    "answer: extended\nground: archive closed\nuntil: 2023-07-11\n");
	box_answer(box, "police.example",
	    "answer: extended\nground: flood\nuntil: 2023-07-31\n");
	expect_status(box, BOX_JULY(12, "00:00:00"), CASE_ANSWER_OVERDUE, 1);
}

static void an_extension_is_no_answer(void **state)
{
	struct case_box *box = *state;

	box_answer(box, "police.example",
	    "answer: extended\nground: archive closed\nuntil: 2023-07-11\n");
	assert_int_equal(addressee(box, POLICE).answer, CASE_NONE);
}

static void nobody_extends_for_another(void **state)
{
	struct case_box *box = *state;

	box_answer(box, "room.example",
	    "answer: extended\nground: archive closed\nuntil: 2023-07-31\n");
	expect_status(box, BOX_JULY(12, "00:00:00"), CASE_ANSWER_OVERDUE, 2);
}

/* ---- public statements ---- */

static void a_public_statement_stands_beside_and_is_no_answer(void **state)
{
	struct case_box *box = *state;
	uint32_t leaf = box_claim(box,
	    "asserts: denied\nsaid-by: police.example\nsaid: 2023-07-05\n");
	struct case_addressee a = addressee(box, POLICE);

	assert_int_equal(a.status, CASE_ANSWER_OVERDUE);
	assert_int_equal(a.statement, leaf);
	assert_int_equal(addressee(box, DEPARTMENT).statement, CASE_NONE);
}

static void of_two_statements_the_later_one_stands(void **state)
{
	struct case_box *box = *state;
	uint32_t leaf = box_claim(box,
	    "asserts: denied\nsaid-by: police.example\nsaid: 2023-07-05\n");

	box_claim(box,
	    "asserts: denied\nsaid-by: police.example\nsaid: 2023-07-04\n");
	assert_int_equal(addressee(box, POLICE).statement, leaf);
}

static void who_is_not_known_to_the_case_may_have_said_something(void **state)
{
	struct case_box *box = *state;
	uint32_t leaf = box_claim(box,
	    "asserts: denied\nsaid-by: department.example\n"
	    "said: 2023-07-05\n");

	assert_int_equal(addressee(box, DEPARTMENT).statement, leaf);
}

/* ---- not asked ---- */

static void expect_beside(
    const struct case_box *box, uint32_t leaf, enum case_beside_why why)
{
	struct case_finding finding = {0};
	size_t n = 0;

	box_find(box, &finding);
	for (size_t i = 0; i < finding.beside_count; i++)
		n += finding.beside[i].leaf == leaf &&
		    finding.beside[i].why == why;
	case_finding_done(&finding);
	if (n != 1)
		fail_msg("leaf %u stands %zu times under not asked", leaf, n);
}

static void expect_none_beside(const struct case_box *box)
{
	struct case_finding finding = {0};

	box_find(box, &finding);
	assert_int_equal(finding.beside_count, 0);
	case_finding_done(&finding);
}

static void a_claim_about_another_recipient_was_not_asked(void **state)
{
	struct case_box *box = *state;
	uint32_t leaf = box_claim(
	    box, "asserts: received\n" BOX_SAID "recipient: transit.example\n");

	expect_beside(box, leaf, CASE_BESIDE_RECIPIENT);
}

static void a_claim_about_another_time_was_not_asked(void **state)
{
	struct case_box *box = *state;
	uint32_t leaf =
	    box_claim(box, BOX_CLAIMED "since: 2023-07-04T00:00:00Z\n");

	expect_beside(box, leaf, CASE_BESIDE_PERIOD);
}

static void a_claim_about_another_form_was_not_asked(void **state)
{
	struct case_box *box = *state;

	box_ask(box,
	    "recipient: council.example\nconcerns: all\nform: hardware\n"
	    "period-from: 2023-06-20T00:00:00Z\n"
	    "period-to: 2023-07-04T00:00:00Z\n");
	uint32_t leaf =
	    box_claim(box, "asserts: copied\n" BOX_SAID BOX_TO_COUNCIL);
	expect_beside(box, leaf, CASE_BESIDE_FORM);
}

static void a_claim_that_was_asked_about_is_not_beside(void **state)
{
	box_claim(*state, BOX_CLAIMED);
	box_claim(*state, "asserts: denied\nsaid: 2023-07-05\n");
	expect_none_beside(*state);
}

static void a_hand_over_to_an_agent_after_the_period_was_not_asked(void **state)
{
	struct case_box *box = *state;
	uint32_t leaf = box_give_late(box, BOX_JULY(04, "00:00:00"),
	    "room.example", "transit.example", "B-1");

	expect_none_beside(box);
	box_establish(box, "transit.example", "council.example");
	expect_beside(box, leaf, CASE_BESIDE_PERIOD);
}

static void a_hand_over_taken_back_before_the_period_was_not_asked(void **state)
{
	struct case_box *box = *state;
	uint32_t leaf = box_give_late(box, BOX_JUNE(22, "12:00:00"),
	    "room.example", "transit.example", "B-1");

	box_give_late(box, BOX_JUNE(23, "12:00:00"), "transit.example",
	    "room.example", "B-1");
	box_establish(box, "transit.example", "council.example");
	box_ask_again(box, "2023-06-24T00:00:00Z", "2023-07-04T00:00:00Z");
	expect_beside(box, leaf, CASE_BESIDE_PERIOD);
}

static void a_hand_over_in_the_period_is_not_beside(void **state)
{
	struct case_box *box = *state;

	box_give_late(box, BOX_JUNE(22, "12:00:00"), "room.example",
	    "transit.example", "B-1");
	box_establish(box, "transit.example", "council.example");
	expect_none_beside(box);
}

/* ---- two lists ---- */

static void init_two_lists(struct case_box *box, const char *second)
{
	box_init(box);
	box_list(box, "owner.example notary.example", BOX_ITEMS);
	box_seize(box, "owner.example notary.example",
	    BOX_TAKEN "authority-signature: absent\n"
		      "owner-signature: signed\nwitness: notary.example\n");
	box_add(box, RECORD_LIST, BOX_JUNE(20, "11:00:00"), "police.example",
	    second);
	box_add(box, RECORD_SEIZURE, BOX_JUNE(20, "11:30:00"), "police.example",
	    BOX_TAKEN "authority-signature: signed\n"
		      "owner-signature: absent\n");
	box_ask(box, BOX_ASKED);
}

/* The differences in one line, as "-D-2 +D-3 !D-9". */
static void expect_differences(const char *second, const char *expected)
{
	static const char marks[] = {[CASE_ONLY_FIRST] = '-',
	    [CASE_ONLY_SECOND] = '+',
	    [CASE_OTHERWISE] = '!'};
	struct case_finding finding = {0};
	struct case_box box;
	struct buf text;

	init_two_lists(&box, second);
	buf_init(&text, 1024);
	buf_puts(&text, "");
	box_find(&box, &finding);
	for (size_t i = 0; i < finding.difference_count; i++)
		buf_printf(&text, "%s%c%.*s", i == 0 ? "" : " ",
		    marks[finding.differences[i].type],
		    SLICE_ARG(finding.differences[i].id));
	buf_putc(&text, '\n');
	assert_string_equal(text.p, expected);
	case_finding_done(&finding);
	buf_done(&text);
	box_done(&box);
}

static void two_lists_of_the_same_do_not_disagree(void **state)
{
	(void)state;
	expect_differences(BOX_ITEMS, "\n");
}

static void what_only_one_list_has_is_a_difference(void **state)
{
	(void)state;
	expect_differences(BOX_PACKAGE(1) BOX_PACKAGE(2), "-D-9\n");
	expect_differences(BOX_ITEMS "item: D-10\n  type: drive\n", "+D-10\n");
}

static void another_kind_is_a_difference(void **state)
{
	(void)state;
	expect_differences(
	    BOX_PACKAGE(1) BOX_PACKAGE(
		2) "item: D-9\n  type: phone\n  seal: 1009\n  seal-type: tag\n",
	    "!D-9\n");
}

static void another_place_is_a_difference(void **state)
{
	(void)state;
	expect_differences(
	    BOX_PACKAGE(1) BOX_PACKAGE(
		2) "item: D-9\n  type: drive\n  inside: B-2\n  seal: 1009\n"
		   "  seal-type: tag\n",
	    "!D-9\n");
}

static void another_seal_is_a_difference(void **state)
{
	(void)state;
	expect_differences(
	    BOX_PACKAGE(1) BOX_PACKAGE(
		2) "item: D-9\n  type: drive\n  seal: 9999\n  seal-type: tag\n",
	    "!D-9\n");
}

static void findings_use_the_first_list(void **state)
{
	struct case_finding finding = {0};
	struct case_box box;

	(void)state;
	init_two_lists(&box, BOX_ITEMS "item: D-10\n  type: drive\n");
	box_find(&box, &finding);
	assert_null(box_find_line(&finding, "D-10", CASE_HARDWARE));
	assert_non_null(box_find_line(&finding, "D-9", CASE_HARDWARE));
	case_finding_done(&finding);
	box_done(&box);
}

static void custody_that_one_side_asserts_is_never_no(void **state)
{
	struct case_box box;

	(void)state;
	init_two_lists(&box, BOX_ITEMS);
	box_add(&box, RECORD_INSPECTION, BOX_JULY(12, "07:00:00"),
	    "police.example court.example",
	    "custodian: police.example\ninspector: court.example\n"
	    "also-in: none\n" BOX_SEEN(1));
	expect_both(&box, "D-1", "NOT-SHOWN first-sighting:-,chain:6");
	box_done(&box);
}

#define EACH(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

/* long: one line a test */
int main(void)
{
	const struct CMUnitTest tests[] = {
	    EACH(a_question_is_open_until_its_due_date_has_ended),
	    EACH(it_is_overdue_by_a_day_when_its_due_date_has_ended),
	    EACH(every_24_hours_are_another_day),
	    EACH(each_addressee_has_its_own_due_date),
	    EACH(a_time_is_due_at_that_second),
	    EACH(each_answer_is_an_answer),
	    EACH(an_answer_by_somebody_else_is_none),
	    EACH(an_answer_to_another_question_is_none),
	    EACH(a_late_answer_is_given_with_its_days),
	    EACH(an_extension_moves_the_due_date),
	    EACH(a_second_extension_moves_nothing),
	    EACH(an_extension_is_no_answer),
	    EACH(nobody_extends_for_another),
	    EACH(a_public_statement_stands_beside_and_is_no_answer),
	    EACH(of_two_statements_the_later_one_stands),
	    EACH(who_is_not_known_to_the_case_may_have_said_something),
	    EACH(a_claim_about_another_recipient_was_not_asked),
	    EACH(a_claim_about_another_time_was_not_asked),
	    EACH(a_claim_about_another_form_was_not_asked),
	    EACH(a_claim_that_was_asked_about_is_not_beside),
	    EACH(a_hand_over_to_an_agent_after_the_period_was_not_asked),
	    EACH(a_hand_over_taken_back_before_the_period_was_not_asked),
	    EACH(a_hand_over_in_the_period_is_not_beside),
	    EACH(two_lists_of_the_same_do_not_disagree),
	    EACH(what_only_one_list_has_is_a_difference),
	    EACH(another_kind_is_a_difference),
	    EACH(another_place_is_a_difference),
	    EACH(another_seal_is_a_difference),
	    EACH(findings_use_the_first_list),
	    EACH(custody_that_one_side_asserts_is_never_no),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
