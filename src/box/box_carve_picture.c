/*
 * box_carve_picture.c: JPEG by its segments, PNG by the checksum of each chunk,
 * GIF by its blocks.
 */
#include "box_carve.h"

#include "mem.h"

#include <libdeflate.h>
#include <stdlib.h>
#include <string.h>

#define PICTURE_MAX (256u << 20)
#define CHUNK_MAX (16u << 20)
#define BLOCKS_MAX 1000000

/* ---- JPEG ---- */

/* Behind the scan at `at`: the marker that ends it. false: none does. */
static bool skip_scan(const struct box_blind_bytes *from, uint64_t *at)
{
	uint8_t p[16384];

	while (*at < from->length && *at < PICTURE_MAX) {
		const size_t n = box_blind_get_some(from, *at, p, sizeof(p));

		if (n < 2)
			return false;
		for (size_t i = 0; i + 1 < n;) {
			const uint8_t *ff = memchr(p + i, 0xff, n - 1 - i);

			if (ff == NULL)
				break;
			i = (size_t)(ff - p);
			const uint8_t code = p[i + 1];

			if (code != 0 && code != 0xff &&
			    (code < 0xd0 || code > 0xd7)) {
				*at += i;
				return true;
			}
			i++;
		}
		*at += n - 1;
	}
	return false;
}

static bool is_segment(uint8_t code)
{
	return code >= 0xc0 && code != 0xc8 && (code < 0xd0 || code > 0xd9) &&
	    code != 0xff;
}

bool box_carve_jpeg(
    const struct box_blind_bytes *from, uint64_t *ret_length, bool *ret_whole)
{
	bool has_frame = false, has_scan = false;
	uint64_t at = 2;
	uint8_t p[4];

	*ret_whole = false;
	while (
	    at < PICTURE_MAX && box_blind_get(from, at, p, 2) && p[0] == 0xff) {
		if (p[1] == 0xd9 && has_scan) {
			*ret_whole = true;
			at += 2;
			break;
		}
		if (!is_segment(p[1]) || !box_blind_get(from, at, p, 4) ||
		    box_blind_be16(p + 2) < 2)
			break;
		const uint64_t next = at + 2 + box_blind_be16(p + 2);

		if (next > from->length)
			break;
		has_frame |= p[1] >= 0xc0 && p[1] <= 0xcf && p[1] != 0xc4 &&
		    p[1] != 0xcc;
		at = next;
		if (p[1] == 0xda) {
			if (!has_frame)
				break;
			has_scan = true;
			if (!skip_scan(from, &at))
				break;
		}
	}
	*ret_length = at < from->length ? at : from->length;
	/* Segments alone, without a picture, are anything. */
	return has_scan;
}

/* ---- PNG ---- */

static bool has_sum(const struct box_blind_bytes *from, uint64_t at, uint32_t n)
{
	uint8_t *p = mem_new((size_t)n + 8, 1);
	bool holds = p != NULL &&
	    box_blind_get(from, at + 4, p, (size_t)n + 8) &&
	    libdeflate_crc32(0, p, (size_t)n + 4) == box_blind_be32(p + n + 4);

	free(p);
	return holds;
}

bool box_carve_png(
    const struct box_blind_bytes *from, uint64_t *ret_length, bool *ret_whole)
{
	uint64_t at = 8;
	uint8_t p[8];

	*ret_whole = false;
	while (!*ret_whole && at < PICTURE_MAX &&
	    box_blind_get(from, at, p, sizeof(p))) {
		const uint32_t n = box_blind_be32(p);

		if (n > CHUNK_MAX ||
		    (at == 8 && memcmp(p + 4, "IHDR", 4) != 0) ||
		    !has_sum(from, at, n))
			break;
		*ret_whole = memcmp(p + 4, "IEND", 4) == 0;
		at += 12 + (uint64_t)n;
	}
	*ret_length = at;
	return at > 8;
}

/* ---- GIF ---- */

/* Behind the pieces at `at`, of which an empty one is the last. */
static bool skip_pieces(const struct box_blind_bytes *from, uint64_t *at)
{
	uint8_t n;

	for (unsigned i = 0; i < BLOCKS_MAX; i++) {
		if (!box_blind_get(from, *at, &n, 1))
			return false;
		*at += 1 + (uint64_t)n;
		if (n == 0)
			return true;
	}
	return false;
}

static uint64_t colours(uint8_t flags)
{
	return flags & 0x80 ? UINT64_C(3) << ((flags & 7) + 1) : 0;
}

bool box_carve_gif(
    const struct box_blind_bytes *from, uint64_t *ret_length, bool *ret_whole)
{
	bool has_picture = false;
	uint64_t at = 13;
	uint8_t p[13];

	*ret_whole = false;
	if (!box_blind_get(from, 0, p, 13) ||
	    (memcmp(p, "GIF87a", 6) != 0 && memcmp(p, "GIF89a", 6) != 0))
		return false;
	at += colours(p[10]);
	for (unsigned i = 0; i < BLOCKS_MAX; i++) {
		uint64_t next = at;

		if (!box_blind_get(from, at, p, 1))
			break;
		if (p[0] == 0x3b) {
			*ret_whole = has_picture;
			at++;
			break;
		}
		if (p[0] == 0x21)
			next += 2;
		else if (p[0] == 0x2c && box_blind_get(from, at, p, 10))
			next += 11 + colours(p[9]);
		else
			break;
		if (!skip_pieces(from, &next))
			break;
		has_picture |= p[0] == 0x2c;
		at = next;
	}
	*ret_length = at;
	return has_picture && at <= from->length;
}
