/*
 * flow_exposure_chart.c: see flow_exposure_chart.h.
 */
#include "flow_exposure_chart.h"

#include "flow_html.h"

#include <inttypes.h>
#include <stdio.h>

#define WIDTH 720
#define LABEL 330 /* where bars begin */
#define NUMBER 90 /* that is kept free behind them */
#define ROW 22
#define LEAST 2 /* of any bar */
#define PARTS_HEIGHT 26

void flow_exposure_chart_put_number(struct buf *out, uint64_t value)
{
	char digits[24];
	int n = snprintf(digits, sizeof(digits), "%" PRIu64, value);

	for (int i = 0; i < n; i++) {
		if (i > 0 && (n - i) % 3 == 0)
			buf_puts(out, "\xc2\xa0");
		buf_putc(out, digits[i]);
	}
}

/* With LEAST for whatever is there, so that one of many is still seen. */
static uint64_t scale(uint64_t value, uint64_t max, uint64_t room)
{
	return value == 0
	    ? 0
	    : LEAST + (uint64_t)((double)value / (double)max * (double)room);
}

/* "33.2 %", and of what is there never 0.0. */
static void put_share(struct buf *out, uint64_t value, uint64_t total)
{
	double share = 100.0 * (double)value / (double)total;

	if (share < 0.05)
		buf_puts(out, "less than 0.1 %");
	else
		buf_printf(out, "%.1f %%", share);
}

static void put_head(struct buf *out, const char *title, size_t height)
{
	buf_puts(out, "<figure>\n<figcaption>");
	flow_html_put(out, slice_of(title));
	buf_printf(out,
	    "</figcaption>\n<svg class=\"chart\" viewBox=\"0 0 %d %zu\" "
	    "role=\"img\" aria-label=\"",
	    WIDTH, height);
	flow_html_put(out, slice_of(title));
	buf_puts(out, "\">\n");
}

void flow_exposure_chart_put_bars(struct buf *out, const char *title,
    const struct flow_exposure_chart_bar *bars, size_t n)
{
	uint64_t max = 0;

	for (size_t i = 0; i < n; i++)
		if (bars[i].value > max)
			max = bars[i].value;
	put_head(out, title, n * ROW + 4);
	for (size_t i = 0; i < n; i++) {
		uint64_t width =
		    scale(bars[i].value, max, WIDTH - LABEL - NUMBER);

		buf_printf(out, "<text class=\"label\" x=\"%d\" y=\"%zu\">",
		    LABEL - 10, i * ROW + 16);
		flow_html_put(out, slice_of(bars[i].label));
		buf_printf(out,
		    "</text><rect class=\"bar\" x=\"%d\" y=\"%zu\" "
		    "width=\"%" PRIu64 "\" height=\"%d\"/>"
		    "<text x=\"%" PRIu64 "\" y=\"%zu\">",
		    LABEL, i * ROW + 4, width, ROW - 6, LABEL + width + 7,
		    i * ROW + 16);
		flow_exposure_chart_put_number(out, bars[i].value);
		buf_puts(out, "</text>\n");
	}
	buf_puts(out, "</svg>\n</figure>\n");
}

static void put_legend(struct buf *out,
    const struct flow_exposure_chart_bar *parts, size_t n, uint64_t total)
{
	buf_puts(out, "<ul class=\"legend\">\n");
	for (size_t i = 0; i < n; i++) {
		if (parts[i].value == 0)
			continue;
		buf_printf(out,
		    "<li><svg class=\"swatch\" viewBox=\"0 0 12 12\" "
		    "aria-hidden=\"true\"><rect width=\"12\" height=\"12\" "
		    "fill=\"%s\"/></svg> ",
		    parts[i].fill);
		flow_html_put(out, slice_of(parts[i].label));
		buf_puts(out, ": <b>");
		flow_exposure_chart_put_number(out, parts[i].value);
		buf_puts(out, "</b> bytes (");
		put_share(out, parts[i].value, total);
		buf_puts(out, ")</li>\n");
	}
	buf_puts(out, "</ul>\n");
}

void flow_exposure_chart_put_parts(struct buf *out, const char *title,
    const struct flow_exposure_chart_bar *parts, size_t n)
{
	uint64_t total = 0, at = 0, room = WIDTH - n * LEAST;

	for (size_t i = 0; i < n; i++)
		total += parts[i].value;
	if (total == 0)
		return;
	put_head(out, title, PARTS_HEIGHT);
	for (size_t i = 0; i < n; i++) {
		uint64_t width = scale(parts[i].value, total, room);

		if (parts[i].value > 0)
			buf_printf(out,
			    "<rect x=\"%" PRIu64 "\" width=\"%" PRIu64
			    "\" height=\"%d\" fill=\"%s\"/>\n",
			    at, width, PARTS_HEIGHT, parts[i].fill);
		at += width;
	}
	buf_puts(out, "</svg>\n");
	put_legend(out, parts, n, total);
	buf_puts(out, "</figure>\n");
}
