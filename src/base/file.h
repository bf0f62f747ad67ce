/*
 * file.h: files as this project uses them: read whole with a limit, published
 * by temp file, fsync, rename and fsync of the folder, locked by flock.
 *
 * All names are relative to a folder descriptor and are opened O_CLOEXEC and
 * O_NOFOLLOW. After a failed fsync nothing is assumed about the page cache:
 * the caller gets ERR_IO and must not acknowledge anything.
 */
#ifndef FILE_H
#define FILE_H

#include "buf.h"
#include "err.h"
#include "slice.h"

#include <stdbool.h>
#include <stddef.h>

/* ".tmp-", 16 hex digits, NUL. */
#define FILE_TEMP_NAME_SIZE 22

/* Opens a folder; close() the result. file_make_dir makes it and missing
 * parents (mode 0755, or 0700 if is_private) and fsyncs what it made. dir_fd
 * may be AT_FDCWD. The last component may be a symbolic link only with dir_fd
 * == AT_FDCWD (a user's own spelling of a path); on the way to a folder that
 * may have to be made, none is followed otherwise. */
int file_open_dir(
    int *ret_fd, int dir_fd, const char *path, struct err *err) MUST_CHECK;
int file_make_dir(int *ret_fd, int dir_fd, const char *path, bool is_private,
    struct err *err) MUST_CHECK;

/* Reads a regular file whole; more than max_bytes fails with ERR_LIMIT, a
 * missing one with ERR_NOTFOUND, what is no regular file with
 * ERR_UNSUPPORTED. Appends to *out; after a failure a part may be there. */
int file_read(struct buf *out, int dir_fd, const char *path, size_t max_bytes,
    struct err *err) MUST_CHECK;

/* As file_read for a path the user typed; "-" is standard input; follows
 * symbolic links and reads pipes of the shell. ERR_UNSUPPORTED: a FIFO with a
 * name, which would be waited for, perhaps for ever. */
int file_read_user(struct buf *out, const char *path, size_t max_bytes,
    struct err *err) MUST_CHECK;

/* The same for a file that is read as it comes: close() the descriptor, which
 * for "-" is a duplicate of standard input. */
int file_open_user(int *ret_fd, const char *path, struct err *err) MUST_CHECK;
/* Up to max_bytes; *ret_n is 0 at the end. */
int file_read_some(int fd, void *bytes, size_t max_bytes, size_t *ret_n,
    struct err *err) MUST_CHECK;

bool file_exists(int dir_fd, const char *path);

/* Publishes bytes under `path`, whose folders are made as needed (private if
 * the file is): temp file, fsync, rename over, fsync of the folder. A reader
 * sees the old or the new file, never a mixture. mode e.g. 0644, less the
 * umask. The temp file lies in the same folder, its name begins with ".tmp-";
 * only a crash leaves one behind. */
int file_publish(int dir_fd, const char *path, struct slice bytes,
    unsigned mode, struct err *err) MUST_CHECK;

/* Whether the name is one of a file being written, which means nothing. */
bool file_is_temp(const char *name);

/* As file_publish but fails with ERR_CONFLICT if `path` exists (link, not
 * rename). */
int file_publish_new(int dir_fd, const char *path, struct slice bytes,
    unsigned mode, struct err *err) MUST_CHECK;

/*
 * The same for a file that is too long for memory, written bit by bit. Zero it
 * first; nothing has the name before file_draft_publish, and file_draft_done
 * removes what was not published. Until then it has no name at all, where the
 * file system can do that, so that a crash leaves nothing behind. ERR_CONFLICT,
 * at once or at the end: the name exists.
 */
struct file_draft {
	bool is_open;
	int folder, fd;
	char temp[FILE_TEMP_NAME_SIZE]; /* empty: it has no name */
	const char
	    *name; /* within the path that was given, which is borrowed */
};
int file_draft_open(struct file_draft *draft, int dir_fd, const char *path,
    unsigned mode, struct err *err) MUST_CHECK;
int file_draft_write(struct file_draft *draft, const void *bytes, size_t n,
    struct err *err) MUST_CHECK;
int file_draft_publish(struct file_draft *draft, struct err *err) MUST_CHECK;
void file_draft_done(struct file_draft *draft);

/* Takes an exclusive flock on `path` (made if missing, mode 0600). Waits up to
 * wait_ms, then ERR_CONFLICT. close() the descriptor to release. */
int file_lock(int *ret_fd, int dir_fd, const char *path, unsigned wait_ms,
    struct err *err) MUST_CHECK;

int file_remove(int dir_fd, const char *path, struct err *err) MUST_CHECK;
int file_sync_dir(int dir_fd, const char *path, struct err *err) MUST_CHECK;

/* Calls `each` with every name in a folder but "." and "..", in bytewise
 * order; stops at its first non-zero result and returns that. */
int file_list(int dir_fd, const char *path,
    int (*each)(void *cookie, const char *name, struct err *err), void *cookie,
    struct err *err) MUST_CHECK;

#endif
