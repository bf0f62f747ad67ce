/*
 * test_case_key.c: keys are replaced, lost, revoked and found to have been
 * somebody else's (findings section 2).
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

#define ROTATE "party: room.example\naction: rotate\nold-key: @\nkey: @+2\n"
#define REVOKE "party: room.example\naction: revoke\nold-key: @\n"
#define DAY(day) BOX_JULY(day, "09:00:00")
#define STATEMENT "what: damage\nitem: D-9\n"

/* The evidence room says something, with its first key or another. */
static int speak(struct case_box *box, const char *at, const char *signer)
{
	struct err err = {0};

	return fixture_case_try(
	    box->f, RECORD_INCIDENT, at, signer, STATEMENT, &err);
}

static void a_new_key_takes_the_place_of_the_old_one(void **state)
{
	struct case_box *box = *state;

	box_add(box, RECORD_KEY, DAY(05),
	    "room.example room.example+2 police.example", ROTATE);
	assert_int_equal(speak(box, DAY(06), "room.example"), ERR_VERIFY);
	assert_int_equal(speak(box, DAY(06), "room.example+2"), 0);
}

static void what_the_old_key_signed_stays_signed(void **state)
{
	struct case_box *box = *state;

	box_look(box);
	box_add(box, RECORD_KEY, BOX_JULY(12, "08:00:00"),
	    "room.example room.example+2 police.example", ROTATE);
	expect_both(box, "D-1", "NO");
}

static void a_rotation_is_signed_by_old_and_new_key_and_a_policy_holder(
    void **state)
{
	struct case_box *box = *state;

	box_refuse(box, RECORD_KEY, DAY(05), "room.example police.example",
	    ROTATE, "the new key has not signed");
	box_refuse(box, RECORD_KEY, DAY(05), "room.example+2 police.example",
	    ROTATE, "the old key has not signed");
	box_refuse(box, RECORD_KEY, DAY(05),
	    "room.example room.example+2 notary.example", ROTATE,
	    "a policy holder must countersign");
}

static void a_key_that_was_ever_in_the_case_is_no_new_key(void **state)
{
	struct case_box *box = *state;

	box_add(box, RECORD_KEY, DAY(05),
	    "room.example room.example+2 police.example", ROTATE);
	box_refuse(box, RECORD_KEY, DAY(06),
	    "room.example+2 room.example police.example",
	    "party: room.example\naction: rotate\nold-key: @+2\nkey: @\n",
	    "in use, or was");
}

static void an_old_key_must_be_one_of_the_party(void **state)
{
	struct case_box *box = *state;

	box_refuse(box, RECORD_KEY, DAY(05),
	    "room.example room.example+2 police.example",
	    "party: room.example\naction: rotate\nold-key: @+3\nkey: @+2\n",
	    "no key in force");
}

static void a_lost_key_is_replaced_after_seven_days(void **state)
{
	struct case_box *box = *state;

	box_add(box, RECORD_KEY, DAY(05),
	    "room.example+2 police.example owner.example court.example",
	    ROTATE "lost: yes\n");
	assert_int_equal(speak(box, DAY(06), "room.example+2"), ERR_VERIFY);
	assert_int_equal(speak(box, DAY(06), "room.example"), 0);
	assert_int_equal(
	    speak(box, BOX_JULY(12, "09:02:00"), "room.example"), ERR_VERIFY);
	assert_int_equal(
	    speak(box, BOX_JULY(12, "09:03:00"), "room.example+2"), 0);
}

static void a_lost_key_needs_a_policy_holder_and_two_parties_of_two_sides(
    void **state)
{
	static const char *const too_few[] = {
	    "room.example+2 police.example owner.example",
	    "room.example+2 notary.example court.example transit.example",
	};
	struct case_box *box = *state;

	for (size_t i = 0; i < sizeof(too_few) / sizeof(too_few[0]); i++)
		box_refuse(box, RECORD_KEY, DAY(05), too_few[i],
		    ROTATE "lost: yes\n", "for a lost key");
}

static void a_revoked_key_signs_nothing_more(void **state)
{
	struct case_box *box = *state;

	box_add(box, RECORD_KEY, DAY(05), "room.example", REVOKE);
	assert_int_equal(speak(box, DAY(06), "room.example"), ERR_VERIFY);
}

static void whose_key_was_revoked_does_not_join_again(void **state)
{
	struct case_box *box = *state;

	box_add(box, RECORD_KEY, DAY(05), "room.example", REVOKE);
	box_refuse(box, RECORD_JOIN, DAY(06), "room.example+2 police.example",
	    "party: room.example\nkey: @+2\n", "the party has a key");
}

static void policy_holders_of_two_sides_revoke_a_key_and_one_does_not(
    void **state)
{
	struct case_box *box = *state;

	box_refuse(box, RECORD_KEY, DAY(05), "police.example", REVOKE,
	    "policy holders of two sides");
	box_add(box, RECORD_KEY, DAY(05), BOX_BOTH, REVOKE);
	assert_int_equal(speak(box, DAY(06), "room.example"), ERR_VERIFY);
}

static void a_revocation_brings_no_key(void **state)
{
	box_refuse(*state, RECORD_KEY, DAY(05), "room.example",
	    REVOKE "key: @+2\n", "brings no key");
}

static void what_a_compromised_key_signed_supports_no_no(void **state)
{
	struct case_box *box = *state;

	box_look(box);
	expect_hardware(box, "D-1", "NO");
	box_add(box, RECORD_KEY, BOX_JULY(12, "08:00:00"), BOX_BOTH,
	    "party: court.example\naction: revoke\nold-key: @\n"
	    "compromised-since: 2023-07-12T00:00:00Z\n");
	expect_hardware(box, "D-1", BOX_UNSEEN);
}

