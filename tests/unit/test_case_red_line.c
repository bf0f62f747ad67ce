/*
 * test_case_red_line.c: nothing goes to a barred party or to anyone who acts
 * for it, directly or through others; who is found behind a line afterwards is
 * an alarm (findings sections 2 and 4).
 */
#include "case_box.h"

#include "record.h"

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

static void bar_council(struct case_box *box)
{
	expect_good(
	    box, box_policy(box, BOX_BOTH, "red-line: council.example\n"));
}

/* ---- what a line bars ---- */

static uint32_t give_to(struct case_box *box, const char *to)
{
	return box_give_one(box, NOON, "police.example", to, "D-9");
}

static void nothing_goes_to_the_barred_party(void **state)
{
	struct case_box *box = *state;
	uint32_t leaf;

	bar_council(box);
	leaf = box_add(box, RECORD_HANDOVER, NOON, "police.example",
	    "from: police.example\nto: council.example\nreceiver: refused\n"
	    "counted-by-giver: 1\nitem: D-9\n");
	expect_breach(box, leaf, RED_LINE);
	assert_true(box_holds(box, "council.example", "D-9", NOON));
}

static void nothing_goes_to_who_acts_for_the_barred_party(void **state)
{
	struct case_box *box = *state;

	bar_council(box);
	box_establish(box, "transit.example", "council.example");
	expect_breach(box, give_to(box, "transit.example"), RED_LINE);
}

static void nothing_goes_to_who_acts_for_it_through_others(void **state)
{
	struct case_box *box = *state;

	bar_council(box);
	box_establish(box, "transit.example", "ministry.example");
	box_establish(box, "ministry.example", "council.example");
	expect_breach(box, give_to(box, "transit.example"), RED_LINE);
}

static void a_circle_of_relations_is_harmless(void **state)
{
	struct case_box *box = *state;

	bar_council(box);
	box_establish(box, "transit.example", "ministry.example");
	box_establish(box, "ministry.example", "transit.example");
	expect_good(box, give_to(box, "transit.example"));
	box_establish(box, "ministry.example", "council.example");
	box_establish(box, "council.example", "transit.example");
	expect_breach(box,
	    box_give_one(box, BOX_JUNE(26, "12:00:00"), "police.example",
		"transit.example", "B-1"),
	    RED_LINE);
}

static void acting_is_directed(void **state)
{
	struct case_box *box = *state;

	bar_council(box);
	box_establish(box, "council.example", "transit.example");
	expect_good(box, give_to(box, "transit.example"));
}

static void nothing_goes_to_anyone_on_behalf_of_the_barred_party(void **state)
{
	struct case_box *box = *state;
	uint32_t leaf;

	bar_council(box);
	leaf = box_add(box, RECORD_HANDOVER, NOON,
	    "police.example transit.example",
	    "from: police.example\nto: transit.example\n"
	    "on-behalf-of: council.example\n"
	    "counted-by-giver: 1\ncounted-by-receiver: 1\nitem: D-9\n");
	expect_breach(box, leaf, RED_LINE);
}

static void nothing_goes_to_anyone_on_behalf_of_its_agent(void **state)
{
	struct case_box *box = *state;
	uint32_t leaf;

	bar_council(box);
	box_establish(box, "ministry.example", "council.example");
	leaf = box_add(box, RECORD_HANDOVER, NOON,
	    "police.example transit.example",
	    "from: police.example\nto: transit.example\n"
	    "on-behalf-of: ministry.example\n"
	    "counted-by-giver: 1\ncounted-by-receiver: 1\nitem: D-9\n");
	expect_breach(box, leaf, RED_LINE);
}

/* What one said in a hand-over binds in the next. */
static void on_behalf_of_is_a_declared_relation(void **state)
{
	struct case_box *box = *state;

	box_add(box, RECORD_HANDOVER, BOX_JUNE(21, "12:00:00"),
	    "police.example transit.example",
	    "from: police.example\nto: transit.example\n"
	    "on-behalf-of: council.example\n"
	    "counted-by-giver: 1\ncounted-by-receiver: 1\nitem: D-9\n");
	bar_council(box);
	expect_breach(box,
	    box_give_one(box, NOON, "police.example", "transit.example", "B-1"),
	    RED_LINE);
}

