/*
 * test_case_signers.c: whom a record names, and who therefore must have signed
 * it; which keys may come in; and what else is refused always (findings 4).
 */
#include "case_box.h"

#include "text.h"

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
#define COURT "court.example"
#define NOTARY "notary.example"
#define COUNTED "counted-by-giver: 1\ncounted-by-receiver: 1\n"
#define LOOSE "item: D-9\n"
#define ORDER                                                                  \
	"order: "                                                              \
	"0011223344556677889900112233445566778899001122334455667788990011\n"

/* ---- whoever is named signs ---- */

struct role {
	enum record_kind kind;
	const char *name; /* who has not signed, and as what */
	const char *signers;
	const char *fields;
};

static const struct role roles[] = {
    {RECORD_DISCLOSURE, "from: room.example", NOTARY,
	"from: room.example\nto: notary.example\n" LOOSE},
    {RECORD_DISCLOSURE, "to: notary.example", ROOM,
	"from: room.example\nto: notary.example\n" LOOSE},
    {RECORD_DISCLOSURE, "witness: court.example", ROOM " " NOTARY,
	"from: room.example\nto: notary.example\nwitness: "
	"court.example\n" LOOSE},
    {RECORD_RELEASE, "from: room.example", "owner.example",
	"from: room.example\nto: owner.example\n" COUNTED LOOSE},
    {RECORD_RELEASE, "to: owner.example", ROOM,
	"from: room.example\nto: owner.example\n" COUNTED LOOSE},
    {RECORD_RELEASE, "witness: court.example", ROOM " owner.example",
	"from: room.example\nto: owner.example\nwitness: "
	"court.example\n" COUNTED LOOSE},
    {RECORD_MOVE, "custodian: room.example", COURT,
	"custodian: room.example\n" LOOSE},
    {RECORD_MOVE, "witness: court.example", ROOM,
	"custodian: room.example\nwitness: court.example\n" LOOSE},
    {RECORD_DISPOSAL, "custodian: room.example", COURT,
	"custodian: room.example\nwitness: court.example\n" LOOSE},
    {RECORD_DISPOSAL, "witness: court.example", ROOM,
	"custodian: room.example\nwitness: court.example\n" LOOSE},
    {RECORD_IMAGE, "examiner: police.example", ROOM,
	"examiner: police.example\ncustodian: room.example\n" ORDER LOOSE},
    {RECORD_IMAGE, "custodian: room.example", "police.example",
	"examiner: police.example\ncustodian: room.example\n" ORDER LOOSE},
    {RECORD_IMAGE, "witness: court.example", "police.example " ROOM,
	"examiner: police.example\ncustodian: room.example\n"
	"witness: court.example\n" ORDER LOOSE},
    {RECORD_EXAMINATION, "examiner: police.example", ROOM,
	"examiner: police.example\n" ORDER LOOSE},
    {RECORD_EXAMINATION, "witness: court.example", "police.example",
	"examiner: police.example\nwitness: court.example\n" ORDER LOOSE},
    {RECORD_LOCK, "custodian: room.example", COURT,
	"custodian: room.example\nthreshold: 2\nholder: court.example\n"
	"plaintext: kept\n" LOOSE},
    {RECORD_LOCK, "holder: court.example", ROOM,
	"custodian: room.example\nthreshold: 2\nholder: court.example\n"
	"plaintext: kept\n" LOOSE},
    {RECORD_LOCK, "witness: notary.example", ROOM " " COURT,
	"custodian: room.example\nthreshold: 2\nholder: court.example\n"
	"witness: notary.example\nplaintext: kept\n" LOOSE},
    {RECORD_UNLOCK, "holder: court.example", ROOM,
	"host: room.example\nholder: court.example\n" LOOSE},
    {RECORD_UNLOCK, "witness: notary.example", COURT,
	"host: room.example\nholder: court.example\n"
	"witness: notary.example\n" LOOSE},
};

