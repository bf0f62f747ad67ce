/*
 * cmd_inspect.c: `counterfoil inspect`: a scanned list in; found, missing and
 * unexpected out; signed by the custodian and whoever looked.
 *
 * What is signed was shown first, and only what was looked at is recorded.
 */
#include "case_state.h"
#include "cli_ask.h"
#include "cli_compose.h"
#include "cli_drive.h"
#include "cli_make.h"
#include "cli_sighting.h"
#include "flow_check.h"

#include <string.h>

/* So many blocks fit into one record whatever they say; more make more
 * records, all entered in one commit. */
#define BLOCKS_IN_RECORD 300

#define SEEN_WORDS                                                             \
	"package-sealed, serial-read, mark-read, hash-match or label-read"

static const struct cli_option options[] = {
    {"scan", 0, "FILE", false,
	"scanned lines ITEM[,SEAL[,intact|broken]] or ITEM,serial,SERIAL; -: "
	"standard input"},
    {"all-sealed", 0, NULL, false,
	"everything that has a seal was seen with it, intact"},
    {"items", 0, "A,B,...", true, "these items (with --seen)"},
    {"seen", 0, "WORD", false, SEEN_WORDS},
    {"broken", 0, "ITEM", true, "its seal was found broken"},
    {"missing", 0, "ITEM", true, "it was not there"},
    {"full", 0, NULL, false,
	"a full inventory: what was not looked at is missing"},
    {"only-seen", 0, NULL, false, "do not record what was unexpected"},
    {"custodian", 0, "PARTY", false,
	"who holds the items (default: the --as that does)"},
    {"inspector", 0, "PARTY", true,
	"who looked and signs (default: the other --as)"},
    {"also-in", 0, "none|CASE", false, "another case with the same items"},
    {"place", 0, "TEXT", false, "where"},
    {"objection", 0, "TEXT", true, "an objection raised"},
    {"remark", 0, "TEXT", false, "anything else"},
    CLI_DRIVE_OPTIONS,
    {"dry-run", 0, NULL, false, "compare only; exit 1 if anything is amiss"},
    {"although", 0, NULL, false,
	"enter it even if it breaks a rule, marked as a breach"},
};

