/*
 * test_case_form.c: what is refused always, so that a ledger which holds it is
 * false (findings sections 1, 2 and 4). Every refusal leaves the state as it
 * was.
 */
#include "case_box.h"

#include "record_leaf.h"
#include "text.h"

#define OTHER_CASE "seizure.example#00112233445566778899aabbccddeeff"
#define MALLORY "mallory.example"
#define ONE(item)                                                              \
	"from: police.example\nto: room.example\n"                             \
	"counted-by-giver: 1\ncounted-by-receiver: 1\nitem: " item "\n"

/* ---- set-up ---- */

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

/* ---- leaves made by hand ---- */

/* A claim whose `signer:` lines are `signers`. */
static void put_claim(struct buf *out, const struct case_box *box,
    const char *ref, const char *at, const char *signers)
{
	box_put_header(out, box, "claim", ref, at, signers);
	buf_puts(out, "asserts: received\nsaid: 2023-06-20\n");
}

#define AT BOX_JUNE(20, "12:00:00")
#define ENTERED BOX_JUNE(20, "12:01:00")

/* A leaf with a claim that names `signers` and is signed by `signed_by`. */
static void put_claim_leaf(struct buf *out, const struct case_box *box,
    const char *signers, const char *signed_by)
{
	struct buf text;

	buf_init(&text, RECORD_TEXT_MAX);
	buf_init(out, 2 * RECORD_LEAF_MAX);
	put_claim(&text, box, NULL, AT, signers);
	box_put_leaf(out, ENTERED, buf_slice(&text), signed_by);
	buf_done(&text);
}

/* ---- expectations ---- */

static void refuse_claim(struct case_box *box, const char *signers,
    const char *signed_by, const char *why)
{
	struct buf leaf;

	put_claim_leaf(&leaf, box, signers, signed_by);
	box_refuse_bytes(box, buf_slice(&leaf), why);
	buf_done(&leaf);
}

static void accept_claim(
    struct case_box *box, const char *signers, const char *signed_by)
{
	struct buf leaf;
	struct err err = {0};

	put_claim_leaf(&leaf, box, signers, signed_by);
	if (box_try_bytes(box, buf_slice(&leaf), &err) != 0)
		fail_msg("%s", err.message);
	buf_done(&leaf);
}

/* ---- which case ---- */

static void refuse_of_case(struct case_box *box, const char *ref)
{
	struct buf text, leaf;

	buf_init(&text, RECORD_TEXT_MAX);
	buf_init(&leaf, RECORD_LEAF_MAX);
	put_claim(&text, box, ref, AT, "police.example");
	box_put_leaf(&leaf, ENTERED, buf_slice(&text), "police.example");
	box_refuse_bytes(box, buf_slice(&leaf), "another case");
	buf_done(&leaf);
	buf_done(&text);
}

static void refuses_a_record_of_another_case(void **state)
{
	refuse_of_case(*state, OTHER_CASE);
}

static void refuses_the_right_name_with_another_genesis(void **state)
{
	struct case_box *box = *state;
	struct fixture_case *other = fixture_case_new("clock: set\n");
	char ref[128];

	(void)snprintf(
	    ref, sizeof(ref), "%.*s", SLICE_ARG(case_state_ref(other->state)));
	refuse_of_case(box, ref);
	fixture_case_free(other);
}

static void refuses_the_right_genesis_with_another_name(void **state)
{
	struct case_box *box = *state;
	char ref[128];

	(void)snprintf(
	    ref, sizeof(ref), "%.*s", SLICE_ARG(case_state_ref(box->f->state)));
	ref[0] = 'x';
	refuse_of_case(box, ref);
}

/* ---- one text once ---- */

static void refuses_the_same_text_twice(void **state)
{
	struct case_box *box = *state;
	uint32_t leaf = (uint32_t)case_state_leaf_count(box->f->state);

	accept_claim(box, "police.example", "police.example");
	box_refuse_bytes(box, box_leaf(box, leaf)->bytes, "double");
}

