/*
 * cmd_init.c: `counterfoil init`: a roster becomes a case. Everything that can
 * be wrong with it is found before a folder is made.
 */
#include "cli.h"
#include "cli_args.h"
#include "cli_case.h"
#include "cli_folder.h"
#include "cli_genesis.h"
#include "cli_keys.h"
#include "cli_offer.h"
#include "cli_out.h"
#include "cli_pending.h"
#include "cli_roster.h"
#include "cli_token.h"
#include "mem.h"
#include "text.h"
#include "when.h"

#include <stdlib.h>

#define PATH_BYTES 4096

struct init {
	const struct cli_args *args;
	const char *path;
	struct cli_keys keys;
	struct cli_roster roster;
	struct note_secret log_secret;
	struct buf log_key_file;
	struct agent *log_agent; /* that signs for it, if it is elsewhere */
	struct case_offer offer;
	struct buf name;
	bool is_clock_set;
	int64_t now;
};

/* ---- names and keys ---- */

static int choose_name(struct init *init, struct err *err)
{
	const char *given = cli_args_get(init->args, "name");
	char *resolved = NULL;

	buf_init(&init->name, PATH_BYTES);
	if (given == NULL) {
		/* The folder may not exist yet; then its path is its name. */
		resolved = realpath(init->path, NULL);
		given = resolved != NULL ? resolved : init->path;
		struct slice rest = slice_of(given);
		while (rest.n > 1 && rest.p[rest.n - 1] == '/')
			rest.n--;
		struct slice last = rest;
		while (rest.p != NULL)
			last = slice_cut(&rest, '/');
		buf_put_slice(&init->name, last);
	} else {
		buf_puts(&init->name, given);
	}
	free(resolved);
	int rc = buf_check(&init->name, err);
	if (rc == 0 && !text_is_identifier(buf_slice(&init->name)))
		rc = err_set(err, ERR_USAGE,
		    "init: \"%.*s\" is no name for a case; give --name with "
		    "letters, digits, '.', '/' and '-'",
		    SLICE_ARG(buf_slice(&init->name)));
	return rc;
}

/* The key of a row that the key folder has, made if the row says `new`. */
static int find_key(
    struct init *init, struct cli_roster_row *row, struct err *err)
{
	bool is_plain = cli_args_has(init->args, "plain-keys");
	struct err why = {0};
	struct cli_key key = {0};
	struct buf path;

	char *party = mem_copy_text(row->party.p, row->party.n);
	if (party == NULL)
		return err_nomem(err);
	buf_init(&path, PATH_BYTES);
	int rc = cli_keys_path(init->args, party, &path, err);
	if (rc != 0)
		goto out;
	rc = cli_keys_read(&key, path.p, &why);
	if (rc == ERR_NOTFOUND && row->from == CLI_ROSTER_NEW) {
		rc = cli_keys_make(&init->keys, path.p, row->party,
		    row->is_witness ? NOTE_KEY_COSIGNATURE : NOTE_KEY_ED25519,
		    is_plain, &row->key, err);
		goto out;
	}
	if (rc == ERR_NOTFOUND)
		err_set(err, rc,
		    "init: the key folder has no key of %s (%s); write `new` "
		    "in its row, or its public key",
		    party, path.p);
	else if (rc != 0)
		err_set(err, rc, "init: %s", why.message);
	else
		row->key = key.key;
out:
	cli_keys_forget(&key);
	buf_done(&path);
	free(party);
	return rc;
}

static int find_keys(struct init *init, struct err *err)
{
	for (size_t i = 0; i < init->roster.n; i++) {
		struct cli_roster_row *row = &init->roster.rows[i];
		if (row->from != CLI_ROSTER_FILE && row->from != CLI_ROSTER_NEW)
			continue;
		int rc = find_key(init, row, err);
		if (rc != 0)
			return rc;
	}
	return 0;
}

/* Signs with every policy holder's key that the key folder has. */
static int sign(struct init *init, struct err *err)
{
	for (size_t i = 0; i < init->roster.n; i++) {
		const struct cli_roster_row *row = &init->roster.rows[i];
		struct err why = {0};

		if (!row->is_policy_holder)
			continue;
		int rc = cli_keys_add_party(&init->keys, row->key.name, &why);
		if (rc != 0 && row->from != CLI_ROSTER_VKEY)
			return err_set(err, rc, "%s", why.message);
	}
	return cli_offer_sign(&init->offer, &init->keys, NULL, err);
}

/* ---- the first leaf ---- */

static void print_summary(const struct init *init)
{
	size_t named = 0, witnesses = 0, parties = 0;

	for (size_t i = 0; i < init->roster.n; i++) {
		witnesses += init->roster.rows[i].is_witness;
		named += init->roster.rows[i].from == CLI_ROSTER_NAMED;
	}
	parties = init->roster.n - witnesses;
	cli_out("case %s in %s\n", init->log_secret.key.name, init->path);
	cli_out("parties: %zu with a key, %zu named only; witnesses: %zu\n",
	    parties - named, named, witnesses);
	if (init->is_clock_set)
		cli_out("the clock of this case is set by hand: every finding "
			"says so\n");
}

