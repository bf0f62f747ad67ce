/*
 * cli_counters.h: what an item's readings of its counters say, for screens. No
 * question is asked here: a record explains a reading if it was in the ledger
 * before, or somebody signed it who is disinterested whatever is asked.
 */
#ifndef CLI_COUNTERS_H
#define CLI_COUNTERS_H

#include "buf.h"
#include "case_telltale.h"
#include "cli_timeline.h"
#include "err.h"
#include "json.h"

#include <stdint.h>

/* A section of the screen; nothing if no counter was ever read. */
int cli_counters_put(const struct cli_timeline *timeline, struct buf *out,
    struct err *err) MUST_CHECK;
/* The member "counters", an array with one object for each reading. */
int cli_counters_put_json(const struct cli_timeline *timeline,
    struct json *json, struct err *err) MUST_CHECK;

/* The last reading of the item that nothing explains: what it is, and its
 * record; CASE_TELLTALE_NONE and *ret_leaf untouched if there is none. */
int cli_counters_find(const struct case_state *state, uint32_t item,
    enum case_telltale *ret_telltale, uint32_t *ret_leaf,
    struct err *err) MUST_CHECK;

#endif
