/*
 * log_read.c: the published folder, read and found true.
 *
 * Nothing leaves here as part of the tree that was not traced to the signed
 * checkpoint: the partial tiles of the right edge give its root, and each full
 * tile hashes to its place in the tile above. C2SP tlog-tiles v0.1.0; a partial
 * file may be replaced by the full one at any time, so both are looked for.
 */
#include "log_internal.h"

#include "file.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>

static_assert(sizeof(struct hash) == HASH_SIZE, "a tile is an array of these");
static_assert(LOG_TILE_HEIGHT == 8 && LOG_TILE_WIDTH == 256,
    "widths and positions are taken from single bytes of a size");

struct log_view *log_read_new(void)
{
	struct log_view *view = calloc(1, sizeof(*view));

	if (view) {
		buf_init(&view->note, LOG_CHECKPOINT_MAX);
		view->root = tree_empty_root();
	}
	return view;
}

void log_read_free(struct log_view *view)
{
	if (!view)
		return;
	buf_done(&view->note);
	free(view);
}

struct log_tile log_read_edge_tile(unsigned level, uint64_t size)
{
	uint64_t hashes = size >> (LOG_TILE_HEIGHT * level);

	return (struct log_tile){.level = level,
	    .index = hashes / LOG_TILE_WIDTH,
	    .width = (unsigned)(hashes % LOG_TILE_WIDTH)};
}

struct hash log_read_fold(
    struct hash_run *run, const struct hash *hashes, unsigned n)
{
	assert(n > 0 && n <= LOG_TILE_WIDTH && (n & (n - 1)) == 0);
	struct tree_edge edge = {0};

	for (unsigned i = 0; i < n; i++)
		tree_edge_add(&edge, run, &hashes[i]);
	return edge.hashes[0];
}

struct tree_edge log_read_edge(
    const struct log_view *view, struct hash_run *run)
{
	struct tree_edge edge = {.size = view->size};

	for (unsigned level = LOG_LEVELS; level-- > 0;) {
		unsigned width = log_read_edge_tile(level, view->size).width;
		unsigned at = 0;
		for (unsigned n = LOG_TILE_WIDTH / 2; n > 0; n /= 2) {
			if (!(width & n))
				continue;
			edge.hashes[edge.n++] =
			    log_read_fold(run, &view->edge[level][at], n);
			at += n;
		}
	}
	return edge;
}

/* Reads the tile's file, or the full one in its place: tile->width becomes
 * what was found. */
static int read_file(const struct log_store *store, struct log_tile *tile,
    size_t max_bytes, struct buf *out, struct err *err)
{
	struct err why = {0};
	char path[LOG_TILE_PATH_MAX];

	log_tile_path(path, *tile);
	int r = file_read(out, store->log_fd, path, max_bytes, &why);
	if (r == ERR_NOTFOUND && tile->width < LOG_TILE_WIDTH) {
		tile->width = LOG_TILE_WIDTH;
		log_tile_path(path, *tile);
		why = (struct err){0};
		r = file_read(out, store->log_fd, path, max_bytes, &why);
	}
	if (r == ERR_NOTFOUND)
		return err_set(err, ERR_VERIFY, "is missing");
	if (r == ERR_LIMIT || r == ERR_UNSUPPORTED)
		return err_set(err, ERR_VERIFY, "is not a file of its form");
	if (r != 0 && err)
		*err = why;
	return r;
}

int log_read_hashes(const struct log_store *store, struct log_tile tile,
    struct hash *ret_hashes, struct err *err)
{
	size_t wanted = tile.width * sizeof(struct hash);
	struct buf bytes;

	buf_init(&bytes, LOG_TILE_BYTES);
	int r = read_file(store, &tile, LOG_TILE_BYTES, &bytes, err);
	if (r == 0 && bytes.n != tile.width * sizeof(struct hash))
		r = err_set(err, ERR_VERIFY,
		    "has %zu bytes where %u hashes should be", bytes.n,
		    tile.width);
	if (r == 0)
		memcpy(ret_hashes, bytes.p, wanted);
	buf_done(&bytes);
	return r;
}

int log_read_bundle(const struct log_store *store, struct log_tile tile,
    struct buf *bytes, struct slice *ret_entries, struct err *err)
{
	struct slice entries[LOG_TILE_WIDTH];
	struct err why = {0};
	unsigned wanted = tile.width;

