/*
 * cli_case.c: a case folder opened: conf, ledger, state.
 *
 * The leaves' bytes are copied once into chunks that never move, because the
 * state borrows them. Nothing here writes to the ledger (cli_case_enter.c
 * does).
 */
#include "cli_case.h"

#include "case_bundle.h"
#include "cli_near.h"
#include "cli_out.h"
#include "cli_remote.h"
#include "file.h"
#include "flow_check.h"
#include "hash.h"
#include "mem.h"
#include "text.h"
#include "when.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define CONF_MAX 4096
#define CHUNK_BYTES (1u << 20)
#define WAIT_TRIES 50

struct cli_case_chunk {
	struct cli_case_chunk *next;
	size_t n, cap;
	char bytes[];
};

struct cli_case_file {
	struct hash hash;
	struct buf bytes;
};

/* ---- the folder ---- */

static int no_case(
    const struct cli_args *args, const char *path, struct err *err)
{
	return err_set(err, ERR_NOTFOUND,
	    "%s: %s is no case (it has no %s); give --case DIR, or make one "
	    "with `counterfoil init DIR`",
	    args->command->name, path, CLI_CASE_CONF);
}

static int open_folder(struct cli_case *c, const char *path, struct err *err)
{
	int rc = 0;

	if (cli_remote_is_url(path))
		rc = cli_remote_folder(c->args, path, &c->path, err);
	else
		buf_puts(&c->path, path);
	if (rc == 0)
		rc = buf_check(&c->path, err);
	if (rc != 0)
		return rc;
	path = c->path.p;
	struct err why = {0};
	rc = file_open_dir(&c->fd, AT_FDCWD, path, &why);
	if (rc == ERR_NOTFOUND)
		return no_case(c->args, path, err);
	if (rc != 0)
		return err_set(err, rc, "%s", why.message);
	rc = file_read(&c->conf, c->fd, CLI_CASE_CONF, CONF_MAX, &why);
	if (rc == ERR_NOTFOUND)
		return no_case(c->args, path, err);
	return rc != 0 ? err_set(err, rc, "%s", why.message) : 0;
}

static int bad_conf(const struct cli_case *c, const char *why, struct err *err)
{
	return err_set(
	    err, ERR_FORMAT, "%s/%s: %s", c->path.p, CLI_CASE_CONF, why);
}

static int take_conf_line(struct cli_case *c, struct slice line,
    struct slice *origin, struct err *err)
{
	struct slice value = line;
	struct slice name = slice_trim(slice_cut(&value, ':'));

	value = slice_trim(value);
	if (value.p == NULL || value.n == 0)
		return bad_conf(
		    c, "a line is not of the form `name: value`", err);
	if (slice_is_text(name, "origin"))
		*origin = value;
	else if (slice_is_text(name, "log"))
		return note_key_parse(&c->log_key, value, err);
	else if (slice_is_text(name, "log-key"))
		buf_put_slice(&c->log_key_path, value);
	else if (slice_is_text(name, "witnesses"))
		buf_put_slice(&c->witnesses_path, value);
	else if (slice_is_text(name, "url"))
		buf_put_slice(&c->url, value);
	else if (slice_is_text(name, "stamps"))
		buf_printf(&c->stamps, "%.*s\n", SLICE_ARG(value));
	else if (slice_is_text(name, "clock") && slice_is_text(value, "set"))
		c->is_clock_set = true;
	else if (slice_is_text(name, "site") && slice_is_text(value, "yes"))
		c->is_site = true;
	else
		return bad_conf(c,
		    "a line that this version does not know; known are "
		    "origin, log, log-key, witnesses, stamps, url, "
		    "`clock: set` and `site: yes`",
		    err);
	int rc = buf_check(&c->log_key_path, err);
	if (rc == 0)
		rc = buf_check(&c->witnesses_path, err);
	return rc != 0 ? rc : buf_check(&c->stamps, err);
}

