/*
 * log_internal.h: what the parts of the store share: log_read.c (the published
 * folder), log_press.c (what is written), log_stage.c (how), log_commit.c (what
 * may be written), log_seen.c (what others know of it), log_check.c (all of it
 * compared), log_stray.c (what does not belong there), log_store.c (the store's
 * life).
 *
 * Messages say "log/..." or "private/log/..." for the file that is meant,
 * except where noted that the caller puts it there.
 */
#ifndef LOG_INTERNAL_H
#define LOG_INTERNAL_H

#include "log_stage.h"
#include "log_store.h"
#include "log_tile.h"

#define LOG_LEVELS (LOG_TILE_LEVEL_MAX + 1)
#define LOG_TILE_BYTES (LOG_TILE_WIDTH * HASH_SIZE)
#define LOG_SLOTS 8 /* tiles kept of each level: 512 KiB in all */

#define LOG_CHECKPOINT_NAME "checkpoint"
#define LOG_COMMIT_NAME "committed"
#define LOG_LOCK_NAME "lock"
#define LOG_SEEN_NAME "seen"

/* The tree as one checkpoint shows it. `edge` has the partial tile of each
 * level, as wide as log_read_edge_tile says. */
struct log_view {
	struct buf note; /* the checkpoint, whole; empty: not yet published */
	uint64_t size;
	struct hash root;
	struct hash edge[LOG_LEVELS][LOG_TILE_WIDTH];
};

/* A full tile that was found to belong to the tree. */
struct log_slot {
	bool is_used;
	uint64_t index;
	struct hash hashes[LOG_TILE_WIDTH];
};

/* The file that holds a whole append. The slices point into `bytes`. */
struct log_commit {
	struct buf bytes;
	uint64_t old_size;
	uint64_t new_size;
	struct hash root;
	struct slice note;
	struct slice leaves; /* as in an entry bundle */
	struct tree_edge edge; /* behind them; only of one that was made here */
};

struct log_store {
	int log_fd;
	int private_fd; /* -1: a published copy, which can only be read */
	int lock_fd; /* -1: not locked */
	bool is_failed; /* a write failed: nothing more is written */
	struct note_key key;
	struct hash_run *run;
	struct log_view *view;
	struct log_commit *unpublished; /* this store's own; NULL: none */
	struct log_slot slots[LOG_LEVELS][LOG_SLOTS];
};

/* --- log_read.c --- */

struct log_view *log_read_new(void); /* size 0, unpublished; NULL: no memory */
void log_read_free(struct log_view *view); /* accepts NULL */

/* The partial tile at the right edge of a tree; width 0: there is none. */
struct log_tile log_read_edge_tile(unsigned level, uint64_t size);

/* The root of a complete subtree over n hashes, n a power of two up to 256. */
struct hash log_read_fold(
    struct hash_run *run, const struct hash *hashes, unsigned n);

/* The complete subtrees of the view's right edge. */
struct tree_edge log_read_edge(
    const struct log_view *view, struct hash_run *run);

/*
 * One tile or bundle as it lies on disk, not compared with the tree. A partial
 * one that is gone is taken out of the full one. ERR_VERIFY where the file is
 * missing or has another form; the caller names the file.
 */
int log_read_hashes(const struct log_store *store, struct log_tile tile,
    struct hash *ret_hashes, struct err *err) MUST_CHECK;
int log_read_bundle(const struct log_store *store, struct log_tile tile,
    struct buf *bytes, struct slice *ret_entries, struct err *err) MUST_CHECK;

/* Only the signed checkpoint, into an unpublished view; the caller names the
 * file. ERR_NOTFOUND if there is none. */
int log_read_checkpoint(const struct log_store *store, struct log_view *view,
    struct err *err) MUST_CHECK;

/* The published state, with its right edge checked against the checkpoint. */
int log_read_view(struct log_store *store, struct log_view **ret_view,
    struct err *err) MUST_CHECK;

