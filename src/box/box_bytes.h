/*
 * box_bytes.h: numbers and base64 as evidence has them, for all readers in the
 * box.
 */
#ifndef BOX_BYTES_H
#define BOX_BYTES_H

#include <stddef.h>
#include <stdint.h>

/* Of n bytes, at most 8: the lowest first, or the highest. */
static inline uint64_t box_bytes_le(const uint8_t *p, size_t n)
{
	uint64_t value = 0;

	while (n-- > 0)
		value = value << 8 | p[n];
	return value;
}

static inline uint64_t box_bytes_be(const uint8_t *p, size_t n)
{
	uint64_t value = 0;

	for (size_t i = 0; i < n; i++)
		value = value << 8 | p[i];
	return value;
}

/* What a character of base64 stands for; -1: it is none. */
static inline int box_bytes_base64(uint8_t c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '+')
		return 62;
	return c == '/' ? 63 : -1;
}

#endif
