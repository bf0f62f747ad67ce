/*
 * record_schema.c: the table itself and the spelling of each type of value.
 *
 * To add a field: its name in RECORD_FIELD_NAMES, one row here; parser,
 * writer, forms, --help and the generated part of the man page follow. To add
 * a kind: its enum value, its rows, and its rules in room case.
 */
#include "record_schema.h"

#include "hash.h"
#include "note_key.h"
#include "text.h"
#include "when.h"

#include <stdint.h>
#include <string.h>

#define REQ RECORD_REQUIRED
#define REP RECORD_REPEATED
#define WITH RECORD_WITHHOLDABLE
#define F(id, type, flags, help)                                               \
	{                                                                      \
		RECORD_F_##id, RECORD_T_##type, flags, NULL, help              \
	}
#define CHOOSE(id, flags, choices, help)                                       \
	{                                                                      \
		RECORD_F_##id, RECORD_T_CHOICE, flags, choices, help           \
	}

#define ITEM_TYPES                                                             \
	"package computer casing drive phone medium document image extract"

static const struct record_field header_fields[] = {
    F(CASE, CASE_REF, 0, "the case, with the start of its genesis digest"),
    F(AT, TIME, REQ, "when it happened, or when it was stated"),
    F(SIGNER, SIGNER, REQ | REP, "who signs, with the id of the key"),
    F(LATE, TEXT, 0, "why it is entered more than 24 hours later"),
    F(AS_OF, AS_OF, 0, "a checkpoint of this ledger the signers knew"),
    F(OFFER_EXPIRES, TIME, 0, "until when the other side may sign"),
};

static const struct record_field case_fields[] = {
    F(NAME, ID, REQ, "name of the case and origin of its ledger"),
    F(TITLE, TEXT, 0, "what the case is about"),
    F(LOG, VKEY, REQ, "key that signs the ledger's checkpoints"),
    CHOOSE(CLOCK, 0, "set", "the clock was set for a demonstration"),
    F(POLICY_HOLDER, ID, REQ | REP, "party that may change the policy"),
    F(WITNESS_KEY, VKEY, REP, "independent witness that cosigns"),
    F(WITNESS_QUORUM, COUNT, 0, "cosignatures that a NO needs (default 1)"),
    F(RED_LINE, ID, REP, "party that must never receive anything"),
    F(OPEN, FIELD, REP, "field that is written in the open"),
    F(REQUIRE, REQUIRE, REP, "kind and field that must be filled in"),
};

static const struct record_field party_fields[] = {
    CHOOSE(SIDE, REQ, "authority owner neutral outside", "which side it is on"),
    F(ORG, ID, REQ, "the organisation it belongs to"),
    F(ROLE, TEXT, 0, "its task in this case"),
    F(KEY, VKEY, 0, "its signing key; without one it is only named"),
    F(ABOUT, TEXT, WITH, "who the persons behind it are"),
};

static const struct record_field join_fields[] = {
    F(PARTY, ID, REQ, "the party that enrols"),
    CHOOSE(SIDE, 0, "authority owner neutral outside",
	"which side it is on (if the genesis does not say)"),
    F(ORG, ID, 0, "its organisation (if the genesis does not say)"),
    F(ROLE, TEXT, 0, "its task in this case"),
    F(KEY, VKEY, 0, "its signing key (if the genesis does not hold it)"),
    F(ABOUT, TEXT, WITH, "who the persons behind it are"),
    F(STATEMENT, TEXT, 0, "what it says on joining"),
};

static const struct record_field policy_fields[] = {
    F(WITNESS_QUORUM, COUNT, 0, "cosignatures that a NO needs"),
    F(RED_LINE, ID, REP, "party that must never receive anything"),
    F(LIFT, ID, REP, "red line that its signers no longer hold to"),
    F(OPEN, FIELD, REP, "field that is written in the open"),
    F(REQUIRE, REQUIRE, REP, "kind and field that must be filled in"),
    F(REASON, TEXT, 0, "why"),
};

