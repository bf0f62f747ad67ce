/*
 * cmd_serve.c: `counterfoil serve`: cases over HTTP until a signal ends it.
 *
 * In this order: what needs root (files of TLS, a low port, the number of
 * descriptors), then the user, then the ledgers, then the sandbox, and only in
 * it the first thread and the first request.
 */
#include "cli.h"
#include "cli_args.h"
#include "cli_case.h"
#include "cli_out.h"
#include "cli_serve.h"
#include "file.h"
#include "http_server.h"
#include "log_store.h"
#include "mem.h"
#include "sandbox.h"
#include "serve.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#define LISTEN_DEFAULT "127.0.0.1:8640"
#define CONNECTIONS_DEFAULT 4096
#define TLS_FILE_MAX 65536
#define BODY_MAX ((size_t)8 * 1024 * 1024)
#define FAREWELL_MS 5000

static const struct cli_option options[] = {
    {"listen", 0, "ADDRESS:PORT", false,
	"where (default " LISTEN_DEFAULT "; port 0: any free one)"},
    {"tls-cert", 0, "FILE", false, "speak TLS, with this PEM certificate"},
    {"tls-key", 0, "FILE", false, "and this PEM key of it"},
    {"user", 0, "USER[:GROUP]", false, "become this user (started as root)"},
    {"max-connections", 0, "N", false, "at once (default 4096)"},
    {"max-per-address", 0, "N", false,
	"from one address (default: as many; behind a proxy all are one)"},
    {"address-rate", 0, "N", false,
	"requests that cost work, a second and address (default 100)"},
    {"party-rate", 0, "N", false,
	"records a second of one party (default 20; 0: no limit)"},
    {"read-only", 0, NULL, false, "take no records; change nothing"},
    {"no-sandbox", 0, NULL, false, "only to look for faults, with strace"},
};

struct server {
	const struct cli_args *args;
	char address[INET6_ADDRSTRLEN];
	int listen_fd; /* -1: none, or taken */
	struct buf certificate, key;
	unsigned connections_max;
	size_t n;
	struct cli_case *cases;
	struct serve_case *served;
	struct cli_serve *writers; /* zero where no records are taken */
	struct serve_metrics *metrics;
	struct serve *serve;
};

/* ---- before anything is opened ---- */

/* "127.0.0.1:8640", "[::1]:8640" */
static int parse_listen(struct server *server, const char *text,
    uint16_t *ret_port, struct err *err)
{
	const char *colon = strrchr(text, ':');
	unsigned long long port = 0;
	size_t n = colon ? (size_t)(colon - text) : 0;

	if (n > 2 && text[0] == '[' && text[n - 1] == ']') {
		text++;
		n -= 2;
	}
	if (n == 0 || n >= sizeof(server->address) ||
	    !slice_to_u64(slice_of(colon + 1), &port) || port > UINT16_MAX)
		return err_set(err, ERR_USAGE,
		    "serve: --listen is ADDRESS:PORT, as in " LISTEN_DEFAULT
		    " or [::1]:8640");
	memcpy(server->address, text, n);
	server->address[n] = '\0';
	*ret_port = (uint16_t)port;
	return 0;
}

static int read_tls(struct server *server, struct err *err)
{
	const char *certificate = cli_args_get(server->args, "tls-cert");
	const char *key = cli_args_get(server->args, "tls-key");

	buf_init(&server->certificate, TLS_FILE_MAX);
	buf_init(&server->key, TLS_FILE_MAX);
	if (!certificate && !key)
		return 0;
	if (!certificate || !key)
		return err_set(err, ERR_USAGE,
		    "serve: --tls-cert and --tls-key belong together");
	int rc = file_read_user(
	    &server->certificate, certificate, TLS_FILE_MAX, err);

	return rc != 0 ? rc
		       : file_read_user(&server->key, key, TLS_FILE_MAX, err);
}

static int count_option(const struct server *server, const char *name,
    uint64_t fallback, unsigned *ret_count, struct err *err)
{
	uint64_t count = fallback;
	int rc = cli_args_count(server->args, name, &count, NULL, err);

	if (rc == 0 && count > HTTP_SERVER_CONNECTIONS_MAX)
		rc = err_set(err, ERR_USAGE, "serve: --%s is at most %d", name,
		    HTTP_SERVER_CONNECTIONS_MAX);
	*ret_count = (unsigned)count;
	return rc;
}

