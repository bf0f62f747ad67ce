/*
 * cli.h: what a command is, and how it ends.
 *
 * counterfoil.c holds the table of commands; every cmd_<name>.c exports one
 * `extern const struct cli_command cmd_<name>` (declared below) and nothing
 * else. A command never prints an error and never exits: it returns, and main
 * prints `counterfoil: <message>` and turns the code into the exit status.
 */
#ifndef CLI_H
#define CLI_H

#include "err.h"

#include <stdbool.h>
#include <stddef.h>

struct cli_args;

enum cli_exit {
	CLI_DONE = 0, /* done, or true */
	CLI_FALSE = 1, /* checked and false; refused by a rule; not found */
	CLI_USAGE = 2, /* asked for something impossible */
	CLI_UNDONE = 3, /* could not be done or checked */
	/* Done, and something of the source is missing in it; or it was not
	 * held to what the ledger says, because that was asked for. */
	CLI_PARTLY = 4,
};

/* As `counterfoil help` groups them. */
enum cli_group {
	CLI_START,
	CLI_CUSTODY,
	CLI_QUESTIONS,
	CLI_LOOKING,
	CLI_CHECKING,
	CLI_GROUP_COUNT
};

/* Options that many commands share; cli_args.c declares them once. */
enum cli_shared {
	CLI_SHARED_CASE = 1, /* --case --now */
	CLI_SHARED_KEYS = 2, /* --keys --passphrase-file */
	CLI_SHARED_SIGN = 4, /* --as --key */
	CLI_SHARED_RECORD = 8, /* --at --late --offer --yes */
	CLI_SHARED_JSON = 16, /* --json */
	/* All that a command needs which makes a record. */
	CLI_SHARED_MAKER = CLI_SHARED_CASE | CLI_SHARED_KEYS | CLI_SHARED_SIGN |
	    CLI_SHARED_RECORD,
};

struct cli_option {
	const char *name; /* without the dashes: "to" */
	char letter; /* 'o' for -o; 0: none */
	const char *argument; /* "PARTY"; NULL: a flag */
	bool is_repeated;
	const char *help; /* half a sentence */
};

struct cli_command {
	const char *name;
	enum cli_group group;
	const char *usage; /* what follows the name: "LIST.csv --by PARTY" */
	const char *summary; /* one sentence without full stop */
	unsigned shared; /* enum cli_shared */
	const struct cli_option *options;
	size_t option_count;
	size_t words_min, words_max; /* arguments that are no options */
	const char *examples; /* lines, each ending in LF; NULL: none */
	/*
	 * Returns an enum cli_exit, or a negative enum err_code with *err
	 * filled: ERR_VERIFY exits with 1, ERR_USAGE with 2, others with 3.
	 * With exit 1 to 4 returned directly it has said why itself.
	 */
	int (*run)(const struct cli_args *args, struct err *err);
};

extern const struct cli_command cmd_help, cmd_key, cmd_init, cmd_join;
extern const struct cli_command cmd_seize, cmd_hand, cmd_accept, cmd_offers;
extern const struct cli_command cmd_handling, cmd_inspect, cmd_incident;
extern const struct cli_command cmd_order, cmd_release, cmd_correct, cmd_draw;
extern const struct cli_command cmd_move, cmd_dispose, cmd_object, cmd_policy;
extern const struct cli_command cmd_relate, cmd_claim, cmd_assess, cmd_ask;
extern const struct cli_command cmd_answer, cmd_finding, cmd_show, cmd_search;
extern const struct cli_command cmd_record, cmd_receipt, cmd_bundle, cmd_verify;
extern const struct cli_command cmd_watch, cmd_fsck, cmd_cosign, cmd_due;
extern const struct cli_command cmd_export, cmd_label, cmd_reveal, cmd_print;
extern const struct cli_command cmd_publish, cmd_letter, cmd_compare, cmd_serve;
extern const struct cli_command cmd_completion, cmd_witness, cmd_site;
extern const struct cli_command cmd_stamp, cmd_disclose, cmd_examine;
extern const struct cli_command cmd_stamp, cmd_lock, cmd_unlock;
extern const struct cli_command cmd_stamp, cmd_image, cmd_verify_image;
extern const struct cli_command cmd_convert, cmd_telltales;
extern const struct cli_command cmd_ls, cmd_cat, cmd_recover;

/* All commands, in the order of `help`. */
extern const struct cli_command *const cli_commands[];
extern const size_t cli_command_count;

#endif