/* A tile of the view, checked up to the root; borrowed until the next call. */
int log_read_tile(struct log_store *store, const struct log_view *view,
    unsigned level, uint64_t index, const struct hash **ret_hashes,
    struct err *err) MUST_CHECK;

/* All entries of bundle `index` as far as the view has them, checked against
 * their tile; borrowed from *bytes. */
int log_read_entries(struct log_store *store, const struct log_view *view,
    uint64_t index, struct buf *bytes, struct slice *ret_entries,
    struct err *err) MUST_CHECK;

void log_read_forget(struct log_store *store); /* empties the slots */

/* --- log_commit.c --- */

struct reader;

void log_commit_done(struct log_commit *commit); /* accepts a zeroed struct */

/* The next of `leaves`; false at the end or where it is not a bundle. */
bool log_commit_next_leaf(struct reader *reader, struct slice *ret_leaf);

/* Reads private/log/committed; ERR_VERIFY if it is no commit of this ledger.
 * In this and the next two the caller names the file. */
int log_commit_read(const struct log_store *store,
    struct log_commit *ret_commit, struct err *err) MUST_CHECK;

/* Compares it with the view. ERR_VERIFY if they contradict each other. */
int log_commit_judge(struct log_store *store, const struct log_commit *commit,
    bool *ret_is_pending, struct err *err) MUST_CHECK;

/* Under the lock: publishes a pending commit, or makes sure that a published
 * one is durable and has left nothing behind. */
int log_commit_finish(struct log_store *store, const struct log_commit *commit,
    bool is_pending, struct err *err) MUST_CHECK;

/* Under the lock: the commit point, and what follows it. What is committed and
 * not published yet becomes part of this commit. n == 0 only to create the
 * ledger. */
int log_commit_put(struct log_store *store,
    const struct note_secret *log_secret, const struct slice *leaves, size_t n,
    bool *ret_is_committed, struct err *err) MUST_CHECK;
int log_commit_publish(struct log_store *store, struct err *err) MUST_CHECK;
void log_commit_forget(
    struct log_store *store); /* leaves it to the next open */

/* Under the lock, with nothing unpublished. */
int log_commit_cosign(
    struct log_store *store, struct slice lines, struct err *err) MUST_CHECK;

/* --- log_seen.c --- */

/* Whether the view contains what others have seen; ERR_VERIFY. */
int log_seen_check(struct log_store *store, struct err *err) MUST_CHECK;

/* What they have seen, by what is kept; 0: nothing. */
int log_seen_size(const struct log_store *store, uint64_t *ret_size,
    struct err *err) MUST_CHECK;

/* Under the lock; see log_store_note_seen. */
int log_seen_note(
    struct log_store *store, struct slice note, struct err *err) MUST_CHECK;

/* --- log_press.c --- */

/* Replaces the published checkpoint, durably. */
int log_press_checkpoint(const struct log_store *store, struct slice note,
    struct err *err) MUST_CHECK;

/* From a commit that leads on from the store's view to the checkpoint and to
 * log_press_tidy; store->view becomes the new tree. */
int log_press_publish(struct log_store *store, const struct log_commit *commit,
    struct err *err) MUST_CHECK;

/* Removes the partial forms of tiles that became full on the way. */
int log_press_tidy(const struct log_store *store, uint64_t old_size,
    uint64_t new_size, struct err *err) MUST_CHECK;

/* --- log_check.c --- */

/* Compares everything under log/ with the view, or, if there is none, with the
 * published checkpoint. *ret_faults is how many were reported and are still
 * there. */
int log_check_run(struct log_store *store, bool is_repair,
    void (*report)(void *cookie, const char *path, const char *sentence),
    void *cookie, uint64_t *ret_faults, struct err *err) MUST_CHECK;

/* --- log_stray.c --- */

/* Reports every file under log/ that is no file of this ledger, and adds their
 * number to *faults. What a crash left of a file being written is none; under
 * the lock it is removed. */
int log_stray_find(struct log_store *store,
    void (*report)(void *cookie, const char *path, const char *sentence),
    void *cookie, uint64_t *faults, struct err *err) MUST_CHECK;

#endif
