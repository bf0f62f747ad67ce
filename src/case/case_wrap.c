/*
 * case_wrap.c: lines of at most 80 columns.
 *
 * Invariant: no line is wider than CASE_WRAP_COLUMNS, and the bytes depend on
 * the text alone. What comes in has passed text_is_line where it was parsed,
 * so no control or reordering character can reach a screen through here.
 */
#include "case_wrap.h"

#include <stdbool.h>
#include <stdint.h>

struct range {
	uint32_t first;
	uint32_t last;
};

/* Marks that stand on the character before them. */
static const struct range narrow[] = {
    {0x0300, 0x036f},
    {0x0483, 0x0489},
    {0x0591, 0x05bd},
    {0x0610, 0x061a},
    {0x064b, 0x065f},
    {0x0670, 0x0670},
    {0x06d6, 0x06ed},
    {0x200c, 0x200d},
    {0x20d0, 0x20ff},
    {0xfe00, 0xfe0f},
};

/* East Asian characters and pictures. */
static const struct range wide[] = {
    {0x1100, 0x115f},
    {0x2e80, 0x303e},
    {0x3041, 0xa4cf},
    {0xac00, 0xd7a3},
    {0xf900, 0xfaff},
    {0xfe30, 0xfe6f},
    {0xff00, 0xff60},
    {0xffe0, 0xffe6},
    {0x1f300, 0x1f64f},
    {0x1f900, 0x1f9ff},
    {0x20000, 0x3fffd},
};

static bool is_in(const struct range *ranges, size_t n, uint32_t value)
{
	for (size_t i = 0; i < n; i++)
		if (value >= ranges[i].first && value <= ranges[i].last)
			return true;
	return false;
}

/* The first character's length in bytes and its width; text is not empty and
 * was found to be UTF-8 when it was parsed. */
static size_t take(struct slice text, size_t *ret_width)
{
	uint8_t lead = (uint8_t)text.p[0];
	size_t n = lead < 0xc0 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
	uint32_t value = n == 1 ? lead : lead & (0x7fU >> n);

	if (n > text.n)
		n = text.n;
	for (size_t i = 1; i < n; i++)
		value = value << 6 | ((uint8_t)text.p[i] & 0x3f);
	*ret_width = 1;
	if (is_in(narrow, sizeof(narrow) / sizeof(narrow[0]), value))
		*ret_width = 0;
	if (is_in(wide, sizeof(wide) / sizeof(wide[0]), value))
		*ret_width = 2;
	return n;
}

/* The bytes at the start of text that take at most `columns`. */
static size_t fit(struct slice text, size_t columns)
{
	size_t at = 0;
	size_t width;

	while (at < text.n) {
		size_t n =
		    take((struct slice){text.p + at, text.n - at}, &width);
		if (width > columns)
			break;
		columns -= width;
		at += n;
	}
	return at;
}

size_t case_wrap_width(struct slice text)
{
	size_t sum = 0;
	size_t width;

	for (size_t at = 0; at < text.n; sum += width)
		at += take((struct slice){text.p + at, text.n - at}, &width);
	return sum;
}

static void start_line(struct buf *out, size_t indent)
{
	buf_putc(out, '\n');
	for (size_t i = 0; i < indent; i++)
		buf_putc(out, ' ');
}

/* A word that is wider than a whole line, broken where the line ends. */
static size_t put_long(
    struct buf *out, struct slice word, size_t at, size_t indent)
{
	while (at + case_wrap_width(word) > CASE_WRAP_COLUMNS) {
		size_t n = fit(word, CASE_WRAP_COLUMNS - at);
		buf_put_slice(out, (struct slice){word.p, n});
		word = (struct slice){word.p + n, word.n - n};
		start_line(out, indent);
		at = indent;
	}
	buf_put_slice(out, word);
	return at + case_wrap_width(word);
}

void case_wrap_put(struct buf *out, const char *first, struct slice text)
{
	size_t indent = case_wrap_width(slice_of(first));
	size_t at = indent;
	bool is_first = true;

	buf_puts(out, first);
	while (text.p != NULL && text.n > 0) {
		struct slice word = slice_cut(&text, ' ');
		if (word.n == 0)
			continue;
		size_t width = case_wrap_width(word);
		if (!is_first && at + 1 + width > CASE_WRAP_COLUMNS) {
			start_line(out, indent);
			at = indent;
		} else if (!is_first) {
			buf_putc(out, ' ');
			at++;
		}
		at = put_long(out, word, at, indent);
		is_first = false;
	}
	buf_putc(out, '\n');
}

void case_wrap_put_plain(struct buf *out, struct slice escaped)
{
	for (size_t i = 0; i < escaped.n; i++) {
		bool is_escape = escaped.p[i] == '\\' && i + 1 < escaped.n;

		i += is_escape;
		buf_putc(
		    out, is_escape && escaped.p[i] == 'n' ? ' ' : escaped.p[i]);
	}
}

/* The longest start of text that ends with a word and fits. */
static struct slice shorten(struct slice text, size_t columns)
{
	size_t n = fit(text, columns);
	size_t cut = n;

	while (cut > 0 && text.p[cut] != ' ')
		cut--;
	/* One word wider than all that: cut inside of it. */
	return (struct slice){text.p, cut > 0 ? cut : n};
}

void case_wrap_put_quote(struct buf *out, struct slice escaped, size_t columns)
{
	struct buf plain;

	buf_init(&plain, escaped.n + 1);
	case_wrap_put_plain(&plain, escaped);
	if (plain.failed && !out->failed)
		out->failed = plain.failed;
	struct slice text = slice_trim(buf_slice(&plain));
	bool is_whole = case_wrap_width(text) <= columns;
	if (!is_whole)
		text = shorten(text, columns);
	buf_putc(out, '"');
	buf_put_slice(out, text);
	buf_puts(out, is_whole ? "\"" : " ...\"");
	buf_done(&plain);
}
