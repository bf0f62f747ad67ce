/*
 * fixture_case.c: builds cases out of short texts.
 *
 * Every signature is real and every leaf goes through case_state_add, so a
 * test that uses this sees what a verifier would see.
 */
#include "fixture_case.h"

#include "case_bundle.h"
#include "log_checkpoint.h"
#include "mem.h"
#include "note.h"
#include "record.h"
#include "record_draft.h"
#include "record_leaf.h"
#include "text.h"
#include "when.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define REVEALS_MAX (1024 * 1024)
#define HOUR 3600

void fixture_case_secret(
    struct note_secret *ret_secret, const char *name, uint8_t type)
{
	struct hash seed = hash_of(name, strlen(name));

	note_key_setup();
	assert_int_equal(note_secret_from_seed(
			     ret_secret, slice_of(name), type, seed.b, NULL),
	    0);
}

/* A signer's key: "room.example", or "room.example+2" for another one. */
static void secret_of(struct note_secret *ret_secret, struct slice word)
{
	struct hash seed = hash_of(word.p, word.n);
	struct slice rest = word;
	struct slice name = slice_cut(&rest, '+');

	note_key_setup();
	assert_int_equal(note_secret_from_seed(
			     ret_secret, name, NOTE_KEY_ED25519, seed.b, NULL),
	    0);
}

/* The key that "@" or "@+2" stands for, of this party: whole, or its id. */
static void put_key_of(
    struct buf *out, struct slice party, struct slice mark, bool is_id)
{
	char word[NOTE_KEY_NAME_MAX + 8];
	struct note_secret secret;

	(void)snprintf(word, sizeof(word), "%.*s%.*s", SLICE_ARG(party),
	    (int)mark.n - 1, mark.p + 1);
	secret_of(&secret, slice_of(word));
	if (is_id)
		buf_printf(out, "%08x", secret.key.id);
	else
		note_key_put(out, &secret.key);
	note_secret_done(&secret);
}

static void put_vkey(struct buf *out, struct slice name, uint8_t type)
{
	struct note_secret secret;
	char text[NOTE_KEY_NAME_MAX + 1];

	(void)snprintf(text, sizeof(text), "%.*s", SLICE_ARG(name));
	fixture_case_secret(&secret, text, type);
	note_key_put(out, &secret.key);
	note_secret_done(&secret);
}

static void must(int rc, const struct err *err)
{
	if (rc != 0)
		fail_msg("fixture: %s", err->message);
}

struct fixture_case *fixture_case_new_empty(void)
{
	struct fixture_case *fixture = calloc(1, sizeof(*fixture));

	assert_non_null(fixture);
	buf_init(&fixture->reveals, REVEALS_MAX);
	fixture->state = case_state_new();
	assert_non_null(fixture->state);
	return fixture;
}

void fixture_case_free(struct fixture_case *fixture)
{
	if (fixture == NULL)
		return;
	case_state_free(fixture->state);
	for (size_t i = 0; i < fixture->leaf_count; i++)
		free(fixture->leaves[i]);
	buf_done(&fixture->reveals);
	free(fixture);
}

/* header and fields */

static void set(
    struct record_draft *draft, enum record_name name, struct slice value)
{
	struct err err = {0};

	must(record_draft_set(draft, name, value, &err), &err);
}

static void set_signers(struct record_draft *draft, const char *signers)
{
	struct slice rest = slice_of(signers);

	while (rest.p != NULL) {
		char value[NOTE_KEY_NAME_MAX + 16];
		struct note_secret secret;

		secret_of(&secret, slice_cut(&rest, ' '));
		(void)snprintf(value, sizeof(value), "%s %08x", secret.key.name,
		    secret.key.id);
		note_secret_done(&secret);
		set(draft, RECORD_F_SIGNER, slice_of(value));
	}
}

static void set_header(struct fixture_case *fixture, struct record_draft *draft,
    const char *at, const char *signers)
{
	struct slice ref = case_state_ref(fixture->state);
	int64_t when;

	assert_true(when_from_time(&when, slice_of(at)));
	if (ref.p != NULL)
		set(draft, RECORD_F_CASE, ref);
	set(draft, RECORD_F_AT, slice_of(at));
	set_signers(draft, signers);
}

