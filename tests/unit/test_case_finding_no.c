/*
 * test_case_finding_no.c: NO, and each of its conditions broken alone (findings
 * 5.4): the line then names that condition and no other.
 */
#include "case_box.h"

#include "hash.h"

static int set_up(void **state)
{
	struct case_box *box = calloc(1, sizeof(*box));

	box_story(box);
	*state = box;
	return 0;
}

static int set_up_enrolled(void **state)
{
	struct case_box *box = calloc(1, sizeof(*box));

	box_init(box);
	*state = box;
	return 0;
}

static int tear_down(void **state)
{
	box_done(*state);
	free(*state);
	return 0;
}

#define TAKEN_FROM_ABSENT                                                      \
	BOX_TAKEN "authority-signature: signed\nowner-signature: absent\n"
#define ALSO_NONE BOX_LOOKED "also-in: none\n"
#define BOTH_SIDES_SIGNED                                                      \
	BOX_TAKEN "authority-signature: signed\nowner-signature: signed\n"

/* Another intake than usual; then as in the story, up to the question. */
static void tell(struct case_box *box, const char *signers, const char *seizure)
{
	box_list(box, signers, BOX_ITEMS);
	box_seize(box, signers, seizure);
	box_give(
	    box, BOX_JUNE(21, "09:00:00"), "police.example", "room.example");
	box_ask(box, BOX_ASKED);
}

static uint32_t look(struct case_box *box, const char *at, const char *signers,
    const char *fields)
{
	return box_add(box, RECORD_INSPECTION, at, signers, fields);
}

/* On 12 July, by evidence room and court. */
static uint32_t look_at(struct case_box *box, const char *items)
{
	char fields[512];

	(void)snprintf(fields, sizeof(fields), ALSO_NONE "%s", items);
	return look(box, BOX_JULY(12, "07:00:00"), BOX_LOOKERS, fields);
}

static uint32_t handle(
    struct case_box *box, const char *at, const char *witness, const char *more)
{
	char fields[512], signers[128];

	(void)snprintf(signers, sizeof(signers), "room.example %s", witness);
	(void)snprintf(fields, sizeof(fields),
	    "custodian: room.example\nwitness: %s\n%s", witness, more);
	return box_add_late(box, RECORD_HANDLING, at, BOX_JULY(06, "09:00:00"),
	    signers, fields);
}

/* ---- all conditions met ---- */

static void seen_before_and_after_under_an_enclosing_seal_is_no(void **state)
{
	struct case_box *box = *state;

	box_look(box);
	expect_both(box, "D-1", "NO");
	expect_both(box, "D-2", "NO");
	expect_hardware(box, "C-1", "NO");
	expect_data(box, "C-1", "n/a");
}

static void a_no_names_the_sightings_that_it_rests_on(void **state)
{
	struct case_box *box = *state;
	struct case_finding finding = {0};
	uint32_t seen = box_look(box);

	box_find(box, &finding);
	const struct case_line *line =
	    box_find_line(&finding, "D-1", CASE_HARDWARE);
	assert_int_equal(
	    box_leaf(box, line->first_sighting)->kind, RECORD_SEIZURE);
	assert_int_equal(line->last_sighting, seen);
	case_finding_done(&finding);
}

static void what_happens_after_the_last_sighting_does_not_matter(void **state)
{
	struct case_box *box = *state;

	box_look(box);
	box_add(box, RECORD_HANDOVER, BOX_JULY(12, "09:00:00"), "room.example",
	    "from: room.example\nto: transit.example\nreceiver: absent\n"
	    "counted-by-giver: 1\nitem: B-1\n");
	expect_both(box, "D-1", "NO");
}

static void a_false_assertion_does_not_destroy_it(void **state)
{
	struct case_box *box = *state;

	box_give_late(box, BOX_JUNE(25, "12:00:00"), "transit.example",
	    "notary.example", "B-1");
	box_look(box);
	expect_hardware(box, "D-1", "NO");
}

/* ---- witnesses ---- */

static void without_a_witness_it_is_no_unwitnessed(void **state)
{
	struct case_box *box = *state;

	box_look(box);
	box->witnessed = 0;
	expect_both(box, "D-1", "NO-UNWITNESSED");
}

static void below_the_quorum_it_is_no_unwitnessed(void **state)
{
	struct case_box *box = *state;

	box_look(box);
	box_add(box, RECORD_POLICY, BOX_JULY(12, "08:00:00"), BOX_BOTH,
	    "witness-quorum: 2\n");
	expect_both(box, "D-1", "NO-UNWITNESSED");
}

static void a_witness_changes_no_other_word(void **state)
{
	struct case_box *box = *state;

	box->witnessed = 0;
	expect_both(box, "D-1", BOX_UNSEEN);
	uint32_t leaf = box_claim(box, BOX_CLAIMED);
	expect_both(box, "D-1", "CONTESTED claim:%u", leaf);
}

