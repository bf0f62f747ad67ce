/*
 * cmd_ask.c: `counterfoil ask`: the question whether items came to a party in
 * a period, with addressees who must answer by a date. Silence is counted.
 */
#include "cli_make.h"

#include "cli_out.h"

static const struct cli_option options[] = {
    {"recipient", 0, "PARTY", false, "the party asked about"},
    {"items", 0, "WHAT", true, "an item, a kind such as drive, or all"},
    {"form", 0, "WORD", true, "hardware or data (default both)"},
    {"from", 0, "TIME", false, "start of the period; a date begins at 0:00"},
    {"to", 0, "TIME", false, "end of the period; a date ends at 24:00"},
    {"addressee", 0, "\"PARTY due DATE\"", true, "who must answer, by when"},
    {"text", 0, "TEXT", false, "the question in words"},
};

static const struct cli_compose_option fields[] = {
    {"recipient", RECORD_F_RECIPIENT},
    {"addressee", RECORD_F_ADDRESSEE},
    {"text", RECORD_F_TEXT},
};

static int fill_forms(struct cli_compose *compose, struct err *err)
{
	const struct cli_args *args = compose->c->args;
	const char *form;
	int rc = 0;

	if (!cli_args_has(args, "form")) {
		rc = cli_compose_put(compose, RECORD_F_FORM, "hardware", err);
		return rc != 0
		    ? rc
		    : cli_compose_put(compose, RECORD_F_FORM, "data", err);
	}
	for (size_t at = 0;
	     rc == 0 && (form = cli_args_next(args, "form", &at)) != NULL;)
		rc = cli_compose_put(compose, RECORD_F_FORM, form, err);
	return rc;
}

static int fill_period(struct cli_compose *compose, struct err *err)
{
	const struct cli_args *args = compose->c->args;
	const char *given;
	int64_t from = 0, to = 0;
	int rc = cli_args_need(args, "from", &given, err);

	if (rc == 0)
		rc = cli_args_need(args, "to", &given, err);
	if (rc == 0)
		rc = cli_args_start(args, "from", &from, NULL, err);
	if (rc == 0)
		rc = cli_args_due(args, "to", &to, NULL, err);
	if (rc == 0 && from >= to)
		rc = err_set(err, ERR_USAGE,
		    "ask: the period ends before it begins; exchange --from "
		    "and --to");
	if (rc == 0)
		rc = cli_compose_put_time(
		    compose, RECORD_F_PERIOD_FROM, from, err);
	if (rc == 0)
		rc = cli_compose_put_time(compose, RECORD_F_PERIOD_TO, to, err);
	return rc;
}

/* Somebody who is not enrolled may be asked; he cannot answer here. */
static void remark_addressees(const struct cli_compose *compose)
{
	const struct case_state *state = compose->c->state;
	const char *typed;

	for (size_t at = 0; (typed = cli_args_next(compose->c->args,
				 "addressee", &at)) != NULL;) {
		struct slice rest = slice_of(typed);
		struct slice name = slice_cut(&rest, ' ');
		uint32_t party = case_state_find_party(state, name);

		if (party == CASE_NONE ||
		    case_state_party_key(state, party) == NULL)
			cli_out_remark(
			    "%.*s has no key in this case, so it cannot sign "
			    "an answer; silence will show as OVERDUE",
			    SLICE_ARG(name));
	}
}

static int fill(struct cli_compose *compose, struct err *err)
{
	int rc = cli_make_put_concerns(compose, "items", true, err);

	if (rc == 0)
		rc = fill_forms(compose, err);
	if (rc == 0)
		rc = fill_period(compose, err);
	if (rc == 0)
		remark_addressees(compose);
	return rc;
}

static int run(const struct cli_args *args, struct err *err)
{
	static const struct cli_make make = {
	    RECORD_QUESTION, fields, sizeof(fields) / sizeof(fields[0]), fill};

	return cli_make_record(&make, args, err);
}

const struct cli_command cmd_ask = {
    .name = "ask",
    .group = CLI_QUESTIONS,
    .usage = "--recipient PARTY --from TIME --to TIME [--addressee \"PARTY due "
	     "DATE\"]... --as PARTY",
    .summary = "Asks whether items, or the data on them, came to a party",
    .shared = CLI_SHARED_MAKER,
    .options = options,
    .option_count = sizeof(options) / sizeof(options[0]),
    .examples =
	"  counterfoil ask --recipient council.example --from 2023-06-20 \\\n"
	"      --to 2023-07-03 --addressee \"police.example due 2023-07-10\" "
	"\\\n"
	"      --text \"Were the computers turned over?\" --as owner.example\n",
    .run = run,
};
