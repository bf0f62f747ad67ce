/*
 * serve_api.h: what may be handed in to a case over HTTP, and what only its
 * parties may fetch: records, offers, questions (counterfoil-http(7)).
 *
 *	POST /records			GET, POST /offers
 *	GET /questions			GET, DELETE /offers/<id>
 *	GET /questions/<id>/bundle	GET /challenge
 */
#ifndef SERVE_API_H
#define SERVE_API_H

#include "err.h"
#include "serve_ledger.h"
#include "serve_queue.h"
#include "slice.h"

#include <stdbool.h>

struct http_exchange;
struct serve_api;

/* In a second, and at once; 0: no limit. */
struct serve_api_options {
	unsigned per_address, address_burst; /* requests that cost work */
	unsigned per_party, party_burst; /* records and offers */
};

/* What serve has without an option; bursts in seconds of the rate. */
#define SERVE_API_PER_ADDRESS 100
#define SERVE_API_ADDRESS_BURST 4
#define SERVE_API_PER_PARTY 20
#define SERVE_API_PARTY_BURST 15

/* The ledger is borrowed. A ledger without a secret key takes no records. */
int serve_api_new(struct serve_api **ret_api, struct serve_ledger *ledger,
    const struct serve_api_options *options, struct err *err) MUST_CHECK;
/* Finishes what is being entered and answers everybody who waits; whoever comes
 * later is told 503. Before http_server_free. Accepts NULL. */
void serve_api_stop(struct serve_api *api);
/* After http_server_free. Accepts NULL. */
void serve_api_free(struct serve_api *api);

/*
 * Takes the exchange, if `path` (below the case's own: "/records") is one of
 * the above; false: it is not, and nothing was done. Answers at once or later,
 * from another thread.
 */
bool serve_api_handle(
    struct serve_api *api, struct http_exchange *exchange, struct slice path);

/* See serve_queue_take_cosigned; before serve_api_stop. */
void serve_api_take_cosigned(struct serve_api *api, struct slice checkpoint);

/* Before serve_api_stop; all 0 without a queue. */
struct serve_queue_counts serve_api_count(struct serve_api *api);

#endif
