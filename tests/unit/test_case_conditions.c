/*
 * test_case_conditions.c: the single conditions inside the custody rules: what
 * each of them alone lets through or stops (findings 2 to 4).
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

#define AT BOX_JULY(06, "09:00:00")
#define NEXT_DAY BOX_JULY(07, "09:00:00")
#define DAY_AFTER BOX_JULY(08, "09:00:00")
#define ROOM "room.example"
#define POLICE "police.example"
#define COURT "court.example"
#define ZEROS "0000000000000000000000000000000000000000000000000000000000000000"

static uint32_t order(struct case_box *box)
{
	char at[WHEN_SIZE];

	box_not_before(box, BOX_JULY(05, "09:00:00"), at);
	return box_addf(box, RECORD_ORDER, at, COURT,
	    "what: authorisation\nissuer: court.example\nreference: %zu\n"
	    "permits: image\npermits: examine\npermits: unlock\n"
	    "permits: disclose\n",
	    box->f->leaf_count);
}

/* A record that reads data under a good order. */
static uint32_t PRINTF_LIKE(5, 6)
    under_order(struct case_box *box, enum record_kind kind, const char *at,
	const char *signers, const char *fmt, ...)
{
	char fields[512], hex[HASH_HEX_SIZE];
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(fields, sizeof(fields), fmt, args);
	va_end(args);
	return box_addf(box, kind, at, signers, "order: %s\n%s",
	    fixture_case_id(box->f, order(box), hex), fields);
}

#define IMAGED                                                                 \
	"examiner: police.example\ncustodian: room.example\n"                  \
	"item: I-9\n  derived-from: D-9\n"

static uint32_t image(struct case_box *box, const char *more)
{
	return under_order(
	    box, RECORD_IMAGE, AT, POLICE " " ROOM, IMAGED "%s", more);
}

/* ---- copies and what is read ---- */

static void a_copy_has_a_type(void **state)
{
	expect_breach(*state, image(*state, ""), COPY_UNLISTED);
}

static void a_copy_is_on_something_known(void **state)
{
	expect_breach(*state, image(*state, "  type: image\n  inside: X-1\n"),
	    COPY_UNLISTED);
}

static void what_is_copied_is_the_custodians(void **state)
{
	expect_breach(*state,
	    under_order(*state, RECORD_IMAGE, AT, POLICE " " ROOM,
		"examiner: room.example\ncustodian: police.example\n"
		"item: I-9\n  type: image\n  derived-from: D-9\n"),
	    NOT_HOLDER);
}

static void who_reads_holds_it(void **state)
{
	expect_not_holder(*state,
	    under_order(*state, RECORD_EXAMINATION, AT, POLICE,
		"examiner: police.example\nitem: D-9\n"));
}

static void who_discloses_holds_it(void **state)
{
	expect_breach(*state,
	    under_order(*state, RECORD_DISCLOSURE, AT,
		"notary.example court.example " ROOM,
		"from: notary.example\nto: court.example\nitem: D-9\n"),
	    NOT_HOLDER);
}

static void on_whose_machine_it_was_opened_may_disclose_it(void **state)
{
	struct case_box *box = *state;

	image(box, "  type: image\n");
	under_order(box, RECORD_UNLOCK, NEXT_DAY, "police.example",
	    "host: transit.example\nholder: police.example\nitem: I-9\n");
	expect_good(box,
	    under_order(box, RECORD_DISCLOSURE, DAY_AFTER,
		"transit.example court.example",
		"from: transit.example\nto: court.example\nitem: I-9\n"));
}

/* ---- handling ---- */

#define ATTENDED "witness: court.example\nauthority: the order\n"

static uint32_t handle(struct case_box *box, const char *custodian,
    const char *signers, const char *item)
{
	return box_addf(box, RECORD_HANDLING, AT, signers,
	    "custodian: %s\n" ATTENDED "%s", custodian, item);
}

static void who_handles_it_holds_it(void **state)
{
	expect_breach(*state,
	    handle(*state, POLICE, POLICE " " ROOM " " COURT,
		"item: D-9\n  action: power-on\n"),
	    NOT_HOLDER);
}

#define FOUND "item: D-77\n  action: found\n  out-of: PC-1\n"

