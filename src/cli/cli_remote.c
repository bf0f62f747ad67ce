/*
 * cli_remote.c: first contact with a server, and every one after that.
 *
 * At first contact the ledger's key is taken from the first record there, and
 * whoever asked is told to compare it; from then on it is in the copy's conf,
 * and nothing that another key signed is believed.
 */
#include "cli_remote.h"

#include "cli_alarm.h"
#include "cli_case.h"
#include "cli_out.h"
#include "file.h"
#include "hash.h"
#include "mirror.h"
#include "text.h"
#include "when.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PATH_ROOM 4096
#define CONF_ROOM 4096
#define BESIDE_ROOM 64
#define NAME_LENGTH 16 /* hex digits of the URL's hash */
#define ANSWER_MAX (64u << 20)
#define REF_ROOM 512
#define LINE_MAX_SHOWN 200

bool cli_remote_is_url(const char *path)
{
	struct slice s = slice_of(path);

	return slice_starts_with(s, "https://") ||
	    slice_starts_with(s, "http://");
}

/* ---- the folder ---- */

static int put_folder(
    const char *url, const char *kind, struct buf *path, struct err *err)
{
	const char *data = getenv("XDG_DATA_HOME");
	const char *home = getenv("HOME");
	struct hash hash = hash_of(url, strlen(url));
	char hex[HASH_HEX_SIZE];

	if (data != NULL && data[0] == '/')
		buf_puts(path, data);
	else if (home != NULL && home[0] == '/')
		buf_printf(path, "%s/.local/share", home);
	else
		return err_set(err, ERR_USAGE,
		    "it is not clear where copies of cases are kept: neither "
		    "HOME nor XDG_DATA_HOME is set");
	hash_to_hex(hex, &hash);
	buf_printf(path, "/counterfoil/%s/%.*s", kind, NAME_LENGTH, hex);
	return buf_check(path, err);
}

static int write_conf(int fd, const char *url, const struct note_key *key,
    bool is_site, struct err *err)
{
	struct buf conf;

	buf_init(&conf, CONF_ROOM);
	buf_printf(&conf, "origin: %s\nlog: ", key->name);
	note_key_put(&conf, key);
	buf_printf(&conf, "\nurl: %s\n%s", url, is_site ? "site: yes\n" : "");
	int rc = buf_check(&conf, err);
	if (rc == 0)
		rc = file_publish(
		    fd, CLI_CASE_CONF, buf_slice(&conf), 0600, err);
	buf_done(&conf);
	return rc;
}

/* A server that is being asked. */
struct asking {
	struct http_client *client;
	struct mirror *mirror;
};

static int ask(struct asking *asking, const char *url, struct err *err)
{
	struct http_client_options options = {0};

	*asking = (struct asking){0};
	int rc = http_client_new(&asking->client, &options, err);
	if (rc == 0)
		rc = mirror_new(&asking->mirror, asking->client, url, err);
	return rc;
}

static void ask_done(struct asking *asking)
{
	mirror_free(asking->mirror);
	http_client_free(asking->client);
}

static int meet(const char *url, int fd, struct err *err)
{
	struct asking asking;
	struct note_key key;
	struct buf ref;

	buf_init(&ref, REF_ROOM);
	int rc = ask(&asking, url, err);
	if (rc == 0)
		rc = mirror_meet(asking.mirror, &key, &ref, err);
	if (rc == 0)
		rc = write_conf(fd, url, &key, false, err);
	if (rc == 0)
		cli_out_remark("first contact with %s: it calls itself %.*s; "
			       "compare that name with one that you have from "
			       "elsewhere",
		    url, SLICE_ARG(buf_slice(&ref)));
	ask_done(&asking);
	buf_done(&ref);
	return rc;
}

