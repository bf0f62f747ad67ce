/*
 * media_ewf_pack.c: see media_ewf_pack.h. ISA-L compresses fast, three times as
 * fast as libdeflate, which compresses best; libdeflate takes apart, half again
 * as fast as ISA-L.
 */
#include "media_ewf_pack.h"

#include "media_internal.h"
#include "mem.h"

#include <isa-l/igzip_lib.h>
#include <libdeflate.h>
#include <stdlib.h>
#include <string.h>

#define BEST 9 /* above it, a hundredth less takes three times as long */

struct media_ewf_pack {
	struct isal_zstream stream;
	uint8_t level[ISAL_DEF_LVL1_DEFAULT];
	struct libdeflate_compressor *best; /* NULL: not asked for yet */
	size_t zero_n; /* of the stored chunk of zeros; 0: not made yet */
	uint8_t zero[1024];
};

struct media_ewf_pack_out {
	struct libdeflate_decompressor *libdeflate;
};

int media_ewf_pack_new(struct media_ewf_pack **ret_pack, struct err *err)
{
	*ret_pack = mem_new(1, sizeof(**ret_pack));
	return *ret_pack == NULL ? err_nomem(err) : 0;
}

void media_ewf_pack_free(struct media_ewf_pack *pack)
{
	if (pack != NULL && pack->best != NULL)
		libdeflate_free_compressor(pack->best);
	free(pack);
}

/* 0: it does not get smaller than n. */
static size_t deflate_chunk(
    struct media_ewf_pack *pack, const void *bytes, size_t n, uint8_t *out)
{
	struct isal_zstream *s = &pack->stream;

	isal_deflate_stateless_init(s);
	s->gzip_flag = IGZIP_ZLIB;
	s->level = 1;
	s->level_buf = pack->level;
	s->level_buf_size = sizeof(pack->level);
	s->end_of_stream = 1;
	s->flush = NO_FLUSH;
	s->next_in = (uint8_t *)(uintptr_t)bytes; /* only read */
	s->avail_in = (uint32_t)n;
	s->next_out = out;
	s->avail_out = (uint32_t)n;
	if (isal_deflate_stateless(s) != COMP_OK || s->avail_in != 0 ||
	    s->total_out >= n)
		return 0;
	return s->total_out;
}

/* Without memory for it the chunk is stored as it is, which is no less true. */
static size_t deflate_best(
    struct media_ewf_pack *pack, const void *bytes, size_t n, uint8_t *out)
{
	if (pack->best == NULL)
		pack->best = libdeflate_alloc_compressor(BEST);
	return pack->best == NULL
	    ? 0
	    : libdeflate_zlib_compress(pack->best, bytes, n, out, n - 1);
}

static bool is_zero(const uint8_t *p, size_t n)
{
	return p[0] == 0 && memcmp(p, p + 1, n - 1) == 0;
}

/* 0: it does not get smaller. */
static size_t pack_chunk(struct media_ewf_pack *pack,
    enum media_ewf_level level, const void *bytes, size_t n, uint8_t *out)
{
	bool is_nothing = n == MEDIA_EWF_CHUNK && is_zero(bytes, n);

	if (is_nothing && pack->zero_n > 0) {
		memcpy(out, pack->zero, pack->zero_n);
		return pack->zero_n;
	}
	size_t packed = level == MEDIA_EWF_BEST
	    ? deflate_best(pack, bytes, n, out)
	    : deflate_chunk(pack, bytes, n, out);
	if (is_nothing && packed > 0 && packed <= sizeof(pack->zero)) {
		memcpy(pack->zero, out, packed);
		pack->zero_n = packed;
	}
	return packed;
}

size_t media_ewf_pack_chunk(struct media_ewf_pack *pack,
    enum media_ewf_level level, const void *bytes, size_t n, uint8_t *out,
    bool *ret_is_packed)
{
	size_t packed = level == MEDIA_EWF_NONE
	    ? 0
	    : pack_chunk(pack, level, bytes, n, out);

	*ret_is_packed = packed > 0;
	if (packed > 0)
		return packed;
	memcpy(out, bytes, n);
	media_put_le32(out + n, libdeflate_adler32(1, bytes, n));
	return n + 4;
}

int media_ewf_pack_out_new(
    struct media_ewf_pack_out **ret_unpack, struct err *err)
{
	struct media_ewf_pack_out *unpack = mem_new(1, sizeof(*unpack));

	if (unpack != NULL)
		unpack->libdeflate = libdeflate_alloc_decompressor();
	if (unpack == NULL || unpack->libdeflate == NULL) {
		media_ewf_pack_out_free(unpack);
		return err_nomem(err);
	}
	*ret_unpack = unpack;
	return 0;
}

void media_ewf_pack_out_free(struct media_ewf_pack_out *unpack)
{
	if (unpack == NULL)
		return;
	if (unpack->libdeflate != NULL)
		libdeflate_free_decompressor(unpack->libdeflate);
	free(unpack);
}

int media_ewf_pack_out_chunk(struct media_ewf_pack_out *unpack,
    const uint8_t *in, size_t n, bool is_packed, void *ret_bytes, size_t max,
    size_t *ret_n, struct err *err)
{
	if (is_packed) {
		size_t got;

		if (libdeflate_zlib_decompress(unpack->libdeflate, in, n,
			ret_bytes, max, &got) != LIBDEFLATE_SUCCESS)
			return err_set(err, ERR_FORMAT,
			    "the compressed data or its checksum is damaged");
		*ret_n = got;
		return 0;
	}
	if (n < 4 || n - 4 > max)
		return err_set(err, ERR_FORMAT, "the chunk's length is wrong");
	if (libdeflate_adler32(1, in, n - 4) != media_get_le32(in + n - 4))
		return err_set(
		    err, ERR_FORMAT, "the bytes do not fit their checksum");
	memcpy(ret_bytes, in, n - 4);
	*ret_n = n - 4;
	return 0;
}
