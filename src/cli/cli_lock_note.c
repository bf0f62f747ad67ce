/*
 * cli_lock_note.c: see cli_lock_note.h.
 */
#include "cli_lock_note.h"

#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATH_LENGTH_MAX 8192
#define NOTE_BYTES_MAX (8u << 20) /* all names of an E01 */
#define FIRST "counterfoil-removing/v1 "
#define ENDING ".removing"

void cli_lock_note_init(
    struct cli_lock_note *note, const char *image, struct slice item)
{
	*note = (struct cli_lock_note){.image = image, .item = item};
	buf_init(&note->text, NOTE_BYTES_MAX);
	buf_printf(&note->text, "%s%.*s\n", FIRST, SLICE_ARG(item));
}

void cli_lock_note_done(struct cli_lock_note *note)
{
	buf_done(&note->text);
}

static int put_path(struct buf *path, const char *image, struct err *err)
{
	buf_init(path, PATH_LENGTH_MAX);
	buf_printf(path, "%s" ENDING, image);
	return buf_check(path, err);
}

/* ---- what a file is ---- */

/* A number alone could be another's after a file was removed and made again. */
struct identity {
	unsigned long long size, inode, changed_ns;
};

static struct identity identity_of(const struct stat *st)
{
	return (struct identity){
	    .size = (unsigned long long)st->st_size,
	    .inode = st->st_ino,
	    .changed_ns = (unsigned long long)st->st_mtim.tv_sec * 1000000000 +
		(unsigned long long)st->st_mtim.tv_nsec,
	};
}

int cli_lock_note_check_name(const char *path, int fd, struct err *err)
{
	struct stat named, opened;

	if (lstat(path, &named) != 0)
		return err_sys(err, errno, "lock: --remove %s", path);
	if (S_ISLNK(named.st_mode))
		return err_set(err, ERR_DENIED,
		    "lock: --remove %s: it is a symbolic link, and the file "
		    "would stay; name the file itself",
		    path);
	if (!S_ISREG(named.st_mode))
		return err_set(err, ERR_DENIED,
		    "lock: --remove %s: it is not a regular file", path);
	/* Removing one would leave the bytes where they are. */
	if (named.st_nlink != 1)
		return err_set(err, ERR_DENIED,
		    "lock: --remove %s: the same file has %llu names, and "
		    "would stay under the others; remove those first",
		    path, (unsigned long long)named.st_nlink);
	if (fd >= 0 &&
	    (fstat(fd, &opened) != 0 || opened.st_dev != named.st_dev ||
		opened.st_ino != named.st_ino))
		return err_set(err, ERR_CONFLICT,
		    "lock: --remove %s: another file has that name now", path);
	return 0;
}

/* *ret_is_there false: an earlier run removed it. */
static int check_identity(const char *path, const struct identity *was,
    bool *ret_is_there, struct err *err)
{
	struct identity is;
	struct stat st;
	int rc;

	*ret_is_there = lstat(path, &st) == 0;
	if (!*ret_is_there)
		return errno == ENOENT
		    ? 0
		    : err_sys(err, errno, "lock: --remove %s", path);
	is = identity_of(&st);
	rc = cli_lock_note_check_name(path, -1, err);
	if (rc == 0 &&
	    (is.size != was->size || is.inode != was->inode ||
		is.changed_ns != was->changed_ns))
		rc = err_set(err, ERR_CONFLICT,
		    "lock: --remove %s: a removal ended before this file was "
		    "removed, and it is not that file any more; it stays: look "
		    "at it, put it elsewhere, and give the command again",
		    path);
	return rc;
}

/* ---- the note ---- */

static const char *last_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == NULL ? path : slash + 1;
}

int cli_lock_note_add(
    struct cli_lock_note *note, const char *path, int fd, struct err *err)
{
	struct identity is;
	struct stat st;

	if (strchr(path, '\n') != NULL)
		return err_set(err, ERR_UNSUPPORTED,
		    "lock: --remove %s: its name has more than one line", path);
	if (fstat(fd, &st) != 0)
		return err_sys(err, errno, "lock: --remove %s", path);
	is = identity_of(&st);
	buf_printf(&note->text, "%llu %llu %llu %s\n", is.size, is.inode,
	    is.changed_ns, last_of(path));
	return buf_check(&note->text, err);
}

