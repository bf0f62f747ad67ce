/*
 * test_case_small_print.c: the single conditions inside a finding: what each of
 * them alone makes of the word and its codes (findings 5).
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
#define ROOM "room.example"
#define POLICE "police.example"
#define COURT "court.example"
#define NOTARY "notary.example"
#define SEALED(n) "  seal: " #n "\n  state: intact\n"

static const char *id(const struct case_box *box, uint32_t leaf)
{
	static char hex[8][HASH_HEX_SIZE];
	static size_t next;

	return fixture_case_id(box->f, leaf, hex[next++ % 8]);
}

static uint32_t tell(struct case_box *box, const char *at, const char *signers,
    const char *fields)
{
	return box_add(box, RECORD_INCIDENT, at, signers, fields);
}

static uint32_t look(struct case_box *box, const char *at, const char *fields)
{
	return box_addf(
	    box, RECORD_INSPECTION, at, BOX_LOOKERS, BOX_LOOKED "%s", fields);
}

/* A case with its own list, given to the evidence room, and the question. */
static void start(struct case_box *box, const char *items, const char *seizure)
{
	box_done(box);
	box_init(box);
	box_list(box, BOX_EVERYONE, items);
	box_seize(box, BOX_EVERYONE, seizure);
}

static uint32_t correct(
    struct case_box *box, uint32_t of, const char *signer, const char *fields)
{
	char at[WHEN_SIZE];

	box_not_before(box, BOX_JULY(12, "08:00:00"), at);
	return box_addf(box, RECORD_CORRECTION, at, signer,
	    "corrects: %s\n%sreason: a slip\n", id(box, of), fields);
}

/* ---- sightings ---- */

static void what_was_seen_in_the_period_and_told_late_is_no_last_sighting(
    void **state)
{
	uint32_t leaf =
	    box_add_late(*state, RECORD_INSPECTION, BOX_JULY(03, "09:00:00"),
		BOX_JULY(10, "09:00:00"), BOX_LOOKERS, BOX_SEEN_ALL);

	expect_hardware(
	    *state, "D-9", "NOT-SHOWN last-sighting:-,late:%u", leaf);
}

static void a_seal_that_nobody_has_on_record_seals_nothing(void **state)
{
	struct case_box *box = *state;

	start(box,
	    BOX_ITEMS "item: B-3\n  type: package\n"
		      "item: D-3\n  type: drive\n  inside: B-3\n",
	    BOX_SEIZED);
	box_ask(box, BOX_ASKED);
	box_add(box, RECORD_INSPECTION, BOX_JULY(12, "07:00:00"),
	    "police.example court.example",
	    "custodian: police.example\nalso-in: none\nitem: B-3\n"
	    "  seen: package-sealed\n" SEALED(77));
	expect_hardware(box, "D-3", BOX_UNSEEN);
}

static void what_is_too_deep_in_others_has_no_timeline(void **state)
{
	struct case_box *box = *state;
	struct buf items;

	buf_init(&items, 4096);
	buf_puts(&items, BOX_LOOSE "item: P-0\n  type: package\n");
	for (int i = 1; i <= 9; i++)
		buf_printf(&items, "item: P-%d\n  type: %s\n  inside: P-%d\n",
		    i, i == 9 ? "drive" : "package", i - 1);
	start(box, items.p, BOX_SEIZED);
	buf_done(&items);
	box_ask(box, BOX_ASKED);
	expect_hardware(
	    box, "P-9", "NOT-SHOWN first-sighting:-,chain:-,last-sighting:-");
}

/* ---- witnesses ---- */

static void a_no_has_at_least_one_witness(void **state)
{
	struct case_box box;

	(void)state;
	box_open(&box, "witness-quorum: 0\n");
	box_join(&box, ROOM);
	box_join(&box, COURT);
	box_list(&box, BOX_BOTH, BOX_LOOSE);
	box_seize(&box, BOX_BOTH,
	    BOX_TAKEN "authority-signature: signed\n"
		      "owner-signature: signed\n");
	box_ask(&box, BOX_ASKED);
	expect_unlisted(&box, "NO");
	box.witnessed = 0;
	expect_unlisted(&box, "NO-UNWITNESSED");
	box_done(&box);
}

/* ---- missing, broken, destroyed ---- */

static void what_one_record_saw_and_missed_was_not_seen_before(void **state)
{
	uint32_t leaf = look(*state, BOX_JULY(11, "09:00:00"),
	    BOX_SEEN(1) "item: D-1\n  found: missing\n");

	expect_hardware(*state, "D-1", "CONTESTED missing:%u", leaf);
}

