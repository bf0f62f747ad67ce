/*
 * case_addressee.c: the parties whom a question asks to answer by a date, and
 * what became of it (findings 5.5): for one question, with the finding on it;
 * or for all of them, in one walk through the ledger.
 */
#include "case_addressee.h"

#include "case_internal.h"
#include "mem.h"
#include "when.h"

#include <stdlib.h>

/* ---- answers ---- */

/* Do these bytes stand in the record? What does not need not be taken apart to
 * see that it says something else. */
static bool is_mentioning(const struct case_leaf *leaf, struct slice bytes)
{
	return memmem(leaf->text.p, leaf->text.n, bytes.p, bytes.n) != NULL;
}

/* The first extension counts, and the latest answer proper. */
static void take_answer(
    struct case_addressee *a, const struct record *answer, uint32_t leaf)
{
	struct slice given = record_get(answer, RECORD_F_ANSWER);

	if (given.p != NULL && !slice_is_text(given, "extended")) {
		a->answer = leaf;
	} else if (a->extension == CASE_NONE) {
		a->extension = leaf;
		(void)record_get_time(answer, RECORD_F_UNTIL, &a->due);
	}
}

static bool is_answer(const struct case_leaf *leaf)
{
	return leaf->kind == RECORD_ANSWER && leaf->standing == CASE_GOOD;
}

static bool is_answer_of(const struct case_state *state, uint32_t leaf,
    const struct case_addressee *a)
{
	return a->party != CASE_NONE &&
	    case_state_is_signed_by(state, leaf, a->party);
}

/* The addressee's answers to this question. */
static int find_answers(
    struct case_finding *f, struct case_addressee *a, struct err *err)
{
	const struct case_leaf *question =
	    case_state_leaf(f->state, f->question);
	struct record record = {0};
	struct hash id;
	char hex[HASH_HEX_SIZE];
	int rc = 0;

	hash_to_hex(hex, &question->id);
	for (uint32_t i = 0; i < case_state_leaf_count(f->state) && rc == 0;
	     i++) {
		const struct case_leaf *leaf = case_state_leaf(f->state, i);

		if (!is_answer(leaf) || !is_answer_of(f->state, i, a) ||
		    !is_mentioning(leaf, slice_of(hex)))
			continue;
		rc = case_state_record(f->state, i, &record, err);
		if (rc == 0 &&
		    record_get_hash(&record, RECORD_F_QUESTION, &id) &&
		    hash_is(&id, &question->id))
			take_answer(a, &record, i);
	}
	record_done(&record);
	return rc;
}

/* What the addressee said in public, its latest word that is not a count. */
static int find_statement(
    struct case_finding *f, struct case_addressee *a, struct err *err)
{
	struct record record = {0};
	int64_t latest = INT64_MIN, said = 0;
	int rc = 0;

	for (uint32_t i = 0; i < case_state_leaf_count(f->state) && rc == 0;
	     i++) {
		const struct record_value *v = NULL;
		bool is_count_only = true;

		if (case_state_leaf(f->state, i)->kind != RECORD_CLAIM ||
		    !is_mentioning(case_state_leaf(f->state, i), a->name))
			continue;
		rc = case_state_record(f->state, i, &record, err);
		if (rc != 0 ||
		    !slice_is(record_get(&record, RECORD_F_SAID_BY), a->name))
			continue;
		while ((v = record_next(&record, NULL, RECORD_F_ASSERTS, v)) !=
		    NULL)
			is_count_only =
			    is_count_only && slice_is_text(v->value, "count");
		(void)record_get_time(&record, RECORD_F_SAID, &said);
		if (is_count_only || said < latest)
			continue;
		latest = said;
		a->statement = i;
	}
	record_done(&record);
	return rc;
}

static void judge_answer(
    const struct case_state *state, int64_t time, struct case_addressee *a)
{
	int64_t answered;

	if (a->answer != CASE_NONE) {
		answered = case_state_leaf(state, a->answer)->entered;
		a->status = CASE_ANSWER_GIVEN;
		a->days =
		    answered < a->due ? 0 : (answered - a->due) / WHEN_DAY + 1;
	} else if (time >= a->due) {
		a->status = CASE_ANSWER_OVERDUE;
		a->days = (time - a->due) / WHEN_DAY + 1;
	} else {
		a->status = CASE_ANSWER_OPEN;
		a->days = (a->due - time + WHEN_DAY - 1) / WHEN_DAY;
	}
}

/* ---- one question ---- */

