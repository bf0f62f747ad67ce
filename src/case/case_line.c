/*
 * case_line.c: the word for one item in one form (findings 5.2 to 5.4).
 *
 * Precedence: YES, CONTESTED, NO, NOT SHOWN. Each condition is one function
 * that adds its code when it is met (YES, CONTESTED) or unmet (NO).
 */
#include "case_internal.h"

#include "mem.h"

#include <stdlib.h>

/* What every condition looks at. */
struct weighing {
	const struct case_inquiry *q;
	const struct case_finding *f;
	const struct case_state *state;
	struct case_view *view;
	struct case_line *line;
	struct err *err;
	int rc;
};

int case_line_add_reason(
    struct case_line *line, enum case_code code, uint32_t leaf, struct err *err)
{
	size_t cap = line->reason_count;

	for (size_t i = 0; i < line->reason_count; i++)
		if (line->reasons[i].code == code &&
		    line->reasons[i].leaf == leaf)
			return 0;
	int rc = mem_grow((void **)&line->reasons, &cap, line->reason_count + 1,
	    sizeof(*line->reasons), err);
	if (rc == 0)
		line->reasons[line->reason_count++] =
		    (struct case_reason){code, leaf};
	return rc;
}

static int compare_reasons(const void *a, const void *b)
{
	const struct case_reason *x = a, *y = b;

	if (x->code != y->code)
		return x->code < y->code ? -1 : 1;
	return x->leaf < y->leaf ? -1 : x->leaf > y->leaf;
}

void case_line_sort(struct case_line *line)
{
	if (line->reason_count > 1)
		qsort(line->reasons, line->reason_count, sizeof(*line->reasons),
		    compare_reasons);
}

static void add(struct weighing *w, enum case_code code, uint32_t leaf)
{
	if (w->rc == 0 && case_is_on(case_code_name(code)))
		w->rc = case_line_add_reason(w->line, code, leaf, w->err);
}

/* Does [from, to) or, if both are one, that moment meet the period? */
static bool is_span_in_period(
    const struct case_finding *f, int64_t from, int64_t to)
{
	return from < f->period_to &&
	    (to > f->period_from || (from == to && from >= f->period_from));
}

/* Does (after, to] meet the period? */
static bool is_after_in_period(
    const struct case_finding *f, int64_t after, int64_t to)
{
	return after < f->period_to - 1 && to >= f->period_from && after < to;
}

/* ---- YES ---- */

/* Holding, by P or whoever acts for it. `closure` is P's, or what it would be
 * with an asserted relation; *ret_event is where the holding began. */
static bool find_holding(const struct weighing *w,
    const struct case_set *closure, enum case_form form, size_t *ret_event)
{
	size_t begin = 0;
	bool is_holding = false;

	for (size_t i = 0; i < w->view->n; i++) {
		int64_t at = w->view->events[i].at;
		int64_t end = case_view_end(w->view, i);

		if (!case_set_meets(&w->view->holders[i], closure)) {
			is_holding = false;
			continue;
		}
		if (!is_holding)
			begin = i;
		is_holding = true;
		if (form == CASE_DATA ? at < w->f->period_to &&
			    !case_copy_is_locked(w->state, w->view, i)
				      : is_span_in_period(w->f, at, end)) {
			*ret_event = begin;
			return true;
		}
	}
	return false;
}

static bool has_a_signer_ever_held(const struct weighing *w, uint32_t leaf)
{
	size_t n;
	const uint32_t *signers = case_state_signers(w->state, leaf, &n);

	for (size_t i = 0; i < w->view->n; i++)
		for (size_t k = 0; k < n; k++)
			if (case_set_has(&w->view->holders[i], signers[k]))
				return true;
	return false;
}