static int enter(struct init *init, struct err *err)
{
	struct cli_case c = {0};

	int rc = cli_case_open_at(&c, init->args, init->path, err);
	if (rc == 0) {
		print_summary(init);
		rc = case_offer_is_complete(&init->offer)
		    ? cli_case_enter(&c, &init->keys, &init->offer, false, err)
		    : cli_pending_save(&c, &init->offer, NULL, err);
	}
	cli_case_done(&c);
	return rc;
}

/* The ledger's key: made here, or one that is elsewhere. */
static int find_log_key(struct init *init, struct err *err)
{
	const char *place = cli_args_get(init->args, "log-key-in");

	if (place != NULL)
		return cli_token_take(init->args, place,
		    cli_args_get(init->args, "which"), buf_slice(&init->name),
		    NOTE_KEY_ED25519, &init->log_agent, &init->log_secret,
		    &init->log_key_file, err);
	return cli_keys_generate(&init->keys, buf_slice(&init->name),
	    NOTE_KEY_ED25519, cli_args_has(init->args, "plain-keys"),
	    &init->log_secret, &init->log_key_file, err);
}

static int compose(struct init *init, const char *roster_path, struct err *err)
{
	int rc = find_log_key(init, err);
	struct cli_genesis genesis = {
	    .args = init->args,
	    .roster = &init->roster,
	    .roster_path = roster_path,
	    .name = buf_slice(&init->name),
	    .log_key = &init->log_secret.key,
	    .at = init->now,
	    .is_clock_set = init->is_clock_set,
	};

	if (rc == 0)
		rc = cli_genesis_compose(&genesis, &init->offer, err);
	return rc != 0 ? rc : sign(init, err);
}

static int make(struct init *init, struct err *err)
{
	struct cli_folder folder = {
	    .path = init->path,
	    .log_secret = &init->log_secret,
	    .log_key_file = buf_slice(&init->log_key_file),
	    .genesis = &init->offer,
	    .is_clock_set = init->is_clock_set,
	};

	int rc = cli_folder_make(&folder, err);
	return rc != 0 ? rc : enter(init, err);
}

static int run(const struct cli_args *args, struct err *err)
{
	struct init init = {
	    .args = args, .path = args->words[0], .now = when_now()};
	const char *roster_path;

	buf_init(&init.log_key_file, NOTE_KEY_FILE_MAX);
	int rc = cli_args_need(args, "roster", &roster_path, err);
	if (rc == 0)
		rc = cli_args_time(
		    args, "now", &init.now, &init.is_clock_set, err);
	if (rc == 0)
		rc = choose_name(&init, err);
	if (rc == 0)
		rc = cli_folder_look(init.path, err);
	if (rc == 0)
		rc = cli_roster_read(&init.roster, roster_path, "init", err);
	if (rc == 0)
		rc = cli_keys_open(&init.keys, args, err);
	if (rc == 0)
		rc = find_keys(&init, err);
	if (rc == 0)
		rc = compose(&init, roster_path, err);
	if (rc == 0)
		rc = make(&init, err);
	case_offer_done(&init.offer);
	note_secret_done(&init.log_secret);
	agent_free(init.log_agent);
	buf_wipe(&init.log_key_file);
	cli_roster_done(&init.roster);
	cli_keys_done(&init.keys);
	buf_done(&init.name);
	return rc;
}

static const struct cli_option options[] = {
    {"roster", 0, "FILE.csv", false, "the table of parties"},
    {"name", 0, "NAME", false, "name of the case (default: the folder's)"},
    {"title", 0, "TEXT", false, "what the case is about"},
    {"open", 0, "FIELD", true, "a withheld field to write in the open"},
    {"witness-quorum", 0, "N", false, "cosignatures that a NO needs"},
    {"log-key-in", 0, "PLACE", false,
	"the ledger's key is in ssh-agent or at a pkcs11: URI"},
    {"which", 0, "NAME", false, "which of the keys there, by its name there"},
    {"plain-keys", 0, NULL, false, "make keys without passphrase (drills)"},
    {"now", 0, "TIME", false, "set the clock of this case, for a drill"},
};

const struct cli_command cmd_init = {
    .name = "init",
    .group = CLI_START,
    .usage = "DIR --roster FILE.csv [options]",
    .summary = "Opens a case: its folder, ledger and first record",
    .shared = CLI_SHARED_KEYS,
    .options = options,
    .option_count = sizeof(options) / sizeof(options[0]),
    .words_min = 1,
    .words_max = 1,
    .examples =
	"  counterfoil init raid-2023 --roster parties.csv\n\n"
	"The table's columns: party,side and, as far as wanted, org, role, "
	"key,\npolicy-holder, red-line, about. side: authority, owner, "
	"neutral, outside or\nwitness. key: a public key; `new` (made in the "
	"key folder if it is not there);\n`file` (in the key folder); empty: "
	"the party is only named.\n",
    .run = run,
};
