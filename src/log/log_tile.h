/*
 * log_tile.h: where hashes and entries lie: C2SP tlog-tiles v0.1.0.
 *
 * Pure: coordinates, paths, and the bytes of entry bundles.
 */
#ifndef LOG_TILE_H
#define LOG_TILE_H

#include "buf.h"
#include "err.h"
#include "slice.h"

#include <stdint.h>

#define LOG_TILE_HEIGHT 8
#define LOG_TILE_WIDTH 256
#define LOG_TILE_PATH_MAX 64
#define LOG_TILE_LEVEL_MAX 7 /* 2^64 leaves need no more than levels 0..7 */
#define LOG_TILE_ENTRIES 0xff /* "level" of an entry bundle */
#define LOG_TILE_ENTRY_MAX 65535
#define LOG_TILE_BUNDLE_MAX (LOG_TILE_WIDTH * (2 + LOG_TILE_ENTRY_MAX))

struct log_tile {
	unsigned level; /* or LOG_TILE_ENTRIES */
	uint64_t index;
	unsigned width; /* 1..256; 256 is a full tile */
};

/* "tile/1/x001/x234/067.p/5", "tile/entries/000": relative to the log. */
void log_tile_path(char ret_path[LOG_TILE_PATH_MAX], struct log_tile tile);
/* Exactly the spelling that log_tile_path writes; ERR_FORMAT otherwise. */
int log_tile_parse_path(
    struct log_tile *ret_tile, struct slice path, struct err *err) MUST_CHECK;

/* How wide tile `index` of `level` is in a tree of `size` leaves; 0: absent. */
unsigned log_tile_width(unsigned level, uint64_t index, uint64_t size);

/* Entry bundles: (big-endian uint16 length || entry)*. */
int log_tile_put_entry(
    struct buf *bundle, struct slice entry, struct err *err) MUST_CHECK;
/* Splits a bundle into exactly `width` entries, borrowed. ERR_FORMAT. */
int log_tile_split_bundle(struct slice *ret_entries, unsigned width,
    struct slice bundle, struct err *err) MUST_CHECK;

#endif
