/*
 * cmd_seize.c: `counterfoil seize`: a table of items becomes a list and a
 * seizure, all parts in one commit.
 *
 * The whole table is checked first; the same list by the same signers is
 * entered once, however often it is said.
 */
#include "cli.h"
#include "cli_args.h"
#include "cli_ask.h"
#include "cli_compose.h"
#include "cli_list.h"
#include "cli_out.h"
#include "cli_parts.h"

#include <string.h>

static const struct cli_compose_option fields[] = {
    {"by", RECORD_F_TAKEN_BY},
    {"from", RECORD_F_TAKEN_FROM},
    {"witness", RECORD_F_WITNESS},
    {"witness-saw", RECORD_F_WITNESS_SAW},
    {"legal-basis", RECORD_F_LEGAL_BASIS},
    {"document", RECORD_F_DOCUMENT},
    {"place", RECORD_F_PLACE},
    {"announced", RECORD_F_ANNOUNCED},
    {"counted", RECORD_F_COUNTED},
    {"photographed", RECORD_F_PHOTOGRAPHED},
    {"objection", RECORD_F_OBJECTION},
    {"remark", RECORD_F_REMARK},
};

/* Who takes part, and whether he signs. */
struct roles {
	const char *by;
	const char *owner; /* party that signs for the owner, or NULL */
	const char *authority_word, *owner_word;
};

static int read_roles(
    struct roles *roles, const struct cli_args *args, struct err *err)
{
	roles->authority_word = cli_args_get(args, "authority");
	roles->owner_word = cli_args_get(args, "owner");
	roles->owner = cli_args_get(args, "owner-party");
	if (roles->authority_word == NULL)
		roles->authority_word = "signed";
	if (roles->owner == NULL)
		roles->owner = cli_args_get(args, "from");
	if (roles->owner_word == NULL)
		return err_set(err, ERR_USAGE,
		    "seize: did the owner sign? say --owner signed, --owner "
		    "refused or --owner absent");
	bool is_owner_signing = strcmp(roles->owner_word, "signed") == 0;
	if (is_owner_signing && roles->owner == NULL)
		return err_set(err, ERR_USAGE,
		    "seize: who signs for the owner? say --from PARTY or "
		    "--owner-party PARTY");
	if (!is_owner_signing)
		roles->owner = NULL;
	return cli_args_need(args, "by", &roles->by, err);
}

static int name_signers(struct cli_compose *m, void *cookie, struct err *err)
{
	const struct roles *roles = cookie;
	const char *witness;
	int rc = 0;

	if (strcmp(roles->authority_word, "signed") == 0)
		rc = cli_compose_signer(m, roles->by, err);
	if (rc == 0 && roles->owner != NULL)
		rc = cli_compose_signer(m, roles->owner, err);
	for (size_t at = 0; rc == 0 &&
	     (witness = cli_args_next(m->c->args, "witness", &at)) != NULL;)
		rc = cli_compose_signer(m, witness, err);
	if (rc == 0 && m->signer_count == 0)
		rc = err_set(err, ERR_USAGE,
		    "seize: nobody signs; let the authority, the owner or a "
		    "witness sign");
	return rc;
}

static int check_parties(struct cli_case *c, struct err *err)
{
	static const char *const names[] = {"by", "from"};
	uint32_t party;
	int rc = 0;

	for (size_t i = 0; i < 2 && rc == 0; i++)
		if (cli_args_has(c->args, names[i]))
			rc = cli_case_find_party(
			    c, cli_args_get(c->args, names[i]), &party, err);
	return rc;
}

static int compose_seizure(struct cli_case *c, struct cli_keys *keys,
    struct roles *roles, const struct cli_list *list,
    const struct hash *population, struct case_offer *offer, struct err *err)
{
	struct cli_compose m = {0};
	char hex[HASH_HEX_SIZE];

	hash_to_hex(hex, population);
	int rc = cli_compose_start(&m, c, keys, RECORD_SEIZURE, err);
	if (rc == 0)
		rc = name_signers(&m, roles, err);
	if (rc == 0)
		rc = cli_compose_put(&m, RECORD_F_AUTHORITY_SIGNATURE,
		    roles->authority_word, err);
	if (rc == 0)
		rc = cli_compose_put(
		    &m, RECORD_F_OWNER_SIGNATURE, roles->owner_word, err);
	if (rc == 0)
		rc = cli_compose_options(
		    &m, fields, sizeof(fields) / sizeof(fields[0]), err);
	if (rc == 0)
		rc = cli_compose_put_count(&m, RECORD_F_ITEMS, list->n, err);
	if (rc == 0)
		rc = cli_compose_put(&m, RECORD_F_POPULATION, hex, err);
	if (rc == 0)
		rc = cli_compose_finish(&m, offer, err);
	cli_compose_done(&m);
	return rc;
}

