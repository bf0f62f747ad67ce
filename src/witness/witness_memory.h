/*
 * witness_memory.h: how far each witness of a policy was when it last
 * answered, as text: a line `VKEY SIZE` for each.
 *
 * Only a hint, so that the first request usually has the right proof: the
 * witness itself says what is true. What cannot be read is forgotten. Pure.
 */
#ifndef WITNESS_MEMORY_H
#define WITNESS_MEMORY_H

#include "buf.h"
#include "slice.h"
#include "witness_policy.h"

#include <stdint.h>

/* All lines have room in it. */
#define WITNESS_MEMORY_MAX 65536

/* By number of the witness; 0 where nothing is known. */
void witness_memory_parse(uint64_t *ret_sizes,
    const struct witness_policy *policy, struct slice text);
void witness_memory_put(struct buf *out, const struct witness_policy *policy,
    const uint64_t *sizes);

#endif
