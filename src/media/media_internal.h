/*
 * media_internal.h: what the E01 writer and reader both know of the format
 * (EWF-E01 as EnCase 6 writes it), and little-endian numbers.
 *
 * A segment file is a header and sections, each behind a descriptor that names
 * it and says where the next one is. Chunks of 32 KiB lie in `sectors`
 * sections; the `table` behind each says where, and `table2` says it again.
 */
#ifndef MEDIA_INTERNAL_H
#define MEDIA_INTERNAL_H

#include <stdint.h>

#define MEDIA_EWF_HEADER 13 /* bytes of the file header */
#define MEDIA_EWF_DESCRIPTOR 76
#define MEDIA_EWF_TYPE 16 /* bytes of a section's name in it */
#define MEDIA_EWF_VOLUME 1052
#define MEDIA_EWF_TABLE_HEADER 24
#define MEDIA_EWF_HASH 36
#define MEDIA_EWF_DIGEST 80
#define MEDIA_EWF_ERROR2_HEADER 520
#define MEDIA_EWF_SIGNATURE "EVF\x09\x0d\x0a\xff\x00"
#define MEDIA_EWF_SIGNATURE_SIZE 8
#define MEDIA_EWF_PACKED 0x80000000u /* in a table entry: compressed */

static inline void media_put_le16(uint8_t *p, uint16_t v)
{
	p[0] = (uint8_t)v;
	p[1] = (uint8_t)(v >> 8);
}

static inline void media_put_le32(uint8_t *p, uint32_t v)
{
	media_put_le16(p, (uint16_t)v);
	media_put_le16(p + 2, (uint16_t)(v >> 16));
}

static inline void media_put_le64(uint8_t *p, uint64_t v)
{
	media_put_le32(p, (uint32_t)v);
	media_put_le32(p + 4, (uint32_t)(v >> 32));
}

static inline uint16_t media_get_le16(const uint8_t *p)
{
	return (uint16_t)(p[0] | p[1] << 8);
}

static inline uint32_t media_get_le32(const uint8_t *p)
{
	return (uint32_t)media_get_le16(p) |
	    (uint32_t)media_get_le16(p + 2) << 16;
}

static inline uint64_t media_get_le64(const uint8_t *p)
{
	return (uint64_t)media_get_le32(p) |
	    (uint64_t)media_get_le32(p + 4) << 32;
}

#endif
