/*
 * cmd_letter.c: `counterfoil letter`: a finding as a letter to those who were
 * asked.
 */
#include "cli_finding.h"
#include "cli_out.h"
#include "file.h"
#include "flow_letter.h"

#include <fcntl.h>

static const struct cli_option options[] = {
    {"output", 'o', "FILE", false,
	"where to write it; a name that ends in .html: as a page to print"},
    {"bundle", 0, "NAME", false,
	"name of the enclosed file (default finding.bundle)"},
    {"at-time", 0, "TIME", false, "as the records stood then (default now)"},
};

static bool is_html_name(const char *path)
{
	struct slice s = slice_of(path);

	return s.n > 5 &&
	    slice_is_text((struct slice){s.p + s.n - 5, 5}, ".html");
}

static int write_letter(const struct cli_args *args,
    const struct case_finding *finding, struct err *err)
{
	const char *path = cli_args_get(args, "output");
	const char *bundle = cli_args_get(args, "bundle");
	struct buf out;

	buf_init(&out, FLOW_LETTER_MAX);
	int rc = flow_letter_put(finding,
	    slice_of(bundle != NULL ? bundle : "finding.bundle"),
	    path != NULL && is_html_name(path), &out, err);
	if (rc == 0 && path == NULL)
		cli_out_slice(buf_slice(&out));
	else if (rc == 0)
		rc = file_publish(AT_FDCWD, path, buf_slice(&out), 0644, err);
	if (rc == 0 && path != NULL)
		cli_out("%s: the letter; enclose the bundle\n", path);
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
	int rc = cli_args_time(args, "at-time", &time, &is_given, err);

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
		rc = write_letter(args, &f.finding, err);
	cli_finding_done(&f);
	cli_case_done(&c);
	return rc;
}

const struct cli_command cmd_letter = {
    .name = "letter",
    .group = CLI_QUESTIONS,
    .usage = "QUESTION|last [-o FILE.txt|FILE.html]",
    .summary = "Writes a finding as a letter to those who were asked",
    .shared = CLI_SHARED_CASE,
    .options = options,
    .option_count = sizeof(options) / sizeof(options[0]),
    .words_min = 1,
    .words_max = 1,
    .examples = "  counterfoil letter last\n"
		"  counterfoil letter last -o letter.html --bundle "
		"police.bundle\n",
    .run = run,
};
