/*
 * cli_show_item.c: one item: what it is, where it is, what happened to it.
 */
#include "cli_show.h"

#include "case_report.h"
#include "case_wrap.h"
#include "cli_counters.h"
#include "cli_detail.h"
#include "cli_finding.h"
#include "cli_image_bad.h"
#include "cli_json.h"
#include "cli_timeline.h"
#include "cli_words.h"

#include <inttypes.h>

#define LINE_MAX (1u << 16)
#define DEPTH_MAX 8 /* containers; the state follows no more either */

/* What a list can say of an item, in the order of the screen. */
static const enum record_name details[] = {
    RECORD_F_SUBTYPE,
    RECORD_F_MAKE,
    RECORD_F_MODEL,
    RECORD_F_SERIAL,
    RECORD_F_CAPACITY,
    RECORD_F_INTERFACE,
    RECORD_F_SLOT,
    RECORD_F_OPENED,
    RECORD_F_PLACE,
    RECORD_F_POWER_STATE,
    RECORD_F_CONDITION,
    RECORD_F_REMARK,
};

#define DETAIL_COUNT (sizeof(details) / sizeof(details[0]))

struct view {
	const struct cli_case *c;
	const struct case_state *state;
	uint32_t item;
	int64_t now;
	struct cli_timeline timeline;
	struct cli_detail detail;
	struct buf line;
};

static int open_view(
    struct view *v, const struct cli_case *c, uint32_t item, struct err *err)
{
	*v = (struct view){.c = c,
	    .state = c->state,
	    .item = item,
	    .now = cli_finding_default_time(c),
	    .detail.c = c};
	buf_init(&v->line, LINE_MAX);
	return cli_timeline_make(&v->timeline, c->state, item, err);
}

static void close_view(struct view *v)
{
	cli_timeline_done(&v->timeline);
	cli_detail_done(&v->detail);
	buf_done(&v->line);
}

static int put_details(struct view *v, struct buf *out, struct err *err)
{
	for (size_t i = 0; i < DETAIL_COUNT; i++) {
		struct slice value;
		bool is_withheld;
		int rc = cli_detail_get(
		    &v->detail, v->item, details[i], &value, &is_withheld, err);

		if (rc != 0)
			return rc;
		if (value.p == NULL && !is_withheld)
			continue;
		buf_printf(
		    &v->line, "%s: ", record_schema_field_name(details[i]));
		if (is_withheld)
			buf_puts(&v->line, "(withheld)");
		else
			case_wrap_put_plain(&v->line, value);
		cli_words_line(out, "  ", &v->line);
	}
	return 0;
}

/* What stays zero in a copy because the drive did not give it. */
static int put_unreadable(struct view *v, struct buf *out, struct err *err)
{
	struct cli_image_bad bad = {0};
	int rc = cli_image_bad_of(&v->detail, v->item, &bad, err);

	if (rc == 0 && bad.n > 0) {
		buf_printf(&v->line,
		    "unreadable: %" PRIu64 " bytes in %" PRIu64
		    " range%s of the source could not be read and are zero in "
		    "it",
		    bad.bytes, bad.n, bad.n == 1 ? "" : "s");
		cli_words_line(out, "  ", &v->line);
	}
	cli_image_bad_done(&bad);
	return rc;
}

static void put_seal(struct view *v, uint32_t item, struct slice seal)
{
	static const char *const state[] = {
	    [CLI_TIMELINE_WHOLE] = "",
	    [CLI_TIMELINE_BROKEN] = ", BROKEN",
	    [CLI_TIMELINE_OPEN] = ", opened and not sealed since",
	};

	buf_printf(&v->line, "%.*s%s", SLICE_ARG(seal),
	    state[cli_timeline_seal(case_state_item(v->state, item), NULL)]);
}

/* What it is in, outward. */
static void put_containers(struct view *v)
{
	uint32_t at = case_state_container(v->state, v->item, v->now);

	for (int depth = 0; at != CASE_NONE && depth < DEPTH_MAX; depth++) {
		bool is_enclosing;
		struct slice seal =
		    case_state_seal(v->state, at, v->now, &is_enclosing);

		buf_puts(&v->line, depth == 0 ? "in: " : ", in ");
		buf_put_slice(&v->line, case_state_item(v->state, at)->id);
		if (seal.p != NULL) {
			buf_puts(&v->line, " (seal ");
			put_seal(v, at, seal);
			buf_putc(&v->line, ')');
		}
		at = case_state_container(v->state, at, v->now);
	}
}

