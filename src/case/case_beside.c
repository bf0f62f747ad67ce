/*
 * case_beside.c: what stands beside the table and never instead of it
 * (findings 5.5 and 5.6): unlisted things, the addressees' answers, what was
 * not asked, and where two lists disagree.
 */
#include "case_internal.h"

#include "mem.h"
#include "when.h"

#include <stdlib.h>

/* ---- unlisted ---- */

/* How many of a kind the list has; counts of computers compare with casings. */
static uint64_t count_listed(
    const struct case_state *state, enum case_item_type type)
{
	uint64_t n = 0;

	if (type == CASE_COMPUTER &&
	    case_is_on("count: computers by their casings"))
		type = CASE_CASING;
	for (uint32_t i = 0; i < case_state_item_count(state); i++)
		n += case_state_item(state, i)->type == type;
	return n;
}

static int add_tally(
    struct case_finding *f, uint32_t leaf, struct slice value, struct err *err)
{
	struct slice rest = value;
	unsigned long long count = 0;
	enum case_item_type type = CASE_COMPUTER;
	size_t cap = f->tally_count;

	(void)slice_to_u64(slice_cut(&rest, ' '), &count); /* parsed before */
	(void)case_item_type_find(rest, &type);
	int rc = mem_grow((void **)&f->tallies, &cap, f->tally_count + 1,
	    sizeof(*f->tallies), err);
	if (rc != 0)
		return rc;
	f->tallies[f->tally_count++] = (struct case_tally){
	    .leaf = leaf,
	    .count = count,
	    .type = type,
	    .is_over = (case_state_first_list(f->state) == NULL &&
			   case_is_on("count: without a list")) ||
		(count > count_listed(f->state, type) &&
		    case_is_on("count: more than the list has")),
	};
	return 0;
}

static int read_tallies(struct case_finding *f, uint32_t leaf,
    const struct record *r, struct err *err)
{
	static const enum record_name names[] = {RECORD_F_COUNT,
	    RECORD_F_ANNOUNCED, RECORD_F_COUNTED, RECORD_F_PHOTOGRAPHED};
	int rc = 0;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const struct record_value *v = NULL;

		while (
		    rc == 0 && (v = record_next(r, NULL, names[i], v)) != NULL)
			rc = add_tally(f, leaf, v->value, err);
	}
	return rc;
}

/* Is a signer of the inspection somebody who has held things of this case, or
 * is disinterested in it? */
static bool is_by_somebody_there(const struct case_finding *f, uint32_t leaf)
{
	size_t n;
	const uint32_t *signers = case_state_signers(f->state, leaf, &n);

	for (size_t i = 0; i < n; i++)
		if (case_state_party(f->state, signers[i])->has_held ||
		    case_state_is_disinterested(f->state, signers[i], CASE_NONE,
			f->recipient, f->period_to))
			return true;
	return false;
}

/* What was found and is no item of this case is more than the list has. */
static int read_unexpected(struct case_finding *f, uint32_t leaf,
    const struct record *r, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; i < r->block_count && rc == 0; i++) {
		const struct record_block *b = &r->blocks[i];

		if (slice_is_text(
			record_block_get(r, b, RECORD_F_FOUND), "unexpected") &&
		    case_state_find_item(f->state, b->id) == CASE_NONE &&
		    case_is_on("count: an unexpected find"))
			rc = case_line_add_reason(
			    &f->unlisted, CASE_CODE_COUNT_EXCEEDS, leaf, err);
	}
	return rc;
}

static int collect_tallies(struct case_finding *f, struct err *err)
{
	struct record record = {0};
	int rc = 0;

	for (uint32_t i = 0; i < case_state_leaf_count(f->state) && rc == 0;
	     i++) {
		const struct case_leaf *leaf = case_state_leaf(f->state, i);

		if (leaf->standing == CASE_VOID ||
		    (leaf->kind != RECORD_CLAIM &&
			leaf->kind != RECORD_SEIZURE &&
			leaf->kind != RECORD_INSPECTION) ||
		    (leaf->kind == RECORD_INSPECTION &&
			!is_by_somebody_there(f, i) &&
			case_is_on("count: by somebody who was there")))
			continue;
		rc = case_state_record(f->state, i, &record, err);
		if (rc == 0)
			rc = read_tallies(f, i, &record, err);
		if (rc == 0 && leaf->kind == RECORD_INSPECTION)
			rc = read_unexpected(f, i, &record, err);
	}
	record_done(&record);
	return rc;
}

static const struct case_claim *find_claim(
    const struct case_inquiry *q, uint32_t leaf)
{
	for (size_t i = 0; i < q->claim_count; i++)
		if (q->claims[i].leaf == leaf)
			return &q->claims[i];
	return NULL;
}

