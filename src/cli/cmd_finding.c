/*
 * cmd_finding.c: `counterfoil finding`: what the records show about a
 * question. The words and numbers are those of room case; nothing is computed
 * here.
 */
#include "case_report.h"
#include "cli_finding.h"
#include "cli_out.h"

#define SCREEN_MAX (64u << 20)

static const struct cli_option options[] = {
    {"at-time", 0, "TIME", false, "as the records stood then (default now)"},
    {"machine", 0, NULL, false,
	"the machine form: item, form, word and reasons, one line each"},
};

static int print(const struct cli_args *args,
    const struct case_finding *finding, struct err *err)
{
	struct buf out;

	buf_init(&out, SCREEN_MAX);
	if (cli_args_has(args, "json"))
		cli_finding_put_json(finding, &out);
	else if (cli_args_has(args, "machine"))
		case_finding_put_machine(finding, &out);
	else
		case_report_put(finding, &out);
	int rc = buf_check(&out, err);
	if (rc == 0 && cli_args_has(args, "json"))
		cli_out_raw(buf_slice(&out));
	else if (rc == 0)
		cli_out_report(buf_slice(&out));
	buf_done(&out);
	return rc;
}

static int run(const struct cli_args *args, struct err *err)
{
	struct cli_case c = {0};
	struct cli_finding f = {0};
	uint32_t question;
	int64_t time = 0;
	bool is_given = false;
	int rc = 0;

	if (cli_args_has(args, "json") && cli_args_has(args, "machine"))
		rc = err_set(
		    err, ERR_USAGE, "finding: --json or --machine, not both");
	if (rc == 0)
		rc = cli_args_time(args, "at-time", &time, &is_given, err);
	if (rc == 0)
		rc = cli_case_open(&c, args, err);
	if (rc == 0)
		rc = cli_case_find_record(
		    &c, args->words[0], RECORD_QUESTION, &question, err);
	if (rc == 0 && !is_given)
		time = cli_finding_default_time(&c);
	if (rc == 0)
		rc = cli_finding_make(&f, &c, question, time, err);
	if (rc == 0)
		rc = print(args, &f.finding, err);
	cli_finding_done(&f);
	cli_case_done(&c);
	return rc;
}

const struct cli_command cmd_finding = {
    .name = "finding",
    .group = CLI_QUESTIONS,
    .usage = "QUESTION|last [--at-time TIME] [--machine | --json]",
    .summary = "Shows what the records show about a question, and why",
    .shared = CLI_SHARED_CASE | CLI_SHARED_JSON,
    .options = options,
    .option_count = sizeof(options) / sizeof(options[0]),
    .words_min = 1,
    .words_max = 1,
    .examples = "  counterfoil finding last\n"
		"  counterfoil finding 1a2b3c4d --at-time 2023-07-12T12:00:00Z "
		"--machine\n",
    .run = run,
};
