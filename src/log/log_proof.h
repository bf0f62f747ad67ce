/*
 * log_proof.h: C2SP tlog-proof: one leaf's inclusion proof with the checkpoint
 * it leads to, as text. The leaf's bytes are not in it.
 */
#ifndef LOG_PROOF_H
#define LOG_PROOF_H

#include "buf.h"
#include "err.h"
#include "slice.h"
#include "tree.h"

#include <stdint.h>

struct log_proof {
	uint64_t index;
	struct tree_proof path;
	struct slice extra; /* still base64; absent if there is none */
	struct slice checkpoint; /* the whole note, borrowed */
};

int log_proof_parse(struct log_proof *ret_proof, struct slice bytes,
    struct err *err) MUST_CHECK;
void log_proof_put(struct buf *out, uint64_t index,
    const struct tree_proof *path, struct slice checkpoint);

#endif