/* What custody records need beside their own fields. */
static void set_custody(struct fixture_case *fixture,
    struct record_draft *draft, const char *at, const char *signers)
{
	struct buf value;
	uint64_t size = case_state_leaf_count(fixture->state);
	struct hash root = case_state_root(fixture->state, size);
	int64_t when;

	if (!record_draft_schema(draft)->is_custody)
		return;
	buf_init(&value, 256);
	buf_printf(&value, "%zu ", (size_t)size);
	text_put_base64(&value, root.b, HASH_SIZE);
	if (!record_draft_has(draft, RECORD_F_AS_OF))
		set(draft, RECORD_F_AS_OF, buf_slice(&value));
	buf_done(&value);
	if (strchr(signers, ' ') == NULL ||
	    record_draft_has(draft, RECORD_F_OFFER_EXPIRES))
		return;
	assert_true(when_from_time(&when, slice_of(at)));
	must(record_draft_set_time(
		 draft, RECORD_F_OFFER_EXPIRES, when + 30 * WHEN_DAY, NULL),
	    &(struct err){0});
}

/* Record-level defaults of a list and of its seizure. */
static void set_counts(struct fixture_case *fixture, struct record_draft *draft)
{
	static const char zeros[] = "0000000000000000000000000000000000000000"
				    "000000000000000000000000";
	enum record_kind kind = record_draft_schema(draft)->kind;

	if (kind == RECORD_LIST) {
		set(draft, RECORD_F_PART, slice_of("1/1"));
		set(draft, RECORD_F_POPULATION, slice_of(zeros));
	}
	if (kind == RECORD_SEIZURE) {
		set(draft, RECORD_F_POPULATION, slice_of(fixture->population));
		set(draft, RECORD_F_ITEMS, slice_of(fixture->items));
	}
}

static void set_line(
    struct record_draft *draft, struct slice line, struct slice *party)
{
	struct err err = {0};
	struct slice value = line;
	struct slice name = slice_trim(slice_cut(&value, ':'));
	enum record_name field = record_schema_field_find(name);
	bool is_block = line.p[0] != ' ' &&
	    field == record_draft_schema(draft)->block &&
	    field != RECORD_F_NONE;
	struct buf key;

	value = slice_trim(value);
	if (field == RECORD_F_NONE)
		fail_msg("fixture: no field \"%.*s\"", SLICE_ARG(name));
	if (is_block || field == RECORD_F_PARTY || field == RECORD_F_NAME)
		*party = value;
	if (is_block) {
		must(record_draft_block(draft, value, &err), &err);
		return;
	}
	buf_init(&key, 1024);
	if (slice_is_text(value, "@") || slice_starts_with(value, "@+"))
		put_key_of(&key, *party, value, field == RECORD_F_OLD_KEY);
	else if (slice_starts_with(value, "@"))
		put_vkey(&key, (struct slice){value.p + 1, value.n - 1},
		    NOTE_KEY_COSIGNATURE);
	else
		buf_put_slice(&key, value);
	set(draft, field, buf_slice(&key));
	buf_done(&key);
}

/* Record-level lines first, then what the fixture fills in, then blocks. */
static void set_fields(struct fixture_case *fixture, struct record_draft *draft,
    const char *at, const char *signers, const char *fields)
{
	enum record_name block = record_draft_schema(draft)->block;
	struct slice rest = slice_of(fields);
	struct slice party = {0};
	bool is_top = true;

	set_counts(fixture, draft);
	while (rest.p != NULL && rest.n > 0) {
		struct slice line = slice_cut(&rest, '\n');
		struct slice name = line;
		if (line.n == 0)
			continue;
		if (is_top && block != RECORD_F_NONE &&
		    slice_is_text(slice_cut(&name, ':'),
			record_schema_field_name(block))) {
			set_custody(fixture, draft, at, signers);
			is_top = false;
		}
		set_line(draft, line, &party);
	}
	if (is_top)
		set_custody(fixture, draft, at, signers);
}

/* A list names the digest of its own blocks. */
static void set_population(
    struct fixture_case *fixture, struct record_draft *draft)
{
	struct record record = {0};
	struct err err = {0};
	struct buf text;

