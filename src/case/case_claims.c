/*
 * case_claims.c: what is said about the items, by whom, and whether it counts
 * (findings 5.3). Claims, asserted relations and records of people who did not
 * hold what they name are all read the same way.
 */
#include "case_internal.h"

#include "mem.h"
#include "when.h"

#include <stdlib.h>

/* ---- reading ---- */

static bool is_signed_by_other_than_asker(
    const struct case_inquiry *q, uint32_t leaf)
{
	size_t n;
	const uint32_t *signers = case_state_signers(q->state, leaf, &n);

	for (size_t i = 0; i < n; i++)
		if (!case_state_is_signed_by(q->state, q->question, signers[i]))
			return true;
	return false;
}

static bool is_told(
    const struct case_inquiry *q, uint32_t leaf, const struct record *r)
{
	return (record_has(r, RECORD_F_CAPTURE) &&
		   case_is_on("claim: told by a capture")) ||
	    is_signed_by_other_than_asker(q, leaf);
}

/* One speaker, one date: an assessment of one holds for all of these, so that
 * filing a dismissed claim again gains nothing. A party's name goes before
 * words about the speaker; a record without either, or without a date, is a
 * statement of its own. */
static int note_statement(struct case_inquiry *q, uint32_t leaf,
    const struct record *r, struct err *err)
{
	struct case_statement statement = {
	    .leaf = leaf,
	    .said = record_get(r, RECORD_F_SAID),
	    .who = record_get(r, RECORD_F_SAID_BY),
	};
	int rc = mem_grow((void **)&q->statements, &q->statement_cap,
	    q->statement_count + 1, sizeof(*q->statements), err);

	statement.is_by_party = statement.who.p != NULL;
	if (!statement.is_by_party)
		statement.who = record_get(r, RECORD_F_SPEAKER);
	if (statement.said.p == NULL || statement.who.p == NULL ||
	    case_is_off("assessment: of the statement, refiled or not"))
		statement.said = statement.who = slice_of(NULL);
	if (rc == 0)
		q->statements[q->statement_count++] = statement;
	return rc;
}

static int add_claim(
    struct case_inquiry *q, struct case_claim claim, struct err *err)
{
	int rc = mem_grow((void **)&q->claims, &q->claim_cap,
	    q->claim_count + 1, sizeof(*q->claims), err);

	if (rc == 0)
		q->claims[q->claim_count++] = claim;
	return rc;
}

static int name_item(
    struct case_inquiry *q, uint32_t claim, uint32_t item, struct err *err)
{
	int rc = mem_grow((void **)&q->namings, &q->naming_cap,
	    q->naming_count + 1, sizeof(*q->namings), err);

	if (rc == 0)
		q->namings[q->naming_count++] =
		    (struct case_naming){item, claim};
	return rc;
}

/* A word may be the name of an item and of a type at once. A claim without
 * `concerns:` speaks of all. */
static int read_concerns(struct case_inquiry *q, struct case_claim *claim,
    const struct record *r, struct err *err)
{
	const struct record_value *v = NULL;
	int rc = 0;

	claim->is_about_all = !record_has(r, RECORD_F_CONCERNS);
	while (rc == 0 &&
	    (v = record_next(r, NULL, RECORD_F_CONCERNS, v)) != NULL) {
		uint32_t item = case_state_find_item(q->state, v->value);
		enum case_item_type type;

		if (slice_is_text(v->value, "all"))
			claim->is_about_all = true;
		if (case_item_type_find(v->value, &type))
			claim->types |= UINT32_C(1) << type;
		if (item != CASE_NONE)
			rc = name_item(q, (uint32_t)q->claim_count, item, err);
	}
	return rc;
}

