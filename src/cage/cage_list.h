/*
 * cage_list.h: all names of a volume, what is known of each, and which blocks
 * nobody uses, asked of a box; and what goes over the line about that.
 *
 * As in cage_entry.h nothing is believed but that it can be: runs in the image
 * and in the order of their file, folders before what is in them (so that no
 * path has a loop), names that are a line without a slash. Names are data:
 * shown, never used as paths.
 */
#ifndef CAGE_LIST_H
#define CAGE_LIST_H

#include "cage_entry.h"
#include "cage_image.h"
#include "err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Names of one volume that a box gives at most; behind them it ends early. */
#define CAGE_LIST_NAMES_MAX 2000000
#define CAGE_LIST_NAME_MAX 1024 /* bytes of a name as it is shown, with NUL */
/* Bytes that are asked for in one go. */
#define CAGE_LIST_CONTENT_MAX CAGE_WIRE_BYTES_MAX

/* What is known of a name. */
#define CAGE_LIST_NAME_DELETED 1u
#define CAGE_LIST_DELETED 2u /* the file: its number is free */
#define CAGE_LIST_ORPHAN 4u /* nobody names it: it was found by its number */
#define CAGE_LIST_IN_TABLES 8u /* its bytes are no runs: ask for them */
#define CAGE_LIST_COMPRESSED 16u /* runs are as it is stored: likewise */
#define CAGE_LIST_ENCRYPTED 32u
#define CAGE_LIST_STREAM 64u /* a stream or fork beside the file's bytes */
#define CAGE_LIST_INNER 128u /* kept for the file by its file system */
#define CAGE_LIST_START_ONLY 256u /* its one run is where it began */
#define CAGE_LIST_NOT_WHOLE 512u /* runs are missing, or cannot be */
#define CAGE_LIST_MORE_RUNS 1024u /* of the entry before, nothing else */
#define CAGE_LIST_VIRTUAL 2048u /* a table that is shown as a file */
#define CAGE_LIST_NAME_ALONE 4096u /* of what it named nothing is there */
#define CAGE_LIST_FLAGS 8191u

enum cage_list_type {
	CAGE_LIST_UNKNOWN,
	CAGE_LIST_FILE,
	CAGE_LIST_FOLDER,
	CAGE_LIST_LINK,
	CAGE_LIST_OTHER, /* device, pipe, socket */
	CAGE_LIST_TYPES
};

enum cage_list_time {
	CAGE_LIST_MODIFIED,
	CAGE_LIST_ACCESSED,
	CAGE_LIST_CHANGED, /* what is known of the file, not its bytes */
	CAGE_LIST_CREATED,
	CAGE_LIST_TIMES
};

struct cage_list_entry {
	uint32_t flags;
	enum cage_list_type type;
	uint64_t id; /* in its file system; several names may have one */
	uint16_t attribute, attribute_id; /* which of the file's contents */
	/* The entry of its folder, counted from 1 in the order in which they
	 * came, those with CAGE_LIST_MORE_RUNS left out. 0: the root, or for an
	 * orphan nowhere. */
	uint64_t in;
	uint64_t size;
	uint64_t
	    valid; /* bytes, at most size, behind which it reads as zeros */
	int64_t times[CAGE_LIST_TIMES]; /* seconds since 1970; 0: not known */
	uint32_t nanos[CAGE_LIST_TIMES]; /* below a billion */
	uint32_t mode, uid, gid, links;
	const char *name; /* a line with its NUL, name_n bytes without it */
	size_t name_n;
	/* Of the whole blocks that are kept for it, so beyond its size, too;
	 * in_file counts on from the last one of the entry before if it has
	 * CAGE_LIST_MORE_RUNS, else from 0. */
	const struct cage_wire_run *runs;
	size_t run_n;
};

/* How a file system divides its volume. */
struct cage_list_about {
	uint64_t block_size; /* what a file's space is a multiple of */
	/* FAT: where the first of the blocks that files have lies in the image,
	 * and how many there are. Else 0. */
	uint64_t heap_at, heap_n;
};

/* Borrowed for the call. Not 0: listing ends with that. */
typedef int cage_list_put_fn(
    void *cookie, const struct cage_list_entry *entry, struct err *err);

