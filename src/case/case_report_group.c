/*
 * case_report_group.c: a finding's lines by what they rest on.
 *
 * A finding has a line for each thing and form; people ask the other way
 * round: which reasons are there, and for how many things. Every line is
 * counted once under each of its reasons, so the totals add up again.
 */
#include "case_report.h"

#include "mem.h"

#include <stdlib.h>

/* One reason of one line; line == CASE_NONE: of the unlisted. */
struct entry {
	enum case_word word;
	enum case_code code;
	uint32_t leaf;
	uint32_t first_sighting;
	uint32_t line;
};

static int compare_u32(uint32_t a, uint32_t b)
{
	return (a > b) - (a < b);
}

/* Everything but the line. */
static int compare_reasons(const struct entry *a, const struct entry *b)
{
	int order = compare_u32(a->word, b->word);

	if (order == 0)
		order = compare_u32(a->code, b->code);
	if (order == 0)
		order = compare_u32(a->leaf, b->leaf);
	if (order == 0)
		order = compare_u32(a->first_sighting, b->first_sighting);
	if (order == 0)
		order = (a->line == CASE_NONE) - (b->line == CASE_NONE);
	return order;
}

static int compare_entries(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	int order = compare_reasons(x, y);

	return order != 0 ? order : compare_u32(x->line, y->line);
}

static bool is_no(enum case_word word)
{
	return word == CASE_NO || word == CASE_NO_UNWITNESSED;
}

static size_t add_line(
    struct entry *entries, const struct case_line *line, uint32_t number)
{
	struct entry entry = {
	    .word = line->word,
	    .line = number,
	    .first_sighting = CASE_NONE,
	};

	if (is_no(line->word) && number != CASE_NONE) {
		entry.code = CASE_CODE_COUNT;
		entry.leaf = line->last_sighting;
		entry.first_sighting = line->first_sighting;
		entries[0] = entry;
		return 1;
	}
	for (size_t i = 0; i < line->reason_count; i++) {
		entry.code = line->reasons[i].code;
		entry.leaf = line->reasons[i].leaf;
		entries[i] = entry;
	}
	return line->reason_count;
}

static void count_entry(const struct case_finding *finding,
    struct case_report_group *group, const struct entry *entry)
{
	if (entry->line == CASE_NONE) {
		group->is_unlisted = true;
		return;
	}
	const struct case_line *line = &finding->lines[entry->line];
	const struct case_item *item =
	    case_state_item(finding->state, line->item);
	size_t *total = &group->totals[line->form];
	if (*total < CASE_REPORT_NAMED)
		group->named[line->form][*total] = line->item;
	(*total)++;
	group->counts[line->form][item->type]++;
	if (line->word == CASE_YES && line->form == CASE_DATA &&
	    (group->since == 0 || line->since < group->since))
		group->since = line->since;
}

/* Gathers sorted entries; returns how many groups they make. */
static size_t gather(const struct case_finding *finding,
    const struct entry *entries, size_t n, struct case_report_group *groups)
{
	size_t count = 0;

	for (size_t i = 0; i < n; i++) {
		const struct entry *entry = &entries[i];
		if (i == 0 || compare_reasons(&entries[i - 1], entry) != 0)
			groups[count++] = (struct case_report_group){
			    .word = entry->word,
			    .reason = {.code = entry->code,
				.leaf = entry->leaf},
			    .first_sighting = entry->first_sighting,
			};
		count_entry(finding, &groups[count - 1], entry);
	}
	return count;
}

static size_t count_groups(const struct entry *entries, size_t n)
{
	size_t count = n > 0;

	for (size_t i = 1; i < n; i++)
		count += compare_reasons(&entries[i - 1], &entries[i]) != 0;
	return count;
}

int case_report_groups(const struct case_finding *finding,
    struct case_report_group **ret_groups, size_t *ret_n, struct err *err)
{
	size_t max = 1 + finding->unlisted.reason_count;
	size_t n = 0;
	int rc = 0;

	for (size_t i = 0; i < finding->line_count; i++)
		max += finding->lines[i].reason_count + 1;
	struct entry *entries = mem_new(max, sizeof(*entries));
	if (entries == NULL)
		return err_nomem(err);
	for (size_t i = 0; i < finding->line_count; i++)
		n += add_line(entries + n, &finding->lines[i], (uint32_t)i);
	n += add_line(entries + n, &finding->unlisted, CASE_NONE);
	qsort(entries, n, sizeof(*entries), compare_entries);
	struct case_report_group *groups =
	    mem_new(count_groups(entries, n) + 1, sizeof(*groups));
	if (groups == NULL) {
		rc = err_nomem(err);
		goto out;
	}
	*ret_n = gather(finding, entries, n, groups);
	*ret_groups = groups;
out:
	free(entries);
	return rc;
}

static void put_named(const struct case_finding *finding, const uint32_t *items,
    size_t n, struct buf *out)
{
	for (size_t i = 0; i < n; i++) {
		const struct case_item *item =
		    case_state_item(finding->state, items[i]);
		if (i > 0)
			buf_puts(out, i + 1 == n ? " and " : ", ");
		buf_put_slice(out, item->id);
	}
}

static void put_counted(const size_t *counts, struct buf *out)
{
	int last = 0;
	bool is_first = true;

	for (int t = 0; t < CASE_ITEM_TYPE_COUNT; t++)
		if (counts[t] > 0)
			last = t;
	for (int t = 0; t <= last; t++) {
		if (counts[t] == 0)
			continue;
		if (!is_first)
			buf_puts(out, t == last ? " and " : ", ");
		case_report_put_count(out, counts[t], (enum case_item_type)t);
		is_first = false;
	}
}

static void put_form(const struct case_finding *finding,
    const struct case_report_group *group, enum case_form form, struct buf *out)
{
	if (group->totals[CASE_HARDWARE] <= CASE_REPORT_NAMED &&
	    group->totals[CASE_DATA] <= CASE_REPORT_NAMED)
		put_named(
		    finding, group->named[form], group->totals[form], out);
	else
		put_counted(group->counts[form], out);
}

static bool is_same_things(const struct case_report_group *group)
{
	size_t n = group->totals[CASE_HARDWARE];

	if (n != group->totals[CASE_DATA])
		return false;
	for (size_t i = 0; i < n && i < CASE_REPORT_NAMED; i++)
		if (group->named[CASE_HARDWARE][i] !=
		    group->named[CASE_DATA][i])
			return false;
	return memcmp(group->counts[CASE_HARDWARE], group->counts[CASE_DATA],
		   sizeof(group->counts[CASE_DATA])) == 0;
}

void case_report_put_things(const struct case_finding *finding,
    const struct case_report_group *group, struct buf *out)
{
	if (group->is_unlisted) {
		buf_puts(out, "things not on the list");
		return;
	}
	if (is_same_things(group)) {
		put_form(finding, group, CASE_HARDWARE, out);
		buf_puts(out, ", hardware and data");
		return;
	}
	bool is_first = true;
	for (int f = 0; f < CASE_FORM_COUNT; f++) {
		if (group->totals[f] == 0)
			continue;
		if (!is_first)
			buf_puts(out, "; ");
		put_form(finding, group, (enum case_form)f, out);
		buf_printf(out, ", %s", case_form_name((enum case_form)f));
		is_first = false;
	}
}
