/*
 * cmd_compare.c: `counterfoil compare`: what two lists of one seizure, in one
 * ledger or in two, do not agree on.
 */
#include "case_compare.h"
#include "case_report.h"
#include "case_wrap.h"
#include "cli.h"
#include "cli_args.h"
#include "cli_json.h"
#include "cli_out.h"
#include "cli_source.h"
#include "cli_words.h"
#include "mem.h"

#include <stdlib.h>
#include <string.h>

#define SCREEN_MAX (64u << 20)
#define LINE_MAX 65536

/* ---- words ---- */

static const char letters[CASE_COMPARE_SIDES] = {'A', 'B'};

static void put_value(struct buf *line, int side, struct slice value)
{
	buf_printf(line, "%c says ", letters[side]);
	if (value.p == NULL)
		buf_puts(line, "nothing");
	else
		case_wrap_put_plain(line, value);
}

static const char *field_words(enum record_name field)
{
	return field == RECORD_F_ITEM ? "label"
				      : record_schema_field_name(field);
}

static void put_only(
    const struct case_compare *c, int side, struct buf *out, struct buf *line)
{
	size_t n = 0;

	for (size_t i = 0; i < c->n[side]; i++)
		n += c->things[side][i].how == CASE_COMPARE_UNMATCHED;
	if (n == 0)
		return;
	buf_printf(out, "\nONLY IN %c (%zu)\n", letters[side], n);
	for (size_t i = 0; i < c->n[side]; i++) {
		const struct case_compare_thing *t = &c->things[side][i];
		if (t->how != CASE_COMPARE_UNMATCHED)
			continue;
		buf_printf(line, "%.*s, %s", SLICE_ARG(t->id),
		    case_item_type_name(t->type));
		if (t->inside.p != NULL)
			buf_printf(line, ", in %.*s", SLICE_ARG(t->inside));
		if (t->seal.p != NULL)
			buf_printf(line, ", seal %.*s", SLICE_ARG(t->seal));
		cli_words_line(out, "  - ", line);
	}
}

static void put_difference(const struct case_compare *c,
    const struct case_compare_difference *d, struct buf *out, struct buf *line)
{
	if (!d->is_seizure) {
		const struct case_compare_thing *t =
		    &c->things[CASE_COMPARE_A][d->thing];
		buf_printf(line, "%.*s (matched by %s), ", SLICE_ARG(t->id),
		    case_compare_how_name(t->how));
	}
	buf_printf(line, "%s: ", field_words(d->field));
	put_value(line, CASE_COMPARE_A, d->values[CASE_COMPARE_A]);
	buf_puts(line, ", ");
	put_value(line, CASE_COMPARE_B, d->values[CASE_COMPARE_B]);
	cli_words_line(out, "  - ", line);
}

static void put_differences(const struct case_compare *c, bool is_seizure,
    struct buf *out, struct buf *line)
{
	bool is_first = true;

	for (size_t i = 0; i < c->difference_count; i++) {
		if (c->differences[i].is_seizure != is_seizure)
			continue;
		if (is_first)
			buf_puts(out,
			    is_seizure ? "\nTHE SEIZURE\n"
				       : "\nTHE SAME THING, OTHERWISE\n");
		is_first = false;
		put_difference(c, &c->differences[i], out, line);
	}
}

static void put_events(
    const struct case_compare *c, struct buf *out, struct buf *line)
{
	if (c->event_count > 0)
		buf_puts(out, "\nHAND-OVERS THAT ONLY ONE LEDGER KNOWS\n");
	for (size_t i = 0; i < c->event_count; i++) {
		const struct case_compare_event *e = &c->events[i];
		const struct case_state *state = c->sides[e->side].state;

		buf_printf(line, "only %c: ", letters[e->side]);
		case_report_put_leaf_name(state, e->leaf, line);
		buf_printf(line, ", of %zu thing%s that both list: %.*s%s",
		    e->count, cli_out_s(e->count),
		    SLICE_ARG(c->things[e->side][e->thing].id),
		    e->count > 1 ? " and others" : "");
		cli_words_line(out, "  - ", line);
	}
}