static int read_claim(struct case_inquiry *q, uint32_t leaf,
    const struct record *r, struct err *err)
{
	struct case_claim claim = {.leaf = leaf, .from = INT64_MIN};
	const struct record_value *v = NULL;
	int64_t until;

	while ((v = record_next(r, NULL, RECORD_F_ASSERTS, v)) != NULL) {
		bool is_thing = slice_is_text(v->value, "received") ||
		    slice_is_text(v->value, "transferred");

		claim.is_hardware = claim.is_hardware || is_thing;
		claim.is_data = claim.is_data || is_thing ||
		    slice_is_text(v->value, "copied") ||
		    slice_is_text(v->value, "viewed");
	}
	claim.has_recipient = record_has(r, RECORD_F_RECIPIENT);
	claim.recipient =
	    case_state_find_party(q->state, record_get(r, RECORD_F_RECIPIENT));
	(void)case_state_seized_at(q->state, &claim.from);
	(void)record_get_start(r, RECORD_F_SINCE, &claim.from);
	(void)record_get_time(r, RECORD_F_SAID, &claim.to);
	if (record_get_time(r, RECORD_F_UNTIL, &until) && until < claim.to)
		claim.to = until;
	/* What is said to be said tomorrow was said by the time of entry. */
	if (claim.to > case_state_leaf(q->state, leaf)->entered &&
	    case_is_on("claim: said by its entry"))
		claim.to = case_state_leaf(q->state, leaf)->entered;
	claim.is_told = is_told(q, leaf, r);
	int rc = read_concerns(q, &claim, r, err);
	return rc != 0 ? rc : add_claim(q, claim, err);
}

/* Did this record become an event of the item that its block names? */
static bool is_event_of(
    const struct case_state *state, uint32_t leaf, uint32_t item)
{
	const struct case_item *it = case_state_item(state, item);

	for (size_t i = 0; i < it->event_count; i++)
		if (it->events[i].leaf == leaf)
			return true;
	return false;
}

/* Whom a record names as receiving; of several, one that is or acts for P. */
static void read_receivers(const struct case_inquiry *q, const struct record *r,
    struct case_claim *claim)
{
	static const enum record_name names[] = {RECORD_F_TO,
	    RECORD_F_ON_BEHALF_OF, RECORD_F_HOST, RECORD_F_EXAMINER};

	claim->recipient = CASE_NONE;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		uint32_t party =
		    case_state_find_party(q->state, record_get(r, names[i]));
		bool is_recipient = party != CASE_NONE &&
		    case_set_has(&q->finding->closure, party);

		if (!record_has(r, names[i]) ||
		    (claim->has_recipient && !is_recipient))
			continue;
		claim->has_recipient = true;
		claim->recipient = party;
	}
}

static int read_foreign_record(struct case_inquiry *q, uint32_t leaf,
    const struct record *r, struct err *err)
{
	struct slice what = record_get(r, RECORD_F_WHAT);
	struct case_claim claim = {.leaf = leaf, .from = r->at, .to = r->at};
	int rc = 0;

	/* A hand-over says when; what was found could have happened before. */
	bool is_giving = r->schema->kind == RECORD_HANDOVER ||
	    r->schema->kind == RECORD_RELEASE;
	bool is_reading = case_order_is_reading(r->schema->kind);

	if (!is_giving && !is_reading &&
	    !case_state_seized_at(q->state, &claim.from))
		claim.from = INT64_MIN;
	read_receivers(q, r, &claim);
	claim.is_told = is_signed_by_other_than_asker(q, leaf);
	for (size_t i = 0; i < r->block_count && rc == 0; i++) {
		const struct record_block *b = &r->blocks[i];
		uint32_t item = case_state_find_item(q->state, b->id);
		uint32_t source = case_state_find_item(
		    q->state, record_block_get(r, b, RECORD_F_DERIVED_FROM));
		bool is_missing = slice_is_text(
		    record_block_get(r, b, RECORD_F_FOUND), "missing");
		bool is_broken =
		    slice_is_text(
			record_block_get(r, b, RECORD_F_STATE), "broken") ||
		    slice_is_text(what, "seal-broken") ||
		    slice_is_text(what, "unauthorised-reading");

		if (item == CASE_NONE)
			item = source;
		if (item == CASE_NONE ||
		    (is_event_of(q->state, leaf, item) &&
			case_is_on("claim: a record without effect")))
			continue;
		claim.is_hardware = is_giving || is_missing ||
		    slice_is_text(what, "loss") || slice_is_text(what, "theft");
		claim.is_data = claim.is_hardware || is_broken || is_reading;
		if (!claim.is_hardware && !claim.is_data)
			continue;
		rc = name_item(q, (uint32_t)q->claim_count, item, err);
		if (rc == 0)
			rc = add_claim(q, claim, err);
	}
	return rc;
}

