/*
 * box_scan_base.c: see box_scan_base.h.
 */
#include "box_scan_base.h"

#include "hash.h"

#include <string.h>

static const char digits58[] =
    "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
static const char digits32[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";

bool box_scan_base_is_58(uint8_t c)
{
	return c != 0 && strchr(digits58, c) != NULL;
}

/* The number, big-endian, with a zero byte for each leading '1'. */
static size_t decode(uint8_t *ret_bytes, size_t max, const uint8_t *p, size_t n)
{
	uint8_t bytes[BOX_SCAN_BASE58_MAX] = {0};
	size_t used = 0, zeros = 0;

	while (zeros < n && p[zeros] == '1')
		zeros++;
	for (size_t i = zeros; i < n; i++) {
		const char *digit = strchr(digits58, p[i]);
		unsigned carry;

		if (p[i] == 0 || digit == NULL)
			return 0;
		carry = (unsigned)(digit - digits58);
		for (size_t k = 0; k < used || carry > 0; k++) {
			if (k == max)
				return 0;
			if (k == used)
				used++;
			carry += bytes[k] * 58u;
			bytes[k] = (uint8_t)carry;
			carry >>= 8;
		}
	}
	if (zeros + used > max)
		return 0;
	memset(ret_bytes, 0, zeros);
	for (size_t i = 0; i < used; i++)
		ret_bytes[zeros + i] = bytes[used - 1 - i];
	return zeros + used;
}

size_t box_scan_base_check(
    uint8_t ret_bytes[BOX_SCAN_BASE58_MAX], const uint8_t *p, size_t n)
{
	const size_t bytes =
	    n <= 64 ? decode(ret_bytes, BOX_SCAN_BASE58_MAX, p, n) : 0;

	if (bytes < 5)
		return 0;
	const struct hash once = hash_of(ret_bytes, bytes - 4);
	const struct hash twice = hash_of(once.b, sizeof(once.b));

	return memcmp(twice.b, ret_bytes + bytes - 4, 4) == 0 ? bytes - 4 : 0;
}

bool box_scan_base_fits(const uint8_t *p, size_t n, size_t bytes)
{
	uint8_t out[BOX_SCAN_BASE58_MAX];
	size_t got;

	if (n > 16 || bytes > sizeof(out))
		return false;
	/* Leading ones are digits here, not bytes. */
	while (n > 0 && *p == '1') {
		p++;
		n--;
	}
	if (n == 0)
		return true;
	got = decode(out, bytes, p, n);
	return got > 0 && got <= bytes;
}

static uint32_t step(uint32_t sum, unsigned value)
{
	static const uint32_t generators[5] = {
	    0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3};
	const uint32_t top = sum >> 25;

	sum = (sum & 0x1ffffff) << 5 ^ value;
	for (unsigned i = 0; i < 5; i++)
		if ((top >> i & 1) != 0)
			sum ^= generators[i];
	return sum;
}

bool box_scan_base_is_bech32(const char *text, size_t n)
{
	const char *mark = memrchr(text, '1', n);
	uint32_t sum = 1;

	if (mark == NULL || mark == text || n - (size_t)(mark - text) < 7)
		return false;
	const size_t prefix = (size_t)(mark - text);

	for (size_t i = 0; i < prefix; i++)
		sum = step(sum, (uint8_t)text[i] >> 5);
	sum = step(sum, 0);
	for (size_t i = 0; i < prefix; i++)
		sum = step(sum, (uint8_t)text[i] & 31);
	for (size_t i = prefix + 1; i < n; i++) {
		const char *digit =
		    text[i] != '\0' ? strchr(digits32, text[i]) : NULL;

		if (digit == NULL)
			return false;
		sum = step(sum, (unsigned)(digit - digits32));
	}
	return sum == 1 || sum == 0x2bc830a3;
}
