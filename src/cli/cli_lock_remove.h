/*
 * cli_lock_remove.h: `counterfoil lock --trial --remove`: the images that are
 * not locked go, with all their files, before the record says that they are
 * gone.
 *
 *	cli_lock_remove_open    nothing but what may be removed is named
 *	cli_lock_remove_check   it is what was opened
 *	cli_lock_remove_do      notes beside the images, then they go
 *	cli_lock_remove_end     the record is entered: the notes go
 *
 * A note, IMAGE.removing (cli_lock_note.h), is on the disk before the first
 * file goes and until the record is entered. If the run ends between, the same
 * command finds the note in the place of the image, says so, removes those of
 * its files that are left, and goes on.
 */
#ifndef CLI_LOCK_REMOVE_H
#define CLI_LOCK_REMOVE_H

#include "cli_args.h"
#include "err.h"
#include "hash.h"
#include "slice.h"
#include "tree_chunk.h"

#include <stddef.h>
#include <stdint.h>

#define CLI_LOCK_REMOVE_MAX 16 /* --remove in one command */

struct cli_lock_remove;

/* What was opened, which the images must be. Borrowed. */
struct cli_lock_remove_claim {
	uint64_t length;
	const struct hash *plain; /* SHA-256 */
	const struct tree_seed *seed; /* NULL: no tree; else with the root */
	const struct hash *root;
};

/* Every --remove, raw, in parts or of a format that is read; none: an empty
 * one. `item` is borrowed. ERR_DENIED: a file of it is a symbolic link, has a
 * second name, or is no regular file; ERR_CONFLICT: what an earlier run left is
 * not that file any more. NULL after an error; free it. */
int cli_lock_remove_open(struct cli_lock_remove **ret_remove,
    const struct cli_args *args, struct slice item, struct err *err) MUST_CHECK;

/* Reads them whole. ERR_VERIFY: one is something else. */
int cli_lock_remove_check(struct cli_lock_remove *remove,
    const struct cli_lock_remove_claim *claim, struct err *err) MUST_CHECK;

/* Removes the files, and x.tree if it is the image's; says which stay. */
int cli_lock_remove_do(
    struct cli_lock_remove *remove, struct err *err) MUST_CHECK;

/* Takes the notes away; what cannot be is said. */
void cli_lock_remove_end(struct cli_lock_remove *remove);
void cli_lock_remove_free(struct cli_lock_remove *remove); /* NULL: nothing */

#endif