static void who_does_not_hold_it_does_not_miss_it(void **state)
{
	box_add(*state, RECORD_INSPECTION, BOX_JULY(11, "09:00:00"),
	    "transit.example room.example",
	    "custodian: transit.example\nitem: D-9\n  found: missing\n");
	expect_hardware(*state, "D-9", BOX_UNSEEN);
}

static void another_number_is_a_broken_seal(void **state)
{
	uint32_t leaf = look(*state, BOX_JULY(03, "09:00:00"),
	    "item: D-9\n  seen: serial-read\n" SEALED(7));

	expect_hardware(
	    *state, "D-9", "CONTESTED seal-broken:%u,breach:%u", leaf, leaf);
}

static void a_breach_that_misses_it_is_not_said_twice(void **state)
{
	uint32_t leaf = look(*state, BOX_JULY(03, "09:00:00"),
	    "item: D-9\n  found: missing\n" SEALED(7));

	expect_hardware(*state, "D-9",
	    "CONTESTED missing:%u,seal-broken:%u,breach:%u", leaf, leaf, leaf);
}

static void an_opening_before_it_was_seen_explains_nothing(void **state)
{
	uint32_t leaf;

	box_done(*state);
	box_init(*state);
	box_intake(*state);
	box_give(*state, BOX_JUNE(21, "09:00:00"), POLICE, ROOM);
	box_add(*state, RECORD_HANDLING, BOX_JUNE(24, "09:00:00"), BOX_LOOKERS,
	    "custodian: room.example\nwitness: court.example\n"
	    "authority: the order\nitem: D-9\n  action: open\n");
	look(*state, BOX_JUNE(26, "09:00:00"), BOX_SEEN_LOOSE);
	leaf = tell(*state, BOX_JUNE(28, "09:00:00"), ROOM,
	    "what: seal-broken\nitem: D-9\n");
	box_ask(*state, BOX_ASKED);
	expect_hardware(*state, "D-9", "CONTESTED seal-broken:%u", leaf);
}

static void what_was_destroyed_after_it_was_seen_contests_nothing(void **state)
{
	box_look(*state);
	box_add(*state, RECORD_DISPOSAL, BOX_JULY(12, "08:00:00"),
	    "room.example owner.example",
	    "custodian: room.example\nwitness: owner.example\nitem: D-9\n");
	expect_hardware(*state, "D-9", "NO");
}

static void what_was_destroyed_in_a_breach_was_destroyed_unseen(void **state)
{
	uint32_t leaf = box_add(*state, RECORD_DISPOSAL,
	    BOX_JULY(03, "09:00:00"), BOX_LOOKERS,
	    "custodian: room.example\nwitness: room.example\nitem: D-9\n"
	    "  seen: serial-read\n");

	expect_breach(*state, leaf, SELF_WITNESS);
	expect_hardware(*state, "D-9",
	    "CONTESTED destroyed-unseen:%u,breach:%u", leaf, leaf);
}

/* ---- telltales ---- */

static void counters_that_went_on_after_the_period_contest_nothing(void **state)
{
	look(*state, BOX_JULY(11, "09:00:00"),
	    "also-in: none\n" BOX_SEEN(1) "item: D-1\n"
					  "  telltale: power-on-hours 5\n");
	look(*state, BOX_JULY(12, "07:00:00"),
	    "also-in: none\n" BOX_SEEN(1) "item: D-1\n"
					  "  telltale: power-on-hours 9\n");
	expect_data(*state, "D-1", "NO");
}

/* ---- the closed bag ---- */

static void a_bag_broken_between_two_looks_was_closed_for_the_first(
    void **state)
{
	uint32_t leaf;

	look(*state, BOX_JULY(11, "09:00:00"), BOX_SEEN(1));
	leaf = tell(*state, BOX_JULY(11, "12:00:00"), ROOM,
	    "what: seal-broken\nitem: B-1\n");
	box_look(*state);
	expect_hardware(*state, "D-1", "NO");
	expect_data(*state, "D-1", "NOT-SHOWN also-in:%u", leaf - 1);
}

#define OWN_BAG                                                                \
	BOX_PACKAGE(1)                                                         \
	"item: D-3\n  type: drive\n  inside: B-1\n"                            \
	"  seal: 3003\n  seal-type: enclosing\n"

static uint32_t see_own_bag(
    struct case_box *box, const char *handling, const char *seal)
{
	start(box, OWN_BAG, BOX_SEIZED);
	if (handling != NULL)
		box_add(box, RECORD_HANDLING, BOX_JUNE(22, "09:00:00"),
		    "police.example court.example", handling);
	box_ask(box, BOX_ASKED);
	return box_addf(box, RECORD_INSPECTION, BOX_JULY(12, "07:00:00"),
	    "police.example court.example",
	    "custodian: police.example\nalso-in: none\nitem: D-3\n"
	    "  seen: serial-read\n%s",
	    seal);
}

