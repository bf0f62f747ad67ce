/*
 * cli_keys.c: key files found, unlocked as late as possible, made.
 *
 * One passphrase is asked for once: what opened one key is tried on the next
 * before anybody is asked again.
 */
#include "cli_keys.h"

#include "agent.h"
#include "cli_ask.h"
#include "cli_token.h"
#include "file.h"
#include "mem.h"
#include "text.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PASSPHRASE_MAX 1024
#define PATH_MAX_BYTES 4096
#define TRIES_MAX 3
#define NEXT_SUFFIX_LENGTH 12 /* 1a2b3c4d.key behind the '+' */

/* '_' is in no identifier, so two parties never share a file; nor is '+'. */
static void put_file_name(struct buf *out, const char *party)
{
	for (const char *p = party; *p != '\0'; p++)
		buf_putc(out, *p == '/' ? '_' : *p);
}

void cli_keys_forget(struct cli_key *key)
{
	note_secret_done(&key->secret);
	agent_free(key->agent);
	buf_wipe(&key->file);
	*key = (struct cli_key){0};
}

void cli_keys_done(struct cli_keys *keys)
{
	for (size_t i = 0; i < keys->n; i++)
		cli_keys_forget(&keys->keys[i]);
	free(keys->keys);
	for (size_t i = 0; i < keys->spare_n; i++)
		cli_keys_forget(&keys->spares[i]);
	free(keys->spares);
	agent_free(keys->taken);
	buf_wipe(&keys->passphrase);
	*keys = (struct cli_keys){0};
}

int cli_keys_read(struct cli_key *key, const char *path, struct err *err)
{
	*key = (struct cli_key){0};
	buf_init(&key->file, NOTE_KEY_FILE_MAX);
	int rc = file_read_user(&key->file, path, NOTE_KEY_FILE_MAX, err);
	if (rc == 0) {
		rc = note_key_file_peek(
		    &key->key, &key->is_locked, buf_slice(&key->file), err);
		if (rc != 0)
			err_prefix(err, "key file %s", path);
	}
	if (rc != 0)
		cli_keys_forget(key);
	return rc;
}

static int add_key(struct cli_keys *keys, struct cli_key *key, const char *path,
    struct err *err)
{
	const char *command = keys->args->command->name;

	if (key->key.type != NOTE_KEY_ED25519)
		return err_set(err, ERR_USAGE,
		    "%s: %s is a witness's key, which signs no records; give a "
		    "party's key",
		    command, path);
	const struct cli_key *other =
	    cli_keys_find(keys, slice_of(key->key.name));
	if (other != NULL && other->key.id == key->key.id)
		return 0;
	if (other != NULL)
		return err_set(err, ERR_USAGE,
		    "%s: two keys are given for %s; give one", command,
		    key->key.name);
	int rc = mem_grow((void **)&keys->keys, &keys->cap, keys->n + 1,
	    sizeof(keys->keys[0]), err);
	if (rc != 0)
		return rc;
	keys->keys[keys->n++] = *key;
	*key = (struct cli_key){0};
	return 0;
}

static int add_file(struct cli_keys *keys, const char *path, struct err *err)
{
	struct cli_key key;

	int rc = cli_keys_read(&key, path, err);
	if (rc == 0)
		rc = add_key(keys, &key, path, err);
	cli_keys_forget(&key);
	return rc;
}

/* The party's first key is the one at hand by its name; others are spare. */
static int add_of_party(
    struct cli_keys *keys, const char *party, const char *path, struct err *err)
{
	struct cli_key key = {0};
	int rc = cli_keys_read(&key, path, err);

	if (rc == 0 && !slice_is_text(slice_of(party), key.key.name))
		rc = err_set(err, ERR_CONFLICT,
		    "key file %s: it is the key of %s, not of %s", path,
		    key.key.name, party);
	if (rc == 0 && cli_keys_find(keys, slice_of(party)) == NULL)
		rc = add_key(keys, &key, path, err);
	else if (rc == 0 &&
	    cli_keys_find_with_id(keys, slice_of(party), key.key.id) == NULL) {
		rc = mem_grow((void **)&keys->spares, &keys->spare_cap,
		    keys->spare_n + 1, sizeof(keys->spares[0]), err);
		if (rc == 0) {
			keys->spares[keys->spare_n++] = key;
			key = (struct cli_key){0};
		}
	}
	cli_keys_forget(&key);
	return rc;
}

struct search {
	struct cli_keys *keys;
	const char *party;
	struct buf folder, prefix;
};

