/*
 * log_check.c: everything that is published, computed again and compared.
 *
 * The tree is rebuilt from the entry bundles, one after the other, in constant
 * memory. Where a bundle and its tile disagree, the one that leads to the hash
 * above (or, at the right edge, to the signed root) is right, and the other is
 * named. Nothing is written unless the rebuilt tree has the signed root.
 */
#include "log_internal.h"

#include "file.h"
#include "mem.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define REPORT_MAX 256
#define KNOWN_SIZES 2 /* committed before, seen by others */

struct check {
	struct log_store *store;
	const struct log_view *view; /* what is signed for */
	struct log_view *tree; /* what was rebuilt so far */
	bool is_writing; /* what differs is written */
	bool is_silent; /* faults are counted only */
	bool is_blind; /* leaves are lost: the levels above are unknown */
	void (*report)(void *cookie, const char *path, const char *sentence);
	void *cookie;
	uint64_t faults;
	/* Sizes for which there was a checkpoint, as far as is known. */
	uint64_t sizes[KNOWN_SIZES];
	struct {
		bool is_known;
		uint64_t index;
		struct hash hashes[LOG_TILE_WIDTH];
	} parents; /* the tile of level 1 over the page at hand, as it lies */
};

/* One bundle with its tile of level 0. */
struct page {
	struct log_tile tile;
	struct log_tile bundle;
	struct buf bytes;
	struct slice entries[LOG_TILE_WIDTH];
	struct hash from_bundle[LOG_TILE_WIDTH];
	struct hash from_tile[LOG_TILE_WIDTH];
	bool has_bundle;
	bool has_tile;
};

static void complain(struct check *check, const char *path, const char *fmt,
    ...) PRINTF_LIKE(3, 4);

static void complain(
    struct check *check, const char *path, const char *fmt, ...)
{
	char sentence[REPORT_MAX];
	char name[LOG_TILE_PATH_MAX + 4];
	va_list args;

	check->faults++;
	if (check->is_silent)
		return;
	(void)snprintf(name, sizeof(name), "log/%s", path);
	va_start(args, fmt);
	(void)vsnprintf(sentence, sizeof(sentence), fmt, args);
	va_end(args);
	check->report(check->cookie, name, sentence);
}

/* --- hash tiles and older partial forms --- */

static unsigned first_difference(
    const struct hash *a, const struct hash *b, unsigned n)
{
	unsigned i = 0;

	while (i < n && hash_is(&a[i], &b[i]))
		i++;
	return i;
}

static int repair(
    struct check *check, const char *path, struct slice bytes, struct err *err)
{
	if (!check->is_writing)
		return 0;
	return file_publish(
	    check->store->log_fd, path, bytes, LOG_STAGE_PUBLIC, err);
}

/* A tile or bundle whose bytes are known, and the partial forms of it that
 * still lie beside it. */
struct forms {
	struct check *check;
	struct log_tile tile;
	struct slice bytes;
	const struct slice *entries; /* NULL: hashes */
	bool is_there[LOG_TILE_WIDTH]; /* by width */
};

/* What the form of this width must hold. */
static struct slice form_bytes(const struct forms *forms, unsigned width)
{
	const struct slice *entries = forms->entries;
	struct slice bytes = forms->bytes;

	bytes.n = entries
	    ? (size_t)(entries[width - 1].p + entries[width - 1].n - bytes.p)
	    : (size_t)width * sizeof(struct hash);
	return bytes;
}

static int check_form(void *cookie, const char *name, struct err *err)
{
	struct forms *forms = cookie;
	struct log_tile tile = forms->tile;
	struct err why = {0};
	unsigned long long width;
	char path[LOG_TILE_PATH_MAX];
	struct buf bytes;

	if (!slice_to_u64(slice_of(name), &width) || width == 0 ||
	    width >= tile.width)
		return 0;
	forms->is_there[width] = true;
	tile.width = (unsigned)width;
	log_tile_path(path, tile);
	struct slice wanted = form_bytes(forms, tile.width);
	buf_init(&bytes, wanted.n);
	int r = file_read(
	    &bytes, forms->check->store->log_fd, path, wanted.n, &why);
	if (r == ERR_NOTFOUND) {
		r = 0; /* removed meanwhile */
	} else if (r == ERR_LIMIT ||
	    (r == 0 && !slice_is(buf_slice(&bytes), wanted))) {
		complain(forms->check, path,
		    "is not the beginning of the later one");
		r = repair(forms->check, path, wanted, err);
	} else if (r != 0) {
		r = err_set(err, r, "%s", why.message);
	}
	buf_done(&bytes);
	return r;
}

