/*
 * cmd_join.c: `counterfoil join`: a party signs for the first time. Whoever is
 * not in the genesis brings its key, side and organisation, and a policy
 * holder countersigns.
 */
#include "cli.h"
#include "cli_args.h"
#include "cli_compose.h"
#include "cli_out.h"

#include <string.h>

static const struct cli_compose_option fields[] = {
    {"side", RECORD_F_SIDE},
    {"role", RECORD_F_ROLE},
    {"about", RECORD_F_ABOUT},
    {"statement", RECORD_F_STATEMENT},
};

/* The organisation of a party that the case does not know yet. */
static int put_org(
    struct cli_compose *m, const char *party, bool is_known, struct err *err)
{
	const char *org = cli_args_get(m->c->args, "org");
	struct slice rest = slice_of(party);

	if (org == NULL && is_known)
		return 0;
	return cli_compose_put_slice(m, RECORD_F_ORG,
	    org != NULL ? slice_of(org) : slice_cut(&rest, '/'), err);
}

static int put_key(
    struct cli_compose *m, const struct note_key *key, struct err *err)
{
	struct buf vkey;

	buf_init(&vkey, 1024);
	note_key_put(&vkey, key);
	int rc = cli_compose_put_slice(m, RECORD_F_KEY, buf_slice(&vkey), err);
	buf_done(&vkey);
	return rc;
}

static int put_signers(
    struct cli_compose *m, const struct note_key *key, struct err *err)
{
	const char *party;

	int rc = cli_compose_signer_key(m, key, err);
	for (size_t i = 0; i < m->keys->n && rc == 0; i++)
		if (strcmp(m->keys->keys[i].key.name, key->name) != 0)
			rc = cli_compose_signer(
			    m, m->keys->keys[i].key.name, err);
	for (size_t at = 0; rc == 0 &&
	     (party = cli_args_next(m->c->args, "countersign", &at)) != NULL;)
		rc = cli_compose_signer(m, party, err);
	return rc;
}

/* The key with which the party joins: its key in the case, else --vkey, else
 * the one at hand. */
static int find_key(struct cli_case *c, struct cli_keys *keys,
    const char *party, struct note_key *ret_key, bool *ret_is_new,
    struct err *err)
{
	const char *vkey = cli_args_get(c->args, "vkey");
	uint32_t index = case_state_find_party(c->state, slice_of(party));
	const struct note_key *key =
	    index != CASE_NONE ? case_state_party_key(c->state, index) : NULL;
	const struct cli_key *own = cli_keys_find(keys, slice_of(party));

	*ret_is_new = key == NULL;
	if (key != NULL)
		*ret_key = *key;
	else if (vkey != NULL)
		return note_key_parse(ret_key, slice_of(vkey), err);
	else if (own != NULL)
		*ret_key = own->key;
	else
		return err_set(err, ERR_USAGE,
		    "join: with which key does %s join? give --as %s, or "
		    "--vkey with its public key",
		    party, party);
	return 0;
}

static int compose_one(struct cli_case *c, struct cli_keys *keys,
    const char *party, struct case_offer *offer, struct err *err)
{
	struct cli_compose m = {0};
	struct note_key key;
	bool is_new;
	bool is_known =
	    case_state_find_party(c->state, slice_of(party)) != CASE_NONE;

	int rc = find_key(c, keys, party, &key, &is_new, err);
	if (rc == 0)
		rc = cli_compose_start(&m, c, keys, RECORD_JOIN, err);
	if (rc == 0 && !is_known && cli_args_get(c->args, "side") == NULL)
		rc = err_set(err, ERR_USAGE,
		    "join: %s is new in this case; give its --side authority, "
		    "owner, neutral or outside",
		    party);
	if (rc == 0)
		rc = put_signers(&m, &key, err);
	if (rc == 0)
		rc = cli_compose_put(&m, RECORD_F_PARTY, party, err);
	if (rc == 0)
		rc = cli_compose_options(
		    &m, fields, sizeof(fields) / sizeof(fields[0]), err);
	if (rc == 0)
		rc = put_org(&m, party, is_known, err);
	if (rc == 0 && is_new)
		rc = put_key(&m, &key, err);
	if (rc == 0)
		rc = cli_compose_finish(&m, offer, err);
	cli_compose_done(&m);
	return rc;
}