static int read_conf(struct cli_case *c, struct err *err)
{
	struct slice rest = buf_slice(&c->conf);
	struct slice origin = {NULL, 0};

	if (!text_is_utf8(rest))
		return bad_conf(c, "not UTF-8 text", err);
	while (rest.p != NULL) {
		struct slice line = slice_trim(slice_cut(&rest, '\n'));
		if (line.n == 0)
			continue;
		int rc = take_conf_line(c, line, &origin, err);
		if (rc != 0)
			return rc;
	}
	if (c->log_key.type != NOTE_KEY_ED25519 ||
	    !slice_is_text(origin, c->log_key.name))
		return bad_conf(c,
		    "`log:` must be the ledger's key, and its name the "
		    "`origin:`",
		    err);
	return 0;
}

/* ---- the leaves ---- */

/* A copy that stays where it is while the case is open. Each chunk is twice as
 * large as the one before it, so that those of a large case lie in large
 * pages. */
static char *keep(struct cli_case *c, struct slice bytes)
{
	struct cli_case_chunk *chunk = c->chunks;

	if (chunk == NULL || chunk->cap - chunk->n < bytes.n) {
		size_t cap = chunk == NULL ? CHUNK_BYTES : 2 * chunk->cap;

		if (cap < bytes.n)
			cap = bytes.n;
		chunk = mem_new(1, sizeof(*chunk) + cap);
		if (chunk == NULL)
			return NULL;
		chunk->next = c->chunks;
		chunk->n = 0;
		chunk->cap = cap;
		c->chunks = chunk;
	}
	char *p = chunk->bytes + chunk->n;
	memcpy(p, bytes.p, bytes.n);
	chunk->n += bytes.n;
	return p;
}

int cli_case_fold(struct cli_case *c, struct slice leaf, struct err *err)
{
	char *p = keep(c, leaf);

	if (p == NULL)
		return err_nomem(err);
	return case_state_add(c->state, (struct slice){p, leaf.n}, err);
}

/* Leaves on their way from the ledger into the state. */
struct fold {
	struct cli_case *c;
	uint64_t at, end;
	struct slice *next; /* where the next one goes */
	struct cli_out_progress progress;
};

static int keep_leaf(
    void *cookie, uint64_t index, struct slice leaf, struct err *err)
{
	struct fold *fold = cookie;
	char *p = keep(fold->c, leaf);

	(void)index;
	if (p == NULL)
		return err_nomem(err);
	*fold->next++ = (struct slice){p, leaf.n};
	return 0;
}

static int next_leaves(
    void *cookie, struct slice *ret_leaves, size_t n, struct err *err)
{
	struct fold *fold = cookie;
	uint64_t first = fold->at;

	cli_out_progress_tick(
	    &fold->progress, "reading the ledger", first, fold->end);
	fold->next = ret_leaves;
	fold->at += n;
	return log_store_each(
	    fold->c->store, first, fold->at, keep_leaf, fold, err);
}

static int check_genesis(struct cli_case *c, struct err *err)
{
	const struct note_key *key = case_state_log_key(c->state);

	if (key == NULL)
		return 0;
	if (strcmp(key->name, c->log_key.name) != 0 ||
	    !note_key_is_same_point(key, &c->log_key))
		return err_set(err, ERR_VERIFY,
		    "%s: the ledger's key is not the one that its first record "
		    "names; this is another case's ledger",
		    c->path.p);
	c->is_clock_set = case_state_is_clock_set(c->state);
	return 0;
}

int cli_case_refresh(struct cli_case *c, struct err *err)
{
	struct fold fold = {.c = c,
	    .at = case_state_leaf_count(c->state),
	    .end = log_store_size(c->store)};
	const struct case_supply supply = {next_leaves, &fold};

	if (fold.at >= fold.end)
		return 0;
	int rc = case_state_add_supply(
	    c->state, &supply, fold.end - fold.at, 0, err);
	cli_out_progress_end(&fold.progress);
	if (rc != 0) {
		err_prefix(err, "ledger of %s", c->log_key.name);
		return rc;
	}
	return check_genesis(c, err);
}

