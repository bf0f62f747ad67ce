/*
 * case_no.c: the conditions of a NO (findings 5.4). Each condition is one
 * function that adds its code when it is unmet.
 */
#include "case_weigh.h"

#include <stdlib.h>

static bool is_as_of_late_enough(const struct case_weighing *w, uint32_t leaf)
{
	uint64_t size = case_state_leaf(w->state, leaf)->as_of_size;

	return (size > 0 &&
		   case_state_leaf(w->state, size - 1)->entered >=
		       w->f->period_to) ||
	    case_is_off("last-sighting: fresh as-of");
}

/* The last one at or before the period's start. A copy that did not exist then
 * was first seen when it was made. */
bool case_weigh_first_sighting(const struct case_weighing *w, size_t *ret_first)
{
	bool has = false;

	for (size_t i = 0; i < w->view->n; i++) {
		bool is_birth = case_weigh_is_copy(w) &&
		    w->view->events[i].type == CASE_EVENT_FOUND;

		if ((!w->view->is_qualifying[i] &&
			case_is_on("first-sighting: qualifies")) ||
		    (w->view->events[i].at > w->f->period_from &&
			(has || !is_birth) &&
			case_is_on("first-sighting: by the start")))
			continue;
		*ret_first = i;
		has = true;
	}
	return has;
}

