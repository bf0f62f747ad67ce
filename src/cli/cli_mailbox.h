/*
 * cli_mailbox.h: offers on their way between the desks of a case at a server
 * (counterfoil-http(7)): left there for those who are still to sign, and
 * fetched into private/offers/, where every command finds them.
 */
#ifndef CLI_MAILBOX_H
#define CLI_MAILBOX_H

#include "cli_case.h"
#include "cli_keys.h"
#include "err.h"
#include "slice.h"

/* Leaves an offer file in the mailbox. A server that does not take it is said
 * on standard error, for the file can go another way too; 0 then as well. */
int cli_mailbox_leave(
    const struct cli_case *c, struct slice offer, struct err *err) MUST_CHECK;

/*
 * Fetches what waits for each of the keys at hand. A case that is not at a
 * server, and no keys: nothing is done. What comes is foreign: it is checked
 * when it is read.
 */
int cli_mailbox_fetch(
    struct cli_case *c, struct cli_keys *keys, struct err *err) MUST_CHECK;

#endif
