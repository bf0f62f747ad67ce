/*
 * test_case_copy.c: images and extracts: made and read under an order, locked
 * to a quorum, and what they do to the word for data (findings 5.2, 5.4, 8).
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

#define ORDER "what: authorisation\nissuer: court.example\n"
#define ALL_ACTS                                                               \
	"permits: image\npermits: examine\npermits: unlock\n"                  \
	"permits: disclose\n"
#define QUORUM                                                                 \
	"threshold: 2\nholder: notary.example\nholder: court.example\n"        \
	"holder: owner.example\n"
#define QUORUM_AND_ROOM                                                        \
	"room.example notary.example court.example owner.example"

static const char *id(const struct case_box *box, uint32_t leaf)
{
	static char hex[8][HASH_HEX_SIZE];
	static size_t next;

	return fixture_case_id(box->f, leaf, hex[next++ % 8]);
}

/* The story goes on from here: the question came on 4 July. */
static uint32_t order(struct case_box *box, const char *more)
{
	return box_addf(box, RECORD_ORDER, BOX_JULY(05, "09:00:00"),
	    "court.example", ORDER "%s", more);
}

static uint32_t image(struct case_box *box, const char *at, uint32_t under,
    const char *examiner, const char *more)
{
	char signers[128];

	(void)snprintf(signers, sizeof(signers), "%s room.example", examiner);
	return box_addf(box, RECORD_IMAGE, at, signers,
	    "examiner: %s\ncustodian: room.example\n%s%s\n"
	    "item: I-9\n  type: image\n  derived-from: D-9\n%s",
	    examiner, under == CASE_NONE ? "tool: dd" : "order: ",
	    under == CASE_NONE ? "" : id(box, under), more);
}

static uint32_t made(struct case_box *box)
{
	uint32_t leaf = order(box, ALL_ACTS);

	image(box, BOX_JULY(06, "09:00:00"), leaf, "police.example", "");
	return leaf;
}

static uint32_t lock(struct case_box *box, const char *more)
{
	return box_addf(box, RECORD_LOCK, BOX_JULY(07, "09:00:00"),
	    "police.example notary.example court.example owner.example "
	    "room.example",
	    "custodian: police.example\n%sitem: I-9\n", more);
}

/* ---- orders ---- */

static void an_image_under_an_order_is_good_and_an_item(void **state)
{
	struct case_box *box = *state;
	uint32_t leaf = image(box, BOX_JULY(06, "09:00:00"),
	    order(box, ALL_ACTS), "police.example", "");

	expect_good(box, leaf);
	assert_true(
	    box_holds(box, "police.example", "I-9", BOX_JULY(07, "09:00:00")));
	expect_hardware(box, "I-9", "n/a");
}

static void an_image_without_an_order_is_a_breach(void **state)
{
	struct case_box *box = *state;
	uint32_t leaf = image(
	    box, BOX_JULY(06, "09:00:00"), CASE_NONE, "police.example", "");

	expect_breach(box, leaf, NO_ORDER);
}

static void an_order_covers_what_it_permits(void **state)
{
	struct case_box *box = *state;
	uint32_t leaf = image(box, BOX_JULY(06, "09:00:00"),
	    order(box, "permits: examine\n"), "police.example", "");

	expect_breach(box, leaf, NO_ORDER);
}

static void an_order_covers_what_it_concerns(void **state)
{
	struct case_box *box = *state;
	uint32_t other = order(box, "concerns: D-1\n" ALL_ACTS);
	uint32_t leaf =
	    image(box, BOX_JULY(06, "09:00:00"), other, "police.example", "");

	expect_breach(box, leaf, NO_ORDER);
}

static void an_order_covers_the_copies_of_what_it_concerns(void **state)
{
	struct case_box *box = *state;
	uint32_t under = order(box, "concerns: D-9\n" ALL_ACTS);

	image(box, BOX_JULY(06, "09:00:00"), under, "police.example", "");
	expect_good(box,
	    box_addf(box, RECORD_EXAMINATION, BOX_JULY(07, "09:00:00"),
		"police.example",
		"examiner: police.example\norder: %s\nitem: I-9\n",
		id(box, under)));
}

static void an_order_runs_until_its_end(void **state)
{
	struct case_box *box = *state;
	uint32_t leaf = image(box, BOX_JULY(06, "09:00:00"),
	    order(box, ALL_ACTS "until: 2023-07-05\n"), "police.example", "");

	expect_breach(box, leaf, NO_ORDER);
}

