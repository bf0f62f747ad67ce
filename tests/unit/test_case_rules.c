/*
 * test_case_rules.c: what a record is worth that was admitted: each rule of
 * findings section 4 broken alone, and the order in which they name a breach.
 */
#include "case_box.h"

#include "hash.h"

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
#define HANDLED                                                                \
	"custodian: police.example\nwitness: notary.example\n"                 \
	"authority: order 7\n"
#define HANDLERS "police.example notary.example"

static uint32_t handle(struct case_box *box, const char *at, const char *items)
{
	char fields[1024];

	(void)snprintf(fields, sizeof(fields), HANDLED "%s", items);
	return box_add(box, RECORD_HANDLING, at, HANDLERS, fields);
}

/* ---- custody without a breach ---- */

static void a_hand_over_by_the_holder_is_good(void **state)
{
	struct case_box *box = *state;

	expect_good(box, box_give(box, NOON, "police.example", "room.example"));
	assert_true(box_holds(box, "room.example", "D-1", NOON));
	assert_false(box_holds(box, "police.example", "D-1", NOON));
	assert_true(
	    box_holds(box, "police.example", "D-1", BOX_JUNE(25, "11:59:59")));
}

static void moving_a_package_moves_what_is_in_it_and_nothing_else(void **state)
{
	struct case_box *box = *state;

	box_give_one(box, NOON, "police.example", "room.example", "B-1");
	assert_true(box_holds(box, "room.example", "PC-1", NOON));
	assert_true(box_holds(box, "room.example", "D-1", NOON));
	assert_true(box_holds(box, "police.example", "D-2", NOON));
	assert_true(box_holds(box, "police.example", "D-9", NOON));
}

static void an_unknown_receiver_who_did_not_sign_holds_it(void **state)
{
	struct case_box *box = *state;

	expect_good(box,
	    box_add(box, RECORD_HANDOVER, BOX_JUNE(25, "09:00:00"),
		"police.example",
		"from: police.example\nto: stranger.example\n"
		"receiver: refused\ncounted-by-giver: 1\nitem: B-1\n"));
	assert_true(box_holds(
	    box, "stranger.example", "D-1", BOX_JUNE(25, "10:00:00")));
}

static void who_took_it_and_would_not_sign_holds_it(void **state)
{
	struct case_box *box = *state;
	uint32_t leaf = box_add(box, RECORD_HANDOVER, NOON, "police.example",
	    "from: police.example\nto: room.example\nreceiver: refused\n"
	    "counted-by-giver: 1\nitem: D-9\n");

	expect_good(box, leaf);
	assert_true(box_holds(box, "room.example", "D-9", NOON));
}

static void a_refusal_to_take_changes_no_custody(void **state)
{
	struct case_box *box = *state;
	uint32_t leaf = box_add(box, RECORD_INCIDENT, NOON, "police.example",
	    "what: refused-to-take\nparty: room.example\nitem: D-9\n");

	expect_good(box, leaf);
	assert_true(box_holds(box, "police.example", "D-9", NOON));
}

/* ---- not-holder ---- */

static void who_holds_nothing_only_says_something(void **state)
{
	struct case_box *box = *state;
	uint32_t leaf =
	    box_give_one(box, NOON, "transit.example", "notary.example", "D-9");

	expect_not_holder(box, leaf);
	assert_true(box_holds(box, "police.example", "D-9", NOON));
	assert_false(box_holds(box, "notary.example", "D-9", NOON));
}

static void the_owner_gives_nothing_after_the_seizure(void **state)
{
	struct case_box *box = *state;

	expect_not_holder(box,
	    box_give_one(box, NOON, "owner.example", "transit.example", "D-9"));
	assert_true(box_holds(box, "police.example", "D-9", NOON));
}

static void a_false_hand_over_over_a_line_is_a_statement_too(void **state)
{
	struct case_box *box = *state;

	box_policy(box, BOX_BOTH, "red-line: transit.example\n");
	expect_not_holder(box,
	    box_give_one(box, NOON, "owner.example", "transit.example", "D-9"));
}

static void giving_what_the_receiver_holds_is_a_breach(void **state)
{
	struct case_box *box = *state;

	expect_breach(box,
	    box_give_one(box, NOON, "transit.example", "police.example", "D-9"),
	    NOT_HOLDER);
	assert_true(box_holds(box, "police.example", "D-9", NOON));
	assert_true(box_holds(box, "transit.example", "D-9", NOON));
}

