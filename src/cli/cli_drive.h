/*
 * cli_drive.h: drives that are connected here, and what records say of them:
 * counters as `telltale:` lines, and whether it is the drive that the list
 * means.
 */
#ifndef CLI_DRIVE_H
#define CLI_DRIVE_H

#include "case_offer.h"
#include "cli_args.h"
#include "cli_compose.h"
#include "drive.h"
#include "err.h"
#include "slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* For every command whose blocks can carry telltales. */
#define CLI_DRIVE_OPTIONS                                                      \
	{"telltales", 0, "ITEM=DEVICE", true,                                  \
	    "the item's counters, read from the drive that is connected "      \
	    "here"},                                                           \
	{                                                                      \
		"telltale", 0, "ITEM=NAME N", true,                            \
		    "a counter of the item, as read elsewhere"                 \
	}

/* Called for each block that is begun: puts what the two options say of this
 * item. Does nothing where the command does not have them. ERR_DENIED: the
 * drive has another serial number than the list, and --although is not given;
 * ERR_USAGE; or why the drive cannot be read. */
int cli_drive_put_block(
    struct cli_compose *compose, struct slice item, struct err *err) MUST_CHECK;

/* ERR_USAGE if one of the two options names an item that none of the records
 * has a block for. */
int cli_drive_check_used(const struct cli_args *args,
    const struct case_offer *offer, struct err *err) MUST_CHECK;

/* Puts each counter that is known as a telltale of the newest block; nothing
 * of a drive in doubt. *ret_n (may be NULL): how many. */
int cli_drive_put_counters(struct cli_compose *compose,
    const struct drive_facts *facts, size_t *ret_n, struct err *err) MUST_CHECK;

/* Whether the drive is the one that the list means. ERR_DENIED: its serial
 * number is another one, and may_differ is false; else that is only said, as is
 * that it cannot be compared (withheld here; the drive does not say). */
int cli_drive_check_serial(const struct cli_case *c, struct slice item,
    const struct drive_facts *facts, bool may_differ,
    struct err *err) MUST_CHECK;

/* Says on standard error what of the drive is hidden. */
void cli_drive_warn(const char *device, const struct drive_facts *facts);

/* ---- a drive that is copied ---- */

/* What it said before the first byte was read, and after the last. */
struct cli_drive_pair {
	bool is_there; /* it is a device; nothing below is read otherwise */
	bool has_after;
	struct drive_facts before, after;
};

/* Reads the drive at `path`, the item of this name; a file is none. Errors are
 * those of cli_drive_check_serial, and why it cannot be opened. */
int cli_drive_begin(struct cli_drive_pair *pair, const struct cli_case *c,
    const char *item, const char *path, bool may_differ,
    struct err *err) MUST_CHECK;
/* ERR_CONFLICT: another drive answers now. */
int cli_drive_end(
    struct cli_drive_pair *pair, const char *path, struct err *err) MUST_CHECK;
/* Adds a block of the item with all that was read; nothing of a file. */
int cli_drive_put_pair(const struct cli_drive_pair *pair,
    struct cli_compose *compose, const char *item, struct err *err) MUST_CHECK;

#endif