static void an_order_runs_from_its_beginning(void **state)
{
	struct case_box *box = *state;
	uint32_t leaf = image(box, BOX_JULY(06, "09:00:00"),
	    order(box, ALL_ACTS "since: 2023-07-07\n"), "police.example", "");

	expect_breach(box, leaf, NO_ORDER);
}

static void an_extension_lengthens_an_order_and_a_revocation_ends_it(
    void **state)
{
	struct case_box *box = *state;
	uint32_t first = order(box, ALL_ACTS "until: 2023-07-05\n");

	box_addf(box, RECORD_ORDER, BOX_JULY(05, "10:00:00"), "court.example",
	    "what: extension\nissuer: court.example\norder: %s\n"
	    "until: 2023-07-30\n",
	    id(box, first));
	expect_good(box,
	    image(box, BOX_JULY(06, "09:00:00"), first, "police.example", ""));
	box_addf(box, RECORD_ORDER, BOX_JULY(07, "10:00:00"), "court.example",
	    "what: revocation\nissuer: court.example\norder: %s\n",
	    id(box, first));
	expect_breach(box,
	    box_addf(box, RECORD_EXAMINATION, BOX_JULY(08, "09:00:00"),
		"police.example",
		"examiner: police.example\norder: %s\nitem: I-9\n",
		id(box, first)),
	    NO_ORDER);
}

static void only_its_issuer_changes_an_order(void **state)
{
	struct case_box *box = *state;
	uint32_t first = order(box, ALL_ACTS);

	expect_void(box,
	    box_addf(box, RECORD_ORDER, BOX_JULY(05, "10:00:00"),
		"notary.example",
		"what: revocation\nissuer: notary.example\norder: %s\n",
		id(box, first)),
	    NOT_ENTITLED);
	expect_void(box,
	    box_addf(box, RECORD_ORDER, BOX_JULY(05, "10:00:00"),
		"court.example",
		"what: revocation\nissuer: court.example\norder: %s\n",
		id(box, box->question)),
	    UNKNOWN_RECORD);
}

static void an_order_is_its_issuers_or_entered_from_paper(void **state)
{
	struct case_box *box = *state;

	expect_void(box,
	    box_add(box, RECORD_ORDER, BOX_JULY(05, "10:00:00"),
		"police.example", ORDER ALL_ACTS),
	    NOT_ENTITLED);
	expect_void(box,
	    box_add(box, RECORD_ORDER, BOX_JULY(05, "10:00:00"),
		"police.example",
		"what: warrant\nissuer: court.example\n"
		"from-paper-by: police.example\n"),
	    NOT_ENTITLED);
	expect_good(box,
	    box_add(box, RECORD_ORDER, BOX_JULY(05, "10:00:00"),
		"police.example",
		"what: warrant\nissuer: court.example\n"
		"from-paper-by: police.example\n" BOX_DOCUMENT));
	expect_void(box,
	    box_add(box, RECORD_ORDER, BOX_JULY(05, "10:00:00"),
		"transit.example", "what: warrant\nissuer: transit.example\n"),
	    NOT_ENTITLED);
	expect_void(box,
	    box_add(box, RECORD_ORDER, BOX_JULY(05, "10:00:00"),
		"police.example", "what: warrant\nissuer: nobody.example\n"),
	    UNKNOWN_PARTY);
}

static void an_order_may_name_its_examiners(void **state)
{
	struct case_box *box = *state;
	uint32_t under = order(box, ALL_ACTS "examiner: notary.example\n");

	expect_breach(box,
	    image(box, BOX_JULY(06, "09:00:00"), under, "police.example", ""),
	    NO_ORDER);
}

/* An examination of I-9 with these lines; I-9 is made anew under an order
 * with those. */
static uint32_t examined(
    struct case_box *box, const char *of_order, const char *of_reading)
{
	char text[200];

	(void)snprintf(text, sizeof(text), ALL_ACTS "%s", of_order);
	uint32_t under = order(box, text);

	image(box, BOX_JULY(06, "09:00:00"), under, "police.example", "");
	return box_addf(box, RECORD_EXAMINATION, BOX_JULY(07, "09:00:00"),
	    "police.example",
	    "examiner: police.example\norder: %s\n%sitem: I-9\n",
	    id(box, under), of_reading);
}

