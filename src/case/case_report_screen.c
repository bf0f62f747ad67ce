/*
 * case_report_screen.c: the sentences of a finding set for a terminal, with
 * the table in the middle. Every thing of the finding is counted in exactly
 * one word of each column.
 */
#include "case_report.h"

#include "case_wrap.h"

#include <stdio.h>
#include <string.h>

#define CELL_COLUMNS 28
#define NAME_COLUMNS 20

/* Puts as many words of one cell as fit, from *word on; returns the columns
 * that they take. */
static size_t put_cell(const struct case_finding *finding,
    enum case_item_type type, enum case_form form, int *word, struct buf *out)
{
	size_t used = 0;

	for (; *word < CASE_WORD_COUNT; (*word)++) {
		enum case_word w = (enum case_word) * word;
		size_t n = case_finding_count(finding, type, form, w);
		char cell[64];

		if (n == 0)
			continue;
		if (w == CASE_NOT_APPLICABLE)
			(void)snprintf(cell, sizeof(cell), "n/a");
		else
			(void)snprintf(
			    cell, sizeof(cell), "%zu %s", n, case_word_name(w));
		size_t width = strlen(cell) + (used > 0 ? 2 : 0);
		if (used > 0 && used + width > CELL_COLUMNS)
			return used;
		buf_printf(out, "%s%s", used > 0 ? ", " : "", cell);
		used += width;
	}
	return used;
}

static void pad(struct buf *out, size_t used, size_t columns)
{
	for (; used < columns; used++)
		buf_putc(out, ' ');
}

/* Without the spaces that padding left at the end. */
static void end_line(struct buf *out)
{
	while (out->failed == 0 && out->n > 0 && out->p[out->n - 1] == ' ')
		out->p[--out->n] = '\0';
	buf_putc(out, '\n');
}

static void put_row(const struct case_finding *finding,
    enum case_item_type type, size_t total, struct buf *out)
{
	int words[CASE_FORM_COUNT] = {0};
	bool is_first = true;
	bool is_more = true;

	while (is_more) {
		size_t start = out->n;
		buf_puts(out, "  ");
		if (is_first)
			buf_printf(out, "%s (%zu)",
			    case_report_type(type, total), total);
		is_more = false;
		size_t columns = NAME_COLUMNS;
		for (int f = 0; f < CASE_FORM_COUNT; f++) {
			if (!finding->is_form_asked[f])
				continue;
			pad(out, out->n - start, columns);
			(void)put_cell(
			    finding, type, (enum case_form)f, &words[f], out);
			is_more = is_more || words[f] < CASE_WORD_COUNT;
			columns += CELL_COLUMNS + 2;
		}
		end_line(out);
		is_first = false;
	}
}

static void put_table(const struct case_finding *finding, struct buf *out)
{
	size_t totals[CASE_ITEM_TYPE_COUNT] = {0};
	size_t columns = NAME_COLUMNS;
	size_t start = out->n;

	if (finding->line_count == 0) {
		case_wrap_put(out, "  ",
		    slice_of("Nothing can be shown for any thing, because "
			     "none that was asked about is listed."));
		return;
	}
	for (size_t i = 0; i < finding->line_count; i++) {
		const struct case_line *line = &finding->lines[i];
		if (i == 0 || line[-1].item != line->item)
			totals[case_state_item(finding->state, line->item)
				   ->type]++;
	}
	for (int f = 0; f < CASE_FORM_COUNT; f++) {
		if (!finding->is_form_asked[f])
			continue;
		pad(out, out->n - start, columns);
		buf_puts(out, case_form_name((enum case_form)f));
		columns += CELL_COLUMNS + 2;
	}
	end_line(out);
	for (int t = 0; t < CASE_ITEM_TYPE_COUNT; t++)
		if (totals[t] > 0)
			put_row(
			    finding, (enum case_item_type)t, totals[t], out);
}

static void put_paragraph(void *cookie, struct slice sentence)
{
	case_wrap_put(cookie, "  ", sentence);
}

static void put_bullet(void *cookie, struct slice sentence)
{
	case_wrap_put(cookie, "  - ", sentence);
}

void case_report_put(const struct case_finding *finding, struct buf *out)
{
	struct err err = {0};

	for (int p = 0; p < CASE_REPORT_PART_COUNT; p++) {
		enum case_report_part part = (enum case_report_part)p;
		bool is_list = part == CASE_REPORT_WHY ||
		    part == CASE_REPORT_SETTLES || part == CASE_REPORT_ALSO;

		buf_printf(
		    out, "%s%s", p > 0 ? "\n" : "", case_report_heading(part));
		if (part == CASE_REPORT_FINDING) {
			buf_puts(out, " as of ");
			case_report_put_when(out, finding->time);
			buf_puts(out, " UTC\n");
			put_table(finding, out);
		}
		buf_putc(out, '\n');
		int rc = case_report_walk(finding, part,
		    is_list ? put_bullet : put_paragraph, out, &err);
		if (rc != 0 && out->failed == 0)
			out->failed = rc;
	}
}
