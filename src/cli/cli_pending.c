/*
 * cli_pending.c: private/offers/.
 */
#include "cli_pending.h"

#include "cli_mailbox.h"
#include "cli_out.h"
#include "file.h"
#include "hash.h"
#include "text.h"
#include "when.h"

#include <fcntl.h>
#include <string.h>

#define FOLDER "private/offers"
#define SUFFIX ".offer"
#define PATH_BYTES 64

static void path_of(const struct case_offer *offer, char path[PATH_BYTES])
{
	char id[CLI_CASE_SHORT_SIZE];

	cli_case_short_id(id, &case_offer_main(offer)->id);
	(void)snprintf(path, PATH_BYTES, FOLDER "/%s" SUFFIX, id);
}

void cli_pending_put_what(const struct case_offer *offer, struct buf *out)
{
	const struct record *record = case_offer_main(offer);
	size_t items = 0;

	for (size_t i = 0; i < offer->n; i++)
		items += offer->records[i]->record.block_count;
	buf_puts(out, record->schema->name);
	if (items > 0)
		buf_printf(out, " of %zu %s%s", items,
		    record->schema->kind == RECORD_CASE
			? (items == 1 ? "party" : "parties")
			: "item",
		    record->schema->kind == RECORD_CASE ? ""
							: cli_out_s(items));
	if (offer->n > 1)
		buf_printf(out, " in %zu records", offer->n);
}

static void say_what_next(
    const struct cli_case *c, const struct case_offer *offer, const char *path)
{
	char id[CLI_CASE_SHORT_SIZE], until[WHEN_SIZE];
	const struct record *record = case_offer_main(offer);
	struct buf what;
	struct slice party;
	int64_t expires;

	cli_case_short_id(id, &record->id);
	buf_init(&what, 256);
	cli_pending_put_what(offer, &what);
	cli_out("offer %s: %s", id, what.p);
	buf_done(&what);
	if (record_get_time(record, RECORD_F_OFFER_EXPIRES, &expires)) {
		when_to_time(until, expires);
		cli_out(", open until %s", until);
	}
	cli_out("\n");
	if (case_offer_is_complete(offer))
		cli_out("all have signed; whoever holds the ledger's key "
			"enters it: counterfoil accept %s\n",
		    path);
	const char *where = c->url.n > 0 ? c->url.p : c->path.p;
	for (size_t at = 0; (party = case_offer_missing(offer, &at)).p != NULL;)
		cli_out("still to sign: %.*s: counterfoil accept %s --case %s "
			"--as %.*s\n",
		    SLICE_ARG(party), path, where, SLICE_ARG(party));
}

int cli_pending_save(struct cli_case *c, const struct case_offer *offer,
    const char *copy_path, struct err *err)
{
	char path[PATH_BYTES];
	struct buf bytes, shown;

	buf_init(&bytes, CASE_OFFER_MAX);
	buf_init(&shown, 2 * 4096);
	path_of(offer, path);
	int rc = case_offer_put(offer, &bytes, err);
	if (rc == 0)
		rc = cli_case_publish_files(c, err);
	if (rc == 0)
		rc = file_publish(c->fd, path, buf_slice(&bytes), 0600, err);
	if (rc == 0 && copy_path != NULL)
		rc = file_publish(
		    AT_FDCWD, copy_path, buf_slice(&bytes), 0600, err);
	if (rc != 0)
		goto out;
	/* At the desk that it waits for, the file has another folder. */
	if (c->url.n > 0)
		buf_printf(&shown, "%.*s", CLI_CASE_SHORT_SIZE - 1,
		    path + sizeof(FOLDER));
	else
		buf_printf(&shown, "%s/%s", c->path.p, path);
	rc = buf_check(&shown, err);
	if (rc == 0 && c->url.n > 0)
		rc = cli_mailbox_leave(c, buf_slice(&bytes), err);
	if (rc == 0)
		say_what_next(
		    c, offer, copy_path != NULL ? copy_path : shown.p);
out:
	buf_wipe(&bytes);
	buf_done(&shown);
	return rc;
}

int cli_pending_remove(
    struct cli_case *c, const struct case_offer *offer, struct err *err)
{
	char path[PATH_BYTES];

	path_of(offer, path);
	return file_exists(c->fd, path) ? file_remove(c->fd, path, err) : 0;
}

static int parse_and_check(struct cli_case *c, struct slice bytes,
    const char *path, struct case_offer *offer, struct err *err)
{
	int rc = case_offer_parse(offer, bytes, err);

	if (rc == 0) {
		rc = case_offer_check(offer, c->state, err);
		if (rc != 0)
			case_offer_done(offer);
	}
	if (rc != 0)
		err_prefix(err, "%s", path);
	return rc;
}

struct search {
	struct slice typed;
	size_t n;
	char name[PATH_BYTES]; /* the last that matches */
};