static const struct record_field relation_fields[] = {
    F(PARTY, ID, REQ, "the party that acts"),
    F(ACTS_FOR, ID, REQ, "the party it acts for"),
    CHOOSE(BASIS, REQ, "declared established asserted",
	"declared by itself, established by a document, or asserted"),
    F(SINCE, DUE, 0, "from when"),
    F(UNTIL, DUE, 0, "until when"),
    F(DOCUMENT, HASH, REP, "SHA-256 of a document that shows it"),
    F(SAID_BY, ID, 0, "party that said so"),
    F(SPEAKER, TEXT, WITH, "who said so, in words"),
    F(SAID, DUE, 0, "when it was said"),
    F(THROUGH, TEXT, 0, "the channel through which it was said"),
    F(QUOTE, TEXT, 0, "the words themselves"),
    F(CAPTURE, HASH, REP, "SHA-256 of a capture of the source"),
    F(REASON, TEXT, 0, "why the signers hold it so"),
};

static const struct record_field list_fields[] = {
    F(PART, PART, REQ, "which part of how many, like 2/5"),
    F(POPULATION, HASH, REQ, "SHA-256 over the item blocks of all parts"),
    F(FOUND_LATE, TEXT, 0, "why these items are listed after the seizure"),
};

static const struct record_field list_item_fields[] = {
    CHOOSE(TYPE, REQ, ITEM_TYPES, "what kind of thing it is"),
    F(SUBTYPE, TEXT, 0, "laptop, SSD, tamper-evident bag, ..."),
    F(INSIDE, ID, 0, "package or computer that it is in"),
    F(MAKE, TEXT, 0, "maker"),
    F(MODEL, TEXT, 0, "model"),
    F(SERIAL, TEXT, WITH, "serial number as read, or \"none visible\""),
    F(CAPACITY, COUNT, 0, "capacity in bytes as printed on it"),
    F(INTERFACE, TEXT, 0, "SATA, NVMe, ..."),
    CHOOSE(OPENED, 0, "yes no", "was the computer opened and looked into"),
    F(SLOT, ID, 0, "the bay that the drive was in"),
    F(BAY, BAY, REP, "a bay without a drive in it: slot, and how seen"),
    F(PLACE, TEXT, WITH, "where it was"),
    CHOOSE(POWER_STATE, 0, "on off standby", "on, off or standby when found"),
    F(CONDITION, TEXT, 0, "condition, damage, missing parts"),
    F(SEAL, ID, 0, "number of the seal on it"),
    CHOOSE(SEAL_TYPE, 0, "tag enclosing", "a tag, or a bag over all ports"),
    F(MARK, HASH, 0, "SHA-256 of a photo of a mark made on it"),
    F(TELLTALE, TELLTALE, REP, "a drive's own counter and its reading"),
    F(REMARK, TEXT, WITH, "anything else"),
};

static const struct record_field seizure_fields[] = {
    F(TAKEN_BY, ID, REQ, "party that took the items"),
    F(TAKEN_FROM, ID, 0, "party that had them"),
    CHOOSE(AUTHORITY_SIGNATURE, REQ, "signed refused absent",
	"did the authority sign, refuse, or stay away"),
    CHOOSE(OWNER_SIGNATURE, REQ, "signed refused absent",
	"did the owner sign, refuse, or stay away"),
    F(WITNESS, ID, REP, "witness who signs"),
    F(WITNESS_SAW, TEXT, 0,
	"what the witness saw, such as the refusal or absence"),
    F(LEGAL_BASIS, TEXT, 0, "warrant or law"),
    F(DOCUMENT, HASH, REP, "SHA-256 of a document, such as the warrant"),
    F(PLACE, TEXT, WITH, "where"),
    F(ANNOUNCED, TALLY, REP, "count announced on the spot"),
    F(COUNTED, TALLY, REP, "count made on the spot"),
    F(PHOTOGRAPHED, TALLY, REP, "count of what the photos show"),
    F(ITEMS, COUNT, REQ, "number of blocks in all parts of the list"),
    F(POPULATION, HASH, REQ, "the list's population"),
    F(OBJECTION, TEXT, REP, "objection raised on the spot"),
    F(REMARK, TEXT, WITH, "anything else"),
};

