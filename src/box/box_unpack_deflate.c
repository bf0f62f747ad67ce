/*
 * box_unpack_deflate.c: what is deflated, by ISA-L, which gives what there is
 * of a stream that is cut off; those are worth as much as whole ones here.
 */
#include "box_unpack.h"

#include "mem.h"

#include <isa-l/igzip_lib.h>

#include <stdlib.h>

#define PIECE (256u << 10)

struct box_unpack_deflate {
	struct inflate_state state;
	struct box_unpack_input input;
	uint64_t at, end; /* in the input */
	bool is_over;
	uint8_t piece[PIECE];
};

struct box_unpack_deflate *box_unpack_deflate_new(
    const struct box_unpack_input *input, uint64_t at, uint64_t n,
    enum box_unpack_frame frame)
{
	struct box_unpack_deflate *d = malloc(sizeof(*d));

	if (d == NULL)
		return NULL;
	isal_inflate_init(&d->state);
	d->state.crc_flag = ISAL_DEFLATE;
	if (frame == BOX_UNPACK_IN_GZIP)
		d->state.crc_flag = ISAL_GZIP;
	if (frame == BOX_UNPACK_IN_ZLIB)
		d->state.crc_flag = ISAL_ZLIB;
	d->state.avail_in = 0;
	d->input = *input;
	d->at = at;
	d->end = input->length;
	if (n > 0 && n < d->end - at)
		d->end = at + n;
	d->is_over = at >= d->end;
	return d;
}

/* More input; false: there is none. */
static bool refill(struct box_unpack_deflate *d)
{
	if (d->at < d->input.n) {
		uint64_t n =
		    (d->end < d->input.n ? d->end : d->input.n) - d->at;

		d->state.next_in = (uint8_t *)d->input.p + d->at;
		d->state.avail_in = (uint32_t)n;
		d->at += n;
		return n > 0;
	}
	const uint64_t left = d->end - d->at;
	const size_t n = box_unpack_read(
	    &d->input, d->at, d->piece, left < PIECE ? (size_t)left : PIECE);

	d->state.next_in = d->piece;
	d->state.avail_in = (uint32_t)n;
	d->at += n;
	return n > 0;
}

size_t box_unpack_deflate_read(struct box_unpack_deflate *d, uint8_t *ret_bytes,
    size_t n, const char **ret_why)
{
	if (d->is_over)
		return 0;
	d->state.next_out = ret_bytes;
	d->state.avail_out = (uint32_t)n;
	for (;;) {
		if (d->state.avail_in == 0 && !refill(d)) {
			*ret_why = "what is packed here is cut off";
			d->is_over = true;
			break;
		}
		const int rc = isal_inflate(&d->state);

		if (rc != ISAL_DECOMP_OK) {
			*ret_why = "what is packed here is damaged";
			d->is_over = true;
			break;
		}
		if (d->state.block_state == ISAL_BLOCK_FINISH) {
			d->is_over = true;
			break;
		}
		if (d->state.avail_out == 0)
			break;
	}
	return n - d->state.avail_out;
}

uint64_t box_unpack_deflate_used(const struct box_unpack_deflate *d)
{
	return d->is_over ? d->at - d->state.avail_in : 0;
}

void box_unpack_deflate_free(struct box_unpack_deflate *d)
{
	free(d);
}