bool case_weigh_last_sighting(
    const struct case_weighing *w, size_t from, size_t *ret_last)
{
	for (size_t i = from; i < w->view->n; i++) {
		const struct case_event *e = &w->view->events[i];

		if ((e->type != CASE_EVENT_SEEN &&
			case_is_on("last-sighting: seen")) ||
		    (!w->view->is_qualifying[i] &&
			case_is_on("last-sighting: qualifies")) ||
		    (e->at < w->f->period_to &&
			case_is_on("last-sighting: after the period")) ||
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
static void check_link(struct case_weighing *w, size_t i)
{
	const struct case_event *e = &w->view->events[i];
	const struct case_leaf *leaf = case_state_leaf(w->state, e->leaf);
	bool is_custody = is_custody_event(e);
	bool is_bound = is_custody || w->view->is_qualifying[i];

	if ((e->is_breach && case_is_on("chain: no breach")) ||
	    (is_custody && !e->is_signed_by_both &&
		case_is_on("chain: signed by both")) ||
	    (is_custody && leaf->is_compromised &&
		case_is_on("chain: not compromised")))
		case_weigh_add(w, CASE_CODE_CHAIN, e->leaf);
	if (case_set_meets(&w->view->holders[i], &w->f->closure))
		case_weigh_add(w, CASE_CODE_HOLDER, e->leaf);
	if ((is_bound || case_is_off("late: where it is bound")) &&
	    e->is_late &&
	    (leaf->entered > w->q->asked ||
		case_is_off("late: after the question")))
		case_weigh_add(w, CASE_CODE_LATE, e->leaf);
	if ((is_bound || case_is_off("corrected: where it is bound")) &&
	    leaf->is_corrected)
		case_weigh_add(w, CASE_CODE_CORRECTED, e->leaf);
}

static void check_chain(struct case_weighing *w, const struct case_stretch *s)
{
	size_t from = s->has_first ? s->first : 0;
	size_t end = s->has_last ? s->last + 1 : w->view->n;

	uint32_t listed = case_state_item(w->state, w->view->item)->leaf;

	for (size_t i = from; i < end; i++)
		check_link(w, i);
	if (case_state_leaf(w->state, listed)->is_corrected &&
	    case_is_on("corrected: nor its listing"))
		case_weigh_add(w, CASE_CODE_CORRECTED, listed);
	if (w->view->n == 0 && case_is_on("chain: an event at all"))
		case_weigh_add(w, CASE_CODE_CHAIN, CASE_NONE);
}

static bool is_a_side_signing(
    const struct case_weighing *w, uint32_t leaf, enum case_side side)
{
	size_t n;
	const uint32_t *signers = case_state_signers(w->state, leaf, &n);

	for (size_t i = 0; i < n; i++)
		if (case_state_party(w->state, signers[i])->side == side)
			return true;
	return false;
}

static void check_seizure_signed(struct case_weighing *w)
{
	const struct case_list *list = case_state_first_list(w->state);
	struct record record = {0};
	bool is_good = false;

	if (list != NULL && list->seizure != CASE_NONE &&
	    case_state_record(w->state, list->seizure, &record, NULL) == 0)
		is_good = is_a_side_signing(w, list->seizure, CASE_OWNER) ||
		    ((record_has(&record, RECORD_F_WITNESS_SAW) ||
			 case_is_off(
			     "seizure-unsigned: what the witness saw")) &&
			(case_weigh_is_attested(w, list->seizure) ||
			    case_is_off("seizure-unsigned: by somebody "
					"disinterested")));
	record_done(&record);
	if (!is_good)
		case_weigh_add(w, CASE_CODE_SEIZURE_UNSIGNED,
		    list != NULL ? list->seizure : CASE_NONE);
}

static void check_parts(struct case_weighing *w)
{
	if (w->rc == 0)
		w->rc = case_line_add_parts(w->line, w->state, w->err);
}

static void check_also_in(struct case_weighing *w, const struct case_stretch *s)
{
	if (!s->has_last)
		return; /* last-sighting says it */
	uint32_t leaf = w->view->events[s->last].leaf;
	if (!case_state_leaf(w->state, leaf)->is_in_no_other_case)
		case_weigh_add(w, CASE_CODE_ALSO_IN, leaf);
}

static void check_draws(struct case_weighing *w)
{
	for (size_t i = 0; i < w->q->lot_count; i++)
		if ((w->q->lots[i].is_in_population[w->view->item] ||
			case_is_off("draw: over the item")) &&
		    (!w->q->lots[i].is_done ||
			case_is_off("draw: not carried out")))
			case_weigh_add(w, CASE_CODE_DRAW, w->q->lots[i].leaf);
}

void case_weigh_check_hardware(
    struct case_weighing *w, const struct case_stretch *s)
{
	if (!s->has_first)
		case_weigh_add(w, CASE_CODE_FIRST_SIGHTING, CASE_NONE);
	if (!s->has_last)
		case_weigh_add(w, CASE_CODE_LAST_SIGHTING, CASE_NONE);
	check_chain(w, s);
	check_seizure_signed(w);
	check_parts(w);
	check_also_in(w, s);
	check_draws(w);
	if (w->f->is_incomplete)
		case_weigh_add(w, CASE_CODE_INCOMPLETE, CASE_NONE);
}

static void check_conditions(
    struct case_weighing *w, enum case_form form, const struct case_stretch *s)
{
	case_weigh_check_hardware(w, s);
	if (form == CASE_DATA) {
		/* What is locked needs no bag. */
		if (!case_weigh_is_copy(w))
			case_weigh_check_enclosed(w, s);
		case_weigh_check_copies(w);
	}
}

/* Tries every last sighting, earliest first; the reasons that remain are those
 * of the first one. True if one meets all conditions. */
bool case_weigh_no(struct case_weighing *w, enum case_form form)
{
	struct case_stretch s = {0};
	struct case_line tried = {0};
	struct case_line *line = w->line;
	bool is_met = false;

	s.has_first = case_weigh_first_sighting(w, &s.first);
	s.has_last = case_weigh_last_sighting(w, 0, &s.last);
	check_conditions(w, form, &s);
	is_met = line->reason_count == 0;
	while (!is_met && s.has_last && w->rc == 0 &&
	    case_is_on("last-sighting: each is tried")) {
		struct case_stretch next = s;

		next.has_last =
		    case_weigh_last_sighting(w, s.last + 1, &next.last);
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
