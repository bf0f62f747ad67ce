/*
 * cli_custodian.h: who holds the things that a record is about, and who
 * watched: found from the keys at hand where nothing else is said.
 */
#ifndef CLI_CUSTODIAN_H
#define CLI_CUSTODIAN_H

#include "cli_compose.h"
#include "err.h"

#include <stddef.h>
#include <stdint.h>

/* An item by its name, or its scanned label; CASE_NONE: not known, or
 * misread. */
uint32_t cli_custodian_find_item(
    const struct case_state *state, const char *typed);

/*
 * Puts `custodian:` and names it as a signer: --custodian, else the --as that
 * holds one of words[first..] or (where it is not NULL) `other`. ERR_USAGE:
 * none of the signers does.
 */
int cli_custodian_put(struct cli_compose *compose, size_t first,
    const char *other, const char **ret_custodian, struct err *err) MUST_CHECK;

/* Puts `witness:` for every --witness, else for every signer but the
 * custodian; *ret_n is how many these are. */
int cli_custodian_put_witnesses(struct cli_compose *compose,
    const char *custodian, size_t *ret_n, struct err *err) MUST_CHECK;

#endif
