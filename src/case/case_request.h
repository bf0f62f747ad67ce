/*
 * case_request.h: a request over HTTP that no record signs for: the text that
 * a party signs to show who asks (counterfoil-http(7)).
 *
 *	counterfoil-request/v1
 *	method: GET
 *	path: /offers
 *	case: <case>
 *	party: <name>
 *	nonce: <32 hex digits, from the server>
 *	time: <time>
 *	body: <SHA-256 of the body, 64 hex digits>
 *
 * The header field is `Authorization: Counterfoil <base64 of the signed note>`.
 * A text has one spelling. The client writes every line of it: nothing that a
 * server says is signed but the nonce.
 */
#ifndef CASE_REQUEST_H
#define CASE_REQUEST_H

#include "buf.h"
#include "err.h"
#include "hash.h"
#include "slice.h"

#include <stdint.h>

#define CASE_REQUEST_NONCE_HEX 32
#define CASE_REQUEST_PATH_MAX 512
#define CASE_REQUEST_TEXT_MAX 4096
/* The note in base64, and the word in front. */
#define CASE_REQUEST_HEADER_MAX 8192

struct case_request {
	struct slice method, path, case_ref, party, nonce;
	int64_t time;
	struct hash body;
};

void case_request_put(struct buf *out, const struct case_request *request);
/* Borrows `text`. ERR_FORMAT: not such a text, or spelt otherwise. */
int case_request_parse(struct case_request *ret_request, struct slice text,
    struct err *err) MUST_CHECK;

/* The header field's value from the signed note, and back. */
void case_request_put_header(struct buf *out, struct slice note);
int case_request_open_header(
    struct buf *note, struct slice header, struct err *err) MUST_CHECK;

#endif
