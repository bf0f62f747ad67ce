/*
 * cli_refuse.h: saying no on paper: a refusal is a signed note by the ledger's
 * key, kept in private/refusals/, that an offer broke a rule.
 *
 *	counterfoil-refusal/v1 <rule>
 *	case: <case>
 *	text: <record id>
 *	kind: <kind>
 *	about: <item or party>		(if the rule is about one)
 *	at: <time>
 *	words: <the rule in words>
 */
#ifndef CLI_REFUSE_H
#define CLI_REFUSE_H

#include "cli_case.h"
#include "cli_keys.h"
#include "err.h"
#include "record.h"

/* Signs, keeps and shows the refusal. CLI_FALSE, also when it could not be
 * signed (said on standard error), or a negative code. */
int cli_refuse(struct cli_case *c, struct cli_keys *keys,
    const struct record *record, const struct case_verdict *verdict,
    struct err *err) MUST_CHECK;

#endif
