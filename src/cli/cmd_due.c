/*
 * cmd_due.c: `counterfoil due`: what somebody must act on, and until when; for
 * the morning at the desk, and for cron, which mails what is printed.
 */
#include "case_report.h"
#include "cli_due.h"
#include "cli_json.h"
#include "cli_out.h"
#include "cli_words.h"

#include <inttypes.h>

#define SCREEN_MAX (16u << 20)
#define LINE_MAX 16384
#define DAYS_MAX 36500
#define FIRST_SIZE 40 /* "OVERDUE", any 64-bit number, "days" */

static const struct cli_option options[] = {
    {"within", 0, "DAYS", false, "only what is due in so many days, or was"},
    {"inspect-every", 0, "DAYS", false,
	"how often things must be seen jointly (default: as the policy says)"},
    {"inventory-within", 0, "DAYS", false,
	"time for the joint inventory after a hand-over (default 7)"},
    {"quiet", 'q', NULL, false, "print nothing if nothing is due"},
};

static bool is_shown(const struct cli_args *args, uint64_t within,
    const struct cli_due_task *task)
{
	return task->is_overdue || !cli_args_has(args, "within") ||
	    (task->when != CLI_DUE_NO_DATE && (uint64_t)task->days <= within);
}

static void put_first(const struct cli_due_task *task, char first[FIRST_SIZE])
{
	if (task->when == CLI_DUE_NO_DATE)
		(void)snprintf(first, FIRST_SIZE, "no date set");
	else
		(void)snprintf(first, FIRST_SIZE, "%s %" PRId64 " day%s",
		    task->is_overdue ? "OVERDUE" : "in", task->days,
		    task->days == 1 ? "" : "s");
}

/* How wide the first column is: all that is shown, and a gap. */
static size_t find_width(
    const struct cli_args *args, const struct cli_due *due, uint64_t within)
{
	char first[FIRST_SIZE];
	size_t width = 0;

	for (size_t i = 0; i < due->n; i++) {
		if (!is_shown(args, within, &due->tasks[i]))
			continue;
		put_first(&due->tasks[i], first);
		if (width < strlen(first))
			width = strlen(first);
	}
	return width + 2;
}

static void put_task(const struct cli_due_task *task, size_t width,
    struct buf *out, struct buf *line)
{
	char first[FIRST_SIZE], column[FIRST_SIZE + 2];

	put_first(task, first);
	(void)snprintf(column, sizeof(column), "%-*s", (int)width, first);
	buf_put_slice(line, buf_slice(&task->who));
	buf_puts(line, task->who.n > 0 ? ": " : "");
	buf_put_slice(line, buf_slice(&task->what));
	if (task->kind == CLI_DUE_INSPECTION || task->kind == CLI_DUE_INVENTORY)
		buf_printf(line, " (%zu thing%s)", task->items,
		    cli_out_s(task->items));
	if (task->when != CLI_DUE_NO_DATE) {
		buf_puts(line, ", due ");
		case_report_put_due(line, task->when);
	}
	cli_words_line(out, column, line);
}

static void put_json(struct json *j, const struct cli_due_task *task)
{
	struct slice rest = buf_slice(&task->who);
	char hex[HASH_HEX_SIZE];

	hash_to_hex(hex, &task->record);
	json_open_object(j, NULL);
	json_text(j, "kind", slice_of(cli_due_kind_name(task->kind)));
	if (task->when != CLI_DUE_NO_DATE) {
		cli_json_time(j, "due", task->when);
		json_bool(j, "overdue", task->is_overdue);
		json_number(j, "days", task->days);
	} else {
		json_null(j, "due");
		json_bool(j, "overdue", false);
		json_null(j, "days");
	}
	json_open_array(j, "who");
	while (rest.p != NULL && rest.n > 0)
		json_text(j, NULL, slice_trim(slice_cut(&rest, ',')));
	json_close_array(j);
	json_text(j, "what", buf_slice(&task->what));
	json_number(j, "items", (int64_t)task->items);
	json_text(j, "record", slice_of(hex));
	json_close_object(j);
}

static void put_all(const struct cli_args *args, const struct cli_due *due,
    uint64_t within, struct buf *out)
{
	struct json j;
	struct buf line;
	bool is_json = cli_args_has(args, "json");
	size_t width = find_width(args, due, within);

	json_init(&j, out);
	buf_init(&line, LINE_MAX);
	if (is_json)
		json_open_array(&j, NULL);
	for (size_t i = 0; i < due->n; i++) {
		const struct cli_due_task *task = &due->tasks[i];

		if (!is_shown(args, within, task))
			continue;
		if (is_json)
			put_json(&j, task);
		else
			put_task(task, width, out, &line);
	}
	if (is_json)
		json_close_array(&j);
	else if (out->n == 0 && !cli_args_has(args, "quiet"))
		buf_puts(out, "nothing is due\n");
	buf_done(&line);
}

static int print(const struct cli_args *args, const struct cli_due *due,
    uint64_t within, struct err *err)
{
	struct buf out;
	bool is_overdue = false;

	buf_init(&out, SCREEN_MAX);
	put_all(args, due, within, &out);
	int rc = buf_check(&out, err);
	if (rc == 0 && cli_args_has(args, "json"))
		cli_out_raw(buf_slice(&out));
	else if (rc == 0)
		cli_out_report(buf_slice(&out));
	buf_done(&out);
	for (size_t i = 0; i < due->n; i++)
		is_overdue = is_overdue || due->tasks[i].is_overdue;
	return rc != 0 ? rc : is_overdue ? CLI_FALSE : CLI_DONE;
}

static int read_days(const struct cli_args *args, const char *name,
    uint64_t *ret_days, struct err *err)
{
	bool is_given;
	int rc = cli_args_count(args, name, ret_days, &is_given, err);

	if (rc == 0 && is_given && *ret_days > DAYS_MAX)
		return err_set(err, ERR_USAGE,
		    "due: --%s: that is more than a hundred years", name);
	return rc;
}

static int run(const struct cli_args *args, struct err *err)
{
	struct cli_case c = {0};
	struct cli_due due = {.inventory_days = CLI_DUE_INVENTORY_DAYS};
	uint64_t within = 0;
	int rc = read_days(args, "within", &within, err);

	if (rc == 0)
		rc = read_days(args, "inspect-every", &due.inspect_days, err);
	if (rc == 0)
		rc = read_days(
		    args, "inventory-within", &due.inventory_days, err);
	if (rc == 0)
		rc = cli_case_open(&c, args, err);
	if (rc == 0)
		rc = cli_due_make(&due, &c, err);
	if (rc == 0)
		rc = print(args, &due, within, err);
	cli_due_done(&due);
	cli_case_done(&c);
	return rc;
}

const struct cli_command cmd_due = {
    .name = "due",
    .group = CLI_LOOKING,
    .usage = "[--within DAYS] [--quiet] [--json]",
    .summary = "Lists what must be done and until when; exits 1 if something "
	       "is overdue",
    .shared = CLI_SHARED_CASE | CLI_SHARED_JSON,
    .options = options,
    .option_count = sizeof(options) / sizeof(options[0]),
    .examples = "  counterfoil due --within 14\n"
		"  counterfoil due --within 3 --quiet    # each morning, from "
		"cron\n",
    .run = run,
};
