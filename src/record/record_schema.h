/*
 * record_schema.h: the one table of record kinds and their fields. It drives
 * parsing, writing, `record KIND`, --help, forms and the man page.
 *
 * A record's text is a first line, record-level fields in the order of the
 * table, then blocks (items or parties), each begun by its block line and
 * followed by its own fields, indented by two spaces, in the order of the
 * table. counterfoil-record(5) is the reader's version of this page.
 */
#ifndef RECORD_SCHEMA_H
#define RECORD_SCHEMA_H

#include "slice.h"

#include <stdbool.h>
#include <stddef.h>

#define RECORD_MAGIC "counterfoil-record/v1 "
#define RECORD_TEXT_MAX 65535
#define RECORD_SIGNERS_MAX 16

enum record_kind {
	RECORD_CASE,
	RECORD_JOIN,
	RECORD_POLICY,
	RECORD_RELATION,
	RECORD_LIST,
	RECORD_SEIZURE,
	RECORD_HANDOVER,
	RECORD_HANDLING,
	RECORD_INSPECTION,
	RECORD_CLAIM,
	RECORD_ASSESSMENT,
	RECORD_QUESTION,
	RECORD_ANSWER,
	RECORD_INCIDENT,
	RECORD_KEY,
	RECORD_MOVE,
	RECORD_ORDER,
	RECORD_DRAW,
	RECORD_DRAW_REVEAL,
	RECORD_IMAGE,
	RECORD_LOCK,
	RECORD_UNLOCK,
	RECORD_EXAMINATION,
	RECORD_DISCLOSURE,
	RECORD_OBJECTION,
	RECORD_RELEASE,
	RECORD_DISPOSAL,
	RECORD_CORRECTION,
	RECORD_KIND_COUNT
};

