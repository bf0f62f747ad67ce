/*
 * box_scan_zone.c: the machine readable zones of passports (ICAO 9303: TD3, two
 * lines of 44), of cards (TD1, three of 30) and of others (TD2, two of 36), all
 * of whose check digits must be right.
 */
#include "box_scan.h"

#include <stdio.h>
#include <string.h>

#define LINE_MAX_BYTES 44

static bool is_zone(uint8_t c)
{
	return c == '<' || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
}

static unsigned value(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'A' ? c - 'A' + 10u : 0;
}

static unsigned sum(const uint8_t *p, size_t n, size_t *at)
{
	static const unsigned weights[3] = {7, 3, 1};
	unsigned all = 0;

	for (size_t i = 0; i < n; i++)
		all += value(p[i]) * weights[(*at)++ % 3];
	return all;
}

static bool is_checked(const uint8_t *p, size_t n)
{
	size_t at = 0;
	const unsigned all = sum(p, n, &at);

	return p[n] >= '0' && p[n] <= '9' && all % 10 == (unsigned)(p[n] - '0');
}

/* The line around `at`: its length, 0 if it is longer than there are. */
static size_t line_around(
    const struct box_scan_text *t, size_t at, size_t *ret_begin)
{
	size_t begin = at, end = at;

	while (begin > 0 && at - begin <= LINE_MAX_BYTES &&
	    is_zone(t->p[begin - 1]))
		begin--;
	while (
	    end < t->n && end - begin <= LINE_MAX_BYTES && is_zone(t->p[end]))
		end++;
	*ret_begin = begin;
	return end - begin <= LINE_MAX_BYTES ? end - begin : 0;
}

/* Where a line of that length begins behind (or in front of) `at`. */
static bool next_line(
    const struct box_scan_text *t, size_t at, size_t n, size_t *ret_begin)
{
	size_t begin = at;

	while (begin < t->n && begin - at < 3 &&
	    (t->p[begin] == '\r' || t->p[begin] == '\n' || t->p[begin] == ' '))
		begin++;
	return begin > at && line_around(t, begin, ret_begin) == n &&
	    *ret_begin == begin;
}

static bool line_before(
    const struct box_scan_text *t, size_t at, size_t n, size_t *ret_begin)
{
	size_t end = at;

	while (end > 0 && at - end < 3 &&
	    (t->p[end - 1] == '\r' || t->p[end - 1] == '\n' ||
		t->p[end - 1] == ' '))
		end--;
	return end < at && end > 0 && line_around(t, end - 1, ret_begin) == n;
}

/* "MUSTERMANN<<ERIKA<MARIA" as people write it. */
static void put_name(
    struct box_scan *scan, size_t at, size_t n, struct box_scan_record *record)
{
	const uint8_t *p = box_scan_text(scan)->p + at;
	char text[2 * LINE_MAX_BYTES + 2];
	size_t end = n, middle = 0;

	while (end > 0 && p[end - 1] == '<')
		end--;
	while (middle + 1 < end && !(p[middle] == '<' && p[middle + 1] == '<'))
		middle++;
	if (middle + 1 >= end)
		return;
	(void)snprintf(text, sizeof(text), "%.*s %.*s", (int)(end - middle - 2),
	    (const char *)p + middle + 2, (int)middle, (const char *)p);
	for (char *c = text; *c != '\0'; c++)
		if (*c == '<')
			*c = ' ';
	box_scan_put(scan,
	    &(struct box_scan_find){.kind = CAGE_HIT_NAME,
		.at = at,
		.n = end,
		.text = slice_of(text),
		.role = CAGE_HIT_OWNER,
		.record = record,
		.has_entry = true});
}

static void put_number(struct box_scan *scan, size_t begin, size_t end,
    const uint8_t *country, const uint8_t *number,
    struct box_scan_record *record)
{
	char text[16];
	size_t country_n = 3, number_n = 9;

	while (country_n > 0 && country[country_n - 1] == '<')
		country_n--;
	while (number_n > 0 && number[number_n - 1] == '<')
		number_n--;
	(void)snprintf(text, sizeof(text), "%.*s %.*s", (int)country_n,
	    (const char *)country, (int)number_n, (const char *)number);
	box_scan_put(scan,
	    &(struct box_scan_find){.kind = CAGE_HIT_PASSPORT,
		.at = begin,
		.n = end - begin,
		.text = slice_of(text),
		.role = CAGE_HIT_OWNER,
		.record = record,
		.has_entry = true});
}

/* Number, birth and expiry are checked alike in TD2 and TD3. */
static bool is_second_line(const uint8_t *p, size_t n)
{
	size_t at = 0;

	if (!is_checked(p, 9) || !is_checked(p + 13, 6) ||
	    !is_checked(p + 21, 6))
		return false;
	unsigned all = sum(p, 10, &at);

	all += sum(p + 13, 7, &at);
	all += sum(p + 21, n - 22, &at);
	return p[n - 1] >= '0' && p[n - 1] <= '9' &&
	    all % 10 == (unsigned)(p[n - 1] - '0');
}

static void two_lines(struct box_scan *scan, size_t first, size_t n)
{
	const struct box_scan_text *t = box_scan_text(scan);
	struct box_scan_record record = {.at = first};
	size_t second;

	if (!next_line(t, first + n, n, &second) ||
	    !is_second_line(t->p + second, n))
		return;
	if (!box_scan_is_new(scan, BOX_SCAN_ZONES, first, second + n))
		return;
	put_number(
	    scan, first, second + n, t->p + first + 2, t->p + second, &record);
	put_name(scan, first + 5, n - 5, &record);
}

static void three_lines(struct box_scan *scan, size_t third)
{
	const struct box_scan_text *t = box_scan_text(scan);
	size_t first, second, at = 0;

	if (!line_before(t, third, 30, &second) ||
	    !line_before(t, second, 30, &first))
		return;
	const uint8_t *a = t->p + first, *b = t->p + second;
	unsigned all = sum(a + 5, 25, &at);

	all += sum(b, 7, &at);
	all += sum(b + 8, 7, &at);
	all += sum(b + 18, 11, &at);
	if (!is_checked(a + 5, 9) || !is_checked(b, 6) ||
	    !is_checked(b + 8, 6) || b[29] < '0' || b[29] > '9' ||
	    all % 10 != (unsigned)(b[29] - '0') ||
	    !box_scan_is_new(scan, BOX_SCAN_ZONES, first, third + 30))
		return;
	struct box_scan_record record = {.at = first};

	put_number(scan, first, third + 30, a + 2, a + 5, &record);
	put_name(scan, third, 30, &record);
}

/* "<<" between names. */
void box_scan_mrz(struct box_scan *scan, size_t end)
{
	const struct box_scan_text *t = box_scan_text(scan);
	size_t begin;
	const size_t n = line_around(t, end - 2, &begin);

	if (n == 30)
		three_lines(scan, begin);
	else if (n == 44 ? t->p[begin] == 'P'
			 : n == 36 && strchr("ACIPV", t->p[begin]) != NULL)
		two_lines(scan, begin, n);
}
