/*
 * cmd_claim.c: `counterfoil claim`: what somebody outside said has happened,
 * word for word, with a capture of the source if there is one.
 */
#include "cli_make.h"

static const struct cli_option options[] = {
    {"asserts", 0, "WORD", true,
	"received, transferred, copied, viewed, denied or count"},
    {"said", 0, "DATE", false, "when it was said"},
    {"said-by", 0, "PARTY", false, "the party that said it"},
    {"speaker", 0, "TEXT", false, "who said it, in words"},
    {"through", 0, "TEXT", false, "the channel through which it was said"},
    {"recipient", 0, "PARTY", false, "the party said to have received"},
    {"concerns", 0, "WHAT", true, "an item, a kind such as drive, or all"},
    {"part-of", 0, NULL, false, "only part of them is meant"},
    {"count", 0, "\"N KIND\"", true, "how many, like \"150 computer\""},
    {"quote", 0, "TEXT", false, "the words themselves"},
    {"language", 0, "CODE", false, "the language of the words"},
    {"translation", 0, "TEXT", false, "the words in translation"},
    {"url", 0, "URL", false, "where it was published"},
    {"capture", 0, "FILE", true, "a capture of the source"},
    {"since", 0, "DATE", false, "the earliest time it can have happened"},
    {"until", 0, "DATE", false, "the latest time it can have happened"},
    {"remark", 0, "TEXT", false, "anything else"},
};

static const struct cli_compose_option fields[] = {
    {"asserts", RECORD_F_ASSERTS},
    {"said", RECORD_F_SAID},
    {"said-by", RECORD_F_SAID_BY},
    {"speaker", RECORD_F_SPEAKER},
    {"through", RECORD_F_THROUGH},
    {"recipient", RECORD_F_RECIPIENT},
    {"count", RECORD_F_COUNT},
    {"quote", RECORD_F_QUOTE},
    {"language", RECORD_F_LANGUAGE},
    {"translation", RECORD_F_TRANSLATION},
    {"url", RECORD_F_URL},
    {"capture", RECORD_F_CAPTURE},
    {"since", RECORD_F_SINCE},
    {"until", RECORD_F_UNTIL},
    {"remark", RECORD_F_REMARK},
};

static bool has_word(const struct cli_args *args, const char *word)
{
	const char *value;

	for (size_t at = 0;
	     (value = cli_args_next(args, "asserts", &at)) != NULL;)
		if (slice_is_text(slice_of(value), word))
			return true;
	return false;
}

static int fill(struct cli_compose *compose, struct err *err)
{
	const struct cli_args *args = compose->c->args;
	bool is_count = has_word(args, "count");

	if (is_count != cli_args_has(args, "count"))
		return err_set(err, ERR_USAGE,
		    is_count ? "claim: how many? give --count \"150 computer\""
			     : "claim: --count goes with --asserts count");
	int rc = cli_make_put_concerns(compose, "concerns", false, err);
	if (rc == 0 && cli_args_has(args, "part-of"))
		rc = cli_compose_put(compose, RECORD_F_PART_OF, "yes", err);
	return rc;
}

static int run(const struct cli_args *args, struct err *err)
{
	static const struct cli_make make = {
	    RECORD_CLAIM, fields, sizeof(fields) / sizeof(fields[0]), fill};

	return cli_make_record(&make, args, err);
}

const struct cli_command cmd_claim = {
    .name = "claim",
    .group = CLI_QUESTIONS,
    .usage = "--asserts WORD... --said DATE [--recipient PARTY] --as PARTY...",
    .summary = "Records what somebody outside said has happened",
    .shared = CLI_SHARED_MAKER,
    .options = options,
    .option_count = sizeof(options) / sizeof(options[0]),
    .examples =
	"  counterfoil claim --asserts received --said 2023-07-03 \\\n"
	"      --said-by council.example --through \"a news agency\" \\\n"
	"      --recipient council.example --concerns drive --concerns casing "
	"\\\n"
	"      --part-of --quote \"Part of the hard drives have been "
	"received.\" \\\n"
	"      --as owner.example\n"
	"  counterfoil claim --asserts count --count \"150 computer\" \\\n"
	"      --said 2023-06-20 --said-by police.example --as owner.example\n",
    .run = run,
};
