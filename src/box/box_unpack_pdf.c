/*
 * box_unpack_pdf.c: one stream of a PDF that is deflated (FlateDecode), found
 * by its word and zlib's first byte, so also where the rest of the file is
 * lost. Others (pictures) hold nothing that is looked for here.
 */
#include "box_unpack.h"

#include <string.h>

/* "stream", an end of line, and zlib's two bytes. */
void box_scan_pdf(struct box_scan *scan, size_t end)
{
	const uint8_t *p = box_scan_text(scan)->p;
	const unsigned both = p[end - 2] * 256u + p[end - 1];

	if (both % 31 == 0)
		box_scan_unpack(scan, CAGE_HIT_PDF, end - 2, 0);
}

static bool open_pdf(struct box_unpack *u)
{
	u->text = BOX_UNPACK_OPERATORS;
	u->state = box_unpack_deflate_new(&u->input, 0, 0, BOX_UNPACK_IN_ZLIB);
	return u->state != NULL;
}

static size_t read_pdf(struct box_unpack *u, uint8_t *ret_bytes, size_t n)
{
	const size_t got =
	    box_unpack_deflate_read(u->state, ret_bytes, n, &u->why);

	u->used = box_unpack_deflate_used(u->state);
	return got;
}

static void close_pdf(struct box_unpack *u)
{
	box_unpack_deflate_free(u->state);
}

const struct box_unpack_kind box_unpack_pdf = {
    .open = open_pdf, .read = read_pdf, .close = close_pdf};
