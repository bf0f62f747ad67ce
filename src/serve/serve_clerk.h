/*
 * serve_clerk.h: one thread for requests that take longer than a look: files,
 * findings. So no connection waits for another's question.
 */
#ifndef SERVE_CLERK_H
#define SERVE_CLERK_H

#include "err.h"

#include <stdbool.h>

#define SERVE_CLERK_MAX 256

struct http_exchange;
struct serve_api;
struct serve_clerk;

int serve_clerk_new(struct serve_clerk **ret_clerk, struct serve_api *api,
    struct err *err) MUST_CHECK;
/* Does what is there, then ends; accepts NULL. */
void serve_clerk_free(struct serve_clerk *clerk);

/* The job takes the exchange, later; false: too many wait. */
bool serve_clerk_push(struct serve_clerk *clerk, struct http_exchange *exchange,
    void (*job)(struct serve_api *api, struct http_exchange *exchange));

#endif
