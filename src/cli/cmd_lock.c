/*
 * cmd_lock.c: `counterfoil lock`: a copy is encrypted so that t of n holders
 * must come together to open it; a holder checks its share; holders open the
 * copy on trial, and only then may what was not locked be removed.
 */
#include "cli.h"
#include "cli_lock_job.h"

static int run(const struct cli_args *args, struct err *err)
{
	struct cli_lock_job job = {.in = CLI_BLOB_NONE, .out = CLI_BLOB_NONE};
	bool is_trial = cli_args_has(args, "trial");
	int rc = cli_case_open(&job.c, args, err);

	if (rc == 0 && !is_trial && cli_args_has(args, "remove"))
		rc = err_set(err, ERR_USAGE,
		    "lock: --remove goes with --trial: nothing is removed "
		    "before the locked copy was opened");
	if (rc == 0 && cli_args_has(args, "check-share"))
		rc = cli_lock_job_check_share(&job, err);
	else if (rc == 0) {
		rc = cli_keys_open(&job.keys, args, err);
		if (rc == 0)
			rc = is_trial ? cli_lock_job_trial(&job, err)
				      : cli_lock_job_make(&job, err);
	}
	cli_lock_job_done(&job);
	return rc;
}

static const struct cli_option options[] = {
    {"item", 0, "COPY", false, "the image or extract that the file is"},
    {"holder", 0, "PARTY", true, "who gets a share; in this order"},
    {"threshold", 0, "T", false, "how many holders must come together"},
    {"output", 'o', "FILE", false,
	"the locked file; shares go beside it as FILE.PARTY.share"},
    {"seed", 0, "FILE", false,
	"the seed of its salts, to lock too (default: the case folder's)"},
    {"no-seed", 0, NULL, false, "lock the image although its seed is lost"},
    {"custodian", 0, "PARTY", false,
	"who holds the copy (default: the --as that does)"},
    {"witness", 0, "PARTY", true, "who watched and signs"},
    {"check-share", 0, "FILE", false,
	"only check this share against the lock, an offer or a record"},
    {"trial", 0, NULL, false,
	"holders open the locked file to see that it can be opened"},
    CLI_LOCK_SHARE,
    CLI_LOCK_IDENTITY,
    {"remove", 0, "IMAGE", true,
	"with --trial: remove what is not locked, with all its files; every "
	"copy of it is to be named"},
    {"remark", 0, "TEXT", false, "anything else (withheld)"},
};

const struct cli_command cmd_lock = {
    .name = "lock",
    .group = CLI_CUSTODY,
    .usage = "IMAGE --item COPY --holder PARTY... --threshold T -o FILE | "
	     "--check-share FILE LOCK | --trial FILE --item COPY",
    .summary = "Encrypts a copy so that several holders must come together to "
	       "open it",
    .shared = CLI_SHARED_MAKER,
    .options = options,
    .option_count = sizeof(options) / sizeof(options[0]),
    .words_min = 1,
    .words_max = 1,
    .examples =
	"  counterfoil lock d1.raw --item PC-0001-D1-I1 --threshold 2 \\\n"
	"      --holder police.example --holder owner.example \\\n"
	"      --holder court.example -o d1.age --as room.example\n"
	"  counterfoil lock --check-share d1.age.court.example.share \\\n"
	"      --identity court.txt 1a2b3c4d5e6f\n"
	"  counterfoil lock --trial d1.age --item PC-0001-D1-I1 \\\n"
	"      --share d1.age.court.example.share --identity court.txt \\\n"
	"      --share d1.age.owner.example.share --identity owner.txt \\\n"
	"      --share d1.age.police.example.share --identity police.txt \\\n"
	"      --remove d1.raw --as room.example --as court.example \\\n"
	"      --as owner.example --as police.example\n",
    .run = run,
};
