/*
 * exam_owner.h: whose each byte of an image is: a map from every offset to
 * exactly one owner, from which hits get their file and coverage its sums.
 *
 * Spans are added in any order and may overlap, as hostile file systems do;
 * once sealed, each byte has the owner of highest rank among those that named
 * it, and of equal rank the one that was added first. What nobody named is
 * EXAM_OWNER_NOBODY, so the sums always make up the image.
 */
#ifndef EXAM_OWNER_H
#define EXAM_OWNER_H

#include "err.h"

#include <stddef.h>
#include <stdint.h>

/* In ascending rank. */
enum exam_owning {
	EXAM_OWNER_NOBODY, /* outside of all volumes, or nothing is known */
	EXAM_OWNER_FREE, /* in a volume, not in use */
	EXAM_OWNER_TABLES, /* of a partition table or file system */
	EXAM_OWNER_SLACK, /* behind a file's end, in its last block */
	EXAM_OWNER_FILE,
	EXAM_OWNER_BLIND, /* encrypted, or of a system that is not read */
	EXAM_OWNER_UNREAD, /* of which the image has no bytes */
	EXAM_OWNER_COUNT
};

#define EXAM_OWNER_NO_FILE UINT32_MAX

struct exam_span {
	uint64_t at, length; /* in the image */
	enum exam_owning owning;
	uint32_t file; /* the caller's number, or EXAM_OWNER_NO_FILE */
	uint64_t in_file; /* of a file or its slack: the first byte's place */
};

struct exam_owner;

/* For an image of `length` bytes. */
int exam_owner_new(
    struct exam_owner **ret_map, uint64_t length, struct err *err) MUST_CHECK;
void exam_owner_free(struct exam_owner *map);

/* Before the map is sealed. What of it is outside of the image is left out, as
 * is an empty one. ERR_NOMEM alone. */
int exam_owner_add(struct exam_owner *map, const struct exam_span *span,
    struct err *err) MUST_CHECK;

/* Once. n log n in what was added. */
int exam_owner_seal(struct exam_owner *map, struct err *err) MUST_CHECK;

/* Of a sealed map: the spans make up the image in order, without gaps; none is
 * empty. Borrowed. */
const struct exam_span *exam_owner_spans(
    const struct exam_owner *map, size_t *ret_n);

/* The span that has the byte `at`, which is in the image. */
const struct exam_span *exam_owner_at(
    const struct exam_owner *map, uint64_t at);

/* Bytes by owning: their sum is the image's length. */
void exam_owner_sums(
    const struct exam_owner *map, uint64_t ret_sums[EXAM_OWNER_COUNT]);

#endif