/* Every field name that any kind uses: RECORD_F_<name> and its spelling. */
#define RECORD_FIELD_NAMES(X)                                                  \
	X(CASE, "case")                                                        \
	X(AT, "at")                                                            \
	X(SIGNER, "signer")                                                    \
	X(LATE, "late")                                                        \
	X(AS_OF, "as-of")                                                      \
	X(OFFER_EXPIRES, "offer-expires")                                      \
	X(NAME, "name")                                                        \
	X(TITLE, "title")                                                      \
	X(LOG, "log")                                                          \
	X(CLOCK, "clock")                                                      \
	X(POLICY_HOLDER, "policy-holder")                                      \
	X(WITNESS_KEY, "witness-key")                                          \
	X(WITNESS_QUORUM, "witness-quorum")                                    \
	X(RED_LINE, "red-line")                                                \
	X(LIFT, "lift")                                                        \
	X(OPEN, "open")                                                        \
	X(REQUIRE, "require")                                                  \
	X(INSPECT_EVERY, "inspect-every")                                      \
	X(PARTY, "party")                                                      \
	X(SIDE, "side")                                                        \
	X(ORG, "org")                                                          \
	X(ROLE, "role")                                                        \
	X(KEY, "key")                                                          \
	X(ABOUT, "about")                                                      \
	X(STATEMENT, "statement")                                              \
	X(ACTS_FOR, "acts-for")                                                \
	X(BASIS, "basis")                                                      \
	X(SINCE, "since")                                                      \
	X(UNTIL, "until")                                                      \
	X(DOCUMENT, "document")                                                \
	X(SAID_BY, "said-by")                                                  \
	X(SPEAKER, "speaker")                                                  \
	X(SAID, "said")                                                        \
	X(THROUGH, "through")                                                  \
	X(PART, "part")                                                        \
	X(POPULATION, "population")                                            \
	X(ITEM, "item")                                                        \
	X(TYPE, "type")                                                        \
	X(SUBTYPE, "subtype")                                                  \
	X(INSIDE, "inside")                                                    \
	X(MAKE, "make")                                                        \
	X(MODEL, "model")                                                      \
	X(SERIAL, "serial")                                                    \
	X(CAPACITY, "capacity")                                                \
	X(INTERFACE, "interface")                                              \
	X(OPENED, "opened")                                                    \
	X(SLOT, "slot")                                                        \
	X(BAY, "bay")                                                          \
	X(PLACE, "place")                                                      \
	X(POWER_STATE, "power-state")                                          \
	X(CONDITION, "condition")                                              \
	X(SEAL, "seal")                                                        \
	X(SEAL_TYPE, "seal-type")                                              \
	X(MARK, "mark")                                                        \
	X(TELLTALE, "telltale")                                                \
	X(PASSES, "passes")                                                    \
	X(FIRMWARE, "firmware")                                                \
	X(WWN, "wwn")                                                          \
	X(NATIVE_CAPACITY, "native-capacity")                                  \
	X(FOUND_LATE, "found-late")                                            \
	X(ITEMS, "items")                                                      \
	X(TAKEN_BY, "taken-by")                                                \
	X(TAKEN_FROM, "taken-from")                                            \
	X(AUTHORITY_SIGNATURE, "authority-signature")                          \
	X(OWNER_SIGNATURE, "owner-signature")                                  \
	X(WITNESS, "witness")                                                  \
	X(WITNESS_SAW, "witness-saw")                                          \
	X(LEGAL_BASIS, "legal-basis")                                          \
	X(ANNOUNCED, "announced")                                              \
	X(COUNTED, "counted")                                                  \
	X(PHOTOGRAPHED, "photographed")                                        \
	X(FROM, "from")                                                        \
	X(TO, "to")                                                            \
	X(GIVEN_BY, "given-by")                                                \
	X(RECEIVED_BY, "received-by")                                          \
	X(ON_BEHALF_OF, "on-behalf-of")                                        \
	X(RECEIVER, "receiver")                                                \
	X(COUNTED_BY_GIVER, "counted-by-giver")                                \
	X(COUNTED_BY_RECEIVER, "counted-by-receiver")                          \
	X(PURPOSE, "purpose")                                                  \
	X(AUTHORITY, "authority")                                              \
	X(MODE, "mode")                                                        \
	X(RETURN_BY, "return-by")                                              \
	X(NOT_TAKEN, "not-taken")                                              \
	X(OBJECTION, "objection")                                              \
	X(STATE, "state")                                                      \
	X(CUSTODIAN, "custodian")                                              \
	X(PRESENT_THROUGHOUT, "present-throughout")                            \
	X(REASON, "reason")                                                    \
	X(ACTION, "action")                                                    \
	X(INTO, "into")                                                        \
	X(OUT_OF, "out-of")                                                    \
	X(INSPECTOR, "inspector")                                              \
	X(ALSO_IN, "also-in")                                                  \
	X(SEEN, "seen")                                                        \
	X(FOUND, "found")                                                      \
	X(ASSERTS, "asserts")                                                  \
	X(RECIPIENT, "recipient")                                              \
	X(CONCERNS, "concerns")                                                \
	X(PART_OF, "part-of")                                                  \
	X(COUNT, "count")                                                      \
	X(QUOTE, "quote")                                                      \
	X(LANGUAGE, "language")                                                \
	X(TRANSLATION, "translation")                                          \
	X(URL, "url")                                                          \
	X(CAPTURE, "capture")                                                  \
	X(CLAIM, "claim")                                                      \
	X(SOURCE, "source")                                                    \
	X(INFORMATION, "information")                                          \
	X(FORM, "form")                                                        \
	X(PERIOD_FROM, "period-from")                                          \
	X(PERIOD_TO, "period-to")                                              \
	X(ADDRESSEE, "addressee")                                              \
	X(TEXT, "text")                                                        \
	X(QUESTION, "question")                                                \
	X(ANSWER, "answer")                                                    \
	X(GROUND, "ground")                                                    \
	X(GIVEN_TO, "given-to")                                                \
	X(WHAT, "what")                                                        \
	X(DISCOVERED, "discovered")                                            \
	X(OLD_KEY, "old-key")                                                  \
	X(LOST, "lost")                                                        \
	X(COMPROMISED_SINCE, "compromised-since")                              \
	X(ENCRYPTION_KEY, "encryption-key")                                    \
	X(ISSUER, "issuer")                                                    \
	X(FROM_PAPER_BY, "from-paper-by")                                      \
	X(REFERENCE, "reference")                                              \
	X(PERMITS, "permits")                                                  \
	X(FINDS, "finds")                                                      \
	X(DETAILS_TO, "details-to")                                            \
	X(POPULATION_SIZE, "population-size")                                  \
	X(DETECTS, "detects")                                                  \
	X(SAMPLE, "sample")                                                    \
	X(COMMIT, "commit")                                                    \
	X(DRAW, "draw")                                                        \
	X(SECRET, "secret")                                                    \
	X(ORDER, "order")                                                      \
	X(EXAMINER, "examiner")                                                \
	X(HOST, "host")                                                        \
	X(TOOL, "tool")                                                        \
	X(WRITE_BLOCKER, "write-blocker")                                      \
	X(STARTED, "started")                                                  \
	X(FINISHED, "finished")                                                \
	X(IMAGER_LOG, "imager-log")                                            \
	X(DERIVED_FROM, "derived-from")                                        \
	X(FORMAT, "format")                                                    \
	X(FILES, "files")                                                      \
	X(LENGTH, "length")                                                    \
	X(CHUNK_SIZE, "chunk-size")                                            \
	X(TREE_ROOT, "tree-root")                                              \
	X(SALTS, "salts")                                                      \
	X(MD5, "md5")                                                          \
	X(SHA1, "sha1")                                                        \
	X(SHA256, "sha256")                                                    \
	X(UNREADABLE, "unreadable")                                            \
	X(UNREADABLE_LIST, "unreadable-list")                                  \
	X(THRESHOLD, "threshold")                                              \
	X(HOLDER, "holder")                                                    \
	X(QUORUM_KEY, "quorum-key")                                            \
	X(LOCKED_SEED, "locked-seed")                                          \
	X(COMMITMENT, "commitment")                                            \
	X(TRIAL, "trial")                                                      \
	X(PLAINTEXT, "plaintext")                                              \
	X(COVERAGE, "coverage")                                                \
	X(GAP, "gap")                                                          \
	X(RESULT, "result")                                                    \
	X(RANGE, "range")                                                      \
	X(IDENTITY_CHECK, "identity-check")                                    \
	X(REMAINING_COPY, "remaining-copy")                                    \
	X(METHOD, "method")                                                    \
	X(AGAINST, "against")                                                  \
	X(CORRECTS, "corrects")                                                \
	X(OF_ITEM, "of-item")                                                  \
	X(FIELD, "field")                                                      \
	X(OCCURRENCE, "occurrence")                                            \
	X(VALUE, "value")                                                      \
	X(PRIVATE_VALUE, "private-value")                                      \
	X(REMARK, "remark")

