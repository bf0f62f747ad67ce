/*
 * box_carve_document.c: PDF to the end that its table of references belongs to,
 * zip to the end of its directory, SQLite by the number of its pages, MP4 by
 * its boxes.
 */
#include "box_carve.h"

#include <string.h>

#define DOCUMENT_MAX (UINT64_C(1) << 30)
#define ENTRIES_MAX 100000
#define BOXES_MAX 100000

static bool smaller(const struct box_blind_bytes *from, uint64_t n)
{
	return n <= from->length;
}

/* ---- PDF ---- */

/* Whether the end at `at` points to references of the same file. */
static bool is_end(const struct box_blind_bytes *from, uint64_t at)
{
	uint8_t p[64], here[4];
	unsigned long long value = 0;
	const uint64_t begin = at < 63 ? 0 : at - 63;
	const size_t n = (size_t)(at - begin);

	if (!box_blind_get(from, begin, p, n))
		return false;
	const uint8_t *word = memmem(p, n, "startxref", 9);

	if (word == NULL)
		return false;
	size_t i = (size_t)(word - p) + 9;

	while (i < n && (p[i] == '\r' || p[i] == '\n' || p[i] == ' '))
		i++;
	size_t digits = 0;

	while (i + digits < n && p[i + digits] >= '0' && p[i + digits] <= '9')
		digits++;
	return slice_to_u64(
		   (struct slice){(const char *)p + i, digits}, &value) &&
	    value < at && box_blind_get(from, value, here, 4) &&
	    (memcmp(here, "xref", 4) == 0 ||
		(here[0] >= '0' && here[0] <= '9'));
}

/* A changed PDF has more behind its end: objects, which begin with numbers. */
static bool goes_on(const struct box_blind_bytes *from, uint64_t at)
{
	uint8_t p[4] = {0};
	const size_t n = box_blind_get_some(from, at, p, sizeof(p));

	for (size_t i = 0; i < n; i++)
		if (p[i] != '\r' && p[i] != '\n' && p[i] != ' ')
			return (p[i] >= '0' && p[i] <= '9') || p[i] == 'x';
	return false;
}

bool box_carve_pdf(
    const struct box_blind_bytes *from, uint64_t *ret_length, bool *ret_whole)
{
	uint64_t at = 8, end = 0;
	uint8_t p[8];

	*ret_whole = false;
	if (!box_blind_get(from, 0, p, 8) || p[6] != '.' ||
	    (p[5] != '1' && p[5] != '2'))
		return false;
	/* The first end of a linearised one points to nothing of its own. */
	while (box_carve_search(from, at, DOCUMENT_MAX, "%%EOF", 5, &end)) {
		at = end + 5;
		*ret_whole = is_end(from, end);
		if (!goes_on(from, at))
			break;
	}
	if (end == 0)
		return false;
	uint8_t line[2] = {0};

	(void)box_blind_get_some(from, at, line, 2);
	at += line[0] == '\r' ? 1u + (line[1] == '\n') : line[0] == '\n';
	*ret_length = at;
	return true;
}

/* ---- zip ---- */

/* The size of an entry in 64 bits, which stands first of what is added. */
static bool find_size(const struct box_blind_bytes *from, uint64_t at,
    const uint8_t *head, uint64_t *ret_n)
{
	uint8_t p[20];

	if (box_blind_le16(head + 28) < sizeof(p) ||
	    !box_blind_get(
		from, at + 30 + box_blind_le16(head + 26), p, sizeof(p)) ||
	    box_blind_le16(p) != 1 || box_blind_le16(p + 2) < 16)
		return false;
	*ret_n = box_blind_le64(p + 12);
	return *ret_n <= from->length;
}

/* Behind the entry at `at`, whose sizes may stand behind its bytes. */
static bool skip_entry(const struct box_blind_bytes *from, uint64_t *at)
{
	uint64_t data, end;
	uint8_t p[30], sizes[16];

	if (!box_blind_get(from, *at, p, sizeof(p)) ||
	    box_blind_le16(p + 26) == 0)
		return false;
	data = *at + 30 + box_blind_le16(p + 26) + box_blind_le16(p + 28);
	if (!(p[6] & 8)) {
		uint64_t n = box_blind_le32(p + 18);

		if (n == UINT32_MAX && !find_size(from, *at, p, &n))
			return false;
		*at = data + n;
		return smaller(from, *at);
	}
	for (end = data;
	     box_carve_search(from, end, DOCUMENT_MAX, "PK\7\10", 4, &end);
	     end += 4)
		if (box_blind_get(from, end, sizes, 16) &&
		    box_blind_le32(sizes + 8) == (uint32_t)(end - data)) {
			*at = end + 16;
			/* With numbers of 64 bits it is longer. */
			if (!box_blind_get(from, *at, sizes, 2) ||
			    memcmp(sizes, "PK", 2) != 0)
				*at += 8;
			return true;
		}
	return false;
}