static const struct record_field handover_fields[] = {
    F(FROM, ID, REQ, "party that gives"),
    F(TO, ID, REQ, "party that receives"),
    F(GIVEN_BY, TEXT, WITH, "person who gives"),
    F(RECEIVED_BY, TEXT, WITH, "person who receives"),
    F(ON_BEHALF_OF, ID, 0, "party that the receiver acts for"),
    CHOOSE(
	RECEIVER, 0, "refused absent", "the receiver took it but did not sign"),
    F(WITNESS, ID, REP, "witness who signs"),
    F(PURPOSE, TEXT, 0, "what for"),
    F(AUTHORITY, TEXT, 0, "order or law"),
    F(DOCUMENT, HASH, REP, "SHA-256 of a document"),
    F(MODE, TEXT, 0, "in person, courier and waybill, locker"),
    F(PLACE, TEXT, WITH, "where"),
    F(COUNTED_BY_GIVER, COUNT, REQ, "how many the giver counted"),
    F(COUNTED_BY_RECEIVER, COUNT, 0, "how many the receiver counted"),
    F(RETURN_BY, DUE, 0, "when it is expected back"),
    F(NOT_TAKEN, NOT_TAKEN, REP, "item offered but not taken, and why"),
    F(OBJECTION, TEXT, REP, "objection raised"),
    F(CONDITION, TEXT, 0, "condition of what was handed over"),
    F(REMARK, TEXT, WITH, "anything else"),
};

static const struct record_field handover_item_fields[] = {
    F(SEAL, ID, 0, "number of the seal on it"),
    CHOOSE(STATE, 0, "intact broken", "state of the seal"),
    F(CONDITION, TEXT, 0, "condition, where it changed"),
    F(TELLTALE, TELLTALE, REP, "a drive's own counter and its reading"),
    F(REMARK, TEXT, WITH, "anything else"),
};

static const struct record_field handling_fields[] = {
    F(CUSTODIAN, ID, REQ, "party that holds the items"),
    F(WITNESS, ID, REQ | REP, "witness who signs"),
    CHOOSE(PRESENT_THROUGHOUT, 0, "yes no",
	"was the witness there from the first break to the last seal"),
    F(AUTHORITY, TEXT, REQ, "the order under which it was done"),
    F(DOCUMENT, HASH, REP, "SHA-256 of the order"),
    F(REASON, TEXT, 0, "why"),
    F(PLACE, TEXT, WITH, "where"),
    F(REMARK, TEXT, WITH, "anything else"),
};

static const struct record_field handling_item_fields[] = {
    CHOOSE(ACTION, REQ, "open reseal take-out put-in power-on found",
	"what was done to it"),
    F(OUT_OF, ID, 0, "package or computer it was taken out of"),
    F(INTO, ID, 0, "package or computer it was put into"),
    CHOOSE(TYPE, 0, ITEM_TYPES, "kind of thing (for found)"),
    F(MAKE, TEXT, 0, "maker (for found)"),
    F(MODEL, TEXT, 0, "model (for found)"),
    F(SERIAL, TEXT, WITH, "serial number (for found)"),
    F(CAPACITY, COUNT, 0, "capacity in bytes (for found)"),
    F(SLOT, ID, 0, "the bay that it was in (for found)"),
    F(SEAL, ID, 0, "number of the new seal"),
    CHOOSE(SEAL_TYPE, 0, "tag enclosing", "a tag, or a bag over all ports"),
    F(TELLTALE, TELLTALE, REP, "a drive's own counter and its reading"),
    F(REMARK, TEXT, WITH, "anything else"),
};

static const struct record_field inspection_fields[] = {
    F(CUSTODIAN, ID, REQ, "party that holds the items"),
    F(INSPECTOR, ID, REP, "disinterested party that looks"),
    F(ALSO_IN, ALSO_IN, 0, "other case with the same items, or none"),
    F(PLACE, TEXT, WITH, "where"),
    F(COUNTED, TALLY, REP, "count made on the spot"),
    F(OBJECTION, TEXT, REP, "objection raised"),
    F(REMARK, TEXT, WITH, "anything else"),
};

static const struct record_field inspection_item_fields[] = {
    CHOOSE(SEEN, 0,
	"package-sealed serial-read mark-read hash-match label-read",
	"how it was identified"),
    CHOOSE(FOUND, 0, "as-listed other missing unexpected",
	"what was found (default as-listed)"),
    F(SEAL, ID, 0, "number of the seal on it"),
    CHOOSE(STATE, 0, "intact broken", "state of the seal"),
    F(CONDITION, TEXT, 0, "condition, where it changed"),
    F(TELLTALE, TELLTALE, REP, "a drive's own counter and its reading"),
    F(REMARK, TEXT, WITH, "anything else"),
};

