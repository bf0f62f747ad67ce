/*
 * cmd_handling.c: `counterfoil handling`: a seal broken or set, a part taken
 * out or put in, power switched on, or something found in an unopened bay: by
 * the custodian, before a witness, under an order.
 */
#include "cli_custodian.h"
#include "cli_drive.h"
#include "cli_make.h"
#include "cli_out.h"
#include "flow_check.h"

static const struct cli_option options[] = {
    {"order", 0, "TEXT", false, "the order under which it was done"},
    {"witness", 0, "PARTY", true, "who watched and signs"},
    {"custodian", 0, "PARTY", false,
	"who holds the items (default: the --as that does)"},
    {"present-throughout", 0, NULL, false,
	"the witness was there from the first break to the last seal"},
    {"seal", 0, "NUMBER", true, "the new seal, one for each item"},
    {"seal-type", 0, "WORD", false, "tag or enclosing"},
    {"out-of", 0, "ITEM", false,
	"what it was taken out of (default: as listed) or found in"},
    {"into", 0, "ITEM", false, "what it was put into"},
    {"type", 0, "WORD", false, "found: drive, medium, ..."},
    {"make", 0, "TEXT", false, "found: the maker"},
    {"model", 0, "TEXT", false, "found: the model"},
    {"serial", 0, "TEXT", false, "found: the serial number"},
    {"slot", 0, "ID", false, "found: the bay it was in"},
    {"started", 0, "TIME", false, "when power was switched on"},
    {"finished", 0, "TIME", false, "when it was switched off"},
    {"reason", 0, "TEXT", false, "why"},
    {"place", 0, "TEXT", false, "where"},
    {"document", 0, "FILE", true, "the order itself"},
    {"remark", 0, "TEXT", false, "anything else"},
    CLI_DRIVE_OPTIONS,
    {"although", 0, NULL, false,
	"enter it even if it breaks a rule, marked as a breach"},
};

static const struct cli_compose_option fields[] = {
    {"order", RECORD_F_AUTHORITY},
    {"reason", RECORD_F_REASON},
    {"started", RECORD_F_STARTED},
    {"finished", RECORD_F_FINISHED},
    {"place", RECORD_F_PLACE},
    {"document", RECORD_F_DOCUMENT},
    {"remark", RECORD_F_REMARK},
};

