/*
 * cmd_stamp.c: `counterfoil stamp`: time-stamping authorities (RFC 3161) say
 * that the ledger's checkpoint existed before a time; over the network, or by
 * files that are carried. What is kept, and how it is checked: cli_stamp.h.
 */
#include "cli.h"
#include "cli_args.h"
#include "cli_case.h"
#include "cli_json.h"
#include "cli_out.h"
#include "cli_stamp.h"
#include "file.h"
#include "http_client.h"
#include "log_checkpoint.h"
#include "stamp_request.h"
#include "stamp_words.h"
#include "when.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WAIT_DEFAULT_S 15
#define WAIT_MAX_S 600
#define CONNECT_MAX_MS 10000
#define AUTHORITIES_WANTED 2
#define LINE_MAX 4096
#define SCREEN_MAX (4u << 20)
#define REQUEST_SUFFIX ".tsq"

struct work {
	struct cli_case c;
	struct cli_stamp_authorities authorities;
	struct buf checkpoint; /* what is stamped */
	uint64_t size;
	struct http_client *client;
};

static void start(struct work *w)
{
	*w = (struct work){0};
	buf_init(&w->checkpoint, LOG_CHECKPOINT_MAX);
}

static void done(struct work *w)
{
	http_client_free(w->client);
	cli_stamp_authorities_done(&w->authorities);
	cli_case_done(&w->c);
	buf_done(&w->checkpoint);
}

/* Today's checkpoint is what is to be stamped. */
static int take_checkpoint(struct work *w, struct err *err)
{
	w->size = log_store_size(w->c.store);
	return log_checkpoint_put_own(&w->checkpoint,
	    log_store_checkpoint(w->c.store), &w->c.log_key, err);
}

static void tell_stamp(const char *what, uint64_t size,
    const struct stamp *stamp, const char *ca_name, int64_t now)
{
	struct buf line;

	buf_init(&line, LINE_MAX);
	stamp_words_put_one(&line, stamp, ca_name, now);
	cli_out("%s: size %" PRIu64 ", %s\n", what, size,
	    buf_check(&line, NULL) == 0 ? line.p : "");
	buf_done(&line);
}

/* Keeps it and says so. */
static int keep(const struct work *w, const struct stamp *stamp,
    struct slice token, const char *ca_name, struct err *err)
{
	const struct cli_stamp_new new = {
	    .size = w->size,
	    .checkpoint = buf_slice(&w->checkpoint),
	    .token = token,
	    .stamp = stamp,
	};
	bool is_new = false;

	int rc = cli_stamp_keep(&w->c, &new, &is_new, err);
	if (rc == 0 && is_new)
		tell_stamp("stamped", w->size, stamp, ca_name, w->c.now);
	else if (rc == 0)
		cli_out("stamped already: size %" PRIu64 ", by %s\n", w->size,
		    stamp->authority);
	return rc;
}

/* One authority's word is one word; *ret_is_enough is two. */
static int conclude(const struct work *w,
    const struct cli_stamp_authorities *authorities, bool *ret_is_enough,
    struct err *err)
{
	size_t n = 0;

	int rc = cli_stamp_count(&w->c, authorities, w->size, &n, err);
	if (rc != 0)
		return rc;
	cli_out("%zu authorit%s stamped size %" PRIu64 "\n", n,
	    n == 1 ? "y has" : "ies have", w->size);
	if (n < AUTHORITIES_WANTED)
		cli_out_remark("fewer than two authorities: %s",
		    n == 0 ? "nothing shows when this checkpoint existed"
			   : "what one says alone, one alone can have made "
			     "up; the stamp is kept");
	*ret_is_enough = n >= AUTHORITIES_WANTED;
	return 0;
}

/* ---- over the network ---- */

static int call(struct work *w, const char *url, struct slice request,
    struct http_answer *ret_answer, struct err *err)
{
	const struct http_call call = {
	    .method = "POST",
	    .url = url,
	    .body = request,
	    .type = STAMP_REQUEST_TYPE,
	    .answer_max = STAMP_REQUEST_ANSWER_MAX,
	};

