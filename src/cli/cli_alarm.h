/*
 * cli_alarm.h: checkpoints that prove that somebody was shown another history,
 * or an older or longer one than this folder has: private/alarms/.
 *
 * Whoever finds one keeps it here, whether a witness, a mirror or the case's
 * own server showed it. A file is named by what it proves, so what is shown
 * every minute is kept once.
 */
#ifndef CLI_ALARM_H
#define CLI_ALARM_H

#include "err.h"
#include "slice.h"

#include <stddef.h>

struct cli_case;

#define CLI_ALARM_PATH_SIZE 64

/* Keeps a checkpoint, durably; *ret_path is where, relative to the folder.
 * ERR_VERIFY: the ledger's key has not signed it, so it proves nothing. */
int cli_alarm_keep(const struct cli_case *c, struct slice checkpoint,
    char ret_path[CLI_ALARM_PATH_SIZE], struct err *err) MUST_CHECK;

/*
 * Holds all that are kept against the ledger, and reports each that it does not
 * contain: `sentence` says what it proves. If the ledger is not open, for it is
 * false, all are reported. Those of earlier versions, private/split-ID, are
 * among them.
 */
int cli_alarm_check(const struct cli_case *c,
    void (*report)(void *cookie, const char *path, const char *sentence),
    void *cookie, struct err *err) MUST_CHECK;

#endif
