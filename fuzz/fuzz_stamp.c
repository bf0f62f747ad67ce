/*
 * fuzz_stamp.c: any bytes as a file of time stamps, as a token over FIXED, as
 * an answer to a request for one, and as certificates that vouch. A file that
 * is taken is written the same way again; a stamp that holds is over FIXED, and
 * its imprint says so.
 */
#include "mem.h"
#include "stamp.h"
#include "stamp_file.h"
#include "stamp_request.h"
#include "stamp_trust.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define FIXED "what the stamps of the corpus are over\n"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void require(int is_true)
{
	if (!is_true)
		abort();
}

static void require_said(int rc, const struct err *err)
{
	require(rc == err->code && (rc != 0) == (err->message[0] != '\0'));
}

static void check_token(struct slice token, const struct stamp_trust *trust)
{
	struct hash imprint, wanted = hash_of(FIXED, strlen(FIXED));
	struct stamp stamp;
	struct err err = {0};

	int rc = stamp_check(&stamp, slice_of(FIXED), token, trust, &err);
	require_said(rc, &err);
	if (rc != 0)
		return;
	require(stamp.before >= stamp.when);
	require(strlen(stamp.authority) > 0 && strlen(stamp.serial) > 0);
	require(stamp_imprint(&imprint, token, NULL) == 0 &&
	    hash_is(&imprint, &wanted));
	/* Over anything else it is false. */
	require(stamp_check(&stamp, slice_of("else"), token, trust, NULL) ==
	    ERR_VERIFY);
}

static void check_file(struct slice text, const struct stamp_trust *trust)
{
	struct stamp_file file;
	struct buf token, again;
	struct err err = {0};

	int rc = stamp_file_parse(&file, text, &err);
	require_said(rc, &err);
	if (rc != 0)
		return;
	buf_init(&token, STAMP_TOKEN_MAX);
	for (size_t i = 0; i < file.n; i++) {
		buf_clear(&token);
		require(stamp_file_put_token(&token, &file, i, NULL) == 0);
		check_token(buf_slice(&token), trust);
		buf_init(&again, STAMP_FILE_MAX);
		require(stamp_file_put(
			    &again, &file, buf_slice(&token), NULL) == 0);
		require(slice_is(buf_slice(&again), text));
		buf_done(&again);
	}
	buf_done(&token);
}

static void check_answer(struct slice answer, struct slice request)
{
	const struct stamp_request_answer of = {
	    .request = request, .bytes = slice_of(FIXED), .answer = answer};
	struct stamp stamp;
	struct hash imprint;
	struct buf token;
	struct err err = {0};

	buf_init(&token, STAMP_TOKEN_MAX);
	int rc = stamp_request_take(&token, &stamp, &of, &err);
	require_said(rc, &err);
	/* Nobody can have known the nonce. */
	require(rc != 0 && token.n == 0);
	buf_done(&token);
	err = (struct err){0};
	rc = stamp_request_imprint(&imprint, answer, &err);
	require_said(rc, &err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const struct slice bytes = {(const char *)data, n};
	struct stamp_trust *trust = stamp_trust_new();
	struct buf request;
	struct err err = {0};

	require(trust != NULL);
	require_said(stamp_trust_add(trust, bytes, &err), &err);
	buf_init(&request, STAMP_REQUEST_MAX);
	require(stamp_request_put(&request, slice_of(FIXED), NULL, NULL) == 0);
	check_file(bytes, trust);
	check_token(bytes, NULL);
	check_answer(bytes, buf_slice(&request));
	/* A request is read too: the bytes are put in its place. */
	check_answer(buf_slice(&request), bytes);
	buf_done(&request);
	stamp_trust_free(trust);
	return 0;
}