static void what_it_signed_before_that_time_still_does(void **state)
{
	struct case_box *box = *state;

	box_look(box);
	box_add(box, RECORD_KEY, BOX_JULY(12, "08:00:00"), BOX_BOTH,
	    "party: court.example\naction: revoke\nold-key: @\n"
	    "compromised-since: 2023-07-12T07:30:00Z\n");
	expect_hardware(box, "D-1", "NO");
}

static void what_a_lost_key_signs_before_its_end_is_doubtful_too(void **state)
{
	struct case_box *box = *state;

	box_add(box, RECORD_KEY, DAY(11),
	    "court.example+2 police.example owner.example notary.example",
	    "party: court.example\naction: rotate\nold-key: @\nkey: @+2\n"
	    "lost: yes\ncompromised-since: 2023-07-01T00:00:00Z\n");
	box_look(box);
	expect_hardware(box, "D-1", BOX_UNSEEN);
}

static void a_hand_over_with_a_compromised_key_breaks_the_chain(void **state)
{
	struct case_box *box = *state;

	box_look(box);
	box_add(box, RECORD_KEY, BOX_JULY(12, "08:00:00"), BOX_BOTH,
	    "party: room.example\naction: revoke\nold-key: @\n"
	    "compromised-since: 2023-06-21T00:00:00Z\n");
	expect_hardware(box, "D-1", "NOT-SHOWN chain:7,last-sighting:-");
}

static void a_compromised_key_still_shows_that_it_was_given(void **state)
{
	struct case_box *box = *state;
	uint32_t given = box_give_late(box, BOX_JUNE(22, "09:00:00"),
	    "room.example", "transit.example", "D-9");

	box_establish(box, "transit.example", "council.example");
	expect_hardware(box, "D-9", "YES held:%u", given);
	box_add(box, RECORD_KEY, BOX_JULY(12, "08:00:00"), BOX_BOTH,
	    "party: transit.example\naction: revoke\nold-key: @\n"
	    "compromised-since: 2023-06-01T00:00:00Z\n");
	expect_hardware(box, "D-9", "YES held:%u", given);
}

static void a_compromised_key_dismisses_no_claim(void **state)
{
	struct case_box *box = *state;
	uint32_t claim = box_claim(box, BOX_CLAIMED "concerns: D-9\n");

	box_assess(box, claim, "court.example", "E5");
	expect_hardware(box, "D-9", BOX_UNSEEN);
	box_add(box, RECORD_KEY, BOX_JULY(12, "08:00:00"), BOX_BOTH,
	    "party: court.example\naction: revoke\nold-key: @\n"
	    "compromised-since: 2023-07-01T00:00:00Z\n");
	expect_hardware(box, "D-9", "CONTESTED claim:%u", claim);
}

static void a_key_for_encryption_is_an_age_recipient_and_its_partys(
    void **state)
{
	struct case_box *box = *state;

	box_refuse(box, RECORD_KEY, DAY(05), "room.example",
	    "party: room.example\naction: encryption\n"
	    "encryption-key: age1short\n",
	    "no age recipient");
	box_refuse(box, RECORD_KEY, DAY(05), "police.example",
	    "party: room.example\naction: encryption\nencryption-key: "
	    "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p\n",
	    "the party has not signed");
	/* A stranger who brings a key of his own in that name. */
	box_refuse(box, RECORD_KEY, DAY(05), "room.example+9",
	    "party: room.example\naction: encryption\nkey: @+9\n"
	    "encryption-key: "
	    "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p\n",
	    "no such key");
	box_refuse(box, RECORD_KEY, DAY(05), "room.example",
	    "party: room.example\naction: encryption\nkey: @+9\n"
	    "encryption-key: "
	    "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p\n",
	    "brings no key");
	box_accept(box, RECORD_KEY, DAY(05), "room.example",
	    "party: room.example\naction: encryption\nencryption-key: "
	    "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p\n");
	assert_int_equal(speak(box, DAY(06), "room.example"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	    TEST(a_new_key_takes_the_place_of_the_old_one),
	    TEST(what_the_old_key_signed_stays_signed),
	    TEST(a_rotation_is_signed_by_old_and_new_key_and_a_policy_holder),
	    TEST(a_key_that_was_ever_in_the_case_is_no_new_key),
	    TEST(an_old_key_must_be_one_of_the_party),
	    TEST(a_lost_key_is_replaced_after_seven_days),
	    TEST(a_lost_key_needs_a_policy_holder_and_two_parties_of_two_sides),
	    TEST(a_revoked_key_signs_nothing_more),
	    TEST(whose_key_was_revoked_does_not_join_again),
	    TEST(policy_holders_of_two_sides_revoke_a_key_and_one_does_not),
	    TEST(a_revocation_brings_no_key),
	    TEST(what_a_compromised_key_signed_supports_no_no),
	    TEST(what_it_signed_before_that_time_still_does),
	    TEST(what_a_lost_key_signs_before_its_end_is_doubtful_too),
	    TEST(a_hand_over_with_a_compromised_key_breaks_the_chain),
	    TEST(a_compromised_key_still_shows_that_it_was_given),
	    TEST(a_compromised_key_dismisses_no_claim),
	    TEST(a_key_for_encryption_is_an_age_recipient_and_its_partys),
#undef TEST
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
