/*
 * counterfoil.c: main: finds the command, lets it run, says what went wrong in
 * one line, and turns the result into the exit status: 0 done or true, 1
 * checked and false or refused, 2 usage, 3 could not be done or checked, 4 done
 * with parts that could not be read.
 */
#include "cli.h"
#include "cli_args.h"
#include "cli_near.h"
#include "cli_out.h"
#include "note_key.h"
#include "version.h"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

static const struct cli_command *find_command(const char *name)
{
	for (size_t i = 0; i < cli_command_count; i++)
		if (strcmp(cli_commands[i]->name, name) == 0)
			return cli_commands[i];
	return NULL;
}

static int unknown_command(const char *name)
{
	struct cli_near near;

	cli_near_start(&near, slice_of(name));
	for (size_t i = 0; i < cli_command_count; i++)
		cli_near_try(&near, slice_of(cli_commands[i]->name));
	if (near.best.p != NULL)
		cli_out_error("there is no command \"%s\"; did you mean "
			      "%.*s?",
		    name, SLICE_ARG(near.best));
	else
		cli_out_error("there is no command \"%s\"; see counterfoil "
			      "help",
		    name);
	return CLI_USAGE;
}

static int exit_status(int result)
{
	if (result >= 0)
		return result;
	if (result == ERR_VERIFY)
		return CLI_FALSE;
	return result == ERR_USAGE ? CLI_USAGE : CLI_UNDONE;
}

static int run_command(const struct cli_command *command, int argc, char **argv)
{
	struct cli_args args;
	struct err err = {0};

	int rc = cli_args_parse(&args, command, argc, argv, &err);
	if (rc == 0 && args.is_help)
		cli_args_print_help(command);
	else if (rc == 0)
		rc = command->run(&args, &err);
	cli_args_done(&args);
	if (rc < 0)
		cli_out_error("%s", err.message);
	struct err out_err = {0};
	if (cli_out_finish(&out_err) != 0) {
		cli_out_error("%s", out_err.message);
		if (rc == CLI_DONE)
			rc = CLI_UNDONE;
	}
	return exit_status(rc);
}

int main(int argc, char **argv)
{
	/* Keys are in this process's memory: they must not land in a file. */
	(void)setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
	note_key_setup();
	if (argc < 2) {
		(void)run_command(&cmd_help, 0, NULL);
		return CLI_USAGE;
	}
	const char *name = argv[1];
	if (strcmp(name, "--version") == 0)
		return puts("counterfoil " VERSION_TEXT) < 0 ||
			fflush(stdout) != 0
		    ? CLI_UNDONE
		    : CLI_DONE;
	if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0)
		name = "help";
	const struct cli_command *command = find_command(name);
	return command != NULL ? run_command(command, argc - 2, argv + 2)
			       : unknown_command(name);
}