static void a_relation_that_lapsed_since_the_seizure_still_bars(void **state)
{
	struct case_box *box = *state;

	bar_council(box);
	box_relate(box, BOX_BOTH, "transit.example", "council.example",
	    "basis: established\nsince: 2023-06-01\nuntil: "
	    "2023-06-21\n" BOX_DOCUMENT);
	expect_breach(box, give_to(box, "transit.example"), RED_LINE);
}

static void a_relation_that_lapsed_before_the_seizure_does_not(void **state)
{
	struct case_box *box = *state;

	bar_council(box);
	box_relate(box, BOX_BOTH, "transit.example", "council.example",
	    "basis: established\nsince: 2023-05-01\nuntil: "
	    "2023-06-19\n" BOX_DOCUMENT);
	expect_good(box, give_to(box, "transit.example"));
}

static void a_relation_that_has_not_begun_does_not(void **state)
{
	struct case_box *box = *state;

	bar_council(box);
	box_relate(box, BOX_BOTH, "transit.example", "council.example",
	    "basis: established\nsince: 2023-06-26\n" BOX_DOCUMENT);
	expect_good(box, give_to(box, "transit.example"));
}

/* The hand-over is at noon of the relation's first day. */
static void a_relation_begins_when_its_first_day_does(void **state)
{
	struct case_box *box = *state;

	bar_council(box);
	box_relate(box, BOX_BOTH, "transit.example", "council.example",
	    "basis: established\nsince: 2023-06-25\n" BOX_DOCUMENT);
	expect_breach(box, give_to(box, "transit.example"), RED_LINE);
}

static void a_relation_declared_by_the_party_itself_bars(void **state)
{
	struct case_box *box = *state;

	bar_council(box);
	box_relate(box, "transit.example", "transit.example", "council.example",
	    "basis: declared\n");
	expect_breach(box, give_to(box, "transit.example"), RED_LINE);
}

static void a_relation_established_by_the_overseer_bars(void **state)
{
	struct case_box *box = *state;

	bar_council(box);
	box_relate(box, "court.example", "transit.example", "council.example",
	    "basis: established\n" BOX_DOCUMENT);
	expect_breach(box, give_to(box, "transit.example"), RED_LINE);
}

static void an_asserted_relation_does_not_bar(void **state)
{
	struct case_box *box = *state;

	bar_council(box);
	box_relate(box, BOX_BOTH, "transit.example", "council.example",
	    "basis: asserted\n" BOX_DOCUMENT);
	expect_good(box, give_to(box, "transit.example"));
}

static void a_void_relation_does_not_bar(void **state)
{
	struct case_box *box = *state;

	bar_council(box);
	expect_void(box,
	    box_relate(box, "owner.example", "transit.example",
		"council.example", "basis: declared\n"),
	    NOT_ENTITLED);
	expect_good(box, give_to(box, "transit.example"));
}

static void a_line_drawn_by_one_side_bars_nothing(void **state)
{
	struct case_box *box = *state;

	box_policy(box, "owner.example", "red-line: transit.example\n");
	assert_false(case_state_red_line(box->f->state, 0)->is_agreed);
	expect_good(box, give_to(box, "transit.example"));
}

static void a_line_drawn_by_two_sides_is_agreed(void **state)
{
	struct case_box *box = *state;

	box_policy(box, BOX_BOTH, "red-line: transit.example\n");
	assert_true(case_state_red_line(box->f->state, 0)->is_agreed);
	expect_breach(box, give_to(box, "transit.example"), RED_LINE);
}

/* The notary is of another side than the owner, but no policy holder. */
static void only_policy_holders_make_a_line_agreed(void **state)
{
	struct case_box *box = *state;

	box_policy(
	    box, "owner.example notary.example", "red-line: transit.example\n");
	assert_false(case_state_red_line(box->f->state, 0)->is_agreed);
	expect_good(box, give_to(box, "transit.example"));
}

static void a_line_of_the_genesis_is_agreed_by_its_signers(void **state)
{
	struct case_box box;

	(void)state;
	box_open(&box, "red-line: transit.example\n");
	box_join(&box, "notary.example");
	box_join(&box, "transit.example");
	box_intake(&box);
	expect_breach(&box, give_to(&box, "transit.example"), RED_LINE);
	box_done(&box);
}

