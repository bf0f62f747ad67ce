/*
 * test_case_finding.c: each word but NO and each code that goes with it
 * (findings 5.2 and 5.3), which word comes first, and the machine form byte for
 * byte. Claims and unlisted things have their own files.
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

/* ---- YES: held ---- */

static void what_the_recipient_held_is_yes(void **state)
{
	struct case_box *box = *state;
	uint32_t leaf = box_add_late(box, RECORD_HANDOVER,
	    BOX_JUNE(25, "12:00:00"), BOX_JULY(10, "12:00:00"), "room.example",
	    "from: room.example\nto: council.example\nreceiver: refused\n"
	    "counted-by-giver: 1\nitem: B-1\n");

	expect_both(box, "D-1", "YES held:%u", leaf);
	expect_hardware(box, "C-1", "YES held:%u", leaf);
	expect_data(box, "C-1", "n/a");
	expect_both(box, "D-2", BOX_UNSEEN);
}

static void what_an_agent_held_is_yes(void **state)
{
	struct case_box *box = *state;
	uint32_t leaf = box_give_late(box, BOX_JUNE(25, "12:00:00"),
	    "room.example", "transit.example", "D-9");

	expect_hardware(box, "D-9", BOX_UNSEEN ",late:%u", leaf);
	box_establish(box, "transit.example", "council.example");
	expect_both(box, "D-9", "YES held:%u", leaf);
}

static void what_the_agent_of_an_agent_held_is_yes(void **state)
{
	struct case_box *box = *state;
	uint32_t leaf = box_give_late(box, BOX_JUNE(25, "12:00:00"),
	    "room.example", "transit.example", "B-1");

	box_establish(box, "transit.example", "ministry.example");
	expect_both(box, "D-1", BOX_UNSEEN ",late:%u", leaf);
	box_establish(box, "ministry.example", "council.example");
	expect_both(box, "D-1", "YES held:%u", leaf);
}

static void what_was_held_on_behalf_of_the_recipient_is_yes(void **state)
{
	struct case_box *box = *state;
	uint32_t leaf =
	    box_add_late(box, RECORD_HANDOVER, BOX_JUNE(25, "12:00:00"),
		BOX_JULY(10, "12:00:00"), "room.example transit.example",
		"from: room.example\nto: transit.example\n"
		"on-behalf-of: council.example\n"
		"counted-by-giver: 1\ncounted-by-receiver: 1\nitem: B-1\n");

	expect_both(box, "D-1", "YES held:%u", leaf);
}

static void dropping_a_relation_for_the_day_does_not_help(void **state)
{
	struct case_box *box = *state;
	uint32_t leaf = box_give_late(box, BOX_JUNE(25, "12:00:00"),
	    "room.example", "transit.example", "B-1");

	box_relate(box, BOX_BOTH, "transit.example", "council.example",
	    "basis: established\nuntil: 2023-06-24\n" BOX_DOCUMENT);
	expect_both(box, "D-1", "YES held:%u", leaf);
}

static void the_last_second_of_the_period_is_in_it(void **state)
{
	struct case_box *box = *state;
	uint32_t leaf = box_give_late(box, BOX_JULY(03, "23:59:59"),
	    "room.example", "transit.example", "B-1");

	box_establish(box, "transit.example", "council.example");
	expect_both(box, "D-1", "YES held:%u", leaf);
}

static void the_periods_end_is_not_in_it(void **state)
{
	struct case_box *box = *state;
	uint32_t leaf = box_give_late(box, BOX_JULY(04, "00:00:00"),
	    "room.example", "transit.example", "B-1");

	box_establish(box, "transit.example", "council.example");
	expect_both(box, "D-1", "NOT-SHOWN last-sighting:-,holder:%u,late:%u",
	    leaf, leaf);
}

/* Held from 22 to 24 June; asked from 24 June on. */
static void hold_before(
    struct case_box *box, const char *from, uint32_t *ret_leaf)
{
	*ret_leaf = box_give_late(box, BOX_JUNE(22, "12:00:00"), "room.example",
	    "transit.example", "B-1");
	box_give_late(box, BOX_JUNE(24, "12:00:00"), "transit.example",
	    "room.example", "B-1");
	box_establish(box, "transit.example", "council.example");
	box_ask_again(box, from, "2023-07-04T00:00:00Z");
}