	int rc = http_client_call(w->client, &call, ret_answer, err);
	if (rc != 0)
		return rc;
	if (ret_answer->status != 200)
		rc = err_set(
		    err, ERR_IO, "%s: answered %u", url, ret_answer->status);
	else if (strcmp(ret_answer->type, STAMP_REQUEST_ANSWER_TYPE) != 0)
		rc = err_set(err, ERR_FORMAT,
		    "%s: answered, but not with a time stamp (its type is "
		    "\"%s\")",
		    url, ret_answer->type);
	return rc;
}

static int take_answer(const struct work *w,
    const struct cli_stamp_authority *authority, struct slice request,
    struct slice answer, struct err *err)
{
	const struct stamp_request_answer of = {
	    .request = request,
	    .bytes = buf_slice(&w->checkpoint),
	    .answer = answer,
	    .trust = authority->trust,
	};
	struct stamp stamp;
	struct buf token;

	buf_init(&token, STAMP_TOKEN_MAX);
	int rc = stamp_request_take(&token, &stamp, &of, err);
	if (rc == 0)
		rc =
		    keep(w, &stamp, buf_slice(&token), authority->ca_name, err);
	buf_done(&token);
	return rc;
}

/* What one does wrong is said, and stops nothing. */
static int ask_one(struct work *w, const struct cli_stamp_authority *authority,
    struct err *err)
{
	struct http_answer answer = {0};
	struct err why = {0};
	struct buf request;

	buf_init(&request, STAMP_REQUEST_MAX);
	int rc = stamp_request_put(&request, buf_slice(&w->checkpoint),
	    cli_args_get(w->c.args, "tsa-policy"), err);
	if (rc == 0) {
		int asked =
		    call(w, authority->url, buf_slice(&request), &answer, &why);
		if (asked == 0) {
			asked = take_answer(w, authority, buf_slice(&request),
			    buf_slice(&answer.body), &why);
			err_prefix(&why, "%s", authority->url);
		}
		if (asked == ERR_NOMEM)
			rc = err_nomem(err);
		else if (asked != 0)
			cli_out_remark("not stamped: %s", why.message);
	}
	buf_done(&answer.body);
	buf_done(&request);
	return rc;
}

static int make_client(struct work *w, struct err *err)
{
	struct http_client_options options = {
	    .ca_file = cli_args_get(w->c.args, "ca")};
	uint64_t wait_s = WAIT_DEFAULT_S;

	int rc = cli_args_count(w->c.args, "wait", &wait_s, NULL, err);
	if (rc == 0 && (wait_s == 0 || wait_s > WAIT_MAX_S))
		rc = err_set(err, ERR_USAGE, "stamp: --wait is 1 to %d seconds",
		    WAIT_MAX_S);
	if (rc != 0)
		return rc;
	options.total_ms = (unsigned)wait_s * 1000;
	options.connect_ms = options.total_ms < CONNECT_MAX_MS
	    ? options.total_ms
	    : CONNECT_MAX_MS;
	return http_client_new(&w->client, &options, err);
}

static int read_authorities(struct work *w, struct err *err)
{
	int rc = cli_stamp_authorities_read(&w->authorities, &w->c, false, err);

	if (rc == 0 && w->authorities.n == 0)
		rc = err_set(err, ERR_USAGE,
		    "stamp: nobody is named to ask; give --tsa URL, or lines "
		    "`stamps: URL FILE` in %s",
		    CLI_CASE_CONF);
	for (size_t i = 0; i < w->authorities.n && rc == 0; i++)
		rc = http_client_check_url(w->authorities.of[i].url, err);
	return rc;
}

static int ask_all(struct work *w, bool *ret_is_enough, struct err *err)
{
	size_t n = 0;

	int rc = take_checkpoint(w, err);
	if (rc == 0)
		rc = cli_stamp_count(&w->c, &w->authorities, w->size, &n, err);
	if (rc == 0 && n >= AUTHORITIES_WANTED && n >= w->authorities.n) {
		cli_out("nothing to do: ");
		return conclude(w, &w->authorities, ret_is_enough, err);
	}
	if (rc == 0)
		rc = make_client(w, err);
	for (size_t i = 0; i < w->authorities.n && rc == 0; i++)
		rc = ask_one(w, &w->authorities.of[i], err);
	return rc != 0 ? rc : conclude(w, &w->authorities, ret_is_enough, err);
}

