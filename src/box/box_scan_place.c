/*
 * box_scan_place.c: coordinates in text: geo: URIs, latitude and longitude by
 * their names, pairs in addresses of maps, and degrees with a hemisphere. Two
 * numbers beside each other are none: drawings are full of them.
 */
#include "box_scan.h"

#include "text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NUMBER_MAX 24
#define APART_MAX 64 /* bytes between latitude and longitude */

static bool is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

/* A decimal number at `at`; *ret_places: digits behind the dot. */
static bool take_number(const struct box_scan_text *t, size_t at,
    double *ret_value, size_t *ret_end, unsigned *ret_places)
{
	char text[NUMBER_MAX + 1];
	size_t n = 0;
	bool has_dot = false;

	*ret_places = 0;
	while (at + n < t->n && n < NUMBER_MAX) {
		const uint8_t c = t->p[at + n];

		if (is_digit(c))
			*ret_places += has_dot;
		else if (c == '.' && !has_dot)
			has_dot = true;
		else if (!((c == '-' || c == '+') && n == 0))
			break;
		text[n++] = (char)c;
	}
	if (n == 0 || !is_digit((uint8_t)text[n - 1]))
		return false;
	text[n] = '\0';
	*ret_value = strtod(text, NULL);
	*ret_end = at + n;
	return true;
}

static void put(
    struct box_scan *scan, size_t begin, size_t end, double north, double east)
{
	char text[40];

	if (fabs(north) > 90 || fabs(east) > 180 || (north == 0 && east == 0) ||
	    !box_scan_is_new(scan, BOX_SCAN_PLACES, begin, end))
		return;
	(void)snprintf(text, sizeof(text), "%.5f %.5f", north, east);
	box_scan_put(scan,
	    &(struct box_scan_find){.kind = CAGE_HIT_POSITION,
		.at = begin,
		.n = end - begin,
		.text = slice_of(text)});
}

/* "geo:", "@", "q=" and the like; `end` is behind the number's first byte. */
void box_scan_place_pair(struct box_scan *scan, size_t end)
{
	const struct box_scan_text *t = box_scan_text(scan);
	size_t begin = end - 1, middle, last;
	unsigned places, more;
	double north, east;

	if (!is_digit(t->p[begin]))
		return;
	if (begin > 0 && t->p[begin - 1] == '-')
		begin--;
	if (!take_number(t, begin, &north, &middle, &places) || middle >= t->n)
		return;
	size_t next = middle;

	if (t->p[next] == ',')
		next++;
	else if (memcmp(t->p + next, "%2C", 3) == 0)
		next += 3;
	else
		return;
	while (t->p[next] == ' ' || t->p[next] == '+')
		next++;
	if (!take_number(t, next, &east, &last, &more) || places < 2 ||
	    more < 2)
		return;
	put(scan, begin, last, north, east);
}

/* The number behind one of the names, within APART_MAX bytes from `at` on. */
static bool find_east(
    const struct box_scan_text *t, size_t at, double *ret_east, size_t *ret_end)
{
	static const char *const names[] = {"longitude", "lon", "lng", "long"};
	const size_t left = t->n - at;
	const size_t n = left < APART_MAX ? left : APART_MAX;
	char lower[APART_MAX];
	unsigned places;

	text_lower(lower, (struct slice){(const char *)t->p + at, n});
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *p = memmem(lower, n, names[i], strlen(names[i]));

		if (p == NULL)
			continue;
		size_t next = at + (size_t)(p - lower) + strlen(names[i]);

		for (unsigned k = 0; k < 5 && next < t->n &&
		     memchr("\"' :=>\\", t->p[next], 7) != NULL;
		     k++)
			next++;
		if (take_number(t, next, ret_east, ret_end, &places) &&
		    places >= 2)
			return true;
	}
	return false;
}

/* "lat" or "latitude", marks, and the number's first byte. */
void box_scan_place(struct box_scan *scan, size_t end)
{
	const struct box_scan_text *t = box_scan_text(scan);
	size_t middle, last;
	unsigned places;
	double north, east;

	if (!take_number(t, end - 1, &north, &middle, &places) || places < 2 ||
	    !find_east(t, middle, &east, &last))
		return;
	put(scan, end - 1, last, north, east);
}

/* ---- degrees ---- */

/* The sign of a degree, in UTF-8 or one byte. */
static bool take_degree(const struct box_scan_text *t, size_t *at)
{
	if (t->p[*at] == 0xc2 && t->p[*at + 1] == 0xb0)
		*at += 2;
	else if (t->p[*at] == 0xb0)
		*at += 1;
	else
		return false;
	return true;
}

/* A mark of minutes or seconds: ' " or the signs for primes and quotes. */
static bool take_prime(const struct box_scan_text *t, size_t *at)
{
	const uint8_t *p = t->p + *at;

	if (p[0] == '\'' || p[0] == '"') {
		*at += p[0] == '\'' && p[1] == '\'' ? 2 : 1;
		return true;
	}
	if (p[0] == 0xe2 && p[1] == 0x80 && p[2] >= 0x98 && p[2] <= 0xb3) {
		*at += 3;
		return true;
	}
	return false;
}

static void skip(const struct box_scan_text *t, size_t *at)
{
	while (*at < t->n && (t->p[*at] == ' ' || t->p[*at] == ','))
		(*at)++;
}

/* 52°30'59.2"N or 52.5163° N; `most`: 90 or 180. */
static bool take_angle(const struct box_scan_text *t, size_t *at,
    const char *letters, double *ret_angle)
{
	double part, angle;
	unsigned places, fine;

	if (!take_number(t, *at, &angle, at, &places) || angle < 0 ||
	    !take_degree(t, at))
		return false;
	fine = places >= 2;
	for (unsigned i = 0; i < 2; i++) {
		size_t next = *at;

		skip(t, &next);
		if (!take_number(t, next, &part, &next, &places) ||
		    part >= 60 || !take_prime(t, &next))
			break;
		angle += part / (i == 0 ? 60 : 3600);
		fine = 1;
		*at = next;
	}
	skip(t, at);
	const char *letter =
	    *at < t->n && t->p[*at] != 0 ? strchr(letters, t->p[*at]) : NULL;

	if (letter == NULL || !fine)
		return false;
	(*at)++;
	*ret_angle = letter == letters ? angle : -angle;
	return true;
}

/* The sign of a degree that follows a digit. */
void box_scan_place_degree(struct box_scan *scan, size_t end)
{
	const struct box_scan_text *t = box_scan_text(scan);
	size_t begin = end;
	double north, east;

	while (begin > 0 && t->p[begin - 1] >= 0x80)
		begin--;
	while (
	    begin > 0 && (is_digit(t->p[begin - 1]) || t->p[begin - 1] == '.'))
		begin--;
	size_t at = begin;

	if (!take_angle(t, &at, "NS", &north))
		return;
	skip(t, &at);
	if (take_angle(t, &at, "EWO", &east))
		put(scan, begin, at, north,
		    t->p[at - 1] == 'O' ? fabs(east) : east);
}
