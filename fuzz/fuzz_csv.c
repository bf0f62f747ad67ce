/*
 * fuzz_csv.c: any bytes at all as a table. Beyond not crashing: a table that is
 * accepted has every cell inside its own copy, trimmed and UTF-8, and one that
 * is refused says why.
 */
#include "csv.h"
#include "text.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void require(int is_true)
{
	if (!is_true)
		abort();
}

static void check_cell(const struct csv *csv, size_t n, struct slice cell)
{
	require(cell.p >= csv->text && cell.p + cell.n <= csv->text + n);
	require(slice_is(cell, slice_trim(cell)));
	require(text_is_utf8(cell));
	require(memchr(cell.p, '\0', cell.n) == NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct csv csv;
	struct err err = {0};
	size_t line = 0;

	const int rc = csv_parse(&csv, (const char *)data, n, &err);
	require(rc == err.code && (rc != 0) == (err.message[0] != '\0'));
	require(rc != 0 || csv.column_count > 0);
	for (size_t i = 0; i < csv.column_count; i++)
		check_cell(&csv, n, csv.columns[i]);
	for (size_t row = 0; row < csv.row_count; row++) {
		require(csv.line_numbers[row] > line);
		line = csv.line_numbers[row];
		for (size_t i = 0; i < csv.column_count; i++)
			check_cell(&csv, n, csv_cell(&csv, row, (int)i));
	}
	csv_done(&csv);
	return 0;
}
