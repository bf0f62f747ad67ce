/*
 * cli_args.c: the shared options, and the walk over argv.
 *
 * Every option that a command reads is in a table: asking for one that is not
 * there is a programmer's error, so --help can never be incomplete.
 */
#include "cli_args.h"

#include "cli_near.h"
#include "cli_out.h"
#include "mem.h"
#include "when.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct cli_args_value {
	const struct cli_option *option;
	const char *text; /* NULL for a flag */
};

struct shared_option {
	enum cli_shared set;
	struct cli_option option;
};

static const struct shared_option shared_options[] = {
    {CLI_SHARED_CASE,
	{"case", 0, "DIR", false,
	    "the case folder (default $COUNTERFOIL_CASE, else here)"}},
    {CLI_SHARED_CASE,
	{"now", 0, "TIME", false,
	    "what the clock says, in a case with `clock: set`"}},
    {CLI_SHARED_SIGN, {"as", 0, "PARTY", true, "sign with this party's key"}},
    {CLI_SHARED_SIGN, {"key", 0, "FILE", true, "sign with this key file"}},
    {CLI_SHARED_KEYS,
	{"keys", 0, "DIR", false,
	    "the key folder (default $COUNTERFOIL_KEYS)"}},
    {CLI_SHARED_KEYS,
	{"passphrase-file", 0, "FILE", false,
	    "a file whose first line unlocks the keys"}},
    {CLI_SHARED_RECORD,
	{"at", 0, "TIME", false, "when it happened (default now)"}},
    {CLI_SHARED_RECORD,
	{"late", 0, "REASON", false, "why it is entered after 24 hours"}},
    {CLI_SHARED_RECORD,
	{"offer", 0, "FILE", false,
	    "where to write the offer, if others must sign"}},
    {CLI_SHARED_RECORD, {"yes", 0, NULL, false, "ask nothing"}},
    {CLI_SHARED_JSON, {"json", 0, NULL, false, "print JSON"}},
};

static const struct cli_option help_option = {
    "help", 'h', NULL, false, "show this help"};

#define SHARED_COUNT (sizeof(shared_options) / sizeof(shared_options[0]))

/* The i-th option of a command: its own, the shared ones, --help; NULL. */
const struct cli_option *cli_args_option(
    const struct cli_command *command, size_t i)
{
	if (i < command->option_count)
		return &command->options[i];
	i -= command->option_count;
	for (size_t j = 0; j < SHARED_COUNT; j++)
		if ((command->shared & shared_options[j].set) && i-- == 0)
			return &shared_options[j].option;
	return i == 0 ? &help_option : NULL;
}

static const struct cli_option *option_find(
    const struct cli_command *command, struct slice name)
{
	const struct cli_option *option;

	for (size_t i = 0; (option = cli_args_option(command, i)) != NULL; i++)
		if (slice_is_text(name, option->name))
			return option;
	return NULL;
}

static const struct cli_option *option_find_letter(
    const struct cli_command *command, char letter)
{
	const struct cli_option *option;

	for (size_t i = 0; (option = cli_args_option(command, i)) != NULL; i++)
		if (option->letter != 0 && option->letter == letter)
			return option;
	return NULL;
}

static int unknown_option(
    const struct cli_command *command, struct slice typed, struct err *err)
{
	const struct cli_option *option;
	struct cli_near near;

	cli_near_start(&near, typed);
	for (size_t i = 0; (option = cli_args_option(command, i)) != NULL; i++)
		cli_near_try(&near, slice_of(option->name));
	if (near.best.p != NULL)
		return err_set(err, ERR_USAGE,
		    "%s: there is no option --%.*s; did you mean --%.*s?",
		    command->name, SLICE_ARG(typed), SLICE_ARG(near.best));
	return err_set(err, ERR_USAGE,
	    "%s: there is no option --%.*s; see counterfoil %s --help",
	    command->name, SLICE_ARG(typed), command->name);
}

static bool is_given(
    const struct cli_args *args, const struct cli_option *option)
{
	for (size_t i = 0; i < args->value_count; i++)
		if (args->values[i].option == option)
			return true;
	return false;
}

