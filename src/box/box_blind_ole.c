/*
 * box_blind_ole.c: compound files (OLE): an encrypted OOXML in its two streams,
 * and Word, Excel and PowerPoint of before 2007 with their flags.
 *
 * Chains of sectors are followed only as far as the file could have any.
 */
#include "box_blind.h"

#include <string.h>

#define HEAD 512
#define DIFAT 109
#define ENTRY 128
#define SECTOR_MAX 4096
#define SMALL 4096 /* streams below it are in the stream of small ones */
#define END_OF_CHAIN 0xfffffffau /* and what is above it */
#define FOLDERS_MAX 4096 /* sectors of the directory */

struct ole {
	const struct box_blind_bytes *file;
	uint8_t head[HEAD];
	uint32_t size; /* of a sector */
	uint32_t root; /* first sector of the stream of small ones */
	bool has_info, has_package; /* an OOXML's */
	bool has_summary; /* PowerPoint's, encrypted */
	uint32_t word, book, user; /* first sectors, or END_OF_CHAIN */
	uint64_t word_n, book_n, user_n;
};

static uint64_t place(const struct ole *ole, uint32_t sector)
{
	return ((uint64_t)sector + 1) * ole->size;
}

/* The sector behind it in its chain. */
static uint32_t next(const struct ole *ole, uint32_t sector)
{
	const uint32_t each = ole->size / 4;
	uint8_t p[4];

	if (sector / each >= DIFAT)
		return END_OF_CHAIN; /* more than 7 MB into the file */
	const uint32_t fat =
	    box_blind_le32(ole->head + 76 + 4 * (size_t)(sector / each));

	if (fat >= END_OF_CHAIN ||
	    !box_blind_get(ole->file,
		place(ole, fat) + 4 * (uint64_t)(sector % each), p, 4))
		return END_OF_CHAIN;
	return box_blind_le32(p);
}

/* A name in UTF-16 of an entry, in ASCII. */
static bool is_named(const uint8_t *entry, const char *name)
{
	const size_t n = strlen(name);

	if (box_blind_le16(entry + 64) != 2 * (n + 1) || n > 31)
		return false;
	for (size_t i = 0; i < n; i++)
		if (entry[2 * i] != (uint8_t)name[i] || entry[2 * i + 1] != 0)
			return false;
	return true;
}

static void take_entry(struct ole *ole, const uint8_t *p)
{
	const uint32_t sector = box_blind_le32(p + 116);
	const uint64_t n = box_blind_le32(p + 120);

	if (p[66] == 5)
		ole->root = sector;
	if (p[66] != 2)
		return;
	ole->has_info |= is_named(p, "EncryptionInfo");
	ole->has_package |= is_named(p, "EncryptedPackage");
	ole->has_summary |= is_named(p, "EncryptedSummary");
	if (is_named(p, "WordDocument")) {
		ole->word = sector;
		ole->word_n = n;
	}
	if (is_named(p, "Workbook") || is_named(p, "Book")) {
		ole->book = sector;
		ole->book_n = n;
	}
	if (is_named(p, "Current User")) {
		ole->user = sector;
		ole->user_n = n;
	}
}

static void walk_folder(struct ole *ole)
{
	uint32_t sector = box_blind_le32(ole->head + 48);
	uint8_t p[SECTOR_MAX];

	for (unsigned i = 0; i < FOLDERS_MAX && sector < END_OF_CHAIN; i++) {
		if (!box_blind_get(ole->file, place(ole, sector), p, ole->size))
			return;
		for (uint32_t at = 0; at < ole->size; at += ENTRY)
			take_entry(ole, p + at);
		sector = next(ole, sector);
	}
}

/* The first n bytes of a stream, which do not leave its first sector. */
static bool get_stream(const struct ole *ole, uint32_t sector, uint64_t length,
    uint8_t *ret_bytes, size_t n)
{
	uint32_t of = ole->root;

	if (sector >= END_OF_CHAIN || length < n)
		return false;
	if (length >= SMALL)
		return box_blind_get(
		    ole->file, place(ole, sector), ret_bytes, n);
	const uint64_t at = (uint64_t)sector * 64;

	for (uint64_t i = 0; i < at / ole->size && of < END_OF_CHAIN; i++)
		of = i < FOLDERS_MAX ? next(ole, of) : END_OF_CHAIN;
	return of < END_OF_CHAIN &&
	    box_blind_get(
		ole->file, place(ole, of) + at % ole->size, ret_bytes, n);
}

static bool is_word_encrypted(const struct ole *ole)
{
	uint8_t p[32];

	return get_stream(ole, ole->word, ole->word_n, p, sizeof(p)) &&
	    box_blind_le16(p) == 0xa5ec && (p[11] & 1) != 0;
}

/* The record that says so follows the first one, behind few others. */
static bool is_book_encrypted(const struct ole *ole)
{
	uint8_t p[512];
	size_t n = ole->book_n < sizeof(p) ? 64 : sizeof(p);

	if (!get_stream(ole, ole->book, ole->book_n, p, n))
		return false;
	for (size_t at = 0, i = 0; at + 4 <= n && i < 16; i++) {
		const uint16_t type = box_blind_le16(p + at);

		if (i == 0 && type != 0x0809 && type != 0x0409 &&
		    type != 0x0209 && type != 9)
			return false;
		if (type == 0x2f)
			return true;
		at += 4u + box_blind_le16(p + at + 2);
	}
	return false;
}

static bool is_show_encrypted(const struct ole *ole)
{
	uint8_t p[16];

	return ole->has_summary ||
	    (get_stream(ole, ole->user, ole->user_n, p, sizeof(p)) &&
		box_blind_le16(p + 2) == 0x0ff6 &&
		box_blind_le32(p + 12) == 0xf3d1c4df);
}

bool box_blind_ole(
    const struct box_blind_bytes *file, struct cage_blind *ret_blind)
{
	struct ole ole = {.file = file,
	    .word = END_OF_CHAIN,
	    .book = END_OF_CHAIN,
	    .user = END_OF_CHAIN,
	    .root = END_OF_CHAIN};
	const char *what = NULL;

	if (!box_blind_get(file, 0, ole.head, HEAD) ||
	    memcmp(ole.head, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8) != 0)
		return false;
	const uint16_t shift = box_blind_le16(ole.head + 30);

	if (shift != 9 && shift != 12)
		return false;
	ole.size = 1u << shift;
	walk_folder(&ole);
	if (ole.has_info && ole.has_package)
		what = "an Office file (OOXML)";
	else if (is_word_encrypted(&ole))
		what = "a Word file (.doc)";
	else if (is_book_encrypted(&ole))
		what = "an Excel file (.xls)";
	else if (is_show_encrypted(&ole))
		what = "a PowerPoint file (.ppt)";
	if (what != NULL)
		box_blind_say(ret_blind, CAGE_BLIND_FILE, file, "Office",
		    "%s, encrypted with a password", what);
	return what != NULL;
}