	buf_init(&text, RECORD_TEXT_MAX);
	must(record_draft_write(draft, &text, NULL, &err), &err);
	must(record_parse(&record, buf_slice(&text), &err), &err);
	struct slice bytes = record_block_bytes(&record);
	struct hash population = hash_of(bytes.p, bytes.n);
	hash_to_hex(fixture->population, &population);
	(void)snprintf(
	    fixture->items, sizeof(fixture->items), "%zu", record.block_count);
	must(record_draft_replace(
		 draft, RECORD_F_POPULATION, fixture->population, &err),
	    &err);
	record_done(&record);
	buf_done(&text);
}

/* signing and entering */

static void put_note(struct buf *out, struct slice text, const char *signers)
{
	struct slice rest = slice_of(signers);

	buf_put_slice(out, text);
	buf_putc(out, '\n');
	while (rest.p != NULL) {
		struct note_secret secret;

		secret_of(&secret, slice_cut(&rest, ' '));
		assert_int_equal(
		    note_put_signature(out, &secret, text, NULL), 0);
		note_secret_done(&secret);
	}
}

static int64_t time_of_entry(const struct fixture_case *fixture, const char *at)
{
	int64_t when;

	assert_true(when_from_time(&when, slice_of(at)));
	when = fixture->entered != 0 ? fixture->entered : when + 60;
	return when < fixture->last ? fixture->last : when;
}

static int enter(struct fixture_case *fixture, struct slice text,
    const char *at, const char *signers, struct err *err)
{
	struct buf note, leaf;
	int64_t entered = time_of_entry(fixture, at);
	size_t n;

	buf_init(&note, RECORD_LEAF_MAX);
	buf_init(&leaf, RECORD_LEAF_MAX);
	put_note(&note, text, signers);
	must(record_leaf_put(&leaf, entered, buf_slice(&note), err), err);
	buf_done(&note);
	char *bytes = buf_take(&leaf, &n);
	buf_done(&leaf);
	assert_non_null(bytes);
	assert_true(fixture->leaf_count < FIXTURE_CASE_LEAVES);
	int rc = case_state_add(fixture->state, (struct slice){bytes, n}, err);
	if (rc != 0) {
		free(bytes);
		return rc;
	}
	fixture->leaves[fixture->leaf_count++] = bytes;
	fixture->last = entered;
	fixture->entered = 0;
	return 0;
}

int fixture_case_try(struct fixture_case *fixture, enum record_kind kind,
    const char *at, const char *signers, const char *fields, struct err *err)
{
	struct record_draft *draft = record_draft_new(kind);
	struct err local = {0};
	struct buf text;

	assert_non_null(draft);
	buf_init(&text, RECORD_TEXT_MAX);
	set_header(fixture, draft, at, signers);
	set_fields(fixture, draft, at, signers, fields);
	if (kind == RECORD_LIST)
		set_population(fixture, draft);
	must(record_draft_write(draft, &text, &fixture->reveals, &local),
	    &local);
	int rc = enter(fixture, buf_slice(&text), at, signers, err);
	buf_done(&text);
	record_draft_free(draft);
	return rc;
}

uint32_t fixture_case_add(struct fixture_case *fixture, enum record_kind kind,
    const char *at, const char *signers, const char *fields)
{
	struct err err = {0};

	must(fixture_case_try(fixture, kind, at, signers, fields, &err), &err);
	return (uint32_t)fixture->leaf_count - 1;
}

const char *fixture_case_id(const struct fixture_case *fixture, uint32_t leaf,
    char ret_hex[HASH_HEX_SIZE])
{
	hash_to_hex(ret_hex, &case_state_leaf(fixture->state, leaf)->id);
	return ret_hex;
}

/* checkpoint and finding */

void fixture_case_put_checkpoint(
    const struct fixture_case *fixture, struct buf *out, int64_t when)
{
	struct note_secret log, witness;
	struct buf text;
	uint64_t size = case_state_leaf_count(fixture->state);
	struct hash root = case_state_root(fixture->state, size);

	buf_init(&text, LOG_CHECKPOINT_MAX);
	fixture_case_secret(&log, FIXTURE_CASE_LOG, NOTE_KEY_ED25519);
	fixture_case_secret(
	    &witness, FIXTURE_CASE_WITNESS, NOTE_KEY_COSIGNATURE);
	log_checkpoint_put(&text, slice_of(FIXTURE_CASE_LOG), size, &root);
	buf_put_slice(out, buf_slice(&text));
	buf_putc(out, '\n');
	assert_int_equal(
	    note_put_signature(out, &log, buf_slice(&text), NULL), 0);
	if (when != 0)
		assert_int_equal(log_checkpoint_cosign(out, &witness,
				     buf_slice(&text), when, NULL),
		    0);
	note_secret_done(&log);
	note_secret_done(&witness);
	buf_done(&text);
}

