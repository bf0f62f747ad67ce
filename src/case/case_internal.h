/*
 * case_internal.h: the state itself, and what its parts offer each other.
 * Included only inside this room. Each group of functions stands in the file
 * of its name.
 */
#ifndef CASE_INTERNAL_H
#define CASE_INTERNAL_H

#include "case_finding.h"
#include "case_state.h"
#include "map.h"

/* A drive in a computer in a bag in a crate in a lorry: containers beyond this
 * depth are not followed, so that what is in them is not shown. */
#define CASE_NESTING_MAX 8
#define CASE_TREE_LEVELS 40
#define CASE_QUICK 256
#define CASE_LATE_SECONDS (24 * 3600)

/* Small pieces of memory that live as long as the state. */
struct case_arena_block;

struct case_level {
	struct hash *hashes;
	size_t n, cap;
};

/* Record id -> leaf. */
struct case_ids {
	struct case_ids_slot *slots;
	size_t cap; /* 0 or a power of two */
	uint64_t seed[2];
};

struct case_require {
	const struct record_schema *schema;
	enum record_name name;
};

/* A key that a party enrolled for encryption. */
struct case_encryption {
	uint32_t party;
	struct slice key; /* in the arena */
};

/* What the alarms so far were looked for by. */
struct case_alarm_basis {
	uint64_t epoch;
	int64_t seized_at;
	int64_t next; /* when a relation that is known begins */
};

struct case_state {
	struct case_arena_block *arena;
	struct hash_run *run;
	bool is_unverified; /* has leaves whose signatures nobody checked */
	/* While many leaves are added at once: each signer's key was found
	 * before, and the root in `as-of:` is compared afterwards. */
	bool is_replaying;
	struct record scratch; /* the record being judged */

	struct slice ref; /* <name>#<32 hex>, in the arena */
	struct note_key log_key;
	struct note_key *witnesses;
	size_t witness_count, witness_cap;
	uint64_t witness_quorum;
	bool is_clock_set;
	bool is_loose; /* case_state_loosen */
	bool is_open[RECORD_F_NONE];
	struct case_require *requires;
	size_t require_count, require_cap;

	struct case_leaf *leaves;
	size_t leaf_count, leaf_cap;
	uint32_t *signers;
	size_t signer_count, signer_cap;
	struct case_ids ids;
	struct case_level levels[CASE_TREE_LEVELS];

	struct case_party *parties;
	size_t party_count, party_cap;
	struct map party_names; /* lower case -> party */
	/* Party + 1 by a few letters of its name as written; 0: none. The
	 * first of those with the same letters has the place. */
	uint32_t quick_parties[CASE_QUICK];
	struct case_key *keys;
	size_t key_count, key_cap;
	struct case_encryption *encryptions; /* in the order of the ledger */
	size_t encryption_count, encryption_cap;
	size_t compromise_count; /* leaves that no longer support a NO */
	bool has_doubtful_key;
	struct case_relation *relations;
	size_t relation_count, relation_cap;
	struct case_red_line *red_lines;
	size_t red_line_count, red_line_cap;
	struct case_alarm *alarms;
	size_t alarm_count, alarm_cap;

	struct case_item *items;
	size_t item_count, item_cap;
	int64_t newest_at; /* of all events so far */
	uint64_t past_count; /* events that came when newer ones were there */
	struct case_event *timeline; /* room for one */
	size_t timeline_cap;
	struct map item_names; /* lower case -> item */
	struct map seals; /* every seal number ever used -> item */
	struct map listed; /* "<list>:<lower-case id>" and "<list>#<seal>" */
	struct case_list *lists;
	size_t list_count, list_cap;
	struct case_order *orders;
	size_t order_count, order_cap;
	struct case_draw *draws;
	size_t draw_count, draw_cap;
	struct case_objection *objections;
	size_t objection_count, objection_cap;
	struct case_correction *corrections;
	size_t correction_count, correction_cap;
	bool is_seized;
	int64_t seized_at; /* of the first list, else the first */
	struct case_alarm_basis alarm_basis;
};

/* Who holds an item while its events are walked through. */
struct case_custody {
	struct case_set holders;
	bool is_open; /* after a breach, until a qualifying sighting */
};

/* Everybody who gave an item or received it. */
struct case_touch {
	struct case_set givers, receivers;
};

/* case_arena.c: copies that stay where they are; absent on no memory. */
struct slice case_arena_copy(struct case_state *state, struct slice s);
struct slice case_arena_lower(struct case_state *state, struct slice s);
void case_arena_done(struct case_state *state);

