/*
 * serve_limit.h: so many of something in a second for each party or address,
 * and a burst of more: a token bucket for each name, in a table that never
 * grows.
 *
 * A table that is full forgets whoever has been quiet longest among a few, who
 * then has a full burst again: so a limit is kept by many only while there are
 * not more names at once than the table has room for.
 */
#ifndef SERVE_LIMIT_H
#define SERVE_LIMIT_H

#include "err.h"
#include "slice.h"

#include <stdbool.h>

#define SERVE_LIMIT_NAMES 4096

struct serve_limit;

/* per_second 0: no limit. */
int serve_limit_new(struct serve_limit **ret_limit, unsigned per_second,
    unsigned burst, struct err *err) MUST_CHECK;
void serve_limit_free(struct serve_limit *limit); /* accepts NULL */

/* Takes `n` tokens (of which the last may be borrowed), or false and the whole
 * seconds until it is worth asking again. `seconds` is a monotonic clock's. Any
 * thread. */
bool serve_limit_take(struct serve_limit *limit, struct slice name, unsigned n,
    double seconds, unsigned *ret_wait_s);

#endif