/* A reader of an earlier checkpoint asks for the form that it had, until the
 * tile is full. */
static int check_earlier(struct forms *forms, struct err *err)
{
	struct check *check = forms->check;
	char path[LOG_TILE_PATH_MAX];
	int r = 0;

	for (size_t i = 0; r == 0 && i < KNOWN_SIZES; i++) {
		struct log_tile tile = forms->tile;
		tile.width =
		    log_tile_width(tile.level, tile.index, check->sizes[i]);
		if (tile.width == 0 || tile.width >= forms->tile.width ||
		    forms->is_there[tile.width])
			continue;
		forms->is_there[tile.width] = true; /* said once */
		log_tile_path(path, tile);
		complain(check, path,
		    "is missing: there was a checkpoint of %" PRIu64 " leaves",
		    check->sizes[i]);
		r = repair(check, path, form_bytes(forms, tile.width), err);
	}
	return r;
}

static int check_forms(struct check *check, struct log_tile tile,
    struct slice bytes, const struct slice *entries, struct err *err)
{
	struct forms forms = {check, tile, bytes, entries, {false}};
	struct err why = {0};
	char path[LOG_TILE_PATH_MAX + 2];

	tile.width = LOG_TILE_WIDTH;
	log_tile_path(path, tile);
	memcpy(path + strlen(path), ".p", sizeof(".p"));
	int r = file_list(check->store->log_fd, path, check_form, &forms, &why);
	if (r != 0 && r != ERR_NOTFOUND)
		return err_set(err, r, "%s", why.message);
	/* Of one that is full, now or since then, they may be gone. */
	path[strlen(path) - 2] = '\0';
	return forms.tile.width == LOG_TILE_WIDTH ||
		file_exists(check->store->log_fd, path)
	    ? 0
	    : check_earlier(&forms, err);
}

static struct slice slice_of_hashes(const struct hash *hashes, unsigned n)
{
	return (struct slice){(const char *)hashes, n * sizeof(*hashes)};
}

/* A tile above level 0: it must be what was rebuilt. */
static int check_tile(
    struct check *check, struct log_tile tile, struct err *err)
{
	const struct hash *wanted = check->tree->edge[tile.level];
	struct slice bytes = slice_of_hashes(wanted, tile.width);
	struct hash hashes[LOG_TILE_WIDTH];
	struct err why = {0};
	char path[LOG_TILE_PATH_MAX];

	if (check->is_blind)
		return 0;
	log_tile_path(path, tile);
	int r = log_read_hashes(check->store, tile, hashes, &why);
	if (r != 0 && r != ERR_VERIFY)
		return err_set(err, r, "%s", why.message);
	unsigned i = r != 0 ? 0 : first_difference(hashes, wanted, tile.width);
	if (r != 0)
		complain(check, path, "%s", why.message);
	else if (i < tile.width)
		complain(
		    check, path, "hash %u is not that of the tile below", i);
	r = 0;
	if (i < tile.width)
		r = repair(check, path, bytes, err);
	return r != 0 ? r : check_forms(check, tile, bytes, NULL, err);
}

/* --- pages: bundles and tiles of level 0 --- */

/* The tile over the page, as it lies: it only decides whom to believe. */
static void find_parents(struct check *check, uint64_t index)
{
	struct log_tile tile = {1, index / LOG_TILE_WIDTH, 0};
	struct err why = {0};

	if (index > 0 && check->parents.index == tile.index)
		return;
	tile.width = log_tile_width(1, tile.index, check->view->size);
	check->parents.index = tile.index;
	check->parents.is_known = tile.width > 0 &&
	    log_read_hashes(check->store, tile, check->parents.hashes, &why) ==
		0;
}

static bool is_believed(
    struct check *check, const struct page *page, const struct hash *leaves)
{
	struct hash_run *run = check->store->run;
	struct log_view *tree = check->tree;
	struct hash sum;