static int claim_port(struct server *server, struct err *err)
{
	const char *where = cli_args_get(server->args, "listen");
	uint16_t port = 0;

	int rc =
	    parse_listen(server, where ? where : LISTEN_DEFAULT, &port, err);
	if (rc == 0)
		rc = count_option(server, "max-connections",
		    CONNECTIONS_DEFAULT, &server->connections_max, err);
	if (rc == 0)
		rc = read_tls(server, err);
	if (rc != 0)
		return rc;
	server->connections_max =
	    http_server_make_room(server->connections_max);
	return http_server_listen(
	    &server->listen_fd, server->address, port, err);
}

/* ---- the cases ---- */

/* The last part of the origin is the name in the address. */
static const char *name_of(const struct cli_case *c)
{
	const char *slash = strrchr(c->log_key.name, '/');

	return slash ? slash + 1 : c->log_key.name;
}

/* Verifies the ledger's edge and finishes what a crash left, as whoever opens
 * it does; then only files are served. */
static int open_case(struct server *server, const char *path, struct err *err)
{
	struct cli_case *c = &server->cases[server->n];
	struct log_store *store = NULL;

	server->n++;
	int rc = path ? cli_case_open_folder_at(c, server->args, path, err)
		      : cli_case_open_folder(c, server->args, err);
	if (rc != 0)
		return rc;
	rc = log_store_open(&store, c->fd, &c->log_key, err);
	log_store_free(store);
	if (rc != 0) {
		err_prefix(err, "ledger of %s", c->log_key.name);
		return rc;
	}
	server->served[server->n - 1] =
	    (struct serve_case){.name = name_of(c), .fd = c->fd};
	/* Before its lock is waited for, which may be ours. */
	for (size_t i = 0; i + 1 < server->n; i++)
		if (strcmp(server->served[i].name, name_of(c)) == 0)
			return err_set(err, ERR_USAGE,
			    "%s: two cases would have this address",
			    name_of(c));
	if (cli_args_has(server->args, "read-only"))
		return 0;
	if (!cli_case_has_log_key(c)) {
		cli_out_remark("%s: the ledger's key is not here, so no "
			       "records are taken",
		    c->log_key.name);
		return 0;
	}
	return cli_serve_open(
	    &server->writers[server->n - 1], c, server->metrics, err);
}

static int open_cases(struct server *server, struct err *err)
{
	const size_t words = server->args->word_count;
	const size_t n = words > 0 ? words : 1;
	int rc = 0;

	server->cases = mem_new(n, sizeof(*server->cases));
	server->served = mem_new(n, sizeof(*server->served));
	server->writers = mem_new(n, sizeof(*server->writers));
	if (!server->cases || !server->served || !server->writers)
		return err_nomem(err);
	for (size_t i = 0; i < n && rc == 0; i++)
		rc = open_case(
		    server, words > 0 ? server->args->words[i] : NULL, err);
	return rc;
}

static int enter_sandbox(struct server *server, struct err *err)
{
	const bool is_writer = !cli_args_has(server->args, "read-only");
	const char **paths = mem_new(server->n, sizeof(*paths));
	int *fds = mem_new(server->n, sizeof(*fds));
	bool has_landlock = false;
	int rc = paths && fds ? 0 : err_nomem(err);

	for (size_t i = 0; i < server->n && rc == 0; i++) {
		paths[i] = server->cases[i].path.p;
		fds[i] = server->cases[i].fd;
	}
	if (rc == 0)
		rc = sandbox_enter(&(struct sandbox_options){.write_fds = fds,
				       .write_count = is_writer ? server->n : 0,
				       .read_paths = paths,
				       .read_count = server->n},
		    &has_landlock, err);
	free(paths);
	free(fds);
	if (rc == 0 && !has_landlock)
		cli_out_remark("this kernel has no Landlock: only permissions "
			       "keep other files from the server");
	return rc;
}

/* ---- serving ---- */

static int start_writers(struct server *server, struct err *err)
{
	struct serve_api_options limits = {0};

	int rc = count_option(server, "address-rate", SERVE_API_PER_ADDRESS,
	    &limits.per_address, err);
	if (rc == 0)
		rc = count_option(server, "party-rate", SERVE_API_PER_PARTY,
		    &limits.per_party, err);
	limits.address_burst = limits.per_address * SERVE_API_ADDRESS_BURST;
	limits.party_burst = limits.per_party * SERVE_API_PARTY_BURST;
	for (size_t i = 0; i < server->n && rc == 0; i++)
		if (server->writers[i].ledger != NULL)
			rc = cli_serve_start(&server->writers[i], &limits,
			    &server->served[i], err);
	return rc;
}

