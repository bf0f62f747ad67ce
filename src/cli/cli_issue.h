/*
 * cli_issue.h: numbers that were given out on paper before the ledger knows
 * them: new labels, blank forms. No number is given out twice.
 *
 * private/issued.txt has one line for each series: its name, a space, and the
 * last number that was given out.
 */
#ifndef CLI_ISSUE_H
#define CLI_ISSUE_H

#include "cli_case.h"
#include "err.h"
#include "slice.h"

#include <stdint.h>

#define CLI_ISSUE_NUMBER_MAX 999999

/*
 * Takes `count` numbers of a series, the first of which is *ret_first: after
 * the last one given out and after `used`, the highest that is in use. They
 * are written down before this returns. ERR_LIMIT: the series is at its end.
 */
int cli_issue_take(struct cli_case *c, struct slice series, uint64_t used,
    uint64_t count, uint64_t *ret_first, struct err *err) MUST_CHECK;

/* The highest N of all items whose number is <prefix>-<digits>; 0: none. */
uint64_t cli_issue_highest_item(const struct cli_case *c, struct slice prefix);

#endif
