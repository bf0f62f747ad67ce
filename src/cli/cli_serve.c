/*
 * cli_serve.c: a case's key and ledger for the server, and its clock.
 */
#include "cli_serve.h"

#include "when.h"

static int64_t now(void *cookie)
{
	const struct cli_serve *serve = cookie;

	return when_now() + serve->ahead;
}

static int set_clock(
    struct cli_serve *serve, struct cli_case *c, struct err *err)
{
	struct slice checkpoint;
	int64_t time = when_now();
	bool is_given;
	int rc = cli_args_time(c->args, "now", &time, &is_given, err);

	if (rc != 0 || !is_given)
		return rc;
	const struct case_state *state =
	    serve_ledger_look(serve->ledger, &checkpoint);
	bool is_set = state != NULL && case_state_is_clock_set(state);
	if (state != NULL)
		serve_ledger_leave(serve->ledger);
	if (!is_set)
		return err_set(err, ERR_USAGE,
		    "serve: --now is only for a case that says `clock: set`; "
		    "leave it out");
	serve->ahead = time - when_now();
	return 0;
}

int cli_serve_open(struct cli_serve *serve, struct cli_case *c,
    struct serve_metrics *metrics, struct err *err)
{
	struct serve_ledger_options options = {
	    .case_fd = c->fd,
	    .log_key = &c->log_key,
	    .now = now,
	    .cookie = serve,
	    .metrics = metrics,
	};
	int rc = cli_keys_open(&serve->keys, c->args, err);

	if (rc == 0)
		rc = cli_case_log_secret(
		    c, &serve->keys, &options.log_secret, err);
	if (rc == 0)
		rc = serve_ledger_new(
		    &serve->ledger, &options, CLI_CASE_WAIT_MS, err);
	return rc == 0 ? set_clock(serve, c, err) : rc;
}

static bool handle(
    void *cookie, struct http_exchange *exchange, struct slice path)
{
	struct cli_serve *serve = cookie;

	return serve_api_handle(serve->api, exchange, path);
}

static int check(void *cookie, struct err *err)
{
	struct cli_serve *serve = cookie;
	struct err why = {0};

	if (serve->courier != NULL && !serve_courier_is_well(serve->courier))
		return err_set(err, ERR_IO, "nobody asks the witnesses");
	return serve_ledger_is_well(serve->ledger, &why)
	    ? 0
	    : err_set(err, why.code, "%s", why.message);
}

int cli_serve_start(struct cli_serve *serve,
    const struct serve_api_options *limits, struct serve_case *served,
    struct err *err)
{
	int rc = serve_api_new(&serve->api, serve->ledger, limits, err);

	if (rc != 0)
		return rc;
	served->cookie = serve;
	served->handle = handle;
	served->check = check;
	return 0;
}

void cli_serve_stop(struct cli_serve *serve)
{
	serve_api_stop(serve->api);
}

void cli_serve_done(struct cli_serve *serve)
{
	serve_api_free(serve->api);
	serve_ledger_free(serve->ledger);
	cli_keys_done(&serve->keys);
	*serve = (struct cli_serve){0};
}
