/*
 * made_case.h: a made-up case of any size, for benchmarks and tests.
 *
 * A genesis, a list of packages with a casing and a drive in each, their
 * seizure, and then years of hand-overs, inspections, openings and resealings,
 * drives moved from bag to bag, incidents, claims, assessments, questions and
 * answers, a few of them late and a few by people who do not hold the thing.
 * The same plan always gives the same bytes.
 */
#ifndef MADE_CASE_H
#define MADE_CASE_H

#include "slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct made_plan {
	size_t records; /* leaves altogether */
	size_t packages;
	uint64_t seed;
	size_t commit; /* leaves between two checkpoints that are cited */
	unsigned mischief; /* records in 1000 that are late or by strangers */
	bool is_signed; /* else all signatures but the first are random */
};

struct made_case {
	struct slice *leaves;
	size_t count;
	char *bytes;
	size_t n, cap;
	uint32_t question; /* the last leaf: about everything */
	int64_t end; /* a day after it */
};

/* Aborts when memory runs out: it serves no program. */
void made_case_init(struct made_case *made, const struct made_plan *plan);
void made_case_done(struct made_case *made);

#endif
