/*
 * case_telltale.c: a drive's own counters, reading against reading
 * (findings 5.3).
 */
#include "case_weigh.h"

#include "mem.h"

#include <stdlib.h>

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

static bool is_use_recorded(
    const struct case_weighing *w, size_t from, size_t to)
{
	for (size_t k = from; k <= to && k < w->view->n; k++)
		if (case_weigh_is_use(w->view->events[k].type) &&
		    case_weigh_is_explaining(w, k, to))
			return true;
	return false;
}

static void compare_reading(struct case_weighing *w, const struct reading *old,
    const struct reading *new)
{
	const struct case_event *e = &w->view->events[new->event];
	int64_t since = w->view->events[old->event].at;

	if (new->value != old->value &&
	    (case_weigh_is_after_in_period(w->f, since, e->at) ||
		case_is_off("telltale: in the period")) &&
	    ((new->value < old->value &&case_is_on("telltale: backwards")) ||
		!is_use_recorded(w, old->event, new->event) ||
		case_is_off("telltale: unless its use is recorded")))
		case_weigh_add(w, CASE_CODE_TELLTALE, e->leaf);
}

static void take_reading(
    struct case_weighing *w, struct readings *last, const struct reading *new)
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

static void take_telltale(struct case_weighing *w, struct readings *last,
    struct slice value, size_t i)
{
	struct reading new = {.counter = slice_cut(&value, ' '), .event = i};

	if (slice_to_u64(value, &new.value))
		take_reading(w, last, &new);
}

/* What the block says that first names the item. It is one of hundreds in its
 * record, which would be taken apart for each of them; its lines follow the
 * item's id, which lies in the record's own text. */
static void take_first_telltales(struct case_weighing *w, struct readings *last)
{
	static const char name[] = "  telltale: ";
	const struct case_item *item = case_state_item(w->state, w->view->item);
	struct slice text = case_state_leaf(w->state, item->leaf)->text;
	size_t skipped = (size_t)(item->id.p - text.p) + item->id.n + 1;
	struct slice rest = {text.p + skipped, text.n - skipped};

	while (w->rc == 0 && slice_starts_with(rest, "  ")) {
		struct slice line = slice_cut(&rest, '\n');

		if (slice_starts_with(line, name))
			take_telltale(w, last,
			    (struct slice){line.p + sizeof(name) - 1,
				line.n - (sizeof(name) - 1)},
			    0);
	}
}

/* What the block says about the item's counters at event i. */
static void take_telltales(struct case_weighing *w, struct readings *last,
    uint32_t leaf, uint32_t block, size_t i)
{
	struct record record = {0};
	const struct record_value *v = NULL;

	w->rc = case_state_record(w->state, leaf, &record, w->err);
	while (w->rc == 0 && block < record.block_count &&
	    (v = record_next(
		 &record, &record.blocks[block], RECORD_F_TELLTALE, v)) != NULL)
		take_telltale(w, last, v->value, i);
	record_done(&record);
}

/* Each reading against the last one of its counter; the list has the first. */
void case_weigh_telltales(struct case_weighing *w)
{
	struct readings last = {0};

	if (w->view->n > 0 && w->rc == 0)
		take_first_telltales(w, &last);
	for (size_t i = 0; i < w->view->n && w->rc == 0; i++)
		if (w->view->events[i].has_telltale)
			take_telltales(w, &last, w->view->events[i].leaf,
			    w->view->events[i].block, i);
	free(last.p);
}
