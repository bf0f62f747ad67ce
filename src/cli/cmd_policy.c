/*
 * cmd_policy.c: `counterfoil policy`: red lines drawn and lifted, open fields,
 * required fields, the witness quorum. Policies add up (findings section 2).
 */
#include "cli_make.h"

static const struct cli_option options[] = {
    {"red-line", 0, "PARTY", true, "party that must never receive anything"},
    {"lift", 0, "PARTY", true, "red line that the signers no longer hold to"},
    {"open", 0, "FIELD", true, "field that is written in the open from now on"},
    {"require", 0, "\"KIND FIELD\"", true, "field that must be filled in"},
    {"witness-quorum", 0, "N", false, "cosignatures that a NO needs"},
    {"inspect-every", 0, "DAYS", false,
	"days after which things must be seen jointly again"},
    {"reason", 0, "TEXT", false, "why"},
};

static const struct cli_compose_option fields[] = {
    {"red-line", RECORD_F_RED_LINE},
    {"lift", RECORD_F_LIFT},
    {"open", RECORD_F_OPEN},
    {"require", RECORD_F_REQUIRE},
    {"witness-quorum", RECORD_F_WITNESS_QUORUM},
    {"inspect-every", RECORD_F_INSPECT_EVERY},
    {"reason", RECORD_F_REASON},
};

#define FIELD_COUNT (sizeof(fields) / sizeof(fields[0]))

static int run(const struct cli_args *args, struct err *err)
{
	static const struct cli_make make = {
	    RECORD_POLICY, fields, FIELD_COUNT, NULL};

	for (size_t i = 0; i < FIELD_COUNT; i++)
		if (fields[i].field != RECORD_F_REASON &&
		    cli_args_has(args, fields[i].option))
			return cli_make_record(&make, args, err);
	return err_set(err, ERR_USAGE,
	    "policy: nothing to change; say what, such as --red-line PARTY");
}

const struct cli_command cmd_policy = {
    .name = "policy",
    .group = CLI_START,
    .usage = "[--red-line PARTY]... [--lift PARTY]... [--open FIELD]... --as "
	     "PARTY...",
    .summary = "Changes the policy of the case; a red line signed by two sides "
	       "is agreed",
    .shared = CLI_SHARED_MAKER,
    .options = options,
    .option_count = sizeof(options) / sizeof(options[0]),
    .examples = "  counterfoil policy --red-line council.example \\\n"
		"      --as police.example --as owner.example\n"
		"  counterfoil policy --require \"handover purpose\" --as "
		"police.example\n",
    .run = run,
};
