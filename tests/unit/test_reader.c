/*
 * test_reader.c: bounded reading with a sticky error.
 */
#include "reader.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void reads_fields_in_a_row(void **state)
{
	static const char bytes[] = "\x01\x02\x03\x04\x05\x06\x07"
				    "\x08\x09\x0a\x0b\x0c\x0d\x0e\x0fline\n\n";
	struct reader reader;

	(void)state;
	reader_init(&reader, bytes, sizeof bytes - 1);
	assert_int_equal(reader_u8(&reader), 0x01);
	assert_int_equal(reader_be16(&reader), 0x0203);
	assert_int_equal(reader_be32(&reader), 0x04050607);
	assert_true(reader_be64(&reader) == UINT64_C(0x08090a0b0c0d0e0f));
	assert_true(slice_is_text(reader_line(&reader), "line"));
	assert_false(reader_is_at_end(&reader));
	assert_true(slice_is_text(reader_line(&reader), ""));
	assert_true(reader_is_at_end(&reader));
}

static void fails_at_the_first_missing_byte(void **state)
{
	struct reader reader;

	(void)state;
	reader_init(&reader, "abc", 3);
	assert_int_equal(reader_be32(&reader), 0);
	assert_true(reader.failed);
	assert_int_equal(reader.at, 0);
}

static void gives_nothing_after_a_failure(void **state)
{
	struct reader reader;

	(void)state;
	reader_init(&reader, "abc\n", 4);
	reader_expect(&reader, "x");
	assert_true(reader.failed);
	assert_int_equal(reader_u8(&reader), 0);
	assert_null(reader_bytes(&reader, 1).p);
	assert_null(reader_bytes(&reader, 0).p);
	assert_null(reader_line(&reader).p);
	assert_false(reader_accept(&reader, "abc"));
	assert_false(reader_accept(&reader, ""));
	assert_int_equal(reader_left(&reader), 0);
	assert_false(reader_is_at_end(&reader));
}

static void refuses_a_line_without_its_end(void **state)
{
	struct reader reader;

	(void)state;
	reader_init(&reader, "ab", 2);
	assert_null(reader_line(&reader).p);
	assert_true(reader.failed);
}

static void consumes_what_it_accepts_only(void **state)
{
	struct reader reader;

	(void)state;
	reader_init(&reader, "key: value", 10);
	assert_false(reader_accept(&reader, "kex"));
	assert_false(reader_accept(&reader, "key: value "));
	assert_true(reader_accept(&reader, "key: "));
	reader_expect(&reader, "value");
	assert_true(reader_is_at_end(&reader));
}

static void reads_an_empty_input(void **state)
{
	struct reader reader;

	(void)state;
	reader_init(&reader, NULL, 0);
	assert_true(reader_is_at_end(&reader));
	assert_non_null(reader_bytes(&reader, 0).p);
	assert_null(reader_line(&reader).p);
	reader_init(&reader, NULL, 0);
	assert_null(reader_bytes(&reader, SIZE_MAX).p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(reads_fields_in_a_row),
	    cmocka_unit_test(fails_at_the_first_missing_byte),
	    cmocka_unit_test(gives_nothing_after_a_failure),
	    cmocka_unit_test(refuses_a_line_without_its_end),
	    cmocka_unit_test(consumes_what_it_accepts_only),
	    cmocka_unit_test(reads_an_empty_input),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
