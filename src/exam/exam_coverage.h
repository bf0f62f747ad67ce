/*
 * exam_coverage.h: how much of an image was examined, in bytes that add up to
 * the whole of it: the sums of the map of owners, less what the scan lost.
 */
#ifndef EXAM_COVERAGE_H
#define EXAM_COVERAGE_H

#include "buf.h"
#include "err.h"
#include "exam_blind.h"
#include "exam_owner.h"
#include "json.h"

#include <stddef.h>
#include <stdint.h>

/* A range that was to be scanned and could not be: a box crashed over it, or
 * took too long. */
struct exam_gap {
	uint64_t at, length; /* in the image */
	const char *why; /* borrowed */
};

struct exam_coverage {
	uint64_t length; /* of the image: the sum of all below */
	uint64_t files; /* of files, read */
	uint64_t slack; /* behind their ends, scanned */
	uint64_t tables; /* of file systems and partitions, scanned */
	uint64_t unallocated; /* in volumes and not in use, scanned */
	uint64_t outside; /* of no volume, scanned */
	uint64_t blind; /* encrypted, or of systems that are not read */
	uint64_t unread; /* of which there are no bytes */
	uint64_t lost; /* gaps of the scan */
	/* Of these, besides: */
	uint64_t random; /* looks encrypted, in what is not in use */
	uint64_t wiped; /* likewise */
	uint64_t encrypted_files, encrypted_files_n;
	uint64_t hidden; /* behind the image: not in its length */
};

/* Of a sealed map. The gaps may overlap and be in any order; what of one is
 * blind or unread anyway is not counted again. ERR_NOMEM alone. */
int exam_coverage_make(struct exam_coverage *ret_coverage,
    const struct exam_owner *map, const struct exam_blind *blind,
    const struct exam_gap *gaps, size_t n, struct err *err) MUST_CHECK;

/* Lines for `coverage:`: "image: 2147483648 bytes", then a line for each part
 * that is not empty, then what is known of them besides. */
void exam_coverage_put_lines(
    const struct exam_coverage *coverage, struct buf *out);
/* A line for `gap:` for each gap of the scan, at most `max`. */
void exam_coverage_put_gaps(
    const struct exam_gap *gaps, size_t n, size_t max, struct buf *out);
/* An object under that name. */
void exam_coverage_put_json(
    const struct exam_coverage *coverage, struct json *json, const char *name);

#endif
