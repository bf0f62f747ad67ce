/*
 * flow_timeline.c: draws the timeline.
 *
 * Each lane holds marks from left to right. A mark that would cover the one
 * before it is moved aside and tied to its moment by a thin line; records of
 * one kind, lane and day share a mark. Marks are told apart by shape and
 * number, not by colour.
 */
#include "flow_timeline.h"

#include "case_report.h"
#include "flow_html.h"
#include "mem.h"
#include "record.h"
#include "when.h"

#include <inttypes.h>
#include <stdlib.h>

#define WIDTH 720
#define LEFT 92
#define RIGHT (WIDTH - 18)
#define TOP 34
#define LANE_HEIGHT 46
#define MARK_GAP 22
#define TICKS_MAX 8
#define MARKS_MAX 48
#define SENTENCE_MAX 65536

enum lane {
	LANE_CUSTODY,
	LANE_SEEN,
	LANE_DATA,
	LANE_SAID,
	LANE_ASKED,
	LANE_COUNT
};

static const char *const lane_names[LANE_COUNT] = {
    [LANE_CUSTODY] = "Custody",
    [LANE_SEEN] = "Looked at",
    [LANE_DATA] = "Data",
    [LANE_SAID] = "Said",
    [LANE_ASKED] = "Asked",
};

#define BOTTOM (TOP + LANE_COUNT * LANE_HEIGHT)

struct mark {
	int64_t when;
	uint32_t leaf; /* the first of them */
	size_t count;
	enum lane lane;
	enum record_kind kind;
	int x; /* where it is drawn */
};

struct timeline {
	const struct case_finding *finding;
	struct mark *marks;
	size_t n, cap;
	size_t left_out;
	int64_t from, to;
};

/* gathering */

static bool lane_of(enum record_kind kind, enum lane *ret_lane)
{
	switch (kind) {
	case RECORD_SEIZURE:
	case RECORD_HANDOVER:
	case RECORD_HANDLING:
	case RECORD_INCIDENT:
	case RECORD_MOVE:
	case RECORD_RELEASE:
	case RECORD_DISPOSAL:
		*ret_lane = LANE_CUSTODY;
		return true;
	case RECORD_IMAGE:
	case RECORD_LOCK:
	case RECORD_UNLOCK:
	case RECORD_EXAMINATION:
	case RECORD_DISCLOSURE:
		*ret_lane = LANE_DATA;
		return true;
	case RECORD_INSPECTION:
		*ret_lane = LANE_SEEN;
		return true;
	case RECORD_CLAIM:
	case RECORD_RELATION:
	case RECORD_ASSESSMENT:
	case RECORD_OBJECTION:
	case RECORD_CORRECTION:
		*ret_lane = LANE_SAID;
		return true;
	case RECORD_QUESTION:
	case RECORD_ANSWER:
	case RECORD_ORDER:
	case RECORD_DRAW:
		*ret_lane = LANE_ASKED;
		return true;
	default:
		return false;
	}
}

/* When it happened: what was said on a day is put at that day's noon. */
static int moment_of(const struct case_state *state, uint32_t leaf,
    int64_t *ret_when, struct err *err)
{
	struct record record = {0};
	int rc = case_state_record(state, leaf, &record, err);

	if (rc == 0) {
		*ret_when = record.at;
		if (record_get_time(&record, RECORD_F_SAID, ret_when) &&
		    *ret_when % WHEN_DAY == 0)
			*ret_when -= WHEN_DAY / 2;
	}
	record_done(&record);
	return rc;
}

static int compare_marks(const void *a, const void *b)
{
	const struct mark *x = a, *y = b;
	int order = (x->when > y->when) - (x->when < y->when);

	return order != 0 ? order : (x->leaf > y->leaf) - (x->leaf < y->leaf);
}

static int gather(struct timeline *t, struct err *err)
{
	const struct case_state *state = t->finding->state;
	int rc = 0;

	for (uint32_t i = 0; i < case_state_leaf_count(state); i++) {
		struct mark mark = {.leaf = i, .count = 1};
		mark.kind = case_state_leaf(state, i)->kind;
		if (!lane_of(mark.kind, &mark.lane))
			continue;
		rc = moment_of(state, i, &mark.when, err);
		if (rc == 0)
			rc = mem_grow((void **)&t->marks, &t->cap, t->n + 1,
			    sizeof(*t->marks), err);
		if (rc != 0)
			return rc;
		t->marks[t->n++] = mark;
	}
	if (t->n > 0)
		qsort(t->marks, t->n, sizeof(*t->marks), compare_marks);
	return 0;
}