static int weigh_counts(struct case_inquiry *q, struct err *err)
{
	struct case_finding *f = q->finding;
	bool has_list = case_state_first_list(f->state) != NULL;
	int rc = 0;

	for (size_t i = 0; i < q->claim_count && rc == 0 && !has_list; i++) {
		const struct case_claim *c = &q->claims[i];

		if ((c->is_hardware || c->is_data) &&
		    case_claims_is_about_recipient(q, c) &&
		    (case_claims_counts(q, c, CASE_NONE) ||
			case_is_off("unlisted: a claim that counts")) &&
		    case_is_on("unlisted: a claim"))
			rc = case_line_add_reason(
			    &f->unlisted, CASE_CODE_CLAIM, c->leaf, err);
	}
	for (size_t i = 0; i < f->tally_count && rc == 0; i++) {
		const struct case_tally *t = &f->tallies[i];
		const struct case_claim *c = find_claim(q, t->leaf);

		if (t->is_over &&
		    (c == NULL || case_claims_counts(q, c, CASE_NONE) ||
			case_is_off("count: that counts")))
			rc = case_line_add_reason(&f->unlisted,
			    CASE_CODE_COUNT_EXCEEDS, t->leaf, err);
	}
	return rc;
}

/* Computers that were not opened, or have a bay that was not. */
static int find_unopened(struct case_finding *f, struct err *err)
{
	struct record record = {0};
	uint32_t leaf = CASE_NONE;
	int rc = 0;

	for (uint32_t i = 0; i < case_state_item_count(f->state) && rc == 0;
	     i++) {
		const struct case_item *item = case_state_item(f->state, i);
		const struct record_value *v = NULL;
		size_t cap = f->unopened_count;
		bool is_unopened = false;

		if (item->type != CASE_COMPUTER)
			continue;
		if (item->leaf != leaf)
			rc = case_state_record(
			    f->state, item->leaf, &record, err);
		leaf = item->leaf;
		if (rc != 0)
			break;
		const struct record_block *b = &record.blocks[item->block];
		is_unopened = slice_is_text(
		    record_block_get(&record, b, RECORD_F_OPENED), "no");
		while ((v = record_next(&record, b, RECORD_F_BAY, v)) != NULL)
			is_unopened = is_unopened ||
			    (v->value.n > 10 &&
				memcmp(v->value.p + v->value.n - 10,
				    "not-opened", 10) == 0 &&
				case_is_on("bay: not opened"));
		/* Opened since, by a handling record? */
		for (size_t k = 0; k < item->event_count; k++)
			if (item->events[k].type == CASE_EVENT_OPENED &&
			    (!item->events[k].is_breach ||
				case_is_off("bay: opened, by no breach")) &&
			    case_is_on("bay: opened since"))
				is_unopened = false;
		if (!is_unopened)
			continue;
		rc = mem_grow((void **)&f->unopened, &cap,
		    f->unopened_count + 1, sizeof(*f->unopened), err);
		if (rc == 0)
			f->unopened[f->unopened_count++] = i;
	}
	record_done(&record);
	return rc;
}

/* Did the owner's side or somebody disinterested sign list and seizure? */
static bool is_list_countersigned(const struct case_finding *f)
{
	const struct case_list *list = case_state_first_list(f->state);
	size_t n;

	if (list == NULL || list->seizure == CASE_NONE)
		return false;
	const uint32_t *signers =
	    case_state_signers(f->state, list->seizure, &n);
	for (size_t i = 0; i < n; i++)
		if ((case_state_party(f->state, signers[i])->side ==
			    CASE_OWNER &&
			case_is_on("unsigned: by the owner")) ||
		    case_state_is_disinterested(f->state, signers[i], CASE_NONE,
			f->recipient, f->period_to) ||
		    case_is_off("unsigned: or by somebody disinterested"))
			return true;
	return false;
}

int case_beside_weigh_unlisted(struct case_inquiry *q, struct err *err)
{
	struct case_finding *f = q->finding;
	struct case_line *line = &f->unlisted;
	int rc;

	*line = (struct case_line){.item = CASE_NONE,
	    .first_sighting = CASE_NONE,
	    .last_sighting = CASE_NONE,
	    .since = INT64_MAX};
	rc = collect_tallies(f, err);
	if (rc == 0)
		rc = find_unopened(f, err);
	if (rc == 0)
		rc = weigh_counts(q, err);
	line->word = CASE_CONTESTED;
	if (rc == 0 && line->reason_count == 0) {
		for (size_t i = 0; i < f->unopened_count && rc == 0; i++)
			rc = case_line_add_reason(line, CASE_CODE_BAY,
			    case_state_item(f->state, f->unopened[i])->leaf,
			    err);
		if (rc == 0 && case_state_first_list(f->state) != NULL &&
		    !is_list_countersigned(f))
			rc = case_line_add_reason(line, CASE_CODE_UNSIGNED,
			    case_state_first_list(f->state)->seizure, err);
		if (rc == 0)
			rc = case_line_add_parts(line, f->state, err);
		line->word = CASE_NOT_SHOWN;
	}
	if (rc == 0 && case_state_first_list(f->state) == NULL)
		rc = case_line_add_reason(
		    line, CASE_CODE_NO_LIST, CASE_NONE, err);
	if (rc == 0 && line->reason_count == 0)
		line->word = f->is_witnessed ? CASE_NO : CASE_NO_UNWITNESSED;
	case_line_sort(line);
	return rc;
}

