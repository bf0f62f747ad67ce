/*
 * serve_internal.h: what a ledger being served is made of. Included only
 * inside this room.
 */
#ifndef SERVE_INTERNAL_H
#define SERVE_INTERNAL_H

#include "buf.h"
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
/* The store's checkpoint becomes the one that is looked at. */
int serve_ledger_take_checkpoint(
    struct serve_ledger *ledger, struct err *err) MUST_CHECK;

#endif