static const struct record_field claim_fields[] = {
    CHOOSE(ASSERTS, REQ | REP,
	"received transferred copied viewed denied count",
	"what is said to have happened"),
    F(SAID_BY, ID, 0, "party that said it"),
    F(SPEAKER, TEXT, WITH, "who said it, in words"),
    F(SAID, DUE, REQ, "when it was said"),
    F(THROUGH, TEXT, 0, "the channel through which it was said"),
    F(RECIPIENT, ID, 0, "party that is said to have received"),
    F(CONCERNS, ID, REP, "item, kind (drive, casing, ...) or all"),
    CHOOSE(PART_OF, 0, "yes", "only part of them is meant"),
    F(COUNT, TALLY, REP, "how many, like 150 computer"),
    F(SINCE, DUE, 0, "earliest time it can have happened"),
    F(UNTIL, DUE, 0, "latest time it can have happened"),
    F(QUOTE, TEXT, 0, "the words themselves"),
    F(LANGUAGE, ID, 0, "language of the words"),
    F(TRANSLATION, TEXT, 0, "the words in translation"),
    F(URL, TEXT, 0, "where it was published"),
    F(CAPTURE, HASH, REP, "SHA-256 of a capture of the source"),
    F(REMARK, TEXT, WITH, "anything else"),
};

static const struct record_field assessment_fields[] = {
    F(CLAIM, RECORD, REQ, "the claim that is assessed"),
    CHOOSE(SOURCE, REQ, "A B C D E F",
	"the source: A reliable ... E unreliable, F cannot be judged"),
    CHOOSE(INFORMATION, REQ, "1 2 3 4 5 6",
	"the information: 1 confirmed ... 5 improbable, 6 cannot be judged"),
    F(REASON, TEXT, REQ, "why"),
};

static const struct record_field question_fields[] = {
    F(RECIPIENT, ID, REQ, "P: the party asked about"),
    F(CONCERNS, ID, REQ | REP, "item, kind (drive, casing, ...) or all"),
    CHOOSE(FORM, REQ | REP, "hardware data", "the things, or what is on them"),
    F(PERIOD_FROM, TIME, REQ, "start of the period"),
    F(PERIOD_TO, TIME, REQ, "end of the period (not part of it)"),
    F(ADDRESSEE, ADDRESSEE, REP, "who is asked, and until when to answer"),
    F(TEXT, TEXT, 0, "the question in words"),
};

static const struct record_field answer_fields[] = {
    F(QUESTION, RECORD, REQ, "the question that is answered"),
    CHOOSE(ANSWER, REQ, "yes no partly not-held neither refused extended",
	"the answer"),
    CHOOSE(FORM, REP, "hardware data", "the forms meant (default: all asked)"),
    F(CONCERNS, ID, REP, "items meant (default: all asked)"),
    F(GIVEN_TO, ID, 0, "party that it was given to"),
    F(SINCE, DUE, 0, "when it was given"),
    F(GROUND, TEXT, 0, "ground of a refusal or extension"),
    F(UNTIL, DUE, 0, "new due date of an extension"),
    F(STATEMENT, TEXT, 0, "the answer in words"),
    F(DOCUMENT, HASH, REP, "SHA-256 of a document"),
};

static const struct record_field incident_fields[] = {
    CHOOSE(WHAT, REQ,
	"loss theft damage seal-broken unauthorised-reading "
	"refused-attempt refused-to-take",
	"what happened"),
    F(DISCOVERED, TIME, 0, "when it was discovered, if not at once"),
    F(PARTY, ID, 0, "party that tried or did it, if known"),
    F(PLACE, TEXT, WITH, "where"),
    F(STATEMENT, TEXT, 0, "what is known of it"),
    F(DOCUMENT, HASH, REP, "SHA-256 of a report or photo"),
    F(REMARK, TEXT, WITH, "anything else"),
};

