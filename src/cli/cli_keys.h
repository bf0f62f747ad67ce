/*
 * cli_keys.h: the signing keys at hand: --as PARTY (from the key folder) and
 * --key FILE.
 *
 * A party's key is <party>.key in the key folder ('/' becomes '_'); one that
 * takes its place is <party>+<key id>.key beside it. Both are at hand with --as
 * PARTY: which one signs, the record says.
 *
 * Opening looks at public halves only. A key is unlocked when it first signs,
 * after everything else was checked, with the passphrase file or, asked once
 * for all keys that share it, the terminal; never from the environment or the
 * arguments. Secrets are wiped by cli_keys_done.
 */
#ifndef CLI_KEYS_H
#define CLI_KEYS_H

#include "buf.h"
#include "cli_args.h"
#include "err.h"
#include "note_key.h"
#include "slice.h"

#include <stdbool.h>
#include <stddef.h>

struct agent;

struct cli_key {
	struct note_key key;
	bool is_locked; /* the file needs a passphrase */
	bool is_open; /* secret is there */
	struct note_secret secret;
	struct buf file;
	struct agent *agent; /* that signs, if the secret is elsewhere */
};

struct cli_keys {
	const struct cli_args *args;
	size_t n;
	struct cli_key *keys; /* one a party, in the order given, --as first */
	size_t cap;
	size_t spare_n, spare_cap;
	struct cli_key *spares; /* further keys of these parties */
	struct buf passphrase; /* the last one that opened a key */
	struct agent *taken; /* that signs for a key taken from elsewhere */
	/* By cli_compose_check_keys, over several offers, so that not each of
	 * them needs every key. Set by who did it. */
	bool are_checked;
};

/* Reads the public halves of all --as and --key. ERR_NOTFOUND says how to make
 * the key; two keys of one party are ERR_USAGE. Zeroed *keys works as "no
 * keys"; cli_keys_done accepts it. */
int cli_keys_open(struct cli_keys *keys, const struct cli_args *args,
    struct err *err) MUST_CHECK;
void cli_keys_done(struct cli_keys *keys);

/* Adds one more party's key out of the key folder. */
int cli_keys_add_party(
    struct cli_keys *keys, const char *party, struct err *err) MUST_CHECK;

/* One key that is not a party's (the ledger's, a witness's): reads the public
 * half; cli_keys_secret unlocks it; cli_keys_forget wipes it. */
int cli_keys_read(
    struct cli_key *key, const char *path, struct err *err) MUST_CHECK;
void cli_keys_forget(struct cli_key *key);

/* The party's key, or NULL if it is not at hand. _with_id: this one of them. */
struct cli_key *cli_keys_find(const struct cli_keys *keys, struct slice party);
struct cli_key *cli_keys_find_with_id(
    const struct cli_keys *keys, struct slice party, uint32_t id);

/* Unlocks it if need be; the secret is borrowed from *key. ERR_DENIED: wrong
 * passphrase, or none to be had. */
int cli_keys_secret(struct cli_keys *keys, struct cli_key *key,
    const struct note_secret **ret_secret, struct err *err) MUST_CHECK;

/* The path of the key folder / of a party's key file in it, appended. */
int cli_keys_folder(
    const struct cli_args *args, struct buf *path, struct err *err) MUST_CHECK;
int cli_keys_path(const struct cli_args *args, const char *party,
    struct buf *path, struct err *err) MUST_CHECK;

/* Makes a key that is to take the place of the party's, publishes it as
 * <party>+<key id>.key and has it at hand. */
int cli_keys_make_next(struct cli_keys *keys, const char *party, bool is_plain,
    struct note_key *ret_key, struct buf *path, struct err *err) MUST_CHECK;

/*
 * Makes a key; *file is what to publish, locked unless is_plain, with the
 * passphrase file or a passphrase asked for twice. With --in PLACE a key that
 * is there is taken instead, and the file says where it is: one a run.
 * note_secret_done and buf_wipe them.
 */
int cli_keys_generate(struct cli_keys *keys, struct slice name,
    enum note_key_type type, bool is_plain, struct note_secret *ret_secret,
    struct buf *file, struct err *err) MUST_CHECK;

/* As cli_keys_generate, and publishes the file (0600, never over an existing
 * one: ERR_CONFLICT). */
int cli_keys_make(struct cli_keys *keys, const char *path, struct slice name,
    enum note_key_type type, bool is_plain, struct note_key *ret_key,
    struct err *err) MUST_CHECK;

#endif