static int ask(struct work *w, struct err *err)
{
	bool is_enough = false;

	int rc = read_authorities(w, err);
	if (rc == 0)
		rc = ask_all(w, &is_enough, err);
	return rc != 0 || is_enough ? rc : CLI_UNDONE;
}

/* ---- by files ---- */

static void put_pending(
    char ret_path[CLI_STAMP_PATH_MAX], uint64_t size, const char *suffix)
{
	(void)snprintf(ret_path, CLI_STAMP_PATH_MAX,
	    CLI_STAMP_PENDING "/%" PRIu64 "%s", size, suffix);
}

/* One request for a checkpoint serves all authorities, so that an answer is
 * known by what it is over. */
static int make_request(struct work *w, struct buf *request, struct err *err)
{
	char path[CLI_STAMP_PATH_MAX];
	struct err why = {0};

	put_pending(path, w->size, REQUEST_SUFFIX);
	int rc = file_read(request, w->c.fd, path, STAMP_REQUEST_MAX, &why);
	if (rc != ERR_NOTFOUND)
		return rc == 0 ? 0 : err_set(err, rc, "%s", why.message);
	rc = stamp_request_put(request, buf_slice(&w->checkpoint),
	    cli_args_get(w->c.args, "tsa-policy"), err);
	char checkpoint_path[CLI_STAMP_PATH_MAX];
	put_pending(checkpoint_path, w->size, ".checkpoint");
	if (rc == 0)
		rc = file_publish(w->c.fd, checkpoint_path,
		    buf_slice(&w->checkpoint), 0600, err);
	if (rc == 0)
		rc = file_publish(w->c.fd, path, buf_slice(request), 0600, err);
	return rc;
}

static int write_request(struct work *w, const char *path, struct err *err)
{
	struct buf request;

	buf_init(&request, STAMP_REQUEST_MAX);
	int rc = take_checkpoint(w, err);
	if (rc == 0)
		rc = make_request(w, &request, err);
	if (rc == 0)
		rc = file_publish(
		    AT_FDCWD, path, buf_slice(&request), 0644, err);
	buf_done(&request);
	if (rc == 0)
		cli_out("%s: a request over size %" PRIu64
			"; send it to an authority as %s, and give what comes "
			"back to --answer\n",
		    path, w->size, STAMP_REQUEST_TYPE);
	return rc;
}

/* The request that an answer is over: its size and checkpoint. One whose
 * checkpoint is no longer the ledger's does not stand in the way of others. */
static int find_request(
    struct work *w, const struct hash *imprint, struct err *err)
{
	struct cli_stamp_sizes sizes = {0};
	struct err why = {0};
	bool is_found = false;

	int rc = cli_stamp_list(
	    &sizes, &w->c, CLI_STAMP_PENDING, REQUEST_SUFFIX, err);
	for (size_t i = 0; i < sizes.n && rc == 0 && !is_found; i++) {
		buf_clear(&w->checkpoint);
		w->size = sizes.of[i];
		if (cli_stamp_checkpoint(&w->checkpoint, &w->c,
			CLI_STAMP_PENDING, w->size, &why) != 0)
			continue;
		struct hash hash = hash_of(w->checkpoint.p, w->checkpoint.n);
		is_found = hash_is(&hash, imprint);
	}
	free(sizes.of);
	if (rc != 0 || is_found)
		return rc;
	if (why.code != 0)
		return err_set(err, why.code, "%s", why.message);
	return err_set(err, ERR_VERIFY,
	    "it is over nothing that was asked for here (--request)");
}

static int take_with_request(
    struct work *w, struct slice answer, struct err *err)
{
	const struct cli_stamp_authority *by =
	    w->authorities.n > 0 ? &w->authorities.of[0] : NULL;
	const struct cli_stamp_authority nobody = {0};
	char path[CLI_STAMP_PATH_MAX];
	struct buf request;

	buf_init(&request, STAMP_REQUEST_MAX);
	put_pending(path, w->size, REQUEST_SUFFIX);
	int rc = file_read(&request, w->c.fd, path, STAMP_REQUEST_MAX, err);
	if (rc == 0)
		rc = take_answer(w, by != NULL ? by : &nobody,
		    buf_slice(&request), answer, err);
	buf_done(&request);
	return rc;
}