static void an_order_may_name_its_kinds_of_finding(void **state)
{
	struct case_box *box = *state;

	expect_good(box,
	    examined(box, "finds: email\nfinds: phone\n", "finds: phone\n"));
}

static void an_order_permits_no_other_kinds_of_finding(void **state)
{
	struct case_box *box = *state;

	expect_breach(box,
	    examined(box, "finds: email\n", "finds: email\nfinds: card\n"),
	    NO_ORDER);
}

static void what_is_looked_for_is_said_if_the_order_does(void **state)
{
	struct case_box *box = *state;

	expect_breach(box, examined(box, "finds: email\n", ""), NO_ORDER);
}

static void an_examination_is_for_its_orders_purpose(void **state)
{
	struct case_box *box = *state;

	expect_breach(box,
	    examined(box, "purpose: a count\n", "purpose: a search\n"),
	    NO_ORDER);
}

/* ---- copies ---- */

static void a_copy_of_what_nobody_who_signs_holds_is_only_said(void **state)
{
	struct case_box *box = *state;
	uint32_t leaf = box_add(box, RECORD_IMAGE, BOX_JULY(06, "09:00:00"),
	    "transit.example notary.example",
	    "examiner: transit.example\ncustodian: notary.example\n"
	    "item: I-9\n  type: image\n  derived-from: D-9\n");

	expect_not_holder(box, leaf);
	box_establish(box, "transit.example", "council.example");
	expect_data(box, "D-9", "NOT-SHOWN last-sighting:-,enclosed:-");
	expect_hardware(box, "D-9", BOX_UNSEEN);
}

static void a_copys_name_is_new(void **state)
{
	struct case_box *box = *state;
	uint32_t under = made(box);

	expect_breach(box,
	    image(box, BOX_JULY(08, "09:00:00"), under, "police.example", ""),
	    NUMBER_REUSED);
}

static void what_is_read_must_be_an_item(void **state)
{
	struct case_box *box = *state;
	uint32_t under = made(box);

	expect_breach(box,
	    box_addf(box, RECORD_EXAMINATION, BOX_JULY(07, "09:00:00"),
		"police.example",
		"examiner: police.example\norder: %s\nitem: I-10\n",
		id(box, under)),
	    COPY_UNLISTED);
}

static void a_remaining_copy_must_be_an_item(void **state)
{
	struct case_box *box = *state;

	expect_breach(box,
	    box_add(box, RECORD_RELEASE, BOX_JULY(07, "09:00:00"),
		"room.example owner.example",
		"from: room.example\nto: owner.example\n"
		"counted-by-giver: 1\ncounted-by-receiver: 1\n"
		"remaining-copy: I-9\nitem: D-9\n"),
	    COPY_UNLISTED);
}

/* ---- YES ---- */

static void whoever_acts_for_the_recipient_and_takes_an_image_is_yes(
    void **state)
{
	struct case_box *box = *state;

	box_establish(box, "transit.example", "council.example");
	box_ask_again(box, "2023-06-20T00:00:00Z", "2023-07-11T00:00:00Z");
	uint32_t leaf = image(box, BOX_JULY(11, "12:10:00"),
	    box_addf(box, RECORD_ORDER, BOX_JULY(11, "12:05:00"),
		"court.example", ORDER ALL_ACTS),
	    "transit.example", "");

	expect_data(box, "D-9",
	    "NOT-SHOWN last-sighting:-,enclosed:%u,"
	    "enclosed:-,copies:%u",
	    leaf, leaf);
	box->question = box_add(box, RECORD_QUESTION, BOX_JULY(12, "08:00:00"),
	    "owner.example",
	    BOX_QUESTION("2023-06-20T00:00:00Z", "2023-07-12T00:00:00Z"));
	expect_data(box, "D-9", "YES held:%u,imaged:%u", leaf, leaf);
	expect_hardware(box, "D-9", BOX_UNSEEN);
}

/* The question whose period ends on 12 July. */
static void ask_late(struct case_box *box)
{
	box->question = box_add(box, RECORD_QUESTION, BOX_JULY(12, "08:00:00"),
	    "owner.example",
	    BOX_QUESTION("2023-06-20T00:00:00Z", "2023-07-12T00:00:00Z"));
}

