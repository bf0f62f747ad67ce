/*
 * case_state.h: a case as its leaves tell it: a fold over the ledger.
 *
 * Pure: leaves in, state out; no file, socket or clock. counterfoil-findings(7)
 * has the rules in words (findings sections 1 to 4). Leaf bytes are borrowed
 * and must stay where they are while the state lives.
 */
#ifndef CASE_STATE_H
#define CASE_STATE_H

#include "case_lot.h"
#include "err.h"
#include "hash.h"
#include "note_key.h"
#include "record.h"
#include "slice.h"
#include "tree.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* More parties than any case has; bounds the sets below (128 bytes each). */
#define CASE_PARTIES_MAX 1024
#define CASE_NONE UINT32_MAX

/* A set of parties, by index. */
struct case_set {
	uint64_t words[CASE_PARTIES_MAX / 64];
};

enum case_side {
	CASE_AUTHORITY,
	CASE_OWNER,
	CASE_NEUTRAL,
	CASE_OUTSIDE,
	CASE_SIDE_COUNT
};

/* findings section 4: what an admitted leaf is worth. */
enum case_standing {
	CASE_GOOD,
	CASE_BREACH,
	CASE_NOT_HOLDER,
	CASE_VOID,
};

/* The custody rules, in the order in which they name a breach; then why an
 * intent is void. */
enum case_rule {
	CASE_RULE_NONE,
	CASE_RULE_RED_LINE,
	CASE_RULE_NOT_HOLDER,
	CASE_RULE_COUNT_DIFFERS,
	CASE_RULE_SELF_WITNESS,
	CASE_RULE_NUMBER_REUSED,
	CASE_RULE_SEAL_UNEXPLAINED,
	CASE_RULE_NOT_MEETING,
	CASE_RULE_COPY_UNLISTED,
	CASE_RULE_NO_ORDER,
	CASE_RULE_NOT_POLICY_HOLDER, /* policy signed by none */
	CASE_RULE_NOT_ENTITLED, /* relation: basis not its signers' */
	CASE_RULE_UNKNOWN_PARTY, /* question about nobody known */
	CASE_RULE_PERIOD, /* question about the future */
	CASE_RULE_UNKNOWN_RECORD, /* answer, assessment, lock: of nothing */
	CASE_RULE_DRAW, /* draw: not fair, or a secret not committed to */
	CASE_RULE_QUORUM, /* lock: one organisation could open or block */
	CASE_RULE_UNKNOWN_FIELD, /* correction: of a field that is not there */
	CASE_RULE_COUNT
};

const char *case_rule_name(enum case_rule rule); /* "red-line" */
const char *case_rule_words(enum case_rule rule); /* one plain sentence */
const char *case_side_name(enum case_side side);
const char *case_standing_name(enum case_standing standing);

struct case_party {
	struct slice name;
	enum case_side side;
	struct slice org;
	struct slice role; /* absent if none; as on the line, escaped */
	bool is_in_genesis;
	bool is_policy_holder;
	bool has_held; /* ever held an item of the case */
	uint32_t enrolled_leaf; /* CASE_NONE while only named */
	bool countersigned_by[CASE_SIDE_COUNT];
	uint32_t component; /* parties joined by binding relations */
	uint32_t last_relation; /* of who acts for it, or CASE_NONE */
};

struct case_key {
	uint32_t party;
	struct note_key key;
	int64_t from, until; /* in force for leaves entered in [from, until) */
	uint32_t end_leaf; /* that revokes or replaces it, or CASE_NONE */
	int64_t doubtful_from; /* since when it may be another's; INT64_MAX */
};

/* An order, with what later leaves made of it. */
struct case_order {
	uint32_t leaf;
	int64_t since, until; /* INT64_MAX: open */
	int64_t revoked_at; /* INT64_MAX: not */
};

/* A draw by lot and the secrets opened for it (findings section 6). */
struct case_draw {
	uint32_t leaf;
	uint32_t item_count; /* items that the case knew when it was entered */
	size_t side_count; /* those who committed, in the order of signers */
	uint32_t sides[RECORD_SIGNERS_MAX]; /* party */
	uint32_t reveals[RECORD_SIGNERS_MAX]; /* leaf, or CASE_NONE */
};

