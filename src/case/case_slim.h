/*
 * case_slim.h: a slim bundle: chosen leaves with their inclusion proofs, for a
 * reader who is to see that something was given away and not the whole case.
 * counterfoil-bundle(5); findings section 7.
 *
 * Text that begins with a fixed explanation; then sections as in
 *case_section.h:
 *
 *	== question <record id>
 *	== checkpoint <bytes>		as in a bundle
 *	== leaf <index> <bytes> <leaf hash> <kind> <record id>
 *	== proof <bytes>		lines of base64, after each leaf
 *	== machine <bytes>
 *	== end
 *
 * Leaves are in the order of the ledger; the first one is the genesis. Each is
 * judged by those in front of it in the file, apart from as-of and the times
 * of entry. What is not in the file may say otherwise, so that nothing but YES
 * is told, and only where a record itself falls into the period: a holding
 * that goes on may have ended in a record left out. Revocation is not checked.
 */
#ifndef CASE_SLIM_H
#define CASE_SLIM_H

#include "buf.h"
#include "case_finding.h"
#include "case_state.h"
#include "err.h"
#include "slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Whether a file means to be a slim bundle: its first line. */
bool case_slim_is_one(struct slice bytes);

/*
 * Chooses what shows each YES of the finding: the genesis, the question, the
 * records that its reasons name, the custody before them, the lists, relations
 * and joins that these rest on. ret_is_chosen has room for one flag for each
 * leaf; flags that are set already stay, and what they rest on is added.
 */
int case_slim_choose(const struct case_finding *finding, bool *ret_is_chosen,
    struct err *err) MUST_CHECK;

/* Writes the chosen leaves. ERR_NOTFOUND if they show no YES; otherwise as
 * case_bundle_put. */
int case_slim_put(struct buf *out, const struct case_finding *finding,
    const bool *is_chosen, struct slice checkpoint, struct err *err) MUST_CHECK;

struct case_slim {
	struct case_state *state; /* of the chosen leaves alone */
	struct case_finding finding; /* every line is YES, n/a or NOT SHOWN */
	uint64_t size; /* of the ledger */
	size_t leaf_count;
	uint64_t *indexes; /* of the leaves, in the ledger */
	size_t index_cap;
	size_t signature_count;
};

/* As case_bundle_check: form; each leaf's hash; the log's signature and the
 * cosignatures; inclusion; record, rule and signatures; the machine form. */
int case_slim_check(struct case_slim *ret_slim, struct slice bytes,
    const struct note_key *pinned, size_t pinned_count,
    struct err *err) MUST_CHECK;
void case_slim_done(struct case_slim *slim);

#endif