/* The answer's own items, or else those of its question. */
static bool is_admission_about(const struct weighing *w, uint32_t leaf)
{
	struct record answer = {0}, question = {0};
	struct hash id;
	bool is = case_state_record(w->state, leaf, &answer, NULL) == 0;

	if (is && !record_has(&answer, RECORD_F_CONCERNS)) {
		is = record_get_hash(&answer, RECORD_F_QUESTION, &id) &&
		    case_state_record(w->state,
			case_state_find_leaf(w->state, &id), &question,
			NULL) == 0 &&
		    case_claims_concerns(w->state, &question, w->view->item);
	} else if (is) {
		is = case_claims_concerns(w->state, &answer, w->view->item);
	}
	record_done(&answer);
	record_done(&question);
	return is;
}

static enum case_code code_of_reading(enum case_event_type type)
{
	switch (type) {
	case CASE_EVENT_COPIED:
		return CASE_CODE_IMAGED;
	case CASE_EVENT_UNLOCKED:
		return CASE_CODE_UNLOCKED;
	case CASE_EVENT_EXAMINED:
		return CASE_CODE_EXAMINED;
	case CASE_EVENT_DISCLOSED:
		return CASE_CODE_DISCLOSED;
	default:
		return CASE_CODE_COUNT;
	}
}

static void add_since(
    struct weighing *w, enum case_code code, const struct case_event *e)
{
	add(w, code, e->leaf);
	if (e->at < w->line->since)
		w->line->since = e->at;
}

/* What P, or whoever acts for it, read of the item before the period's end. */
static void weigh_readings(struct weighing *w)
{
	for (size_t i = 0; i < w->view->n; i++) {
		const struct case_event *e = &w->view->events[i];
		enum case_code code = code_of_reading(e->type);

		if (code != CASE_CODE_COUNT && e->at < w->f->period_to &&
		    case_copy_is_read_by(w->state, e->leaf, &w->f->closure))
			add_since(w, code, e);
	}
}

/* Does `weigh` to the item's copies, each with its own timeline. */
static void for_each_copy(
    struct weighing *w, void (*weigh_copy)(struct weighing *w))
{
	struct case_view *view = w->view;
	struct case_view copy = {0};
	uint32_t *items = NULL;
	size_t n = 0;

	if (w->rc != 0 ||
	    case_state_item(w->state, view->item)->copy_count == 0)
		return;
	w->rc = case_copy_descendants(w->state, view->item, &items, &n, w->err);
	for (size_t i = 1; i < n && w->rc == 0; i++) {
		w->rc = case_view_make(&copy, w->q, items[i], w->err);
		w->view = &copy;
		if (w->rc == 0)
			weigh_copy(w);
		w->view = view;
	}
	case_view_done(&copy);
	free(items);
}

static void weigh_copy_yes(struct weighing *w)
{
	size_t begin;

	if (find_holding(w, &w->f->closure, CASE_DATA, &begin))
		add_since(w, CASE_CODE_HELD, &w->view->events[begin]);
	weigh_readings(w);
}

static void weigh_yes(struct weighing *w, enum case_form form)
{
	size_t begin;

	w->line->since = INT64_MAX;
	if (find_holding(w, &w->f->closure, form, &begin))
		add_since(w, CASE_CODE_HELD, &w->view->events[begin]);
	if (form == CASE_DATA) {
		weigh_readings(w);
		for_each_copy(w, weigh_copy_yes);
	}
	for (size_t i = 0; i < w->q->admission_count; i++) {
		const struct case_admission *a = &w->q->admissions[i];
		bool is_in_time = form == CASE_DATA
		    ? a->from < w->f->period_to
		    : is_span_in_period(w->f, a->from, a->to);

		if (!a->is_form[form] || !is_in_time ||
		    !has_a_signer_ever_held(w, a->leaf) ||
		    !is_admission_about(w, a->leaf))
			continue;
		add(w, CASE_CODE_ADMITTED, a->leaf);
		if (a->from < w->line->since)
			w->line->since = a->from;
	}
}

/* ---- CONTESTED ---- */

struct claim_weighing {
	struct weighing *w;
	enum case_form form;
};

