/*
 * test_json.c: well-formed whatever the values hold.
 */
#include "json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void writes_a_nested_document(void **state)
{
	struct buf buf;
	struct json json;

	(void)state;
	buf_init(&buf, 1000);
	json_init(&json, &buf);
	json_open_object(&json, NULL);
	json_text(&json, "word", slice_of("NOT SHOWN"));
	json_number(&json, "least", INT64_MIN);
	json_bool(&json, "yes", true);
	json_bool(&json, "no", false);
	json_null(&json, "none");
	json_text(&json, "absent", (struct slice){NULL, 0});
	json_open_array(&json, "list");
	json_number(&json, NULL, 1);
	json_open_object(&json, NULL);
	json_close_object(&json);
	json_open_array(&json, NULL);
	json_close_array(&json);
	json_close_array(&json);
	json_close_object(&json);
	assert_int_equal(buf_check(&buf, NULL), 0);
	assert_string_equal(buf.p,
	    "{\n"
	    "  \"word\": \"NOT SHOWN\",\n"
	    "  \"least\": -9223372036854775808,\n"
	    "  \"yes\": true,\n"
	    "  \"no\": false,\n"
	    "  \"none\": null,\n"
	    "  \"absent\": null,\n"
	    "  \"list\": [\n"
	    "    1,\n"
	    "    {},\n"
	    "    []\n"
	    "  ]\n"
	    "}\n");
	buf_done(&buf);
}

static void assert_text(struct slice value, const char *expected)
{
	struct buf buf;
	struct json json;

	buf_init(&buf, 1000);
	json_init(&json, &buf);
	json_text(&json, NULL, value);
	assert_string_equal(buf.p, expected);
	buf_done(&buf);
}

static void escapes_what_json_or_a_reader_would_misread(void **state)
{
	(void)state;
	assert_text(slice_of(""), "\"\"\n");
	assert_text(slice_of("a\"b\\c"), "\"a\\\"b\\\\c\"\n");
	assert_text(slice_of("a\nb\tc\x1b"), "\"a\\nb\\u0009c\\u001b\"\n");
	assert_text((struct slice){"\0x", 2}, "\"\\u0000x\"\n");
	assert_text(slice_of("\x7f\xc2\x85z"), "\"\\u007f\\u0085z\"\n");
	assert_text(
	    slice_of("\xe2\x80\xa8\xe2\x80\xaez"), "\"\\u2028\\u202ez\"\n");
	assert_text(slice_of("\xef\xbb\xbf"), "\"\\ufeff\"\n");
}

static void keeps_other_text_as_it_is(void **state)
{
	(void)state;
	assert_text(slice_of("\xc3\xa9 \xe2\x82\xac \xf0\x9f\x92\xbe"),
	    "\"\xc3\xa9 \xe2\x82\xac \xf0\x9f\x92\xbe\"\n");
}

static void replaces_bytes_that_are_not_utf8(void **state)
{
	(void)state;
	assert_text(slice_of("a\xff\xc3z\xf0\x9f"),
	    "\"a\\ufffd\\ufffdz\\ufffd\\ufffd\"\n");
}

static void escapes_names_too(void **state)
{
	struct buf buf;
	struct json json;

	(void)state;
	buf_init(&buf, 1000);
	json_init(&json, &buf);
	json_open_object(&json, NULL);
	json_null(&json, "a\"\n");
	json_close_object(&json);
	assert_string_equal(buf.p, "{\n  \"a\\\"\\n\": null\n}\n");
	buf_done(&buf);
}

static void nests_as_deep_as_it_says(void **state)
{
	struct buf buf;
	struct json json;

	(void)state;
	buf_init(&buf, 10000);
	json_init(&json, &buf);
	for (unsigned i = 0; i < JSON_DEPTH_MAX; i++)
		json_open_array(&json, NULL);
	for (unsigned i = 0; i < JSON_DEPTH_MAX; i++)
		json_close_array(&json);
	assert_int_equal(json.depth, 0);
	assert_int_equal(buf_check(&buf, NULL), 0);
	buf_done(&buf);
}

static void writes_a_document_on_one_line(void **state)
{
	struct buf buf;
	struct json json;

	(void)state;
	buf_init(&buf, 1000);
	for (int i = 0; i < 2; i++) {
		json_init_line(&json, &buf);
		json_open_object(&json, NULL);
		json_text(&json, "a", slice_of("x\ny"));
		json_open_array(&json, "b");
		json_number(&json, NULL, 1);
		json_number(&json, NULL, 2);
		json_close_array(&json);
		json_close_object(&json);
	}
	assert_string_equal(buf.p,
	    "{\"a\": \"x\\ny\",\"b\": [1,2]}\n"
	    "{\"a\": \"x\\ny\",\"b\": [1,2]}\n");
	buf_done(&buf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(writes_a_nested_document),
	    cmocka_unit_test(escapes_what_json_or_a_reader_would_misread),
	    cmocka_unit_test(keeps_other_text_as_it_is),
	    cmocka_unit_test(replaces_bytes_that_are_not_utf8),
	    cmocka_unit_test(escapes_names_too),
	    cmocka_unit_test(nests_as_deep_as_it_says),
	    cmocka_unit_test(writes_a_document_on_one_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