static void whoever_acts_for_the_recipient_and_examines_a_copy_is_yes(
    void **state)
{
	struct case_box *box = *state;
	uint32_t under = made(box);

	box_establish(box, "transit.example", "council.example");
	uint32_t leaf = box_addf(box, RECORD_EXAMINATION,
	    BOX_JULY(07, "09:00:00"), "transit.example police.example",
	    "examiner: transit.example\norder: %s\nitem: I-9\n",
	    id(box, under));
	ask_late(box);
	expect_data(box, "D-9", "YES examined:%u", leaf);
	expect_data(box, "I-9", "YES examined:%u", leaf);
}

static void a_disclosure_to_the_recipient_is_yes(void **state)
{
	struct case_box *box = *state;
	uint32_t under = made(box);
	uint32_t leaf = box_addf(box, RECORD_DISCLOSURE,
	    BOX_JULY(07, "09:00:00"), "police.example",
	    "from: police.example\nto: council.example\nreceiver: refused\n"
	    "order: %s\nitem: I-9\n",
	    id(box, under));

	ask_late(box);
	expect_good(box, leaf);
	expect_data(box, "D-9", "YES disclosed:%u", leaf);
}

static void holding_an_open_copy_is_yes_and_a_locked_one_is_not(void **state)
{
	struct case_box *box = *state;

	uint32_t copied = made(box) + 1;
	box_establish(box, "transit.example", "council.example");
	uint32_t locked = lock(box, QUORUM "plaintext: destroyed\n");
	expect_good(box, locked);
	uint32_t given = box_give_one(box, BOX_JULY(08, "09:00:00"),
	    "police.example", "transit.example", "I-9");
	ask_late(box);
	expect_data(box, "D-9",
	    "NOT-SHOWN last-sighting:-,enclosed:%u,enclosed:-", copied);
	uint32_t open = box_addf(box, RECORD_UNLOCK, BOX_JULY(12, "08:10:00"),
	    "court.example owner.example",
	    "host: transit.example\nholder: court.example\n"
	    "holder: owner.example\nitem: I-9\n");
	expect_breach(box, open, NO_ORDER);
	box->question = box_add(box, RECORD_QUESTION, BOX_JULY(12, "09:00:00"),
	    "owner.example",
	    BOX_QUESTION("2023-06-20T00:00:00Z", "2023-07-12T08:30:00Z"));
	expect_data(box, "D-9", "YES held:%u,unlocked:%u", given, open);
}

static void a_reading_by_the_barred_is_a_breach(void **state)
{
	struct case_box *box = *state;
	uint32_t under = made(box);

	box_policy(box, BOX_BOTH, "red-line: council.example\n");
	expect_breach(box,
	    box_addf(box, RECORD_DISCLOSURE, BOX_JULY(07, "09:00:00"),
		"police.example",
		"from: police.example\nto: council.example\n"
		"receiver: absent\norder: %s\nitem: I-9\n",
		id(box, under)),
	    RED_LINE);
}

/* ---- locks ---- */

static void a_quorum_that_one_organisation_reaches_or_blocks_is_void(
    void **state)
{
	struct case_box *box = *state;

	made(box);
	expect_void(box,
	    lock(box,
		"threshold: 3\n"
		"holder: notary.example\nholder: court.example\n"
		"holder: owner.example\nplaintext: destroyed\n"),
	    QUORUM);
	expect_void(box,
	    lock(box,
		"threshold: 1\n"
		"holder: notary.example\nholder: court.example\n"
		"holder: owner.example\nplaintext: destroyed\n"),
	    QUORUM);
	expect_good(box, lock(box, QUORUM "plaintext: destroyed\n"));
	box_establish(box, "notary.example", "owner.example");
	expect_void(box, lock(box, QUORUM "plaintext: kept\n"), QUORUM);
}

/* A key for encryption whose text has this letter throughout. */
static void enrol(struct case_box *box, const char *party, char letter)
{
	char letters[59] = {0};

	memset(letters, letter, sizeof(letters) - 1);
	expect_good(box,
	    box_addf(box, RECORD_KEY, BOX_JULY(07, "09:00:00"), party,
		"party: %s\naction: encryption\nencryption-key: age1%s\n",
		party, letters));
}

