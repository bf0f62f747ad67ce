/*
 * cmd_publish.c: `counterfoil publish`: copies what is public of a ledger to a
 * folder for a web server, after somebody has looked at what that gives away.
 *
 * The invariant: a checkpoint at the destination is the last thing written, so
 * that everything it vouches for is there. If a policy names witnesses, they
 * have cosigned it before, or the user has said that it may go without.
 */
#include "cli.h"
#include "cli_args.h"
#include "cli_ask.h"
#include "cli_case.h"
#include "cli_out.h"
#include "cli_public.h"
#include "cli_witness.h"
#include "cli_words.h"
#include "file.h"
#include "log_tile.h"
#include "reader.h"
#include "text.h"
#include "when.h"

#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#define SHOWN 10 /* different values of a field, without --all */
#define SCREEN_MAX (256u << 20)
#define CHECKED_PATH "private/publish-checked.txt"
#define CHECKED_MAGIC "counterfoil-publish-checked/v1\n"
#define CHECKED_MAX 256
#define BESIDE_ROOM 64

/* ---- that somebody has looked ---- */

static int write_checked(const struct cli_case *c, struct err *err)
{
	struct hash root = log_store_root(c->store);
	char at[WHEN_SIZE];
	struct buf note;

	when_to_time(at, c->now);
	buf_init(&note, CHECKED_MAX);
	buf_printf(
	    &note, CHECKED_MAGIC "%" PRIu64 " ", log_store_size(c->store));
	text_put_base64(&note, root.b, HASH_SIZE);
	buf_printf(&note, " %s\n", at);
	int rc = buf_check(&note, err);
	if (rc == 0)
		rc = file_publish(
		    c->fd, CHECKED_PATH, buf_slice(&note), 0600, err);
	buf_done(&note);
	return rc;
}

/* The size that was confirmed; 0: none, or of another history. */
static int read_checked(
    const struct cli_case *c, uint64_t *ret_size, struct err *err)
{
	unsigned long long size = 0;
	struct reader reader;
	struct err why = {0};
	struct hash root;
	struct buf note;
	size_t n = 0;

	*ret_size = 0;
	buf_init(&note, CHECKED_MAX);
	int rc = file_read(&note, c->fd, CHECKED_PATH, CHECKED_MAX, &why);
	reader_init(&reader, note.p, note.n);
	reader_expect(&reader, CHECKED_MAGIC);
	struct slice rest = reader_line(&reader);
	bool is_good = rc == 0 && slice_to_u64(slice_cut(&rest, ' '), &size) &&
	    text_from_base64(root.b, HASH_SIZE, &n, slice_cut(&rest, ' ')) &&
	    n == HASH_SIZE && size <= log_store_size(c->store);
	buf_done(&note);
	if (rc != 0 && rc != ERR_NOTFOUND)
		return err_set(
		    err, rc, "%s/" CHECKED_PATH ": %s", c->path.p, why.message);
	if (!is_good)
		return 0;
	struct hash must = case_state_root(c->state, size);
	if (hash_is(&must, &root))
		*ret_size = size;
	return 0;
}

/* ---- what is told ---- */

static void put_end(const struct cli_public *public, struct buf *out)
{
	struct buf line;

	buf_init(&line, 4096);
	buf_putc(out, '\n');
	buf_printf(&line,
	    "Once this is published, all %zu values above will be public for "
	    "ever: a ledger cannot forget, and copies of it cannot be called "
	    "back. Public too are the signatures, the time at which each "
	    "record entered, and of every withheld value that it exists. This "
	    "program does not guess which of the free text names a person: "
	    "only you can see that.",
	    public->new_count);
	cli_words_line(out, "", &line);
	buf_done(&line);
}

static void put_report(
    const struct cli_public *public, size_t shown, struct buf *out)
{
	struct buf line;

	buf_init(&line, 4096);
	if (public->since == 0)
		buf_printf(&line,
		    "What everybody can read in the %" PRIu64
		    " records of log/:",
		    public->size);
	else
		buf_printf(&line,
		    "What is new in log/ since its first %" PRIu64
		    " records (now %" PRIu64 "):",
		    public->since, public->size);
	cli_words_line(out, "", &line);
	buf_done(&line);
	cli_public_put(public, shown, out);
	if (public->new_count == 0)
		buf_puts(out, "\nNothing that was not there before.\n");
	else
		put_end(public, out);
}