	buf_clear(bytes);
	tile.level = LOG_TILE_ENTRIES;
	int r = read_file(store, &tile, LOG_TILE_BUNDLE_MAX, bytes, err);
	if (r != 0)
		return r;
	if (log_tile_split_bundle(entries, tile.width, buf_slice(bytes), &why) <
	    0)
		return err_set(err, ERR_VERIFY, "is %s", why.message);
	memcpy(ret_entries, entries, wanted * sizeof(entries[0]));
	return 0;
}

int log_read_checkpoint(
    const struct log_store *store, struct log_view *view, struct err *err)
{
	struct log_checkpoint checkpoint;

	int r = file_read(&view->note, store->log_fd, LOG_CHECKPOINT_NAME,
	    LOG_CHECKPOINT_MAX, err);
	if (r == 0)
		r = log_checkpoint_open(&checkpoint, NULL,
		    buf_slice(&view->note), &store->key, err);
	if (r == 0 && checkpoint.size > INT64_MAX)
		r = err_set(err, ERR_LIMIT, "a tree of %" PRIu64 " leaves",
		    checkpoint.size);
	if (r != 0)
		return r;
	view->size = checkpoint.size;
	view->root = checkpoint.root;
	return 0;
}

static void name_tile(struct err *err, struct log_tile tile)
{
	char path[LOG_TILE_PATH_MAX];

	log_tile_path(path, tile);
	err_prefix(err, "log/%s", path);
}

static struct log_slot *slot_of(
    struct log_store *store, unsigned level, uint64_t index)
{
	return &store->slots[level][index % LOG_SLOTS];
}

static bool is_edge_tile(
    const struct log_view *view, unsigned level, uint64_t index)
{
	struct log_tile edge = log_read_edge_tile(level, view->size);

	return edge.width > 0 && edge.index == index;
}

/* The tile's hashes if they are at hand, else NULL. */
static const struct hash *find_tile(struct log_store *store,
    const struct log_view *view, unsigned level, uint64_t index)
{
	struct log_slot *slot = slot_of(store, level, index);

	if (is_edge_tile(view, level, index))
		return view->edge[level];
	return slot->is_used && slot->index == index ? slot->hashes : NULL;
}

/* Reads a full tile that has its place in the one above it. */
static int read_child(struct log_store *store, const struct log_view *view,
    struct log_tile tile, const struct hash *parent, struct err *err)
{
	struct log_slot *slot = slot_of(store, tile.level, tile.index);
	unsigned at = (unsigned)(tile.index % LOG_TILE_WIDTH);
	char above[LOG_TILE_PATH_MAX];

	slot->is_used = false;
	int r = log_read_hashes(store, tile, slot->hashes, err);
	if (r == 0) {
		struct hash sum =
		    log_read_fold(store->run, slot->hashes, LOG_TILE_WIDTH);
		slot->index = tile.index;
		slot->is_used = hash_is(&sum, &parent[at]);
		if (slot->is_used)
			return 0;
		uint64_t index = tile.index / LOG_TILE_WIDTH;
		unsigned width =
		    log_tile_width(tile.level + 1, index, view->size);
		log_tile_path(
		    above, (struct log_tile){tile.level + 1, index, width});
		r = err_set(err, ERR_VERIFY,
		    "does not hash to number %u of log/%s", at, above);
	}
	name_tile(err, tile);
	return r;
}

/* Goes up to the first tile that is at hand, then down again, checking. */
int log_read_tile(struct log_store *store, const struct log_view *view,
    unsigned level, uint64_t index, const struct hash **ret_hashes,
    struct err *err)
{
	assert(log_tile_width(level, index, view->size) > 0);
	const struct hash *hashes;
	unsigned up = 0;

	while (!(hashes = find_tile(
		     store, view, level + up, index >> (LOG_TILE_HEIGHT * up))))
		up++;
	while (up-- > 0) {
		struct log_tile tile = {.level = level + up,
		    .index = index >> (LOG_TILE_HEIGHT * up),
		    .width = LOG_TILE_WIDTH};
		int r = read_child(store, view, tile, hashes, err);
		if (r != 0)
			return r;
		hashes = slot_of(store, tile.level, tile.index)->hashes;
	}
	*ret_hashes = hashes;
	return 0;
}