void fixture_case_finding(const struct fixture_case *fixture,
    struct case_finding *ret_finding, uint32_t question, const char *time,
    int64_t witnessed)
{
	struct case_witnessed list[4];
	struct case_cosignatures cosignatures = {.witnessed = list};
	struct err err = {0};
	struct buf note;
	int64_t when;

	buf_init(&note, LOG_CHECKPOINT_MAX);
	assert_true(when_from_time(&when, slice_of(time)));
	fixture_case_put_checkpoint(fixture, &note, witnessed);
	must(case_bundle_cosignatures(fixture->state, buf_slice(&note), true,
		 list, &cosignatures.n, &err),
	    &err);
	must(case_finding_make(ret_finding, fixture->state, question, when,
		 &cosignatures, &err),
	    &err);
	buf_done(&note);
}

/* the story */

#define GENESIS                                                                \
	"name: " FIXTURE_CASE_LOG "\n"                                         \
	"title: The seizure of 20 June 2023\n"                                 \
	"log: @\n"                                                             \
	"policy-holder: police.example\n"                                      \
	"policy-holder: owner.example\n"                                       \
	"witness-key: @" FIXTURE_CASE_WITNESS "\n"
#define SMALL_CAST                                                             \
	"party: police.example\n"                                              \
	"  side: authority\n  org: police\n  key: @\n"                         \
	"party: owner.example\n"                                               \
	"  side: owner\n  org: owner\n  key: @\n"                              \
	"party: council.example\n"                                             \
	"  side: outside\n  org: council\n"
#define WHOLE_CAST                                                             \
	SMALL_CAST                                                             \
	"party: room.example\n"                                                \
	"  side: authority\n  org: prosecutor\n"                               \
	"  role: keeps the evidence\n  key: @\n"                               \
	"party: notary.example\n"                                              \
	"  side: neutral\n  org: notary\n  key: @\n"                           \
	"party: court.example\n"                                               \
	"  side: neutral\n  org: court\n  role: overseer\n  key: @\n"          \
	"party: transit.example\n"                                             \
	"  side: outside\n  org: transit\n  key: @\n"                          \
	"party: ministry.example\n"                                            \
	"  side: outside\n  org: ministry\n"

static struct fixture_case *open_case(const char *extra, const char *fields)
{
	struct fixture_case *fixture = fixture_case_new_empty();
	struct buf all;

	buf_init(&all, RECORD_TEXT_MAX);
	buf_printf(&all, "%s%s", extra, fields);
	fixture_case_add(fixture, RECORD_CASE, "2023-06-20T06:00:00Z",
	    "police.example owner.example", all.p);
	buf_done(&all);
	return fixture;
}

struct fixture_case *fixture_case_new(const char *extra)
{
	return open_case(extra, GENESIS WHOLE_CAST);
}

struct fixture_case *fixture_case_new_small(void)
{
	return open_case("", GENESIS SMALL_CAST);
}

static uint32_t add_question(struct fixture_case *fixture)
{
	return fixture_case_add(fixture, RECORD_QUESTION,
	    "2023-07-04T08:00:00Z", "owner.example",
	    "recipient: council.example\n"
	    "concerns: all\n"
	    "form: hardware\n"
	    "form: data\n"
	    "period-from: 2023-06-20T00:00:00Z\n"
	    "period-to: 2023-07-04T00:00:00Z\n"
	    "addressee: police.example due 2023-07-10\n"
	    "text: Were the computers turned over?\n");
}

uint32_t fixture_case_rumour(struct fixture_case *fixture)
{
	fixture_case_add(fixture, RECORD_CLAIM, "2023-07-03T18:00:00Z",
	    "owner.example",
	    "asserts: received\n"
	    "speaker: the head of the council\n"
	    "said: 2023-07-03\n"
	    "recipient: council.example\n"
	    "concerns: drive\n"
	    "quote: Part of the hard drives have been received.\n");
	return add_question(fixture);
}

