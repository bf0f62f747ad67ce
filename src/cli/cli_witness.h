/*
 * cli_witness.h: gets cosignatures for the case's checkpoint over the network,
 * from the witnesses of a tlog-policy, and says what came of it.
 *
 * The policy is --policy FILE, else the file that counterfoil.conf names as
 * `witnesses:`. The command declares the options CLI_WITNESS_OPTIONS. How far
 * each witness was is kept in private/witnesses; a checkpoint that proves
 * another history, in private/alarms/ (cli_alarm.h).
 */
#ifndef CLI_WITNESS_H
#define CLI_WITNESS_H

#include "cli_case.h"
#include "err.h"

#include <stdbool.h>

#define CLI_WITNESS_OPTIONS                                                    \
	{"policy", 0, "FILE", false,                                           \
	    "the witnesses and their quorum (tlog-policy), asked over the "    \
	    "network"},                                                        \
	    {"wait", 0, "SECONDS", false,                                      \
		"how long to ask again those that do not answer (default: "    \
		"15)"},                                                        \
	{                                                                      \
		"ca", 0, "FILE", false,                                        \
		    "certificates (PEM) to trust besides the system's"         \
	}

struct witness_policy;

bool cli_witness_is_given(const struct cli_case *c);

/* Reads it; the message names the command and the file. ERR_CONFLICT: its `log`
 * lines do not name this ledger. witness_policy_done it, also after a failure.
 */
int cli_witness_read_policy(const struct cli_case *c,
    struct witness_policy *ret_policy, struct err *err) MUST_CHECK;

/*
 * Asks all of them, puts their lines onto the checkpoint, prints a line for
 * each. *ret_is_met: they are a quorum. ERR_VERIFY, ERR_CONFLICT: a witness
 * has seen more than this copy, or another history (proven or not): nothing
 * was changed, and nothing is to be published. ERR_CONFLICT too if a record was
 * entered meanwhile.
 */
int cli_witness_ask(
    struct cli_case *c, bool *ret_is_met, struct err *err) MUST_CHECK;

/* Says how many of the witnesses that the case itself names have cosigned. */
void cli_witness_tell_own(const struct cli_case *c);

#endif
