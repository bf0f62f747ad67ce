/*
 * cage_carve.h: files that nobody names, found by their first bytes and
 * followed by their structure, asked of a box (of an image with
 * has_file_systems); and what goes over the line about that.
 *
 * What is found lies together from its first byte on: of a file in pieces the
 * structure breaks where the first piece ends, or, where a format says nothing
 * of that, goes on into what is somebody else's.
 */
#ifndef CAGE_CARVE_H
#define CAGE_CARVE_H

#include "cage_image.h"
#include "cage_wire.h"
#include "err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CAGE_CARVE_ENTRY 24
#define CAGE_CARVE_ENTRIES_MAX 2048 /* in one answer */
/* Bytes in which one answer looks for beginnings. */
#define CAGE_CARVE_STEP (16u << 20)
/* Files begin at such places. */
#define CAGE_CARVE_UNIT 512

enum cage_carve_type {
	CAGE_CARVE_JPEG = 1,
	CAGE_CARVE_PNG,
	CAGE_CARVE_GIF,
	CAGE_CARVE_PDF,
	CAGE_CARVE_ZIP, /* also docx, odt, ... */
	CAGE_CARVE_SQLITE,
	CAGE_CARVE_MP4, /* also mov, heic, ... */
	CAGE_CARVE_TYPES
};

struct cage_carved {
	enum cage_carve_type type;
	uint64_t at, length; /* in the image */
	bool is_whole; /* its structure holds to its end */
};

/* "jpeg" */
const char *cage_carve_name(enum cage_carve_type type);

void cage_carve_put(
    uint8_t ret_bytes[CAGE_CARVE_ENTRY], const struct cage_carved *carved);
/* `count` of them, in order, apart from each other, in the n bytes at `at`. */
int cage_carve_take(struct cage_carved *ret_carved, uint64_t at, uint64_t n,
    const uint8_t *table, uint32_t count, struct err *err) MUST_CHECK;

/* What lies in n bytes at `at`, all in the image, of which none leaves them.
 * *ret_carved: free() it. ERR_FORMAT: the box came to grief over it. */
int cage_carve_range(struct cage_image *image, uint64_t at, uint64_t n,
    struct cage_carved **ret_carved, size_t *ret_n, struct err *err) MUST_CHECK;

#endif
