/*
 * cli_ask.c: prompts go to standard error, so that what a command prints can
 * be piped; without a terminal nothing is ever asked.
 */
#include "cli_ask.h"

#include "mem.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

bool cli_ask_is_possible(const struct cli_args *args)
{
	return isatty(STDIN_FILENO) != 0 &&
	    !(cli_args_knows(args, "yes") && cli_args_has(args, "yes"));
}

int cli_ask_line(const char *prompt, struct buf *line, struct err *err)
{
	char c;

	fflush(stdout);
	fputs(prompt, stderr);
	fflush(stderr);
	for (;;) {
		/* Byte by byte: what follows the line is not ours to take. */
		ssize_t n = read(STDIN_FILENO, &c, 1);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(err, errno, "standard input");
		if (n == 0)
			return err_set(err, ERR_IO,
			    "standard input ended before the answer; nothing "
			    "was changed");
		if (c == '\n')
			return buf_check(line, err);
		buf_putc(line, c);
	}
}

int cli_ask_secret(const char *prompt, struct buf *line, struct err *err)
{
	struct termios before, silent;

	if (tcgetattr(STDIN_FILENO, &before) != 0)
		return err_sys(err, errno, "the terminal");
	silent = before;
	silent.c_lflag &= ~(tcflag_t)ECHO;
	if (tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent) != 0)
		return err_sys(err, errno, "the terminal");
	int rc = cli_ask_line(prompt, line, err);
	/* Nothing better can be done if the terminal is gone. */
	(void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
	fputc('\n', stderr);
	return rc;
}

int cli_ask_count(const struct cli_args *args, const char *option,
    const char *prompt, uint64_t *ret_count, struct err *err)
{
	bool is_given;
	unsigned long long count;
	struct buf line;

	int rc = cli_args_count(args, option, ret_count, &is_given, err);
	if (rc != 0 || is_given)
		return rc;
	if (!cli_ask_is_possible(args))
		return err_set(err, ERR_USAGE,
		    "%s: nobody counted; say how many with --%s N",
		    args->command->name, option);
	buf_init(&line, 256);
	for (;;) {
		buf_clear(&line);
		rc = cli_ask_line(prompt, &line, err);
		if (rc != 0)
			break;
		if (slice_to_u64(slice_trim(buf_slice(&line)), &count) &&
		    count <= INT64_MAX) {
			*ret_count = count;
			break;
		}
		fputs("That is no number. ", stderr);
	}
	buf_done(&line);
	return rc;
}

int cli_ask_confirm(const struct cli_args *args, const char *prompt,
    bool *ret_is_yes, struct err *err)
{
	struct buf line;

	*ret_is_yes = true;
	if (!cli_ask_is_possible(args))
		return 0;
	buf_init(&line, 256);
	int rc = cli_ask_line(prompt, &line, err);
	struct slice answer = slice_trim(buf_slice(&line));
	if (rc == 0)
		*ret_is_yes =
		    answer.n > 0 && (answer.p[0] == 'y' || answer.p[0] == 'Y');
	buf_done(&line);
	return rc;
}
