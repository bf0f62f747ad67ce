/*
 * cli_stamp.c: see cli_stamp.h. Nothing here asks the network, and nothing
 * changes the ledger.
 */
#include "cli_stamp.h"

#include "case_wrap.h"
#include "cli_args.h"
#include "file.h"
#include "log_checkpoint.h"
#include "mem.h"
#include "stamp_file.h"
#include "stamp_words.h"
#include "when.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LOCK_PATH "private/stamps.lock"
#define CHECKPOINT_SUFFIX ".checkpoint"
#define BUNDLE_LINES_MAX 65536

/* ---- who is asked, and who vouches ---- */

static int read_pem(struct stamp_trust **ret_trust, const char *path,
    struct slice pem, struct err *err)
{
	struct stamp_trust *trust = stamp_trust_new();

	if (trust == NULL)
		return err_nomem(err);
	int rc = stamp_trust_add(trust, pem, err);
	if (rc == 0) {
		*ret_trust = trust;
		return 0;
	}
	err_prefix(err, "%s", path);
	stamp_trust_free(trust);
	return rc;
}

int cli_stamp_read_trust(
    struct stamp_trust **ret_trust, const char *path, struct err *err)
{
	struct buf pem;

	buf_init(&pem, STAMP_TRUST_MAX);
	int rc = file_read_user(&pem, path, STAMP_TRUST_MAX, err);
	if (rc == 0)
		rc = read_pem(ret_trust, path, buf_slice(&pem), err);
	buf_done(&pem);
	return rc;
}

/* Of a file that is typed, or named in the conf, relative to the folder. */
static int read_ca(struct cli_stamp_authority *authority,
    const struct cli_case *c, const char *path, bool is_typed, struct err *err)
{
	struct err why = {0};
	struct buf pem;
	int rc;

	authority->ca_name = mem_copy_text(path, strlen(path));
	if (authority->ca_name == NULL)
		return err_nomem(err);
	if (is_typed) {
		rc = cli_stamp_read_trust(&authority->trust, path, &why);
	} else {
		buf_init(&pem, STAMP_TRUST_MAX);
		rc = file_read(&pem, c->fd, path, STAMP_TRUST_MAX, &why);
		if (rc == 0)
			rc = read_pem(
			    &authority->trust, path, buf_slice(&pem), &why);
		buf_done(&pem);
	}
	return rc == 0
	    ? 0
	    : err_set(err, rc, "%s: %s", c->args->command->name, why.message);
}

static int add(struct cli_stamp_authorities *all,
    struct cli_stamp_authority **ret_authority, const struct cli_case *c,
    const char *url, struct err *err)
{
	if (all->n == CLI_STAMP_AUTHORITIES_MAX)
		return err_set(err, ERR_USAGE,
		    "%s: more than %d time-stamping authorities",
		    c->args->command->name, CLI_STAMP_AUTHORITIES_MAX);
	*ret_authority = &all->of[all->n++];
	**ret_authority = (struct cli_stamp_authority){0};
	if (url == NULL)
		return 0;
	(*ret_authority)->url = mem_copy_text(url, strlen(url));
	return (*ret_authority)->url == NULL ? err_nomem(err) : 0;
}

/* --tsa-ca belongs to each --tsa. */
static int read_typed(struct cli_stamp_authorities *all,
    const struct cli_case *c, bool is_check, struct err *err)
{
	const char *ca = cli_args_get(c->args, "tsa-ca");
	struct cli_stamp_authority *authority = NULL;
	const char *url;
	int rc = 0;

	if (is_check && ca != NULL) {
		rc = add(all, &authority, c, NULL, err);
		return rc != 0 ? rc : read_ca(authority, c, ca, true, err);
	}
	for (size_t at = 0; !is_check && rc == 0 &&
	     (url = cli_args_next(c->args, "tsa", &at)) != NULL;) {
		rc = add(all, &authority, c, url, err);
		if (rc == 0 && ca != NULL)
			rc = read_ca(authority, c, ca, true, err);
	}
	return rc;
}

