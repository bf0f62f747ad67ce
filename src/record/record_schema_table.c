/*
 * record_schema_table.c: the one table of kinds and fields.
 *
 * To add a field: its name in RECORD_FIELD_NAMES, one row here; parser,
 * writer, forms, --help and the generated part of the man page follow. To add
 * a kind: its enum value, its rows, and its rules in room case.
 */
#include "record_schema_internal.h"

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
    F(INSPECT_EVERY, COUNT, 0, "days after which things are seen again"),
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
    CHOOSE(TYPE, REQ, RECORD_ITEM_TYPES, "what kind of thing it is"),
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
    F(STARTED, TIME, 0, "when power was switched on (for power-on)"),
    F(FINISHED, TIME, 0, "when it was switched off"),
    F(PLACE, TEXT, WITH, "where"),
    F(REMARK, TEXT, WITH, "anything else"),
};

static const struct record_field handling_item_fields[] = {
    CHOOSE(ACTION, REQ, "open reseal take-out put-in power-on found",
	"what was done to it"),
    F(OUT_OF, ID, 0, "package or computer it was taken out of"),
    F(INTO, ID, 0, "package or computer it was put into"),
    CHOOSE(TYPE, 0, RECORD_ITEM_TYPES, "kind of thing (for found)"),
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

static const struct record_field key_fields[] = {
    F(PARTY, ID, REQ, "party whose key it is"),
    CHOOSE(ACTION, REQ, "rotate revoke encryption",
	"a new key, the end of one, or a key for encryption"),
    F(OLD_KEY, KEY_ID, 0, "id of the key that ends"),
    F(KEY, VKEY, 0, "the new key (for rotate); it signs too"),
    CHOOSE(LOST, 0, "yes", "the old key is lost, so that it cannot sign"),
    F(COMPROMISED_SINCE, TIME, 0, "since when somebody else may have had it"),
    F(ENCRYPTION_KEY, TEXT, 0, "age recipient that things are encrypted to"),
    F(REASON, TEXT, 0, "why"),
};

static const struct record_field move_fields[] = {
    F(CUSTODIAN, ID, REQ, "party that holds the items"),
    F(WITNESS, ID, REP, "witness who signs"),
    F(PLACE, TEXT, WITH, "where to"),
    F(REASON, TEXT, 0, "why"),
    F(REMARK, TEXT, WITH, "anything else"),
};

static const struct record_field order_fields[] = {
    CHOOSE(WHAT, REQ,
	"warrant authorisation extension hold return destruction revocation",
	"what is ordered"),
    F(ISSUER, ID, REQ, "party that issues it"),
    F(FROM_PAPER_BY, ID, 0, "party that enters it from paper, and signs"),
    F(REFERENCE, TEXT, 0, "number, court and judge"),
    F(ORDER, RECORD, 0, "order that is extended or revoked"),
    F(CONCERNS, ID, REP, "item, kind (drive, casing, ...) or all"),
    CHOOSE(PERMITS, REP, "image examine unlock disclose",
	"what may be done with the data"),
    F(PURPOSE, TEXT, 0, "what for"),
    F(FINDS, ID, REP, "kind of finding that may be looked for"),
    F(DETAILS_TO, ID, REP, "party that details are encrypted to"),
    F(EXAMINER, ID, REP, "party that may do it (default: any)"),
    F(SINCE, DUE, 0, "from when (default: from its own time)"),
    F(UNTIL, DUE, 0, "until when"),
    F(DOCUMENT, HASH, REP, "SHA-256 of the order's document"),
    F(REMARK, TEXT, WITH, "anything else"),
};

static const struct record_field draw_fields[] = {
    F(CONCERNS, ID, REQ | REP, "item, kind (package, drive, ...) or all"),
    F(POPULATION, HASH, REQ, "SHA-256 over the sorted ids, each with LF"),
    F(POPULATION_SIZE, COUNT, REQ, "N: how many ids these are"),
    F(DETECTS, COUNT, REQ, "D: so many missing would be seen (at 95 %)"),
    F(SAMPLE, COUNT, REQ, "n: how many are drawn for that"),
    F(COMMIT, COMMIT, REQ | REP, "a side's party, and SHA-256 of its secret"),
    F(UNTIL, DUE, REQ, "until when all that is drawn must be seen"),
    F(REASON, TEXT, 0, "why"),
};

static const struct record_field draw_reveal_fields[] = {
    F(DRAW, RECORD, REQ, "the draw"),
    F(SECRET, HASH, REQ, "the 32 random bytes that were committed to"),
};

static const struct record_field image_fields[] = {
    F(EXAMINER, ID, REQ, "party that made the copy"),
    F(CUSTODIAN, ID, REQ, "party that holds what was copied"),
    F(HOST, ID, 0, "party that holds the copy (default: the examiner)"),
    F(WITNESS, ID, REP, "witness who signs"),
    CHOOSE(PRESENT_THROUGHOUT, 0, "yes no",
	"was the witness there from beginning to end"),
    F(ORDER, RECORD, 0, "the order under which it was made"),
    F(TOOL, TEXT, REP, "program and version"),
    F(WRITE_BLOCKER, TEXT, 0, "how the source was protected"),
    F(STARTED, TIME, 0, "when reading began"),
    F(FINISHED, TIME, 0, "when it ended"),
    F(IMAGER_LOG, HASH, 0,
	"SHA-256 of another program's log; tool, times, unreadable are its"),
    F(PLACE, TEXT, WITH, "where"),
    F(OBJECTION, TEXT, REP, "objection raised"),
    F(REMARK, TEXT, WITH, "anything else"),
};

static const struct record_field image_item_fields[] = {
    CHOOSE(TYPE, 0, "image extract", "image or extract (of a copy)"),
    F(DERIVED_FROM, ID, 0, "item that it is a copy of (of a copy)"),
    F(INSIDE, ID, 0, "medium that it is on"),
    F(FORMAT, TEXT, 0, "raw, E01, ..."),
    F(FILES, COUNT, 0, "how many files it is in"),
    F(LENGTH, COUNT, 0, "length in bytes"),
    F(PASSES, COUNT, 0, "how often what was copied was read (default: 1)"),
    F(CHUNK_SIZE, COUNT, 0, "bytes of a chunk of the tree"),
    F(TREE_ROOT, HASH, 0, "root of the salted tree over the chunks"),
    CHOOSE(SALTS, 0, "ggm-hmac-sha256", "how the chunks' salts are made"),
    F(MD5, TEXT, WITH, "MD5 over the whole"),
    F(SHA1, TEXT, WITH, "SHA-1 over the whole"),
    F(SHA256, TEXT, WITH, "SHA-256 over the whole"),
    F(UNREADABLE, TEXT, REP, "range that could not be read: offset, length"),
    F(UNREADABLE_LIST, HASH, 0, "SHA-256 of the list of all such ranges"),
    F(MODEL, TEXT, 0, "model, as the drive says it"),
    F(SERIAL, TEXT, WITH, "serial number, as the drive says it"),
    F(FIRMWARE, TEXT, 0, "firmware, as the drive says it"),
    F(WWN, TEXT, WITH, "world wide name, as the drive says it"),
    F(INTERFACE, TEXT, 0, "how the drive was asked: ATA, NVMe, SCSI"),
    F(CAPACITY, COUNT, 0, "bytes that the drive shows"),
    F(NATIVE_CAPACITY, COUNT, 0, "bytes that it has, hidden ones too"),
    F(TELLTALE, TELLTALE, REP, "a drive's own counter and its reading"),
    F(REMARK, TEXT, WITH, "anything else"),
};

static const struct record_field lock_fields[] = {
    F(CUSTODIAN, ID, REQ, "party that holds the copies"),
    F(WITNESS, ID, REP, "witness who signs"),
    F(THRESHOLD, COUNT, REQ, "t: how many must come together to open"),
    F(HOLDER, ID, REQ | REP, "party that holds a share, in order"),
    F(QUORUM_KEY, TEXT, 0, "age recipient that the copies are locked to"),
    F(COMMITMENT, HASH, REP, "Feldman commitment, in order"),
    CHOOSE(TRIAL, 0, "opened asserted",
	"was it opened on trial by t holders, or is that only said"),
    CHOOSE(PLAINTEXT, REQ, "destroyed kept",
	"what became of the copy that was not locked"),
    F(REMARK, TEXT, WITH, "anything else"),
};

static const struct record_field lock_item_fields[] = {
    F(SHA256, TEXT, WITH, "SHA-256 of the locked file"),
    F(LOCKED_SEED, HASH, 0, "SHA-256 of the locked seed of the salts"),
    F(REMARK, TEXT, WITH, "anything else"),
};

static const struct record_field unlock_fields[] = {
    F(HOST, ID, REQ, "party on whose machine it is opened"),
    F(HOLDER, ID, REQ | REP, "party that gave its share, and signs"),
    F(WITNESS, ID, REP, "witness who signs"),
    F(ORDER, RECORD, 0, "the order under which it is opened"),
    F(PURPOSE, TEXT, 0, "what for"),
    F(RANGE, TEXT, 0, "bytes that are opened: first-last; default: all"),
    F(OBJECTION, TEXT, REP, "objection raised"),
    F(REMARK, TEXT, WITH, "anything else"),
};

static const struct record_field remark_item_fields[] = {
    F(REMARK, TEXT, WITH, "anything else"),
};

static const struct record_field examination_fields[] = {
    F(EXAMINER, ID, REQ, "party that examined"),
    F(CUSTODIAN, ID, 0, "party that holds what was examined"),
    F(HOST, ID, 0, "party on whose machine (default: the examiner)"),
    F(WITNESS, ID, REP, "witness who signs"),
    CHOOSE(PRESENT_THROUGHOUT, 0, "yes no",
	"was the witness there from beginning to end"),
    F(ORDER, RECORD, 0, "the order under which it was done"),
    F(PURPOSE, TEXT, 0, "what for"),
    F(FINDS, ID, REP, "kind of finding that was looked for"),
    F(TOOL, TEXT, REP, "program and version"),
    F(STARTED, TIME, 0, "when it began"),
    F(FINISHED, TIME, 0, "when it ended"),
    F(COVERAGE, TEXT, REP, "how much of it was read, in bytes"),
    F(GAP, TEXT, REP, "what could not be read, and why"),
    F(RESULT, HASH, REP, "SHA-256 of the result"),
    F(OBJECTION, TEXT, REP, "objection raised"),
    F(REMARK, TEXT, WITH, "anything else"),
};

static const struct record_field examination_item_fields[] = {
    F(TELLTALE, TELLTALE, REP, "a drive's own counter and its reading"),
    F(REMARK, TEXT, WITH, "anything else"),
};

static const struct record_field disclosure_fields[] = {
    F(FROM, ID, REQ, "party that discloses"),
    F(TO, ID, REQ, "party that receives"),
    F(ON_BEHALF_OF, ID, 0, "party that the receiver acts for"),
    CHOOSE(RECEIVER, 0, "refused absent", "the receiver did not sign"),
    F(WITNESS, ID, REP, "witness who signs"),
    F(ORDER, RECORD, 0, "the order under which it is done"),
    F(PURPOSE, TEXT, 0, "what for"),
    F(DOCUMENT, HASH, REP, "SHA-256 of the disclosure file"),
    F(OBJECTION, TEXT, REP, "objection raised"),
    F(REMARK, TEXT, WITH, "anything else"),
};

static const struct record_field disclosure_item_fields[] = {
    F(RANGE, TEXT, REP, "range that is disclosed: offset, length"),
    F(REMARK, TEXT, WITH, "anything else"),
};

static const struct record_field objection_fields[] = {
    CHOOSE(GROUND, REQ, "privilege jurisdiction return other",
	"ground of the objection"),
    F(CONCERNS, ID, REP, "item, kind (drive, casing, ...) or all"),
    F(AGAINST, RECORD, REP, "record that is objected to"),
    F(STATEMENT, TEXT, 0, "the objection in words"),
    F(DOCUMENT, HASH, REP, "SHA-256 of a document"),
    F(REMARK, TEXT, WITH, "anything else"),
};

static const struct record_field release_fields[] = {
    F(FROM, ID, REQ, "party that gives back"),
    F(TO, ID, REQ, "party that receives"),
    CHOOSE(
	RECEIVER, 0, "refused absent", "the receiver took it but did not sign"),
    F(WITNESS, ID, REP, "witness who signs"),
    F(ORDER, RECORD, 0, "the order under which it is given back"),
    F(IDENTITY_CHECK, TEXT, WITH, "how the receiver was identified"),
    F(PLACE, TEXT, WITH, "where"),
    F(COUNTED_BY_GIVER, COUNT, REQ, "how many the giver counted"),
    F(COUNTED_BY_RECEIVER, COUNT, 0, "how many the receiver counted"),
    F(REMAINING_COPY, ID, REP, "copy that remains, or none"),
    F(NOT_TAKEN, NOT_TAKEN, REP, "item offered but not taken, and why"),
    F(OBJECTION, TEXT, REP, "objection raised"),
    F(REMARK, TEXT, WITH, "anything else"),
};

static const struct record_field disposal_fields[] = {
    F(CUSTODIAN, ID, REQ, "party that held the items"),
    F(WITNESS, ID, REQ | REP, "witness who signs"),
    F(ORDER, RECORD, 0, "the order to destroy"),
    F(METHOD, TEXT, 0, "how it was destroyed"),
    F(PLACE, TEXT, WITH, "where"),
    F(REMAINING_COPY, ID, REP, "copy that remains, or none"),
    F(DOCUMENT, HASH, REP, "SHA-256 of a photo or certificate"),
    F(OBJECTION, TEXT, REP, "objection raised"),
    F(REMARK, TEXT, WITH, "anything else"),
};

static const struct record_field disposal_item_fields[] = {
    CHOOSE(SEEN, 0,
	"package-sealed serial-read mark-read hash-match label-read",
	"how it was identified"),
    F(SEAL, ID, 0, "number of the seal on it"),
    CHOOSE(STATE, 0, "intact broken", "state of the seal"),
    F(TELLTALE, TELLTALE, REP, "a drive's own counter and its reading"),
    F(REMARK, TEXT, WITH, "anything else"),
};

static const struct record_field correction_fields[] = {
    F(CORRECTS, RECORD, REQ, "the record that is corrected"),
    F(OF_ITEM, ID, 0, "block that the field stands in (default: none)"),
    F(FIELD, ID, REQ, "field that was wrong"),
    F(OCCURRENCE, COUNT, 0, "which one, from 1, if it is repeated"),
    F(VALUE, TEXT, 0, "what it should say; without: nothing"),
    F(PRIVATE_VALUE, TEXT, WITH, "the same, of a field that can be withheld"),
    F(REASON, TEXT, REQ, "why"),
};

#define COUNT_OF(a) (sizeof(a) / sizeof((a)[0]))
#define PLAIN(id, name, says, signers, fields)                                 \
	[RECORD_##id] = {RECORD_##id, name, says, signers, false, fields,      \
	    COUNT_OF(fields), RECORD_F_NONE, NULL, 0}
#define BLOCKS(id, name, says, signers, custody, fields, block, block_fields)  \
	[RECORD_##id] = {RECORD_##id, name, says, signers, custody, fields,    \
	    COUNT_OF(fields), RECORD_F_##block, block_fields,                  \
	    COUNT_OF(block_fields)}

const struct record_schema record_schema_table[RECORD_KIND_COUNT] = {
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
    PLAIN(KEY, "key", "rotates or revokes a key, or enrols one for encryption",
	"the party, and who stands in for a lost key", key_fields),
    BLOCKS(MOVE, "move", "a change of place under the same custodian",
	"the custodian", true, move_fields, ITEM, handover_item_fields),
    PLAIN(ORDER, "order", "a warrant, authorisation, hold, or its end",
	"the issuer, or who enters it from paper", order_fields),
    PLAIN(DRAW, "draw", "a sample is to be drawn by lot",
	"a party of each of two sides", draw_fields),
    PLAIN(DRAW_REVEAL, "draw-reveal", "one side opens its secret for a draw",
	"a party that committed", draw_reveal_fields),
    BLOCKS(IMAGE, "image", "a copy was made", "examiner and custodian", true,
	image_fields, ITEM, image_item_fields),
    BLOCKS(LOCK, "lock", "copies were locked to a quorum",
	"the custodian and every holder of a share", true, lock_fields, ITEM,
	lock_item_fields),
    BLOCKS(UNLOCK, "unlock", "locked copies were opened",
	"the holders who opened them", true, unlock_fields, ITEM,
	remark_item_fields),
    BLOCKS(EXAMINATION, "examination", "items or copies were examined",
	"the examiner", true, examination_fields, ITEM,
	examination_item_fields),
    BLOCKS(DISCLOSURE, "disclosure", "data was given to somebody",
	"giver and receiver", true, disclosure_fields, ITEM,
	disclosure_item_fields),
    PLAIN(OBJECTION, "objection", "the owner's side objects",
	"owner or counsel", objection_fields),
    BLOCKS(RELEASE, "release", "items were given back", "giver and receiver",
	true, release_fields, ITEM, handover_item_fields),
    BLOCKS(DISPOSAL, "disposal", "items were destroyed",
	"custodian and witness", true, disposal_fields, ITEM,
	disposal_item_fields),
    PLAIN(CORRECTION, "correction", "corrects a record of its signers",
	"a signer of that record", correction_fields),
};

const struct record_field *record_schema_header(size_t *ret_count)
{
	*ret_count = COUNT_OF(header_fields);
	return header_fields;
}
