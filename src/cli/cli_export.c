/*
 * cli_export.c: cells, and the tables of items, events and parties.
 */
#include "cli_export.h"

#include "case_finding.h"
#include "cli_finding.h"
#include "cli_json.h"
#include "cli_timeline.h"
#include "csv.h"
#include "mem.h"
#include "when.h"

#include <stdlib.h>

/* ---- cells ---- */

void cli_export_end_cell(struct cli_export *x)
{
	if (x->cell.failed != 0 && x->out->failed == 0)
		x->out->failed = x->cell.failed;
	csv_put(x->out, buf_slice(&x->cell));
	buf_clear(&x->cell);
}

void cli_export_slice(struct cli_export *x, struct slice text)
{
	csv_put(x->out, text);
}

void cli_export_text(struct cli_export *x, const char *text)
{
	csv_put(x->out, slice_of(text));
}

void cli_export_time(struct cli_export *x, int64_t when)
{
	char text[WHEN_SIZE];

	when_to_time(text, when);
	cli_export_text(x, text);
}

void cli_export_bool(struct cli_export *x, bool is)
{
	cli_export_text(x, is ? "yes" : "no");
}

void cli_export_party(struct cli_export *x, uint32_t party)
{
	cli_export_slice(x,
	    party == CASE_NONE ? slice_of(NULL)
			       : case_state_party(x->c->state, party)->name);
}

void cli_export_record(struct cli_export *x, uint32_t leaf)
{
	const struct case_leaf *l = case_state_leaf(x->c->state, leaf);
	char hex[HASH_HEX_SIZE];

	hash_to_hex(hex, &l->id);
	cli_export_time(x, l->at);
	cli_export_time(x, l->entered);
	cli_export_text(x, hex);
}

void cli_export_field(struct cli_export *x, const struct record *record,
    const struct record_block *block, const struct cli_reveals *reveals,
    enum record_name name)
{
	const struct record_value *v = NULL;

	while ((v = record_next(record, block, name, v)) != NULL) {
		struct slice value = cli_reveals_value(reveals, block, v);

		buf_puts(&x->cell, x->cell.n > 0 ? "; " : "");
		buf_put_slice(
		    &x->cell, value.p != NULL ? value : slice_of("withheld"));
	}
	cli_export_end_cell(x);
}

static void put_header(struct cli_export *x, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		cli_export_text(x, names[i]);
}

/* ---- items ---- */

struct items {
	struct cli_export *x;
	int64_t time;
	size_t finding_count, finding_cap;
	struct cli_finding *findings; /* of every question */
	uint32_t leaf; /* that `record` is of; CASE_NONE: none yet */
	struct record record;
	struct cli_reveals reveals;
};

static int make_findings(struct items *t, struct err *err)
{
	const struct case_state *state = t->x->c->state;
	int rc = 0;

	for (uint32_t i = 0; rc == 0 && i < case_state_leaf_count(state); i++) {
		if (case_state_leaf(state, i)->kind != RECORD_QUESTION ||
		    case_state_leaf(state, i)->standing != CASE_GOOD)
			continue;
		rc = mem_grow((void **)&t->findings, &t->finding_cap,
		    t->finding_count + 1, sizeof(t->findings[0]), err);
		if (rc == 0)
			rc = cli_finding_make(&t->findings[t->finding_count++],
			    t->x->c, i, t->time, err);
	}
	return rc;
}

/* The words that are not settled as NO: "1a2b3c4d5e6f data CONTESTED". */
static void put_open(struct items *t, uint32_t item)
{
	struct buf *cell = &t->x->cell;

	for (size_t q = 0; q < t->finding_count; q++) {
		const struct case_finding *f = &t->findings[q].finding;

		for (size_t i = 0; i < f->line_count; i++) {
			const struct case_line *line = &f->lines[i];
			char id[CLI_CASE_SHORT_SIZE];

			if (line->item != item || line->word == CASE_NO ||
			    line->word == CASE_NOT_APPLICABLE)
				continue;
			cli_case_short_id(
			    id, &case_state_leaf(f->state, f->question)->id);
			buf_printf(cell, "%s%s %s %s", cell->n > 0 ? "; " : "",
			    id, case_form_name(line->form),
			    case_word_machine(line->word));
		}
	}
	cli_export_end_cell(t->x);
}

