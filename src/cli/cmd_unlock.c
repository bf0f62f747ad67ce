/*
 * cmd_unlock.c: `counterfoil unlock`: holders come together and open a locked
 * copy, or a range of it. The record of it is in the ledger before a byte is
 * written.
 */
#include "cli.h"
#include "cli_unlock.h"
#include "mem.h"

#define ITEM_LENGTH_MAX 256

static int run_open(struct cli_unlock *job, struct err *err)
{
	const char *record = cli_args_get(job->c.args, "record");
	bool is_entered = true;
	int rc = cli_unlock_prepare(job, err);

	if (rc == 0 && record != NULL)
		rc = cli_unlock_check_record(job, record, err);
	else if (rc == 0)
		rc = cli_unlock_record(job, &is_entered, err);
	if (rc != 0)
		return rc;
	if (is_entered)
		return cli_unlock_write(job, err);
	cli_out_remark("nothing was opened: when all have signed, run this "
		       "again with --record and the record's number");
	return CLI_UNDONE;
}

static int run(const struct cli_args *args, struct err *err)
{
	struct cli_unlock job = {.in = CLI_BLOB_NONE, .out = CLI_BLOB_NONE};
	int rc;

	if (cli_unlock_output(args) == NULL)
		cli_out_set_aside();
	rc = cli_case_open(&job.c, args, err);
	buf_init(&job.item, ITEM_LENGTH_MAX);
	if (rc == 0)
		rc = cli_keys_open(&job.keys, args, err);
	if (rc == 0)
		rc = run_open(&job, err);
	mem_wipe(&job.seed, sizeof(job.seed));
	media_age_close(job.age);
	cli_blob_done(&job.in);
	cli_blob_done(&job.out);
	cli_lock_done(&job.l);
	buf_done(&job.item);
	case_offer_done(&job.offer);
	cli_keys_done(&job.keys);
	cli_case_done(&job.c);
	return rc;
}

static const struct cli_option options[] = {
    CLI_LOCK_SHARE,
    CLI_LOCK_IDENTITY,
    {"order", 0, "RECORD", false, "the order under which it is opened"},
    {"output", 'o', "FILE", false,
	"where to write what was locked; - with --range: standard output"},
    {"range", 0, "FIRST-LAST", false,
	"only these bytes, both included; to standard output without -o"},
    {"unchecked", 0, NULL, false,
	"open the range of a file that is not held against the ledger (exit "
	"status 4)"},
    {"host", 0, "PARTY", false, "on whose machine (default: the first --as)"},
    {"witness", 0, "PARTY", true, "who watched and signs"},
    {"purpose", 0, "TEXT", false, "what for"},
    {"record", 0, "RECORD", false,
	"the record of this opening, if it is in the ledger already: for 24 "
	"hours, while its order runs, and for the same --range"},
    {"objection", 0, "TEXT", true, "an objection raised"},
    {"remark", 0, "TEXT", false, "anything else (withheld)"},
};

const struct cli_command cmd_unlock = {
    .name = "unlock",
    .group = CLI_CUSTODY,
    .usage = "FILE --order RECORD --share FILE... -o FILE | --range "
	     "FIRST-LAST",
    .summary = "Opens a locked copy, or a range of it, with the shares of "
	       "enough holders",
    .shared = CLI_SHARED_MAKER,
    .options = options,
    .option_count = sizeof(options) / sizeof(options[0]),
    .words_min = 1,
    .words_max = 1,
    .examples =
	"  counterfoil unlock d1.age --order last --host lab.example \\\n"
	"      --share d1.age.court.example.share --identity court.txt \\\n"
	"      --share d1.age.owner.example.share --identity owner.txt \\\n"
	"      -o d1.raw --as court.example --as owner.example\n",
    .run = run,
};
