/*
 * test_csv.c: tables as spreadsheets write them; what is ambiguous is refused
 * with its line.
 */
#include "csv.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "buf.h"
#include "mem.h"

#include <stdlib.h>
#include <string.h>

static void assert_cell(
    const struct csv *csv, size_t row, int column, const char *text)
{
	if (!slice_is_text(csv_cell(csv, row, column), text))
		fail_msg("cell %zu/%d is not \"%s\"", row, column, text);
}

static void assert_refused(
    const char *text, size_t n, int code, const char *message)
{
	struct csv csv;
	struct err err = {0};

	assert_int_equal(csv_parse(&csv, text, n, &err), code);
	assert_string_equal(err.message, message);
	assert_null(csv.text);
	assert_int_equal(csv.row_count, 0);
}

static void reads_a_table(void **state)
{
	static const char text[] = "item, serial ,remark\r\n"
				   "B-0007,\"a,b\",\"say \"\"no\"\"\"\r\n"
				   "\r\n"
				   " B-0008 ,\t, \"two\r\nlines\" \n"
				   "B-0009,,last";
	struct csv csv;

	(void)state;
	assert_int_equal(csv_parse(&csv, text, sizeof text - 1, NULL), 0);
	assert_int_equal(csv.column_count, 3);
	assert_int_equal(csv.row_count, 3);
	assert_int_equal(csv_column(&csv, "item"), 0);
	assert_int_equal(csv_column(&csv, "serial"), 1);
	assert_int_equal(csv_column(&csv, "Serial"), -1);
	assert_cell(&csv, 0, 0, "B-0007");
	assert_cell(&csv, 0, 1, "a,b");
	assert_cell(&csv, 0, 2, "say \"no\"");
	assert_cell(&csv, 1, 0, "B-0008");
	assert_cell(&csv, 1, 1, "");
	assert_cell(&csv, 1, 2, "two\nlines");
	assert_cell(&csv, 2, 2, "last");
	assert_null(csv_cell(&csv, 0, csv_column(&csv, "place")).p);
	assert_int_equal(csv.line_numbers[0], 2);
	assert_int_equal(csv.line_numbers[1], 4);
	assert_int_equal(csv.line_numbers[2], 6);
	csv_done(&csv);
}

static void passes_over_a_byte_order_mark_at_the_start_only(void **state)
{
	static const char text[] = "\xef\xbb\xbf\"a\",b\n\xef\xbb\xbf,2\n";
	struct csv csv;

	(void)state;
	assert_int_equal(csv_parse(&csv, text, sizeof text - 1, NULL), 0);
	assert_int_equal(csv_column(&csv, "a"), 0);
	assert_cell(&csv, 0, 0, "\xef\xbb\xbf");
	csv_done(&csv);
}

static void keeps_an_empty_quoted_row_apart_from_a_blank_line(void **state)
{
	static const char text[] = "a\n\n\"\"\n  \n1\n";
	struct csv csv;

	(void)state;
	assert_int_equal(csv_parse(&csv, text, sizeof text - 1, NULL), 0);
	assert_int_equal(csv.row_count, 2);
	assert_cell(&csv, 0, 0, "");
	assert_cell(&csv, 1, 0, "1");
	csv_done(&csv);
}

static void accepts_a_header_alone(void **state)
{
	struct csv csv;

	(void)state;
	assert_int_equal(csv_parse(&csv, "a,b", 3, NULL), 0);
	assert_int_equal(csv.column_count, 2);
	assert_int_equal(csv.row_count, 0);
	csv_done(&csv);
}

static void refuses_a_table_without_header(void **state)
{
	(void)state;
	assert_refused("", 0, ERR_FORMAT, "line 1: there is no header");
	assert_refused(
	    "\xef\xbb\xbf\n \n", 6, ERR_FORMAT, "line 1: there is no header");
}

static void refuses_rows_of_another_width(void **state)
{
	(void)state;
	assert_refused("a,b\n1,2\n1\n", 10, ERR_FORMAT,
	    "line 3: 1 values under 2 columns");
	assert_refused(
	    "a,b\n1,2,\n", 9, ERR_FORMAT, "line 2: 3 values under 2 columns");
}

static void refuses_two_columns_of_one_name(void **state)
{
	(void)state;
	assert_refused(
	    "a,b, a\n", 7, ERR_FORMAT, "line 1: two columns are named \"a\"");
}

static void refuses_misplaced_quotes(void **state)
{
	static const char stray[] =
	    "line 2: a quote or text beside a quoted value";

	(void)state;
	assert_refused("a\n\"x\n\n", 6, ERR_FORMAT,
	    "line 2: a quoted value begins and does not end");
	assert_refused("a\n2.5\" disk\n", 12, ERR_FORMAT, stray);
	assert_refused("a\n\"x\"y\n", 7, ERR_FORMAT, stray);
	assert_refused("a\n\"x\" \"y\"\n", 10, ERR_FORMAT, stray);
}