/* ---- first-sighting ---- */

static void needs_somebody_disinterested_at_the_seizure(void **state)
{
	struct case_box *box = *state;

	tell(box, BOX_BOTH, BOTH_SIDES_SIGNED);
	box_look(box);
	expect_both(box, "D-1", "NOT-SHOWN first-sighting:-");
}

static void an_interested_witness_at_the_seizure_is_none(void **state)
{
	struct case_box *box = *state;

	box_establish(box, "notary.example", "police.example");
	box_add_late(box, RECORD_LIST, BOX_JUNE(20, "09:00:00"),
	    BOX_JUNE(23, "09:30:00"), BOX_EVERYONE, BOX_ITEMS);
	box_add_late(box, RECORD_SEIZURE, BOX_JUNE(20, "09:30:00"),
	    BOX_JUNE(23, "09:31:00"), BOX_EVERYONE, BOX_SEIZED);
	box_give(
	    box, BOX_JUNE(24, "09:00:00"), "police.example", "room.example");
	box_ask(box, BOX_ASKED);
	box_look(box);
	expect_both(box, "D-1", "NOT-SHOWN first-sighting:-");
}

static void a_sighting_after_the_period_began_is_too_late(void **state)
{
	struct case_box *box = *state;

	box_list(box, BOX_BOTH, BOX_ITEMS);
	box_seize(box, BOX_BOTH, BOTH_SIDES_SIGNED);
	look(box, BOX_JUNE(20, "09:30:01"), "police.example court.example",
	    "custodian: police.example\ninspector: court.example\n" BOX_SEEN(
		1));
	box_ask(box, BOX_ASKED);
	look(box, BOX_JULY(12, "07:00:00"), "police.example court.example",
	    "custodian: police.example\ninspector: court.example\n"
	    "also-in: none\n" BOX_SEEN(1));
	expect_both(box, "D-1", "NOT-SHOWN first-sighting:-");
}

static void a_sighting_when_the_period_began_is_in_time(void **state)
{
	struct case_box *box = *state;

	box_list(box, BOX_BOTH, BOX_ITEMS);
	box_seize(box, BOX_BOTH, BOTH_SIDES_SIGNED);
	look(box, BOX_JUNE(22, "09:00:00"), "police.example court.example",
	    "custodian: police.example\ninspector: court.example\n" BOX_SEEN(
		1));
	box_ask(
	    box, BOX_QUESTION("2023-06-22T09:00:00Z", "2023-07-04T00:00:00Z"));
	look(box, BOX_JULY(12, "07:00:00"), "police.example court.example",
	    "custodian: police.example\ninspector: court.example\n"
	    "also-in: none\n" BOX_SEEN(1));
	expect_both(box, "D-1", "NO");
}

static void expect_start(
    const struct case_box *box, const char *start, bool is_moved)
{
	struct case_finding finding = {0};

	box_find(box, &finding);
	assert_int_equal(finding.period_from, box_when(start));
	assert_int_equal(finding.is_start_moved, is_moved);
	case_finding_done(&finding);
}

/* A seizure of nothing, entered first and dated later, moves no period. */
static void a_seizure_of_nothing_moves_no_period(void **state)
{
	struct case_box *box = *state;
	int64_t seized = 0;

	box_done(box);
	box_init(box);
	box_list(box, BOX_EVERYONE, BOX_ITEMS);
	box_add(box, RECORD_SEIZURE, BOX_JUNE(20, "20:00:00"), "police.example",
	    BOX_TAKEN "authority-signature: signed\n"
		      "owner-signature: absent\n");
	box->f->entered = box_when(BOX_JUNE(20, "21:00:00"));
	box_seize(box, BOX_EVERYONE, BOX_SEIZED);
	assert_true(case_state_seized_at(box->f->state, &seized));
	assert_int_equal(seized, box_when(BOX_JUNE(20, "09:30:00")));
}

static void a_period_from_before_the_seizure_is_moved_to_it(void **state)
{
	expect_start(*state, BOX_JUNE(20, "09:30:00"), true);
}

static void a_period_from_the_seizure_or_later_is_not_moved(void **state)
{
	struct case_box *box = *state;

	box_ask_again(box, "2023-06-20T09:30:00Z", "2023-07-04T00:00:00Z");
	expect_start(box, BOX_JUNE(20, "09:30:00"), false);
	box_ask_again(box, "2023-06-22T00:00:00Z", "2023-07-04T00:00:00Z");
	expect_start(box, BOX_JUNE(22, "00:00:00"), false);
}

