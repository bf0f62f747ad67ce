/*
 * cli_copies.c: one walk over contents and copies, each item once.
 */
#include "cli_copies.h"

#include "cli_out.h"
#include "mem.h"

#include <stdlib.h>
#include <string.h>

struct walk {
	const struct case_state *state;
	int64_t at;
	size_t n, next;
	uint32_t *items; /* room for all; [0, next) are looked into */
	bool *is_met, *is_copy;
};

static void meet(struct walk *w, uint32_t item, bool is_copy)
{
	if (w->is_met[item])
		return;
	w->is_met[item] = true;
	w->is_copy[item] = is_copy;
	w->items[w->n++] = item;
}

static void look_into(struct walk *w, uint32_t index)
{
	const struct case_item *item = case_state_item(w->state, index);

	for (size_t i = 0; i < item->content_count; i++)
		if (case_state_container(w->state, item->contents[i], w->at) ==
		    index)
			meet(w, item->contents[i], w->is_copy[index]);
	for (size_t i = 0; i < item->copy_count; i++)
		meet(w, item->copies[i], true);
}

static int is_destroyed(const struct case_state *state, uint32_t item,
    bool *ret_is, struct err *err)
{
	struct case_event *events = NULL;
	size_t cap = 0, n = 0;
	int rc = case_state_timeline(state, item, &events, &cap, &n, err);

	*ret_is = false;
	for (size_t i = 0; i < n && rc == 0; i++)
		if (events[i].type == CASE_EVENT_DESTROYED)
			*ret_is = true;
	free(events);
	return rc;
}

/* Things are met from the named ones inward first, so that what goes with
 * them is not taken for a copy that stays. */
static void find(struct walk *w, const uint32_t *items, size_t n)
{
	for (size_t i = 0; i < n; i++)
		meet(w, items[i], false);
	for (size_t i = 0; i < w->n; i++) {
		const struct case_item *item =
		    case_state_item(w->state, w->items[i]);

		for (size_t k = 0; k < item->content_count; k++)
			if (case_state_container(w->state, item->contents[k],
				w->at) == w->items[i])
				meet(w, item->contents[k], false);
	}
	while (w->next < w->n)
		look_into(w, w->items[w->next++]);
}

static int put_found(struct cli_compose *m, struct walk *w, struct err *err)
{
	size_t count = 0;

	for (size_t i = 0; i < w->n; i++) {
		struct slice id = case_state_item(w->state, w->items[i])->id;
		bool is_gone = false;
		int rc = 0;

		if (!w->is_copy[w->items[i]])
			continue;
		rc = is_destroyed(w->state, w->items[i], &is_gone, err);
		if (rc == 0 && !is_gone) {
			rc = cli_compose_put_slice(
			    m, RECORD_F_REMAINING_COPY, id, err);
			cli_out_remark("a copy remains: %.*s", SLICE_ARG(id));
			count++;
		}
		if (rc != 0)
			return rc;
	}
	return count > 0
	    ? 0
	    : cli_compose_put(m, RECORD_F_REMAINING_COPY, "none", err);
}

int cli_copies_put(
    struct cli_compose *m, const uint32_t *items, size_t n, struct err *err)
{
	size_t count = case_state_item_count(m->c->state) + 1;
	struct walk w = {.state = m->c->state, .at = m->at};
	const char *given;
	int rc = 0;

	for (size_t at = 0; rc == 0 &&
	     (given = cli_args_next(m->c->args, "remaining-copy", &at)) !=
		 NULL;)
		rc = cli_compose_put(m, RECORD_F_REMAINING_COPY, given, err);
	if (rc != 0 || cli_args_has(m->c->args, "remaining-copy"))
		return rc;
	w.items = mem_new(count, sizeof(*w.items));
	w.is_met = mem_new(count, sizeof(*w.is_met));
	w.is_copy = mem_new(count, sizeof(*w.is_copy));
	if (w.items == NULL || w.is_met == NULL || w.is_copy == NULL) {
		rc = err_nomem(err);
	} else {
		find(&w, items, n);
		rc = put_found(m, &w, err);
	}
	free(w.items);
	free(w.is_met);
	free(w.is_copy);
	return rc;
}
