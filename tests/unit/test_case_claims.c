/*
 * test_case_claims.c: what is said about the items: which claims speak for
 * which line, which of them count, and what settles them (findings 5.3).
 */
#include "case_box.h"

static int set_up(void **state)
{
	struct case_box *box = calloc(1, sizeof(*box));

	box_story(box);
	*state = box;
	return 0;
}

static int tear_down(void **state)
{
	box_done(*state);
	free(*state);
	return 0;
}

/* ---- claims ---- */

static void a_claim_that_the_recipient_received_it_speaks_for_both(void **state)
{
	struct case_box *box = *state;
	uint32_t leaf = box_claim(box, BOX_CLAIMED);

	expect_both(box, "D-1", "CONTESTED claim:%u", leaf);
	expect_hardware(box, "C-1", "CONTESTED claim:%u", leaf);
	expect_data(box, "C-1", "n/a");
}

static void a_claim_that_it_was_transferred_speaks_for_both(void **state)
{
	struct case_box *box = *state;
	uint32_t leaf =
	    box_claim(box, "asserts: transferred\n" BOX_SAID BOX_TO_COUNCIL);

	expect_both(box, "D-1", "CONTESTED claim:%u", leaf);
}

static void a_claim_that_it_was_copied_speaks_for_data(void **state)
{
	struct case_box *box = *state;
	uint32_t leaf =
	    box_claim(box, "asserts: copied\n" BOX_SAID BOX_TO_COUNCIL);

	expect_data(box, "D-1", "CONTESTED claim:%u", leaf);
	expect_hardware(box, "D-1", BOX_UNSEEN);
}

static void a_claim_that_it_was_viewed_speaks_for_data(void **state)
{
	struct case_box *box = *state;
	uint32_t leaf =
	    box_claim(box, "asserts: viewed\n" BOX_SAID BOX_TO_COUNCIL);

	expect_data(box, "D-1", "CONTESTED claim:%u", leaf);
	expect_hardware(box, "D-1", BOX_UNSEEN);
}

static void a_denial_speaks_for_nothing(void **state)
{
	box_claim(*state, "asserts: denied\n" BOX_SAID BOX_TO_COUNCIL);
	expect_both(*state, "D-1", BOX_UNSEEN);
}

static void a_count_speaks_for_no_item(void **state)
{
	box_claim(*state,
	    "asserts: count\n" BOX_SAID BOX_TO_COUNCIL "count: 9 drive\n");
	expect_both(*state, "D-1", BOX_UNSEEN);
}

static void a_claim_about_an_agent_speaks_for_it(void **state)
{
	struct case_box *box = *state;
	uint32_t leaf = box_claim(box,
	    "asserts: received\n" BOX_SAID "recipient: ministry.example\n");

	expect_both(box, "D-1", BOX_UNSEEN);
	box_establish(box, "ministry.example", "council.example");
	expect_both(box, "D-1", "CONTESTED claim:%u", leaf);
}

static void a_claim_about_nobody_in_particular_speaks_for_it(void **state)
{
	struct case_box *box = *state;
	uint32_t leaf = box_claim(box, "asserts: transferred\n" BOX_SAID);

	expect_both(box, "D-1", "CONTESTED claim:%u", leaf);
}

static void a_claim_about_another_recipient_does_not(void **state)
{
	box_claim(*state,
	    "asserts: received\n" BOX_SAID "recipient: transit.example\n");
	box_claim(*state,
	    "asserts: received\n" BOX_SAID "recipient: nobody.example\n");
	expect_both(*state, "D-1", BOX_UNSEEN);
}

static void a_claim_about_one_item_speaks_for_it_alone(void **state)
{
	struct case_box *box = *state;
	uint32_t leaf = box_claim(box, BOX_CLAIMED "concerns: D-1\n");

	expect_both(box, "D-1", "CONTESTED claim:%u", leaf);
	expect_both(box, "D-2", BOX_UNSEEN);
}

static void a_claim_about_a_kind_speaks_for_all_of_it(void **state)
{
	struct case_box *box = *state;
	uint32_t leaf = box_claim(box, BOX_CLAIMED "concerns: drive\n");

	expect_both(box, "D-1", "CONTESTED claim:%u", leaf);
	expect_both(box, "D-2", "CONTESTED claim:%u", leaf);
	expect_hardware(box, "C-1", BOX_UNSEEN);
}

static void a_claim_about_part_of_a_kind_speaks_for_all_of_it(void **state)
{
	struct case_box *box = *state;
	uint32_t leaf =
	    box_claim(box, BOX_CLAIMED "concerns: casing\npart-of: yes\n");

	expect_hardware(box, "C-1", "CONTESTED claim:%u", leaf);
	expect_hardware(box, "C-2", "CONTESTED claim:%u", leaf);
	expect_both(box, "D-1", BOX_UNSEEN);
}

