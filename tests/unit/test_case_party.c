/*
 * test_case_party.c: what policies and relations make of the parties: policies
 * add up, who counts as whom, and who is disinterested
 * (findings section 2).
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

#define NOON BOX_JUNE(25, "12:00:00")

/* ---- policies add up ---- */

static void the_quorum_is_the_highest_of_all_policies(void **state)
{
	struct case_box *box = *state;

	box_policy(box, "owner.example", "witness-quorum: 3\n");
	box_policy(box, BOX_BOTH, "witness-quorum: 2\n");
	assert_int_equal(case_state_witness_quorum(box->f->state), 3);
}

static void a_policy_does_not_lower_the_quorum_of_the_genesis(void **state)
{
	struct case_box box;

	(void)state;
	box_open(&box, "witness-quorum: 2\n");
	box_policy(&box, BOX_BOTH, "witness-quorum: 1\n");
	assert_int_equal(case_state_witness_quorum(box.f->state), 2);
	box_done(&box);
}

static void required_fields_of_all_policies_are_required(void **state)
{
	struct case_box *box = *state;
	struct err err = {0};

	box_policy(box, "owner.example", "require: handover purpose\n");
	box_policy(box, "police.example", "require: handover authority\n");
	assert_int_equal(
	    fixture_case_try(box->f, RECORD_HANDOVER, NOON,
		"police.example room.example",
		"from: police.example\nto: room.example\n"
		"authority: order 7\n"
		"counted-by-giver: 1\ncounted-by-receiver: 1\nitem: D-9\n",
		&err),
	    ERR_VERIFY);
}

static void fields_that_one_policy_opens_are_open(void **state)
{
	struct case_box *box = *state;

	box_policy(box, "owner.example", "open: serial\n");
	box_policy(box, "police.example", "open: place\n");
	assert_true(case_state_is_open_field(box->f->state, RECORD_F_SERIAL));
	assert_true(case_state_is_open_field(box->f->state, RECORD_F_PLACE));
	assert_false(case_state_is_open_field(box->f->state, RECORD_F_REMARK));
}

/* ---- closure ---- */

static bool is_in_closure(
    const struct case_box *box, const char *party, const char *now)
{
	struct case_set set = case_state_closure(box->f->state,
	    box_party(box, "council.example"), box_when(now), CASE_NONE);

	return case_set_has(&set, box_party(box, party));
}

static void a_closure_holds_the_party_itself(void **state)
{
	assert_true(is_in_closure(*state, "council.example", NOON));
	assert_false(is_in_closure(*state, "transit.example", NOON));
}

static void a_closure_follows_a_path_of_any_length(void **state)
{
	struct case_box *box = *state;

	box_establish(box, "room.example", "transit.example");
	box_establish(box, "transit.example", "ministry.example");
	assert_false(is_in_closure(box, "room.example", NOON));
	box_establish(box, "ministry.example", "council.example");
	assert_true(is_in_closure(box, "room.example", NOON));
	assert_true(is_in_closure(box, "transit.example", NOON));
	assert_false(is_in_closure(box, "police.example", NOON));
}

static void one_lapsed_step_breaks_no_path(void **state)
{
	struct case_box *box = *state;

	box_establish(box, "transit.example", "ministry.example");
	box_relate(box, BOX_BOTH, "ministry.example", "council.example",
	    "basis: established\nuntil: 2023-06-20T09:30:00Z\n" BOX_DOCUMENT);
	assert_true(is_in_closure(box, "transit.example", NOON));
}

static void a_step_that_ended_before_the_seizure_breaks_it(void **state)
{
	struct case_box *box = *state;

	box_relate(box, BOX_BOTH, "ministry.example", "council.example",
	    "basis: established\nuntil: 2023-06-20T09:29:59Z\n" BOX_DOCUMENT);
	assert_false(is_in_closure(box, "ministry.example", NOON));
}

static void a_step_begins_in_the_second_that_it_says(void **state)
{
	struct case_box *box = *state;

	box_relate(box, BOX_BOTH, "ministry.example", "council.example",
	    "basis: established\nsince: 2023-06-25T12:00:00Z\n" BOX_DOCUMENT);
	assert_false(
	    is_in_closure(box, "ministry.example", BOX_JUNE(25, "11:59:59")));
	assert_true(is_in_closure(box, "ministry.example", NOON));
}