static void put_contents(struct view *v)
{
	const struct case_item *item = case_state_item(v->state, v->item);

	for (size_t i = 0; i < item->content_count; i++) {
		uint32_t inner = item->contents[i];

		if (case_state_container(v->state, inner, v->now) != v->item)
			continue;
		buf_puts(&v->line, v->line.n == 0 ? "holds: " : ", ");
		buf_put_slice(&v->line, case_state_item(v->state, inner)->id);
	}
}

/* What it is a copy of, and what was copied from it at first hand. */
static void put_copies(struct view *v, struct buf *out)
{
	const struct case_item *item = case_state_item(v->state, v->item);

	if (item->derived_from != CASE_NONE) {
		buf_puts(&v->line, "copy of: ");
		buf_put_slice(&v->line,
		    case_state_item(v->state, item->derived_from)->id);
		cli_words_line(out, "  ", &v->line);
	}
	for (size_t i = 0; i < item->copy_count; i++) {
		struct case_set holders =
		    case_state_holders(v->state, item->copies[i], v->now);

		buf_printf(&v->line, "copy: %.*s, held by ",
		    SLICE_ARG(case_state_item(v->state, item->copies[i])->id));
		cli_words_put_set(&v->line, v->state, &holders);
		cli_words_line(out, "  ", &v->line);
	}
}

static void put_place(struct view *v, struct buf *out)
{
	bool is_enclosing;
	struct slice seal =
	    case_state_seal(v->state, v->item, v->now, &is_enclosing);

	if (seal.p != NULL) {
		buf_puts(
		    &v->line, is_enclosing ? "enclosing seal: " : "seal: ");
		put_seal(v, v->item, seal);
		cli_words_line(out, "  ", &v->line);
	}
	put_containers(v);
	if (v->line.n > 0)
		cli_words_line(out, "  ", &v->line);
	put_contents(v);
	if (v->line.n > 0)
		cli_words_line(out, "  ", &v->line);
}

static void put_step(struct view *v, size_t i, struct buf *out)
{
	const struct cli_timeline_step *step = &v->timeline.steps[i];
	char first[32];
	struct buf when;

	buf_init(&when, sizeof(first));
	case_report_put_when(&when, step->event.at);
	(void)snprintf(first, sizeof(first), "  %-16.16s  ", when.p);
	buf_done(&when);
	cli_timeline_put_what(&v->timeline, i, &v->line);
	cli_words_line(out, first, &v->line);
	const struct case_leaf *leaf =
	    case_state_leaf(v->state, step->event.leaf);
	buf_printf(&v->line, "%s ", record_schema_of(leaf->kind)->name);
	case_report_put_id(&v->line, &leaf->id);
	buf_puts(&v->line, ", signed by ");
	cli_words_put_signers(&v->line, v->state, step->event.leaf);
	cli_words_line(out, "                    ", &v->line);
	buf_puts(&v->line, "then held by ");
	cli_words_put_set(&v->line, v->state, &step->holders);
	cli_words_line(out, "                    ", &v->line);
}

static int put_beside(struct view *v, struct buf *out, struct err *err)
{
	size_t n = 0;

	cli_words_heading(out, "WHAT ELSE SPEAKS OF IT");
	for (uint32_t i = 0; i < case_state_leaf_count(v->state); i++) {
		bool is_beside;
		int rc =
		    cli_timeline_is_beside(&v->timeline, i, &is_beside, err);

		if (rc != 0)
			return rc;
		if (!is_beside)
			continue;
		case_report_put_leaf(v->state, i, &v->line);
		cli_words_line(out, "  ", &v->line);
		n++;
	}
	if (n == 0) {
		buf_puts(
		    &v->line, "no claim, question, answer, order or incident");
		cli_words_line(out, "  ", &v->line);
	}
	return 0;
}