static const struct record_field incident_item_fields[] = {
    F(SEAL, ID, 0, "number of the seal on it"),
    F(CONDITION, TEXT, 0, "condition"),
    F(TELLTALE, TELLTALE, REP, "a drive's own counter and its reading"),
    F(REMARK, TEXT, WITH, "anything else"),
};

#define COUNT_OF(a) (sizeof(a) / sizeof((a)[0]))
#define PLAIN(id, name, says, signers, fields)                                 \
	[RECORD_##id] = {RECORD_##id, name, says, signers, false, fields,      \
	    COUNT_OF(fields), RECORD_F_NONE, NULL, 0}
#define BLOCKS(id, name, says, signers, custody, fields, block, block_fields)  \
	[RECORD_##id] = {RECORD_##id, name, says, signers, custody, fields,    \
	    COUNT_OF(fields), RECORD_F_##block, block_fields,                  \
	    COUNT_OF(block_fields)}

static const struct record_schema schemas[RECORD_KIND_COUNT] = {
    BLOCKS(CASE, "case", "opens a case: ledger key, policy, parties, witnesses",
	"the policy holders", false, case_fields, PARTY, party_fields),
    PLAIN(JOIN, "join", "a party enrols with its key",
	"the party, and who countersigns it", join_fields),
    PLAIN(POLICY, "policy", "changes the policy: red lines, open fields",
	"policy holders", policy_fields),
    PLAIN(RELATION, "relation", "one party acts for another",
	"the party itself, or who establishes or asserts it", relation_fields),
    BLOCKS(LIST, "list", "one part of the list of items",
	"who signs the seizure", false, list_fields, ITEM, list_item_fields),
    [RECORD_SEIZURE] = {RECORD_SEIZURE, "seizure",
	"items were taken; names the list", "authority and owner, or witness",
	true, seizure_fields, COUNT_OF(seizure_fields), RECORD_F_NONE, NULL, 0},
    BLOCKS(HANDOVER, "handover", "items passed from one party to another",
	"giver and receiver", true, handover_fields, ITEM,
	handover_item_fields),
    BLOCKS(HANDLING, "handling",
	"a seal was broken or set, a part taken out or put in",
	"custodian and witness", true, handling_fields, ITEM,
	handling_item_fields),
    BLOCKS(INSPECTION, "inspection", "items were looked at where they are held",
	"custodian and a disinterested party", true, inspection_fields, ITEM,
	inspection_item_fields),
    PLAIN(CLAIM, "claim", "somebody outside said that something happened",
	"whoever records it", claim_fields),
    PLAIN(ASSESSMENT, "assessment", "a graded opinion of a claim",
	"whoever assesses it", assessment_fields),
    PLAIN(QUESTION, "question", "asks whether items came to a party",
	"the asker", question_fields),
    PLAIN(
	ANSWER, "answer", "answers a question", "the addressee", answer_fields),
    BLOCKS(INCIDENT, "incident", "a loss, a broken seal, a refused attempt",
	"whoever discovered it", true, incident_fields, ITEM,
	incident_item_fields),
};

static const char *const field_names[RECORD_F_NONE] = {
#define FIELD_TEXT(id, text) [RECORD_F_##id] = text,
    RECORD_FIELD_NAMES(FIELD_TEXT)
#undef FIELD_TEXT
};

const struct record_schema *record_schema_of(enum record_kind kind)
{
	return &schemas[kind];
}

const struct record_schema *record_schema_find(struct slice name)
{
	for (size_t i = 0; i < RECORD_KIND_COUNT; i++)
		if (slice_is_text(name, schemas[i].name))
			return &schemas[i];
	return NULL;
}

const struct record_field *record_schema_header(size_t *ret_count)
{
	*ret_count = COUNT_OF(header_fields);
	return header_fields;
}

const char *record_schema_field_name(enum record_name name)
{
	return name < RECORD_F_NONE ? field_names[name] : "?";
}

enum record_name record_schema_field_find(struct slice name)
{
	for (size_t i = 0; i < RECORD_F_NONE; i++)
		if (slice_is_text(name, field_names[i]))
			return (enum record_name)i;
	return RECORD_F_NONE;
}

static const struct record_field *find_in(
    const struct record_field *fields, size_t n, enum record_name name)
{
	for (size_t i = 0; i < n; i++)
		if (fields[i].name == name)
			return &fields[i];
	return NULL;
}