static void a_date_to_begin_is_the_start_of_that_day(void **state)
{
	struct case_box *box = *state;

	box_relate(box, BOX_BOTH, "ministry.example", "council.example",
	    "basis: established\nsince: 2023-06-25\n" BOX_DOCUMENT);
	assert_false(
	    is_in_closure(box, "ministry.example", BOX_JUNE(24, "23:59:59")));
	assert_true(
	    is_in_closure(box, "ministry.example", BOX_JUNE(25, "00:00:00")));
}

static void a_relation_says_whether_one_side_alone_established_it(void **state)
{
	struct case_box *box = *state;

	box_establish(box, "transit.example", "ministry.example");
	box_relate(box, "owner.example", "ministry.example", "council.example",
	    "basis: established\n" BOX_DOCUMENT);
	box_relate(box, "transit.example", "transit.example", "council.example",
	    "basis: declared\n");
	assert_false(case_state_relation(box->f->state, 0)->is_one_sided);
	assert_true(case_state_relation(box->f->state, 1)->is_one_sided);
	assert_false(case_state_relation(box->f->state, 2)->is_one_sided);
}

/* ---- disinterested ---- */

#define PERIOD_END BOX_JULY(04, "00:00:00")

static bool is_apart(
    const struct case_box *box, const char *party, const char *item)
{
	return case_state_is_disinterested(box->f->state, box_party(box, party),
	    item ? box_item(box, item) : CASE_NONE,
	    box_party(box, "council.example"), box_when(PERIOD_END));
}

static void enrol(struct case_box *box, const char *at, const char *name,
    const char *fields, const char *countersigners)
{
	char all[256], signers[128];

	(void)snprintf(all, sizeof(all), "party: %s\n%skey: @\n", name, fields);
	(void)snprintf(signers, sizeof(signers), "%s %s", name, countersigners);
	box_add(box, RECORD_JOIN, at, signers, all);
}

static void a_neutral_party_without_ties_is_disinterested(void **state)
{
	assert_true(is_apart(*state, "court.example", "D-1"));
	assert_true(is_apart(*state, "notary.example", "D-1"));
}

static void only_the_neutral_side_is_disinterested(void **state)
{
	assert_false(is_apart(*state, "transit.example", "D-1"));
	assert_false(is_apart(*state, "owner.example", "D-1"));
	assert_false(is_apart(*state, "room.example", "D-1"));
}

static void who_ever_held_an_item_of_the_case_is_not(void **state)
{
	struct case_box *box = *state;

	box_give_one(box, BOX_JUNE(21, "12:00:00"), "police.example",
	    "notary.example", "D-9");
	box_give_one(box, BOX_JUNE(22, "12:00:00"), "notary.example",
	    "room.example", "D-9");
	assert_false(is_apart(box, "notary.example", "D-9"));
	assert_false(is_apart(box, "notary.example", "D-1"));
	assert_true(is_apart(box, "court.example", "D-9"));
}

static void who_is_of_the_holders_organisation_is_not(void **state)
{
	enrol(*state, NOON, "x.example", "side: neutral\norg: police\n",
	    BOX_BOTH);
	assert_false(is_apart(*state, "x.example", "D-1"));
}

static void who_is_of_an_earlier_givers_organisation_is_not(void **state)
{
	struct case_box *box = *state;

	enrol(box, NOON, "x.example", "side: neutral\norg: police\n", BOX_BOTH);
	enrol(box, NOON, "y.example", "side: neutral\norg: prosecutor\n",
	    BOX_BOTH);
	box_give_one(box, BOX_JUNE(26, "12:00:00"), "police.example",
	    "room.example", "D-9");
	box_give_one(box, BOX_JUNE(27, "12:00:00"), "room.example",
	    "transit.example", "D-9");
	assert_false(is_apart(box, "x.example", "D-9"));
	assert_false(is_apart(box, "y.example", "D-9"));
}

/* Things in the hands of somebody of no side are not for one side to vouch
 * for. */
