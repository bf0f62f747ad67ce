/*
 * note_ed25519.c: the one accept-set of Ed25519 signatures.
 *
 *                               checked by
 *   key canonical               is_good_public_key, and at every check
 *   key not of small order      is_good_public_key, and at every check
 *   key of prime order          is_good_public_key only: it costs as much as
 *                               a signature, and a key is met many times
 *   S < L, R not of small order at every check
 *   R == [S]B - [k]A, as bytes  the library, whose own rules (libsodium
 *                               1.0.18: S < L, A canonical, A and R not of
 *                               small order) then refuse nothing more
 *
 * A non-canonical R needs no check: the sum it is compared with is canonical.
 */
#include "note.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

#define POINT_SIZE 32

static_assert(crypto_sign_BYTES == 64, "a signature is R and S");
static_assert(crypto_sign_SECRETKEYBYTES == 64, "struct note_secret.expanded");
static_assert(crypto_sign_SEEDBYTES == 32, "struct note_secret.seed");

/* Little-endian, as everything in Ed25519. L is the order of the group, P
 * that of the field. */
static const uint8_t group_order[32] = {0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63,
    0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10};
static const uint8_t field_order[32] = {0xed, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0x7f};

/* The y of the eight points of small order; with either sign of x. */
static const uint8_t small_order_y[][POINT_SIZE] = {
    {0},
    {1},
    {0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89,
	0xf2, 0xef, 0x98, 0xf0, 0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39,
	0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05},
    {0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76,
	0x0d, 0x10, 0x67, 0x0f, 0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6,
	0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a},
    {0xec, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f},
};

static bool is_below(const uint8_t a[32], const uint8_t bound[32])
{
	for (size_t i = 32; i-- > 0;)
		if (a[i] != bound[i])
			return a[i] < bound[i];
	return false;
}

static void clear_sign(uint8_t ret_y[POINT_SIZE], const uint8_t *point)
{
	memcpy(ret_y, point, POINT_SIZE);
	ret_y[POINT_SIZE - 1] &= 0x7f;
}

/* The one other rule of canonical encodings, no sign on x = 0, concerns only
 * points of small order. */
static bool is_canonical(const uint8_t point[POINT_SIZE])
{
	uint8_t y[POINT_SIZE];

	clear_sign(y, point);
	return is_below(y, field_order);
}

static bool is_small_order(const uint8_t point[POINT_SIZE])
{
	uint8_t y[POINT_SIZE];
	size_t count = sizeof(small_order_y) / sizeof(small_order_y[0]);

	clear_sign(y, point);
	for (size_t i = 0; i < count; i++)
		if (memcmp(y, small_order_y[i], POINT_SIZE) == 0)
			return true;
	return false;
}

bool note_is_good_public_key(const uint8_t public_key[32])
{
	if (!is_canonical(public_key) || is_small_order(public_key))
		return false;

	/*
	 * A has prime order exactly if [L-1]A is -A. The library has a
	 * function that should say the same, but before the correction of
	 * CVE-2025-69277 it let keys with a component of order two pass.
	 */
	uint8_t scalar[32], product[POINT_SIZE], negative[POINT_SIZE];
	memcpy(scalar, group_order, sizeof(scalar));
	scalar[0]--;
	memcpy(negative, public_key, POINT_SIZE);
	negative[POINT_SIZE - 1] ^= 0x80;
	return crypto_scalarmult_ed25519_noclamp(product, scalar, public_key) ==
	    0 &&
	    memcmp(product, negative, POINT_SIZE) == 0;
}

int note_check_bytes(const uint8_t public_key[32], const void *message,
    size_t n, const uint8_t signature[64], struct err *err)
{
	const uint8_t *r = signature, *s = signature + POINT_SIZE;

	if (!is_canonical(public_key) || is_small_order(public_key))
		return err_set(err, ERR_VERIFY, "not a usable public key");
	if (!is_below(s, group_order) || is_small_order(r))
		return err_set(
		    err, ERR_VERIFY, "not a signature in its only spelling");
	if (crypto_sign_verify_detached(signature, message, n, public_key) != 0)
		return err_set(err, ERR_VERIFY, "the signature is false");
	return 0;
}

int note_sign_bytes(uint8_t ret_signature[64], const struct note_secret *secret,
    const void *message, size_t n, struct err *err)
{
	const struct note_token *token = &secret->token;
	uint8_t signature[64];

	if (token->sign == NULL) {
		(void)crypto_sign_detached(
		    ret_signature, NULL, message, n, secret->expanded);
		return 0;
	}
	int r = token->sign(token->cookie, message, n, signature, err);
	if (r == 0 &&
	    note_check_bytes(
		secret->key.public_key, message, n, signature, NULL) != 0)
		r = err_set(err, ERR_VERIFY,
		    "what signs for %s gave back a false signature",
		    secret->key.name);
	if (r == 0)
		memcpy(ret_signature, signature, sizeof(signature));
	return r;
}
