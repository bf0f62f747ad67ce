/*
 * case_reveal.h: a file that tells chosen people what withheld fields say:
 * counterfoil-bundle(5), findings section 1.
 *
 *	counterfoil-reveal/v1 <n>
 *	case: <case reference>
 *	signer: <name> <key id>
 *	at: <time>
 *	for: <party>		none or more, bytewise ascending
 *	<reveal>		n lines as in record_withheld.h, ascending
 *
 * then an empty line and the signature of the signer: a party of the case, or
 * its ledger. The values need no signature, because the record commits to
 * them; it says who gave them away. Nothing here is encrypted: `for` names who
 * is meant, and everybody who has the file can read it.
 */
#ifndef CASE_REVEAL_H
#define CASE_REVEAL_H

#include "buf.h"
#include "case_state.h"
#include "err.h"
#include "note.h"
#include "record_withheld.h"
#include "slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CASE_REVEAL_MAX NOTE_MAX

/* Whether a file means to be one: its first line. */
bool case_reveal_is_one(struct slice bytes);

struct case_reveal {
	struct note note;
	struct slice case_ref;
	struct slice signer;
	uint32_t key_id;
	int64_t at;
	size_t for_count, for_cap;
	struct slice *for_parties;
	size_t n, cap;
	struct record_reveal *reveals;
};

/* Form only; ERR_FORMAT. `bytes` must outlive *ret_reveal. */
int case_reveal_parse(struct case_reveal *ret_reveal, struct slice bytes,
    struct err *err) MUST_CHECK;
void case_reveal_done(struct case_reveal *reveal);

struct case_reveal_head {
	struct slice case_ref;
	const struct note_key *signer;
	int64_t at;
	size_t for_count;
	struct slice *for_parties; /* put in order */
};

/* The text to sign; `lines` are reveal lines in any order, each with LF. */
int case_reveal_put_text(struct buf *out, const struct case_reveal_head *head,
    struct slice lines, struct err *err) MUST_CHECK;

/* Is it of this case, and signed by its ledger or by the key that its party
 * has now? ERR_VERIFY. */
int case_reveal_check_signer(const struct case_reveal *reveal,
    const struct case_state *state, struct err *err) MUST_CHECK;

/* "PC-0001-D1 serial: WCJ6HLDUM7NG", without a line end. */
void case_reveal_put_value(struct buf *out, const struct record_reveal *reveal);

#endif
