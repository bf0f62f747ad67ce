/*
 * cli_ask.h: questions to the person at the terminal. Asked only if standard
 * input is a terminal and --yes was not given; otherwise a missing answer is
 * an error that names the option to give it with.
 */
#ifndef CLI_ASK_H
#define CLI_ASK_H

#include "buf.h"
#include "cli_args.h"
#include "err.h"

#include <stdbool.h>
#include <stdint.h>

bool cli_ask_is_possible(const struct cli_args *args);

/* One line without its LF, appended to *line. ERR_IO at the end of input. */
int cli_ask_line(
    const char *prompt, struct buf *line, struct err *err) MUST_CHECK;

/* As cli_ask_line without echo. buf_wipe the result. */
int cli_ask_secret(
    const char *prompt, struct buf *line, struct err *err) MUST_CHECK;

/*
 * The number a person counted: from the option, else asked for (again until
 * it is a number), else ERR_USAGE that names the option.
 */
int cli_ask_count(const struct cli_args *args, const char *option,
    const char *prompt, uint64_t *ret_count, struct err *err) MUST_CHECK;

/* "Sign? [y/N]": true with --yes or without a terminal. */
int cli_ask_confirm(const struct cli_args *args, const char *prompt,
    bool *ret_is_yes, struct err *err) MUST_CHECK;

#endif
