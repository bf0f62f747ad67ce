/*
 * log_press.c: what a commit says, laid down as files.
 *
 * Everything published is a pure function of the commit and the tree before
 * it. Tiles are durable before the checkpoint that needs them, and a partial
 * tile goes only after the full one is durable. How a file
 * gets its place is log_stage.c's.
 */
#include "log_internal.h"

#include "file.h"
#include "reader.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

int log_press_checkpoint(
    const struct log_store *store, struct slice note, struct err *err)
{
	int r = log_stage_file(store->private_fd, store->log_fd,
	    LOG_CHECKPOINT_NAME, note, LOG_STAGE_PUBLIC, err);
	return r != 0 ? r : log_stage_sync(store->log_fd, "log", err);
}

/* The tree while it grows. */
struct press {
	const struct log_store *store;
	struct log_view *view;
	struct buf bundle; /* the bundle that is not full yet */
	struct log_stage stage;
};

static int put_tile(struct press *press, struct log_tile tile,
    struct slice bytes, struct err *err)
{
	char path[LOG_TILE_PATH_MAX];

	log_tile_path(path, tile);
	return log_stage_put(&press->stage, path, bytes, err);
}

static int put_hashes(
    struct press *press, struct log_tile tile, struct err *err)
{
	struct slice bytes = {(const char *)press->view->edge[tile.level],
	    tile.width * sizeof(struct hash)};

	return put_tile(press, tile, bytes, err);
}

/* The last leaf filled a bundle, its tile, and perhaps tiles above. */
static int put_full(struct press *press, struct err *err)
{
	struct log_view *view = press->view;
	struct log_tile tile = {
	    LOG_TILE_ENTRIES, view->size / LOG_TILE_WIDTH - 1, LOG_TILE_WIDTH};

	int r = put_tile(press, tile, buf_slice(&press->bundle), err);
	buf_clear(&press->bundle);
	for (tile.level = 0; r == 0; tile.level++) {
		r = put_hashes(press, tile, err);
		view->edge[tile.level + 1][tile.index % LOG_TILE_WIDTH] =
		    log_read_fold(press->store->run, view->edge[tile.level],
			LOG_TILE_WIDTH);
		uint64_t above = tile.index + 1; /* hashes on the next level */
		if (above % LOG_TILE_WIDTH != 0)
			break;
		tile.index = above / LOG_TILE_WIDTH - 1;
	}
	return r;
}

static int add_leaf(struct press *press, struct slice leaf, struct err *err)
{
	struct log_view *view = press->view;

	view->edge[0][view->size % LOG_TILE_WIDTH] =
	    tree_leaf_hash(press->store->run, leaf.p, leaf.n);
	view->size++;
	int r = log_tile_put_entry(&press->bundle, leaf, err);
	if (r == 0 && view->size % LOG_TILE_WIDTH == 0)
		r = put_full(press, err);
	return r;
}

/* The partial tiles of the new size, where they differ from the old one's. */
static int put_partial(struct press *press, uint64_t old_size, struct err *err)
{
	uint64_t new_size = press->view->size;
	int r = 0;

	for (unsigned level = 0; r == 0 && level < LOG_LEVELS; level++) {
		unsigned shift = LOG_TILE_HEIGHT * level;
		struct log_tile tile = log_read_edge_tile(level, new_size);
		if (tile.width == 0 || new_size >> shift == old_size >> shift)
			continue;
		r = put_hashes(press, tile, err);
		if (r != 0 || level > 0)
			continue;
		tile.level = LOG_TILE_ENTRIES;
		r = put_tile(press, tile, buf_slice(&press->bundle), err);
	}
	return r;
}

static int put_tiles(
    struct press *press, const struct log_commit *commit, struct err *err)
{
	struct reader reader;
	struct slice leaf;
	int r = 0;

	reader_init(&reader, commit->leaves.p, commit->leaves.n);
	while (r == 0 && log_commit_next_leaf(&reader, &leaf))
		r = add_leaf(press, leaf, err);
	if (r == 0)
		r = put_partial(press, commit->old_size, err);
	if (r != 0)
		return r;