static void after_a_breach_both_hold_until_one_of_them_shows_it(void **state)
{
	struct case_box *box = *state;

	box_give_one(box, NOON, "transit.example", "police.example", "D-9");
	box_add(box, RECORD_INSPECTION, BOX_JUNE(26, "12:00:00"),
	    "police.example court.example",
	    "custodian: police.example\ninspector: court.example\n"
	    "item: D-9\n  seen: serial-read\n");
	assert_true(
	    box_holds(box, "police.example", "D-9", BOX_JUNE(27, "00:00:00")));
	assert_false(
	    box_holds(box, "transit.example", "D-9", BOX_JUNE(27, "00:00:00")));
}

static void a_sighting_by_a_label_alone_settles_no_breach(void **state)
{
	struct case_box *box = *state;

	box_give_one(box, NOON, "transit.example", "police.example", "D-9");
	box_add(box, RECORD_INSPECTION, BOX_JUNE(26, "12:00:00"),
	    "police.example court.example",
	    "custodian: police.example\ninspector: court.example\n"
	    "item: D-9\n  seen: label-read\n");
	assert_true(
	    box_holds(box, "transit.example", "D-9", BOX_JUNE(27, "00:00:00")));
}

static void where_one_item_is_held_the_record_counts_for_it(void **state)
{
	struct case_box *box = *state;

	box_give_one(box, BOX_JUNE(24, "12:00:00"), "police.example",
	    "transit.example", "D-9");
	box_add(box, RECORD_HANDOVER, NOON, "police.example room.example",
	    "from: police.example\nto: room.example\n"
	    "counted-by-giver: 2\ncounted-by-receiver: 2\n"
	    "item: B-1\nitem: D-9\n");
	assert_true(box_holds(box, "room.example", "B-1", NOON));
	assert_true(box_holds(box, "transit.example", "D-9", NOON));
	assert_false(box_holds(box, "room.example", "D-9", NOON));
}

static void nobody_speaks_for_items_that_nobody_listed(void **state)
{
	struct case_box *box = *state;

	expect_not_holder(box,
	    box_give_one(box, NOON, "police.example", "room.example", "D-77"));
}

static void a_handling_by_who_holds_nothing_changes_nothing(void **state)
{
	struct case_box *box = *state;
	bool is_enclosing;

	expect_not_holder(box,
	    box_add(box, RECORD_HANDLING, NOON,
		"transit.example notary.example",
		"custodian: transit.example\nwitness: notary.example\n"
		"authority: order 7\n"
		"item: B-1\n  action: reseal\n  seal: 2001\n"));
	assert_true(
	    slice_is_text(case_state_seal(box->f->state, box_item(box, "B-1"),
			      box_when(NOON), &is_enclosing),
		"1001"));
}

static uint32_t report_loss(struct case_box *box, const char *signer)
{
	return box_add(
	    box, RECORD_INCIDENT, NOON, signer, "what: loss\nitem: D-9\n");
}

static void its_holder_reports_an_incident(void **state)
{
	expect_good(*state, report_loss(*state, "police.example"));
}

static void somebody_disinterested_reports_an_incident(void **state)
{
	expect_good(*state, report_loss(*state, "court.example"));
}

static void nobody_else_reports_an_incident(void **state)
{
	expect_not_holder(*state, report_loss(*state, "transit.example"));
	expect_not_holder(*state, report_loss(*state, "owner.example"));
}

static void somebody_disinterested_inspects_without_the_holder(void **state)
{
	struct case_box *box = *state;

	expect_good(box,
	    box_add(box, RECORD_INSPECTION, NOON, "court.example",
		"custodian: police.example\ninspector: court.example\n"
		"item: D-9\n  seen: serial-read\n"));
}

static void nobody_else_inspects_without_the_holder(void **state)
{
	struct case_box *box = *state;

	expect_not_holder(box,
	    box_add(box, RECORD_INSPECTION, NOON,
		"owner.example transit.example",
		"custodian: police.example\ninspector: owner.example\n"
		"item: D-9\n  seen: serial-read\n"));
}

/* ---- count-differs ---- */

static uint32_t give_counted(
    struct case_box *box, const char *giver, const char *receiver)
{
	char fields[256];

	(void)snprintf(fields, sizeof(fields),
	    "from: police.example\nto: room.example\n"
	    "counted-by-giver: %s\ncounted-by-receiver: %s\n"
	    "item: B-1\nitem: B-2\n",
	    giver, receiver);
	return box_add(
	    box, RECORD_HANDOVER, NOON, "police.example room.example", fields);
}