static void include(struct timeline *t, int64_t when)
{
	if (when < t->from)
		t->from = when;
	if (when > t->to)
		t->to = when;
}

/* From the first thing that can be drawn to now, in whole days. */
static void find_span(struct timeline *t)
{
	t->from = t->to = t->finding->time;
	include(t, t->finding->period_from);
	include(t, t->finding->period_to);
	for (size_t i = 0; i < t->n; i++)
		include(t, t->marks[i].when);
	t->from -= t->from % WHEN_DAY;
	t->to += WHEN_DAY - t->to % WHEN_DAY;
}

/* Whole numbers only: no locale can put a comma into a drawing. */
static int x_of(const struct timeline *t, int64_t when)
{
	return LEFT +
	    (int)((when - t->from) * (RIGHT - LEFT) / (t->to - t->from));
}

/* Joins what shares a mark, and moves apart what would overlap. */
static void place(struct timeline *t)
{
	size_t last[LANE_COUNT];
	bool has_last[LANE_COUNT] = {false};
	size_t n = 0;

	for (size_t i = 0; i < t->n; i++) {
		struct mark mark = t->marks[i];
		struct mark *before =
		    has_last[mark.lane] ? &t->marks[last[mark.lane]] : NULL;
		mark.x = x_of(t, mark.when);
		if (before != NULL && mark.x < before->x + MARK_GAP)
			mark.x = before->x + MARK_GAP;
		if (before != NULL && before->kind == mark.kind &&
		    (before->when / WHEN_DAY == mark.when / WHEN_DAY ||
			mark.x > RIGHT)) {
			before->count++;
			continue;
		}
		if (n == MARKS_MAX || mark.x > WIDTH - MARK_GAP / 2) {
			t->left_out++;
			continue;
		}
		last[mark.lane] = n;
		has_last[mark.lane] = true;
		t->marks[n++] = mark;
	}
	t->n = n;
}

/* drawing */

static int y_of(enum lane lane)
{
	return TOP + (int)lane * LANE_HEIGHT + LANE_HEIGHT / 2;
}

static void put_frame(const struct timeline *t, struct buf *out)
{
	int from = x_of(t, t->finding->period_from);
	int to = x_of(t, t->finding->period_to);
	int now = x_of(t, t->finding->time);

	buf_printf(out,
	    "<rect class=\"period\" x=\"%d\" y=\"%d\" width=\"%d\" "
	    "height=\"%d\"/>\n"
	    "<text class=\"note\" x=\"%d\" y=\"%d\">period asked "
	    "about</text>\n",
	    from, TOP, to - from, BOTTOM - TOP, from + 4, TOP - 8);
	for (int lane = 0; lane < LANE_COUNT; lane++)
		buf_printf(out,
		    "<line class=\"lane\" x1=\"%d\" y1=\"%d\" x2=\"%d\" "
		    "y2=\"%d\"/>"
		    "<text class=\"lane-name\" x=\"0\" y=\"%d\">%s</text>\n",
		    LEFT, y_of((enum lane)lane), RIGHT, y_of((enum lane)lane),
		    y_of((enum lane)lane) + 4, lane_names[lane]);
	buf_printf(out,
	    "<line class=\"now\" x1=\"%d\" y1=\"%d\" x2=\"%d\" "
	    "y2=\"%d\"/>"
	    "<text class=\"note\" text-anchor=\"end\" x=\"%d\" "
	    "y=\"%d\">finding</text>\n",
	    now, TOP - 4, now, BOTTOM, now + 14, TOP - 8);
}

static void put_ticks(const struct timeline *t, struct buf *out)
{
	static const int steps[] = {1, 2, 5, 7, 14, 30, 90, 180, 365};
	int64_t days = (t->to - t->from) / WHEN_DAY;
	int64_t step = steps[0];

	for (size_t i = 1;
	     i < sizeof(steps) / sizeof(steps[0]) && days / step >= TICKS_MAX;
	     i++)
		step = steps[i];
	if (days / step >= TICKS_MAX)
		step = days / TICKS_MAX + 1;
	for (int64_t day = 0; day < days; day += step) {
		char date[WHEN_SIZE];
		int x = x_of(t, t->from + day * WHEN_DAY);
		when_to_date(date, t->from + day * WHEN_DAY);
		buf_printf(out,
		    "<line class=\"tick\" x1=\"%d\" y1=\"%d\" x2=\"%d\" "
		    "y2=\"%d\"/>"
		    "<text class=\"date\" x=\"%d\" y=\"%d\">%s</text>\n",
		    x, BOTTOM, x, BOTTOM + 5, x, BOTTOM + 18, date);
	}
}