static int start(struct server *server, struct err *err)
{
	struct serve_options how = {.cases = server->served,
	    .case_count = server->n,
	    .metrics = server->metrics,
	    .http = {.address = server->address,
		.listen_fd = server->listen_fd,
		.connections_max = server->connections_max,
		.body_max = BODY_MAX,
		.tls_certificate = buf_slice(&server->certificate),
		.tls_key = buf_slice(&server->key)}};

	int rc = count_option(
	    server, "max-per-address", 0, &how.http.per_address_max, err);
	if (rc != 0)
		return rc;
	server->listen_fd = -1; /* taken, whatever comes */
	rc = serve_new(&server->serve, &how, err);
	buf_wipe(&server->key);
	return rc;
}

static int announce(const struct server *server, struct err *err)
{
	const bool is_v6 = strchr(server->address, ':') != NULL;
	const bool is_tls = cli_args_get(server->args, "tls-cert") != NULL;

	for (size_t i = 0; i < server->n; i++)
		cli_out("%s is served at %s://%s%s%s:%u/%s%s\n",
		    server->cases[i].log_key.name, is_tls ? "https" : "http",
		    is_v6 ? "[" : "", server->address, is_v6 ? "]" : "",
		    serve_port(server->serve),
		    server->n > 1 ? server->served[i].name : "",
		    server->n > 1 ? "/" : "");
	return cli_out_finish(err);
}

/* The signals were blocked before the first thread, so they come here. */
static int serve_until_told(struct server *server, struct err *err)
{
	sigset_t ends;
	int signal_number;

	(void)sigemptyset(&ends);
	(void)sigaddset(&ends, SIGTERM);
	(void)sigaddset(&ends, SIGINT);
	(void)pthread_sigmask(SIG_BLOCK, &ends, NULL);
	(void)signal(SIGPIPE, SIG_IGN);
	int rc = start_writers(server, err);
	if (rc == 0)
		rc = start(server, err);
	if (rc == 0)
		rc = announce(server, err);
	if (rc != 0)
		return rc;
	(void)sigwait(&ends, &signal_number);
	serve_quiesce(server->serve, FAREWELL_MS);
	return 0;
}

static void done(struct server *server)
{
	for (size_t i = 0; server->writers && i < server->n; i++)
		cli_serve_stop(&server->writers[i]);
	serve_free(server->serve);
	for (size_t i = 0; server->writers && i < server->n; i++)
		cli_serve_done(&server->writers[i]);
	serve_metrics_free(server->metrics);
	for (size_t i = 0; i < server->n; i++)
		cli_case_done(&server->cases[i]);
	free(server->writers);
	free(server->cases);
	free(server->served);
	buf_done(&server->certificate);
	buf_wipe(&server->key);
	if (server->listen_fd >= 0)
		(void)close(server->listen_fd); /* a socket: nothing is lost */
}

static int run(const struct cli_args *args, struct err *err)
{
	struct server server = {.args = args, .listen_fd = -1};

	int rc = claim_port(&server, err);
	if (rc == 0)
		rc = sandbox_become(cli_args_get(args, "user"), err);
	if (rc == 0 && geteuid() == 0 && !cli_args_has(args, "user"))
		cli_out_remark("serving as root; --user NAME gives that up");
	if (rc == 0)
		rc = serve_metrics_new(&server.metrics, err);
	if (rc == 0)
		rc = open_cases(&server, err);
	if (rc == 0 && !cli_args_has(args, "no-sandbox"))
		rc = enter_sandbox(&server, err);
	if (rc == 0)
		rc = serve_until_told(&server, err);
	done(&server);
	return rc != 0 ? rc : CLI_DONE;
}

const struct cli_command cmd_serve = {
    .name = "serve",
    .group = CLI_CHECKING,
    .usage = "[CASE...]",
    .summary = "Serves cases over HTTP until it is told to end",
    .shared = CLI_SHARED_CASE | CLI_SHARED_KEYS,
    .options = options,
    .option_count = sizeof(options) / sizeof(options[0]),
    .words_min = 0,
    .words_max = SIZE_MAX,
    .examples =
	"  counterfoil serve case-7 --listen 127.0.0.1:8640 --read-only\n",
    .run = run,
};
