/*
 * cli_parts.h: a list as records: as many parts as its items need, all with
 * one population, each small enough for a leaf.
 */
#ifndef CLI_PARTS_H
#define CLI_PARTS_H

#include "cli_compose.h"
#include "cli_list.h"
#include "err.h"
#include "hash.h"

#include <stdbool.h>
#include <stdint.h>

/* Names the signers of a part that was just started. */
struct cli_parts_signers {
	int (*name)(struct cli_compose *compose, void *cookie, struct err *err);
	void *cookie;
};

/* Adds all parts, in order, to the offer. */
int cli_parts_compose(struct cli_case *c, struct cli_keys *keys,
    const struct cli_list *list, const struct cli_parts_signers *signers,
    struct case_offer *offer, struct hash *ret_population,
    struct err *err) MUST_CHECK;

/*
 * Looks for a complete list in the ledger with exactly these items and values,
 * whose seizure is signed by the same parties. A withheld value counts as the
 * same only if its reveal is at hand and says so. *ret_seizure is the
 * seizure's leaf, or CASE_NONE.
 */
int cli_parts_find(const struct cli_case *c, const struct cli_list *list,
    const struct record *seizure, uint32_t *ret_seizure,
    struct err *err) MUST_CHECK;

#endif
