/*
 * media_name.c: see media_name.h.
 */
#include "media_name.h"

#include <string.h>
#include <strings.h>

static const struct {
	const char *ending;
	enum media_name_style style;
} endings[] = {
    {".001", MEDIA_NAME_PARTS},
    {".E01", MEDIA_NAME_E01},
    {".qcow2", MEDIA_NAME_QCOW2},
    {".vhd", MEDIA_NAME_VHD},
    {".vmdk", MEDIA_NAME_VMDK},
};
#define ENDINGS (sizeof(endings) / sizeof(endings[0]))

static void put_e01(struct buf *name, const char *base, uint64_t number)
{
	if (number <= 99) {
		buf_printf(name, "%s.E%02u", base, (unsigned)number);
		return;
	}
	unsigned n = (unsigned)(number - 100);

	buf_printf(name, "%s.%c%c%c", base, 'E' + (char)(n / 676),
	    'A' + (char)(n / 26 % 26), 'A' + (char)(n % 26));
}

int media_name_put(struct buf *name, const char *base,
    enum media_name_style style, uint64_t number, struct err *err)
{
	uint64_t max = style == MEDIA_NAME_E01 ? MEDIA_NAME_E01_MAX
	    : style == MEDIA_NAME_PARTS	       ? MEDIA_NAME_PARTS_MAX
					       : 1;

	if (number > max)
		return err_set(err, ERR_LIMIT,
		    "%s: no name is left for file %llu; make the segments "
		    "larger",
		    base, (unsigned long long)number);
	if (style == MEDIA_NAME_PARTS)
		buf_printf(name, "%s.%03u", base, (unsigned)number);
	else if (style == MEDIA_NAME_E01)
		put_e01(name, base, number);
	else
		buf_puts(name, base);
	for (size_t i = 0; i < ENDINGS; i++)
		if (endings[i].style == style && style > MEDIA_NAME_E01)
			buf_puts(name, endings[i].ending);
	return buf_check(name, err);
}

enum media_name_style media_name_of(const char *path, size_t *ret_base)
{
	const size_t n = strlen(path);

	*ret_base = n;
	for (size_t i = 0; i < ENDINGS; i++) {
		const size_t ending = strlen(endings[i].ending);

		if (n <= ending ||
		    strcasecmp(path + n - ending, endings[i].ending) != 0)
			continue;
		*ret_base = n - ending;
		return endings[i].style;
	}
	return MEDIA_NAME_ONE;
}

static unsigned digit_of(char c)
{
	return c >= '0' && c <= '9' ? (unsigned)(c - '0') : 10;
}

static uint64_t part_number(const char *three)
{
	uint64_t n = 0;

	for (size_t i = 0; i < 3; i++) {
		if (digit_of(three[i]) > 9)
			return 0;
		n = n * 10 + digit_of(three[i]);
	}
	return n;
}

/* 'A' to 'Z' and 'a' to 'z': 0 to 25; others: 26. */
static unsigned letter_of(char c)
{
	if (c >= 'A' && c <= 'Z')
		return (unsigned)(c - 'A');
	return c >= 'a' && c <= 'z' ? (unsigned)(c - 'a') : 26;
}

static uint64_t segment_number(const char *three)
{
	const unsigned tens = digit_of(three[1]), ones = digit_of(three[2]);
	const unsigned a = letter_of(three[0]), b = letter_of(three[1]),
		       c = letter_of(three[2]);

	if (a == 4 && tens < 10 && ones < 10)
		return tens * 10 + ones;
	return a >= 4 && a < 26 && b < 26 && c < 26
	    ? 100 + (a - 4) * 676 + b * 26 + c
	    : 0;
}

uint64_t media_name_number(
    const char *path, enum media_name_style style, size_t *ret_base)
{
	const size_t n = strlen(path);

	*ret_base = n;
	if (n <= 4 || path[n - 4] != '.' || path[n - 5] == '/')
		return 0;
	const uint64_t number = style == MEDIA_NAME_PARTS
	    ? part_number(path + n - 3)
	    : segment_number(path + n - 3);
	if (number > 0)
		*ret_base = n - 4;
	return number;
}

bool media_name_is_foreign(enum media_name_style style)
{
	return style != MEDIA_NAME_ONE && style != MEDIA_NAME_PARTS;
}

void media_name_put_beside(
    struct buf *name, const char *image, const char *ending)
{
	size_t n;

	(void)media_name_of(image, &n);
	buf_put(name, image, n);
	buf_puts(name, ending);
}