static void what_was_given_back_before_the_period_is_data_only(void **state)
{
	struct case_box *box = *state;
	struct case_finding finding = {0};
	uint32_t leaf;

	hold_before(box, "2023-06-24T12:00:00Z", &leaf);
	expect_hardware(
	    box, "D-1", "NOT-SHOWN last-sighting:-,holder:%u", leaf);
	expect_data(box, "D-1", "YES held:%u", leaf);
	box_find(box, &finding);
	assert_int_equal(box_find_line(&finding, "D-1", CASE_DATA)->since,
	    box_when(BOX_JUNE(22, "12:00:00")));
	case_finding_done(&finding);
}

static void what_was_given_back_in_the_period_is_both(void **state)
{
	struct case_box *box = *state;
	uint32_t leaf;

	hold_before(box, "2023-06-24T11:59:59Z", &leaf);
	expect_both(box, "D-1", "YES held:%u", leaf);
}

/* ---- YES: admitted ---- */

static void a_holder_that_says_yes_admits_it(void **state)
{
	struct case_box *box = *state;
	uint32_t leaf = box_answer(box, "room.example", "answer: yes\n");

	expect_both(box, "D-1", "YES admitted:%u", leaf);
	expect_hardware(box, "C-1", "YES admitted:%u", leaf);
}

static void who_held_it_before_may_admit_it(void **state)
{
	struct case_box *box = *state;
	uint32_t leaf = box_answer(box, "police.example", "answer: yes\n");

	expect_both(box, "D-1", "YES admitted:%u", leaf);
}

static void who_never_held_it_admits_nothing(void **state)
{
	struct case_box *box = *state;

	box_answer(box, "transit.example", "answer: yes\n");
	box_answer(box, "owner.example", "answer: yes\n");
	expect_both(box, "D-1", BOX_UNSEEN);
}

static void an_admission_is_about_the_items_that_it_names(void **state)
{
	struct case_box *box = *state;
	uint32_t leaf = box_answer(box, "room.example",
	    "answer: partly\nconcerns: D-1\nconcerns: B-2\n");

	expect_both(box, "D-1", "YES admitted:%u", leaf);
	expect_both(box, "D-2", "YES admitted:%u", leaf);
	expect_hardware(box, "C-1", BOX_UNSEEN);
}

static void who_gave_the_thing_gave_what_is_on_it(void **state)
{
	struct case_box *box = *state;
	uint32_t leaf =
	    box_answer(box, "room.example", "answer: yes\nform: hardware\n");

	expect_both(box, "D-1", "YES admitted:%u", leaf);
}

static void who_gave_what_is_on_it_did_not_give_the_thing(void **state)
{
	struct case_box *box = *state;
	uint32_t leaf =
	    box_answer(box, "room.example", "answer: yes\nform: data\n");

	expect_hardware(box, "D-1", BOX_UNSEEN);
	expect_data(box, "D-1", "YES admitted:%u", leaf);
}

static void an_admission_to_an_agent_is_one(void **state)
{
	struct case_box *box = *state;
	uint32_t leaf = box_answer(
	    box, "room.example", "answer: yes\ngiven-to: ministry.example\n");

	expect_both(box, "D-1", BOX_UNSEEN);
	box_establish(box, "ministry.example", "council.example");
	expect_both(box, "D-1", "YES admitted:%u", leaf);
}

static void an_admission_of_later_is_none_for_the_period(void **state)
{
	struct case_box *box = *state;

	box_answer(
	    box, "room.example", "answer: yes\nsince: 2023-07-04T00:00:00Z\n");
	expect_both(box, "D-1", BOX_UNSEEN);
}

static void other_answers_admit_nothing(void **state)
{
	static const char *const answers[] = {
	    "no", "not-held", "neither", "refused"};
	struct case_box *box = *state;

	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		char fields[64];

		(void)snprintf(
		    fields, sizeof(fields), "answer: %s\n", answers[i]);
		box_answer(box, "room.example", fields);
	}
	expect_both(box, "D-1", BOX_UNSEEN);
}

static void yes_has_its_own_codes_in_their_order(void **state)
{
	struct case_box *box = *state;
	uint32_t admitted = box_answer(box, "room.example", "answer: yes\n"),
		 held;

	box_claim(box, BOX_CLAIMED);
	held = box_give_late(box, BOX_JUNE(25, "12:00:00"), "room.example",
	    "transit.example", "B-1");
	box_establish(box, "transit.example", "council.example");
	expect_both(box, "D-1", "YES held:%u,admitted:%u", held, admitted);
}