static int add_value(struct cli_args *args, const struct cli_option *option,
    const char *text, struct err *err)
{
	const char *command = args->command->name;

	if (option == &help_option)
		args->is_help = true;
	if (!option->is_repeated && option->argument != NULL &&
	    is_given(args, option))
		return err_set(err, ERR_USAGE,
		    "%s: --%s is given twice; say it once", command,
		    option->name);
	if (option->argument != NULL && text == NULL)
		return err_set(err, ERR_USAGE,
		    "%s: --%s needs a value: --%s %s", command, option->name,
		    option->name, option->argument);
	if (option->argument != NULL && text[0] == '\0')
		return err_set(err, ERR_USAGE,
		    "%s: --%s is empty; give it a value or leave it out",
		    command, option->name);
	args->values[args->value_count++] =
	    (struct cli_args_value){option, text};
	return 0;
}

/* argv[*i] begins with a dash. */
static int parse_option(
    struct cli_args *args, int argc, char **argv, int *i, struct err *err)
{
	const struct cli_option *option;
	const char *text = NULL;
	struct slice value = slice_of(argv[*i]);

	if (slice_starts_with(value, "--")) {
		value = slice_of(argv[*i] + 2);
		struct slice name = slice_cut(&value, '=');
		option = option_find(args->command, name);
		if (option == NULL)
			return unknown_option(args->command, name, err);
		text = value.p;
	} else {
		value = slice_of(argv[*i] + 1);
		option = value.n == 1
		    ? option_find_letter(args->command, value.p[0])
		    : NULL;
		if (option == NULL)
			return unknown_option(args->command, value, err);
	}
	if (option->argument == NULL && text != NULL)
		return err_set(err, ERR_USAGE, "%s: --%s takes no value",
		    args->command->name, option->name);
	if (option->argument != NULL && text == NULL && *i + 1 < argc)
		text = argv[++*i];
	return add_value(args, option, text, err);
}

static int check_words(const struct cli_args *args, struct err *err)
{
	const struct cli_command *command = args->command;

	if (args->is_help)
		return 0;
	if (args->word_count > command->words_max)
		return err_set(err, ERR_USAGE,
		    "%s: \"%s\" is one argument too many; usage: counterfoil "
		    "%s %s",
		    command->name, args->words[command->words_max],
		    command->name, command->usage);
	if (args->word_count < command->words_min)
		return err_set(err, ERR_USAGE,
		    "%s: something is missing; usage: counterfoil %s %s",
		    command->name, command->name, command->usage);
	return 0;
}

int cli_args_parse(struct cli_args *args, const struct cli_command *command,
    int argc, char **argv, struct err *err)
{
	*args = (struct cli_args){.command = command};
	args->words = mem_new((size_t)argc + 1, sizeof(args->words[0]));
	args->values = mem_new((size_t)argc + 1, sizeof(args->values[0]));
	if (args->words == NULL || args->values == NULL)
		return err_nomem(err);

	bool is_option_over = false;
	for (int i = 0; i < argc; i++) {
		/* A lone dash is a word: standard input. */
		if (is_option_over || argv[i][0] != '-' || argv[i][1] == '\0')
			args->words[args->word_count++] = argv[i];
		else if (strcmp(argv[i], "--") == 0)
			is_option_over = true;
		else {
			int rc = parse_option(args, argc, argv, &i, err);
			if (rc != 0)
				return rc;
		}
	}
	return check_words(args, err);
}

void cli_args_done(struct cli_args *args)
{
	free(args->words);
	free(args->values);
	*args = (struct cli_args){0};
}

bool cli_args_knows(const struct cli_args *args, const char *name)
{
	return option_find(args->command, slice_of(name)) != NULL;
}

const char *cli_args_next(
    const struct cli_args *args, const char *name, size_t *cursor)
{
	const struct cli_option *option =
	    option_find(args->command, slice_of(name));

	assert(option != NULL);
	for (size_t i = *cursor; i < args->value_count; i++)
		if (args->values[i].option == option) {
			*cursor = i + 1;
			return args->values[i].text;
		}
	*cursor = args->value_count;
	return NULL;
}

const char *cli_args_get(const struct cli_args *args, const char *name)
{
	return cli_args_next(args, name, &(size_t){0});
}

