/*
 * case_line.c: the word for one item in one form: YES, CONTESTED, NO, NOT
 * SHOWN, the first that applies (findings 5.1 to 5.4).
 */
#include "case_weigh.h"

#include "mem.h"

#include <stdlib.h>

int case_line_add_reason(
    struct case_line *line, enum case_code code, uint32_t leaf, struct err *err)
{
	size_t cap = line->reason_count;

	if (case_is_off(case_code_name(code)))
		return 0;
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

int case_line_add_parts(
    struct case_line *line, const struct case_state *state, struct err *err)
{
	const struct case_list *first = case_state_first_list(state);
	int rc = 0;

	for (size_t i = 0; i < case_state_list_count(state); i++) {
		const struct case_list *l = case_state_list(state, i);
		size_t n;

		if (l->part_count == 0 || first == NULL ||
		    (l->is_complete && case_is_on("parts: not complete")))
			continue;
		uint32_t leaf = CASE_NONE;
		for (uint32_t k = 0; k < l->part_count; k++)
			if (l->leaves[k] != CASE_NONE)
				leaf = l->leaves[k];
		const uint32_t *signers = case_state_signers(state, leaf, &n);
		for (size_t k = 0; k < n && rc == 0; k++)
			if (case_state_is_signed_by(
				state, first->leaves[0], signers[k]) ||
			    case_is_off("parts: by a signer of the list"))
				rc = case_line_add_reason(
				    line, CASE_CODE_PARTS, leaf, err);
	}
	return rc;
}

/* Does a claim still speak for the hardware? Then its data is not closed
 * either, whatever else is met. */
static bool is_hardware_claimed(struct case_weighing *w)
{
	struct case_line *line = w->line;
	struct case_line hardware = {0};

	w->line = &hardware;
	case_weigh_claims(w, CASE_HARDWARE);
	w->line = line;
	free(hardware.reasons);
	return hardware.reason_count > 0;
}

/* Nothing but claims may speak against it now. Claims about hardware are
 * settled by a later sighting; those about data only by all conditions of NO
 * data, so these are tried first. */
static void weigh_no(struct case_weighing *w, enum case_form form)
{
	struct case_line *line = w->line;
	struct case_line empty = *line;

	line->word = w->f->is_witnessed ? CASE_NO : CASE_NO_UNWITNESSED;
	if (case_weigh_no(w, form) &&
	    (form == CASE_HARDWARE || !is_hardware_claimed(w) ||
		case_is_off("claim: for the thing is for its data")))
		return;
	struct case_line unmet = *line;
	*line = empty;
	if (form == CASE_DATA)
		case_weigh_claims(w, form);
	if (line->reason_count > 0) {
		free(unmet.reasons);
		line->word = CASE_CONTESTED;
		return;
	}
	*line = unmet;
	line->word = CASE_NOT_SHOWN;
}

static void weigh(struct case_weighing *w, enum case_form form)
{
	case_weigh_yes(w, form);
	w->line->word = CASE_YES;
	if (w->line->reason_count > 0)
		return;
	case_weigh_contested(w, form);
	bool is_contested = w->line->reason_count > 0;
	if (is_contested || form == CASE_HARDWARE)
		case_weigh_claims(w, form);
	w->line->word = CASE_CONTESTED;
	if (w->line->reason_count == 0)
		weigh_no(w, form);
}

/* A casing holds no data, and a copy is no thing. */
static bool is_applicable(enum case_item_type type, enum case_form form)
{
	bool is_copy = type == CASE_IMAGE || type == CASE_EXTRACT;

	return form == CASE_DATA
	    ? type != CASE_CASING || case_is_off("n/a: the data of a casing")
	    : !is_copy || case_is_off("n/a: the thing of a copy");
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
	struct case_weighing w = {
	    .q = inquiry,
	    .f = inquiry->finding,
	    .state = inquiry->state,
	    .view = view,
	    .line = &line,
	    .closure = &inquiry->finding->closure,
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
