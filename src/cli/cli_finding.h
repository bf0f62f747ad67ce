/*
 * cli_finding.h: a finding as commands want it: on a question of the opened
 * case, as of a time, with the cosignatures that the ledger carries.
 */
#ifndef CLI_FINDING_H
#define CLI_FINDING_H

#include "buf.h"
#include "case_finding.h"
#include "cli_case.h"
#include "err.h"

#include <stdint.h>

struct cli_finding {
	struct case_state *past; /* NULL: the case's own state */
	struct case_finding finding;
};

/* The time that a finding is as of if none is given: now, or the last entry
 * if this machine's clock is behind it. */
int64_t cli_finding_default_time(const struct cli_case *c);

/*
 * ERR_USAGE: the time lies in the future, or the question had not been asked.
 * Borrows *c. cli_finding_done accepts a zeroed struct.
 */
int cli_finding_make(struct cli_finding *f, const struct cli_case *c,
    uint32_t question, int64_t time, struct err *err) MUST_CHECK;
void cli_finding_done(struct cli_finding *f);

void cli_finding_put_json(const struct case_finding *finding, struct buf *out);

#endif
