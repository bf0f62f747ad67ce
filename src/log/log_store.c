/*
 * log_store.c: the life of a store: made, opened, locked, read, freed.
 *
 * A store has one view, the tree under one checkpoint, and shows nothing else
 * until it takes the lock or appends. Nothing is signed for unless the private
 * commit and the published tree agree.
 */
#include "log_internal.h"

#include "file.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#define PUBLIC_PATH "log"
#define PRIVATE_PATH "private/log"

/* A store without folders, or NULL: no memory. */
static struct log_store *new_store(const struct note_key *log_key)
{
	struct log_store *store = calloc(1, sizeof(*store));

	if (!store)
		return NULL;
	store->log_fd = store->private_fd = store->lock_fd = -1;
	store->key = *log_key;
	store->run = hash_new();
	if (!store->run) {
		free(store);
		return NULL;
	}
	return store;
}

void log_store_free(struct log_store *store)
{
	if (!store)
		return;
	log_store_unlock(store);
	if (store->private_fd >= 0)
		(void)close(store->private_fd); /* only synced through it */
	if (store->log_fd >= 0)
		(void)close(store->log_fd); /* likewise */
	log_read_free(store->view);
	hash_free(store->run);
	free(store);
}

/* Opens the folders. Somebody who may not enter the private one has the
 * published one only. */
static int attach(struct log_store *store, int case_fd, struct err *err)
{
	struct err why = {0};

	int r = file_open_dir(&store->log_fd, case_fd, PUBLIC_PATH, err);
	if (r != 0)
		return r;
	r = file_open_dir(&store->private_fd, case_fd, PRIVATE_PATH, &why);
	if (r == 0 || r == ERR_NOTFOUND || r == ERR_DENIED)
		return 0;
	return err_set(err, r, "%s", why.message);
}

int log_store_create(
    int case_fd, const struct note_secret *log_secret, struct err *err)
{
	bool is_committed = false;

	if (log_secret->key.type != NOTE_KEY_ED25519)
		return err_set(err, ERR_USAGE,
		    "a key of this type does not sign checkpoints");
	struct log_store *store = new_store(&log_secret->key);
	if (!store)
		return err_nomem(err);
	int r = file_make_dir(&store->log_fd, case_fd, PUBLIC_PATH, false, err);
	if (r == 0)
		r = file_make_dir(
		    &store->private_fd, case_fd, PRIVATE_PATH, true, err);
	if (r == 0)
		r = file_lock(
		    &store->lock_fd, store->private_fd, LOG_LOCK_NAME, 0, err);
	if (r != 0)
		goto out;
	if (file_exists(store->private_fd, LOG_COMMIT_NAME) ||
	    file_exists(store->log_fd, LOG_CHECKPOINT_NAME)) {
		r = err_set(err, ERR_CONFLICT,
		    "there is a ledger in this folder already");
		goto out;
	}
	store->view = log_read_new();
	r = store->view
	    ? log_commit_put(store, log_secret, NULL, 0, &is_committed, err)
	    : err_nomem(err);
	if (r == 0)
		r = log_commit_publish(store, err);
out:
	log_store_free(store);
	return r;
}

/* Reads the view anew. A ledger whose making was cut off after its commit
 * point has no checkpoint yet: its view is an unpublished one. */
static int load(struct log_store *store, struct err *err)
{
	struct log_view *view = NULL;
	struct err why = {0};

	log_read_forget(store);
	int r = log_read_view(store, &view, &why);
	if (r == ERR_NOTFOUND && store->private_fd >= 0 &&
	    file_exists(store->private_fd, LOG_COMMIT_NAME)) {
		view = log_read_new();
		r = view ? 0 : err_nomem(&why);
	}
	if (r != 0 && err)
		*err = why;
	if (r != 0)
		return r;
	log_read_free(store->view);
	store->view = view;
	return 0;
}

/* Compares view and commit and, under the lock, finishes what is pending. */
static int reconcile(
    struct log_store *store, bool *ret_is_pending, struct err *err)
{
	struct log_commit commit = {0};
	struct err why = {0};

	int r = log_commit_read(store, &commit, &why);
	if (r == 0)
		r = log_commit_judge(store, &commit, ret_is_pending, &why);
	if (r == 0 && store->lock_fd >= 0)
		r = log_commit_finish(store, &commit, *ret_is_pending, &why);
	/* Without it nobody knows what was signed for last. */
	if (r == ERR_NOTFOUND && store->lock_fd >= 0)
		r = why.code = ERR_VERIFY;
	err_prefix(&why, PRIVATE_PATH "/" LOG_COMMIT_NAME);
	if (r != 0 && err)
		*err = why;
	log_commit_done(&commit);
	return r;
}

