/*
 * case_box.h: a small case for the tests of room case: two sealed packages
 * (B-1, B-2; in each a computer, a casing and a drive) and a loose drive
 * (D-9), taken by police.example from owner.example on 20 June 2023.
 *
 * A finding's line is written as in the machine form, with the number of the
 * leaf in place of the record's id: "CONTESTED claim:9,breach:7".
 */
#ifndef CASE_BOX_H
#define CASE_BOX_H

#include "fixture_case.h"
#include "note.h"
#include "when.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define BOX_JUNE(day, time) "2023-06-" #day "T" time "Z"
#define BOX_JULY(day, time) "2023-07-" #day "T" time "Z"
#define BOX_BOTH "police.example owner.example"
#define BOX_EVERYONE "police.example owner.example notary.example"
#define BOX_DOCUMENT                                                           \
	"document: "                                                           \
	"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\n"
#define BOX_PACKAGE(n)                                                         \
	"item: B-" #n "\n  type: package\n  seal: 100" #n "\n"                 \
	"  seal-type: enclosing\n"                                             \
	"item: PC-" #n "\n  type: computer\n  inside: B-" #n "\n"              \
	"item: C-" #n "\n  type: casing\n  inside: PC-" #n "\n"                \
	"item: D-" #n "\n  type: drive\n  inside: PC-" #n "\n"                 \
	"  serial: WD-" #n "\n"
#define BOX_LOOSE                                                              \
	"item: D-9\n  type: drive\n  serial: WD-9\n"                           \
	"  seal: 1009\n  seal-type: tag\n"
#define BOX_ITEMS BOX_PACKAGE(1) BOX_PACKAGE(2) BOX_LOOSE
#define BOX_TAKEN "taken-by: police.example\ntaken-from: owner.example\n"
#define BOX_SEIZED                                                             \
	BOX_TAKEN                                                              \
	"authority-signature: signed\nowner-signature: signed\n"               \
	"witness: notary.example\n"
#define BOX_SEEN(n)                                                            \
	"item: B-" #n "\n  seen: package-sealed\n  seal: 100" #n "\n"          \
	"  state: intact\n"
#define BOX_SEEN_LOOSE "item: D-9\n  seen: serial-read\n"
#define BOX_LOOKED "custodian: room.example\ninspector: court.example\n"
#define BOX_SEEN_ALL                                                           \
	BOX_LOOKED "also-in: none\n" BOX_SEEN(1) BOX_SEEN(2) BOX_SEEN_LOOSE
#define BOX_LOOKERS "room.example court.example"
#define BOX_QUESTION(period_from, period_to)                                   \
	"recipient: council.example\nconcerns: all\n"                          \
	"form: hardware\nform: data\n"                                         \
	"period-from: " period_from "\nperiod-to: " period_to "\n"
#define BOX_ASKED BOX_QUESTION("2023-06-20T00:00:00Z", "2023-07-04T00:00:00Z")

#define BOX_UNSEEN "NOT-SHOWN last-sighting:-"
#define BOX_TO_COUNCIL "recipient: council.example\n"
#define BOX_SAID "said: 2023-07-03\n"
#define BOX_CLAIMED "asserts: received\n" BOX_SAID BOX_TO_COUNCIL

struct case_box {
	struct fixture_case *f;
	uint32_t question;
	const char *time; /* of findings */
	int64_t witnessed; /* 0: by nobody */
};

static inline int64_t box_when(const char *time)
{
	int64_t when = 0;

	assert_true(when_from_time(&when, slice_of(time)));
	return when;
}

/* One record whose `at` is `at`, entered a minute later. */
static inline uint32_t box_add(struct case_box *box, enum record_kind kind,
    const char *at, const char *signers, const char *fields)
{
	return fixture_case_add(box->f, kind, at, signers, fields);
}

/* A record with other records' ids in it: "claim: %s\n". */
static inline uint32_t PRINTF_LIKE(5, 6)
    box_addf(struct case_box *box, enum record_kind kind, const char *at,
	const char *signers, const char *fmt, ...)
{
	char fields[2048];
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(fields, sizeof(fields), fmt, args);
	va_end(args);
	return box_add(box, kind, at, signers, fields);
}

/* One record that happened at `at` and is entered at `entered`, with its
 * reason where it is late. */
static inline uint32_t box_add_late(struct case_box *box, enum record_kind kind,
    const char *at, const char *entered, const char *signers,
    const char *fields)
{
	struct buf all;

	buf_init(&all, RECORD_TEXT_MAX);
	buf_printf(&all, "late: the post was slow\n%s", fields);
	box->f->entered = box_when(entered);
	uint32_t leaf = fixture_case_add(box->f, kind, at, signers, all.p);
	buf_done(&all);
	return leaf;
}

