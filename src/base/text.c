/*
 * text.c: UTF-8, identifiers, escapes, hex and base64.
 *
 * Invariant: every value has exactly one accepted spelling here, and nothing
 * depends on the locale. Base64 is libsodium's, which is strict about padding
 * and unused bits and takes the same time for every secret.
 */
#include "text.h"

#include "mem.h"

#include <assert.h>
#include <sodium.h>

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

bool text_is_utf8(struct slice s)
{
	uint32_t code_point;

	while (s.n > 0) {
		const size_t n = decode(s, &code_point);

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

static bool is_letter_or_digit(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9');
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

bool text_from_base64(
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