static void giver_and_receiver_count_the_same(void **state)
{
	expect_good(*state, give_counted(*state, "2", "2"));
}

static void a_receiver_who_counts_less_breaks_a_rule(void **state)
{
	struct case_box *box = *state;

	expect_breach(box, give_counted(box, "2", "1"), COUNT_DIFFERS);
	assert_true(box_holds(box, "room.example", "B-1", NOON));
	assert_true(box_holds(box, "police.example", "B-1", NOON));
}

static void a_receiver_who_counts_more_breaks_a_rule(void **state)
{
	expect_breach(*state, give_counted(*state, "2", "3"), COUNT_DIFFERS);
}

/* ---- self-witness ---- */

static uint32_t give_witnessed(
    struct case_box *box, const char *witness, const char *signers)
{
	char fields[256];

	(void)snprintf(fields, sizeof(fields),
	    "from: police.example\nto: room.example\nwitness: %s\n"
	    "counted-by-giver: 1\ncounted-by-receiver: 1\nitem: B-1\n",
	    witness);
	return box_add(box, RECORD_HANDOVER, NOON, signers, fields);
}

static void a_third_party_witnesses_a_hand_over(void **state)
{
	expect_good(*state,
	    give_witnessed(*state, "notary.example",
		"police.example room.example notary.example"));
}

static void neither_giver_nor_receiver_is_its_own_witness(void **state)
{
	expect_breach(*state,
	    give_witnessed(
		*state, "police.example", "police.example room.example"),
	    SELF_WITNESS);
}

static void a_receiver_is_not_its_own_witness(void **state)
{
	expect_breach(*state,
	    give_witnessed(
		*state, "room.example", "police.example room.example"),
	    SELF_WITNESS);
}

static void a_custodian_is_not_its_own_witness(void **state)
{
	struct case_box *box = *state;

	expect_breach(box,
	    box_add(box, RECORD_HANDLING, NOON, "police.example",
		"custodian: police.example\nwitness: police.example\n"
		"authority: order 7\nitem: B-1\n  action: open\n"),
	    SELF_WITNESS);
}

static void who_takes_is_not_its_own_witness(void **state)
{
	struct case_box *box = *state;

	expect_breach(box,
	    box_add(box, RECORD_SEIZURE, BOX_JUNE(20, "10:00:00"),
		"police.example owner.example",
		BOX_TAKEN "authority-signature: signed\n"
			  "owner-signature: signed\n"
			  "witness: police.example\n"),
	    SELF_WITNESS);
}

/* ---- number-reused ---- */

static void an_item_found_late_has_a_new_number(void **state)
{
	struct case_box *box = *state;

	expect_breach(box,
	    box_add(box, RECORD_LIST, NOON, BOX_EVERYONE,
		"found-late: behind a wall\nitem: D-9\n  type: drive\n"),
	    NUMBER_REUSED);
	expect_good(box,
	    box_add(box, RECORD_LIST, NOON, BOX_EVERYONE,
		"found-late: behind a wall\nitem: D-10\n  type: drive\n"));
}

static void an_item_in_an_unopened_bay_has_a_new_number(void **state)
{
	struct case_box *box = *state;

	expect_breach(box,
	    handle(box, NOON,
		"item: D-9\n  action: found\n  out-of: PC-1\n"
		"  type: drive\n"),
	    NUMBER_REUSED);
	expect_good(box,
	    handle(box, NOON,
		"item: D-10\n  action: found\n  out-of: PC-1\n"
		"  type: drive\n"));
}

static void a_number_stands_in_one_part_of_a_list(void **state)
{
	struct case_box box;
	static const char one[] = "item: D-1\n  type: drive\n";
	static const char two[] = "item: D-2\n  type: drive\n"
				  "item: D-1\n  type: phone\n";
	char text[512], hex[HASH_HEX_SIZE], all[256];
	struct hash population;

	(void)state;
	box_init(&box);
	(void)snprintf(all, sizeof(all), "%s%s", one, two);
	population = hash_of(all, strlen(all));
	hash_to_hex(hex, &population);
	(void)snprintf(
	    text, sizeof(text), "part: 1/2\npopulation: %s\n%s", hex, one);
	expect_good(&box,
	    box_add_text(
		&box, "list", BOX_JUNE(20, "09:00:00"), BOX_EVERYONE, text));
	(void)snprintf(
	    text, sizeof(text), "part: 2/2\npopulation: %s\n%s", hex, two);
	expect_breach(&box,
	    box_add_text(
		&box, "list", BOX_JUNE(20, "09:01:00"), BOX_EVERYONE, text),
	    NUMBER_REUSED);
	box_done(&box);
}