static void refuses_the_same_text_entered_again_later(void **state)
{
	struct case_box *box = *state;
	struct buf leaf;

	accept_claim(box, "police.example", "police.example");
	put_claim_leaf(&leaf, box, "police.example", "police.example");
	char *time = strstr(leaf.p, "12:01:00Z");
	memcpy(time, "18:01:00Z", 9);
	box_refuse_bytes(box, buf_slice(&leaf), "double");
	buf_done(&leaf);
}

/* ---- signatures ---- */

static void takes_exactly_the_signatures_that_are_named(void **state)
{
	accept_claim(*state, "police.example owner.example",
	    "police.example owner.example");
}

static void refuses_a_record_without_signatures(void **state)
{
	refuse_claim(*state, "police.example", "", "");
}

static void refuses_a_missing_signature(void **state)
{
	refuse_claim(*state, "police.example owner.example", "police.example",
	    "signature");
	refuse_claim(*state, "police.example owner.example", "owner.example",
	    "signature");
}

static void refuses_a_signature_too_many(void **state)
{
	refuse_claim(*state, "police.example", "police.example owner.example",
	    "signature");
	refuse_claim(
	    *state, "police.example", "police.example " MALLORY, "signature");
}

static void refuses_a_signature_twice(void **state)
{
	refuse_claim(
	    *state, "police.example", "police.example police.example", "");
}

static void refuses_signatures_in_another_order(void **state)
{
	refuse_claim(*state, "police.example owner.example",
	    "owner.example police.example", "signature");
}

static void refuses_a_signature_by_somebody_else(void **state)
{
	refuse_claim(*state, "police.example", "owner.example", "signature");
}

static void refuses_a_signer_who_is_no_party(void **state)
{
	refuse_claim(*state, MALLORY, MALLORY, "not a party");
}

static void refuses_a_signer_who_is_only_named(void **state)
{
	refuse_claim(
	    *state, "council.example", "council.example", "no such key");
}

static void refuses_a_signer_whose_name_differs_in_case(void **state)
{
	refuse_claim(*state, "Police.example", "Police.example", "signature");
}

static void refuses_the_keys_of_log_and_witness_as_signers(void **state)
{
	refuse_claim(*state, FIXTURE_CASE_LOG, FIXTURE_CASE_LOG, "signature");
	refuse_claim(
	    *state, FIXTURE_CASE_WITNESS, FIXTURE_CASE_WITNESS, "signature");
}

/* Another key under a party's name, with that key's own id. */
static void refuses_a_key_that_was_not_enrolled(void **state)
{
	struct case_box *box = *state;
	struct hash seed = hash_of(MALLORY, strlen(MALLORY));
	struct note_secret secret;
	struct buf text, leaf;

	buf_init(&text, RECORD_TEXT_MAX);
	buf_init(&leaf, RECORD_LEAF_MAX);
	assert_int_equal(
	    note_secret_from_seed(&secret, slice_of("police.example"),
		NOTE_KEY_ED25519, seed.b, NULL),
	    0);
	box_put_header(&text, box, "claim", NULL, AT, "");
	buf_printf(&text,
	    "signer: police.example %08x\n"
	    "asserts: received\nsaid: 2023-06-20\n",
	    secret.key.id);
	buf_printf(&leaf, "entered: %s\n", ENTERED);
	buf_put_slice(&leaf, buf_slice(&text));
	buf_putc(&leaf, '\n');
	assert_int_equal(
	    note_put_signature(&leaf, &secret, buf_slice(&text), NULL), 0);
	box_refuse_bytes(box, buf_slice(&leaf), "no such key");
	note_secret_done(&secret);
	buf_done(&leaf);
	buf_done(&text);
}

