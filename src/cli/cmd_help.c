/*
 * cmd_help.c: `counterfoil help`: all commands in groups, or one command's
 * help.
 */
#include "cli.h"
#include "cli_args.h"
#include "cli_out.h"

#include <string.h>

static const char *const group_names[CLI_GROUP_COUNT] = {
    [CLI_START] = "Start",
    [CLI_CUSTODY] = "Custody",
    [CLI_QUESTIONS] = "Questions",
    [CLI_LOOKING] = "Looking",
    [CLI_CHECKING] = "Checking",
};

static void print_group(int group)
{
	cli_out("\n%s\n", group_names[group]);
	for (size_t i = 0; i < cli_command_count; i++)
		if ((int)cli_commands[i]->group == group)
			cli_out("  %-10s %s\n", cli_commands[i]->name,
			    cli_commands[i]->summary);
}

static int print_one(const char *name, struct err *err)
{
	for (size_t i = 0; i < cli_command_count; i++)
		if (strcmp(cli_commands[i]->name, name) == 0) {
			cli_args_print_help(cli_commands[i]);
			return CLI_DONE;
		}
	return err_set(err, ERR_USAGE,
	    "help: there is no command \"%s\"; `counterfoil help` lists them",
	    name);
}

static int run(const struct cli_args *args, struct err *err)
{
	if (args->word_count > 0)
		return print_one(args->words[0], err);
	if (cli_args_has(args, "list")) {
		for (size_t i = 0; i < cli_command_count; i++)
			cli_out("%s\n", cli_commands[i]->name);
		return CLI_DONE;
	}
	cli_out("counterfoil: the half of a receipt that the giver keeps\n"
		"usage: counterfoil COMMAND [options]\n");
	for (int group = 0; group < CLI_GROUP_COUNT; group++)
		print_group(group);
	cli_out("\n`counterfoil COMMAND --help` says more about one.\n");
	return CLI_DONE;
}

static const struct cli_option options[] = {
    {"list", 0, NULL, false, "print only the names, one a line"},
};

const struct cli_command cmd_help = {
    .name = "help",
    .group = CLI_START,
    .usage = "[COMMAND]",
    .summary = "Lists the commands, or explains one",
    .options = options,
    .option_count = sizeof(options) / sizeof(options[0]),
    .words_max = 1,
    .examples = "  counterfoil help seize\n",
    .run = run,
};
