/*
 * case_contested.c: what speaks for it without showing it (findings 5.3). Each
 * reason is one function that adds its code.
 */
#include "case_weigh.h"

#include "mem.h"

struct claim_weighing {
	struct case_weighing *w;
	enum case_form form;
};

static void weigh_claim(void *cookie, const struct case_claim *c)
{
	const struct claim_weighing *claims = cookie;
	struct case_weighing *w = claims->w;

	bool is_form = claims->form == CASE_DATA ? c->is_data : c->is_hardware;
	bool is_seen_since = claims->form == CASE_HARDWARE &&
	    case_view_has_sighting_after(w->view, c->to);

	if ((!is_form && case_is_on("claim: speaks for the form")) ||
	    (c->from >= w->f->period_to &&
		case_is_on("claim: begins before the end")) ||
	    (c->to < w->f->period_from &&
		case_is_on("claim: reaches the start")) ||
	    !case_claims_is_about_recipient(w->q, c) ||
	    (is_seen_since && case_is_on("claim: not seen since")) ||
	    !case_claims_counts(w->q, c, w->view->item))
		return;
	case_weigh_add(w, CASE_CODE_CLAIM, c->leaf);
}

void case_weigh_claims(struct case_weighing *w, enum case_form form)
{
	struct claim_weighing claims = {.w = w, .form = form};

	case_claims_each(w->q, w->view->item, weigh_claim, &claims);
}

/* The start of an interval that ends with event i: the last qualifying
 * sighting before it, or the beginning of all. */
static int64_t since_sighting(const struct case_weighing *w, size_t i)
{
	size_t sighting;

	return case_view_sighting_before(w->view, i, &sighting)
	    ? w->view->events[sighting].at
	    : INT64_MIN;
}

static void weigh_missing(struct case_weighing *w, size_t i)
{
	const struct case_event *e = &w->view->events[i];

	/* Only of items that the signing holder held. */
	if (e->receiver == CASE_NONE ||
	    (!e->is_signed_by_both &&
		case_is_on("missing: signed by the holder")) ||
	    (!case_set_has(&w->view->holders[i], e->receiver) &&
		case_is_on("missing: said by a holder")) ||
	    (!case_weigh_is_after_in_period(
		 w->f, since_sighting(w, i), e->at) &&
		case_is_on("missing: in the period")) ||
	    (case_view_has_sighting_after(w->view, e->at) &&
		case_is_on("missing: not found since")))
		return;
	case_weigh_add(w, CASE_CODE_MISSING, e->leaf);
}

/* Destroyed without anybody disinterested who saw that it was this one. */
static void weigh_destroyed(struct case_weighing *w, size_t i)
{
	const struct case_event *e = &w->view->events[i];

	if ((!w->view->is_qualifying[i] ||
		case_is_off("destroyed-unseen: unseen")) &&
	    (case_weigh_is_after_in_period(w->f, since_sighting(w, i), e->at) ||
		case_is_off("destroyed-unseen: in the period")))
		case_weigh_add(w, CASE_CODE_DESTROYED_UNSEEN, e->leaf);
}

/* A seal found broken that was opened before, and not sealed since. */
static bool is_opening_known(const struct case_weighing *w, size_t i)
{
	for (size_t k = i; k-- > 0 &&
	     (!w->view->is_qualifying[k] ||
		 case_is_off("seal-broken: unopened when last seen"));) {
		enum case_event_type type = w->view->events[k].type;

		if (type == CASE_EVENT_SEALED &&
		    case_weigh_is_explaining(w, k, i) &&
		    case_is_on("seal-broken: not sealed since"))
			return false;
		if (type == CASE_EVENT_OPENED &&
		    case_weigh_is_explaining(w, k, i))
			return true;
	}
	return false;
}

static void weigh_seal(struct case_weighing *w, size_t i)
{
	const struct case_event *e = &w->view->events[i];

	if ((case_weigh_is_after_in_period(w->f, since_sighting(w, i), e->at) ||
		case_is_off("seal-broken: in the period")) &&
	    (!is_opening_known(w, i) ||
		case_is_off("seal-broken: not explained")))
		case_weigh_add(w, CASE_CODE_SEAL_BROKEN, e->leaf);
}

/* Until the next qualifying sighting, or now. */
static void weigh_breach(struct case_weighing *w, size_t i)
{
	const struct case_event *e = &w->view->events[i];
	int64_t end = w->f->time;

	for (size_t k = i + 1; k < w->view->n; k++) {
		if (!w->view->is_qualifying[k] ||
		    case_is_off("breach: until a sighting"))
			continue;
		end = w->view->events[k].at;
		break;
	}
	if ((e->at < w->f->period_to ||
		case_is_off("breach: before the end")) &&
	    (end >= w->f->period_from ||
		case_is_off("breach: not over before the start")))
		case_weigh_add(w, CASE_CODE_BREACH, e->leaf);
}

static void weigh_relations(struct case_weighing *w, enum case_form form)
{
	for (size_t i = 0; i < w->q->assertion_count; i++) {
		const struct case_assertion *a = &w->q->assertions[i];
		struct case_claim as_claim = {
		    .leaf = case_state_relation(w->state, a->relation)->leaf,
		    .is_told = a->is_told,
		};

		if (case_weigh_would_be_shown(w, &a->closure, form) &&
		    (case_claims_counts(w->q, &as_claim, w->view->item) ||
			case_is_off("relation: counts")))
			case_weigh_add(w, CASE_CODE_RELATION, as_claim.leaf);
	}
}

/* All but claims: those are settled differently for the two forms. */
void case_weigh_contested(struct case_weighing *w, enum case_form form)
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
		case_weigh_telltales(w);
	weigh_relations(w, form);
}
