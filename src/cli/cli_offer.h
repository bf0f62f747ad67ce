/*
 * cli_offer.h: signing an offer with the keys at hand; all else about offers is
 * in case_offer.h.
 */
#ifndef CLI_OFFER_H
#define CLI_OFFER_H

#include "case_offer.h"
#include "cli_keys.h"
#include "err.h"

#include <stddef.h>

/* Signs with every key at hand that a `signer:` line names and that has not
 * signed yet; *ret_count (may be NULL) is how many signatures were added. */
int cli_offer_sign(struct case_offer *offer, struct cli_keys *keys,
    size_t *ret_count, struct err *err) MUST_CHECK;

#endif
