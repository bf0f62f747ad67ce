/*
 * cli_folder.h: making a case folder.
 *
 * counterfoil.conf is written last: a folder without it is no case, so a crash
 * leaves nothing that could be taken for one, and the next init puts aside
 * what was left. The genesis waits in private/offers/ from before that moment
 * until it is in the ledger.
 */
#ifndef CLI_FOLDER_H
#define CLI_FOLDER_H

#include "case_offer.h"
#include "err.h"
#include "note_key.h"
#include "slice.h"

#include <stdbool.h>

struct cli_folder {
	const char *path; /* as typed */
	const struct note_secret *log_secret;
	struct slice log_key_file; /* what to publish of it */
	const struct case_offer *genesis; /* NULL: a site log, no case */
	bool is_clock_set;
};

/* ERR_CONFLICT: the folder is a case already, or neither new nor empty.
 * Changes nothing. */
int cli_folder_look(const char *path, struct err *err) MUST_CHECK;

/* Makes the folder, its keys, an empty ledger, the waiting genesis, the conf.
 * Two at once: the second one gets ERR_CONFLICT. */
int cli_folder_make(
    const struct cli_folder *folder, struct err *err) MUST_CHECK;

#endif
