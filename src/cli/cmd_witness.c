/*
 * cmd_witness.c: `counterfoil witness`: a witness server for any C2SP log.
 *
 * What it vouches for is in the state folder; everything else, the list of
 * logs, the key and the port, is taken once, and after that the sandbox of
 * base is entered, in which only the state folder is left. It ends on SIGTERM
 * or SIGINT, after every request that was begun is answered.
 */
#include "cli.h"
#include "cli_args.h"
#include "cli_keys.h"
#include "cli_out.h"
#include "file.h"
#include "http_server.h"
#include "sandbox.h"
#include "witness_answer.h"
#include "witness_logs.h"
#include "witness_policy.h"
#include "witness_serve.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LISTEN_DEFAULT "127.0.0.1:7380"
#define PEM_MAX 65536
#define CONNECTIONS_MAX 1024

struct running {
	const struct cli_args *args;
	struct cli_keys keys;
	struct cli_key key;
	const struct note_secret *secret; /* borrowed from key */
	struct witness_logs logs;
	struct witness_state *state;
	struct witness *witness;
	struct witness_serve serve;
	struct buf address, certificate, tls_key;
	struct http_server_options how;
	struct http_server *server;
};

/* ---- which logs ---- */

static int add_vkeys(struct running *r, struct err *err)
{
	const char *vkey;

	for (size_t at = 0;
	     (vkey = cli_args_next(r->args, "log", &at)) != NULL;) {
		int rc = witness_logs_add_vkey(&r->logs, slice_of(vkey), err);
		if (rc != 0) {
			err_prefix(err, "witness: --log");
			return rc;
		}
	}
	return 0;
}

static int add_policy(struct running *r, struct slice text, struct err *err)
{
	struct witness_policy *policy = malloc(sizeof(*policy));

	if (policy == NULL)
		return err_nomem(err);
	int rc = witness_policy_parse(policy, text, err);
	for (size_t i = 0; rc == 0 && i < policy->log_count; i++) {
		const struct note_key *key = &policy->logs[i].key;
		rc = witness_logs_add(&r->logs, key, slice_of(key->name),
		    WITNESS_LOGS_PER_DAY, err);
	}
	witness_policy_done(policy);
	free(policy);
	return rc;
}

static int add_files(struct running *r, const char *option, struct err *err)
{
	bool is_policy = strcmp(option, "policy") == 0;
	const char *path;
	int rc = 0;

	for (size_t at = 0;
	     rc == 0 && (path = cli_args_next(r->args, option, &at)) != NULL;) {
		struct err why = {0};
		struct buf text;
		buf_init(&text, WITNESS_LOGS_BYTES_MAX);
		rc = file_read_user(&text, path, WITNESS_LOGS_BYTES_MAX, &why);
		if (rc == 0)
			rc = is_policy ? add_policy(r, buf_slice(&text), &why)
				       : witness_logs_add_list(
					     &r->logs, buf_slice(&text), &why);
		if (rc != 0)
			err_set(err, rc, "witness: %s: %s", path, why.message);
		buf_done(&text);
	}
	return rc;
}

static int read_logs(struct running *r, struct err *err)
{
	int rc = add_vkeys(r, err);

	if (rc == 0)
		rc = add_files(r, "logs", err);
	if (rc == 0)
		rc = add_files(r, "policy", err);
	if (rc == 0 && r->logs.n == 0)
		rc = err_set(err, ERR_USAGE,
		    "witness: no log to witness: give --log VKEY, --logs FILE "
		    "or --policy FILE");
	return rc;
}

/* ---- its key ---- */

static int open_key(struct running *r, struct err *err)
{
	const char *path;
	int rc = cli_args_need(r->args, "key", &path, err);

	if (rc == 0)
		rc = cli_keys_read(&r->key, path, err);
	if (rc == 0 && r->key.key.type != NOTE_KEY_COSIGNATURE)
		rc = err_set(err, ERR_USAGE,
		    "witness: %s is a party's key; a witness's key is made "
		    "with `counterfoil key new --witness`",
		    path);
	if (rc == 0)
		rc = cli_keys_secret(&r->keys, &r->key, &r->secret, err);
	return rc;
}