static void what_was_found_in_a_bay_was_not_seen_at_the_seizure(void **state)
{
	struct case_box *box = *state;

	handle(box, BOX_JULY(01, "12:00:00"), "notary.example",
	    "authority: order 7\npresent-throughout: yes\n"
	    "item: B-1\n  action: open\n"
	    "item: D-10\n  action: found\n  out-of: PC-1\n  type: drive\n"
	    "item: B-1-again\n  action: found\n  out-of: PC-1\n"
	    "  type: medium\n");
	look_at(box, "item: D-10\n  seen: serial-read\n");
	expect_hardware(box, "D-10", "NOT-SHOWN first-sighting:-,late:%u",
	    box->question + 1);
}

static void what_was_listed_late_was_not_seen_at_the_seizure(void **state)
{
	struct case_box *box = *state;

	box_add(box, RECORD_LIST, BOX_JULY(05, "09:00:00"),
	    "room.example notary.example",
	    "found-late: behind the board\n"
	    "item: D-10\n  type: drive\n  inside: PC-1\n");
	look_at(box, BOX_SEEN(1));
	expect_both(box, "D-1", "NO");
	expect_hardware(box, "D-10", "NOT-SHOWN first-sighting:-");
	expect_data(box, "D-10", "NOT-SHOWN first-sighting:-,enclosed:-");
}

/* ---- chain ---- */

static uint32_t give_unsigned(struct case_box *box, const char *at)
{
	return box_add_late(box, RECORD_HANDOVER, at, BOX_JULY(03, "12:00:00"),
	    "police.example",
	    "from: police.example\nto: room.example\nreceiver: refused\n"
	    "counted-by-giver: 3\nitem: B-1\nitem: B-2\nitem: D-9\n");
}

static void each_step_is_signed_by_giver_and_receiver(void **state)
{
	struct case_box *box = *state;

	box_intake(box);
	uint32_t leaf = give_unsigned(box, BOX_JUNE(22, "09:00:00"));
	box_ask(box, BOX_ASKED);
	box_look(box);
	expect_both(box, "D-1", "NOT-SHOWN chain:%u", leaf);
}

static void a_step_before_the_first_sighting_does_not_matter(void **state)
{
	struct case_box *box = *state;

	box_intake(box);
	give_unsigned(box, BOX_JUNE(22, "09:00:00"));
	box_add_late(box, RECORD_INSPECTION, BOX_JUNE(23, "09:00:00"),
	    BOX_JULY(03, "12:00:00"), BOX_LOOKERS, BOX_SEEN_ALL);
	box_ask(
	    box, BOX_QUESTION("2023-06-24T00:00:00Z", "2023-07-04T00:00:00Z"));
	box_look(box);
	expect_both(box, "D-1", "NO");
}

static void who_takes_signs_the_seizure(void **state)
{
	struct case_box *box = *state;

	box_list(box, "owner.example notary.example", BOX_ITEMS);
	uint32_t leaf = box_seize(box, "owner.example notary.example",
	    BOX_TAKEN "authority-signature: refused\n"
		      "owner-signature: signed\nwitness: notary.example\n");
	box_ask(box, BOX_ASKED);
	look(box, BOX_JULY(12, "07:00:00"), "police.example court.example",
	    "custodian: police.example\ninspector: court.example\n"
	    "also-in: none\n" BOX_SEEN(1));
	expect_both(box, "D-1", "NOT-SHOWN first-sighting:-,chain:%u", leaf);
}

/* ---- last-sighting ---- */

static void nobody_looked(void **state)
{
	expect_both(*state, "D-1", "NOT-SHOWN last-sighting:-");
	expect_hardware(*state, "C-1", "NOT-SHOWN last-sighting:-");
}

static void a_sighting_before_the_periods_end_is_too_early(void **state)
{
	struct case_box *box = *state;

	box_intake(box);
	box_give(
	    box, BOX_JUNE(21, "09:00:00"), "police.example", "room.example");
	look(box, BOX_JULY(03, "23:59:59"), BOX_LOOKERS, BOX_SEEN_ALL);
	box_ask(box, BOX_ASKED);
	expect_both(box, "D-1", "NOT-SHOWN last-sighting:-");
}

/* Between the period's end and the sighting somebody said something, so that
 * there was a checkpoint to know. */
static void look_knowing(struct case_box *box, const char *said)
{
	box_intake(box);
	box_give(
	    box, BOX_JUNE(21, "09:00:00"), "police.example", "room.example");
	box->f->entered = box_when(said);
	box_add(box, RECORD_CLAIM, BOX_JULY(03, "23:00:00"), "notary.example",
	    "asserts: denied\nsaid: 2023-07-03T22:00:00Z\n");
	look(box, BOX_JULY(04, "00:00:00"), BOX_LOOKERS, BOX_SEEN_ALL);
	box_ask(box, BOX_ASKED);
}

static void a_sighting_at_the_periods_end_is_in_time(void **state)
{
	struct case_box *box = *state;

	look_knowing(box, BOX_JULY(04, "00:00:00"));
	expect_both(box, "D-1", "NO");
}