static int try_next(void *cookie, const char *name, struct err *err)
{
	struct search *search = cookie;
	struct buf path;
	size_t n = strlen(name), start = search->prefix.n;

	if (n != start + NEXT_SUFFIX_LENGTH ||
	    memcmp(name, search->prefix.p, start) != 0 ||
	    strcmp(name + n - 4, ".key") != 0)
		return 0;
	buf_init(&path, 2 * PATH_MAX_BYTES);
	buf_printf(&path, "%s/%s", search->folder.p, name);
	int rc = buf_check(&path, err);
	if (rc == 0)
		rc = add_of_party(search->keys, search->party, path.p, err);
	buf_done(&path);
	return rc;
}

/* Every <party>+<key id>.key; no folder is none. */
static int add_next_keys(
    struct cli_keys *keys, const char *party, struct err *err)
{
	struct search search = {.keys = keys, .party = party};
	int fd = -1;

	buf_init(&search.folder, PATH_MAX_BYTES);
	buf_init(&search.prefix, PATH_MAX_BYTES);
	put_file_name(&search.prefix, party);
	buf_putc(&search.prefix, '+');
	int rc = buf_check(&search.prefix, err);
	if (rc == 0)
		rc = cli_keys_folder(keys->args, &search.folder, err);
	if (rc == 0 &&
	    file_open_dir(&fd, AT_FDCWD, search.folder.p, NULL) == 0) {
		rc = file_list(fd, ".", try_next, &search, err);
		(void)close(fd); /* only read */
	}
	buf_done(&search.folder);
	buf_done(&search.prefix);
	return rc;
}

int cli_keys_add_party(
    struct cli_keys *keys, const char *party, struct err *err)
{
	struct buf path;
	struct err why = {0};

	buf_init(&path, PATH_MAX_BYTES);
	int rc = cli_keys_path(keys->args, party, &path, err);
	if (rc != 0)
		goto out;
	rc = add_of_party(keys, party, path.p, &why);
	if (rc != 0 && rc != ERR_NOTFOUND) {
		err_set(err, rc, "%s", why.message);
		goto out;
	}
	rc = add_next_keys(keys, party, err);
	if (rc == 0 && cli_keys_find(keys, slice_of(party)) == NULL)
		rc = err_set(err, ERR_NOTFOUND,
		    "%s: no key of %s at %s; make one with `counterfoil key "
		    "new %s`, or give --key FILE",
		    keys->args->command->name, party, path.p, party);
out:
	buf_done(&path);
	return rc;
}

int cli_keys_open(
    struct cli_keys *keys, const struct cli_args *args, struct err *err)
{
	const char *value;

	*keys = (struct cli_keys){.args = args};
	buf_init(&keys->passphrase, PASSPHRASE_MAX);
	if (!cli_args_knows(args, "as"))
		return 0;
	for (size_t at = 0; (value = cli_args_next(args, "as", &at)) != NULL;) {
		int rc = cli_keys_add_party(keys, value, err);
		if (rc != 0)
			return rc;
	}
	for (size_t at = 0;
	     (value = cli_args_next(args, "key", &at)) != NULL;) {
		int rc = add_file(keys, value, err);
		if (rc != 0)
			return rc;
	}
	return 0;
}

struct cli_key *cli_keys_find(const struct cli_keys *keys, struct slice party)
{
	for (size_t i = 0; i < keys->n; i++)
		if (slice_is_text(party, keys->keys[i].key.name))
			return &keys->keys[i];
	return NULL;
}

struct cli_key *cli_keys_find_with_id(
    const struct cli_keys *keys, struct slice party, uint32_t id)
{
	struct cli_key *key = cli_keys_find(keys, party);

	for (size_t i = 0; i < keys->spare_n; i++)
		if (key != NULL && key->key.id != id &&
		    keys->spares[i].key.id == id &&
		    slice_is_text(party, keys->spares[i].key.name))
			return &keys->spares[i];
	return key != NULL && key->key.id == id ? key : NULL;
}

/* The first line of --passphrase-file; *ret_is_given false without one. */
static int read_passphrase_file(
    struct cli_keys *keys, bool *ret_is_given, struct err *err)
{
	const char *path = cli_args_get(keys->args, "passphrase-file");
	struct buf text;