int log_read_entries(struct log_store *store, const struct log_view *view,
    uint64_t index, struct buf *bytes, struct slice *ret_entries,
    struct err *err)
{
	struct log_tile tile = {0, index, log_tile_width(0, index, view->size)};
	struct log_tile bundle = {LOG_TILE_ENTRIES, index, tile.width};
	const struct hash *leaves;
	char path[LOG_TILE_PATH_MAX];

	int r = log_read_tile(store, view, 0, index, &leaves, err);
	if (r != 0)
		return r;
	r = log_read_bundle(store, bundle, bytes, ret_entries, err);
	for (unsigned i = 0; r == 0 && i < tile.width; i++) {
		struct hash leaf = tree_leaf_hash(
		    store->run, ret_entries[i].p, ret_entries[i].n);
		if (hash_is(&leaf, &leaves[i]))
			continue;
		log_tile_path(path, tile);
		r = err_set(err, ERR_VERIFY,
		    "entry %u (leaf %" PRIu64 ") is not the one in log/%s", i,
		    index * LOG_TILE_WIDTH + i, path);
	}
	if (r != 0)
		name_tile(err, bundle);
	return r;
}

/* The right edge does not give the signed root: which file is it? Each hash
 * of a tile at the edge must be that of a full tile below. */
static int blame_edge(
    struct log_store *store, const struct log_view *view, struct err *err)
{
	struct slice entries[LOG_TILE_WIDTH];
	struct buf bytes;
	int r = 0;

	buf_init(&bytes, LOG_TILE_BUNDLE_MAX);
	for (unsigned level = 1; r == 0 && level < LOG_LEVELS; level++) {
		struct log_tile edge = log_read_edge_tile(level, view->size);
		for (unsigned i = 0; r == 0 && i < edge.width; i++) {
			struct log_tile child = {level - 1,
			    edge.index * LOG_TILE_WIDTH + i, LOG_TILE_WIDTH};
			r = read_child(
			    store, view, child, view->edge[level], err);
		}
	}
	if (r == 0 && log_read_edge_tile(0, view->size).width > 0)
		r = log_read_entries(store, view, view->size / LOG_TILE_WIDTH,
		    &bytes, entries, err);
	if (r == 0)
		r = err_set(err, ERR_VERIFY,
		    "log/" LOG_CHECKPOINT_NAME
		    ": its root is not that of the tiles");
	buf_done(&bytes);
	return r;
}

static int read_edge(
    struct log_store *store, struct log_view *view, struct err *err)
{
	struct slice entries[LOG_TILE_WIDTH];
	struct buf bytes;
	int r = 0;

	buf_init(&bytes, LOG_TILE_BUNDLE_MAX);
	for (unsigned level = 0; level < LOG_LEVELS; level++) {
		struct log_tile tile = log_read_edge_tile(level, view->size);
		if (tile.width == 0)
			continue;
		r = log_read_hashes(store, tile, view->edge[level], err);
		if (r != 0) {
			name_tile(err, tile);
			goto out;
		}
	}
	struct tree_edge edge = log_read_edge(view, store->run);
	struct hash root = tree_edge_root(&edge, store->run);
	if (!hash_is(&root, &view->root))
		r = blame_edge(store, view, err);
	else if (view->size > 0)
		r = log_read_entries(store, view,
		    (view->size - 1) / LOG_TILE_WIDTH, &bytes, entries, err);
out:
	buf_done(&bytes);
	return r;
}

int log_read_view(
    struct log_store *store, struct log_view **ret_view, struct err *err)
{
	struct log_view *view = log_read_new();

	if (!view)
		return err_nomem(err);
	int r = log_read_checkpoint(store, view, err);
	if (r != 0)
		err_prefix(err, "log/" LOG_CHECKPOINT_NAME);
	else
		r = read_edge(store, view, err);
	if (r != 0)
		log_read_free(view);
	else
		*ret_view = view;
	return r;
}

void log_read_forget(struct log_store *store)
{
	for (unsigned level = 0; level < LOG_LEVELS; level++)
		for (unsigned i = 0; i < LOG_SLOTS; i++)
			store->slots[level][i].is_used = false;
}