static void put_head(const struct case_compare *c,
    struct slice names[CASE_COMPARE_SIDES], struct buf *out, struct buf *line)
{
	for (int s = 0; s < CASE_COMPARE_SIDES; s++) {
		const struct case_compare_side *side = &c->sides[s];
		char first[8];

		(void)snprintf(first, sizeof(first), "%c  ", letters[s]);
		buf_printf(line, "%.*s: ", SLICE_ARG(names[s]));
		if (side->list == CASE_NONE || c->record_count[s] == 0)
			buf_puts(line, "no list");
		else
			buf_printf(line, "%zu things listed by ", c->n[s]);
		for (size_t i = 0; c->record_count[s] > 0 &&
		     i < c->records[s][0].signer_count;
		     i++)
			buf_printf(line, "%s%.*s", i > 0 ? ", " : "",
			    SLICE_ARG(c->records[s][0].signers[i].party));
		cli_words_line(out, first, line);
	}
	buf_printf(line,
	    "Matched %zu by serial number, %zu by label, %zu by a record of "
	    "both.",
	    c->matched[CASE_COMPARE_SERIAL], c->matched[CASE_COMPARE_LABEL],
	    c->matched[CASE_COMPARE_RECORD]);
	if (c->unknown_count > 0)
		buf_printf(line,
		    " Not compared: %zu value%s that a side withholds; "
		    "reveals of both sides would open them.",
		    c->unknown_count, cli_out_s(c->unknown_count));
	cli_words_line(out, "   ", line);
}

static void put_screen(const struct case_compare *c,
    struct slice names[CASE_COMPARE_SIDES], struct buf *out)
{
	struct buf line;

	buf_init(&line, LINE_MAX);
	put_head(c, names, out, &line);
	put_only(c, CASE_COMPARE_A, out, &line);
	put_only(c, CASE_COMPARE_B, out, &line);
	put_differences(c, false, out, &line);
	put_differences(c, true, out, &line);
	put_events(c, out, &line);
	buf_puts(out,
	    case_compare_is_same(c) ? "\nThey agree.\n"
				    : "\nThey do not agree.\n");
	buf_done(&line);
}

/* ---- JSON ---- */

static void json_only(
    const struct case_compare *c, int side, const char *name, struct json *j)
{
	json_open_array(j, name);
	for (size_t i = 0; i < c->n[side]; i++) {
		const struct case_compare_thing *t = &c->things[side][i];

		if (t->how != CASE_COMPARE_UNMATCHED)
			continue;
		json_open_object(j, NULL);
		json_text(j, "item", t->id);
		json_text(j, "type", slice_of(case_item_type_name(t->type)));
		json_text(j, "inside", t->inside);
		json_text(j, "seal", t->seal);
		json_close_object(j);
	}
	json_close_array(j);
}

static void json_differences(
    const struct case_compare *c, bool is_seizure, struct json *j)
{
	json_open_array(j, is_seizure ? "seizure" : "otherwise");
	for (size_t i = 0; i < c->difference_count; i++) {
		const struct case_compare_difference *d = &c->differences[i];

		if (d->is_seizure != is_seizure)
			continue;
		json_open_object(j, NULL);
		if (!is_seizure) {
			const struct case_compare_thing *t =
			    &c->things[CASE_COMPARE_A][d->thing];
			json_text(j, "item", t->id);
			json_text(j, "other_item",
			    c->things[CASE_COMPARE_B][t->other].id);
			json_text(j, "matched_by",
			    slice_of(case_compare_how_name(t->how)));
		}
		json_text(j, "field", slice_of(field_words(d->field)));
		json_text(j, "a", d->values[CASE_COMPARE_A]);
		json_text(j, "b", d->values[CASE_COMPARE_B]);
		json_close_object(j);
	}
	json_close_array(j);
}

