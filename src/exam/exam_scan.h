/*
 * exam_scan.h: the raw pass: the whole image from its first byte to its last,
 * on all processors, each with a box of its own (cage_scan.h).
 *
 * Whatever the boxes do at the same time, finds come to one thread, the
 * caller's, range by range in the image's order, so that it can be stopped at
 * the end of any range and gone on with from there, with the same result.
 * Memory does not depend on the image: a box that is ahead waits.
 */
#ifndef EXAM_SCAN_H
#define EXAM_SCAN_H

#include "cage_hit.h"
#include "cage_scan.h"
#include "err.h"
#include "media_open.h"

#include <stddef.h>
#include <stdint.h>

/* Bytes of one range; the last one is shorter. */
#define EXAM_SCAN_RANGE (4u << 20)

/* Everything before `done` of the image was scanned, and its finds were given.
 * `numbers`: to go on with, should this be the end. Not 0: stop here. */
typedef int exam_scan_progress_fn(void *cookie, uint64_t done,
    const struct cage_scan_numbers *numbers, struct err *err);

struct exam_scan_options {
	const struct media_open *image;
	uint64_t length; /* of it: what is behind that is not scanned */
	uint64_t finds; /* CAGE_HIT_FINDS and CAGE_HIT_UNPACKS */
	size_t threads; /* 0: one a processor */
	/* Where an earlier run got to, or zeros. */
	uint64_t from;
	struct cage_scan_numbers numbers;
	cage_scan_hit_fn *hit; /* finds, and CAGE_HIT_GAP: what was lost */
	exam_scan_progress_fn *progress; /* may be NULL */
	void *cookie;
};

/* 0: all of it was scanned. What a callback returned, if it was not 0; else
 * ERR_UNSUPPORTED, ERR_NOTFOUND: no box can be had; ERR_LIMIT: more records
 * than there are numbers. */
int exam_scan_run(
    const struct exam_scan_options *options, struct err *err) MUST_CHECK;

#endif
