/*
 * cmd_move.c: `counterfoil move`: things are put elsewhere, and the same party
 * goes on holding them.
 */
#include "cli_custodian.h"
#include "cli_make.h"

static const struct cli_option options[] = {
    {"place", 0, "TEXT", false, "where to (withheld)"},
    {"custodian", 0, "PARTY", false,
	"who holds the items (default: the --as that does)"},
    {"witness", 0, "PARTY", true, "who watched and signs"},
    {"state", 0, "WORD", false,
	"intact or broken: of the seals on record, as they were seen"},
    {"reason", 0, "TEXT", false, "why"},
    {"remark", 0, "TEXT", false, "anything else"},
    {"although", 0, NULL, false,
	"enter it even if it breaks a rule, marked as a breach"},
};

static const struct cli_compose_option fields[] = {
    {"place", RECORD_F_PLACE},
    {"reason", RECORD_F_REASON},
    {"remark", RECORD_F_REMARK},
};

/* Only who looked at the seal says what it is. */
static int fill_seal(struct cli_compose *m, size_t word, struct err *err)
{
	const char *seen = cli_args_get(m->c->args, "state");
	uint32_t item =
	    cli_custodian_find_item(m->c->state, m->c->args->words[word]);
	bool is_enclosing;

	if (seen == NULL || item == CASE_NONE)
		return 0;
	struct slice seal =
	    case_state_seal(m->c->state, item, m->at, &is_enclosing);
	if (seal.p == NULL)
		return 0;
	int rc = cli_compose_put_slice(m, RECORD_F_SEAL, seal, err);
	return rc != 0 ? rc : cli_compose_put(m, RECORD_F_STATE, seen, err);
}

static int fill(struct cli_compose *m, struct err *err)
{
	const char *custodian = NULL, *place;
	size_t witnesses;
	int rc = cli_args_need(m->c->args, "place", &place, err);

	if (rc == 0)
		rc = cli_custodian_put(m, 0, NULL, &custodian, err);
	if (rc == 0)
		rc = cli_custodian_put_witnesses(m, custodian, &witnesses, err);
	return rc != 0 ? rc : cli_make_blocks(m, 0, fill_seal, err);
}

static int run(const struct cli_args *args, struct err *err)
{
	static const struct cli_make make = {
	    RECORD_MOVE, fields, sizeof(fields) / sizeof(fields[0]), fill};

	return cli_make_record(&make, args, err);
}

const struct cli_command cmd_move = {
    .name = "move",
    .group = CLI_CUSTODY,
    .usage = "ITEM... --place TEXT --as PARTY",
    .summary = "Records that things were put elsewhere, under the same "
	       "custodian",
    .shared = CLI_SHARED_MAKER,
    .options = options,
    .option_count = sizeof(options) / sizeof(options[0]),
    .words_min = 1,
    .words_max = SIZE_MAX,
    .examples = "  counterfoil move B-0007 B-0008 --place \"evidence room, "
		"shelf 12\" \\\n"
		"      --state intact --as room.example\n",
    .run = run,
};