static void a_seal_stands_on_one_item_of_a_list(void **state)
{
	struct case_box box;

	(void)state;
	box_init(&box);
	expect_breach(&box,
	    box_list(&box, BOX_EVERYONE,
		"item: B-1\n  type: package\n  seal: 1001\n"
		"item: B-2\n  type: package\n  seal: 1001\n"),
	    NUMBER_REUSED);
	box_done(&box);
}

static uint32_t reseal(
    struct case_box *box, const char *at, const char *item, const char *seal)
{
	char items[128];

	(void)snprintf(items, sizeof(items),
	    "item: %s\n  action: reseal\n  seal: %s\n", item, seal);
	return handle(box, at, items);
}

static void a_new_seal_has_a_new_number(void **state)
{
	struct case_box *box = *state;

	expect_good(box, reseal(box, NOON, "B-1", "2001"));
	expect_breach(box, reseal(box, BOX_JUNE(25, "13:00:00"), "B-2", "2001"),
	    NUMBER_REUSED);
}

static void a_seal_of_another_item_is_not_used_again(void **state)
{
	expect_breach(
	    *state, reseal(*state, NOON, "B-1", "1002"), NUMBER_REUSED);
}

static void the_old_seal_is_not_used_again(void **state)
{
	struct case_box *box = *state;

	expect_breach(box, reseal(box, NOON, "B-1", "1001"), NUMBER_REUSED);
	expect_good(box, reseal(box, BOX_JUNE(25, "13:00:00"), "B-2", "2002"));
	expect_breach(box, reseal(box, BOX_JUNE(25, "14:00:00"), "B-2", "1002"),
	    NUMBER_REUSED);
}

static void one_number_is_not_set_twice_in_one_record(void **state)
{
	expect_breach(*state,
	    handle(*state, NOON,
		"item: B-1\n  action: reseal\n  seal: 2001\n"
		"item: B-2\n  action: reseal\n  seal: 2001\n"),
	    NUMBER_REUSED);
}

static void a_late_item_has_a_new_seal(void **state)
{
	expect_breach(*state,
	    box_add(*state, RECORD_LIST, NOON, BOX_EVERYONE,
		"found-late: behind a wall\n"
		"item: B-3\n  type: package\n  seal: 1001\n"),
	    NUMBER_REUSED);
}

static void the_other_side_lists_the_same_items_by_the_same_numbers(
    void **state)
{
	struct case_box box;

	(void)state;
	box_init(&box);
	box_list(&box, "owner.example notary.example", BOX_ITEMS);
	box_seize(&box, "owner.example notary.example",
	    BOX_TAKEN "authority-signature: absent\n"
		      "owner-signature: signed\nwitness: notary.example\n");
	expect_good(&box,
	    box_add(&box, RECORD_LIST, BOX_JUNE(20, "11:00:00"),
		"police.example", BOX_ITEMS));
	box_done(&box);
}

/* ---- seal-unexplained ---- */

static uint32_t give_sealed(
    struct case_box *box, const char *at, const char *item, const char *seal)
{
	char fields[256];

	(void)snprintf(fields, sizeof(fields),
	    "from: police.example\nto: room.example\n"
	    "counted-by-giver: 1\ncounted-by-receiver: 1\n"
	    "item: %s\n  seal: %s\n  state: intact\n",
	    item, seal);
	return box_add(
	    box, RECORD_HANDOVER, at, "police.example room.example", fields);
}

static void a_seal_stays_the_same_at_a_hand_over(void **state)
{
	struct case_box *box = *state;

	expect_breach(
	    box, give_sealed(box, NOON, "B-1", "2001"), SEAL_UNEXPLAINED);
	expect_good(box, give_sealed(box, NOON, "B-2", "1002"));
}

static void a_seal_changes_by_a_handling(void **state)
{
	struct case_box *box = *state;

	reseal(box, BOX_JUNE(24, "12:00:00"), "B-1", "2001");
	reseal(box, BOX_JUNE(24, "12:00:00"), "B-2", "2002");
	expect_good(box, give_sealed(box, NOON, "B-1", "2001"));
	expect_breach(
	    box, give_sealed(box, NOON, "B-2", "1002"), SEAL_UNEXPLAINED);
}