static void json_events(const struct case_compare *c, struct json *j)
{
	json_open_array(j, "hand_overs");
	for (size_t i = 0; i < c->event_count; i++) {
		const struct case_compare_event *e = &c->events[i];
		const struct case_state *state = c->sides[e->side].state;

		json_open_object(j, NULL);
		json_text(j, "only_in",
		    slice_of(e->side == CASE_COMPARE_A ? "a" : "b"));
		cli_json_record(j, "record", state, e->leaf);
		cli_json_time(j, "at", case_state_leaf(state, e->leaf)->at);
		json_number(j, "items", (int64_t)e->count);
		json_text(j, "first_item", c->things[e->side][e->thing].id);
		json_close_object(j);
	}
	json_close_array(j);
}

static void put_json(const struct case_compare *c,
    struct slice names[CASE_COMPARE_SIDES], struct json *j)
{
	json_open_object(j, NULL);
	json_text(j, "a", names[CASE_COMPARE_A]);
	json_text(j, "b", names[CASE_COMPARE_B]);
	json_bool(j, "same", case_compare_is_same(c));
	json_open_object(j, "matched_by");
	for (int how = CASE_COMPARE_SERIAL; how < CASE_COMPARE_HOW_COUNT; how++)
		json_number(j,
		    case_compare_how_name((enum case_compare_how)how),
		    (int64_t)c->matched[how]);
	json_close_object(j);
	json_number(j, "not_compared", (int64_t)c->unknown_count);
	json_only(c, CASE_COMPARE_A, "only_a", j);
	json_only(c, CASE_COMPARE_B, "only_b", j);
	json_differences(c, false, j);
	json_differences(c, true, j);
	json_events(c, j);
	json_close_object(j);
}

/* ---- what is compared ---- */

struct comparing {
	const struct cli_args *args;
	struct cli_source sources[CASE_COMPARE_SIDES];
	struct json json;
	struct buf out;
	bool is_same;
};

/* PATH or PATH:N; the number is 0 without one. */
static int split(
    const char *typed, char **ret_path, size_t *ret_number, struct err *err)
{
	const char *colon = strrchr(typed, ':');
	unsigned long long number = 0;
	size_t n = strlen(typed);

	if (colon != NULL && slice_to_u64(slice_of(colon + 1), &number) &&
	    number > 0 && number <= UINT32_MAX)
		n = (size_t)(colon - typed);
	*ret_number = n == strlen(typed) ? 0 : (size_t)number;
	*ret_path = mem_copy_text(typed, n);
	return *ret_path != NULL ? 0 : err_nomem(err);
}

static int add_files(struct comparing *p, struct err *err)
{
	const char *path;
	int rc = 0;

	for (size_t at = 0;
	     rc == 0 && (path = cli_args_next(p->args, "with", &at)) != NULL;) {
		size_t total = 0;
		for (int s = 0; s < CASE_COMPARE_SIDES && rc == 0; s++) {
			size_t n = 0;
			if (p->sources[s].state == NULL)
				continue;
			rc = cli_source_add_file(&p->sources[s], path, &n, err);
			total += n;
		}
		if (rc == 0 && total == 0)
			rc = err_set(err, ERR_USAGE,
			    "compare: --with %s: it reveals nothing of what is "
			    "compared",
			    path);
	}
	return rc;
}

static int compare(struct comparing *p,
    const struct case_compare_side sides[CASE_COMPARE_SIDES],
    struct slice names[CASE_COMPARE_SIDES], struct err *err)
{
	struct case_compare c = {0};
	int rc = case_compare_make(&c, sides, err);

	if (rc == 0) {
		p->is_same = p->is_same && case_compare_is_same(&c);
		if (cli_args_has(p->args, "json"))
			put_json(&c, names, &p->json);
		else
			put_screen(&c, names, &p->out);
	}
	case_compare_done(&c);
	return rc;
}

