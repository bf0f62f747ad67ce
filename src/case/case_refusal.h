/*
 * case_refusal.h: saying no on paper: the text that the ledger's key signs when
 * a record was refused, for whoever handed it in.
 *
 *	counterfoil-refusal/v1 <rule>
 *	case: <case>
 *	text: <record id>
 *	kind: <kind>
 *	about: <item or party>		(if the rule is about one)
 *	at: <time>
 *	words: <the rule in words>
 */
#ifndef CASE_REFUSAL_H
#define CASE_REFUSAL_H

#include "buf.h"
#include "case_state.h"
#include "err.h"
#include "note_key.h"
#include "record.h"
#include "slice.h"

#include <stdint.h>

#define CASE_REFUSAL_MAX 8192

/* The text for a record that breaks a rule (verdict->rule). */
void case_refusal_put(struct buf *out, const struct record *record,
    const struct case_verdict *verdict, int64_t now);

/* The same for a record that would make the ledger false: `why` is what
 * case_state_judge said, "<rule>: <reason>". */
void case_refusal_put_false(struct buf *out, const struct record *record,
    struct slice why, int64_t now);

/* Makes the text in `note` a signed note. Errors: note_put_signature's. */
int case_refusal_sign(struct buf *note, const struct note_secret *log_secret,
    struct err *err) MUST_CHECK;

#endif