static int read_conf_line(struct cli_stamp_authorities *all,
    const struct cli_case *c, struct slice line, struct err *err)
{
	struct slice file = line;
	struct slice url = slice_cut(&file, ' ');
	struct cli_stamp_authority *authority = NULL;

	file = slice_trim(file);
	if (file.p == NULL)
		return err_set(err, ERR_FORMAT,
		    "%s/%s: `stamps:` is the address of an authority and the "
		    "file of its certificates",
		    c->path.p, CLI_CASE_CONF);
	char *url_text = mem_copy_text(url.p, url.n);
	char *path = mem_copy_text(file.p, file.n);
	int rc = url_text == NULL || path == NULL
	    ? err_nomem(err)
	    : add(all, &authority, c, url_text, err);
	if (rc == 0 && path != NULL)
		rc = read_ca(authority, c, path, false, err);
	free(url_text);
	free(path);
	return rc;
}

static int read_conf(struct cli_stamp_authorities *all,
    const struct cli_case *c, struct err *err)
{
	struct slice rest = buf_slice(&c->stamps);
	int rc = 0;

	while (rc == 0 && rest.p != NULL && rest.n > 0)
		rc = read_conf_line(all, c, slice_cut(&rest, '\n'), err);
	return rc;
}

int cli_stamp_authorities_read(struct cli_stamp_authorities *ret_authorities,
    const struct cli_case *c, bool is_check, struct err *err)
{
	*ret_authorities = (struct cli_stamp_authorities){0};
	int rc = read_typed(ret_authorities, c, is_check, err);
	if (rc == 0 && (is_check || ret_authorities->n == 0))
		rc = read_conf(ret_authorities, c, err);
	return rc;
}

void cli_stamp_authorities_done(struct cli_stamp_authorities *all)
{
	for (size_t i = 0; i < all->n; i++) {
		free(all->of[i].url);
		free(all->of[i].ca_name);
		stamp_trust_free(all->of[i].trust);
	}
	*all = (struct cli_stamp_authorities){0};
}

/* ---- files ---- */

static void put_path(char ret_path[CLI_STAMP_PATH_MAX], const char *folder,
    uint64_t size, const char *suffix)
{
	(void)snprintf(ret_path, CLI_STAMP_PATH_MAX, "%s/%" PRIu64 "%s", folder,
	    size, suffix);
}

struct listing {
	struct cli_stamp_sizes *sizes;
	const char *suffix;
};

static int take_name(void *cookie, const char *name, struct err *err)
{
	struct listing *listing = cookie;
	struct cli_stamp_sizes *sizes = listing->sizes;
	size_t n = strlen(name), suffix_n = strlen(listing->suffix);
	unsigned long long size;

	if (n <= suffix_n ||
	    strcmp(name + n - suffix_n, listing->suffix) != 0 ||
	    !slice_to_u64((struct slice){name, n - suffix_n}, &size))
		return 0;
	int rc = mem_grow((void **)&sizes->of, &sizes->cap, sizes->n + 1,
	    sizeof(sizes->of[0]), err);
	if (rc == 0)
		sizes->of[sizes->n++] = size;
	return rc;
}

