/*
 * box_scan_exif.c: where a photo was taken: the GPS part of EXIF, found by its
 * own mark, whether in a JPEG that is whole or in a piece of one.
 */
#include "box_scan.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define GPS_IFD 0x8825
#define ENTRY 12
#define ENTRIES_MAX 512
#define LENGTH_MAX 65536 /* of a segment of a JPEG */

struct tiff {
	const uint8_t *p;
	size_t n;
	bool is_big;
};

static uint32_t get(const struct tiff *t, size_t at, size_t n)
{
	uint32_t value = 0;

	if (at > t->n || n > t->n - at)
		return 0;
	for (size_t i = 0; i < n; i++)
		value = value << 8 | t->p[at + (t->is_big ? i : n - 1 - i)];
	return value;
}

/* Where the entry with that tag is in the directory at `at`; 0: nowhere. */
static size_t find_entry(const struct tiff *t, size_t at, uint32_t tag)
{
	const uint32_t n = get(t, at, 2);

	if (at < 8 || n > ENTRIES_MAX)
		return 0;
	for (uint32_t i = 0; i < n; i++)
		if (get(t, at + 2 + i * (size_t)ENTRY, 2) == tag)
			return at + 2 + i * (size_t)ENTRY;
	return 0;
}

/* Degrees, minutes and seconds, each a fraction. */
static bool take_angle(const struct tiff *t, size_t gps, uint32_t tag,
    double most, double *ret_angle)
{
	const size_t ref = find_entry(t, gps, tag);
	const size_t entry = find_entry(t, gps, tag + 1);
	static const double parts[3] = {1, 60, 3600};

	if (ref == 0 || entry == 0 || get(t, entry + 2, 2) != 5 ||
	    get(t, entry + 4, 4) != 3)
		return false;
	const size_t at = get(t, entry + 8, 4);
	const uint32_t letter = get(t, ref + 8, 1);

	*ret_angle = 0;
	if (at < 8 || at > t->n || t->n - at < 24)
		return false;
	for (size_t i = 0; i < 3; i++) {
		const uint32_t above = get(t, at + 8 * i, 4);
		const uint32_t below = get(t, at + 8 * i + 4, 4);

		if (below == 0 && above != 0)
			return false;
		if (below != 0)
			*ret_angle += above / (double)below / parts[i];
	}
	if (letter == 'S' || letter == 'W')
		*ret_angle = -*ret_angle;
	else if (letter != 'N' && letter != 'E')
		return false;
	return fabs(*ret_angle) <= most;
}

/* "Exif", two zeros, and the four bytes that a TIFF begins with. */
void box_scan_exif(struct box_scan *scan, size_t end)
{
	const struct box_scan_text *text = box_scan_text(scan);
	const size_t begin = end - 4, left = text->n - begin;
	const struct tiff t = {text->p + begin,
	    left < LENGTH_MAX ? left : LENGTH_MAX, text->p[begin] == 'M'};
	double north, east;
	char line[40];
	const size_t pointer = find_entry(&t, get(&t, 4, 4), GPS_IFD);

	if (pointer == 0)
		return;
	const size_t gps = get(&t, pointer + 8, 4);

	if (!take_angle(&t, gps, 1, 90, &north) ||
	    !take_angle(&t, gps, 3, 180, &east) || (north == 0 && east == 0))
		return;
	(void)snprintf(line, sizeof(line), "%.5f %.5f", north, east);
	box_scan_put(scan,
	    &(struct box_scan_find){.kind = CAGE_HIT_POSITION,
		.at = begin + gps,
		.n = 2 + (size_t)ENTRY * get(&t, gps, 2),
		.text = slice_of(line),
		.coding = CAGE_HIT_BINARY,
		.is_secret = true});
}