/* The name and id of the enrolled key over another key's signature. */
static void refuses_a_signature_that_another_key_made(void **state)
{
	struct case_box *box = *state;
	struct note_secret police, mallory;
	struct buf text, leaf;

	buf_init(&text, RECORD_TEXT_MAX);
	buf_init(&leaf, RECORD_LEAF_MAX);
	put_claim(&text, box, NULL, AT, "police.example");
	fixture_case_secret(&police, "police.example", NOTE_KEY_ED25519);
	fixture_case_secret(&mallory, MALLORY, NOTE_KEY_ED25519);
	mallory.key = police.key;
	buf_printf(&leaf, "entered: %s\n", ENTERED);
	buf_put_slice(&leaf, buf_slice(&text));
	buf_putc(&leaf, '\n');
	assert_int_equal(
	    note_put_signature(&leaf, &mallory, buf_slice(&text), NULL), 0);
	box_refuse_bytes(box, buf_slice(&leaf), "did not sign");
	note_secret_done(&police);
	note_secret_done(&mallory);
	buf_done(&leaf);
	buf_done(&text);
}

static void refuses_a_signature_over_another_text(void **state)
{
	struct case_box *box = *state;
	struct buf leaf;

	put_claim_leaf(&leaf, box, "police.example", "police.example");
	memcpy(strstr(leaf.p, "received"), "recanted", 8);
	box_refuse_bytes(box, buf_slice(&leaf), "");
	buf_done(&leaf);
	put_claim_leaf(&leaf, box, "police.example", "police.example");
	memcpy(strstr(leaf.p, "said: 2023-06-20"), "said: 2023-06-19", 16);
	box_refuse_bytes(box, buf_slice(&leaf), "did not sign");
	buf_done(&leaf);
}

/* ---- bytes ---- */

static void refuses_a_leaf_with_any_byte_of_its_note_changed(void **state)
{
	struct case_box *box = *state;
	struct buf leaf;

	put_claim_leaf(&leaf, box, "police.example", "police.example");
	for (size_t i = strlen("entered: 2023-06-20T12:01:00Z\n"); i < leaf.n;
	     i++) {
		leaf.p[i] = (char)(leaf.p[i] ^ 1);
		box_refuse_bytes(box, buf_slice(&leaf), "");
		leaf.p[i] = (char)(leaf.p[i] ^ 1);
	}
	buf_done(&leaf);
}

static void refuses_a_leaf_cut_short(void **state)
{
	struct case_box *box = *state;
	struct buf leaf;

	put_claim_leaf(&leaf, box, "police.example", "police.example");
	for (size_t n = 0; n < leaf.n; n++)
		box_refuse_bytes(box, (struct slice){leaf.p, n}, "");
	buf_done(&leaf);
}

static void refuses_a_leaf_with_something_behind_it(void **state)
{
	struct case_box *box = *state;
	struct buf leaf;

	put_claim_leaf(&leaf, box, "police.example", "police.example");
	buf_putc(&leaf, '\n');
	box_refuse_bytes(box, buf_slice(&leaf), "");
	buf_done(&leaf);
}

static void refuses_a_malformed_text(void **state)
{
	struct case_box *box = *state;
	struct buf leaf;

	buf_init(&leaf, RECORD_LEAF_MAX);
	box_put_leaf(&leaf, ENTERED, slice_of("counterfoil-refusal/v1 x\n"),
	    "police.example");
	box_refuse_bytes(box, buf_slice(&leaf), "does not begin with");
	buf_done(&leaf);
}

static void refuses_a_leaf_of_more_than_65535_bytes(void **state)
{
	struct case_box *box = *state;
	struct buf text, leaf;

	buf_init(&text, 2 * RECORD_TEXT_MAX);
	buf_init(&leaf, 4 * RECORD_LEAF_MAX);
	put_claim(&text, box, NULL, AT, "police.example");
	buf_puts(&text, "quote: ");
	while (text.n < RECORD_TEXT_MAX - 20)
		buf_putc(&text, 'a');
	buf_putc(&text, '\n');
	box_put_leaf(&leaf, ENTERED, buf_slice(&text), "police.example");
	assert_true(leaf.n > RECORD_LEAF_MAX);
	box_refuse_bytes(box, buf_slice(&leaf), "65535");
	buf_done(&leaf);
	buf_done(&text);
}

