/*
 * box_blind_rar.c: RAR files with encrypted entries or encrypted headers, of
 * version 4 and 5, by blocks whose checksums hold.
 */
#include "box_blind.h"

#include <libdeflate.h>
#include <string.h>

#define BLOCK_MAX 4096
#define BLOCKS_MAX 4096

struct rar {
	const struct box_blind_bytes *file;
	unsigned entries, encrypted;
	bool is_hidden; /* its headers are encrypted */
};

/* ---- version 4 ---- */

static void walk_4(struct rar *rar)
{
	uint64_t at = 7;
	uint8_t p[BLOCK_MAX];

	for (unsigned i = 0; i < BLOCKS_MAX && !rar->is_hidden; i++) {
		const size_t n =
		    box_blind_get_some(rar->file, at, p, sizeof(p));
		const uint16_t flags = box_blind_le16(p + 3);
		const uint16_t size = box_blind_le16(p + 5);
		uint64_t data = 0;

		if (n < 13 || size < 7 || size > n ||
		    (libdeflate_crc32(0, p + 2, size - 2u) & 0xffff) !=
			box_blind_le16(p))
			return;
		if (p[2] == 0x73)
			rar->is_hidden = (flags & 0x80) != 0;
		if (p[2] == 0x74) {
			rar->entries++;
			rar->encrypted += (flags & 4) != 0;
		}
		if (p[2] == 0x74 || flags & 0x8000)
			data = box_blind_le32(p + 7);
		at += size + data;
	}
}

/* ---- version 5 ---- */

/* 7 bits a byte, the lowest first. */
static bool take(const uint8_t **p, const uint8_t *end, uint64_t *ret)
{
	uint64_t value = 0;

	for (unsigned shift = 0; shift < 63 && *p < end; shift += 7) {
		const uint8_t byte = *(*p)++;

		value |= (uint64_t)(byte & 0x7f) << shift;
		if (!(byte & 0x80)) {
			*ret = value;
			return true;
		}
	}
	return false;
}

/* Records at the end of a block: one that is of encryption. */
static bool is_encrypted_5(const uint8_t *p, const uint8_t *end)
{
	uint64_t size, type;

	while (take(&p, end, &size) && size > 0 && size <= (size_t)(end - p)) {
		const uint8_t *record = p;

		if (take(&record, end, &type) && type == 1)
			return true;
		p += size;
	}
	return false;
}

/* One block of `size` bytes at p; false: no more is to be read. */
static bool take_block_5(
    struct rar *rar, const uint8_t *p, uint64_t size, uint64_t *ret_data)
{
	const uint8_t *end = p + size;
	uint64_t type, flags, extra = 0;

	*ret_data = 0;
	if (!take(&p, end, &type) || !take(&p, end, &flags) ||
	    (flags & 1 && !take(&p, end, &extra)) ||
	    (flags & 2 && !take(&p, end, ret_data)) ||
	    extra > (size_t)(end - p))
		return false;
	if (type == 4)
		rar->is_hidden = true;
	if (type == 2) {
		rar->entries++;
		rar->encrypted += is_encrypted_5(end - extra, end);
	}
	return type != 4 && type != 5;
}

static void walk_5(struct rar *rar)
{
	uint64_t at = 8, size, data = 0;
	uint8_t block[BLOCK_MAX];

	for (unsigned i = 0; i < BLOCKS_MAX; i++) {
		const size_t n =
		    box_blind_get_some(rar->file, at, block, sizeof(block));
		const uint8_t *p = block + 4, *end = block + n;

		if (n < 7 || !take(&p, end, &size) || size == 0 ||
		    size > (size_t)(end - p) ||
		    libdeflate_crc32(
			0, block + 4, (size_t)(p - block) - 4 + (size_t)size) !=
			box_blind_le32(block) ||
		    !take_block_5(rar, p, size, &data) ||
		    data > (uint64_t)INT64_MAX - at)
			return;
		at += (uint64_t)(p - block) + size + data;
	}
}

bool box_blind_rar(
    const struct box_blind_bytes *file, struct cage_blind *ret_blind)
{
	struct rar rar = {.file = file};
	uint8_t head[8];

	if (!box_blind_get(file, 0, head, sizeof(head)))
		return false;
	if (memcmp(head, "Rar!\x1a\x07\x00", 7) == 0)
		walk_4(&rar);
	else if (memcmp(head, "Rar!\x1a\x07\x01\x00", 8) == 0)
		walk_5(&rar);
	if (rar.is_hidden)
		box_blind_say(ret_blind, CAGE_BLIND_FILE, file, "rar",
		    "a RAR, encrypted with the names in it");
	else if (rar.encrypted > 0)
		box_blind_say(ret_blind, CAGE_BLIND_FILE, file, "rar",
		    "a RAR: %u of %u entries that were looked at encrypted",
		    rar.encrypted, rar.entries);
	return rar.is_hidden || rar.encrypted > 0;
}