/* case_ids.c */
void case_ids_init(struct case_ids *ids);
void case_ids_done(struct case_ids *ids);
int case_ids_reserve(
    struct case_state *state, size_t n, struct err *err) MUST_CHECK;
/* Asks for the memory that a look for this id begins with. */
void case_ids_fetch(const struct case_state *state, const struct hash *id);
/* After case_ids_reserve for one more than there are; the leaf is in place. */
void case_ids_put(struct case_state *state, uint32_t leaf);

/* case_state.c: a leaf that was judged, its record and its hash. From here on
 * nothing is refused; only memory can fail. */
int case_state_enter(struct case_state *state, const struct record *record,
    struct slice bytes, int64_t entered, const struct hash *hash,
    struct err *err) MUST_CHECK;
/* ERR_VERIFY: signature `i` is false. */
int case_state_say_not_signed(
    const struct record *record, size_t i, struct err *err) MUST_CHECK;
/* What an error says first: which leaf and record (NULL: it did not parse). */
void case_state_prefix(
    struct err *err, size_t leaf, const struct record *record);
/* Says so of the error rc, and gives it back; a leaf that does not even parse
 * makes the ledger false, too: ERR_VERIFY. */
int case_state_say_refused(size_t leaf, const struct record *record, int rc,
    struct err *err) MUST_CHECK;

/* case_form.c: what is refused always (findings sections 1 and 4). */
#define CASE_FORM_OTHER_HISTORY "as-of: a checkpoint of another history"
int case_form_check(struct case_state *state, const struct record *record,
    int64_t entered, struct err *err) MUST_CHECK;
/* The public key that must have made signature i of `record`. */
int case_form_key(struct case_state *state, const struct record *record,
    size_t i, int64_t entered, struct note_key *ret_key,
    struct err *err) MUST_CHECK;
/* ERR_VERIFY with this reason, unless that is off: the one way to refuse a
 * leaf. */
int case_form_refuse(struct err *err, const char *fmt, ...)
    PRINTF_LIKE(2, 3) MUST_CHECK;
int case_form_refuse_name(
    struct err *err, const char *why, struct slice name) MUST_CHECK;

/* case_rules.c: the standing of a record that is in form. */
struct case_verdict case_rules_judge(
    struct case_state *state, const struct record *record, int64_t entered);
/* Does it hand something to a party behind an agreed red line? */
bool case_rules_crosses_red_line(
    const struct case_state *state, const struct record *record, int64_t now);

/* Does a rule about the whole record name it a breach, so that it is one for
 * every item? */
bool case_rules_breaks_whole(
    const struct case_state *state, const struct record *record, int64_t now);

/* case_key.c: keys over time (findings section 2). */
int case_key_check_form(struct case_state *state, const struct record *record,
    int64_t entered, struct err *err) MUST_CHECK;
bool case_key_is_in_force(const struct case_key *key, int64_t entered);
/* The signer's key of that id, in force or not; NULL if it has none. */
const struct case_key *case_key_find(
    const struct case_state *state, const struct record_signer *signer);
/* Has the party a key, or had one? */
bool case_key_is_of(const struct case_state *state, uint32_t party);
bool case_key_is_in_use(
    const struct case_state *state, const struct note_key *key);
int case_key_add(struct case_state *state, uint32_t party, struct slice vkey,
    int64_t from, struct err *err) MUST_CHECK;
/* A new leaf by a key that is known to be doubtful: a lost one still signs for
 * some days. */
void case_key_note(
    struct case_state *state, const struct record *record, uint32_t leaf);
int case_key_apply(struct case_state *state, const struct record *record,
    uint32_t leaf, struct err *err) MUST_CHECK;
/* Is the key for encryption that one of the two enrolled last one that the
 * other enrolled, now or before? Who has its secret opens what is encrypted to
 * either. False if a party is CASE_NONE or has enrolled none. */
bool case_key_is_shared(const struct case_state *state, uint32_t a, uint32_t b);

/* case_order.c: what orders permit, and until when. */
struct case_verdict case_order_judge(
    const struct case_state *state, const struct record *record);
int case_order_apply(struct case_state *state, const struct record *record,
    uint32_t leaf, struct err *err) MUST_CHECK;
/* Does the order that `record` names run at its time, and cover this item and
 * this kind of reading? */
