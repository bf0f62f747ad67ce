/*
 * test_case_draw.c: samples by lot: fair ones, and what an unfinished one does
 * to a NO (findings section 6). The population is the two packages; with one of
 * them missing to be seen, both are drawn.
 */
#include "case_box.h"

#define POPULATION                                                             \
	"population: "                                                         \
	"d7fd6c1164f6bd58553ed7e9ae3eec657e8a34ea79687b28054fb35dee7e3f19\n"
#define SIZES "population-size: 2\ndetects: 1\nsample: 2\n"
#define SECRET_1                                                               \
	"7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed"
#define SECRET_2                                                               \
	"3fc4ccfe745870e2c0d99f71f30ff0656c8dedd41cc1d7d3d376b0dbe685e2f3"
#define COMMIT_1                                                               \
	"commit: court.example "                                               \
	"fe8d7a873dc48961a6af334c996b2cb3ce37149d5ce9c9253952a54c6a92c1ad\n"
#define COMMIT_2                                                               \
	"commit: room.example "                                                \
	"313db63e0283ab2a9bc72e9a0ac749da1d3acf708fcd1a7848767244dd2f17e8\n"
#define UNTIL "until: 2023-07-11\n"
#define FAIR "concerns: package\n" POPULATION SIZES COMMIT_1 COMMIT_2 UNTIL

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

static uint32_t draw(struct case_box *box, const char *fields)
{
	return box_add(
	    box, RECORD_DRAW, BOX_JULY(05, "09:00:00"), BOX_LOOKERS, fields);
}

static uint32_t reveal(
    struct case_box *box, uint32_t of, const char *signer, const char *secret)
{
	char hex[HASH_HEX_SIZE];

	return box_addf(box, RECORD_DRAW_REVEAL, BOX_JULY(05, "10:00:00"),
	    signer, "draw: %s\nsecret: %s\n", fixture_case_id(box->f, of, hex),
	    secret);
}

static uint32_t drawn(struct case_box *box)
{
	uint32_t leaf = draw(box, FAIR);

	reveal(box, leaf, "court.example", SECRET_1);
	reveal(box, leaf, "room.example", SECRET_2);
	return leaf;
}

static void see(struct case_box *box, const char *at, const char *items)
{
	box_addf(box, RECORD_INSPECTION, at, BOX_LOOKERS,
	    BOX_LOOKED "also-in: none\n%s", items);
}

/* ---- fair or void ---- */

static void a_draw_by_two_sides_is_good(void **state)
{
	expect_good(*state, draw(*state, FAIR));
}

static void a_grinded_draw_is_void(void **state)
{
	/* One side alone, one side twice, or somebody who has not signed: he
	 * who knows all secrets tries until the lot suits him. */
	static const char *const commits[] = {
	    COMMIT_1,
	    COMMIT_1 "commit: court.example "
		     "313db63e0283ab2a9bc72e9a0ac749da"
		     "1d3acf708fcd1a7848767244dd2f17e8\n",
	    COMMIT_1 "commit: owner.example "
		     "313db63e0283ab2a9bc72e9a0ac749da"
		     "1d3acf708fcd1a7848767244dd2f17e8\n",
	};
	struct case_box *box = *state;

	for (size_t i = 0; i < sizeof(commits) / sizeof(commits[0]); i++)
		expect_void(box,
		    box_addf(box, RECORD_DRAW, BOX_JULY(05, "09:00:00"),
			BOX_LOOKERS,
			"concerns: package\n" POPULATION SIZES "%s" UNTIL,
			commits[i]),
		    DRAW);
}

static void a_draw_states_its_population(void **state)
{
	expect_void(*state,
	    draw(*state,
		"concerns: drive\n" POPULATION SIZES COMMIT_1 COMMIT_2 UNTIL),
	    DRAW);
	expect_void(*state,
	    draw(*state,
		"concerns: package\n" POPULATION
		"population-size: 3\ndetects: 1\nsample: 3\n" COMMIT_1 COMMIT_2
		    UNTIL),
	    DRAW);
}