static uint32_t look_at_seal(
    struct case_box *box, const char *seal, const char *status)
{
	char fields[256];

	(void)snprintf(fields, sizeof(fields),
	    "custodian: police.example\ninspector: court.example\n"
	    "item: B-1\n  seen: package-sealed\n  seal: %s\n  state: %s\n",
	    seal, status);
	return box_add(box, RECORD_INSPECTION, NOON,
	    "police.example court.example", fields);
}

static void a_seal_stays_the_same_at_an_inspection(void **state)
{
	expect_breach(
	    *state, look_at_seal(*state, "2001", "intact"), SEAL_UNEXPLAINED);
}

static void an_inspection_that_finds_a_seal_broken_breaks_no_rule(void **state)
{
	expect_good(*state, look_at_seal(*state, "1001", "broken"));
}

static void a_part_does_not_leave_its_sealed_package_by_a_hand_over(
    void **state)
{
	struct case_box *box = *state;

	expect_breach(box,
	    box_give_one(box, NOON, "police.example", "room.example", "D-1"),
	    SEAL_UNEXPLAINED);
}

static void a_part_leaves_its_package_by_a_handling(void **state)
{
	struct case_box *box = *state;

	expect_good(box,
	    handle(box, BOX_JUNE(24, "12:00:00"),
		"item: B-1\n  action: open\n"
		"item: D-1\n  action: take-out\n  out-of: PC-1\n"));
	expect_good(box,
	    box_give_one(box, NOON, "police.example", "room.example", "D-1"));
	assert_true(box_holds(box, "room.example", "D-1", NOON));
	assert_true(box_holds(box, "police.example", "C-1", NOON));
}

static void a_part_may_be_named_beside_its_package(void **state)
{
	struct case_box *box = *state;

	expect_good(box,
	    box_add(box, RECORD_HANDOVER, NOON, "police.example room.example",
		"from: police.example\nto: room.example\n"
		"counted-by-giver: 2\ncounted-by-receiver: 2\n"
		"item: B-1\n  seal: 1001\n"
		"item: D-1\n  telltale: power-cycles 7\n"));
	assert_int_equal(case_state_container(box->f->state,
			     box_item(box, "D-1"), box_when(NOON)),
	    box_item(box, "PC-1"));
}

/* ---- not-meeting ---- */

static uint32_t give_late(
    struct case_box *box, const char *at, const char *from, const char *to)
{
	char fields[256], signers[128];

	(void)snprintf(signers, sizeof(signers), "%s %s", from, to);
	(void)snprintf(fields, sizeof(fields),
	    "from: %s\nto: %s\ncounted-by-giver: 1\ncounted-by-receiver: 1\n"
	    "item: D-9\n",
	    from, to);
	return box_add_late(box, RECORD_HANDOVER, at, BOX_JUNE(29, "12:00:00"),
	    signers, fields);
}

static void a_late_record_before_a_hand_over_must_meet_its_giver(void **state)
{
	struct case_box *box = *state;

	box_give_one(box, NOON, "police.example", "room.example", "D-9");
	expect_breach(box,
	    give_late(box, BOX_JUNE(22, "12:00:00"), "police.example",
		"transit.example"),
	    NOT_MEETING);
}

static void a_late_record_before_a_sighting_must_meet_its_holder(void **state)
{
	struct case_box *box = *state;

	box_add(box, RECORD_INSPECTION, NOON, "police.example court.example",
	    "custodian: police.example\ninspector: court.example\n"
	    "item: D-9\n  seen: serial-read\n");
	expect_breach(box,
	    give_late(box, BOX_JUNE(22, "12:00:00"), "police.example",
		"transit.example"),
	    NOT_MEETING);
}

static void the_late_record_is_the_breach_and_not_the_other(void **state)
{
	struct case_box *box = *state;
	uint32_t first =
	    box_give_one(box, NOON, "police.example", "room.example", "D-9");

	give_late(
	    box, BOX_JUNE(22, "12:00:00"), "police.example", "transit.example");
	expect_good(box, first);
	assert_true(
	    box_holds(box, "transit.example", "D-9", BOX_JUNE(22, "13:00:00")));
	assert_true(
	    box_holds(box, "police.example", "D-9", BOX_JUNE(22, "13:00:00")));
}

