/*
 * witness_serve.h: a witness on the network: C2SP tlog-witness v1.0.0 over
 * http_server.h. POST /add-checkpoint and GET /<hex SHA-256 of the
 * origin>/checkpoint; the submission and the monitoring prefix are the same.
 */
#ifndef WITNESS_SERVE_H
#define WITNESS_SERVE_H

#include "err.h"
#include "http_server.h"
#include "witness_answer.h"

/* Sets what a witness needs of the limits; the caller has set the address and
 * TLS before, and starts the server with the options. */
struct witness_serve {
	struct witness *witness;
	/* One line of what the operator should know; several at once. NULL:
	 * nobody listens. */
	void (*tell)(void *cookie, const char *line);
	void *cookie;
};
void witness_serve_prepare(
    const struct witness_serve *serve, struct http_server_options *options);

#endif