static void it_knows_a_leaf_from_after_the_periods_end(void **state)
{
	struct case_box *box = *state;

	look_knowing(box, BOX_JULY(03, "23:59:59"));
	expect_both(box, "D-1", "NOT-SHOWN last-sighting:-");
}

static void it_is_signed_by_the_holder(void **state)
{
	struct case_box *box = *state;

	look(box, BOX_JULY(12, "07:00:00"), "court.example",
	    ALSO_NONE BOX_SEEN(1));
	expect_both(box, "D-1", "NOT-SHOWN last-sighting:-");
}

static void who_held_it_before_is_not_the_holder(void **state)
{
	struct case_box *box = *state;

	look(box, BOX_JULY(12, "07:00:00"), "police.example court.example",
	    "custodian: police.example\ninspector: court.example\n"
	    "also-in: none\n" BOX_SEEN(1));
	expect_both(box, "D-1", "NOT-SHOWN last-sighting:-");
}

static void it_is_signed_by_somebody_disinterested(void **state)
{
	struct case_box *box = *state;

	look(box, BOX_JULY(12, "07:00:00"), "room.example owner.example",
	    "custodian: room.example\ninspector: owner.example\n"
	    "also-in: none\n" BOX_SEEN(1));
	expect_both(box, "D-1", "NOT-SHOWN last-sighting:-");
	look(box, BOX_JULY(12, "08:00:00"), "room.example",
	    "custodian: room.example\nalso-in: none\n" BOX_SEEN(1));
	expect_both(box, "D-1", "NOT-SHOWN last-sighting:-");
}

static void who_was_enrolled_after_the_period_sees_nothing(void **state)
{
	struct case_box *box = *state;

	box_add(box, RECORD_JOIN, BOX_JULY(05, "09:00:00"),
	    "late.example police.example owner.example",
	    "party: late.example\nside: neutral\norg: late\nkey: @\n");
	look(box, BOX_JULY(12, "07:00:00"), "room.example late.example",
	    "custodian: room.example\ninspector: late.example\n"
	    "also-in: none\n" BOX_SEEN(1));
	expect_both(box, "D-1", "NOT-SHOWN last-sighting:-");
}

static void others_may_sign_too(void **state)
{
	struct case_box *box = *state;

	look(box, BOX_JULY(12, "07:00:00"),
	    "owner.example room.example transit.example court.example",
	    ALSO_NONE BOX_SEEN(1));
	expect_both(box, "D-1", "NO");
}

/* ---- how it was seen ---- */

static void expect_seen(struct case_box *box, const char *items,
    const char *item, const char *expected)
{
	look_at(box, items);
	expect_hardware(box, item, "%s", expected);
}

static void a_serial_number_that_was_read_qualifies(void **state)
{
	expect_seen(*state, "item: D-9\n  seen: serial-read\n", "D-9", "NO");
}

static void a_mark_that_was_read_qualifies(void **state)
{
	expect_seen(*state, "item: D-9\n  seen: mark-read\n", "D-9", "NO");
}

static void a_hash_that_matched_qualifies(void **state)
{
	expect_seen(*state, "item: D-9\n  seen: hash-match\n", "D-9", "NO");
}

static void a_label_alone_does_not_qualify(void **state)
{
	expect_seen(
	    *state, "item: D-9\n  seen: label-read\n", "D-9", BOX_UNSEEN);
}

static void nothing_at_all_does_not_qualify(void **state)
{
	expect_seen(*state, "item: D-9\n", "D-9", BOX_UNSEEN);
}

static void another_serial_number_is_another_thing(void **state)
{
	struct case_box *box = *state;
	struct case_finding finding = {0};

	look_at(box, "item: D-9\n  seen: serial-read\n  found: other\n");
	box_find(box, &finding);
	assert_int_equal(box_find_line(&finding, "D-9", CASE_HARDWARE)->word,
	    CASE_CONTESTED);
	case_finding_done(&finding);
}

static void only_a_package_is_seen_sealed(void **state)
{
	expect_seen(*state,
	    "item: D-9\n  seen: package-sealed\n  seal: 1009\n"
	    "  state: intact\n",
	    "D-9", BOX_UNSEEN);
}

static void a_package_is_seen_with_its_number(void **state)
{
	expect_seen(*state,
	    "item: B-1\n  seen: package-sealed\n  state: intact\n", "D-1",
	    BOX_UNSEEN);
}

static void a_package_is_seen_intact(void **state)
{
	expect_seen(*state, "item: B-1\n  seen: package-sealed\n  seal: 1001\n",
	    "D-1", BOX_UNSEEN);
}

/* That its serial or mark was read says nothing of what is in it. */
static void a_package_seen_otherwise_shows_nothing_in_it(void **state)
{
	expect_seen(*state,
	    "item: B-1\n  seen: mark-read\n  seal: 1001\n  state: intact\n",
	    "D-1", BOX_UNSEEN);
}

