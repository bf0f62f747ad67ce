/*
 * case_lot.h: the arithmetic of a draw by lot (findings section 6): how many
 * must be drawn, and which ones a seed draws. Nothing here knows of records.
 */
#ifndef CASE_LOT_H
#define CASE_LOT_H

#include "err.h"
#include "hash.h"
#include "slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One thing in the hat. */
struct case_ticket {
	struct slice id; /* borrowed */
	uint32_t item;
};

/* Bytewise by id, as a population is. */
void case_lot_sort(struct case_ticket *tickets, size_t n);

/* SHA-256 over the sorted ids, each with LF. */
struct hash case_lot_population(const struct case_ticket *tickets, size_t n);

/*
 * Is `sample` the least n with 20 * C(N-D, n) <= C(N, n), in integers: the
 * fewest to draw from N so that, with D of them missing, one of the missing is
 * drawn at 95 %? False unless 1 <= D <= N.
 */
bool case_lot_is_least_sample(uint64_t N, uint64_t D, uint64_t sample);
/* That n; 0 unless 1 <= D <= N. */
uint64_t case_lot_least_sample(uint64_t N, uint64_t D);

/* SHA-256("counterfoil-draw/v1" || draw id || the secrets in order). */
struct hash case_lot_seed(
    const struct hash *draw, const struct hash *secrets, size_t n);

/* Brings the `sample` that the seed draws to the front, in the order drawn. */
int case_lot_draw(struct case_ticket *tickets, size_t n, uint64_t sample,
    const struct hash *seed, struct err *err) MUST_CHECK;

#endif
