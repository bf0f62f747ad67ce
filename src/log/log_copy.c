/*
 * log_copy.c: tiles and bundles out of leaves that come from elsewhere.
 *
 * A full tile is written as soon as its last hash is known, the partial ones
 * at the end. Files of a tree that turns out to be false stay behind the
 * checkpoint's size, where nobody reads them, and are written over next time.
 */
#include "log_copy.h"

#include "file.h"
#include "log_internal.h"

#include <assert.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

struct log_copy {
	int log_fd;
	struct note_key key;
	struct hash_run *run;
	uint64_t size; /* of the checkpoint */
	struct hash root;
	struct log_view *view; /* with what was added */
	struct buf bundle; /* the entries of the bundle that is not full */
};

static int put_file(struct log_copy *copy, struct log_tile tile,
    struct slice bytes, struct err *err)
{
	char path[LOG_TILE_PATH_MAX];

	log_tile_path(path, tile);
	return file_publish(copy->log_fd, path, bytes, LOG_STAGE_PUBLIC, err);
}

static int put_hashes(
    struct log_copy *copy, struct log_tile tile, struct err *err)
{
	struct slice bytes = {(const char *)copy->view->edge[tile.level],
	    tile.width * sizeof(struct hash)};

	return put_file(copy, tile, bytes, err);
}

/* The last leaf filled a bundle, its tile, and perhaps tiles above. */
static int put_full(struct log_copy *copy, struct err *err)
{
	struct log_view *view = copy->view;
	uint64_t hashes = view->size; /* on this level */
	struct log_tile tile = {
	    LOG_TILE_ENTRIES, view->size / LOG_TILE_WIDTH - 1, LOG_TILE_WIDTH};

	int r = put_file(copy, tile, buf_slice(&copy->bundle), err);
	buf_clear(&copy->bundle);
	for (tile.level = 0; r == 0 && hashes % LOG_TILE_WIDTH == 0;
	     tile.level++) {
		hashes /= LOG_TILE_WIDTH;
		tile.index = hashes - 1;
		r = put_hashes(copy, tile, err);
		view->edge[tile.level + 1][tile.index % LOG_TILE_WIDTH] =
		    log_read_fold(
			copy->run, view->edge[tile.level], LOG_TILE_WIDTH);
	}
	return r;
}

int log_copy_add(struct log_copy *copy, struct slice leaf, struct err *err)
{
	struct log_view *view = copy->view;

	if (leaf.n == 0)
		return err_set(
		    err, ERR_FORMAT, "leaf %" PRIu64 " is empty", view->size);
	int r = log_tile_put_entry(&copy->bundle, leaf, err);
	if (r != 0)
		return r;
	view->edge[0][view->size % LOG_TILE_WIDTH] =
	    tree_leaf_hash(copy->run, leaf.p, leaf.n);
	view->size++;
	return view->size % LOG_TILE_WIDTH == 0 ? put_full(copy, err) : 0;
}

static int put_partial(struct log_copy *copy, struct err *err)
{
	int r = 0;

	for (unsigned level = 0; r == 0 && level < LOG_LEVELS; level++) {
		struct log_tile tile =
		    log_read_edge_tile(level, copy->view->size);
		if (tile.width == 0)
			continue;
		r = put_hashes(copy, tile, err);
		if (r != 0 || level > 0)
			continue;
		tile.level = LOG_TILE_ENTRIES;
		r = put_file(copy, tile, buf_slice(&copy->bundle), err);
	}
	return r;
}

static int take_checkpoint(struct log_copy *copy,
    const struct log_checkpoint *head, struct slice note, struct err *err)
{
	copy->size = head->size;
	copy->root = head->root;
	buf_clear(&copy->view->note);
	buf_put_slice(&copy->view->note, note);
	return buf_check(&copy->view->note, err);
}

int log_copy_finish(
    struct log_copy *copy, struct slice checkpoint, struct err *err)
{
	struct log_checkpoint head;