static void a_line_falls_with_everyone_who_drew_it(void **state)
{
	struct case_box *box = *state;
	uint32_t leaf;

	box_policy(box, BOX_BOTH, "red-line: transit.example\n");
	leaf = box_policy(box, BOX_BOTH, "lift: transit.example\n");
	assert_int_equal(
	    case_state_red_line(box->f->state, 0)->lifted_leaf, leaf);
	expect_good(box, give_to(box, "transit.example"));
}

static void a_line_does_not_fall_with_one_of_them(void **state)
{
	struct case_box *box = *state;

	box_policy(box, BOX_BOTH, "red-line: transit.example\n");
	box_policy(box, "police.example", "lift: transit.example\n");
	assert_int_equal(
	    case_state_red_line(box->f->state, 0)->lifted_leaf, CASE_NONE);
	expect_breach(box, give_to(box, "transit.example"), RED_LINE);
}

static void lifting_one_line_leaves_the_others(void **state)
{
	struct case_box *box = *state;

	box_policy(box, BOX_BOTH,
	    "red-line: transit.example\nred-line: council.example\n");
	box_policy(box, BOX_BOTH, "lift: council.example\n");
	expect_breach(box, give_to(box, "transit.example"), RED_LINE);
}

static void a_line_can_be_drawn_again(void **state)
{
	struct case_box *box = *state;

	box_policy(box, BOX_BOTH, "red-line: transit.example\n");
	box_policy(box, BOX_BOTH, "lift: transit.example\n");
	box_policy(box, BOX_BOTH, "red-line: transit.example\nreason: again\n");
	expect_breach(box, give_to(box, "transit.example"), RED_LINE);
}

/* Half-signed, and without the count that its form wants. */
static void an_offer_over_a_line_is_named_before_any_other_rule(void **state)
{
	struct case_box *box = *state;
	struct record record = {0};
	struct case_verdict verdict;
	struct err err = {0};
	struct buf text;

	bar_council(box);
	box_establish(box, "transit.example", "council.example");
	buf_init(&text, RECORD_TEXT_MAX);
	box_put_header(&text, box, "handover", NULL, NOON, "police.example");
	buf_puts(&text,
	    "as-of: 14 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"
	    "from: police.example\nto: transit.example\n"
	    "counted-by-giver: 2\nitem: D-9\n");
	assert_int_equal(record_parse(&record, buf_slice(&text), &err), 0);
	assert_int_equal(case_state_judge(box->f->state, &record,
			     box_when(NOON), &verdict, &err),
	    0);
	assert_int_equal(verdict.rule, CASE_RULE_RED_LINE);
	record_done(&record);
	buf_done(&text);
}

/* ---- alarms ---- */

static void expect_alarms(const struct case_box *box, size_t n)
{
	assert_int_equal(case_state_alarm_count(box->f->state), n);
}

static void expect_alarm(const struct case_box *box, const char *party,
    const char *red_line, uint32_t leaf)
{
	size_t n = case_state_alarm_count(box->f->state);

	for (size_t i = 0; i < n; i++) {
		const struct case_alarm *a = case_state_alarm(box->f->state, i);

		if (a->party == box_party(box, party) &&
		    a->red_line == box_party(box, red_line)) {
			assert_int_equal(a->leaf, leaf);
			return;
		}
	}
	fail_msg("no alarm about %s", party);
}

static void a_relation_that_enters_later_raises_an_alarm(void **state)
{
	struct case_box *box = *state;
	uint32_t leaf;

	bar_council(box);
	give_to(box, "transit.example");
	expect_alarms(box, 0);
	leaf = box_establish(box, "transit.example", "council.example");
	expect_alarms(box, 1);
	expect_alarm(box, "transit.example", "council.example", leaf);
}

static void a_policy_that_enters_later_raises_an_alarm(void **state)
{
	struct case_box *box = *state;
	uint32_t leaf;

	give_to(box, "transit.example");
	leaf = box_policy(box, BOX_BOTH, "red-line: transit.example\n");
	expect_alarms(box, 1);
	expect_alarm(box, "transit.example", "transit.example", leaf);
}

