/*
 * serve_ledger.h: one case that is being served: its store, its state, and who
 * may look at them when.
 *
 * The ledger holds the writer's lock of the store from serve_ledger_new to
 * serve_ledger_free. One thread, serve_queue's, changes it; any others may
 * look. What they see is exactly what the newest signed checkpoint covers.
 */
#ifndef SERVE_LEDGER_H
#define SERVE_LEDGER_H

#include "case_state.h"
#include "err.h"
#include "note_key.h"
#include "slice.h"

#include <stdbool.h>
#include <stdint.h>

struct serve_ledger;
struct serve_metrics;

/* Everything is borrowed and must outlive the ledger. */
struct serve_ledger_options {
	int case_fd;
	const struct note_key *log_key;
	const struct note_secret *log_secret; /* NULL: nothing is entered */
	/* NULL: the clock. For a demonstration whose clock is set. */
	int64_t (*now)(void *cookie);
	void *cookie;
	struct serve_metrics *metrics; /* NULL: nothing is counted there */
};

/* Opens, locks and folds the whole ledger. Errors: log_store_open's and
 * log_store_lock's (waits up to wait_ms); ERR_VERIFY: the ledger is false, or
 * its genesis names another key. */
int serve_ledger_new(struct serve_ledger **ret_ledger,
    const struct serve_ledger_options *options, unsigned wait_ms,
    struct err *err) MUST_CHECK;
/* After serve_queue_free; accepts NULL. */
void serve_ledger_free(struct serve_ledger *ledger);

int64_t serve_ledger_now(const struct serve_ledger *ledger);
int serve_ledger_fd(const struct serve_ledger *ledger); /* the case's folder */
/* Whether it has the ledger's secret key. */
bool serve_ledger_is_writer(const struct serve_ledger *ledger);
const struct note_key *serve_ledger_key(const struct serve_ledger *ledger);

/*
 * The state and the checkpoint note over exactly its leaves. Both are borrowed
 * until serve_ledger_leave; nothing is entered until then, so be quick. NULL:
 * there is none after a failure (nothing to leave then).
 */
const struct case_state *serve_ledger_look(
    struct serve_ledger *ledger, struct slice *ret_checkpoint);
void serve_ledger_leave(struct serve_ledger *ledger);

/* A failed commit stops the writer until the server is started again; false,
 * and the reason is in ret_why then. */
bool serve_ledger_is_well(struct serve_ledger *ledger, struct err *ret_why);

#endif