static void weigh_claim(void *cookie, const struct case_claim *c)
{
	const struct claim_weighing *claims = cookie;
	struct weighing *w = claims->w;

	if (!(claims->form == CASE_DATA ? c->is_data : c->is_hardware) ||
	    c->from >= w->f->period_to || c->to < w->f->period_from ||
	    !case_claims_is_about_recipient(w->q, c) ||
	    (claims->form == CASE_HARDWARE &&
		case_view_has_sighting_after(w->view, c->to)) ||
	    !case_claims_counts(w->q, c, w->view->item))
		return;
	add(w, CASE_CODE_CLAIM, c->leaf);
}

static void weigh_claims(struct weighing *w, enum case_form form)
{
	struct claim_weighing claims = {.w = w, .form = form};

	case_claims_each(w->q, w->view->item, weigh_claim, &claims);
}

/* The start of an interval that ends with event i: the last qualifying
 * sighting before it, or the beginning of all. */
static int64_t since_sighting(const struct weighing *w, size_t i)
{
	size_t sighting;

	return case_view_sighting_before(w->view, i, &sighting)
	    ? w->view->events[sighting].at
	    : INT64_MIN;
}

static void weigh_missing(struct weighing *w, size_t i)
{
	const struct case_event *e = &w->view->events[i];

	/* Only of items that the signing holder held. */
	if (e->receiver == CASE_NONE || !e->is_signed_by_both ||
	    !case_set_has(&w->view->holders[i], e->receiver) ||
	    !is_after_in_period(w->f, since_sighting(w, i), e->at) ||
	    case_view_has_sighting_after(w->view, e->at))
		return;
	add(w, CASE_CODE_MISSING, e->leaf);
}

/* Destroyed without anybody disinterested who saw that it was this one. */
static void weigh_destroyed(struct weighing *w, size_t i)
{
	const struct case_event *e = &w->view->events[i];

	if (!w->view->is_qualifying[i] &&
	    is_after_in_period(w->f, since_sighting(w, i), e->at))
		add(w, CASE_CODE_DESTROYED_UNSEEN, e->leaf);
}

static bool is_signed_by_disinterested(const struct weighing *w, uint32_t leaf)
{
	size_t n;
	const uint32_t *signers = case_state_signers(w->state, leaf, &n);

	for (size_t i = 0; i < n; i++)
		if (case_view_is_disinterested(w->view, signers[i]))
			return true;
	return false;
}

/* Does event `k` explain what event `i` found? A record that explains counts
 * only if it was there first, or somebody disinterested signed it. */
static bool is_explaining(const struct weighing *w, size_t k, size_t i)
{
	return w->view->events[k].leaf < w->view->events[i].leaf ||
	    is_signed_by_disinterested(w, w->view->events[k].leaf);
}

/* A seal found broken that was opened before, and not sealed since. */
static bool is_opening_known(const struct weighing *w, size_t i)
{
	for (size_t k = i; k-- > 0 && !w->view->is_qualifying[k];) {
		enum case_event_type type = w->view->events[k].type;

		if (type == CASE_EVENT_SEALED && is_explaining(w, k, i))
			return false;
		if (type == CASE_EVENT_OPENED && is_explaining(w, k, i))
			return true;
	}
	return false;
}

static void weigh_seal(struct weighing *w, size_t i)
{
	const struct case_event *e = &w->view->events[i];

	if (is_after_in_period(w->f, since_sighting(w, i), e->at) &&
	    !is_opening_known(w, i))
		add(w, CASE_CODE_SEAL_BROKEN, e->leaf);
}

/* Until the next qualifying sighting, or now. */
static void weigh_breach(struct weighing *w, size_t i)
{
	const struct case_event *e = &w->view->events[i];
	int64_t end = w->f->time;

	for (size_t k = i + 1; k < w->view->n; k++) {
		if (!w->view->is_qualifying[k])
			continue;
		end = w->view->events[k].at;
		break;
	}
	if (e->at < w->f->period_to && end >= w->f->period_from)
		add(w, CASE_CODE_BREACH, e->leaf);
}

