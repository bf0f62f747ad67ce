/*
 * case_telltale.h: the readings of an item's counters, and how two of them are
 * held against each other (counterfoil-findings(7), Telltales). The finding
 * uses this with its question; a screen can without one.
 */
#ifndef CASE_TELLTALE_H
#define CASE_TELLTALE_H

#include "case_state.h"
#include "err.h"
#include "slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct case_reading {
	struct slice counter; /* borrowed from the leaf */
	unsigned long long value;
	size_t event; /* in the timeline; of the first ones: the first */
	uint32_t leaf;
	bool is_second; /* its record has an earlier one of this counter */
};

struct case_readings {
	struct case_reading *p;
	size_t n, cap;
};

enum case_telltale {
	CASE_TELLTALE_NONE, /* the records explain it */
	CASE_TELLTALE_USE, /* a use that no record explains */
	CASE_TELLTALE_BACKWARDS, /* set back, or another drive */
};

/* All readings of the item, in the order of its timeline, each block's once;
 * none if nothing happened to it. *ret_readings is emptied first and keeps its
 * memory; free(ret_readings->p). */
int case_telltale_read(const struct case_state *state, uint32_t item,
    const struct case_event *events, size_t event_count,
    struct case_readings *ret_readings, struct err *err) MUST_CHECK;

/* The last one before reading i of the same counter, or NULL. */
const struct case_reading *case_telltale_before(
    const struct case_readings *readings, size_t i);

/* What the readings are held against. */
struct case_telltale_timeline {
	const struct case_state *state;
	const struct case_event *events;
	size_t n;
	/* May event k explain what event i shows? */
	bool (*counts)(void *cookie, size_t k, size_t i);
	void *cookie;
};

/* `old` is the last reading before `new` of the same counter. */
int case_telltale_judge(const struct case_telltale_timeline *timeline,
    const struct case_reading *old, const struct case_reading *new,
    enum case_telltale *ret_telltale, struct err *err) MUST_CHECK;

#endif