static void what_is_found_has_a_type(void **state)
{
	expect_not_holder(*state, handle(*state, ROOM, BOX_LOOKERS, FOUND));
	expect_good(
	    *state, handle(*state, ROOM, BOX_LOOKERS, FOUND "  type: drive\n"));
}

static void things_are_found_in_what_one_holds(void **state)
{
	expect_not_holder(*state,
	    handle(*state, POLICE, POLICE " " COURT, FOUND "  type: drive\n"));
}

/* ---- hand-overs and inspections ---- */

static void what_is_counted_is_what_is_named(void **state)
{
	expect_breach(*state,
	    box_add(*state, RECORD_HANDOVER, AT, BOX_LOOKERS,
		"from: room.example\nto: court.example\n"
		"counted-by-giver: 2\ncounted-by-receiver: 2\nitem: D-9\n"),
	    COUNT_DIFFERS);
}

static void another_seal_that_is_found_broken_is_no_breach(void **state)
{
	expect_good(*state,
	    box_inspect(*state, BOX_LOOKERS,
		"item: D-9\n  seen: serial-read\n  seal: 7\n"
		"  state: broken\n"));
}

static void who_did_not_sign_declared_nothing(void **state)
{
	struct case_box *box = *state;

	box_add(box, RECORD_HANDOVER, AT, ROOM,
	    "from: room.example\nto: transit.example\nreceiver: refused\n"
	    "on-behalf-of: council.example\ncounted-by-giver: 1\n"
	    "item: D-9\n");
	struct case_set closure = case_state_closure(box->f->state,
	    box_party(box, "council.example"), box_when(NEXT_DAY), CASE_NONE);
	assert_false(case_set_has(&closure, box_party(box, "transit.example")));
}

/* A bag that was closed all the time vouches no more for a thing with which a
 * rule was broken meanwhile: that is not over. */
static void a_bag_does_not_vouch_for_what_a_rule_was_broken_with(void **state)
{
	struct case_box *box = *state;

	box_done(box);
	box_init(box);
	box_intake(box);
	box_give(box, BOX_JUNE(21, "09:00:00"), "police.example", ROOM);
	uint32_t breach =
	    box_add(box, RECORD_HANDLING, BOX_JUNE(25, "12:00:00"), ROOM,
		"custodian: room.example\nwitness: room.example\n"
		"authority: order 7\nitem: D-1\n  action: power-on\n");
	expect_breach(box, breach, SELF_WITNESS);
	box_add(box, RECORD_INSPECTION, BOX_JUNE(28, "12:00:00"), BOX_LOOKERS,
	    BOX_SEEN_ALL);
	box_ask(
	    box, BOX_QUESTION("2023-07-01T00:00:00Z", "2023-07-04T00:00:00Z"));
	box_add(box, RECORD_INSPECTION, BOX_JULY(12, "07:00:00"), BOX_LOOKERS,
	    BOX_SEEN_ALL);
	expect_hardware(box, "D-1", "CONTESTED breach:%u", breach);
	expect_hardware(box, "D-9", "NO");
}

/* ---- holders after a breach ---- */

/* Room and police both hold the loose drive, for one of them miscounted. */
static void open_custody(struct case_box *box)
{
	expect_breach(box,
	    box_add(box, RECORD_HANDOVER, AT, POLICE " " ROOM,
		"from: room.example\nto: police.example\n"
		"counted-by-giver: 2\ncounted-by-receiver: 1\nitem: D-9\n"),
	    COUNT_DIFFERS);
	assert_true(box_holds(box, ROOM, "D-9", NEXT_DAY));
	assert_true(box_holds(box, POLICE, "D-9", NEXT_DAY));
}

static void look_at(struct case_box *box, const char *custodian,
    const char *signers, const char *more)
{
	box_addf(box, RECORD_INSPECTION, NEXT_DAY, signers,
	    "custodian: %s\nitem: D-9\n  seen: serial-read\n%s", custodian,
	    more);
}

static void expect_both_to_hold(const struct case_box *box, bool is_both)
{
	assert_true(box_holds(box, POLICE, "D-9", DAY_AFTER));
	assert_int_equal(box_holds(box, ROOM, "D-9", DAY_AFTER), is_both);
}

static void after_a_breach_a_sighting_says_who_holds_it(void **state)
{
	open_custody(*state);
	look_at(*state, POLICE, POLICE " " COURT, "");
	expect_both_to_hold(*state, false);
}