/* ---- CONTESTED: missing ---- */

static void what_its_holder_could_not_show_is_missing(void **state)
{
	struct case_box *box = *state;
	uint32_t leaf =
	    box_inspect(box, BOX_LOOKERS, "item: D-1\n  found: missing\n");

	expect_both(box, "D-1", "CONTESTED missing:%u", leaf);
	expect_both(box, "D-2", BOX_UNSEEN);
}

static void what_was_in_a_missing_package_is_missing(void **state)
{
	struct case_box *box = *state;
	uint32_t leaf =
	    box_inspect(box, BOX_LOOKERS, "item: B-1\n  found: missing\n");

	expect_both(box, "D-1", "CONTESTED missing:%u", leaf);
	expect_hardware(box, "C-1", "CONTESTED missing:%u", leaf);
}

static void what_its_holder_reports_lost_is_missing(void **state)
{
	struct case_box *box = *state;
	uint32_t leaf = box_add(box, RECORD_INCIDENT, BOX_JULY(11, "09:00:00"),
	    "room.example", "what: loss\nitem: D-1\n");

	expect_both(box, "D-1", "CONTESTED missing:%u", leaf);
}

static void what_somebody_else_could_not_see_is_not_missing(void **state)
{
	box_inspect(*state, "court.example", "item: D-1\n  found: missing\n");
	expect_both(*state, "D-1", BOX_UNSEEN);
}

static void who_held_it_before_reports_nothing_missing(void **state)
{
	struct case_box *box = *state;
	uint32_t leaf = box_add(box, RECORD_INSPECTION,
	    BOX_JULY(11, "09:00:00"), "police.example",
	    "custodian: police.example\nitem: D-1\n  found: missing\n");

	expect_not_holder(box, leaf);
	expect_both(box, "D-1", "CONTESTED claim:%u", leaf);
}

static void a_later_sighting_alone_ends_a_missing(void **state)
{
	struct case_box *box = *state;

	box_inspect(box, BOX_LOOKERS, "item: B-1\n  found: missing\n");
	box_look(box);
	expect_hardware(box, "D-1", "NO");
}

/* Seen on 5 July, after the period; missing on 11 July. */
static void what_was_seen_after_the_period_was_not_missing_in_it(void **state)
{
	struct case_box *box = *state;

	box_add(box, RECORD_INSPECTION, BOX_JULY(05, "09:00:00"), BOX_LOOKERS,
	    BOX_SEEN_ALL);
	box_inspect(box, BOX_LOOKERS, "item: D-1\n  found: missing\n");
	expect_both(box, "D-1", "NO");
}

/* ---- CONTESTED: seal-broken ---- */

static void under_a_broken_seal_all_is_contested(void **state)
{
	struct case_box *box = *state;
	uint32_t leaf = box_inspect(box, BOX_LOOKERS,
	    "item: B-1\n  seen: package-sealed\n  seal: 1001\n"
	    "  state: broken\n");

	expect_both(box, "D-1", "CONTESTED seal-broken:%u", leaf);
	expect_hardware(box, "C-1", "CONTESTED seal-broken:%u", leaf);
	expect_both(box, "D-2", BOX_UNSEEN);
}

static void a_seal_found_broken_at_a_hand_over_is_broken(void **state)
{
	struct case_box *box = *state;
	uint32_t leaf = box_add(box, RECORD_HANDOVER, BOX_JULY(11, "09:00:00"),
	    "room.example police.example",
	    "from: room.example\nto: police.example\n"
	    "counted-by-giver: 1\ncounted-by-receiver: 1\n"
	    "item: B-1\n  seal: 1001\n  state: broken\n");

	expect_both(box, "D-1", "CONTESTED seal-broken:%u", leaf);
}

static void a_seal_reported_broken_is_broken(void **state)
{
	struct case_box *box = *state;
	uint32_t leaf = box_add(box, RECORD_INCIDENT, BOX_JULY(11, "09:00:00"),
	    "room.example", "what: seal-broken\nitem: B-1\n");

	expect_both(box, "D-1", "CONTESTED seal-broken:%u", leaf);
}