/* The question's next addressee, nothing known of an answer yet; *at is NULL
 * at first. */
static bool next_addressee(const struct case_state *state,
    const struct record *question, const struct record_value **at,
    struct case_addressee *ret_addressee)
{
	*at = record_next(question, NULL, RECORD_F_ADDRESSEE, *at);
	if (*at == NULL)
		return false;
	struct slice rest = (*at)->value;
	struct case_addressee a = {
	    .name = slice_cut(&rest, ' '),
	    .answer = CASE_NONE,
	    .extension = CASE_NONE,
	    .statement = CASE_NONE,
	};

	(void)slice_cut(&rest, ' '); /* "due" */
	(void)when_from_due(&a.due, rest);
	a.party = case_state_find_party(state, a.name);
	*ret_addressee = a;
	return true;
}

int case_addressee_collect(struct case_finding *f, struct err *err)
{
	struct record record = {0};
	const struct record_value *at = NULL;
	struct case_addressee a;
	int rc = case_state_record(f->state, f->question, &record, err);

	while (rc == 0 && next_addressee(f->state, &record, &at, &a)) {
		size_t cap = f->addressee_count;

		rc = find_answers(f, &a, err);
		if (rc == 0)
			rc = find_statement(f, &a, err);
		if (rc == 0)
			rc = mem_grow((void **)&f->addressees, &cap,
			    f->addressee_count + 1, sizeof(*f->addressees),
			    err);
		if (rc != 0)
			break;
		judge_answer(f->state, f->time, &a);
		f->addressees[f->addressee_count++] = a;
	}
	record_done(&record);
	return rc;
}

/* ---- all questions ---- */

void case_addressee_done(struct case_addressee_list *list)
{
	free(list->asked);
	*list = (struct case_addressee_list){0};
}

static int add_question(struct case_addressee_list *list,
    const struct case_state *state, uint32_t leaf, const struct record *record,
    struct err *err)
{
	const struct record_value *at = NULL;
	struct case_asked asked = {.question = leaf,
	    .recipient = case_state_find_party(
		state, record_get(record, RECORD_F_RECIPIENT))};
	int rc = 0;

	while (
	    rc == 0 && next_addressee(state, record, &at, &asked.addressee)) {
		rc = mem_grow((void **)&list->asked, &list->cap, list->n + 1,
		    sizeof(*list->asked), err);
		if (rc == 0)
			list->asked[list->n++] = asked;
	}
	return rc;
}

/* The first of this question's, which stand in the order of leaves. */
static size_t first_of(const struct case_addressee_list *list, uint32_t leaf)
{
	size_t low = 0, high = list->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (list->asked[middle].question < leaf)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void add_answer(struct case_addressee_list *list,
    const struct case_state *state, uint32_t leaf, const struct record *record)
{
	struct hash id;

	if (!record_get_hash(record, RECORD_F_QUESTION, &id))
		return;
	uint32_t question = case_state_find_leaf(state, &id);
	for (size_t i = first_of(list, question);
	     i < list->n && list->asked[i].question == question; i++)
		if (is_answer_of(state, leaf, &list->asked[i].addressee))
			take_answer(&list->asked[i].addressee, record, leaf);
}

/* An answer names its question by hash, and so stands behind it. */
static int add_leaf(struct case_addressee_list *list,
    const struct case_state *state, uint32_t i, struct record *scratch,
    struct err *err)
{
	const struct case_leaf *leaf = case_state_leaf(state, i);
	bool is_question =
	    leaf->kind == RECORD_QUESTION && leaf->standing == CASE_GOOD;

	if (!is_question && !is_answer(leaf))
		return 0;
	int rc = case_state_record(state, i, scratch, err);
	if (rc == 0 && is_question)
		rc = add_question(list, state, i, scratch, err);
	else if (rc == 0)
		add_answer(list, state, i, scratch);
	return rc;
}

int case_addressee_all(struct case_addressee_list *ret_list,
    const struct case_state *state, int64_t time, struct err *err)
{
	struct case_addressee_list list = {0};
	struct record scratch = {0};
	int rc = 0;

	for (uint32_t i = 0; rc == 0 && i < case_state_leaf_count(state); i++)
		rc = add_leaf(&list, state, i, &scratch, err);
	record_done(&scratch);
	if (rc != 0) {
		case_addressee_done(&list);
		return rc;
	}
	for (size_t i = 0; i < list.n; i++)
		judge_answer(state, time, &list.asked[i].addressee);
	*ret_list = list;
	return 0;
}