static void a_refused_leaf_leaves_room_for_a_good_one(void **state)
{
	struct case_box *box = *state;

	refuse_claim(box, "police.example", "owner.example", "signature");
	accept_claim(box, "police.example", "police.example");
}

/* ---- times ---- */

static void refuse_entered(
    struct case_box *box, const char *at, const char *entered, const char *why)
{
	struct buf text, leaf;

	buf_init(&text, RECORD_TEXT_MAX);
	buf_init(&leaf, RECORD_LEAF_MAX);
	put_claim(&text, box, NULL, at, "police.example");
	box_put_leaf(&leaf, entered, buf_slice(&text), "police.example");
	box_refuse_bytes(box, buf_slice(&leaf), why);
	buf_done(&leaf);
	buf_done(&text);
}

/* The seizure was entered at 09:31:00. */
static void refuses_an_entry_before_the_last_one(void **state)
{
	refuse_entered(*state, BOX_JUNE(20, "09:30:00"),
	    BOX_JUNE(20, "09:30:59"), "entered");
}

static void takes_two_entries_in_one_second(void **state)
{
	struct case_box *box = *state;

	box->f->entered = box_when(BOX_JUNE(20, "09:31:00"));
	box_accept(box, RECORD_CLAIM, BOX_JUNE(20, "09:30:00"),
	    "police.example", "asserts: received\nsaid: 2023-06-20\n");
}

static void refuses_an_entry_of_what_has_not_happened_yet(void **state)
{
	refuse_entered(
	    *state, BOX_JUNE(20, "12:00:01"), BOX_JUNE(20, "12:00:00"), "at");
}

static void takes_an_entry_in_the_second_in_which_it_happened(void **state)
{
	struct case_box *box = *state;

	box->f->entered = box_when(BOX_JUNE(20, "12:00:00"));
	box_accept(box, RECORD_CLAIM, BOX_JUNE(20, "12:00:00"),
	    "police.example", "asserts: received\nsaid: 2023-06-20\n");
}

static void refuses_a_late_entry_without_a_reason(void **state)
{
	refuse_entered(
	    *state, BOX_JUNE(20, "12:00:00"), BOX_JUNE(21, "12:00:01"), "late");
}

static void an_entry_after_24_hours_is_not_late(void **state)
{
	struct case_box *box = *state;

	box->f->entered = box_when(BOX_JUNE(21, "12:00:00"));
	box_accept(box, RECORD_CLAIM, BOX_JUNE(20, "12:00:00"),
	    "police.example", "asserts: received\nsaid: 2023-06-20\n");
}

static void takes_a_late_entry_with_its_reason(void **state)
{
	struct case_box *box = *state;

	box->f->entered = box_when(BOX_JUNE(21, "12:00:01"));
	box_accept(box, RECORD_CLAIM, BOX_JUNE(20, "12:00:00"),
	    "police.example",
	    "late: no network\nasserts: received\nsaid: 2023-06-20\n");
}

/* ---- as-of ---- */

static void put_as_of(struct buf *out, const struct case_state *state,
    uint64_t size, uint64_t root_of)
{
	struct hash root = case_state_root(state, root_of);

	buf_printf(out, "as-of: %zu ", (size_t)size);
	text_put_base64(out, root.b, HASH_SIZE);
	buf_putc(out, '\n');
}

static void refuse_as_of(struct case_box *box, const struct case_state *of,
    uint64_t size, uint64_t root_of)
{
	struct buf fields;

	buf_init(&fields, 4096);
	put_as_of(&fields, of, size, root_of);
	buf_puts(&fields, ONE("D-9"));
	box_refuse(box, RECORD_HANDOVER, BOX_JUNE(21, "09:00:00"),
	    "police.example room.example", fields.p, "as-of");
	buf_done(&fields);
}