	/* The root was computed before, another way: what is about to be
	 * shown must have been laid down without a slip of the memory. */
	struct tree_edge edge = log_read_edge(press->view, press->store->run);
	struct hash root = tree_edge_root(&edge, press->store->run);
	if (!hash_is(&root, &commit->root))
		return err_set(err, ERR_VERIFY,
		    "the tiles written do not lead to the committed root");
	return 0;
}

static int remove_one(void *cookie, const char *name, struct err *err)
{
	const int *folder_fd = cookie;

	return file_remove(*folder_fd, name, err);
}

/* Removes the folder of the partial forms of a tile that is full now. */
static int remove_partial(
    const struct log_store *store, struct log_tile tile, struct err *err)
{
	char path[LOG_TILE_PATH_MAX + 2];
	struct err why = {0};
	int fd;

	tile.width = LOG_TILE_WIDTH;
	log_tile_path(path, tile);
	memcpy(path + strlen(path), ".p", sizeof(".p"));
	int r = file_open_dir(&fd, store->log_fd, path, &why);
	if (r == ERR_NOTFOUND)
		return 0;
	if (r != 0)
		return err_set(err, r, "%s", why.message);
	r = file_list(fd, ".", remove_one, &fd, err);
	if (r == 0 && unlinkat(store->log_fd, path, AT_REMOVEDIR) < 0)
		r = err_sys(err, errno, "remove %s", path);
	(void)close(fd); /* it was only read */
	return r;
}

int log_press_tidy(const struct log_store *store, uint64_t old_size,
    uint64_t new_size, struct err *err)
{
	int r = 0;

	for (unsigned level = 0; r == 0 && level < LOG_LEVELS; level++) {
		struct log_tile tile = log_read_edge_tile(level, old_size);
		if (tile.width == 0 ||
		    log_tile_width(level, tile.index, new_size) <
			LOG_TILE_WIDTH)
			continue;
		r = remove_partial(store, tile, err);
		if (r != 0 || level > 0)
			continue;
		tile.level = LOG_TILE_ENTRIES;
		r = remove_partial(store, tile, err);
	}
	return r;
}

/* The bundle as it stood; its file may be the full one already. */
static int open_bundle(
    struct press *press, struct log_store *store, struct err *err)
{
	uint64_t size = press->view->size;
	struct slice entries[LOG_TILE_WIDTH];
	struct buf bytes;

	buf_init(&bytes, LOG_TILE_BUNDLE_MAX);
	int r = log_read_entries(
	    store, store->view, size / LOG_TILE_WIDTH, &bytes, entries, err);
	for (unsigned i = 0; r == 0 && i < size % LOG_TILE_WIDTH; i++)
		r = log_tile_put_entry(&press->bundle, entries[i], err);
	buf_done(&bytes);
	return r;
}

/* Sets out from the store's tree, on a copy of it. */
static int start_press(struct press *press, struct log_store *store,
    struct slice note, struct err *err)
{
	const struct log_view *view = store->view;

	*press = (struct press){.store = store, .view = log_read_new()};
	log_stage_init(&press->stage, store->log_fd, store->private_fd);
	buf_init(&press->bundle, LOG_TILE_BUNDLE_MAX);
	if (!press->view)
		return err_nomem(err);
	press->view->size = view->size;
	memcpy(press->view->edge, view->edge, sizeof(view->edge));
	buf_put_slice(&press->view->note, note);
	int r = buf_check(&press->view->note, err);
	if (r == 0 && view->size % LOG_TILE_WIDTH != 0)
		r = open_bundle(press, store, err);
	return r;
}

int log_press_publish(
    struct log_store *store, const struct log_commit *commit, struct err *err)
{
	struct press press;

	int r = start_press(&press, store, commit->note, err);
	if (r == 0)
		r = put_tiles(&press, commit, err);
	if (r == 0)
		r = log_stage_finish(
		    &press.stage, LOG_CHECKPOINT_NAME, commit->note, err);
	if (r == 0) {
		press.view->root = commit->root;
		log_read_free(store->view);
		store->view = press.view;
		press.view = NULL;
		r = log_press_tidy(
		    store, commit->old_size, commit->new_size, err);
	}
	log_stage_done(&press.stage);
	buf_done(&press.bundle);
	log_read_free(press.view);
	return r;
}
