/*
 * http_exchange.c: one request from its first line to its answer.
 *
 * Two threads may meet in an exchange: MHD's, and the one that answers. They
 * share `state` alone: whoever comes second does what is left to do, and after
 * an answer MHD's thread is the only one that touches the exchange. MHD keeps
 * a suspended connection, so the exchange too, until it is resumed.
 */
#include "http_internal.h"

#include "mem.h"

#include <assert.h>

/* How much more than body_max of an unannounced body is read and dropped, so
 * that the client may hear why; then it is cut off. */
#define DROPPED_MAX ((size_t)256 * 1024)

enum state {
	STATE_HANDLED, /* the handler has it and may still be running */
	STATE_WAITING, /* suspended until the answer comes */
	STATE_ANSWERED
};

struct http_exchange {
	struct http_server *server;
	struct http_server_peer *peer;
	struct MHD_Connection *connection;
	char *target; /* as it was sent */
	struct slice path, query; /* into target */
	enum http_method method;
	struct buf body;
	bool is_begun; /* the header was seen */
	bool has_body;
	size_t dropped;
	unsigned refusal; /* status, decided without the handler; 0: none */

	atomic_int state;
	struct MHD_Response *response; /* NULL: cut off */
	struct http_kept *kept; /* whose response it is; NULL: its own */
	unsigned status;
};

/* --- reading --- */

void *http_exchange_begin(
    void *cookie, const char *target, struct MHD_Connection *connection)
{
	struct http_server *server = cookie;
	struct http_server_peer *peer = MHD_get_connection_info(
	    connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT)
					    ->socket_context;
	struct http_exchange *e = peer ? mem_new(1, sizeof *e) : NULL;
	struct slice rest;

	if (!e)
		return NULL;
	e->target = mem_copy_text(target, strlen(target));
	if (!e->target) {
		free(e);
		return NULL;
	}
	e->server = server;
	e->peer = peer;
	e->connection = connection;
	rest = slice_of(e->target);
	e->path = slice_cut(&rest, '?');
	e->query = rest;
	buf_init(&e->body, server->options.body_max);
	return e;
}

static enum http_method method_of(const char *name)
{
	static const struct {
		const char *name;
		enum http_method method;
	} methods[] = {
	    {MHD_HTTP_METHOD_GET, HTTP_GET},
	    {MHD_HTTP_METHOD_HEAD, HTTP_HEAD},
	    {MHD_HTTP_METHOD_POST, HTTP_POST},
	    {MHD_HTTP_METHOD_DELETE, HTTP_DELETE},
	};

	for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++)
		if (strcmp(name, methods[i].name) == 0)
			return methods[i].method;
	return HTTP_OTHER;
}

/* An empty last segment ("/a/") is a folder's name, and is not odd. */
static bool is_odd(struct slice path)
{
	if (path.n == 0 || path.p[0] != '/' || memchr(path.p, '%', path.n))
		return true;
	path = (struct slice){path.p + 1, path.n - 1};
	while (path.p) {
		const struct slice segment = slice_cut(&path, '/');

		if (slice_is_text(segment, ".") ||
		    slice_is_text(segment, "..") || (segment.n == 0 && path.p))
			return true;
	}
	return false;
}

/* What the header alone decides; also sets has_body. */
static unsigned judge_header(struct http_exchange *e)
{
	const struct slice announced =
	    http_exchange_header(e, MHD_HTTP_HEADER_CONTENT_LENGTH);
	const bool is_chunked =
	    http_exchange_header(e, MHD_HTTP_HEADER_TRANSFER_ENCODING).p;
	unsigned long long n = 0;

	e->has_body = is_chunked;
	if (announced.p) {
		if (is_chunked || !slice_to_u64(announced, &n))
			return MHD_HTTP_BAD_REQUEST;
		e->has_body = n > 0;
	}
	if (is_odd(e->path))
		return MHD_HTTP_NOT_FOUND;
	if (n > e->server->options.body_max)
		return MHD_HTTP_CONTENT_TOO_LARGE;
	return 0;
}

static enum MHD_Result read_part(
    struct http_exchange *e, const char *part, size_t *part_n)
{
	const size_t n = *part_n;

	*part_n = 0;
	if (e->refusal == 0)
		buf_put(&e->body, part, n);
	const int rc = buf_check(&e->body, NULL);

	if (rc != ERR_LIMIT)
		return rc == 0 ? MHD_YES : MHD_NO;
	e->refusal = MHD_HTTP_CONTENT_TOO_LARGE;
	e->dropped += n;
	return e->dropped > DROPPED_MAX ? MHD_NO : MHD_YES;
}

/* --- answering --- */

static enum MHD_Result send_answer(struct http_exchange *e)
{
	const struct http_server_options *options = &e->server->options;

	http_server_give_time(e->peer, HTTP_SERVER_ANSWER_PACE);
	if (e->response && options->answered)
		options->answered(options->cookie, e, e->status);
	return e->response
	    ? MHD_queue_response(e->connection, e->status, e->response)
	    : MHD_NO;
}

