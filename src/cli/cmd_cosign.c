/*
 * cmd_cosign.c: `counterfoil cosign`: the ledger's checkpoint is cosigned: by
 * a witness whose key is here, offline, or by the witnesses of a policy, over
 * the network (cli_witness.h).
 *
 * Offline:
 * What it cosigned last is in its own state file. A ledger that became
 * smaller, or tells another history up to that size, is refused. The state is
 * durable before the cosignature exists.
 */
#include "case_bundle.h"
#include "cli.h"
#include "cli_args.h"
#include "cli_case.h"
#include "cli_keys.h"
#include "cli_out.h"
#include "cli_witness.h"
#include "file.h"
#include "log_checkpoint.h"
#include "when.h"

#include <fcntl.h>
#include <string.h>

struct cosign {
	struct cli_case c;
	struct cli_keys keys;
	struct cli_key key;
	struct buf state_path;
	struct log_checkpoint now; /* borrows from the store */
	struct note note;
};

/* A key that serves one ledger needs one state. */
static int choose_state_path(
    struct cosign *w, const char *key_path, struct err *err)
{
	const char *path = cli_args_get(w->c.args, "state");

	buf_puts(&w->state_path, path != NULL ? path : key_path);
	if (path == NULL)
		buf_puts(&w->state_path, ".state");
	return buf_check(&w->state_path, err);
}

/* ERR_VERIFY: the ledger does not continue what was cosigned. */
static int compare(
    const struct cosign *w, const struct log_checkpoint *last, struct err *err)
{
	const char *path = w->state_path.p;

	if (!slice_is(last->origin, w->now.origin))
		return err_set(err, ERR_CONFLICT,
		    "cosign: %s is about the ledger %.*s; give --state FILE "
		    "for this one",
		    path, SLICE_ARG(last->origin));
	if (last->size > w->now.size)
		return err_set(err, ERR_VERIFY,
		    "cosign: refused: this ledger has %llu records, and %llu "
		    "were cosigned before (%s); it was set back",
		    (unsigned long long)w->now.size,
		    (unsigned long long)last->size, path);
	struct hash root = case_state_root(w->c.state, last->size);
	if (!hash_is(&root, &last->root))
		return err_set(err, ERR_VERIFY,
		    "cosign: refused: the first %llu records are not those "
		    "that were cosigned before (%s); this is another history",
		    (unsigned long long)last->size, path);
	return 0;
}

static int check_state(const struct cosign *w, struct err *err)
{
	struct log_checkpoint last;
	struct err why = {0};
	struct buf text;

	buf_init(&text, LOG_CHECKPOINT_MAX);
	int rc =
	    file_read_user(&text, w->state_path.p, LOG_CHECKPOINT_MAX, &why);
	if (rc == ERR_NOTFOUND) {
		cli_out_remark("%s: this key cosigns the ledger for the first "
			       "time",
		    w->state_path.p);
		rc = 0;
	} else if (rc != 0) {
		err_set(err, rc, "cosign: %s", why.message);
	} else {
		rc = log_checkpoint_parse(&last, buf_slice(&text), err);
		if (rc != 0)
			err_prefix(err, "cosign: %s", w->state_path.p);
		else
			rc = compare(w, &last, err);
	}
	buf_done(&text);
	return rc;
}

/* A cosignature keeps its first time: it is never made again. */
static bool is_cosigned(const struct cosign *w, int64_t *ret_when)
{
	const struct note_signature *signature =
	    note_find(&w->note, &w->key.key);

	return signature != NULL &&
	    log_checkpoint_check_cosignature(
		ret_when, &w->key.key, w->note.text, signature, NULL) == 0;
}

static bool is_witness(const struct cosign *w)
{
	for (size_t i = 0; i < case_state_witness_count(w->c.state); i++) {
		const struct note_key *key = case_state_witness(w->c.state, i);
		if (key->id == w->key.key.id &&
		    note_key_is_same_point(key, &w->key.key))
			return true;
	}
	return false;
}

static int add_line(struct cosign *w, struct err *err)
{
	const struct note_secret *secret;
	struct buf line;

	int rc = cli_keys_secret(&w->keys, &w->key, &secret, err);
	if (rc != 0)
		return rc;
	rc = file_publish(AT_FDCWD, w->state_path.p, w->note.text, 0600, err);
	if (rc != 0)
		return rc;
	buf_init(&line, LOG_CHECKPOINT_MAX);
	rc = log_checkpoint_cosign(&line, secret, w->note.text, w->c.now, err);
	if (rc == 0)
		rc = log_store_add_cosignatures(
		    w->c.store, buf_slice(&line), err);
	buf_done(&line);
	return rc;
}