static void weigh_relations(struct weighing *w, enum case_form form)
{
	for (size_t i = 0; i < w->q->assertion_count; i++) {
		const struct case_assertion *a = &w->q->assertions[i];
		struct case_claim as_claim = {
		    .leaf = case_state_relation(w->state, a->relation)->leaf,
		    .is_told = a->is_told,
		};
		size_t begin;

		if (find_holding(w, &a->closure, form, &begin) &&
		    case_claims_counts(w->q, &as_claim, w->view->item))
			add(w, CASE_CODE_RELATION, as_claim.leaf);
	}
}

/* ---- telltales ---- */

struct reading {
	struct slice counter; /* borrowed from the leaf */
	unsigned long long value;
	size_t event;
};

/* The last reading of each counter so far. */
struct readings {
	struct reading *p;
	size_t n, cap;
};

/* What makes a drive's counters go on. */
static bool is_use(enum case_event_type type)
{
	return type == CASE_EVENT_POWERED || type == CASE_EVENT_COPIED ||
	    type == CASE_EVENT_EXAMINED;
}

static bool is_use_recorded(const struct weighing *w, size_t from, size_t to)
{
	for (size_t k = from; k <= to && k < w->view->n; k++)
		if (is_use(w->view->events[k].type) && is_explaining(w, k, to))
			return true;
	return false;
}

static void compare_reading(
    struct weighing *w, const struct reading *old, const struct reading *new)
{
	const struct case_event *e = &w->view->events[new->event];
	int64_t since = w->view->events[old->event].at;

	if (new->value != old->value &&
	    is_after_in_period(w->f, since, e->at) &&
	    (new->value < old->value ||
		!is_use_recorded(w, old->event, new->event)))
		add(w, CASE_CODE_TELLTALE, e->leaf);
}

static void take_reading(
    struct weighing *w, struct readings *last, const struct reading *new)
{
	size_t i = 0;

	while (i < last->n && !slice_is(last->p[i].counter, new->counter))
		i++;
	if (i < last->n) {
		compare_reading(w, &last->p[i], new);
	} else {
		w->rc = mem_grow((void **)&last->p, &last->cap, last->n + 1,
		    sizeof(*last->p), w->err);
		if (w->rc != 0)
			return;
		last->n++;
	}
	last->p[i] = *new;
}

/* What the block says about the item's counters at event i. */
static void take_telltales(struct weighing *w, struct readings *last,
    uint32_t leaf, uint32_t block, size_t i)
{
	struct record record = {0};
	const struct record_value *v = NULL;

	w->rc = case_state_record(w->state, leaf, &record, w->err);
	while (w->rc == 0 && block < record.block_count &&
	    (v = record_next(&record, &record.blocks[block], RECORD_F_TELLTALE,
		 v)) != NULL) {
		struct slice rest = v->value;
		struct reading new = {
		    .counter = slice_cut(&rest, ' '), .event = i};

		if (slice_to_u64(rest, &new.value))
			take_reading(w, last, &new);
	}
	record_done(&record);
}

/* Each reading against the last one of its counter; the list has the first. */
static void weigh_telltales(struct weighing *w)
{
	const struct case_item *item = case_state_item(w->state, w->view->item);
	struct readings last = {0};

	if (w->view->n > 0 && w->rc == 0)
		take_telltales(w, &last, item->leaf, item->block, 0);
	for (size_t i = 0; i < w->view->n && w->rc == 0; i++)
		if (w->view->events[i].has_telltale)
			take_telltales(w, &last, w->view->events[i].leaf,
			    w->view->events[i].block, i);
	free(last.p);
}

/* All but claims: those are settled differently for the two forms. */
static void weigh_contested(struct weighing *w, enum case_form form)
{
	for (size_t i = 0; i < w->view->n; i++) {
		if (w->view->events[i].type == CASE_EVENT_MISSING)
			weigh_missing(w, i);
		else if (w->view->events[i].type == CASE_EVENT_DESTROYED)
			weigh_destroyed(w, i);
		else if (w->view->events[i].type == CASE_EVENT_BROKEN)
			weigh_seal(w, i);
		if (w->view->events[i].is_breach)
			weigh_breach(w, i);
	}
	if (form == CASE_DATA)
		weigh_telltales(w);
	weigh_relations(w, form);
}