static enum MHD_Result refuse(struct http_exchange *e)
{
	static const struct {
		unsigned status;
		const char *line;
	} lines[] = {
	    {MHD_HTTP_BAD_REQUEST, "This is not a request."},
	    {MHD_HTTP_NOT_FOUND, "There is nothing here."},
	    {MHD_HTTP_CONTENT_TOO_LARGE, "This is more than is taken here."},
	};

	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
		if (lines[i].status == e->refusal)
			http_exchange_answer_text(e, e->refusal, lines[i].line);
	return send_answer(e);
}

static enum MHD_Result hand_over(struct http_exchange *e)
{
	int handled = STATE_HANDLED;

	http_server_give_time(e->peer, 0);
	e->server->options.handle(e->server->options.cookie, e);
	if (atomic_load(&e->state) == STATE_ANSWERED)
		return send_answer(e);
	/* Suspended first: once the state says so, it may be resumed. */
	MHD_suspend_connection(e->connection);
	if (!atomic_compare_exchange_strong(&e->state, &handled, STATE_WAITING))
		MHD_resume_connection(e->connection);
	return MHD_YES;
}

enum MHD_Result http_exchange_step(void *cookie,
    struct MHD_Connection *connection, const char *url, const char *method,
    const char *version, const char *part, size_t *part_n, void **own)
{
	struct http_exchange *e = *own;

	(void)cookie;
	(void)connection;
	(void)url; /* unescaped by MHD */
	(void)version;
	if (!e)
		return MHD_NO;
	if (!e->is_begun) {
		e->is_begun = true;
		e->method = method_of(method);
		e->refusal = judge_header(e);
		/* Answered now, the body is not read and the connection is
		 * closed; without a body there is time. */
		return e->refusal != 0 && e->has_body ? refuse(e) : MHD_YES;
	}
	if (*part_n > 0)
		return read_part(e, part, part_n);
	if (atomic_load(&e->state) == STATE_ANSWERED)
		return send_answer(e);
	return e->refusal != 0 ? refuse(e) : hand_over(e);
}

void http_exchange_end(void *cookie, struct MHD_Connection *connection,
    void **own, enum MHD_RequestTerminationCode why)
{
	struct http_exchange *e = *own;

	(void)cookie;
	(void)connection;
	(void)why;
	*own = NULL;
	if (!e)
		return;
	http_server_give_time(e->peer, HTTP_SERVER_ASK_PACE);
	if (e->kept)
		http_kept_unref(e->kept);
	else if (e->response)
		MHD_destroy_response(e->response);
	buf_done(&e->body);
	free(e->target);
	free(e);
}

/* The response is there. */
static void end_answer(struct http_exchange *e)
{
	struct MHD_Connection *connection = e->connection;
	/* From here on *e may be gone, unless it waits for this resumption. */
	const int before = atomic_exchange(&e->state, STATE_ANSWERED);

	assert(before != STATE_ANSWERED);
	if (before == STATE_WAITING)
		MHD_resume_connection(connection);
}

void http_exchange_answer(
    struct http_exchange *e, const struct http_reply *reply)
{
	e->response = http_response_make(reply);
	if (e->response && atomic_load(&e->server->is_quiesced) &&
	    !http_response_is_last(e->response)) {
		MHD_destroy_response(e->response);
		e->response = NULL;
	}
	e->status = reply->status;
	end_answer(e);
}

void http_exchange_answer_kept(struct http_exchange *e, struct http_kept *kept)
{
	e->kept = http_kept_ref(kept);
	e->response =
	    kept->responses[atomic_load(&e->server->is_quiesced) ? 1 : 0];
	e->status = kept->status;
	end_answer(e);
}

void http_exchange_answer_text(
    struct http_exchange *e, unsigned status, const char *line)
{
	struct buf text;

	buf_init(&text, 4096);
	buf_printf(&text, "%s\n", line);
	http_exchange_answer(e,
	    &(struct http_reply){.status = status,
		.type = "text/plain; charset=utf-8",
		.body = buf_slice(&text)});
	buf_done(&text);
}

/* --- what was asked --- */

enum http_method http_exchange_method(const struct http_exchange *e)
{
	return e->method;
}

struct slice http_exchange_path(const struct http_exchange *e)
{
	return e->path;
}

struct slice http_exchange_body(const struct http_exchange *e)
{
	return buf_slice(&e->body);
}

struct slice http_exchange_query(
    const struct http_exchange *e, const char *name)
{
	struct slice rest = e->query;

	while (rest.p) {
		struct slice value = slice_cut(&rest, '&');
		const struct slice found = slice_cut(&value, '=');

		if (slice_is_text(found, name))
			return value.p ? value : slice_of("");
	}
	return slice_of(NULL);
}

struct slice http_exchange_header(
    const struct http_exchange *e, const char *name)
{
	return slice_of(
	    MHD_lookup_connection_value(e->connection, MHD_HEADER_KIND, name));
}

struct slice http_exchange_peer(const struct http_exchange *e)
{
	return slice_of(e->peer->address);
}