static int read_answer(struct work *w, const char *path, struct err *err)
{
	struct err why = {0};
	struct hash imprint;
	struct buf answer;
	bool is_enough;

	/* Whose it is nobody has said, unless --tsa-ca does. */
	if (cli_args_has(w->c.args, "tsa-ca")) {
		int rc = cli_stamp_authorities_read(
		    &w->authorities, &w->c, true, err);
		if (rc != 0)
			return rc;
	}
	buf_init(&answer, STAMP_REQUEST_ANSWER_MAX);
	int rc = file_read_user(&answer, path, STAMP_REQUEST_ANSWER_MAX, &why);
	if (rc == 0)
		rc = stamp_request_imprint(&imprint, buf_slice(&answer), &why);
	if (rc == 0)
		rc = find_request(w, &imprint, &why);
	if (rc == 0)
		rc = take_with_request(w, buf_slice(&answer), &why);
	buf_done(&answer);
	if (rc != 0)
		return err_set(err, rc, "stamp: %s: %s", path, why.message);
	/* The certificates of one say nothing of the others. */
	return conclude(w, NULL, &is_enough, err);
}

/* ---- what is kept ---- */

struct showing {
	const struct work *w;
	bool is_json;
	struct buf out;
	struct json json;
	size_t n, wrong, unchecked;
};

static void put_json(struct showing *s, const struct cli_stamp_found *found)
{
	const struct stamp *stamp = found->stamp;
	struct json *j = &s->json;

	json_open_object(j, NULL);
	json_number(j, "size", (int64_t)found->size);
	json_text(j, "file", slice_of(found->path));
	json_bool(j, "good", found->rc == 0);
	json_text(
	    j, "why", slice_of(found->rc != 0 ? found->why->message : NULL));
	if (stamp != NULL) {
		cli_json_time(j, "time", stamp->when);
		cli_json_time(j, "before", stamp->before);
		if (stamp->has_accuracy)
			json_number(
			    j, "accuracy_us", (int64_t)stamp->accuracy_us);
		else
			json_null(j, "accuracy_us");
		json_text(j, "authority", slice_of(stamp->authority));
		json_text(j, "serial", slice_of(stamp->serial));
		json_text(j, "policy", slice_of(stamp->policy));
		cli_json_time(j, "certificate_ends", stamp->expires);
		json_bool(j, "vouched", stamp->is_vouched);
		json_text(j, "certificates", slice_of(found->ca_name));
	}
	json_close_object(j);
}

static void put_line(struct showing *s, const struct cli_stamp_found *found)
{
	const struct stamp *stamp = found->stamp;

	if (stamp == NULL) {
		buf_printf(&s->out, "%s: %s: %s\n", found->path,
		    found->rc == ERR_VERIFY ? "false" : "not checked",
		    found->why->message);
		return;
	}
	buf_printf(&s->out, "size %" PRIu64 ": ", found->size);
	stamp_words_put_one(&s->out, stamp, found->ca_name, s->w->c.now);
	buf_printf(&s->out, "\n    serial %s, policy %s, accuracy ",
	    stamp->serial, stamp->policy);
	if (stamp->has_accuracy)
		buf_printf(&s->out, "%" PRIu64 ".%06" PRIu64 " s\n",
		    stamp->accuracy_us / 1000000, stamp->accuracy_us % 1000000);
	else
		buf_puts(&s->out, "not stated\n");
}

static void show_one(void *cookie, const struct cli_stamp_found *found)
{
	struct showing *s = cookie;

	s->n++;
	if (found->rc == ERR_VERIFY)
		s->wrong++;
	else if (found->rc != 0 || !found->stamp->is_vouched)
		s->unchecked++;
	if (s->is_json)
		put_json(s, found);
	else
		put_line(s, found);
}

