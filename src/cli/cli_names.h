/*
 * cli_names.h: the names of what is in a case, one a line, for the completion
 * of command lines.
 */
#ifndef CLI_NAMES_H
#define CLI_NAMES_H

#include "buf.h"
#include "cli_case.h"
#include "err.h"

/* `what`: items, parties, records, offers, kinds, or the records of a kind
 * (questions). ERR_USAGE: anything else. */
int cli_names_put(struct cli_case *c, const char *what, struct buf *out,
    struct err *err) MUST_CHECK;

#endif