/* ---- not asked ---- */

static int add_beside(struct case_finding *f, uint32_t leaf,
    enum case_beside_why why, struct err *err)
{
	size_t cap = f->beside_count;

	for (size_t i = 0; i < f->beside_count; i++)
		if (f->beside[i].leaf == leaf && f->beside[i].why == why)
			return 0;
	int rc = mem_grow((void **)&f->beside, &cap, f->beside_count + 1,
	    sizeof(*f->beside), err);
	if (rc == 0)
		f->beside[f->beside_count++] = (struct case_beside){leaf, why};
	return rc;
}

/* Given before the period, and not held any more when it began? */
static bool is_over_before(
    const struct case_finding *f, uint32_t item, const struct case_event *event)
{
	struct case_set holders =
	    case_state_holders(f->state, item, f->period_from);

	return event->at < f->period_from &&
	    !case_set_has(&holders, event->receiver);
}

static int collect_beside(struct case_inquiry *q, struct err *err)
{
	struct case_finding *f = q->finding;
	int rc = 0;

	for (size_t i = 0; i < q->claim_count && rc == 0; i++) {
		const struct case_claim *c = &q->claims[i];
		bool is_asked =
		    (c->is_hardware && f->is_form_asked[CASE_HARDWARE]) ||
		    (c->is_data && f->is_form_asked[CASE_DATA]);

		if (!c->is_hardware && !c->is_data)
			continue;
		if (!case_claims_is_about_recipient(q, c))
			rc = add_beside(f, c->leaf, CASE_BESIDE_RECIPIENT, err);
		else if (c->from >= f->period_to || c->to < f->period_from)
			rc = add_beside(f, c->leaf, CASE_BESIDE_PERIOD, err);
		else if (!is_asked)
			rc = add_beside(f, c->leaf, CASE_BESIDE_FORM, err);
	}
	/* Hand-overs to P or its agents that lie outside the period: after it,
	 * or before it and taken back by then. */
	for (uint32_t i = 0; i < case_state_item_count(f->state) && rc == 0;
	     i++) {
		const struct case_item *item = case_state_item(f->state, i);

		for (size_t k = 0; k < item->event_count && rc == 0; k++) {
			const struct case_event *e = &item->events[k];

			if (e->type == CASE_EVENT_GIVEN &&
			    e->receiver != CASE_NONE &&
			    case_set_has(&f->closure, e->receiver) &&
			    (e->at >= f->period_to || is_over_before(f, i, e)))
				rc = add_beside(
				    f, e->leaf, CASE_BESIDE_PERIOD, err);
		}
	}
	return rc;
}

/* ---- two lists ---- */

static int add_difference(struct case_finding *f,
    enum case_difference_type type, uint32_t list, struct slice id,
    struct err *err)
{
	size_t cap = f->difference_count;
	int rc = mem_grow((void **)&f->differences, &cap,
	    f->difference_count + 1, sizeof(*f->differences), err);

	if (rc == 0)
		f->differences[f->difference_count++] =
		    (struct case_difference){type, list, id};
	return rc;
}

static bool is_listed_alike(const struct case_state *state,
    const struct record *r, const struct record_block *b,
    const struct case_item *item)
{
	struct slice inside = record_block_get(r, b, RECORD_F_INSIDE);
	struct slice known = item->inside == CASE_NONE
	    ? slice_of(NULL)
	    : case_state_item(state, item->inside)->id;

	return slice_is(inside, known) &&
	    slice_is_text(record_block_get(r, b, RECORD_F_TYPE),
		case_item_type_name(item->type)) &&
	    slice_is(record_block_get(r, b, RECORD_F_SEAL), item->seal);
}

/* Marks what the other list also has, and notes what only it has. */
static int compare_list(
    struct case_finding *f, uint32_t number, bool *is_seen, struct err *err)
{
	const struct case_list *list = case_state_list(f->state, number);
	struct record record = {0};
	int rc = 0;

