/*
 * log_store.h: a ledger on disk and the one way in which it grows.
 *
 * Two folders: `log/` is what a static web server publishes (checkpoint,
 * tile/...), `private/log/` is the writer's own (lock, staged, committed,
 * seen).
 *
 * An append: take the lock; stage the new leaves and the new signed checkpoint
 * in one file; fsync; rename it to `committed` and fsync the folder: that is
 * the commit point. Then write entry bundles, tiles, and last the checkpoint.
 * A crash after the commit point is finished by the next open, with the same
 * bytes; a crash before it left nothing. Many writers can share one commit: an
 * append takes any number of leaves.
 *
 * After any failure on the write path the store refuses further appends until
 * it is opened again, which re-reads everything from disk.
 */
#ifndef LOG_STORE_H
#define LOG_STORE_H

#include "err.h"
#include "hash.h"
#include "log_checkpoint.h"
#include "note.h"
#include "slice.h"
#include "tree.h"

#include <stdbool.h>
#include <stdint.h>

struct log_store;

/* All leaves of one append together, with two bytes each: what a crash leaves
 * to be read again must fit into memory. */
#define LOG_STORE_APPEND_MAX (256u * 1024 * 1024)

/* Makes an empty ledger (checkpoint of size 0) under case_fd. The folders must
 * not hold one already (ERR_CONFLICT). `log_secret`'s key name is the origin.
 */
int log_store_create(int case_fd, const struct note_secret *log_secret,
    struct err *err) MUST_CHECK;

/*
 * Opens for reading. Verifies the checkpoint with log_key and that the right
 * edge of the tiles and the last entry bundle belong to it (ERR_VERIFY naming
 * tile and index). If a committed append was not published yet and can be
 * (the folder is writable and nobody holds the lock), it is published first.
 * ERR_VERIFY too if private/log/committed is damaged or cannot belong to what
 * is published, or what is published does not contain private/log/seen: an old
 * copy was put back, or another tree. Without private/log
 * (a copy of log/ alone, or one may not enter it) there is nothing to compare.
 * ERR_NOTFOUND: no ledger. log_store_free accepts NULL.
 */
int log_store_open(struct log_store **ret_store, int case_fd,
    const struct note_key *log_key, struct err *err) MUST_CHECK;
void log_store_free(struct log_store *store);

/*
 * Takes the writer's lock (waits up to wait_ms; ERR_CONFLICT), finishes an
 * unfinished commit and re-reads the state. ERR_VERIFY as in log_store_open,
 * and if private/log/committed is missing or the tree does not continue the one
 * that was read before; ERR_NOTFOUND without private/log; ERR_DENIED after a
 * failed write. Released by log_store_free or log_store_unlock.
 */
int log_store_lock(
    struct log_store *store, unsigned wait_ms, struct err *err) MUST_CHECK;
void log_store_unlock(struct log_store *store);

uint64_t log_store_size(const struct log_store *store);
struct hash log_store_root(const struct log_store *store);
const struct note_key *log_store_key(const struct log_store *store);
/* The published checkpoint note with all its signatures; borrowed until the
 * next call that changes the store. */
struct slice log_store_checkpoint(const struct log_store *store);

/*
 * An append in two steps, under the lock, so that writers can be answered
 * between them. Commit: leaves (1..65535 bytes each, together at most
 * LOG_STORE_APPEND_MAX) are durable and in a signed checkpoint, whatever
 * happens then. Publish: tiles and that checkpoint are in log/; until then
 * everything below shows the tree before. More can be committed before that:
 * such a commit contains what is not published yet, which counts against
 * LOG_STORE_APPEND_MAX, and one publish shows it all. What is not published
 * when the lock is given up the next lock publishes.
 *
 * *ret_is_committed says how far a failed commit came: not at all, or perhaps
 * committed (the next open tells). *ret_first_index is the first new leaf's
 * index. ERR_USAGE: out of turn. Publishing nothing is 0.
 */
int log_store_commit(struct log_store *store,
    const struct note_secret *log_secret, const struct slice *leaves,
    size_t leaf_count, uint64_t *ret_first_index, bool *ret_is_committed,
    struct err *err) MUST_CHECK;
int log_store_publish(struct log_store *store, struct err *err) MUST_CHECK;

/* The checkpoint committed last, with the log's signature; borrowed until the
 * next call that changes the store. */
struct slice log_store_committed(const struct log_store *store);

/* Both steps. After a failure *ret_is_committed says whether the next open
 * publishes the leaves. */
int log_store_append(struct log_store *store,
    const struct note_secret *log_secret, const struct slice *leaves,
    size_t leaf_count, uint64_t *ret_first_index, bool *ret_is_committed,
    struct err *err) MUST_CHECK;

/* Calls each leaf in order, [first, end). The slice is borrowed for the call;
 * entries are checked against the leaf hashes in the tiles (ERR_VERIFY). */
int log_store_each(struct log_store *store, uint64_t first, uint64_t end,
    int (*each)(
	void *cookie, uint64_t index, struct slice leaf, struct err *err),
    void *cookie, struct err *err) MUST_CHECK;

/* Inner hashes out of the tiles, cached. Valid while the store lives. */
struct tree_source log_store_source(struct log_store *store);

/*
 * Keeps, durably and under the lock, that others have seen a checkpoint of this
 * log: a witness cosigned it, a mirror or the site log has it. The largest one
 * stays in private/log/seen, and whoever opens or locks the ledger afterwards
 * refuses a tree that does not contain it. The log's signature is checked here,
 * so that nobody can stop the ledger by a mere claim. ERR_VERIFY if this ledger
 * does not contain it: then it is kept all the same, and nothing more is
 * written.
 */
int log_store_note_seen(struct log_store *store, struct slice checkpoint,
    struct err *err) MUST_CHECK;

/* Puts cosignature lines onto the published checkpoint (under the lock), which
 * counts as seen before. The caller has verified them. A line by a key that is
 * there already replaces it. */
int log_store_add_cosignatures(
    struct log_store *store, struct slice lines, struct err *err) MUST_CHECK;

/*
 * Takes a checkpoint note of this log that came back from witnesses, all of
 * whose lines the caller has verified: if it is the published checkpoint, the
 * lines are put onto it (*ret_is_current), else it is noted as seen. Under the
 * lock, and not between commit and publish (ERR_USAGE).
 */
int log_store_take_cosigned(struct log_store *store, struct slice checkpoint,
    bool *ret_is_current, struct err *err) MUST_CHECK;

/*
 * Opens the ledger as log_store_open does, then recomputes everything from the
 * entry bundles and compares every tile, the partial forms of earlier
 * checkpoints and the checkpoint. `report` is called once for each thing that
 * is wrong or missing, with the file's path ("log/tile/0/000") and a plain
 * sentence; so are private/log/committed and seen. With `is_repair` (takes the
 * lock at once; ERR_CONFLICT), hash tiles and partial forms that can be rebuilt
 * are, and what a crash left staged is removed. 0: all well (or repaired),
 * ERR_VERIFY: something is wrong, others: could not be checked.
 */
int log_store_check(int case_fd, const struct note_key *log_key, bool is_repair,
    void (*report)(void *cookie, const char *path, const char *sentence),
    void *cookie, struct err *err) MUST_CHECK;

#endif