static int compose(struct cli_case *c, struct cli_keys *keys,
    const struct cli_list *list, struct case_offer *offer, struct err *err)
{
	struct roles roles;
	struct hash population;

	int rc = read_roles(&roles, c->args, err);
	if (rc == 0)
		rc = check_parties(c, err);
	if (rc == 0)
		rc = cli_parts_compose(c, keys, list,
		    &(struct cli_parts_signers){name_signers, &roles}, offer,
		    &population, err);
	if (rc == 0)
		rc = compose_seizure(
		    c, keys, &roles, list, &population, offer, err);
	return rc;
}

static int submit(struct cli_case *c, struct cli_keys *keys,
    const struct cli_list *list, struct case_offer *offer, struct err *err)
{
	char id[CLI_CASE_SHORT_SIZE];
	uint32_t seizure;
	bool is_yes;

	int rc = cli_parts_find(c, list, case_offer_main(offer), &seizure, err);
	if (rc != 0)
		return rc;
	if (seizure != CASE_NONE) {
		cli_case_short_id(id, &case_state_leaf(c->state, seizure)->id);
		cli_out("already in the ledger: %u: seizure %s of these %zu "
			"items; nothing was entered\n",
		    seizure, id, list->n);
		return CLI_DONE;
	}
	cli_list_print(list);
	if (cli_args_has(c->args, "dry-run"))
		return cli_case_try(c, offer, err);
	rc = cli_ask_confirm(c->args, "Enter this list? [y/N] ", &is_yes, err);
	if (rc == 0 && !is_yes) {
		cli_out_remark("nothing was entered");
		return CLI_FALSE;
	}
	return rc != 0 ? rc : cli_compose_submit(c, keys, offer, err);
}

static int run(const struct cli_args *args, struct err *err)
{
	struct cli_case c = {0};
	struct cli_keys keys = {0};
	struct cli_list list = {0};
	struct case_offer offer = {0};

	int rc = cli_case_open(&c, args, err);
	if (rc == 0)
		rc = cli_list_read(&list, args->words[0], "seize", err);
	if (rc == 0)
		rc = cli_keys_open(&keys, args, err);
	if (rc == 0)
		rc = compose(&c, &keys, &list, &offer, err);
	if (rc == 0)
		rc = submit(&c, &keys, &list, &offer, err);
	case_offer_done(&offer);
	cli_list_done(&list);
	cli_keys_done(&keys);
	cli_case_done(&c);
	return rc;
}

static const struct cli_option options[] = {
    {"by", 0, "PARTY", false, "the party that took the items"},
    {"from", 0, "PARTY", false, "the party that had them"},
    {"witness", 0, "PARTY", true, "a witness who signs"},
    {"authority", 0, "WORD", false,
	"did it sign? signed (default), refused or absent"},
    {"owner", 0, "WORD", false, "did he sign? signed, refused or absent"},
    {"owner-party", 0, "PARTY", false,
	"who signs for the owner (default --from)"},
    {"witness-saw", 0, "TEXT", false, "what the witness saw"},
    {"legal-basis", 0, "TEXT", false, "warrant or law"},
    {"document", 0, "FILE", true, "a document, such as the warrant"},
    {"place", 0, "TEXT", false, "where (withheld)"},
    {"announced", 0, "\"N KIND\"", true, "a count announced on the spot"},
    {"counted", 0, "\"N KIND\"", true, "a count made on the spot"},
    {"photographed", 0, "\"N KIND\"", true, "a count from the photos"},
    {"objection", 0, "TEXT", true, "an objection raised on the spot"},
    {"remark", 0, "TEXT", false, "anything else (withheld)"},
    {"expires", 0, "TIME", false, "until when the others may sign"},
    {"although", 0, NULL, false, "enter it although it breaks a rule"},
    {"dry-run", 0, NULL, false, "check everything, enter nothing"},
};

const struct cli_command cmd_seize = {
    .name = "seize",
    .group = CLI_CUSTODY,
    .usage = "LIST.csv --by PARTY --owner signed|refused|absent [options]",
    .summary = "Enters what was taken: the list of items and the seizure",
    .shared = CLI_SHARED_MAKER,
    .options = options,
    .option_count = sizeof(options) / sizeof(options[0]),
    .words_min = 1,
    .words_max = 1,
    .examples =
	"  counterfoil seize list.csv --by police.example --from "
	"owner.example \\\n"
	"      --owner signed --witness notary.example --as police.example "
	"\\\n      --as owner.example --as notary.example\n\n"
	"The table's columns: item,type and, as far as wanted, subtype, "
	"inside, make,\nmodel, serial, capacity_bytes, interface, bay, place, "
	"power_state, condition,\nseal, seal_type, remark. type: package, "
	"computer, casing, drive, phone, medium,\ndocument or `empty bay`. "
	"inside: an item on a row above. bay: of a computer\n`opened` or `not "
	"opened`, of a drive its slot. seal_type: tag or enclosing.\n",
    .run = run,
};