/* Only what that key has signed is kept, and the key with it. */
static int meet_site(
    const char *url, const struct note_key *key, int fd, struct err *err)
{
	struct asking asking = {0};
	struct mirror_news news = {0};
	struct err why = {0};

	if (key == NULL)
		return err_set(err, ERR_USAGE,
		    "%s: the case names no site log, so give its key "
		    "(--site-key)",
		    url);
	int rc = ask(&asking, url, &why);
	if (rc == 0)
		rc = mirror_sync(asking.mirror, fd, key, &news, &why);
	bool is_true = rc == 0 &&
	    (news.outcome == MIRROR_SAME || news.outcome == MIRROR_GREW);
	buf_done(&news.checkpoint);
	ask_done(&asking);
	if (rc != 0 && rc != ERR_VERIFY)
		return err_set(err, rc, "%s", why.message);
	if (!is_true)
		return err_set(err, ERR_VERIFY,
		    "first contact with %s: what is shown there is not the "
		    "site log of %s (%s); nothing is kept of it",
		    url, key->name,
		    rc != 0 ? why.message
			    : "its entries do not lead to its checkpoint");
	rc = write_conf(fd, url, key, true, err);
	if (rc == 0)
		cli_out_remark("first contact with the site log %s at %s; "
			       "compare its key with one that you have from "
			       "elsewhere",
		    key->name, url);
	return rc;
}

/* The folder of the copy, which is made if need be; its conf says whether there
 * was a first contact. */
static int open_copy(const struct cli_args *args, const char *url,
    const char *kind, struct buf *trimmed, struct buf *ret_path, int *ret_fd,
    struct err *err)
{
	buf_puts(trimmed, url);
	int rc = buf_check(trimmed, err);
	while (rc == 0 && trimmed->n > 0 && trimmed->p[trimmed->n - 1] == '/')
		trimmed->p[--trimmed->n] = '\0';
	if (rc == 0)
		rc = put_folder(trimmed->p, kind, ret_path, err);
	if (rc == 0)
		rc = file_make_dir(ret_fd, AT_FDCWD, ret_path->p, true, err);
	if (rc != 0)
		err_prefix(err, "%s", args->command->name);
	return rc;
}

int cli_remote_folder(const struct cli_args *args, const char *url,
    struct buf *ret_path, struct err *err)
{
	struct buf trimmed;
	int fd = -1;

	buf_init(&trimmed, MIRROR_URL_MAX);
	int rc = open_copy(args, url, "cases", &trimmed, ret_path, &fd, err);
	if (rc == 0 && !file_exists(fd, CLI_CASE_CONF)) {
		rc = meet(trimmed.p, fd, err);
		if (rc != 0)
			err_prefix(err, "%s", args->command->name);
	}
	if (fd >= 0)
		(void)close(fd); /* a folder: what is in it is synced */
	buf_done(&trimmed);
	return rc;
}

int cli_remote_site_folder(const struct cli_args *args, const char *url,
    const struct note_key *key, struct buf *ret_path, struct err *err)
{
	struct buf trimmed;
	int fd = -1;

	buf_init(&trimmed, MIRROR_URL_MAX);
	int rc = open_copy(args, url, "sites", &trimmed, ret_path, &fd, err);
	if (rc == 0 && !file_exists(fd, CLI_CASE_CONF)) {
		rc = meet_site(trimmed.p, key, fd, err);
		if (rc != 0)
			err_prefix(err, "%s", args->command->name);
	}
	if (fd >= 0)
		(void)close(fd); /* a folder: what is in it is synced */
	buf_done(&trimmed);
	return rc;
}

/* ---- keeping up ---- */

int cli_remote_keep_proof(
    const struct cli_case *c, const struct mirror_news *news, struct err *err)
{
	char path[CLI_ALARM_PATH_SIZE];

	return cli_alarm_keep(c, buf_slice(&news->checkpoint), path, err);
}

static int catch_it(
    const struct cli_case *c, const struct mirror_news *news, struct err *err)
{
	static const char *const words[] = {
	    [MIRROR_BEHIND] = "it shows an older ledger than before: a stale "
			      "copy, or the ledger was set back",
	    [MIRROR_SPLIT] = "it shows another history than before, signed by "
			     "the same key",
	    [MIRROR_FALSE] = "its records do not lead from those that were "
			     "there before to the checkpoint that it shows",
	};
	char path[CLI_ALARM_PATH_SIZE];

	bool is_kept =
	    cli_alarm_keep(c, buf_slice(&news->checkpoint), path, NULL) == 0;
	return err_set(err, ERR_VERIFY,
	    "%s: %s (%" PRIu64 " records, %" PRIu64 " before); %s%s%s%s",
	    c->url.p, words[news->outcome], news->size, news->old_size,
	    is_kept ? "the proof is " : "the proof could not be written",
	    is_kept ? c->path.p : "", is_kept ? "/" : "", is_kept ? path : "");
}

