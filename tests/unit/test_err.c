/*
 * test_err.c: one message a failure, always printable.
 */
#include "err.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <string.h>

static void keeps_the_first_failure(void **state)
{
	struct err err = {0};

	(void)state;
	assert_int_equal(err_set(&err, ERR_FORMAT, "bad %d", 7), ERR_FORMAT);
	assert_int_equal(err_set(&err, ERR_LIMIT, "later"), ERR_LIMIT);
	assert_int_equal(err.code, ERR_FORMAT);
	assert_string_equal(err.message, "bad 7");
}

static void accepts_nobody_listening(void **state)
{
	(void)state;
	assert_int_equal(err_set(NULL, ERR_VERIFY, "x"), ERR_VERIFY);
	assert_int_equal(err_sys(NULL, EIO, "x"), ERR_IO);
	assert_int_equal(err_nomem(NULL), ERR_NOMEM);
	err_prefix(NULL, "x");
}

static void tells_apart_why_the_system_refused(void **state)
{
	struct err err = {0};

	(void)state;
	assert_int_equal(err_sys(NULL, ENOMEM, "x"), ERR_NOMEM);
	assert_int_equal(err_sys(NULL, EACCES, "x"), ERR_DENIED);
	assert_int_equal(err_sys(NULL, EPERM, "x"), ERR_DENIED);
	assert_int_equal(err_sys(&err, ENOENT, "open %s", "a"), ERR_NOTFOUND);
	assert_int_equal(err.sys, ENOENT);
	assert_string_equal(err.message, "open a: No such file or directory");
}

static void shows_terminal_escapes_as_hex(void **state)
{
	struct err err = {0};

	(void)state;
	(void)err_set(&err, ERR_FORMAT, "%s", "a\033[2J\xc2\x9b\xff\n\xc3\xa9");
	assert_string_equal(
	    err.message, "a\\x1b[2J\\xc2\\x9b\\xff\\x0a\xc3\xa9");
	err_prefix(&err, "case %s", "K\r7");
	assert_string_equal(
	    err.message, "case K\\x0d7: a\\x1b[2J\\xc2\\x9b\\xff\\x0a\xc3\xa9");
}

static void cuts_a_message_that_does_not_fit(void **state)
{
	struct err err = {0};
	char text[2 * ERR_MESSAGE_MAX];

	(void)state;
	memset(text, 'x', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	(void)err_sys(&err, EIO, "%s", text);
	assert_int_equal(strlen(err.message), ERR_MESSAGE_MAX - 1);
	err_prefix(&err, "%s", text);
	assert_int_equal(strlen(err.message), ERR_MESSAGE_MAX - 1);
}

static void prefixes_nothing_to_success(void **state)
{
	struct err err = {0};

	(void)state;
	err_prefix(&err, "case");
	assert_int_equal(err.code, 0);
	assert_string_equal(err.message, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(keeps_the_first_failure),
	    cmocka_unit_test(accepts_nobody_listening),
	    cmocka_unit_test(tells_apart_why_the_system_refused),
	    cmocka_unit_test(shows_terminal_escapes_as_hex),
	    cmocka_unit_test(cuts_a_message_that_does_not_fit),
	    cmocka_unit_test(prefixes_nothing_to_success),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
