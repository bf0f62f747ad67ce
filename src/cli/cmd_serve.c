/*
 * cmd_serve.c: `counterfoil serve`: cases over HTTP until a signal ends it.
 *
 * In this order: what needs root (files of TLS, a low port, the number of
 * descriptors), then the user, then the folders, then the courier's process,
 * which has no keys, then the ledgers, then the sandbox, and only in it the
 * first thread and the first request.
 */
#include "cli.h"
#include "cli_args.h"
#include "cli_case.h"
#include "cli_out.h"
#include "cli_serve.h"
#include "cli_serve_courier.h"
#include "cli_serve_site.h"
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
#define CA_MAX (4u << 20)
#define CA_MARK "BEGIN CERTIFICATE"
#define BODY_MAX ((size_t)8 * 1024 * 1024)
#define FAREWELL_MS 5000
#define HOLD_MS 5000 /* for the witnesses; counterfoil-http(7) */
#define SITE_NAME "site"
#define SITE_EVERY_S 10

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
    {"site", 0, "DIR", false,
	"keep the cases' checkpoints in this site log, and serve it too"},
    {"site-every", 0, "SECONDS", false, "how often (default 10)"},
    {"ca", 0, "FILE", false,
	"certificates (PEM) to trust besides the system's, of witnesses"},
    {"read-only", 0, NULL, false, "take no records; change nothing"},
    {"no-sandbox", 0, NULL, false, "only to look for faults, with strace"},
};

struct server;

/* What the courier's notes are for. */
struct place {
	struct server *server;
	size_t number;
};