static void a_late_record_is_placed_by_when_it_happened(void **state)
{
	struct case_box *box = *state;

	box_give_one(box, BOX_JUNE(22, "12:00:00"), "police.example",
	    "room.example", "D-9");
	expect_good(
	    box, give_late(box, NOON, "room.example", "transit.example"));
	assert_true(
	    box_holds(box, "room.example", "D-9", BOX_JUNE(25, "11:59:59")));
	assert_true(box_holds(box, "transit.example", "D-9", NOON));
}

/* Police gave it away at that time, and held it before. */
static void a_late_giver_must_have_held_it_then(void **state)
{
	struct case_box *box = *state;

	box_give_one(box, BOX_JUNE(22, "12:00:00"), "police.example",
	    "room.example", "D-9");
	expect_not_holder(
	    box, give_late(box, NOON, "police.example", "transit.example"));
}

static void of_one_time_the_earlier_leaf_comes_first(void **state)
{
	struct case_box *box = *state;

	box_give_one(box, NOON, "police.example", "room.example", "D-9");
	expect_good(box,
	    box_give_one(box, NOON, "room.example", "transit.example", "D-9"));
	assert_true(box_holds(box, "transit.example", "D-9", NOON));
	assert_false(box_holds(box, "room.example", "D-9", NOON));
}

static void nothing_is_taken_out_of_nothing(void **state)
{
	expect_breach(*state,
	    handle(*state, NOON, "item: D-9\n  action: take-out\n"),
	    NOT_MEETING);
}

static void a_part_is_taken_out_of_what_it_is_in(void **state)
{
	expect_breach(*state,
	    handle(*state, NOON,
		"item: B-2\n  action: open\n"
		"item: D-1\n  action: take-out\n  out-of: PC-2\n"),
	    NOT_MEETING);
}

static void a_part_is_put_into_something_that_is_listed(void **state)
{
	expect_breach(*state,
	    handle(
		*state, NOON, "item: D-9\n  action: put-in\n  into: PC-77\n"),
	    NOT_MEETING);
}

static void nothing_is_put_into_itself(void **state)
{
	struct case_box *box = *state;

	expect_breach(box,
	    handle(box, NOON, "item: B-1\n  action: put-in\n  into: B-1\n"),
	    NOT_MEETING);
	expect_breach(box,
	    handle(box, NOON, "item: B-1\n  action: put-in\n  into: PC-1\n"),
	    NOT_MEETING);
}

static void what_is_put_in_moves_with_its_new_package(void **state)
{
	struct case_box *box = *state;

	expect_good(box,
	    handle(box, BOX_JUNE(24, "12:00:00"),
		"item: B-2\n  action: open\n"
		"item: D-9\n  action: put-in\n  into: B-2\n"));
	box_give_one(box, NOON, "police.example", "room.example", "B-2");
	assert_true(box_holds(box, "room.example", "D-9", NOON));
}

/* Who gave a bag to somebody does not say later that a part of it had been
 * taken out before. */
static void a_part_is_not_taken_out_of_a_bag_that_was_given_with_it(
    void **state)
{
	struct case_box *box = *state;

	box_give_one(box, NOON, "police.example", "transit.example", "B-1");
	expect_breach(box,
	    box_add_late(box, RECORD_HANDLING, BOX_JUNE(24, "12:00:00"),
		BOX_JUNE(29, "12:00:00"), HANDLERS,
		HANDLED "item: D-1\n  action: take-out\n"),
	    NOT_MEETING);
	assert_true(box_holds(box, "transit.example", "D-1", NOON));
}

static void a_part_is_not_given_out_of_a_bag_that_was_given_with_it(
    void **state)
{
	struct case_box *box = *state;

	box_give_one(box, NOON, "police.example", "transit.example", "B-1");
	expect_breach(box,
	    box_give_late(box, BOX_JUNE(24, "12:00:00"), "police.example",
		"notary.example", "D-1"),
	    SEAL_UNEXPLAINED);
	assert_true(box_holds(box, "transit.example", "D-1", NOON));
	assert_true(box_holds(box, "notary.example", "D-1", NOON));
}

static void nothing_is_put_into_what_another_holds(void **state)
{
	struct case_box *box = *state;

	box_give_one(box, BOX_JUNE(24, "12:00:00"), "police.example",
	    "transit.example", "B-2");
	expect_breach(box,
	    handle(box, NOON, "item: D-9\n  action: put-in\n  into: B-2\n"),
	    NOT_MEETING);
}

/* ---- which rule names it ---- */