static void the_holder_and_a_friend_do_not_say_who_holds_it(void **state)
{
	open_custody(*state);
	look_at(*state, POLICE, POLICE " transit.example", "");
	expect_both_to_hold(*state, true);
}

static void who_does_not_sign_is_not_said_to_hold_it(void **state)
{
	open_custody(*state);
	look_at(*state, POLICE, ROOM " " COURT, "");
	expect_both_to_hold(*state, true);
}

static void who_never_held_it_is_not_said_to_hold_it(void **state)
{
	open_custody(*state);
	look_at(*state, "transit.example", "transit.example " BOX_LOOKERS, "");
	expect_both_to_hold(*state, true);
}

static void what_has_a_broken_seal_is_not_identified(void **state)
{
	open_custody(*state);
	look_at(*state, POLICE, POLICE " " COURT,
	    "  seal: 1009\n  state: broken\n");
	expect_both_to_hold(*state, true);
}

static void a_key_of_somebody_else_does_not_say_who_holds_it(void **state)
{
	open_custody(*state);
	look_at(*state, POLICE, POLICE " " COURT, "");
	box_add(*state, RECORD_KEY, BOX_JULY(07, "10:00:00"), COURT,
	    "party: court.example\naction: revoke\nold-key: @\n"
	    "compromised-since: 2023-07-01T00:00:00Z\n");
	expect_both_to_hold(*state, true);
}

/* ---- who is disinterested ---- */

static bool is_disinterested(
    const struct case_box *box, const char *party, const char *item)
{
	return case_state_is_disinterested(box->f->state, box_party(box, party),
	    box_item(box, item), CASE_NONE, INT64_MAX);
}

static void whoever_belongs_to_a_giver_is_not_disinterested(void **state)
{
	struct case_box *box = *state;

	box_establish(box, COURT, "transit.example");
	assert_true(is_disinterested(box, COURT, "D-9"));
	expect_breach(box,
	    box_add(box, RECORD_HANDOVER, AT, "transit.example " ROOM,
		"from: transit.example\nto: room.example\n"
		"counted-by-giver: 1\ncounted-by-receiver: 1\nitem: D-9\n"),
	    NOT_HOLDER);
	assert_false(is_disinterested(box, COURT, "D-9"));
	assert_true(is_disinterested(box, COURT, "B-1"));
}

#define GENESIS                                                                \
	"name: seizure.example\nlog: @\n"                                      \
	"policy-holder: police.example\npolicy-holder: owner.example\n"        \
	"party: police.example\n  side: authority\n  org: police\n  key: @\n"  \
	"party: owner.example\n  side: owner\n  org: owner\n  key: @\n"        \
	"party: notary.example\n  side: neutral\n  org: notary\n"

static void whose_key_came_later_was_not_countersigned_by_the_genesis(
    void **state)
{
	struct case_box box = {.f = fixture_case_new_empty()};

	(void)state;
	box_add(&box, RECORD_CASE, BOX_JUNE(20, "06:00:00"), BOX_BOTH, GENESIS);
	box_add(&box, RECORD_JOIN, BOX_JUNE(20, "06:30:00"),
	    "notary.example police.example", "party: notary.example\nkey: @\n");
	box_intake(&box);
	assert_false(is_disinterested(&box, "notary.example", "D-9"));
	box_add(&box, RECORD_JOIN, BOX_JUNE(20, "10:30:00"),
	    "notary.example owner.example", "party: notary.example\n");
	assert_true(is_disinterested(&box, "notary.example", "D-9"));
	box_done(&box);
}

static void what_is_only_asserted_joins_nobody(void **state)
{
	struct case_box *box = *state;

	box_relate(box, "owner.example", COURT, POLICE,
	    "basis: asserted\n" BOX_DOCUMENT);
	box_establish(box, "transit.example", "council.example");
	assert_true(is_disinterested(box, COURT, "D-9"));
}

/* ---- policy, relations, orders ---- */

static void an_overseer_alone_changes_no_policy(void **state)
{
	expect_void(*state,
	    box_policy(*state, COURT, "red-line: council.example\n"),
	    NOT_POLICY_HOLDER);
}