bool case_order_covers(
    const struct case_state *state, const struct record *record, uint32_t item);
/* A kind of record that reads data: image, unlock, examination, disclosure. */
bool case_order_is_reading(enum record_kind kind);

/* case_draw.c: samples by lot (findings section 6). */
struct case_verdict case_draw_judge(
    const struct case_state *state, const struct record *record);
struct case_verdict case_draw_judge_reveal(
    const struct case_state *state, const struct record *record);
int case_draw_apply(struct case_state *state, const struct record *record,
    uint32_t leaf, struct err *err) MUST_CHECK;
int case_draw_apply_reveal(struct case_state *state,
    const struct record *record, uint32_t leaf, struct err *err) MUST_CHECK;

/* case_copy.c: copies, readings and locks. */
struct case_verdict case_copy_judge_lock(
    struct case_state *state, const struct record *record);
int case_copy_add(struct case_state *state, uint32_t item, uint32_t source,
    struct err *err) MUST_CHECK;

/* case_correct.c: corrections, and what a record says with one. */
struct case_verdict case_correct_judge(
    const struct case_state *state, const struct record *record);
int case_correct_apply(struct case_state *state, const struct record *record,
    uint32_t leaf, struct err *err) MUST_CHECK;
/* A second state in which the corrected record is read with its new value, all
 * else the same; *ret_state is NULL if such a record would be refused. */
int case_correct_read(const struct case_state *state,
    const struct case_correction *correction, struct case_state **ret_state,
    struct err *err) MUST_CHECK;

/* case_apply.c: what a leaf changes. Once per admitted leaf, in this order:
 * the parties and keys that it brings, so that its signers have an index; then,
 * with the leaf in place, everything else. */
int case_apply_parties(struct case_state *state, const struct record *record,
    uint32_t leaf, struct err *err) MUST_CHECK;
int case_apply(struct case_state *state, const struct record *record,
    uint32_t leaf, struct err *err) MUST_CHECK;

/* case_party.c */
int case_party_add(struct case_state *state, struct slice name,
    enum case_side side, struct slice org, uint32_t *ret_party,
    struct err *err) MUST_CHECK;
bool case_party_find_side(struct slice name, enum case_side *ret_side);
int case_party_add_relation(struct case_state *state,
    struct case_relation relation, struct err *err) MUST_CHECK;
/* After a policy, a relation or a new holder: who is now behind a line? */
int case_party_find_alarms(struct case_state *state, uint32_t leaf, int64_t now,
    struct err *err) MUST_CHECK;
bool case_party_is_overseer(const struct case_party *party);
/* As case_state_is_disinterested, for an item that these have touched. */
bool case_party_is_disinterested(const struct case_state *state, uint32_t party,
    const struct case_touch *touch, uint32_t recipient,
    int64_t enrolled_before);
/* Grows with whatever makes a party disinterested or not, apart from the
 * events of the item itself. */
uint64_t case_party_epoch(const struct case_state *state);

/* case_item.c */
int case_item_add(struct case_state *state, struct slice id,
    enum case_item_type type, uint32_t *ret_item, struct err *err) MUST_CHECK;
/* Asks for the memory of the item with this name, if there is one. */
void case_item_fetch(const struct case_state *state, struct slice id);
/* Puts an event in its place by (at, leaf). */
int case_item_add_event(struct case_state *state, uint32_t item,
    struct case_event event, struct err *err) MUST_CHECK;
/* After CASE_EVENT_SEALED: which seal was set. */
int case_item_add_seal(struct case_state *state, uint32_t item,
    struct case_seal seal, struct err *err) MUST_CHECK;
int case_item_put_inside(struct case_state *state, uint32_t item,
    uint32_t container, struct err *err) MUST_CHECK;
/* One step of custody; `is_qualifying` is asked about SEEN events only. */
void case_item_step(struct case_custody *custody,
    const struct case_event *event, bool is_qualifying);
/* Was its seal opened, by the records up to `at`, and none set since? */
bool case_item_is_opened(
    const struct case_state *state, uint32_t item, int64_t at);
/* Custody of the item just before (at, leaf). */
struct case_custody case_item_custody(
    struct case_state *state, uint32_t item, int64_t at, uint32_t leaf);
/* What it is in after all its events, or CASE_NONE. */
uint32_t case_item_place(const struct case_item *item);
/* Was it ever in anything but what it is in now? */
bool case_item_has_moved(const struct case_item *item);
/* The order of a timeline: <0, 0, >0. */
int case_item_compare(const struct case_event *a, const struct case_event *b);
bool case_item_is_before(
    const struct case_event *event, int64_t at, uint32_t leaf);