static void who_holds_for_no_side_makes_nobody_disinterested(void **state)
{
	struct case_box *box = *state;

	enrol(box, NOON, "x.example", "side: neutral\norg: x\n",
	    "police.example");
	box_add(box, RECORD_LIST, BOX_JUNE(26, "09:00:00"),
	    "transit.example police.example",
	    "found-late: behind a shelf\nitem: L-1\n  type: drive\n");
	assert_false(is_apart(box, "x.example", "L-1"));
}

static void who_is_of_the_organisation_of_p_is_not(void **state)
{
	struct case_box *box = *state;

	enrol(
	    box, NOON, "x.example", "side: neutral\norg: council\n", BOX_BOTH);
	assert_false(is_apart(box, "x.example", "D-1"));
	assert_true(case_state_is_disinterested(box->f->state,
	    box_party(box, "x.example"), box_item(box, "D-1"), CASE_NONE,
	    box_when(PERIOD_END)));
}

static void who_acts_for_a_holder_is_not(void **state)
{
	box_establish(*state, "court.example", "police.example");
	assert_false(is_apart(*state, "court.example", "D-1"));
	assert_true(is_apart(*state, "notary.example", "D-1"));
}

static void for_whom_a_holder_acts_is_not(void **state)
{
	box_establish(*state, "police.example", "court.example");
	assert_false(is_apart(*state, "court.example", "D-1"));
}

static void who_is_tied_to_a_holder_through_others_is_not(void **state)
{
	box_establish(*state, "court.example", "ministry.example");
	assert_true(is_apart(*state, "court.example", "D-1"));
	box_establish(*state, "police.example", "ministry.example");
	assert_false(is_apart(*state, "court.example", "D-1"));
}

static void who_is_tied_to_p_is_not(void **state)
{
	box_establish(*state, "court.example", "ministry.example");
	box_establish(*state, "ministry.example", "council.example");
	assert_false(is_apart(*state, "court.example", "D-1"));
}

static void a_tie_that_ever_was_is_a_tie(void **state)
{
	box_relate(*state, BOX_BOTH, "court.example", "police.example",
	    "basis: established\nsince: 2001-01-01\nuntil: "
	    "2002-01-01\n" BOX_DOCUMENT);
	assert_false(is_apart(*state, "court.example", "D-1"));
}

static void a_tie_that_is_only_asserted_is_none(void **state)
{
	box_relate(*state, BOX_BOTH, "court.example", "police.example",
	    "basis: asserted\n");
	assert_true(is_apart(*state, "court.example", "D-1"));
}

static void a_tie_to_somebody_who_has_no_part_in_it_is_none(void **state)
{
	box_establish(*state, "court.example", "transit.example");
	assert_true(is_apart(*state, "court.example", "D-1"));
}

static void a_tie_to_a_holder_of_another_item_is_none(void **state)
{
	struct case_box *box = *state;

	box_establish(box, "court.example", "transit.example");
	box_give_one(box, NOON, "police.example", "transit.example", "D-9");
	assert_false(is_apart(box, "court.example", "D-9"));
	assert_true(is_apart(box, "court.example", "D-1"));
}

static void who_was_enrolled_at_the_periods_end_or_later_is_not(void **state)
{
	struct case_box *box = *state;

	enrol(box, BOX_JULY(03, "23:58:59"), "x.example",
	    "side: neutral\norg: x\n", BOX_BOTH);
	enrol(box, BOX_JULY(03, "23:59:00"), "y.example",
	    "side: neutral\norg: y\n", BOX_BOTH);
	assert_true(is_apart(box, "x.example", "D-1"));
	assert_false(is_apart(box, "y.example", "D-1"));
}

static void a_party_of_the_genesis_is_enrolled_when_it_first_signs(void **state)
{
	struct case_box box;

	(void)state;
	box_open(&box, "");
	box_list(&box, BOX_BOTH, BOX_ITEMS);
	box_seize(&box, BOX_BOTH,
	    BOX_TAKEN "authority-signature: signed\n"
		      "owner-signature: signed\n");
	assert_false(is_apart(&box, "court.example", "D-1"));
	box_add(&box, RECORD_CLAIM, BOX_JUNE(21, "12:00:00"), "court.example",
	    "asserts: denied\nsaid: 2023-06-21\n");
	assert_true(is_apart(&box, "court.example", "D-1"));
	box_done(&box);
}

