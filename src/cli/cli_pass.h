/*
 * cli_pass.h: how hand-overs and releases are made: which items, who gives, who
 * receives, and the counts of both.
 *
 * The command has the options --to --from --receiver --witness --counter
 * --count --count-received --although, and those of cli_pick.h.
 */
#ifndef CLI_PASS_H
#define CLI_PASS_H

#include "cli_args.h"
#include "cli_compose.h"
#include "cli_pick.h"
#include "err.h"
#include "record_schema.h"

#include <stddef.h>

struct cli_pass {
	enum record_kind kind;
	const struct cli_compose_option *options;
	size_t option_count;
	/* Adds fields that follow from the items; NULL: none. */
	int (*fill)(struct cli_compose *compose, const struct cli_pick *pick,
	    struct err *err);
};

/* Returns an enum cli_exit or a negative code. */
int cli_pass_run(const struct cli_pass *pass, const struct cli_args *args,
    struct err *err) MUST_CHECK;

#endif