struct server {
	const struct cli_args *args;
	char address[INET6_ADDRSTRLEN];
	int listen_fd; /* -1: none, or taken */
	struct buf certificate, key;
	unsigned connections_max;
	size_t n;
	struct cli_case *cases;
	struct serve_case *served; /* and one for the site log */
	struct cli_serve *writers; /* zero where no records are taken */
	struct cli_site *site; /* NULL: none */
	struct site_log *site_logs; /* of the cases, in their order */
	struct cli_serve_site *site_keeper;
	struct cli_serve_courier courier; /* of the cases, then the site */
	struct place *places; /* in the same order */
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

static bool is_read_only(const struct server *server)
{
	return cli_args_has(server->args, "read-only");
}

/* Only the folder: nothing of it is believed yet, and no key is read. */
static int open_folder(struct server *server, const char *path, struct err *err)
{
	struct cli_case *c = &server->cases[server->n];

	server->n++;
	int rc = path ? cli_case_open_folder_at(c, server->args, path, err)
		      : cli_case_open_folder(c, server->args, err);
	if (rc == 0 && c->is_site)
		rc = err_set(err, ERR_USAGE,
		    "serve: %s is a site log; it goes with its cases, as "
		    "--site %s",
		    c->path.p, c->path.p);
	if (rc != 0)
		return rc;
	server->served[server->n - 1] =
	    (struct serve_case){.name = name_of(c), .fd = c->fd};
	/* Before its lock is waited for, which may be ours. */
	for (size_t i = 0; i + 1 < server->n; i++)
		if (strcmp(server->served[i].name, name_of(c)) == 0)
			return err_set(err, ERR_USAGE,
			    "%s: two cases would have this address",
			    name_of(c));
	return 0;
}

static int open_site(struct server *server, const char *path, struct err *err)
{
	if (path == NULL)
		return 0;
	if (is_read_only(server))
		return err_set(err, ERR_USAGE,
		    "serve: --site writes into its cases; it does not go with "
		    "--read-only");
	for (size_t i = 0; i < server->n; i++)
		if (strcmp(server->served[i].name, SITE_NAME) == 0)
			return err_set(err, ERR_USAGE,
			    "serve: %s would have the address of the site log, "
			    "/" SITE_NAME "/",
			    server->cases[i].log_key.name);
	server->site = mem_new(1, sizeof(*server->site));
	server->site_logs = mem_new(server->n, sizeof(*server->site_logs));
	if (server->site == NULL || server->site_logs == NULL)
		return err_nomem(err);
	int rc = cli_site_open(server->site, server->args, path, err);
	if (rc != 0)
		return rc;
	for (size_t i = 0; i < server->n; i++)
		server->site_logs[i] =
		    (struct site_log){.case_fd = server->cases[i].fd,
			.key = &server->cases[i].log_key};
	server->served[server->n] =
	    (struct serve_case){.name = SITE_NAME, .fd = server->site->c.fd};
	return 0;
}

static int open_folders(struct server *server, struct err *err)
{
	const size_t words = server->args->word_count;
	const size_t n = words > 0 ? words : 1;
	int rc = 0;

	server->cases = mem_new(n, sizeof(*server->cases));
	server->served = mem_new(n + 1, sizeof(*server->served));
	server->writers = mem_new(n, sizeof(*server->writers));
	if (!server->cases || !server->served || !server->writers)
		return err_nomem(err);
	for (size_t i = 0; i < n && rc == 0; i++)
		rc = open_folder(
		    server, words > 0 ? server->args->words[i] : NULL, err);
	return rc == 0
	    ? open_site(server, cli_args_get(server->args, "site"), err)
	    : rc;
}

/* What witnesses' certificates are checked against must be there. */
static int check_ca(const struct server *server, struct err *err)
{
	const char *path = cli_args_get(server->args, "ca");
	struct buf pem;

	if (path == NULL)
		return 0;
	buf_init(&pem, CA_MAX);
	int rc = file_read_user(&pem, path, CA_MAX, err);
	if (rc == 0 &&
	    memmem(pem.p, pem.n, CA_MARK, sizeof(CA_MARK) - 1) == NULL)
		rc = err_set(err, ERR_FORMAT,
		    "serve: --ca %s: there is no certificate (PEM) in it",
		    path);
	buf_done(&pem);
	return rc;
}

/* Who has no key here has nobody to ask: nothing of it changes here. */
static int start_courier(struct server *server, struct err *err)
{
	struct cli_serve_courier *courier = &server->courier;
	bool has_policy;

	int rc = check_ca(server, err);
	if (rc == 0)
		rc = cli_serve_courier_init(courier, server->n + 1,
		    !cli_args_has(server->args, "no-sandbox"), err);
	for (size_t i = 0; i < server->n && rc == 0; i++) {
		const struct cli_case *c = &server->cases[i];
		rc = cli_serve_courier_add(courier, c,
		    !is_read_only(server) && cli_case_has_log_key(c),
		    &has_policy, err);
		server->served[i].hold_ms = rc == 0 && has_policy ? HOLD_MS : 0;
	}
	if (rc == 0 && server->site != NULL) {
		rc = cli_serve_courier_add(
		    courier, &server->site->c, true, &has_policy, err);
		server->served[server->n].hold_ms =
		    rc == 0 && has_policy ? HOLD_MS : 0;
	}
	return rc == 0 ? cli_serve_courier_new(
			     courier, cli_args_get(server->args, "ca"), err)
		       : rc;
}

/* Verifies the ledger's edge and finishes what a crash left, as whoever opens
 * it does; then only files are served. */
static int open_ledger(struct server *server, size_t i, struct err *err)
{
	struct cli_case *c = &server->cases[i];
	struct log_store *store = NULL;

	int rc = log_store_open(&store, c->fd, &c->log_key, err);
	log_store_free(store);
	if (rc != 0) {
		err_prefix(err, "ledger of %s", c->log_key.name);
		return rc;
	}
	if (is_read_only(server))
		return 0;
	if (!cli_case_has_log_key(c)) {
		cli_out_remark("%s: the ledger's key is not here, so no "
			       "records are taken",
		    c->log_key.name);
		return 0;
	}
	return cli_serve_open(&server->writers[i], c, server->metrics, err);
}

static int open_ledgers(struct server *server, struct err *err)
{
	uint64_t every = SITE_EVERY_S;
	int rc = 0;

	for (size_t i = 0; i < server->n && rc == 0; i++)
		rc = open_ledger(server, i, err);
	if (rc != 0 || server->site == NULL)
		return rc;
	rc = cli_args_count(server->args, "site-every", &every, NULL, err);
	if (rc == 0 && (every == 0 || every > 86400))
		rc = err_set(err, ERR_USAGE,
		    "serve: --site-every is 1 to 86400 seconds");
	if (rc == 0)
		rc = cli_site_lock(server->site, err);
	return rc == 0 ? cli_serve_site_new(&server->site_keeper, server->site,
			     server->site_logs, server->n, (unsigned)every, err)
		       : rc;
}

static int enter_sandbox(struct server *server, struct err *err)
{
	const bool is_writer = !is_read_only(server);
	const char **paths = mem_new(server->n + 1, sizeof(*paths));
	int *fds = mem_new(server->n + 1, sizeof(*fds));
	size_t n = server->n;
	bool has_landlock = false;
	int rc = paths && fds ? 0 : err_nomem(err);

	for (size_t i = 0; i < server->n && rc == 0; i++) {
		paths[i] = server->cases[i].path.p;
		fds[i] = server->cases[i].fd;
	}
	if (rc == 0 && server->site != NULL) {
		paths[n] = server->site->c.path.p;
		fds[n++] = server->site->c.fd;
	}
	if (rc == 0)
		rc = sandbox_enter(&(struct sandbox_options){.write_fds = fds,
				       .write_count = is_writer ? n : 0,
				       .read_paths = paths,
				       .read_count = n},
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
	for (size_t i = 0; i < server->n && rc == 0; i++) {
		struct cli_serve *writer = &server->writers[i];

		if (writer->ledger == NULL)
			continue;
		if (server->courier.logs[i].policy != NULL)
			writer->courier = server->courier.courier;
		rc = cli_serve_start(writer, &limits, &server->served[i], err);
	}
	return rc;
}

static void take_of_case(void *cookie, struct slice checkpoint, bool is_met)
{
	const struct place *place = cookie;
	struct server *server = place->server;

	if (is_met)
		serve_show(server->serve, place->number, checkpoint);
	serve_api_take_cosigned(server->writers[place->number].api, checkpoint);
}

static void take_of_site(void *cookie, struct slice checkpoint, bool is_met)
{
	const struct place *place = cookie;
	struct server *server = place->server;

	if (is_met)
		serve_show(server->serve, place->number, checkpoint);
	cli_serve_site_take_cosigned(server->site_keeper, checkpoint);
}

/* Last of all: from now on checkpoints move by themselves. */
static int start_keepers(struct server *server, struct err *err)
{
	struct cli_serve_courier *courier = &server->courier;
	int rc = 0;

	server->places = mem_new(courier->n, sizeof(*server->places));
	if (server->places == NULL)
		return err_nomem(err);
	for (size_t i = 0; i < courier->n; i++) {
		server->places[i] = (struct place){server, i};
		courier->logs[i].cookie = &server->places[i];
		courier->logs[i].take =
		    i < server->n ? take_of_case : take_of_site;
	}
	if (server->site_keeper != NULL)
		rc = cli_serve_site_start(server->site_keeper, err);
	if (rc == 0 && courier->courier != NULL)
		rc = serve_courier_start(courier->courier, err);
	return rc;
}

static int check_site(void *cookie, struct err *err)
{
	const struct server *server = cookie;
	const struct serve_courier *courier = server->courier.courier;

	if (courier != NULL && !serve_courier_is_well(courier))
		return err_set(err, ERR_IO, "nobody asks the witnesses");
	return cli_serve_site_check(server->site_keeper, err);
}

static int start(struct server *server, struct err *err)
{
	struct serve_options how = {.cases = server->served,
	    .case_count = server->n + (server->site != NULL),
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
	if (server->site != NULL) {
		server->served[server->n].cookie = server;
		server->served[server->n].check = check_site;
	}
	server->listen_fd = -1; /* taken, whatever comes */
	rc = serve_new(&server->serve, &how, err);
	buf_wipe(&server->key);
	return rc;
}

static int announce(const struct server *server, struct err *err)
{
	const bool is_v6 = strchr(server->address, ':') != NULL;
	const bool is_tls = cli_args_get(server->args, "tls-cert") != NULL;
	const bool is_one = server->n == 1 && server->site == NULL;

	for (size_t i = 0; i < server->n; i++)
		cli_out("%s is served at %s://%s%s%s:%u/%s%s\n",
		    server->cases[i].log_key.name, is_tls ? "https" : "http",
		    is_v6 ? "[" : "", server->address, is_v6 ? "]" : "",
		    serve_port(server->serve),
		    is_one ? "" : server->served[i].name, is_one ? "" : "/");
	if (server->site != NULL)
		cli_out("the site log %s is served at %s://%s%s%s:%u/%s/\n",
		    server->site->c.log_key.name, is_tls ? "https" : "http",
		    is_v6 ? "[" : "", server->address, is_v6 ? "]" : "",
		    serve_port(server->serve), SITE_NAME);
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
		rc = start_keepers(server, err);
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
	serve_courier_free(server->courier.courier);
	server->courier.courier = NULL;
	for (size_t i = 0; server->writers && i < server->n; i++)
		cli_serve_stop(&server->writers[i]);
	serve_free(server->serve);
	cli_serve_site_free(server->site_keeper);
	for (size_t i = 0; server->writers && i < server->n; i++)
		cli_serve_done(&server->writers[i]);
	serve_metrics_free(server->metrics);
	for (size_t i = 0; i < server->n; i++)
		cli_case_done(&server->cases[i]);
	if (server->site != NULL)
		cli_site_done(server->site);
	cli_serve_courier_done(&server->courier);
	free(server->site);
	free(server->site_logs);
	free(server->places);
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
		rc = open_folders(&server, err);
	if (rc == 0)
		rc = start_courier(&server, err);
	if (rc == 0)
		rc = serve_metrics_new(&server.metrics, err);
	if (rc == 0)
		rc = open_ledgers(&server, err);
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