#define OPENED(witness)                                                        \
	"custodian: room.example\nwitness: " witness "\n"                      \
	"authority: order 7\nitem: B-1\n  action: open\n"
#define BROKEN                                                                 \
	"item: B-1\n  seen: package-sealed\n  seal: 1001\n  state: broken\n"

static void an_opening_recorded_before_explains_it(void **state)
{
	struct case_box *box = *state;

	box_add(box, RECORD_HANDLING, BOX_JULY(06, "09:00:00"),
	    "room.example police.example", OPENED("police.example"));
	box_inspect(box, BOX_LOOKERS, BROKEN);
	expect_hardware(box, "D-1", BOX_UNSEEN);
}

static void an_opening_recorded_afterwards_does_not(void **state)
{
	struct case_box *box = *state;
	uint32_t leaf = box_inspect(box, BOX_LOOKERS, BROKEN);

	box_add_late(box, RECORD_HANDLING, BOX_JULY(06, "09:00:00"),
	    BOX_JULY(11, "10:00:00"), "room.example police.example",
	    OPENED("police.example"));
	expect_hardware(box, "D-1", "CONTESTED seal-broken:%u", leaf);
}

static void unless_somebody_disinterested_was_there_and_signed(void **state)
{
	struct case_box *box = *state;

	box_inspect(box, BOX_LOOKERS, BROKEN);
	box_add_late(box, RECORD_HANDLING, BOX_JULY(06, "09:00:00"),
	    BOX_JULY(11, "10:00:00"), "room.example notary.example",
	    OPENED("notary.example"));
	expect_hardware(box, "D-1", BOX_UNSEEN);
}

static void a_seal_set_since_the_opening_is_not_explained_by_it(void **state)
{
	struct case_box *box = *state;
	uint32_t leaf;

	box_add(box, RECORD_HANDLING, BOX_JULY(06, "09:00:00"),
	    "room.example notary.example", OPENED("notary.example"));
	box_add(box, RECORD_HANDLING, BOX_JULY(06, "10:00:00"),
	    "room.example notary.example",
	    "custodian: room.example\nwitness: notary.example\n"
	    "authority: order 7\n"
	    "item: B-1\n  action: reseal\n  seal: 2001\n"
	    "  seal-type: enclosing\n");
	leaf = box_inspect(box, BOX_LOOKERS,
	    "item: B-1\n  seen: package-sealed\n  seal: 2001\n"
	    "  state: broken\n");
	expect_hardware(box, "D-1", "CONTESTED seal-broken:%u", leaf);
}

static void a_seal_broken_after_the_period_was_not_broken_in_it(void **state)
{
	struct case_box *box = *state;

	box_add(box, RECORD_INSPECTION, BOX_JULY(05, "09:00:00"), BOX_LOOKERS,
	    BOX_SEEN_ALL);
	box_inspect(box, BOX_LOOKERS, BROKEN);
	expect_both(box, "D-1", "NO");
}

/* ---- CONTESTED: relation ---- */

static uint32_t assert_relation(
    struct case_box *box, const char *signers, const char *more)
{
	char fields[256];

	(void)snprintf(fields, sizeof(fields), "basis: asserted\n%s", more);
	return box_relate(
	    box, signers, "room.example", "council.example", fields);
}

static void a_relation_that_would_make_it_yes_is_contested(void **state)
{
	struct case_box *box = *state;
	uint32_t leaf = assert_relation(box, "notary.example", "");

	expect_both(box, "D-1", "CONTESTED relation:%u", leaf);
}

static void a_relation_of_who_never_held_it_is_not(void **state)
{
	box_relate(*state, "notary.example", "transit.example",
	    "council.example", "basis: asserted\n");
	expect_both(*state, "D-1", BOX_UNSEEN);
}

static void a_relation_counts_with_those_that_bind(void **state)
{
	struct case_box *box = *state;
	uint32_t leaf = box_relate(box, "notary.example", "room.example",
	    "ministry.example", "basis: asserted\n");

	expect_both(box, "D-1", BOX_UNSEEN);
	box_establish(box, "ministry.example", "council.example");
	expect_both(box, "D-1", "CONTESTED relation:%u", leaf);
}

static void a_relation_that_the_asker_alone_asserts_does_not_count(void **state)
{
	assert_relation(*state, "owner.example", "");
	expect_both(*state, "D-1", BOX_UNSEEN);
}

