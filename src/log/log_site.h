/*
 * log_site.h: the step from one log's checkpoint into a site log, as text:
 * counterfoil-ledger(5).
 *
 * A site log holds checkpoints of many logs as its leaves (each as
 * log_checkpoint_put_own writes it), and witnesses cosign the site's checkpoint
 * instead of each log's. A step proves that a checkpoint was shown to them; not
 * that it is the only one of its log.
 *
 *	counterfoil-site/v1
 *	site <vkey>
 *	witness <vkey>		none or more; they have cosigned
 *	<C2SP tlog-proof of the checkpoint in the site log, whose checkpoint has
 *	the signatures of the site and of these witnesses, in this order>
 *
 * The keys are the text's own word: whoever wants to rely on them has them from
 * elsewhere. A step has exactly one spelling.
 */
#ifndef LOG_SITE_H
#define LOG_SITE_H

#include "buf.h"
#include "err.h"
#include "log_checkpoint.h"
#include "note_key.h"
#include "slice.h"
#include "tree.h"

#include <stddef.h>
#include <stdint.h>

#define LOG_SITE_MAX 65536 /* bytes of a step */
#define LOG_SITE_WITNESSES_MAX 32 /* as many as a tlog-policy names */

/* One that has cosigned the site's checkpoint. */
struct log_site_witness {
	struct note_key key;
	int64_t when; /* seconds; as it says */
};

struct log_site {
	struct note_key key; /* the site's */
	uint64_t index; /* of the checkpoint in the site log */
	uint64_t size; /* of the site log */
	size_t witness_count;
	struct log_site_witness witnesses[LOG_SITE_WITNESSES_MAX];
};

/*
 * Writes a step. `site_checkpoint` is the site's checkpoint note; of its
 * signature lines those of the site and of `witnesses` are taken (who has not
 * signed is left out), others not. Nothing is checked here but the form.
 */
int log_site_put(struct buf *out, const struct note_key *site,
    const struct note_key *witnesses, size_t witness_count, uint64_t index,
    const struct tree_proof *path, struct slice site_checkpoint,
    struct err *err) MUST_CHECK;

/* The site's key as the step names it, which proves nothing. ERR_FORMAT. */
int log_site_peek(
    struct note_key *ret_key, struct slice step, struct err *err) MUST_CHECK;

/*
 * Checks a step for `checkpoint`, a note of the log `log_key`: that the site
 * log holds it, the site's signature, and every cosignature. ERR_FORMAT: not a
 * step, or another spelling; ERR_VERIFY: false, or for another checkpoint;
 * ERR_LIMIT: too long.
 */
int log_site_check(struct log_site *ret_step, struct slice step,
    struct slice checkpoint, const struct note_key *log_key,
    struct err *err) MUST_CHECK;

#endif
