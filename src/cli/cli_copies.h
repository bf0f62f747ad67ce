/*
 * cli_copies.h: the copies that remain when things are given back or
 * destroyed: what was ever derived from them or from what is in them, at any
 * hand, and is not destroyed.
 */
#ifndef CLI_COPIES_H
#define CLI_COPIES_H

#include "cli_compose.h"
#include "err.h"

#include <stddef.h>
#include <stdint.h>

/*
 * Puts `remaining-copy:`: every --remaining-copy, else what the ledger knows
 * (said on standard error), else `none`. Items that are themselves given back
 * or destroyed are no remaining copies.
 */
int cli_copies_put(struct cli_compose *compose, const uint32_t *items, size_t n,
    struct err *err) MUST_CHECK;

#endif