static void a_claim_about_a_package_speaks_for_what_is_in_it(void **state)
{
	struct case_box *box = *state;
	uint32_t leaf = box_claim(box, BOX_CLAIMED "concerns: B-1\n");

	expect_both(box, "D-1", "CONTESTED claim:%u", leaf);
	expect_hardware(box, "C-1", "CONTESTED claim:%u", leaf);
	expect_both(box, "D-2", BOX_UNSEEN);
}

static void a_claim_about_computers_speaks_for_what_is_in_them(void **state)
{
	struct case_box *box = *state;
	uint32_t leaf = box_claim(box, BOX_CLAIMED "concerns: computer\n");

	expect_both(box, "D-1", "CONTESTED claim:%u", leaf);
	expect_hardware(box, "C-2", "CONTESTED claim:%u", leaf);
	expect_hardware(box, "D-9", BOX_UNSEEN);
}

/* ---- when a claim says it was ---- */

static void a_claim_begins_with_the_seizure(void **state)
{
	struct case_box *box = *state;
	uint32_t leaf = box_claim(box, BOX_CLAIMED);

	box_ask_again(box, "2023-06-20T09:30:00Z", "2023-06-20T09:30:01Z");
	expect_hardware(box, "D-1", "CONTESTED claim:%u", leaf);
}

static void a_claim_ends_when_it_was_said(void **state)
{
	struct case_box *box = *state;
	uint32_t leaf = box_claim(box,
	    "asserts: received\nsaid: 2023-06-25T12:00:00Z\n" BOX_TO_COUNCIL);

	box_ask_again(box, "2023-06-25T12:00:00Z", "2023-07-04T00:00:00Z");
	expect_hardware(box, "D-1", "CONTESTED claim:%u", leaf);
	box_ask_again(box, "2023-06-25T12:00:01Z", "2023-07-04T00:00:00Z");
	expect_hardware(box, "D-1", BOX_UNSEEN);
}

static void a_claim_of_what_came_later_does_not_meet_the_period(void **state)
{
	box_claim(*state, BOX_CLAIMED "since: 2023-07-04T00:00:00Z\n");
	expect_both(*state, "D-1", BOX_UNSEEN);
}

static void a_claim_of_the_last_day_meets_the_period(void **state)
{
	struct case_box *box = *state;
	uint32_t leaf = box_claim(box, BOX_CLAIMED "since: 2023-07-03\n");

	expect_both(box, "D-1", "CONTESTED claim:%u", leaf);
}

static void a_claim_of_what_ended_before_does_not_meet_it(void **state)
{
	box_claim(*state, BOX_CLAIMED "since: 2023-06-01\nuntil: 2023-06-19\n");
	expect_both(*state, "D-1", BOX_UNSEEN);
}

static void nothing_is_claimed_for_later_than_it_was_said(void **state)
{
	struct case_box *box = *state;

	box_claim(box,
	    "asserts: received\nsaid: 2023-06-25T12:00:00Z\n"
	    "until: 2023-07-03\n" BOX_TO_COUNCIL);
	box_ask_again(box, "2023-06-26T00:00:00Z", "2023-07-04T00:00:00Z");
	expect_hardware(box, "D-1", BOX_UNSEEN);
}

/* ---- which claims count ---- */

static void a_claim_that_the_asker_alone_recorded_does_not_count(void **state)
{
	box_add(*state, RECORD_CLAIM, BOX_JULY(05, "09:00:00"), "owner.example",
	    BOX_CLAIMED);
	expect_both(*state, "D-1", BOX_UNSEEN);
}

static void a_claim_with_a_capture_counts_whoever_recorded_it(void **state)
{
	struct case_box *box = *state;
	uint32_t leaf = box_add(box, RECORD_CLAIM, BOX_JULY(05, "09:00:00"),
	    "owner.example",
	    BOX_CLAIMED "capture: 00112233445566778899aabbccddeeff"
			"00112233445566778899aabbccddeeff\n");

	expect_both(box, "D-1", "CONTESTED claim:%u", leaf);
}

static void a_claim_that_the_asker_recorded_with_another_counts(void **state)
{
	struct case_box *box = *state;
	uint32_t leaf = box_add(box, RECORD_CLAIM, BOX_JULY(05, "09:00:00"),
	    "owner.example notary.example", BOX_CLAIMED);

	expect_both(box, "D-1", "CONTESTED claim:%u", leaf);
}

