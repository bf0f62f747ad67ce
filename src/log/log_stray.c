/*
 * log_stray.c: files under log/ that belong to no ledger, or to a larger one.
 *
 * Nobody who checks the tree looks at them, but whoever serves the folder gives
 * them out. Folders are taken from a queue, so nothing that lies there leads
 * deeper than a tile's path is long.
 */
#include "log_internal.h"

#include "file.h"
#include "text.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>

#define QUEUE_MAX (1u << 24) /* a folder for each 1000 tiles */
#define PATH_ROOM (LOG_TILE_PATH_MAX + NAME_MAX + 2)
#define SENTENCE_MAX 160
#define SITE_NAME "site"
#define STAMPS_NAME "stamps"

struct walk {
	struct log_store *store;
	void (*report)(void *cookie, const char *path, const char *sentence);
	void *cookie;
	uint64_t faults;
	struct buf queue; /* folders, each with a NUL; "" is log/ itself */
	char folder[LOG_TILE_PATH_MAX];
	bool is_limited; /* false: a copy, which may be fetched ahead */
	bool is_fresh; /* `size` was read after this folder was listed */
	uint64_t size; /* that the ledger has signed for */
};

static void complain(struct walk *walk, const char *path, const char *sentence)
{
	char name[PATH_ROOM + 4];

	(void)snprintf(name, sizeof(name), "log/%s", path);
	walk->faults++;
	walk->report(walk->cookie, name, sentence);
}

/* Somebody may be appending; what was laid down is in a commit before. An old
 * commit that was put back is another's to report. */
static void refresh(struct walk *walk)
{
	struct log_commit commit = {0};
	struct log_view *view = log_read_new();

	walk->is_fresh = true;
	walk->is_limited = view &&
	    log_commit_read(walk->store, &commit, NULL) == 0 &&
	    log_read_checkpoint(walk->store, view, NULL) == 0;
	if (walk->is_limited)
		walk->size =
		    commit.new_size > view->size ? commit.new_size : view->size;
	log_commit_done(&commit);
	log_read_free(view);
}

static bool is_beyond(const struct walk *walk, struct log_tile tile)
{
	return walk->is_limited &&
	    tile.width > log_tile_width(tile.level, tile.index, walk->size);
}

static void check_tile(
    struct walk *walk, const char *path, struct log_tile tile)
{
	char sentence[SENTENCE_MAX];

	if (is_beyond(walk, tile) && !walk->is_fresh)
		refresh(walk);
	if (!is_beyond(walk, tile))
		return;
	(void)snprintf(sentence, sizeof(sentence),
	    "is of a larger tree than the %" PRIu64
	    " leaves that were signed for",
	    walk->size);
	complain(walk, path, sentence);
}

/* "<size>" or "<size>.checkpoint", in one spelling, below stamps/. */
static bool is_stamp(struct slice path)
{
	struct slice rest = path;
	struct slice folder = slice_cut(&rest, '/');
	struct slice number = slice_cut(&rest, '.');
	unsigned long long size;

	return slice_is_text(folder, STAMPS_NAME) && number.p != NULL &&
	    slice_to_u64(number, &size) &&
	    (rest.p == NULL || slice_is_text(rest, LOG_CHECKPOINT_NAME));
}

static void check_file(struct walk *walk, const char *path)
{
	struct slice name = slice_of(path);
	struct log_tile tile;

	if (log_tile_parse_path(&tile, name, NULL) == 0)
		check_tile(walk, path, tile);
	else if (!slice_is_text(name, LOG_CHECKPOINT_NAME) &&
	    !slice_is_text(name, SITE_NAME) && !is_stamp(name))
		complain(walk, path, "is no file of a ledger");
}

/* A folder in which a tile can be. */
static bool is_folder(const char *path)
{
	static const char *const first[] = {"/000", "/1"};
	char inside[PATH_ROOM + 8];
	struct log_tile tile;

	for (int i = 0; i < 2; i++) {
		(void)snprintf(inside, sizeof(inside), "%s%s", path, first[i]);
		if (log_tile_parse_path(&tile, slice_of(inside), NULL) == 0)
			return true;
	}
	return strcmp(path, "tile") == 0 || strcmp(path, STAMPS_NAME) == 0;
}

static int take_temp(struct walk *walk, const char *path, struct err *err)
{
	return walk->store->lock_fd < 0
	    ? 0
	    : file_remove(walk->store->log_fd, path, err);
}

static int take_name(void *cookie, const char *name, struct err *err)
{
	struct walk *walk = cookie;
	char path[PATH_ROOM];
	struct stat file;

	if (!text_is_line(slice_of(name), NULL, NULL)) {
		complain(walk, walk->folder,
		    "has a file in it whose name is no text");
		return 0;
	}
	(void)snprintf(path, sizeof(path), "%s%s%s", walk->folder,
	    walk->folder[0] ? "/" : "", name);
	if (fstatat(walk->store->log_fd, path, &file, AT_SYMLINK_NOFOLLOW) != 0)
		return errno == ENOENT
		    ? 0 /* removed meanwhile */
		    : err_sys(err, errno, "cannot look at log/%s", path);
	if (S_ISDIR(file.st_mode) && is_folder(path)) {
		buf_put(&walk->queue, path, strlen(path) + 1);
		return buf_check(&walk->queue, err);
	}
	if (S_ISREG(file.st_mode) && file_is_temp(name))
		return take_temp(walk, path, err);
	if (S_ISREG(file.st_mode))
		check_file(walk, path);
	else
		complain(walk, path, "is no file of a ledger");
	return 0;
}

int log_stray_find(struct log_store *store,
    void (*report)(void *cookie, const char *path, const char *sentence),
    void *cookie, uint64_t *faults, struct err *err)
{
	struct walk walk = {.store = store, .report = report, .cookie = cookie};
	int r = 0;

	buf_init(&walk.queue, QUEUE_MAX);
	buf_put(&walk.queue, "", 1);
	r = buf_check(&walk.queue, err);
	walk.is_limited = store->private_fd >= 0;
	for (size_t at = 0; r == 0 && at < walk.queue.n;
	     at += strlen(walk.folder) + 1) {
		struct err why = {0};
		(void)snprintf(
		    walk.folder, sizeof(walk.folder), "%s", walk.queue.p + at);
		walk.is_fresh = false;
		r = file_list(store->log_fd, walk.folder[0] ? walk.folder : ".",
		    take_name, &walk, &why);
		if (r == ERR_NOTFOUND)
			r = 0; /* removed meanwhile */
		else if (r != 0)
			r = err_set(err, r, "%s", why.message);
	}
	buf_done(&walk.queue);
	*faults += walk.faults;
	return r;
}