static void add_joins(struct fixture_case *fixture)
{
	static const char *const names[] = {"room.example", "notary.example",
	    "court.example", "transit.example"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char fields[128], signers[128];
		(void)snprintf(fields, sizeof(fields), "party: %s\n", names[i]);
		(void)snprintf(signers, sizeof(signers),
		    "%s police.example owner.example", names[i]);
		fixture_case_add(fixture, RECORD_JOIN, "2023-06-20T06:30:00Z",
		    signers, fields);
	}
}

static void add_seizure(struct fixture_case *fixture)
{
	struct buf fields;

	buf_init(&fields, RECORD_TEXT_MAX);
	for (int i = 1; i <= 3; i++)
		buf_printf(&fields,
		    "item: B-%d\n"
		    "  type: package\n"
		    "  seal: 4510%02d\n"
		    "  seal-type: enclosing\n"
		    "item: PC-%d\n"
		    "  type: computer\n"
		    "  inside: B-%d\n"
		    "  opened: %s\n"
		    "item: PC-%d-C\n"
		    "  type: casing\n"
		    "  inside: PC-%d\n"
		    "item: PC-%d-D1\n"
		    "  type: drive\n"
		    "  inside: PC-%d\n"
		    "  serial: S%d\n",
		    i, i, i, i, i == 3 ? "no" : "yes", i, i, i, i, i);
	fixture_case_add(fixture, RECORD_LIST, "2023-06-20T09:00:00Z",
	    "police.example owner.example notary.example", fields.p);
	buf_done(&fields);
	fixture_case_add(fixture, RECORD_SEIZURE, "2023-06-20T09:30:00Z",
	    "police.example owner.example notary.example",
	    "taken-by: police.example\n"
	    "taken-from: owner.example\n"
	    "authority-signature: signed\n"
	    "owner-signature: signed\n"
	    "witness: notary.example\n"
	    "counted: 3 package\n");
}

uint32_t fixture_case_story(struct fixture_case *fixture)
{
	add_joins(fixture);
	add_seizure(fixture);
	fixture_case_add(fixture, RECORD_POLICY, "2023-06-20T12:00:00Z",
	    "police.example owner.example", "red-line: council.example\n");
	fixture_case_add(fixture, RECORD_HANDOVER, "2023-06-21T09:00:00Z",
	    "police.example room.example",
	    "from: police.example\n"
	    "to: room.example\n"
	    "purpose: custody pending trial\n"
	    "counted-by-giver: 3\n"
	    "counted-by-receiver: 3\n"
	    "item: B-1\n  seal: 451001\n  state: intact\n"
	    "item: B-2\n  seal: 451002\n  state: intact\n"
	    "item: B-3\n  seal: 451003\n  state: intact\n");
	fixture_case_add(fixture, RECORD_CLAIM, "2023-07-03T18:00:00Z",
	    "notary.example",
	    "asserts: received\n"
	    "said-by: council.example\n"
	    "said: 2023-07-03\n"
	    "recipient: council.example\n"
	    "concerns: drive\n"
	    "concerns: casing\n"
	    "part-of: yes\n"
	    "quote: Part of the hard drives and casings have been received.\n");
	uint32_t question = add_question(fixture);
	fixture_case_add(fixture, RECORD_CLAIM, "2023-07-06T10:00:00Z",
	    "notary.example",
	    "asserts: denied\n"
	    "said-by: police.example\n"
	    "said: 2023-07-06\n"
	    "quote: None of the devices left the country.\n");
	return question;
}

uint32_t fixture_case_look(struct fixture_case *fixture)
{
	return fixture_case_add(fixture, RECORD_INSPECTION,
	    "2023-07-12T07:00:00Z", "room.example court.example",
	    "custodian: room.example\n"
	    "inspector: court.example\n"
	    "also-in: none\n"
	    "item: B-1\n  seen: package-sealed\n  seal: 451001\n"
	    "  state: intact\n"
	    "item: B-2\n  seen: package-sealed\n  seal: 451002\n"
	    "  state: intact\n"
	    "item: B-3\n  seen: package-sealed\n  seal: 451003\n"
	    "  state: intact\n");
}
