/*
 * flow_exposure_chart.h: the charts of an exposure page, as inline SVG. Each
 * says its numbers in text, too: a chart alone tells nothing to whoever cannot
 * see it.
 */
#ifndef FLOW_EXPOSURE_CHART_H
#define FLOW_EXPOSURE_CHART_H

#include "buf.h"

#include <stddef.h>
#include <stdint.h>

struct flow_exposure_chart_bar {
	const char *label; /* of this program */
	uint64_t value;
	const char *fill; /* of a part; NULL for bars */
};

/* Horizontal bars, one under the other. */
void flow_exposure_chart_put_bars(struct buf *out, const char *title,
    const struct flow_exposure_chart_bar *bars, size_t n);

/* One bar made of parts, and below it what each part is. */
void flow_exposure_chart_put_parts(struct buf *out, const char *title,
    const struct flow_exposure_chart_bar *parts, size_t n);

/* 1234567 as "1 234 567", with spaces that do not break. */
void flow_exposure_chart_put_number(struct buf *out, uint64_t value);

#endif