	if (page->tile.width == LOG_TILE_WIDTH) {
		sum = log_read_fold(run, leaves, LOG_TILE_WIDTH);
		return check->parents.is_known &&
		    hash_is(&sum,
			&check->parents
			     .hashes[page->tile.index % LOG_TILE_WIDTH]);
	}
	/* The last page: all that stands to its left is rebuilt. */
	memcpy(tree->edge[0], leaves, page->tile.width * sizeof(*leaves));
	tree->size += page->tile.width;
	struct tree_edge edge = log_read_edge(tree, run);
	tree->size -= page->tile.width;
	sum = tree_edge_root(&edge, run);
	return hash_is(&sum, &check->view->root);
}

static int read_page(struct check *check, struct page *page, struct err *err)
{
	struct err why = {0};
	char path[LOG_TILE_PATH_MAX];

	int r = log_read_bundle(
	    check->store, page->bundle, &page->bytes, page->entries, &why);
	if (r != 0 && r != ERR_VERIFY)
		return err_set(err, r, "%s", why.message);
	page->has_bundle = r == 0;
	log_tile_path(path, page->bundle);
	if (r != 0)
		complain(check, path, "%s", why.message);
	for (unsigned i = 0; r == 0 && i < page->bundle.width; i++)
		page->from_bundle[i] = tree_leaf_hash(
		    check->store->run, page->entries[i].p, page->entries[i].n);

	why = (struct err){0};
	r = log_read_hashes(check->store, page->tile, page->from_tile, &why);
	if (r != 0 && r != ERR_VERIFY)
		return err_set(err, r, "%s", why.message);
	page->has_tile = r == 0;
	log_tile_path(path, page->tile);
	if (r != 0)
		complain(check, path, "%s", why.message);
	return 0;
}

/* The page's leaf hashes, or NULL if neither file has them. */
static const struct hash *choose(struct check *check, struct page *page)
{
	unsigned width = page->tile.width;
	char tile[LOG_TILE_PATH_MAX];
	char bundle[LOG_TILE_PATH_MAX];

	if (!page->has_bundle || !page->has_tile)
		return page->has_bundle ? page->from_bundle
		    : page->has_tile	? page->from_tile
					: NULL;
	unsigned at =
	    first_difference(page->from_bundle, page->from_tile, width);
	if (at == width)
		return page->from_bundle;
	uint64_t leaf = page->tile.index * LOG_TILE_WIDTH + at;
	log_tile_path(tile, page->tile);
	log_tile_path(bundle, page->bundle);
	page->has_tile = is_believed(check, page, page->from_tile);
	page->has_bundle =
	    !page->has_tile && is_believed(check, page, page->from_bundle);
	if (!page->has_tile)
		complain(check, tile,
		    "hash %u is not that of leaf %" PRIu64 " in log/%s", at,
		    leaf, bundle);
	if (!page->has_bundle)
		complain(check, bundle,
		    "entry %u is not leaf %" PRIu64 " as log/%s has it", at,
		    leaf, tile);
	return page->has_tile ? page->from_tile : page->from_bundle;
}

/* The page is full: its hash goes up, and may fill tiles above. */
static int climb(struct check *check, uint64_t index, const struct hash *leaves,
    struct err *err)
{
	struct log_view *tree = check->tree;
	struct log_tile tile = {0, index, LOG_TILE_WIDTH};
	struct hash sum;
	int r = 0;

	if (leaves)
		sum = log_read_fold(check->store->run, leaves, LOG_TILE_WIDTH);
	else if (check->parents.is_known)
		sum = check->parents.hashes[index % LOG_TILE_WIDTH];
	else
		check->is_blind = true;
	while (r == 0 && !check->is_blind) {
		uint64_t above = tile.index + 1; /* hashes on the next level */
		tree->edge[++tile.level][tile.index % LOG_TILE_WIDTH] = sum;
		if (above % LOG_TILE_WIDTH != 0)
			break;
		tile.index = above / LOG_TILE_WIDTH - 1;
		sum = log_read_fold(
		    check->store->run, tree->edge[tile.level], LOG_TILE_WIDTH);
		r = check_tile(check, tile, err);
	}
	return r;
}

