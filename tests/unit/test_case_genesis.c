/*
 * test_case_genesis.c: how a case opens and who enters it with which key
 * (findings sections 1 and 2).
 */
#include "case_box.h"

#include "hash.h"

#define MALLORY "mallory.example"
#define AT BOX_JUNE(20, "12:00:00")
#define ENTERED BOX_JUNE(20, "12:01:00")

static int set_up(void **state)
{
	struct case_box *box = calloc(1, sizeof(*box));

	box_init(box);
	box_intake(box);
	*state = box;
	return 0;
}

static int set_up_empty(void **state)
{
	struct case_box *box = calloc(1, sizeof(*box));

	note_key_setup();
	box->f = fixture_case_new_empty();
	*state = box;
	return 0;
}

static int tear_down(void **state)
{
	box_done(*state);
	free(*state);
	return 0;
}

static void put_vkey(struct buf *out, const char *name, uint8_t type)
{
	struct note_secret secret;

	fixture_case_secret(&secret, name, type);
	note_key_put(out, &secret.key);
	note_secret_done(&secret);
}

/* ---- genesis ---- */

#define GENESIS_AT BOX_JUNE(20, "06:00:00")
#define HOLDERS "policy-holder: police.example\npolicy-holder: owner.example\n"
#define TWO_PARTIES                                                            \
	"party: police.example\n  side: authority\n  org: p\n  key: @\n"       \
	"party: owner.example\n  side: owner\n  org: o\n  key: @\n"

static void refuse_genesis(struct case_box *box, const char *signers,
    const char *fields, const char *why)
{
	box_refuse(box, RECORD_CASE, GENESIS_AT, signers, fields, why);
}

static void a_genesis_is_signed_by_all_its_policy_holders(void **state)
{
	refuse_genesis(*state, "police.example",
	    "name: k.example\nlog: @\n" HOLDERS TWO_PARTIES, "signature");
	box_accept(*state, RECORD_CASE, GENESIS_AT,
	    "police.example owner.example",
	    "name: k.example\nlog: @\n" HOLDERS TWO_PARTIES);
}

static void a_genesis_is_signed_by_nobody_else(void **state)
{
	refuse_genesis(*state, "police.example owner.example",
	    "name: k.example\nlog: @\n"
	    "policy-holder: police.example\n" TWO_PARTIES,
	    "policy holders sign");
}

static void a_genesis_holds_the_keys_of_its_signers(void **state)
{
	refuse_genesis(*state, "police.example owner.example",
	    "name: k.example\nlog: @\n" HOLDERS
	    "party: police.example\n  side: authority\n  org: p\n  key: @\n"
	    "party: owner.example\n  side: owner\n  org: o\n",
	    "signature");
}

static void refuses_one_key_under_two_names(void **state)
{
	struct buf fields;
	struct hash seed = hash_of("owner.example", strlen("owner.example"));
	struct note_secret twin;

	buf_init(&fields, 4096);
	assert_int_equal(note_secret_from_seed(&twin, slice_of(MALLORY),
			     NOTE_KEY_ED25519, seed.b, NULL),
	    0);
	buf_puts(&fields,
	    "name: k.example\nlog: @\n" HOLDERS TWO_PARTIES "party: " MALLORY
	    "\n  side: outside\n  org: m\n  key: ");
	note_key_put(&fields, &twin.key);
	buf_putc(&fields, '\n');
	refuse_genesis(*state, "police.example owner.example", fields.p,
	    "one key under two names");
	note_secret_done(&twin);
	buf_done(&fields);
}

static void refuses_a_party_with_the_key_of_the_log(void **state)
{
	refuse_genesis(*state, "police.example owner.example",
	    "name: police.example\nlog: @\n" HOLDERS TWO_PARTIES,
	    "one key under two names");
}

static void refuses_a_party_with_the_key_of_a_witness(void **state)
{
	refuse_genesis(*state, "police.example owner.example",
	    "name: k.example\nlog: @\n" HOLDERS
	    "witness-key: @owner.example\n" TWO_PARTIES,
	    "one key under two names");
}

static void refuses_one_witness_twice(void **state)
{
	refuse_genesis(*state, "police.example owner.example",
	    "name: k.example\nlog: @\n" HOLDERS
	    "witness-key: @w.example\nwitness-key: @w.example\n" TWO_PARTIES,
	    "one key under two names");
}

