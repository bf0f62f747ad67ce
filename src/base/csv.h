/*
 * csv.h: RFC 4180 tables with a header row, UTF-8, LF or CRLF, a byte order
 * mark at the very start allowed. Values are borrowed from the table. A quoted
 * value may hold commas, quotes (doubled) and line breaks (which read as LF).
 */
#ifndef CSV_H
#define CSV_H

#include "buf.h"
#include "err.h"
#include "slice.h"

#include <stddef.h>

#define CSV_COLUMNS_MAX 128
#define CSV_ROWS_MAX 2000000

struct csv {
	char *text; /* own copy, quotes resolved in place */
	size_t column_count;
	struct slice columns[CSV_COLUMNS_MAX]; /* trimmed header names */
	size_t row_count;
	struct slice *cells; /* row_count * column_count, trimmed */
	size_t *line_numbers; /* of each row, from 1 */
};

/* Errors name the line: ERR_FORMAT (not UTF-8, NUL, unclosed quote, a quote or
 * a CR elsewhere, a row with more or fewer cells than the header, two columns
 * of one name, no header), ERR_LIMIT. Blank lines are passed over. After a
 * failure *csv is zeroed and nothing needs to be freed. */
int csv_parse(
    struct csv *csv, const char *text, size_t n, struct err *err) MUST_CHECK;
void csv_done(struct csv *csv);

/* The column's number, or -1. Case-sensitive. */
int csv_column(const struct csv *csv, const char *name);

/*
 * Writing, one cell after the other; csv_put_end closes the row. A value that
 * needs it is quoted. One that begins with = + - or @, which a spreadsheet
 * would run as a formula, or with ', gets a ' in front: whoever takes one
 * leading ' away has the value again.
 */
void csv_put(struct buf *out, struct slice value);
void csv_put_end(struct buf *out);

/* The cell; an absent slice for column -1. */
struct slice csv_cell(const struct csv *csv, size_t row, int column);

#endif