static int check_page(struct check *check, struct page *page, struct err *err)
{
	struct log_view *tree = check->tree;
	unsigned width = page->tile.width;
	char path[LOG_TILE_PATH_MAX];

	find_parents(check, page->tile.index);
	int r = read_page(check, page, err);
	if (r != 0)
		return r;
	const struct hash *leaves = choose(check, page);
	if (!leaves)
		check->is_blind |= width < LOG_TILE_WIDTH;
	else
		memcpy(tree->edge[0], leaves, width * sizeof(*leaves));
	log_tile_path(path, page->tile);
	if (leaves && !page->has_tile)
		r = repair(check, path, slice_of_hashes(leaves, width), err);
	if (r == 0 && leaves)
		r = check_forms(check, page->tile,
		    slice_of_hashes(leaves, width), NULL, err);
	if (r == 0 && page->has_bundle)
		r = check_forms(check, page->bundle, buf_slice(&page->bytes),
		    page->entries, err);
	if (r == 0 && width == LOG_TILE_WIDTH)
		r = climb(check, page->tile.index, leaves, err);
	tree->size += width;
	return r;
}

/* --- all of it --- */

static int check_pages(struct check *check, struct page *page, struct err *err)
{
	uint64_t size = check->view->size;
	int r = 0;

	for (uint64_t i = 0; r == 0 && check->tree->size < size; i++) {
		page->tile =
		    (struct log_tile){0, i, log_tile_width(0, i, size)};
		page->bundle =
		    (struct log_tile){LOG_TILE_ENTRIES, i, page->tile.width};
		r = check_page(check, page, err);
	}
	for (unsigned level = 1; r == 0 && level < LOG_LEVELS; level++) {
		struct log_tile tile = log_read_edge_tile(level, size);
		if (tile.width > 0)
			r = check_tile(check, tile, err);
	}
	return r;
}

/* What the private folder, if it is at hand, says of earlier checkpoints. */
static void find_sizes(struct check *check)
{
	struct log_commit commit = {0};

	if (check->store->private_fd < 0)
		return;
	if (log_commit_read(check->store, &commit, NULL) == 0)
		check->sizes[0] = commit.old_size;
	log_commit_done(&commit);
	if (log_seen_size(check->store, &check->sizes[1], NULL) != 0)
		check->sizes[1] = 0;
}

/* One pass; *ret_is_true: the rebuilt tree has the signed root. */
static int pass(struct check *check, bool *ret_is_true, struct err *err)
{
	struct page *page = mem_new(1, sizeof(*page));
	int r = 0;

	check->tree = log_read_new();
	check->is_blind = false;
	if (!check->tree || !page) {
		r = err_nomem(err);
		goto out;
	}
	buf_init(&page->bytes, LOG_TILE_BUNDLE_MAX);
	r = check_pages(check, page, err);
	buf_done(&page->bytes);
	if (r != 0)
		goto out;
	struct tree_edge edge = log_read_edge(check->tree, check->store->run);
	struct hash root = tree_edge_root(&edge, check->store->run);
	*ret_is_true = !check->is_blind && hash_is(&root, &check->view->root);
	if (!*ret_is_true && check->faults == 0)
		complain(check, LOG_CHECKPOINT_NAME,
		    "its root is not that of the leaves");
out:
	free(page);
	log_read_free(check->tree);
	check->tree = NULL;
	return r;
}

int log_check_run(struct log_store *store, bool is_repair,
    void (*report)(void *cookie, const char *path, const char *sentence),
    void *cookie, uint64_t *ret_faults, struct err *err)
{
	struct check check = {
	    .store = store, .report = report, .cookie = cookie};
	struct log_view *view = log_read_new();
	struct err why = {0};
	bool is_true = false;

	if (!view)
		return err_nomem(err);
	check.view = view;
	int r = log_read_checkpoint(store, view, &why);
	if (r == ERR_NOTFOUND || r == ERR_FORMAT || r == ERR_VERIFY) {
		complain(&check, LOG_CHECKPOINT_NAME, "%s", why.message);
		r = 0;
		goto out;
	}
	if (r != 0) {
		r = err_set(err, r, "%s", why.message);
		goto out;
	}
	find_sizes(&check);
	r = pass(&check, &is_true, err);
	if (r != 0 || !is_repair || !is_true || check.faults == 0)
		goto out;
	check.is_silent = true;
	check.is_writing = true;
	r = pass(&check, &is_true, err);
	check.is_writing = false;
	check.faults = 0;
	if (r == 0)
		r = pass(&check, &is_true, err);
out:
	log_read_free(view);
	if (r == 0)
		*ret_faults = check.faults;
	return r;
}
