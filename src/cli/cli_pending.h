/*
 * cli_pending.h: offers that wait for signatures, in private/offers/: one file
 * <first 12 digits of the main record's id>.offer each.
 *
 * An offer whose record is in the ledger is no longer one: a file that a crash
 * left behind is passed over and removed.
 */
#ifndef CLI_PENDING_H
#define CLI_PENDING_H

#include "case_offer.h"
#include "cli_case.h"
#include "err.h"

#include <stdbool.h>

/* Keeps the offer and, if copy_path is not NULL, writes it there too; says who
 * must still sign and how. */
int cli_pending_save(struct cli_case *c, const struct case_offer *offer,
    const char *copy_path, struct err *err) MUST_CHECK;

/* Removes the kept file, if there is one. */
int cli_pending_remove(struct cli_case *c, const struct case_offer *offer,
    struct err *err) MUST_CHECK;

/* Reads an offer by path, or by the first digits of a kept one's id, from 4 to
 * all 64; checks its signatures. ERR_CONFLICT: several begin so. */
int cli_pending_read(struct cli_case *c, const char *typed,
    struct case_offer *offer, struct err *err) MUST_CHECK;

/* Calls `each` with every kept offer, by id; a file that is none is an error.
 * Offers that are in the ledger already are removed and passed over. */
int cli_pending_each(struct cli_case *c,
    int (*each)(void *cookie, const char *path, const struct case_offer *offer,
	struct err *err),
    void *cookie, struct err *err) MUST_CHECK;

/* "handover of 213 items", "seizure of 1163 items in 9 records". */
void cli_pending_put_what(const struct case_offer *offer, struct buf *out);

#endif
