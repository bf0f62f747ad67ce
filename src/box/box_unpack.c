/*
 * box_unpack.c: see box_unpack.h.
 */
#include "box_unpack.h"

#include <string.h>

size_t box_unpack_read(const struct box_unpack_input *input, uint64_t at,
    uint8_t *ret_bytes, size_t n)
{
	uint64_t lost = 0;
	size_t here = 0;

	if (at >= input->length)
		return 0;
	if (n > input->length - at)
		n = (size_t)(input->length - at);
	if (at < input->n) {
		here = input->n - (size_t)at;
		if (here > n)
			here = n;
		memcpy(ret_bytes, input->p + at, here);
	}
	if (here < n && input->source != NULL &&
	    input->source->read(input->source->cookie, input->at + at + here,
		ret_bytes + here, n - here, &lost, NULL) == 0)
		here = n;
	return here;
}

const struct box_unpack_kind *box_unpack_kind_of(
    enum cage_hit_container container)
{
	switch (container) {
	case CAGE_HIT_ZIP:
		return &box_unpack_zip;
	case CAGE_HIT_GZIP:
		return &box_unpack_gzip;
	case CAGE_HIT_7Z:
		return &box_unpack_7z;
	case CAGE_HIT_PDF:
		return &box_unpack_pdf;
	case CAGE_HIT_BASE64:
		return &box_unpack_base64;
	case CAGE_HIT_QUOTED:
		return &box_unpack_quoted;
	default:
		return NULL;
	}
}