struct cage_list_end {
	struct cage_list_about about;
	uint64_t n; /* entries */
	/* Not everything could be looked at, for this reason. Empty: it was. */
	char why[CAGE_WIRE_TEXT_MAX];
};

/*
 * Every name of a volume (from 1), deleted and orphaned ones too. A box that is
 * lost on the way, or lies, is no error: what came before stands, and
 * ret_end->why says so. Needs an image with has_file_systems.
 */
int cage_list_names(struct cage_image *image, uint32_t volume,
    cage_list_put_fn *put, void *cookie, struct cage_list_end *ret_end,
    struct err *err) MUST_CHECK;

enum cage_list_use {
	CAGE_LIST_FREE = 1,
	CAGE_LIST_TABLES,
	CAGE_LIST_USES
};

struct cage_list_blocks {
	uint64_t at, length; /* in the image */
	enum cage_list_use use;
};

typedef int cage_list_blocks_fn(
    void *cookie, const struct cage_list_blocks *blocks, struct err *err);

/* What of a volume no file uses, and what its tables have, in order. As above:
 * a lost box ends it early. */
int cage_list_spaces(struct cage_image *image, uint32_t volume,
    cage_list_blocks_fn *put, void *cookie, struct cage_list_end *ret_end,
    struct err *err) MUST_CHECK;

struct cage_list_of {
	uint32_t volume;
	uint64_t id;
	uint16_t attribute, attribute_id;
};

/* n bytes, at most CAGE_LIST_CONTENT_MAX, of a file's at `at`, as its file
 * system makes them of what is stored; *ret_n fewer at its end. ERR_FORMAT:
 * they cannot be read, or the box was lost over it. */
int cage_list_content(struct cage_image *image, const struct cage_list_of *of,
    uint64_t at, void *ret_bytes, size_t n, size_t *ret_n,
    struct err *err) MUST_CHECK;

/* ---- what goes over the line ---- */

#define CAGE_LIST_HEAD 120 /* of an entry; its name and its runs follow */
#define CAGE_LIST_ABOUT 24
#define CAGE_LIST_BLOCKS 24
#define CAGE_LIST_OF 16
#define CAGE_LIST_BLOCKS_MAX (CAGE_WIRE_BYTES_MAX / CAGE_LIST_BLOCKS)
#define CAGE_LIST_ENTRIES_MAX (CAGE_WIRE_BYTES_MAX / CAGE_LIST_HEAD)

/* Bytes of an entry without its runs. */
size_t cage_list_head_n(size_t name_n);
/* An entry and its name; run_n goes in, the runs are put behind it. */
void cage_list_put_head(
    uint8_t *ret_bytes, const struct cage_list_entry *entry);
void cage_list_put_about(
    uint8_t ret_bytes[CAGE_LIST_ABOUT], const struct cage_list_about *about);
int cage_list_take_about(struct cage_list_about *ret_about, uint64_t available,
    const uint8_t bytes[CAGE_LIST_ABOUT], struct err *err) MUST_CHECK;
void cage_list_put_blocks(
    uint8_t ret_bytes[CAGE_LIST_BLOCKS], const struct cage_list_blocks *blocks);
int cage_list_take_blocks(struct cage_list_blocks *ret_blocks, uint64_t after,
    uint64_t available, const uint8_t bytes[CAGE_LIST_BLOCKS],
    struct err *err) MUST_CHECK;
void cage_list_put_of(
    uint8_t ret_bytes[CAGE_LIST_OF], const struct cage_list_of *of);
void cage_list_take_of(
    struct cage_list_of *ret_of, const uint8_t bytes[CAGE_LIST_OF]);

/* Taking the entries of one answer apart, one after the other. */
struct cage_list_taking {
	const uint8_t *bytes; /* a copy */
	size_t n, at;
	uint64_t available; /* bytes of the image */
	uint64_t entries; /* so far, of all answers */
	uint64_t in_file; /* where the last entry's runs ended */
	struct cage_wire_run *runs; /* CAGE_WIRE_BYTES_MAX / CAGE_WIRE_RUN */
	char name[CAGE_LIST_NAME_MAX];
};
/* The next one, borrowed until the next call. */
int cage_list_take(struct cage_list_taking *taking,
    struct cage_list_entry *ret_entry, struct err *err) MUST_CHECK;

#endif
