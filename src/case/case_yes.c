/*
 * case_yes.c: what makes a YES (findings 5.2): the recipient, or whoever acts
 * for it, held the thing or an open copy, read it, or a holder says so.
 */
#include "case_weigh.h"

#include <stdlib.h>

/* Holding, by P or whoever acts for it. `closure` is P's, or what it would be
 * with an asserted relation; *ret_event is where the holding began. */
static bool find_holding(
    const struct case_weighing *w, enum case_form form, size_t *ret_event)
{
	size_t begin = 0;
	bool is_holding = false;

	for (size_t i = 0; i < w->view->n; i++) {
		int64_t at = w->view->events[i].at;
		int64_t end = case_view_end(w->view, i);

		if (!case_set_meets(&w->view->holders[i], w->closure)) {
			is_holding = false;
			continue;
		}
		if (!is_holding)
			begin = i;
		is_holding = true;
		if (form == CASE_DATA
			? (at < w->f->period_to ||
			      case_is_off("held: data before the end")) &&
			    (!case_copy_is_locked(w->state, w->view, i) ||
				case_is_off("held: data not locked"))
			: case_weigh_is_span_in_period(w->f, at, end) ||
			    case_is_off("held: things in the period")) {
			*ret_event = begin;
			return true;
		}
	}
	return false;
}

static bool has_a_signer_ever_held(const struct case_weighing *w, uint32_t leaf)
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
static bool is_admission_about(const struct case_weighing *w, uint32_t leaf)
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
    struct case_weighing *w, enum case_code code, const struct case_event *e)
{
	case_weigh_add(w, code, e->leaf);
	if (e->at < w->line->since)
		w->line->since = e->at;
}

/* What P, or whoever acts for it, read of the item before the period's end. */
static void weigh_readings(struct case_weighing *w)
{
	for (size_t i = 0; i < w->view->n; i++) {
		const struct case_event *e = &w->view->events[i];
		enum case_code code = code_of_reading(e->type);

		if (code != CASE_CODE_COUNT &&
		    (e->at < w->f->period_to ||
			case_is_off("reading: before the end")) &&
		    (case_copy_is_read_by(w->state, e->leaf, w->closure) ||
			case_is_off("reading: by the recipient")))
			add_since(w, code, e);
	}
}

static void weigh_copy_yes(struct case_weighing *w)
{
	size_t begin;

	if (find_holding(w, CASE_DATA, &begin))
		add_since(w, CASE_CODE_HELD, &w->view->events[begin]);
	weigh_readings(w);
}

/* By holding and reading, of the item and, for data, of its copies. */
static void weigh_shown(struct case_weighing *w, enum case_form form)
{
	size_t begin;

	if (find_holding(w, form, &begin))
		add_since(w, CASE_CODE_HELD, &w->view->events[begin]);
	if (form != CASE_DATA)
		return;
	weigh_readings(w);
	if (case_is_on("held: copies too"))
		case_weigh_each_copy(w, weigh_copy_yes);
}

bool case_weigh_would_be_shown(struct case_weighing *w,
    const struct case_set *closure, enum case_form form)
{
	const struct case_set *recipient = w->closure;
	struct case_line *line = w->line;
	struct case_line tried = {.since = INT64_MAX};

	w->closure = closure;
	w->line = &tried;
	weigh_shown(w, form);
	w->closure = recipient;
	w->line = line;
	free(tried.reasons);
	return tried.reason_count > 0;
}

void case_weigh_yes(struct case_weighing *w, enum case_form form)
{
	w->line->since = INT64_MAX;
	weigh_shown(w, form);
	for (size_t i = 0; i < w->q->admission_count; i++) {
		const struct case_admission *a = &w->q->admissions[i];
		bool is_in_time = form == CASE_DATA
		    ? a->from < w->f->period_to
		    : case_weigh_is_span_in_period(w->f, a->from, a->to);

		if ((!a->is_form[form] &&
			case_is_on("admitted: for the form")) ||
		    (!is_in_time && case_is_on("admitted: in the period")) ||
		    (!has_a_signer_ever_held(w, a->leaf) &&
			case_is_on("admitted: by a holder")) ||
		    (!is_admission_about(w, a->leaf) &&
			case_is_on("admitted: about the item")))
			continue;
		case_weigh_add(w, CASE_CODE_ADMITTED, a->leaf);
		if (a->from < w->line->since)
			w->line->since = a->from;
	}
}
