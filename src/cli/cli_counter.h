/*
 * cli_counter.h: a counter-offer: the hand-over or release that was offered,
 * without the items that the receiver does not take (`not-taken: ITEM reason`).
 */
#ifndef CLI_COUNTER_H
#define CLI_COUNTER_H

#include "case_offer.h"
#include "cli_case.h"
#include "cli_keys.h"
#include "err.h"

/*
 * Composes it out of the offer with every --except ITEM and its --because TEXT
 * (in the order given, one each). Signers, parties and all other fields stay;
 * time, checkpoint and expiry are new. ERR_USAGE: not a hand-over, an item
 * that is not in it, no reason, nothing left.
 */
int cli_counter_compose(struct cli_case *c, struct cli_keys *keys,
    const struct case_offer *offer, struct case_offer *ret_counter,
    struct err *err) MUST_CHECK;

#endif