struct case_objection {
	uint32_t leaf;
	bool is_by_owner; /* others may object, and nothing follows */
};

/* A good correction, and the record it is of. */
struct case_correction {
	uint32_t leaf;
	uint32_t target;
	bool is_of_rule_read_field;
};

enum case_item_type {
	CASE_PACKAGE,
	CASE_COMPUTER,
	CASE_CASING,
	CASE_DRIVE,
	CASE_PHONE,
	CASE_MEDIUM,
	CASE_DOCUMENT,
	CASE_IMAGE,
	CASE_EXTRACT,
	CASE_ITEM_TYPE_COUNT
};

const char *case_item_type_name(enum case_item_type type);
bool case_item_type_find(struct slice name, enum case_item_type *ret_type);

enum case_event_type {
	CASE_EVENT_SEIZED, /* receiver holds it from here */
	CASE_EVENT_FOUND, /* entered the list later; receiver holds it */
	CASE_EVENT_GIVEN, /* giver -> receiver */
	CASE_EVENT_OPENED, /* a seal broken, by a handling record */
	CASE_EVENT_SEALED, /* a new seal, by a handling record */
	CASE_EVENT_POWERED, /* powered on, by a handling record */
	CASE_EVENT_TAKEN_OUT,
	CASE_EVENT_PUT_IN, /* into `other` */
	CASE_EVENT_SEEN, /* sighted at the holder's */
	CASE_EVENT_MISSING, /* not there, says its holder */
	CASE_EVENT_BROKEN, /* its seal was found broken */
	CASE_EVENT_TOLD, /* telltales read, nothing else */
	CASE_EVENT_MOVED, /* another place, the same custodian */
	CASE_EVENT_COPIED, /* an image of it was made */
	CASE_EVENT_EXAMINED,
	CASE_EVENT_LOCKED, /* a copy: to a quorum */
	CASE_EVENT_UNLOCKED,
	CASE_EVENT_DISCLOSED,
	CASE_EVENT_DESTROYED, /* nobody holds it from here */
};

/* Something that happened to one item; what is in it shares it. */
struct case_event {
	int64_t at;
	uint32_t leaf;
	uint32_t giver; /* party or CASE_NONE */
	uint32_t receiver; /* party that holds it afterwards, or CASE_NONE */
	uint32_t other; /* PUT_IN, FOUND: what it is in from here */
	uint32_t block; /* of the record; CASE_NONE: none */
	/* Small, for there are as many of these as records. */
	enum case_event_type type : 8;
	bool is_signed_by_both : 1;
	bool is_breach : 1;
	bool is_identified : 1; /* SEEN: in a way that qualifies (5.4) */
	bool is_late : 1;
	bool is_attended : 1; /* OPENED, ...: a witness present throughout */
	bool is_seal_seen : 1; /* SEEN: with the seal on record, intact */
	bool is_shared : 1; /* also holds for what is in the item */
	bool has_telltale : 1;
	bool is_inherited : 1; /* in a timeline: of what the item was in */
};

/* A seal that was set by a handling record. */
struct case_seal {
	int64_t at;
	uint32_t leaf;
	struct slice number; /* absent if none was named */
	bool is_enclosing;
};

struct case_item {
	struct slice id;
	enum case_item_type type;
	uint32_t inside; /* container when listed or found, or CASE_NONE */
	uint32_t leaf; /* the list or handling record that names it */
	uint32_t block;
	struct slice seal; /* its seal at first, or absent */
	bool is_enclosing; /* that seal encloses ports and power */
	bool has_telltale; /* that record reads its counters */
	struct case_event *events; /* by (at, leaf) */
	size_t event_count, event_cap;
	uint32_t *contents; /* items that were ever in it */
	size_t content_count, content_cap;
	uint32_t derived_from; /* a copy: what it is a copy of; CASE_NONE */
	uint32_t *copies; /* items derived from it, at first hand */
	size_t copy_count, copy_cap;
	struct case_seal *seals; /* by (at, leaf) */
	size_t seal_count, seal_cap;
	/* After all its events; kept by case_item.c and case_custody.c. */
	uint32_t move_count; /* events up to the last that took it out */
	bool is_opened;
	uint32_t upheavals; /* times that its past or its place changed */
	uint32_t stirred; /* leaf + 1 of the newest event of what was in it */
	struct case_custody_end *end;
};