/* Takes the lock only if that is possible at once. */
static int try_lock(
    struct log_store *store, bool *ret_is_locked, struct err *err)
{
	struct err why = {0};

	int r = file_lock(
	    &store->lock_fd, store->private_fd, LOG_LOCK_NAME, 0, &why);
	*ret_is_locked = r == 0;
	if (r == ERR_CONFLICT || r == ERR_DENIED || why.sys == EROFS)
		return 0;
	if (r != 0 && err)
		*err = why;
	return r;
}

/* A reader's part: what is pending is finished if nobody else is at it. */
static int settle(struct log_store *store, struct err *err)
{
	struct err why = {0};
	bool is_pending = false;
	bool is_locked = false;

	int r = store->private_fd < 0 ? 0 : reconcile(store, &is_pending, &why);
	if (r == ERR_NOTFOUND || r == ERR_DENIED)
		r = 0;
	else if (r != 0 && err)
		*err = why;
	if (r != 0 || !is_pending || store->lock_fd >= 0)
		return r;
	r = try_lock(store, &is_locked, err);
	if (r != 0)
		return r;
	if (is_locked) {
		r = load(store, err);
		if (r == 0)
			r = reconcile(store, &is_pending, err);
		log_store_unlock(store);
	}
	if (r == 0 && store->view->note.n == 0)
		r = err_set(err, ERR_NOTFOUND,
		    "log/" LOG_CHECKPOINT_NAME " is not published yet");
	return r;
}

static int load_settled(struct log_store *store, struct err *err)
{
	int r = load(store, err);

	if (r == 0)
		r = settle(store, err);
	if (r == 0 && store->private_fd >= 0)
		r = log_seen_check(store, err);
	return r;
}

int log_store_open(struct log_store **ret_store, int case_fd,
    const struct note_key *log_key, struct err *err)
{
	struct log_store *store = new_store(log_key);

	if (!store)
		return err_nomem(err);
	int r = attach(store, case_fd, err);
	if (r == 0)
		r = load_settled(store, err);
	if (r != 0)
		log_store_free(store);
	else
		*ret_store = store;
	return r;
}

/* What was read before must be the beginning of what is there now. */
static int check_grown(
    struct log_store *store, const struct log_view *old, struct err *err)
{
	struct tree_source source = log_store_source(store);
	struct hash root;

	if (store->view->size < old->size)
		return err_set(err, ERR_VERIFY,
		    "log/" LOG_CHECKPOINT_NAME
		    ": the ledger is smaller than it was");
	int r = tree_root(&root, &source, old->size, err);
	if (r == 0 && !hash_is(&root, &old->root))
		r = err_set(err, ERR_VERIFY,
		    "log/" LOG_CHECKPOINT_NAME
		    ": the ledger does not continue the one read before");
	return r;
}

int log_store_lock(struct log_store *store, unsigned wait_ms, struct err *err)
{
	struct log_view *old = store->view;
	bool is_pending;

	if (store->private_fd < 0)
		return err_set(err, ERR_NOTFOUND,
		    PRIVATE_PATH
		    ": not at hand, so this ledger can only be read");
	if (store->is_failed)
		return err_set(
		    err, ERR_DENIED, "a write failed: open the ledger again");
	if (store->lock_fd >= 0)
		return err_set(err, ERR_USAGE, "the ledger is locked already");
	int r = file_lock(
	    &store->lock_fd, store->private_fd, LOG_LOCK_NAME, wait_ms, err);
	if (r == ERR_CONFLICT)
		return err_set(err, r,
		    "%s is locked by somebody else: another command that "
		    "writes, or a server that runs (which asks its witnesses "
		    "itself)",
		    store->key.name);
	if (r != 0)
		return r;
	store->view = NULL;
	r = load(store, err);
	if (r == 0)
		r = reconcile(store, &is_pending, err);
	if (r == 0)
		r = check_grown(store, old, err);
	if (r == 0)
		r = log_seen_check(store, err);
	if (r != 0) {
		log_read_free(store->view);
		store->view = old;
		log_read_forget(store);
		log_store_unlock(store);
	} else {
		log_read_free(old);
	}
	return r;
}

void log_store_unlock(struct log_store *store)
{
	log_commit_forget(store);
	if (store->lock_fd >= 0)
		(void)close(store->lock_fd); /* nothing is written to it */
	store->lock_fd = -1;
}

uint64_t log_store_size(const struct log_store *store)
{
	return store->view->size;
}

const struct note_key *log_store_key(const struct log_store *store)
{
	return &store->key;
}

struct hash log_store_root(const struct log_store *store)
{
	return store->view->root;
}

struct slice log_store_checkpoint(const struct log_store *store)
{
	return buf_slice(&store->view->note);
}

