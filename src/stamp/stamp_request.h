/*
 * stamp_request.h: asking a time-stamping authority: the TimeStampReq, and
 * whether a TimeStampResp answers just this one.
 */
#ifndef STAMP_REQUEST_H
#define STAMP_REQUEST_H

#include "buf.h"
#include "err.h"
#include "slice.h"
#include "stamp.h"

#include <stddef.h>

#define STAMP_REQUEST_MAX 512
#define STAMP_REQUEST_ANSWER_MAX 65536
#define STAMP_REQUEST_TYPE "application/timestamp-query"
#define STAMP_REQUEST_ANSWER_TYPE "application/timestamp-reply"

/*
 * A DER TimeStampReq: SHA-256 over `bytes`, a fresh nonce, certificates asked
 * for, and `policy` (an object identifier in digits; NULL: the authority's
 * own). ERR_USAGE: the policy is none.
 */
int stamp_request_put(struct buf *out, struct slice bytes, const char *policy,
    struct err *err) MUST_CHECK;

/*
 * Checks a DER TimeStampResp: granted without a change, over `bytes`, with the
 * request's nonce and policy, and what stamp_check checks. Puts its token. With
 * `trust`, a chain that does not lead there is ERR_VERIFY. ERR_DENIED: the
 * authority refuses, and says why; ERR_VERIFY: something in it is false;
 * ERR_FORMAT and others: could not be checked.
 */
struct stamp_request_answer {
	struct slice request;
	struct slice bytes;
	struct slice answer;
	const struct stamp_trust *trust; /* NULL: whoever signed */
};
int stamp_request_take(struct buf *out, struct stamp *ret_stamp,
    const struct stamp_request_answer *of, struct err *err) MUST_CHECK;

/* The SHA-256 that the token of an answer is over. Nothing is checked. */
int stamp_request_imprint(
    struct hash *ret_imprint, struct slice bytes, struct err *err) MUST_CHECK;

#endif
