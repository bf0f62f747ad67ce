/*
 * cmd_site.c: `counterfoil site`: makes a site log, adds the checkpoints of
 * cases to it and has it cosigned, and shows what is in it.
 */
#include "cli.h"
#include "cli_args.h"
#include "cli_case.h"
#include "cli_folder.h"
#include "cli_keys.h"
#include "cli_out.h"
#include "cli_site.h"
#include "cli_witness.h"
#include "json.h"
#include "log_checkpoint.h"
#include "mem.h"
#include "text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define SHOW_MAX (16u << 20)

/* ---- init ---- */

/* The folder's name, unless --name says otherwise. */
static struct slice name_of(const struct cli_args *args)
{
	const char *name = cli_args_get(args, "name");
	struct slice rest = slice_of(args->words[1]), last = rest;

	if (name != NULL)
		return slice_of(name);
	while (rest.n > 1 && rest.p[rest.n - 1] == '/')
		rest.n--;
	while (rest.p != NULL)
		last = slice_cut(&rest, '/');
	return last;
}

static int make_site(struct cli_keys *keys, struct slice name, struct err *err)
{
	const struct cli_args *args = keys->args;
	struct note_secret secret = {0};
	struct buf file, vkey;

	buf_init(&file, NOTE_KEY_FILE_MAX);
	buf_init(&vkey, 1024);
	int rc = cli_keys_generate(keys, name, NOTE_KEY_ED25519,
	    cli_args_has(args, "plain-keys"), &secret, &file, err);
	if (rc == 0) {
		struct cli_folder folder = {.path = args->words[1],
		    .log_secret = &secret,
		    .log_key_file = buf_slice(&file)};
		rc = cli_folder_make(&folder, err);
	}
	if (rc == 0) {
		note_key_put(&vkey, &secret.key);
		rc = buf_check(&vkey, err);
	}
	if (rc == 0) {
		cli_out("%s\n", vkey.p);
		cli_out_remark("%s is the site log of %.*s; that is its public "
			       "key: give it to witnesses and readers",
		    args->words[1], SLICE_ARG(name));
	}
	note_secret_done(&secret);
	buf_wipe(&file);
	buf_done(&vkey);
	return rc;
}

static int run_init(const struct cli_args *args, struct err *err)
{
	struct cli_keys keys = {0};
	struct slice name = name_of(args);

	if (args->word_count != 2)
		return err_set(err, ERR_USAGE, "site: init makes one folder");
	if (!text_is_identifier(name))
		return err_set(err, ERR_USAGE,
		    "site: \"%.*s\" is no name for a log; give --name with "
		    "letters, digits, '.', '/' and '-'",
		    SLICE_ARG(name));
	int rc = cli_folder_look(args->words[1], err);
	if (rc == 0)
		rc = cli_keys_open(&keys, args, err);
	if (rc == 0)
		rc = make_site(&keys, name, err);
	cli_keys_done(&keys);
	return rc;
}

/* ---- add ---- */

struct adding {
	struct cli_site site;
	size_t n, skipped;
	struct cli_case *cases; /* folders only */
	struct site_log *logs;
};

/* What is no case is said, and stops no other. */
static int open_case(struct adding *a, const char *path, struct err *err)
{
	struct cli_case *c = &a->cases[a->n];
	struct err why = {0};

	int rc = cli_case_open_folder_at(c, a->site.c.args, path, &why);
	if (rc == 0 && (c->url.n > 0 || c->is_site))
		rc = err_set(
		    &why, ERR_NOTFOUND, "it is no case that is kept here");
	if (rc == ERR_NOMEM)
		return err_set(err, rc, "%s", why.message);
	if (rc != 0) {
		cli_out_remark("not taken: %s: %s", path, why.message);
		cli_case_done(c);
		a->skipped++;
		return 0;
	}
	a->logs[a->n++] =
	    (struct site_log){.case_fd = c->fd, .key = &c->log_key};
	return 0;
}

static int open_cases(struct adding *a, struct err *err)
{
	const struct cli_args *args = a->site.c.args;
	size_t n = args->word_count - 2;
	int rc = 0;

	a->cases = mem_new(n, sizeof(*a->cases));
	a->logs = mem_new(n, sizeof(*a->logs));
	if (a->cases == NULL || a->logs == NULL)
		return err_nomem(err);
	for (size_t i = 0; i < n && rc == 0; i++)
		rc = open_case(a, args->words[2 + i], err);
	return rc;
}

static void tell_taken(const struct adding *a)
{
	uint64_t index;

	for (size_t i = 0; i < a->n; i++) {
		if (a->logs[i].outcome == SITE_SAME) {
			cli_out("%s: nothing new\n", a->logs[i].key->name);
			continue;
		}
		if (a->logs[i].outcome != SITE_ENTERED)
			continue;
		for (size_t k = 0; k < site_log_count(a->site.site); k++) {
			struct site_entry entry =
			    site_log_last(a->site.site, k, &index);
			if (entry.key_id == a->logs[i].key->id &&
			    slice_is_text(entry.origin, a->logs[i].key->name))
				cli_out("%s: size %" PRIu64 " is entry %" PRIu64
					" of %s\n",
				    a->logs[i].key->name, entry.size, index,
				    a->site.c.log_key.name);
		}
	}
}