static int set_clock(struct cli_case *c, struct err *err)
{
	bool is_given;

	c->now = when_now();
	int rc = cli_args_time(c->args, "now", &c->now, &is_given, err);
	if (rc == 0 && is_given && !c->is_clock_set)
		return err_set(err, ERR_USAGE,
		    "%s: --now is only for a case that says `clock: set`; "
		    "leave it out",
		    c->args->command->name);
	return rc;
}

/* What --case, the environment or the current folder say. */
static const char *folder_of(const struct cli_args *args)
{
	const char *path = cli_args_get(args, "case");

	if (path == NULL)
		path = getenv("COUNTERFOIL_CASE");
	return path == NULL || path[0] == '\0' ? "." : path;
}

static int start(struct cli_case *c, const struct cli_args *args,
    const char *path, struct err *err)
{
	*c = (struct cli_case){.args = args, .fd = -1};
	buf_init(&c->path, CONF_MAX);
	buf_init(&c->conf, CONF_MAX);
	buf_init(&c->log_key_path, CONF_MAX);
	buf_init(&c->witnesses_path, CONF_MAX);
	buf_init(&c->stamps, CONF_MAX);
	buf_init(&c->url, CONF_MAX);
	int rc = open_folder(c, path, err);
	return rc != 0 ? rc : read_conf(c, err);
}

int cli_case_open_folder(
    struct cli_case *c, const struct cli_args *args, struct err *err)
{
	return start(c, args, folder_of(args), err);
}

int cli_case_open_folder_at(struct cli_case *c, const struct cli_args *args,
    const char *path, struct err *err)
{
	return start(c, args, path, err);
}

int cli_case_open(
    struct cli_case *c, const struct cli_args *args, struct err *err)
{
	return cli_case_open_at(c, args, folder_of(args), err);
}

int cli_case_open_at(struct cli_case *c, const struct cli_args *args,
    const char *path, struct err *err)
{
	int rc = start(c, args, path, err);
	if (rc == 0 && c->is_site)
		rc = err_set(err, ERR_USAGE,
		    "%s: %s is a site log and no case; see `counterfoil site`",
		    args->command->name, path);
	if (rc == 0 && c->url.n > 0)
		rc = cli_remote_sync(c, err);
	if (rc != 0)
		return rc;
	c->state = case_state_new();
	if (c->state == NULL)
		return err_nomem(err);
	rc = log_store_open(&c->store, c->fd, &c->log_key, err);
	if (rc != 0) {
		err_prefix(err, "ledger of %s", c->log_key.name);
		return rc;
	}
	rc = cli_case_refresh(c, err);
	return rc != 0 ? rc : set_clock(c, err);
}

void cli_case_done(struct cli_case *c)
{
	log_store_free(c->store);
	case_state_free(c->state);
	while (c->chunks != NULL) {
		struct cli_case_chunk *chunk = c->chunks;
		c->chunks = chunk->next;
		free(chunk);
	}
	for (size_t i = 0; i < c->file_count; i++)
		buf_done(&c->files[i].bytes);
	free(c->files);
	cli_keys_forget(&c->log_secret);
	buf_done(&c->path);
	buf_done(&c->conf);
	buf_done(&c->log_key_path);
	buf_done(&c->witnesses_path);
	buf_done(&c->stamps);
	buf_done(&c->url);
	if (c->args != NULL && c->fd >= 0)
		(void)close(c->fd); /* a folder: nothing is lost */
	*c = (struct cli_case){.fd = -1};
}

bool cli_case_has_log_key(const struct cli_case *c)
{
	return c->log_key_path.n > 0 && file_exists(c->fd, c->log_key_path.p);
}

