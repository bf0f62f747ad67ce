/*
 * test_record_leaf.c: a leaf is `entered: <time>`, a line feed and the note,
 * at most 65,535 bytes in all.
 */
#include "record_leaf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define ENTERED "entered: 2023-06-21T09:41:00Z\n"
#define WHEN 1687340460
#define NOTE "text\n\n\xe2\x80\x94 police.example fTwfCW==\n"

static int parse_bytes(struct slice bytes)
{
	struct record_leaf leaf = {.entered = 77};
	struct err err = {0};
	int rc = record_leaf_parse(&leaf, bytes, &err);

	assert_int_equal(err.code, rc);
	if (rc != 0)
		assert_int_equal(leaf.entered, 77);
	return rc;
}

static void refuse(const char *text)
{
	int rc = parse_bytes(slice_of(text));

	if (rc != ERR_FORMAT)
		fail_msg("%d for: %s", rc, text);
}

static void splits_time_and_note(void **state)
{
	struct record_leaf leaf;

	(void)state;
	assert_int_equal(
	    record_leaf_parse(&leaf, slice_of(ENTERED NOTE), NULL), 0);
	assert_int_equal(leaf.entered, WHEN);
	assert_true(slice_is_text(leaf.note, NOTE));
}

static void is_written_as_it_is_read(void **state)
{
	struct buf out;

	(void)state;
	buf_init(&out, RECORD_LEAF_MAX);
	assert_int_equal(record_leaf_put(&out, WHEN, slice_of(NOTE), NULL), 0);
	assert_true(slice_is_text(buf_slice(&out), ENTERED NOTE));
	buf_done(&out);
}

static void refuses_a_leaf_without_its_time(void **state)
{
	(void)state;
	refuse("");
	refuse("entered: ");
	refuse("entered: 2023-06-21T09:41:00Z");
	refuse(NOTE);
	refuse("\n" ENTERED NOTE);
	refuse("Entered: 2023-06-21T09:41:00Z\n" NOTE);
	refuse("entered:2023-06-21T09:41:00Z\n" NOTE);
	refuse("entered:  2023-06-21T09:41:00Z\n" NOTE);
}

static void refuses_a_bad_time(void **state)
{
	(void)state;
	refuse("entered: \n" NOTE);
	refuse("entered: 2023-06-21\n" NOTE);
	refuse("entered: 2023-06-21T09:41:00\n" NOTE);
	refuse("entered: 2023-06-21T09:41:00Z \n" NOTE);
	refuse("entered: 2023-06-21T09:41:00Z\r\n" NOTE);
	refuse("entered: 2023-06-21T09:41:60Z\n" NOTE);
	refuse("entered: 2023-06-31T09:41:00Z\n" NOTE);
	refuse("entered: 1687340460\n" NOTE);
}

static void a_changed_byte_of_its_time_is_another_time_or_refused(void **state)
{
	char text[] = ENTERED NOTE;

	(void)state;
	for (size_t i = 0; i < sizeof(ENTERED) - 1; i++) {
		for (int bit = 0; bit < 8; bit++) {
			struct slice bytes = {text, sizeof(text) - 1};
			struct record_leaf leaf;

			text[i] = (char)(text[i] ^ (1 << bit));
			if (record_leaf_parse(&leaf, bytes, NULL) == 0)
				assert_int_not_equal(leaf.entered, WHEN);
			text[i] = (char)(text[i] ^ (1 << bit));
		}
	}
}

/* A leaf of exactly `n` bytes, read and written. */
static void expect_of_size(size_t n, int expected)
{
	const size_t head = sizeof(ENTERED) - 1;
	char *text = malloc(n);
	struct buf out;

	assert_non_null(text);
	memset(text, 'a', n);
	memcpy(text, ENTERED, head);
	assert_int_equal(parse_bytes((struct slice){text, n}), expected);
	buf_init(&out, 2 * RECORD_LEAF_MAX);
	assert_int_equal(record_leaf_put(&out, WHEN,
			     (struct slice){text + head, n - head}, NULL),
	    expected);
	buf_done(&out);
	free(text);
}

static void holds_65535_bytes_and_no_more(void **state)
{
	(void)state;
	expect_of_size(65535, 0);
	expect_of_size(65536, ERR_LIMIT);
}

static void only_the_leaf_counts_not_what_was_written_before(void **state)
{
	struct buf out;

	(void)state;
	buf_init(&out, 2 * RECORD_LEAF_MAX);
	for (size_t i = 0; i < RECORD_LEAF_MAX; i++)
		buf_putc(&out, 'x');
	assert_int_equal(record_leaf_put(&out, WHEN, slice_of(NOTE), NULL), 0);
	buf_done(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(splits_time_and_note),
	    cmocka_unit_test(is_written_as_it_is_read),
	    cmocka_unit_test(refuses_a_leaf_without_its_time),
	    cmocka_unit_test(refuses_a_bad_time),
	    cmocka_unit_test(
		a_changed_byte_of_its_time_is_another_time_or_refused),
	    cmocka_unit_test(holds_65535_bytes_and_no_more),
	    cmocka_unit_test(only_the_leaf_counts_not_what_was_written_before),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
