/*
 * media_ewf_read.h: an E01 read at any offset, with every checksum that it has
 * checked. All bytes are hostile.
 *
 * What is damaged is named by segment file and offset in it. A chunk that is
 * damaged spoils nothing else; a segment whose chain of sections is broken
 * cannot be read. What else is damaged and needed for nothing (the headers, one
 * of two tables, stored hashes, bytes behind the last section) is a flaw: the
 * file is not as it was made, and the medium is read all the same.
 */
#ifndef MEDIA_EWF_READ_H
#define MEDIA_EWF_READ_H

#include "err.h"
#include "media_ewf_pack.h"
#include "media_file.h"
#include "media_hash.h"
#include "media_range.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Larger chunks than any tool writes. */
#define MEDIA_EWF_READ_CHUNK_MAX (16u << 20)
#define MEDIA_EWF_READ_SEGMENTS_MAX 14295

/* What the files say of the medium. */
struct media_ewf_about {
	uint64_t length; /* exact: by header2, else by the sectors */
	uint64_t declared; /* sectors times bytes of a sector */
	uint64_t tail; /* bytes in the last chunk beyond `declared` */
	uint64_t chunks; /* that have a place */
	uint64_t chunks_declared;
	uint32_t chunk_size, sector_size;
	bool is_whole; /* its last section says that it is done */
	struct media_hash_set hashes; /* as stored: MD5, SHA-1 */
	struct media_ranges bad; /* by its error2 section */
};

/* What is damaged in a file and holds none of the medium's bytes. */
struct media_ewf_flaw {
	uint32_t segment; /* from 0 */
	uint64_t at, n; /* bytes of its file */
	const char *what; /* "section header2": static */
};
#define MEDIA_EWF_READ_FLAWS_MAX 64 /* the first ones; more are not listed */

/* Where a chunk lies. */
struct media_ewf_place {
	size_t segment; /* from 0 */
	uint64_t at;
	uint32_t n;
	bool is_packed;
};

struct media_ewf_read;

/*
 * files, in order, and the names that messages call them by: borrowed.
 * is_partial: the last file may end after a table, as writing left it; else
 * that is an error. ERR_FORMAT: a file that is missing, no E01, or damaged in
 * what all else depends on.
 */
int media_ewf_read_new(struct media_ewf_read **ret_read,
    const struct media_file *files, const char *const *names, size_t n,
    bool is_partial, struct err *err) MUST_CHECK;
void media_ewf_read_free(struct media_ewf_read *read);

const struct media_ewf_about *media_ewf_read_about(
    const struct media_ewf_read *read);
const char *media_ewf_read_name(
    const struct media_ewf_read *read, size_t segment);

/* ERR_FORMAT: both tables that would say where it is are damaged, or say what
 * cannot be. */
int media_ewf_read_place(struct media_ewf_read *read, uint64_t chunk,
    struct media_ewf_place *ret_place, struct err *err) MUST_CHECK;
/* A chunk as stored: place->n bytes. */
int media_ewf_read_stored(struct media_ewf_read *read,
    const struct media_ewf_place *place, uint8_t *ret_bytes,
    struct err *err) MUST_CHECK;

/*
 * All flaws; the first call reads every table, which is 8 bytes for each chunk.
 * The list is owned by the reader. ERR_IO: a table cannot be read.
 */
int media_ewf_read_flaws(struct media_ewf_read *read,
    const struct media_ewf_flaw **ret_flaws, size_t *ret_n,
    struct err *err) MUST_CHECK;

/* The most that media_ewf_place.n can be. */
size_t media_ewf_read_stored_max(const struct media_ewf_read *read);

/* n bytes at `at`, within length, or length + tail where length is declared.
 * The message names chunk, file and offset of what is damaged. */
int media_ewf_read_at(struct media_ewf_read *read, uint64_t at, void *ret_bytes,
    size_t n, struct err *err) MUST_CHECK;

/* "x.E02, bytes 812 to 9004": of a chunk, as far as it can be said. */
void media_ewf_read_say_place(
    struct media_ewf_read *read, uint64_t chunk, char *ret_text, size_t size);

#endif