/* ---- NO ---- */

/* The stretch that a NO rests on: events (first, last]. */
struct stretch_seen {
	bool has_first, has_last;
	size_t first, last;
};

static bool is_as_of_late_enough(const struct weighing *w, uint32_t leaf)
{
	uint64_t size = case_state_leaf(w->state, leaf)->as_of_size;

	return size > 0 &&
	    case_state_leaf(w->state, size - 1)->entered >= w->f->period_to;
}

static bool is_copy(const struct weighing *w)
{
	enum case_item_type type =
	    case_state_item(w->state, w->view->item)->type;

	return type == CASE_IMAGE || type == CASE_EXTRACT;
}

/* The last one at or before the period's start. A copy that did not exist then
 * was first seen when it was made. */
static bool find_first_sighting(const struct weighing *w, size_t *ret_first)
{
	bool has = false;

	for (size_t i = 0; i < w->view->n; i++) {
		bool is_birth =
		    is_copy(w) && w->view->events[i].type == CASE_EVENT_FOUND;

		if (!w->view->is_qualifying[i] ||
		    (w->view->events[i].at > w->f->period_from &&
			(has || !is_birth)))
			continue;
		*ret_first = i;
		has = true;
	}
	return has;
}

static bool find_last_sighting(
    const struct weighing *w, size_t from, size_t *ret_last)
{
	for (size_t i = from; i < w->view->n; i++) {
		const struct case_event *e = &w->view->events[i];

		if (e->type != CASE_EVENT_SEEN || !w->view->is_qualifying[i] ||
		    e->at < w->f->period_to ||
		    !is_as_of_late_enough(w, e->leaf))
			continue;
		*ret_last = i;
		return true;
	}
	return false;
}

static bool is_custody_event(const struct case_event *e)
{
	return e->type == CASE_EVENT_GIVEN || e->type == CASE_EVENT_SEIZED ||
	    e->type == CASE_EVENT_FOUND || e->type == CASE_EVENT_DESTROYED;
}

/* One event of the chain: signed by both, by keys that were their own, in time,
 * and not taken back since. */
static void check_link(struct weighing *w, size_t i)
{
	const struct case_event *e = &w->view->events[i];
	const struct case_leaf *leaf = case_state_leaf(w->state, e->leaf);
	bool is_custody = is_custody_event(e);
	bool is_bound = is_custody || w->view->is_qualifying[i];

	if (e->is_breach ||
	    (is_custody && (!e->is_signed_by_both || leaf->is_compromised)))
		add(w, CASE_CODE_CHAIN, e->leaf);
	if (case_set_meets(&w->view->holders[i], &w->f->closure))
		add(w, CASE_CODE_HOLDER, e->leaf);
	if (is_bound && e->is_late && leaf->entered > w->q->asked)
		add(w, CASE_CODE_LATE, e->leaf);
	if (is_bound && leaf->is_corrected)
		add(w, CASE_CODE_CORRECTED, e->leaf);
}

static void check_chain(struct weighing *w, const struct stretch_seen *s)
{
	size_t from = s->has_first ? s->first : 0;
	size_t end = s->has_last ? s->last + 1 : w->view->n;

	uint32_t listed = case_state_item(w->state, w->view->item)->leaf;

	for (size_t i = from; i < end; i++)
		check_link(w, i);
	if (case_state_leaf(w->state, listed)->is_corrected)
		add(w, CASE_CODE_CORRECTED, listed);
	if (w->view->n == 0)
		add(w, CASE_CODE_CHAIN, CASE_NONE);
}

static bool is_a_side_signing(
    const struct weighing *w, uint32_t leaf, enum case_side side)
{
	size_t n;
	const uint32_t *signers = case_state_signers(w->state, leaf, &n);

	for (size_t i = 0; i < n; i++)
		if (case_state_party(w->state, signers[i])->side == side)
			return true;
	return false;
}