static void a_claim_that_another_asker_recorded_counts(void **state)
{
	struct case_box *box = *state;
	uint32_t leaf = box_add(box, RECORD_CLAIM, BOX_JULY(05, "09:00:00"),
	    "police.example", BOX_CLAIMED);

	expect_both(box, "D-1", "CONTESTED claim:%u", leaf);
}

static void expect_graded(
    struct case_box *box, const char *grade, bool is_counting)
{
	uint32_t leaf = box_claim(box, BOX_CLAIMED);

	box_assess(box, leaf, "court.example", grade);
	if (is_counting)
		expect_both(box, "D-1", "CONTESTED claim:%u", leaf);
	else
		expect_both(box, "D-1", BOX_UNSEEN);
}

static void a_claim_graded_e5_does_not_count(void **state)
{
	expect_graded(*state, "E5", false);
}

static void a_claim_graded_f6_does_not_count(void **state)
{
	expect_graded(*state, "F6", false);
}

static void a_claim_graded_d5_counts(void **state)
{
	expect_graded(*state, "D5", true);
}

static void a_claim_graded_e4_counts(void **state)
{
	expect_graded(*state, "E4", true);
}

static void a_claim_graded_a1_counts(void **state)
{
	expect_graded(*state, "A1", true);
}

static void of_one_assessor_the_latest_grade_counts(void **state)
{
	struct case_box *box = *state;
	uint32_t leaf = box_claim(box, BOX_CLAIMED);

	box_assess(box, leaf, "court.example", "B2");
	box_assess(box, leaf, "court.example", "E5");
	expect_both(box, "D-1", BOX_UNSEEN);
	box_assess(box, leaf, "court.example", "B3");
	expect_both(box, "D-1", "CONTESTED claim:%u", leaf);
}

static void of_two_assessors_one_is_enough(void **state)
{
	struct case_box *box = *state;
	uint32_t leaf = box_claim(box, BOX_CLAIMED);

	box_assess(box, leaf, "court.example", "E5");
	box_assess(box, leaf, "notary.example", "C3");
	expect_both(box, "D-1", "CONTESTED claim:%u", leaf);
}

static void grades_by_interested_parties_are_ignored(void **state)
{
	struct case_box *box = *state;
	uint32_t leaf = box_claim(box, BOX_CLAIMED);

	box_assess(box, leaf, "police.example", "E5");
	box_assess(box, leaf, "room.example", "E5");
	box_assess(box, leaf, "owner.example", "E5");
	box_assess(box, leaf, "transit.example", "E5");
	expect_both(box, "D-1", "CONTESTED claim:%u", leaf);
	box_assess(box, leaf, "court.example", "E5");
	box_assess(box, leaf, "owner.example", "A1");
	expect_both(box, "D-1", BOX_UNSEEN);
}

static void a_grade_counts_where_its_assessor_is_disinterested(void **state)
{
	struct case_box *box = *state;
	uint32_t leaf = box_claim(box, BOX_CLAIMED);

	box_establish(box, "court.example", "transit.example");
	box_give_late(box, BOX_JUNE(25, "12:00:00"), "room.example",
	    "transit.example", "B-1");
	box_assess(box, leaf, "court.example", "E5");
	expect_hardware(box, "D-1", "CONTESTED claim:%u", leaf);
	expect_hardware(box, "D-2", BOX_UNSEEN);
}

static void filing_a_dismissed_claim_again_gains_nothing(void **state)
{
	struct case_box *box = *state;
	uint32_t leaf =
	    box_claim(box, BOX_CLAIMED "said-by: council.example\n");

	box_assess(box, leaf, "court.example", "E5");
	box_add(box, RECORD_CLAIM, BOX_JULY(08, "09:00:00"),
	    "police.example notary.example",
	    BOX_CLAIMED "said-by: council.example\nconcerns: D-1\n"
			"quote: all of them\n");
	expect_both(box, "D-1", BOX_UNSEEN);
}

static void the_same_speaker_on_another_day_is_another_claim(void **state)
{
	struct case_box *box = *state;
	uint32_t leaf =
	    box_claim(box, BOX_CLAIMED "said-by: council.example\n");

	box_assess(box, leaf, "court.example", "E5");
	leaf = box_add(box, RECORD_CLAIM, BOX_JULY(08, "09:00:00"),
	    "notary.example",
	    "asserts: received\nsaid: 2023-07-02\nsaid-by: council.example\n");
	expect_both(box, "D-1", "CONTESTED claim:%u", leaf);
}

