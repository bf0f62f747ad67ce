/*
 * cli_refuse.h: a refusal (case_refusal.h) signed by the ledger's key, shown,
 * and kept in private/refusals/.
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