static void put_json(
    const struct cli_public *public, size_t shown, struct buf *out)
{
	struct json json;

	json_init(&json, out);
	json_open_object(&json, NULL);
	json_number(&json, "since", (int64_t) public->since);
	json_number(&json, "size", (int64_t) public->size);
	json_number(&json, "values", (int64_t) public->new_count);
	cli_public_put_json(public, shown, &json);
	json_close_object(&json);
}

static int tell(const struct cli_case *c, uint64_t since, struct err *err)
{
	const struct cli_args *args = c->args;
	size_t shown = cli_args_has(args, "all") ? 0 : SHOWN;
	bool is_json = cli_args_has(args, "json");
	struct cli_public public = {0};
	struct buf out;

	buf_init(&out, SCREEN_MAX);
	int rc = cli_public_make(
	    &public, c->state, since, log_store_size(c->store), err);
	if (rc == 0 && is_json)
		put_json(&public, shown, &out);
	else if (rc == 0)
		put_report(&public, shown, &out);
	if (rc == 0)
		rc = buf_check(&out, err);
	if (rc == 0 && is_json)
		cli_out_raw(buf_slice(&out));
	else if (rc == 0)
		cli_out_slice(buf_slice(&out));
	buf_done(&out);
	cli_public_done(&public);
	return rc;
}

/* ---- publish --check ---- */

static int ask(const struct cli_args *args, bool *ret_is_yes, struct err *err)
{
	struct buf answer;
	int rc = 0;

	*ret_is_yes = cli_args_has(args, "confirmed");
	if (*ret_is_yes || cli_args_has(args, "json") ||
	    !cli_ask_is_possible(args))
		return 0;
	buf_init(&answer, 1024);
	rc = cli_ask_line(
	    "May all of this become public for ever? Type yes: ", &answer, err);
	*ret_is_yes = rc == 0 && slice_is_text(buf_slice(&answer), "yes");
	buf_done(&answer);
	return rc;
}

static int run_check(const struct cli_case *c, struct err *err)
{
	bool is_yes = false;
	int rc = tell(c, 0, err);

	if (rc == 0)
		rc = ask(c->args, &is_yes, err);
	if (rc == 0 && is_yes)
		rc = write_checked(c, err);
	if (rc == 0 && is_yes)
		cli_out_remark("checked and confirmed at %" PRIu64 " records",
		    log_store_size(c->store));
	else if (rc == 0)
		cli_out_remark("not confirmed: nothing can be published yet; "
			       "when you have read it, run this again with "
			       "--confirmed");
	return rc;
}

/* ---- the copy ---- */

struct copying {
	const struct cli_case *c;
	int to;
	size_t file_count;
};

static bool is_there(
    const struct copying *copying, const char *path, struct slice bytes)
{
	struct buf old;

	buf_init(&old, LOG_TILE_BUNDLE_MAX);
	bool is = file_read(&old, copying->to, path, LOG_TILE_BUNDLE_MAX,
		      NULL) == 0 &&
	    slice_is(buf_slice(&old), bytes);
	buf_done(&old);
	return is;
}

static int copy_tile(
    struct copying *copying, struct log_tile tile, struct err *err)
{
	char path[LOG_TILE_PATH_MAX], from[LOG_TILE_PATH_MAX + 8];
	struct buf bytes;

	log_tile_path(path, tile);
	(void)snprintf(from, sizeof(from), "log/%s", path);
	buf_init(&bytes, LOG_TILE_BUNDLE_MAX);
	int rc =
	    file_read(&bytes, copying->c->fd, from, LOG_TILE_BUNDLE_MAX, err);
	if (rc == ERR_NOTFOUND)
		err_prefix(err,
		    "publish: a record was entered meanwhile, or "
		    "the ledger is damaged: run it again, then "
		    "fsck");
	if (rc == 0 && !is_there(copying, path, buf_slice(&bytes))) {
		rc = file_publish(
		    copying->to, path, buf_slice(&bytes), 0644, err);
		copying->file_count++;
	}
	buf_done(&bytes);
	return rc;
}

/* All tiles of one level, or all entry bundles, of the ledger's size. */
static int copy_level(struct copying *copying, unsigned level, struct err *err)
{
	uint64_t size = log_store_size(copying->c->store);
	unsigned of = level == LOG_TILE_ENTRIES ? 0 : level;
	int rc = 0;

	for (uint64_t i = 0; rc == 0; i++) {
		unsigned width = log_tile_width(of, i, size);
		if (width == 0)
			break;
		rc =
		    copy_tile(copying, (struct log_tile){level, i, width}, err);
	}
	return rc;
}