bool cli_case_can_enter(const struct cli_case *c)
{
	return c->url.n > 0 || cli_case_has_log_key(c);
}

/* The copy grew under the store's feet: it is opened again. */
static int reopen(struct cli_case *c, struct err *err)
{
	log_store_free(c->store);
	c->store = NULL;
	int rc = log_store_open(&c->store, c->fd, &c->log_key, err);
	return rc != 0 ? rc : cli_case_refresh(c, err);
}

int cli_case_follow(struct cli_case *c, struct err *err)
{
	int rc = c->url.n > 0 ? cli_remote_sync(c, err) : 0;

	if (rc == 0)
		rc = reopen(c, err);
	return rc != 0 ? rc : set_clock(c, err);
}

int cli_case_wait_for(
    struct cli_case *c, const struct hash *record_id, struct err *err)
{
	for (int i = 0; i < WAIT_TRIES; i++) {
		int rc = cli_case_follow(c, err);
		if (rc != 0)
			return rc;
		if (case_state_find_leaf(c->state, record_id) != CASE_NONE)
			return 0;
		(void)nanosleep(&(struct timespec){.tv_nsec = 200000000}, NULL);
	}
	return err_set(err, ERR_NOTFOUND,
	    "%s says that the record is entered, but does not show it yet; its "
	    "receipt proves that it must",
	    c->url.p);
}

/* ---- documents ---- */

int cli_case_keep_file(struct cli_case *c, const char *path,
    struct hash *ret_hash, struct err *err)
{
	struct cli_case_file file;

	buf_init(&file.bytes, CLI_CASE_FILE_MAX);
	int rc = file_read_user(&file.bytes, path, CLI_CASE_FILE_MAX, err);
	if (rc == 0)
		rc = mem_grow((void **)&c->files, &c->file_cap,
		    c->file_count + 1, sizeof(c->files[0]), err);
	if (rc != 0) {
		buf_done(&file.bytes);
		return rc;
	}
	struct slice bytes = buf_slice(&file.bytes);
	file.hash = hash_of(bytes.p != NULL ? bytes.p : "", bytes.n);
	*ret_hash = file.hash;
	c->files[c->file_count++] = file;
	return 0;
}

int cli_case_publish_files(struct cli_case *c, struct err *err)
{
	char path[sizeof("evidence/") + HASH_HEX_SIZE] = "evidence/";

	for (size_t i = 0; i < c->file_count; i++) {
		hash_to_hex(path + strlen("evidence/"), &c->files[i].hash);
		if (file_exists(c->fd, path))
			continue;
		int rc = file_publish(
		    c->fd, path, buf_slice(&c->files[i].bytes), 0600, err);
		if (rc != 0)
			return rc;
	}
	return 0;
}

/* ---- what people type ---- */

static bool is_kind(
    const struct cli_case *c, uint32_t leaf, enum record_kind kind)
{
	return kind == RECORD_KIND_COUNT ||
	    case_state_leaf(c->state, leaf)->kind == kind;
}

static int find_last(const struct cli_case *c, enum record_kind kind,
    uint32_t *ret_leaf, struct err *err)
{
	for (size_t i = case_state_leaf_count(c->state); i-- > 0;)
		if (is_kind(c, (uint32_t)i, kind)) {
			*ret_leaf = (uint32_t)i;
			return 0;
		}
	return err_set(err, ERR_NOTFOUND, "%s: there is no %s in the ledger",
	    c->args->command->name,
	    kind == RECORD_KIND_COUNT ? "record"
				      : record_schema_of(kind)->name);
}

int cli_case_find_record(const struct cli_case *c, const char *typed,
    enum record_kind kind, uint32_t *ret_leaf, struct err *err)
{
	const char *command = c->args->command->name;
	uint32_t leaf;

