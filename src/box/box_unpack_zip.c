/*
 * box_unpack_zip.c: one entry of a zip file, by its local header, so also where
 * the rest of the file is lost. Parts of documents (docx, odt, xlsx) are XML.
 */
#include "box_unpack.h"

#include <string.h>

#define HEAD 30
#define ENCRYPTED 1u
#define NAME_MAX_BYTES 4096

static uint16_t le16(const uint8_t *p)
{
	return (uint16_t)(p[0] | p[1] << 8);
}

static uint32_t le32(const uint8_t *p)
{
	return le16(p) | (uint32_t)le16(p + 2) << 16;
}

void box_scan_zip(struct box_scan *scan, size_t end)
{
	box_scan_unpack(scan, CAGE_HIT_ZIP, end - 4, 0);
}

static bool is_xml(const struct box_unpack_input *input, size_t name_n)
{
	char name[NAME_MAX_BYTES];
	const size_t n = box_unpack_read(input, HEAD, (uint8_t *)name, name_n);
	static const char *const endings[] = {
	    ".xml", ".html", ".xhtml", ".htm", ".fodt"};

	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
		const size_t m = strlen(endings[i]);

		if (n >= m && memcmp(name + n - m, endings[i], m) == 0)
			return true;
	}
	return false;
}

static bool open_zip(struct box_unpack *u)
{
	uint8_t head[HEAD];

	if (box_unpack_read(&u->input, 0, head, HEAD) < HEAD)
		return false;
	const uint16_t flags = le16(head + 6), method = le16(head + 8);
	const uint32_t packed_n = le32(head + 18);
	const uint16_t name_n = le16(head + 26), extra_n = le16(head + 28);
	const uint64_t at = HEAD + (uint64_t)name_n + extra_n;

	if (head[5] != 0 || name_n == 0 || name_n > NAME_MAX_BYTES ||
	    at >= u->input.length)
		return false;
	if ((flags & ENCRYPTED) != 0) {
		u->why = "this part of a zip file is encrypted";
		return false;
	}
	/* What is stored as it is was seen where it stands, but words that XML
	 * marks cut apart. */
	if (method == 0)
		return false;
	if (method != 8) {
		u->why = "this part of a zip file is packed in a way that is "
			 "not known here";
		return false;
	}
	if (is_xml(&u->input, name_n))
		u->text = BOX_UNPACK_XML;
	u->state = box_unpack_deflate_new(&u->input, at,
	    packed_n == UINT32_MAX ? 0 : packed_n, BOX_UNPACK_BARE);
	return u->state != NULL;
}

static size_t read_zip(struct box_unpack *u, uint8_t *ret_bytes, size_t n)
{
	const size_t got =
	    box_unpack_deflate_read(u->state, ret_bytes, n, &u->why);

	u->used = box_unpack_deflate_used(u->state);
	return got;
}

static void close_zip(struct box_unpack *u)
{
	box_unpack_deflate_free(u->state);
}

const struct box_unpack_kind box_unpack_zip = {
    .open = open_zip, .read = read_zip, .close = close_zip};