/* A file's name has fewer digits than an id: those that both have count. */
static int match_name(void *cookie, const char *name, struct err *err)
{
	struct search *search = cookie;
	size_t digits = CLI_CASE_SHORT_SIZE - 1;

	(void)err;
	if (strlen(name) != digits + strlen(SUFFIX))
		return 0;
	if (digits > search->typed.n)
		digits = search->typed.n;
	if (memcmp(name, search->typed.p, digits) != 0)
		return 0;
	search->n++;
	(void)snprintf(search->name, sizeof(search->name), "%s", name);
	return 0;
}

static bool is_id_of(const struct case_offer *offer, struct slice typed)
{
	char id[HASH_HEX_SIZE];

	hash_to_hex(id, &case_offer_main(offer)->id);
	return memcmp(id, typed.p, typed.n) == 0;
}

/* ERR_NOTFOUND leaves *err to the caller. */
static int read_kept(struct cli_case *c, const char *typed,
    struct case_offer *offer, struct err *err)
{
	struct search search = {.typed = slice_of(typed)};
	char path[2 * PATH_BYTES];
	struct buf bytes;

	if (search.typed.n < 4 || search.typed.n >= HASH_HEX_SIZE ||
	    file_list(c->fd, FOLDER, match_name, &search, NULL) != 0 ||
	    search.n == 0)
		return ERR_NOTFOUND;
	if (search.n > 1)
		return err_set(err, ERR_CONFLICT,
		    "%s: %zu offers' ids begin with \"%s\"; give more digits",
		    c->args->command->name, search.n, typed);
	(void)snprintf(path, sizeof(path), FOLDER "/%s", search.name);
	buf_init(&bytes, CASE_OFFER_MAX);
	int rc = file_read(&bytes, c->fd, path, CASE_OFFER_MAX, err);
	if (rc == 0)
		rc = parse_and_check(c, buf_slice(&bytes), typed, offer, err);
	buf_wipe(&bytes);
	if (rc == 0 && !is_id_of(offer, search.typed)) {
		case_offer_done(offer);
		rc = ERR_NOTFOUND;
	}
	return rc;
}

int cli_pending_read(struct cli_case *c, const char *typed,
    struct case_offer *offer, struct err *err)
{
	struct err why = {0};
	struct buf bytes;

	buf_init(&bytes, CASE_OFFER_MAX);
	int rc = file_read_user(&bytes, typed, CASE_OFFER_MAX, &why);
	if (rc == ERR_NOTFOUND)
		rc = read_kept(c, typed, offer, err);
	else if (rc != 0)
		err_set(err, rc, "%s", why.message);
	else
		rc = parse_and_check(c, buf_slice(&bytes), typed, offer, err);
	if (rc == ERR_NOTFOUND)
		err_set(err, rc,
		    "%s: no offer \"%s\"; `counterfoil offers` lists them",
		    c->args->command->name, typed);
	buf_wipe(&bytes);
	return rc;
}

struct walk {
	struct cli_case *c;
	int (*each)(void *cookie, const char *path,
	    const struct case_offer *offer, struct err *err);
	void *cookie;
};

static int visit(void *cookie, const char *name, struct err *err)
{
	struct walk *walk = cookie;
	struct cli_case *c = walk->c;
	struct case_offer offer = {0};
	char path[2 * PATH_BYTES];
	struct buf bytes;

	/* What a crash left of a file being written. */
	if (name[0] == '.')
		return 0;
	if (strlen(name) >= PATH_BYTES)
		return err_set(
		    err, ERR_FORMAT, "%s/%s: no offer", FOLDER, name);
	(void)snprintf(path, sizeof(path), FOLDER "/%s", name);
	buf_init(&bytes, CASE_OFFER_MAX);
	int rc = file_read(&bytes, c->fd, path, CASE_OFFER_MAX, err);
	if (rc == 0)
		rc = case_offer_parse(&offer, buf_slice(&bytes), err);
	if (rc != 0)
		err_prefix(err, "%s", path);
	else if (case_state_find_leaf(c->state, &case_offer_main(&offer)->id) !=
	    CASE_NONE)
		rc = cli_pending_remove(c, &offer, err);
	else
		rc = walk->each(walk->cookie, path, &offer, err);
	case_offer_done(&offer);
	buf_wipe(&bytes);
	return rc;
}

int cli_pending_each(struct cli_case *c,
    int (*each)(void *cookie, const char *path, const struct case_offer *offer,
	struct err *err),
    void *cookie, struct err *err)
{
	struct walk walk = {c, each, cookie};
	struct err why = {0};

	int rc = file_list(c->fd, FOLDER, visit, &walk, &why);
	if (rc == ERR_NOTFOUND)
		return 0;
	if (rc < 0)
		err_set(err, rc, "%s", why.message);
	return rc;
}