static void the_bag_is_seen_to_be_whole(void **state)
{
	uint32_t leaf;

	see_own_bag(*state, NULL, SEALED(3003));
	expect_data(*state, "D-3", "NO");
	leaf = see_own_bag(*state, NULL, "  seal: 3003\n");
	expect_data(*state, "D-3", "NOT-SHOWN enclosed:%u", leaf);
}

static void a_bag_that_is_open_is_not_whole(void **state)
{
	uint32_t leaf = see_own_bag(*state,
	    "custodian: police.example\nwitness: court.example\n"
	    "present-throughout: yes\nauthority: the order\n"
	    "item: D-3\n  action: open\n",
	    SEALED(3003));

	expect_data(*state, "D-3", "NOT-SHOWN enclosed:%u", leaf);
}

/* ---- copies ---- */

#define QUORUM                                                                 \
	"threshold: 2\nholder: notary.example\nholder: court.example\n"        \
	"holder: owner.example\n"
#define NOBODY_NEUTRAL                                                         \
	"threshold: 2\nholder: transit.example\nholder: room.example\n"        \
	"holder: owner.example\n"
#define ATTENDED                                                               \
	"custodian: room.example\nwitness: court.example\n"                    \
	"present-throughout: yes\nauthority: the order\n"

/* An image of D-1 is made before the court, on `inside`; its leaf. */
static uint32_t copy(struct case_box *box, const char *inside)
{
	box_done(box);
	box_init(box);
	box_intake(box);
	box_give(box, BOX_JUNE(21, "09:00:00"), POLICE, ROOM);
	uint32_t under =
	    box_add(box, RECORD_ORDER, BOX_JUNE(22, "08:00:00"), COURT,
		"what: authorisation\nissuer: court.example\npermits: image\n");
	box_add(box, RECORD_HANDLING, BOX_JUNE(22, "09:00:00"), BOX_LOOKERS,
	    ATTENDED "item: B-1\n  action: open\n");
	uint32_t leaf = box_addf(box, RECORD_IMAGE, BOX_JUNE(22, "09:10:00"),
	    "police.example room.example court.example",
	    "examiner: police.example\ncustodian: room.example\n"
	    "witness: court.example\npresent-throughout: yes\norder: %s\n"
	    "item: I-1\n  type: image\n  derived-from: D-1\n%s",
	    id(box, under), inside);
	box_add(box, RECORD_HANDLING, BOX_JUNE(22, "09:20:00"), BOX_LOOKERS,
	    ATTENDED "item: B-1\n  action: reseal\n  seal: 2001\n"
		     "  seal-type: enclosing\n");
	return leaf;
}

static void lock(struct case_box *box, const char *signers, const char *quorum)
{
	box_addf(box, RECORD_LOCK, BOX_JUNE(22, "10:00:00"), signers,
	    "custodian: police.example\n%splaintext: destroyed\nitem: I-1\n",
	    quorum);
}

#define RESEALED "item: B-1\n  seen: package-sealed\n" SEALED(2001)

static void ask_and_look(
    struct case_box *box, const char *inspector, const char *items)
{
	char signers[128];

	(void)snprintf(signers, sizeof(signers), ROOM " %s", inspector);
	box_ask(box, BOX_ASKED);
	box_addf(box, RECORD_INSPECTION, BOX_JULY(12, "07:00:00"), signers,
	    "custodian: room.example\nalso-in: none\n%s", items);
}

static void a_lock_before_nobody_neutral_closes_nothing(void **state)
{
	uint32_t leaf = copy(*state, "");

	lock(*state,
	    "police.example transit.example room.example owner.example",
	    NOBODY_NEUTRAL);
	ask_and_look(*state, COURT, RESEALED);
	expect_data(*state, "D-1", "NOT-SHOWN copies:%u", leaf);
}

static void a_lock_that_somebody_else_may_have_signed_closes_nothing(
    void **state)
{
	uint32_t leaf = copy(*state, "");

	lock(*state,
	    "police.example notary.example court.example owner.example",
	    QUORUM);
	box_add(*state, RECORD_KEY, BOX_JUNE(23, "09:00:00"),
	    "owner.example owner.example+2 police.example",
	    "party: owner.example\naction: rotate\nold-key: @\nkey: @+2\n"
	    "compromised-since: 2023-06-22T10:00:00Z\n");
	((struct case_box *)*state)->question = box_add(*state, RECORD_QUESTION,
	    BOX_JULY(04, "08:00:00"), POLICE, BOX_ASKED);
	box_add(*state, RECORD_INSPECTION, BOX_JULY(12, "07:00:00"),
	    BOX_LOOKERS, BOX_LOOKED "also-in: none\n" RESEALED);
	expect_data(*state, "D-1", "NOT-SHOWN copies:%u", leaf);
}

