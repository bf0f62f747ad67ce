/*
 * cli_draw.c: see cli_draw.h. What is drawn, and what counts as looked at, is
 * worked out by room case; here it is only told.
 */
#include "cli_draw.h"

#include "case_report.h"
#include "cli_finding.h"
#include "cli_json.h"
#include "cli_words.h"
#include "when.h"

#include <inttypes.h>

#define LINE_MAX 4096

int cli_draw_find(const struct cli_case *c, uint32_t leaf, size_t *ret_number,
    struct err *err)
{
	for (size_t i = 0; i < case_state_draw_count(c->state); i++) {
		if (case_state_draw(c->state, i)->leaf != leaf)
			continue;
		*ret_number = i;
		return 0;
	}
	return err_set(err, ERR_NOTFOUND,
	    "%s: that record draws nothing: it is void",
	    c->args->command->name);
}

struct view {
	const struct cli_case *c;
	const struct case_state *state;
	const struct case_draw *draw;
	struct case_sample sample;
	int64_t now;
};

static int open_view(
    struct view *v, const struct cli_case *c, size_t number, struct err *err)
{
	*v = (struct view){.c = c,
	    .state = c->state,
	    .draw = case_state_draw(c->state, number),
	    .now = cli_finding_default_time(c)};
	return case_state_draw_sample(c->state, number, &v->sample, err);
}

static size_t count_open(const struct case_draw *draw)
{
	size_t n = 0;

	for (size_t i = 0; i < draw->side_count; i++)
		n += draw->reveals[i] != CASE_NONE;
	return n;
}

static void put_term(const struct view *v, struct buf *out, struct buf *line)
{
	int64_t left = v->sample.until - v->now;

	buf_puts(line, "all that is drawn must be seen until ");
	case_report_put_due(line, v->sample.until);
	if (left <= 0)
		buf_puts(line, ", which is over");
	else
		buf_printf(line, ", %" PRId64 " day%s left",
		    (left + WHEN_DAY - 1) / WHEN_DAY,
		    left <= WHEN_DAY ? "" : "s");
	cli_words_line(out, "  ", line);
}

static void put_sides(const struct view *v, struct buf *out, struct buf *line)
{
	for (size_t i = 0; i < v->draw->side_count; i++) {
		uint32_t reveal = v->draw->reveals[i];

		buf_put_slice(
		    line, case_state_party(v->state, v->draw->sides[i])->name);
		if (reveal == CASE_NONE) {
			buf_puts(line, " has not opened its secret");
		} else {
			buf_puts(line, " opened its secret ");
			case_report_put_when(
			    line, case_state_leaf(v->state, reveal)->entered);
		}
		cli_words_line(out, "  ", line);
	}
}

static int put_sample(
    const struct view *v, struct buf *out, struct buf *line, struct err *err)
{
	uint64_t seen = 0;
	int rc = 0;

	buf_puts(line, "drawn ");
	case_report_put_when(
	    line, case_state_leaf(v->state, v->sample.last_reveal)->entered);
	buf_puts(line, ", in this order:");
	cli_words_line(out, "  ", line);
	for (size_t i = 0; i < v->sample.n && rc == 0; i++) {
		bool is_seen = false;

		rc =
		    case_sample_is_seen(v->state, &v->sample, i, &is_seen, err);
		seen += is_seen;
		buf_printf(out, "  %6zu  %.*s%s\n", i + 1,
		    SLICE_ARG(v->sample.tickets[i].id),
		    is_seen ? "  looked at" : "");
	}
	buf_printf(line, "%" PRIu64 " of %" PRIu64 " looked at in time", seen,
	    v->sample.n);
	cli_words_line(out, "  ", line);
	return rc;
}

static void put_head(const struct view *v, struct buf *out, struct buf *line)
{
	const struct case_leaf *leaf = case_state_leaf(v->state, v->draw->leaf);

	buf_puts(line, "draw ");
	case_report_put_id(line, &leaf->id);
	buf_puts(line, " of ");
	case_report_put_when(line, leaf->at);
	buf_printf(
	    line, ": %" PRIu64 " of %zu", v->sample.n, v->sample.population);
	cli_words_line(out, "", line);
}

int cli_draw_put(
    const struct cli_case *c, size_t number, struct buf *out, struct err *err)
{
	struct view v;
	struct buf line;
	int rc = open_view(&v, c, number, err);

	if (rc != 0)
		return rc;
	buf_init(&line, LINE_MAX);
	put_head(&v, out, &line);
	put_term(&v, out, &line);
	put_sides(&v, out, &line);
	if (v.sample.is_drawn) {
		rc = put_sample(&v, out, &line, err);
	} else {
		buf_puts(&line, "nothing is drawn before all have opened");
		cli_words_line(out, "  ", &line);
	}
	buf_printf(&line,
	    "If none of these is missing, at most %" PRIu64
	    " of %zu %s missing, at 95 %%.",
	    v.sample.detects - 1, v.sample.population,
	    v.sample.detects == 2 ? "is" : "are");
	cli_words_line(out, "  ", &line);
	buf_done(&line);
	case_sample_done(&v.sample);
	return rc;
}

static void json_sides(const struct view *v, struct json *j)
{
	json_open_array(j, "sides");
	for (size_t i = 0; i < v->draw->side_count; i++) {
		json_open_object(j, NULL);
		cli_json_party(j, "party", v->state, v->draw->sides[i]);
		cli_json_record(j, "opened", v->state, v->draw->reveals[i]);
		json_close_object(j);
	}
	json_close_array(j);
}

static int json_sample(const struct view *v, struct json *j, struct err *err)
{
	int rc = 0;

	json_open_array(j, "drawn");
	for (size_t i = 0; v->sample.is_drawn && i < v->sample.n && rc == 0;
	     i++) {
		bool is_seen = false;

		rc =
		    case_sample_is_seen(v->state, &v->sample, i, &is_seen, err);
		json_open_object(j, NULL);
		json_text(j, "item", v->sample.tickets[i].id);
		json_bool(j, "looked_at", is_seen);
		json_close_object(j);
	}
	json_close_array(j);
	return rc;
}

int cli_draw_put_json(
    const struct cli_case *c, size_t number, struct json *json, struct err *err)
{
	struct view v;
	int rc = open_view(&v, c, number, err);

	if (rc != 0)
		return rc;
	json_open_object(json, NULL);
	cli_json_record(json, "record", v.state, v.draw->leaf);
	json_number(json, "population", (int64_t)v.sample.population);
	json_number(json, "sample", (int64_t)v.sample.n);
	json_number(json, "detects", (int64_t)v.sample.detects);
	cli_json_time(json, "until", v.sample.until);
	json_bool(json, "over", v.sample.until <= v.now);
	json_bool(json, "all_opened", count_open(v.draw) == v.draw->side_count);
	json_sides(&v, json);
	if (v.sample.is_drawn)
		cli_json_time(json, "drawn_at",
		    case_state_leaf(v.state, v.sample.last_reveal)->entered);
	else
		json_null(json, "drawn_at");
	rc = json_sample(&v, json, err);
	json_number(
	    json, "at_most_missing_if_none_is", (int64_t)v.sample.detects - 1);
	json_close_object(json);
	case_sample_done(&v.sample);
	return rc;
}
