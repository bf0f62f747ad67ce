/*
 * cmd_key.c: `counterfoil key`: makes and shows key files, and makes the
 * records that change a party's key in a case. A key file is locked with a
 * passphrase unless --plain says otherwise; it is never written over.
 */
#include "cli.h"
#include "cli_args.h"
#include "cli_keys.h"
#include "cli_make.h"
#include "cli_out.h"
#include "file.h"
#include "text.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static const char *safety(bool is_locked, bool is_elsewhere)
{
	if (is_elsewhere)
		return "the secret is elsewhere";
	return is_locked ? "locked with a passphrase"
			 : "not locked: keep the file safe";
}

static int print_key(const struct note_key *key, const char *path,
    const char *how_safe, struct err *err)
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
		    how_safe);
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
		rc = print_key(&key, path.p,
		    safety(!is_plain, cli_args_has(keys->args, "in")), err);
out:
	buf_done(&path);
	return rc;
}

/* What is in the key folder beside it, so that nobody gives away an old one. */
static int say_later(void *cookie, const char *name, struct err *err)
{
	const struct buf *prefix = cookie;
	size_t n = strlen(name);

	(void)err;
	if (n > prefix->n + 4 && memcmp(name, prefix->p, prefix->n) == 0 &&
	    strcmp(name + n - 4, ".key") == 0)
		cli_out_remark("%s beside it was made later: `counterfoil show "
			       "PARTY` says which key a case takes",
		    name);
	return 0;
}

/* path: of the party's first key, NAME.key; others are NAME+ID.key. */
static int print_later(const char *path, struct err *err)
{
	const char *name = strrchr(path, '/');
	struct buf folder, prefix;
	int fd = -1, rc;

	if (name == NULL || strlen(name) < 6)
		return 0;
	buf_init(&folder, 4096);
	buf_init(&prefix, 4096);
	buf_printf(&folder, "%.*s", (int)(name - path + 1), path);
	buf_printf(&prefix, "%.*s+", (int)(strlen(name + 1) - 4), name + 1);
	rc = buf_check(&folder, err);
	if (rc == 0)
		rc = buf_check(&prefix, err);
	if (rc == 0 && file_open_dir(&fd, AT_FDCWD, folder.p, NULL) == 0) {
		rc = file_list(fd, ".", say_later, &prefix, err);
		(void)close(fd); /* only read */
	}
	buf_done(&folder);
	buf_done(&prefix);
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
		rc = print_key(&key.key, path.p,
		    safety(key.is_locked,
			note_key_file_elsewhere(buf_slice(&key.file)).p !=
			    NULL),
		    err);
	if (rc == 0)
		rc = print_later(path.p, err);
	cli_keys_forget(&key);
	buf_done(&path);
	return rc;
}

/* ---- records ---- */

static const struct cli_compose_option fields[] = {
    {"compromised-since", RECORD_F_COMPROMISED_SINCE},
    {"reason", RECORD_F_REASON},
};

static int put_start(struct cli_compose *m, const char *action, struct err *err)
{
	const char *party;
	size_t at = 0;
	int rc =
	    cli_make_put_party(m, RECORD_F_PARTY, m->c->args->words[1], err);

	if (rc == 0)
		rc = cli_compose_put(m, RECORD_F_ACTION, action, err);
	while (rc == 0 &&
	    (party = cli_args_next(m->c->args, "countersign", &at)) != NULL)
		rc = cli_compose_signer(m, party, err);
	return rc;
}

/* --old-key, else the one that is in force. */
static int put_old_key(struct cli_compose *m, struct err *err)
{
	const char *party = m->c->args->words[1];
	const char *given = cli_args_get(m->c->args, "old-key");
	uint32_t index = case_state_find_party(m->c->state, slice_of(party));
	const struct note_key *key = index != CASE_NONE
	    ? case_state_party_key(m->c->state, index)
	    : NULL;
	char hex[NOTE_KEY_ID_HEX_SIZE];

	if (given != NULL)
		return cli_compose_put(m, RECORD_F_OLD_KEY, given, err);
	if (key == NULL)
		return err_set(err, ERR_NOTFOUND,
		    "key: %s has no key in force in this case", party);
	note_key_id_hex(hex, key->id);
	return cli_compose_put(m, RECORD_F_OLD_KEY, hex, err);
}

/* The new key is on disk before anybody signs for it. */
static int put_new_key(struct cli_compose *m, struct err *err)
{
	bool is_plain = cli_args_has(m->c->args, "plain");
	struct buf path, vkey;
	struct note_key key;

	buf_init(&path, 4096);
	buf_init(&vkey, 1024);
	int rc = cli_keys_make_next(
	    m->keys, m->c->args->words[1], is_plain, &key, &path, err);
	if (rc == 0)
		rc = cli_compose_signer_key(m, &key, err);
	if (rc != 0)
		goto out;
	note_key_put(&vkey, &key);
	rc = cli_compose_put_slice(m, RECORD_F_KEY, buf_slice(&vkey), err);
	cli_out_remark("the new key is in %s, %s", path.p,
	    safety(!is_plain, cli_args_has(m->c->args, "in")));
out:
	buf_done(&path);
	buf_done(&vkey);
	return rc;
}