static int compare_two(struct comparing *p, struct err *err)
{
	struct case_compare_side sides[CASE_COMPARE_SIDES] = {{0}};
	struct slice names[CASE_COMPARE_SIDES];
	size_t numbers[CASE_COMPARE_SIDES] = {0};
	int rc = 0;

	for (int s = 0; s < CASE_COMPARE_SIDES && rc == 0; s++) {
		char *path = NULL;
		names[s] = slice_of(p->args->words[s]);
		rc = split(p->args->words[s], &path, &numbers[s], err);
		if (rc == 0)
			rc =
			    cli_source_open(&p->sources[s], p->args, path, err);
		free(path);
	}
	if (rc == 0)
		rc = add_files(p, err);
	for (int s = 0; s < CASE_COMPARE_SIDES && rc == 0; s++)
		rc =
		    cli_source_side(&p->sources[s], numbers[s], &sides[s], err);
	return rc == 0 ? compare(p, sides, names, err) : rc;
}

/* The list that findings use against each other one of the same case. */
static int compare_own(struct comparing *p, struct err *err)
{
	struct cli_source *source = &p->sources[CASE_COMPARE_A];
	struct case_compare_side sides[CASE_COMPARE_SIDES] = {{0}};
	size_t compared = 0;
	int rc = cli_source_open(source, p->args,
	    p->args->word_count > 0 ? p->args->words[0] : NULL, err);

	if (rc == 0)
		rc = add_files(p, err);
	if (rc == 0)
		rc = cli_source_side(source, 0, &sides[CASE_COMPARE_A], err);
	size_t n = rc == 0 ? cli_source_list_count(source) : 0;
	for (size_t number = 1; number <= n && rc == 0; number++) {
		char name[32];
		struct slice names[CASE_COMPARE_SIDES] = {
		    slice_of("the list that findings use"), slice_of(name)};
		(void)snprintf(name, sizeof(name), "list %zu", number);
		rc = cli_source_side(
		    source, number, &sides[CASE_COMPARE_B], err);
		if (rc != 0 || sides[0].list == sides[1].list)
			continue;
		if (compared++ > 0 && !cli_args_has(p->args, "json"))
			buf_putc(&p->out, '\n');
		rc = compare(p, sides, names, err);
	}
	if (rc == 0 && compared == 0)
		rc = err_set(err, ERR_NOTFOUND,
		    "compare: %s has %s list; name a second case or bundle",
		    source->name.p, n == 0 ? "no" : "only one");
	return rc;
}

static int run(const struct cli_args *args, struct err *err)
{
	struct comparing p = {.args = args, .is_same = true};
	bool is_json = cli_args_has(args, "json");
	bool is_list = is_json && args->word_count < 2;

	buf_init(&p.out, SCREEN_MAX);
	json_init(&p.json, &p.out);
	if (is_list)
		json_open_array(&p.json, NULL);
	int rc =
	    args->word_count == 2 ? compare_two(&p, err) : compare_own(&p, err);
	if (is_list && rc == 0)
		json_close_array(&p.json);
	if (rc == 0)
		rc = buf_check(&p.out, err);
	if (rc == 0 && is_json)
		cli_out_raw(buf_slice(&p.out));
	else if (rc == 0)
		cli_out_slice(buf_slice(&p.out));
	for (int s = 0; s < CASE_COMPARE_SIDES; s++)
		cli_source_done(&p.sources[s]);
	buf_done(&p.out);
	if (rc != 0)
		return rc;
	return p.is_same ? CLI_DONE : CLI_FALSE;
}

static const struct cli_option options[] = {
    {"with", 0, "FILE", true, "a reveal file, to compare withheld values too"},
};

const struct cli_command cmd_compare = {
    .name = "compare",
    .group = CLI_LOOKING,
    .usage = "[A[:N] [B[:N]]] [--with FILE]... [--json]",
    .summary = "Shows what two lists of one seizure do not agree on",
    .shared = CLI_SHARED_CASE | CLI_SHARED_JSON,
    .options = options,
    .option_count = sizeof(options) / sizeof(options[0]),
    .words_max = 2,
    .examples =
	"  counterfoil compare\n"
	"  counterfoil compare our-case their.bundle\n"
	"  counterfoil compare our-case:1 our-case:2 --with serials.reveal\n\n"
	"A and B are case folders or bundles, N the number of a list in "
	"them.\n",
    .run = run,
};
