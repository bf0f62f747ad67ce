/*
 * cli_genesis.h: the first record of a case, out of the roster: the ledger's
 * key, the policy, the parties, the witnesses; signed by the policy holders.
 */
#ifndef CLI_GENESIS_H
#define CLI_GENESIS_H

#include "case_offer.h"
#include "cli_args.h"
#include "cli_roster.h"
#include "err.h"
#include "note_key.h"
#include "slice.h"

#include <stdbool.h>
#include <stdint.h>

struct cli_genesis {
	const struct cli_args *args; /* --title --open --witness-quorum */
	const struct cli_roster *roster;
	const char *roster_path;
	struct slice name;
	const struct note_key *log_key;
	int64_t at;
	bool is_clock_set;
};

/* Composes and judges it; ERR_USAGE if it breaks a rule. All rows that have a
 * key must have it filled in. */
int cli_genesis_compose(const struct cli_genesis *genesis,
    struct case_offer *offer, struct err *err) MUST_CHECK;

#endif
