/*
 * cli_pick.h: which items a hand-over is about: all that the giver holds, all
 * from one place, a list, or what was scanned. Only what stands for itself is
 * picked: what is in a package goes with it.
 */
#ifndef CLI_PICK_H
#define CLI_PICK_H

#include "buf.h"
#include "cli_case.h"
#include "err.h"
#include "slice.h"

#include <stddef.h>
#include <stdint.h>

struct cli_pick_item {
	uint32_t item;
	struct slice seal; /* as scanned, else as last recorded, or absent */
	struct slice state; /* as scanned, else "intact" under a seal */
};

struct cli_pick {
	size_t n;
	struct cli_pick_item *items;
	size_t cap;
	struct buf scan; /* borrowed by scanned seals and states */
};

/*
 * From --all, --place, --packages, --items or --scan of the command; exactly
 * one of them must be given. ERR_NOTFOUND: nothing was picked, or an item that
 * the case does not know.
 */
int cli_pick_make(struct cli_pick *pick, const struct cli_case *c,
    uint32_t giver, int64_t at, struct err *err) MUST_CHECK;
void cli_pick_done(struct cli_pick *pick);

/* How many of the items each place has, "server room 14, hall 1 20": to find
 * the difference when a count is wrong. Places that are not at hand are one
 * line "place not known". */
int cli_pick_put_places(const struct cli_pick *pick, const struct cli_case *c,
    struct buf *out, struct err *err) MUST_CHECK;

#endif