static void who_has_the_key_of_two_holders_is_one(void **state)
{
	struct case_box *box = *state;

	made(box);
	enrol(box, "notary.example", 'q');
	enrol(box, "court.example", 'p');
	enrol(box, "owner.example", 'z');
	expect_good(box, lock(box, QUORUM "plaintext: destroyed\n"));
	enrol(box, "court.example", 'q');
	expect_void(box, lock(box, QUORUM "plaintext: kept\n"), QUORUM);
	/* The notary's shares are still made for a key that the court has. */
	enrol(box, "court.example", 'r');
	expect_void(box, lock(box, QUORUM "plaintext: kept\n"), QUORUM);
	enrol(box, "notary.example", 'y');
	expect_good(box, lock(box, QUORUM "plaintext: destroyed\n"));
	/* The other way round: the court's newest was the notary's once. */
	enrol(box, "notary.example", 'x');
	enrol(box, "court.example", 'y');
	expect_void(box, lock(box, QUORUM "plaintext: kept\n"), QUORUM);
}

static void only_copies_are_locked_and_by_who_holds_them(void **state)
{
	struct case_box *box = *state;

	made(box);
	expect_void(box,
	    box_add(box, RECORD_LOCK, BOX_JULY(07, "09:00:00"), QUORUM_AND_ROOM,
		"custodian: room.example\n" QUORUM
		"plaintext: destroyed\nitem: D-9\n"),
	    UNKNOWN_RECORD);
	expect_void(box,
	    box_add(box, RECORD_LOCK, BOX_JULY(07, "09:00:00"), QUORUM_AND_ROOM,
		"custodian: room.example\n" QUORUM
		"plaintext: destroyed\nitem: I-9\n"),
	    NOT_HOLDER);
}

/* The room holds I-8, which is on something that the police hold. */
static void put_copy_on(
    struct case_box *box, uint32_t under, const char *medium)
{
	box_addf(box, RECORD_IMAGE, BOX_JULY(06, "11:00:00"),
	    "court.example room.example",
	    "examiner: court.example\ncustodian: room.example\n"
	    "host: room.example\norder: %s\nitem: I-8\n  type: image\n"
	    "  derived-from: D-9\n  inside: %s\n",
	    id(box, under), medium);
}

static uint32_t give_copy(struct case_box *box, const char *medium)
{
	return box_addf(box, RECORD_HANDOVER, BOX_JULY(07, "09:00:00"),
	    "room.example transit.example",
	    "from: room.example\nto: transit.example\n"
	    "counted-by-giver: 2\ncounted-by-receiver: 2\n"
	    "item: I-8\nitem: %s\n",
	    medium);
}

/* Naming something that the giver does not hold hides no hand-over. */
static void what_another_holds_takes_nothing_along(void **state)
{
	struct case_box *box = *state;

	put_copy_on(box, made(box), "I-9");
	expect_not_holder(box, give_copy(box, "I-9"));
	assert_true(
	    box_holds(box, "transit.example", "I-8", BOX_JULY(07, "10:00:00")));
	assert_false(
	    box_holds(box, "room.example", "I-8", BOX_JULY(07, "10:00:00")));
}

static void what_another_holds_explains_no_seal(void **state)
{
	struct case_box *box = *state;
	uint32_t under = order(box, ALL_ACTS);

	box_give_one(box, BOX_JULY(06, "08:00:00"), "room.example",
	    "police.example", "B-1");
	put_copy_on(box, under, "B-1");
	expect_breach(box, give_copy(box, "B-1"), SEAL_UNEXPLAINED);
}

/* One share opens nothing, and shows nothing. */
static void one_holder_of_a_share_opens_nothing(void **state)
{
	struct case_box *box = *state;
	uint32_t under = made(box);

	lock(box, QUORUM "plaintext: destroyed\n");
	expect_not_holder(box,
	    box_addf(box, RECORD_UNLOCK, BOX_JULY(08, "09:00:00"),
		"owner.example",
		"host: council.example\nholder: owner.example\n"
		"order: %s\nitem: I-9\n",
		id(box, under)));
	expect_good(box,
	    box_addf(box, RECORD_UNLOCK, BOX_JULY(08, "09:00:00"),
		"owner.example court.example",
		"host: council.example\nholder: owner.example\n"
		"holder: court.example\norder: %s\nitem: I-9\n",
		id(box, under)));
}

