/*
 * csv.c: RFC 4180 tables, read in one pass over an own copy.
 *
 * Invariant: a cell is resolved in place, never longer than it was written,
 * and each cell is checked by itself: separators are ASCII, so the table is
 * UTF-8 exactly if its cells are. What could be read in two ways (a stray
 * quote, a lone CR) is refused by line number instead of guessed.
 */
#include "csv.h"

#include "mem.h"
#include "text.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>

#define CSV_MARK "\xef\xbb\xbf"

struct parser {
	char *p; /* n bytes and a NUL */
	size_t n;
	size_t at;
	size_t line;
	size_t cell_line; /* where the cell at hand begins */
	struct err *err;
};

static int refuse(const struct parser *parser, const char *why)
{
	return err_set(
	    parser->err, ERR_FORMAT, "line %zu: %s", parser->cell_line, why);
}

/* The next byte; NUL at the end. NULs inside are refused by check_cell. */
static char peek(const struct parser *parser)
{
	return parser->p[parser->at];
}

static void skip_blanks(struct parser *parser)
{
	while (peek(parser) == ' ' || peek(parser) == '\t')
		parser->at++;
}

static bool is_at_end(const struct parser *parser)
{
	return parser->at == parser->n;
}

static bool accept_line_break(struct parser *parser)
{
	const char *p = parser->p + parser->at;

	if (p[0] == '\r' && p[1] == '\n')
		parser->at += 2;
	else if (p[0] == '\n')
		parser->at++;
	else
		return false;
	parser->line++;
	return true;
}

/* Behind an opening quote: takes the value and the closing quote. */
static int read_quoted(struct parser *parser, struct slice *ret_cell)
{
	char *const start = parser->p + parser->at;
	char *end = start;

	while (!is_at_end(parser)) {
		if (accept_line_break(parser)) {
			*end++ = '\n';
			continue;
		}
		const char c = parser->p[parser->at++];
		if (c == '"' && peek(parser) != '"') {
			*ret_cell =
			    (struct slice){start, (size_t)(end - start)};
			return 0;
		}
		parser->at += c == '"';
		*end++ = c;
	}
	return refuse(parser, "a quoted value begins and does not end");
}

static void read_plain(struct parser *parser, struct slice *ret_cell)
{
	const size_t start = parser->at;

	while (!is_at_end(parser) && !memchr(",\"\r\n", peek(parser), 4))
		parser->at++;
	*ret_cell = (struct slice){parser->p + start, parser->at - start};
}

static int check_cell(const struct parser *parser, struct slice cell)
{
	if (cell.n > 0 && memchr(cell.p, '\0', cell.n))
		return refuse(parser, "a NUL byte");
	if (!text_is_utf8(cell))
		return refuse(parser, "not UTF-8");
	return 0;
}

/* Reads a cell and the comma, line break or end behind it. */
static int read_cell(
    struct parser *parser, struct slice *ret_cell, bool *ret_is_last)
{
	struct slice cell;
	int rc = 0;

	parser->cell_line = parser->line;
	skip_blanks(parser);
	if (peek(parser) == '"') {
		parser->at++;
		rc = read_quoted(parser, &cell);
		skip_blanks(parser);
	} else {
		read_plain(parser, &cell);
	}
	if (rc == 0)
		rc = check_cell(parser, cell);
	if (rc != 0)
		return rc;
	if (peek(parser) == ',') {
		parser->at++;
		*ret_is_last = false;
	} else if (is_at_end(parser) || accept_line_break(parser)) {
		*ret_is_last = true;
	} else if (peek(parser) == '\r') {
		return refuse(parser, "a carriage return without a line feed");
	} else {
		return refuse(parser, "a quote or text beside a quoted value");
	}
	*ret_cell = slice_trim(cell);
	return 0;
}

static int read_row(struct parser *parser,
    struct slice ret_cells[CSV_COLUMNS_MAX], size_t *ret_n)
{
	bool is_last = false;
	size_t n = 0;

	while (!is_last) {
		if (n == CSV_COLUMNS_MAX)
			return err_set(parser->err, ERR_LIMIT,
			    "line %zu: more than %d columns", parser->line,
			    CSV_COLUMNS_MAX);
		const int rc = read_cell(parser, &ret_cells[n], &is_last);
		if (rc != 0)
			return rc;
		n++;
	}
	*ret_n = n;
	return 0;
}

/* Passes over blank lines; false if no row follows. */
static bool find_row(struct parser *parser)
{
	for (;;) {
		const size_t start = parser->at;

		skip_blanks(parser);
		if (is_at_end(parser))
			return false;
		if (!accept_line_break(parser)) {
			parser->at = start;
			return true;
		}
	}
}