static void who_is_countersigned_by_the_holders_side_alone_is_not(void **state)
{
	struct case_box *box = *state;

	enrol(box, NOON, "x.example", "side: neutral\norg: x\n",
	    "police.example");
	enrol(
	    box, NOON, "y.example", "side: neutral\norg: y\n", "owner.example");
	assert_false(is_apart(box, "x.example", "D-1"));
	assert_true(is_apart(box, "y.example", "D-1"));
}

static void a_neutral_cannot_bring_in_the_next_one(void **state)
{
	struct case_box *box = *state;

	enrol(box, NOON, "x.example", "side: neutral\norg: x\n",
	    "police.example");
	enrol(box, NOON, "y.example", "side: neutral\norg: y\n",
	    "police.example x.example");
	assert_false(is_apart(box, "y.example", "D-1"));
}

static void each_holder_needs_a_countersignature_of_another_side(void **state)
{
	struct case_box *box = *state;

	enrol(box, BOX_JUNE(21, "12:00:00"), "y.example",
	    "side: neutral\norg: y\n", "owner.example");
	assert_true(is_apart(box, "y.example", "D-9"));
	box_give_one(box, NOON, "police.example", "owner.example", "D-9");
	assert_false(is_apart(box, "y.example", "D-9"));
	assert_true(is_apart(box, "court.example", "D-9"));
}

static void for_the_whole_case_a_tie_to_any_holder_counts(void **state)
{
	struct case_box *box = *state;

	enrol(box, NOON, "x.example", "side: neutral\norg: police\n", BOX_BOTH);
	assert_true(is_apart(box, "court.example", NULL));
	assert_false(is_apart(box, "x.example", NULL));
	box_establish(box, "court.example", "transit.example");
	assert_true(is_apart(box, "court.example", NULL));
	box_give_one(box, BOX_JUNE(26, "12:00:00"), "police.example",
	    "transit.example", "D-9");
	assert_false(is_apart(box, "court.example", NULL));
}

#define EACH(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

/* long: one line a test */
int main(void)
{
	const struct CMUnitTest tests[] = {
	    EACH(the_quorum_is_the_highest_of_all_policies),
	    EACH(a_policy_does_not_lower_the_quorum_of_the_genesis),
	    EACH(required_fields_of_all_policies_are_required),
	    EACH(fields_that_one_policy_opens_are_open),
	    EACH(a_closure_holds_the_party_itself),
	    EACH(a_closure_follows_a_path_of_any_length),
	    EACH(one_lapsed_step_breaks_no_path),
	    EACH(a_step_that_ended_before_the_seizure_breaks_it),
	    EACH(a_step_begins_in_the_second_that_it_says),
	    EACH(a_date_to_begin_is_the_start_of_that_day),
	    EACH(a_relation_says_whether_one_side_alone_established_it),
	    EACH(a_neutral_party_without_ties_is_disinterested),
	    EACH(only_the_neutral_side_is_disinterested),
	    EACH(who_ever_held_an_item_of_the_case_is_not),
	    EACH(who_is_of_the_holders_organisation_is_not),
	    EACH(who_is_of_an_earlier_givers_organisation_is_not),
	    EACH(who_is_of_the_organisation_of_p_is_not),
	    EACH(who_acts_for_a_holder_is_not),
	    EACH(for_whom_a_holder_acts_is_not),
	    EACH(who_is_tied_to_a_holder_through_others_is_not),
	    EACH(who_is_tied_to_p_is_not),
	    EACH(a_tie_that_ever_was_is_a_tie),
	    EACH(a_tie_that_is_only_asserted_is_none),
	    EACH(a_tie_to_somebody_who_has_no_part_in_it_is_none),
	    EACH(a_tie_to_a_holder_of_another_item_is_none),
	    EACH(who_was_enrolled_at_the_periods_end_or_later_is_not),
	    EACH(a_party_of_the_genesis_is_enrolled_when_it_first_signs),
	    EACH(who_is_countersigned_by_the_holders_side_alone_is_not),
	    EACH(a_neutral_cannot_bring_in_the_next_one),
	    EACH(each_holder_needs_a_countersignature_of_another_side),
	    EACH(for_the_whole_case_a_tie_to_any_holder_counts),
	    EACH(who_holds_for_no_side_makes_nobody_disinterested),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