/* Everything is in the log before anybody is asked. */
static int add(struct adding *a, struct err *err)
{
	struct cli_site *site = &a->site;
	bool is_met = true;

	int rc = cli_site_lock(site, err);
	if (rc == 0)
		rc = site_take(site->site, site->secret, a->logs, a->n, err);
	if (rc != 0)
		return rc;
	log_store_unlock(site->c.store);
	tell_taken(a);
	size_t false_count = cli_site_tell(site, a->logs, a->n);
	if (cli_witness_is_given(&site->c))
		rc = cli_witness_ask(&site->c, &is_met, err);
	else
		cli_out_remark(
		    "no witness was asked: there is no policy "
		    "(--policy, or witnesses: in the site's " CLI_CASE_CONF
		    ")");
	if (rc == 0)
		rc = cli_site_keep_steps(site, a->logs, a->n, err);
	if (rc != 0)
		return rc;
	if (false_count > 0)
		return CLI_FALSE;
	for (size_t i = 0; i < a->n; i++)
		if (a->logs[i].outcome == SITE_UNREAD)
			return CLI_UNDONE;
	return is_met && a->skipped == 0 ? CLI_DONE : CLI_UNDONE;
}

static int run_add(const struct cli_args *args, struct err *err)
{
	struct adding *a = mem_new(1, sizeof(*a));

	if (a == NULL)
		return err_nomem(err);
	if (args->word_count < 3) {
		free(a);
		return err_set(
		    err, ERR_USAGE, "site: add takes the site and its cases");
	}
	int rc = cli_site_open(&a->site, args, args->words[1], err);
	if (rc == 0)
		rc = open_cases(a, err);
	if (rc == 0)
		rc = add(a, err);
	for (size_t i = 0; i < a->n; i++) {
		site_log_done(&a->logs[i]);
		cli_case_done(&a->cases[i]);
	}
	free(a->cases);
	free(a->logs);
	cli_site_done(&a->site);
	free(a);
	return rc;
}

/* ---- show ---- */

static void put_json(struct json *json, const struct cli_site *site)
{
	struct buf vkey;

	buf_init(&vkey, 1024);
	note_key_put(&vkey, &site->c.log_key);
	json_open_object(json, NULL);
	json_text(json, "key", buf_slice(&vkey));
	json_number(json, "size", (int64_t)log_store_size(site->c.store));
	json_open_array(json, "logs");
	for (size_t i = 0; i < site_log_count(site->site); i++) {
		uint64_t index;
		struct site_entry entry = site_log_last(site->site, i, &index);
		json_open_object(json, NULL);
		json_text(json, "origin", entry.origin);
		json_number(json, "size", (int64_t)entry.size);
		json_number(json, "entry", (int64_t)index);
		json_close_object(json);
	}
	json_close_array(json);
	json_close_object(json);
	buf_done(&vkey);
}

static void put_words(struct buf *out, const struct cli_site *site)
{
	buf_printf(out, "site log ");
	note_key_put(out, &site->c.log_key);
	buf_printf(out, "\n%" PRIu64 " entries, %zu logs\n",
	    log_store_size(site->c.store), site_log_count(site->site));
	for (size_t i = 0; i < site_log_count(site->site); i++) {
		uint64_t index;
		struct site_entry entry = site_log_last(site->site, i, &index);
		buf_printf(out, "  %.*s: size %" PRIu64 ", entry %" PRIu64 "\n",
		    SLICE_ARG(entry.origin), entry.size, index);
	}
}

static int run_show(const struct cli_args *args, struct err *err)
{
	struct cli_site *site = mem_new(1, sizeof(*site));
	struct json json;
	struct buf out;

	if (site == NULL)
		return err_nomem(err);
	buf_init(&out, SHOW_MAX);
	int rc = args->word_count == 2
	    ? cli_site_open(site, args, args->words[1], err)
	    : err_set(err, ERR_USAGE, "site: show takes one site");
	if (rc == 0 && cli_args_has(args, "json")) {
		json_init(&json, &out);
		put_json(&json, site);
	} else if (rc == 0) {
		put_words(&out, site);
	}
	if (rc == 0)
		rc = buf_check(&out, err);
	if (rc == 0)
		cli_out_slice(buf_slice(&out));
	buf_done(&out);
	cli_site_done(site);
	free(site);
	return rc;
}

static int run(const struct cli_args *args, struct err *err)
{
	const char *what = args->words[0];

	if (strcmp(what, "init") == 0)
		return run_init(args, err);
	if (strcmp(what, "add") == 0)
		return run_add(args, err);
	if (strcmp(what, "show") == 0)
		return run_show(args, err);
	return err_set(
	    err, ERR_USAGE, "site: \"%s\" is none of init, add and show", what);
}

static const struct cli_option options[] = {
    {"name", 0, "NAME", false, "init: the log's name (default: the folder's)"},
    {"plain-keys", 0, NULL, false, "init: a key without passphrase (drills)"},
    {"in", 0, "PLACE", false,
	"init: the key is in ssh-agent or at a pkcs11: URI"},
    {"which", 0, "NAME", false, "init: which of the keys there"},
    CLI_WITNESS_OPTIONS,
};

const struct cli_command cmd_site = {
    .name = "site",
    .group = CLI_CHECKING,
    .usage = "init DIR | add DIR CASE... | show DIR",
    .summary = "Keeps the checkpoints of many cases in one log",
    .shared = CLI_SHARED_KEYS | CLI_SHARED_JSON,
    .options = options,
    .option_count = sizeof(options) / sizeof(options[0]),
    .words_min = 2,
    .words_max = SIZE_MAX,
    .examples = "  counterfoil site init /srv/site --name site.example/log\n"
		"  counterfoil site add /srv/site /srv/cases/*\n",
    .run = run,
};
