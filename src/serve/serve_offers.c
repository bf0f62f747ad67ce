/*
 * serve_offers.c: the mailbox over HTTP. All of it is the clerk's work, so
 * that no two requests meet in the folder.
 */
#include "case_offer.h"
#include "serve_challenge.h"
#include "serve_clerk.h"
#include "serve_internal.h"
#include "serve_mailbox.h"

#include <stdio.h>

static const char *method_of(const struct http_exchange *exchange)
{
	switch (http_exchange_method(exchange)) {
	case HTTP_GET:
	case HTTP_HEAD:
		return "GET";
	case HTTP_DELETE:
		return "DELETE";
	default:
		return "POST";
	}
}

static void answer_unknown(struct http_exchange *exchange, const char *why)
{
	char line[ERR_MESSAGE_MAX + 2];

	int n = snprintf(line, sizeof(line), "%s\n", why);
	const struct http_reply reply = {
	    .status = 401,
	    .type = "text/plain; charset=utf-8",
	    .body = {line, (size_t)n},
	    .fields = {{"WWW-Authenticate", "Counterfoil"}},
	};
	http_exchange_answer(exchange, &reply);
}

/* False, and answered, if no party signed this request. */
static bool is_party(struct serve_api *api, struct http_exchange *exchange,
    char ret_party[NOTE_KEY_NAME_MAX + 1])
{
	const struct serve_challenge_request asked = {
	    .method = method_of(exchange),
	    .path = http_exchange_path(exchange),
	    .body = http_exchange_body(exchange),
	    .header = http_exchange_header(exchange, "Authorization"),
	};
	struct err err = {0};
	int rc = serve_challenge_check(api->challenge, api->ledger, &asked,
	    serve_api_seconds(), ret_party, &err);

	if (rc == ERR_FORMAT)
		answer_unknown(exchange, err.message);
	else if (rc != 0)
		serve_api_answer_err(exchange, &err);
	return rc == 0 &&
	    serve_api_may_party(api, exchange, slice_of(ret_party), 1);
}

void serve_offers_challenge(
    struct serve_api *api, struct http_exchange *exchange)
{
	char nonce[CASE_REQUEST_NONCE_HEX + 1];
	struct buf body;

	if (!serve_api_may_address(api, exchange))
		return;
	serve_challenge_make(api->challenge, serve_api_seconds(), nonce);
	buf_init(&body, 64);
	buf_printf(&body, "%s\n", nonce);
	serve_api_answer_text(exchange, 200, &body);
	buf_done(&body);
}

/* ---- the clerk's part ---- */

static void post(struct serve_api *api, struct http_exchange *exchange)
{
	char id[HASH_HEX_SIZE];
	struct err err = {0};
	struct buf body;

	if (serve_mailbox_put(
		api->ledger, http_exchange_body(exchange), id, &err) != 0) {
		serve_api_answer_err(exchange, &err);
		return;
	}
	buf_init(&body, 128);
	buf_printf(&body, "%s\n", id);
	serve_api_answer_text(exchange, 201, &body);
	buf_done(&body);
}

static void list(struct serve_api *api, struct http_exchange *exchange)
{
	char party[NOTE_KEY_NAME_MAX + 1];
	struct err err = {0};
	struct buf body;

	if (!is_party(api, exchange, party))
		return;
	buf_init(&body, 1 << 20);
	bool is_text = serve_api_is_text(exchange);
	if (serve_mailbox_list(
		api->ledger, slice_of(party), is_text, &body, &err) != 0)
		serve_api_answer_err(exchange, &err);
	else
		serve_api_answer_list(exchange, is_text, &body);
	buf_done(&body);
}

static struct slice id_of(const struct http_exchange *exchange)
{
	struct slice path = http_exchange_path(exchange);
	struct slice id = path;

	for (size_t i = 0; i < path.n; i++)
		if (path.p[i] == '/')
			id = (struct slice){path.p + i + 1, path.n - i - 1};
	return id;
}

static void get(struct serve_api *api, struct http_exchange *exchange)
{
	char party[NOTE_KEY_NAME_MAX + 1];
	struct err err = {0};
	struct buf body;

	if (!is_party(api, exchange, party))
		return;
	buf_init(&body, SERVE_SUBMISSION_MAX);
	if (serve_mailbox_get(api->ledger, slice_of(party), id_of(exchange),
		&body, &err) == 0)
		serve_api_answer_text(exchange, 200, &body);
	else
		serve_api_answer_err(exchange, &err);
	buf_wipe(&body);
}

static void withdraw(struct serve_api *api, struct http_exchange *exchange)
{
	char party[NOTE_KEY_NAME_MAX + 1];
	struct err err = {0};

	if (!is_party(api, exchange, party))
		return;
	if (serve_mailbox_remove(
		api->ledger, slice_of(party), id_of(exchange), &err) == 0)
		http_exchange_answer_text(exchange, 200, "withdrawn");
	else
		serve_api_answer_err(exchange, &err);
}

/* ---- which ---- */

void serve_offers_handle(struct serve_api *api, struct http_exchange *exchange)
{
	enum http_method method = http_exchange_method(exchange);

	if (method != HTTP_GET && method != HTTP_HEAD && method != HTTP_POST)
		serve_api_answer_method(exchange, "GET, HEAD, POST");
	else if (method != HTTP_POST)
		serve_api_to_clerk(api, exchange, list);
	else if (serve_api_is_post(exchange))
		serve_api_to_clerk(api, exchange, post);
}

void serve_offers_handle_one(
    struct serve_api *api, struct http_exchange *exchange)
{
	enum http_method method = http_exchange_method(exchange);

	if (method == HTTP_GET || method == HTTP_HEAD)
		serve_api_to_clerk(api, exchange, get);
	else if (method == HTTP_DELETE)
		serve_api_to_clerk(api, exchange, withdraw);
	else
		serve_api_answer_method(exchange, "GET, HEAD, DELETE");
}