	int r = log_checkpoint_open(&head, NULL, checkpoint, &copy->key, err);
	if (r != 0)
		return r;
	struct tree_edge edge = log_read_edge(copy->view, copy->run);
	struct hash root = tree_edge_root(&edge, copy->run);
	if (head.size != copy->view->size || !hash_is(&root, &head.root))
		return err_set(err, ERR_VERIFY,
		    "the records do not lead to the checkpoint of size "
		    "%" PRIu64,
		    head.size);
	if (slice_is(buf_slice(&copy->view->note), checkpoint))
		return 0;
	if (copy->size != head.size)
		r = put_partial(copy, err);
	if (r == 0)
		r = file_publish(copy->log_fd, LOG_CHECKPOINT_NAME, checkpoint,
		    LOG_STAGE_PUBLIC, err);
	if (r == 0)
		r = take_checkpoint(copy, &head, checkpoint, err);
	return r;
}

/* ---- opening ---- */

/* The entries of the last, not yet full bundle. */
static int load_bundle(
    struct log_copy *copy, struct log_store *store, struct err *err)
{
	uint64_t size = store->view->size;
	struct slice entries[LOG_TILE_WIDTH];
	struct buf bytes;

	if (size % LOG_TILE_WIDTH == 0)
		return 0;
	buf_init(&bytes, LOG_TILE_BUNDLE_MAX);
	int r = log_read_entries(
	    store, store->view, size / LOG_TILE_WIDTH, &bytes, entries, err);
	for (unsigned i = 0; r == 0 && i < size % LOG_TILE_WIDTH; i++)
		r = log_tile_put_entry(&copy->bundle, entries[i], err);
	buf_done(&bytes);
	return r;
}

static int load(struct log_copy *copy, int case_fd, struct err *err)
{
	struct log_store *store = NULL;

	int r = log_store_open(&store, case_fd, &copy->key, err);
	if (r != 0)
		return r;
	copy->size = store->view->size;
	copy->root = store->view->root;
	copy->view->size = store->view->size;
	memcpy(copy->view->edge, store->view->edge, sizeof(copy->view->edge));
	buf_put_slice(&copy->view->note, buf_slice(&store->view->note));
	r = load_bundle(copy, store, err);
	log_store_free(store);
	return r;
}

int log_copy_open(struct log_copy **ret_copy, int case_fd,
    const struct note_key *log_key, struct err *err)
{
	struct log_copy *copy = calloc(1, sizeof(*copy));
	int r;

	if (copy == NULL)
		return err_nomem(err);
	copy->log_fd = -1;
	copy->key = *log_key;
	copy->root = tree_empty_root();
	copy->view = log_read_new();
	copy->run = hash_new();
	buf_init(&copy->bundle, LOG_TILE_BUNDLE_MAX);
	r = copy->view != NULL && copy->run != NULL ? 0 : err_nomem(err);
	if (r == 0)
		r = file_make_dir(&copy->log_fd, case_fd, "log", false, err);
	if (r == 0 && file_exists(copy->log_fd, LOG_CHECKPOINT_NAME))
		r = load(copy, case_fd, err);
	if (r == 0)
		*ret_copy = copy;
	else
		log_copy_free(copy);
	return r;
}

void log_copy_free(struct log_copy *copy)
{
	if (copy == NULL)
		return;
	if (copy->log_fd >= 0)
		(void)close(copy->log_fd); /* a folder: nothing is written */
	log_read_free(copy->view);
	hash_free(copy->run);
	buf_done(&copy->bundle);
	free(copy);
}

uint64_t log_copy_size(const struct log_copy *copy)
{
	return copy->size;
}

struct hash log_copy_root(const struct log_copy *copy)
{
	return copy->root;
}

uint64_t log_copy_added(const struct log_copy *copy)
{
	return copy->view->size;
}