static void put_shape(const struct mark *mark, int y, struct buf *out)
{
	int x = mark->x;

	switch (mark->lane) {
	case LANE_CUSTODY:
		buf_printf(out,
		    "<rect class=\"mark\" x=\"%d\" y=\"%d\" width=\"18\" "
		    "height=\"18\"/>",
		    x - 9, y - 9);
		break;
	case LANE_SEEN:
		buf_printf(out,
		    "<circle class=\"mark\" cx=\"%d\" cy=\"%d\" r=\"12\"/>"
		    "<circle class=\"mark\" cx=\"%d\" cy=\"%d\" "
		    "r=\"9\"/>",
		    x, y, x, y);
		break;
	case LANE_DATA:
		buf_printf(out,
		    "<path class=\"mark\" d=\"M%d %dl13 22h-26z\"/>", x,
		    y - 14);
		break;
	case LANE_SAID:
		buf_printf(out,
		    "<path class=\"mark\" d=\"M%d %dl12 12l-12 12l-12 "
		    "-12z\"/>",
		    x, y - 12);
		break;
	default:
		buf_printf(out,
		    "<circle class=\"mark asked\" cx=\"%d\" cy=\"%d\" "
		    "r=\"10\"/>",
		    x, y);
		break;
	}
}

static void put_marks(const struct timeline *t, struct buf *out)
{
	for (size_t i = 0; i < t->n; i++) {
		const struct mark *mark = &t->marks[i];
		int y = y_of(mark->lane);
		int x = x_of(t, mark->when);
		if (mark->x > x + 1)
			buf_printf(out,
			    "<path class=\"tie\" d=\"M%d %dv16H%d\"/>", mark->x,
			    y, x);
		put_shape(mark, y, out);
		buf_printf(out,
		    "<text class=\"number\" x=\"%d\" y=\"%d\">%zu"
		    "</text>\n",
		    mark->x, y + 4, i + 1);
	}
}

/* The picture in words. */
static int put_legend(
    const struct timeline *t, struct buf *out, struct err *err)
{
	struct buf line;
	int rc = 0;

	buf_init(&line, SENTENCE_MAX);
	buf_puts(out, "<ol class=\"legend\">\n");
	for (size_t i = 0; i < t->n && rc == 0; i++) {
		const struct mark *mark = &t->marks[i];
		char date[WHEN_SIZE];
		when_to_date(date, mark->when);
		buf_printf(out, "<li><time>%s</time> ", date);
		case_report_put_leaf_head(t->finding->state, mark->leaf, &line);
		flow_html_put_sentence(out, buf_slice(&line));
		if (mark->count > 1)
			buf_printf(out, " <em>and %zu more of this kind</em>",
			    mark->count - 1);
		buf_puts(out, "</li>\n");
		rc = buf_check(&line, err);
		buf_clear(&line);
	}
	buf_puts(out, "</ol>\n");
	if (t->left_out > 0)
		buf_printf(out, "<p>%zu more records are not drawn.</p>\n",
		    t->left_out);
	buf_done(&line);
	return rc;
}

int flow_timeline_put(
    const struct case_finding *finding, struct buf *out, struct err *err)
{
	struct timeline t = {.finding = finding};
	int rc = gather(&t, err);

	if (rc != 0)
		goto out;
	find_span(&t);
	place(&t);
	buf_printf(out,
	    "<figure>\n<div class=\"scroll\">"
	    "<svg class=\"timeline\" viewBox=\"0 0 %d %d\" role=\"img\" "
	    "aria-label=\"What happened when; the same in words in the list "
	    "below\">\n",
	    WIDTH, BOTTOM + 26);
	put_frame(&t, out);
	put_ticks(&t, out);
	put_marks(&t, out);
	buf_puts(out,
	    "</svg></div>\n<figcaption>Square: seized, handed over, opened "
	    "or destroyed. Double ring: looked at. Triangle: copied, locked "
	    "or read. Diamond: said, assessed or objected by somebody. "
	    "Circle: asked, answered or ordered. The shaded band is the period "
	    "asked "
	    "about; the broken line is the moment of this finding. "
	    "The numbers stand in the list.</figcaption>\n");
	rc = put_legend(&t, out, err);
	buf_puts(out, "</figure>\n");
	if (rc == 0)
		rc = buf_check(out, err);
out:
	free(t.marks);
	return rc;
}
