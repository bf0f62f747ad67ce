/*
 * cli_complain.h: what is wrong with a table, row by row: one line each on
 * standard error, `list.csv:17: what; what to do`; the first 20, then how many
 * more. Whoever complains at all changes nothing.
 */
#ifndef CLI_COMPLAIN_H
#define CLI_COMPLAIN_H

#include "err.h"

#include <stddef.h>

#define CLI_COMPLAIN_SHOWN_MAX 20

struct cli_complain {
	const char *path; /* borrowed */
	size_t n;
};

void cli_complain_row(struct cli_complain *complain, size_t line,
    const char *fmt, ...) PRINTF_LIKE(3, 4);

/* Says how many were not shown. 0 if there were none, else ERR_USAGE. */
int cli_complain_end(const struct cli_complain *complain, const char *command,
    struct err *err) MUST_CHECK;

#endif