static int conclude_check(const struct showing *s, struct err *err)
{
	const char *path = s->w->c.path.p;

	if (s->n == 0)
		return err_set(
		    err, ERR_VERIFY, "stamp: %s keeps no time stamps", path);
	if (s->wrong > 0)
		return err_set(err, ERR_VERIFY,
		    "stamp: %zu of %zu in %s is not true", s->wrong, s->n,
		    path);
	if (s->unchecked > 0)
		return err_set(err, ERR_UNSUPPORTED,
		    "stamp: %zu of %zu could not be checked to the end; give "
		    "the certificates of the authorities with --tsa-ca FILE",
		    s->unchecked, s->n);
	return CLI_DONE;
}

static int check(struct work *w, struct err *err)
{
	struct showing s = {.w = w, .is_json = cli_args_has(w->c.args, "json")};
	const struct cli_stamp_look look = {
	    .authorities = &w->authorities,
	    .each = show_one,
	    .cookie = &s,
	};

	int rc = cli_stamp_authorities_read(&w->authorities, &w->c, true, err);
	if (rc != 0)
		return rc;
	buf_init(&s.out, SCREEN_MAX);
	json_init(&s.json, &s.out);
	if (s.is_json)
		json_open_array(&s.json, NULL);
	rc = cli_stamp_each(&w->c, &look, err);
	if (s.is_json)
		json_close_array(&s.json);
	if (rc == 0)
		rc = buf_check(&s.out, err);
	if (rc == 0 && s.is_json)
		cli_out_raw(buf_slice(&s.out));
	else if (rc == 0)
		cli_out_slice(buf_slice(&s.out));
	buf_done(&s.out);
	return rc != 0 ? rc : conclude_check(&s, err);
}

/* ---- the command ---- */

/* One thing at a time. */
static int check_options(const struct cli_args *args, struct err *err)
{
	static const char *const ways[] = {"tsa", "request", "answer", "check"};
	size_t n = 0;

	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
		n += cli_args_has(args, ways[i]) ? 1 : 0;
	if (n > 1)
		return err_set(err, ERR_USAGE,
		    "stamp: --tsa asks, --request and --answer carry files, "
		    "--check looks: give one of them");
	if (cli_args_has(args, "json") && !cli_args_has(args, "check"))
		return err_set(err, ERR_USAGE, "stamp: --json is for --check");
	if (n == 0 && cli_args_has(args, "tsa-ca"))
		return err_set(err, ERR_USAGE,
		    "stamp: --tsa-ca goes with --tsa, --answer or --check");
	return 0;
}

static int run(const struct cli_args *args, struct err *err)
{
	struct work w;

	int rc = check_options(args, err);
	if (rc != 0)
		return rc;
	start(&w);
	rc = cli_case_open(&w.c, args, err);
	if (rc != 0)
		goto out;
	if (cli_args_has(args, "request"))
		rc = write_request(&w, cli_args_get(args, "request"), err);
	else if (cli_args_has(args, "answer"))
		rc = read_answer(&w, cli_args_get(args, "answer"), err);
	else
		rc =
		    cli_args_has(args, "check") ? check(&w, err) : ask(&w, err);
out:
	done(&w);
	return rc;
}

static const struct cli_option options[] = {
    {"tsa", 0, "URL", true,
	"a time-stamping authority to ask (default: the case's `stamps:`)"},
    CLI_STAMP_OPTION_CA,
    {"tsa-policy", 0, "OID", false, "the policy to ask for"},
    {"wait", 0, "SECONDS", false,
	"how long one authority may take (default: 15)"},
    {"ca", 0, "FILE", false,
	"certificates (PEM) to trust for https besides the system's"},
    {"request", 0, "FILE", false, "write a request, to be carried"},
    {"answer", 0, "FILE", false, "take the answer to it"},
    {"check", 0, NULL, false, "check all stamps that are kept"},
};

const struct cli_command cmd_stamp = {
    .name = "stamp",
    .group = CLI_CHECKING,
    .usage = "[--tsa URL]... [--tsa-ca FILE] | --request FILE | --answer FILE "
	     "| --check",
    .summary = "Has the ledger's checkpoint stamped with the time",
    .shared = CLI_SHARED_CASE | CLI_SHARED_JSON,
    .options = options,
    .option_count = sizeof(options) / sizeof(options[0]),
    .examples =
	"  counterfoil stamp --tsa http://tsa.example/ --tsa-ca tsa.pem\n"
	"  counterfoil stamp --check\n",
    .run = run,
};