static void a_draw_takes_the_least_sample(void **state)
{
	expect_void(*state,
	    draw(*state,
		"concerns: package\n" POPULATION
		"population-size: 2\ndetects: 1\nsample: 1\n" COMMIT_1 COMMIT_2
		    UNTIL),
	    DRAW);
}

static void a_draw_has_a_term(void **state)
{
	expect_void(*state,
	    draw(*state,
		"concerns: package\n" POPULATION SIZES COMMIT_1 COMMIT_2
		"until: 2023-07-04\n"),
	    DRAW);
}

static void a_secret_is_the_one_that_was_committed_to(void **state)
{
	struct case_box *box = *state;
	uint32_t leaf = draw(box, FAIR);

	expect_void(box, reveal(box, leaf, "court.example", SECRET_2), DRAW);
	expect_void(box, reveal(box, leaf, "room.example", SECRET_1), DRAW);
	expect_good(box, reveal(box, leaf, "court.example", SECRET_1));
	expect_void(box, reveal(box, box->question, "court.example", SECRET_1),
	    UNKNOWN_RECORD);
}

/* ---- what is drawn ---- */

static void nothing_is_drawn_before_all_secrets_are_open(void **state)
{
	struct case_box *box = *state;
	struct case_sample sample;
	uint32_t leaf = draw(box, FAIR);

	reveal(box, leaf, "court.example", SECRET_1);
	assert_int_equal(
	    case_state_draw_sample(box->f->state, 0, &sample, NULL), 0);
	assert_false(sample.is_drawn);
	case_sample_done(&sample);
	uint32_t last = reveal(box, leaf, "room.example", SECRET_2);
	assert_int_equal(
	    case_state_draw_sample(box->f->state, 0, &sample, NULL), 0);
	assert_true(sample.is_drawn);
	assert_int_equal(sample.population, 2);
	assert_int_equal(sample.n, 2);
	assert_int_equal(sample.last_reveal, last);
	case_sample_done(&sample);
}

/* ---- NO ---- */

static void a_draw_that_is_carried_out_in_its_term_leaves_a_no(void **state)
{
	struct case_box *box = *state;

	drawn(box);
	see(box, BOX_JULY(11, "09:00:00"), BOX_SEEN(1) BOX_SEEN(2));
	expect_hardware(box, "D-1", "NO");
}

static void one_thing_drawn_and_not_seen_blocks_every_no(void **state)
{
	struct case_box *box = *state;
	uint32_t leaf = drawn(box);

	see(box, BOX_JULY(11, "09:00:00"), BOX_SEEN(1) BOX_SEEN_LOOSE);
	expect_hardware(box, "D-1", "NOT-SHOWN draw:%u", leaf);
	/* It was not drawn from the loose drive. */
	expect_hardware(box, "D-9", "NO");
}

static void who_never_opens_his_secret_blocks_every_no(void **state)
{
	struct case_box *box = *state;
	uint32_t leaf = draw(box, FAIR);

	reveal(box, leaf, "court.example", SECRET_1);
	see(box, BOX_JULY(11, "09:00:00"), BOX_SEEN(1));
	expect_hardware(box, "D-1", "NOT-SHOWN draw:%u", leaf);
}

static void after_its_term_only_a_full_inventory_helps(void **state)
{
	struct case_box *box = *state;
	uint32_t leaf = drawn(box);

	see(box, BOX_JULY(12, "07:00:00"), BOX_SEEN(1));
	expect_hardware(box, "D-1", "NOT-SHOWN draw:%u", leaf);
	see(box, BOX_JULY(12, "07:30:00"), BOX_SEEN(2));
	expect_hardware(box, "D-1", "NO");
}

static void a_void_draw_blocks_nothing(void **state)
{
	struct case_box *box = *state;

	expect_void(box,
	    box_add(box, RECORD_DRAW, BOX_JULY(05, "09:00:00"), BOX_LOOKERS,
		"concerns: package\n" POPULATION SIZES COMMIT_1 UNTIL),
	    DRAW);
	box_look(box);
	expect_hardware(box, "D-1", "NO");
}

/* ---- each condition alone ---- */