static void check_seizure_signed(struct weighing *w)
{
	const struct case_list *list = case_state_first_list(w->state);
	struct record record = {0};
	bool is_good = false;

	if (list != NULL && list->seizure != CASE_NONE &&
	    case_state_record(w->state, list->seizure, &record, NULL) == 0)
		is_good = is_a_side_signing(w, list->seizure, CASE_OWNER) ||
		    (record_has(&record, RECORD_F_WITNESS_SAW) &&
			is_signed_by_disinterested(w, list->seizure));
	record_done(&record);
	if (!is_good)
		add(w, CASE_CODE_SEIZURE_UNSIGNED,
		    list != NULL ? list->seizure : CASE_NONE);
}

int case_line_add_parts(
    struct case_line *line, const struct case_state *state, struct err *err)
{
	const struct case_list *first = case_state_first_list(state);
	int rc = 0;

	for (size_t i = 0; i < case_state_list_count(state); i++) {
		const struct case_list *l = case_state_list(state, i);
		size_t n;

		if (l->is_complete || l->part_count == 0 || first == NULL)
			continue;
		uint32_t leaf = CASE_NONE;
		for (uint32_t k = 0; k < l->part_count; k++)
			if (l->leaves[k] != CASE_NONE)
				leaf = l->leaves[k];
		const uint32_t *signers = case_state_signers(state, leaf, &n);
		for (size_t k = 0; k < n && rc == 0; k++)
			if (case_state_is_signed_by(
				state, first->leaves[0], signers[k]))
				rc = case_line_add_reason(
				    line, CASE_CODE_PARTS, leaf, err);
	}
	return rc;
}

static void check_parts(struct weighing *w)
{
	if (w->rc == 0)
		w->rc = case_line_add_parts(w->line, w->state, w->err);
}

static void check_also_in(struct weighing *w, const struct stretch_seen *s)
{
	if (!s->has_last)
		return; /* last-sighting says it */
	uint32_t leaf = w->view->events[s->last].leaf;
	if (!case_state_leaf(w->state, leaf)->is_in_no_other_case)
		add(w, CASE_CODE_ALSO_IN, leaf);
}

/* Is the item, or what it is in, under an enclosing seal just after `at`? */
static bool is_enclosed(const struct weighing *w, int64_t at)
{
	uint32_t item = w->view->item;
	bool is_enclosing = false;

	for (int depth = 0; item != CASE_NONE && depth <= CASE_NESTING_MAX;
	     depth++) {
		if (case_state_seal(w->state, item, at, &is_enclosing).p !=
			NULL &&
		    is_enclosing && !case_item_is_opened(w->state, item, at))
			return true;
		item = case_state_container(w->state, item, at);
	}
	return false;
}

static void check_enclosed(struct weighing *w, const struct stretch_seen *s)
{
	size_t from = s->has_first ? s->first + 1 : 0;
	size_t end = s->has_last ? s->last + 1 : w->view->n;
	int64_t begin_at =
	    s->has_first ? w->view->events[s->first].at : w->f->period_from;
	int64_t end_at = s->has_last ? w->view->events[s->last].at : w->f->time;

	if (!is_enclosed(w, begin_at) || !is_enclosed(w, end_at))
		add(w, CASE_CODE_ENCLOSED, CASE_NONE);
	/* Who read the serial number inside a bag says nothing of the bag. */
	else if (s->has_last && !w->view->events[s->last].is_seal_seen)
		add(w, CASE_CODE_ENCLOSED, w->view->events[s->last].leaf);
	for (size_t i = from; i < end; i++) {
		const struct case_event *e = &w->view->events[i];
		bool is_break = e->type == CASE_EVENT_OPENED ||
		    e->type == CASE_EVENT_TAKEN_OUT ||
		    e->type == CASE_EVENT_PUT_IN ||
		    e->type == CASE_EVENT_SEALED || is_use(e->type);

		if (e->type == CASE_EVENT_BROKEN ||
		    (is_break &&
			!(e->is_attended &&
			    is_signed_by_disinterested(w, e->leaf))))
			add(w, CASE_CODE_ENCLOSED, e->leaf);
	}
}