	if (strcmp(typed, "last") == 0)
		return find_last(c, kind, ret_leaf, err);
	size_t n = case_state_find_prefix(c->state, slice_of(typed), &leaf);
	if (n == 0)
		return err_set(err, ERR_NOTFOUND,
		    "%s: no record's id begins with \"%s\"; give at least 4 of "
		    "its digits, or `last`",
		    command, typed);
	if (n > 1)
		return err_set(err, ERR_CONFLICT,
		    "%s: %zu records' ids begin with \"%s\"; give more digits",
		    command, n, typed);
	if (!is_kind(c, leaf, kind))
		return err_set(err, ERR_USAGE,
		    "%s: record %s is a %s; a %s is meant", command, typed,
		    record_schema_of(case_state_leaf(c->state, leaf)->kind)
			->name,
		    record_schema_of(kind)->name);
	*ret_leaf = leaf;
	return 0;
}

static int not_found(const struct cli_case *c, const char *what,
    const char *typed, const struct cli_near *near, struct err *err)
{
	if (near->best.p != NULL)
		return err_set(err, ERR_NOTFOUND,
		    "%s: there is no %s \"%s\" in this case; did you mean "
		    "%.*s?",
		    c->args->command->name, what, typed, SLICE_ARG(near->best));
	return err_set(err, ERR_NOTFOUND,
	    "%s: there is no %s \"%s\" in this case; `counterfoil show` names "
	    "them",
	    c->args->command->name, what, typed);
}

int cli_case_find_party(const struct cli_case *c, const char *typed,
    uint32_t *ret_party, struct err *err)
{
	struct cli_near near;
	uint32_t party = case_state_find_party(c->state, slice_of(typed));

	if (party != CASE_NONE) {
		*ret_party = party;
		return 0;
	}
	cli_near_start(&near, slice_of(typed));
	for (uint32_t i = 0; i < case_state_party_count(c->state); i++)
		cli_near_try(&near, case_state_party(c->state, i)->name);
	return not_found(c, "party", typed, &near, err);
}

int cli_case_find_item(const struct cli_case *c, const char *typed,
    uint32_t *ret_item, struct err *err)
{
	struct cli_near near;
	struct slice id;
	struct err why = {0};

	int rc = flow_check_take(slice_of(typed), &id, &why);
	if (rc != 0)
		return err_set(
		    err, rc, "%s: %s", c->args->command->name, why.message);
	uint32_t item = case_state_find_item(c->state, id);
	if (item != CASE_NONE) {
		*ret_item = item;
		return 0;
	}
	cli_near_start(&near, id);
	for (uint32_t i = 0; i < case_state_item_count(c->state); i++)
		cli_near_try(&near, case_state_item(c->state, i)->id);
	return not_found(c, "item", typed, &near, err);
}

/* ---- for findings ---- */

int cli_case_cosignatures(const struct cli_case *c,
    struct case_witnessed *ret_witnessed, size_t *ret_n, struct err *err)
{
	*ret_n = 0;
	if (case_state_leaf_count(c->state) == 0)
		return 0;
	return case_bundle_cosignatures(c->state,
	    log_store_checkpoint(c->store), false, ret_witnessed, ret_n, err);
}

int cli_case_state_at(const struct cli_case *c, int64_t time,
    struct case_state **ret_state, struct err *err)
{
	struct case_state *state = case_state_new();
	size_t n = 0;

	if (state == NULL)
		return err_nomem(err);
	while (n < case_state_leaf_count(c->state) &&
	    case_state_leaf(c->state, n)->entered <= time)
		n++;
	int rc = case_state_add_from(state, c->state, n, 0, err);
	if (rc == 0)
		*ret_state = state;
	else
		case_state_free(state);
	return rc;
}

void cli_case_short_id(
    char ret_hex[CLI_CASE_SHORT_SIZE], const struct hash *record_id)
{
	text_to_hex(ret_hex, record_id->b, RECORD_SHORT_ID / 2);
}
