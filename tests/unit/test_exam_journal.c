/*
 * test_exam_journal.c: what was found so far is there again, whole or up to a
 * crash, and for nobody without the key.
 */
#include "exam_journal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME "journal"

static const uint8_t key[EXAM_JOURNAL_KEY] = {1, 2, 3};
static const char *const texts[] = {"first", "the second one", "3"};

struct seen {
	size_t n;
	bool is_false;
};

static int folder(void)
{
	static char path[] = "/tmp/test_exam_journal.XXXXXX";

	if (path[sizeof(path) - 2] == 'X')
		assert_non_null(mkdtemp(path));
	return open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static int see(void *cookie, const uint8_t *bytes, size_t n, struct err *err)
{
	struct seen *seen = cookie;

	(void)err;
	if (seen->n >= 4 ||
	    (seen->n < 3 &&
		(n != strlen(texts[seen->n]) ||
		    memcmp(bytes, texts[seen->n], n) != 0)))
		seen->is_false = true;
	seen->n++;
	return 0;
}

static void write_three(int dir)
{
	struct exam_journal *j = NULL;

	(void)unlinkat(dir, NAME, 0);
	assert_int_equal(exam_journal_create(&j, dir, NAME, key, NULL), 0);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(
		    exam_journal_put(j, texts[i], strlen(texts[i]), NULL), 0);
	assert_int_equal(exam_journal_sync(j, NULL), 0);
	exam_journal_close(j);
}

static size_t read_file(int dir, uint8_t *bytes, size_t max)
{
	int fd = openat(dir, NAME, O_RDONLY | O_CLOEXEC);
	ssize_t n = read(fd, bytes, max);

	assert_true(n > 0);
	(void)close(fd);
	return (size_t)n;
}

static void write_file(int dir, const uint8_t *bytes, size_t n)
{
	int fd =
	    openat(dir, NAME, O_WRONLY | O_TRUNC | O_CREAT | O_CLOEXEC, 0600);

	assert_int_equal(write(fd, bytes, n), n);
	(void)close(fd);
}

static int reopen(int dir, struct seen *seen)
{
	struct exam_journal *j = NULL;
	int rc;

	*seen = (struct seen){0};
	rc = exam_journal_open(&j, dir, NAME, key, see, seen, NULL);
	if (rc == 0)
		exam_journal_close(j);
	return rc;
}

static void gives_back_what_was_put(void **state)
{
	int dir = folder();
	struct exam_journal *j = NULL;
	struct seen seen = {0};

	(void)state;
	write_three(dir);
	assert_int_equal(
	    exam_journal_open(&j, dir, NAME, key, see, &seen, NULL), 0);
	assert_int_equal(seen.n, 3);
	assert_false(seen.is_false);
	assert_int_equal(exam_journal_put(j, "fourth", 6, NULL), 0);
	exam_journal_close(j);
	assert_int_equal(reopen(dir, &seen), 0);
	assert_int_equal(seen.n, 4);
	assert_false(seen.is_false);
	(void)close(dir);
}

static void loses_only_what_was_cut_off(void **state)
{
	static uint8_t bytes[4096];
	int dir = folder();
	struct seen seen;

	(void)state;
	write_three(dir);
	size_t n = read_file(dir, bytes, sizeof(bytes)), last = 0;
	for (size_t cut = 44; cut <= n; cut++) {
		write_file(dir, bytes, cut);
		assert_int_equal(reopen(dir, &seen), 0);
		assert_false(seen.is_false);
		assert_true(seen.n >= last && seen.n <= 3);
		last = seen.n;
		/* What was cut is gone, and it opens again. */
		assert_int_equal(reopen(dir, &seen), 0);
		assert_int_equal(seen.n, last);
	}
	assert_int_equal(last, 3);
	(void)close(dir);
}

static void sees_every_byte_that_was_changed(void **state)
{
	static uint8_t bytes[4096];
	int dir = folder();
	struct seen seen;

	(void)state;
	write_three(dir);
	size_t n = read_file(dir, bytes, sizeof(bytes));
	for (size_t i = 0; i < n; i++) {
		bytes[i] ^= 0x40;
		write_file(dir, bytes, n);
		int rc = reopen(dir, &seen);

		/* A length that reaches behind the end looks like a cut. */
		assert_true(rc == ERR_VERIFY || rc == ERR_FORMAT ||
		    (rc == 0 && seen.n < 3));
		assert_false(seen.is_false);
		bytes[i] ^= 0x40;
	}
	(void)close(dir);
}

static void opens_for_no_other_key_and_shows_nothing(void **state)
{
	static uint8_t bytes[4096];
	const uint8_t other[EXAM_JOURNAL_KEY] = {1, 2, 4};
	int dir = folder();
	struct exam_journal *j = NULL;
	struct seen seen = {0};
	struct stat st;

	(void)state;
	write_three(dir);
	assert_int_equal(
	    exam_journal_open(&j, dir, NAME, other, see, &seen, NULL),
	    ERR_VERIFY);
	assert_int_equal(seen.n, 0);
	size_t n = read_file(dir, bytes, sizeof(bytes));
	assert_null(memmem(bytes, n, "second", 6));
	assert_int_equal(fstatat(dir, NAME, &st, 0), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	(void)close(dir);
}

static void takes_no_record_out_of_its_place(void **state)
{
	static uint8_t bytes[4096], moved[4096];
	const size_t head = 28 + 16, first = 4 + 24 + 5 + 16;
	int dir = folder();
	struct seen seen;

	(void)state;
	write_three(dir);
	size_t n = read_file(dir, bytes, sizeof(bytes));
	memcpy(moved, bytes, head);
	memcpy(moved + head, bytes + head + first, n - head - first);
	write_file(dir, moved, n - first);
	assert_int_equal(reopen(dir, &seen), ERR_VERIFY);
	assert_int_equal(seen.n, 0);
	(void)close(dir);
}

static void is_made_once(void **state)
{
	int dir = folder();
	struct exam_journal *j = NULL;

	(void)state;
	write_three(dir);
	assert_int_equal(
	    exam_journal_create(&j, dir, NAME, key, NULL), ERR_CONFLICT);
	(void)unlinkat(dir, NAME, 0);
	assert_int_equal(exam_journal_open(&j, dir, NAME, key, see, NULL, NULL),
	    ERR_NOTFOUND);
	(void)close(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(gives_back_what_was_put),
	    cmocka_unit_test(loses_only_what_was_cut_off),
	    cmocka_unit_test(sees_every_byte_that_was_changed),
	    cmocka_unit_test(opens_for_no_other_key_and_shows_nothing),
	    cmocka_unit_test(takes_no_record_out_of_its_place),
	    cmocka_unit_test(is_made_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