static void an_overseer_is_neutral(void **state)
{
	box_add(*state, RECORD_JOIN, AT, "ally.example owner.example",
	    "party: ally.example\nside: owner\norg: allies\n"
	    "role: overseer\nkey: @\n");
	expect_void(*state,
	    box_relate(*state, "ally.example", ROOM, "council.example",
		"basis: established\n" BOX_DOCUMENT),
	    NOT_ENTITLED);
}

static void who_copies_an_order_from_paper_signs_it(void **state)
{
	expect_void(*state,
	    box_add(*state, RECORD_ORDER, AT, POLICE,
		"what: warrant\nissuer: court.example\n"
		"from-paper-by: notary.example\npermits: image\n" BOX_DOCUMENT),
	    NOT_ENTITLED);
}

static void a_void_record_is_not_corrected(void **state)
{
	struct case_box *box = *state;
	char hex[HASH_HEX_SIZE];
	uint32_t leaf = box_policy(box, COURT, "red-line: council.example\n");

	expect_void(box, leaf, NOT_POLICY_HOLDER);
	expect_void(box,
	    box_addf(box, RECORD_CORRECTION, AT, COURT,
		"corrects: %s\nfield: red-line\nvalue: transit.example\n"
		"reason: a slip\n",
		fixture_case_id(box->f, leaf, hex)),
	    UNKNOWN_RECORD);
}

/* ---- locks ---- */

#define CLERK "party: clerk.example\nside: neutral\norg: COURT\nkey: @\n"

/* The police lock their image to these, who all sign. */
static uint32_t lock_to(struct case_box *box, int threshold, const char *names)
{
	char signers[256], name[128];
	struct slice rest = slice_of(names);
	struct buf fields;

	image(box, "  type: image\n");
	box_add(box, RECORD_JOIN, AT, "clerk.example " POLICE, CLERK);
	buf_init(&fields, 1024);
	buf_printf(
	    &fields, "custodian: police.example\nthreshold: %d\n", threshold);
	while (box_next_name(&rest, name))
		buf_printf(&fields, "holder: %s\n", name);
	buf_puts(&fields, "plaintext: destroyed\nitem: I-9\n");
	(void)snprintf(signers, sizeof(signers), POLICE " %s", names);
	uint32_t leaf = box_add(box, RECORD_LOCK, NEXT_DAY, signers, fields.p);
	buf_done(&fields);
	return leaf;
}

static void one_organisation_does_not_open_a_lock_alone(void **state)
{
	expect_void(*state,
	    lock_to(*state, 2,
		"court.example clerk.example notary.example owner.example"),
	    QUORUM);
}

static void one_organisation_does_not_keep_a_lock_closed_alone(void **state)
{
	expect_void(*state,
	    lock_to(*state, 3,
		"court.example clerk.example notary.example owner.example"),
	    QUORUM);
}

static void a_lock_that_nobody_can_open_is_void(void **state)
{
	expect_void(*state,
	    lock_to(*state, 5, "court.example notary.example owner.example"),
	    QUORUM);
}

/* ---- lists ---- */

static void expect_no_list(const struct case_box *box)
{
	assert_null(case_state_first_list(box->f->state));
	assert_int_equal(case_state_item_count(box->f->state), 0);
}

static void a_seizure_belongs_to_the_list_of_the_same_signers(void **state)
{
	struct case_box box;

	(void)state;
	box_init(&box);
	box_list(&box, "police.example notary.example", BOX_ITEMS);
	box_seize(&box, "police.example court.example",
	    BOX_TAKEN "authority-signature: signed\n"
		      "owner-signature: refused\n");
	expect_no_list(&box);
	box_seize(&box, BOX_EVERYONE, BOX_SEIZED);
	expect_no_list(&box);
	box_done(&box);
}

static void a_list_has_as_many_items_as_its_seizure_says(void **state)
{
	struct case_box box;

	(void)state;
	box_init(&box);
	box_list(&box, BOX_EVERYONE, BOX_ITEMS);
	(void)snprintf(box.f->items, sizeof(box.f->items), "8");
	box_seize(&box, BOX_EVERYONE, BOX_SEIZED);
	expect_no_list(&box);
	box_done(&box);
}

static uint32_t add_part(
    struct case_box *box, const char *part, const char *item)
{
	char below[512];

