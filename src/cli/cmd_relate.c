/*
 * cmd_relate.c: `counterfoil relate`: one party acts for another. Declared and
 * established relations bind; an asserted one is a claim (findings section 2).
 */
#include "cli_make.h"

static const struct cli_option options[] = {
    {"acts-for", 0, "PARTY", false, "the party it acts for"},
    {"basis", 0, "WORD", false,
	"declared (by itself), established (by a document) or asserted"},
    {"document", 0, "FILE", true, "a document that shows it"},
    {"since", 0, "DATE", false, "from when"},
    {"until", 0, "DATE", false, "until when"},
    {"said-by", 0, "PARTY", false, "the party that said so"},
    {"speaker", 0, "TEXT", false, "who said so, in words"},
    {"said", 0, "DATE", false, "when it was said"},
    {"through", 0, "TEXT", false, "the channel through which it was said"},
    {"quote", 0, "TEXT", false, "the words themselves"},
    {"capture", 0, "FILE", true, "a capture of the source"},
    {"reason", 0, "TEXT", false, "why the signers hold it so"},
};

static const struct cli_compose_option fields[] = {
    {"acts-for", RECORD_F_ACTS_FOR},
    {"basis", RECORD_F_BASIS},
    {"document", RECORD_F_DOCUMENT},
    {"since", RECORD_F_SINCE},
    {"until", RECORD_F_UNTIL},
    {"said-by", RECORD_F_SAID_BY},
    {"speaker", RECORD_F_SPEAKER},
    {"said", RECORD_F_SAID},
    {"through", RECORD_F_THROUGH},
    {"quote", RECORD_F_QUOTE},
    {"capture", RECORD_F_CAPTURE},
    {"reason", RECORD_F_REASON},
};

static int fill(struct cli_compose *compose, struct err *err)
{
	const struct cli_args *args = compose->c->args;

	if (slice_is_text(
		slice_of(cli_args_get(args, "basis")), "established") &&
	    !cli_args_has(args, "document"))
		return err_set(err, ERR_USAGE,
		    "relate: what established it? give --document FILE, or "
		    "say --basis asserted");
	return cli_make_put_party(compose, RECORD_F_PARTY, args->words[0], err);
}

static int run(const struct cli_args *args, struct err *err)
{
	static const struct cli_make make = {
	    RECORD_RELATION, fields, sizeof(fields) / sizeof(fields[0]), fill};

	return cli_make_record(&make, args, err);
}

const struct cli_command cmd_relate = {
    .name = "relate",
    .group = CLI_QUESTIONS,
    .usage = "PARTY --acts-for PARTY --basis WORD --as PARTY...",
    .summary = "Records that one party acts for another",
    .shared = CLI_SHARED_MAKER,
    .options = options,
    .option_count = sizeof(options) / sizeof(options[0]),
    .words_min = 1,
    .words_max = 1,
    .examples =
	"  counterfoil relate ministry.example --acts-for council.example \\\n"
	"      --basis established --document decree.pdf --as court.example\n"
	"  counterfoil relate police.example --acts-for department.example \\\n"
	"      --basis asserted --said 2023-07-03 --through \"a news report\" "
	"\\\n"
	"      --as owner.example\n",
    .run = run,
};
