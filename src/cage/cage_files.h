/*
 * cage_files.h: what file systems lie in an image and where their files are,
 * asked of a box (of an image with has_file_systems).
 *
 * Where a file lies is what the box says: nothing here can check that. What is
 * checked is that it can be: every run in the image, in the file's order, as
 * long together as the file. Whoever is shown the bytes sees what they are.
 * A box that crashes, hangs or lies over a question is ERR_FORMAT, and the
 * next question goes to a new one.
 */
#ifndef CAGE_FILES_H
#define CAGE_FILES_H

#include "cage_image.h"
#include "cage_entry.h"
#include "err.h"
#include "slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* All volumes; an image without a partition table is one. *ret_volumes: free()
 * it. ERR_LIMIT: there are more than CAGE_WIRE_VOLUMES_MAX. */
int cage_files_volumes(struct cage_image *image,
    struct cage_wire_volume **ret_volumes, size_t *ret_n,
    struct err *err) MUST_CHECK;

/* More pieces than a disclosure has ranges. */
#define CAGE_FILES_RUNS_MAX 65536

struct cage_file {
	uint32_t flags; /* CAGE_WIRE_FOUND and what follows it */
	uint64_t size;
	size_t n, cap;
	struct cage_wire_run *runs; /* none if it is CAGE_WIRE_IN_TABLES */
};

/*
 * The file at `path`: names after slashes, as the file system has them, byte
 * for byte; "." and ".." are no names. Not there: no error, and not
 * CAGE_WIRE_FOUND. If it is stored compressed or encrypted the runs are what
 * is stored, in_file counts that, and their sum need not be the size.
 * ERR_UNSUPPORTED: it is no file, or one whose place is not known; ERR_LIMIT:
 * it has more pieces than CAGE_FILES_RUNS_MAX. cage_file_done also accepts a
 * zeroed one.
 */
int cage_files_find(struct cage_image *image, uint32_t volume,
    struct slice path, struct cage_file *ret_file, struct err *err) MUST_CHECK;
void cage_files_done(struct cage_file *file);

/* Whether it is a path that can be asked for; ERR_USAGE says why not. */
int cage_files_check_path(struct slice path, struct err *err) MUST_CHECK;

struct cage_owners {
	bool ends_early; /* there may be more of them */
	uint64_t looked_at; /* names */
	size_t n;
	struct cage_wire_owner *of; /* free() it */
};

/* Who has the bytes of n ranges, at most CAGE_WIRE_RANGES_MAX; work and result
 * are bounded, by a time, too. */
int cage_files_owners(struct cage_image *image,
    const struct cage_wire_range *ranges, size_t n,
    struct cage_owners *ret_owners, struct err *err) MUST_CHECK;

#endif
