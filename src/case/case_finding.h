/*
 * case_finding.h: the finding: what the records show about one question, as of
 * a time. counterfoil-findings(7); findings section 5.
 *
 * A pure function of (leaves, cosignatures, question, time). The state must
 * hold exactly the leaves entered at or before `time`.
 */
#ifndef CASE_FINDING_H
#define CASE_FINDING_H

#include "buf.h"
#include "case_state.h"
#include "err.h"
#include "hash.h"
#include "slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum case_form {
	CASE_HARDWARE,
	CASE_DATA,
	CASE_FORM_COUNT
};

enum case_word {
	CASE_YES,
	CASE_CONTESTED,
	CASE_NO,
	CASE_NO_UNWITNESSED,
	CASE_NOT_SHOWN,
	CASE_NOT_APPLICABLE, /* data of a casing, hardware of a copy */
	CASE_WORD_COUNT
};

/* In the order in which they stand in the machine form. */
enum case_code {
	/* YES */
	CASE_CODE_HELD,
	CASE_CODE_IMAGED,
	CASE_CODE_UNLOCKED,
	CASE_CODE_EXAMINED,
	CASE_CODE_DISCLOSED,
	CASE_CODE_ADMITTED,
	/* CONTESTED */
	CASE_CODE_CLAIM,
	CASE_CODE_MISSING,
	CASE_CODE_DESTROYED_UNSEEN,
	CASE_CODE_SEAL_BROKEN,
	CASE_CODE_TELLTALE,
	CASE_CODE_RELATION,
	CASE_CODE_BREACH,
	/* NOT SHOWN */
	CASE_CODE_NO_LIST,
	CASE_CODE_FIRST_SIGHTING,
	CASE_CODE_CHAIN,
	CASE_CODE_LAST_SIGHTING,
	CASE_CODE_HOLDER,
	CASE_CODE_SEIZURE_UNSIGNED,
	CASE_CODE_LATE,
	CASE_CODE_CORRECTED,
	CASE_CODE_PARTS,
	CASE_CODE_ALSO_IN,
	CASE_CODE_DRAW,
	CASE_CODE_INCOMPLETE,
	CASE_CODE_ENCLOSED,
	CASE_CODE_COPIES,
	/* unlisted only */
	CASE_CODE_COUNT_EXCEEDS,
	CASE_CODE_BAY,
	CASE_CODE_UNSIGNED,
	CASE_CODE_COUNT
};

const char *case_word_name(enum case_word word); /* "NOT SHOWN" */
const char *case_word_machine(enum case_word word); /* "NOT-SHOWN" */
const char *case_code_name(enum case_code code); /* "last-sighting" */
const char *case_code_words(enum case_code code); /* why, plain words */
const char *case_code_settles(enum case_code code); /* what would settle it */
const char *case_form_name(enum case_form form);

struct case_reason {
	enum case_code code;
	uint32_t leaf; /* CASE_NONE: none */
};

struct case_line {
	uint32_t item;
	enum case_form form;
	enum case_word word;
	size_t reason_count; /* sorted by code, then leaf */
	struct case_reason *reasons; /* owned */
	uint32_t first_sighting; /* NO: leaves it rests on, or CASE_NONE */
	uint32_t last_sighting;
	int64_t since; /* YES data: since when */
};

enum case_answer_status {
	CASE_ANSWER_OPEN, /* not due yet */
	CASE_ANSWER_OVERDUE,
	CASE_ANSWER_GIVEN,
};

struct case_addressee {
	uint32_t party; /* CASE_NONE if the case does not know the name */
	struct slice name;
	int64_t due; /* end of the due date, extension included */
	enum case_answer_status status;
	int64_t days; /* overdue, or answered late */
	uint32_t answer; /* leaf or CASE_NONE */
	uint32_t extension; /* leaf or CASE_NONE */
	uint32_t
	    statement; /* its latest public denial or claim, or CASE_NONE */
};

/* Something that speaks about these items beside the question. */
enum case_beside_why {
	CASE_BESIDE_PERIOD,
	CASE_BESIDE_RECIPIENT,
	CASE_BESIDE_FORM,
};

struct case_beside {
	uint32_t leaf;
	enum case_beside_why why;
};

enum case_difference_type {
	CASE_ONLY_FIRST, /* in the first list, not in the other */
	CASE_ONLY_SECOND,
	CASE_OTHERWISE, /* in both, but type, container or seal differ */
};

struct case_difference {
	enum case_difference_type type;
	uint32_t list; /* the other list's number */
	struct slice id;
};

/* How many computers, drives ... somebody counted, beside the list. */
struct case_tally {
	uint32_t leaf;
	uint64_t count;
	enum case_item_type type;
	bool is_over; /* more than the list has */
};

/* Something was read although the owner's side had objected. */
struct case_dispute {
	uint32_t leaf;
	uint32_t objection; /* leaf */
};

struct case_witnessed {
	uint32_t witness; /* number in the genesis */
	int64_t when;
};

struct case_finding {
	const struct case_state *state;
	uint32_t question; /* leaf */
	int64_t time;
	uint64_t size; /* of the ledger the finding is as of */
	struct hash root;
	uint32_t recipient;
	struct case_set closure; /* who counts as the recipient */
	int64_t period_from, period_to;
	bool is_start_moved; /* the period began before the seizure */
	bool is_form_asked[CASE_FORM_COUNT];
	size_t line_count;
	struct case_line *lines; /* items bytewise; hardware, data */
	struct case_line unlisted; /* item CASE_NONE */
	size_t tally_count;
	struct case_tally *tallies;
	size_t unopened_count; /* computers not opened, or with such a bay */
	uint32_t *unopened;
	size_t addressee_count;
	struct case_addressee *addressees;
	size_t beside_count;
	struct case_beside *beside;
	size_t difference_count;
	struct case_difference *differences;
	size_t dispute_count;
	struct case_dispute *disputes;
	size_t witnessed_count;
	struct case_witnessed *witnessed;
	bool is_witnessed; /* the quorum is reached */
	bool is_incomplete;
};

/* What the ledger's checkpoint over exactly these leaves carries. */
struct case_cosignatures {
	size_t n;
	const struct case_witnessed *witnessed; /* verified by the caller */
	bool is_incomplete; /* a receipt's leaf is missing (findings 7) */
};

/*
 * Computes the finding on the question in leaf `question`. ERR_USAGE if that
 * leaf is no question or a void one, ERR_NOMEM. *cosignatures may be NULL.
 */
int case_finding_make(struct case_finding *ret_finding,
    const struct case_state *state, uint32_t question, int64_t time,
    const struct case_cosignatures *cosignatures, struct err *err) MUST_CHECK;
void case_finding_done(struct case_finding *finding);

/* How many lines of this item type and form have that word. */
size_t case_finding_count(const struct case_finding *finding,
    enum case_item_type type, enum case_form form, enum case_word word);

/*
 * Machine form (findings 5.6): first `- unlisted <word> <code>:<record>,...`,
 * then one line `<item> <form> <word> <code>:<record id or ->,...` per item
 * and form, items bytewise, hardware before data, codes in the order of enum
 * case_code. A line without codes ends in `-`. Words are written with '-' for
 * the space.
 */
void case_finding_put_machine(
    const struct case_finding *finding, struct buf *out);

#endif