static void check_draws(struct weighing *w)
{
	for (size_t i = 0; i < w->q->lot_count; i++)
		if (w->q->lots[i].is_in_population[w->view->item] &&
		    !w->q->lots[i].is_done)
			add(w, CASE_CODE_DRAW, w->q->lots[i].leaf);
}

/* Was the open version destroyed before somebody disinterested? */
static bool is_lock_witnessed(const struct weighing *w, uint32_t leaf)
{
	struct record record = {0};
	bool is = case_state_record(w->state, leaf, &record, NULL) == 0 &&
	    slice_is_text(record_get(&record, RECORD_F_PLAINTEXT), "destroyed");

	record_done(&record);
	return is && !case_state_leaf(w->state, leaf)->is_compromised &&
	    is_signed_by_disinterested(w, leaf);
}

/* A copy is closed if it is locked with a witness and not opened since, or was
 * destroyed before one. */
static bool is_copy_closed(const struct weighing *w)
{
	for (size_t i = w->view->n; i-- > 0;) {
		const struct case_event *e = &w->view->events[i];

		if (e->type == CASE_EVENT_UNLOCKED)
			return false;
		if (e->type == CASE_EVENT_LOCKED)
			return is_lock_witnessed(w, e->leaf);
		if (e->type == CASE_EVENT_DESTROYED &&
		    w->view->is_qualifying[i])
			return true;
	}
	return false;
}

static void check_hardware(struct weighing *w, const struct stretch_seen *s)
{
	if (!s->has_first)
		add(w, CASE_CODE_FIRST_SIGHTING, CASE_NONE);
	if (!s->has_last)
		add(w, CASE_CODE_LAST_SIGHTING, CASE_NONE);
	check_chain(w, s);
	check_seizure_signed(w);
	check_parts(w);
	check_also_in(w, s);
	check_draws(w);
	if (w->f->is_incomplete)
		add(w, CASE_CODE_INCOMPLETE, CASE_NONE);
}

/* On a drive or other medium for which all but its own copies are met. */
static bool is_on_closed_medium(struct weighing *w)
{
	struct case_view *view = w->view;
	struct case_line *line = w->line;
	struct case_line tried = {0};
	struct case_view medium = {0};
	uint32_t inside = case_state_item(w->state, view->item)->inside;
	struct stretch_seen s = {0};

	if (inside == CASE_NONE || w->rc != 0)
		return false;
	w->rc = case_view_make(&medium, w->q, inside, w->err);
	if (w->rc == 0) {
		w->view = &medium;
		w->line = &tried;
		s.has_first = find_first_sighting(w, &s.first);
		s.has_last = find_last_sighting(w, 0, &s.last);
		weigh_contested(w, CASE_DATA);
		check_hardware(w, &s);
		check_enclosed(w, &s);
		w->view = view;
		w->line = line;
	}
	case_view_done(&medium);
	free(tried.reasons);
	return w->rc == 0 && tried.reason_count == 0;
}

static void check_copy(struct weighing *w)
{
	if (!is_copy_closed(w) && !is_on_closed_medium(w))
		add(w, CASE_CODE_COPIES,
		    case_state_item(w->state, w->view->item)->leaf);
}

/* A copy is no safer than where it is: the image's own data is asked about
 * with it, and that of all copies of it. */
static void check_copies(struct weighing *w)
{
	if (is_copy(w))
		check_copy(w);
	for_each_copy(w, check_copy);
}

static void check_conditions(
    struct weighing *w, enum case_form form, const struct stretch_seen *s)
{
	check_hardware(w, s);
	if (form == CASE_DATA) {
		/* What is locked needs no bag. */
		if (!is_copy(w))
			check_enclosed(w, s);
		check_copies(w);
	}
}

/* Tries every last sighting, earliest first; the reasons that remain are those
 * of the first one. True if one meets all conditions. */
