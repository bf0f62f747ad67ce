/*
 * test_case_void.c: an intent that had to be refused counts for nothing
 * (findings section 4).
 */
#include "case_box.h"

static int set_up(void **state)
{
	struct case_box *box = calloc(1, sizeof(*box));

	box_init(box);
	box_intake(box);
	*state = box;
	return 0;
}

static int tear_down(void **state)
{
	box_done(*state);
	free(*state);
	return 0;
}

static uint32_t ask(struct case_box *box, const char *fields)
{
	return box_add(box, RECORD_QUESTION, BOX_JULY(04, "08:00:00"),
	    "owner.example", fields);
}

static void a_question_about_nobody_known_is_void(void **state)
{
	expect_void(*state,
	    ask(*state,
		"recipient: nobody.example\nconcerns: all\nform: data\n"
		"period-from: 2023-06-20T00:00:00Z\n"
		"period-to: 2023-07-04T00:00:00Z\n"),
	    UNKNOWN_PARTY);
}

static void a_question_about_the_future_is_void(void **state)
{
	struct case_box *box = *state;

	expect_void(box,
	    ask(box,
		BOX_QUESTION("2023-06-20T00:00:00Z", "2023-07-04T08:01:01Z")),
	    PERIOD);
	expect_good(box,
	    ask(box,
		BOX_QUESTION("2023-06-20T00:00:00Z", "2023-07-04T08:01:00Z")));
}

static void a_question_about_no_time_is_void(void **state)
{
	expect_void(*state,
	    ask(*state,
		BOX_QUESTION("2023-06-20T00:00:00Z", "2023-06-20T00:00:00Z")),
	    PERIOD);
}

static void a_void_question_has_no_finding(void **state)
{
	struct case_box *box = *state;
	struct case_finding finding = {0};
	uint32_t question = ask(
	    box, BOX_QUESTION("2023-06-20T00:00:00Z", "2023-06-20T00:00:00Z"));

	assert_int_equal(case_finding_make(&finding, box->f->state, question,
			     box_when(BOX_JULY(12, "00:00:00")), NULL, NULL),
	    ERR_USAGE);
}

static void a_policy_without_a_policy_holder_is_void(void **state)
{
	struct case_box *box = *state;

	expect_void(box,
	    box_policy(box, "notary.example transit.example",
		"red-line: transit.example\nwitness-quorum: 5\n"),
	    NOT_POLICY_HOLDER);
	assert_int_equal(case_state_red_line_count(box->f->state), 0);
	assert_int_equal(case_state_witness_quorum(box->f->state), 1);
}

static void a_policy_about_nobody_known_is_void(void **state)
{
	expect_void(*state,
	    box_policy(*state, BOX_BOTH, "red-line: nobody.example\n"),
	    UNKNOWN_PARTY);
	expect_void(*state,
	    box_policy(*state, BOX_BOTH, "lift: nobody.example\n"),
	    UNKNOWN_PARTY);
}

static void nobody_declares_a_relation_of_another(void **state)
{
	expect_void(*state,
	    box_relate(*state, "owner.example", "transit.example",
		"council.example", "basis: declared\n"),
	    NOT_ENTITLED);
}

static void a_relation_is_not_established_without_a_document(void **state)
{
	expect_void(*state,
	    box_relate(*state, BOX_BOTH, "transit.example", "council.example",
		"basis: established\n"),
	    NOT_ENTITLED);
}

static void a_neutral_party_establishes_nothing(void **state)
{
	expect_void(*state,
	    box_relate(*state, "notary.example", "transit.example",
		"council.example", "basis: established\n" BOX_DOCUMENT),
	    NOT_ENTITLED);
}

static void a_relation_of_nobody_known_is_void(void **state)
{
	expect_void(*state,
	    box_relate(*state, BOX_BOTH, "nobody.example", "council.example",
		"basis: asserted\n"),
	    UNKNOWN_PARTY);
	expect_void(*state,
	    box_relate(*state, BOX_BOTH, "transit.example", "nobody.example",
		"basis: asserted\n"),
	    UNKNOWN_PARTY);
}

#define EACH(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

/* long: one line a test */
int main(void)
{
	const struct CMUnitTest tests[] = {
	    EACH(a_question_about_nobody_known_is_void),
	    EACH(a_question_about_the_future_is_void),
	    EACH(a_question_about_no_time_is_void),
	    EACH(a_void_question_has_no_finding),
	    EACH(a_policy_without_a_policy_holder_is_void),
	    EACH(a_policy_about_nobody_known_is_void),
	    EACH(nobody_declares_a_relation_of_another),
	    EACH(a_relation_is_not_established_without_a_document),
	    EACH(a_neutral_party_establishes_nothing),
	    EACH(a_relation_of_nobody_known_is_void),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
