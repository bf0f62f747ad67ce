/*
 * cmd_label.c: `counterfoil label`: labels to print and stick on, for items of
 * the case or for numbers that are yet to be given to something.
 */
#include "cli_case.h"
#include "cli_issue.h"
#include "cli_out.h"
#include "file.h"
#include "flow_label.h"
#include "text.h"
#include "when.h"

#include <fcntl.h>
#include <inttypes.h>
#include <string.h>

#define NEW_MAX 5000
#define DEFAULT_SHEET "a4-3x8"

static const struct cli_option options[] = {
    {"output", 'o', "FILE.html", false, "where to write them"},
    {"all", 0, NULL, false, "every item of the case"},
    {"new", 0, "N", false, "N new numbers, for things yet to be listed"},
    {"prefix", 0, "TEXT", false, "new: what they begin with (default PC)"},
    {"sheet", 0, "NAME", false, "a4-3x8 (default) or a4-5x13"},
    {"roll", 0, "WxH", false, "a roll of labels, in millimetres"},
    {"skip", 0, "N", false, "leave the first N places of the sheet empty"},
    {"code", 0, "WORD", false, "qr (default) or code128"},
    {"copies", 0, "N", false,
	"2: a second one for the object; 3: a third for the form"},
};

struct labels {
	const struct cli_args *args;
	struct cli_case c;
	struct flow_label_sheet sheet;
	struct flow_label_writer writer;
	struct buf out;
	uint64_t copies;
	size_t n; /* labels written */
};

static int put(struct labels *x, struct flow_label label, struct err *err)
{
	static const char *const copies[] = {"bag", "object", "form"};
	int rc = 0;

	label.case_name = slice_of(x->c.log_key.name);
	for (uint64_t i = 0; rc == 0 && i < x->copies; i++) {
		label.copy = x->copies > 1 ? copies[i] : NULL;
		rc = flow_label_put(&x->writer, &label, err);
		x->n++;
	}
	return rc;
}

static int put_item(struct labels *x, uint32_t item, struct err *err)
{
	const struct case_state *state = x->c.state;
	const struct case_item *it = case_state_item(state, item);
	char date[WHEN_SIZE];

	when_to_date(date, case_state_leaf(state, it->leaf)->at);
	return put(x,
	    (struct flow_label){.id = it->id,
		.number = item + 1,
		.total = case_state_item_count(state),
		.date = slice_of(date)},
	    err);
}

static int put_new(struct labels *x, struct err *err)
{
	const char *prefix = cli_args_get(x->args, "prefix");
	char id[TEXT_IDENTIFIER_MAX + 1], date[WHEN_SIZE];
	uint64_t count = 0, first = 0;
	int rc = cli_args_count(x->args, "new", &count, NULL, err);

	prefix = prefix != NULL ? prefix : "PC";
	if (rc == 0 && (count == 0 || count > NEW_MAX))
		rc = err_set(err, ERR_USAGE,
		    "label: --new: 1 to %d labels at a time", NEW_MAX);
	if (rc == 0 &&
	    (!text_is_identifier(slice_of(prefix)) || strlen(prefix) > 32))
		rc = err_set(err, ERR_USAGE,
		    "label: --prefix \"%s\" is no beginning of an item number; "
		    "use letters, digits, '.', '/' and '-', at most 32",
		    prefix);
	if (rc == 0)
		rc = cli_issue_take(&x->c, slice_of(prefix),
		    cli_issue_highest_item(&x->c, slice_of(prefix)), count,
		    &first, err);
	when_to_date(date, x->c.now);
	for (uint64_t i = 0; rc == 0 && i < count; i++) {
		(void)snprintf(
		    id, sizeof(id), "%s-%04" PRIu64, prefix, first + i);
		rc = put(x,
		    (struct flow_label){
			.id = slice_of(id), .date = slice_of(date)},
		    err);
	}
	return rc;
}

static int put_named(struct labels *x, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < x->args->word_count; i++) {
		uint32_t item;

		rc = cli_case_find_item(&x->c, x->args->words[i], &item, err);
		if (rc == 0)
			rc = put_item(x, item, err);
	}
	return rc;
}

static int put_all(struct labels *x, struct err *err)
{
	int rc = 0;

	for (uint32_t i = 0; rc == 0 && i < case_state_item_count(x->c.state);
	     i++)
		rc = put_item(x, i, err);
	return rc;
}

