/*
 * case_bundle.h: one file with everything needed to check a finding offline:
 * counterfoil-bundle(5); findings section 7.
 *
 * Text that begins with a fixed explanation. Then sections, each begun by one
 * line and, where it has content, followed by exactly as many bytes as that
 * line says and one LF:
 *
 *	== question <record id>
 *	== time <T>
 *	== size <n>
 *	== root <base64>
 *	== finding <bytes>		the screen of case_report.h
 *	== checkpoint <bytes>		the log's signature, then the witnesses'
 *					in the order of the genesis
 *	== site <bytes>			may be missing: the step into a site
 *					log (log_site.h)
 *	== stamps <bytes>		may be missing: time stamps over the
 *					checkpoint, which are not read here
 *	== leaf <index> <bytes> <leaf hash> <kind> <record id>	once for each
 *	== reveals <bytes>		lines as in record_withheld.h, bytewise
 *					ascending, none twice
 *	== machine <bytes>		the machine form
 *	== end
 *
 * Every byte but the stamps' is either fixed, signed, hashed into the tree or
 * recomputed, so a change anywhere is found. A bundle has exactly one spelling.
 */
#ifndef CASE_BUNDLE_H
#define CASE_BUNDLE_H

#include "buf.h"
#include "case_finding.h"
#include "case_state.h"
#include "err.h"
#include "log_site.h"
#include "slice.h"

#include <stdbool.h>
#include <stdint.h>

/* Two thousand leaves of full length; what a desk computer reads at once. */
#define CASE_BUNDLE_MAX (UINT32_C(256) * 1024 * 1024)

/* Whether a file means to be a bundle: its first line. */
bool case_bundle_is_one(struct slice bytes);

/* What others say of the checkpoint; without bytes: nothing. */
struct case_bundle_beside {
	struct slice site;
	struct slice stamps; /* at most CASE_BUNDLE_STAMPS_MAX bytes */
};

#define CASE_BUNDLE_STAMPS_MAX (1u << 20)

/*
 * Writes a bundle. The finding's state holds all leaves; `checkpoint` is the
 * ledger's checkpoint note over exactly these leaves; `reveals` zero or more
 * reveal lines in any order. Signature lines by keys that the case does not
 * name are left out. ERR_USAGE if the checkpoint is not over the finding's size
 * and root, or carries cosignatures that the finding does not count;
 * log_site_check's for what is beside it (NULL: nothing is).
 */
int case_bundle_put(struct buf *out, const struct case_finding *finding,
    struct slice checkpoint, struct slice reveals,
    const struct case_bundle_beside *beside, struct err *err) MUST_CHECK;

/* The checkpoint alone, as it stands in a bundle: with the signatures of the
 * log and of the case's witnesses, in their order. ERR_USAGE as above. */
int case_bundle_put_checkpoint(struct buf *out,
    const struct case_finding *finding, struct slice checkpoint,
    struct err *err) MUST_CHECK;

/* Reveal lines in their one order, bytewise, none twice. */
int case_bundle_put_reveals(
    struct buf *out, struct slice reveals, struct err *err) MUST_CHECK;

struct case_bundle {
	struct case_state *state;
	struct case_finding finding;
	struct slice checkpoint;
	struct case_bundle_beside beside; /* as it stands in the file */
	struct log_site *site; /* what the step says; NULL: there is none */
	struct slice reveals; /* lines as in record_withheld.h */
	size_t leaf_count;
	size_t signature_count; /* of records; each was checked */
	size_t reveal_count;
	struct slice
	    screen; /* the finding in words, as it stands in the file */
};

/*
 * Recomputes everything. `bytes` must outlive *ret_bundle. 0: it holds.
 * ERR_VERIFY: checked and false; the message names record and rule. ERR_FORMAT
 * and others: could not be checked. `pinned` keys (may be NULL): each must be
 * the log's, a party's or a witness's key in this case, or one of the site step
 * beside it, or ERR_VERIFY.
 *
 * The order is such that the first fault found says most: form; each leaf's
 * own hash, record, rule and signatures; the root; the log's signature;
 * the site step; cosignatures; reveals; question and time; the finding computed
 * again; pins.
 */
int case_bundle_check(struct case_bundle *ret_bundle, struct slice bytes,
    const struct note_key *pinned, size_t pinned_count,
    struct err *err) MUST_CHECK;
void case_bundle_done(struct case_bundle *bundle);

/*
 * Cosignatures on a checkpoint by the case's witnesses: verified ones go to
 * ret_witnessed (room for case_state_witness_count), in the order of the
 * genesis, their number to *ret_n. A witness's line with a bad signature is
 * ERR_VERIFY. With `is_strict`, a line by a key that is neither the log's nor
 * a witness's, or out of that order, is ERR_VERIFY too.
 */
int case_bundle_cosignatures(const struct case_state *state,
    struct slice checkpoint, bool is_strict,
    struct case_witnessed *ret_witnessed, size_t *ret_n,
    struct err *err) MUST_CHECK;

/* Each pinned key must be the log's, a party's, a witness's or one of the site
 * step (may be NULL): ERR_VERIFY. */
int case_bundle_check_pins(const struct case_state *state,
    const struct log_site *site, const struct note_key *pinned, size_t n,
    struct err *err) MUST_CHECK;

#endif
