/*
 * fuzz_reveal.c: any bytes as a file of revealed values. What is accepted is
 * known by its first line, and each of its values can be said on a screen.
 */
#include "case_reveal.h"
#include "text.h"

#include <stdint.h>
#include <stdlib.h>

#define VALUE_MAX 65536

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void require(int is_true)
{
	if (!is_true)
		abort();
}

static void check_values(const struct case_reveal *reveal)
{
	struct buf out;

	for (size_t i = 0; i < reveal->n; i++) {
		buf_init(&out, VALUE_MAX);
		case_reveal_put_value(&out, &reveal->reveals[i]);
		require(buf_check(&out, NULL) != 0 ||
		    text_is_line(buf_slice(&out), NULL, NULL));
		buf_done(&out);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct slice bytes = {(const char *)data, n};
	struct case_reveal reveal = {0};
	struct err err = {0};

	note_key_setup();
	const int r = case_reveal_parse(&reveal, bytes, &err);
	require(r == err.code && (r != 0) == (err.message[0] != '\0'));
	if (r == 0) {
		require(case_reveal_is_one(bytes));
		check_values(&reveal);
	}
	case_reveal_done(&reveal);
	return 0;
}