/* Everybody in the genesis who has not signed yet and whose key is here. */
static int compose_all(struct cli_case *c, struct cli_keys *keys,
    struct case_offer *offer, struct err *err)
{
	struct cli_keys one = {0};
	int rc = 0;

	for (uint32_t i = 0; i < case_state_party_count(c->state) && rc == 0;
	     i++) {
		const struct case_party *party = case_state_party(c->state, i);
		const struct note_key *key = case_state_party_key(c->state, i);
		struct err why = {0};

		if (!party->is_in_genesis || key == NULL ||
		    party->enrolled_leaf != CASE_NONE)
			continue;
		rc = cli_keys_add_party(keys, key->name, &why);
		if (rc == ERR_NOTFOUND) {
			cli_out_remark("%s: its key is not here; it joins "
				       "where it is",
			    key->name);
			rc = 0;
			continue;
		}
		if (rc != 0)
			return err_set(err, rc, "%s", why.message);
		rc = compose_one(c, &one, key->name, offer, err);
	}
	return rc;
}

static int join_all(struct cli_case *c, struct cli_keys *keys,
    struct case_offer *offer, struct err *err)
{
	int rc = compose_all(c, keys, offer, err);

	if (rc == 0 && offer->n == 0) {
		cli_out("nobody is left to join with a key from here\n");
		return CLI_DONE;
	}
	return rc != 0 ? rc : cli_compose_submit(c, keys, offer, err);
}

static int join_one(struct cli_case *c, struct cli_keys *keys,
    struct case_offer *offer, struct err *err)
{
	const struct cli_args *args = c->args;

	if (args->word_count == 0 && keys->n == 0)
		return err_set(err, ERR_USAGE,
		    "join: who joins? say --as PARTY, or --all for everybody "
		    "whose key is here");
	const char *party =
	    args->word_count > 0 ? args->words[0] : keys->keys[0].key.name;
	int rc = compose_one(c, keys, party, offer, err);
	return rc != 0 ? rc : cli_compose_submit(c, keys, offer, err);
}

static int run(const struct cli_args *args, struct err *err)
{
	struct cli_case c = {0};
	struct cli_keys keys = {0};
	struct case_offer offer = {0};
	bool is_all = cli_args_has(args, "all");
	int rc = 0;

	if (is_all && (args->word_count > 0 || cli_args_has(args, "as")))
		rc = err_set(err, ERR_USAGE,
		    "join: --all means everybody; leave PARTY and --as out");
	if (rc == 0)
		rc = cli_case_open(&c, args, err);
	if (rc == 0)
		rc = cli_keys_open(&keys, args, err);
	if (rc == 0)
		rc = is_all ? join_all(&c, &keys, &offer, err)
			    : join_one(&c, &keys, &offer, err);
	case_offer_done(&offer);
	cli_keys_done(&keys);
	cli_case_done(&c);
	return rc;
}

static const struct cli_option options[] = {
    {"all", 0, NULL, false, "everybody in the genesis whose key is here"},
    {"side", 0, "SIDE", false, "authority, owner, neutral or outside"},
    {"org", 0, "ORG", false, "its organisation (default: from its name)"},
    {"role", 0, "TEXT", false, "its task in this case"},
    {"about", 0, "TEXT", false, "who the persons behind it are (withheld)"},
    {"statement", 0, "TEXT", false, "what it says on joining"},
    {"vkey", 0, "KEY", false, "its public key, if it is not at hand"},
    {"countersign", 0, "PARTY", true, "who countersigns, later"},
};

const struct cli_command cmd_join = {
    .name = "join",
    .group = CLI_START,
    .usage = "[PARTY] --as PARTY [--as COUNTERSIGNER] | --all",
    .summary = "Enrols a party: it signs for the first time",
    .shared = CLI_SHARED_MAKER,
    .options = options,
    .option_count = sizeof(options) / sizeof(options[0]),
    .words_max = 1,
    .examples = "  counterfoil join --all\n"
		"  counterfoil join lab.example --as lab.example --as "
		"police.example \\\n      --side authority\n",
    .run = run,
};