static inline void box_join(struct case_box *box, const char *party)
{
	char fields[128], signers[192];

	(void)snprintf(fields, sizeof(fields), "party: %s\n", party);
	(void)snprintf(
	    signers, sizeof(signers), "%s police.example owner.example", party);
	box_add(box, RECORD_JOIN, BOX_JUNE(20, "06:30:00"), signers, fields);
}

/* The genesis, and nobody enrolled but its signers. */
static inline void box_open(struct case_box *box, const char *extra)
{
	*box = (struct case_box){
	    .time = BOX_JULY(12, "12:00:00"), .witnessed = 1689163200};
	box->f = fixture_case_new(extra);
}

static inline void box_init(struct case_box *box)
{
	box_open(box, "");
	box_join(box, "room.example");
	box_join(box, "notary.example");
	box_join(box, "court.example");
	box_join(box, "transit.example");
}

static inline void box_done(struct case_box *box)
{
	fixture_case_free(box->f);
	*box = (struct case_box){0};
}

static inline uint32_t box_list(
    struct case_box *box, const char *signers, const char *items)
{
	return box_add(
	    box, RECORD_LIST, BOX_JUNE(20, "09:00:00"), signers, items);
}

static inline uint32_t box_seize(
    struct case_box *box, const char *signers, const char *fields)
{
	return box_add(
	    box, RECORD_SEIZURE, BOX_JUNE(20, "09:30:00"), signers, fields);
}

/* List and seizure, signed by police, owner and notary. */
static inline void box_intake(struct case_box *box)
{
	box_list(box, BOX_EVERYONE, BOX_ITEMS);
	box_seize(box, BOX_EVERYONE, BOX_SEIZED);
}

/* Both packages and the loose drive. */
static inline uint32_t box_give(
    struct case_box *box, const char *at, const char *from, const char *to)
{
	char fields[1024], signers[192];

	(void)snprintf(signers, sizeof(signers), "%s %s", from, to);
	(void)snprintf(fields, sizeof(fields),
	    "from: %s\nto: %s\ncounted-by-giver: 3\ncounted-by-receiver: 3\n"
	    "item: B-1\n  seal: 1001\nitem: B-2\n  seal: 1002\n"
	    "item: D-9\n  seal: 1009\n",
	    from, to);
	return box_add(box, RECORD_HANDOVER, at, signers, fields);
}

/* One item. */
static inline uint32_t box_give_one(struct case_box *box, const char *at,
    const char *from, const char *to, const char *item)
{
	char fields[512], signers[192];

	(void)snprintf(signers, sizeof(signers), "%s %s", from, to);
	(void)snprintf(fields, sizeof(fields),
	    "from: %s\nto: %s\ncounted-by-giver: 1\ncounted-by-receiver: 1\n"
	    "item: %s\n",
	    from, to, item);
	return box_add(box, RECORD_HANDOVER, at, signers, fields);
}

static inline uint32_t box_ask(struct case_box *box, const char *fields)
{
	box->question = box_add(box, RECORD_QUESTION, BOX_JULY(04, "08:00:00"),
	    "owner.example", fields);
	return box->question;
}

/* Court and evidence room see everything, on 12 July. */
static inline uint32_t box_look(struct case_box *box)
{
	return box_add(box, RECORD_INSPECTION, BOX_JULY(12, "07:00:00"),
	    BOX_LOOKERS, BOX_SEEN_ALL);
}

/* Intake, hand-over to the evidence room, the question; with box_look every
 * line is NO. */
static inline void box_story(struct case_box *box)
{
	box_init(box);
	box_intake(box);
	box_give(
	    box, BOX_JUNE(21, "09:00:00"), "police.example", "room.example");
	box_ask(box, BOX_ASKED);
}

/* `at`, or the time of the last entry if that is later. */
static inline void box_not_before(
    const struct case_box *box, const char *at, char ret_at[WHEN_SIZE])
{
	int64_t when = box_when(at);

	when_to_time(ret_at, when > box->f->last ? when : box->f->last);
}

static inline uint32_t box_policy(
    struct case_box *box, const char *signers, const char *fields)
{
	char at[WHEN_SIZE];

	box_not_before(box, BOX_JUNE(22, "09:00:00"), at);
	return box_add(box, RECORD_POLICY, at, signers, fields);
}