static void another_speaker_on_the_same_day_is_another_claim(void **state)
{
	struct case_box *box = *state;
	uint32_t leaf =
	    box_claim(box, BOX_CLAIMED "said-by: council.example\n");

	box_assess(box, leaf, "court.example", "E5");
	leaf = box_claim(box, BOX_CLAIMED "said-by: ministry.example\n");
	expect_both(box, "D-1", "CONTESTED claim:%u", leaf);
}

static void two_claims_without_a_speaker_are_two(void **state)
{
	struct case_box *box = *state;
	uint32_t leaf = box_claim(box, BOX_CLAIMED);

	box_assess(box, leaf, "court.example", "E5");
	leaf = box_claim(box, BOX_CLAIMED "concerns: D-1\n");
	expect_both(box, "D-1", "CONTESTED claim:%u", leaf);
}

/* ---- what settles a claim ---- */

static void a_later_sighting_settles_a_claim_on_hardware(void **state)
{
	struct case_box *box = *state;

	box_claim(box, BOX_CLAIMED);
	box_look(box);
	expect_hardware(box, "D-1", "NO");
	expect_hardware(box, "D-9", "NO");
}

static void it_settles_a_claim_that_is_filed_afterwards(void **state)
{
	struct case_box *box = *state;

	box_look(box);
	box_add(box, RECORD_CLAIM, BOX_JULY(12, "09:00:00"), "notary.example",
	    BOX_CLAIMED);
	expect_hardware(box, "D-1", "NO");
}

static void a_sighting_at_the_claims_own_time_does_not(void **state)
{
	struct case_box *box = *state;
	uint32_t leaf;

	box_look(box);
	leaf = box_add(box, RECORD_CLAIM, BOX_JULY(12, "09:00:00"),
	    "notary.example",
	    "asserts: received\nsaid: 2023-07-12T07:00:00Z\n" BOX_TO_COUNCIL);
	expect_hardware(box, "D-1", "CONTESTED claim:%u", leaf);
}

static void a_sighting_before_the_claim_does_not(void **state)
{
	struct case_box *box = *state;
	uint32_t leaf;

	box_look(box);
	box->time = BOX_JULY(15, "00:00:00");
	leaf = box_add(box, RECORD_CLAIM, BOX_JULY(14, "09:00:00"),
	    "notary.example", "asserts: received\nsaid: 2023-07-13\n");
	expect_both(box, "D-1", "CONTESTED claim:%u", leaf);
}

static void a_sighting_without_somebody_disinterested_does_not(void **state)
{
	struct case_box *box = *state;
	uint32_t leaf = box_claim(box, BOX_CLAIMED);

	box_inspect(box, "room.example court.example owner.example",
	    "item: B-1\n  seen: label-read\n");
	expect_hardware(box, "D-1", "CONTESTED claim:%u", leaf);
}

static void a_claim_on_data_needs_all_conditions_of_no(void **state)
{
	struct case_box *box = *state;
	uint32_t leaf = box_claim(box, BOX_CLAIMED);

	box_look(box);
	expect_data(box, "D-1", "NO");
	expect_data(box, "D-9", "CONTESTED claim:%u", leaf);
}

/* ---- records of who holds nothing ---- */

static void a_false_hand_over_to_the_recipient_is_a_claim(void **state)
{
	struct case_box *box = *state;
	uint32_t leaf = box_add_late(box, RECORD_HANDOVER,
	    BOX_JUNE(25, "12:00:00"), BOX_JULY(10, "12:00:00"),
	    "transit.example",
	    "from: transit.example\nto: council.example\nreceiver: refused\n"
	    "counted-by-giver: 1\nitem: B-1\n");

	expect_not_holder(box, leaf);
	expect_both(box, "D-1", "CONTESTED claim:%u", leaf);
	expect_hardware(box, "D-2", BOX_UNSEEN);
}

static void it_is_settled_as_any_other(void **state)
{
	struct case_box *box = *state;

	box_add_late(box, RECORD_HANDOVER, BOX_JUNE(25, "12:00:00"),
	    BOX_JULY(10, "12:00:00"), "transit.example",
	    "from: transit.example\nto: council.example\nreceiver: refused\n"
	    "counted-by-giver: 1\nitem: B-1\n");
	box_look(box);
	expect_both(box, "D-1", "NO");
}

static void a_false_hand_over_by_the_asker_alone_does_not_count(void **state)
{
	box_add_late(*state, RECORD_HANDOVER, BOX_JUNE(25, "12:00:00"),
	    BOX_JULY(10, "12:00:00"), "owner.example",
	    "from: owner.example\nto: council.example\nreceiver: refused\n"
	    "counted-by-giver: 1\nitem: B-1\n");
	expect_both(*state, "D-1", BOX_UNSEEN);
}

