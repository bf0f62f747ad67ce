/*
 * cmd_key.c: `counterfoil key new` and `key show`. A key file is locked with a
 * passphrase unless --plain says otherwise; it is never written over.
 */
#include "cli.h"
#include "cli_args.h"
#include "cli_keys.h"
#include "cli_out.h"
#include "file.h"
#include "text.h"

#include <string.h>

static int print_key(const struct note_key *key, const char *path,
    bool is_locked, struct err *err)
{
	struct buf vkey;

	buf_init(&vkey, 1024);
	note_key_put(&vkey, key);
	int rc = buf_check(&vkey, err);
	/* The key alone is the result, so that it can be piped and pinned. */
	if (rc == 0)
		cli_out("%s\n", vkey.p);
	if (rc == 0)
		cli_out_remark("%s: %s, %s", path,
		    key->type == NOTE_KEY_COSIGNATURE ? "a witness's key"
						      : "a signing key",
		    is_locked ? "locked with a passphrase"
			      : "not locked: keep the file safe");
	buf_done(&vkey);
	return rc;
}

static int make(struct cli_keys *keys, const char *party, struct err *err)
{
	bool is_plain = cli_args_has(keys->args, "plain");
	bool is_witness = cli_args_has(keys->args, "witness");
	struct note_key key;
	struct buf path;
	struct err why = {0};

	buf_init(&path, 4096);
	int rc = cli_keys_path(keys->args, party, &path, err);
	if (rc != 0)
		goto out;
	rc = cli_keys_make(keys, path.p, slice_of(party),
	    is_witness ? NOTE_KEY_COSIGNATURE : NOTE_KEY_ED25519, is_plain,
	    &key, &why);
	if (rc == ERR_CONFLICT)
		err_set(err, rc,
		    "key: %s has a key already, in %s; `counterfoil key show "
		    "%s` prints it",
		    party, path.p, party);
	else if (rc != 0)
		err_set(err, rc, "%s", why.message);
	else
		rc = print_key(&key, path.p, !is_plain, err);
out:
	buf_done(&path);
	return rc;
}

static int show(const struct cli_args *args, const char *what, struct err *err)
{
	struct cli_key key = {0};
	struct buf path;
	struct err why = {0};

	buf_init(&path, 4096);
	/* A party's key in the key folder first, then a file of that name. */
	int rc = text_is_identifier(slice_of(what))
	    ? cli_keys_path(args, what, &path, err)
	    : ERR_NOTFOUND;
	if (rc == 0)
		rc = cli_keys_read(&key, path.p, &why);
	if (rc == ERR_NOTFOUND) {
		buf_clear(&path);
		buf_puts(&path, what);
		why = (struct err){0};
		rc = cli_keys_read(&key, path.p, &why);
	}
	if (rc == ERR_NOTFOUND)
		err_set(err, rc,
		    "key: no key of %s; make one with `counterfoil key new "
		    "PARTY`",
		    what);
	else if (rc != 0)
		err_set(err, rc, "%s", why.message);
	else
		rc = print_key(&key.key, path.p, key.is_locked, err);
	cli_keys_forget(&key);
	buf_done(&path);
	return rc;
}

static int run(const struct cli_args *args, struct err *err)
{
	struct cli_keys keys = {0};

	if (strcmp(args->words[0], "show") == 0)
		return show(args, args->words[1], err);
	if (strcmp(args->words[0], "new") != 0)
		return err_set(err, ERR_USAGE,
		    "key: \"%s\" is neither `new` nor `show`", args->words[0]);
	int rc = cli_keys_open(&keys, args, err);
	if (rc == 0)
		rc = make(&keys, args->words[1], err);
	cli_keys_done(&keys);
	return rc;
}

static const struct cli_option options[] = {
    {"plain", 0, NULL, false, "keep it without a passphrase (for drills)"},
    {"witness", 0, NULL, false, "a witness's key, which cosigns checkpoints"},
};

const struct cli_command cmd_key = {
    .name = "key",
    .group = CLI_START,
    .usage = "new PARTY | show PARTY|FILE",
    .summary = "Makes a signing key, or prints its public half",
    .shared = CLI_SHARED_KEYS,
    .options = options,
    .option_count = sizeof(options) / sizeof(options[0]),
    .words_min = 2,
    .words_max = 2,
    .examples = "  counterfoil key new police.example\n"
		"  counterfoil key show police.example\n",
    .run = run,
};