static void refuses_a_checkpoint_that_this_ledger_never_had(void **state)
{
	struct case_box *box = *state;
	size_t n = case_state_leaf_count(box->f->state);

	refuse_as_of(box, box->f->state, n + 1, n);
	refuse_as_of(box, box->f->state, n - 1, n);
}

static void refuses_a_checkpoint_of_another_history(void **state)
{
	struct case_box *box = *state;
	struct fixture_case *other = fixture_case_new("clock: set\n");

	refuse_as_of(box, other->state, 1, 1);
	fixture_case_free(other);
}

static void takes_an_older_checkpoint_of_this_ledger(void **state)
{
	struct case_box *box = *state;
	struct buf fields;

	accept_claim(box, "police.example", "police.example");
	buf_init(&fields, 4096);
	put_as_of(&fields, box->f->state, 7, 7);
	buf_puts(&fields, ONE("D-9"));
	box_accept(box, RECORD_HANDOVER, BOX_JUNE(21, "09:00:00"),
	    "police.example room.example", fields.p);
	buf_done(&fields);
}

/* ---- offers ---- */

static void offer_until(
    struct case_box *box, const char *entered, const char *why)
{
	const char *fields = "offer-expires: 2023-06-21T10:00:00Z\n" ONE("D-9");

	box->f->entered = box_when(entered);
	if (why != NULL)
		box_refuse(box, RECORD_HANDOVER, BOX_JUNE(21, "09:00:00"),
		    "police.example room.example", fields, why);
	else
		box_accept(box, RECORD_HANDOVER, BOX_JUNE(21, "09:00:00"),
		    "police.example room.example", fields);
}

static void refuses_an_offer_completed_after_it_expired(void **state)
{
	offer_until(*state, BOX_JUNE(21, "10:00:01"), "offer-expires");
}

static void takes_an_offer_completed_in_its_last_second(void **state)
{
	offer_until(*state, BOX_JUNE(21, "10:00:00"), NULL);
}

/* The offer knew the ledger as it was before `leaf`. */
static void complete_offer(
    struct case_box *box, const char *item, uint32_t leaf, const char *why)
{
	struct buf fields;

	buf_init(&fields, 4096);
	put_as_of(&fields, box->f->state, leaf, leaf);
	buf_printf(&fields,
	    "from: police.example\nto: room.example\n"
	    "counted-by-giver: 1\ncounted-by-receiver: 1\nitem: %s\n",
	    item);
	if (why != NULL)
		box_refuse(box, RECORD_HANDOVER, BOX_JUNE(21, "12:00:00"),
		    "police.example room.example", fields.p, why);
	else
		box_accept(box, RECORD_HANDOVER, BOX_JUNE(21, "12:00:00"),
		    "police.example room.example", fields.p);
	buf_done(&fields);
}

static void refuses_an_offer_after_its_item_was_given_away(void **state)
{
	struct case_box *box = *state;
	uint32_t leaf = box_give_one(box, BOX_JUNE(21, "10:00:00"),
	    "police.example", "transit.example", "D-9");

	complete_offer(box, "D-9", leaf, "something else happened");
}

static void refuses_an_offer_after_its_item_was_opened(void **state)
{
	struct case_box *box = *state;
	uint32_t leaf = box_add(box, RECORD_HANDLING, BOX_JUNE(21, "10:00:00"),
	    "police.example notary.example",
	    "custodian: police.example\nwitness: notary.example\n"
	    "authority: order 7\nitem: B-1\n  action: open\n");

	complete_offer(box, "B-1", leaf, "something else happened");
}

static void refuses_an_offer_after_its_items_package_moved(void **state)
{
	struct case_box *box = *state;
	uint32_t leaf = box_give_one(box, BOX_JUNE(21, "10:00:00"),
	    "police.example", "transit.example", "B-1");

	complete_offer(box, "D-1", leaf, "something else happened");
}