/* An image that is nowhere is one all the same. */
static void an_image_without_a_copy_is_a_breach_and_shown(void **state)
{
	struct case_box *box = *state;
	uint32_t under = order(box, ALL_ACTS);
	uint32_t leaf = box_addf(box, RECORD_IMAGE, BOX_JULY(06, "09:00:00"),
	    "court.example room.example",
	    "examiner: court.example\ncustodian: room.example\n"
	    "host: council.example\norder: %s\nitem: D-9\n",
	    id(box, under));

	expect_breach(box, leaf, COPY_UNLISTED);
	box->question = box_add(box, RECORD_QUESTION, BOX_JULY(12, "09:00:00"),
	    "owner.example",
	    BOX_QUESTION("2023-06-20T00:00:00Z", "2023-07-12T08:30:00Z"));
	expect_data(box, "D-9", "YES imaged:%u", leaf);
}

/* ---- NO ---- */

#define ATTENDED                                                               \
	"custodian: room.example\nwitness: court.example\n"                    \
	"present-throughout: yes\nauthority: the order\n"

/* On 22 June the bag is opened, an image made and the bag sealed again, all
 * before the court; then the question, and the look of 12 July. */
static uint32_t tell_of_image(struct case_box *box, const char *lock_it)
{
	box_done(box);
	box_init(box);
	box_intake(box);
	box_give(
	    box, BOX_JUNE(21, "09:00:00"), "police.example", "room.example");
	uint32_t under = box_addf(box, RECORD_ORDER, BOX_JUNE(22, "08:00:00"),
	    "court.example", ORDER ALL_ACTS);
	box_add(box, RECORD_HANDLING, BOX_JUNE(22, "09:00:00"), BOX_LOOKERS,
	    ATTENDED "item: B-1\n  action: open\n");
	uint32_t leaf = box_addf(box, RECORD_IMAGE, BOX_JUNE(22, "09:10:00"),
	    "police.example room.example court.example",
	    "examiner: police.example\ncustodian: room.example\n"
	    "witness: court.example\npresent-throughout: yes\norder: %s\n"
	    "item: I-9\n  type: image\n  derived-from: D-1\n",
	    id(box, under));
	box_add(box, RECORD_HANDLING, BOX_JUNE(22, "09:20:00"), BOX_LOOKERS,
	    ATTENDED "item: B-1\n  action: reseal\n  seal: 2001\n"
		     "  seal-type: enclosing\n");
	if (lock_it != NULL)
		box_addf(box, RECORD_LOCK, BOX_JUNE(22, "10:00:00"),
		    "police.example notary.example court.example owner.example",
		    "custodian: police.example\n%sitem: I-9\n", lock_it);
	box_ask(box, BOX_ASKED);
	box_add(box, RECORD_INSPECTION, BOX_JULY(12, "07:00:00"), BOX_LOOKERS,
	    BOX_LOOKED "also-in: none\nitem: B-1\n  seen: package-sealed\n"
		       "  seal: 2001\n  state: intact\n");
	return leaf;
}

static void a_copy_that_is_locked_before_a_witness_leaves_a_no(void **state)
{
	struct case_box *box = *state;

	tell_of_image(box, QUORUM "plaintext: destroyed\n");
	expect_both(box, "D-1", "NO");
}

static void a_copy_that_is_not_locked_leaves_none(void **state)
{
	struct case_box *box = *state;
	uint32_t leaf = tell_of_image(box, NULL);

	expect_data(box, "D-1", "NOT-SHOWN copies:%u", leaf);
	expect_hardware(box, "D-1", "NO");
}

static void a_copy_whose_open_version_is_kept_leaves_none(void **state)
{
	struct case_box *box = *state;
	uint32_t leaf = tell_of_image(box, QUORUM "plaintext: kept\n");

	expect_data(box, "D-1", "NOT-SHOWN copies:%u", leaf);
}

static void a_copy_that_was_opened_again_leaves_none(void **state)
{
	struct case_box *box = *state;
	uint32_t leaf = tell_of_image(box, QUORUM "plaintext: destroyed\n");

	box_add(box, RECORD_UNLOCK, BOX_JULY(12, "08:10:00"),
	    "court.example owner.example",
	    "host: police.example\nholder: court.example\n"
	    "holder: owner.example\nitem: I-9\n");
	expect_data(box, "D-1", "NOT-SHOWN copies:%u", leaf);
}

static void a_copy_that_was_destroyed_before_a_witness_leaves_a_no(void **state)
{
	struct case_box *box = *state;

	tell_of_image(box, NULL);
	box_add(box, RECORD_DISPOSAL, BOX_JULY(12, "08:10:00"),
	    "police.example court.example",
	    "custodian: police.example\nwitness: court.example\n"
	    "item: I-9\n  seen: hash-match\n");
	expect_data(box, "D-1", "NO");
}