static int check_locked(const struct log_store *store, struct err *err)
{
	if (store->lock_fd < 0)
		return err_set(err, ERR_USAGE, "the ledger is not locked");
	if (store->is_failed)
		return err_set(
		    err, ERR_DENIED, "a write failed: open the ledger again");
	return 0;
}

static int check_published(const struct log_store *store, struct err *err)
{
	int r = check_locked(store, err);

	if (r == 0 && store->unpublished)
		return err_set(
		    err, ERR_USAGE, "the last commit is not published yet");
	return r;
}

/* Of all that is committed. */
static uint64_t committed_size(const struct log_store *store)
{
	return store->unpublished ? store->unpublished->new_size
				  : store->view->size;
}

/* Whether these leaves may be appended now. */
static int check_append(const struct log_store *store,
    const struct note_secret *log_secret, const struct slice *leaves, size_t n,
    struct err *err)
{
	int r = check_locked(store, err);

	if (r != 0)
		return r;
	if (log_secret->key.id != store->key.id ||
	    !note_key_is_same_point(&log_secret->key, &store->key))
		return err_set(err, ERR_DENIED,
		    "%s is not the key of this ledger", log_secret->key.name);
	if (n == 0)
		return err_set(err, ERR_USAGE, "no leaf to append");
	if (n > (uint64_t)INT64_MAX - committed_size(store))
		return err_set(err, ERR_LIMIT, "too many leaves");
	for (size_t i = 0; i < n; i++)
		if (leaves[i].n == 0 || leaves[i].n > LOG_TILE_ENTRY_MAX)
			return err_set(err, ERR_LIMIT,
			    "a leaf of %zu bytes, where 1 to %d can be",
			    leaves[i].n, LOG_TILE_ENTRY_MAX);
	return 0;
}

int log_store_commit(struct log_store *store,
    const struct note_secret *log_secret, const struct slice *leaves,
    size_t leaf_count, uint64_t *ret_first_index, bool *ret_is_committed,
    struct err *err)
{
	const uint64_t first = committed_size(store);

	*ret_is_committed = false;
	int r = check_append(store, log_secret, leaves, leaf_count, err);
	if (r == 0)
		r = log_commit_put(store, log_secret, leaves, leaf_count,
		    ret_is_committed, err);
	if (r == 0)
		*ret_first_index = first;
	return r;
}

int log_store_publish(struct log_store *store, struct err *err)
{
	if (store->is_failed)
		return err_set(
		    err, ERR_DENIED, "a write failed: open the ledger again");
	return store->unpublished ? log_commit_publish(store, err) : 0;
}

struct slice log_store_committed(const struct log_store *store)
{
	return store->unpublished ? store->unpublished->note
				  : log_store_checkpoint(store);
}

int log_store_append(struct log_store *store,
    const struct note_secret *log_secret, const struct slice *leaves,
    size_t leaf_count, uint64_t *ret_first_index, bool *ret_is_committed,
    struct err *err)
{
	int r = log_store_commit(store, log_secret, leaves, leaf_count,
	    ret_first_index, ret_is_committed, err);

	return r != 0 ? r : log_store_publish(store, err);
}

int log_store_each(struct log_store *store, uint64_t first, uint64_t end,
    int (*each)(
	void *cookie, uint64_t index, struct slice leaf, struct err *err),
    void *cookie, struct err *err)
{
	struct slice entries[LOG_TILE_WIDTH];
	struct buf bytes;
	int r = 0;

	if (first > end || end > store->view->size)
		return err_set(
		    err, ERR_USAGE, "there are no such leaves in the ledger");
	buf_init(&bytes, LOG_TILE_BUNDLE_MAX);
	for (uint64_t i = first; r == 0 && i < end; i++) {
		unsigned at = (unsigned)(i % LOG_TILE_WIDTH);
		if (i == first || at == 0)
			r = log_read_entries(store, store->view,
			    i / LOG_TILE_WIDTH, &bytes, entries, err);
		if (r == 0)
			r = each(cookie, i, entries[at], err);
	}
	buf_done(&bytes);
	return r;
}

static int read_hash(void *cookie, unsigned level, uint64_t index,
    struct hash *ret_hash, struct err *err)
{
	struct log_store *store = cookie;
	const struct hash *hashes;

	assert(level < LOG_TILE_HEIGHT * LOG_LEVELS);
	unsigned tile_level = level / LOG_TILE_HEIGHT;
	unsigned n = 1u << (level % LOG_TILE_HEIGHT);
	uint64_t tile = index / (LOG_TILE_WIDTH / n);
	unsigned at = (unsigned)(index % (LOG_TILE_WIDTH / n)) * n;
	if (log_tile_width(tile_level, tile, store->view->size) < at + n)
		return err_set(
		    err, ERR_USAGE, "no complete subtree of this ledger");
	int r =
	    log_read_tile(store, store->view, tile_level, tile, &hashes, err);
	if (r == 0)
		*ret_hash = log_read_fold(store->run, hashes + at, n);
	return r;
}