/* "Partly", and not which: that speaks for each of the things asked about, and
 * shows none. */
static int read_vague_admission(struct case_inquiry *q,
    const struct case_admission *a, uint32_t to, const struct record *question,
    struct err *err)
{
	struct case_claim claim = {.leaf = a->leaf,
	    .is_hardware = a->is_form[CASE_HARDWARE],
	    .is_data = a->is_form[CASE_DATA],
	    .has_recipient = true,
	    .recipient = to,
	    .from = a->from,
	    .to = a->to,
	    .is_told = is_signed_by_other_than_asker(q, a->leaf)};
	int rc = read_concerns(q, &claim, question, err);

	return rc != 0 ? rc : add_claim(q, claim, err);
}

static int read_admission(struct case_inquiry *q, uint32_t leaf,
    const struct record *r, struct err *err)
{
	struct slice answer = record_get(r, RECORD_F_ANSWER);
	bool is_vague = slice_is_text(answer, "partly") &&
	    !record_has(r, RECORD_F_CONCERNS) &&
	    case_is_on("admitted: partly, but not which");
	struct case_admission admission = {.leaf = leaf};
	struct record question = {0};
	struct hash id;
	uint32_t given_to =
	    case_state_find_party(q->state, record_get(r, RECORD_F_GIVEN_TO));

	if (!slice_is_text(answer, "yes") &&
	    (!slice_is_text(answer, "partly") ||
		case_is_off("admitted: partly")))
		return 0;
	if (!record_get_hash(r, RECORD_F_QUESTION, &id))
		return 0;
	int rc = case_state_record(
	    q->state, case_state_find_leaf(q->state, &id), &question, err);
	if (rc != 0)
		return rc;
	uint32_t asked_about = case_state_find_party(
	    q->state, record_get(&question, RECORD_F_RECIPIENT));
	uint32_t to = record_has(r, RECORD_F_GIVEN_TO) ? given_to : asked_about;
	(void)record_get_time(&question, RECORD_F_PERIOD_FROM, &admission.from);
	(void)record_get_time(&question, RECORD_F_PERIOD_TO, &admission.to);
	if (record_get_start(r, RECORD_F_SINCE, &admission.from) &&
	    admission.to < admission.from + 1)
		admission.to = admission.from + 1;
	const struct record *forms =
	    record_has(r, RECORD_F_FORM) ? r : &question;
	const struct record_value *v = NULL;
	while ((v = record_next(forms, NULL, RECORD_F_FORM, v)) != NULL)
		admission
		    .is_form[slice_is_text(v->value, "data") ? CASE_DATA
							     : CASE_HARDWARE] =
		    true;
	/* Who gave the thing gave what is on it. */
	admission.is_form[CASE_DATA] = admission.is_form[CASE_DATA] ||
	    (admission.is_form[CASE_HARDWARE] &&
		case_is_on("admitted: who gave the thing gave its data"));
	if (is_vague)
		rc = read_vague_admission(q, &admission, to, &question, err);
	record_done(&question);
	if (rc != 0 || is_vague || to == CASE_NONE ||
	    (!case_set_has(&q->finding->closure, to) &&
		case_is_on("admitted: to the recipient")))
		return rc;
	rc = mem_grow((void **)&q->admissions, &q->admission_cap,
	    q->admission_count + 1, sizeof(*q->admissions), err);
	if (rc == 0)
		q->admissions[q->admission_count++] = admission;
	return rc;
}

