/*
 * case_weigh.h: how the word of one line is found: what its reasons and
 * conditions look at, and what they offer each other. Inside this room only.
 */
#ifndef CASE_WEIGH_H
#define CASE_WEIGH_H

#include "case_internal.h"

/* What every condition looks at. */
struct case_weighing {
	const struct case_inquiry *q;
	const struct case_finding *f;
	const struct case_state *state;
	struct case_view *view;
	struct case_line *line;
	const struct case_set *closure; /* who counts as P */
	struct err *err;
	int rc;
};

/* The stretch that a NO rests on: events (first, last]. */
struct case_stretch {
	bool has_first, has_last;
	size_t first, last;
};

/* case_weigh.c */
void case_weigh_add(
    struct case_weighing *w, enum case_code code, uint32_t leaf);
/* Does [from, to) or, if both are one, that moment meet the period? */
bool case_weigh_is_span_in_period(
    const struct case_finding *f, int64_t from, int64_t to);
/* Does (after, to] meet the period? */
bool case_weigh_is_after_in_period(
    const struct case_finding *f, int64_t after, int64_t to);
/* Is one of the signers of the leaf disinterested for the item? */
bool case_weigh_is_attested(const struct case_weighing *w, uint32_t leaf);
/* May event k explain what event i found? It was there first, or somebody
 * disinterested signed it. */
bool case_weigh_is_explaining(
    const struct case_weighing *w, size_t k, size_t i);
/* Does an event of this type make a drive's counters go on? */
bool case_weigh_is_use(enum case_event_type type);
/* Is the item an image or extract? */
bool case_weigh_is_copy(const struct case_weighing *w);
/* Does `weigh` to each of the item's copies, with its own timeline. */
void case_weigh_each_copy(
    struct case_weighing *w, void (*weigh_copy)(struct case_weighing *w));

/* case_yes.c */
void case_weigh_yes(struct case_weighing *w, enum case_form form);
/* Would it be shown, by holding or reading, if these were who counts as P? */
bool case_weigh_would_be_shown(struct case_weighing *w,
    const struct case_set *closure, enum case_form form);

/* case_contested.c: claims apart, which the two forms settle differently */
void case_weigh_contested(struct case_weighing *w, enum case_form form);
void case_weigh_claims(struct case_weighing *w, enum case_form form);

/* case_telltale.c */
void case_weigh_telltales(struct case_weighing *w);

/* case_no.c: true if all conditions are met for one last sighting */
bool case_weigh_no(struct case_weighing *w, enum case_form form);
void case_weigh_check_hardware(
    struct case_weighing *w, const struct case_stretch *s);
bool case_weigh_first_sighting(
    const struct case_weighing *w, size_t *ret_first);
bool case_weigh_last_sighting(
    const struct case_weighing *w, size_t from, size_t *ret_last);

/* case_no_data.c */
void case_weigh_check_enclosed(
    struct case_weighing *w, const struct case_stretch *s);
void case_weigh_check_copies(struct case_weighing *w);

#endif
