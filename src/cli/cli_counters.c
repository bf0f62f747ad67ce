/*
 * cli_counters.c: see cli_counters.h.
 */
#include "cli_counters.h"

#include "case_report.h"
#include "cli_json.h"
#include "cli_words.h"

#include <inttypes.h>
#include <stdlib.h>

#define LINE_MAX 4096

struct look {
	const struct case_state *state;
	uint32_t item;
	struct case_event *events;
	size_t cap, n;
	struct case_readings all;
};

static bool counts(void *cookie, size_t k, size_t i)
{
	const struct look *x = cookie;
	size_t n;
	const uint32_t *signers =
	    case_state_signers(x->state, x->events[k].leaf, &n);

	if (x->events[k].leaf < x->events[i].leaf)
		return true;
	for (size_t s = 0; s < n; s++)
		if (case_state_is_disinterested(
			x->state, signers[s], x->item, CASE_NONE, INT64_MAX))
			return true;
	return false;
}

static void close_look(struct look *x)
{
	free(x->events);
	free(x->all.p);
}

static int open_look(struct look *x, const struct case_state *state,
    uint32_t item, struct err *err)
{
	*x = (struct look){.state = state, .item = item};
	int rc =
	    case_state_timeline(state, item, &x->events, &x->cap, &x->n, err);

	if (rc == 0)
		rc = case_telltale_read(
		    state, item, x->events, x->n, &x->all, err);
	if (rc != 0)
		close_look(x);
	return rc;
}

/* *ret_old is NULL for a first reading. */
static int judge(struct look *x, size_t i, const struct case_reading **ret_old,
    enum case_telltale *ret_telltale, struct err *err)
{
	const struct case_telltale_timeline t = {.state = x->state,
	    .events = x->events,
	    .n = x->n,
	    .counts = counts,
	    .cookie = x};

	*ret_old = case_telltale_before(&x->all, i);
	*ret_telltale = CASE_TELLTALE_NONE;
	return *ret_old == NULL ? 0
				: case_telltale_judge(&t, *ret_old,
				      &x->all.p[i], ret_telltale, err);
}

static const char *const verdicts[] = {
    [CASE_TELLTALE_NONE] = "consistent with the records",
    [CASE_TELLTALE_USE] = "USE THAT NO RECORD EXPLAINS",
    [CASE_TELLTALE_BACKWARDS] = "WENT BACKWARDS: set back, or another drive",
};

static const char *const words[] = {
    [CASE_TELLTALE_NONE] = "consistent",
    [CASE_TELLTALE_USE] = "unexplained",
    [CASE_TELLTALE_BACKWARDS] = "backwards",
};

static int64_t time_of(const struct look *x, const struct case_reading *r)
{
	return x->events[r->event].at;
}

/* Is it the last reading of its counter? */
static bool is_last(const struct look *x, size_t i)
{
	for (size_t k = i + 1; k < x->all.n; k++)
		if (slice_is(x->all.p[k].counter, x->all.p[i].counter))
			return false;
	return true;
}

static int put_reading(
    struct look *x, size_t i, struct buf *line, struct err *err)
{
	const struct case_reading *new = &x->all.p[i], *old;
	enum case_telltale telltale;
	int rc = judge(x, i, &old, &telltale, err);

	if (rc != 0)
		return rc;
	case_report_put_when(line, time_of(x, new));
	buf_printf(line, "  %.*s ", SLICE_ARG(new->counter));
	if (old != NULL && old->value != new->value)
		buf_printf(line, "from %llu to ", old->value);
	buf_printf(line, "%llu", new->value);
	buf_printf(
	    line, ": %s", old == NULL ? "first reading" : verdicts[telltale]);
	return 0;
}

/* A counter that the newest readings lack. */
static void put_lacking(struct look *x, size_t i, struct buf *line)
{
	const struct case_reading *end = &x->all.p[x->all.n - 1];

	if (!is_last(x, i) || x->all.p[i].event == end->event)
		return;
	case_report_put_when(line, time_of(x, end));
	buf_printf(line,
	    "  %.*s: not read then (the drive, a bridge or the record hides "
	    "it), so nothing is known of it since",
	    SLICE_ARG(x->all.p[i].counter));
}

int cli_counters_put(
    const struct cli_timeline *timeline, struct buf *out, struct err *err)
{
	struct buf line;
	struct look x;
	int rc = open_look(&x, timeline->state, timeline->item, err);

	if (rc != 0)
		return rc;
	buf_init(&line, LINE_MAX);
	if (x.all.n > 0)
		cli_words_heading(out, "WHAT ITS COUNTERS SAY");
	for (size_t i = 0; i < x.all.n && rc == 0; i++) {
		rc = put_reading(&x, i, &line, err);
		cli_words_line(out, "  ", &line);
	}
	for (size_t i = 0; i < x.all.n && rc == 0; i++) {
		put_lacking(&x, i, &line);
		if (line.n > 0)
			cli_words_line(out, "  ", &line);
	}
	buf_done(&line);
	close_look(&x);
	return rc;
}

int cli_counters_put_json(
    const struct cli_timeline *timeline, struct json *j, struct err *err)
{
	struct look x;
	int rc = open_look(&x, timeline->state, timeline->item, err);

	if (rc != 0)
		return rc;
	json_open_array(j, "counters");
	for (size_t i = 0; i < x.all.n && rc == 0; i++) {
		const struct case_reading *r = &x.all.p[i], *old;
		enum case_telltale telltale;
		char number[24];

		rc = judge(&x, i, &old, &telltale, err);
		(void)snprintf(number, sizeof(number), "%llu", r->value);
		json_open_object(j, NULL);
		json_text(j, "counter", r->counter);
		/* Text, because it can be larger than JavaScript counts. */
		json_text(j, "value", slice_of(number));
		cli_json_time(j, "at", time_of(&x, r));
		cli_json_record(j, "record", x.state, r->leaf);
		json_text(j, "verdict",
		    slice_of(old == NULL ? "first" : words[telltale]));
		json_bool(j, "lacking_since",
		    is_last(&x, i) && r->event != x.all.p[x.all.n - 1].event);
		json_close_object(j);
	}
	json_close_array(j);
	close_look(&x);
	return rc;
}

int cli_counters_find(const struct case_state *state, uint32_t item,
    enum case_telltale *ret_telltale, uint32_t *ret_leaf, struct err *err)
{
	const struct case_reading *old;
	struct look x;
	int rc = open_look(&x, state, item, err);

	*ret_telltale = CASE_TELLTALE_NONE;
	if (rc != 0)
		return rc;
	for (size_t i = x.all.n; i-- > 0 && rc == 0;) {
		rc = judge(&x, i, &old, ret_telltale, err);
		if (*ret_telltale == CASE_TELLTALE_NONE)
			continue;
		*ret_leaf = x.all.p[i].leaf;
		break;
	}
	close_look(&x);
	return rc;
}