static void whoever_a_record_names_signs_it(void **state)
{
	for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++) {
		char why[128];

		(void)snprintf(
		    why, sizeof(why), "\"%s\" has not signed", roles[i].name);
		box_refuse(*state, roles[i].kind, AT, roles[i].signers,
		    roles[i].fields, why);
	}
}

/* ---- hand-overs and others that name nothing ---- */

static void giver_and_receiver_are_two(void **state)
{
	box_refuse(*state, RECORD_HANDOVER, AT, ROOM,
	    "from: room.example\nto: room.example\n" COUNTED LOOSE,
	    "giver and receiver are one");
}

static void something_is_handed_over(void **state)
{
	box_refuse(*state, RECORD_HANDOVER, AT, ROOM " " COURT,
	    "from: room.example\nto: court.example\n"
	    "counted-by-giver: 0\ncounted-by-receiver: 0\n",
	    "a hand-over of nothing");
}

static void something_is_moved(void **state)
{
	box_refuse(*state, RECORD_MOVE, AT, ROOM, "custodian: room.example\n",
	    "no item is named");
}

static void who_receives_counts(void **state)
{
	box_refuse(*state, RECORD_HANDOVER, AT, ROOM " " COURT,
	    "from: room.example\nto: court.example\ncounted-by-giver: "
	    "1\n" LOOSE,
	    "the receiver's count is missing");
}

static void who_does_not_sign_has_no_count(void **state)
{
	box_refuse(*state, RECORD_HANDOVER, AT, ROOM,
	    "from: room.example\nto: court.example\nreceiver: refused\n" COUNTED
		LOOSE,
	    "a receiver who did not sign has no count");
}

static void things_are_taken_by_somebody_known(void **state)
{
	box_refuse(*state, RECORD_SEIZURE, AT, "owner.example",
	    "taken-by: nobody.example\nauthority-signature: absent\n"
	    "owner-signature: signed\n",
	    "taken by nobody known");
}

static void a_part_of_a_list_has_items(void **state)
{
	box_refuse(*state, RECORD_LIST, AT, BOX_BOTH, "",
	    "a part of a list without items");
}

static void a_case_has_no_more_than_1024_parties(void **state)
{
	struct fixture_case *f = fixture_case_new_empty();
	struct err err = {0};
	struct buf fields;

	(void)state;
	buf_init(&fields, RECORD_TEXT_MAX);
	buf_puts(&fields,
	    "name: seizure.example\nlog: @\npolicy-holder: police.example\n"
	    "party: police.example\n  side: authority\n  org: p\n  key: @\n");
	for (int i = 0; i < 1024; i++)
		buf_printf(
		    &fields, "party: p%d\n  side: outside\n  org: p\n", i);
	assert_int_equal(
	    fixture_case_try(f, RECORD_CASE, BOX_JUNE(20, "06:00:00"),
		"police.example", fields.p, &err),
	    ERR_VERIFY);
	assert_non_null(strstr(err.message, "more than 1024 parties"));
	buf_done(&fields);
	fixture_case_free(f);
}

/* ---- offers: judged before they are signed ---- */

/* What would become of a record whose signatures nobody has looked at. */
static int judge(struct case_state *state, const char *text,
    struct case_verdict *ret_verdict, struct err *err)
{
	struct record record = {0};

	assert_int_equal(record_parse(&record, slice_of(text), err), 0);
	int rc = case_state_judge(state, &record, record.at, ret_verdict, err);
	record_done(&record);
	return rc;
}

static void refuse_offer(
    struct case_state *state, const char *text, const char *why)
{
	struct case_verdict verdict;
	struct err err = {0};

