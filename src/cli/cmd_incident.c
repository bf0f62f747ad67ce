/*
 * cmd_incident.c: `counterfoil incident`: a loss, theft, damage, broken seal,
 * unauthorised reading, refused attempt or refusal to take.
 */
#include "cli_drive.h"
#include "cli_make.h"

static const struct cli_option options[] = {
    {"statement", 0, "TEXT", false, "what is known of it"},
    {"party", 0, "PARTY", false, "who tried or did it, if known"},
    {"discovered", 0, "TIME", false, "when it was discovered, if later"},
    {"place", 0, "TEXT", false, "where"},
    {"document", 0, "FILE", true, "a report or photo"},
    {"remark", 0, "TEXT", false, "anything else"},
    CLI_DRIVE_OPTIONS,
    {"although", 0, NULL, false,
	"enter it even if it breaks a rule, marked as a breach"},
};

static const struct cli_compose_option fields[] = {
    {"statement", RECORD_F_STATEMENT},
    {"party", RECORD_F_PARTY},
    {"discovered", RECORD_F_DISCOVERED},
    {"place", RECORD_F_PLACE},
    {"document", RECORD_F_DOCUMENT},
    {"remark", RECORD_F_REMARK},
};

static int fill(struct cli_compose *compose, struct err *err)
{
	int rc = cli_compose_put(
	    compose, RECORD_F_WHAT, compose->c->args->words[0], err);

	return rc != 0 ? rc : cli_make_blocks(compose, 1, NULL, err);
}

static int run(const struct cli_args *args, struct err *err)
{
	static const struct cli_make make = {
	    RECORD_INCIDENT, fields, sizeof(fields) / sizeof(fields[0]), fill};

	return cli_make_record(&make, args, err);
}

const struct cli_command cmd_incident = {
    .name = "incident",
    .group = CLI_CUSTODY,
    .usage = "WHAT ITEM... --as PARTY",
    .summary = "Records a loss, theft, damage, seal-broken, "
	       "unauthorised-reading, refused-attempt or refused-to-take",
    .shared = CLI_SHARED_MAKER,
    .options = options,
    .option_count = sizeof(options) / sizeof(options[0]),
    .words_min = 2,
    .words_max = SIZE_MAX,
    .examples =
	"  counterfoil incident seal-broken B-0007 \\\n"
	"      --statement \"found open in the morning\" --as police.example\n",
    .run = run,
};
