/*
 * serve_api.c: which request goes where, and the answers that all share.
 */
#include "serve_api.h"

#include "hash.h"
#include "mem.h"
#include "serve_challenge.h"
#include "serve_clerk.h"
#include "serve_internal.h"
#include "serve_limit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define TEXT_TYPE "text/plain; charset=utf-8"

/* ---- limits ---- */

double serve_api_seconds(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

void serve_api_answer_wait(
    struct http_exchange *exchange, unsigned seconds, const char *why)
{
	char line[256], wait[16];

	(void)snprintf(wait, sizeof(wait), "%u", seconds);
	int n = snprintf(
	    line, sizeof(line), "%s; ask again in %u s\n", why, seconds);
	const struct http_reply reply = {
	    .status = 429,
	    .type = TEXT_TYPE,
	    .body = {line, n < (int)sizeof(line) ? (size_t)n : 0},
	    .fields = {{"Retry-After", wait}},
	};
	http_exchange_answer(exchange, &reply);
}

bool serve_api_may_address(
    struct serve_api *api, struct http_exchange *exchange)
{
	unsigned wait;

	if (serve_limit_take(api->addresses, http_exchange_peer(exchange), 1,
		serve_api_seconds(), &wait))
		return true;
	serve_api_answer_wait(
	    exchange, wait, "too many requests from this address");
	return false;
}

bool serve_api_may_party(struct serve_api *api, struct http_exchange *exchange,
    struct slice party, unsigned n)
{
	unsigned wait;

	if (serve_limit_take(
		api->parties, party, n, serve_api_seconds(), &wait))
		return true;
	serve_api_answer_wait(exchange, wait, "too many records of one party");
	return false;
}

/* ---- answers ---- */

void serve_api_answer_text(
    struct http_exchange *exchange, unsigned status, struct buf *body)
{
	const struct http_reply reply = {
	    .status = status,
	    .type = TEXT_TYPE,
	    .take = body,
	    .fields = {{"Cache-Control", "no-store"}},
	};

	http_exchange_answer(exchange, &reply);
}

static void answer_json(struct http_exchange *exchange, struct buf *body)
{
	const struct http_reply reply = {
	    .status = 200,
	    .type = "application/json",
	    .take = body,
	    .fields = {{"Cache-Control", "no-store"}},
	};

	http_exchange_answer(exchange, &reply);
}

bool serve_api_is_text(const struct http_exchange *exchange)
{
	return slice_is_text(http_exchange_query(exchange, "format"), "text");
}

void serve_api_answer_list(
    struct http_exchange *exchange, bool is_text, struct buf *body)
{
	if (is_text)
		serve_api_answer_text(exchange, 200, body);
	else
		answer_json(exchange, body);
}

static unsigned status_of(int code)
{
	switch (code) {
	case ERR_FORMAT:
	case ERR_USAGE:
		return 400;
	case ERR_DENIED:
		return 403;
	case ERR_NOTFOUND:
		return 404;
	case ERR_CONFLICT:
		return 409;
	case ERR_LIMIT:
		return 413;
	default:
		return 503;
	}
}

void serve_api_answer_err(struct http_exchange *exchange, const struct err *err)
{
	http_exchange_answer_text(exchange, status_of(err->code), err->message);
}

void serve_api_answer_method(
    struct http_exchange *exchange, const char *allowed)
{
	const struct http_reply reply = {
	    .status = 405,
	    .type = TEXT_TYPE,
	    .body = slice_of("this address does not know this method\n"),
	    .fields = {{"Allow", allowed}},
	};

	http_exchange_answer(exchange, &reply);
}

bool serve_api_is_post(struct http_exchange *exchange)
{
	struct slice type = http_exchange_header(exchange, "Content-Type");
	struct slice plain = slice_trim(slice_cut(&type, ';'));

	if (http_exchange_method(exchange) != HTTP_POST) {
		serve_api_answer_method(exchange, "POST");
		return false;
	}
	if (slice_is_text(plain, "text/plain"))
		return true;
	http_exchange_answer_text(exchange, 415,
	    "the body must be text/plain: a signed record, or an offer");
	return false;
}

/* ---- which way ---- */

void serve_api_to_clerk(struct serve_api *api, struct http_exchange *exchange,
    void (*job)(struct serve_api *api, struct http_exchange *exchange))
{
	if (serve_api_may_address(api, exchange) &&
	    !serve_clerk_push(api->clerk, exchange, job))
		serve_api_answer_wait(exchange, 1, "too many wait already");
}

/* Whether `path` is "<begin><64 hex digits><end>". */
static bool has_id(struct slice path, const char *begin, const char *end)
{
	struct slice id = path;
	struct hash hash;

	if (!slice_starts_with(path, begin) ||
	    path.n != strlen(begin) + 2 * HASH_SIZE + strlen(end))
		return false;
	id.p += strlen(begin);
	id.n = 2 * HASH_SIZE;
	return hash_from_hex(&hash, id) &&
	    memcmp(id.p + id.n, end, strlen(end)) == 0;
}

static bool hand_over(
    struct serve_api *api, struct http_exchange *exchange, struct slice path)
{
	if (slice_is_text(path, "/records"))
		serve_records_post(api, exchange);
	else if (slice_is_text(path, "/challenge"))
		serve_offers_challenge(api, exchange);
	else if (slice_is_text(path, "/offers"))
		serve_offers_handle(api, exchange);
	else if (has_id(path, "/offers/", ""))
		serve_offers_handle_one(api, exchange);
	else if (slice_is_text(path, "/questions"))
		serve_questions_handle(api, exchange);
	else if (has_id(path, "/questions/", "/bundle"))
		serve_questions_handle_bundle(api, exchange);
	else
		return false;
	return true;
}

bool serve_api_handle(
    struct serve_api *api, struct http_exchange *exchange, struct slice path)
{
	bool is_taken = true;

	(void)pthread_rwlock_rdlock(&api->gate);
	if (api->is_stopped)
		http_exchange_answer_text(
		    exchange, 503, "the server is being stopped");
	else
		is_taken = hand_over(api, exchange, path);
	(void)pthread_rwlock_unlock(&api->gate);
	return is_taken;
}

/* ---- its life ---- */

int serve_api_new(struct serve_api **ret_api, struct serve_ledger *ledger,
    const struct serve_api_options *options, struct err *err)
{
	struct serve_api *api = mem_new(1, sizeof(*api));

	if (api == NULL)
		return err_nomem(err);
	api->ledger = ledger;
	(void)pthread_rwlock_init(&api->gate, NULL); /* cannot fail on Linux */
	int rc = serve_limit_new(
	    &api->addresses, options->per_address, options->address_burst, err);
	if (rc == 0)
		rc = serve_limit_new(&api->parties, options->per_party,
		    options->party_burst, err);
	if (rc == 0)
		rc = serve_challenge_new(&api->challenge, err);
	if (rc == 0)
		rc = serve_questions_new(&api->bundles, err);
	if (rc == 0)
		rc = serve_clerk_new(&api->clerk, api, err);
	if (rc == 0 && serve_ledger_is_writer(ledger))
		rc = serve_queue_new(&api->queue, ledger, err);
	if (rc != 0) {
		serve_api_free(api);
		return rc;
	}
	*ret_api = api;
	return 0;
}

void serve_api_stop(struct serve_api *api)
{
	if (api == NULL)
		return;
	(void)pthread_rwlock_wrlock(&api->gate);
	api->is_stopped = true;
	(void)pthread_rwlock_unlock(&api->gate);
	serve_clerk_free(api->clerk);
	serve_queue_free(api->queue);
	api->clerk = NULL;
	api->queue = NULL;
}

void serve_api_free(struct serve_api *api)
{
	if (api == NULL)
		return;
	serve_api_stop(api);
	serve_questions_free(api->bundles);
	serve_challenge_free(api->challenge);
	serve_limit_free(api->addresses);
	serve_limit_free(api->parties);
	(void)pthread_rwlock_destroy(&api->gate);
	free(api);
}

void serve_api_take_cosigned(struct serve_api *api, struct slice checkpoint)
{
	if (api->queue != NULL)
		serve_queue_take_cosigned(api->queue, checkpoint);
}

struct serve_queue_counts serve_api_count(struct serve_api *api)
{
	return api->queue != NULL ? serve_queue_count(api->queue)
				  : (struct serve_queue_counts){0};
}