	for (uint32_t i = 0; i < list->part_count && rc == 0; i++) {
		rc = case_state_record(f->state, list->leaves[i], &record, err);
		for (size_t k = 0; k < record.block_count && rc == 0; k++) {
			const struct record_block *b = &record.blocks[k];
			uint32_t item = case_state_find_item(f->state, b->id);

			if (item == CASE_NONE) {
				rc = add_difference(
				    f, CASE_ONLY_SECOND, number, b->id, err);
				continue;
			}
			is_seen[item] = true;
			if (!is_listed_alike(f->state, &record, b,
				case_state_item(f->state, item)))
				rc = add_difference(
				    f, CASE_OTHERWISE, number, b->id, err);
		}
	}
	record_done(&record);
	return rc;
}

static int collect_differences(struct case_finding *f, struct err *err)
{
	const struct case_list *first = case_state_first_list(f->state);
	size_t count = case_state_item_count(f->state);
	bool *is_seen = mem_new(count + 1, sizeof(*is_seen));
	int rc = is_seen == NULL ? err_nomem(err) : 0;

	for (uint32_t i = 0; i < case_state_list_count(f->state) && rc == 0;
	     i++) {
		const struct case_list *list = case_state_list(f->state, i);

		if (list == first || !list->is_complete ||
		    list->is_found_late || list->seizure == CASE_NONE)
			continue;
		memset(is_seen, 0, count * sizeof(*is_seen));
		rc = compare_list(f, i, is_seen, err);
		for (uint32_t k = 0; k < count && rc == 0; k++)
			if (!is_seen[k] && first != NULL)
				rc = add_difference(f, CASE_ONLY_FIRST, i,
				    case_state_item(f->state, k)->id, err);
	}
	free(is_seen);
	return rc;
}

/* ---- disputes ---- */

/* Does the objection name one of the items that the leaf is about, or the
 * leaf's order? An objection that names neither is about all. */
static bool is_objected_to(const struct case_state *state,
    const struct record *objection, const struct record *reading)
{
	const struct record_value *v = NULL;
	struct slice order = record_get(reading, RECORD_F_ORDER);
	bool is = false;

	while ((v = record_next(objection, NULL, RECORD_F_AGAINST, v)) != NULL)
		if (slice_is(v->value, order))
			return true;
	if (record_has(objection, RECORD_F_AGAINST) &&
	    !record_has(objection, RECORD_F_CONCERNS))
		return false;
	for (size_t i = 0; i < reading->block_count && !is; i++) {
		uint32_t item =
		    case_state_find_item(state, reading->blocks[i].id);

		for (; item != CASE_NONE && !is;
		     item = case_state_item(state, item)->derived_from)
			is = case_claims_concerns(state, objection, item);
	}
	return is;
}

static int dispute_after(struct case_finding *f, uint32_t leaf,
    const struct record *objection, struct err *err)
{
	struct record reading = {0};
	int rc = 0;

	for (uint32_t i = leaf + 1; i < f->size && rc == 0; i++) {
		const struct case_leaf *l = case_state_leaf(f->state, i);
		size_t cap = f->dispute_count;

		if (!case_order_is_reading(l->kind))
			continue;
		rc = case_state_record(f->state, i, &reading, err);
		if (rc != 0 || !is_objected_to(f->state, objection, &reading))
			continue;
		rc = mem_grow((void **)&f->disputes, &cap, f->dispute_count + 1,
		    sizeof(*f->disputes), err);
		if (rc == 0)
			f->disputes[f->dispute_count++] =
			    (struct case_dispute){i, leaf};
	}
	record_done(&reading);
	return rc;
}

/* Readings entered after an objection by the owner's side. */
static int collect_disputes(struct case_finding *f, struct err *err)
{
	struct record objection = {0};
	int rc = 0;

	for (size_t i = 0; i < case_state_objection_count(f->state) && rc == 0;
	     i++) {
		const struct case_objection *o =
		    case_state_objection(f->state, i);

		if (!o->is_by_owner)
			continue;
		rc = case_state_record(f->state, o->leaf, &objection, err);
		if (rc == 0)
			rc = dispute_after(f, o->leaf, &objection, err);
	}
	record_done(&objection);
	return rc;
}

int case_beside_make(struct case_inquiry *inquiry, struct err *err)
{
	int rc = case_beside_weigh_unlisted(inquiry, err);

	if (rc == 0)
		rc = case_addressee_collect(inquiry->finding, err);
	if (rc == 0)
		rc = collect_beside(inquiry, err);
	if (rc == 0)
		rc = collect_differences(inquiry->finding, err);
	if (rc == 0)
		rc = collect_disputes(inquiry->finding, err);
	return rc;
}