static void a_relation_with_a_capture_counts_whoever_asserts_it(void **state)
{
	struct case_box *box = *state;
	uint32_t leaf = assert_relation(box, "owner.example",
	    "capture: 00112233445566778899aabbccddeeff"
	    "00112233445566778899aabbccddeeff\n");

	expect_both(box, "D-1", "CONTESTED relation:%u", leaf);
}

static void a_relation_graded_e5_does_not_count(void **state)
{
	struct case_box *box = *state;

	box_assess(box, assert_relation(box, "notary.example", ""),
	    "court.example", "E5");
	expect_both(box, "D-1", BOX_UNSEEN);
}

/* ---- CONTESTED: breach ---- */

/* The evidence room's count differs on 25 June: nobody knows who holds B-1. */
static uint32_t break_custody(struct case_box *box, const char *at)
{
	return box_add_late(box, RECORD_HANDOVER, at, BOX_JULY(10, "12:00:00"),
	    "room.example police.example",
	    "from: room.example\nto: police.example\n"
	    "counted-by-giver: 1\ncounted-by-receiver: 0\nitem: B-1\n");
}

static void after_a_breach_all_is_contested(void **state)
{
	struct case_box *box = *state;
	uint32_t leaf = break_custody(box, BOX_JUNE(25, "12:00:00"));

	expect_breach(box, leaf, COUNT_DIFFERS);
	expect_both(box, "D-1", "CONTESTED breach:%u", leaf);
	expect_hardware(box, "C-1", "CONTESTED breach:%u", leaf);
	expect_both(box, "D-2", BOX_UNSEEN);
}

static void a_sighting_after_the_period_does_not_heal_it(void **state)
{
	struct case_box *box = *state;
	uint32_t leaf = break_custody(box, BOX_JUNE(25, "12:00:00"));

	box_look(box);
	expect_both(box, "D-1", "CONTESTED breach:%u", leaf);
}

static void a_sighting_before_the_period_ends_it(void **state)
{
	struct case_box *box = *state;

	break_custody(box, BOX_JUNE(25, "12:00:00"));
	box_add_late(box, RECORD_INSPECTION, BOX_JUNE(26, "12:00:00"),
	    BOX_JULY(10, "13:00:00"), BOX_LOOKERS, BOX_SEEN_ALL);
	box_ask_again(box, "2023-06-27T00:00:00Z", "2023-07-04T00:00:00Z");
	box_look(box);
	expect_hardware(box, "D-1", "NO");
}

static void a_breach_after_the_period_is_none_in_it(void **state)
{
	struct case_box *box = *state;

	break_custody(box, BOX_JULY(04, "00:00:00"));
	expect_hardware(box, "D-2", BOX_UNSEEN);
	box_ask_again(box, "2023-06-20T00:00:00Z", "2023-07-04T00:00:00Z");
	box_add(box, RECORD_INSPECTION, BOX_JULY(12, "07:00:00"),
	    "police.example court.example",
	    "custodian: police.example\ninspector: court.example\n"
	    "also-in: none\n" BOX_SEEN(1));
	expect_hardware(box, "D-1", "NOT-SHOWN chain:%u", box->question - 1);
}

/* ---- CONTESTED: telltale ---- */

#define D_9(telltales) "item: D-9\n  type: drive\n" telltales
#define SAW(telltales)                                                         \
	BOX_LOOKED "also-in: none\n"                                           \
		   "item: D-9\n  seen: serial-read\n" telltales

/* D-9 alone, with its counters as listed, in the evidence room. */
static void init_telltales(struct case_box *box, const char *listed)
{
	box_init(box);
	box_list(box, BOX_EVERYONE, listed);
	box_seize(box, BOX_EVERYONE, BOX_SEIZED);
	box_give_one(box, BOX_JUNE(21, "09:00:00"), "police.example",
	    "room.example", "D-9");
	box_ask(box, BOX_ASKED);
}

static uint32_t see_telltales(struct case_box *box, const char *fields)
{
	return box_add(box, RECORD_INSPECTION, BOX_JULY(12, "07:00:00"),
	    BOX_LOOKERS, fields);
}

#define OPEN_DATA "NOT-SHOWN enclosed:-"