/* From all rules at once to one, in the order of the list. */
static uint32_t break_rules(struct case_box *box, const char *from,
    const char *to, const char *witness, const char *receiver_count,
    const char *items)
{
	char fields[512], signers[192];

	(void)snprintf(signers, sizeof(signers), "%s %s", from, to);
	(void)snprintf(fields, sizeof(fields),
	    "from: %s\nto: %s\n%s"
	    "counted-by-giver: 1\ncounted-by-receiver: %s\n%s",
	    from, to, witness, receiver_count, items);
	return box_add_late(box, RECORD_HANDOVER, BOX_JUNE(22, "12:00:00"),
	    BOX_JUNE(29, "12:00:00"), signers, fields);
}

#define UNEXPLAINED "item: D-9\n  seal: 2009\n"
#define SELF "witness: police.example\n"

static void prepare_precedence(struct case_box *box)
{
	box_policy(box, BOX_BOTH, "red-line: transit.example\n");
	box_give_one(box, NOON, "police.example", "room.example", "D-9");
}

static void red_line_comes_before_all_others(void **state)
{
	struct case_box *box = *state;

	prepare_precedence(box);
	expect_breach(box,
	    break_rules(box, "police.example", "transit.example", SELF, "2",
		UNEXPLAINED),
	    RED_LINE);
}

static void red_line_comes_before_not_holder(void **state)
{
	struct case_box *box = *state;

	box_policy(box, BOX_BOTH, "red-line: police.example\n");
	expect_breach(box,
	    box_give_one(box, NOON, "transit.example", "police.example", "D-9"),
	    RED_LINE);
}

static void not_holder_comes_before_count_differs(void **state)
{
	struct case_box *box = *state;

	expect_breach(box,
	    break_rules(box, "transit.example", "police.example", SELF, "2",
		UNEXPLAINED),
	    NOT_HOLDER);
}

static void count_differs_comes_before_self_witness(void **state)
{
	struct case_box *box = *state;

	prepare_precedence(box);
	expect_breach(box,
	    break_rules(box, "police.example", "notary.example", SELF, "2",
		UNEXPLAINED),
	    COUNT_DIFFERS);
}

static void self_witness_comes_before_seal_unexplained(void **state)
{
	struct case_box *box = *state;

	prepare_precedence(box);
	expect_breach(box,
	    break_rules(box, "police.example", "notary.example", SELF, "1",
		UNEXPLAINED),
	    SELF_WITNESS);
}

static void self_witness_comes_before_number_reused(void **state)
{
	struct case_box *box = *state;

	expect_breach(box,
	    box_add(box, RECORD_HANDLING, NOON, "police.example",
		"custodian: police.example\nwitness: police.example\n"
		"authority: order 7\n"
		"item: B-1\n  action: reseal\n  seal: 1002\n"),
	    SELF_WITNESS);
}

static void number_reused_comes_before_not_meeting(void **state)
{
	expect_breach(*state,
	    handle(*state, NOON,
		"item: D-9\n  action: take-out\n"
		"item: B-1\n  action: reseal\n  seal: 1002\n"),
	    NUMBER_REUSED);
}

static void seal_unexplained_comes_before_not_meeting(void **state)
{
	struct case_box *box = *state;

	prepare_precedence(box);
	expect_breach(box,
	    break_rules(
		box, "police.example", "notary.example", "", "1", UNEXPLAINED),
	    SEAL_UNEXPLAINED);
	expect_breach(box,
	    break_rules(
		box, "police.example", "court.example", "", "1", "item: D-9\n"),
	    NOT_MEETING);
}

static void a_breach_on_one_item_names_a_record_that_speaks_of_two(void **state)
{
	struct case_box *box = *state;
	uint32_t leaf;

	box_give_one(box, BOX_JUNE(24, "12:00:00"), "police.example",
	    "transit.example", "D-9");
	leaf =
	    box_add(box, RECORD_HANDOVER, NOON, "police.example room.example",
		"from: police.example\nto: room.example\n"
		"counted-by-giver: 2\ncounted-by-receiver: 2\n"
		"item: D-9\nitem: B-1\n  seal: 2001\n");
	expect_breach(box, leaf, SEAL_UNEXPLAINED);
	assert_true(slice_is_text(box_leaf(box, leaf)->about, "B-1"));
}

#define EACH(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