static int take_news(
    struct cli_case *c, struct mirror_news *news, struct err *err)
{
	int rc = 0;

	if (news->outcome != MIRROR_SAME && news->outcome != MIRROR_GREW)
		rc = catch_it(c, news, err);
	buf_done(&news->checkpoint);
	return rc;
}

int cli_remote_sync(struct cli_case *c, struct err *err)
{
	struct asking asking;
	struct mirror_news news;
	struct err why = {0};

	int rc = ask(&asking, c->url.p, err);
	if (rc != 0)
		goto out;
	rc = mirror_sync(asking.mirror, c->fd, &c->log_key, &news, &why);
	if (rc == 0) {
		rc = take_news(c, &news, err);
	} else if (rc == ERR_IO && file_exists(c->fd, "log/checkpoint")) {
		cli_out_remark("%s; this is the copy from before", why.message);
		rc = 0;
	} else {
		rc = err_set(err, rc, "%s", why.message);
	}
out:
	ask_done(&asking);
	return rc;
}

int cli_remote_ask(const struct cli_case *c, const char *method,
    const char *path, struct slice body, const char *authorization,
    struct http_answer *ret_answer, struct err *err)
{
	struct http_client_options options = {0};
	struct http_client *client = NULL;
	struct buf url;

	buf_init(&url, 2 * MIRROR_URL_MAX);
	buf_printf(&url, "%s/%s", c->url.p, path);
	int rc = buf_check(&url, err);
	if (rc == 0)
		rc = http_client_new(&client, &options, err);
	if (rc == 0) {
		struct http_call call = {
		    .method = method,
		    .url = url.p,
		    .body = body,
		    .type = body.p != NULL ? "text/plain; charset=utf-8" : NULL,
		    .authorization = authorization,
		    .answer_max = ANSWER_MAX,
		};
		rc = http_client_call(client, &call, ret_answer, err);
	}
	http_client_free(client);
	buf_done(&url);
	return rc;
}

int cli_remote_get_beside(const struct cli_case *c, const char *path,
    size_t max_bytes, struct buf *out, struct err *err)
{
	struct http_answer answer = {0};
	char file[BESIDE_ROOM];

	if (c->url.n == 0) {
		(void)snprintf(file, sizeof(file), "log/%s", path);
		int rc = file_read(out, c->fd, file, max_bytes, err);
		return rc == ERR_NOTFOUND ? 0 : rc;
	}
	int rc =
	    cli_remote_ask(c, "GET", path, slice_of(NULL), NULL, &answer, err);
	if (rc == 0 && answer.status == 200 && answer.body.n > max_bytes)
		rc = err_set(err, ERR_LIMIT, "%s/%s: longer than %zu bytes",
		    c->url.p, path, max_bytes);
	else if (rc == 0 && answer.status == 200)
		buf_put_slice(out, buf_slice(&answer.body));
	else if (rc == 0 && answer.status != 404)
		rc = cli_remote_refuse(c, &answer, err);
	buf_done(&answer.body);
	return rc == 0 ? buf_check(out, err) : rc;
}

struct slice cli_remote_line(const struct http_answer *answer)
{
	struct slice rest = buf_slice(&answer->body);
	struct slice line = slice_cut(&rest, '\n');
	bool is_shown =
	    text_is_line(line, NULL, NULL) && line.n <= LINE_MAX_SHOWN;

	return is_shown ? line : slice_of("");
}

int cli_remote_refuse(
    const struct cli_case *c, const struct http_answer *answer, struct err *err)
{
	return err_set(err, ERR_IO, "%s answers %u: %.*s", c->url.p,
	    answer->status, SLICE_ARG(cli_remote_line(answer)));
}
