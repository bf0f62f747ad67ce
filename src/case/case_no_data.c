/*
 * case_no_data.c: what a NO about data needs besides (findings 5.4): a bag that
 * stayed closed, and copies that are.
 */
#include "case_weigh.h"

#include <stdlib.h>

/* Is the item, or what it is in, under an enclosing seal just after `at`? */
static bool is_enclosed(const struct case_weighing *w, int64_t at)
{
	uint32_t item = w->view->item;
	bool is_enclosing = false;

	for (int depth = 0; item != CASE_NONE && depth <= CASE_NESTING_MAX;
	     depth++) {
		if (case_state_seal(w->state, item, at, &is_enclosing).p !=
			NULL &&
		    (is_enclosing ||
			case_is_off("enclosed: by an enclosing seal")) &&
		    (!case_item_is_opened(w->state, item, at) ||
			case_is_off("enclosed: not open")))
			return true;
		item = case_state_container(w->state, item, at);
	}
	return false;
}

void case_weigh_check_enclosed(
    struct case_weighing *w, const struct case_stretch *s)
{
	size_t from = s->has_first ? s->first + 1 : 0;
	size_t end = s->has_last ? s->last + 1 : w->view->n;
	int64_t begin_at =
	    s->has_first ? w->view->events[s->first].at : w->f->period_from;
	int64_t end_at = s->has_last ? w->view->events[s->last].at : w->f->time;

	if ((!is_enclosed(w, begin_at) && case_is_on("enclosed: at first")) ||
	    (!is_enclosed(w, end_at) && case_is_on("enclosed: at last")))
		case_weigh_add(w, CASE_CODE_ENCLOSED, CASE_NONE);
	/* Who read the serial number inside a bag says nothing of the bag. */
	else if (s->has_last && !w->view->events[s->last].is_seal_seen &&
	    case_is_on("enclosed: the seal is seen"))
		case_weigh_add(
		    w, CASE_CODE_ENCLOSED, w->view->events[s->last].leaf);
	for (size_t i = from; i < end; i++) {
		const struct case_event *e = &w->view->events[i];
		bool is_break = e->type == CASE_EVENT_OPENED ||
		    e->type == CASE_EVENT_TAKEN_OUT ||
		    e->type == CASE_EVENT_PUT_IN ||
		    e->type == CASE_EVENT_SEALED || case_weigh_is_use(e->type);

		if ((e->type == CASE_EVENT_BROKEN &&
			case_is_on("enclosed: not broken")) ||
		    (is_break &&
			!((e->is_attended ||
			      case_is_off("enclosed: opened only attended")) &&
			    (case_weigh_is_attested(w, e->leaf) ||
				case_is_off("enclosed: opened only before "
					    "somebody disinterested")))))
			case_weigh_add(w, CASE_CODE_ENCLOSED, e->leaf);
	}
}

/* Was the open version destroyed before somebody disinterested? */
static bool is_lock_witnessed(const struct case_weighing *w, uint32_t leaf)
{
	struct record record = {0};
	bool is = case_state_record(w->state, leaf, &record, NULL) == 0 &&
	    (slice_is_text(
		 record_get(&record, RECORD_F_PLAINTEXT), "destroyed") ||
		case_is_off("copies: the open version is destroyed"));

	record_done(&record);
	return is &&
	    (!case_state_leaf(w->state, leaf)->is_compromised ||
		case_is_off("copies: lock not compromised")) &&
	    (case_weigh_is_attested(w, leaf) ||
		case_is_off("copies: lock is witnessed"));
}

/* A copy is closed if it is locked with a witness and not opened since, or was
 * destroyed before one. */
static bool is_copy_closed(const struct case_weighing *w)
{
	for (size_t i = w->view->n; i-- > 0;) {
		const struct case_event *e = &w->view->events[i];

		if (e->type == CASE_EVENT_UNLOCKED &&
		    case_is_on("copies: not unlocked since"))
			return false;
		if (e->type == CASE_EVENT_LOCKED)
			return is_lock_witnessed(w, e->leaf);
		if (e->type == CASE_EVENT_DESTROYED &&
		    (w->view->is_qualifying[i] ||
			case_is_off("copies: destruction qualifies")))
			return true;
	}
	return false;
}

/* On a drive or other medium for which all but its own copies are met. */
static bool is_on_closed_medium(struct case_weighing *w)
{
	struct case_view *view = w->view;
	struct case_line *line = w->line;
	struct case_line tried = {0};
	struct case_view medium = {0};
	uint32_t inside = case_state_item(w->state, view->item)->inside;
	struct case_stretch s = {0};

	if (inside == CASE_NONE || w->rc != 0)
		return false;
	w->rc = case_view_make(&medium, w->q, inside, w->err);
	if (w->rc == 0) {
		w->view = &medium;
		w->line = &tried;
		s.has_first = case_weigh_first_sighting(w, &s.first);
		s.has_last = case_weigh_last_sighting(w, 0, &s.last);
		if (case_is_on("closed medium: not contested"))
			case_weigh_contested(w, CASE_DATA);
		if (case_is_on("closed medium: conditions of NO"))
			case_weigh_check_hardware(w, &s);
		if (case_is_on("closed medium: enclosed"))
			case_weigh_check_enclosed(w, &s);
		w->view = view;
		w->line = line;
	}
	case_view_done(&medium);
	free(tried.reasons);
	return w->rc == 0 && tried.reason_count == 0;
}

static void check_copy(struct case_weighing *w)
{
	if (!is_copy_closed(w) && !is_on_closed_medium(w))
		case_weigh_add(w, CASE_CODE_COPIES,
		    case_state_item(w->state, w->view->item)->leaf);
}

/* A copy is no safer than where it is: the image's own data is asked about
 * with it, and that of all copies of it. */
void case_weigh_check_copies(struct case_weighing *w)
{
	if (case_weigh_is_copy(w))
		check_copy(w);
	if (case_is_on("copies: at any hand"))
		case_weigh_each_copy(w, check_copy);
}
