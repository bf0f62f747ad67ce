/*
 * box_blind_7z.c: 7z files that are encrypted, with their names or without
 * them. Which coders there are stands in the header, which is packed with LZMA
 * itself as a rule; so that is unpacked to be looked at.
 */
#include "box_blind.h"

#include "mem.h"

#include <libdeflate.h>
#include <lzma.h>
#include <stdlib.h>
#include <string.h>

#define HEAD 32
#define HEADER_MAX (1u << 20)
#define UNPACKED_MAX (16u << 20)
#define MEMORY_MAX (64u << 20)

/* A coder with parameters, and the identifier of AES-256 with SHA-256. */
static const uint8_t aes[] = {0x24, 0x06, 0xf1, 0x07, 0x01};
static const uint8_t lzma1[] = {0x23, 0x03, 0x01, 0x01};

/* A number as 7z has them; false: it is not all there. */
static bool take(const uint8_t **p, const uint8_t *end, uint64_t *ret)
{
	if (*p == end)
		return false;
	const uint8_t first = *(*p)++;
	uint64_t value = 0;
	unsigned n = 0;

	while (n < 8 && first & 0x80u >> n)
		n++;
	if ((size_t)(end - *p) < n)
		return false;
	for (unsigned i = 0; i < n; i++)
		value |= (uint64_t) * (*p)++ << 8 * i;
	if (n < 7)
		value |= (uint64_t)(first & (0x7fu >> n)) << 8 * n;
	*ret = value;
	return true;
}

/* Where the packed header is, of n bytes, and how it is packed: one coder,
 * LZMA. */
struct packed {
	uint64_t at, n, unpacked;
	const uint8_t *properties; /* five */
};

static bool take_packed(
    const uint8_t *p, const uint8_t *end, struct packed *ret)
{
	uint64_t streams, id, unpacked;

	/* EncodedHeader, PackInfo, place, streams, sizes. */
	if (end - p < 2 || p[0] != 0x17 || p[1] != 6)
		return false;
	p += 2;
	if (!take(&p, end, &ret->at) || !take(&p, end, &streams) ||
	    streams != 1 || !take(&p, end, &id) || id != 9 ||
	    !take(&p, end, &ret->n))
		return false;
	const uint8_t *coder =
	    memmem(p, (size_t)(end - p), lzma1, sizeof(lzma1));

	/* The coder, the length of its properties, those, the sizes. */
	if (coder == NULL || end - coder < 10 || coder[4] != 5 ||
	    coder[10 - 0] != 0x0c)
		return false;
	ret->properties = coder + 5;
	p = coder + 11;
	if (!take(&p, end, &unpacked))
		return false;
	ret->unpacked = unpacked;
	return ret->n > 0 && ret->n <= HEADER_MAX && unpacked > 0 &&
	    unpacked <= UNPACKED_MAX && ret->at < UINT64_MAX - HEAD;
}

/* LZMA without a head; what comes out before an error counts. */
static size_t unpack(
    const struct packed *packed, const uint8_t *in, uint8_t *out, size_t out_n)
{
	lzma_filter filters[] = {
	    {.id = LZMA_FILTER_LZMA1}, {.id = LZMA_VLI_UNKNOWN}};
	lzma_stream stream = LZMA_STREAM_INIT;
	size_t done = 0;

	if (lzma_properties_decode(&filters[0], NULL, packed->properties, 5) !=
	    LZMA_OK)
		return 0;
	const uint64_t memory = lzma_raw_decoder_memusage(filters);

	if (memory <= MEMORY_MAX &&
	    lzma_raw_decoder(&stream, filters) == LZMA_OK) {
		stream.next_in = in;
		stream.avail_in = (size_t)packed->n;
		stream.next_out = out;
		stream.avail_out = out_n;
		const lzma_ret rc = lzma_code(&stream, LZMA_RUN);

		(void)rc; /* what came before an error is looked at */
		done = out_n - stream.avail_out;
	}
	lzma_end(&stream);
	free(filters[0].options);
	return done;
}

static bool is_inside(
    const struct box_blind_bytes *file, const struct packed *packed)
{
	uint8_t *in = mem_new((size_t)packed->n, 1);
	uint8_t *out = mem_new((size_t)packed->unpacked, 1);
	bool is_one = false;

	if (in != NULL && out != NULL &&
	    box_blind_get(file, HEAD + packed->at, in, (size_t)packed->n)) {
		const size_t n =
		    unpack(packed, in, out, (size_t)packed->unpacked);

		is_one = memmem(out, n, aes, sizeof(aes)) != NULL;
	}
	free(in);
	free(out);
	return is_one;
}

bool box_blind_7z(
    const struct box_blind_bytes *file, struct cage_blind *ret_blind)
{
	uint8_t head[HEAD];
	struct packed packed;
	bool is_one = false, has_names = true;

	if (!box_blind_get(file, 0, head, HEAD) ||
	    memcmp(head, "7z\xbc\xaf\x27\x1c", 6) != 0 ||
	    libdeflate_crc32(0, head + 12, 20) != box_blind_le32(head + 8))
		return false;
	const uint64_t at = box_blind_le64(head + 12);
	const uint64_t n = box_blind_le64(head + 20);

	if (n == 0 || n > HEADER_MAX || at > (uint64_t)INT64_MAX)
		return false;
	uint8_t *p = mem_new((size_t)n, 1);

	if (p == NULL || !box_blind_get(file, HEAD + at, p, (size_t)n) ||
	    libdeflate_crc32(0, p, (size_t)n) != box_blind_le32(head + 28))
		goto out;
	is_one = memmem(p, (size_t)n, aes, sizeof(aes)) != NULL;
	has_names = p[0] == 1;
	if (!is_one && take_packed(p, p + n, &packed))
		is_one = has_names = is_inside(file, &packed);
	if (is_one)
		box_blind_say(ret_blind, CAGE_BLIND_FILE, file, "7z",
		    "a 7z, encrypted (AES-256)%s",
		    has_names ? "; the names in it are not"
			      : ", with the names in it");
out:
	free(p);
	return is_one;
}
