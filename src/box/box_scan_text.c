/*
 * box_scan_text.c: see box_scan_text.h.
 */
#include "box_scan_text.h"

#include "text.h"

#include <string.h>

#define AROUND 56 /* bytes of a context on either side */

size_t box_scan_text_piece(const struct box_scan_text *text, size_t at)
{
	size_t from = 0, to = text->pieces_n;

	while (to - from > 1) {
		const size_t middle = from + (to - from) / 2;

		if (text->pieces[middle].text <= at)
			from = middle;
		else
			to = middle;
	}
	return from;
}

size_t box_scan_text_place(const struct box_scan_text *text, size_t at)
{
	if (text->pieces == NULL)
		return at;
	const struct box_scan_piece *piece =
	    &text->pieces[box_scan_text_piece(text, at)];

	return piece->from + (at - piece->text) * text->slope;
}

/* ---- lines ---- */

/* windows-1252 where it is not ISO 8859-1; 0: nothing. */
static const uint16_t upper[32] = {0x20ac, 0, 0x201a, 0x0192, 0x201e, 0x2026,
    0x2020, 0x2021, 0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017d, 0, 0,
    0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x02dc, 0x2122,
    0x0161, 0x203a, 0x0153, 0, 0x017e, 0x0178};

static size_t put_legacy(char *ret, uint8_t byte)
{
	const uint32_t c = byte < 0xa0 ? upper[byte - 0x80] : byte;

	if (c == 0) {
		ret[0] = '?';
		return 1;
	}
	if (c < 0x800) {
		ret[0] = (char)(0xc0 | c >> 6);
		ret[1] = (char)(0x80 | (c & 0x3f));
		return 2;
	}
	ret[0] = (char)(0xe0 | c >> 12);
	ret[1] = (char)(0x80 | (c >> 6 & 0x3f));
	ret[2] = (char)(0x80 | (c & 0x3f));
	return 3;
}

/* Bytes of the UTF-8 character at p; 0: it is none. */
static size_t character(const uint8_t *p, size_t n)
{
	const uint8_t c = p[0];
	size_t needs = 0;

	if (c >= 0xc2 && c < 0xe0)
		needs = 2;
	else if (c >= 0xe0 && c < 0xf0)
		needs = 3;
	else if (c >= 0xf0 && c < 0xf5)
		needs = 4;
	if (needs == 0 || needs > n ||
	    !text_is_utf8((struct slice){(const char *)p, needs}))
		return 0;
	return needs;
}

bool box_scan_text_line(
    char *ret_line, size_t size, const uint8_t *bytes, size_t n)
{
	bool is_legacy = false;
	size_t out = 0;

	for (size_t in = 0; in < n && out + 4 < size;) {
		const uint8_t c = bytes[in];
		size_t here = 1;

		if (c > 0x20 && c < 0x7f) {
			ret_line[out++] = (char)c;
		} else if (c < 0x80) {
			if (out > 0 && ret_line[out - 1] != ' ')
				ret_line[out++] = ' ';
		} else {
			here = character(bytes + in, n - in);
			const struct slice s = {(const char *)bytes + in, here};

			if (here == 0) {
				out += put_legacy(ret_line + out, c);
				is_legacy = true;
				here = 1;
			} else if (text_is_line(s, NULL, NULL)) {
				memcpy(ret_line + out, s.p, s.n);
				out += s.n;
			}
		}
		in += here;
	}
	while (out > 0 && ret_line[out - 1] == ' ')
		out--;
	ret_line[out] = '\0';
	return is_legacy;
}

/* Not in the middle of a character. */
static size_t round_up(const uint8_t *p, size_t at, size_t end)
{
	for (size_t i = 0; i < 3 && at < end && (p[at] & 0xc0) == 0x80; i++)
		at++;
	return at;
}

static void put_context(const struct box_scan_text *t,
    const struct box_scan_find *find, char *ret_context)
{
	const size_t end = find->at + find->n;
	size_t from = find->at > AROUND ? find->at - AROUND : 0;
	size_t to = t->n - end > AROUND ? end + AROUND : t->n;

	/* Zeros end what belongs together. */
	const uint8_t *zero = memrchr(t->p + from, 0, find->at - from);

	if (zero != NULL)
		from = (size_t)(zero - t->p) + 1;
	zero = memchr(t->p + end, 0, to - end);
	if (zero != NULL)
		to = (size_t)(zero - t->p);
	from = round_up(t->p, from, find->at);
	(void)box_scan_text_line(
	    ret_context, CAGE_HIT_CONTEXT_MAX, t->p + from, to - from);
}

enum cage_hit_coding box_scan_text_hit(const struct box_scan_text *t,
    const struct box_scan_find *find, char *ret_text, char *ret_context)
{
	const struct slice s = find->text.p != NULL
	    ? find->text
	    : (struct slice){(const char *)t->p + find->at, find->n};
	const bool is_legacy = box_scan_text_line(
	    ret_text, CAGE_HIT_TEXT_MAX, (const uint8_t *)s.p, s.n);

	ret_context[0] = '\0';
	if (!find->is_secret)
		put_context(t, find, ret_context);
	if (find->coding != 0)
		return find->coding;
	if (t->slope == 2)
		return t->pieces[box_scan_text_piece(t, find->at)].is_big
		    ? CAGE_HIT_UTF16BE
		    : CAGE_HIT_UTF16LE;
	return is_legacy ? CAGE_HIT_LEGACY : CAGE_HIT_UTF8;
}
