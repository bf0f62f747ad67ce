/*
 * box_scan_book.c: address books as tables (CSV as Outlook, Google and
 * Thunderbird write it), found by the names of their columns. A row is an
 * entry, the table is the record.
 */
#include "box_scan.h"

#include "text.h"

#include <string.h>

#define COLUMNS_MAX 200
#define ROWS_MAX 2000
#define CELL_MAX 300

enum column {
	OTHER,
	FULL_NAME,
	FIRST_NAME,
	LAST_NAME,
	EMAIL,
	PHONE,
};

struct cell {
	size_t at, end; /* without quotes, in the text */
};

struct row {
	size_t n;
	struct cell of[COLUMNS_MAX];
};

struct table {
	const struct box_scan_text *text;
	char separator;
	enum column columns[COLUMNS_MAX];
	size_t n;
};

/* The row at `at`; returns where the next one begins, 0: it is none. */
static size_t take_row(
    const struct table *table, size_t at, struct row *ret_row)
{
	const uint8_t *p = table->text->p;
	const size_t n = table->text->n, begin = at;

	ret_row->n = 0;
	while (at < n && ret_row->n < COLUMNS_MAX &&
	    at - begin < BOX_SCAN_MARGIN) {
		struct cell *cell = &ret_row->of[ret_row->n++];
		const bool is_quoted = p[at] == '"';

		at += is_quoted;
		cell->at = at;
		while (at < n && p[at] != 0 &&
		    (is_quoted ? p[at] != '"' || p[at + 1] == '"'
			       : p[at] != (uint8_t)table->separator &&
				p[at] != '\n' && p[at] != '\r'))
			at += is_quoted && p[at] == '"' ? 2 : 1;
		cell->end = at;
		at += is_quoted && at < n && p[at] == '"';
		if (at >= n || p[at] == 0)
			return at;
		if (p[at] == (uint8_t)table->separator) {
			at++;
			continue;
		}
		if (p[at] == '\r')
			at++;
		return at < n && p[at] == '\n' ? at + 1 : 0;
	}
	return 0;
}

static bool is_one_of(struct slice s, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (slice_is_text(s, names[i]))
			return true;
	return false;
}

#define ONE_OF(s, list) is_one_of(s, list, sizeof(list) / sizeof(*(list)))

static enum column column_of(const struct table *table, const struct cell *cell)
{
	static const char *const full[] = {
	    "name", "display name", "full name", "anzeigename"};
	static const char *const first[] = {
	    "first name", "given name", "vorname", "prénom"};
	static const char *const last[] = {
	    "last name", "family name", "nachname", "surname", "nom"};
	static const char *const emails[] = {"e-mail address", "e-mail",
	    "email", "email address", "primary email", "secondary email",
	    "e-mail 2 address", "e-mail 3 address", "e-mail 1 - value",
	    "e-mail 2 - value", "e-mail-adresse", "mail"};
	static const char *const phones[] = {"phone", "mobile phone",
	    "home phone", "business phone", "work phone", "mobile number",
	    "phone 1 - value", "phone 2 - value", "telephone", "mobile",
	    "telefon", "mobiltelefon", "primary phone"};
	const struct slice raw = slice_trim((struct slice){
	    (const char *)table->text->p + cell->at, cell->end - cell->at});
	char lower[32];

	if (raw.n > sizeof(lower))
		return OTHER;
	text_lower(lower, raw);
	const struct slice s = {lower, raw.n};

	if (ONE_OF(s, full))
		return FULL_NAME;
	if (ONE_OF(s, first))
		return FIRST_NAME;
	if (ONE_OF(s, last))
		return LAST_NAME;
	if (ONE_OF(s, emails))
		return EMAIL;
	return ONE_OF(s, phones) ? PHONE : OTHER;
}

/* Columns of a name and of something to reach somebody by. */
static bool take_columns(struct table *table, const struct row *row)
{
	bool has_name = false, has_reach = false;

	table->n = row->n;
	for (size_t i = 0; i < row->n; i++) {
		table->columns[i] = column_of(table, &row->of[i]);
		has_name = has_name || table->columns[i] == FULL_NAME ||
		    table->columns[i] == FIRST_NAME;
		has_reach = has_reach || table->columns[i] == EMAIL ||
		    table->columns[i] == PHONE;
	}
	return row->n >= 3 && has_name && has_reach;
}