	*ret_is_given = path != NULL;
	if (path == NULL)
		return 0;
	buf_init(&text, PASSPHRASE_MAX);
	int rc = file_read_user(&text, path, PASSPHRASE_MAX, err);
	if (rc == 0) {
		struct slice rest = buf_slice(&text);
		struct slice line = slice_cut(&rest, '\n');
		buf_clear(&keys->passphrase);
		buf_put_slice(&keys->passphrase, line);
		rc = buf_check(&keys->passphrase, err);
		if (rc == 0 && line.n == 0)
			rc = err_set(err, ERR_USAGE,
			    "%s: %s begins with an empty line; put the "
			    "passphrase there",
			    keys->args->command->name, path);
	}
	buf_wipe(&text);
	return rc;
}

static int try_open(struct cli_keys *keys, struct cli_key *key, struct err *err)
{
	struct slice passphrase = keys->passphrase.n > 0
	    ? buf_slice(&keys->passphrase)
	    : (struct slice){NULL, 0};
	int rc = note_key_file_parse(
	    &key->secret, buf_slice(&key->file), passphrase, err);

	key->is_open = rc == 0;
	return rc;
}

static int ask_and_open(
    struct cli_keys *keys, struct cli_key *key, struct err *err)
{
	struct buf prompt;

	buf_init(&prompt, 512);
	buf_printf(&prompt, "Passphrase of the key of %s: ", key->key.name);
	int rc = buf_check(&prompt, err);
	for (int i = 0; rc == 0 && i < TRIES_MAX; i++) {
		buf_wipe(&keys->passphrase);
		buf_init(&keys->passphrase, PASSPHRASE_MAX);
		rc = cli_ask_secret(prompt.p, &keys->passphrase, err);
		if (rc != 0)
			break;
		rc = try_open(keys, key, NULL);
		if (rc != ERR_DENIED || i + 1 == TRIES_MAX)
			break;
		rc = 0;
	}
	if (rc != 0)
		err_set(err, rc,
		    "the key of %s stays locked: wrong passphrase; try again",
		    key->key.name);
	buf_done(&prompt);
	return rc;
}

static int open_elsewhere(struct cli_keys *keys, struct cli_key *key,
    struct slice place, struct err *err)
{
	int rc = cli_token_open(
	    keys->args, place, &key->key, &key->agent, &key->secret, err);

	key->is_open = rc == 0;
	return rc;
}

int cli_keys_secret(struct cli_keys *keys, struct cli_key *key,
    const struct note_secret **ret_secret, struct err *err)
{
	struct slice place = note_key_file_elsewhere(buf_slice(&key->file));
	bool is_file = false;
	int rc = 0;

	if (!key->is_open && place.p != NULL) {
		rc = open_elsewhere(keys, key, place, err);
		if (rc != 0)
			return rc;
	}
	if (!key->is_open)
		rc = key->is_locked && keys->passphrase.n == 0
		    ? ERR_DENIED
		    : try_open(keys, key, NULL);
	if (rc == ERR_DENIED) {
		rc = read_passphrase_file(keys, &is_file, err);
		if (rc != 0)
			return rc;
		if (is_file) {
			rc = try_open(keys, key, NULL);
		} else if (cli_ask_is_possible(keys->args)) {
			rc = ask_and_open(keys, key, err);
		} else {
			rc = ERR_DENIED;
			err_set(err, rc,
			    "the key of %s is locked; give its passphrase with "
			    "--passphrase-file FILE, or use a terminal",
			    key->key.name);
		}
	}
	if (rc == ERR_DENIED)
		err_set(err, rc,
		    "the key of %s stays locked: the passphrase is wrong; "
		    "check the file's first line",
		    key->key.name);
	else if (rc != 0)
		err_set(err, rc,
		    "the key of %s cannot be read; see "
		    "counterfoil key show FILE",
		    key->key.name);
	if (rc == 0)
		*ret_secret = &key->secret;
	return rc;
}

int cli_keys_folder(
    const struct cli_args *args, struct buf *path, struct err *err)
{
	const char *folder = cli_args_get(args, "keys");

	if (folder == NULL)
		folder = getenv("COUNTERFOIL_KEYS");
	if (folder != NULL && folder[0] != '\0') {
		buf_puts(path, folder);
		return buf_check(path, err);
	}
	const char *home = getenv("HOME");
	if (home == NULL || home[0] == '\0')
		return err_set(err, ERR_USAGE,
		    "%s: it is not clear where keys are; give --keys DIR",
		    args->command->name);
	buf_puts(path, home);
	buf_puts(path, "/.config/counterfoil/keys");
	return buf_check(path, err);
}

