/*
 * media_ewf_write.h: an E01 (EWF-E01 as EnCase 6 writes it) put down section
 * by section.
 *
 * A medium whose length is no multiple of 512 has its last sector filled up
 * with zeros, as every reader of the format counts in sectors; its exact
 * length stands in header2 (`tb`, total bytes), and the hashes in the file are
 * of what such a reader sees.
 */
#ifndef MEDIA_EWF_WRITE_H
#define MEDIA_EWF_WRITE_H

#include "err.h"
#include "media_ewf_pack.h"
#include "media_hash.h"
#include "media_out.h"
#include "media_range.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MEDIA_EWF_SECTOR 512
#define MEDIA_EWF_SEGMENT_MIN (UINT64_C(1) << 20)
/* Room for what EnCase's table can address without a base: 2000 MiB. */
#define MEDIA_EWF_SEGMENT_DEFAULT (UINT64_C(2000) << 20)
/* 2^32 - 1 chunks is what the format can count. */
#define MEDIA_EWF_LENGTH_MAX (UINT64_C(0xffffffff) * MEDIA_EWF_CHUNK)
#define MEDIA_EWF_GUID_SIZE 16
/* Chunks behind one table: what is lost when both copies of it are; where a
 * writing can be gone on with. At most 16375. */
#define MEDIA_EWF_GROUP 4096

/* Free text for other tools; NULL: empty. UTF-8 without controls. */
struct media_ewf_header {
	const char *case_number, *evidence, *description, *examiner, *notes;
	int64_t when;
};

struct media_ewf_write_options {
	struct media_out *out; /* borrowed */
	uint64_t length; /* of the medium */
	uint64_t segment_size; /* 0: the default */
	uint32_t group_chunks; /* 0: MEDIA_EWF_GROUP */
	enum media_ewf_level level; /* to be said in the file */
	struct media_ewf_header header; /* borrowed until _begin */
	uint8_t guid[MEDIA_EWF_GUID_SIZE];
	bool is_device;
};

struct media_ewf_write;

/* Whether there can be an E01 of a medium of that length with such segments (0:
 * the default). ERR_USAGE, ERR_LIMIT. */
int media_ewf_write_check(
    uint64_t length, uint64_t segment_size, struct err *err) MUST_CHECK;

int media_ewf_write_new(struct media_ewf_write **ret_write,
    const struct media_ewf_write_options *options, struct err *err) MUST_CHECK;
void media_ewf_write_free(struct media_ewf_write *write);

/* The number of sectors, and of zero bytes that fill up the last one. */
uint64_t media_ewf_write_sectors(uint64_t length, size_t *ret_fill);

/* Begins the first segment file; or says that `out` was brought back to where
 * media_ewf_write_flush left it, and how many chunks that were. */
int media_ewf_write_begin(
    struct media_ewf_write *write, struct err *err) MUST_CHECK;
void media_ewf_write_resume(struct media_ewf_write *write, uint64_t chunks);

/* The next chunk as media_ewf_pack_chunk made it. */
int media_ewf_write_chunk(struct media_ewf_write *write, const void *stored,
    size_t n, bool is_packed, const struct media_ranges *bad,
    struct err *err) MUST_CHECK;

/* Puts all chunks so far into the files, with their tables. */
int media_ewf_write_flush(
    struct media_ewf_write *write, struct err *err) MUST_CHECK;

/* After the last chunk: tables, hashes, unreadable ranges, the end. */
int media_ewf_write_finish(struct media_ewf_write *write,
    const struct media_hash_set *hashes, const struct media_ranges *bad,
    struct err *err) MUST_CHECK;

#endif
