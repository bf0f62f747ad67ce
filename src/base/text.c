/*
 * text.c: UTF-8, identifiers, escapes, hex and base64.
 *
 * Invariant: every value has exactly one accepted spelling here, and nothing
 * depends on the locale. Writing base64, and reading a secret in it, is
 * libsodium's, which takes the same time for every value.
 */
#include "text.h"

#include "mem.h"

#include <assert.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#define TEXT_NOT_UTF8 0xffffffff

/* Invisible, reordering, or a control (findings section 1). U+200C stays:
 * Persian needs it. */
static const struct {
	uint32_t first;
	uint32_t last;
} refused[] = {
    {0x0000, 0x001f},
    {0x007f, 0x009f},
    {0x061c, 0x061c},
    {0x200b, 0x200b},
    {0x200e, 0x200f},
    {0x2028, 0x202e},
    {0x2060, 0x2060},
    {0x2066, 0x2069},
    {0xfeff, 0xfeff},
};

static size_t length_from_lead(uint8_t lead)
{
	if (lead < 0x80)
		return 1;
	if (lead >= 0xc0 && lead < 0xe0)
		return 2;
	if (lead >= 0xe0 && lead < 0xf0)
		return 3;
	if (lead >= 0xf0 && lead < 0xf8)
		return 4;
	return 0;
}

/* The length of the code point that s (not empty) begins with; 0 if the bytes
 * are not UTF-8. */
static size_t decode(struct slice s, uint32_t *ret_code_point)
{
	static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
	const uint8_t lead = (uint8_t)s.p[0];
	const size_t n = length_from_lead(lead);
	uint32_t value = n > 1 ? lead & (0x7fU >> n) : lead;

	if (n == 0 || n > s.n)
		return 0;
	for (size_t i = 1; i < n; i++) {
		const uint8_t byte = (uint8_t)s.p[i];

		if ((byte & 0xc0) != 0x80)
			return 0;
		value = value << 6 | (byte & 0x3f);
	}
	if (value < smallest[n] || value > 0x10ffff ||
	    (value >= 0xd800 && value <= 0xdfff))
		return 0;
	*ret_code_point = value;
	return n;
}

/* How many bytes of ASCII s begins with, in steps of eight: nearly all text is
 * ASCII, and there is nothing to decode in it. */
static size_t ascii_length(struct slice s)
{
	uint64_t bytes;
	size_t n = 0;

	for (; n + sizeof bytes <= s.n; n += sizeof bytes) {
		memcpy(&bytes, s.p + n, sizeof bytes);
		if ((bytes & UINT64_C(0x8080808080808080)) != 0)
			break;
	}
	return n;
}

bool text_is_utf8(struct slice s)
{
	uint32_t code_point;

	while (s.n > 0) {
		size_t n = ascii_length(s);

		if (n == 0)
			n = decode(s, &code_point);
		if (n == 0)
			return false;
		s.p += n;
		s.n -= n;
	}
	return true;
}

static bool is_refused(uint32_t code_point)
{
	for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
		if (code_point >= refused[i].first &&
		    code_point <= refused[i].last)
			return true;
	return false;
}

bool text_is_line(struct slice s, size_t *ret_at, uint32_t *ret_code_point)
{
	size_t at = 0;

	while (at < s.n) {
		uint32_t code_point = TEXT_NOT_UTF8;
		if (s.p[at] >= 0x20 && s.p[at] < 0x7f) {
			at++;
			continue;
		}
		const struct slice rest = {s.p + at, s.n - at};
		const size_t n = decode(rest, &code_point);

		if (n == 0 || is_refused(code_point)) {
			if (ret_at)
				*ret_at = at;
			if (ret_code_point)
				*ret_code_point = code_point;
			return false;
		}
		at += n;
	}
	return true;
}

/* How many of n bytes fit into `room` without a character being cut. */
static size_t whole_length(const char *p, size_t n, size_t room)
{
	if (n <= room)
		return n;
	while (room > 0 && ((unsigned char)p[room] & 0xc0) == 0x80)
		room--;
	return room;
}

