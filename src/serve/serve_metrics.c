/*
 * serve_metrics.c: counters that only grow, each one atomic number.
 *
 * They are read one after another, so a scrape in the middle of an event may
 * see part of it; none ever goes back.
 */
#include "serve_metrics.h"

#include "mem.h"

#include <inttypes.h>
#include <stdatomic.h>

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

static const char *const routes[SERVE_METRICS_ROUTES] = {
    [SERVE_METRICS_CHECKPOINT] = "checkpoint",
    [SERVE_METRICS_TILE] = "tile",
    [SERVE_METRICS_ENTRIES] = "entries",
    [SERVE_METRICS_HEALTH] = "health",
    [SERVE_METRICS_METRICS] = "metrics",
    [SERVE_METRICS_OTHER_PART] = "case",
    [SERVE_METRICS_NOWHERE] = "none",
};

static const char *const outcomes[SERVE_METRICS_OUTCOMES] = {
    [SERVE_METRICS_ENTERED] = "entered",
    [SERVE_METRICS_KNOWN] = "known",
    [SERVE_METRICS_REFUSED] = "refused",
    [SERVE_METRICS_FAILED] = "failed",
    [SERVE_METRICS_TURNED_AWAY] = "turned-away",
};

/* Others are counted under the last one of their hundred. */
static const unsigned statuses[] = {200, 201, 202, 204, 299, 304, 399, 400, 401,
    403, 404, 405, 409, 410, 413, 415, 422, 429, 499, 500, 503, 599};

/* Upper ends; what takes longer than the last is only in the sum. */
static const double ends[] = {
    0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5};

struct serve_metrics {
	atomic_uint_fast64_t answers[SERVE_METRICS_ROUTES][COUNT(statuses)];
	atomic_uint_fast64_t records[SERVE_METRICS_OUTCOMES];
	atomic_int_fast64_t waiting;
	atomic_uint_fast64_t commits[COUNT(ends) + 1];
	atomic_uint_fast64_t commit_us;
	atomic_uint_fast64_t leaves;
};

int serve_metrics_new(struct serve_metrics **ret_metrics, struct err *err)
{
	*ret_metrics = mem_new(1, sizeof **ret_metrics);
	return *ret_metrics ? 0 : err_nomem(err);
}

void serve_metrics_free(struct serve_metrics *metrics)
{
	free(metrics);
}

void serve_metrics_answered(struct serve_metrics *metrics,
    enum serve_metrics_route route, unsigned status)
{
	size_t i = 0;

	while (i + 1 < COUNT(statuses) && statuses[i] != status &&
	    !(statuses[i] % 100 == 99 && status < statuses[i]))
		i++;
	(void)atomic_fetch_add(&metrics->answers[route][i], 1);
}

void serve_metrics_records(struct serve_metrics *metrics,
    enum serve_metrics_outcome outcome, uint64_t n)
{
	(void)atomic_fetch_add(&metrics->records[outcome], n);
}

void serve_metrics_waiting(struct serve_metrics *metrics, int64_t change)
{
	(void)atomic_fetch_add(&metrics->waiting, change);
}

void serve_metrics_commit(
    struct serve_metrics *metrics, uint64_t leaves, double seconds)
{
	size_t i = 0;

	while (i < COUNT(ends) && seconds > ends[i])
		i++;
	(void)atomic_fetch_add(&metrics->commits[i], 1);
	(void)atomic_fetch_add(
	    &metrics->commit_us, (uint64_t)(seconds * 1e6 + 0.5));
	(void)atomic_fetch_add(&metrics->leaves, leaves);
}

void serve_metrics_put_head(
    struct buf *out, const char *name, const char *type, const char *help)
{
	buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void put_answers(const struct serve_metrics *metrics, struct buf *out)
{
	static const char name[] = "counterfoil_http_requests_total";

	serve_metrics_put_head(out, name, "counter",
	    "Requests by where they went and how they were answered.");
	for (size_t i = 0; i < SERVE_METRICS_ROUTES; i++)
		for (size_t k = 0; k < COUNT(statuses); k++) {
			const uint64_t n = atomic_load(&metrics->answers[i][k]);

			if (n > 0)
				buf_printf(out,
				    "%s{route=\"%s\",status=\"%u\"} %" PRIu64
				    "\n",
				    name, routes[i], statuses[k], n);
		}
}

static void put_records(const struct serve_metrics *metrics, struct buf *out)
{
	static const char name[] = "counterfoil_records_total";

	serve_metrics_put_head(out, name, "counter",
	    "Records that were handed in, by what became of them.");
	for (size_t i = 0; i < SERVE_METRICS_OUTCOMES; i++)
		buf_printf(out, "%s{outcome=\"%s\"} %" PRIu64 "\n", name,
		    outcomes[i], (uint64_t)atomic_load(&metrics->records[i]));
	serve_metrics_put_head(out, "counterfoil_queue_records", "gauge",
	    "Records that wait to be entered.");
	buf_printf(out, "counterfoil_queue_records %" PRId64 "\n",
	    (int64_t)atomic_load(&metrics->waiting));
}

static void put_commits(const struct serve_metrics *metrics, struct buf *out)
{
	static const char name[] = "counterfoil_commit_seconds";
	uint64_t n = 0;

	serve_metrics_put_head(out, name, "histogram",
	    "From taking a batch of records to its signed checkpoint.");
	for (size_t i = 0; i < COUNT(ends); i++) {
		n += atomic_load(&metrics->commits[i]);
		buf_printf(out, "%s_bucket{le=\"%g\"} %" PRIu64 "\n", name,
		    ends[i], n);
	}
	n += atomic_load(&metrics->commits[COUNT(ends)]);
	buf_printf(out, "%s_bucket{le=\"+Inf\"} %" PRIu64 "\n", name, n);
	buf_printf(out, "%s_sum %.6f\n", name,
	    (double)atomic_load(&metrics->commit_us) / 1e6);
	buf_printf(out, "%s_count %" PRIu64 "\n", name, n);
	serve_metrics_put_head(out, "counterfoil_committed_leaves_total",
	    "counter", "Leaves that these commits made durable.");
	buf_printf(out, "counterfoil_committed_leaves_total %" PRIu64 "\n",
	    (uint64_t)atomic_load(&metrics->leaves));
}

void serve_metrics_put(const struct serve_metrics *metrics, struct buf *out)
{
	put_answers(metrics, out);
	put_records(metrics, out);
	put_commits(metrics, out);
}
