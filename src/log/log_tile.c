/*
 * log_tile.c: coordinates of tiles, their paths, and entry bundles.
 *
 * C2SP tlog-tiles v0.1.0. Every tile has one path and every path one tile:
 * what is parsed is written again and compared, so no second spelling passes.
 */
#include "log_tile.h"

#include "reader.h"

#include <assert.h>
#include <stdio.h>

#define GROUP 1000 /* an index is written in groups of three digits */
#define GROUPS_MAX 7 /* 2^64 has 20 digits */

static bool is_level(unsigned level)
{
	return level <= LOG_TILE_LEVEL_MAX || level == LOG_TILE_ENTRIES;
}

void log_tile_path(char ret_path[LOG_TILE_PATH_MAX], struct log_tile tile)
{
	assert(is_level(tile.level));
	assert(tile.width >= 1 && tile.width <= LOG_TILE_WIDTH);
	unsigned groups[GROUPS_MAX];
	size_t n = 0;
	size_t at;

	for (uint64_t rest = tile.index; n == 0 || rest > 0; rest /= GROUP)
		groups[n++] = (unsigned)(rest % GROUP);

	if (tile.level == LOG_TILE_ENTRIES)
		at = (size_t)snprintf(
		    ret_path, LOG_TILE_PATH_MAX, "tile/entries");
	else
		at = (size_t)snprintf(
		    ret_path, LOG_TILE_PATH_MAX, "tile/%u", tile.level);
	while (n-- > 0)
		at += (size_t)snprintf(ret_path + at, LOG_TILE_PATH_MAX - at,
		    n > 0 ? "/x%03u" : "/%03u", groups[n]);
	if (tile.width < LOG_TILE_WIDTH)
		at += (size_t)snprintf(
		    ret_path + at, LOG_TILE_PATH_MAX - at, ".p/%u", tile.width);
	assert(at < LOG_TILE_PATH_MAX);
}

static bool parse_level(unsigned *ret_level, struct slice word)
{
	unsigned long long level;

	if (slice_is_text(word, "entries"))
		*ret_level = LOG_TILE_ENTRIES;
	else if (slice_to_u64(word, &level) && level <= LOG_TILE_LEVEL_MAX)
		*ret_level = (unsigned)level;
	else
		return false;
	return true;
}

/* Adds one group's three digits behind what *index has so far. */
static bool add_group(uint64_t *index, struct slice digits)
{
	uint64_t value = 0;

	if (digits.n != 3)
		return false;
	for (size_t i = 0; i < digits.n; i++) {
		if (digits.p[i] < '0' || digits.p[i] > '9')
			return false;
		value = value * 10 + (uint64_t)(digits.p[i] - '0');
	}
	return !__builtin_mul_overflow(*index, (uint64_t)GROUP, index) &&
	    !__builtin_add_overflow(*index, value, index);
}

static bool parse(struct log_tile *tile, struct slice path)
{
	struct slice word = slice_cut(&path, '/');
	unsigned long long width = LOG_TILE_WIDTH;

	if (!slice_is_text(word, "tile") ||
	    !parse_level(&tile->level, slice_cut(&path, '/')))
		return false;
	word = slice_cut(&path, '/');
	while (word.n == 4 && word.p[0] == 'x') {
		struct slice digits = {word.p + 1, 3};
		if (!add_group(&tile->index, digits))
			return false;
		word = slice_cut(&path, '/');
	}
	if (word.n == 5 && word.p[3] == '.' && word.p[4] == 'p') {
		if (!slice_to_u64(path, &width) || width < 1 ||
		    width >= LOG_TILE_WIDTH)
			return false;
		word.n = 3;
	} else if (path.p) {
		return false;
	}
	tile->width = (unsigned)width;
	return add_group(&tile->index, word);
}

int log_tile_parse_path(
    struct log_tile *ret_tile, struct slice path, struct err *err)
{
	struct log_tile tile = {0};
	char again[LOG_TILE_PATH_MAX];

	if (parse(&tile, path)) {
		log_tile_path(again, tile);
		if (slice_is_text(path, again)) {
			*ret_tile = tile;
			return 0;
		}
	}
	return err_set(err, ERR_FORMAT, "not the path of a tile");
}

unsigned log_tile_width(unsigned level, uint64_t index, uint64_t size)
{
	assert(is_level(level));
	unsigned height = level == LOG_TILE_ENTRIES ? 0 : level;
	uint64_t hashes = size >> (LOG_TILE_HEIGHT * height);
	uint64_t full = hashes / LOG_TILE_WIDTH;

	if (index < full)
		return LOG_TILE_WIDTH;
	return index == full ? (unsigned)(hashes % LOG_TILE_WIDTH) : 0;
}

int log_tile_put_entry(struct buf *bundle, struct slice entry, struct err *err)
{
	if (entry.n > LOG_TILE_ENTRY_MAX)
		return err_set(err, ERR_LIMIT,
		    "an entry of %zu bytes, where at most %d can be", entry.n,
		    LOG_TILE_ENTRY_MAX);
	buf_put_be16(bundle, (uint16_t)entry.n);
	buf_put_slice(bundle, entry);
	return buf_check(bundle, err);
}

int log_tile_split_bundle(struct slice *ret_entries, unsigned width,
    struct slice bundle, struct err *err)
{
	assert(width >= 1 && width <= LOG_TILE_WIDTH);
	struct slice entries[LOG_TILE_WIDTH];
	struct reader reader;

	reader_init(&reader, bundle.p, bundle.n);
	for (unsigned i = 0; i < width; i++)
		entries[i] = reader_bytes(&reader, reader_be16(&reader));
	if (reader.failed)
		return err_set(err, ERR_FORMAT,
		    "a bundle that ends before its %u entries do", width);
	if (!reader_is_at_end(&reader))
		return err_set(err, ERR_FORMAT,
		    "%zu bytes behind the %u entries of a bundle",
		    reader_left(&reader), width);
	memcpy(ret_entries, entries, width * sizeof(entries[0]));
	return 0;
}