	assert_int_equal(judge(state, text, &verdict, &err), ERR_VERIFY);
	if (strstr(err.message, why) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", err.message, why);
}

/* A record of this case on 6 July, below its header. */
static const char *offer(struct buf *text, const struct case_box *box,
    const char *kind, const char *signers, const char *below)
{
	buf_clear(text);
	box_put_header(text, box, kind, NULL, AT, signers);
	buf_puts(text, below);
	return text->p;
}

static void the_first_leaf_is_a_genesis(void **state)
{
	struct case_state *empty = case_state_new();
	struct buf text;

	buf_init(&text, RECORD_TEXT_MAX);
	refuse_offer(empty,
	    offer(
		&text, *state, "objection", "owner.example", "ground: other\n"),
	    "the first leaf is not a genesis");
	buf_done(&text);
	case_state_free(empty);
}

static void a_party_without_a_key_brings_one(void **state)
{
	struct case_box *box = *state;
	struct buf text;

	buf_init(&text, RECORD_TEXT_MAX);
	refuse_offer(box->f->state,
	    offer(&text, box, "join", "ministry.example police.example",
		"party: ministry.example\n"),
	    "the key is missing");
	buf_done(&text);
}

/* The key of `seed` under a name, as it stands in a record. */
static void put_key(struct buf *out, const char *before, const char *seed,
    const char *name, uint8_t type)
{
	struct hash bytes = hash_of(seed, strlen(seed));
	struct note_secret secret;

	assert_int_equal(
	    note_secret_from_seed(&secret, slice_of(name), type, bytes.b, NULL),
	    0);
	buf_puts(out, before);
	note_key_put(out, &secret.key);
	buf_putc(out, '\n');
	note_secret_done(&secret);
}

static void a_witness_key_signs_no_records(void **state)
{
	struct case_box *box = *state;
	struct buf text;

	buf_init(&text, RECORD_TEXT_MAX);
	(void)offer(&text, box, "join", "ministry.example police.example",
	    "party: ministry.example\n");
	put_key(
	    &text, "key: ", "new", "ministry.example", NOTE_KEY_COSIGNATURE);
	refuse_offer(box->f->state, text.p, "this key is in use");
	buf_done(&text);
}

static void an_order_that_names_the_barred_hands_nothing_over(void **state)
{
	struct case_box *box = *state;
	struct case_verdict verdict = {0};
	struct err err = {0};
	struct buf text;

	buf_init(&text, RECORD_TEXT_MAX);
	box_policy(box, BOX_BOTH, "red-line: transit.example\n");
	assert_int_equal(
	    judge(box->f->state,
		offer(&text, box, "order", COURT,
		    "what: authorisation\nissuer: court.example\n"
		    "permits: examine\nexaminer: transit.example\n"),
		&verdict, &err),
	    0);
	assert_int_equal(verdict.standing, CASE_GOOD);
	buf_done(&text);
}

/* ---- keys ---- */

static void the_key_that_a_record_brings_signs_it(void **state)
{
	box_refuse(*state, RECORD_JOIN, AT, "ministry.example police.example",
	    "party: ministry.example\nkey: @+2\n",
	    "the signer's key is another one");
}

static void a_rotation_brings_a_key(void **state)
{
	box_refuse(*state, RECORD_KEY, AT, ROOM " police.example",
	    "party: room.example\naction: rotate\nold-key: @\n",
	    "a rotation without the new key");
}

static void rotate_to(void **state, const char *name, uint8_t type)
{
	struct buf fields;

	buf_init(&fields, RECORD_TEXT_MAX);
	buf_puts(&fields, "party: room.example\naction: rotate\nold-key: @\n");
	put_key(&fields, "key: ", "another", name, type);
	box_refuse(*state, RECORD_KEY, AT, ROOM " police.example", fields.p,
	    "a key of another name or type");
	buf_done(&fields);
}

static void a_new_key_has_the_partys_name(void **state)
{
	rotate_to(state, "other.example", NOTE_KEY_ED25519);
}

static void a_new_key_is_one_that_signs_records(void **state)
{
	rotate_to(state, ROOM, NOTE_KEY_COSIGNATURE);
}

static void a_lost_key_is_replaced_with_the_help_of_two_sides(void **state)
{
	box_add(*state, RECORD_JOIN, AT, "clerk.example police.example",
	    "party: clerk.example\nside: authority\norg: clerks\nkey: @\n");
	box_refuse(*state, RECORD_KEY, BOX_JULY(06, "10:00:00"),
	    "transit.example+2 police.example room.example clerk.example",
	    "party: transit.example\naction: rotate\nold-key: @\nkey: @+2\n"
	    "lost: yes\n",
	    "for a lost key a policy holder and two more");
}

static void only_policy_holders_revoke_the_key_of_another(void **state)
{
	box_refuse(*state, RECORD_KEY, AT, "police.example court.example",
	    "party: room.example\naction: revoke\nold-key: @\n",
	    "a key is revoked by its party or by policy holders");
}

static void nobody_countersigns_his_own_new_key(void **state)
{
	box_refuse(*state, RECORD_JOIN, BOX_JULY(07, "09:00:00"),
	    "newcomer.example",
	    "party: newcomer.example\nside: neutral\norg: newcomer\nkey: @\n",
	    "a policy holder must countersign a new key");
}

/* ---- offers grow old ---- */

/* A record about one item by room and court, or by the room alone, that knows
 * the ledger's first `size` leaves. */
static int look_with_as_of(struct case_box *box, uint64_t size,
    const char *signers, const char *item, struct err *err)
{
	struct hash root = case_state_root(box->f->state, size);
	struct buf fields;

	buf_init(&fields, 1024);
	buf_printf(&fields, "as-of: %zu ", (size_t)size);
	text_put_base64(&fields, root.b, HASH_SIZE);
	buf_printf(&fields, "\ncustodian: room.example\n%s", item);
	int rc = fixture_case_try(box->f, RECORD_INSPECTION,
	    BOX_JULY(07, "09:00:00"), signers, fields.p, err);
	buf_done(&fields);
	return rc;
}

static void an_offer_of_a_package_is_stale_when_its_drive_was_handled(
    void **state)
{
	struct case_box *box = *state;
	uint64_t before = case_state_leaf_count(box->f->state);
	struct err err = {0};

	box_add(box, RECORD_INCIDENT, AT, ROOM, "what: damage\nitem: D-1\n");
	assert_int_equal(
	    look_with_as_of(box, before, BOX_LOOKERS, BOX_SEEN(1), &err),
	    ERR_VERIFY);
	assert_non_null(strstr(err.message, "something else happened"));
}

static void what_one_signs_alone_is_no_offer(void **state)
{
	struct case_box *box = *state;
	uint64_t before = case_state_leaf_count(box->f->state);
	struct err err = {0};

	box_add(box, RECORD_INCIDENT, AT, ROOM, "what: damage\nitem: D-9\n");
	assert_int_equal(
	    look_with_as_of(box, before, ROOM, BOX_SEEN_LOOSE, &err), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(whoever_a_record_names_signs_it),
	    TEST(giver_and_receiver_are_two),
	    TEST(something_is_handed_over),
	    TEST(something_is_moved),
	    TEST(who_receives_counts),
	    TEST(who_does_not_sign_has_no_count),
	    TEST(things_are_taken_by_somebody_known),
	    TEST(a_part_of_a_list_has_items),
	    cmocka_unit_test(a_case_has_no_more_than_1024_parties),
	    TEST(the_first_leaf_is_a_genesis),
	    TEST(a_party_without_a_key_brings_one),
	    TEST(a_witness_key_signs_no_records),
	    TEST(an_order_that_names_the_barred_hands_nothing_over),
	    TEST(the_key_that_a_record_brings_signs_it),
	    TEST(a_rotation_brings_a_key),
	    TEST(a_new_key_has_the_partys_name),
	    TEST(a_new_key_is_one_that_signs_records),
	    TEST(a_lost_key_is_replaced_with_the_help_of_two_sides),
	    TEST(only_policy_holders_revoke_the_key_of_another),
	    TEST(nobody_countersigns_his_own_new_key),
	    TEST(an_offer_of_a_package_is_stale_when_its_drive_was_handled),
	    TEST(what_one_signs_alone_is_no_offer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
