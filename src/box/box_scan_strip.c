/*
 * box_scan_strip.c: XML without marks, and the text that the operators of a PDF
 * show. Both cut words into parts ("user<b>x</b>@company.com", "[(us)-20(er)]
 * TJ"); here the parts follow each other, and each is a piece with its place.
 */
#include "box_scan_text.h"

#include "mem.h"

#include <stdlib.h>
#include <string.h>

/* A shift to the left between two strings, in thousandths of the font's size,
 * that is as wide as a space. */
#define SPACE 180

struct box_scan_strip {
	uint8_t *bytes;
	size_t n, cap;
	struct box_scan_piece *pieces;
	size_t pieces_n, pieces_cap;
	int rc;
	struct err *err;
};

int box_scan_strip_new(struct box_scan_strip **ret_strip, struct err *err)
{
	*ret_strip = mem_new(1, sizeof(**ret_strip));
	return *ret_strip == NULL ? err_nomem(err) : 0;
}

void box_scan_strip_free(struct box_scan_strip *strip)
{
	if (strip == NULL)
		return;
	free(strip->bytes);
	free(strip->pieces);
	free(strip);
}

static void put(
    struct box_scan_strip *s, const uint8_t *bytes, size_t n, size_t from)
{
	if (s->rc == 0 && s->n + n + BOX_SCAN_PAD > s->cap)
		s->rc = mem_grow(
		    (void **)&s->bytes, &s->cap, s->n + n + 4096, 1, s->err);
	if (s->rc == 0)
		s->rc = mem_grow((void **)&s->pieces, &s->pieces_cap,
		    s->pieces_n + 1, sizeof(*s->pieces), s->err);
	if (s->rc != 0 || n == 0)
		return;
	s->pieces[s->pieces_n++] =
	    (struct box_scan_piece){s->n - BOX_SCAN_PAD, from, false};
	memcpy(s->bytes + s->n, bytes, n);
	s->n += n;
}

/* ---- XML ---- */

/* Marks that end a line or a cell, by the end of their name: w:p, text:p, td,
 * br and the like. */
static bool ends_words(const uint8_t *p, size_t n)
{
	static const char *const names[] = {"p", "br", "tab", "c", "row", "td",
	    "tr", "li", "div", "si", "h", "table-cell", "line-break"};
	size_t to = 0, from = 0;

	if (n > 0 && p[0] == '/')
		from = to = 1;
	while (to < n && p[to] != ' ' && p[to] != '/' && p[to] != '>') {
		if (p[to] == ':')
			from = to + 1;
		to++;
	}
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (slice_is_text(
			(struct slice){(const char *)p + from, to - from},
			names[i]))
			return true;
	return false;
}

static void put_xml(struct box_scan_strip *s, const uint8_t *p, size_t n)
{
	static const struct {
		const char *name;
		char is;
	} entities[] = {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'},
	    {"&quot;", '"'}, {"&apos;", '\''}, {"&#64;", '@'}, {"&#x40;", '@'}};
	size_t at = 0;

	while (at < n && s->rc == 0) {
		if (p[at] == '<') {
			const uint8_t *end = memchr(p + at, '>', n - at);

			if (end == NULL)
				return;
			if (ends_words(p + at + 1, (size_t)(end - p) - at))
				put(s, (const uint8_t *)"\n", 1, at);
			at = (size_t)(end - p) + 1;
			continue;
		}
		size_t to = at;
		bool is_entity = false;

		for (size_t i = 0; p[at] == '&' && !is_entity &&
		     i < sizeof(entities) / sizeof(entities[0]);
		     i++) {
			const size_t m = strlen(entities[i].name);

			if (m <= n - at &&
			    memcmp(p + at, entities[i].name, m) == 0) {
				put(s, (const uint8_t *)&entities[i].is, 1, at);
				to = at + m;
				is_entity = true;
			}
		}
		if (!is_entity) {
			to++;
			while (to < n && p[to] != '<' && p[to] != '&')
				to++;
			put(s, p + at, to - at, at);
		}
		at = to;
	}
}

/* ---- the operators of a PDF ---- */

/* A string in brackets; returns where it ends. */
static size_t put_string(
    struct box_scan_strip *s, const uint8_t *p, size_t n, size_t at)
{
	size_t depth = 1, from = ++at;

	while (at < n && depth > 0) {
		if (p[at] == '\\' && at + 1 < n) {
			put(s, p + from, at - from, from);
			at++;
			from = at;
			/* Octal numbers of what need not be escaped. */
			if (p[at] >= '0' && p[at] <= '7' && at + 2 < n) {
				const uint8_t c = (uint8_t)((p[at] - '0') * 64 +
				    (p[at + 1] - '0') * 8 + (p[at + 2] - '0'));

				put(s, &c, 1, at);
				at += 2;
				from = at + 1;
			}
			at++;
			continue;
		}
		if (p[at] == '(')
			depth++;
		if (p[at] == ')')
			depth--;
		at++;
	}
	if (at > from + (depth == 0))
		put(s, p + from, at - from - (depth == 0), from);
	return at;
}

