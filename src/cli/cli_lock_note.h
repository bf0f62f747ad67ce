/*
 * cli_lock_note.h: IMAGE.removing, the note beside an image that
 * `counterfoil lock --trial --remove` removes.
 *
 *	counterfoil-removing/v1 <item>
 *	<bytes> <inode> <time of the last change, ns> <name>	a line a file
 *
 * It is on the disk before the first file goes and until the record says so.
 * Whoever goes on after a kill cannot look any more whether what is left is
 * the image: so only a file goes that is the one which was looked at, and none
 * that has got its name since.
 */
#ifndef CLI_LOCK_NOTE_H
#define CLI_LOCK_NOTE_H

#include "buf.h"
#include "err.h"
#include "slice.h"

#include <stdbool.h>
#include <stddef.h>

struct cli_lock_note {
	const char *image; /* borrowed: the first file, whose folder it is in */
	struct slice item; /* borrowed */
	struct buf text;
};

void cli_lock_note_init(
    struct cli_lock_note *note, const char *image, struct slice item);
void cli_lock_note_done(struct cli_lock_note *note);

/* That `path` is the only name of a regular file, and that of the open file
 * (-1: of any). ERR_DENIED: a symbolic link, one of several names, or no
 * regular file; ERR_CONFLICT: another file has that name now. */
int cli_lock_note_check_name(
    const char *path, int fd, struct err *err) MUST_CHECK;

/* Adds the open file at `path`, in the image's folder. ERR_UNSUPPORTED: its
 * name has more than one line. */
int cli_lock_note_add(struct cli_lock_note *note, const char *path, int fd,
    struct err *err) MUST_CHECK;
/* Publishes it; over one of the same item, never over something else. */
int cli_lock_note_write(
    const struct cli_lock_note *note, struct err *err) MUST_CHECK;

/* Reads one of an earlier run. ERR_NOTFOUND: there is none; ERR_CONFLICT: it is
 * of something else. */
int cli_lock_note_read(struct cli_lock_note *note, struct err *err) MUST_CHECK;
/* Of the *ret_n files in it so many are still there, and each is the one that
 * it is of: else ERR_CONFLICT. */
int cli_lock_note_check(const struct cli_lock_note *note, size_t *ret_there,
    size_t *ret_n, struct err *err) MUST_CHECK;
/* Removes the files, after the same check of each, the first one first: while
 * it is there nothing is missing. Durable when it returns. */
int cli_lock_note_remove_files(
    const struct cli_lock_note *note, struct err *err) MUST_CHECK;
/* The record is entered. */
int cli_lock_note_end(
    const struct cli_lock_note *note, struct err *err) MUST_CHECK;

/* For an image that could not be opened with `code`: if it is not there and a
 * note of it is, the message says so and what to do. Returns the code. */
int cli_lock_note_explain(const char *image, int code, struct err *err);

#endif