static void a_copy_that_was_destroyed_unseen_is_not_closed(void **state)
{
	uint32_t leaf = copy(*state, "");

	box_add(*state, RECORD_DISPOSAL, BOX_JUNE(23, "08:10:00"),
	    "police.example owner.example",
	    "custodian: police.example\nwitness: owner.example\nitem: I-1\n");
	ask_and_look(*state, COURT, RESEALED);
	expect_data(*state, "D-1", "NOT-SHOWN copies:%u", leaf);
}

static void a_copy_on_a_closed_medium_is_closed(void **state)
{
	copy(*state, "  inside: D-2\n");
	ask_and_look(*state, COURT, RESEALED BOX_SEEN(2));
	expect_data(*state, "D-1", "NO");
}

static void a_medium_that_nobody_saw_is_not_closed(void **state)
{
	uint32_t leaf = copy(*state, "  inside: D-2\n");

	ask_and_look(*state, COURT, RESEALED);
	expect_data(*state, "D-1", "NOT-SHOWN copies:%u", leaf);
}

static void a_medium_without_a_bag_is_not_closed(void **state)
{
	uint32_t leaf = copy(*state, "  inside: D-9\n");

	ask_and_look(*state, COURT, RESEALED BOX_SEEN_LOOSE);
	expect_data(*state, "D-1", "NOT-SHOWN copies:%u", leaf);
}

static void a_medium_whose_counters_went_on_is_not_closed(void **state)
{
	uint32_t leaf = copy(*state, "  inside: D-2\n");

	look(*state, BOX_JUNE(24, "09:00:00"),
	    "item: D-2\n  telltale: power-on-hours 5\n");
	look(*state, BOX_JUNE(25, "09:00:00"),
	    "item: D-2\n  telltale: power-on-hours 9\n");
	ask_and_look(*state, COURT, RESEALED BOX_SEEN(2));
	expect_data(*state, "D-1", "NOT-SHOWN copies:%u", leaf);
}

/* ---- keys that were another's ---- */

static void what_another_key_signed_is_not_compromised(void **state)
{
	look(
	    *state, BOX_JULY(05, "09:00:00"), "also-in: none\n" BOX_SEEN_LOOSE);
	box_add(*state, RECORD_KEY, AT,
	    "court.example court.example+2 police.example",
	    "party: court.example\naction: rotate\nold-key: @\nkey: @+2\n");
	box_add(*state, RECORD_KEY, BOX_JULY(07, "09:00:00"), "court.example+2",
	    "party: court.example\naction: revoke\nold-key: @+2\n"
	    "compromised-since: 2023-07-01T00:00:00Z\n");
	expect_hardware(*state, "D-9", "NO");
}

/* ---- corrections ---- */

static void a_listing_that_was_corrected_supports_no_no(void **state)
{
	box_look(*state);
	correct(*state, 5, POLICE, "of-item: D-1\nfield: slot\nvalue: 2\n");
	expect_hardware(*state, "D-1", "NOT-SHOWN corrected:5");
}

static void what_nothing_rests_on_may_be_corrected(void **state)
{
	uint32_t leaf = tell(*state, AT, ROOM,
	    "what: damage\ndiscovered: 2023-07-05T08:00:00Z\nitem: D-9\n");

	box_look(*state);
	correct(*state, leaf, ROOM,
	    "field: discovered\nvalue: 2023-07-05T07:00:00Z\n");
	expect_hardware(*state, "D-9", "NO");
}

static void a_correction_takes_nothing_from_a_yes(void **state)
{
	uint32_t relation = box_establish(*state, ROOM, "council.example");
	uint32_t given = 7;

	box_look(*state);
	expect_hardware(*state, "D-9", "YES held:%u", given);
	correct(*state, relation, POLICE, "field: basis\nvalue: asserted\n");
	expect_hardware(*state, "D-9", "YES held:%u", given);
}

/* ---- unlisted ---- */

static void counts_of_computers_are_of_casings(void **state)
{
	start(*state, BOX_ITEMS "item: C-3\n  type: casing\n", BOX_SEIZED);
	box_ask(*state, BOX_ASKED);
	box_claim(*state, "asserts: count\n" BOX_SAID "count: 3 computer\n");
	expect_unlisted(*state, "NO");
}