static void refuses_an_offer_after_a_late_record_about_its_item(void **state)
{
	struct case_box *box = *state;
	uint32_t leaf =
	    box_add_late(box, RECORD_HANDLING, BOX_JUNE(20, "10:00:00"),
		BOX_JUNE(21, "11:00:00"), "police.example notary.example",
		"custodian: police.example\nwitness: notary.example\n"
		"authority: order 7\nitem: D-9\n  action: power-on\n");

	complete_offer(box, "D-9", leaf, "something else happened");
}

static void takes_an_offer_after_something_happened_to_others(void **state)
{
	struct case_box *box = *state;
	uint32_t leaf = box_give_one(box, BOX_JUNE(21, "10:00:00"),
	    "police.example", "transit.example", "B-2");

	complete_offer(box, "D-9", leaf, NULL);
}

/* ---- who must sign ---- */

static void refuse_handover(struct case_box *box, const char *signers,
    const char *fields, const char *why)
{
	box_refuse(box, RECORD_HANDOVER, BOX_JUNE(21, "09:00:00"), signers,
	    fields, why);
}

static void refuses_a_hand_over_without_its_receiver(void **state)
{
	refuse_handover(
	    *state, "police.example", ONE("D-9"), "to: room.example");
	refuse_handover(*state, "police.example notary.example", ONE("D-9"),
	    "to: room.example");
}

static void refuses_a_hand_over_without_its_giver(void **state)
{
	refuse_handover(
	    *state, "room.example", ONE("D-9"), "from: police.example");
}

static void refuses_a_hand_over_whose_witness_has_not_signed(void **state)
{
	refuse_handover(*state, "police.example room.example",
	    "witness: notary.example\n" ONE("D-9"), "witness");
}

static void refuses_a_receiver_who_signed_and_is_said_not_to_have(void **state)
{
	refuse_handover(*state, "police.example room.example",
	    "from: police.example\nto: room.example\nreceiver: refused\n"
	    "counted-by-giver: 1\nitem: D-9\n",
	    "receiver");
}

static void takes_a_hand_over_whose_receiver_refused_to_sign(void **state)
{
	box_accept(*state, RECORD_HANDOVER, BOX_JUNE(21, "09:00:00"),
	    "police.example",
	    "from: police.example\nto: room.example\nreceiver: refused\n"
	    "counted-by-giver: 1\nitem: D-9\n");
}

static void refuses_a_handling_without_its_custodian(void **state)
{
	box_refuse(*state, RECORD_HANDLING, BOX_JUNE(21, "09:00:00"),
	    "notary.example",
	    "custodian: police.example\nwitness: notary.example\n"
	    "authority: order 7\nitem: B-1\n  action: open\n",
	    "custodian");
}

static void refuses_a_handling_without_its_witness(void **state)
{
	box_refuse(*state, RECORD_HANDLING, BOX_JUNE(21, "09:00:00"),
	    "police.example",
	    "custodian: police.example\nwitness: notary.example\n"
	    "authority: order 7\nitem: B-1\n  action: open\n",
	    "witness");
}

static void refuses_an_inspection_without_its_inspector(void **state)
{
	box_refuse(*state, RECORD_INSPECTION, BOX_JUNE(21, "09:00:00"),
	    "police.example",
	    "custodian: police.example\ninspector: court.example\n"
	    "item: B-1\n",
	    "inspector");
}

static void refuse_seizure(
    struct case_box *box, const char *signers, const char *fields)
{
	box_refuse(box, RECORD_SEIZURE, BOX_JUNE(20, "10:00:00"), signers,
	    fields, "signature");
}

