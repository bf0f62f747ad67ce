/*
 * cmd_assess.c: `counterfoil assess`: a party's graded opinion of a claim, in
 * the two-part grade: the source A to F, the information 1 to 6.
 */
#include "cli_make.h"

static const struct cli_option options[] = {
    {"source", 0, "A-F", false, "A reliable ... E unreliable, F unknown"},
    {"information", 0, "1-6", false, "1 confirmed ... 5 improbable, 6 unknown"},
    {"reason", 0, "TEXT", false, "why"},
};

static const struct cli_compose_option fields[] = {
    {"source", RECORD_F_SOURCE},
    {"information", RECORD_F_INFORMATION},
    {"reason", RECORD_F_REASON},
};

/* An asserted relation is a claim too (findings section 2). */
static int fill(struct cli_compose *compose, struct err *err)
{
	const char *typed = compose->c->args->words[0];
	char hex[HASH_HEX_SIZE];
	uint32_t leaf;

	if (slice_is_text(slice_of(typed), "last"))
		return cli_compose_put(compose, RECORD_F_CLAIM, typed, err);
	int rc = cli_case_find_record(
	    compose->c, typed, RECORD_KIND_COUNT, &leaf, err);
	if (rc != 0)
		return rc;
	const struct case_leaf *l = case_state_leaf(compose->c->state, leaf);
	if (l->kind != RECORD_CLAIM && l->kind != RECORD_RELATION)
		return err_set(err, ERR_USAGE,
		    "assess: record %s is a %s; a claim or a relation is meant",
		    typed, record_schema_of(l->kind)->name);
	hash_to_hex(hex, &l->id);
	return record_draft_set_text(compose->draft, RECORD_F_CLAIM, hex, err);
}

static int run(const struct cli_args *args, struct err *err)
{
	static const struct cli_make make = {RECORD_ASSESSMENT, fields,
	    sizeof(fields) / sizeof(fields[0]), fill};

	return cli_make_record(&make, args, err);
}

const struct cli_command cmd_assess = {
    .name = "assess",
    .group = CLI_QUESTIONS,
    .usage =
	"CLAIM|last --source A-F --information 1-6 --reason TEXT --as PARTY",
    .summary =
	"Grades a claim: how good the source is, how likely what it says",
    .shared = CLI_SHARED_MAKER,
    .options = options,
    .option_count = sizeof(options) / sizeof(options[0]),
    .words_min = 1,
    .words_max = 1,
    .examples =
	"  counterfoil assess last --source E --information 5 \\\n"
	"      --reason \"repeated without a source\" --as court.example\n",
    .run = run,
};