static void a_counter_that_moved_is_a_telltale_of_data(void **state)
{
	struct case_box box;
	uint32_t leaf;

	(void)state;
	init_telltales(&box, D_9("  telltale: spins 7\n"));
	leaf = see_telltales(&box, SAW("  telltale: spins 8\n"));
	expect_data(&box, "D-9", "CONTESTED telltale:%u", leaf);
	expect_hardware(&box, "D-9", "NO");
	box_done(&box);
}

static void counters_that_agree_are_none(void **state)
{
	struct case_box box;

	(void)state;
	init_telltales(&box, D_9("  telltale: power-cycles 7\n"));
	see_telltales(&box, SAW("  telltale: power-cycles 7\n"));
	expect_data(&box, "D-9", OPEN_DATA);
	box_done(&box);
}

static void counters_read_at_one_end_only_are_none(void **state)
{
	struct case_box box;

	(void)state;
	init_telltales(&box, D_9("  telltale: power-cycles 7\n"));
	see_telltales(&box, SAW("  telltale: power-on-hours 12\n"));
	expect_data(&box, "D-9", OPEN_DATA);
	box_done(&box);
}

static void add_power_on(struct case_box *box, const char *more)
{
	char fields[256];

	(void)snprintf(fields, sizeof(fields),
	    "custodian: room.example\nwitness: police.example\n"
	    "authority: order 7\nitem: D-9\n  action: power-on\n%s",
	    more);
	box_add(box, RECORD_HANDLING, BOX_JULY(06, "09:00:00"),
	    "room.example police.example", fields);
}

static void a_use_recorded_before_explains_a_counter(void **state)
{
	struct case_box box;

	(void)state;
	init_telltales(&box, D_9("  telltale: spins 7\n"));
	add_power_on(&box, "");
	uint32_t used = (uint32_t)box.f->leaf_count - 1;
	see_telltales(&box, SAW("  telltale: spins 8\n"));
	expect_data(&box, "D-9", "NOT-SHOWN enclosed:%u,enclosed:-", used);
	box_done(&box);
}

static void nothing_explains_a_counter_that_went_backwards(void **state)
{
	struct case_box box;
	uint32_t leaf;

	(void)state;
	init_telltales(&box, D_9("  telltale: power-cycles 7\n"));
	add_power_on(&box, "");
	leaf = see_telltales(&box, SAW("  telltale: power-cycles 6\n"));
	expect_data(&box, "D-9", "CONTESTED telltale:%u", leaf);
	box_done(&box);
}

/* In between only another counter was read. */
static void each_counter_is_held_against_its_own_last_reading(void **state)
{
	struct case_box box;
	uint32_t leaf;

	(void)state;
	init_telltales(&box,
	    D_9("  telltale: power-on-hours 100\n"
		"  telltale: spins 7\n"));
	box_add(&box, RECORD_INSPECTION, BOX_JULY(05, "09:00:00"), BOX_LOOKERS,
	    SAW("  telltale: power-on-hours 100\n"));
	leaf = see_telltales(&box, SAW("  telltale: spins 8\n"));
	expect_data(&box, "D-9", "CONTESTED telltale:%u", leaf);
	box_done(&box);
}

/* ---- which word comes first ---- */

static void contested_comes_before_no(void **state)
{
	struct case_box *box = *state;
	uint32_t breach = break_custody(box, BOX_JUNE(25, "12:00:00"));

	box_look(box);
	expect_hardware(box, "D-1", "CONTESTED breach:%u", breach);
	expect_hardware(box, "D-2", "NO");
}

static void contested_names_all_reasons_in_their_order(void **state)
{
	struct case_box *box = *state;
	uint32_t first = box_claim(box, BOX_CLAIMED);
	uint32_t second = box_claim(box, BOX_CLAIMED "concerns: D-1\n");
	uint32_t relation = assert_relation(box, "notary.example", "");
	uint32_t breach = break_custody(box, BOX_JUNE(25, "12:00:00"));
	uint32_t seen = box_inspect(
	    box, BOX_LOOKERS, BROKEN "item: D-1\n  found: missing\n");

	expect_both(box, "D-1",
	    "CONTESTED claim:%u,claim:%u,missing:%u,seal-broken:%u,"
	    "relation:%u,breach:%u",
	    first, second, seen, seen, relation, breach);
}

