/*
 * box_blind_zip.c: zip files with encrypted entries, by the central directory
 * or, if the end is not there, by the first entry; and OpenDocument files,
 * whose manifest says that they are encrypted.
 */
#include "box_blind.h"

#include "mem.h"

#include <libdeflate.h>
#include <stdlib.h>
#include <string.h>

#define END_SIZE 22
#define TAIL (65535 + END_SIZE)
#define ENTRY 46
#define LOCAL 30
#define DIRECTORY_MAX (4u << 20)
#define MANIFEST_MAX (1u << 20)
#define METHOD_AES 99

struct zip {
	const struct box_blind_bytes *file;
	unsigned entries, encrypted, aes;
	bool is_package; /* of OpenDocument, encrypted as a whole */
	bool has_manifest;
	uint64_t manifest; /* its local header */
	uint32_t packed, unpacked, method;
};

/* The last end of a central directory; the central directory: free() it. */
static uint8_t *read_directory(
    const struct box_blind_bytes *file, size_t *ret_n)
{
	const size_t n = file->length < TAIL ? (size_t)file->length : TAIL;
	uint8_t *tail = mem_new(n + 1, 1), *all = NULL;

	if (tail == NULL || n < END_SIZE ||
	    !box_blind_get(file, file->length - n, tail, n))
		goto out;
	for (size_t i = n - END_SIZE + 1; i-- > 0;) {
		const uint8_t *p = tail + i;

		if (memcmp(p, "PK\5\6", 4) != 0 ||
		    box_blind_le16(p + 20) > n - i - END_SIZE)
			continue;
		const uint32_t size = box_blind_le32(p + 12);
		const uint32_t at = box_blind_le32(p + 16);

		if (size == 0 || size > DIRECTORY_MAX)
			break;
		all = mem_new(size, 1);
		if (all != NULL && !box_blind_get(file, at, all, size)) {
			free(all);
			all = NULL;
		}
		*ret_n = size;
		break;
	}
out:
	free(tail);
	return all;
}

static bool is_named(const uint8_t *p, size_t n, const char *name)
{
	return n == strlen(name) && memcmp(p, name, n) == 0;
}

static void take_entry(struct zip *zip, const uint8_t *p, size_t name_n)
{
	zip->entries++;
	if (box_blind_le16(p + 8) & 1) {
		zip->encrypted++;
		zip->aes += box_blind_le16(p + 10) == METHOD_AES;
	}
	if (is_named(p + ENTRY, name_n, "encrypted-package"))
		zip->is_package = true;
	if (is_named(p + ENTRY, name_n, "META-INF/manifest.xml")) {
		zip->has_manifest = true;
		zip->method = box_blind_le16(p + 10);
		zip->packed = box_blind_le32(p + 20);
		zip->unpacked = box_blind_le32(p + 24);
		zip->manifest = box_blind_le32(p + 42);
	}
}

static void walk(struct zip *zip, const uint8_t *p, size_t n)
{
	for (size_t at = 0; at + ENTRY <= n;) {
		const size_t name_n = box_blind_le16(p + at + 28);
		const size_t size = ENTRY + name_n +
		    box_blind_le16(p + at + 30) + box_blind_le16(p + at + 32);

		if (memcmp(p + at, "PK\1\2", 4) != 0 || size > n - at)
			return;
		take_entry(zip, p + at, name_n);
		at += size;
	}
}

static bool inflate(const struct zip *zip, const uint8_t *packed, uint8_t *text)
{
	if (zip->method == 0) {
		memcpy(text, packed, zip->packed);
		return zip->packed == zip->unpacked;
	}
	struct libdeflate_decompressor *d = libdeflate_alloc_decompressor();
	size_t n = 0;
	const bool is_done = d != NULL &&
	    libdeflate_deflate_decompress(
		d, packed, zip->packed, text, zip->unpacked, &n) == 0 &&
	    n == zip->unpacked;

	libdeflate_free_decompressor(d);
	return is_done;
}

/* Whether an OpenDocument's manifest has the parameters of an encryption. */
static bool is_open_document(const struct zip *zip)
{
	uint8_t head[LOCAL];
	bool is_one = false;

	if (!zip->has_manifest || zip->packed == 0 || zip->unpacked == 0 ||
	    zip->packed > MANIFEST_MAX || zip->unpacked > MANIFEST_MAX ||
	    (zip->method != 0 && zip->method != 8) ||
	    (zip->method == 0 && zip->packed > zip->unpacked) ||
	    !box_blind_get(zip->file, zip->manifest, head, LOCAL) ||
	    memcmp(head, "PK\3\4", 4) != 0)
		return false;
	const uint64_t at = zip->manifest + LOCAL + box_blind_le16(head + 26) +
	    box_blind_le16(head + 28);
	uint8_t *packed = mem_new(zip->packed, 1);
	uint8_t *text = mem_new(zip->unpacked + 1, 1);

	if (packed != NULL && text != NULL &&
	    box_blind_get(zip->file, at, packed, zip->packed) &&
	    inflate(zip, packed, text))
		is_one = memmem(text, zip->unpacked, "manifest:encryption-data",
			     24) != NULL;
	free(packed);
	free(text);
	return is_one;
}

/* A file whose end is not there. */
static bool is_first_encrypted(const struct box_blind_bytes *file)
{
	uint8_t p[LOCAL];

	return box_blind_get(file, 0, p, LOCAL) &&
	    memcmp(p, "PK\3\4", 4) == 0 && (box_blind_le16(p + 6) & 1) &&
	    box_blind_le16(p + 4) <= 63 && box_blind_le16(p + 26) > 0 &&
	    (box_blind_le16(p + 8) <= 20 ||
		(box_blind_le16(p + 8) >= 93 && box_blind_le16(p + 8) <= 99));
}

bool box_blind_zip(
    const struct box_blind_bytes *file, struct cage_blind *ret_blind)
{
	struct zip zip = {.file = file};
	uint8_t head[4];
	size_t n = 0;

	if (!box_blind_get(file, 0, head, 4) || memcmp(head, "PK\3\4", 4) != 0)
		return false;
	uint8_t *p = read_directory(file, &n);

	if (p == NULL) {
		if (!is_first_encrypted(file))
			return false;
		box_blind_say(ret_blind, CAGE_BLIND_FILE, file, "zip",
		    "a zip whose end is missing; its first entry is encrypted");
		return true;
	}
	walk(&zip, p, n);
	free(p);
	if (zip.encrypted > 0) {
		box_blind_say(ret_blind, CAGE_BLIND_FILE, file, "zip",
		    "a zip: %u of %u entries encrypted (%s)", zip.encrypted,
		    zip.entries,
		    zip.aes == zip.encrypted ? "AES"
			: zip.aes == 0	     ? "traditional"
					     : "AES and traditional");
		return true;
	}
	if (!zip.is_package && !is_open_document(&zip))
		return false;
	box_blind_say(ret_blind, CAGE_BLIND_FILE, file, "OpenDocument",
	    "an OpenDocument file, encrypted with a password");
	return true;
}