static int read_assertions(struct case_inquiry *q, struct err *err)
{
	size_t count = case_state_relation_count(q->state);
	struct record record = {0};
	int rc = 0;

	for (size_t i = 0; i < count && rc == 0; i++) {
		const struct case_relation *relation =
		    case_state_relation(q->state, i);

		if (relation->is_binding)
			continue;
		rc = case_state_record(q->state, relation->leaf, &record, err);
		if (rc == 0)
			rc = note_statement(q, relation->leaf, &record, err);
		if (rc == 0)
			rc = mem_grow((void **)&q->assertions,
			    &q->assertion_cap, q->assertion_count + 1,
			    sizeof(*q->assertions), err);
		if (rc != 0)
			break;
		q->assertions[q->assertion_count++] = (struct case_assertion){
		    .relation = (uint32_t)i,
		    .closure = case_state_closure(q->state,
			q->finding->recipient, q->finding->time, (uint32_t)i),
		    .is_told = is_told(q, relation->leaf, &record),
		};
	}
	record_done(&record);
	return rc;
}

/* ---- assessments ---- */

static int compare_statements(
    const struct case_statement *a, const struct case_statement *b)
{
	int order = slice_compare(a->said, b->said);

	if (order == 0 && case_is_on("assessment: of this speaker"))
		order = slice_compare(a->who, b->who);
	if (order == 0 && a->is_by_party != b->is_by_party)
		order = a->is_by_party ? 1 : -1;
	if (order == 0 && a->said.p == NULL && a->leaf != b->leaf)
		order = a->leaf < b->leaf ? -1 : 1;
	return order;
}

static int compare_statements_of_sort(const void *a, const void *b)
{
	return compare_statements(a, b);
}

static int compare_leaves(const void *a, const void *b)
{
	const struct case_statement *x = a, *y = b;

	return x->leaf < y->leaf ? -1 : x->leaf > y->leaf;
}

static uint32_t statement_of(const struct case_inquiry *q, uint32_t leaf)
{
	const struct case_statement key = {.leaf = leaf};
	const struct case_statement *found = NULL;

	if (q->statement_count > 0)
		found = bsearch(&key, q->statements, q->statement_count,
		    sizeof(key), compare_leaves);
	return found != NULL ? found->number : CASE_NONE;
}

static int compare_assessments(const void *a, const void *b)
{
	const struct case_assessment *x = a, *y = b;

	if (x->statement != y->statement)
		return x->statement < y->statement ? -1 : 1;
	return x->number < y->number ? -1 : x->number > y->number;
}

static int compare_namings(const void *a, const void *b)
{
	const struct case_naming *x = a, *y = b;

	if (x->item != y->item)
		return x->item < y->item ? -1 : 1;
	return x->claim < y->claim ? -1 : x->claim > y->claim;
}

static void sort(void *array, size_t n, size_t size,
    int (*compare)(const void *a, const void *b))
{
	if (n > 1)
		qsort(array, n, size, compare);
}

/* Puts what was collected in the orders in which it is looked up. */
static int arrange(struct case_inquiry *q, struct err *err)
{
	struct case_statement *s = q->statements;
	uint32_t number = 0;
	int rc = 0;

	sort(s, q->statement_count, sizeof(*s), compare_statements_of_sort);
	for (size_t i = 0; i < q->statement_count; i++) {
		number += i > 0 && compare_statements(&s[i - 1], &s[i]) != 0;
		s[i].number = number;
	}
	sort(s, q->statement_count, sizeof(*s), compare_leaves);
	for (size_t i = 0; i < q->assessment_count; i++)
		q->assessments[i].statement =
		    statement_of(q, q->assessments[i].claim);
	sort(q->assessments, q->assessment_count, sizeof(*q->assessments),
	    compare_assessments);
	sort(q->namings, q->naming_count, sizeof(*q->namings), compare_namings);
	for (size_t i = 0; i < q->claim_count && rc == 0; i++) {
		if (!q->claims[i].is_about_all && q->claims[i].types == 0)
			continue;
		rc = mem_grow((void **)&q->general, &q->general_cap,
		    q->general_count + 1, sizeof(*q->general), err);
		if (rc == 0)
			q->general[q->general_count++] = (uint32_t)i;
	}
	return rc;
}