static void without_a_list_every_count_is_over(void **state)
{
	uint32_t leaf;

	box_done(*state);
	box_init(*state);
	box_ask(*state, BOX_ASKED);
	leaf =
	    box_claim(*state, "asserts: count\n" BOX_SAID "count: 0 drive\n");
	expect_unlisted(*state, "CONTESTED no-list:-,count:%u", leaf);
}

static void a_claim_that_was_dismissed_speaks_for_nothing_unlisted(void **state)
{
	box_done(*state);
	box_init(*state);
	box_ask(*state, BOX_ASKED);
	uint32_t leaf = box_claim(*state, BOX_CLAIMED);
	expect_unlisted(*state, "CONTESTED claim:%u,no-list:-", leaf);
	box_assess(*state, leaf, COURT, "E5");
	expect_unlisted(*state, "NOT-SHOWN no-list:-");
}

static void the_owners_signature_is_enough_for_a_list(void **state)
{
	box_done(*state);
	box_init(*state);
	box_list(*state, BOX_BOTH, BOX_ITEMS);
	box_seize(*state, BOX_BOTH,
	    BOX_TAKEN "authority-signature: signed\n"
		      "owner-signature: signed\n");
	box_ask(*state, BOX_ASKED);
	expect_unlisted(*state, "NO");
}

#define UNOPENED BOX_ITEMS "item: PC-3\n  type: computer\n  opened: no\n"
#define OPENS(witness)                                                         \
	"custodian: police.example\nwitness: " witness                         \
	"\nauthority: the order\nitem: PC-3\n  action: open\n"

static void a_computer_that_was_opened_since_is_shown(void **state)
{
	start(*state, UNOPENED, BOX_SEIZED);
	box_add(*state, RECORD_HANDLING, BOX_JUNE(22, "09:00:00"),
	    "police.example court.example", OPENS(COURT));
	box_ask(*state, BOX_ASKED);
	expect_unlisted(*state, "NO");
}

static void a_computer_that_was_opened_in_a_breach_is_not_shown(void **state)
{
	start(*state, UNOPENED, BOX_SEIZED);
	box_add(*state, RECORD_HANDLING, BOX_JUNE(22, "09:00:00"), POLICE,
	    OPENS(POLICE));
	box_ask(*state, BOX_ASKED);
	expect_unlisted(*state, "NOT-SHOWN bay:5");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(what_was_seen_in_the_period_and_told_late_is_no_last_sighting),
	    TEST(a_seal_that_nobody_has_on_record_seals_nothing),
	    TEST(what_is_too_deep_in_others_has_no_timeline),
	    cmocka_unit_test(a_no_has_at_least_one_witness),
	    TEST(what_one_record_saw_and_missed_was_not_seen_before),
	    TEST(who_does_not_hold_it_does_not_miss_it),
	    TEST(another_number_is_a_broken_seal),
	    TEST(a_breach_that_misses_it_is_not_said_twice),
	    TEST(an_opening_before_it_was_seen_explains_nothing),
	    TEST(what_was_destroyed_after_it_was_seen_contests_nothing),
	    TEST(what_was_destroyed_in_a_breach_was_destroyed_unseen),
	    TEST(counters_that_went_on_after_the_period_contest_nothing),
	    TEST(a_bag_broken_between_two_looks_was_closed_for_the_first),
	    TEST(the_bag_is_seen_to_be_whole),
	    TEST(a_bag_that_is_open_is_not_whole),
	    TEST(a_lock_before_nobody_neutral_closes_nothing),
	    TEST(a_lock_that_somebody_else_may_have_signed_closes_nothing),
	    TEST(a_copy_that_was_destroyed_unseen_is_not_closed),
	    TEST(a_copy_on_a_closed_medium_is_closed),
	    TEST(a_medium_that_nobody_saw_is_not_closed),
	    TEST(a_medium_without_a_bag_is_not_closed),
	    TEST(a_medium_whose_counters_went_on_is_not_closed),
	    TEST(what_another_key_signed_is_not_compromised),
	    TEST(a_listing_that_was_corrected_supports_no_no),
	    TEST(what_nothing_rests_on_may_be_corrected),
	    TEST(a_correction_takes_nothing_from_a_yes),
	    TEST(counts_of_computers_are_of_casings),
	    TEST(without_a_list_every_count_is_over),
	    TEST(a_claim_that_was_dismissed_speaks_for_nothing_unlisted),
	    TEST(the_owners_signature_is_enough_for_a_list),
	    TEST(a_computer_that_was_opened_since_is_shown),
	    TEST(a_computer_that_was_opened_in_a_breach_is_not_shown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