static const struct cli_compose_option item_fields[] = {
    {"seal-type", RECORD_F_SEAL_TYPE},
    {"into", RECORD_F_INTO},
    {"type", RECORD_F_TYPE},
    {"make", RECORD_F_MAKE},
    {"model", RECORD_F_MODEL},
    {"serial", RECORD_F_SERIAL},
    {"slot", RECORD_F_SLOT},
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* What the item is in, as far as the ledger knows. */
static int fill_out_of(
    struct cli_compose *m, const char *item_name, struct err *err)
{
	const struct case_state *state = m->c->state;
	const char *given = cli_args_get(m->c->args, "out-of");
	uint32_t item = cli_custodian_find_item(state, item_name);

	if (given != NULL ||
	    !slice_is_text(slice_of(m->c->args->words[0]), "take-out") ||
	    item == CASE_NONE)
		return cli_compose_put(m, RECORD_F_OUT_OF, given, err);
	uint32_t container = case_state_container(state, item, m->at);
	if (container == CASE_NONE)
		return err_set(err, ERR_USAGE,
		    "handling: %s is in nothing that the ledger knows; say "
		    "--out-of ITEM",
		    item_name);
	return cli_compose_put_slice(
	    m, RECORD_F_OUT_OF, case_state_item(state, container)->id, err);
}

static int fill_seal(struct cli_compose *m, size_t word, struct err *err)
{
	const struct cli_args *args = m->c->args;
	const char *seal = NULL;
	size_t n = 0, at = 0;

	for (const char *s; (s = cli_args_next(args, "seal", &at)) != NULL;)
		if (++n == word)
			seal = s;
	if (n != 0 && n != args->word_count - 1)
		return err_set(err, ERR_USAGE,
		    "handling: %zu item%s and %zu seal number%s; give one "
		    "--seal for each item, in the same order",
		    args->word_count - 1, cli_out_s(args->word_count - 1), n,
		    cli_out_s(n));
	return cli_compose_put(m, RECORD_F_SEAL, seal, err);
}

static int fill_block(struct cli_compose *m, size_t word, struct err *err)
{
	const char *item = m->c->args->words[word];
	int rc = cli_compose_put(m, RECORD_F_ACTION, m->c->args->words[0], err);

	if (rc == 0)
		rc = fill_out_of(m, item, err);
	if (rc == 0)
		rc = fill_seal(m, word, err);
	if (rc == 0)
		rc = cli_compose_options(
		    m, item_fields, COUNT(item_fields), err);
	return rc;
}

/* Something found is new to the ledger, so its name is looked up nowhere. */
static int fill_found(struct cli_compose *m, struct err *err)
{
	const struct cli_args *args = m->c->args;
	const char *given;
	int rc = cli_args_need(args, "type", &given, err);

	if (rc == 0)
		rc = cli_args_need(args, "out-of", &given, err);
	for (size_t i = 1; i < args->word_count && rc == 0; i++) {
		struct slice id;

		rc = flow_check_take(slice_of(args->words[i]), &id, err);
		if (rc == 0)
			rc = cli_compose_block_slice(m, id, err);
		if (rc == 0)
			rc = fill_block(m, i, err);
	}
	return rc;
}

static int fill(struct cli_compose *m, struct err *err)
{
	const struct cli_args *args = m->c->args;
	struct slice action = slice_of(args->words[0]);
	const char *custodian = NULL;
	size_t witnesses = 0;
	int rc = cli_custodian_put(
	    m, 1, cli_args_get(args, "out-of"), &custodian, err);

	if (rc == 0)
		rc = cli_custodian_put_witnesses(m, custodian, &witnesses, err);
	if (rc == 0 && witnesses == 0)
		rc = err_set(err, ERR_USAGE,
		    "handling: nobody watched; name who did with --witness "
		    "PARTY");
	if (rc == 0 && cli_args_has(args, "present-throughout"))
		rc =
		    cli_compose_put(m, RECORD_F_PRESENT_THROUGHOUT, "yes", err);
	if (rc == 0 && slice_is_text(action, "reseal") &&
	    !cli_args_has(args, "seal"))
		rc = err_set(err, ERR_USAGE,
		    "handling: which seal is on it now? give --seal NUMBER");
	if (rc == 0 && slice_is_text(action, "put-in") &&
	    !cli_args_has(args, "into"))
		rc = err_set(err, ERR_USAGE,
		    "handling: put into what? give --into ITEM");
	if (rc != 0)
		return rc;
	return slice_is_text(action, "found")
	    ? fill_found(m, err)
	    : cli_make_blocks(m, 1, fill_block, err);
}

static int run(const struct cli_args *args, struct err *err)
{
	static const struct cli_make make = {
	    RECORD_HANDLING, fields, COUNT(fields), fill};

	return cli_make_record(&make, args, err);
}

const struct cli_command cmd_handling = {
    .name = "handling",
    .group = CLI_CUSTODY,
    .usage = "open|reseal|take-out|put-in|power-on|found ITEM... --order TEXT "
	     "--witness PARTY --as PARTY...",
    .summary = "Records that a seal was broken or set, a part taken out or put "
	       "in, or something found",
    .shared = CLI_SHARED_MAKER,
    .options = options,
    .option_count = COUNT(options),
    .words_min = 2,
    .words_max = SIZE_MAX,
    .examples =
	"  counterfoil handling open B-0007 --order \"court order 12/2023\" "
	"\\\n"
	"      --as police.example --as notary.example\n"
	"  counterfoil handling take-out PC-0007-D1 --order \"court order "
	"12/2023\" \\\n"
	"      --as police.example --as notary.example\n"
	"  counterfoil handling reseal B-0007 --seal 451999 --seal-type "
	"enclosing \\\n"
	"      --order \"court order 12/2023\" --present-throughout \\\n"
	"      --as police.example --as notary.example\n",
    .run = run,
};