bool cli_args_has(const struct cli_args *args, const char *name)
{
	const struct cli_option *option =
	    option_find(args->command, slice_of(name));

	assert(option != NULL);
	return is_given(args, option);
}

int cli_args_need(const struct cli_args *args, const char *name,
    const char **ret_value, struct err *err)
{
	const struct cli_option *option =
	    option_find(args->command, slice_of(name));
	const char *value = cli_args_get(args, name);

	if (value == NULL)
		return err_set(err, ERR_USAGE, "%s: --%s %s is missing: %s",
		    args->command->name, name, option->argument, option->help);
	*ret_value = value;
	return 0;
}

int cli_args_count(const struct cli_args *args, const char *name,
    uint64_t *ret_count, bool *ret_is_given, struct err *err)
{
	const char *value = cli_args_get(args, name);
	unsigned long long n;

	if (ret_is_given != NULL)
		*ret_is_given = value != NULL;
	if (value == NULL)
		return 0;
	if (!slice_to_u64(slice_of(value), &n) || n > INT64_MAX)
		return err_set(err, ERR_USAGE,
		    "%s: --%s \"%s\" is no whole number; write digits only",
		    args->command->name, name, value);
	*ret_count = n;
	return 0;
}

static int bad_time(const struct cli_args *args, const char *name,
    const char *value, const char *like, struct err *err)
{
	return err_set(err, ERR_USAGE,
	    "%s: --%s \"%s\" is no time; write %s, in UTC", args->command->name,
	    name, value, like);
}

int cli_args_time(const struct cli_args *args, const char *name,
    int64_t *ret_when, bool *ret_is_given, struct err *err)
{
	const char *value = cli_args_get(args, name);

	if (ret_is_given != NULL)
		*ret_is_given = value != NULL;
	if (value != NULL && !when_from_time(ret_when, slice_of(value)))
		return bad_time(
		    args, name, value, "it like 2023-06-21T09:40:00Z", err);
	return 0;
}

int cli_args_due(const struct cli_args *args, const char *name,
    int64_t *ret_when, bool *ret_is_given, struct err *err)
{
	const char *value = cli_args_get(args, name);

	if (ret_is_given != NULL)
		*ret_is_given = value != NULL;
	if (value != NULL && !when_from_due(ret_when, slice_of(value)))
		return bad_time(args, name, value,
		    "2023-06-21 or 2023-06-21T09:40:00Z", err);
	return 0;
}

int cli_args_start(const struct cli_args *args, const char *name,
    int64_t *ret_when, bool *ret_is_given, struct err *err)
{
	const char *value = cli_args_get(args, name);

	if (ret_is_given != NULL)
		*ret_is_given = value != NULL;
	if (value != NULL && !when_from_date(ret_when, slice_of(value)) &&
	    !when_from_time(ret_when, slice_of(value)))
		return bad_time(args, name, value,
		    "2023-06-21 or 2023-06-21T09:40:00Z", err);
	return 0;
}

static void print_option(const struct cli_option *option)
{
	char left[64];
	const char *argument = option->argument != NULL ? option->argument : "";
	int n = option->letter != 0
	    ? snprintf(left, sizeof(left), "-%c, --%s %s", option->letter,
		  option->name, argument)
	    : snprintf(left, sizeof(left), "--%s %s", option->name, argument);

	assert(n > 0 && (size_t)n < sizeof(left));
	const char *again = option->is_repeated ? " (can be repeated)" : "";
	if (n <= 22)
		cli_out("  %-22s  %s%s\n", left, option->help, again);
	else
		cli_out("  %s\n  %-22s  %s%s\n", left, "", option->help, again);
}

void cli_args_print_help(const struct cli_command *command)
{
	const struct cli_option *option;

	cli_out("usage: counterfoil %s%s%s\n\n%s.\n\noptions:\n", command->name,
	    command->usage[0] != '\0' ? " " : "", command->usage,
	    command->summary);
	for (size_t i = 0; (option = cli_args_option(command, i)) != NULL; i++)
		print_option(option);
	if (command->examples != NULL)
		cli_out("\nexamples:\n%s", command->examples);
}
