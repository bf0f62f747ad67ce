/*
 * stamp.h: an RFC 3161 time stamp over some bytes, checked.
 *
 * A stamp says that these bytes existed before a time, and is worth what the
 * word of its authority is worth. Two answers are kept apart: whether the
 * signature is that of the certificate in the stamp, and whether somebody here
 * vouches for that certificate. Both are asked as of the stamp's own time, so a
 * stamp outlives its certificate.
 *
 * Only SHA-256 imprints are known, signatures with SHA-256, 384 or 512, and
 * keys of at least 112 bits of strength (RSA from 2048 bits).
 */
#ifndef STAMP_H
#define STAMP_H

#include "err.h"
#include "hash.h"
#include "slice.h"

#include <stdbool.h>
#include <stdint.h>

/* A token with its certificates has 2 to 8 KiB. */
#define STAMP_TOKEN_MAX 32768
#define STAMP_NAME_MAX 256

struct stamp_trust;

struct stamp {
	int64_t when; /* as the authority states it, without a fraction */
	int64_t before; /* the bytes existed before: accuracy counted in */
	bool has_accuracy;
	uint64_t accuracy_us;
	char serial[2 * 32 + 1]; /* of the stamp, in hex */
	char policy[128]; /* object identifier, in digits */
	char authority[STAMP_NAME_MAX]; /* the certificate's subject */
	struct hash certificate; /* SHA-256 of it */
	int64_t expires; /* its end */
	bool is_vouched; /* its chain leads to a certificate of `trust` */
	char why_not[128]; /* if not; "" without trust */
};

/*
 * Checks a DER TimeStampToken (ContentInfo) over `bytes`. `trust` may be NULL:
 * then nobody vouches. ERR_VERIFY: it is over other bytes, the signature is
 * false, the certificate is not one for time stamps alone (critical
 * extendedKeyUsage) or was not valid at the stamp's time, or it is not the one
 * that the stamp names (ESSCertID). ERR_FORMAT, ERR_LIMIT, ERR_UNSUPPORTED,
 * ERR_NOMEM: could not be checked.
 */
int stamp_check(struct stamp *ret_stamp, struct slice bytes,
    struct slice token_bytes, const struct stamp_trust *trust,
    struct err *err) MUST_CHECK;

/* The SHA-256 that a token is over. Nothing is checked. */
int stamp_imprint(struct hash *ret_imprint, struct slice token_bytes,
    struct err *err) MUST_CHECK;

#endif
