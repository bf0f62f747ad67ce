/*
 * witness_request.h: what log and witness say to each other: the bodies of
 * C2SP tlog-witness v1.0.0's add-checkpoint. Pure.
 *
 * Unlike this program's own ledger, other logs may have extension lines in
 * their checkpoints; they are kept and cosigned with the rest.
 */
#ifndef WITNESS_REQUEST_H
#define WITNESS_REQUEST_H

#include "buf.h"
#include "err.h"
#include "log_checkpoint.h"
#include "note.h"
#include "slice.h"
#include "tree.h"

#include <stdint.h>

#define WITNESS_REQUEST_MAX 131072 /* as other witnesses have it */
#define WITNESS_REQUEST_PROOF_MAX 63 /* tlog-witness */
/* Answers: a hundred lines of post-quantum size. More is not read. */
#define WITNESS_REQUEST_ANSWER_MAX 1048576

#define WITNESS_REQUEST_SIZE_TYPE "text/x.tlog.size"

struct witness_request {
	uint64_t old_size;
	struct tree_proof proof;
	struct slice checkpoint; /* the whole note; all borrow from the body */
	struct note note;
	struct log_checkpoint head;
};

/*
 * Origin, size and root of any log's checkpoint text; extension lines may
 * follow and are not empty. That size 0 has the empty root is not asked here.
 * ERR_FORMAT.
 */
int witness_request_parse_head(struct log_checkpoint *ret_head,
    struct slice text, struct err *err) MUST_CHECK;

/* ERR_FORMAT, ERR_LIMIT: the answer is 400. Checks no signature and no proof,
 * but that the old size is not beyond the checkpoint's. */
int witness_request_parse(struct witness_request *ret_request,
    struct slice body, struct err *err) MUST_CHECK;
/* proof.n up to WITNESS_REQUEST_PROOF_MAX. */
void witness_request_put(struct buf *out, uint64_t old_size,
    const struct tree_proof *proof, struct slice checkpoint);

/* The body of a 409: one number and LF. ERR_FORMAT. */
int witness_request_parse_size(
    uint64_t *ret_size, struct slice body, struct err *err) MUST_CHECK;

/*
 * The body of a 200: signature lines over the text. Finds the one of `witness`
 * and appends it to *out as it stands; lines of others are passed over.
 * ERR_VERIFY: there is none, or it is false. ERR_FORMAT, ERR_LIMIT: the body
 * is no list of signature lines.
 */
int witness_request_take_line(struct buf *out, int64_t *ret_when,
    const struct note_key *witness, struct slice text, struct slice body,
    struct err *err) MUST_CHECK;

#endif