enum record_name {
#define RECORD_FIELD_ENUM(id, text) RECORD_F_##id,
	RECORD_FIELD_NAMES(RECORD_FIELD_ENUM)
#undef RECORD_FIELD_ENUM
	RECORD_F_NONE
};

/* What may stand behind a name; each has exactly one spelling of a value. */
enum record_type {
	RECORD_T_CASE_REF, /* <identifier>#<32 hex> */
	RECORD_T_TIME, /* 2023-06-21T09:40:00Z */
	RECORD_T_DUE, /* a time, or a date that ends at 24:00 UTC */
	RECORD_T_SIGNER, /* <party> <8 hex> */
	RECORD_T_AS_OF, /* <size> <base64 root> */
	RECORD_T_ID, /* identifier: a party, an item, a seal, ... */
	RECORD_T_COUNT, /* decimal, at most 2^63 - 1 */
	RECORD_T_HASH, /* 64 hex digits: a file or a set */
	RECORD_T_RECORD, /* 64 hex digits: a record's id */
	RECORD_T_VKEY, /* C2SP vkey */
	RECORD_T_TEXT, /* one line of free text, escaped */
	RECORD_T_CHOICE, /* one of the choices */
	RECORD_T_PART, /* i/n, 1 <= i <= n <= 9999 */
	RECORD_T_BAY, /* <slot> empty | <slot> not-opened */
	RECORD_T_ADDRESSEE, /* <party> due <time or date> */
	RECORD_T_FIELD, /* a field name that can be withheld */
	RECORD_T_REQUIRE, /* <kind> <field name> */
	RECORD_T_TALLY, /* <count> <item type> */
	RECORD_T_TELLTALE, /* <counter> <count>, e.g. power-on-hours 5120 */
	RECORD_T_ALSO_IN, /* none | <case ref> */
	RECORD_T_NOT_TAKEN, /* <item> <free text> */
	RECORD_T_KEY_ID, /* 8 hex digits */
	RECORD_T_COMMIT, /* <party> <64 hex> */
};

enum record_flag {
	RECORD_REQUIRED = 1,
	RECORD_REPEATED = 2,
	RECORD_WITHHOLDABLE = 4,
};

struct record_field {
	enum record_name name;
	enum record_type type;
	unsigned flags; /* enum record_flag */
	const char *choices; /* for RECORD_T_CHOICE: "yes no partly" */
	const char *help; /* half a sentence for --help, forms, man page */
};

struct record_schema {
	enum record_kind kind;
	const char *name;
	const char *says; /* one sentence: what a record of this kind says */
	const char *signers; /* who signs it, in words */
	bool is_custody; /* carries as-of; two signers: offer-expires */
	const struct record_field *fields; /* record level, after the header */
	size_t field_count;
	enum record_name block; /* RECORD_F_NONE: this kind has no blocks */
	const struct record_field *block_fields;
	size_t block_field_count;
};

const struct record_schema *record_schema_of(enum record_kind kind);
const struct record_schema *record_schema_find(struct slice name); /* or NULL */

/* case, at, signer, late, as-of, offer-expires: what every kind begins with. */
const struct record_field *record_schema_header(size_t *ret_count);

const char *record_schema_field_name(enum record_name name);
/* RECORD_F_NONE if there is no such name. */
enum record_name record_schema_field_find(struct slice name);

/* In the header or at record level / in the blocks; NULL if it has none. */
const struct record_field *record_schema_field(
    const struct record_schema *schema, bool is_block, enum record_name name);

/* A field that some kind lets be withheld. */
bool record_schema_is_withholdable(enum record_name name);

/* Whether `value` is spelled as `field` wants it; *ret_why (may be NULL) is
 * half a sentence otherwise: "must be a date like 2023-06-21". */
bool record_schema_value_is_good(
    const struct record_field *field, struct slice value, const char **ret_why);

/* Half a sentence on what a value of this type looks like. */
const char *record_schema_type_help(enum record_type type);

#endif