static int read_text(
    const struct cli_lock_note *note, struct buf *text, struct err *err)
{
	struct buf path;
	int rc = put_path(&path, note->image, err);

	if (rc == 0)
		rc = file_read(text, AT_FDCWD, path.p, NOTE_BYTES_MAX, err);
	if (rc == 0) {
		struct slice rest = buf_slice(text);
		struct slice line = slice_cut(&rest, '\n');
		const size_t n = strlen(FIRST);

		if (!slice_starts_with(line, FIRST) ||
		    !slice_is(
			(struct slice){line.p + n, line.n - n}, note->item))
			rc = err_set(err, ERR_CONFLICT,
			    "lock: %s is not of a removal of %.*s", path.p,
			    SLICE_ARG(note->item));
	}
	buf_done(&path);
	return rc;
}

int cli_lock_note_read(struct cli_lock_note *note, struct err *err)
{
	buf_clear(&note->text);
	return read_text(note, &note->text, err);
}

int cli_lock_note_write(const struct cli_lock_note *note, struct err *err)
{
	struct buf path, old;
	int rc = put_path(&path, note->image, err);

	buf_init(&old, NOTE_BYTES_MAX);
	if (rc == 0 && file_exists(AT_FDCWD, path.p))
		rc = read_text(note, &old, err); /* not over something else */
	if (rc == 0)
		rc = file_publish(
		    AT_FDCWD, path.p, buf_slice(&note->text), 0600, err);
	buf_done(&old);
	buf_done(&path);
	return rc;
}

/* The next line: what the file was, and where it is. False: it is none. */
static bool take_line(const struct cli_lock_note *note, struct slice line,
    struct identity *was, struct buf *path)
{
	const size_t folder = (size_t)(last_of(note->image) - note->image);

	if (!slice_to_u64(slice_cut(&line, ' '), &was->size) ||
	    !slice_to_u64(slice_cut(&line, ' '), &was->inode) ||
	    !slice_to_u64(slice_cut(&line, ' '), &was->changed_ns) ||
	    line.n == 0 || memchr(line.p, '/', line.n) != NULL)
		return false;
	buf_clear(path);
	buf_put(path, note->image, folder);
	buf_put(path, line.p, line.n);
	return true;
}

/* Each file of the note that is still there; is_removed: and then it is not. */
static int walk(const struct cli_lock_note *note, bool is_removed,
    size_t *ret_there, size_t *ret_n, struct err *err)
{
	struct slice rest = buf_slice(&note->text), line;
	size_t there = 0, n = 0;
	struct identity was;
	struct buf path;
	int rc = 0;

	buf_init(&path, PATH_LENGTH_MAX);
	(void)slice_cut(&rest, '\n');
	for (; rc == 0 && (line = slice_cut(&rest, '\n')).n > 0; n++) {
		bool is_there = false;

		if (!take_line(note, line, &was, &path))
			rc = err_set(err, ERR_FORMAT,
			    "lock: %s" ENDING ": line %zu is none", note->image,
			    n + 2);
		if (rc == 0)
			rc = buf_check(&path, err);
		if (rc == 0)
			rc = check_identity(path.p, &was, &is_there, err);
		if (rc == 0 && is_there && is_removed)
			rc = file_remove(AT_FDCWD, path.p, err);
		there += is_there;
	}
	buf_done(&path);
	*ret_there = there;
	*ret_n = n;
	return rc;
}

int cli_lock_note_check(const struct cli_lock_note *note, size_t *ret_there,
    size_t *ret_n, struct err *err)
{
	return walk(note, false, ret_there, ret_n, err);
}

int cli_lock_note_remove_files(
    const struct cli_lock_note *note, struct err *err)
{
	const size_t folder = (size_t)(last_of(note->image) - note->image);
	size_t there, n;
	struct buf path;
	int rc = walk(note, true, &there, &n, err);

	buf_init(&path, PATH_LENGTH_MAX);
	buf_put(&path, folder > 0 ? note->image : ".", folder > 0 ? folder : 1);
	if (rc == 0)
		rc = buf_check(&path, err);
	if (rc == 0)
		rc = file_sync_dir(AT_FDCWD, path.p, err);
	buf_done(&path);
	return rc;
}

int cli_lock_note_end(const struct cli_lock_note *note, struct err *err)
{
	struct buf path;
	int rc = put_path(&path, note->image, err);

	if (rc == 0)
		rc = file_remove(AT_FDCWD, path.p, err);
	buf_done(&path);
	return rc;
}

int cli_lock_note_explain(const char *image, int code, struct err *err)
{
	struct stat st;
	struct buf path;

	if (code != ERR_NOTFOUND || lstat(image, &st) == 0 || err == NULL)
		return code;
	if (put_path(&path, image, NULL) == 0 &&
	    file_exists(AT_FDCWD, path.p)) {
		*err = (struct err){0};
		(void)err_set(err, code,
		    "%s is not there, and %s is: counterfoil lock --trial "
		    "--remove was removing it; give that command again, it "
		    "goes on",
		    image, path.p);
	}
	buf_done(&path);
	return code;
}
