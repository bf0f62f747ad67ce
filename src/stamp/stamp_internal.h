/*
 * stamp_internal.h: what the files of this room share of OpenSSL.
 */
#ifndef STAMP_INTERNAL_H
#define STAMP_INTERNAL_H

#include "buf.h"
#include "err.h"
#include "slice.h"
#include "stamp.h"
#include "stamp_trust.h"

#include <openssl/ts.h>
#include <openssl/x509.h>

/* The certificates; NULL for an absent trust. */
STACK_OF(X509) * stamp_trust_certificates(const struct stamp_trust *trust);

/* A token taken apart; zero it before. */
struct stamp_token {
	PKCS7 *pkcs7;
	TS_TST_INFO *info;
	X509 *signer; /* borrowed from pkcs7 */
};

/* ERR_FORMAT: not one DER token with one signer whose certificate is in it;
 * ERR_LIMIT. The signature is not looked at. */
int stamp_token_open(struct stamp_token *ret_token, struct slice bytes,
    struct err *err) MUST_CHECK;
void stamp_token_done(struct stamp_token *token);

/* The hash that it is over; ERR_UNSUPPORTED: not a SHA-256. */
int stamp_token_imprint(struct hash *ret_imprint,
    const struct stamp_token *token, struct err *err) MUST_CHECK;

/* All that it says, but not who vouches. ERR_FORMAT, ERR_LIMIT,
 * ERR_UNSUPPORTED; *ret_stamp is then filled in part. */
int stamp_token_read(struct stamp *ret_stamp, const struct stamp_token *token,
    struct err *err) MUST_CHECK;

#define STAMP_TOKEN_DAMAGED_REFERENCE                                          \
	"a time stamp with a damaged reference to its certificate"

/* Whether the token is over these bytes. ERR_VERIFY. */
int stamp_token_covers(const struct stamp_token *token, struct slice bytes,
    struct err *err) MUST_CHECK;

/* What an i2d function gave: n bytes at `der`, which are freed; n < 0 is that
 * it failed. Errors: buf_check's. */
int stamp_put_der(
    struct buf *out, unsigned char *der, int n, struct err *err) MUST_CHECK;

/* Why OpenSSL said no, as half a sentence; empties its queue of errors.
 * ERR_NOMEM if that was it, else `code`. */
int stamp_fail(int code, const char *what, struct err *err) MUST_CHECK;

#endif