static void refuses_a_seizure_signed_by_those_said_to_be_away(void **state)
{
	refuse_seizure(*state, "police.example owner.example",
	    BOX_TAKEN "authority-signature: signed\n"
		      "owner-signature: absent\n");
	refuse_seizure(*state, "police.example owner.example",
	    BOX_TAKEN "authority-signature: refused\n"
		      "owner-signature: signed\n");
}

static void refuses_a_seizure_not_signed_by_those_said_to_have(void **state)
{
	refuse_seizure(*state, "police.example",
	    BOX_TAKEN "authority-signature: signed\n"
		      "owner-signature: signed\n");
	refuse_seizure(*state, "owner.example",
	    BOX_TAKEN "authority-signature: signed\n"
		      "owner-signature: signed\n");
}

static void refuses_a_seizure_whose_witness_has_not_signed(void **state)
{
	refuse_seizure(*state, "police.example owner.example", BOX_SEIZED);
}

/* ---- names ---- */

static void refuses_an_item_whose_name_differs_in_case(void **state)
{
	box_refuse(*state, RECORD_LIST, BOX_JUNE(21, "09:00:00"), BOX_EVERYONE,
	    "found-late: behind a wall\nitem: d-9\n  type: drive\n", "case");
	refuse_handover(
	    *state, "police.example room.example", ONE("d-9"), "case");
}

static void refuses_a_found_item_whose_name_differs_in_case(void **state)
{
	box_refuse(*state, RECORD_HANDLING, BOX_JUNE(21, "09:00:00"),
	    "police.example notary.example",
	    "custodian: police.example\nwitness: notary.example\n"
	    "authority: order 7\n"
	    "item: D-9\n  action: power-on\n"
	    "item: d-1\n  action: found\n  out-of: B-1\n  type: drive\n",
	    "case");
}

static void refuses_a_party_whose_name_differs_in_case(void **state)
{
	box_refuse(*state, RECORD_JOIN, BOX_JUNE(21, "09:00:00"),
	    "Council.example police.example",
	    "party: Council.example\nside: neutral\norg: c\nkey: @\n", "case");
}

/* ---- required fields ---- */

static void refuses_a_record_without_what_the_policy_requires(void **state)
{
	struct case_box *box = *state;

	box_accept(box, RECORD_POLICY, BOX_JUNE(20, "12:00:00"),
	    "owner.example",
	    "require: handover purpose\nrequire: handover seal\n");
	refuse_handover(
	    box, "police.example room.example", ONE("B-1"), "requires");
	refuse_handover(box, "police.example room.example",
	    "purpose: custody\n" ONE("B-1"), "requires");
	box_accept(box, RECORD_HANDOVER, BOX_JUNE(21, "09:00:00"),
	    "police.example room.example",
	    "purpose: custody\n" ONE("B-1") "  seal: 1001\n");
}

static void a_withheld_field_is_there_for_the_policy(void **state)
{
	struct case_box *box = *state;

	box_accept(box, RECORD_POLICY, BOX_JUNE(20, "12:00:00"),
	    "owner.example", "require: handover given-by\n");
	box_accept(box, RECORD_HANDOVER, BOX_JUNE(21, "09:00:00"),
	    "police.example room.example", "given-by: A. B.\n" ONE("B-1"));
}

/* ---- lists ---- */

static void refuses_a_list_with_something_inside_nothing(void **state)
{
	box_refuse(*state, RECORD_LIST, BOX_JUNE(21, "09:00:00"), BOX_EVERYONE,
	    "found-late: behind a wall\n"
	    "item: D-10\n  type: drive\n  inside: B-10\n"
	    "item: B-10\n  type: package\n",
	    "inside");
}

static void refuses_items_found_late_with_one_signer(void **state)
{
	box_refuse(*state, RECORD_LIST, BOX_JUNE(21, "09:00:00"),
	    "police.example",
	    "found-late: behind a wall\nitem: D-10\n  type: drive\n",
	    "second signer");
}

#define EACH(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