static void a_package_has_the_number_last_recorded(void **state)
{
	struct case_box *box = *state;

	handle(box, BOX_JULY(05, "12:00:00"), "notary.example",
	    "authority: order 7\npresent-throughout: yes\n"
	    "item: B-1\n  action: reseal\n  seal: 2001\n"
	    "  seal-type: enclosing\n");
	look_at(box,
	    "item: B-1\n  seen: package-sealed\n  seal: 2001\n"
	    "  state: intact\n");
	expect_both(box, "D-1", "NO");
}

static void a_package_that_was_opened_is_not_seen_sealed(void **state)
{
	struct case_box *box = *state;

	handle(box, BOX_JULY(05, "12:00:00"), "notary.example",
	    "authority: order 7\npresent-throughout: yes\n"
	    "item: B-1\n  action: open\n");
	look_at(box, BOX_SEEN(1));
	expect_hardware(box, "D-1", BOX_UNSEEN);
}

static void what_was_taken_out_is_not_seen_in_its_package(void **state)
{
	struct case_box *box = *state;

	handle(box, BOX_JULY(05, "12:00:00"), "notary.example",
	    "authority: order 7\npresent-throughout: yes\n"
	    "item: B-1\n  action: open\n"
	    "item: D-1\n  action: take-out\n  out-of: PC-1\n");
	handle(box, BOX_JULY(05, "12:30:00"), "notary.example",
	    "authority: order 7\npresent-throughout: yes\n"
	    "item: B-1\n  action: reseal\n  seal: 2001\n"
	    "  seal-type: enclosing\n");
	look_at(box,
	    "item: B-1\n  seen: package-sealed\n  seal: 2001\n"
	    "  state: intact\n");
	expect_hardware(box, "C-1", "NO");
	expect_hardware(box, "D-1", BOX_UNSEEN);
}

/* ---- holder ---- */

static void nobody_who_acts_for_the_recipient_held_it_since(void **state)
{
	struct case_box *box = *state;

	box_establish(box, "transit.example", "council.example");
	uint32_t leaf = box_give_one(box, BOX_JULY(05, "09:00:00"),
	    "room.example", "transit.example", "B-1");
	box_give_one(box, BOX_JULY(06, "09:00:00"), "transit.example",
	    "room.example", "B-1");
	box_look(box);
	expect_both(box, "D-1", "NOT-SHOWN holder:%u", leaf);
}

/* ---- seizure-unsigned ---- */

static void a_neutral_witness_alone_does_not_sign_for_the_owner(void **state)
{
	struct case_box *box = *state;

	tell(box, "police.example notary.example",
	    TAKEN_FROM_ABSENT "witness: notary.example\n");
	box_look(box);
	expect_both(box, "D-1", "NOT-SHOWN seizure-unsigned:6");
}

static void a_disinterested_witness_who_saw_the_absence_does(void **state)
{
	struct case_box *box = *state;

	tell(box, "police.example notary.example",
	    TAKEN_FROM_ABSENT "witness: notary.example\n"
			      "witness-saw: nobody of the owner was there\n");
	box_look(box);
	expect_both(box, "D-1", "NO");
}

static void an_interested_witness_who_saw_it_does_not(void **state)
{
	struct case_box *box = *state;

	tell(box, "police.example transit.example",
	    TAKEN_FROM_ABSENT "witness: transit.example\n"
			      "witness-saw: nobody of the owner was there\n");
	box_look(box);
	expect_both(
	    box, "D-1", "NOT-SHOWN first-sighting:-,seizure-unsigned:6");
}

/* ---- late ---- */

static void a_step_entered_late_after_the_question_is_none(void **state)
{
	struct case_box *box = *state;

	box_intake(box);
	box_ask(box, BOX_ASKED);
	uint32_t leaf = box_give_late(box, BOX_JUNE(21, "09:00:00"),
	    "police.example", "room.example", "B-1");
	box_look(box);
	expect_both(box, "D-1", "NOT-SHOWN late:%u", leaf);
}

static void a_step_entered_late_before_the_question_is_one(void **state)
{
	struct case_box *box = *state;

	box_intake(box);
	box_add_late(box, RECORD_HANDOVER, BOX_JUNE(21, "09:00:00"),
	    BOX_JULY(03, "12:00:00"), "police.example room.example",
	    "from: police.example\nto: room.example\n"
	    "counted-by-giver: 1\ncounted-by-receiver: 1\nitem: B-1\n");
	box_ask(box, BOX_ASKED);
	box_look(box);
	expect_both(box, "D-1", "NO");
}

static void a_sighting_entered_late_after_the_question_is_none(void **state)
{
	struct case_box *box = *state;
	uint32_t leaf =
	    box_add_late(box, RECORD_INSPECTION, BOX_JULY(05, "09:00:00"),
		BOX_JULY(10, "12:00:00"), BOX_LOOKERS, BOX_SEEN_ALL);

	expect_both(box, "D-1", "NOT-SHOWN late:%u", leaf);
}

