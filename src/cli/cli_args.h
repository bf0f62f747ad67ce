/*
 * cli_args.h: a command line taken apart by the command's own table of
 * options, and the --help that is printed from the same table.
 *
 * Options may stand before or after words; `--to P` and `--to=P` are the same;
 * `--` ends the options. An option that is not repeatable may be given once.
 */
#ifndef CLI_ARGS_H
#define CLI_ARGS_H

#include "cli.h"
#include "err.h"
#include "slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cli_args_value;

struct cli_args {
	const struct cli_command *command;
	size_t word_count;
	const char **words; /* borrowed from argv */
	size_t value_count;
	struct cli_args_value *values;
	bool is_help; /* -h or --help was given: nothing else was checked */
};

/* argv after the command's name. ERR_USAGE names what is wrong and, for an
 * unknown option, the nearest one. */
int cli_args_parse(struct cli_args *args, const struct cli_command *command,
    int argc, char **argv, struct err *err) MUST_CHECK;
void cli_args_done(struct cli_args *args);

/* The option must be declared by the command (asserted). NULL: not given. */
const char *cli_args_get(const struct cli_args *args, const char *name);
bool cli_args_has(const struct cli_args *args, const char *name);

/* Whether the command declares the option at all. */
bool cli_args_knows(const struct cli_args *args, const char *name);

/*
 * Walks a repeatable option; start with *cursor = 0; NULL at the end:
 *	for (size_t at = 0; (party = cli_args_next(args, "as", &at)) != NULL;)
 */
const char *cli_args_next(
    const struct cli_args *args, const char *name, size_t *cursor);

/* As cli_args_get; ERR_USAGE "seize: --by PARTY is missing; ..." */
int cli_args_need(const struct cli_args *args, const char *name,
    const char **ret_value, struct err *err) MUST_CHECK;

/* A whole number; *ret_is_given false (may be NULL) and *ret_count untouched
 * if the option was not given; ERR_USAGE if it is no number. */
int cli_args_count(const struct cli_args *args, const char *name,
    uint64_t *ret_count, bool *ret_is_given, struct err *err) MUST_CHECK;

/* A UTC time. cli_args_due: or a date, which stands for its end (24:00);
 * cli_args_start: or a date, which stands for its start (0:00). */
int cli_args_time(const struct cli_args *args, const char *name,
    int64_t *ret_when, bool *ret_is_given, struct err *err) MUST_CHECK;
int cli_args_due(const struct cli_args *args, const char *name,
    int64_t *ret_when, bool *ret_is_given, struct err *err) MUST_CHECK;
int cli_args_start(const struct cli_args *args, const char *name,
    int64_t *ret_when, bool *ret_is_given, struct err *err) MUST_CHECK;

/* The command's own options and then the shared ones, by number; NULL at the
 * end. */
const struct cli_option *cli_args_option(
    const struct cli_command *command, size_t i);

/* Usage line, summary, options, examples. */
void cli_args_print_help(const struct cli_command *command);

#endif
