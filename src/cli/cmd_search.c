/*
 * cmd_search.c: `counterfoil search`: find an item, a seal, a serial number or
 * a person in seconds, by any piece of the text.
 */
#include "case_report.h"
#include "case_wrap.h"
#include "cli_json.h"
#include "cli_names.h"
#include "cli_out.h"
#include "cli_search.h"
#include "cli_words.h"
#include "flow_check.h"

#define SCREEN_MAX (64u << 20)
#define LINE_MAX (1u << 18)

static const struct cli_option options[] = {
    {"kind", 0, "KIND", false, "only in records of this kind"},
    {"list", 0, "WHAT", false,
	"all items, parties, questions, ..., one a line (for completion)"},
};

static void put_hit(const struct cli_search *s,
    const struct cli_search_hit *hit, struct buf *out, struct buf *line)
{
	const struct case_leaf *leaf = case_state_leaf(s->c->state, hit->leaf);

	if (hit->item.p != NULL)
		buf_printf(line, "%.*s ", SLICE_ARG(hit->item));
	if (hit->item.p == NULL || !slice_is(hit->item, hit->value)) {
		buf_printf(line, "%s: ", record_schema_field_name(hit->name));
		case_wrap_put_plain(line, hit->value);
		buf_putc(line, ' ');
	}
	buf_printf(line, "(%s ", record_schema_of(leaf->kind)->name);
	case_report_put_id(line, &leaf->id);
	buf_puts(line, hit->is_withheld ? ", withheld)" : ")");
	cli_words_line(out, "", line);
}

static void put_hits(const struct cli_search *s, struct buf *out)
{
	struct buf line;

	buf_init(&line, LINE_MAX);
	for (size_t i = 0; i < s->n; i++)
		put_hit(s, &s->hits[i], out, &line);
	buf_done(&line);
}

static void put_json(const struct cli_search *s, struct buf *out)
{
	struct json j;

	json_init(&j, out);
	json_open_object(&j, NULL);
	json_number(&j, "not_searched", (int64_t)s->hidden);
	json_open_array(&j, "hits");
	for (size_t i = 0; i < s->n; i++) {
		const struct cli_search_hit *hit = &s->hits[i];

		json_open_object(&j, NULL);
		json_text(&j, "item", hit->item);
		json_text(
		    &j, "field", slice_of(record_schema_field_name(hit->name)));
		json_text(&j, "value", hit->value);
		json_bool(&j, "withheld", hit->is_withheld);
		cli_json_record(&j, "record", s->c->state, hit->leaf);
		json_close_object(&j);
	}
	json_close_array(&j);
	json_close_object(&j);
}

static int print(
    const struct cli_args *args, const struct cli_search *s, struct err *err)
{
	bool is_json = cli_args_has(args, "json");
	struct buf out;

	buf_init(&out, SCREEN_MAX);
	if (is_json)
		put_json(s, &out);
	else
		put_hits(s, &out);
	int rc = buf_check(&out, err);
	if (rc == 0 && is_json)
		cli_out_raw(buf_slice(&out));
	else if (rc == 0)
		cli_out_slice(buf_slice(&out));
	buf_done(&out);
	if (rc != 0)
		return rc;
	if (s->n == 0)
		cli_out_error("search: \"%s\" stands nowhere in this case",
		    args->words[0]);
	if (s->hidden > 0)
		cli_out_remark("%zu withheld value%s not searched: the reveals "
			       "are not in this folder",
		    s->hidden, s->hidden == 1 ? " was" : "s were");
	return s->n > 0 ? CLI_DONE : CLI_FALSE;
}

static int list(const struct cli_args *args, const char *what, struct err *err)
{
	struct cli_case c = {0};
	struct buf out;
	int rc = args->word_count > 0
	    ? err_set(err, ERR_USAGE, "search: a text or --list, not both")
	    : cli_case_open(&c, args, err);

	buf_init(&out, SCREEN_MAX);
	if (rc == 0)
		rc = cli_names_put(&c, what, &out, err);
	if (rc == 0)
		rc = buf_check(&out, err);
	if (rc == 0)
		cli_out_slice(buf_slice(&out));
	buf_done(&out);
	cli_case_done(&c);
	return rc;
}

static int find(const struct cli_args *args, struct err *err)
{
	struct cli_case c = {0};
	struct cli_search search = {0};
	const char *name = cli_args_get(args, "kind");
	enum record_kind kind = RECORD_KIND_COUNT;
	struct slice text;

	if (name != NULL) {
		const struct record_schema *schema =
		    record_schema_find(slice_of(name));

		if (schema == NULL)
			return err_set(err, ERR_USAGE,
			    "search: there is no kind \"%s\"; counterfoil "
			    "record lists them",
			    name);
		kind = schema->kind;
	}
	int rc = flow_check_take(slice_of(args->words[0]), &text, err);
	if (rc == 0)
		rc = cli_case_open(&c, args, err);
	if (rc == 0)
		rc = cli_search_make(&search, &c, text, kind, err);
	if (rc == 0)
		rc = print(args, &search, err);
	cli_search_done(&search);
	cli_case_done(&c);
	return rc;
}

static int run(const struct cli_args *args, struct err *err)
{
	const char *what = cli_args_get(args, "list");

	if (what != NULL)
		return list(args, what, err);
	if (args->word_count == 0)
		return err_set(err, ERR_USAGE,
		    "search: something is missing; usage: counterfoil search "
		    "%s",
		    args->command->usage);
	return find(args, err);
}

const struct cli_command cmd_search = {
    .name = "search",
    .group = CLI_LOOKING,
    .usage = "TEXT [--kind KIND] [--json] | --list WHAT",
    .summary = "Finds a label, serial number, seal, party or person; exits 1 "
	       "if it is nowhere",
    .shared = CLI_SHARED_CASE | CLI_SHARED_JSON,
    .options = options,
    .option_count = sizeof(options) / sizeof(options[0]),
    .words_max = 1,
    .examples = "  counterfoil search 451007\n"
		"  counterfoil search \"proliant\"\n",
    .run = run,
};
