/*
 * witness_answer.h: a witness as a function: a request's body in, status and
 * body out. C2SP tlog-witness v1.0.0, without the HTTP around it.
 *
 * Invariants: a cosignature leaves this room only after the checkpoint that it
 * is for was stored durably; for one origin the stored checkpoints never
 * shrink and each continues the one before.
 */
#ifndef WITNESS_ANSWER_H
#define WITNESS_ANSWER_H

#include "buf.h"
#include "err.h"
#include "note_key.h"
#include "slice.h"
#include "witness_logs.h"
#include "witness_state.h"

#include <stdint.h>

struct witness;

/* Borrows all three while it lives. The secret is of type 4; a token is asked
 * by one thread at a time. */
int witness_answer_new(struct witness **ret_witness,
    const struct witness_logs *logs, struct witness_state *state,
    const struct note_secret *secret, struct err *err) MUST_CHECK;
void witness_answer_free(struct witness *witness); /* accepts NULL */

struct witness_answer {
	unsigned status; /* of HTTP */
	const char *type; /* Content-Type */
	struct buf body; /* buf_done it */
	struct err remark; /* for the operator; code 0: nothing to say */
};

/*
 * add-checkpoint, at `now` (seconds, > 0). 200 signature line; 400 malformed;
 * 403 not signed by the log; 404 unknown log; 409 with the size that is known;
 * 422 does not continue it; 429 more requests than the log may make; 500 the
 * state or the key is at fault: nothing was cosigned. Any thread, several at
 * once.
 */
void witness_answer_add(struct witness *witness, struct slice body, int64_t now,
    struct witness_answer *ret_answer);

/* The checkpoint that was cosigned last, by the hex SHA-256 of the origin: 200
 * or 404, or 500. */
void witness_answer_checkpoint(const struct witness *witness, struct slice hex,
    struct witness_answer *ret_answer);

#endif
