/*
 * cli_prompt.h: a record asked for at the terminal, field by field, with the
 * schema's own help for each.
 */
#ifndef CLI_PROMPT_H
#define CLI_PROMPT_H

#include "cli_compose.h"
#include "err.h"

/*
 * Asks for every field of the draft's kind, then for its blocks. What will not
 * do is said and asked for again; a blank line leaves an optional field out
 * and ends a repeated one. The population of a list is not asked for.
 */
int cli_prompt_all(struct cli_compose *compose, struct err *err) MUST_CHECK;

#endif
