/*
 * case_report.h: the finding in words for people: question; who answered, who
 * is overdue; the table; why; what would settle it; how it was checked. Pure,
 * and the same bytes everywhere, so that a bundle can carry it and a verifier
 * can compare it.
 *
 * Nothing here fails by itself: what goes wrong (no memory, a buffer that is
 * full) stays in the buffer, as buf.h has it.
 */
#ifndef CASE_REPORT_H
#define CASE_REPORT_H

#include "buf.h"
#include "case_finding.h"

/* The screen: plain text, at most 80 columns. No colour; the command line adds
 * it to whole words. */
void case_report_put(const struct case_finding *finding, struct buf *out);

/* The parts of the screen, in their order. */
enum case_report_part {
	CASE_REPORT_QUESTION,
	CASE_REPORT_ANSWERS,
	CASE_REPORT_FINDING, /* beside the table: what is not on the list */
	CASE_REPORT_WHY,
	CASE_REPORT_SETTLES,
	CASE_REPORT_ALSO,
	CASE_REPORT_CHECKED,
	CASE_REPORT_PART_COUNT
};

const char *case_report_heading(enum case_report_part part); /* "WHY" */

/* Calls `each` with every sentence of one part; a part without any says so in
 * one. Errors are ERR_NOMEM and ERR_LIMIT. */
int case_report_walk(const struct case_finding *finding,
    enum case_report_part part,
    void (*each)(void *cookie, struct slice sentence), void *cookie,
    struct err *err) MUST_CHECK;

/* Each of these puts one plain sentence without a line end. */
void case_report_put_question(
    const struct case_finding *finding, struct buf *out);
void case_report_put_addressee(
    const struct case_finding *finding, size_t i, struct buf *out);
/* The two halves of it, each without what stands in quotation marks: "OVERDUE
 * by 2 days (due 2023-07-10)." and "Publicly on 2023-07-06: denied, naming no
 * item." (nothing if there is no statement). */
void case_report_put_status_head(
    const struct case_finding *finding, size_t i, struct buf *out);
void case_report_put_statement_head(
    const struct case_finding *finding, size_t i, struct buf *out);
/* Which leaf it is: "claim 1a2b3c4d5e6f, said 2023-07-03 by ...". */
void case_report_put_leaf_name(
    const struct case_state *state, uint32_t leaf, struct buf *out);
/* About one leaf: "claim 1a2b3c4d5e6f, said 2023-07-03 by ...: "..."". The
 * head is the same without what stands in quotation marks. */
void case_report_put_leaf(
    const struct case_state *state, uint32_t leaf, struct buf *out);
void case_report_put_leaf_head(
    const struct case_state *state, uint32_t leaf, struct buf *out);
/* The words of a leaf, as they stand in the record, escaped: the translation
 * or the quote of a claim, the ground of a refusal ...; absent if none. */
struct slice case_report_quote(const struct case_state *state, uint32_t leaf);

/* Phrases. */
void case_report_put_when(struct buf *out, int64_t when); /* 2023-06-21 09:40 */
/* A due date that ends at 24:00 is written as the date alone. */
void case_report_put_due(struct buf *out, int64_t due);
void case_report_put_id(struct buf *out, const struct hash *id); /* 12 digits */
/* "key 7d3c1f09, SHA-256 0123456789abcdef": the key's id, and the start of the
 * digest of its 32 bytes. */
void case_report_put_key(struct buf *out, const struct note_key *key);
/* "claim 1a2b3c4d5e6f by police.example": who said it, or who signed it. */
void case_report_put_source(
    const struct case_state *state, uint32_t leaf, struct buf *out);
/* A full stop, unless a quotation has just ended with one of its own. */
void case_report_put_stop(struct buf *out);
/* "drive" for n == 1, otherwise "drives"; and "347 drives". */
const char *case_report_type(enum case_item_type type, size_t n);
void case_report_put_count(struct buf *out, size_t n, enum case_item_type type);

/* One reason, with all that it is given for. */
#define CASE_REPORT_NAMED 4 /* no more things than this are told by name */

struct case_report_group {
	enum case_word word;
	struct case_reason reason; /* NO: code CASE_CODE_COUNT, the sighting
				    * after the period */
	uint32_t first_sighting; /* NO: the one before it */
	bool is_unlisted;
	int64_t since; /* YES data: the earliest; otherwise 0 */
	size_t totals[CASE_FORM_COUNT];
	size_t counts[CASE_FORM_COUNT][CASE_ITEM_TYPE_COUNT];
	uint32_t named[CASE_FORM_COUNT][CASE_REPORT_NAMED]; /* items */
};

/* All of them by word, code and leaf; free() *ret_groups. */
int case_report_groups(const struct case_finding *finding,
    struct case_report_group **ret_groups, size_t *ret_n,
    struct err *err) MUST_CHECK;
/* "347 drives and 213 casings, hardware; 347 drives, data" */
void case_report_put_things(const struct case_finding *finding,
    const struct case_report_group *group, struct buf *out);

#endif
