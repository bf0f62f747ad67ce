/*
 * cli_register.h: `counterfoil image register`: an image that another program
 * made becomes an item of the case, by that program's log.
 *
 * Of the bytes everything is worked out anew. What only the log knows (tool,
 * times, unreadable places) goes into the record as the log's word, beside the
 * log's digest; what it does not say is said to be missing.
 */
#ifndef CLI_REGISTER_H
#define CLI_REGISTER_H

#include "cli_args.h"
#include "err.h"

/* As a command's run (cli.h). */
int cli_register_run(const struct cli_args *args, struct err *err) MUST_CHECK;

/* ERR_USAGE: an option that means something for `register` alone is given
 * without it. */
int cli_register_check_unused(
    const struct cli_args *args, struct err *err) MUST_CHECK;

#endif