static void refuses_a_key_of_another_name_than_its_party(void **state)
{
	struct buf fields;

	buf_init(&fields, 4096);
	buf_puts(&fields,
	    "name: k.example\nlog: @\n" HOLDERS TWO_PARTIES
	    "party: room.example\n  side: authority\n  org: m\n  key: ");
	put_vkey(&fields, MALLORY, NOTE_KEY_ED25519);
	buf_putc(&fields, '\n');
	refuse_genesis(*state, "police.example owner.example", fields.p,
	    "key of another name");
	buf_done(&fields);
}

static void refuses_a_log_key_of_another_name_than_the_case(void **state)
{
	struct buf fields;

	buf_init(&fields, 4096);
	buf_puts(&fields, "name: k.example\nlog: ");
	put_vkey(&fields, MALLORY, NOTE_KEY_ED25519);
	buf_puts(&fields, "\n" HOLDERS TWO_PARTIES);
	refuse_genesis(*state, "police.example owner.example", fields.p,
	    "key of another name");
	buf_done(&fields);
}

static void refuses_keys_of_the_wrong_type(void **state)
{
	struct buf fields;

	buf_init(&fields, 4096);
	buf_puts(&fields, "name: k.example\nlog: @\n" HOLDERS "witness-key: ");
	put_vkey(&fields, "w.example", NOTE_KEY_ED25519);
	buf_puts(&fields, "\n" TWO_PARTIES);
	refuse_genesis(
	    *state, "police.example owner.example", fields.p, "type");
	buf_clear(&fields);
	buf_puts(&fields,
	    "name: k.example\nlog: @\n" HOLDERS TWO_PARTIES "party: " MALLORY
	    "\n  side: outside\n  org: m\n  key: ");
	put_vkey(&fields, MALLORY, NOTE_KEY_COSIGNATURE);
	buf_putc(&fields, '\n');
	refuse_genesis(
	    *state, "police.example owner.example", fields.p, "type");
	buf_done(&fields);
}

static void refuses_a_red_line_for_nobody(void **state)
{
	refuse_genesis(*state, "police.example owner.example",
	    "name: k.example\nlog: @\n" HOLDERS
	    "red-line: nobody.example\n" TWO_PARTIES,
	    "red line");
}

static void the_first_leaf_is_a_genesis(void **state)
{
	struct case_box *box = *state;
	struct buf text, leaf;

	buf_init(&text, RECORD_TEXT_MAX);
	buf_init(&leaf, RECORD_TEXT_MAX);
	box_put_header(&text, box, "claim",
	    "k.example#00112233445566778899aabbccddeeff", AT, "police.example");
	buf_puts(&text, "asserts: received\nsaid: 2023-06-20\n");
	box_put_leaf(&leaf, ENTERED, buf_slice(&text), "police.example");
	box_refuse_bytes(box, buf_slice(&leaf), "");
	buf_done(&leaf);
	buf_done(&text);
}

static void there_is_no_second_genesis(void **state)
{
	struct case_box *box = *state;
	struct fixture_case *other = fixture_case_new("clock: set\n");
	struct slice leaf = case_state_leaf(other->state, 0)->bytes;

	box_refuse_bytes(box, leaf, "");
	fixture_case_free(other);
}

/* ---- enrolment ---- */

static void refuse_join(struct case_box *box, const char *signers,
    const char *fields, const char *why)
{
	box_refuse(
	    box, RECORD_JOIN, BOX_JUNE(21, "09:00:00"), signers, fields, why);
}

#define NEWCOMER "party: " MALLORY "\nside: neutral\norg: m\n"

static void a_newcomer_is_countersigned_by_a_policy_holder(void **state)
{
	refuse_join(*state, MALLORY, NEWCOMER "key: @\n", "countersign");
	refuse_join(*state, MALLORY " notary.example", NEWCOMER "key: @\n",
	    "countersign");
	box_accept(*state, RECORD_JOIN, BOX_JUNE(21, "09:00:00"),
	    MALLORY " owner.example", NEWCOMER "key: @\n");
}

static void a_newcomer_signs_its_own_enrolment(void **state)
{
	refuse_join(
	    *state, "owner.example", NEWCOMER "key: @\n", "party: " MALLORY);
}

static void a_newcomer_brings_key_side_and_organisation(void **state)
{
	refuse_join(*state, MALLORY " owner.example", NEWCOMER, "");
	refuse_join(*state, MALLORY " owner.example",
	    "party: " MALLORY "\norg: m\nkey: @\n", "side");
	refuse_join(*state, MALLORY " owner.example",
	    "party: " MALLORY "\nside: neutral\nkey: @\n", "organisation");
}