static int compare_sizes(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

int cli_stamp_list(struct cli_stamp_sizes *ret_sizes, const struct cli_case *c,
    const char *folder, const char *suffix, struct err *err)
{
	struct listing listing = {ret_sizes, suffix};
	struct err why = {0};

	*ret_sizes = (struct cli_stamp_sizes){0};
	int rc = file_list(c->fd, folder, take_name, &listing, &why);
	if (rc != 0 && rc != ERR_NOTFOUND)
		return err_set(err, rc, "%s", why.message);
	if (ret_sizes->n > 0)
		qsort(ret_sizes->of, ret_sizes->n, sizeof(ret_sizes->of[0]),
		    compare_sizes);
	return 0;
}

/* Signed by this ledger, in its one spelling, and contained in it. */
static int check_checkpoint(struct slice bytes, const struct cli_case *c,
    uint64_t size, struct err *err)
{
	struct log_checkpoint checkpoint = {0};
	struct buf own;

	buf_init(&own, LOG_CHECKPOINT_MAX);
	int rc = log_checkpoint_put_own(&own, bytes, &c->log_key, err);
	if (rc == 0)
		rc = log_checkpoint_open(
		    &checkpoint, NULL, bytes, &c->log_key, err);
	if (rc == 0 && !slice_is(buf_slice(&own), bytes))
		rc = err_set(err, ERR_FORMAT,
		    "it has more than the ledger's own signature");
	if (rc == 0 && checkpoint.size != size)
		rc = err_set(err, ERR_FORMAT,
		    "it is the checkpoint of size %" PRIu64, checkpoint.size);
	if (rc == 0 && size > case_state_leaf_count(c->state))
		rc = err_set(err, ERR_VERIFY,
		    "the ledger has %zu records; it was set back, or this is "
		    "an old copy",
		    case_state_leaf_count(c->state));
	if (rc == 0) {
		struct hash root = case_state_root(c->state, size);
		if (!hash_is(&root, &checkpoint.root))
			rc = err_set(err, ERR_VERIFY,
			    "it is of another history than this ledger");
	}
	buf_done(&own);
	return rc;
}

int cli_stamp_checkpoint(struct buf *out, const struct cli_case *c,
    const char *folder, uint64_t size, struct err *err)
{
	char path[CLI_STAMP_PATH_MAX];
	struct err why = {0};

	put_path(path, folder, size, CHECKPOINT_SUFFIX);
	int rc = file_read(out, c->fd, path, LOG_CHECKPOINT_MAX, &why);
	if (rc == ERR_NOTFOUND && size == log_store_size(c->store)) {
		why = (struct err){0};
		rc = log_checkpoint_put_own(
		    out, log_store_checkpoint(c->store), &c->log_key, &why);
	} else if (rc == 0) {
		rc = check_checkpoint(buf_slice(out), c, size, &why);
		err_prefix(&why, "%s", path);
	}
	return rc == 0 ? 0 : err_set(err, rc, "%s", why.message);
}

/* ---- all that are kept ---- */

struct walk {
	const struct cli_case *c;
	const struct cli_stamp_look *look;
	char path[CLI_STAMP_PATH_MAX];
	uint64_t size;
};

static void tell(const struct walk *walk, int rc, const struct err *why,
    const struct stamp *stamp, const char *ca_name)
{
	const struct cli_stamp_found found = {
	    .path = walk->path,
	    .size = walk->size,
	    .rc = rc,
	    .why = why,
	    .stamp = stamp,
	    .ca_name = ca_name,
	};

	walk->look->each(walk->look->cookie, &found);
}

/* The first that vouches; else what the last one said. */
static int check_token(struct stamp *ret_stamp, const char **ret_ca_name,
    const struct cli_stamp_authorities *all, struct slice bytes,
    struct slice token, struct err *err)
{
	bool is_tried = false;
	int rc = 0;

	*ret_ca_name = NULL;
	for (size_t i = 0; all != NULL && i < all->n; i++) {
		if (all->of[i].trust == NULL)
			continue;
		is_tried = true;
		*ret_ca_name = all->of[i].ca_name;
		rc =
		    stamp_check(ret_stamp, bytes, token, all->of[i].trust, err);
		if (rc != 0 || ret_stamp->is_vouched)
			break;
	}
	return is_tried ? rc : stamp_check(ret_stamp, bytes, token, NULL, err);
}

static int read_file(struct buf *text, struct stamp_file *ret_file,
    const struct cli_case *c, const char *path, struct err *err)
{
	struct err why = {0};

	*ret_file = (struct stamp_file){0};
	int rc = file_read(text, c->fd, path, STAMP_FILE_MAX, &why);
	if (rc == 0) {
		rc = stamp_file_parse(ret_file, buf_slice(text), &why);
		err_prefix(&why, "%s", path);
	}
	return rc == 0 ? 0 : err_set(err, rc, "%s", why.message);
}

static int walk_tokens(const struct walk *walk, const struct stamp_file *file,
    struct slice checkpoint, struct err *err)
{
	struct buf token;
	int rc = 0;

	buf_init(&token, STAMP_TOKEN_MAX);
	for (size_t i = 0; i < file->n && rc == 0; i++) {
		struct stamp stamp = {0};
		struct err why = {0};
		const char *ca_name = NULL;

		buf_clear(&token);
		rc = stamp_file_put_token(&token, file, i, err);
		if (rc != 0)
			break;
		int found =
		    check_token(&stamp, &ca_name, walk->look->authorities,
			checkpoint, buf_slice(&token), &why);
		if (found == ERR_NOMEM)
			rc = err_nomem(err);
		else if (found != 0)
			tell(walk, found, &why, NULL, NULL);
		else
			tell(walk, 0, NULL, &stamp, ca_name);
	}
	buf_done(&token);
	return rc;
}

static int walk_size(struct walk *walk, uint64_t size, struct err *err)
{
	struct buf text, checkpoint;
	struct stamp_file file;
	struct err why = {0};

	walk->size = size;
	put_path(walk->path, CLI_STAMP_FOLDER, size, "");
	buf_init(&text, STAMP_FILE_MAX);
	buf_init(&checkpoint, LOG_CHECKPOINT_MAX);
	int rc = read_file(&text, &file, walk->c, walk->path, &why);
	if (rc == 0)
		rc = cli_stamp_checkpoint(
		    &checkpoint, walk->c, CLI_STAMP_FOLDER, size, &why);
	if (rc == ERR_NOMEM) {
		rc = err_nomem(err);
	} else if (rc != 0) {
		tell(walk, rc, &why, NULL, NULL);
		rc = 0;
	} else {
		rc = walk_tokens(walk, &file, buf_slice(&checkpoint), err);
	}
	buf_done(&text);
	buf_done(&checkpoint);
	return rc;
}

int cli_stamp_each(const struct cli_case *c, const struct cli_stamp_look *look,
    struct err *err)
{
	struct walk walk = {.c = c, .look = look};
	struct cli_stamp_sizes sizes = {0};

	int rc = cli_stamp_list(&sizes, c, CLI_STAMP_FOLDER, "", err);
	for (size_t i = 0; i < sizes.n && rc == 0; i++)
		if (look->size == 0 || look->size == sizes.of[i])
			rc = walk_size(&walk, sizes.of[i], err);
	free(sizes.of);
	return rc;
}

/* ---- different authorities ---- */

struct different {
	bool needs_voucher;
	size_t n;
	char names[STAMP_FILE_TOKENS_MAX][STAMP_NAME_MAX];
};

static void take_different(void *cookie, const struct cli_stamp_found *found)
{
	struct different *different = cookie;

	if (found->rc != 0 ||
	    (different->needs_voucher && !found->stamp->is_vouched))
		return;
	for (size_t i = 0; i < different->n; i++)
		if (strcmp(different->names[i], found->stamp->authority) == 0)
			return;
	if (different->n < STAMP_FILE_TOKENS_MAX)
		memcpy(different->names[different->n++],
		    found->stamp->authority, STAMP_NAME_MAX);
}

int cli_stamp_count(const struct cli_case *c,
    const struct cli_stamp_authorities *authorities, uint64_t size,
    size_t *ret_count, struct err *err)
{
	struct different *different = mem_new(1, sizeof(*different));
	struct cli_stamp_look look = {
	    .authorities = authorities,
	    .size = size,
	    .each = take_different,
	    .cookie = different,
	};

	if (different == NULL)
		return err_nomem(err);
	for (size_t i = 0; authorities != NULL && i < authorities->n; i++)
		if (authorities->of[i].trust != NULL)
			different->needs_voucher = true;
	int rc = cli_stamp_each(c, &look, err);
	if (rc == 0)
		*ret_count = different->n;
	free(different);
	return rc;
}

/* ---- keeping one more ---- */

static int has_authority(bool *ret_has, const struct stamp_file *file,
    const struct cli_stamp_new *new, struct err *err)
{
	struct buf token;
	int rc = 0;

	buf_init(&token, STAMP_TOKEN_MAX);
	*ret_has = false;
	for (size_t i = 0; i < file->n && rc == 0 && !*ret_has; i++) {
		struct stamp stamp;

		buf_clear(&token);
		rc = stamp_file_put_token(&token, file, i, err);
		if (rc == 0)
			rc = stamp_check(&stamp, new->checkpoint,
			    buf_slice(&token), NULL, err);
		if (rc == 0)
			*ret_has =
			    strcmp(stamp.authority, new->stamp->authority) == 0;
	}
	buf_done(&token);
	return rc;
}

static int publish(const struct cli_case *c, const struct cli_stamp_new *new,
    struct slice text, struct err *err)
{
	char path[CLI_STAMP_PATH_MAX];

	put_path(path, CLI_STAMP_FOLDER, new->size, CHECKPOINT_SUFFIX);
	int rc = file_publish(c->fd, path, new->checkpoint, 0644, err);
	put_path(path, CLI_STAMP_FOLDER, new->size, "");
	return rc != 0 ? rc : file_publish(c->fd, path, text, 0644, err);
}

static int keep_locked(const struct cli_case *c,
    const struct cli_stamp_new *new, bool *ret_is_new, struct err *err)
{
	char path[CLI_STAMP_PATH_MAX];
	struct stamp_file file;
	struct buf old, text;
	struct err why = {0};
	bool has = false;

	put_path(path, CLI_STAMP_FOLDER, new->size, "");
	buf_init(&old, STAMP_FILE_MAX);
	buf_init(&text, STAMP_FILE_MAX);
	int rc = read_file(&old, &file, c, path, &why);
	if (rc == ERR_NOTFOUND)
		rc = 0;
	else if (rc == 0)
		rc = has_authority(&has, &file, new, &why);
	if (rc != 0)
		rc = err_set(err, rc,
		    "nothing is added to a damaged file; put it aside: %s",
		    why.message);
	if (rc == 0 && !has)
		rc = stamp_file_put(&text, &file, new->token, err);
	if (rc == 0 && !has)
		rc = publish(c, new, buf_slice(&text), err);
	if (rc == 0)
		*ret_is_new = !has;
	buf_done(&old);
	buf_done(&text);
	return rc;
}

int cli_stamp_keep(const struct cli_case *c, const struct cli_stamp_new *new,
    bool *ret_is_new, struct err *err)
{
	int private_fd = -1, lock_fd = -1;

	/* A copy of somebody else's ledger may have none yet. */
	int rc = file_make_dir(&private_fd, c->fd, "private", true, err);
	if (rc == 0)
		rc = file_lock(
		    &lock_fd, c->fd, LOCK_PATH, CLI_CASE_WAIT_MS, err);
	if (rc == 0)
		rc = keep_locked(c, new, ret_is_new, err);
	if (lock_fd >= 0)
		(void)close(lock_fd); /* nothing is written through it */
	if (private_fd >= 0)
		(void)close(private_fd); /* likewise */
	return rc;
}

/* ---- those of a bundle ---- */

static void wrap(struct buf *out, struct slice lines)
{
	const char *first = "  ";

	while (lines.p != NULL && lines.n > 0) {
		case_wrap_put(out, first, slice_cut(&lines, '\n'));
		first = "  - ";
	}
}

int cli_stamp_put_bundle(
    struct buf *out, const struct cli_stamp_bundle *bundle, struct err *err)
{
	const struct stamp_words words = {
	    .checkpoint = bundle->checkpoint,
	    .log_key = bundle->log_key,
	    .section = bundle->section,
	    .trust = bundle->trust,
	    .ca_name = bundle->ca_name,
	    .now = when_now(),
	};
	struct stamp_words_result result;
	struct err why = {0};
	struct buf lines;

	buf_init(&lines, BUNDLE_LINES_MAX);
	int rc = stamp_words_put(&lines, &words, &result, &why);
	if (rc == ERR_NOMEM) {
		rc = err_nomem(err);
	} else {
		if (rc != 0) {
			buf_clear(&lines);
			buf_printf(&lines,
			    "The time stamps in this file cannot be read: %s.",
			    why.message);
		}
		wrap(out, buf_slice(&lines));
		rc = buf_check(out, err);
	}
	buf_done(&lines);
	return rc;
}