/* Both missing would be seen by looking at one: which, the secrets say. */
#define ONE_OF_TWO                                                             \
	"concerns: package\n" POPULATION                                       \
	"population-size: 2\ndetects: 2\nsample: 1\n" COMMIT_1 COMMIT_2 UNTIL
#define DRAWN BOX_SEEN(2)
#define DRAWN_DRIVE "D-2"

static void a_draw_is_from_what_its_digest_says(void **state)
{
	expect_void(*state,
	    draw(*state,
		"concerns: package\npopulation: " SECRET_1
		"\n" SIZES COMMIT_1 COMMIT_2 UNTIL),
	    DRAW);
}

static void a_draw_is_from_as_many_as_it_says(void **state)
{
	expect_void(*state,
	    draw(*state,
		"concerns: package\n" POPULATION
		"population-size: 3\ndetects: 1\nsample: 2\n" COMMIT_1 COMMIT_2
		    UNTIL),
	    DRAW);
}

static void nobody_commits_twice_to_a_draw(void **state)
{
	expect_void(*state,
	    draw(*state,
		FAIR "commit: court.example "
		     "313db63e0283ab2a9bc72e9a0ac749da"
		     "1d3acf708fcd1a7848767244dd2f17e8\n"),
	    DRAW);
}

static void a_secret_that_is_opened_again_changes_nothing(void **state)
{
	struct case_box *box = *state;
	uint32_t leaf = draw(box, ONE_OF_TWO);

	reveal(box, leaf, "court.example", SECRET_1);
	reveal(box, leaf, "room.example", SECRET_2);
	see(box, BOX_JULY(06, "09:00:00"), DRAWN);
	box_addf(box, RECORD_DRAW_REVEAL, BOX_JULY(07, "10:00:00"),
	    "court.example", "draw: %s\nsecret: " SECRET_1 "\n",
	    fixture_case_id(box->f, leaf, (char[HASH_HEX_SIZE]){0}));
	expect_hardware(box, DRAWN_DRIVE, "NO");
}

static void what_was_seen_before_the_lot_was_known_is_seen_once_more(
    void **state)
{
	struct case_box *box = *state;
	uint32_t leaf = draw(box, ONE_OF_TWO);

	see(box, BOX_JULY(05, "09:30:00"), DRAWN);
	reveal(box, leaf, "court.example", SECRET_1);
	reveal(box, leaf, "room.example", SECRET_2);
	expect_hardware(box, DRAWN_DRIVE, "NOT-SHOWN draw:%u", leaf);
}

static void what_is_drawn_is_seen_in_time(void **state)
{
	struct case_box *box = *state;
	uint32_t leaf = draw(box, ONE_OF_TWO);

	reveal(box, leaf, "court.example", SECRET_1);
	reveal(box, leaf, "room.example", SECRET_2);
	see(box, BOX_JULY(12, "07:00:00"), DRAWN);
	expect_hardware(box, DRAWN_DRIVE, "NOT-SHOWN draw:%u", leaf);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(a_draw_by_two_sides_is_good),
	    TEST(a_grinded_draw_is_void),
	    TEST(a_draw_states_its_population),
	    TEST(a_draw_takes_the_least_sample),
	    TEST(a_draw_has_a_term),
	    TEST(a_secret_is_the_one_that_was_committed_to),
	    TEST(nothing_is_drawn_before_all_secrets_are_open),
	    TEST(a_draw_that_is_carried_out_in_its_term_leaves_a_no),
	    TEST(one_thing_drawn_and_not_seen_blocks_every_no),
	    TEST(who_never_opens_his_secret_blocks_every_no),
	    TEST(after_its_term_only_a_full_inventory_helps),
	    TEST(a_void_draw_blocks_nothing),
	    TEST(a_draw_is_from_what_its_digest_says),
	    TEST(a_draw_is_from_as_many_as_it_says),
	    TEST(nobody_commits_twice_to_a_draw),
	    TEST(a_secret_that_is_opened_again_changes_nothing),
	    TEST(what_was_seen_before_the_lot_was_known_is_seen_once_more),
	    TEST(what_is_drawn_is_seen_in_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