static void a_later_sighting_in_time_still_makes_it_no(void **state)
{
	struct case_box *box = *state;

	box_add_late(box, RECORD_INSPECTION, BOX_JULY(05, "09:00:00"),
	    BOX_JULY(10, "12:00:00"), BOX_LOOKERS,
	    ALSO_NONE "item: B-1\n  seen: label-read\n");
	box_look(box);
	expect_both(box, "D-1", "NO");
}

/* ---- parts ---- */

static void add_part(struct case_box *box, const char *signers)
{
	char hex[HASH_HEX_SIZE], below[256];
	struct hash any = hash_of("any", 3);

	hash_to_hex(hex, &any);
	(void)snprintf(below, sizeof(below),
	    "part: 1/2\npopulation: %s\nfound-late: behind a wall\n"
	    "item: D-10\n  type: drive\n",
	    hex);
	box_add_text(box, "list", BOX_JULY(05, "09:00:00"), signers, below);
}

static void a_list_with_a_part_to_come_shows_nothing(void **state)
{
	struct case_box *box = *state;

	add_part(box, BOX_EVERYONE);
	box_look(box);
	expect_both(box, "D-1", "NOT-SHOWN parts:%u", box->question + 1);
}

static void nothing_of_it_counts_before_all_parts_are_in(void **state)
{
	struct case_box *box = *state;

	add_part(box, BOX_EVERYONE);
	assert_int_equal(
	    case_state_find_item(box->f->state, slice_of("D-10")), CASE_NONE);
}

static void a_list_of_others_with_a_part_to_come_does_not_matter(void **state)
{
	struct case_box *box = *state;

	add_part(box, "transit.example court.example");
	box_look(box);
	expect_both(box, "D-1", "NO");
}

/* ---- also-in ---- */

static void the_last_sighting_says_that_it_is_in_no_other_case(void **state)
{
	struct case_box *box = *state;
	uint32_t leaf = look(
	    box, BOX_JULY(12, "07:00:00"), BOX_LOOKERS, BOX_LOOKED BOX_SEEN(1));

	expect_both(box, "D-1", "NOT-SHOWN also-in:%u", leaf);
}

static void a_case_that_it_names_needs_its_own_no(void **state)
{
	struct case_box *box = *state;
	uint32_t leaf = look(box, BOX_JULY(12, "07:00:00"), BOX_LOOKERS,
	    BOX_LOOKED
	    "also-in: k.example#00112233445566778899aabbccddeeff\n" BOX_SEEN(
		1));

	expect_both(box, "D-1", "NOT-SHOWN also-in:%u", leaf);
}

static void a_second_look_may_say_it(void **state)
{
	struct case_box *box = *state;

	look(
	    box, BOX_JULY(12, "07:00:00"), BOX_LOOKERS, BOX_LOOKED BOX_SEEN(1));
	look(box, BOX_JULY(12, "08:00:00"), BOX_LOOKERS, ALSO_NONE BOX_SEEN(1));
	expect_both(box, "D-1", "NO");
}

/* ---- incomplete ---- */

static void a_ledger_that_lacks_a_record_shows_nothing(void **state)
{
	struct case_box *box = *state;
	struct case_finding finding = {0};
	struct case_cosignatures cosignatures = {.is_incomplete = true};

	box_look(box);
	assert_int_equal(
	    case_finding_make(&finding, box->f->state, box->question,
		box_when(box->time), &cosignatures, NULL),
	    0);
	box_compare(box_find_line(&finding, "D-1", CASE_HARDWARE), "D-1",
	    "NOT-SHOWN incomplete:-");
	case_finding_done(&finding);
}

/* ---- enclosed ---- */

static void a_tag_encloses_nothing(void **state)
{
	struct case_box *box = *state;

	box_look(box);
	expect_hardware(box, "D-9", "NO");
	expect_data(box, "D-9", "NOT-SHOWN enclosed:-");
}

static void open_and_seal(struct case_box *box, const char *witness,
    const char *present, uint32_t *ret_opened, uint32_t *ret_sealed)
{
	char fields[256];

	(void)snprintf(fields, sizeof(fields),
	    "authority: order 7\n%sitem: B-1\n  action: open\n", present);
	*ret_opened = handle(box, BOX_JULY(01, "12:00:00"), witness, fields);
	(void)snprintf(fields, sizeof(fields),
	    "authority: order 7\n%s"
	    "item: B-1\n  action: reseal\n  seal: 2001\n"
	    "  seal-type: enclosing\n",
	    present);
	*ret_sealed = handle(box, BOX_JULY(01, "13:00:00"), witness, fields);
	look_at(box,
	    "item: B-1\n  seen: package-sealed\n  seal: 2001\n"
	    "  state: intact\n");
}

