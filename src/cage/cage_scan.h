/*
 * cage_scan.h: what stands in an image, asked of a box piece by piece: e-mail
 * addresses, numbers, names, as cage_hit.h has them.
 *
 * A hit belongs to the piece in which its own first byte lies, or that of the
 * container or record that it stands in, so pieces next to each other give each
 * hit once; what goes over a border the box reads by itself.
 *
 * A piece over which a box crashes, hangs, lies or drowns in hits is asked for
 * in halves, down to CAGE_SCAN_PIECE; what is lost then is a hit of the kind
 * CAGE_HIT_GAP, and the scan goes on.
 */
#ifndef CAGE_SCAN_H
#define CAGE_SCAN_H

#include "cage_hit.h"
#include "cage_image.h"
#include "cage_list.h"
#include "err.h"

#include <stdint.h>

#define CAGE_SCAN_PIECE 65536

/* Borrows the hit. Anything but 0 ends the scan and is what it returns. */
typedef int cage_scan_hit_fn(
    void *cookie, const struct cage_hit *hit, struct err *err);

/* Numbers of entries and records that were given so far, so that hits of
 * different pieces never share one. Zeroed before the first piece. */
struct cage_scan_numbers {
	uint32_t entries, records;
};

/*
 * n bytes at `at` of an image with `finds`, at most CAGE_WIRE_SCAN_MAX, all in
 * the image. Hits come in no order. ERR_LIMIT: there are no more numbers.
 */
int cage_scan_range(struct cage_image *image, uint64_t at, uint64_t n,
    struct cage_scan_numbers *numbers, cage_scan_hit_fn *put, void *cookie,
    struct err *err) MUST_CHECK;

/*
 * All `size` bytes of a file, as its file system makes them of what is stored:
 * for one whose bytes do not lie together in the image. Hits and gaps have
 * their place in the file. The image must have file systems, too.
 */
int cage_scan_file(struct cage_image *image, const struct cage_list_of *of,
    uint64_t size, struct cage_scan_numbers *numbers, cage_scan_hit_fn *put,
    void *cookie, struct err *err) MUST_CHECK;

#endif
