/*
 * file.c: reading whole, publishing atomically, locking, listing.
 *
 * Invariants: a published name never shows a mixture of old and new bytes; 0
 * is answered only after both the bytes and the name are on the disk; a failed
 * publish leaves no temp file, and one that a crash left behind is in nobody's
 * way, because each temp name is drawn anew.
 */
#include "file.h"

#include "mem.h"
#include "text.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

#define FILE_TEMP_PREFIX ".tmp-"
#define FILE_CHUNK 65536
#define FILE_LOCK_POLL_MS 10
#define FD_PATH_SIZE 32 /* "/proc/self/fd/" and a number */

/* A user's own spelling of a path may go through symbolic links. */
static int nofollow_flag(int dir_fd)
{
	return dir_fd == AT_FDCWD ? 0 : O_NOFOLLOW;
}

int file_open_dir(int *ret_fd, int dir_fd, const char *path, struct err *err)
{
	const int fd = openat(dir_fd, path,
	    O_RDONLY | O_DIRECTORY | O_CLOEXEC | nofollow_flag(dir_fd));

	if (fd < 0)
		return err_sys(err, errno, "cannot open folder %s", path);
	*ret_fd = fd;
	return 0;
}

int file_sync_dir(int dir_fd, const char *path, struct err *err)
{
	int fd = -1;
	int rc = file_open_dir(&fd, dir_fd, path, err);

	if (rc != 0)
		return rc;
	if (fsync(fd) != 0)
		rc = err_sys(err, errno, "cannot sync folder %s", path);
	/* Nothing was written through this descriptor. */
	(void)close(fd);
	return rc;
}

/*
 * Opens the folder `name` in dir_fd for walking on, and makes it if it is
 * missing. O_PATH, because a folder on the way may be searchable without being
 * readable.
 */
static int step_into(int *ret_fd, int dir_fd, const char *name, mode_t mode,
    int flags, struct err *err)
{
	int fd = openat(dir_fd, name, flags);

	if (fd < 0 && errno == ENOENT) {
		/* Somebody else may make the same folder at the same time. */
		if (mkdirat(dir_fd, name, mode) != 0 && errno != EEXIST)
			return err_sys(
			    err, errno, "cannot make folder %s", name);
		const int rc = file_sync_dir(dir_fd, ".", err);
		if (rc != 0)
			return rc;
		fd = openat(dir_fd, name, flags);
	}
	if (fd < 0)
		return err_sys(err, errno, "cannot open folder %s", name);
	*ret_fd = fd;
	return 0;
}

int file_make_dir(
    int *ret_fd, int dir_fd, const char *path, bool is_private, struct err *err)
{
	const int flags =
	    O_PATH | O_DIRECTORY | O_CLOEXEC | nofollow_flag(dir_fd);
	const mode_t mode = is_private ? 0700 : 0755;
	struct slice rest = slice_of(path);
	int rc;
	int at = openat(dir_fd, path[0] == '/' ? "/" : ".", flags);

	if (at < 0)
		return err_sys(err, errno, "cannot open folder %s", path);
	while (rest.p) {
		const struct slice part = slice_cut(&rest, '/');
		char name[NAME_MAX + 1];
		int next = -1;

		if (part.n == 0)
			continue;
		if (part.n > NAME_MAX) {
			rc = err_sys(err, ENAMETOOLONG, "cannot open");
			goto out;
		}
		memcpy(name, part.p, part.n);
		name[part.n] = '\0';
		rc = step_into(&next, at, name, mode, flags, err);
		if (rc != 0)
			goto out;
		(void)close(at); /* was only walked through */
		at = next;
	}
	rc = file_open_dir(ret_fd, at, ".", err);
out:
	(void)close(at); /* was only walked through */
	if (rc != 0)
		err_prefix(err, "%s", path);
	return rc;
}