static void who_held_it_once_is_an_alarm_still(void **state)
{
	struct case_box *box = *state;

	give_to(box, "transit.example");
	box_give_one(box, BOX_JUNE(26, "12:00:00"), "transit.example",
	    "room.example", "D-9");
	box_policy(box, BOX_BOTH, "red-line: transit.example\n");
	expect_alarms(box, 1);
}

static void a_line_of_one_side_raises_alarms(void **state)
{
	struct case_box *box = *state;
	uint32_t leaf;

	box_policy(box, "owner.example", "red-line: transit.example\n");
	leaf = give_to(box, "transit.example");
	expect_alarm(box, "transit.example", "transit.example", leaf);
}

static void who_never_held_anything_is_no_alarm(void **state)
{
	struct case_box *box = *state;

	box_policy(box, BOX_BOTH, "red-line: transit.example\n");
	box_establish(box, "ministry.example", "transit.example");
	expect_alarms(box, 0);
}

static void one_party_behind_one_line_is_one_alarm(void **state)
{
	struct case_box *box = *state;

	box_policy(box, "owner.example", "red-line: transit.example\n");
	give_to(box, "transit.example");
	box_policy(box, BOX_BOTH, "red-line: council.example\n");
	expect_alarms(box, 1);
}

static void a_lifted_line_raises_none(void **state)
{
	struct case_box *box = *state;

	box_policy(box, "owner.example", "red-line: transit.example\n");
	box_policy(box, "owner.example", "lift: transit.example\n");
	give_to(box, "transit.example");
	expect_alarms(box, 0);
}

static void an_asserted_relation_raises_none(void **state)
{
	struct case_box *box = *state;

	bar_council(box);
	give_to(box, "transit.example");
	box_relate(box, "owner.example", "transit.example", "council.example",
	    "basis: asserted\n");
	expect_alarms(box, 0);
}

#define EACH(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

/* long: one line a test */
int main(void)
{
	const struct CMUnitTest tests[] = {
	    EACH(nothing_goes_to_the_barred_party),
	    EACH(nothing_goes_to_who_acts_for_the_barred_party),
	    EACH(nothing_goes_to_who_acts_for_it_through_others),
	    EACH(a_circle_of_relations_is_harmless),
	    EACH(acting_is_directed),
	    EACH(nothing_goes_to_anyone_on_behalf_of_the_barred_party),
	    EACH(nothing_goes_to_anyone_on_behalf_of_its_agent),
	    EACH(on_behalf_of_is_a_declared_relation),
	    EACH(a_relation_that_lapsed_since_the_seizure_still_bars),
	    EACH(a_relation_that_lapsed_before_the_seizure_does_not),
	    EACH(a_relation_that_has_not_begun_does_not),
	    EACH(a_relation_begins_when_its_first_day_does),
	    EACH(a_relation_declared_by_the_party_itself_bars),
	    EACH(a_relation_established_by_the_overseer_bars),
	    EACH(an_asserted_relation_does_not_bar),
	    EACH(a_void_relation_does_not_bar),
	    EACH(a_line_drawn_by_one_side_bars_nothing),
	    EACH(a_line_drawn_by_two_sides_is_agreed),
	    EACH(only_policy_holders_make_a_line_agreed),
	    EACH(a_line_of_the_genesis_is_agreed_by_its_signers),
	    EACH(a_line_falls_with_everyone_who_drew_it),
	    EACH(a_line_does_not_fall_with_one_of_them),
	    EACH(lifting_one_line_leaves_the_others),
	    EACH(a_line_can_be_drawn_again),
	    EACH(an_offer_over_a_line_is_named_before_any_other_rule),
	    EACH(a_relation_that_enters_later_raises_an_alarm),
	    EACH(a_policy_that_enters_later_raises_an_alarm),
	    EACH(who_held_it_once_is_an_alarm_still),
	    EACH(a_line_of_one_side_raises_alarms),
	    EACH(who_never_held_anything_is_no_alarm),
	    EACH(one_party_behind_one_line_is_one_alarm),
	    EACH(a_lifted_line_raises_none),
	    EACH(an_asserted_relation_raises_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