struct case_relation {
	uint32_t leaf;
	uint32_t party;
	uint32_t acts_for;
	int64_t since, until; /* INT64_MIN, INT64_MAX: open */
	bool is_binding; /* declared or established; else asserted */
	bool is_one_sided; /* established by one side alone */
	uint32_t before; /* the one before with the same acts_for */
};

struct case_red_line {
	uint32_t leaf;
	uint32_t party;
	struct case_set set_by; /* policy holders who drew it */
	bool is_agreed;
	uint32_t lifted_leaf; /* CASE_NONE while it holds */
};

/* A holder who, since `leaf`, is known to be behind a red line. */
struct case_alarm {
	uint32_t leaf;
	uint32_t party;
	uint32_t red_line; /* the barred party */
};

/* There is one such struct for every record, so it is kept small. */
struct case_leaf {
	struct slice bytes;
	struct slice text; /* the record */
	struct slice about; /* the item or field that a rule was broken on */
	struct hash id;
	int64_t entered;
	int64_t at;
	uint32_t as_of_size; /* custody records: the ledger they knew */
	uint32_t first_signer; /* among all signers: case_state_signers */
	uint8_t signer_count;
	enum record_kind kind : 8;
	enum case_standing standing : 8;
	enum case_rule rule : 8;
	bool is_late;
	bool is_in_no_other_case; /* inspections: `also-in: none` */
	bool is_compromised; /* a key that signed it may be another's */
	bool is_corrected; /* in a field that a rule reads */
};

/* One list: all parts with one population and one set of signers. */
struct case_list {
	struct hash population;
	uint32_t part_count; /* of how many */
	uint32_t parts_in;
	uint32_t *leaves; /* by part number - 1; CASE_NONE: not in yet */
	uint32_t seizure; /* its seizure's leaf, or CASE_NONE */
	bool is_found_late;
	bool is_complete; /* all parts, population and count agree */
	bool is_first; /* the list that findings use */
};

struct case_state;

/* NULL when out of memory. case_state_free accepts NULL. */
struct case_state *case_state_new(void);
void case_state_free(struct case_state *state);

/*
 * From here on the state takes leaves that stand behind or without the ledger
 * they belong to (case_with.h, case_slim.h): no leaf is refused any more for
 * when it was entered, for an offer that expired, or for its as-of.
 */
void case_state_loosen(struct case_state *state);

/* What would become of a leaf. */
struct case_verdict {
	enum case_standing standing;
	enum case_rule rule;
	struct slice about;
};

/*
 * Adds the next leaf. 0: admitted; its standing is in case_state_leaf. A leaf
 * that is refused always (findings section 4) is ERR_VERIFY with record, rule
 * and reason, and the ledger is false; the state is then unchanged.
 */
int case_state_add(
    struct case_state *state, struct slice leaf, struct err *err) MUST_CHECK;

/*
 * Adds `n` leaves, the next ones, on all processors (or on `threads`, if that
 * is not 0); what comes of it does not depend on how many. The same as calling
 * case_state_add for each: 0 if all are admitted, or else the error that it
 * gives for the first one that is refused. After an error the state may hold
 * leaves from behind the false one: it is only good for case_state_free.
 */
int case_state_add_all(struct case_state *state, const struct slice *leaves,
    size_t n, size_t threads, struct err *err) MUST_CHECK;

/*
 * The same for leaves that are fetched while those before them are checked:
 * `next` gives the next `n`, in order, never on two threads at once but on any.
 * If it fails nothing more is fetched, and its error is the result unless a
 * leaf before is false.
 */
struct case_supply {
	int (*next)(
	    void *cookie, struct slice *ret_leaves, size_t n, struct err *err);
	void *cookie;
};
int case_state_add_supply(struct case_state *state,
    const struct case_supply *supply, size_t n, size_t threads,
    struct err *err) MUST_CHECK;

/*
 * The same for the first `n` leaves of another state. Their signatures were
 * checked when that state was made, and are not checked a second time.
 */