const struct record_field *record_schema_field(
    const struct record_schema *schema, bool is_block, enum record_name name)
{
	if (is_block)
		return find_in(
		    schema->block_fields, schema->block_field_count, name);
	const struct record_field *field =
	    find_in(header_fields, COUNT_OF(header_fields), name);
	if (field == NULL)
		field = find_in(schema->fields, schema->field_count, name);
	return field;
}

bool record_schema_is_withholdable(enum record_name name)
{
	for (size_t i = 0; i < RECORD_KIND_COUNT; i++) {
		const struct record_field *field =
		    record_schema_field(&schemas[i], false, name);
		if (field != NULL && (field->flags & RECORD_WITHHOLDABLE))
			return true;
		field = record_schema_field(&schemas[i], true, name);
		if (field != NULL && (field->flags & RECORD_WITHHOLDABLE))
			return true;
	}
	return false;
}

static bool is_choice(const char *choices, struct slice value)
{
	struct slice rest = slice_of(choices);

	while (rest.p != NULL)
		if (slice_is(slice_cut(&rest, ' '), value))
			return true;
	return false;
}

static bool is_count(struct slice value)
{
	unsigned long long n;

	return slice_to_u64(value, &n) && n <= INT64_MAX;
}

static bool is_case_ref(struct slice value)
{
	struct slice rest = value;
	struct slice name = slice_cut(&rest, '#');
	uint8_t digest[16];

	return text_is_identifier(name) && rest.p != NULL &&
	    text_from_hex(digest, sizeof(digest), rest);
}

static bool is_signer(struct slice value)
{
	struct slice rest = value;
	struct slice name = slice_cut(&rest, ' ');
	uint8_t id[4];

	return text_is_identifier(name) && rest.p != NULL &&
	    text_from_hex(id, sizeof(id), rest);
}

static bool is_as_of(struct slice value)
{
	struct slice rest = value;
	struct slice size = slice_cut(&rest, ' ');
	uint8_t root[HASH_SIZE];
	size_t n;

	return is_count(size) && rest.p != NULL &&
	    text_from_base64(root, sizeof(root), &n, rest) && n == HASH_SIZE;
}

static bool is_part(struct slice value)
{
	struct slice rest = value;
	unsigned long long i, n;

	return slice_to_u64(slice_cut(&rest, '/'), &i) && rest.p != NULL &&
	    slice_to_u64(rest, &n) && i >= 1 && i <= n && n <= 9999;
}

static bool is_text(struct slice value)
{
	return value.n > 0 && value.p[0] != ' ' &&
	    value.p[value.n - 1] != ' ' && text_is_line(value, NULL, NULL) &&
	    text_is_escaped(value);
}

/* Two words, the first an identifier; the second is left in *ret_rest. */
static bool has_first_word(struct slice value, struct slice *ret_rest)
{
	*ret_rest = value;
	return text_is_identifier(slice_cut(ret_rest, ' ')) &&
	    ret_rest->p != NULL;
}

static bool is_addressee(struct slice value)
{
	struct slice rest;
	int64_t when;

	return has_first_word(value, &rest) &&
	    slice_is_text(slice_cut(&rest, ' '), "due") && rest.p != NULL &&
	    when_from_due(&when, rest);
}

static bool is_bay(struct slice value)
{
	struct slice rest;

	return has_first_word(value, &rest) &&
	    (slice_is_text(rest, "empty") || slice_is_text(rest, "not-opened"));
}

static bool is_require(struct slice value)
{
	struct slice rest = value;
	const struct record_schema *schema =
	    record_schema_find(slice_cut(&rest, ' '));

	if (schema == NULL || rest.p == NULL)
		return false;
	enum record_name name = record_schema_field_find(rest);
	return record_schema_field(schema, false, name) != NULL ||
	    record_schema_field(schema, true, name) != NULL;
}

static bool is_tally(struct slice value)
{
	struct slice rest = value;

	return is_count(slice_cut(&rest, ' ')) && rest.p != NULL &&
	    is_choice(ITEM_TYPES, rest);
}

static bool is_telltale(struct slice value)
{
	struct slice rest;

	return has_first_word(value, &rest) && is_count(rest);
}

static bool is_not_taken(struct slice value)
{
	struct slice rest;

	return has_first_word(value, &rest) && is_text(rest);
}