/* case_custody.c: who held an item, and what that rests on. */
void case_custody_note(
    struct case_touch *touch, const struct case_event *event);
/* Seen identified, by its holder and a party disinterested for the item. */
bool case_custody_is_qualifying(const struct case_state *state,
    const struct case_touch *touch, const struct case_event *event,
    uint32_t recipient, int64_t enrolled_before);
/* Custody just before (at, leaf), by walking through the whole timeline: what
 * the faster way below is measured against. */
struct case_custody case_custody_walk(
    const struct case_state *state, uint32_t item, int64_t at, uint32_t leaf);
/* Custody after the item's whole timeline, kept from one call to the next;
 * false without memory, or if something in it is not before (at, leaf). */
bool case_custody_at_end(struct case_state *state, uint32_t item, int64_t at,
    uint32_t leaf, struct case_custody *ret_custody);
/* Asks for the memory of what was done last to the item with this name. */
void case_custody_fetch(const struct case_state *state, struct slice id);
/* Does its timeline hold anything from this leaf on? */
bool case_custody_is_since(
    struct case_state *state, uint32_t item, uint64_t leaf);

/* case_list.c */
int case_list_add_part(struct case_state *state, const struct record *record,
    uint32_t leaf, struct err *err) MUST_CHECK;
int case_list_add_seizure(struct case_state *state, const struct record *record,
    uint32_t leaf, struct err *err) MUST_CHECK;
int case_list_check_form(struct case_state *state, const struct record *record,
    struct err *err) MUST_CHECK;

/* Adds a leaf as case_state_add does, but without a look at its signatures and
 * with `text` (unless absent) in place of its record's. For readings of leaves
 * that are in a state already. */
int case_state_add_reading(struct case_state *state, struct slice leaf,
    struct slice text, struct err *err) MUST_CHECK;

/* Tests turn single rules and conditions off, by name, to see that some test
 * fails without them; in the program every rule is on. */
#ifdef CASE_MUTANTS
bool case_is_on(const char *rule);
#else
#define case_is_on(rule) true
#endif
#define case_is_off(rule) (!case_is_on(rule))

/* ---- the finding ---- */

/* What is said about items: a claim, an asserted relation, or a record of
 * somebody who did not hold what it names (read as a claim by its signers). */
struct case_claim {
	uint32_t leaf;
	bool is_hardware, is_data; /* what it speaks for */
	bool has_recipient;
	uint32_t recipient; /* CASE_NONE: nobody that the case knows */
	int64_t from, to;
	bool is_told; /* has a capture, or another recorder than the asker */
	bool is_about_all;
	uint32_t types; /* a bit for each type of item that it is about */
};

/* A claim that names an item. */
struct case_naming {
	uint32_t item;
	uint32_t claim; /* number in the inquiry */
};

/* Which leaves record one statement: one speaker, one date. */
struct case_statement {
	uint32_t leaf;
	bool is_by_party; /* `who` is a party's name, not words */
	struct slice said, who; /* absent: a statement of its own */
	uint32_t number;
};

struct case_assessment {
	uint32_t claim; /* leaf */
	uint32_t statement;
	uint32_t number; /* in the order of the ledger */
	uint32_t party;
	bool is_upheld; /* source A-D or information 1-4 */
};

/* An asserted relation and what closure(P) would be with it. */
struct case_assertion {
	uint32_t relation;
	struct case_set closure;
	bool is_told; /* as of a claim */
};

/* An answer that says yes. */
struct case_admission {
	uint32_t leaf;
	bool is_form[CASE_FORM_COUNT];
	int64_t from, to;
};

/* Everything about the question that each item is held against. */
struct case_inquiry {
	const struct case_state *state;
	struct case_finding *finding;
	uint32_t question;
	int64_t asked; /* when the question was entered */
	struct case_claim *claims;
	size_t claim_count, claim_cap;
	struct case_naming *namings; /* by item */
	size_t naming_count, naming_cap;
	uint32_t *general; /* claims that are about types, or all */
	size_t general_count, general_cap;
	struct case_statement *statements; /* by leaf */
	size_t statement_count, statement_cap;
	struct case_assessment *assessments; /* by statement and number */
	size_t assessment_count, assessment_cap;
	struct case_assertion *assertions;
	size_t assertion_count, assertion_cap;
	struct case_admission *admissions;
	size_t admission_count, admission_cap;
	struct case_lot *lots;
	size_t lot_count;
};