static inline uint32_t box_relate(struct case_box *box, const char *signers,
    const char *party, const char *acts_for, const char *more)
{
	char fields[512], at[WHEN_SIZE];

	box_not_before(box, BOX_JUNE(23, "09:00:00"), at);
	(void)snprintf(fields, sizeof(fields), "party: %s\nacts-for: %s\n%s",
	    party, acts_for, more);
	return box_add(box, RECORD_RELATION, at, signers, fields);
}

static inline uint32_t box_establish(
    struct case_box *box, const char *party, const char *acts_for)
{
	return box_relate(box, BOX_BOTH, party, acts_for,
	    "basis: established\n" BOX_DOCUMENT);
}

static inline const struct case_leaf *box_leaf(
    const struct case_box *box, uint32_t leaf)
{
	return case_state_leaf(box->f->state, leaf);
}

static inline uint32_t box_party(const struct case_box *box, const char *name)
{
	uint32_t party = case_state_find_party(box->f->state, slice_of(name));

	assert_int_not_equal(party, CASE_NONE);
	return party;
}

static inline uint32_t box_item(const struct case_box *box, const char *id)
{
	uint32_t item = case_state_find_item(box->f->state, slice_of(id));

	assert_int_not_equal(item, CASE_NONE);
	return item;
}

static inline bool box_holds(const struct case_box *box, const char *party,
    const char *item, const char *at)
{
	struct case_set holders = case_state_holders(
	    box->f->state, box_item(box, item), box_when(at));

	return case_set_has(&holders, box_party(box, party));
}

static inline void box_find(
    const struct case_box *box, struct case_finding *ret_finding)
{
	fixture_case_finding(
	    box->f, ret_finding, box->question, box->time, box->witnessed);
}

/* ---- what is said and done later ---- */

/* A hand-over of one item by the evidence room, entered late. */
static inline uint32_t box_give_late(struct case_box *box, const char *at,
    const char *from, const char *to, const char *item)
{
	char fields[256], signers[128];

	(void)snprintf(signers, sizeof(signers), "%s %s", from, to);
	(void)snprintf(fields, sizeof(fields),
	    "from: %s\nto: %s\ncounted-by-giver: 1\ncounted-by-receiver: 1\n"
	    "item: %s\n",
	    from, to, item);
	return box_add_late(box, RECORD_HANDOVER, at, BOX_JULY(10, "12:00:00"),
	    signers, fields);
}

/* The claim is filed by the notary, on 5 July or later. */
static inline uint32_t box_claim(struct case_box *box, const char *fields)
{
	char at[WHEN_SIZE];

	box_not_before(box, BOX_JULY(05, "09:00:00"), at);
	return box_add(box, RECORD_CLAIM, at, "notary.example", fields);
}

static inline uint32_t box_assess(
    struct case_box *box, uint32_t of, const char *signer, const char *grade)
{
	char fields[256], hex[HASH_HEX_SIZE], at[WHEN_SIZE];

	(void)snprintf(fields, sizeof(fields),
	    "claim: %s\nsource: %c\ninformation: %c\nreason: by now\n",
	    fixture_case_id(box->f, of, hex), grade[0], grade[1]);
	box_not_before(box, BOX_JULY(06, "09:00:00"), at);
	return box_add(box, RECORD_ASSESSMENT, at, signer, fields);
}

static inline uint32_t box_answer(
    struct case_box *box, const char *signer, const char *fields)
{
	char all[512], hex[HASH_HEX_SIZE], at[WHEN_SIZE];

	(void)snprintf(all, sizeof(all), "question: %s\n%s",
	    fixture_case_id(box->f, box->question, hex), fields);
	box_not_before(box, BOX_JULY(07, "09:00:00"), at);
	return box_add(box, RECORD_ANSWER, at, signer, all);
}

static inline uint32_t box_inspect(
    struct case_box *box, const char *signers, const char *items)
{
	char fields[512];

	(void)snprintf(
	    fields, sizeof(fields), BOX_LOOKED "also-in: none\n%s", items);
	return box_add(
	    box, RECORD_INSPECTION, BOX_JULY(11, "09:00:00"), signers, fields);
}

static inline void box_ask_again(
    struct case_box *box, const char *from, const char *to)
{
	char fields[512];

	(void)snprintf(fields, sizeof(fields),
	    BOX_QUESTION("%s", "%s") "text: once more\n", from, to);
	box->question = box_add(box, RECORD_QUESTION, BOX_JULY(11, "12:00:00"),
	    "owner.example", fields);
}

