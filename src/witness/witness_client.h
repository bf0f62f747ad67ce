/*
 * witness_client.h: gets cosignatures for a checkpoint from all witnesses of a
 * policy at once, and says whether they are a quorum.
 *
 * A witness that is down, slow or lying does not count and stops nothing. One
 * that says it knows a larger tree of this log, or another history, does stop
 * it (`is_stopped`): then this copy is old or there are two, and to publish its
 * checkpoint would make that final. Whoever wants to go on without such a
 * witness takes it out of the policy. Nothing is believed that is not signed:
 * whether the log's own key proves what the witness says is told apart.
 */
#ifndef WITNESS_CLIENT_H
#define WITNESS_CLIENT_H

#include "buf.h"
#include "err.h"
#include "http_client.h"
#include "note_key.h"
#include "slice.h"
#include "tree.h"
#include "witness_policy.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum witness_client_outcome {
	WITNESS_CLIENT_UNASKED, /* the policy has no URL for it */
	WITNESS_CLIENT_COSIGNED, /* its line is among `lines` */
	WITNESS_CLIENT_ALREADY, /* its line was on the checkpoint */
	WITNESS_CLIENT_DOWN, /* not reached, too slow, or busy */
	WITNESS_CLIENT_REFUSED, /* 400, 403, 404: it does not take this log */
	WITNESS_CLIENT_FALSE, /* what it answered is not what it should be */
	WITNESS_CLIENT_AHEAD, /* it knows a larger tree: this copy is old */
	WITNESS_CLIENT_SPLIT, /* it knows another history of this size */
};

struct witness_client_result {
	enum witness_client_outcome outcome;
	int64_t when; /* of the cosignature */
	uint64_t known_size; /* what it has cosigned, as far as it said */
	struct buf proof; /* AHEAD, SPLIT: its checkpoint that proves it, signed
			     by the log; empty: only the witness says so */
	struct err why; /* for every outcome but the first three */
};

struct witness_client_results {
	struct witness_client_result of[WITNESS_POLICY_WITNESSES_MAX];
	size_t n; /* the policy's witnesses, by number */
	struct buf lines; /* new cosignatures, to go onto the checkpoint */
	size_t cosigned_count; /* new and old */
	bool is_met; /* the quorum is reached */
	bool is_stopped; /* AHEAD or SPLIT: do not publish */
};

struct witness_client_job {
	const struct witness_policy *policy;
	const struct note_key *log_key;
	struct slice checkpoint; /* signed by it */
	struct tree_source source; /* asked by one thread at a time */
	const uint64_t *known_sizes; /* witness_memory.h; NULL: nothing */
	/*
	 * Who does not answer is asked again, at growing intervals, until the
	 * quorum is reached or so much time has passed. 0: 15,000.
	 */
	unsigned wait_ms;
	unsigned call_ms; /* for one request; 0: 10,000 */
	const char *ca_file; /* as in http_client.h */
	/* NULL: http_client_call. Tests answer here. */
	int (*call)(void *cookie, struct http_client *client,
	    const struct http_call *call, struct http_answer *ret_answer,
	    struct err *err);
	void *cookie;
};

/*
 * Only what is wrong on this side is an error: ERR_VERIFY, the checkpoint is
 * not the log's or not of this tree. ret_results is large and always to be
 * given to witness_client_done.
 */
int witness_client_collect(struct witness_client_results *ret_results,
    const struct witness_client_job *job, struct err *err) MUST_CHECK;
void witness_client_done(struct witness_client_results *results);

#endif
