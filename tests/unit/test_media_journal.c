/*
 * The journal of an unfinished image: what it says comes back, and one that was
 * altered anywhere is refused or says only what stood before that place.
 */
#include "media_journal.h"

#include "buf.h"
#include "file.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define LENGTH (UINT64_C(10) << 20)

static char base[64];
static const struct media_journal_terms terms = {
    .style = MEDIA_NAME_PARTS,
    .length = LENGTH,
    .segment_size = 1 << 20,
    .guid = {1, 2, 3},
};

static int enter(void **state)
{
	(void)state;
	(void)snprintf(base, sizeof(base), "/tmp/cf-journal-XXXXXX");
	return mkdtemp(base) != NULL && chdir(base) == 0 ? 0 : -1;
}

static int leave(void **state)
{
	(void)state;
	(void)unlink("x.journal"); /* may be gone */
	return chdir("/") == 0 && rmdir(base) == 0 ? 0 : -1;
}

static void reach(struct media_journal *j, uint64_t at, bool is_whole,
    const struct media_ranges *bad)
{
	struct media_journal_point point = {
	    .at = at,
	    .number = at / (1 << 20),
	    .file_length = 1 << 20,
	    .root = {{(uint8_t)(at >> 20)}},
	    .is_whole = is_whole,
	};

	assert_int_equal(media_journal_reach(j, &point, bad, NULL), 0);
}

static void read_file(struct buf *text)
{
	buf_init(text, 1 << 20);
	assert_int_equal(
	    file_read(text, AT_FDCWD, "x.journal", 1 << 20, NULL), 0);
}

/* Two points, and a bad range before each. */
static void make(struct buf *text)
{
	struct media_journal *j;
	struct media_ranges bad = {0};

	(void)unlink("x.journal");
	assert_int_equal(media_journal_new(&j, "x", &terms, NULL), 0);
	assert_int_equal(media_range_add(&bad, 512, 1024, NULL), 0);
	reach(j, 2 << 20, false, &bad);
	assert_int_equal(media_range_add(&bad, 3 << 20, 512, NULL), 0);
	reach(j, 4 << 20, false, &bad);
	media_journal_free(j);
	media_range_done(&bad);
	read_file(text);
}

static int parse(struct slice text, struct media_journal_text *t)
{
	struct media_journal_terms again = terms;
	int rc;

	memset(again.guid, 0, sizeof(again.guid));
	rc = media_journal_parse(t, text, &again, NULL);
	if (rc == 0)
		assert_memory_equal(again.guid, terms.guid, sizeof(terms.guid));
	return rc;
}

static void test_comes_back(void **state)
{
	struct media_journal_terms again = terms;
	struct media_journal_point point;
	struct media_ranges bad = {0};
	struct media_journal *j;
	struct buf text;

	(void)state;
	make(&text);
	buf_done(&text);
	assert_int_equal(
	    media_journal_open(&j, "x", &again, &point, &bad, NULL), 0);
	assert_int_equal(point.at, 4 << 20);
	assert_int_equal(point.number, 4);
	assert_int_equal(point.root.b[0], 4);
	assert_int_equal(bad.n, 2);
	assert_int_equal(bad.of[1].at, 3 << 20);
	reach(j, LENGTH, true, &bad);
	media_journal_free(j);
	media_range_done(&bad);
	assert_int_equal(
	    media_journal_open(&j, "x", &again, &point, &bad, NULL), 0);
	assert_true(point.is_whole);
	assert_int_equal(bad.n, 2);
	media_journal_free(j);
	media_range_done(&bad);
	again.length++;
	assert_int_equal(
	    media_journal_open(&j, "x", &again, &point, &bad, NULL),
	    ERR_CONFLICT);
}

/* Each byte made each other one: nothing but the last LF may be altered. */
static void test_altered(void **state)
{
	struct media_journal_text t;
	struct buf text;

	(void)state;
	make(&text);
	for (size_t i = 0; i < text.n; i++)
		for (int by = 1; by < 256; by++) {
			text.p[i] = (char)(text.p[i] ^ by);
			if (parse(buf_slice(&text), &t) == 0) {
				assert_int_equal(i, text.n - 1);
				assert_int_equal(t.point.at, 2 << 20);
				assert_int_equal(t.bad.n, 1);
				media_range_done(&t.bad);
			}
			text.p[i] = (char)(text.p[i] ^ by);
		}
	buf_done(&text);
}

/* Lines taken out, put twice or changed about. */
static void test_lines(void **state)
{
	struct media_journal_text t;
	struct buf text, other;
	const char *line;

	(void)state;
	make(&text);
	buf_init(&other, 1 << 20);
	for (line = text.p; *line != '\0'; line = strchr(line, '\n') + 1) {
		size_t before = (size_t)(line - text.p);
		size_t n = (size_t)(strchr(line, '\n') - line) + 1;

		buf_clear(&other); /* twice */
		buf_put(&other, text.p, before + n);
		buf_put(&other, line, text.n - before);
		assert_int_not_equal(parse(buf_slice(&other), &t), 0);
		if (before + n == text.n)
			break; /* the last one may be missing */
		buf_clear(&other);
		buf_put(&other, text.p, before);
		buf_put(&other, line + n, text.n - before - n);
		assert_int_not_equal(parse(buf_slice(&other), &t), 0);
	}
	buf_done(&other);
	buf_done(&text);
}

/* Cut off anywhere by a crash, it goes on from the point before. */
static void test_cut_off(void **state)
{
	struct buf text;
	size_t opened = 0;

	(void)state;
	make(&text);
	for (size_t n = 1; n < text.n; n++) {
		struct media_journal_terms again = terms;
		struct media_journal_point point = {0};
		struct media_ranges bad = {0};
		struct media_journal *j;

		assert_int_equal(file_publish(AT_FDCWD, "x.journal",
				     (struct slice){text.p, n}, 0640, NULL),
		    0);
		if (media_journal_open(&j, "x", &again, &point, &bad, NULL) !=
		    0)
			continue; /* within the terms */
		opened++;
		assert_true(point.at == 0 || point.at == 2 << 20);
		assert_int_equal(bad.n, point.at == 0 ? 0 : 1);
		reach(j, 6 << 20, false, &bad);
		media_journal_free(j);
		media_range_done(&bad);
		assert_int_equal(
		    media_journal_open(&j, "x", &again, &point, &bad, NULL), 0);
		assert_int_equal(point.at, 6 << 20);
		media_journal_free(j);
		media_range_done(&bad);
	}
	assert_true(opened > 300);
	buf_done(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_comes_back),
	    cmocka_unit_test(test_altered),
	    cmocka_unit_test(test_lines),
	    cmocka_unit_test(test_cut_off),
	};

	return cmocka_run_group_tests(tests, enter, leave);
}