static bool check_no(struct weighing *w, enum case_form form)
{
	struct stretch_seen s = {0};
	struct case_line tried = {0};
	struct case_line *line = w->line;
	bool is_met = false;

	s.has_first = find_first_sighting(w, &s.first);
	s.has_last = find_last_sighting(w, 0, &s.last);
	check_conditions(w, form, &s);
	is_met = line->reason_count == 0;
	while (!is_met && s.has_last && w->rc == 0) {
		struct stretch_seen next = s;

		next.has_last = find_last_sighting(w, s.last + 1, &next.last);
		if (!next.has_last)
			break;
		w->line = &tried;
		check_conditions(w, form, &next);
		w->line = line;
		is_met = tried.reason_count == 0;
		tried.reason_count = 0;
		s = next;
	}
	free(tried.reasons);
	if (is_met) {
		line->reason_count = 0;
		line->first_sighting = w->view->events[s.first].leaf;
		line->last_sighting = w->view->events[s.last].leaf;
	}
	return is_met && w->rc == 0;
}

/* ---- the word ---- */

/* Does a claim still speak for the hardware? Then its data is not closed
 * either, whatever else is met. */
static bool is_hardware_claimed(struct weighing *w)
{
	struct case_line *line = w->line;
	struct case_line hardware = {0};

	w->line = &hardware;
	weigh_claims(w, CASE_HARDWARE);
	w->line = line;
	free(hardware.reasons);
	return hardware.reason_count > 0;
}

/* Nothing but claims may speak against it now. Claims about hardware are
 * settled by a later sighting; those about data only by all conditions of NO
 * data, so these are tried first. */
static void weigh_no(struct weighing *w, enum case_form form)
{
	struct case_line *line = w->line;
	struct case_line empty = *line;

	line->word = w->f->is_witnessed ? CASE_NO : CASE_NO_UNWITNESSED;
	if (check_no(w, form) &&
	    (form == CASE_HARDWARE || !is_hardware_claimed(w)))
		return;
	struct case_line unmet = *line;
	*line = empty;
	if (form == CASE_DATA)
		weigh_claims(w, form);
	if (line->reason_count > 0) {
		free(unmet.reasons);
		line->word = CASE_CONTESTED;
		return;
	}
	*line = unmet;
	line->word = CASE_NOT_SHOWN;
}

static void weigh(struct weighing *w, enum case_form form)
{
	weigh_yes(w, form);
	w->line->word = CASE_YES;
	if (w->line->reason_count > 0)
		return;
	weigh_contested(w, form);
	bool is_contested = w->line->reason_count > 0;
	if (is_contested || form == CASE_HARDWARE)
		weigh_claims(w, form);
	w->line->word = CASE_CONTESTED;
	if (w->line->reason_count == 0)
		weigh_no(w, form);
}

/* A casing holds no data, and a copy is no thing. */
static bool is_applicable(enum case_item_type type, enum case_form form)
{
	bool is_copy = type == CASE_IMAGE || type == CASE_EXTRACT;

	return form == CASE_DATA ? type != CASE_CASING : !is_copy;
}

int case_line_make(const struct case_inquiry *inquiry, struct case_view *view,
    enum case_form form, struct case_line *ret_line, struct err *err)
{
	enum case_item_type type =
	    case_state_item(inquiry->state, view->item)->type;
	struct case_line line = {
	    .item = view->item,
	    .form = form,
	    .word = CASE_NOT_APPLICABLE,
	    .first_sighting = CASE_NONE,
	    .last_sighting = CASE_NONE,
	    .since = INT64_MAX,
	};
	struct weighing w = {
	    .q = inquiry,
	    .f = inquiry->finding,
	    .state = inquiry->state,
	    .view = view,
	    .line = &line,
	    .err = err,
	};

	if (is_applicable(type, form))
		weigh(&w, form);
	case_line_sort(&line);
	if (w.rc != 0) {
		free(line.reasons);
		return w.rc;
	}
	*ret_line = line;
	return 0;
}