	(void)snprintf(below, sizeof(below),
	    "part: %s\npopulation: " ZEROS "\n%s", part, item);
	return box_add_text(
	    box, "list", BOX_JUNE(20, "09:00:00"), BOX_EVERYONE, below);
}

static void a_list_is_the_one_that_was_signed_for(void **state)
{
	struct case_box box;

	(void)state;
	box_init(&box);
	add_part(&box, "1/1", "item: X-1\n  type: drive\n");
	(void)snprintf(box.f->items, sizeof(box.f->items), "1");
	(void)snprintf(box.f->population, sizeof(box.f->population), ZEROS);
	box_seize(&box, BOX_EVERYONE, BOX_SEIZED);
	expect_no_list(&box);
	box_done(&box);
}

static void a_seal_stands_once_in_all_parts_of_a_list(void **state)
{
	struct case_box box;

	(void)state;
	box_init(&box);
	add_part(&box, "1/2", "item: X-1\n  type: drive\n  seal: 5\n");
	expect_breach(&box,
	    add_part(&box, "2/2", "item: X-2\n  type: drive\n  seal: 5\n"),
	    NUMBER_REUSED);
	box_done(&box);
}

static void what_is_found_late_is_no_first_list(void **state)
{
	struct case_box box;

	(void)state;
	box_init(&box);
	box_list(&box, "police.example notary.example",
	    "found-late: behind a cupboard\n" BOX_LOOSE);
	assert_null(case_state_first_list(box.f->state));
	assert_true(box_holds(&box, POLICE, "D-9", AT));
	box_done(&box);
}

static void the_owners_list_may_have_the_same_neutral_signer(void **state)
{
	struct case_box box;

	(void)state;
	box_init(&box);
	box_list(&box, "police.example notary.example", BOX_ITEMS);
	box_seize(&box, "police.example notary.example",
	    BOX_TAKEN "authority-signature: signed\n"
		      "owner-signature: refused\n");
	expect_good(
	    &box, box_list(&box, "owner.example notary.example", BOX_ITEMS));
	box_done(&box);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(a_copy_has_a_type),
	    TEST(a_copy_is_on_something_known),
	    TEST(what_is_copied_is_the_custodians),
	    TEST(who_reads_holds_it),
	    TEST(who_discloses_holds_it),
	    TEST(on_whose_machine_it_was_opened_may_disclose_it),
	    TEST(who_handles_it_holds_it),
	    TEST(what_is_found_has_a_type),
	    TEST(things_are_found_in_what_one_holds),
	    TEST(what_is_counted_is_what_is_named),
	    TEST(another_seal_that_is_found_broken_is_no_breach),
	    TEST(who_did_not_sign_declared_nothing),
	    TEST(a_bag_does_not_vouch_for_what_a_rule_was_broken_with),
	    TEST(after_a_breach_a_sighting_says_who_holds_it),
	    TEST(the_holder_and_a_friend_do_not_say_who_holds_it),
	    TEST(who_does_not_sign_is_not_said_to_hold_it),
	    TEST(who_never_held_it_is_not_said_to_hold_it),
	    TEST(what_has_a_broken_seal_is_not_identified),
	    TEST(a_key_of_somebody_else_does_not_say_who_holds_it),
	    TEST(whoever_belongs_to_a_giver_is_not_disinterested),
	    cmocka_unit_test(
		whose_key_came_later_was_not_countersigned_by_the_genesis),
	    TEST(what_is_only_asserted_joins_nobody),
	    TEST(an_overseer_alone_changes_no_policy),
	    TEST(an_overseer_is_neutral),
	    TEST(who_copies_an_order_from_paper_signs_it),
	    TEST(a_void_record_is_not_corrected),
	    TEST(one_organisation_does_not_open_a_lock_alone),
	    TEST(one_organisation_does_not_keep_a_lock_closed_alone),
	    TEST(a_lock_that_nobody_can_open_is_void),
	    cmocka_unit_test(a_seizure_belongs_to_the_list_of_the_same_signers),
	    cmocka_unit_test(a_list_has_as_many_items_as_its_seizure_says),
	    cmocka_unit_test(a_list_is_the_one_that_was_signed_for),
	    cmocka_unit_test(a_seal_stands_once_in_all_parts_of_a_list),
	    cmocka_unit_test(what_is_found_late_is_no_first_list),
	    cmocka_unit_test(the_owners_list_may_have_the_same_neutral_signer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