/* long: a dispatch over the types, one line each */
static bool value_is_good(const struct record_field *field, struct slice value)
{
	uint8_t digest[HASH_SIZE];
	struct note_key key;
	int64_t when;

	switch (field->type) {
	case RECORD_T_CASE_REF:
		return is_case_ref(value);
	case RECORD_T_TIME:
		return when_from_time(&when, value);
	case RECORD_T_DUE:
		return when_from_due(&when, value);
	case RECORD_T_SIGNER:
		return is_signer(value);
	case RECORD_T_AS_OF:
		return is_as_of(value);
	case RECORD_T_ID:
		return text_is_identifier(value);
	case RECORD_T_COUNT:
		return is_count(value);
	case RECORD_T_HASH:
	case RECORD_T_RECORD:
		return text_from_hex(digest, sizeof(digest), value);
	case RECORD_T_VKEY:
		return note_key_parse(&key, value, NULL) == 0;
	case RECORD_T_TEXT:
		return is_text(value);
	case RECORD_T_CHOICE:
		return is_choice(field->choices, value);
	case RECORD_T_PART:
		return is_part(value);
	case RECORD_T_BAY:
		return is_bay(value);
	case RECORD_T_ADDRESSEE:
		return is_addressee(value);
	case RECORD_T_FIELD:
		return record_schema_is_withholdable(
		    record_schema_field_find(value));
	case RECORD_T_REQUIRE:
		return is_require(value);
	case RECORD_T_TALLY:
		return is_tally(value);
	case RECORD_T_TELLTALE:
		return is_telltale(value);
	case RECORD_T_ALSO_IN:
		return slice_is_text(value, "none") || is_case_ref(value);
	case RECORD_T_NOT_TAKEN:
		return is_not_taken(value);
	}
	return false;
}

bool record_schema_value_is_good(
    const struct record_field *field, struct slice value, const char **ret_why)
{
	if (value.p != NULL && value.n > 0 && value_is_good(field, value))
		return true;
	if (ret_why != NULL)
		*ret_why = field->type == RECORD_T_CHOICE
		    ? field->choices
		    : record_schema_type_help(field->type);
	return false;
}

const char *record_schema_type_help(enum record_type type)
{
	static const char *const help[] = {
	    [RECORD_T_CASE_REF] = "a case name, #, and 32 hex digits",
	    [RECORD_T_TIME] = "a UTC time like 2023-06-21T09:40:00Z",
	    [RECORD_T_DUE] = "a date like 2023-06-21 or a UTC time like "
			     "2023-06-21T09:40:00Z",
	    [RECORD_T_SIGNER] = "a party and the 8 hex digits of its key id",
	    [RECORD_T_AS_OF] = "a ledger size and its root in base64",
	    [RECORD_T_ID] = "a name of letters, digits, '.', '/' and '-', at "
			    "most 64 long",
	    [RECORD_T_COUNT] = "a whole number",
	    [RECORD_T_HASH] = "a SHA-256 in 64 lower-case hex digits",
	    [RECORD_T_RECORD] = "a record's id in 64 lower-case hex digits",
	    [RECORD_T_VKEY] = "a public key like name+1a2b3c4d+AbC...=",
	    [RECORD_T_TEXT] = "one line of text without control or direction "
			      "characters",
	    [RECORD_T_CHOICE] = "one of the listed words",
	    [RECORD_T_PART] = "a part like 2/5",
	    [RECORD_T_BAY] = "a slot and \"empty\" or \"not-opened\"",
	    [RECORD_T_ADDRESSEE] = "a party and its due date, like "
				   "police.example due 2023-07-10",
	    [RECORD_T_FIELD] = "the name of a field that can be withheld",
	    [RECORD_T_REQUIRE] = "a kind and one of its fields, like handover "
				 "purpose",
	    [RECORD_T_TALLY] = "a number and a kind of item, like 213 computer",
	    [RECORD_T_TELLTALE] = "a counter and its reading, like "
				  "power-on-hours 5120",
	    [RECORD_T_ALSO_IN] = "\"none\" or the other case's name#digits",
	    [RECORD_T_NOT_TAKEN] = "an item and the reason",
	};

	return help[type];
}