static bool is_upheld(const struct record *r)
{
	struct slice source = record_get(r, RECORD_F_SOURCE);
	struct slice information = record_get(r, RECORD_F_INFORMATION);

	return (source.p[0] <= 'D' &&
		   case_is_on("assessment: source A to D upholds")) ||
	    (information.p[0] <= '4' &&
		case_is_on("assessment: information 1 to 4 upholds"));
}

static int read_assessment(struct case_inquiry *q, uint32_t leaf,
    const struct record *r, struct err *err)
{
	struct hash id;
	size_t n;
	const uint32_t *signers = case_state_signers(q->state, leaf, &n);

	/* A dismissal helps a NO, which a key of somebody else's cannot. */
	if (!record_get_hash(r, RECORD_F_CLAIM, &id) ||
	    (case_state_leaf(q->state, leaf)->is_compromised && !is_upheld(r) &&
		case_is_on("assessment: dismissal not compromised")))
		return 0;
	bool is_upholding = is_upheld(r);
	uint32_t claim = case_state_find_leaf(q->state, &id);
	struct record assessed = {0};
	int rc = case_state_record(q->state, claim, &assessed, err);
	if (rc == 0)
		rc = note_statement(q, claim, &assessed, err);
	record_done(&assessed);
	for (size_t i = 0; i < n && rc == 0; i++) {
		rc = mem_grow((void **)&q->assessments, &q->assessment_cap,
		    q->assessment_count + 1, sizeof(*q->assessments), err);

		if (rc != 0)
			break;
		q->assessments[q->assessment_count] = (struct case_assessment){
		    .claim = claim,
		    .number = (uint32_t)q->assessment_count,
		    .party = signers[i],
		    .is_upheld = is_upholding,
		};
		q->assessment_count++;
	}
	return rc;
}