static void a_reading_that_nobody_attended_leaves_no_closed_bag(void **state)
{
	struct case_box *box = *state;
	uint32_t under = box_addf(box, RECORD_ORDER, BOX_JULY(05, "08:00:00"),
	    "court.example", ORDER ALL_ACTS);
	uint32_t leaf = box_addf(box, RECORD_EXAMINATION,
	    BOX_JULY(06, "09:00:00"), "room.example",
	    "examiner: room.example\norder: %s\nitem: D-1\n", id(box, under));

	box_look(box);
	expect_data(box, "D-1", "NOT-SHOWN enclosed:%u", leaf);
}

/* ---- objections ---- */

static void what_is_read_after_an_objection_is_disputed(void **state)
{
	struct case_box *box = *state;
	struct case_finding finding = {0};
	uint32_t under = made(box);
	uint32_t objection =
	    box_add(box, RECORD_OBJECTION, BOX_JULY(06, "10:00:00"),
		"owner.example", "ground: privilege\nconcerns: D-9\n");

	box_add(box, RECORD_OBJECTION, BOX_JULY(06, "10:00:00"),
	    "notary.example", "ground: privilege\n");
	uint32_t leaf = box_addf(box, RECORD_EXAMINATION,
	    BOX_JULY(07, "09:00:00"), "police.example",
	    "examiner: police.example\norder: %s\nitem: I-9\n", id(box, under));
	box_find(box, &finding);
	assert_int_equal(finding.dispute_count, 1);
	assert_int_equal(finding.disputes[0].leaf, leaf);
	assert_int_equal(finding.disputes[0].objection, objection);
	case_finding_done(&finding);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	    TEST(an_image_under_an_order_is_good_and_an_item),
	    TEST(an_image_without_an_order_is_a_breach),
	    TEST(an_order_covers_what_it_permits),
	    TEST(an_order_covers_what_it_concerns),
	    TEST(an_order_covers_the_copies_of_what_it_concerns),
	    TEST(an_order_runs_until_its_end),
	    TEST(an_order_runs_from_its_beginning),
	    TEST(an_extension_lengthens_an_order_and_a_revocation_ends_it),
	    TEST(only_its_issuer_changes_an_order),
	    TEST(an_order_is_its_issuers_or_entered_from_paper),
	    TEST(an_order_may_name_its_examiners),
	    TEST(an_order_may_name_its_kinds_of_finding),
	    TEST(an_order_permits_no_other_kinds_of_finding),
	    TEST(what_is_looked_for_is_said_if_the_order_does),
	    TEST(an_examination_is_for_its_orders_purpose),
	    TEST(a_copy_of_what_nobody_who_signs_holds_is_only_said),
	    TEST(a_copys_name_is_new),
	    TEST(what_is_read_must_be_an_item),
	    TEST(a_remaining_copy_must_be_an_item),
	    TEST(whoever_acts_for_the_recipient_and_takes_an_image_is_yes),
	    TEST(whoever_acts_for_the_recipient_and_examines_a_copy_is_yes),
	    TEST(a_disclosure_to_the_recipient_is_yes),
	    TEST(holding_an_open_copy_is_yes_and_a_locked_one_is_not),
	    TEST(a_reading_by_the_barred_is_a_breach),
	    TEST(a_quorum_that_one_organisation_reaches_or_blocks_is_void),
	    TEST(who_has_the_key_of_two_holders_is_one),
	    TEST(only_copies_are_locked_and_by_who_holds_them),
	    TEST(a_copy_that_is_locked_before_a_witness_leaves_a_no),
	    TEST(a_copy_that_is_not_locked_leaves_none),
	    TEST(a_copy_whose_open_version_is_kept_leaves_none),
	    TEST(a_copy_that_was_opened_again_leaves_none),
	    TEST(a_copy_that_was_destroyed_before_a_witness_leaves_a_no),
	    TEST(a_reading_that_nobody_attended_leaves_no_closed_bag),
	    TEST(what_is_read_after_an_objection_is_disputed),
	    TEST(what_another_holds_takes_nothing_along),
	    TEST(what_another_holds_explains_no_seal),
	    TEST(one_holder_of_a_share_opens_nothing),
	    TEST(an_image_without_a_copy_is_a_breach_and_shown),
#undef TEST
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
