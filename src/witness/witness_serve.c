/*
 * witness_serve.c: paths and methods to witness_answer.h. The clock is read
 * here.
 */
#include "witness_serve.h"

#include "when.h"
#include "witness_request.h"

#define CHECKPOINT "/checkpoint"
#define ORIGIN_HEX 64

static void give(const struct witness_serve *serve,
    struct http_exchange *exchange, struct witness_answer *answer)
{
	struct http_reply reply = {
	    .status = answer->status,
	    .type = answer->type,
	    .take = &answer->body,
	    .fields = {{"Cache-Control", "no-store"}},
	};

	if (answer->remark.code != 0 && serve->tell != NULL)
		serve->tell(serve->cookie, answer->remark.message);
	http_exchange_answer(exchange, &reply);
	buf_done(&answer->body);
}

/* "/<64 hex digits>/checkpoint": the digits, or absent. */
static struct slice origin_of(struct slice path)
{
	struct slice rest = path;

	if (path.n != 1 + ORIGIN_HEX + sizeof(CHECKPOINT) - 1)
		return slice_of(NULL);
	rest.p += 1 + ORIGIN_HEX;
	rest.n -= 1 + ORIGIN_HEX;
	return slice_is_text(rest, CHECKPOINT)
	    ? (struct slice){path.p + 1, ORIGIN_HEX}
	    : slice_of(NULL);
}

static void refuse_method(struct http_exchange *exchange, const char *allowed)
{
	struct http_reply reply = {
	    .status = 405,
	    .type = "text/plain; charset=utf-8",
	    .body = slice_of("another method belongs here\n"),
	    .fields = {{"Allow", allowed}},
	};

	http_exchange_answer(exchange, &reply);
}

static void handle(void *cookie, struct http_exchange *exchange)
{
	const struct witness_serve *serve = cookie;
	enum http_method method = http_exchange_method(exchange);
	struct slice path = http_exchange_path(exchange);
	struct slice hex = origin_of(path);
	struct witness_answer answer;

	if (slice_is_text(path, "/add-checkpoint")) {
		if (method != HTTP_POST) {
			refuse_method(exchange, "POST");
			return;
		}
		witness_answer_add(serve->witness, http_exchange_body(exchange),
		    when_now(), &answer);
		give(serve, exchange, &answer);
	} else if (hex.p != NULL) {
		if (method != HTTP_GET && method != HTTP_HEAD) {
			refuse_method(exchange, "GET, HEAD");
			return;
		}
		witness_answer_checkpoint(serve->witness, hex, &answer);
		give(serve, exchange, &answer);
	} else {
		http_exchange_answer_text(
		    exchange, 404, "a witness: POST /add-checkpoint");
	}
}

void witness_serve_prepare(
    const struct witness_serve *serve, struct http_server_options *options)
{
	options->body_max = WITNESS_REQUEST_MAX;
	options->handle = handle;
	options->cookie = (void *)serve;
}