static int choose_sheet(struct labels *x, struct err *err)
{
	const char *roll = cli_args_get(x->args, "roll");
	const char *name = cli_args_get(x->args, "sheet");

	if (roll != NULL && name != NULL)
		return err_set(
		    err, ERR_USAGE, "label: --sheet or --roll, not both");
	if (roll != NULL)
		return flow_label_sheet_roll(&x->sheet, slice_of(roll), err);
	const struct flow_label_sheet *sheet = flow_label_sheet_find(
	    slice_of(name != NULL ? name : DEFAULT_SHEET));
	if (sheet == NULL)
		return err_set(err, ERR_USAGE,
		    "label: there is no sheet \"%s\"; there are a4-3x8 (24 of "
		    "70 x 37 mm) and a4-5x13 (65 of 38.1 x 21.2 mm)",
		    name);
	x->sheet = *sheet;
	return 0;
}

static int read_options(struct labels *x, uint64_t *ret_skip, struct err *err)
{
	const char *code = cli_args_get(x->args, "code");
	size_t ways = (x->args->word_count > 0) + cli_args_has(x->args, "all") +
	    cli_args_has(x->args, "new");
	int rc = choose_sheet(x, err);

	if (rc == 0)
		rc = cli_args_count(x->args, "copies", &x->copies, NULL, err);
	if (rc == 0)
		rc = cli_args_count(x->args, "skip", ret_skip, NULL, err);
	if (rc != 0)
		return rc;
	if (ways != 1)
		return err_set(err, ERR_USAGE,
		    "label: which labels? name items, or give --all or --new N "
		    "(one of these)");
	if (x->copies < 1 || x->copies > 3)
		return err_set(err, ERR_USAGE,
		    "label: --copies is 1 (bag), 2 (object too) or 3 (form "
		    "too)");
	if (*ret_skip >= x->sheet.columns * x->sheet.rows)
		return err_set(err, ERR_USAGE,
		    "label: --skip: a sheet has only %zu places",
		    x->sheet.columns * x->sheet.rows);
	x->writer.is_bars =
	    code != NULL && slice_is_text(slice_of(code), "code128");
	if (code != NULL && !x->writer.is_bars &&
	    !slice_is_text(slice_of(code), "qr"))
		return err_set(err, ERR_USAGE,
		    "label: --code \"%s\" is neither qr nor code128", code);
	return 0;
}

static int write_out(struct labels *x, const char *path, struct err *err)
{
	flow_label_end(&x->writer);
	int rc = buf_check(&x->out, err);
	if (rc == 0)
		rc =
		    file_publish(AT_FDCWD, path, buf_slice(&x->out), 0644, err);
	if (rc == 0)
		cli_out("%s: %zu label%s; print it at 100 %%, without "
			"margins\n",
		    path, x->n, cli_out_s(x->n));
	return rc;
}

static int run(const struct cli_args *args, struct err *err)
{
	struct labels x = {.args = args, .copies = 1};
	uint64_t skip = 0;
	const char *path;

	buf_init(&x.out, FLOW_LABEL_FILE_MAX);
	x.writer.sheet = &x.sheet;
	x.writer.out = &x.out;
	int rc = cli_args_need(args, "output", &path, err);
	if (rc == 0)
		rc = read_options(&x, &skip, err);
	if (rc == 0)
		rc = cli_case_open(&x.c, args, err);
	if (rc == 0) {
		flow_label_start(&x.writer, (size_t)skip);
		rc = cli_args_has(args, "all")	? put_all(&x, err)
		    : cli_args_has(args, "new") ? put_new(&x, err)
						: put_named(&x, err);
	}
	if (rc == 0 && x.n == 0)
		rc = err_set(err, ERR_NOTFOUND,
		    "label: the case has no items yet; --new N makes labels "
		    "for them");
	if (rc == 0)
		rc = write_out(&x, path, err);
	buf_done(&x.out);
	cli_case_done(&x.c);
	return rc;
}

const struct cli_command cmd_label = {
    .name = "label",
    .group = CLI_CUSTODY,
    .usage = "ITEM... | --all | --new N -o FILE.html",
    .summary = "Makes labels to print, with a code and a check character",
    .shared = CLI_SHARED_CASE,
    .options = options,
    .option_count = sizeof(options) / sizeof(options[0]),
    .words_max = SIZE_MAX,
    .examples = "  counterfoil label --all --copies 3 -o labels.html\n"
		"  counterfoil label --new 24 -o new.html\n"
		"  counterfoil label PC-0007 PC-0007-D1 --roll 62x29 "
		"--code code128 -o l.html\n",
    .run = run,
};
