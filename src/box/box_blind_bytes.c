/*
 * box_blind_bytes.c: bytes, numbers and words for all families; see
 * box_blind.h.
 */
#include "box_blind.h"

#include "box_bytes.h"
#include "mem.h"
#include "text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool box_blind_get(
    const struct box_blind_bytes *from, uint64_t at, void *ret_bytes, size_t n)
{
	return n <= from->length && at <= from->length - n &&
	    from->read(from->cookie, from->base + at, ret_bytes, n);
}

size_t box_blind_get_some(
    const struct box_blind_bytes *from, uint64_t at, void *ret_bytes, size_t n)
{
	uint8_t *bytes = ret_bytes;
	size_t here = n;

	if (at >= from->length)
		here = 0;
	else if (from->length - at < n)
		here = (size_t)(from->length - at);
	if (here > 0 && !box_blind_get(from, at, bytes, here))
		here = 0;
	memset(bytes + here, 0, n - here);
	return here;
}

uint16_t box_blind_le16(const uint8_t *p)
{
	return (uint16_t)box_bytes_le(p, 2);
}

uint32_t box_blind_le32(const uint8_t *p)
{
	return (uint32_t)box_bytes_le(p, 4);
}

uint64_t box_blind_le64(const uint8_t *p)
{
	return box_bytes_le(p, 8);
}

uint16_t box_blind_be16(const uint8_t *p)
{
	return (uint16_t)box_bytes_be(p, 2);
}

uint32_t box_blind_be32(const uint8_t *p)
{
	return (uint32_t)box_bytes_be(p, 4);
}

uint64_t box_blind_be64(const uint8_t *p)
{
	return box_bytes_be(p, 8);
}

bool box_blind_is_word(const uint8_t *p, size_t n)
{
	size_t i = 0;

	while (i < n && p[i] >= '!' && p[i] <= '~')
		i++;
	if (i == 0)
		return false;
	while (i < n && p[i] == 0)
		i++;
	return i == n;
}

bool box_blind_is_uuid(const uint8_t p[40])
{
	for (size_t i = 0; i < 40; i++) {
		const bool is_dash = i == 8 || i == 13 || i == 18 || i == 23;
		const bool is_hex = (p[i] >= '0' && p[i] <= '9') ||
		    (p[i] >= 'a' && p[i] <= 'f') ||
		    (p[i] >= 'A' && p[i] <= 'F');

		if (i >= 36 ? p[i] != 0 : is_dash ? p[i] != '-' : !is_hex)
			return false;
	}
	return true;
}

void box_blind_say(struct cage_blind *ret_blind, enum cage_blind_kind kind,
    const struct box_blind_bytes *where, const char *name, const char *what,
    ...)
{
	char line[2 * CAGE_BLIND_WHAT];
	va_list args;

	*ret_blind = (struct cage_blind){
	    .kind = kind, .length = where->length, .is_certain = true};
	va_start(args, what);
	(void)vsnprintf(line, sizeof(line), what, args);
	va_end(args);
	(void)text_show(
	    ret_blind->what, sizeof(ret_blind->what), slice_of(line));
	(void)text_show(
	    ret_blind->name, sizeof(ret_blind->name), slice_of(name));
}

int box_blind_add(struct box_blind_found *found, const struct cage_blind *blind,
    struct err *err)
{
	if (found->n >= CAGE_BLIND_FOUND_MAX)
		return err_set(err, ERR_LIMIT, "#0: more than %d blind spots",
		    CAGE_BLIND_FOUND_MAX);
	int rc = mem_grow((void **)&found->of, &found->cap, found->n + 1,
	    sizeof(*found->of), err);
	if (rc == 0)
		found->of[found->n++] = *blind;
	return rc;
}