static void refuses_bytes_that_are_not_text(void **state)
{
	(void)state;
	assert_refused("a\nx\0y\n", 6, ERR_FORMAT, "line 2: a NUL byte");
	assert_refused("a\n\"x\0\"\n", 7, ERR_FORMAT, "line 2: a NUL byte");
	assert_refused("a\0", 2, ERR_FORMAT, "line 1: a NUL byte");
	assert_refused("a\n\"\n\xff\"\n", 7, ERR_FORMAT, "line 2: not UTF-8");
	assert_refused("a\n\xc3,\xa9\n", 6, ERR_FORMAT, "line 2: not UTF-8");
	assert_refused("a\nb\rc\n", 6, ERR_FORMAT,
	    "line 2: a carriage return without a line feed");
	assert_refused("a\r", 2, ERR_FORMAT,
	    "line 1: a carriage return without a line feed");
}

static void refuses_too_many_columns(void **state)
{
	struct buf buf;
	struct csv csv;

	(void)state;
	buf_init(&buf, 10000);
	for (int i = 0; i < CSV_COLUMNS_MAX; i++)
		buf_printf(&buf, "%sc%d", i > 0 ? "," : "", i);
	assert_int_equal(csv_parse(&csv, buf.p, buf.n, NULL), 0);
	assert_int_equal(csv.column_count, CSV_COLUMNS_MAX);
	csv_done(&csv);
	buf_puts(&buf, ",more\n");
	assert_refused(
	    buf.p, buf.n, ERR_LIMIT, "line 1: more than 128 columns");
	buf_done(&buf);
}

static void refuses_too_many_rows(void **state)
{
	const size_t n = 2 + 2 * ((size_t)CSV_ROWS_MAX + 1);
	char *text = mem_new(n, 1);
	struct csv csv;

	(void)state;
	assert_non_null(text);
	for (size_t i = 0; i < n; i += 2)
		memcpy(text + i, "a\n", 2);
	assert_refused(
	    text, n, ERR_LIMIT, "line 2000002: more than 2000000 rows");
	assert_int_equal(csv_parse(&csv, text, n - 2, NULL), 0);
	assert_int_equal(csv.row_count, CSV_ROWS_MAX);
	csv_done(&csv);
	free(text);
}

/* One leading ' is taken away, as the contract says. */
static struct slice unmark(struct slice cell)
{
	return cell.n > 0 && cell.p[0] == '\''
	    ? (struct slice){cell.p + 1, cell.n - 1}
	    : cell;
}

static void what_is_written_reads_as_it_was(void **state)
{
	static const char *const values[] = {"", "plain", "a,b", "say \"no\"",
	    "two\nlines", "=1+1", "+49", "-1", "@x", "'", "'=", "=\",\"",
	    "1=1"};
	const size_t n = sizeof(values) / sizeof(values[0]);
	struct buf out;
	struct csv csv;

	(void)state;
	buf_init(&out, 4096);
	for (int row = 0; row < 2; row++) {
		for (size_t i = 0; i < n; i++) {
			struct buf name;
			buf_init(&name, 64);
			buf_printf(&name, "c%zu", i);
			csv_put(&out,
			    row == 0 ? buf_slice(&name) : slice_of(values[i]));
			buf_done(&name);
		}
		csv_put_end(&out);
	}
	assert_int_equal(csv_parse(&csv, out.p, out.n, NULL), 0);
	assert_int_equal(csv.row_count, 1);
	for (size_t i = 0; i < n; i++) {
		struct slice cell = csv_cell(&csv, 0, (int)i);
		if (!slice_is_text(unmark(cell), values[i]))
			fail_msg("%s became %.*s", values[i], SLICE_ARG(cell));
		if (cell.n > 0 && strchr("=+-@", cell.p[0]) != NULL)
			fail_msg("%.*s would be run", SLICE_ARG(cell));
	}
	csv_done(&csv);
	buf_done(&out);
}

static void a_row_is_spelled_as_in_rfc_4180(void **state)
{
	struct buf out;

	(void)state;
	buf_init(&out, 4096);
	csv_put(&out, slice_of(""));
	csv_put(&out, slice_of("a \"b\""));
	csv_put(&out, slice_of(NULL));
	csv_put(&out, slice_of("=x"));
	csv_put_end(&out);
	assert_string_equal(out.p, "\"\",\"a \"\"b\"\"\",,'=x\r\n");
	buf_done(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(reads_a_table),
	    cmocka_unit_test(passes_over_a_byte_order_mark_at_the_start_only),
	    cmocka_unit_test(keeps_an_empty_quoted_row_apart_from_a_blank_line),
	    cmocka_unit_test(accepts_a_header_alone),
	    cmocka_unit_test(refuses_a_table_without_header),
	    cmocka_unit_test(refuses_rows_of_another_width),
	    cmocka_unit_test(refuses_two_columns_of_one_name),
	    cmocka_unit_test(refuses_misplaced_quotes),
	    cmocka_unit_test(refuses_bytes_that_are_not_text),
	    cmocka_unit_test(refuses_too_many_columns),
	    cmocka_unit_test(refuses_too_many_rows),
	    cmocka_unit_test(what_is_written_reads_as_it_was),
	    cmocka_unit_test(a_row_is_spelled_as_in_rfc_4180),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