/* read() until the end, but at most max_bytes. */
static int read_all(struct buf *out, int fd, const char *path, size_t max_bytes,
    struct err *err)
{
	char local[FILE_CHUNK];
	char *locked = out->is_secret ? mem_secret_new(sizeof local) : NULL;
	char *chunk = out->is_secret ? locked : local;
	size_t total = 0;
	int rc = 0;

	if (!chunk)
		return err_nomem(err);
	for (;;) {
		const ssize_t n = read(fd, chunk, sizeof local);

		if (n == 0)
			break;
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			rc = err_sys(err, errno, "cannot read %s", path);
			goto out;
		}
		if ((size_t)n > max_bytes - total) {
			rc = err_set(err, ERR_LIMIT,
			    "%s is longer than %zu bytes", path, max_bytes);
			goto out;
		}
		total += (size_t)n;
		buf_put(out, chunk, (size_t)n);
	}
	rc = buf_check(out, err);
out:
	/* The file may have been a secret key. */
	mem_wipe(local, out->is_secret ? 0 : sizeof local);
	mem_secret_free(locked);
	return rc;
}

int file_read(struct buf *out, int dir_fd, const char *path, size_t max_bytes,
    struct err *err)
{
	/* O_NONBLOCK: a FIFO in the file's place must not hang the open. */
	const int fd = openat(
	    dir_fd, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	struct stat st;
	int rc;

	if (fd < 0)
		return err_sys(err, errno, "cannot open %s", path);
	if (fstat(fd, &st) != 0)
		rc = err_sys(err, errno, "cannot read %s", path);
	else if (!S_ISREG(st.st_mode))
		rc = err_set(
		    err, ERR_UNSUPPORTED, "%s is not a regular file", path);
	else
		rc = read_all(out, fd, path, max_bytes, err);
	(void)close(fd); /* nothing was written */
	return rc;
}

/* A pipe that the shell made lies in no folder: its other end is there already,
 * and it can be waited for. */
static bool is_named_fifo(int fd)
{
	struct stat st;
	struct statfs fs;

	return fstat(fd, &st) == 0 && S_ISFIFO(st.st_mode) &&
	    (fstatfs(fd, &fs) != 0 || fs.f_type != PIPEFS_MAGIC);
}

int file_open_user(int *ret_fd, const char *path, struct err *err)
{
	const bool is_standard = strcmp(path, "-") == 0;
	/* The flag that waits for nobody to open the other end of a FIFO. */
	const int fd = is_standard
	    ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)
	    : open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return err_sys(err, errno, "cannot open %s", path);
	int rc = 0;
	if (!is_standard && is_named_fifo(fd))
		rc = err_set(err, ERR_UNSUPPORTED,
		    "%s is no file but a FIFO; \"-\" reads standard input",
		    path);
	else if (!is_standard && fcntl(fd, F_SETFL, 0) != 0)
		rc = err_sys(err, errno, "cannot open %s", path);
	if (rc != 0) {
		(void)close(fd); /* nothing was written */
		return rc;
	}
	*ret_fd = fd;
	return 0;
}

int file_read_user(
    struct buf *out, const char *path, size_t max_bytes, struct err *err)
{
	const char *name = strcmp(path, "-") == 0 ? "standard input" : path;
	int fd = -1;
	int rc = file_open_user(&fd, path, err);

	if (rc != 0)
		return rc;
	rc = read_all(out, fd, name, max_bytes, err);
	(void)close(fd); /* nothing was written */
	return rc;
}

int file_read_some(
    int fd, void *bytes, size_t max_bytes, size_t *ret_n, struct err *err)
{
	ssize_t n;

	do
		n = read(fd, bytes, max_bytes);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return err_sys(err, errno, "cannot read");
	*ret_n = (size_t)n;
	return 0;
}