static void refuse_join_with_key_of(
    struct case_box *box, const char *name, uint8_t type, const char *why)
{
	struct hash seed = hash_of(name, strlen(name));
	struct note_secret twin, owner;
	struct buf text, leaf;

	buf_init(&text, 4096);
	buf_init(&leaf, 8192);
	assert_int_equal(
	    note_secret_from_seed(&twin, slice_of(MALLORY), type, seed.b, NULL),
	    0);
	fixture_case_secret(&owner, "owner.example", NOTE_KEY_ED25519);
	box_put_header(&text, box, "join", NULL, AT, "");
	buf_printf(&text, "signer: " MALLORY " %08x\nsigner: %s %08x\n",
	    twin.key.id, owner.key.name, owner.key.id);
	buf_puts(&text, NEWCOMER "key: ");
	note_key_put(&text, &twin.key);
	buf_putc(&text, '\n');
	buf_printf(&leaf, "entered: %s\n", ENTERED);
	buf_put_slice(&leaf, buf_slice(&text));
	buf_putc(&leaf, '\n');
	if (type == NOTE_KEY_ED25519)
		assert_int_equal(
		    note_put_signature(&leaf, &twin, buf_slice(&text), NULL),
		    0);
	assert_int_equal(
	    note_put_signature(&leaf, &owner, buf_slice(&text), NULL), 0);
	box_refuse_bytes(box, buf_slice(&leaf), why);
	note_secret_done(&owner);
	note_secret_done(&twin);
	buf_done(&leaf);
	buf_done(&text);
}

static void refuses_a_key_that_belongs_to_another_party(void **state)
{
	refuse_join_with_key_of(
	    *state, "police.example", NOTE_KEY_ED25519, "in use");
}

static void refuses_a_key_that_belongs_to_the_log(void **state)
{
	refuse_join_with_key_of(
	    *state, FIXTURE_CASE_LOG, NOTE_KEY_ED25519, "in use");
}

static void refuses_a_key_that_belongs_to_a_witness(void **state)
{
	refuse_join_with_key_of(
	    *state, FIXTURE_CASE_WITNESS, NOTE_KEY_ED25519, "in use");
}

static void refuses_a_newcomers_key_of_the_cosigning_type(void **state)
{
	refuse_join_with_key_of(*state, MALLORY, NOTE_KEY_COSIGNATURE, "");
}

static void refuses_a_second_key_for_a_party(void **state)
{
	refuse_join(*state, "police.example owner.example",
	    "party: police.example\nkey: @\n", "");
}

#define EACH(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
#define EMPTY(test)                                                            \
	cmocka_unit_test_setup_teardown(test, set_up_empty, tear_down)

/* long: one line a test */
int main(void)
{
	const struct CMUnitTest tests[] = {
	    EMPTY(a_genesis_is_signed_by_all_its_policy_holders),
	    EMPTY(a_genesis_is_signed_by_nobody_else),
	    EMPTY(a_genesis_holds_the_keys_of_its_signers),
	    EMPTY(refuses_one_key_under_two_names),
	    EMPTY(refuses_a_party_with_the_key_of_the_log),
	    EMPTY(refuses_a_party_with_the_key_of_a_witness),
	    EMPTY(refuses_one_witness_twice),
	    EMPTY(refuses_a_key_of_another_name_than_its_party),
	    EMPTY(refuses_a_log_key_of_another_name_than_the_case),
	    EMPTY(refuses_keys_of_the_wrong_type),
	    EMPTY(refuses_a_red_line_for_nobody),
	    EMPTY(the_first_leaf_is_a_genesis),
	    EACH(there_is_no_second_genesis),
	    EACH(a_newcomer_is_countersigned_by_a_policy_holder),
	    EACH(a_newcomer_signs_its_own_enrolment),
	    EACH(a_newcomer_brings_key_side_and_organisation),
	    EACH(refuses_a_key_that_belongs_to_another_party),
	    EACH(refuses_a_key_that_belongs_to_the_log),
	    EACH(refuses_a_key_that_belongs_to_a_witness),
	    EACH(refuses_a_newcomers_key_of_the_cosigning_type),
	    EACH(refuses_a_second_key_for_a_party),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
