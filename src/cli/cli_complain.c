/*
 * cli_complain.c: counts complaints and shows the first of them.
 */
#include "cli_complain.h"

#include "cli_out.h"

#include <stdio.h>

void cli_complain_row(
    struct cli_complain *complain, size_t line, const char *fmt, ...)
{
	char text[ERR_MESSAGE_MAX];
	va_list ap;

	if (complain->n++ >= CLI_COMPLAIN_SHOWN_MAX)
		return;
	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	cli_out_remark("%s:%zu: %s", complain->path, line, text);
}

int cli_complain_end(
    const struct cli_complain *complain, const char *command, struct err *err)
{
	if (complain->n == 0)
		return 0;
	if (complain->n > CLI_COMPLAIN_SHOWN_MAX)
		cli_out_remark(
		    "... and %zu more", complain->n - CLI_COMPLAIN_SHOWN_MAX);
	return err_set(err, ERR_USAGE,
	    "%s: %zu error%s in %s; mend the table and try again (nothing was "
	    "changed)",
	    command, complain->n, cli_out_s(complain->n), complain->path);
}
