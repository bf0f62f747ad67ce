/*
 * serve_metrics.h: what a server counts, in the Prometheus text format 0.0.4.
 *
 * Every function may be called by any thread and waits for none.
 */
#ifndef SERVE_METRICS_H
#define SERVE_METRICS_H

#include "buf.h"
#include "err.h"

#include <stdint.h>

struct serve_metrics;

int serve_metrics_new(
    struct serve_metrics **ret_metrics, struct err *err) MUST_CHECK;
void serve_metrics_free(struct serve_metrics *metrics); /* accepts NULL */

enum serve_metrics_route {
	SERVE_METRICS_CHECKPOINT,
	SERVE_METRICS_TILE,
	SERVE_METRICS_ENTRIES,
	SERVE_METRICS_HEALTH,
	SERVE_METRICS_METRICS,
	SERVE_METRICS_OTHER_PART, /* a case's hook took it */
	SERVE_METRICS_NOWHERE,
	SERVE_METRICS_ROUTES
};

/* One request was answered. */
void serve_metrics_answered(struct serve_metrics *metrics,
    enum serve_metrics_route route, unsigned status);

enum serve_metrics_outcome {
	SERVE_METRICS_ENTERED,
	SERVE_METRICS_KNOWN,
	SERVE_METRICS_REFUSED, /* by the law */
	SERVE_METRICS_FAILED,
	SERVE_METRICS_TURNED_AWAY, /* a limit was reached */
	SERVE_METRICS_OUTCOMES
};

/* So many records that were handed in ended so. */
void serve_metrics_records(struct serve_metrics *metrics,
    enum serve_metrics_outcome outcome, uint64_t n);
/* One more, or one less, waits to be entered. */
void serve_metrics_waiting(struct serve_metrics *metrics, int64_t change);
/* A commit of so many leaves took so long, to its signed checkpoint. */
void serve_metrics_commit(
    struct serve_metrics *metrics, uint64_t leaves, double seconds);

/* All of the above; buf_check is the caller's. */
void serve_metrics_put(const struct serve_metrics *metrics, struct buf *out);
/* The two lines that stand before the first value of a name. */
void serve_metrics_put_head(
    struct buf *out, const char *name, const char *type, const char *help);

#endif