/* ---- the network ---- */

/* ADDRESS:PORT; an IPv6 address in brackets. */
static int read_listen(struct running *r, struct err *err)
{
	const char *listen = cli_args_get(r->args, "listen");
	unsigned long long port = 0;

	if (listen == NULL)
		listen = LISTEN_DEFAULT;
	const char *colon = strrchr(listen, ':');
	if (colon == NULL || !slice_to_u64(slice_of(colon + 1), &port) ||
	    port > UINT16_MAX)
		return err_set(err, ERR_USAGE,
		    "witness: --listen is ADDRESS:PORT, like %s",
		    LISTEN_DEFAULT);
	struct slice address = {listen, (size_t)(colon - listen)};
	if (address.n > 2 && address.p[0] == '[' &&
	    address.p[address.n - 1] == ']')
		address = (struct slice){address.p + 1, address.n - 2};
	buf_put_slice(&r->address, address);
	r->how.address = r->address.p;
	r->how.port = (uint16_t)port;
	return buf_check(&r->address, err);
}

static int read_tls(struct running *r, struct err *err)
{
	const char *certificate = cli_args_get(r->args, "tls-cert");
	const char *key = cli_args_get(r->args, "tls-key");

	if ((certificate == NULL) != (key == NULL))
		return err_set(err, ERR_USAGE,
		    "witness: --tls-cert and --tls-key go together");
	if (certificate == NULL)
		return 0;
	int rc = file_read_user(&r->certificate, certificate, PEM_MAX, err);
	if (rc == 0)
		rc = file_read_user(&r->tls_key, key, PEM_MAX, err);
	r->how.tls_certificate = buf_slice(&r->certificate);
	r->how.tls_key = buf_slice(&r->tls_key);
	return rc;
}

static void tell(void *cookie, const char *line)
{
	(void)cookie;
	/* Several threads: a line is written whole. */
	flockfile(stderr);
	cli_out_remark("%s", line);
	funlockfile(stderr);
}

/* All of the network that is taken before the sandbox. */
static int claim_port(struct running *r, struct err *err)
{
	int rc = read_listen(r, err);

	if (rc == 0)
		rc = read_tls(r, err);
	if (rc != 0)
		return rc;
	r->how.connections_max = http_server_make_room(CONNECTIONS_MAX);
	rc = http_server_listen(
	    &r->how.listen_fd, r->how.address, r->how.port, err);
	if (rc != 0)
		err_prefix(err, "witness");
	return rc;
}

static int start(struct running *r, struct err *err)
{
	r->serve = (struct witness_serve){.witness = r->witness, .tell = tell};
	witness_serve_prepare(&r->serve, &r->how);
	int rc = http_server_new(&r->server, &r->how, err);
	r->how.listen_fd = -1; /* taken, whatever came */
	buf_wipe(&r->tls_key);
	if (rc != 0)
		err_prefix(err, "witness");
	return rc;
}

static int enter_sandbox(const struct running *r, struct err *err)
{
	const int folder = witness_state_folder(r->state);
	const struct sandbox_options options = {
	    .write_fds = &folder, .write_count = 1};
	bool has_landlock = false;

	int rc = sandbox_enter(&options, &has_landlock, err);
	if (rc != 0)
		err_prefix(err, "witness");
	else if (!has_landlock)
		cli_out_remark("this kernel has no Landlock: only permissions "
			       "keep other files from the witness");
	return rc;
}

static void greet(const struct running *r)
{
	bool is_v6 = strchr(r->address.p, ':') != NULL;
	struct buf vkey;

	buf_init(&vkey, 1024);
	note_key_put(&vkey, &r->secret->key);
	cli_out("witness %s of %zu log%s on %s://%s%s%s:%u/\n",
	    r->secret->key.name, r->logs.n, cli_out_s(r->logs.n),
	    r->certificate.n > 0 ? "https" : "http", is_v6 ? "[" : "",
	    r->address.p, is_v6 ? "]" : "",
	    (unsigned)http_server_port(r->server));
	cli_out("%s\n", vkey.p != NULL ? vkey.p : "");
	buf_done(&vkey);
}