static void an_opening_that_was_witnessed_throughout_is_enclosed(void **state)
{
	struct case_box *box = *state;
	uint32_t opened, sealed;

	open_and_seal(box, "notary.example", "present-throughout: yes\n",
	    &opened, &sealed);
	expect_both(box, "D-1", "NO");
}

static void an_opening_not_witnessed_throughout_is_not(void **state)
{
	struct case_box *box = *state;
	uint32_t opened, sealed;

	open_and_seal(box, "notary.example", "", &opened, &sealed);
	/* Its new seal says nothing of what was in it while it was open. */
	expect_hardware(box, "D-1", "NOT-SHOWN last-sighting:-");
	expect_data(box, "D-1",
	    "NOT-SHOWN last-sighting:-,enclosed:%u,enclosed:%u", opened,
	    sealed);
}

static void an_opening_witnessed_by_an_interested_party_is_not(void **state)
{
	struct case_box *box = *state;
	uint32_t opened, sealed;

	open_and_seal(box, "police.example", "present-throughout: yes\n",
	    &opened, &sealed);
	/* Its new seal says nothing of what was in it while it was open. */
	expect_hardware(box, "D-1", "NOT-SHOWN last-sighting:-");
	expect_data(box, "D-1",
	    "NOT-SHOWN last-sighting:-,enclosed:%u,enclosed:%u", opened,
	    sealed);
}

static void use_and_look(
    struct case_box *box, const char *witness, uint32_t *ret_used)
{
	*ret_used = handle(box, BOX_JULY(01, "12:00:00"), witness,
	    "authority: order 7\npresent-throughout: yes\n"
	    "item: D-1\n  action: power-on\n");
	look_at(box, BOX_SEEN(1));
}

static void a_use_that_was_witnessed_is_enclosed(void **state)
{
	uint32_t used;

	use_and_look(*state, "notary.example", &used);
	expect_both(*state, "D-1", "NO");
}

static void a_use_witnessed_by_an_interested_party_is_not(void **state)
{
	uint32_t used;

	use_and_look(*state, "police.example", &used);
	expect_hardware(*state, "D-1", "NO");
	expect_data(*state, "D-1", "NOT-SHOWN enclosed:%u", used);
}

static void what_was_opened_and_not_sealed_again_is_not(void **state)
{
	struct case_box *box = *state;

	handle(box, BOX_JULY(01, "12:00:00"), "notary.example",
	    "authority: order 7\npresent-throughout: yes\n"
	    "item: B-1\n  action: open\n");
	look_at(box, "item: D-1\n  seen: serial-read\n");
	expect_hardware(box, "D-1", "NO");
	expect_data(box, "D-1", "NOT-SHOWN enclosed:-");
}

static void a_serial_read_inside_a_bag_says_nothing_of_the_bag(void **state)
{
	struct case_box *box = *state;
	uint32_t looked = look_at(box, "item: D-1\n  seen: serial-read\n");

	expect_hardware(box, "D-1", "NO");
	expect_data(box, "D-1", "NOT-SHOWN enclosed:%u", looked);
}

static void a_bag_does_not_vouch_for_what_was_missing_from_it(void **state)
{
	struct case_box *box = *state;
	uint32_t missed = look(box, BOX_JULY(11, "07:00:00"), BOX_LOOKERS,
	    ALSO_NONE "item: D-1\n  found: missing\n");

	box_look(box);
	expect_both(box, "D-2", "NO");
	expect_both(box, "D-1", "CONTESTED missing:%u", missed);
}

/* ---- hardware and data ---- */

static void no_hardware_is_a_condition_of_no_data(void **state)
{
	struct case_box *box = *state;

	box_look(box);
	expect_both(box, "D-1", "NO");
	box->time = BOX_JULY(14, "00:00:00");
	uint32_t leaf = box_add(box, RECORD_CLAIM, BOX_JULY(13, "10:00:00"),
	    "notary.example",
	    "asserts: received\nsaid: 2023-07-13T09:00:00Z\n" BOX_TO_COUNCIL);
	expect_both(box, "D-1", "CONTESTED claim:%u", leaf);
}

static void the_data_word_never_changes_the_hardware_word(void **state)
{
	struct case_box *box = *state;
	uint32_t leaf =
	    box_claim(box, "asserts: copied\n" BOX_SAID BOX_TO_COUNCIL);

	box_look(box);
	expect_hardware(box, "D-9", "NO");
	expect_data(box, "D-9", "CONTESTED claim:%u", leaf);
}

static void several_conditions_are_named_in_their_order(void **state)
{
	struct case_box *box = *state;

	box_list(box, "police.example", BOX_ITEMS);
	uint32_t seizure = box_seize(box, "police.example", TAKEN_FROM_ABSENT);
	uint32_t given = give_unsigned(box, BOX_JUNE(22, "09:00:00"));
	box_ask(box, BOX_ASKED);
	expect_data(box, "D-9",
	    "NOT-SHOWN first-sighting:-,chain:%u,last-sighting:-,"
	    "seizure-unsigned:%u,enclosed:-",
	    given, seizure);
}