bool file_exists(int dir_fd, const char *path)
{
	struct stat st;

	return fstatat(dir_fd, path, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

static int write_all(int fd, struct slice bytes)
{
	while (bytes.n > 0) {
		const ssize_t n = write(fd, bytes.p, bytes.n);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		bytes.p += n;
		bytes.n -= (size_t)n;
	}
	return 0;
}

struct temp {
	char name[FILE_TEMP_NAME_SIZE];
};

static_assert(sizeof FILE_TEMP_PREFIX + 16 == FILE_TEMP_NAME_SIZE, "its name");

static struct temp temp_name(void)
{
	struct temp temp = {FILE_TEMP_PREFIX};
	uint8_t bytes[8];

	mem_random(bytes, sizeof bytes);
	text_to_hex(temp.name + strlen(FILE_TEMP_PREFIX), bytes, sizeof bytes);
	return temp;
}

/* A new file with these bytes, on the disk; no file if it fails. */
static int write_temp(int folder, const struct temp *temp, struct slice bytes,
    unsigned mode, struct err *err)
{
	const int fd = openat(folder, temp->name,
	    O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
	int rc = 0;

	if (fd < 0)
		return err_sys(err, errno, "cannot make %s", temp->name);
	if (write_all(fd, bytes) != 0)
		rc = err_sys(err, errno, "cannot write");
	else if (fsync(fd) != 0)
		rc = err_sys(err, errno, "cannot sync");
	if (close(fd) != 0 && rc == 0)
		rc = err_sys(err, errno, "cannot close");
	if (rc != 0)
		(void)unlinkat(folder, temp->name, 0); /* rc says it already */
	return rc;
}

/* Opens the folder of `path`, making it if needed; *ret_name is the rest. */
static int open_parent(int *ret_fd, const char **ret_name, int dir_fd,
    const char *path, bool is_private, struct err *err)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	const size_t n = (size_t)(name - path);
	int rc;

	if (name[0] == '\0')
		return err_set(err, ERR_USAGE, "\"%s\" names no file", path);
	char *folder = n > 0 ? mem_copy_text(path, n) : mem_copy_text(".", 1);
	if (!folder)
		return err_nomem(err);
	rc = file_make_dir(ret_fd, dir_fd, folder, is_private, err);
	free(folder);
	if (rc == 0)
		*ret_name = name;
	return rc;
}

static int put_in_place(int folder, const struct temp *temp, const char *name,
    bool is_new, struct err *err)
{
	int rc = 0;

	if (!is_new) {
		if (renameat(folder, temp->name, folder, name) == 0)
			return 0;
		rc = err_sys(err, errno, "cannot rename");
	} else if (linkat(folder, temp->name, folder, name, 0) != 0) {
		rc = errno == EEXIST
		    ? err_set(err, ERR_CONFLICT, "exists already")
		    : err_sys(err, errno, "cannot link");
	}
	/* A temp name that cannot be removed harms nobody. */
	(void)unlinkat(folder, temp->name, 0);
	return rc;
}

static int publish(int dir_fd, const char *path, struct slice bytes,
    unsigned mode, bool is_new, struct err *err)
{
	const bool is_private = (mode & 077) == 0;
	const struct temp temp = temp_name();
	const char *name = NULL;
	int folder = -1;
	int rc = open_parent(&folder, &name, dir_fd, path, is_private, err);

	if (rc != 0)
		return rc;
	rc = write_temp(folder, &temp, bytes, mode, err);
	if (rc != 0)
		goto out;
	rc = put_in_place(folder, &temp, name, is_new, err);
	if (rc != 0)
		goto out;
	if (fsync(folder) != 0)
		rc = err_sys(err, errno, "cannot sync the folder");
out:
	(void)close(folder); /* a folder holds no unwritten bytes */
	if (rc != 0)
		err_prefix(err, "%s", path);
	return rc;
}

bool file_is_temp(const char *name)
{
	return strncmp(name, FILE_TEMP_PREFIX, strlen(FILE_TEMP_PREFIX)) == 0;
}

int file_publish(int dir_fd, const char *path, struct slice bytes,
    unsigned mode, struct err *err)
{
	return publish(dir_fd, path, bytes, mode, false, err);
}

int file_publish_new(int dir_fd, const char *path, struct slice bytes,
    unsigned mode, struct err *err)
{
	return publish(dir_fd, path, bytes, mode, true, err);
}

static void put_fd_path(char ret_path[FD_PATH_SIZE], int fd)
{
	(void)snprintf(ret_path, FD_PATH_SIZE, "/proc/self/fd/%d", fd);
}

/* A file without a name, if it can be given one later: -1 if not. */
static int open_nameless(int folder, unsigned mode)
{
	char path[FD_PATH_SIZE];
	int fd = openat(folder, ".", O_WRONLY | O_TMPFILE | O_CLOEXEC, mode);

	if (fd < 0)
		return -1;
	put_fd_path(path, fd);
	if (access(path, F_OK) == 0)
		return fd;
	(void)close(fd); /* empty */
	return -1;
}

static int open_draft(struct file_draft *draft, unsigned mode)
{
	const struct temp temp = temp_name();

	draft->temp[0] = '\0';
	draft->fd = open_nameless(draft->folder, mode);
	if (draft->fd >= 0)
		return 0;
	memcpy(draft->temp, temp.name, sizeof draft->temp);
	draft->fd = openat(draft->folder, draft->temp,
	    O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
	return draft->fd < 0 ? errno : 0;
}

int file_draft_open(struct file_draft *draft, int dir_fd, const char *path,
    unsigned mode, struct err *err)
{
	int errnum;
	int rc = open_parent(
	    &draft->folder, &draft->name, dir_fd, path, (mode & 077) == 0, err);

	if (rc != 0)
		return rc;
	if (file_exists(draft->folder, draft->name))
		rc = err_set(err, ERR_CONFLICT, "%s: exists already", path);
	draft->fd = -1;
	if (rc == 0 && (errnum = open_draft(draft, mode)) != 0)
		rc = err_sys(err, errnum, "%s: cannot make a file", path);
	if (rc != 0)
		(void)close(draft->folder); /* holds no unwritten bytes */
	draft->is_open = rc == 0;
	return rc;
}

int file_draft_write(
    struct file_draft *draft, const void *bytes, size_t n, struct err *err)
{
	if (write_all(draft->fd, (struct slice){bytes, n}) != 0)
		return err_sys(err, errno, "%s: cannot write", draft->name);
	return 0;
}

static int give_name(const struct file_draft *draft, struct err *err)
{
	char path[FD_PATH_SIZE];

	put_fd_path(path, draft->fd);
	if (linkat(AT_FDCWD, path, draft->folder, draft->name,
		AT_SYMLINK_FOLLOW) == 0)
		return 0;
	return errno == EEXIST ? err_set(err, ERR_CONFLICT, "exists already")
			       : err_sys(err, errno, "cannot link");
}

int file_draft_publish(struct file_draft *draft, struct err *err)
{
	struct temp temp;
	int rc = 0;

	memcpy(temp.name, draft->temp, sizeof temp.name);
	if (fsync(draft->fd) != 0)
		rc = err_sys(err, errno, "cannot sync");
	if (rc == 0 && draft->temp[0] == '\0')
		rc = give_name(draft, err);
	if (close(draft->fd) != 0 && rc == 0)
		rc = err_sys(err, errno, "cannot close");
	draft->fd = -1;
	if (rc == 0 && draft->temp[0] != '\0')
		rc = put_in_place(draft->folder, &temp, draft->name, true, err);
	if (rc == 0 && fsync(draft->folder) != 0)
		rc = err_sys(err, errno, "cannot sync the folder");
	if (rc != 0)
		err_prefix(err, "%s", draft->name);
	return rc;
}

void file_draft_done(struct file_draft *draft)
{
	if (!draft->is_open)
		return;
	if (draft->fd >= 0)
		(void)close(draft->fd); /* its bytes are thrown away */
	/* Published, it has this name no more. */
	if (draft->temp[0] != '\0')
		(void)unlinkat(draft->folder, draft->temp, 0);
	(void)close(draft->folder); /* holds no unwritten bytes */
	draft->is_open = false;
}

static uint64_t monotonic_ms(void)
{
	struct timespec now;

	/* Fails only for a clock that does not exist. */
	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* flock has no timeout, and a signal to interrupt it would belong to the
 * whole process: so it is asked again until the time is over. */
static int wait_for_lock(
    int fd, const char *path, unsigned wait_ms, struct err *err)
{
	const struct timespec pause = {.tv_nsec = FILE_LOCK_POLL_MS * 1000000L};
	const uint64_t deadline_ms = monotonic_ms() + wait_ms;

	while (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		if (errno == EINTR)
			continue;
		if (errno != EWOULDBLOCK)
			return err_sys(err, errno, "cannot lock %s", path);
		if (monotonic_ms() >= deadline_ms)
			return err_set(err, ERR_CONFLICT,
			    "%s is locked by somebody else", path);
		(void)nanosleep(&pause, NULL); /* shorter is fine too */
	}
	return 0;
}

int file_lock(int *ret_fd, int dir_fd, const char *path, unsigned wait_ms,
    struct err *err)
{
	const int fd = openat(
	    dir_fd, path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd < 0)
		return err_sys(err, errno, "cannot open %s", path);
	const int rc = wait_for_lock(fd, path, wait_ms, err);
	if (rc != 0)
		(void)close(fd); /* nothing was written */
	else
		*ret_fd = fd;
	return rc;
}

int file_remove(int dir_fd, const char *path, struct err *err)
{
	if (unlinkat(dir_fd, path, 0) != 0)
		return err_sys(err, errno, "cannot remove %s", path);
	return 0;
}

struct names {
	char **list;
	size_t n;
	size_t cap;
};

static int add_name(struct names *names, const char *name, struct err *err)
{
	const int rc = mem_grow((void **)&names->list, &names->cap,
	    names->n + 1, sizeof *names->list, err);

	if (rc != 0)
		return rc;
	names->list[names->n] = mem_copy_text(name, strlen(name));
	if (!names->list[names->n])
		return err_nomem(err);
	names->n++;
	return 0;
}

static int read_names(
    struct names *names, DIR *dir, const char *path, struct err *err)
{
	for (;;) {
		errno = 0;
		const struct dirent *entry = readdir(dir);

		if (!entry && errno != 0)
			return err_sys(err, errno, "cannot list %s", path);
		if (!entry)
			return 0;
		if (strcmp(entry->d_name, ".") == 0 ||
		    strcmp(entry->d_name, "..") == 0)
			continue;
		const int rc = add_name(names, entry->d_name, err);
		if (rc != 0)
			return rc;
	}
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

int file_list(int dir_fd, const char *path,
    int (*each)(void *cookie, const char *name, struct err *err), void *cookie,
    struct err *err)
{
	struct names names = {0};
	DIR *dir = NULL;
	int fd = -1;
	int rc = file_open_dir(&fd, dir_fd, path, err);

	if (rc != 0)
		return rc;
	dir = fdopendir(fd);
	if (!dir) {
		rc = err_sys(err, errno, "cannot list %s", path);
		(void)close(fd); /* nothing was written */
		goto out;
	}
	rc = read_names(&names, dir, path, err);
	if (rc != 0)
		goto out;
	if (names.n > 0)
		qsort(names.list, names.n, sizeof *names.list, compare_names);
	for (size_t i = 0; i < names.n && rc == 0; i++)
		rc = each(cookie, names.list[i], err);
out:
	if (dir)
		(void)closedir(dir); /* nothing was written */
	for (size_t i = 0; i < names.n; i++)
		free(names.list[i]);
	free(names.list);
	return rc;
}
