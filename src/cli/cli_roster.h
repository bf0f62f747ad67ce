/*
 * cli_roster.h: the table of parties that a case begins with.
 *
 * Columns: party, side (authority, owner, neutral, outside, or witness), and
 * as far as wanted org, role, key, policy-holder, red-line, about. All rows are
 * checked before anything is done.
 */
#ifndef CLI_ROSTER_H
#define CLI_ROSTER_H

#include "csv.h"
#include "err.h"
#include "note_key.h"
#include "slice.h"

#include <stdbool.h>
#include <stddef.h>

enum cli_roster_key {
	CLI_ROSTER_NAMED, /* no key: the party is only named */
	CLI_ROSTER_VKEY, /* the public key stands in the table */
	CLI_ROSTER_FILE, /* the key folder has it */
	CLI_ROSTER_NEW, /* likewise; made if it is not there */
};

struct cli_roster_row {
	size_t line;
	struct slice party, side, org, role, about;
	bool is_witness, is_policy_holder, is_red_line;
	enum cli_roster_key from;
	struct note_key key; /* of VKEY; others: filled in by the caller */
};

struct cli_roster {
	struct csv csv;
	size_t n;
	struct cli_roster_row *rows;
};

/* ERR_USAGE after complaints on standard error. */
int cli_roster_read(struct cli_roster *roster, const char *path,
    const char *command, struct err *err) MUST_CHECK;
void cli_roster_done(struct cli_roster *roster);

#endif
