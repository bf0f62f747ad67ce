/*
 * witness_state.h: what a witness has cosigned, one file an origin.
 *
 * <folder>/<hex SHA-256 of the origin> holds the last checkpoint that was
 * cosigned, with the log's signature and the witness's own: what anybody may
 * fetch is what the witness goes by. Nothing of it is kept in memory: it is
 * read again each time, so a write that failed half way cannot leave a stale
 * idea of it behind. A file that was altered is told by the cosignature
 * (ERR_VERIFY) and blocks that origin. What cannot be told: a file that was
 * deleted, or an older one put back in its place, whose cosignature is as
 * good. Never restore this folder from a backup; make a new key instead.
 */
#ifndef WITNESS_STATE_H
#define WITNESS_STATE_H

#include "buf.h"
#include "err.h"
#include "log_checkpoint.h"
#include "note_key.h"
#include "slice.h"

#include <stdint.h>

struct witness_state;

/*
 * Makes the folder if need be and keeps it for this process alone:
 * ERR_CONFLICT while another has it. The folder belongs to one witness key,
 * whose vkey is in its file `witness`: ERR_CONFLICT for another key.
 */
int witness_state_open(struct witness_state **ret_state, const char *path,
    const struct note_key *witness, struct err *err) MUST_CHECK;
void witness_state_free(struct witness_state *state); /* accepts NULL */

/* The folder, for whoever gives up all others; it stays the state's. */
int witness_state_folder(const struct witness_state *state);

/* Between the two, no other thread reads or writes the state: to check and
 * store is one step. */
void witness_state_enter(struct witness_state *state);
void witness_state_leave(struct witness_state *state);

/*
 * The note that was cosigned last for an origin, appended to *note, and its
 * head, which borrows from *note. Nothing cosigned yet: size 0, the empty root
 * and no note. Needs no witness_state_enter. The second form takes the file's
 * name, and is ERR_NOTFOUND where nothing was cosigned.
 */
int witness_state_read(const struct witness_state *state, struct slice origin,
    struct buf *note, struct log_checkpoint *ret_head,
    struct err *err) MUST_CHECK;
int witness_state_read_name(const struct witness_state *state,
    struct slice name, struct buf *note, struct err *err) MUST_CHECK;

/* Replaces it, durably: when this is 0, a power cut does not undo it. After an
 * error the file is the old or the new one. */
int witness_state_store(const struct witness_state *state, struct slice origin,
    struct slice note, struct err *err) MUST_CHECK;

/* The file's name for an origin. */
#define WITNESS_STATE_NAME_SIZE 65
void witness_state_name(
    char ret_name[WITNESS_STATE_NAME_SIZE], struct slice origin);

#endif
