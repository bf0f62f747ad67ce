/*
 * media_ewf_pack.h: one chunk of an E01, compressed and taken apart.
 *
 * Stored: zlib data, whose own Adler-32 is the chunk's checksum; or, where
 * that is not smaller, the bytes and their Adler-32.
 */
#ifndef MEDIA_EWF_PACK_H
#define MEDIA_EWF_PACK_H

#include "err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MEDIA_EWF_CHUNK 32768 /* as EnCase has it: 64 sectors */
/* The most that a stored chunk of n bytes takes. */
#define MEDIA_EWF_STORED_MAX(n) ((n) + 4)

/* How hard it is tried. The values are those of the format's volume section;
 * whoever reads the chunks need not know. */
enum media_ewf_level {
	MEDIA_EWF_NONE = 0,
	MEDIA_EWF_FAST = 1,
	MEDIA_EWF_BEST = 2
};

/* One thread's memory for it. */
struct media_ewf_pack;
int media_ewf_pack_new(
    struct media_ewf_pack **ret_pack, struct err *err) MUST_CHECK;
void media_ewf_pack_free(struct media_ewf_pack *pack);

/* n from 1 to MEDIA_EWF_CHUNK; out has room for MEDIA_EWF_STORED_MAX(n).
 * Returns the stored length. */
size_t media_ewf_pack_chunk(struct media_ewf_pack *pack,
    enum media_ewf_level level, const void *bytes, size_t n, uint8_t *out,
    bool *ret_is_packed);

struct media_ewf_pack_out;
int media_ewf_pack_out_new(
    struct media_ewf_pack_out **ret_unpack, struct err *err) MUST_CHECK;
void media_ewf_pack_out_free(struct media_ewf_pack_out *unpack);

/* The bytes of a stored chunk, at most max of them. ERR_FORMAT: damaged. */
int media_ewf_pack_out_chunk(struct media_ewf_pack_out *unpack,
    const uint8_t *in, size_t n, bool is_packed, void *ret_bytes, size_t max,
    size_t *ret_n, struct err *err) MUST_CHECK;

#endif
