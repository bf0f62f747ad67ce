/*
 * test_case_unlisted.c: whether there was more than the list says (findings
 * 5.5): all four outcomes, and never YES.
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

static int tear_down(void **state)
{
	box_done(*state);
	free(*state);
	return 0;
}

static void a_list_that_is_signed_and_counted_is_no(void **state)
{
	expect_unlisted(*state, "NO");
}

static void unlisted_without_a_witness_is_no_unwitnessed(void **state)
{
	struct case_box *box = *state;

	box->witnessed = 0;
	expect_unlisted(box, "NO-UNWITNESSED");
}

static void a_count_over_the_list_is_contested(void **state)
{
	struct case_box *box = *state;
	uint32_t leaf =
	    box_claim(box, "asserts: count\n" BOX_SAID "count: 4 drive\n");

	expect_unlisted(box, "CONTESTED count:%u", leaf);
}

static void a_count_of_the_list_or_less_is_not(void **state)
{
	box_claim(*state, "asserts: count\n" BOX_SAID "count: 3 drive\n");
	box_claim(*state, "asserts: count\n" BOX_SAID "count: 1 package\n");
	expect_unlisted(*state, "NO");
}

static void counts_of_computers_are_held_against_casings(void **state)
{
	struct case_box *box = *state;
	uint32_t leaf;

	box_claim(box, "asserts: count\n" BOX_SAID "count: 2 computer\n");
	expect_unlisted(box, "NO");
	leaf =
	    box_claim(box, "asserts: count\n" BOX_SAID "count: 3 computer\n");
	expect_unlisted(box, "CONTESTED count:%u", leaf);
}

static void a_count_that_does_not_count_is_not(void **state)
{
	struct case_box *box = *state;
	uint32_t leaf =
	    box_claim(box, "asserts: count\n" BOX_SAID "count: 4 drive\n");

	box_assess(box, leaf, "court.example", "E5");
	box_add(box, RECORD_CLAIM, BOX_JULY(08, "09:00:00"), "owner.example",
	    "asserts: count\n" BOX_SAID "count: 5 drive\n");
	expect_unlisted(box, "NO");
}

static void init_seized(struct case_box *box, const char *signers,
    const char *items, const char *seizure)
{
	box_init(box);
	box_list(box, signers, items);
	box_seize(box, signers, seizure);
	box_ask(box, BOX_ASKED);
}

static void a_count_made_at_the_seizure_is_one(void **state)
{
	struct case_box box;

	(void)state;
	init_seized(
	    &box, BOX_EVERYONE, BOX_ITEMS, BOX_SEIZED "announced: 4 drive\n");
	expect_unlisted(&box, "CONTESTED count:6");
	box_done(&box);
}

static void a_computer_not_opened_is_not_shown(void **state)
{
	struct case_box box;

	(void)state;
	init_seized(&box, BOX_EVERYONE,
	    BOX_ITEMS "item: PC-3\n  type: computer\n  opened: no\n",
	    BOX_SEIZED);
	expect_unlisted(&box, "NOT-SHOWN bay:5");
	box_done(&box);
}

static void a_bay_not_opened_is_not_shown(void **state)
{
	struct case_box box;

	(void)state;
	init_seized(&box, BOX_EVERYONE,
	    BOX_ITEMS "item: PC-3\n  type: computer\n  opened: yes\n"
		      "  bay: 1 empty\n  bay: 2 not-opened\n",
	    BOX_SEIZED);
	expect_unlisted(&box, "NOT-SHOWN bay:5");
	box_done(&box);
}

static void an_empty_bay_is_shown(void **state)
{
	struct case_box box;

	(void)state;
	init_seized(&box, BOX_EVERYONE,
	    BOX_ITEMS "item: PC-3\n  type: computer\n  opened: yes\n"
		      "  bay: 1 empty\n",
	    BOX_SEIZED);
	expect_unlisted(&box, "NO");
	box_done(&box);
}

static void a_list_of_the_authority_alone_is_not_shown(void **state)
{
	struct case_box box;

	(void)state;
	init_seized(&box, "police.example", BOX_ITEMS,
	    BOX_TAKEN "authority-signature: signed\n"
		      "owner-signature: absent\n");
	expect_unlisted(&box, "NOT-SHOWN unsigned:6");
	box_done(&box);
}

static void a_list_signed_by_somebody_disinterested_is_no(void **state)
{
	struct case_box box;

	(void)state;
	init_seized(&box, "police.example notary.example", BOX_ITEMS,
	    BOX_TAKEN "authority-signature: signed\n"
		      "owner-signature: absent\nwitness: notary.example\n");
	expect_unlisted(&box, "NO");
	box_done(&box);
}

static void a_list_with_a_part_to_come_is_not_shown(void **state)
{
	struct case_box *box = *state;
	char hex[HASH_HEX_SIZE], below[256];
	struct hash any = hash_of("any", 3);

	hash_to_hex(hex, &any);
	(void)snprintf(below, sizeof(below),
	    "part: 1/2\npopulation: %s\nfound-late: behind a wall\n"
	    "item: D-10\n  type: drive\n",
	    hex);
	uint32_t leaf = box_add_text(
	    box, "list", BOX_JULY(05, "09:00:00"), BOX_EVERYONE, below);
	expect_unlisted(box, "NOT-SHOWN parts:%u", leaf);
}

static void without_a_list_nothing_is_shown(void **state)
{
	struct case_box box;

	(void)state;
	box_init(&box);
	box_ask(&box, BOX_ASKED);
	expect_unlisted(&box, "NOT-SHOWN no-list:-");
	box_done(&box);
}

static void without_a_list_a_claim_is_contested(void **state)
{
	struct case_finding finding = {0};
	struct case_box box;

	(void)state;
	box_init(&box);
	box_ask(&box, BOX_ASKED);
	uint32_t leaf = box_claim(&box, BOX_CLAIMED);
	box_find(&box, &finding);
	assert_int_equal(finding.line_count, 0);
	assert_int_equal(finding.unlisted.word, CASE_CONTESTED);
	assert_int_equal(finding.unlisted.reasons[0].code, CASE_CODE_CLAIM);
	assert_int_equal(finding.unlisted.reasons[0].leaf, leaf);
	case_finding_done(&finding);
	box_done(&box);
}

static void unlisted_is_never_yes(void **state)
{
	struct case_box *box = *state;

	box_answer(box, "room.example", "answer: yes\n");
	expect_unlisted(box, "NO");
}

#define EACH(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

/* long: one line a test */
static void an_inspection_that_counts_more_is_contested(void **state)
{
	struct case_box *box = *state;

	uint32_t leaf = box_add(box, RECORD_INSPECTION,
	    BOX_JULY(11, "09:00:00"), BOX_LOOKERS,
	    BOX_LOOKED "also-in: none\ncounted: 9 drive\n" BOX_SEEN(1));
	expect_unlisted(box, "CONTESTED count:%u", leaf);
}