/* Asked before there is a new key that nobody would ever use. */
static int check_countersigner(const struct cli_compose *m, struct err *err)
{
	const char *party = m->c->args->words[1];
	uint32_t index = case_state_find_party(m->c->state, slice_of(party));

	if (index == CASE_NONE || m->keys->n > 1 ||
	    cli_args_has(m->c->args, "countersign") ||
	    case_state_party(m->c->state, index)->is_policy_holder)
		return 0;
	return err_set(err, ERR_USAGE,
	    "key: a policy holder must countersign a new key of %s; name one "
	    "with --countersign PARTY",
	    party);
}

static int fill_rotate(struct cli_compose *m, struct err *err)
{
	int rc = put_start(m, "rotate", err);

	if (rc == 0)
		rc = check_countersigner(m, err);
	if (rc == 0)
		rc = put_old_key(m, err);
	if (rc == 0 && cli_args_has(m->c->args, "lost"))
		rc = cli_compose_put(m, RECORD_F_LOST, "yes", err);
	return rc != 0 ? rc : put_new_key(m, err);
}

static int fill_revoke(struct cli_compose *m, struct err *err)
{
	int rc = put_start(m, "revoke", err);

	return rc != 0 ? rc : put_old_key(m, err);
}

static int fill_encryption(struct cli_compose *m, struct err *err)
{
	int rc = put_start(m, "encryption", err);

	return rc != 0 ? rc
		       : cli_compose_put(m, RECORD_F_ENCRYPTION_KEY,
			     m->c->args->words[2], err);
}

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const struct {
	const char *word;
	size_t words;
	struct cli_make make;
} changes[] = {
    {"rotate", 2, {RECORD_KEY, fields, COUNT(fields), fill_rotate}},
    {"revoke", 2, {RECORD_KEY, fields, COUNT(fields), fill_revoke}},
    {"encryption", 3, {RECORD_KEY, fields, COUNT(fields), fill_encryption}},
};

static int change(const struct cli_args *args, size_t i, struct err *err)
{
	if (args->word_count != changes[i].words)
		return err_set(err, ERR_USAGE, "key: %s needs %s",
		    changes[i].word,
		    changes[i].words == 3 ? "a party and its age recipient"
					  : "one party");
	return cli_make_record(&changes[i].make, args, err);
}

static int run(const struct cli_args *args, struct err *err)
{
	struct cli_keys keys = {0};

	for (size_t i = 0; i < COUNT(changes); i++)
		if (strcmp(args->words[0], changes[i].word) == 0)
			return change(args, i, err);
	if (args->word_count != 2)
		return err_set(err, ERR_USAGE, "key: one party at a time");
	if (strcmp(args->words[0], "show") == 0)
		return show(args, args->words[1], err);
	if (strcmp(args->words[0], "new") != 0)
		return err_set(err, ERR_USAGE,
		    "key: \"%s\" is none of new, show, rotate, revoke and "
		    "encryption",
		    args->words[0]);
	int rc = cli_keys_open(&keys, args, err);
	if (rc == 0)
		rc = make(&keys, args->words[1], err);
	cli_keys_done(&keys);
	return rc;
}

static const struct cli_option options[] = {
    {"plain", 0, NULL, false, "keep it without a passphrase (for drills)"},
    {"witness", 0, NULL, false, "a witness's key, which cosigns checkpoints"},
    {"in", 0, "PLACE", false,
	"take the key from ssh-agent or a pkcs11: URI; nothing is made"},
    {"which", 0, "NAME", false, "which of the keys there, by its name there"},
    {"lost", 0, NULL, false,
	"rotate: the old key is lost; the new one is in force after 7 days"},
    {"old-key", 0, "ID", false,
	"the key that ends (default: the one in force)"},
    {"compromised-since", 0, "TIME", false,
	"since when somebody else may have had the old key"},
    {"countersign", 0, "PARTY", true, "who signs too, such as policy holders"},
    {"reason", 0, "TEXT", false, "why"},
};

const struct cli_command cmd_key = {
    .name = "key",
    .group = CLI_START,
    .usage = "new PARTY | show PARTY|FILE | rotate PARTY | revoke PARTY | "
	     "encryption PARTY AGE1...",
    .summary = "Makes a signing key, prints its public half, or changes it in "
	       "a case",
    .shared = CLI_SHARED_MAKER,
    .options = options,
    .option_count = sizeof(options) / sizeof(options[0]),
    .words_min = 2,
    .words_max = 3,
    .examples = "  counterfoil key new police.example\n"
		"  counterfoil key show police.example\n"
		"  counterfoil key new court.example --in ssh-agent\n"
		"  counterfoil key rotate police.example --as police.example\n"
		"  counterfoil key revoke police.example --as police.example "
		"\\\n"
		"      --compromised-since 2023-07-01T00:00:00Z\n",
    .run = run,
};