bool box_carve_zip(
    const struct box_blind_bytes *from, uint64_t *ret_length, bool *ret_whole)
{
	unsigned entries = 0, listed = 0;
	uint64_t at = 0, directory = 0;
	uint8_t p[46];

	*ret_whole = false;
	for (unsigned i = 0; i < ENTRIES_MAX; i++) {
		if (!box_blind_get(from, at, p, 22) || memcmp(p, "PK", 2) != 0)
			break;
		if (p[2] == 3 && p[3] == 4 && listed == 0) {
			if (!skip_entry(from, &at))
				break;
			entries++;
		} else if (p[2] == 1 && p[3] == 2 &&
		    box_blind_get(from, at, p, sizeof(p))) {
			if (listed++ == 0)
				directory = at;
			at += 46u + box_blind_le16(p + 28) +
			    box_blind_le16(p + 30) + box_blind_le16(p + 32);
		} else if (p[2] == 6 && p[3] == 6) {
			at += 12 + (uint64_t)box_blind_le32(p + 4);
		} else if (p[2] == 6 && p[3] == 7) {
			at += 20;
		} else if (p[2] == 5 && p[3] == 6) {
			*ret_whole = listed == entries &&
			    box_blind_le32(p + 16) == directory;
			at += 22u + box_blind_le16(p + 20);
			break;
		} else {
			break;
		}
	}
	*ret_length = at < from->length ? at : from->length;
	*ret_whole = *ret_whole && at <= from->length;
	return entries > 0;
}

/* ---- SQLite ---- */

static bool is_page(uint8_t type)
{
	return type == 2 || type == 5 || type == 10 || type == 13;
}

bool box_carve_sqlite(
    const struct box_blind_bytes *from, uint64_t *ret_length, bool *ret_whole)
{
	uint8_t p[101];

	if (!box_blind_get(from, 0, p, sizeof(p)))
		return false;
	const uint32_t said = box_blind_be16(p + 16);
	const uint32_t size = said == 1 ? 65536 : said;
	const uint32_t pages = box_blind_be32(p + 28);

	if (size < 512 || (size & (size - 1)) != 0 || pages == 0 ||
	    p[21] != 64 || p[22] != 32 || p[23] != 32 || !is_page(p[100]))
		return false;
	const uint64_t length = (uint64_t)size * pages;

	/* The count is right only if it was written by the last change. */
	*ret_whole = smaller(from, length) &&
	    box_blind_be32(p + 24) == box_blind_be32(p + 92);
	*ret_length = smaller(from, length) ? length : from->length;
	return true;
}

/* ---- MP4 ---- */

bool box_carve_mp4(
    const struct box_blind_bytes *from, uint64_t *ret_length, bool *ret_whole)
{
	static const char known[] =
	    "ftyp moov mdat free skip wide udta uuid meta moof mfra sidx styp "
	    "pdin pnot emsg prft ";
	bool has_index = false, has_data = false;
	uint64_t at = 0;
	uint8_t p[16];

	for (unsigned i = 0; i < BOXES_MAX; i++) {
		char name[6] = {0};

		if (!box_blind_get(from, at, p, 8))
			break;
		memcpy(name, p + 4, 4);
		name[4] = ' ';
		uint64_t n = box_blind_be32(p);

		if (n == 1 && box_blind_get(from, at, p, 16))
			n = box_blind_be64(p + 8);
		if (strlen(name) != 5 || strstr(known, name) == NULL || n < 8 ||
		    n > from->length - at)
			break;
		has_index |= memcmp(name, "moov", 4) == 0 ||
		    memcmp(name, "meta", 4) == 0 ||
		    memcmp(name, "moof", 4) == 0;
		has_data |= memcmp(name, "mdat", 4) == 0;
		at += n;
	}
	*ret_length = at;
	*ret_whole = has_index && has_data;
	return at >= 16 && (has_index || has_data);
}
