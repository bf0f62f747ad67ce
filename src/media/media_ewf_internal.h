/*
 * media_ewf_internal.h: an E01 that is read, for the two files that do it:
 * media_ewf_walk.c finds what stands where, media_ewf_read.c gives out chunks.
 */
#ifndef MEDIA_EWF_INTERNAL_H
#define MEDIA_EWF_INTERNAL_H

#include "err.h"
#include "media_ewf_read.h"
#include "media_internal.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The chunks behind one table. */
struct media_ewf_group {
	uint64_t first; /* chunk */
	uint32_t count;
	uint32_t segment;
	uint64_t base;
	uint64_t entries_at[2]; /* in the file; of table and table2; 0: none */
	uint64_t from, end; /* where its chunks lie */
};

struct media_ewf_section {
	uint32_t segment;
	uint64_t at, next; /* of its descriptor, of the one behind it */
	char type[MEDIA_EWF_TYPE + 1];
	const char *name; /* for a flaw; never freed */
};

struct media_ewf_read {
	const struct media_file *files;
	const char *const *names;
	size_t n;
	bool is_partial;
	struct media_ewf_about about;
	uint64_t total_bytes; /* by header2; 0: not said */
	struct media_ewf_section sectors; /* the last one in this file */
	bool is_table_damaged; /* and table2 must say it */
	size_t group_count;
	struct media_ewf_group *groups;
	size_t cap;
	size_t loaded; /* group; SIZE_MAX: none */
	uint32_t *entries;
	size_t entry_cap;
	struct media_ewf_pack_out *unpack;
	uint64_t chunk_at_hand; /* UINT64_MAX: none */
	size_t chunk_n;
	uint8_t *chunk, *stored;
	size_t flaw_count;
	struct media_ewf_flaw flaws[MEDIA_EWF_READ_FLAWS_MAX];
	bool is_searched; /* all tables were looked at */
};

/* Walks all sections of a segment file, in order of the segments, and takes
 * from them what there is to know. ERR_FORMAT: nothing behind that place can be
 * found, or it is no E01. */
int media_ewf_walk_segment(
    struct media_ewf_read *read, uint32_t segment, struct err *err) MUST_CHECK;

/* ERR_FORMAT: "x.E01, byte 12: what". */
int media_ewf_walk_damaged(const struct media_ewf_read *read, size_t segment,
    uint64_t at, const char *what, struct err *err);
/* Damage that the medium does not depend on; beyond the most it is left out. */
void media_ewf_walk_add_flaw(struct media_ewf_read *read, uint32_t segment,
    uint64_t at, uint64_t end, const char *what);
/* n bytes of a segment file; the message names it. */
int media_ewf_walk_get(struct media_ewf_read *read, size_t segment, uint64_t at,
    void *bytes, size_t n, struct err *err) MUST_CHECK;
/* Whether n bytes have their Adler-32 behind them. */
bool media_ewf_walk_is_checked(const uint8_t *p, size_t n);

#endif