/* What lies beside the tiles, as far as it is there. */
static int copy_file(void *cookie, const char *path, struct err *err)
{
	struct copying *copying = cookie;
	char from[BESIDE_ROOM];
	struct buf bytes;

	(void)snprintf(from, sizeof(from), "log/%s", path);
	buf_init(&bytes, LOG_TILE_BUNDLE_MAX);
	int rc =
	    file_read(&bytes, copying->c->fd, from, LOG_TILE_BUNDLE_MAX, err);
	if (rc == 0 && !is_there(copying, path, buf_slice(&bytes))) {
		rc = file_publish(
		    copying->to, path, buf_slice(&bytes), 0644, err);
		copying->file_count++;
	}
	buf_done(&bytes);
	return rc == ERR_NOTFOUND ? 0 : rc;
}

static int copy_stamp(void *cookie, const char *name, struct err *err)
{
	char path[BESIDE_ROOM];
	int n = snprintf(path, sizeof(path), "stamps/%s", name);

	/* A longer name is nothing of ours, nor is a file being written. */
	return name[0] == '.' || n < 0 || (size_t)n >= BESIDE_ROOM - 4
	    ? 0
	    : copy_file(cookie, path, err);
}

static int copy_beside(struct copying *copying, struct err *err)
{
	int rc = copy_file(copying, "site", err);

	if (rc == 0)
		rc = file_list(
		    copying->c->fd, "log/stamps", copy_stamp, copying, err);
	return rc == ERR_NOTFOUND ? 0 : rc;
}

static int copy_all(
    const struct cli_case *c, int to, size_t *ret_count, struct err *err)
{
	struct copying copying = {.c = c, .to = to};
	struct slice checkpoint = log_store_checkpoint(c->store);
	int rc = copy_level(&copying, LOG_TILE_ENTRIES, err);

	for (unsigned level = 0; level <= LOG_TILE_LEVEL_MAX && rc == 0;
	     level++)
		rc = copy_level(&copying, level, err);
	if (rc == 0)
		rc = copy_beside(&copying, err);
	if (rc == 0)
		rc = file_publish(to, "checkpoint", checkpoint, 0644, err);
	*ret_count = copying.file_count + 1;
	return rc;
}

/* ---- publish DEST ---- */

/* A folder that a stranger's files lie in is not written into. */
static int refuse_stranger(void *cookie, const char *name, struct err *err)
{
	if (strcmp(name, "tile") == 0 || strncmp(name, ".tmp-", 5) == 0)
		return 0;
	return err_set(err, ERR_CONFLICT,
	    "publish: %s: there is \"%s\" in it, and no ledger; name a new or "
	    "an empty folder",
	    (const char *)cookie, name);
}

/* What was published there before: its size; 0: nothing. */
static int find_published(const struct cli_case *c, int to, const char *path,
    uint64_t *ret_size, struct err *err)
{
	struct log_checkpoint head;
	struct err why = {0};
	struct buf note;

	*ret_size = 0;
	if (!file_exists(to, "checkpoint"))
		return file_list(to, ".", refuse_stranger, (void *)path, err);
	buf_init(&note, LOG_CHECKPOINT_MAX);
	int rc = file_read(&note, to, "checkpoint", LOG_CHECKPOINT_MAX, &why);
	if (rc == 0)
		rc = log_checkpoint_open(
		    &head, NULL, buf_slice(&note), &c->log_key, &why);
	uint64_t size = rc == 0 ? head.size : 0;
	struct hash root = rc == 0 ? head.root : (struct hash){{0}};
	buf_done(&note);
	if (rc != 0)
		return err_set(err, ERR_CONFLICT,
		    "publish: %s holds something else than this ledger: %s",
		    path, why.message);
	if (size > log_store_size(c->store))
		return err_set(err, ERR_CONFLICT,
		    "publish: %s holds more records (%" PRIu64
		    ") than this folder; an old copy of the case?",
		    path, size);
	struct hash must = case_state_root(c->state, size);
	if (!hash_is(&must, &root))
		return err_set(err, ERR_CONFLICT,
		    "publish: %s holds another history of this ledger; "
		    "nothing was written",
		    path);
	*ret_size = size;
	return 0;
}

