/*
 * cage_entry.h: what goes over the line about file systems: volumes, the
 * runs of a file, the owners of ranges. As in cage_wire.h: what is taken was
 * copied before, and each cage_entry_take_* is ERR_FORMAT if it cannot be.
 *
 * Paths out of evidence are only ever shown. A box makes lines of them
 * (text_show), and what is no line is a lie.
 */
#ifndef CAGE_ENTRY_H
#define CAGE_ENTRY_H

#include "cage_wire.h"
#include "err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- volumes: in the table ---- */

#define CAGE_WIRE_VOLUME 224 /* bytes of one */
#define CAGE_WIRE_VOLUMES_MAX 256 /* ERR_LIMIT: an image with more */
#define CAGE_WIRE_SYSTEM 32 /* with its NUL, as the next one */
#define CAGE_WIRE_WHAT 160

/* Volume n is entry n - 1. */
struct cage_wire_volume {
	uint64_t at, length; /* in the image; it may be cut off there */
	bool has_files; /* its file system can be read */
	char type[CAGE_WIRE_SYSTEM]; /* "ext4"; empty: not recognised */
	char what[CAGE_WIRE_WHAT]; /* what the partition table calls it */
};

void cage_entry_put_volume(
    uint8_t ret_bytes[CAGE_WIRE_VOLUME], const struct cage_wire_volume *volume);
/* All of it in an image of `available` bytes. */
int cage_entry_take_volume(struct cage_wire_volume *ret_volume,
    uint64_t available, const uint8_t bytes[CAGE_WIRE_VOLUME],
    struct err *err) MUST_CHECK;

/* ---- runs: in the table ---- */

#define CAGE_WIRE_RUN 32
#define CAGE_WIRE_RUNS_MAX 2048 /* in one answer */

struct cage_wire_run {
	uint64_t at; /* in the image; 0 if it is a hole */
	uint64_t length;
	uint64_t in_file; /* first byte of the file that it holds */
	bool is_hole; /* stored nowhere; reads as zeros */
};

void cage_entry_put_run(
    uint8_t ret_bytes[CAGE_WIRE_RUN], const struct cage_wire_run *run);
/* In the order of the file, the first of them at byte `in_file` of it, without
 * gaps, all of it in an image of `available` bytes. */
int cage_entry_take_runs(struct cage_wire_run *ret_runs, uint64_t in_file,
    uint64_t available, const uint8_t *table, uint32_t count,
    struct err *err) MUST_CHECK;

/* ---- owners: where bytes of the medium are else ---- */

#define CAGE_WIRE_OWNER 1024
#define CAGE_WIRE_OWNERS_MAX 1024 /* in one answer, which is the only one */
#define CAGE_WIRE_SHOWN 992 /* a path as it is shown, with its NUL */

struct cage_wire_range {
	uint64_t at, length;
};

enum cage_wire_owning {
	CAGE_WIRE_BY_FILE = 1, /* or folder, whose path ends with a slash */
	CAGE_WIRE_BY_TABLES, /* of the file system */
	CAGE_WIRE_BY_NOBODY, /* unallocated */
	CAGE_WIRE_BY_UNKNOWN, /* in use, by what could not be found */
};

struct cage_wire_owner {
	uint64_t at, length; /* of the range, what is owned */
	uint32_t volume; /* from 1 */
	enum cage_wire_owning owning;
	char path[CAGE_WIRE_SHOWN]; /* empty but for a file's */
};

#define CAGE_WIRE_RANGE 16
void cage_entry_put_range(
    uint8_t ret_bytes[CAGE_WIRE_RANGE], const struct cage_wire_range *range);
void cage_entry_take_range(
    struct cage_wire_range *ret_range, const uint8_t bytes[CAGE_WIRE_RANGE]);

void cage_entry_put_owner(
    uint8_t ret_bytes[CAGE_WIRE_OWNER], const struct cage_wire_owner *owner);
/* Within one of the n ranges that were asked for. */
int cage_entry_take_owner(struct cage_wire_owner *ret_owner,
    const struct cage_wire_range *ranges, size_t n,
    const uint8_t bytes[CAGE_WIRE_OWNER], struct err *err) MUST_CHECK;

#endif