struct tree_source log_store_source(struct log_store *store)
{
	return (struct tree_source){.read = read_hash, .cookie = store};
}

int log_store_note_seen(
    struct log_store *store, struct slice checkpoint, struct err *err)
{
	int r = check_published(store, err);

	return r != 0 ? r : log_seen_note(store, checkpoint, err);
}

int log_store_add_cosignatures(
    struct log_store *store, struct slice lines, struct err *err)
{
	int r = check_published(store, err);

	return r != 0 ? r : log_commit_cosign(store, lines, err);
}

int log_store_take_cosigned(struct log_store *store, struct slice checkpoint,
    bool *ret_is_current, struct err *err)
{
	struct log_checkpoint head;
	struct note note;

	*ret_is_current = false;
	int r = check_published(store, err);
	if (r == 0)
		r = log_checkpoint_open(
		    &head, &note, checkpoint, &store->key, err);
	if (r != 0)
		return r;
	struct hash root = log_store_root(store);
	if (head.size != log_store_size(store) || !hash_is(&head.root, &root))
		return log_seen_note(store, checkpoint, err);
	*ret_is_current = true;
	/* After the text and the empty line. */
	struct slice lines = {
	    checkpoint.p + note.text.n + 1, checkpoint.n - note.text.n - 1};
	return log_commit_cosign(store, lines, err);
}

/* Reports a message, which begins with the file's path. */
static void report_message(char *message,
    void (*report)(void *cookie, const char *path, const char *sentence),
    void *cookie)
{
	char *colon = strstr(message, ": ");

	if (!colon) {
		report(cookie, PUBLIC_PATH, message);
		return;
	}
	*colon = '\0';
	report(cookie, message, colon + 2);
}

/* Whether a ledger cannot be opened because something in it is wrong. */
static bool is_false(int code)
{
	return code == ERR_VERIFY || code == ERR_FORMAT;
}

static int remove_staged(void *cookie, const char *name, struct err *err)
{
	const struct log_store *store = cookie;

	if (strncmp(name, LOG_STAGE_NAME, strlen(LOG_STAGE_NAME)) != 0)
		return 0;
	return file_remove(store->private_fd, name, err);
}

/* The private folder, once log/ was found well. A crash may leave staged files:
 * they are no fault, and a repair takes them away. */
static int check_private(struct log_store *store,
    void (*report)(void *cookie, const char *path, const char *sentence),
    void *cookie, uint64_t *faults, struct err *err)
{
	if (store->private_fd < 0)
		return 0;
	if (!file_exists(store->private_fd, LOG_COMMIT_NAME)) {
		report(cookie, PRIVATE_PATH "/" LOG_COMMIT_NAME,
		    "is missing: nobody knows what was signed for last, so "
		    "nothing more is signed");
		++*faults;
	}
	return store->lock_fd < 0
	    ? 0
	    : file_list(store->private_fd, ".", remove_staged, store, err);
}

int log_store_check(int case_fd, const struct note_key *log_key, bool is_repair,
    void (*report)(void *cookie, const char *path, const char *sentence),
    void *cookie, struct err *err)
{
	struct log_store *store = new_store(log_key);
	struct err why = {0};
	uint64_t faults = 0;

	if (!store)
		return err_nomem(err);
	int r = attach(store, case_fd, err);
	if (r == 0 && is_repair && store->private_fd >= 0)
		r = file_lock(
		    &store->lock_fd, store->private_fd, LOG_LOCK_NAME, 0, err);
	if (r != 0)
		goto out;
	int opened = load_settled(store, &why);
	if (opened == 0 || is_false(opened))
		r = log_check_run(
		    store, is_repair, report, cookie, &faults, err);
	/* Not in log/, or repaired by now: what keeps it from being opened? */
	if (r == 0 && faults == 0 && is_false(opened)) {
		why = (struct err){0};
		opened = load_settled(store, &why);
		if (is_false(opened)) {
			report_message(why.message, report, cookie);
			faults++;
		}
	}
	if (r == 0 && opened < 0 && !is_false(opened))
		r = err_set(err, opened, "%s", why.message);
	if (r == 0)
		r = log_stray_find(store, report, cookie, &faults, err);
	if (r == 0)
		r = check_private(store, report, cookie, &faults, err);
	if (r == 0 && faults > 0)
		r = err_set(
		    err, ERR_VERIFY, "%" PRIu64 " things are wrong", faults);
out:
	log_store_free(store);
	return r;
}
