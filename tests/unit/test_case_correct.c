/*
 * test_case_correct.c: a correction can take a NO away and show a YES, never
 * make a NO (findings 5.7).
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

#define AT BOX_JULY(12, "08:00:00")

static uint32_t correct(
    struct case_box *box, uint32_t of, const char *signer, const char *more)
{
	char hex[HASH_HEX_SIZE];

	return box_addf(box, RECORD_CORRECTION, AT, signer,
	    "corrects: %s\n%sreason: it was written wrongly\n",
	    fixture_case_id(box->f, of, hex), more);
}

/* The hand-over of 21 June. */
static uint32_t given(const struct case_box *box)
{
	for (uint32_t i = 0;; i++)
		if (box_leaf(box, i)->kind == RECORD_HANDOVER)
			return i;
}

static void a_no_does_not_rest_on_a_corrected_record(void **state)
{
	struct case_box *box = *state;
	uint32_t look = box_look(box);

	expect_hardware(box, "D-9", "NO");
	expect_good(box,
	    correct(
		box, look, "court.example", "field: also-in\nvalue: none\n"));
	expect_hardware(box, "D-9", "NOT-SHOWN corrected:%u", look);
}

static void free_text_is_corrected_freely(void **state)
{
	struct case_box *box = *state;

	box_look(box);
	expect_good(box,
	    correct(box, given(box), "room.example",
		"field: purpose\nvalue: custody\n"));
	expect_hardware(box, "D-9", "NO");
}

static void read_with_another_term_it_is_yes(void **state)
{
	struct case_box *box = *state;
	uint32_t acts =
	    box_relate(box, BOX_BOTH, "transit.example", "council.example",
		"basis: established\nuntil: 2023-06-01\n" BOX_DOCUMENT);
	uint32_t give = box_give_late(box, BOX_JUNE(22, "09:00:00"),
	    "room.example", "transit.example", "D-9");

	expect_hardware(box, "D-9", "NOT-SHOWN last-sighting:-,late:%u", give);
	expect_good(
	    box, correct(box, acts, "police.example", "field: until\n"));
	expect_hardware(box, "D-9", "YES held:%u", give);
}

static void what_would_have_been_refused_is_no_reading(void **state)
{
	struct case_box *box = *state;

	box_look(box);
	expect_good(box,
	    correct(box, given(box), "room.example",
		"field: receiver\nvalue: absent\n"));
	/* Who signed cannot be said not to have. */
	expect_hardware(box, "D-9", "NOT-SHOWN corrected:%u", given(box));
}

static void read_with_a_broken_seal_it_is_contested(void **state)
{
	struct case_box *box = *state;
	uint32_t look = box_look(box);

	expect_good(box,
	    correct(box, look, "room.example",
		"of-item: B-1\nfield: state\nvalue: broken\n"));
	expect_hardware(box, "D-1", "CONTESTED seal-broken:%u", look);
	expect_hardware(box, "D-2", "NOT-SHOWN corrected:%u", look);
}

static void a_line_that_is_missing_is_put_in_its_place(void **state)
{
	struct case_box *box = *state;
	uint32_t look = box_look(box);

	expect_good(box,
	    correct(box, look, "room.example",
		"of-item: D-9\nfield: found\nvalue: missing\n"));
	expect_hardware(box, "D-9", "CONTESTED missing:%u", look);
}

static void a_line_is_left_out(void **state)
{
	struct case_box *box = *state;
	uint32_t look = box_look(box);

	expect_good(
	    box, correct(box, look, "room.example", "field: also-in\n"));
	expect_hardware(box, "D-9", "NOT-SHOWN corrected:%u", look);
}

static void a_correction_never_makes_a_no(void **state)
{
	struct case_box *box = *state;
	uint32_t look = box_add(box, RECORD_INSPECTION,
	    BOX_JULY(12, "07:00:00"), BOX_LOOKERS, BOX_LOOKED BOX_SEEN_LOOSE);

	expect_hardware(box, "D-9", "NOT-SHOWN also-in:%u", look);
	expect_good(box,
	    correct(box, look, BOX_LOOKERS, "field: also-in\nvalue: none\n"));
	expect_hardware(
	    box, "D-9", "NOT-SHOWN corrected:%u,also-in:%u", look, look);
}

static void only_a_signer_corrects(void **state)
{
	struct case_box *box = *state;
	uint32_t look = box_look(box);

	expect_void(box,
	    correct(box, look, "police.example",
		"of-item: B-1\nfield: state\nvalue: broken\n"),
	    NOT_ENTITLED);
	expect_hardware(box, "D-1", "NO");
}

static void only_a_field_that_is_there_and_a_value_that_can_stand(void **state)
{
	static const char *const wrong[] = {
	    "field: state\nvalue: broken\n",
	    "of-item: B-7\nfield: state\nvalue: broken\n",
	    "of-item: B-1\nfield: state\nvalue: dusty\n",
	    "of-item: B-1\nfield: state\noccurrence: 2\nvalue: broken\n",
	    "of-item: B-1\nfield: nothing\nvalue: broken\n",
	    "field: case\nvalue: another.example\n",
	    "field: custodian\n",
	    "field: custodian\nprivate-value: room.example\n",
	    "field: remark\nvalue: seen by nobody\n",
	};
	struct case_box *box = *state;
	uint32_t look = box_look(box);

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		expect_void(box, correct(box, look, "room.example", wrong[i]),
		    UNKNOWN_FIELD);
	expect_good(box,
	    correct(box, look, "room.example",
		"field: remark\nprivate-value: seen by all\n"));
	expect_hardware(box, "D-1", "NO");
}

static void what_was_asked_is_asked_anew(void **state)
{
	struct case_box *box = *state;

	expect_void(box,
	    correct(box, box->question, "owner.example",
		"field: concerns\nvalue: D-9\n"),
	    UNKNOWN_RECORD);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	    TEST(a_no_does_not_rest_on_a_corrected_record),
	    TEST(free_text_is_corrected_freely),
	    TEST(read_with_another_term_it_is_yes),
	    TEST(what_would_have_been_refused_is_no_reading),
	    TEST(read_with_a_broken_seal_it_is_contested),
	    TEST(a_line_that_is_missing_is_put_in_its_place),
	    TEST(a_line_is_left_out),
	    TEST(a_correction_never_makes_a_no),
	    TEST(only_a_signer_corrects),
	    TEST(only_a_field_that_is_there_and_a_value_that_can_stand),
	    TEST(what_was_asked_is_asked_anew),
#undef TEST
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
