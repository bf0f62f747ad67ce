/*
 * cli_outside.h: copies of media do not go into the case folder: what lies
 * there is kept as a part of the case, and log/ is published.
 */
#ifndef CLI_OUTSIDE_H
#define CLI_OUTSIDE_H

#include "cli_args.h"
#include "cli_case.h"
#include "err.h"

#include <stddef.h>

/*
 * For each of n options of the command that name a file to be written, if they
 * are given: ERR_USAGE if that would lie in the case folder, at whatever depth
 * and whatever links lead there. A folder that is not there is for whoever
 * writes to find.
 */
int cli_outside_check(const struct cli_case *c, const struct cli_args *args,
    const char *const *options, size_t n, struct err *err) MUST_CHECK;

#endif