void text_span(char ret_span[TEXT_SPAN_SIZE], uint64_t at, uint64_t length)
{
	/* What a box says is shown, too, and may be anything. */
	const uint64_t left = UINT64_MAX - at;

	if (length == 0)
		(void)snprintf(ret_span, TEXT_SPAN_SIZE, "bytes from %llu on",
		    (unsigned long long)at);
	else
		(void)snprintf(ret_span, TEXT_SPAN_SIZE, "bytes %llu to %llu",
		    (unsigned long long)at,
		    (unsigned long long)(at +
			(length - 1 < left ? length - 1 : left)));
}

size_t text_show(char *ret_line, size_t size, struct slice s)
{
	size_t in = 0, out = 0, at;

	assert(size > 4);
	while (in < s.n) {
		const struct slice rest = {s.p + in, s.n - in};
		const bool is_refused_at = !text_is_line(rest, &at, NULL);
		const size_t plain = is_refused_at ? at : rest.n;
		const size_t n = whole_length(rest.p, plain, size - 1 - out);

		memcpy(ret_line + out, rest.p, n);
		in += n;
		out += n;
		if (n < plain || !is_refused_at || size - 1 - out < 4)
			break;
		/* Of a longer character the next rounds have the rest, which
		 * by itself is no UTF-8. */
		(void)snprintf(ret_line + out, size - out, "\\x%02x",
		    (unsigned char)s.p[in++]);
		out += 4;
	}
	ret_line[out] = '\0';
	return in;
}

void text_put_shown(struct buf *out, struct slice s)
{
	char piece[256];

	while (s.n > 0) {
		const size_t n = text_show(piece, sizeof piece, s);

		buf_puts(out, piece);
		s = (struct slice){s.p + n, s.n - n};
	}
}

static bool is_letter_or_digit(char c)
{
	const unsigned lower = (unsigned char)c | 0x20U;

	return lower - 'a' < 26 || (unsigned)(unsigned char)c - '0' < 10;
}

bool text_is_identifier(struct slice s)
{
	if (s.n == 0 || s.n > TEXT_IDENTIFIER_MAX ||
	    !is_letter_or_digit(s.p[0]) || !is_letter_or_digit(s.p[s.n - 1]))
		return false;
	for (size_t i = 1; i < s.n; i++) {
		const char c = s.p[i];

		if (is_letter_or_digit(c) || c == '-')
			continue;
		if ((c != '.' && c != '/') || c == s.p[i - 1])
			return false;
	}
	return true;
}

bool text_is_escaped(struct slice s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\n')
			return false;
		if (s.p[i] != '\\')
			continue;
		i++;
		if (i == s.n || (s.p[i] != 'n' && s.p[i] != '\\'))
			return false;
	}
	return true;
}

void text_escape(struct buf *out, struct slice s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\n')
			buf_puts(out, "\\n");
		else if (s.p[i] == '\\')
			buf_puts(out, "\\\\");
		else
			buf_putc(out, s.p[i]);
	}
}

void text_unescape(struct buf *out, struct slice s)
{
	assert(text_is_escaped(s));
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] != '\\') {
			buf_putc(out, s.p[i]);
			continue;
		}
		i++;
		buf_putc(out, s.p[i] == 'n' ? '\n' : '\\');
	}
}

void text_lower(char *ret_lower, struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		ret_lower[i] = text_lower_char(s.p[i]);
}

static const char hex_digits[] = "0123456789abcdef";

void text_to_hex(char *ret_hex, const uint8_t *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		ret_hex[2 * i] = hex_digits[bytes[i] >> 4];
		ret_hex[2 * i + 1] = hex_digits[bytes[i] & 15];
	}
	ret_hex[2 * n] = '\0';
}

void text_put_hex(struct buf *out, const uint8_t *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		char pair[3];

		text_to_hex(pair, bytes + i, 1);
		buf_put(out, pair, 2);
	}
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

bool text_from_hex(uint8_t *ret_bytes, size_t n, struct slice hex)
{
	if (hex.n / 2 != n || hex.n % 2 != 0)
		return false;
	for (size_t i = 0; i < hex.n; i++)
		if (hex_value(hex.p[i]) < 0)
			return false;
	for (size_t i = 0; i < n; i++)
		ret_bytes[i] = (uint8_t)(hex_value(hex.p[2 * i]) << 4 |
		    hex_value(hex.p[2 * i + 1]));
	return true;
}

