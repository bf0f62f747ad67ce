/*
 * test_case_disposal.c: things are moved, given back and destroyed.
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

static uint32_t destroy(
    struct case_box *box, const char *witness, const char *item)
{
	char signers[128];

	(void)snprintf(signers, sizeof(signers), "room.example %s", witness);
	return box_addf(box, RECORD_DISPOSAL, AT, signers,
	    "custodian: room.example\nwitness: %s\nmethod: shredded\n%s",
	    witness, item);
}

static void what_is_moved_stays_with_its_holder(void **state)
{
	struct case_box *box = *state;

	expect_good(box,
	    box_add(box, RECORD_MOVE, AT, "room.example",
		"custodian: room.example\nplace: shelf 2\nitem: B-1\n"));
	box_look(box);
	expect_both(box, "D-1", "NO");
}

static void only_the_holder_moves_it_under_its_seal(void **state)
{
	struct case_box *box = *state;

	expect_not_holder(box,
	    box_add(box, RECORD_MOVE, AT, "police.example",
		"custodian: police.example\nitem: B-1\n"));
	expect_breach(box,
	    box_add(box, RECORD_MOVE, AT, "room.example",
		"custodian: room.example\nitem: B-1\n  seal: 7\n"),
	    SEAL_UNEXPLAINED);
	expect_breach(box,
	    box_add(box, RECORD_MOVE, AT, "room.example",
		"custodian: room.example\nitem: D-1\n"),
	    SEAL_UNEXPLAINED);
}

static void what_is_given_back_is_held_by_its_owner(void **state)
{
	struct case_box *box = *state;

	expect_good(box,
	    box_add(box, RECORD_RELEASE, AT, "room.example owner.example",
		"from: room.example\nto: owner.example\n"
		"counted-by-giver: 1\ncounted-by-receiver: 1\n"
		"remaining-copy: none\nitem: B-1\n"));
	assert_true(
	    box_holds(box, "owner.example", "D-1", BOX_JULY(07, "09:00:00")));
}

static void after_a_breach_who_gives_it_away_still_counts_as_a_holder(
    void **state)
{
	struct case_box *box = *state;

	expect_breach(box,
	    box_add(box, RECORD_MOVE, AT, "room.example",
		"custodian: room.example\nitem: B-1\n  seal: 7\n"),
	    SEAL_UNEXPLAINED);
	box_give_one(box, BOX_JULY(07, "09:00:00"), "room.example",
	    "police.example", "B-1");
	assert_true(
	    box_holds(box, "room.example", "D-1", BOX_JULY(08, "09:00:00")));
	assert_true(
	    box_holds(box, "police.example", "D-1", BOX_JULY(08, "09:00:00")));
}

static void a_release_is_counted_by_both(void **state)
{
	struct case_box *box = *state;

	expect_breach(box,
	    box_add(box, RECORD_RELEASE, AT, "room.example owner.example",
		"from: room.example\nto: owner.example\n"
		"counted-by-giver: 1\ncounted-by-receiver: 2\nitem: B-1\n"),
	    COUNT_DIFFERS);
}

static void nobody_holds_what_is_destroyed(void **state)
{
	struct case_box *box = *state;

	expect_good(box,
	    destroy(box, "court.example", "item: D-9\n  seen: serial-read\n"));
	assert_false(
	    box_holds(box, "room.example", "D-9", BOX_JULY(07, "09:00:00")));
	expect_not_holder(box,
	    box_give_one(box, BOX_JULY(07, "09:00:00"), "room.example",
		"police.example", "D-9"));
}

static void destroyed_before_somebody_disinterested_contests_nothing(
    void **state)
{
	struct case_box *box = *state;

	destroy(box, "court.example", "item: D-9\n  seen: serial-read\n");
	expect_hardware(box, "D-9", BOX_UNSEEN);
}

static void destroyed_unseen_is_contested_for_ever(void **state)
{
	struct case_box *box = *state;
	uint32_t leaf = destroy(box, "court.example", "item: D-9\n");

	box_look(box);
	expect_both(box, "D-9", "CONTESTED destroyed-unseen:%u", leaf);
	expect_hardware(box, "D-1", "NO");
}

static void a_witness_of_the_holders_kind_has_not_seen_it(void **state)
{
	struct case_box *box = *state;
	uint32_t leaf =
	    destroy(box, "police.example", "item: D-9\n  seen: serial-read\n");

	expect_hardware(box, "D-9", "CONTESTED destroyed-unseen:%u", leaf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	    TEST(what_is_moved_stays_with_its_holder),
	    TEST(only_the_holder_moves_it_under_its_seal),
	    TEST(what_is_given_back_is_held_by_its_owner),
	    TEST(after_a_breach_who_gives_it_away_still_counts_as_a_holder),
	    TEST(a_release_is_counted_by_both),
	    TEST(nobody_holds_what_is_destroyed),
	    TEST(destroyed_before_somebody_disinterested_contests_nothing),
	    TEST(destroyed_unseen_is_contested_for_ever),
	    TEST(a_witness_of_the_holders_kind_has_not_seen_it),
#undef TEST
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
