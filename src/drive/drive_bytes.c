/*
 * drive_bytes.c: answers taken apart: numbers, sums, text.
 */
#include "drive_internal.h"

#include "reader.h"
#include "text.h"

#include <string.h>

static struct reader reader_at(const struct drive *d, size_t at)
{
	struct reader r;

	reader_init(&r, d->x.bytes, d->x.got);
	(void)reader_bytes(&r, at);
	return r;
}

uint64_t drive_be(const struct drive *d, size_t at, unsigned n)
{
	struct reader r = reader_at(d, at);
	uint64_t value = 0;

	for (unsigned i = 0; i < n; i++)
		value = value << 8 | reader_u8(&r);
	return r.failed ? 0 : value;
}

uint64_t drive_le(const struct drive *d, size_t at, unsigned n)
{
	struct reader r = reader_at(d, at);
	uint64_t value = 0;

	for (unsigned i = 0; i < n; i++)
		value |= (uint64_t)reader_u8(&r) << (8 * i);
	return r.failed ? 0 : value;
}

bool drive_le128(const struct drive *d, size_t at, uint64_t *ret_value)
{
	*ret_value = drive_le(d, at, 8);
	return drive_le(d, at + 8, 8) == 0;
}

bool drive_is_sum_zero(const struct drive *d, size_t n)
{
	uint8_t sum = 0;

	for (size_t i = 0; i < n; i++)
		sum = (uint8_t)(sum + drive_le(d, i, 1));
	return sum == 0;
}

void drive_take_text(struct drive_text *ret_text, const struct drive *d,
    size_t at, size_t n, bool is_swapped)
{
	struct slice s;

	*ret_text = (struct drive_text){.why_not = "the drive does not say"};
	if (n > DRIVE_TEXT_MAX)
		n = DRIVE_TEXT_MAX;
	for (size_t i = 0; i < n; i++)
		ret_text->text[i] =
		    (char)drive_le(d, at + (is_swapped ? i ^ 1 : i), 1);
	/* Some fill up with zeros instead of spaces. */
	while (n > 0 && ret_text->text[n - 1] == '\0')
		n--;
	s = slice_trim((struct slice){ret_text->text, n});
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < ' ' || s.p[i] > '~') {
			ret_text->text[0] = '\0';
			ret_text->why_not = "what the drive says is no text";
			return;
		}
	memmove(ret_text->text, s.p, s.n);
	ret_text->text[s.n] = '\0';
	if (s.n > 0)
		ret_text->why_not = NULL;
}

void drive_take_hex(
    struct drive_text *ret_text, const struct drive *d, size_t at, size_t n)
{
	struct reader r = reader_at(d, at);
	struct slice s = reader_bytes(&r, n);
	bool is_empty = true;

	*ret_text = (struct drive_text){.why_not = "the drive does not say"};
	for (size_t i = 0; i < s.n; i++)
		is_empty = is_empty && s.p[i] == 0;
	if (is_empty || 2 * n > DRIVE_TEXT_MAX)
		return;
	text_to_hex(ret_text->text, (const uint8_t *)s.p, n);
	ret_text->why_not = NULL;
}

void drive_know(struct drive_number *number, uint64_t value, const char *from)
{
	*number = (struct drive_number){.value = value, .from = from};
}

void drive_know_product(struct drive_number *number, uint64_t units,
    uint64_t size, const char *from)
{
	if (size != 0 && units > INT64_MAX / size)
		*number = (struct drive_number){
		    .why_not = "the number is too large to be true"};
	else
		drive_know(number, units * size, from);
}