#define EACH(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

/* long: one line a test */
static void what_is_to_be_said_tomorrow_was_said_when_it_was_entered(
    void **state)
{
	struct case_box *box = *state;

	box_claim(box,
	    "asserts: received\nsaid: 2030-01-01\n" BOX_TO_COUNCIL
	    "concerns: D-9\n");
	box_look(box);
	expect_hardware(box, "D-9", "NO");
}

static void partly_and_not_which_speaks_for_each_and_shows_none(void **state)
{
	struct case_box *box = *state;
	uint32_t leaf = box_answer(box, "room.example", "answer: partly\n");

	expect_hardware(box, "D-1", "CONTESTED claim:%u", leaf);
	expect_hardware(box, "D-9", "CONTESTED claim:%u", leaf);
}

static void partly_and_which_is_yes_for_that(void **state)
{
	struct case_box *box = *state;
	uint32_t leaf =
	    box_answer(box, "room.example", "answer: partly\nconcerns: D-9\n");

	expect_hardware(box, "D-9", "YES admitted:%u", leaf);
	expect_hardware(box, "D-1", BOX_UNSEEN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    EACH(a_claim_that_the_recipient_received_it_speaks_for_both),
	    EACH(a_claim_that_it_was_transferred_speaks_for_both),
	    EACH(a_claim_that_it_was_copied_speaks_for_data),
	    EACH(a_claim_that_it_was_viewed_speaks_for_data),
	    EACH(a_denial_speaks_for_nothing),
	    EACH(a_count_speaks_for_no_item),
	    EACH(a_claim_about_an_agent_speaks_for_it),
	    EACH(a_claim_about_nobody_in_particular_speaks_for_it),
	    EACH(a_claim_about_another_recipient_does_not),
	    EACH(a_claim_about_one_item_speaks_for_it_alone),
	    EACH(a_claim_about_a_kind_speaks_for_all_of_it),
	    EACH(a_claim_about_part_of_a_kind_speaks_for_all_of_it),
	    EACH(a_claim_about_a_package_speaks_for_what_is_in_it),
	    EACH(a_claim_about_computers_speaks_for_what_is_in_them),
	    EACH(a_claim_begins_with_the_seizure),
	    EACH(a_claim_ends_when_it_was_said),
	    EACH(a_claim_of_what_came_later_does_not_meet_the_period),
	    EACH(a_claim_of_the_last_day_meets_the_period),
	    EACH(a_claim_of_what_ended_before_does_not_meet_it),
	    EACH(nothing_is_claimed_for_later_than_it_was_said),
	    EACH(a_claim_that_the_asker_alone_recorded_does_not_count),
	    EACH(a_claim_with_a_capture_counts_whoever_recorded_it),
	    EACH(a_claim_that_the_asker_recorded_with_another_counts),
	    EACH(a_claim_that_another_asker_recorded_counts),
	    EACH(a_claim_graded_e5_does_not_count),
	    EACH(a_claim_graded_f6_does_not_count),
	    EACH(a_claim_graded_d5_counts),
	    EACH(a_claim_graded_e4_counts),
	    EACH(a_claim_graded_a1_counts),
	    EACH(of_one_assessor_the_latest_grade_counts),
	    EACH(of_two_assessors_one_is_enough),
	    EACH(grades_by_interested_parties_are_ignored),
	    EACH(a_grade_counts_where_its_assessor_is_disinterested),
	    EACH(filing_a_dismissed_claim_again_gains_nothing),
	    EACH(the_same_speaker_on_another_day_is_another_claim),
	    EACH(another_speaker_on_the_same_day_is_another_claim),
	    EACH(two_claims_without_a_speaker_are_two),
	    EACH(a_later_sighting_settles_a_claim_on_hardware),
	    EACH(it_settles_a_claim_that_is_filed_afterwards),
	    EACH(a_sighting_at_the_claims_own_time_does_not),
	    EACH(a_sighting_before_the_claim_does_not),
	    EACH(a_sighting_without_somebody_disinterested_does_not),
	    EACH(a_claim_on_data_needs_all_conditions_of_no),
	    EACH(a_false_hand_over_to_the_recipient_is_a_claim),
	    EACH(it_is_settled_as_any_other),
	    EACH(a_false_hand_over_by_the_asker_alone_does_not_count),
	    cmocka_unit_test_setup_teardown(
		what_is_to_be_said_tomorrow_was_said_when_it_was_entered,
		set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		partly_and_not_which_speaks_for_each_and_shows_none, set_up,
		tear_down),
	    cmocka_unit_test_setup_teardown(
		partly_and_which_is_yes_for_that, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
