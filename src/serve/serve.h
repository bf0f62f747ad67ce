/*
 * serve.h: cases over HTTP: which request goes where.
 *
 * One case is at "/", several are at "/<name>/" each. Of each, the read API of
 * C2SP tlog-tiles is answered here; whatever else there is of a case is
 * answered by the part that its hooks name.
 */
#ifndef SERVE_H
#define SERVE_H

#include "buf.h"
#include "err.h"
#include "http_server.h"
#include "serve_metrics.h"
#include "slice.h"

#include <stdbool.h>
#include <stddef.h>

struct serve;

/* Everything is borrowed and must outlive the server. */
struct serve_case {
	const char *name; /* letters, digits, '.', '-', '_' */
	int fd; /* the folder that has log/ */
	/* What takes other requests; all may be NULL. */
	void *cookie;
	/* Takes the exchange if `path`, below the case's own ("/records"), is
	 * one of its; false: it is not, and nothing was done. */
	bool (*handle)(
	    void *cookie, struct http_exchange *exchange, struct slice path);
	/* How long a checkpoint waits for its quorum (serve_tiles_hold). */
	unsigned hold_ms;
	/* For /health: 0, or why it does not work. */
	int (*check)(void *cookie, struct err *err);
};

struct serve_options {
	const struct serve_case *cases;
	size_t case_count; /* at least 1 */
	struct serve_metrics *metrics; /* borrowed */
	/* Without handle, answered and cookie, which are set here. */
	struct http_server_options http;
};

/* Errors: http_server_new's; ERR_USAGE: a name twice, or one that cannot stand
 * in an address; log_checkpoint_parse's and file_read's for a checkpoint. */
int serve_new(struct serve **ret_serve, const struct serve_options *options,
    struct err *err) MUST_CHECK;
/* A checkpoint of the case with this number that has its quorum. */
void serve_show(struct serve *serve, size_t number, struct slice checkpoint);
uint16_t serve_port(const struct serve *serve);
/* Takes nobody new, and waits up to wait_ms for those who are there. */
void serve_quiesce(struct serve *serve, unsigned wait_ms);
/* Every exchange must have been answered. Accepts NULL. */
void serve_free(struct serve *serve);

#endif