/* long: one line a test */
int main(void)
{
	const struct CMUnitTest tests[] = {
	    EACH(an_unknown_receiver_who_did_not_sign_holds_it),
	    EACH(a_hand_over_by_the_holder_is_good),
	    EACH(moving_a_package_moves_what_is_in_it_and_nothing_else),
	    EACH(who_took_it_and_would_not_sign_holds_it),
	    EACH(a_refusal_to_take_changes_no_custody),
	    EACH(who_holds_nothing_only_says_something),
	    EACH(the_owner_gives_nothing_after_the_seizure),
	    EACH(a_false_hand_over_over_a_line_is_a_statement_too),
	    EACH(giving_what_the_receiver_holds_is_a_breach),
	    EACH(after_a_breach_both_hold_until_one_of_them_shows_it),
	    EACH(a_sighting_by_a_label_alone_settles_no_breach),
	    EACH(where_one_item_is_held_the_record_counts_for_it),
	    EACH(nobody_speaks_for_items_that_nobody_listed),
	    EACH(a_handling_by_who_holds_nothing_changes_nothing),
	    EACH(its_holder_reports_an_incident),
	    EACH(somebody_disinterested_reports_an_incident),
	    EACH(nobody_else_reports_an_incident),
	    EACH(somebody_disinterested_inspects_without_the_holder),
	    EACH(nobody_else_inspects_without_the_holder),
	    EACH(giver_and_receiver_count_the_same),
	    EACH(a_receiver_who_counts_less_breaks_a_rule),
	    EACH(a_receiver_who_counts_more_breaks_a_rule),
	    EACH(a_third_party_witnesses_a_hand_over),
	    EACH(neither_giver_nor_receiver_is_its_own_witness),
	    EACH(a_receiver_is_not_its_own_witness),
	    EACH(a_custodian_is_not_its_own_witness),
	    EACH(who_takes_is_not_its_own_witness),
	    EACH(an_item_found_late_has_a_new_number),
	    EACH(an_item_in_an_unopened_bay_has_a_new_number),
	    EACH(a_number_stands_in_one_part_of_a_list),
	    EACH(a_seal_stands_on_one_item_of_a_list),
	    EACH(a_new_seal_has_a_new_number),
	    EACH(a_seal_of_another_item_is_not_used_again),
	    EACH(the_old_seal_is_not_used_again),
	    EACH(one_number_is_not_set_twice_in_one_record),
	    EACH(a_late_item_has_a_new_seal),
	    EACH(the_other_side_lists_the_same_items_by_the_same_numbers),
	    EACH(a_seal_stays_the_same_at_a_hand_over),
	    EACH(a_seal_changes_by_a_handling),
	    EACH(a_seal_stays_the_same_at_an_inspection),
	    EACH(an_inspection_that_finds_a_seal_broken_breaks_no_rule),
	    EACH(a_part_does_not_leave_its_sealed_package_by_a_hand_over),
	    EACH(a_part_leaves_its_package_by_a_handling),
	    EACH(a_part_may_be_named_beside_its_package),
	    EACH(a_late_record_before_a_hand_over_must_meet_its_giver),
	    EACH(a_late_record_before_a_sighting_must_meet_its_holder),
	    EACH(the_late_record_is_the_breach_and_not_the_other),
	    EACH(a_late_record_is_placed_by_when_it_happened),
	    EACH(a_late_giver_must_have_held_it_then),
	    EACH(of_one_time_the_earlier_leaf_comes_first),
	    EACH(nothing_is_taken_out_of_nothing),
	    EACH(a_part_is_taken_out_of_what_it_is_in),
	    EACH(a_part_is_put_into_something_that_is_listed),
	    EACH(nothing_is_put_into_itself),
	    EACH(what_is_put_in_moves_with_its_new_package),
	    EACH(red_line_comes_before_all_others),
	    EACH(red_line_comes_before_not_holder),
	    EACH(not_holder_comes_before_count_differs),
	    EACH(count_differs_comes_before_self_witness),
	    EACH(self_witness_comes_before_seal_unexplained),
	    EACH(self_witness_comes_before_number_reused),
	    EACH(number_reused_comes_before_not_meeting),
	    EACH(seal_unexplained_comes_before_not_meeting),
	    EACH(a_breach_on_one_item_names_a_record_that_speaks_of_two),
	    EACH(a_part_is_not_taken_out_of_a_bag_that_was_given_with_it),
	    EACH(a_part_is_not_given_out_of_a_bag_that_was_given_with_it),
	    EACH(nothing_is_put_into_what_another_holds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
