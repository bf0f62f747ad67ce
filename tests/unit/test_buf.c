/*
 * test_buf.c: bounded growth, sticky errors, whole writes.
 */
#include "buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* AddressSanitizer makes mlock do nothing. */
#if defined(__SANITIZE_ADDRESS__)
#define IS_SANITIZED true
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define IS_SANITIZED true
#endif
#endif
#ifndef IS_SANITIZED
#define IS_SANITIZED false
#endif

static void holds_exactly_its_maximum(void **state)
{
	struct buf buf;

	(void)state;
	buf_init(&buf, 4);
	buf_puts(&buf, "abcd");
	assert_int_equal(buf_check(&buf, NULL), 0);
	assert_string_equal(buf.p, "abcd");
	buf_putc(&buf, 'e');
	assert_int_equal(buf_check(&buf, NULL), ERR_LIMIT);
	buf_done(&buf);
}

static void stays_as_it_was_after_the_first_failure(void **state)
{
	struct buf buf;
	struct err err = {0};

	(void)state;
	buf_init(&buf, 4);
	buf_puts(&buf, "abc");
	buf_printf(&buf, "%d", 12);
	buf_putc(&buf, 'd');
	assert_true(slice_is_text(buf_slice(&buf), "abc"));
	assert_int_equal(buf_check(&buf, &err), ERR_LIMIT);
	assert_string_equal(err.message, "longer than 4 bytes");
	buf_clear(&buf);
	buf_putc(&buf, 'd');
	assert_int_equal(buf_check(&buf, NULL), 0);
	assert_string_equal(buf.p, "d");
	buf_done(&buf);
}

static void takes_no_memory_before_the_first_write(void **state)
{
	struct buf buf;

	(void)state;
	buf_init(&buf, 10);
	assert_null(buf.p);
	assert_true(slice_is_text(buf_slice(&buf), ""));
	buf_done(&buf);
}

static void refuses_everything_when_zeroed(void **state)
{
	struct buf buf = {0};

	(void)state;
	buf_putc(&buf, 'a');
	assert_int_equal(buf_check(&buf, NULL), ERR_LIMIT);
	buf_done(&buf);
	buf_wipe(&buf);
}

static void grows_without_losing_bytes(void **state)
{
	struct buf buf;

	(void)state;
	buf_init(&buf, SIZE_MAX);
	for (unsigned i = 0; i < 20000; i++)
		buf_printf(&buf, "%05u", i);
	assert_int_equal(buf_check(&buf, NULL), 0);
	assert_int_equal(buf.n, 100000);
	assert_memory_equal(buf.p + 5 * 12345, "12345", 5);
	assert_int_equal(buf.p[buf.n], '\0');
	buf_wipe(&buf);
	assert_null(buf.p);
}

static void writes_numbers_big_end_first(void **state)
{
	struct buf buf;

	(void)state;
	buf_init(&buf, 14);
	buf_put_be16(&buf, 0x0102);
	buf_put_be32(&buf, 0x03040506);
	buf_put_be64(&buf, UINT64_C(0x0708090a0b0c0d0e));
	assert_int_equal(buf_check(&buf, NULL), 0);
	assert_memory_equal(buf.p,
	    "\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e", 14);
	buf_done(&buf);
}

static void hands_over_its_memory_once(void **state)
{
	struct buf buf;
	size_t n = 0;

	(void)state;
	buf_init(&buf, 10);
	buf_put_slice(&buf, slice_of("abc"));
	char *taken = buf_take(&buf, &n);
	assert_string_equal(taken, "abc");
	assert_int_equal(n, 3);
	free(taken);
	taken = buf_take(&buf, &n);
	assert_string_equal(taken, "");
	assert_int_equal(n, 0);
	free(taken);
	buf_done(&buf);
}

static void hands_over_nothing_after_a_failure(void **state)
{
	struct buf buf;
	size_t n = 7;

	(void)state;
	buf_init(&buf, 2);
	buf_puts(&buf, "ab");
	buf_puts(&buf, "c");
	assert_null(buf_take(&buf, &n));
	assert_int_equal(n, 7);
	assert_null(buf.p);
	assert_int_equal(buf_check(&buf, NULL), 0);
}

/* Locked memory of this process, in KiB. */
static long locked_kib(void)
{
	FILE *f = fopen("/proc/self/status", "r");
	char line[256];
	long kib = -1;

	assert_non_null(f);
	while (fgets(line, sizeof(line), f) != NULL)
		if (strncmp(line, "VmLck:", 6) == 0)
			kib = strtol(line + 6, NULL, 10);
	(void)fclose(f);
	return kib;
}

static void keeps_a_secret_in_locked_memory(void **state)
{
	struct buf buf;

	(void)state;
	long before = locked_kib();
	buf_init_secret(&buf, 5000);
	assert_int_equal(locked_kib(), before);
	buf_puts(&buf, "a");
	const char *first = buf.p;
	for (size_t i = 1; i < 5000; i++)
		buf_putc(&buf, 'a');
	assert_int_equal(buf_check(&buf, NULL), 0);
	assert_ptr_equal(buf.p, first);
	assert_int_equal(buf.n, 5000);
	if (!IS_SANITIZED)
		assert_true(locked_kib() >= before + 8);
	buf_putc(&buf, 'b');
	assert_int_equal(buf_check(&buf, NULL), ERR_LIMIT);
	buf_done(&buf);
	assert_int_equal(locked_kib(), before);
	buf_wipe(&buf); /* zeroed is fine */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(holds_exactly_its_maximum),
	    cmocka_unit_test(stays_as_it_was_after_the_first_failure),
	    cmocka_unit_test(takes_no_memory_before_the_first_write),
	    cmocka_unit_test(refuses_everything_when_zeroed),
	    cmocka_unit_test(grows_without_losing_bytes),
	    cmocka_unit_test(writes_numbers_big_end_first),
	    cmocka_unit_test(hands_over_its_memory_once),
	    cmocka_unit_test(hands_over_nothing_after_a_failure),
	    cmocka_unit_test(keeps_a_secret_in_locked_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