static void a_question_about_one_form_has_lines_of_that_form(void **state)
{
	struct case_box *box = *state;
	struct case_finding finding = {0};

	box->question = box_add(box, RECORD_QUESTION, BOX_JULY(05, "08:00:00"),
	    "owner.example",
	    "recipient: council.example\nconcerns: casing\nconcerns: D-9\n"
	    "form: hardware\n"
	    "period-from: 2023-06-20T00:00:00Z\n"
	    "period-to: 2023-07-04T00:00:00Z\n");
	box_find(box, &finding);
	assert_int_equal(finding.line_count, 3);
	assert_non_null(box_find_line(&finding, "C-1", CASE_HARDWARE));
	assert_non_null(box_find_line(&finding, "C-2", CASE_HARDWARE));
	assert_non_null(box_find_line(&finding, "D-9", CASE_HARDWARE));
	case_finding_done(&finding);
}

static void a_question_about_a_package_is_about_what_was_found_in_it(
    void **state)
{
	struct case_box *box = *state;
	struct case_finding finding = {0};

	box_add(box, RECORD_HANDLING, BOX_JULY(05, "08:00:00"),
	    "room.example notary.example",
	    "custodian: room.example\nwitness: notary.example\n"
	    "authority: order 7\n"
	    "item: B-1\n  action: open\n"
	    "item: D-10\n  action: found\n  out-of: PC-1\n  type: drive\n");
	box->question = box_add(box, RECORD_QUESTION, BOX_JULY(05, "09:00:00"),
	    "owner.example",
	    "recipient: council.example\nconcerns: B-1\nform: hardware\n"
	    "period-from: 2023-06-20T00:00:00Z\n"
	    "period-to: 2023-07-04T00:00:00Z\n");
	box_find(box, &finding);
	assert_non_null(box_find_line(&finding, "D-10", CASE_HARDWARE));
	case_finding_done(&finding);
}

/* ---- machine form ---- */

#define MACHINE                                                                \
	"- unlisted CONTESTED count:"                                          \
	"1bbae1c236c30f6c37a98e748ce6ebdd"                                     \
	"0f979c03f4951589715bd9956ef9b336\n"                                   \
	"C hardware CONTESTED claim:"                                          \
	"e038abdd07e37c0787e7a81f5ce38022"                                     \
	"aa63e24b6ef15b54320c577f68d71239\n"                                   \
	"C data CONTESTED claim:"                                              \
	"e038abdd07e37c0787e7a81f5ce38022"                                     \
	"aa63e24b6ef15b54320c577f68d71239\n"                                   \
	"a hardware NOT-SHOWN first-sighting:-,last-sighting:-\n"              \
	"a data n/a -\n"                                                       \
	"b hardware NOT-SHOWN first-sighting:-,last-sighting:-\n"              \
	"b data NOT-SHOWN first-sighting:-,last-sighting:-,enclosed:-\n"

static void open_golden_case(struct case_box *box)
{
	*box = (struct case_box){
	    .time = BOX_JULY(12, "12:00:00"), .witnessed = 1689163200};
	box->f = fixture_case_new_empty();
	box_add(box, RECORD_CASE, BOX_JUNE(20, "06:00:00"), BOX_BOTH,
	    "name: " FIXTURE_CASE_LOG "\n"
	    "log: @\n"
	    "policy-holder: police.example\n"
	    "policy-holder: owner.example\n"
	    "party: police.example\n"
	    "  side: authority\n  org: police\n  key: @\n"
	    "party: owner.example\n"
	    "  side: owner\n  org: owner\n  key: @\n"
	    "party: council.example\n"
	    "  side: outside\n  org: council\n");
}

/* Without a withheld field no salt is drawn, so that the ids stay the same. */
static void the_machine_form_is_byte_for_byte(void **state)
{
	struct case_finding finding = {0};
	struct case_box box;
	struct buf out;

	(void)state;
	open_golden_case(&box);
	box.witnessed = 0;
	box_list(&box, BOX_BOTH,
	    "item: PC-1\n  type: computer\n"
	    "item: b\n  type: drive\n"
	    "item: a\n  type: casing\n  inside: PC-1\n"
	    "item: C\n  type: phone\n");
	box_seize(&box, BOX_BOTH,
	    BOX_TAKEN "authority-signature: signed\n"
		      "owner-signature: signed\n");
	box_ask(&box, BOX_ASKED);
	box_add(&box, RECORD_CLAIM, BOX_JULY(05, "09:00:00"), "police.example",
	    BOX_CLAIMED "concerns: phone\n");
	box_add(&box, RECORD_CLAIM, BOX_JULY(05, "10:00:00"), "police.example",
	    "asserts: count\n" BOX_SAID "count: 4 drive\n");
	buf_init(&out, 65536);
	box_find(&box, &finding);
	case_finding_put_machine(&finding, &out);
	assert_string_equal(out.p, MACHINE);
	case_finding_done(&finding);
	buf_done(&out);
	box_done(&box);
}

