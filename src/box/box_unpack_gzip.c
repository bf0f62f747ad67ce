/*
 * box_unpack_gzip.c: one member of a gzip file. The next one begins with the
 * same bytes and is found by itself.
 */
#include "box_unpack.h"

#include <string.h>

/* Bits of the flags that there are none of. */
#define RESERVED 0xe0
#define LEAST 18 /* bytes of a header and a trailer */

void box_scan_gzip(struct box_scan *scan, size_t end)
{
	box_scan_unpack(scan, CAGE_HIT_GZIP, end - 3, 0);
}

static bool open_gzip(struct box_unpack *u)
{
	uint8_t head[10];

	/* XFL is 0, 2 or 4; the system one of fourteen, or unknown. */
	if (box_unpack_read(&u->input, 0, head, sizeof(head)) < sizeof(head) ||
	    u->input.length < LEAST || (head[3] & RESERVED) != 0 ||
	    (head[8] != 0 && head[8] != 2 && head[8] != 4) ||
	    (head[9] > 13 && head[9] != 255))
		return false;
	u->state = box_unpack_deflate_new(&u->input, 0, 0, BOX_UNPACK_IN_GZIP);
	return u->state != NULL;
}

static size_t read_gzip(struct box_unpack *u, uint8_t *ret_bytes, size_t n)
{
	const size_t got =
	    box_unpack_deflate_read(u->state, ret_bytes, n, &u->why);

	u->used = box_unpack_deflate_used(u->state);
	return got;
}

static void close_gzip(struct box_unpack *u)
{
	box_unpack_deflate_free(u->state);
}

const struct box_unpack_kind box_unpack_gzip = {
    .open = open_gzip, .read = read_gzip, .close = close_gzip};