/* A draw, worked out: what it drew and whether that was looked at. */
struct case_lot {
	uint32_t leaf;
	bool *is_in_population; /* by item; the contents of what is in it too */
	bool is_done; /* carried out in full, or a full inventory since */
};

/* One item's timeline with who held it after each event. */
struct case_view {
	uint32_t item;
	struct case_event *events;
	size_t n, cap;
	struct case_set *holders; /* after event i */
	size_t holder_cap;
	bool *is_qualifying; /* event i is a qualifying sighting */
	size_t qualifying_cap;
	const struct case_inquiry *inquiry;
	struct case_touch touch;
	struct case_set asked, disinterested; /* of whom it was asked; who is */
};

/* case_view.c: reuses the arrays; case_view_done frees them. */
int case_view_make(struct case_view *view, const struct case_inquiry *inquiry,
    uint32_t item, struct err *err) MUST_CHECK;
void case_view_done(struct case_view *view);
/* Is the party disinterested for this item and question? */
bool case_view_is_disinterested(struct case_view *view, uint32_t party);
/* When event i's state of affairs ends: the next event, or INT64_MAX. */
int64_t case_view_end(const struct case_view *view, size_t i);
/* The last qualifying sighting before event i; false if there is none. */
bool case_view_sighting_before(
    const struct case_view *view, size_t i, size_t *ret_sighting);
bool case_view_has_sighting_after(const struct case_view *view, int64_t at);

/* case_claims.c */
int case_claims_collect(
    struct case_inquiry *inquiry, struct err *err) MUST_CHECK;
void case_claims_done(struct case_inquiry *inquiry);
/* Does the claim count (findings 5.3) where this item is concerned? With
 * CASE_NONE: for the case as a whole. */
bool case_claims_counts(const struct case_inquiry *inquiry,
    const struct case_claim *claim, uint32_t item);
/* Does it name P, somebody who acts for P, or nobody? */
bool case_claims_is_about_recipient(
    const struct case_inquiry *inquiry, const struct case_claim *claim);
/* Each claim about the item, what it is in, or their types; one may come more
 * than once. */
void case_claims_each(const struct case_inquiry *inquiry, uint32_t item,
    void (*each)(void *cookie, const struct case_claim *claim), void *cookie);
/* Does a record's `concerns:` name the item, its kind, what it is in, or all?
 * A record without `concerns:` speaks of all. */
bool case_claims_concerns(
    const struct case_state *state, const struct record *record, uint32_t item);

/* case_line.c: the word and its reasons, for one item in both forms. */
int case_line_make(const struct case_inquiry *inquiry, struct case_view *view,
    enum case_form form, struct case_line *ret_line,
    struct err *err) MUST_CHECK;
int case_line_add_reason(struct case_line *line, enum case_code code,
    uint32_t leaf, struct err *err) MUST_CHECK;
/* The lists of those who signed the first one that have parts to come. */
int case_line_add_parts(struct case_line *line, const struct case_state *state,
    struct err *err) MUST_CHECK;
void case_line_sort(struct case_line *line);

/* case_draw.c */
int case_draw_collect(struct case_inquiry *inquiry, struct err *err) MUST_CHECK;
void case_draw_done(struct case_inquiry *inquiry);

/* case_copy.c: is what the events up to and with i say of a copy that it is
 * locked to a quorum? Never so of what is no copy. */
bool case_copy_is_locked(
    const struct case_state *state, const struct case_view *view, size_t i);
/* Every item that is derived from `item`, at any hand; free() it. */
int case_copy_descendants(const struct case_state *state, uint32_t item,
    uint32_t **ret_items, size_t *ret_n, struct err *err) MUST_CHECK;
/* Who reads or receives data by this record (an event's leaf): is one of them
 * in the set? */
bool case_copy_is_read_by(
    const struct case_state *state, uint32_t leaf, const struct case_set *set);

/* case_addressee.c: the addressees of the finding's question. */
int case_addressee_collect(struct case_finding *f, struct err *err) MUST_CHECK;

/* case_beside.c: all that stands beside the table. */
int case_beside_make(struct case_inquiry *inquiry, struct err *err) MUST_CHECK;
/* That part of it which is a line of the finding. */
int case_beside_weigh_unlisted(
    struct case_inquiry *q, struct err *err) MUST_CHECK;

#endif
