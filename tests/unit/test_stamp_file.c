/*
 * test_stamp_file.c: the text of all stamps over one checkpoint has one
 * spelling.
 */
#include "stamp_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#define ONE "counterfoil-stamps/v1 1\nAQI=\n"
#define THREE "counterfoil-stamps/v1 3\nAQI=\nAg==\nBAUG\n"

static int parse(const char *text)
{
	struct stamp_file file;

	return stamp_file_parse(&file, slice_of(text), NULL);
}

static void put(struct buf *out, const char *text, struct slice token)
{
	struct stamp_file file = {0};

	buf_init(out, STAMP_FILE_MAX);
	if (text != NULL)
		assert_int_equal(
		    stamp_file_parse(&file, slice_of(text), NULL), 0);
	assert_int_equal(stamp_file_put(out, &file, token, NULL), 0);
}

static void reads_tokens_as_they_stand(void **state)
{
	struct stamp_file file;
	struct buf token;

	(void)state;
	assert_int_equal(stamp_file_parse(&file, slice_of(THREE), NULL), 0);
	assert_int_equal(file.n, 3);
	buf_init(&token, STAMP_TOKEN_MAX);
	assert_int_equal(stamp_file_put_token(&token, &file, 2, NULL), 0);
	assert_true(slice_is_text(buf_slice(&token), "\4\5\6"));
	buf_done(&token);
}

static void puts_a_token_where_it_belongs(void **state)
{
	struct buf out;

	(void)state;
	put(&out, NULL, (struct slice){"\1\2", 2});
	assert_string_equal(out.p, ONE);
	buf_done(&out);
	put(&out, "counterfoil-stamps/v1 2\nAQI=\nBAUG\n",
	    (struct slice){"\2", 1});
	assert_string_equal(out.p, THREE);
	buf_done(&out);
	put(&out, "counterfoil-stamps/v1 2\nAQI=\nAg==\n",
	    (struct slice){"\4\5\6", 3});
	assert_string_equal(out.p, THREE);
	buf_done(&out);
	put(&out, "counterfoil-stamps/v1 2\nAg==\nBAUG\n",
	    (struct slice){"\1\2", 2});
	assert_string_equal(out.p, THREE);
	buf_done(&out);
}

static void puts_no_token_twice(void **state)
{
	struct buf out;

	(void)state;
	put(&out, THREE, (struct slice){"\2", 1});
	assert_string_equal(out.p, THREE);
	buf_done(&out);
}

static void refuses_every_other_spelling(void **state)
{
	static const char *const texts[] = {
	    "",
	    "counterfoil-stamps/v1 1",
	    "counterfoil-stamps/v1 1\n",
	    "counterfoil-stamps/v1 1\nAQI=",
	    "counterfoil-stamps/v1 1\nAQI=\n\n",
	    "counterfoil-stamps/v1 1\nAQI=\nAg==\n",
	    "counterfoil-stamps/v1 1\n\n",
	    "counterfoil-stamps/v1 1\nAQI\n",
	    "counterfoil-stamps/v1 1\nAQJ=\n",
	    "counterfoil-stamps/v1 1\n AQI=\n",
	    "counterfoil-stamps/v1 1\nAQI= \n",
	    "counterfoil-stamps/v1 1\r\nAQI=\r\n",
	    "counterfoil-stamps/v1 01\nAQI=\n",
	    "counterfoil-stamps/v1  1\nAQI=\n",
	    "counterfoil-stamps/v1 +1\nAQI=\n",
	    "counterfoil-stamps/v1 0\n",
	    "counterfoil-stamps/v2 1\nAQI=\n",
	    "counterfoil-stamps/v1 2\nAQI=\nAQI=\n",
	    "counterfoil-stamps/v1 2\nAg==\nAQI=\n",
	    "counterfoil-stamps/v1 3\nAQI=\nAg==\n",
	};

	(void)state;
	assert_int_equal(parse(ONE), 0);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_int_equal(parse(texts[i]), ERR_FORMAT);
}

static void refuses_more_than_sixteen(void **state)
{
	struct stamp_file file = {0};
	struct buf text, next;
	uint8_t token;

	(void)state;
	assert_int_equal(parse("counterfoil-stamps/v1 17\n"), ERR_LIMIT);
	buf_init(&text, STAMP_FILE_MAX);
	for (token = 1; token <= STAMP_FILE_TOKENS_MAX; token++) {
		buf_init(&next, STAMP_FILE_MAX);
		assert_int_equal(stamp_file_put(&next, &file,
				     (struct slice){(char *)&token, 1}, NULL),
		    0);
		buf_done(&text);
		text = next;
		assert_int_equal(
		    stamp_file_parse(&file, buf_slice(&text), NULL), 0);
	}
	buf_init(&next, STAMP_FILE_MAX);
	assert_int_equal(
	    stamp_file_put(&next, &file, (struct slice){"\x77", 1}, NULL),
	    ERR_LIMIT);
	/* One that is there is no more. */
	assert_int_equal(
	    stamp_file_put(&next, &file, (struct slice){"\1", 1}, NULL), 0);
	buf_done(&next);
	buf_done(&text);
}

static void refuses_tokens_that_are_too_long_or_empty(void **state)
{
	char *token = calloc(1, STAMP_TOKEN_MAX + 1);
	struct stamp_file file = {0};
	struct buf out;

	(void)state;
	assert_non_null(token);
	buf_init(&out, STAMP_FILE_MAX);
	assert_int_equal(stamp_file_put(&out, &file,
			     (struct slice){token, STAMP_TOKEN_MAX + 1}, NULL),
	    ERR_LIMIT);
	assert_int_equal(
	    stamp_file_put(&out, &file, (struct slice){token, 0}, NULL),
	    ERR_LIMIT);
	assert_int_equal(out.n, 0);
	assert_int_equal(stamp_file_put(&out, &file,
			     (struct slice){token, STAMP_TOKEN_MAX}, NULL),
	    0);
	assert_int_equal(stamp_file_parse(&file, buf_slice(&out), NULL), 0);
	buf_done(&out);
	free(token);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(reads_tokens_as_they_stand),
	    cmocka_unit_test(puts_a_token_where_it_belongs),
	    cmocka_unit_test(puts_no_token_twice),
	    cmocka_unit_test(refuses_every_other_spelling),
	    cmocka_unit_test(refuses_more_than_sixteen),
	    cmocka_unit_test(refuses_tokens_that_are_too_long_or_empty),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