int cli_show_item(
    const struct cli_case *c, uint32_t item, struct buf *out, struct err *err)
{
	const struct case_item *i = case_state_item(c->state, item);
	struct view v;
	int rc = open_view(&v, c, item, err);

	if (rc != 0)
		goto out;
	struct case_set holders = case_state_holders(c->state, item, v.now);
	buf_printf(
	    out, "%.*s, %s\n", SLICE_ARG(i->id), case_item_type_name(i->type));
	buf_puts(&v.line, "held by ");
	cli_words_put_set(&v.line, c->state, &holders);
	cli_words_line(out, "  ", &v.line);
	put_place(&v, out);
	put_copies(&v, out);
	rc = put_details(&v, out, err);
	if (rc == 0)
		rc = put_unreadable(&v, out, err);
	if (rc != 0)
		goto out;
	cli_words_heading(out, "TIMELINE (UTC)");
	for (size_t k = 0; k < v.timeline.n; k++)
		put_step(&v, k, out);
	if (v.timeline.n == 0) {
		buf_puts(&v.line, "nothing has happened to it yet");
		cli_words_line(out, "  ", &v.line);
	}
	rc = cli_counters_put(&v.timeline, out, err);
	if (rc == 0)
		rc = put_beside(&v, out, err);
out:
	close_view(&v);
	return rc;
}

static int json_details(struct view *v, struct json *j, struct err *err)
{
	int rc = 0;

	json_open_object(j, "listed");
	for (size_t i = 0; i < DETAIL_COUNT && rc == 0; i++) {
		const char *name = record_schema_field_name(details[i]);
		struct slice value;
		bool is_withheld;

		rc = cli_detail_get(
		    &v->detail, v->item, details[i], &value, &is_withheld, err);
		if (rc == 0 && (value.p != NULL || is_withheld))
			json_text(j, name, value);
	}
	json_close_object(j);
	return rc;
}

static void json_copies(struct view *v, struct json *j)
{
	const struct case_item *item = case_state_item(v->state, v->item);

	cli_json_item(j, "derived_from", v->state, item->derived_from);
	json_open_array(j, "copies");
	for (size_t i = 0; i < item->copy_count; i++)
		cli_json_item(j, NULL, v->state, item->copies[i]);
	json_close_array(j);
}

static void json_timeline(struct view *v, struct json *j)
{
	json_open_array(j, "timeline");
	for (size_t i = 0; i < v->timeline.n; i++) {
		const struct cli_timeline_step *step = &v->timeline.steps[i];
		const struct case_event *e = &step->event;

		json_open_object(j, NULL);
		cli_json_time(j, "at", e->at);
		json_text(j, "what", slice_of(cli_timeline_word(e->type)));
		json_text(j, "named", step->about);
		cli_json_record(j, "record", v->state, e->leaf);
		cli_json_signers(j, "signers", v->state, e->leaf);
		cli_json_party(j, "giver", v->state, e->giver);
		cli_json_party(j, "receiver", v->state, e->receiver);
		json_text(j, "with", step->with);
		json_bool(j, "breach", e->is_breach);
		json_bool(j, "late", e->is_late);
		cli_json_set(j, "held_by", v->state, &step->holders);
		json_close_object(j);
	}
	json_close_array(j);
}

static int json_beside(struct view *v, struct json *j, struct err *err)
{
	int rc = 0;

	json_open_array(j, "beside");
	for (uint32_t i = 0; i < case_state_leaf_count(v->state) && rc == 0;
	     i++) {
		bool is_beside = false;

		rc = cli_timeline_is_beside(&v->timeline, i, &is_beside, err);
		if (is_beside)
			cli_json_record(j, NULL, v->state, i);
	}
	json_close_array(j);
	return rc;
}

int cli_show_item_json(
    const struct cli_case *c, uint32_t item, struct buf *out, struct err *err)
{
	const struct case_item *i = case_state_item(c->state, item);
	struct json j;
	struct view v;
	bool is_enclosing;
	int rc = open_view(&v, c, item, err);

	json_init(&j, out);
	if (rc != 0)
		goto out;
	struct case_set holders = case_state_holders(c->state, item, v.now);
	json_open_object(&j, NULL);
	json_text(&j, "item", i->id);
	json_text(&j, "type", slice_of(case_item_type_name(i->type)));
	cli_json_set(&j, "held_by", c->state, &holders);
	cli_json_item(
	    &j, "in", c->state, case_state_container(c->state, item, v.now));
	json_text(
	    &j, "seal", case_state_seal(c->state, item, v.now, &is_enclosing));
	cli_json_record(&j, "record", c->state, i->leaf);
	json_copies(&v, &j);
	rc = json_details(&v, &j, err);
	json_timeline(&v, &j);
	if (rc == 0)
		rc = cli_counters_put_json(&v.timeline, &j, err);
	if (rc == 0)
		rc = json_beside(&v, &j, err);
	json_close_object(&j);
out:
	close_view(&v);
	return rc;
}
