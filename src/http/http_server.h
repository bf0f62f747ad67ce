/*
 * http_server.h: an HTTP/1.1 server that is told what to answer.
 *
 * libmicrohttpd takes requests apart; this header is all that the rest of the
 * program sees of it. Every limit is set before the first connection: bytes of
 * headers and body, connections in all and from one address, seconds of
 * silence. Whatever goes beyond them is answered 413, 429, 431 or cut off, and
 * never reaches the handler.
 */
#ifndef HTTP_SERVER_H
#define HTTP_SERVER_H

#include "buf.h"
#include "err.h"
#include "slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct http_server;
struct http_exchange;

/* More do not fit into the descriptors that a process is given. */
#define HTTP_SERVER_CONNECTIONS_MAX 65536

struct http_server_options {
	const char *address; /* numeric, IPv4 or IPv6; NULL: 127.0.0.1 */
	uint16_t port; /* 0: any free one */
	int listen_fd; /* > 0: from http_server_listen, used instead; taken */
	unsigned threads; /* 0: as many as processors */
	unsigned connections_max; /* 0: 4096 */
	unsigned per_address_max; /* 0: no limit (behind a proxy) */
	unsigned idle_s; /* 0: 30 */
	size_t body_max; /* bytes; 0: no request may have a body */
	struct slice tls_certificate, tls_key; /* PEM; absent: plain HTTP */
	/*
	 * Called once for each whole request, on one of the server's threads,
	 * several at once. It answers then or later (http_exchange_answer, from
	 * any thread, exactly once); a connection that waits costs no thread.
	 */
	void (*handle)(void *cookie, struct http_exchange *exchange);
	/* Told of every answer when it is sent, those that never reached the
	 * handler among them; NULL: nobody. On the server's threads. */
	void (*answered)(void *cookie, const struct http_exchange *exchange,
	    unsigned status);
	void *cookie;
};

/*
 * The two things that a process may only be able to do before it gives up its
 * privileges, for one that does; http_server_new does what was not done.
 *
 * Binds and listens. ERR_CONFLICT: the port is taken; ERR_USAGE: no address.
 */
int http_server_listen(int *ret_fd, const char *address, uint16_t port,
    struct err *err) MUST_CHECK;
/* Raises RLIMIT_NOFILE to what so many connections need, as far as may be, and
 * returns how many will do; http_server_new takes no more. */
unsigned http_server_make_room(unsigned connections_max);

/* ERR_FORMAT: the TLS certificate or key. */
int http_server_new(struct http_server **ret_server,
    const struct http_server_options *options, struct err *err) MUST_CHECK;
uint16_t http_server_port(const struct http_server *server);
/* Takes no new connections any more; those that wait may still be answered. */
void http_server_quiesce(struct http_server *server);
/* Every exchange must have been answered. Accepts NULL. */
void http_server_free(struct http_server *server);
/* Connections that are open now. */
unsigned http_server_connections(const struct http_server *server);

enum http_method {
	HTTP_GET,
	HTTP_HEAD, /* answered as GET; the body is left out for you */
	HTTP_POST,
	HTTP_DELETE,
	HTTP_OTHER
};

/* Valid until the exchange is answered. The path is as it was sent, without
 * the query: nothing is unescaped, for no path here needs an escape; one that
 * has '%', an empty segment, "." or ".." was answered 404 before. */
enum http_method http_exchange_method(const struct http_exchange *exchange);
struct slice http_exchange_path(const struct http_exchange *exchange);
struct slice http_exchange_body(const struct http_exchange *exchange);
/* A query argument or a header field by name (any case); absent if none. */
struct slice http_exchange_query(
    const struct http_exchange *exchange, const char *name);
struct slice http_exchange_header(
    const struct http_exchange *exchange, const char *name);
/* The peer's address as text, without the port. */
struct slice http_exchange_peer(const struct http_exchange *exchange);

#define HTTP_REPLY_FIELDS_MAX 8

struct http_reply {
	unsigned status;
	const char *type; /* Content-Type; NULL: no body */
	struct slice body; /* copied; or: */
	struct buf *take; /* the buffer's contents are taken, uncopied; or: */
	int fd; /* > 0: a regular file, from its start, is sent and closed */
	/* Further header fields, ended by a NULL name; copied. */
	struct {
		const char *name;
		const char *value;
	} fields[HTTP_REPLY_FIELDS_MAX];
};

/*
 * An answer that is given more than once, made ready beforehand, so that header
 * and body need not be put together each time. `reply` must have its body in
 * `take`, whose contents are taken. Any thread may use it; whoever holds a
 * reference drops it with http_kept_unref, which accepts NULL.
 */
struct http_kept;
int http_kept_new(struct http_kept **ret_kept, const struct http_reply *reply,
    struct err *err) MUST_CHECK;
struct http_kept *http_kept_ref(struct http_kept *kept);
void http_kept_unref(struct http_kept *kept);

/* Answers with it, and ends the life of *exchange; the reference stays the
 * caller's. */
void http_exchange_answer_kept(
    struct http_exchange *exchange, struct http_kept *kept);

/* Answers, and ends the life of *exchange. Out of memory: the connection is
 * closed without an answer. */
void http_exchange_answer(
    struct http_exchange *exchange, const struct http_reply *reply);
/* The same with one line of plain text, which is given a LF. */
void http_exchange_answer_text(
    struct http_exchange *exchange, unsigned status, const char *line);

#endif