/* long: one line a test */
int main(void)
{
	const struct CMUnitTest tests[] = {
	    EACH(refuses_a_record_of_another_case),
	    EACH(refuses_the_right_name_with_another_genesis),
	    EACH(refuses_the_right_genesis_with_another_name),
	    EACH(refuses_the_same_text_twice),
	    EACH(refuses_the_same_text_entered_again_later),
	    EACH(takes_exactly_the_signatures_that_are_named),
	    EACH(refuses_a_record_without_signatures),
	    EACH(refuses_a_missing_signature),
	    EACH(refuses_a_signature_too_many),
	    EACH(refuses_a_signature_twice),
	    EACH(refuses_signatures_in_another_order),
	    EACH(refuses_a_signature_by_somebody_else),
	    EACH(refuses_a_signer_who_is_no_party),
	    EACH(refuses_a_signer_who_is_only_named),
	    EACH(refuses_a_signer_whose_name_differs_in_case),
	    EACH(refuses_the_keys_of_log_and_witness_as_signers),
	    EACH(refuses_a_key_that_was_not_enrolled),
	    EACH(refuses_a_signature_that_another_key_made),
	    EACH(refuses_a_signature_over_another_text),
	    EACH(refuses_a_leaf_with_any_byte_of_its_note_changed),
	    EACH(refuses_a_leaf_cut_short),
	    EACH(refuses_a_leaf_with_something_behind_it),
	    EACH(refuses_a_malformed_text),
	    EACH(refuses_a_leaf_of_more_than_65535_bytes),
	    EACH(a_refused_leaf_leaves_room_for_a_good_one),
	    EACH(refuses_an_entry_before_the_last_one),
	    EACH(takes_two_entries_in_one_second),
	    EACH(refuses_an_entry_of_what_has_not_happened_yet),
	    EACH(takes_an_entry_in_the_second_in_which_it_happened),
	    EACH(refuses_a_late_entry_without_a_reason),
	    EACH(an_entry_after_24_hours_is_not_late),
	    EACH(takes_a_late_entry_with_its_reason),
	    EACH(refuses_a_checkpoint_that_this_ledger_never_had),
	    EACH(refuses_a_checkpoint_of_another_history),
	    EACH(takes_an_older_checkpoint_of_this_ledger),
	    EACH(refuses_an_offer_completed_after_it_expired),
	    EACH(takes_an_offer_completed_in_its_last_second),
	    EACH(refuses_an_offer_after_its_item_was_given_away),
	    EACH(refuses_an_offer_after_its_item_was_opened),
	    EACH(refuses_an_offer_after_its_items_package_moved),
	    EACH(refuses_an_offer_after_a_late_record_about_its_item),
	    EACH(takes_an_offer_after_something_happened_to_others),
	    EACH(refuses_a_hand_over_without_its_receiver),
	    EACH(refuses_a_hand_over_without_its_giver),
	    EACH(refuses_a_hand_over_whose_witness_has_not_signed),
	    EACH(refuses_a_receiver_who_signed_and_is_said_not_to_have),
	    EACH(takes_a_hand_over_whose_receiver_refused_to_sign),
	    EACH(refuses_a_handling_without_its_custodian),
	    EACH(refuses_a_handling_without_its_witness),
	    EACH(refuses_an_inspection_without_its_inspector),
	    EACH(refuses_a_seizure_signed_by_those_said_to_be_away),
	    EACH(refuses_a_seizure_not_signed_by_those_said_to_have),
	    EACH(refuses_a_seizure_whose_witness_has_not_signed),
	    EACH(refuses_an_item_whose_name_differs_in_case),
	    EACH(refuses_a_found_item_whose_name_differs_in_case),
	    EACH(refuses_a_party_whose_name_differs_in_case),
	    EACH(refuses_a_record_without_what_the_policy_requires),
	    EACH(a_withheld_field_is_there_for_the_policy),
	    EACH(refuses_a_list_with_something_inside_nothing),
	    EACH(refuses_items_found_late_with_one_signer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