static int check_confirmed(
    const struct cli_case *c, const char *path, struct err *err)
{
	uint64_t checked = 0;
	int rc = read_checked(c, &checked, err);

	if (rc != 0 || checked == log_store_size(c->store))
		return rc;
	if (checked == 0)
		return err_set(err, ERR_DENIED,
		    "publish: nobody has looked yet at what becomes public "
		    "for ever: run counterfoil publish --check, and when you "
		    "agree, with --confirmed; nothing was written to %s",
		    path);
	return err_set(err, ERR_DENIED,
	    "publish: what was checked is the first %" PRIu64
	    " records, and there are %" PRIu64 " now: run counterfoil publish "
	    "--check again; nothing was written to %s",
	    checked, log_store_size(c->store), path);
}

/* Whoever follows the policy would not believe a checkpoint without it. */
static int get_quorum(struct cli_case *c, struct err *err)
{
	bool is_met = false;

	if (!cli_witness_is_given(c)) {
		cli_out_remark(
		    "no witness was asked: there is no policy "
		    "(--policy, or witnesses: in " CLI_CASE_CONF ")");
		return 0;
	}
	int rc = cli_witness_ask(c, &is_met, err);
	if (rc != 0 || is_met)
		return rc;
	if (!cli_args_has(c->args, "without-quorum"))
		return err_set(err, ERR_DENIED,
		    "publish: the witnesses are no quorum, and nothing was "
		    "copied; ask longer with --wait, or publish as it is "
		    "with --without-quorum");
	cli_out_remark("published without the quorum of its witnesses");
	return 0;
}

static int publish(struct cli_case *c, const char *path, struct err *err)
{
	uint64_t before = 0;
	size_t n = 0;
	int to = -1;
	int rc = file_open_dir(&to, AT_FDCWD, path, NULL);

	if (rc == 0)
		rc = find_published(c, to, path, &before, err);
	else if (rc == ERR_NOTFOUND)
		rc = 0;
	else
		rc = err_set(err, rc, "publish: %s is no folder", path);
	if (rc == 0 && before == 0)
		rc = check_confirmed(c, path, err);
	else if (rc == 0)
		rc = tell(c, before, err);
	if (rc == 0)
		rc = get_quorum(c, err);
	if (rc == 0 && to < 0)
		rc = file_make_dir(&to, AT_FDCWD, path, false, err);
	if (rc == 0)
		rc = copy_all(c, to, &n, err);
	if (to >= 0)
		(void)close(to); /* a folder: nothing is written by it */
	if (rc == 0)
		cli_out_remark("%s: %" PRIu64 " records, %zu file%s written",
		    path, log_store_size(c->store), n, cli_out_s(n));
	return rc;
}

static int check_usage(const struct cli_args *args, struct err *err)
{
	bool is_check = cli_args_has(args, "check");

	if (is_check == (args->word_count == 1))
		return err_set(err, ERR_USAGE,
		    "publish: give either --check or the folder to copy to");
	if (!is_check && cli_args_has(args, "confirmed"))
		return err_set(err, ERR_USAGE,
		    "publish: --confirmed goes with --check: look first");
	return 0;
}

static int run(const struct cli_args *args, struct err *err)
{
	struct cli_case c = {0};

	int rc = check_usage(args, err);
	if (rc == 0)
		rc = cli_case_open(&c, args, err);
	if (rc == 0)
		rc = cli_args_has(args, "check")
		    ? run_check(&c, err)
		    : publish(&c, args->words[0], err);
	cli_case_done(&c);
	return rc;
}

static const struct cli_option options[] = {
    {"check", 0, NULL, false, "list all that would be public; copy nothing"},
    {"confirmed", 0, NULL, false,
	"with --check: it was read and may be public"},
    {"all", 0, NULL, false, "every value, not only the first 10 of a field"},
    {"without-quorum", 0, NULL, false,
	"publish even if the witnesses are no quorum"},
    CLI_WITNESS_OPTIONS,
};

const struct cli_command cmd_publish = {
    .name = "publish",
    .group = CLI_CHECKING,
    .usage = "--check [--confirmed] | DEST",
    .summary = "Copies what is public of a ledger, after a look at it",
    .shared = CLI_SHARED_CASE | CLI_SHARED_JSON,
    .options = options,
    .option_count = sizeof(options) / sizeof(options[0]),
    .words_max = 1,
    .examples = "  counterfoil publish --check\n"
		"  counterfoil publish --check --confirmed >/dev/null\n"
		"  counterfoil publish /srv/www/ledger\n",
    .run = run,
};
