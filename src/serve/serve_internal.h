/*
 * serve_internal.h: what a ledger being served is made of. Included only
 * inside this room.
 */
#ifndef SERVE_INTERNAL_H
#define SERVE_INTERNAL_H

#include "buf.h"
#include "http_server.h"
#include "serve_api.h"
#include "serve_ledger.h"
#include "serve_submission.h"

#include <pthread.h>

struct log_store;

/*
 * Two locks around one state. `view` is held for writing from the first leaf
 * of a batch until its commit, so that whoever looks never sees what is not
 * durable. `fold` is held for writing only while leaves are added, so that
 * signatures can be checked during a commit. In this order.
 */
struct serve_ledger {
	struct serve_ledger_options options;
	struct log_store *store;
	pthread_rwlock_t view, fold;
	struct case_state *state; /* NULL after a failure */
	struct serve_block *blocks; /* what the state borrows */
	struct buf checkpoint; /* over all that is durable; by `view` */
	pthread_mutex_t health;
	struct err why; /* code 0: well; by `health` */
};

/* serve_ledger.c. From here on nothing is entered any more. */
void serve_ledger_fail(struct serve_ledger *ledger, const struct err *why);
/* Forgets all leaves from `n` on; with `fold` held for writing. What they
 * borrowed may be freed. If that fails, the state is gone. */
void serve_ledger_forget(struct serve_ledger *ledger, size_t n);
/* This one is looked at from now on. */
int serve_ledger_take_checkpoint(struct serve_ledger *ledger,
    struct slice checkpoint, struct err *err) MUST_CHECK;

/* ---- over HTTP ---- */

struct serve_bundles;
struct serve_challenge;
struct serve_clerk;
struct serve_limit;

struct serve_api {
	pthread_rwlock_t gate; /* held for reading while a request comes in */
	bool is_stopped; /* by `gate` */
	struct serve_ledger *ledger;
	struct serve_queue *queue; /* NULL: nothing is entered here */
	struct serve_limit *addresses, *parties;
	struct serve_challenge *challenge;
	struct serve_bundles *bundles; /* the clerk's own */
	struct serve_clerk *clerk;
};

/* serve_api.c */
double serve_api_seconds(void); /* monotonic */
/* False, and answered 429, if this address asked too much. */
bool serve_api_may_address(
    struct serve_api *api, struct http_exchange *exchange);
/* The same for a party and `n` records. */
bool serve_api_may_party(struct serve_api *api, struct http_exchange *exchange,
    struct slice party, unsigned n);
/* False, and answered 405 or 415, if the method is not `method` or the body of
 * a POST is not text/plain. */
bool serve_api_is_post(struct http_exchange *exchange);
void serve_api_answer_method(
    struct http_exchange *exchange, const char *allowed);
/* One line for an error: 400, 403, 404, 409, 413 or 503. */
void serve_api_answer_err(
    struct http_exchange *exchange, const struct err *err);
/* 429 with Retry-After. */
void serve_api_answer_wait(
    struct http_exchange *exchange, unsigned seconds, const char *why);
/* Whether ?format=text was asked for; a list is answered so, or as JSON. Takes
 * the contents of *body. */
bool serve_api_is_text(const struct http_exchange *exchange);
void serve_api_answer_list(
    struct http_exchange *exchange, bool is_text, struct buf *body);
/* Takes the contents of *body. */
void serve_api_answer_text(
    struct http_exchange *exchange, unsigned status, struct buf *body);

/* The clerk does it later; or 429. */
void serve_api_to_clerk(struct serve_api *api, struct http_exchange *exchange,
    void (*job)(struct serve_api *api, struct http_exchange *exchange));

/* Each takes the exchange. serve_records.c */
void serve_records_post(struct serve_api *api, struct http_exchange *exchange);

/* serve_offers.c: /challenge, /offers, /offers/<id> */
void serve_offers_challenge(
    struct serve_api *api, struct http_exchange *exchange);
void serve_offers_handle(struct serve_api *api, struct http_exchange *exchange);
void serve_offers_handle_one(
    struct serve_api *api, struct http_exchange *exchange);

/* serve_questions.c: /questions, /questions/<id>/bundle */
int serve_questions_new(
    struct serve_bundles **ret_bundles, struct err *err) MUST_CHECK;
void serve_questions_free(struct serve_bundles *bundles);
void serve_questions_handle(
    struct serve_api *api, struct http_exchange *exchange);
void serve_questions_handle_bundle(
    struct serve_api *api, struct http_exchange *exchange);

#endif