#define EACH(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
#define FRESH(test)                                                            \
	cmocka_unit_test_setup_teardown(test, set_up_enrolled, tear_down)

/* long: one line a test */
int main(void)
{
	const struct CMUnitTest tests[] = {
	    EACH(seen_before_and_after_under_an_enclosing_seal_is_no),
	    EACH(a_no_names_the_sightings_that_it_rests_on),
	    EACH(what_happens_after_the_last_sighting_does_not_matter),
	    EACH(a_false_assertion_does_not_destroy_it),
	    EACH(without_a_witness_it_is_no_unwitnessed),
	    EACH(below_the_quorum_it_is_no_unwitnessed),
	    EACH(a_witness_changes_no_other_word),
	    FRESH(needs_somebody_disinterested_at_the_seizure),
	    FRESH(an_interested_witness_at_the_seizure_is_none),
	    FRESH(a_sighting_after_the_period_began_is_too_late),
	    FRESH(a_sighting_when_the_period_began_is_in_time),
	    EACH(a_period_from_before_the_seizure_is_moved_to_it),
	    EACH(a_period_from_the_seizure_or_later_is_not_moved),
	    EACH(what_was_found_in_a_bay_was_not_seen_at_the_seizure),
	    EACH(what_was_listed_late_was_not_seen_at_the_seizure),
	    FRESH(each_step_is_signed_by_giver_and_receiver),
	    FRESH(a_step_before_the_first_sighting_does_not_matter),
	    FRESH(who_takes_signs_the_seizure),
	    EACH(nobody_looked),
	    FRESH(a_sighting_before_the_periods_end_is_too_early),
	    FRESH(a_sighting_at_the_periods_end_is_in_time),
	    FRESH(it_knows_a_leaf_from_after_the_periods_end),
	    EACH(it_is_signed_by_the_holder),
	    EACH(who_held_it_before_is_not_the_holder),
	    EACH(it_is_signed_by_somebody_disinterested),
	    EACH(who_was_enrolled_after_the_period_sees_nothing),
	    EACH(others_may_sign_too),
	    EACH(a_serial_number_that_was_read_qualifies),
	    EACH(a_mark_that_was_read_qualifies),
	    EACH(a_hash_that_matched_qualifies),
	    EACH(a_label_alone_does_not_qualify),
	    EACH(nothing_at_all_does_not_qualify),
	    EACH(another_serial_number_is_another_thing),
	    EACH(only_a_package_is_seen_sealed),
	    EACH(a_package_is_seen_with_its_number),
	    EACH(a_package_is_seen_intact),
	    EACH(a_package_seen_otherwise_shows_nothing_in_it),
	    EACH(a_package_has_the_number_last_recorded),
	    EACH(a_package_that_was_opened_is_not_seen_sealed),
	    EACH(what_was_taken_out_is_not_seen_in_its_package),
	    EACH(nobody_who_acts_for_the_recipient_held_it_since),
	    FRESH(a_neutral_witness_alone_does_not_sign_for_the_owner),
	    FRESH(a_disinterested_witness_who_saw_the_absence_does),
	    FRESH(an_interested_witness_who_saw_it_does_not),
	    FRESH(a_step_entered_late_after_the_question_is_none),
	    FRESH(a_step_entered_late_before_the_question_is_one),
	    EACH(a_sighting_entered_late_after_the_question_is_none),
	    EACH(a_later_sighting_in_time_still_makes_it_no),
	    EACH(a_list_with_a_part_to_come_shows_nothing),
	    EACH(nothing_of_it_counts_before_all_parts_are_in),
	    EACH(a_list_of_others_with_a_part_to_come_does_not_matter),
	    EACH(the_last_sighting_says_that_it_is_in_no_other_case),
	    EACH(a_case_that_it_names_needs_its_own_no),
	    EACH(a_second_look_may_say_it),
	    EACH(a_ledger_that_lacks_a_record_shows_nothing),
	    EACH(a_tag_encloses_nothing),
	    EACH(an_opening_that_was_witnessed_throughout_is_enclosed),
	    EACH(an_opening_not_witnessed_throughout_is_not),
	    EACH(an_opening_witnessed_by_an_interested_party_is_not),
	    EACH(a_use_that_was_witnessed_is_enclosed),
	    EACH(a_use_witnessed_by_an_interested_party_is_not),
	    EACH(what_was_opened_and_not_sealed_again_is_not),
	    EACH(a_serial_read_inside_a_bag_says_nothing_of_the_bag),
	    EACH(a_bag_does_not_vouch_for_what_was_missing_from_it),
	    EACH(no_hardware_is_a_condition_of_no_data),
	    EACH(the_data_word_never_changes_the_hardware_word),
	    EACH(a_seizure_of_nothing_moves_no_period),
	    FRESH(several_conditions_are_named_in_their_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