static void an_unexpected_find_is_contested_if_somebody_there_made_it(
    void **state)
{
	struct case_box *box = *state;

	box_add(box, RECORD_INSPECTION, BOX_JULY(11, "08:00:00"),
	    "transit.example",
	    "custodian: room.example\nitem: D-77\n  found: unexpected\n");
	expect_unlisted(box, "NO");
	uint32_t leaf =
	    box_inspect(box, BOX_LOOKERS, "item: D-77\n  found: unexpected\n");
	expect_unlisted(box, "CONTESTED count:%u", leaf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    EACH(a_list_that_is_signed_and_counted_is_no),
	    EACH(unlisted_without_a_witness_is_no_unwitnessed),
	    EACH(a_count_over_the_list_is_contested),
	    EACH(a_count_of_the_list_or_less_is_not),
	    EACH(counts_of_computers_are_held_against_casings),
	    EACH(a_count_that_does_not_count_is_not),
	    EACH(a_count_made_at_the_seizure_is_one),
	    EACH(a_computer_not_opened_is_not_shown),
	    EACH(a_bay_not_opened_is_not_shown),
	    EACH(an_empty_bay_is_shown),
	    EACH(a_list_of_the_authority_alone_is_not_shown),
	    EACH(a_list_signed_by_somebody_disinterested_is_no),
	    EACH(a_list_with_a_part_to_come_is_not_shown),
	    EACH(without_a_list_nothing_is_shown),
	    EACH(without_a_list_a_claim_is_contested),
	    EACH(unlisted_is_never_yes),
	    cmocka_unit_test_setup_teardown(
		an_inspection_that_counts_more_is_contested, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		an_unexpected_find_is_contested_if_somebody_there_made_it,
		set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