/* Since when its holder has it, and when it was last seen and identified. */
static int put_times(struct items *t, uint32_t item, struct err *err)
{
	struct case_event *events = NULL;
	size_t cap = 0, n = 0;
	const struct case_event *held = NULL, *seen = NULL;
	int rc =
	    case_state_timeline(t->x->c->state, item, &events, &cap, &n, err);

	for (size_t i = 0; rc == 0 && i < n; i++) {
		const struct case_event *e = &events[i];
		bool is_taken =
		    e->type == CASE_EVENT_SEIZED || e->type == CASE_EVENT_FOUND;

		if (is_taken || e->type == CASE_EVENT_GIVEN)
			held = e;
		if (is_taken ||
		    (e->type == CASE_EVENT_SEEN && e->is_identified))
			seen = e;
	}
	if (held != NULL)
		cli_export_time(t->x, held->at);
	else
		cli_export_text(t->x, NULL);
	if (seen != NULL)
		cli_export_time(t->x, seen->at);
	else
		cli_export_text(t->x, NULL);
	free(events);
	return rc;
}

static int load(struct items *t, uint32_t leaf, struct err *err)
{
	if (t->leaf == leaf)
		return 0;
	t->leaf = leaf;
	cli_reveals_done(&t->reveals);
	int rc = case_state_record(t->x->c->state, leaf, &t->record, err);
	return rc != 0 || !t->x->is_private
	    ? rc
	    : cli_reveals_load(&t->reveals, t->x->c, leaf, err);
}

/* What has a column of its own that tells how it is now. */
static bool is_told(enum record_name name)
{
	return name == RECORD_F_TYPE || name == RECORD_F_INSIDE ||
	    name == RECORD_F_SEAL;
}

static int put_item(struct items *t, uint32_t index, struct err *err)
{
	const struct record_schema *list = record_schema_of(RECORD_LIST);
	const struct case_state *state = t->x->c->state;
	const struct case_item *item = case_state_item(state, index);
	uint32_t in = case_state_container(state, index, t->time);
	struct case_set holders = case_state_holders(state, index, t->time);
	bool is_enclosing;

	cli_export_slice(t->x, item->id);
	cli_export_text(t->x, case_item_type_name(item->type));
	cli_export_slice(t->x,
	    in == CASE_NONE ? slice_of(NULL) : case_state_item(state, in)->id);
	for (uint32_t p = case_set_next(&holders, 0); p != CASE_NONE;
	     p = case_set_next(&holders, p + 1))
		buf_printf(&t->x->cell, "%s%.*s", t->x->cell.n > 0 ? "; " : "",
		    SLICE_ARG(case_state_party(state, p)->name));
	cli_export_end_cell(t->x);
	cli_export_slice(
	    t->x, case_state_seal(state, index, t->time, &is_enclosing));
	int rc = put_times(t, index, err);
	put_open(t, index);
	if (rc == 0)
		rc = load(t, item->leaf, err);
	for (size_t i = 0; rc == 0 && i < list->block_field_count; i++)
		if (!is_told(list->block_fields[i].name))
			cli_export_field(t->x, &t->record,
			    &t->record.blocks[item->block], &t->reveals,
			    list->block_fields[i].name);
	csv_put_end(t->x->out);
	return rc;
}

int cli_export_items(struct cli_export *x, struct err *err)
{
	static const char *const names[] = {"item", "type", "inside", "holder",
	    "seal", "since", "last-seen", "open"};
	const struct record_schema *list = record_schema_of(RECORD_LIST);
	struct items t = {
	    .x = x, .time = cli_finding_default_time(x->c), .leaf = CASE_NONE};

	put_header(x, names, sizeof(names) / sizeof(names[0]));
	for (size_t i = 0; i < list->block_field_count; i++)
		if (!is_told(list->block_fields[i].name))
			cli_export_text(x,
			    record_schema_field_name(
				list->block_fields[i].name));
	csv_put_end(x->out);
	int rc = make_findings(&t, err);
	for (uint32_t i = 0; rc == 0 && i < case_state_item_count(x->c->state);
	     i++)
		rc = put_item(&t, i, err);
	for (size_t i = 0; i < t.finding_count; i++)
		cli_finding_done(&t.findings[i]);
	free(t.findings);
	record_done(&t.record);
	cli_reveals_done(&t.reveals);
	return rc;
}

/* ---- events ---- */

struct item_event {
	const struct case_event *event;
	uint32_t item;
};