void text_put_base64(struct buf *out, const uint8_t *bytes, size_t n)
{
	enum {
		BLOCK = 48, /* a multiple of 3: only the last block is padded */
	};
	char encoded[sodium_base64_ENCODED_LEN(
	    BLOCK, sodium_base64_VARIANT_ORIGINAL)];

	while (n > 0) {
		const size_t part = n < BLOCK ? n : BLOCK;

		buf_puts(out,
		    sodium_bin2base64(encoded, sizeof encoded, bytes, part,
			sodium_base64_VARIANT_ORIGINAL));
		bytes += part;
		n -= part;
	}
	mem_wipe(encoded, sizeof encoded);
}

#define NO 64 /* no digit */

/* The values of the digits among the characters of ASCII. */
static const uint8_t base64_digits[128] = {NO, NO, NO, NO, NO, NO, NO, NO, NO,
    NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
    NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, 62, NO, NO, NO,
    63, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, NO, NO, NO, NO, NO, NO, NO, 0,
    1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21,
    22, 23, 24, 25, NO, NO, NO, NO, NO, NO, 26, 27, 28, 29, 30, 31, 32, 33, 34,
    35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, NO, NO,
    NO, NO, NO};

/* What no digit stands for shows as a bit above the six. */
static uint32_t base64_value(char c)
{
	return base64_digits[c & 0x7f] | (uint32_t)(c & 0x80);
}

/* The last four characters, of which the last `padding` are '='. */
static bool take_last_quad(uint8_t *ret_bytes, const char *p, size_t padding)
{
	uint32_t bits = 0, seen = 0;

	for (size_t i = 0; i < 4 - padding; i++) {
		const uint32_t value = base64_value(p[i]);

		seen |= value;
		bits |= (value & 63) << (18 - 6 * i);
	}
	if (seen > 63 || (bits & ((UINT32_C(1) << 8 * padding) - 1)) != 0)
		return false;
	for (size_t i = 0; i < 3 - padding; i++)
		ret_bytes[i] = (uint8_t)(bits >> (16 - 8 * i));
	return true;
}

bool text_from_base64(
    uint8_t *ret_bytes, size_t max, size_t *ret_n, struct slice base64)
{
	size_t padding = 0, at = 0;
	uint32_t seen = 0;

	if (!base64.p || base64.n % 4 != 0)
		return false;
	if (base64.n > 0 && base64.p[base64.n - 1] == '=')
		padding = base64.p[base64.n - 2] == '=' ? 2 : 1;
	const size_t n = base64.n / 4 * 3 - padding;
	if (n > max)
		return false;
	for (size_t i = 0; i + 4 < base64.n; i += 4, at += 3) {
		const uint32_t a = base64_value(base64.p[i]);
		const uint32_t b = base64_value(base64.p[i + 1]);
		const uint32_t c = base64_value(base64.p[i + 2]);
		const uint32_t d = base64_value(base64.p[i + 3]);

		seen |= a | b | c | d;
		ret_bytes[at] = (uint8_t)(a << 2 | b >> 4);
		ret_bytes[at + 1] = (uint8_t)(b << 4 | c >> 2);
		ret_bytes[at + 2] = (uint8_t)(c << 6 | d);
	}
	if (seen > 63 ||
	    (base64.n > 0 &&
		!take_last_quad(
		    ret_bytes + at, base64.p + base64.n - 4, padding)))
		return false;
	*ret_n = n;
	return true;
}

bool text_from_base64_secret(
    uint8_t *ret_bytes, size_t max, size_t *ret_n, struct slice base64)
{
	size_t n;

	/* libsodium 1.0.18 takes any byte above 0x7f for a '/'. */
	for (size_t i = 0; i < base64.n; i++)
		if ((uint8_t)base64.p[i] > 0x7f)
			return false;
	if (!base64.p ||
	    sodium_base642bin(ret_bytes, max, base64.p, base64.n, NULL, &n,
		NULL, sodium_base64_VARIANT_ORIGINAL) != 0)
		return false;
	*ret_n = n;
	return true;
}