int case_state_add_from(struct case_state *state, const struct case_state *from,
    size_t n, size_t threads, struct err *err) MUST_CHECK;

/*
 * case_state_add_all without looking at signatures, but for those of records
 * that bring keys: for measuring what the rest costs. Nothing that such a
 * state says is proved, and case_state_add_from checks everything that it
 * takes from one.
 */
int case_state_add_all_unverified(struct case_state *state,
    const struct slice *leaves, size_t n, size_t threads,
    struct err *err) MUST_CHECK;

/*
 * What would become of a record whose signatures may still be incomplete, if
 * it were entered at `entered`: 0 and *ret_verdict, or the error that
 * case_state_add would give. Signatures are not looked at. A red line is named
 * before any other rule, even of form. For the genesis use an empty state.
 */
int case_state_judge(struct case_state *state, const struct record *record,
    int64_t entered, struct case_verdict *ret_verdict,
    struct err *err) MUST_CHECK;

size_t case_state_leaf_count(const struct case_state *state);
const struct case_leaf *case_state_leaf(
    const struct case_state *state, size_t index);
/* The record with its signatures, as it was signed. */
static inline struct slice case_state_note(const struct case_leaf *leaf)
{
	size_t skipped = (size_t)(leaf->text.p - leaf->bytes.p);
	return (struct slice){leaf->text.p, leaf->bytes.n - skipped};
}
/* The leaf with this record id; CASE_NONE if none. */
uint32_t case_state_find_leaf(
    const struct case_state *state, const struct hash *record_id);
/* Every leaf whose record id starts with these hex digits (at least 4): their
 * number; *ret_leaf is the first. For what people type. */
size_t case_state_find_prefix(
    const struct case_state *state, struct slice hex, uint32_t *ret_leaf);
/* The parties that signed a leaf, in the order of its signer: lines. */
const uint32_t *case_state_signers(
    const struct case_state *state, uint32_t leaf, size_t *ret_n);
bool case_state_is_signed_by(
    const struct case_state *state, uint32_t leaf, uint32_t party);
/* Takes a leaf's record apart again; record_done when finished. */
int case_state_record(const struct case_state *state, uint32_t leaf,
    struct record *record, struct err *err) MUST_CHECK;

size_t case_state_party_count(const struct case_state *state);
const struct case_party *case_state_party(
    const struct case_state *state, uint32_t party);
uint32_t case_state_find_party(
    const struct case_state *state, struct slice name); /* or CASE_NONE */
/* The party's key in force after the last leaf, or NULL. */
const struct note_key *case_state_party_key(
    const struct case_state *state, uint32_t party);
/* Every key that was ever enrolled, in that order. */
size_t case_state_key_count(const struct case_state *state);
const struct case_key *case_state_key(const struct case_state *state, size_t i);

size_t case_state_item_count(const struct case_state *state);
const struct case_item *case_state_item(
    const struct case_state *state, uint32_t item);
uint32_t case_state_find_item(
    const struct case_state *state, struct slice id); /* or CASE_NONE */
/* A thing that a finding has a line for: not a package, not a computer. */
bool case_state_is_thing(const struct case_item *item);

/* The number and kind of the item's seal at `at`; absent if it has none. */
struct slice case_state_seal(const struct case_state *state, uint32_t item,
    int64_t at, bool *ret_is_enclosing);
/* The container at `at`, or CASE_NONE. */
uint32_t case_state_container(
    const struct case_state *state, uint32_t item, int64_t at);
/* Who holds the item at `at`, by all records so far; empty before seizure. */
struct case_set case_state_holders(
    const struct case_state *state, uint32_t item, int64_t at);

size_t case_state_relation_count(const struct case_state *state);
const struct case_relation *case_state_relation(
    const struct case_state *state, size_t i);
size_t case_state_red_line_count(const struct case_state *state);
const struct case_red_line *case_state_red_line(
    const struct case_state *state, size_t i);
size_t case_state_alarm_count(const struct case_state *state);
const struct case_alarm *case_state_alarm(
    const struct case_state *state, size_t i);
