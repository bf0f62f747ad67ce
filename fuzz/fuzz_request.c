/*
 * fuzz_request.c: any bytes as an Authorization header, and as the text of a
 * signed request. What is accepted has one spelling.
 */
#include "case_request.h"
#include "note.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void require(int is_true)
{
	if (!is_true)
		abort();
}

static void check_text(struct slice text)
{
	struct case_request request;
	struct err err = {0};
	struct buf again;

	const int r = case_request_parse(&request, text, &err);
	require(r == err.code && (r != 0) == (err.message[0] != '\0'));
	if (r != 0)
		return;
	buf_init(&again, CASE_REQUEST_TEXT_MAX);
	case_request_put(&again, &request);
	require(slice_is(buf_slice(&again), text));
	buf_done(&again);
}

static void check_header(struct slice header)
{
	struct err err = {0};
	struct buf bytes, again;
	struct note note;

	buf_init(&bytes, CASE_REQUEST_HEADER_MAX);
	buf_init(&again, CASE_REQUEST_HEADER_MAX);
	if (case_request_open_header(&bytes, header, &err) == 0) {
		case_request_put_header(&again, buf_slice(&bytes));
		require(slice_is(buf_slice(&again), header));
		if (note_parse(&note, buf_slice(&bytes), NULL) == 0)
			check_text(note.text);
	}
	buf_done(&bytes);
	buf_done(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct slice bytes = {(const char *)data, n};

	note_key_setup();
	check_text(bytes);
	check_header(bytes);
	return 0;
}