static int read_header(struct csv *csv, struct parser *parser)
{
	if (!find_row(parser))
		return refuse(parser, "there is no header");
	const size_t line = parser->line;
	const int rc = read_row(parser, csv->columns, &csv->column_count);
	if (rc != 0)
		return rc;
	for (size_t i = 0; i < csv->column_count; i++)
		for (size_t k = 0; k < i; k++)
			if (slice_is(csv->columns[i], csv->columns[k]))
				return err_set(parser->err, ERR_FORMAT,
				    "line %zu: two columns are named "
				    "\"%.*s\"",
				    line, SLICE_ARG(csv->columns[i]));
	return 0;
}

struct capacity {
	size_t cells;
	size_t line_numbers;
};

static int add_row(struct csv *csv, struct capacity *cap,
    const struct slice *cells, size_t line, struct err *err)
{
	/* Cannot overflow: CSV_ROWS_MAX * CSV_COLUMNS_MAX is below 2^28. */
	const size_t start = csv->row_count * csv->column_count;
	int rc = mem_grow((void **)&csv->cells, &cap->cells,
	    start + csv->column_count, sizeof *csv->cells, err);

	if (rc != 0)
		return rc;
	rc = mem_grow((void **)&csv->line_numbers, &cap->line_numbers,
	    csv->row_count + 1, sizeof *csv->line_numbers, err);
	if (rc != 0)
		return rc;
	memcpy(
	    csv->cells + start, cells, csv->column_count * sizeof *csv->cells);
	csv->line_numbers[csv->row_count] = line;
	csv->row_count++;
	return 0;
}

static int read_rows(struct csv *csv, struct parser *parser)
{
	struct capacity cap = {0};
	struct slice cells[CSV_COLUMNS_MAX];

	while (find_row(parser)) {
		const size_t line = parser->line;
		size_t n;

		if (csv->row_count == CSV_ROWS_MAX)
			return err_set(parser->err, ERR_LIMIT,
			    "line %zu: more than %d rows", line, CSV_ROWS_MAX);
		int rc = read_row(parser, cells, &n);
		if (rc == 0 && n != csv->column_count)
			rc = err_set(parser->err, ERR_FORMAT,
			    "line %zu: %zu values under %zu columns", line, n,
			    csv->column_count);
		if (rc == 0)
			rc = add_row(csv, &cap, cells, line, parser->err);
		if (rc != 0)
			return rc;
	}
	return 0;
}

int csv_parse(struct csv *csv, const char *text, size_t n, struct err *err)
{
	int rc;

	*csv = (struct csv){.text = mem_copy_text(text, n)};
	if (!csv->text)
		return err_nomem(err);
	struct parser parser = {
	    .p = csv->text, .n = n, .line = 1, .cell_line = 1, .err = err};
	if (slice_starts_with((struct slice){csv->text, n}, CSV_MARK))
		parser.at = strlen(CSV_MARK);
	rc = read_header(csv, &parser);
	if (rc == 0)
		rc = read_rows(csv, &parser);
	if (rc != 0)
		csv_done(csv);
	return rc;
}

void csv_done(struct csv *csv)
{
	free(csv->text);
	free(csv->cells);
	free(csv->line_numbers);
	*csv = (struct csv){0};
}

int csv_column(const struct csv *csv, const char *name)
{
	for (size_t i = 0; i < csv->column_count; i++)
		if (slice_is_text(csv->columns[i], name))
			return (int)i;
	return -1;
}

struct slice csv_cell(const struct csv *csv, size_t row, int column)
{
	assert(row < csv->row_count);
	assert(column < (int)csv->column_count);
	if (column < 0)
		return (struct slice){NULL, 0};
	return csv->cells[row * csv->column_count + (size_t)column];
}

static bool is_quoted(struct slice value)
{
	for (size_t i = 0; i < value.n; i++)
		if (strchr("\",\r\n", value.p[i]) != NULL)
			return true;
	return false;
}

void csv_put(struct buf *out, struct slice value)
{
	bool is_at_start = out->n == 0 || out->p[out->n - 1] == '\n';
	bool is_marked =
	    value.n > 0 && memchr("=+-@'\t\r", value.p[0], 7) != NULL;
	/* A row that begins with nothing must still begin. */
	bool is_in_quotes = is_quoted(value) || (is_at_start && value.n == 0);

	buf_puts(out, is_at_start ? "" : ",");
	buf_puts(out, is_in_quotes ? "\"" : "");
	buf_puts(out, is_marked ? "'" : "");
	for (size_t i = 0; i < value.n; i++) {
		buf_puts(out, value.p[i] == '"' ? "\"" : "");
		buf_putc(out, value.p[i]);
	}
	buf_puts(out, is_in_quotes ? "\"" : "");
}

void csv_put_end(struct buf *out)
{
	buf_puts(out, "\r\n");
}
