/*
 * box_scan_field.c: how fields of mails and cards write what is not ASCII.
 */
#include "box_scan.h"

#include "box_bytes.h"
#include "text.h"

#include <string.h>

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = text_lower_char(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

size_t box_scan_unquote(
    char *ret_text, size_t size, struct slice text, bool is_word)
{
	size_t n = 0;

	for (size_t i = 0; i < text.n && n < size; i++) {
		const char c = text.p[i];

		if (c == '_' && is_word) {
			ret_text[n++] = ' ';
		} else if (c == '=' && i + 2 < text.n &&
		    hex(text.p[i + 1]) >= 0 && hex(text.p[i + 2]) >= 0) {
			ret_text[n++] = (char)(hex(text.p[i + 1]) * 16 +
			    hex(text.p[i + 2]));
			i += 2;
		} else if (c == '=' && i + 1 < text.n &&
		    text.p[i + 1] == '\n') {
			i += 1;
		} else if (c == '=' && i + 2 < text.n &&
		    text.p[i + 1] == '\r' && text.p[i + 2] == '\n') {
			i += 2;
		} else {
			ret_text[n++] = c;
		}
	}
	return n;
}

size_t box_scan_unbase64(char *ret_text, size_t size, struct slice text)
{
	unsigned bits = 0, have = 0;
	size_t n = 0;

	for (size_t i = 0; i < text.n && n < size; i++) {
		const int value = box_bytes_base64((uint8_t)text.p[i]);

		if (value < 0)
			continue;
		bits = bits << 6 | (unsigned)value;
		have += 6;
		if (have >= 8) {
			have -= 8;
			ret_text[n++] = (char)(bits >> have);
		}
	}
	return n;
}

/* =?charset?Q?text?= from p on; returns its length, 0: it is none. */
static size_t take_word(
    char *ret_text, size_t size, size_t *ret_n, const char *p, size_t n)
{
	char bytes[CAGE_HIT_TEXT_MAX];
	struct slice rest = {p + 2, n - 2};
	const struct slice charset = slice_cut(&rest, '?');

	if (rest.p == NULL || rest.n < 4 || rest.p[1] != '?')
		return 0;
	const char how = text_lower_char(rest.p[0]);
	const char *end = memmem(rest.p + 2, rest.n - 2, "?=", 2);

	if (end == NULL || (how != 'q' && how != 'b'))
		return 0;
	const struct slice text = {rest.p + 2, (size_t)(end - rest.p) - 2};
	const size_t got = how == 'q'
	    ? box_scan_unquote(bytes, sizeof(bytes), text, true)
	    : box_scan_unbase64(bytes, sizeof(bytes), text);

	*ret_n = box_scan_charset(
	    ret_text, size, (struct slice){bytes, got}, charset);
	return (size_t)(end - p) + 2;
}

static bool is_white(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

size_t box_scan_unword(char *ret_text, size_t size, struct slice text)
{
	bool was_word = false;
	size_t n = 0, at = 0;

	while (at < text.n && n + 4 < size) {
		size_t gap = at, got = 0, used = 0;

		while (gap < text.n && is_white(text.p[gap]))
			gap++;
		if (gap + 2 < text.n && text.p[gap] == '=' &&
		    text.p[gap + 1] == '?')
			used = take_word(ret_text + n + 1, size - n - 1, &got,
			    text.p + gap, text.n - gap);
		if (used > 0) {
			/* White space between two of them is none. */
			if (gap > at && !was_word)
				ret_text[n++] = ' ';
			else
				memmove(ret_text + n, ret_text + n + 1, got);
			n += got;
			at = gap + used;
			was_word = true;
			continue;
		}
		if (gap > at && n > 0)
			ret_text[n++] = ' ';
		if (gap < text.n)
			ret_text[n++] = text.p[gap];
		at = gap + 1;
		was_word = false;
	}
	return n;
}