/* Until somebody ends it. The signals are blocked in every thread. */
static int wait_for_end(const sigset_t *ends, struct err *err)
{
	int which;

	int rc = cli_out_finish(err);
	if (rc == 0)
		(void)sigwait(ends, &which); /* only a bad set fails */
	return rc;
}

static int serve(struct running *r, struct err *err)
{
	sigset_t ends;
	const char *folder;

	(void)sigemptyset(&ends); /* these three cannot fail so */
	(void)sigaddset(&ends, SIGTERM);
	(void)sigaddset(&ends, SIGINT);
	(void)pthread_sigmask(SIG_BLOCK, &ends, NULL);
	int rc = cli_args_need(r->args, "state", &folder, err);
	if (rc == 0)
		rc =
		    witness_state_open(&r->state, folder, &r->secret->key, err);
	if (rc == 0)
		rc = witness_answer_new(
		    &r->witness, &r->logs, r->state, r->secret, err);
	if (rc == 0)
		rc = claim_port(r, err);
	if (rc == 0 && !cli_args_has(r->args, "no-sandbox"))
		rc = enter_sandbox(r, err);
	if (rc == 0)
		rc = start(r, err);
	if (rc == 0) {
		greet(r);
		rc = wait_for_end(&ends, err);
	}
	http_server_free(r->server);
	witness_answer_free(r->witness);
	witness_state_free(r->state);
	if (r->how.listen_fd >= 0)
		(void)close(r->how.listen_fd); /* a socket: nothing is lost */
	return rc;
}

static int run(const struct cli_args *args, struct err *err)
{
	struct running r = {
	    .args = args, .keys = {.args = args}, .how = {.listen_fd = -1}};

	witness_logs_init(&r.logs);
	buf_init(&r.address, 256);
	buf_init(&r.certificate, PEM_MAX);
	buf_init(&r.tls_key, PEM_MAX);
	int rc = read_logs(&r, err);
	if (rc == 0)
		rc = open_key(&r, err);
	if (rc == 0)
		rc = serve(&r, err);
	cli_keys_forget(&r.key);
	cli_keys_done(&r.keys);
	witness_logs_done(&r.logs);
	buf_done(&r.address);
	buf_done(&r.certificate);
	buf_wipe(&r.tls_key);
	return rc;
}

static const struct cli_option options[] = {
    {"key", 0, "FILE", false, "the witness's key file"},
    {"state", 0, "DIR", false,
	"what it has cosigned; never to be restored from a backup"},
    {"log", 0, "VKEY", true, "a log that it witnesses"},
    {"logs", 0, "FILE", true, "many: a tlog-list, or one vkey a line"},
    {"policy", 0, "FILE", true, "the log lines of a tlog-policy"},
    {"listen", 0, "ADDRESS:PORT", false,
	"where (default: " LISTEN_DEFAULT "; port 0: any free one)"},
    {"tls-cert", 0, "FILE", false, "speak TLS with this certificate (PEM)"},
    {"tls-key", 0, "FILE", false, "and this key (PEM)"},
    {"no-sandbox", 0, NULL, false, "only to look for faults, with strace"},
};

const struct cli_command cmd_witness = {
    .name = "witness",
    .group = CLI_CHECKING,
    .usage = "--key FILE --state DIR --log VKEY",
    .summary = "Runs a witness server that cosigns checkpoints of any log",
    .shared = CLI_SHARED_KEYS,
    .options = options,
    .option_count = sizeof(options) / sizeof(options[0]),
    .examples = "  counterfoil witness --key witness.key --state state \\\n"
		"      --logs logs.txt --listen 127.0.0.1:7380\n",
    .run = run,
};
