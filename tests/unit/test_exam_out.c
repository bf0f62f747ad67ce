/*
 * test_exam_out.c: what other programs read: lines of feature files, tables
 * that no spreadsheet runs, one document a line, and an archive of them.
 */
#include "exam_out.h"
#include "exam_planted.h"
#include "exam_tar.h"

#include "csv.h"

#include <stdlib.h>

static int put(void *cookie, const void *bytes, size_t n, struct err *err)
{
	struct buf *out = cookie;

	buf_put(out, bytes, n);
	return buf_check(out, err);
}

static void make(struct buf *out, exam_sink_make_fn *fn,
    const struct planted *p, enum cage_hit_kind kind)
{
	const struct exam_out o = {&p->report, kind};
	const struct exam_sink sink = {put, out};

	buf_init(out, 16u << 20);
	assert_int_equal(fn(&o, &sink, NULL), 0);
	buf_putc(out, '\0'); /* not a part of it */
	out->n--;
}

static void feature_files_are_bulk_extractors(void **state)
{
	struct planted p = planted_make();
	struct buf out;

	(void)state;
	make(&out, exam_out_features, &p, CAGE_HIT_EMAIL);
	assert_non_null(strstr(out.p,
	    "\nFILE6-123-ZIP-456-GZIP-4096\tloose@example.org\t"
	    "write to <loose@example.org> \\x5C today\n"));
	assert_non_null(strstr(out.p, "\n# Feature-Recorder: email\n"));
	buf_done(&out);
	make(&out, exam_out_histogram, &p, CAGE_HIT_EMAIL);
	/* As a sender 34 and as a receiver 31 times; in front of all others. */
	assert_non_null(strstr(
	    out.p, "# Histogram-File-Version: 1.1\nn=65\tp11@example.org\n"));
	assert_non_null(strstr(out.p, "\nn=1\tloose@example.org\n"));
	buf_done(&out);
	planted_done(&p);
}

static void tables_run_no_formula(void **state)
{
	static exam_sink_make_fn *const makers[] = {exam_out_people_csv,
	    exam_out_identifiers_csv, exam_out_links_csv, exam_out_finds_csv};
	struct planted p = planted_make();

	(void)state;
	for (size_t i = 0; i < sizeof(makers) / sizeof(makers[0]); i++) {
		struct buf out;
		struct csv csv;

		make(&out, makers[i], &p, 0);
		assert_int_equal(csv_parse(&csv, out.p, out.n, NULL), 0);
		assert_true(csv.row_count > 10);
		for (size_t c = 0; c < csv.row_count * csv.column_count; c++)
			if (csv.cells[c].n > 0)
				assert_null(
				    memchr("=+-@", csv.cells[c].p[0], 4));
		csv_done(&csv);
		buf_done(&out);
	}
	planted_done(&p);
}

static void json_is_one_document_a_line(void **state)
{
	struct planted p = planted_make();
	struct buf out;
	size_t lines = 0;

	(void)state;
	make(&out, exam_out_people_jsonl, &p, 0);
	struct slice rest = buf_slice(&out);
	while (rest.n > 0) {
		struct slice line = slice_cut(&rest, '\n');

		assert_true(line.p[0] == '{' && line.p[line.n - 1] == '}');
		lines++;
	}
	assert_int_equal(lines, exam_people_count(p.people));
	buf_done(&out);
	make(&out, exam_out_finds_jsonl, &p, 0);
	assert_non_null(strstr(out.p, "\"file-path\": \"/a/=1+1.csv\""));
	buf_done(&out);
	planted_done(&p);
}

static int make_hello(
    const void *cookie, const struct exam_sink *sink, struct err *err)
{
	int rc = 0;

	for (int i = *(const int *)cookie; i > 0 && rc == 0; i--)
		rc = sink->put(sink->cookie, "hello", 5, err);
	return rc;
}

/* Another text each time. */
static int make_changing(
    const void *cookie, const struct exam_sink *sink, struct err *err)
{
	int *times = *(int *const *)cookie;

	return sink->put(sink->cookie, "hello", (size_t)++ * times, err);
}

static void an_archive_has_what_was_put(void **state)
{
	struct buf out, sums;
	const struct exam_sink sink = {put, &out};
	const struct exam_tar tar = {&sink, 1687513200, &sums};
	int times = 300;

	(void)state;
	buf_init(&out, 1u << 20);
	buf_init(&sums, 1u << 12);
	assert_int_equal(
	    exam_tar_put(&tar, "details/a.txt", make_hello, &times, NULL), 0);
	assert_int_equal(exam_tar_end(&tar, NULL), 0);
	assert_int_equal(out.n, 512 + 1536 + 1024);
	assert_memory_equal(out.p + 512, "hellohello", 10);
	assert_memory_equal(out.p + 257, "ustar", 6);
	assert_int_equal(strtoul(out.p + 124, NULL, 8), 1500);
	assert_int_equal(sums.n, 64 + 2 + 13 + 1);
	times = 0;
	int *changing = &times;
	assert_int_equal(
	    exam_tar_put(&tar, "details/b.txt", make_changing, &changing, NULL),
	    ERR_FORMAT);
	buf_done(&out);
	buf_done(&sums);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(feature_files_are_bulk_extractors),
	    cmocka_unit_test(tables_run_no_formula),
	    cmocka_unit_test(json_is_one_document_a_line),
	    cmocka_unit_test(an_archive_has_what_was_put),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