static void put(struct box_scan *scan, enum cage_hit_kind kind,
    const struct cell *cell, size_t end, struct slice text,
    struct box_scan_record *record)
{
	box_scan_put(scan,
	    &(struct box_scan_find){.kind = kind,
		.at = cell->at,
		.n = end - cell->at,
		.text = text,
		.role = CAGE_HIT_OWNER,
		.record = record,
		.has_entry = true});
}

static struct slice cell_text(const struct table *table, const struct cell *c)
{
	return slice_trim((struct slice){
	    (const char *)table->text->p + c->at, c->end - c->at});
}

/* A full name, or a first and a last one. */
static void put_name(struct box_scan *scan, const struct table *table,
    const struct row *row, struct box_scan_record *record)
{
	char text[2 * CELL_MAX + 2];
	const struct cell *begin = NULL;
	size_t n = 0, end = 0;

	for (size_t i = 0; i < row->n; i++) {
		const struct slice s = cell_text(table, &row->of[i]);

		if (table->columns[i] == FULL_NAME && s.n > 1 &&
		    s.n <= CELL_MAX) {
			put(scan, CAGE_HIT_NAME, &row->of[i], row->of[i].end, s,
			    record);
			return;
		}
	}
	for (int part = FIRST_NAME; part <= LAST_NAME; part++)
		for (size_t i = 0; i < row->n; i++) {
			const struct slice s = cell_text(table, &row->of[i]);

			if (table->columns[i] != (enum column)part ||
			    s.n == 0 || n + s.n + 1 > sizeof(text))
				continue;
			if (n > 0)
				text[n++] = ' ';
			memcpy(text + n, s.p, s.n);
			n += s.n;
			if (begin == NULL || row->of[i].at < begin->at)
				begin = &row->of[i];
			if (row->of[i].end > end)
				end = row->of[i].end;
		}
	if (n > 1)
		put(scan, CAGE_HIT_NAME, begin, end, (struct slice){text, n},
		    record);
}

static void put_row(struct box_scan *scan, const struct table *table,
    const struct row *row, struct box_scan_record *record)
{
	char text[CAGE_HIT_TEXT_MAX];

	record->entry = 0;
	put_name(scan, table, row, record);
	for (size_t i = 0; i < row->n; i++) {
		const struct cell *cell = &row->of[i];
		const struct slice s = cell_text(table, cell);

		if (table->columns[i] == EMAIL && box_scan_email_is(s)) {
			text_lower(text, s);
			put(scan, CAGE_HIT_EMAIL, cell, cell->end,
			    (struct slice){text, s.n}, record);
		}
		if (table->columns[i] == PHONE && s.n > 0 &&
		    box_scan_phone_is(s, text))
			put(scan, CAGE_HIT_PHONE, cell, cell->end,
			    slice_of(text), record);
	}
}

/* The name of a column, somewhere in the first line. */
void box_scan_book(struct box_scan *scan, size_t end)
{
	const struct box_scan_text *t = box_scan_text(scan);
	const uint8_t *before = memrchr(t->p, '\n', end);
	const uint8_t *zero = memrchr(t->p, 0, end);
	size_t begin = before != NULL ? (size_t)(before - t->p) + 1 : 0;
	struct table table = {.text = t, .separator = ','};
	struct row row;

	if (zero != NULL && (size_t)(zero - t->p) >= begin)
		begin = (size_t)(zero - t->p) + 1;
	if (t->n - begin > 3 && memcmp(t->p + begin, "\xef\xbb\xbf", 3) == 0)
		begin += 3;
	if (!box_scan_is_new(scan, BOX_SCAN_CONTACTS, begin, end))
		return;
	size_t next = take_row(&table, begin, &row);

	for (unsigned i = 0; i < 2 && row.n < 3; i++) {
		table.separator = i == 0 ? ';' : '\t';
		next = take_row(&table, begin, &row);
	}
	if (next == 0 || !take_columns(&table, &row))
		return;
	struct box_scan_record record = {.at = begin};
	size_t last = next;

	for (unsigned i = 0; i < ROWS_MAX && last < t->n; i++) {
		const size_t after = take_row(&table, last, &row);

		if (after == 0 || row.n != table.n ||
		    after - begin > BOX_SCAN_MARGIN)
			break;
		put_row(scan, &table, &row, &record);
		last = after;
	}
	box_scan_mark(scan,
	    CAGE_HIT_FINDS(CAGE_HIT_EMAIL) | CAGE_HIT_FINDS(CAGE_HIT_PHONE),
	    next, last);
	(void)box_scan_is_new(scan, BOX_SCAN_CONTACTS, begin, last);
}