static const struct cli_compose_option fields[] = {
    {"also-in", RECORD_F_ALSO_IN},
    {"place", RECORD_F_PLACE},
    {"objection", RECORD_F_OBJECTION},
    {"remark", RECORD_F_REMARK},
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

struct inspection {
	const struct cli_args *args;
	struct cli_case c;
	struct cli_keys keys;
	struct cli_sightings sightings;
	struct case_offer offer;
	int64_t at;
};

static bool holds_anything(const struct inspection *x, uint32_t party)
{
	const struct case_state *state = x->c.state;

	for (uint32_t i = 0; i < case_state_item_count(state); i++) {
		struct case_set holders = case_state_holders(state, i, x->at);

		if (case_set_has(&holders, party))
			return true;
	}
	return false;
}

static int find_custodian(
    const struct inspection *x, uint32_t *ret_party, struct err *err)
{
	const char *named = cli_args_get(x->args, "custodian");

	if (named != NULL)
		return cli_case_find_party(&x->c, named, ret_party, err);
	for (size_t i = 0; i < x->keys.n; i++) {
		uint32_t party = case_state_find_party(
		    x->c.state, slice_of(x->keys.keys[i].key.name));

		if (party == CASE_NONE || !holds_anything(x, party))
			continue;
		*ret_party = party;
		return 0;
	}
	return err_set(err, ERR_USAGE,
	    "inspect: none of the signers holds anything; say who does with "
	    "--custodian PARTY");
}

static int check_options(const struct cli_args *args, struct err *err)
{
	const char *seen = cli_args_get(args, "seen");

	if (seen != NULL &&
	    !record_schema_value_is_good(
		record_schema_field(
		    record_schema_of(RECORD_INSPECTION), true, RECORD_F_SEEN),
		slice_of(seen), NULL))
		return err_set(err, ERR_USAGE,
		    "inspect: --seen \"%s\" is not " SEEN_WORDS, seen);
	if (cli_args_has(args, "items") && seen == NULL)
		return err_set(err, ERR_USAGE,
		    "inspect: how were they seen? give --seen " SEEN_WORDS);
	if (cli_args_has(args, "json") && !cli_args_has(args, "dry-run"))
		return err_set(err, ERR_USAGE,
		    "inspect: --json prints the comparison alone; add "
		    "--dry-run");
	if (!cli_args_has(args, "scan") && !cli_args_has(args, "items") &&
	    !cli_args_has(args, "all-sealed") &&
	    !cli_args_has(args, "broken") && !cli_args_has(args, "missing"))
		return err_set(err, ERR_USAGE,
		    "inspect: what was looked at? give --scan FILE, --items or "
		    "--all-sealed");
	return 0;
}

static int see_items(struct inspection *x, struct err *err)
{
	const char *list;
	int rc = 0;

	for (size_t at = 0;
	     rc == 0 && (list = cli_args_next(x->args, "items", &at)) != NULL;)
		for (struct slice rest = slice_of(list);
		     rc == 0 && rest.p != NULL;) {
			struct slice id = slice_trim(slice_cut(&rest, ','));

			rc = flow_check_take(id, &id, err);
			if (rc != 0)
				break;
			if (case_state_find_item(x->c.state, id) == CASE_NONE)
				rc = err_set(err, ERR_NOTFOUND,
				    "inspect: --items: the case has no item "
				    "\"%.*s\"; see counterfoil search",
				    SLICE_ARG(id));
			else
				rc = cli_sightings_see(&x->sightings, id,
				    cli_args_get(x->args, "seen"), err);
		}
	return rc;
}

static int mark(struct inspection *x, const char *option,
    enum cli_sighting_result result, struct err *err)
{
	const char *item;
	int rc = 0;

	for (size_t at = 0;
	     rc == 0 && (item = cli_args_next(x->args, option, &at)) != NULL;)
		rc = cli_sightings_mark(&x->sightings, item, result, err);
	return rc;
}

static int look(struct inspection *x, uint32_t custodian, struct err *err)
{
	const char *scan = cli_args_get(x->args, "scan");
	int rc =
	    cli_sightings_start(&x->sightings, &x->c, custodian, x->at, err);

	if (rc == 0 && scan != NULL)
		rc = cli_sightings_scan(
		    &x->sightings, scan, cli_args_get(x->args, "seen"), err);
	if (rc == 0)
		rc = see_items(x, err);
	if (rc == 0 && cli_args_has(x->args, "all-sealed"))
		rc = cli_sightings_see_sealed(&x->sightings, err);
	if (rc == 0)
		rc = mark(x, "broken", CLI_SIGHTING_BROKEN, err);
	if (rc == 0)
		rc = mark(x, "missing", CLI_SIGHTING_MISSING, err);
	if (rc == 0 && cli_args_has(x->args, "full"))
		cli_sightings_close(&x->sightings);
	return rc;
}

static bool is_recorded(const struct inspection *x, size_t i)
{
	enum cli_sighting_result result = x->sightings.list[i].result;

	return result != CLI_SIGHTING_UNSEEN &&
	    (result != CLI_SIGHTING_UNEXPECTED ||
		!cli_args_has(x->args, "only-seen"));
}

static int sign(struct cli_compose *m, struct slice custodian, struct err *err)
{
	const struct cli_args *args = m->c->args;
	char name[NOTE_KEY_NAME_MAX + 1];
	const char *inspector;
	int rc = cli_compose_sign_as_given(m, err);

	(void)snprintf(name, sizeof(name), "%.*s", SLICE_ARG(custodian));
	if (rc == 0)
		rc = cli_compose_signer(m, name, err);
	if (rc == 0)
		rc = cli_compose_put(m, RECORD_F_CUSTODIAN, name, err);
	for (size_t at = 0; rc == 0 &&
	     (inspector = cli_args_next(args, "inspector", &at)) != NULL;) {
		rc = cli_compose_signer(m, inspector, err);
		if (rc == 0)
			rc = cli_compose_put(
			    m, RECORD_F_INSPECTOR, inspector, err);
	}
	for (size_t i = 0;
	     rc == 0 && !cli_args_has(args, "inspector") && i < m->keys->n; i++)
		if (strcmp(m->keys->keys[i].key.name, name) != 0)
			rc = cli_compose_put(m, RECORD_F_INSPECTOR,
			    m->keys->keys[i].key.name, err);
	return rc;
}

/* One record with the next blocks; *next moves on. */
static int compose(struct inspection *x, size_t *next, struct err *err)
{
	struct cli_compose m = {0};
	size_t blocks = 0;
	int rc = cli_compose_start(&m, &x->c, &x->keys, RECORD_INSPECTION, err);

	if (rc == 0)
		rc = sign(&m,
		    case_state_party(x->c.state, x->sightings.custodian)->name,
		    err);
	if (rc == 0)
		rc = cli_compose_options(&m, fields, COUNT(fields), err);
	for (; rc == 0 && *next < x->sightings.n && blocks < BLOCKS_IN_RECORD;
	     ++*next) {
		if (!is_recorded(x, *next))
			continue;
		rc = cli_sightings_put(&x->sightings, *next, &m, err);
		blocks++;
	}
	if (rc == 0 && blocks > 0)
		rc = cli_compose_finish(&m, &x->offer, err);
	cli_compose_done(&m);
	return rc;
}

static bool is_amiss(const struct cli_sightings *s)
{
	return cli_sightings_count(s, CLI_SIGHTING_FOUND) +
	    cli_sightings_count(s, CLI_SIGHTING_UNSEEN) !=
	    s->n;
}

static int record(struct inspection *x, struct err *err)
{
	size_t next = 0;
	bool is_yes;
	int rc = cli_sightings_print(&x->sightings, err);

	if (rc == 0)
		rc =
		    cli_ask_confirm(x->args, "Sign this? [y/N] ", &is_yes, err);
	if (rc == 0 && !is_yes)
		return err_set(err, ERR_DENIED,
		    "inspect: not signed; nothing was changed");
	while (rc == 0 && next < x->sightings.n)
		rc = compose(x, &next, err);
	if (rc == 0 && x->offer.n == 0)
		return err_set(err, ERR_USAGE,
		    "inspect: nothing was looked at; nothing is recorded");
	return rc != 0 ? rc
		       : cli_compose_submit(&x->c, &x->keys, &x->offer, err);
}

static int run(const struct cli_args *args, struct err *err)
{
	struct inspection x = {.args = args};
	uint32_t custodian = CASE_NONE;
	int rc = check_options(args, err);

	if (rc == 0)
		rc = cli_case_open(&x.c, args, err);
	if (rc == 0)
		rc = cli_keys_open(&x.keys, args, err);
	x.at = x.c.now;
	if (rc == 0)
		rc = cli_args_time(args, "at", &x.at, NULL, err);
	if (rc == 0)
		rc = find_custodian(&x, &custodian, err);
	if (rc == 0)
		rc = look(&x, custodian, err);
	if (rc == 0 && !cli_args_has(args, "dry-run"))
		rc = record(&x, err);
	else if (rc == 0) {
		rc = cli_args_has(args, "json")
		    ? cli_sightings_print_json(&x.sightings, err)
		    : cli_sightings_print(&x.sightings, err);
		if (rc == 0 && is_amiss(&x.sightings))
			rc = CLI_FALSE;
	}
	case_offer_done(&x.offer);
	cli_sightings_done(&x.sightings);
	cli_keys_done(&x.keys);
	cli_case_done(&x.c);
	return rc;
}

const struct cli_command cmd_inspect = {
    .name = "inspect",
    .group = CLI_CUSTODY,
    .usage = "--scan FILE | --all-sealed | --items A,B,... --as PARTY...",
    .summary =
	"Compares what was seen with what should be there, and records it",
    .shared = CLI_SHARED_MAKER | CLI_SHARED_JSON,
    .options = options,
    .option_count = COUNT(options),
    .examples =
	"  counterfoil inspect --scan shelf.txt --dry-run --custodian "
	"police.example\n"
	"  counterfoil inspect --all-sealed --also-in none \\\n"
	"      --as prosecutor.example/evidence-room --as court.example\n"
	"  counterfoil inspect --all-sealed --broken B-0007 --missing "
	"PC-0007-D1 "
	"\\\n"
	"      --also-in none --as police.example --as court.example\n",
    .run = run,
};
