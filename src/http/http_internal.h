/*
 * http_internal.h: what the server's life (http_server.c) and the life of one
 * request (http_exchange.c) share.
 */
#ifndef HTTP_INTERNAL_H
#define HTTP_INTERNAL_H

#include "http_server.h"

#include <microhttpd.h>

#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>

/* One connection, in the server's list while MHD has its socket open. */
struct http_server_peer {
	struct http_server *server;
	struct http_server_peer *before, *after;
	int fd;
	/* On the monotonic clock; past it the socket is shut down. */
	atomic_llong deadline_ms;
	char address[INET6_ADDRSTRLEN];
};

/* Takes connections and hands them to MHD's threads in turn. */
struct http_door {
	int wake_fd; /* written to when it shall be closed; -1: not open */
	pthread_t thread;
};

struct http_server {
	struct http_server_options options;
	struct MHD_Daemon *daemon;
	int listen_fd;
	uint16_t port;
	char *certificate, *key; /* NUL-terminated copies; NULL: plain */
	atomic_bool is_quiesced;
	atomic_uint connections; /* taken by the door, and not yet closed */
	struct http_door door;

	pthread_mutex_t lock; /* of what follows */
	struct http_server_peer *peers;
	pthread_cond_t wake;
	bool is_ending;
	bool has_reaper;
	pthread_t reaper;
};

/* The seconds of silence stand for a pace: a whole request must have come
 * after twice as many, a whole answer must be gone after ten times as many. */
#define HTTP_SERVER_ASK_PACE 2
#define HTTP_SERVER_ANSWER_PACE 10

/* From now on the peer has `pace` times the idle seconds; 0: all the time. */
void http_server_give_time(struct http_server_peer *peer, unsigned pace);

/* --- http_door.c --- */

int http_door_open(struct http_server *server, struct err *err) MUST_CHECK;
/* Accepts one that is not open. */
void http_door_close(struct http_server *server);

/* --- http_response.c: NULL without memory --- */

/* The reply's descriptor or buffer is used up, whatever comes. */
struct MHD_Response *http_response_make(const struct http_reply *reply);
/* With this body, which must live as long, instead of the reply's. */
struct MHD_Response *http_response_lend(
    const struct http_reply *reply, struct slice body);
/* Tells the client that the connection ends with it; false without memory. */
bool http_response_is_last(struct MHD_Response *response);

/* --- http_kept.c --- */

struct http_kept {
	atomic_uint refs;
	unsigned status;
	char *body; /* of both */
	/* For a server that goes on, and for one that is to end and wants to be
	 * left. */
	struct MHD_Response *responses[2];
};

/* --- http_exchange.c: MHD's three callbacks about a request --- */

/* At the request line: a new exchange, or NULL without memory. */
void *http_exchange_begin(
    void *cookie, const char *target, struct MHD_Connection *connection);
/* At the end of the header, at each part of the body, at its end, and again
 * after a late answer. */
enum MHD_Result http_exchange_step(void *cookie,
    struct MHD_Connection *connection, const char *url, const char *method,
    const char *version, const char *part, size_t *part_n, void **own);
/* When nothing more is sent or read. */
void http_exchange_end(void *cookie, struct MHD_Connection *connection,
    void **own, enum MHD_RequestTerminationCode why);

#endif