int cli_keys_path(const struct cli_args *args, const char *party,
    struct buf *path, struct err *err)
{
	if (!text_is_identifier(slice_of(party)))
		return err_set(err, ERR_USAGE,
		    "%s: \"%s\" is no party's name; names are letters, digits, "
		    "'.', '/' and '-'",
		    args->command->name, party);
	int rc = cli_keys_folder(args, path, err);
	if (rc != 0)
		return rc;
	buf_putc(path, '/');
	put_file_name(path, party);
	buf_puts(path, ".key");
	return buf_check(path, err);
}

/* A passphrase for a new key, in keys->passphrase. */
static int choose_passphrase(
    struct cli_keys *keys, struct slice name, struct err *err)
{
	struct buf prompt, again;
	bool is_file;

	if (keys->passphrase.n > 0)
		return 0;
	int rc = read_passphrase_file(keys, &is_file, err);
	if (rc != 0 || is_file)
		return rc;
	if (!cli_ask_is_possible(keys->args))
		return err_set(err, ERR_USAGE,
		    "%s: a new key needs a passphrase; give --passphrase-file "
		    "FILE, or for a drill --plain%s",
		    keys->args->command->name,
		    cli_args_knows(keys->args, "plain-keys") ? "-keys" : "");
	buf_init(&prompt, 512);
	buf_init(&again, PASSPHRASE_MAX);
	buf_printf(
	    &prompt, "New passphrase for the key of %.*s: ", SLICE_ARG(name));
	rc = cli_ask_secret(prompt.p, &keys->passphrase, err);
	if (rc == 0)
		rc = cli_ask_secret("The same again: ", &again, err);
	if (rc == 0 &&
	    (again.n == 0 ||
		!slice_is(buf_slice(&again), buf_slice(&keys->passphrase))))
		rc = err_set(err, ERR_USAGE,
		    "the two passphrases differ or are empty; nothing was "
		    "made");
	buf_wipe(&again);
	buf_done(&prompt);
	return rc;
}

int cli_keys_generate(struct cli_keys *keys, struct slice name,
    enum note_key_type type, bool is_plain, struct note_secret *ret_secret,
    struct buf *file, struct err *err)
{
	struct slice passphrase = {NULL, 0};
	bool can_take = cli_args_knows(keys->args, "in");
	const char *place = can_take ? cli_args_get(keys->args, "in") : NULL;

	if (place != NULL && keys->taken == NULL)
		return cli_token_take(keys->args, place,
		    cli_args_get(keys->args, "which"), name, type, &keys->taken,
		    ret_secret, file, err);
	if (!is_plain) {
		int rc = choose_passphrase(keys, name, err);
		if (rc != 0)
			return rc;
		passphrase = buf_slice(&keys->passphrase);
	}
	int rc = note_secret_new(ret_secret, name, (uint8_t)type, err);
	return rc != 0 ? rc
		       : note_key_file_put(file, ret_secret, passphrase, err);
}

int cli_keys_make(struct cli_keys *keys, const char *path, struct slice name,
    enum note_key_type type, bool is_plain, struct note_key *ret_key,
    struct err *err)
{
	struct note_secret secret = {0};
	struct buf file;

	buf_init(&file, NOTE_KEY_FILE_MAX);
	int rc =
	    cli_keys_generate(keys, name, type, is_plain, &secret, &file, err);
	if (rc == 0)
		rc = file_publish_new(
		    AT_FDCWD, path, buf_slice(&file), 0600, err);
	if (rc == 0)
		*ret_key = secret.key;
	note_secret_done(&secret);
	buf_wipe(&file);
	return rc;
}

int cli_keys_make_next(struct cli_keys *keys, const char *party, bool is_plain,
    struct note_key *ret_key, struct buf *path, struct err *err)
{
	struct note_secret secret = {0};
	char hex[NOTE_KEY_ID_HEX_SIZE];
	struct buf file;

	buf_init(&file, NOTE_KEY_FILE_MAX);
	int rc = cli_keys_generate(keys, slice_of(party), NOTE_KEY_ED25519,
	    is_plain, &secret, &file, err);
	if (rc == 0)
		rc = cli_keys_folder(keys->args, path, err);
	if (rc != 0)
		goto out;
	note_key_id_hex(hex, secret.key.id);
	buf_putc(path, '/');
	put_file_name(path, party);
	buf_printf(path, "+%s.key", hex);
	rc = buf_check(path, err);
	if (rc == 0)
		rc = file_publish_new(
		    AT_FDCWD, path->p, buf_slice(&file), 0600, err);
	if (rc == 0)
		rc = add_of_party(keys, party, path->p, err);
	if (rc == 0)
		*ret_key = secret.key;
out:
	note_secret_done(&secret);
	buf_wipe(&file);
	return rc;
}
