/*
 * log_copy.h: a copy of somebody else's ledger, kept up to date: the entries
 * come from outside, everything else is computed from them.
 *
 * The copy is a folder log/ as log_store.h reads it, without private/log. Its
 * checkpoint is replaced last and only by one that the copy's own tree leads
 * to, so a copy is at every moment a whole, true ledger of its size.
 */
#ifndef LOG_COPY_H
#define LOG_COPY_H

#include "err.h"
#include "hash.h"
#include "log_checkpoint.h"
#include "note_key.h"
#include "slice.h"

#include <stdint.h>

struct log_copy;

/*
 * Opens the copy in case_fd, or begins one (size 0) if there is no log/ yet.
 * ERR_VERIFY: what lies there is not a ledger of this key. log_copy_free
 * accepts NULL; what was added and not finished is forgotten.
 */
int log_copy_open(struct log_copy **ret_copy, int case_fd,
    const struct note_key *log_key, struct err *err) MUST_CHECK;
void log_copy_free(struct log_copy *copy);

/* Of its checkpoint; size 0 and the empty root for one that was begun. */
uint64_t log_copy_size(const struct log_copy *copy);
struct hash log_copy_root(const struct log_copy *copy);
/* Leaves so far, with those that were added. */
uint64_t log_copy_added(const struct log_copy *copy);

/* Adds the next leaf (1 to LOG_TILE_ENTRY_MAX bytes, else ERR_FORMAT). */
int log_copy_add(
    struct log_copy *copy, struct slice leaf, struct err *err) MUST_CHECK;

/* ERR_VERIFY: the leaves do not lead to this checkpoint, or it is not signed
 * by the ledger's key; the copy is then as it was. Cosignatures on it are kept
 * as they stand. A checkpoint that is there already costs no writing. */
int log_copy_finish(
    struct log_copy *copy, struct slice checkpoint, struct err *err) MUST_CHECK;

#endif
