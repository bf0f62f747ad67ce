/*
 * serve_queue.h: many writers, one commit.
 *
 * Submissions whose signatures are checked wait here. One thread takes all
 * that wait, judges each on what is in the ledger before it, and commits the
 * admitted ones together; only when they are durable and in a signed
 * checkpoint are their writers answered, and then the tiles are published.
 */
#ifndef SERVE_QUEUE_H
#define SERVE_QUEUE_H

#include "err.h"
#include "serve_ledger.h"
#include "serve_submission.h"

#include <stdbool.h>
#include <stdint.h>

/* Two batches of 2,000 connections; more wait outside. */
#define SERVE_QUEUE_MAX 4096
#define SERVE_QUEUE_BYTES_MAX (64u << 20)

struct serve_queue;

int serve_queue_new(struct serve_queue **ret_queue, struct serve_ledger *ledger,
    struct err *err) MUST_CHECK;
/* Commits what waits, then ends the thread; accepts NULL. Nothing may be
 * pushed any more. */
void serve_queue_free(struct serve_queue *queue);

/* Takes the submission, which is answered by its `done`; or ERR_LIMIT: full,
 * and it stays the caller's. */
int serve_queue_push(struct serve_queue *queue,
    struct serve_submission *submission, struct err *err) MUST_CHECK;

/* A checkpoint note of this ledger that came back from witnesses and is true
 * (serve_courier.h). The queue's thread puts it where it belongs; a newer one
 * takes the place of one that still waits. One that this ledger contradicts
 * stops the writer. */
void serve_queue_take_cosigned(
    struct serve_queue *queue, struct slice checkpoint);

/* Records since the start, and what is going on now. */
struct serve_queue_counts {
	uint64_t entered, known, refused, failed, turned_away;
	uint64_t commits;
	uint64_t largest; /* leaves of one commit */
	uint64_t waiting;
	double commit_seconds; /* spent in commits */
};
struct serve_queue_counts serve_queue_count(struct serve_queue *queue);

/*
 * What a writer is told. Entered or known: the line `counterfoil-entered/v1`,
 * then for each record the line `entered <index> <record id> <bytes>` and as
 * many bytes of receipt (case_receipt.h). Refused: the signed refusal
 * (case_refusal.h). Else one line of text.
 */

#endif