static void say(const struct cosign *w, const char *what, int64_t when)
{
	char time[WHEN_SIZE];

	when_to_time(time, when);
	cli_out("%s: size %llu, by %s at %s\n", what,
	    (unsigned long long)w->now.size, w->key.key.name, time);
	if (!is_witness(w))
		cli_out_remark("%s is no witness of this case: findings do "
			       "not count it",
		    w->key.key.name);
}

static int cosign_locked(struct cosign *w, struct err *err)
{
	int64_t when;

	int rc = cli_case_refresh(&w->c, err);
	if (rc == 0)
		rc = log_checkpoint_open(&w->now, &w->note,
		    log_store_checkpoint(w->c.store), &w->c.log_key, err);
	if (rc == 0)
		rc = check_state(w, err);
	if (rc != 0)
		return rc;
	if (is_cosigned(w, &when)) {
		say(w, "cosigned already", when);
		return CLI_DONE;
	}
	rc = add_line(w, err);
	if (rc == 0)
		say(w, "cosigned", w->c.now);
	return rc;
}

static int open_key(struct cosign *w, const char *path, struct err *err)
{
	int rc = cli_keys_read(&w->key, path, err);

	if (rc == 0 && w->key.key.type != NOTE_KEY_COSIGNATURE)
		rc = err_set(err, ERR_USAGE,
		    "cosign: %s is a party's key; a witness's key is made "
		    "with `counterfoil key new --witness`",
		    path);
	return rc;
}

static int cosign_here(
    const struct cli_args *args, const char *path, struct err *err)
{
	struct cosign w = {.keys = {.args = args}};

	buf_init(&w.state_path, 4096);
	int rc = open_key(&w, path, err);
	if (rc == 0)
		rc = cli_case_open(&w.c, args, err);
	if (rc == 0)
		rc = cli_keys_open(&w.keys, args, err);
	if (rc == 0)
		rc = choose_state_path(&w, path, err);
	if (rc == 0)
		rc = log_store_lock(w.c.store, CLI_CASE_WAIT_MS, err);
	if (rc == 0) {
		rc = cosign_locked(&w, err);
		log_store_unlock(w.c.store);
	}
	cli_keys_forget(&w.key);
	cli_keys_done(&w.keys);
	cli_case_done(&w.c);
	buf_done(&w.state_path);
	return rc;
}

static int ask_witnesses(const struct cli_args *args, struct err *err)
{
	struct cli_case c = {0};
	bool is_met = false;
	const char *path;

	int rc = cli_case_open(&c, args, err);
	if (rc == 0 && !cli_witness_is_given(&c))
		rc = cli_args_need(args, "key", &path, err);
	if (rc == 0)
		rc = cli_witness_ask(&c, &is_met, err);
	if (rc == 0)
		cli_witness_tell_own(&c);
	cli_case_done(&c);
	return rc != 0 || is_met ? rc : CLI_UNDONE;
}

static int run(const struct cli_args *args, struct err *err)
{
	const char *path = cli_args_get(args, "key");

	if (path != NULL && cli_args_has(args, "policy"))
		return err_set(err, ERR_USAGE,
		    "cosign: --key cosigns here, --policy asks others: give "
		    "one of them");
	return path != NULL ? cosign_here(args, path, err)
			    : ask_witnesses(args, err);
}

static const struct cli_option options[] = {
    {"key", 0, "FILE", false, "the witness's key file"},
    {"state", 0, "FILE", false,
	"what it cosigned last (default: FILE.state beside the key)"},
    CLI_WITNESS_OPTIONS,
};

const struct cli_command cmd_cosign = {
    .name = "cosign",
    .group = CLI_CHECKING,
    .usage = "--key FILE [--state FILE] | [--policy FILE]",
    .summary = "Has the ledger's checkpoint cosigned by witnesses",
    .shared = CLI_SHARED_CASE | CLI_SHARED_KEYS,
    .options = options,
    .option_count = sizeof(options) / sizeof(options[0]),
    .examples = "  counterfoil cosign --key witness.key\n"
		"  counterfoil cosign --policy policy.txt --wait 60\n",
    .run = run,
};
