/*
 * case_request.c: the text of a signed request, and its place in a header.
 */
#include "case_request.h"

#include "mem.h"
#include "reader.h"
#include "text.h"
#include "when.h"

#include <stdlib.h>

#define SCHEME "Counterfoil "

void case_request_put(struct buf *out, const struct case_request *request)
{
	char time[WHEN_SIZE], body[HASH_HEX_SIZE];

	when_to_time(time, request->time);
	hash_to_hex(body, &request->body);
	buf_printf(out, "counterfoil-request/v1\nmethod: %.*s\npath: %.*s\n",
	    SLICE_ARG(request->method), SLICE_ARG(request->path));
	buf_printf(out, "case: %.*s\nparty: %.*s\nnonce: %.*s\n",
	    SLICE_ARG(request->case_ref), SLICE_ARG(request->party),
	    SLICE_ARG(request->nonce));
	buf_printf(out, "time: %s\nbody: %s\n", time, body);
}

static struct slice field(struct reader *reader, const char *name, size_t max)
{
	reader_expect(reader, name);
	struct slice value = reader_line(reader);
	if (value.n == 0 || value.n > max || !text_is_line(value, NULL, NULL))
		reader->failed = true;
	return value;
}

int case_request_parse(
    struct case_request *ret_request, struct slice text, struct err *err)
{
	struct case_request r = {0};
	uint8_t nonce[CASE_REQUEST_NONCE_HEX / 2];
	struct reader reader;

	reader_init(&reader, text.p, text.n);
	reader_expect(&reader, "counterfoil-request/v1\n");
	r.method = field(&reader, "method: ", 16);
	r.path = field(&reader, "path: ", CASE_REQUEST_PATH_MAX);
	r.case_ref = field(&reader, "case: ", CASE_REQUEST_PATH_MAX);
	r.party = field(&reader, "party: ", TEXT_IDENTIFIER_MAX);
	r.nonce = field(&reader, "nonce: ", CASE_REQUEST_NONCE_HEX);
	struct slice time = field(&reader, "time: ", WHEN_SIZE);
	struct slice body = field(&reader, "body: ", HASH_HEX_SIZE);
	if (!reader_is_at_end(&reader) ||
	    !text_from_hex(nonce, sizeof(nonce), r.nonce) ||
	    !when_from_time(&r.time, time) || !hash_from_hex(&r.body, body))
		return err_set(err, ERR_FORMAT,
		    "the signed request is not spelt as it should be");
	*ret_request = r;
	return 0;
}

void case_request_put_header(struct buf *out, struct slice note)
{
	buf_puts(out, SCHEME);
	text_put_base64(out, (const uint8_t *)note.p, note.n);
}

int case_request_open_header(
    struct buf *note, struct slice header, struct err *err)
{
	uint8_t bytes[CASE_REQUEST_HEADER_MAX];
	size_t n;

	if (!slice_starts_with(header, SCHEME) ||
	    header.n > CASE_REQUEST_HEADER_MAX)
		return err_set(err, ERR_FORMAT,
		    "this needs a signed request: Authorization: " SCHEME
		    "<base64>");
	header.p += sizeof(SCHEME) - 1;
	header.n -= sizeof(SCHEME) - 1;
	if (!text_from_base64(bytes, sizeof(bytes), &n, header))
		return err_set(
		    err, ERR_FORMAT, "the signed request is not base64");
	buf_put(note, bytes, n);
	return buf_check(note, err);
}