/* The first assessment of this statement, or of one after it. */
static size_t first_assessment(const struct case_inquiry *q, uint32_t statement)
{
	size_t low = 0, high = q->assessment_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (q->assessments[middle].statement < statement)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool is_of(const struct case_inquiry *q, size_t i, uint32_t statement)
{
	return i < q->assessment_count &&
	    q->assessments[i].statement == statement;
}

/* No disinterested party has assessed the statement, or the latest assessment
 * of at least one of them upholds it. */
static bool is_standing(
    const struct case_inquiry *q, uint32_t leaf, uint32_t item)
{
	uint32_t statement = statement_of(q, leaf);
	bool is_assessed = false;

	for (size_t i = first_assessment(q, statement); is_of(q, i, statement);
	     i++) {
		const struct case_assessment *a = &q->assessments[i];
		bool is_latest = true;

		for (size_t k = i + 1; is_of(q, k, statement); k++)
			if (q->assessments[k].party == a->party)
				is_latest = false;
		if ((!is_latest &&
			case_is_on("assessment: the latest of each")) ||
		    (!case_state_is_disinterested(q->state, a->party, item,
			 q->finding->recipient, q->finding->period_to) &&
			case_is_on("assessment: by somebody disinterested")))
			continue;
		is_assessed = true;
		if (a->is_upheld)
			return true;
	}
	return !is_assessed;
}

bool case_claims_counts(const struct case_inquiry *inquiry,
    const struct case_claim *claim, uint32_t item)
{
	return (claim->is_told || case_is_off("claim: told by another")) &&
	    (is_standing(inquiry, claim->leaf, item) ||
		case_is_off("claim: not dismissed"));
}

/* ---- what it is about ---- */

bool case_claims_is_about_recipient(
    const struct case_inquiry *inquiry, const struct case_claim *claim)
{
	return !claim->has_recipient ||
	    (claim->recipient != CASE_NONE &&
		case_set_has(&inquiry->finding->closure, claim->recipient)) ||
	    case_is_off("claim: about the recipient");
}

bool case_claims_concerns(
    const struct case_state *state, const struct record *record, uint32_t item)
{
	const struct record_value *v =
	    record_next(record, NULL, RECORD_F_CONCERNS, NULL);

	if (v == NULL)
		return true;
	for (; v != NULL; v = record_next(record, NULL, RECORD_F_CONCERNS, v)) {
		uint32_t at = item;

		if (slice_is_text(v->value, "all"))
			return true;
		for (int depth = 0;
		     at != CASE_NONE && depth <= CASE_NESTING_MAX; depth++) {
			const struct case_item *it = case_state_item(state, at);

			if (slice_is(it->id, v->value) ||
			    slice_is_text(
				v->value, case_item_type_name(it->type)))
				return true;
			at = it->inside;
		}
	}
	return false;
}

/* The first naming of this item, or of one after it. */
static size_t first_naming(const struct case_inquiry *q, uint32_t item)
{
	size_t low = 0, high = q->naming_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (q->namings[middle].item < item)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

void case_claims_each(const struct case_inquiry *inquiry, uint32_t item,
    void (*each)(void *cookie, const struct case_claim *claim), void *cookie)
{
	uint32_t types = 0, at = item;

	for (int depth = 0; at != CASE_NONE && depth <= CASE_NESTING_MAX;
	     depth++) {
		const struct case_item *it =
		    case_state_item(inquiry->state, at);

		types |= UINT32_C(1) << it->type;
		for (size_t i = first_naming(inquiry, at);
		     i < inquiry->naming_count &&
		     inquiry->namings[i].item == at;
		     i++)
			each(cookie,
			    &inquiry->claims[inquiry->namings[i].claim]);
		at = it->inside;
	}
	for (size_t i = 0; i < inquiry->general_count; i++) {
		const struct case_claim *claim =
		    &inquiry->claims[inquiry->general[i]];

		if (claim->is_about_all || (claim->types & types) != 0)
			each(cookie, claim);
	}
}

/* Answers that say neither yes nor partly admit nothing; most are such. */
static bool may_admit(const struct case_leaf *leaf)
{
	static const char yes[] = "\nanswer: yes\n";
	static const char partly[] = "\nanswer: partly\n";

	return memmem(leaf->text.p, leaf->text.n, yes, sizeof(yes) - 1) ||
	    memmem(leaf->text.p, leaf->text.n, partly, sizeof(partly) - 1);
}

int case_claims_collect(struct case_inquiry *inquiry, struct err *err)
{
	const struct case_state *state = inquiry->state;
	struct record record = {0};
	int rc = 0;

	for (size_t i = 0; i < case_state_leaf_count(state) && rc == 0; i++) {
		const struct case_leaf *leaf = case_state_leaf(state, i);
		bool is_foreign = leaf->standing == CASE_NOT_HOLDER ||
		    leaf->standing == CASE_BREACH;

		if (leaf->standing == CASE_VOID ||
		    (leaf->kind != RECORD_CLAIM &&
			leaf->kind != RECORD_ASSESSMENT &&
			leaf->kind != RECORD_ANSWER && !is_foreign) ||
		    (leaf->kind == RECORD_ANSWER && !may_admit(leaf)))
			continue;
		rc = case_state_record(state, (uint32_t)i, &record, err);
		if (rc != 0)
			break;
		if (leaf->kind == RECORD_CLAIM) {
			rc = note_statement(inquiry, (uint32_t)i, &record, err);
			if (rc == 0)
				rc = read_claim(
				    inquiry, (uint32_t)i, &record, err);
		} else if (leaf->kind == RECORD_ASSESSMENT)
			rc =
			    read_assessment(inquiry, (uint32_t)i, &record, err);
		else if (leaf->kind == RECORD_ANSWER)
			rc = read_admission(inquiry, (uint32_t)i, &record, err);
		else if (record.schema->is_custody)
			rc = read_foreign_record(
			    inquiry, (uint32_t)i, &record, err);
	}
	record_done(&record);
	if (rc == 0)
		rc = read_assertions(inquiry, err);
	return rc == 0 ? arrange(inquiry, err) : rc;
}

void case_claims_done(struct case_inquiry *inquiry)
{
	free(inquiry->claims);
	free(inquiry->namings);
	free(inquiry->general);
	free(inquiry->statements);
	free(inquiry->assessments);
	free(inquiry->assertions);
	free(inquiry->admissions);
}
