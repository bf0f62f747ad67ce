/*
 * fuzz_tile.c: any bytes as a tile's path, and as an entry bundle whose width
 * is the first byte plus one. What is accepted has one spelling.
 */
#include "log_tile.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void require(int is_true)
{
	if (!is_true)
		abort();
}

static void check_path(struct slice path)
{
	struct log_tile tile;
	struct err err = {0};
	char again[LOG_TILE_PATH_MAX];

	const int r = log_tile_parse_path(&tile, path, &err);
	require(r == err.code && (r == 0 || r == ERR_FORMAT));
	if (r != 0)
		return;
	require(tile.width >= 1 && tile.width <= LOG_TILE_WIDTH);
	log_tile_path(again, tile);
	require(slice_is_text(path, again));
}

static void check_bundle(unsigned width, struct slice bundle)
{
	struct slice entries[LOG_TILE_WIDTH];
	struct err err = {0};
	struct buf again;

	const int r = log_tile_split_bundle(entries, width, bundle, &err);
	require(r == err.code && (r == 0 || r == ERR_FORMAT));
	if (r != 0)
		return;
	buf_init(&again, bundle.n);
	for (unsigned i = 0; i < width; i++)
		require(log_tile_put_entry(&again, entries[i], NULL) == 0);
	require(slice_is(buf_slice(&again), bundle));
	buf_done(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const struct slice bytes = {(const char *)data, n};

	check_path(bytes);
	if (n > 0)
		check_bundle(data[0] + 1u, (struct slice){bytes.p + 1, n - 1});
	return 0;
}