/* ---- records by hand ---- */

/* Signs `text` as `name`, with the key that belongs to `key_of`. */
static inline void box_put_signature(
    struct buf *out, const char *name, const char *key_of, struct slice text)
{
	struct hash seed = hash_of(key_of, strlen(key_of));
	struct note_secret secret;

	assert_int_equal(note_secret_from_seed(&secret, slice_of(name),
			     NOTE_KEY_ED25519, seed.b, NULL),
	    0);
	assert_int_equal(note_put_signature(out, &secret, text, NULL), 0);
	note_secret_done(&secret);
}

/* Cuts the first name off a list with spaces between. */
static inline bool box_next_name(struct slice *rest, char ret_name[128])
{
	if (rest->p == NULL || rest->n == 0)
		return false;
	struct slice word = slice_cut(rest, ' ');
	(void)snprintf(ret_name, 128, "%.*s", SLICE_ARG(word));
	return true;
}

/* The first lines of a record; `ref` NULL: of this case. */
static inline void box_put_header(struct buf *out, const struct case_box *box,
    const char *kind, const char *ref, const char *at, const char *signers)
{
	struct slice of = ref ? slice_of(ref) : case_state_ref(box->f->state);
	struct slice rest = slice_of(signers);
	char name[128];

	buf_printf(out, "counterfoil-record/v1 %s\ncase: %.*s\nat: %s\n", kind,
	    SLICE_ARG(of), at);
	while (box_next_name(&rest, name)) {
		struct note_secret secret;

		fixture_case_secret(&secret, name, NOTE_KEY_ED25519);
		buf_printf(out, "signer: %s %08x\n", name, secret.key.id);
		note_secret_done(&secret);
	}
}

static inline void box_put_leaf(struct buf *out, const char *entered,
    struct slice text, const char *signed_by)
{
	struct slice rest = slice_of(signed_by);
	char name[128];

	buf_printf(out, "entered: %s\n", entered);
	buf_put_slice(out, text);
	buf_putc(out, '\n');
	while (box_next_name(&rest, name))
		box_put_signature(out, name, name, text);
	assert_int_equal(buf_check(out, NULL), 0);
}

/* Adds a leaf and keeps its bytes, if it is admitted. */
static inline int box_try_bytes(
    struct case_box *box, struct slice leaf, struct err *err)
{
	char *copy = malloc(leaf.n + 1);

	assert_non_null(copy);
	memcpy(copy, leaf.p, leaf.n);
	int rc =
	    case_state_add(box->f->state, (struct slice){copy, leaf.n}, err);
	if (rc == 0)
		box->f->leaves[box->f->leaf_count++] = copy;
	else
		free(copy);
	return rc;
}

/* A whole record below its signers, as it will stand. */
static inline uint32_t box_add_text(struct case_box *box, const char *kind,
    const char *at, const char *signers, const char *below)
{
	struct buf text, leaf;
	struct err err = {0};
	char entered[WHEN_SIZE];

	buf_init(&text, RECORD_TEXT_MAX);
	buf_init(&leaf, RECORD_TEXT_MAX);
	when_to_time(entered, box_when(at) + 60);
	box_put_header(&text, box, kind, NULL, at, signers);
	buf_puts(&text, below);
	box_put_leaf(&leaf, entered, buf_slice(&text), signers);
	if (box_try_bytes(box, buf_slice(&leaf), &err) != 0)
		fail_msg("%s", err.message);
	box->f->last = box_when(entered);
	buf_done(&leaf);
	buf_done(&text);
	return (uint32_t)box->f->leaf_count - 1;
}

/* ---- refused ---- */

/* Bytes of a leaf are added and must be refused; the state stays. */
static inline void box_refuse_bytes(
    struct case_box *box, struct slice leaf, const char *why)
{
	struct case_state *state = box->f->state;
	size_t count = case_state_leaf_count(state);
	struct hash root = case_state_root(state, count), after;
	struct err err = {0};
	int rc = case_state_add(state, leaf, &err);