static int compare(const void *a, const void *b)
{
	const struct item_event *x = a, *y = b;

	if (x->event->at != y->event->at)
		return x->event->at < y->event->at ? -1 : 1;
	if (x->event->leaf != y->event->leaf)
		return x->event->leaf < y->event->leaf ? -1 : 1;
	return x->item < y->item ? -1 : x->item > y->item;
}

static void put_event(struct cli_export *x, const struct item_event *e)
{
	const struct case_state *state = x->c->state;
	const struct case_event *event = e->event;

	cli_export_record(x, event->leaf);
	cli_export_text(x,
	    record_schema_of(case_state_leaf(state, event->leaf)->kind)->name);
	cli_export_slice(x, case_state_item(state, e->item)->id);
	cli_export_text(x, cli_timeline_word(event->type));
	cli_export_party(x, event->giver);
	cli_export_party(x, event->receiver);
	cli_export_slice(x,
	    event->other == CASE_NONE
		? slice_of(NULL)
		: case_state_item(state, event->other)->id);
	cli_export_bool(x, event->is_signed_by_both);
	cli_export_bool(x, event->is_identified);
	cli_export_bool(x, event->is_breach);
	cli_export_bool(x, event->is_late);
	csv_put_end(x->out);
}

int cli_export_events(struct cli_export *x, struct err *err)
{
	static const char *const names[] = {"at", "entered", "record", "kind",
	    "item", "event", "giver", "receiver", "other", "signed-by-both",
	    "identified", "breach", "late"};
	const struct case_state *state = x->c->state;
	size_t count = 0, n = 0;

	for (uint32_t i = 0; i < case_state_item_count(state); i++)
		count += case_state_item(state, i)->event_count;
	struct item_event *list = mem_new(count + 1, sizeof(*list));
	if (list == NULL)
		return err_nomem(err);
	for (uint32_t i = 0; i < case_state_item_count(state); i++) {
		const struct case_item *item = case_state_item(state, i);

		for (size_t k = 0; k < item->event_count; k++)
			list[n++] = (struct item_event){&item->events[k], i};
	}
	qsort(list, n, sizeof(*list), compare);
	put_header(x, names, sizeof(names) / sizeof(names[0]));
	csv_put_end(x->out);
	for (size_t i = 0; i < n; i++)
		put_event(x, &list[i]);
	free(list);
	return 0;
}

/* ---- parties ---- */

static void put_party(struct cli_export *x, uint32_t index, const size_t *holds)
{
	const struct case_state *state = x->c->state;
	const struct case_party *party = case_state_party(state, index);
	const struct note_key *key = case_state_party_key(state, index);
	bool is_red = false;

	for (size_t i = 0; i < case_state_red_line_count(state); i++) {
		const struct case_red_line *line =
		    case_state_red_line(state, i);

		is_red = is_red ||
		    (line->party == index && line->lifted_leaf == CASE_NONE);
	}
	cli_export_slice(x, party->name);
	cli_export_text(x, case_side_name(party->side));
	cli_export_slice(x, party->org);
	cli_export_slice(x, party->role);
	if (key != NULL)
		buf_printf(&x->cell, "%08x", (unsigned)key->id);
	cli_export_end_cell(x);
	if (party->enrolled_leaf != CASE_NONE)
		cli_export_time(
		    x, case_state_leaf(state, party->enrolled_leaf)->entered);
	else
		cli_export_text(x, NULL);
	cli_export_bool(x, party->is_policy_holder);
	cli_export_bool(x, is_red);
	buf_printf(&x->cell, "%zu", holds[index]);
	cli_export_end_cell(x);
	csv_put_end(x->out);
}

int cli_export_parties(struct cli_export *x, struct err *err)
{
	static const char *const names[] = {"party", "side", "org", "role",
	    "key-id", "enrolled", "policy-holder", "red-line", "holds"};
	const struct case_state *state = x->c->state;
	size_t parties = case_state_party_count(state);
	int64_t time = cli_finding_default_time(x->c);
	size_t *holds = mem_new(parties + 1, sizeof(*holds));

	if (holds == NULL)
		return err_nomem(err);
	for (uint32_t i = 0; i < case_state_item_count(state); i++) {
		struct case_set set = case_state_holders(state, i, time);

		for (uint32_t p = case_set_next(&set, 0); p != CASE_NONE;
		     p = case_set_next(&set, p + 1))
			holds[p]++;
	}
	put_header(x, names, sizeof(names) / sizeof(names[0]));
	csv_put_end(x->out);
	for (uint32_t i = 0; i < parties; i++)
		put_party(x, i, holds);
	free(holds);
	return 0;
}