size_t case_state_list_count(const struct case_state *state);
const struct case_list *case_state_list(
    const struct case_state *state, size_t i);
/* The list that findings use, or NULL. */
const struct case_list *case_state_first_list(const struct case_state *state);

size_t case_state_order_count(const struct case_state *state);
const struct case_order *case_state_order(
    const struct case_state *state, size_t i);
size_t case_state_objection_count(const struct case_state *state);
const struct case_objection *case_state_objection(
    const struct case_state *state, size_t i);
size_t case_state_correction_count(const struct case_state *state);
const struct case_correction *case_state_correction(
    const struct case_state *state, size_t i);
size_t case_state_draw_count(const struct case_state *state);
const struct case_draw *case_state_draw(
    const struct case_state *state, size_t i);

/* What a draw draws from, and if all secrets are open, what it drew. */
struct case_sample {
	struct case_ticket *tickets; /* owned; the first n are drawn */
	size_t population;
	uint64_t n, detects;
	int64_t until; /* end of its term */
	bool is_drawn;
	uint32_t last_reveal; /* leaf */
};

int case_state_draw_sample(const struct case_state *state, size_t i,
    struct case_sample *ret_sample, struct err *err) MUST_CHECK;
void case_sample_done(struct case_sample *sample);
/* Whether the i-th that was drawn was looked at after that, and in time. */
int case_sample_is_seen(const struct case_state *state,
    const struct case_sample *sample, size_t i, bool *ret_is_seen,
    struct err *err) MUST_CHECK;

/* Who the genesis names: absent / NULL / 0 before it is in. */
struct slice case_state_ref(const struct case_state *state); /* case: value */
const struct note_key *case_state_log_key(const struct case_state *state);
size_t case_state_witness_count(const struct case_state *state);
const struct note_key *case_state_witness(
    const struct case_state *state, size_t i);
uint64_t case_state_witness_quorum(const struct case_state *state);
bool case_state_is_clock_set(const struct case_state *state);
bool case_state_is_open_field(
    const struct case_state *state, enum record_name name);

/* When the first seizure took place; false before there is one. */
bool case_state_seized_at(const struct case_state *state, int64_t *ret_at);

/* The root over the first `size` leaves; size <= leaf count. */
struct hash case_state_root(const struct case_state *state, uint64_t size);
struct hash case_state_leaf_hash(
    const struct case_state *state, uint64_t index);
struct tree_source case_state_tree(const struct case_state *state);

/*
 * closure(P), findings section 2: P and every party with a directed path of
 * binding relations to it whose terms meet [seizure, now]. With `asserted`
 * not CASE_NONE that one asserted relation is taken as binding too.
 */
struct case_set case_state_closure(const struct case_state *state,
    uint32_t party, int64_t now, uint32_t asserted);

static inline bool case_set_has(const struct case_set *set, uint32_t party)
{
	return (set->words[party / 64] >> (party % 64)) & 1;
}

static inline void case_set_add(struct case_set *set, uint32_t party)
{
	set->words[party / 64] |= UINT64_C(1) << (party % 64);
}

bool case_set_is_empty(const struct case_set *set);
bool case_set_meets(const struct case_set *a, const struct case_set *b);
/* The first member at or after `from`, or CASE_NONE. */
uint32_t case_set_next(const struct case_set *set, uint32_t from);

/*
 * Is `party` disinterested for the item (findings section 2)? `recipient` is P
 * or CASE_NONE; `enrolled_before` the period's end. With item CASE_NONE: for
 * the case as a whole, apart from P.
 */
bool case_state_is_disinterested(const struct case_state *state, uint32_t party,
    uint32_t item, uint32_t recipient, int64_t enrolled_before);

/*
 * The item's own events and those of what it was in, in order. Grows *events
 * (free() it); *cap is its capacity, *ret_n the number.
 */
int case_state_timeline(const struct case_state *state, uint32_t item,
    struct case_event **events, size_t *cap, size_t *ret_n,
    struct err *err) MUST_CHECK;

/* Whether a lock's threshold and holders are such that no organisation could
 * open or block alone: what a lock is judged by once its item is known. */
bool case_state_is_fair_quorum(
    const struct case_state *state, const struct record *lock);

#endif