#define EACH(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

/* long: one line a test */
int main(void)
{
	const struct CMUnitTest tests[] = {
	    EACH(what_the_recipient_held_is_yes),
	    EACH(what_an_agent_held_is_yes),
	    EACH(what_the_agent_of_an_agent_held_is_yes),
	    EACH(what_was_held_on_behalf_of_the_recipient_is_yes),
	    EACH(dropping_a_relation_for_the_day_does_not_help),
	    EACH(the_last_second_of_the_period_is_in_it),
	    EACH(the_periods_end_is_not_in_it),
	    EACH(what_was_given_back_before_the_period_is_data_only),
	    EACH(what_was_given_back_in_the_period_is_both),
	    EACH(a_holder_that_says_yes_admits_it),
	    EACH(who_held_it_before_may_admit_it),
	    EACH(who_never_held_it_admits_nothing),
	    EACH(an_admission_is_about_the_items_that_it_names),
	    EACH(who_gave_the_thing_gave_what_is_on_it),
	    EACH(who_gave_what_is_on_it_did_not_give_the_thing),
	    EACH(an_admission_to_an_agent_is_one),
	    EACH(an_admission_of_later_is_none_for_the_period),
	    EACH(other_answers_admit_nothing),
	    EACH(yes_has_its_own_codes_in_their_order),
	    EACH(what_its_holder_could_not_show_is_missing),
	    EACH(what_was_in_a_missing_package_is_missing),
	    EACH(what_its_holder_reports_lost_is_missing),
	    EACH(what_somebody_else_could_not_see_is_not_missing),
	    EACH(who_held_it_before_reports_nothing_missing),
	    EACH(a_later_sighting_alone_ends_a_missing),
	    EACH(what_was_seen_after_the_period_was_not_missing_in_it),
	    EACH(under_a_broken_seal_all_is_contested),
	    EACH(a_seal_found_broken_at_a_hand_over_is_broken),
	    EACH(a_seal_reported_broken_is_broken),
	    EACH(an_opening_recorded_before_explains_it),
	    EACH(an_opening_recorded_afterwards_does_not),
	    EACH(unless_somebody_disinterested_was_there_and_signed),
	    EACH(a_seal_set_since_the_opening_is_not_explained_by_it),
	    EACH(a_seal_broken_after_the_period_was_not_broken_in_it),
	    EACH(a_relation_that_would_make_it_yes_is_contested),
	    EACH(a_relation_of_who_never_held_it_is_not),
	    EACH(a_relation_counts_with_those_that_bind),
	    EACH(a_relation_that_the_asker_alone_asserts_does_not_count),
	    EACH(a_relation_with_a_capture_counts_whoever_asserts_it),
	    EACH(a_relation_graded_e5_does_not_count),
	    EACH(after_a_breach_all_is_contested),
	    EACH(a_sighting_after_the_period_does_not_heal_it),
	    EACH(a_sighting_before_the_period_ends_it),
	    EACH(a_breach_after_the_period_is_none_in_it),
	    EACH(a_counter_that_moved_is_a_telltale_of_data),
	    EACH(counters_that_agree_are_none),
	    EACH(counters_read_at_one_end_only_are_none),
	    EACH(a_use_recorded_before_explains_a_counter),
	    EACH(nothing_explains_a_counter_that_went_backwards),
	    EACH(each_counter_is_held_against_its_own_last_reading),
	    EACH(contested_comes_before_no),
	    EACH(contested_names_all_reasons_in_their_order),
	    EACH(a_question_about_one_form_has_lines_of_that_form),
	    EACH(a_question_about_a_package_is_about_what_was_found_in_it),
	    EACH(the_machine_form_is_byte_for_byte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
