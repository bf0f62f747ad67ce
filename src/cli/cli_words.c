/*
 * cli_words.c: lists with commas and an "and".
 */
#include "cli_words.h"

#include "case_report.h"
#include "case_wrap.h"

static void put_listed(struct buf *out, size_t i, size_t n, struct slice name)
{
	if (i > 0)
		buf_puts(out, i + 1 == n ? " and " : ", ");
	buf_put_slice(out, name);
}

void cli_words_put_set(
    struct buf *out, const struct case_state *state, const struct case_set *set)
{
	size_t n = 0, i = 0;

	for (uint32_t p = case_set_next(set, 0); p != CASE_NONE;
	     p = case_set_next(set, p + 1))
		n++;
	for (uint32_t p = case_set_next(set, 0); p != CASE_NONE;
	     p = case_set_next(set, p + 1))
		put_listed(out, i++, n, case_state_party(state, p)->name);
	if (n == 0)
		buf_puts(out, "nobody");
}

void cli_words_put_signers(
    struct buf *out, const struct case_state *state, uint32_t leaf)
{
	size_t n;
	const uint32_t *signers = case_state_signers(state, leaf, &n);

	for (size_t i = 0; i < n; i++)
		put_listed(
		    out, i, n, case_state_party(state, signers[i])->name);
}

void cli_words_put_types(
    struct buf *out, const size_t counts[CASE_ITEM_TYPE_COUNT])
{
	size_t n = 0;

	for (int t = 0; t < CASE_ITEM_TYPE_COUNT; t++) {
		if (counts[t] == 0)
			continue;
		buf_puts(out, n++ > 0 ? ", " : "");
		case_report_put_count(out, counts[t], (enum case_item_type)t);
	}
	if (n == 0)
		buf_puts(out, "nothing");
}

void cli_words_heading(struct buf *out, const char *heading)
{
	buf_printf(out, "%s%s\n", out->n > 0 ? "\n" : "", heading);
}

void cli_words_line(struct buf *out, const char *first, struct buf *line)
{
	case_wrap_put(out, first, buf_slice(line));
	if (line->failed != 0 && out->failed == 0)
		out->failed = line->failed;
	buf_clear(line);
}