static int hex(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static size_t put_hex_string(
    struct box_scan_strip *s, const uint8_t *p, size_t n, size_t at)
{
	const size_t begin = at++;

	while (at + 1 < n && hex(p[at]) >= 0 && hex(p[at + 1]) >= 0) {
		const uint8_t c = (uint8_t)(hex(p[at]) * 16 + hex(p[at + 1]));

		if (c != 0)
			put(s, &c, 1, at);
		at += 2;
	}
	return at > begin + 1 && at < n ? at : begin + 1;
}

/* The numbers in front of an operator, and the heights that the last ones of
 * their sort set. */
struct pen {
	double of[6];
	size_t n;
	double page, line; /* by cm and Tm */
};

/* What an operator does to the words around it: NULL, " " or "\n". Parts of one
 * word may be placed by operators of their own, on the same line. */
static const char *gap_of(struct pen *pen, const uint8_t *p, size_t n)
{
	const struct slice word = {(const char *)p, n};
	const double y = pen->n > 0 ? pen->of[pen->n - 1] : 0;
	const char *gap = NULL;

	if (slice_is_text(word, "cm")) {
		gap = y != pen->page ? "\n" : NULL;
		pen->page = y;
	} else if (slice_is_text(word, "Tm")) {
		gap = y != pen->line ? "\n" : NULL;
		pen->line = y;
	} else if (slice_is_text(word, "Td") || slice_is_text(word, "TD")) {
		gap = y != 0 ? "\n" : " ";
	} else if (slice_is_text(word, "T*") || slice_is_text(word, "'") ||
	    slice_is_text(word, "\"")) {
		gap = "\n";
	}
	pen->n = 0;
	return gap;
}

static bool is_white(uint8_t c)
{
	return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == 0;
}

static bool ends_word(uint8_t c)
{
	return is_white(c) || c == '(' || c == '<' || c == '[' || c == ']' ||
	    c == '>';
}

/* A number: kept for its operator, or within an array a shift, of which a large
 * one is a space. */
static bool take_number(struct pen *pen, const uint8_t *p, size_t n,
    bool is_in_array, bool *ret_is_space)
{
	char text[32], *end;

	*ret_is_space = false;
	if (n >= sizeof(text) ||
	    (p[0] != '-' && p[0] != '+' && p[0] != '.' &&
		(p[0] < '0' || p[0] > '9')))
		return false;
	memcpy(text, p, n);
	text[n] = '\0';
	const double value = strtod(text, &end);

	if (*end != '\0')
		return false;
	if (is_in_array) {
		*ret_is_space = value <= -SPACE;
		return true;
	}
	if (pen->n == 6)
		memmove(pen->of, pen->of + 1, 5 * sizeof(pen->of[0]));
	else
		pen->n++;
	pen->of[pen->n - 1] = value;
	return true;
}

static void put_operators(struct box_scan_strip *s, const uint8_t *p, size_t n)
{
	struct pen pen = {.n = 0};
	bool is_in_array = false, is_space;
	size_t at = 0;

	while (at < n && s->rc == 0) {
		const size_t begin = at;

		if (p[at] == '(') {
			at = put_string(s, p, n, at);
			continue;
		}
		if (p[at] == '<') {
			at = put_hex_string(s, p, n, at);
			continue;
		}
		if (ends_word(p[at])) {
			if (p[at] == '[' || p[at] == ']')
				is_in_array = p[at] == '[';
			at++;
			continue;
		}
		while (at < n && !ends_word(p[at]))
			at++;
		if (take_number(
			&pen, p + begin, at - begin, is_in_array, &is_space)) {
			if (is_space)
				put(s, (const uint8_t *)" ", 1, begin);
			continue;
		}
		const char *gap = gap_of(&pen, p + begin, at - begin);

		if (gap != NULL)
			put(s, (const uint8_t *)gap, 1, begin);
	}
}

/* ---- both ---- */

int box_scan_strip_make(struct box_scan_strip *s, const uint8_t *bytes,
    size_t n, bool is_xml, struct box_scan_text *ret_text, struct err *err)
{
	s->n = BOX_SCAN_PAD;
	s->pieces_n = 0;
	s->err = err;
	s->rc = 0;
	if (s->cap < 4096)
		s->rc = mem_grow((void **)&s->bytes, &s->cap, 4096, 1, err);
	if (s->rc == 0 && is_xml)
		put_xml(s, bytes, n);
	else if (s->rc == 0)
		put_operators(s, bytes, n);
	if (s->rc != 0)
		return s->rc;
	memset(s->bytes, 0, BOX_SCAN_PAD);
	memset(s->bytes + s->n, 0, BOX_SCAN_PAD);
	*ret_text = (struct box_scan_text){.p = s->bytes + BOX_SCAN_PAD,
	    .n = s->n - BOX_SCAN_PAD,
	    .pieces = s->pieces,
	    .pieces_n = s->pieces_n,
	    .slope = 1,
	    .is_joined = true};
	return 0;
}