	assert_int_equal(rc, ERR_VERIFY);
	assert_int_equal(err.code, ERR_VERIFY);
	if (strstr(err.message, why) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", err.message, why);
	assert_int_equal(case_state_leaf_count(state), count);
	after = case_state_root(state, count);
	assert_true(hash_is(&root, &after));
}

/* A record made by the fixture, refused for `why`. */
static inline void box_refuse(struct case_box *box, enum record_kind kind,
    const char *at, const char *signers, const char *fields, const char *why)
{
	size_t count = case_state_leaf_count(box->f->state);
	struct err err = {0};
	int rc = fixture_case_try(box->f, kind, at, signers, fields, &err);

	assert_int_equal(rc, ERR_VERIFY);
	if (strstr(err.message, why) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", err.message, why);
	assert_int_equal(case_state_leaf_count(box->f->state), count);
}

static inline void box_accept(struct case_box *box, enum record_kind kind,
    const char *at, const char *signers, const char *fields)
{
	struct err err = {0};

	if (fixture_case_try(box->f, kind, at, signers, fields, &err) != 0)
		fail_msg("%s", err.message);
}

/* ---- standing ---- */

static inline void box_expect_standing(const struct case_box *box,
    uint32_t leaf, enum case_standing standing, enum case_rule rule)
{
	const struct case_leaf *l = box_leaf(box, leaf);

	if (l->standing != standing || l->rule != rule)
		fail_msg("leaf %u is %s (%s), not %s (%s)", leaf,
		    case_standing_name(l->standing), case_rule_name(l->rule),
		    case_standing_name(standing), case_rule_name(rule));
}

#define expect_good(box, leaf)                                                 \
	box_expect_standing(box, leaf, CASE_GOOD, CASE_RULE_NONE)
#define expect_breach(box, leaf, name)                                         \
	box_expect_standing(box, leaf, CASE_BREACH, CASE_RULE_##name)
#define expect_not_holder(box, leaf)                                           \
	box_expect_standing(box, leaf, CASE_NOT_HOLDER, CASE_RULE_NOT_HOLDER)
#define expect_void(box, leaf, name)                                           \
	box_expect_standing(box, leaf, CASE_VOID, CASE_RULE_##name)

/* ---- words ---- */

static inline void box_put_line(struct buf *out, const struct case_line *line)
{
	buf_puts(out, case_word_machine(line->word));
	for (size_t i = 0; i < line->reason_count; i++) {
		const struct case_reason *r = &line->reasons[i];

		buf_printf(
		    out, "%c%s:", i == 0 ? ' ' : ',', case_code_name(r->code));
		if (r->leaf == CASE_NONE)
			buf_putc(out, '-');
		else
			buf_printf(out, "%u", r->leaf);
	}
}

static inline const struct case_line *box_find_line(
    const struct case_finding *finding, const char *item, enum case_form form)
{
	for (size_t i = 0; i < finding->line_count; i++)
		if (finding->lines[i].form == form &&
		    slice_is_text(
			case_state_item(finding->state, finding->lines[i].item)
			    ->id,
			item))
			return &finding->lines[i];
	return NULL;
}

static inline void box_compare(
    const struct case_line *line, const char *about, const char *expected)
{
	struct buf text;

	buf_init(&text, 4096);
	box_put_line(&text, line);
	if (strcmp(text.p, expected) != 0)
		fail_msg("%s: \"%s\", not \"%s\"", about, text.p, expected);
	buf_done(&text);
}

/* The line of an item: "NO", "CONTESTED claim:9", ... */
static inline void PRINTF_LIKE(4, 5) expect_line(const struct case_box *box,
    const char *item, enum case_form form, const char *fmt, ...)
{
	struct case_finding finding = {0};
	char expected[512], about[128];
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(expected, sizeof(expected), fmt, args);
	va_end(args);
	(void)snprintf(
	    about, sizeof(about), "%s %s", item, case_form_name(form));
	box_find(box, &finding);
	const struct case_line *line = box_find_line(&finding, item, form);
	if (line == NULL)
		fail_msg("%s: no line", about);
	box_compare(line, about, expected);
	case_finding_done(&finding);
}

#define expect_hardware(box, item, ...)                                        \
	expect_line(box, item, CASE_HARDWARE, __VA_ARGS__)
#define expect_data(box, item, ...)                                            \
	expect_line(box, item, CASE_DATA, __VA_ARGS__)
/* The same in both forms. */
#define expect_both(box, item, ...)                                            \
	do {                                                                   \
		expect_line(box, item, CASE_HARDWARE, __VA_ARGS__);            \
		expect_line(box, item, CASE_DATA, __VA_ARGS__);                \
	} while (0)

static inline void PRINTF_LIKE(2, 3)
    expect_unlisted(const struct case_box *box, const char *fmt, ...)
{
	struct case_finding finding = {0};
	char expected[512];
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(expected, sizeof(expected), fmt, args);
	va_end(args);
	box_find(box, &finding);
	box_compare(&finding.unlisted, "unlisted", expected);
	case_finding_done(&finding);
}

#endif
