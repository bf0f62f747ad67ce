/*
 * log_stage.c: files that become durable together.
 *
 * Each is written as private/log/staged-<n>; then all are synced, and only then
 * does the first get its name, so that log/ never holds anything that is not
 * whole and durable. Folders are opened before anything is renamed into them
 * and stay open until they are synced: no error of the disk can pass unseen.
 * The disk is asked to write everything before the first wait, so that many
 * files take hardly longer than one.
 */
#include "log_stage.h"

#include "log_internal.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define FOLDER_FLAGS (O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)
/* tile, level, and seven groups of digits, the last perhaps with .p */
#define DEPTH_MAX 10
#define FEW 4 /* the files of an append that fills no tile, and one more */

static int write_all(int fd, struct slice bytes)
{
	while (bytes.n > 0) {
		ssize_t n = write(fd, bytes.p, bytes.n);
		if (n < 0 && errno != EINTR)
			return -1;
		if (n > 0) {
			bytes.p += n;
			bytes.n -= (size_t)n;
		}
	}
	return 0;
}

/* Makes and fills a staged file, to be synced and closed by the caller. */
static int create(int *ret_fd, int private_fd, const char *staged,
    struct slice bytes, unsigned mode, struct err *err)
{
	const int flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW;

	int fd = openat(private_fd, staged, flags, mode);
	/* A crash may have left one, with another mode. */
	if (fd < 0 && errno == EEXIST) {
		if (unlinkat(private_fd, staged, 0) < 0)
			return err_sys(
			    err, errno, "remove private/log/%s", staged);
		fd = openat(private_fd, staged, flags, mode);
	}
	if (fd < 0)
		return err_sys(err, errno, "create private/log/%s", staged);
	if (write_all(fd, bytes) < 0) {
		int r = err_sys(err, errno, "write private/log/%s", staged);
		(void)close(fd); /* the file is given up */
		return r;
	}
	*ret_fd = fd;
	return 0;
}

int log_stage_sync(int folder_fd, const char *path, struct err *err)
{
	return fsync(folder_fd) < 0 ? err_sys(err, errno, "sync %s", path) : 0;
}

static int sync_and_close(int *fd, const char *name, struct err *err)
{
	int r = log_stage_sync(*fd, name, err);

	if (close(*fd) < 0 && r == 0)
		r = err_sys(err, errno, "close %s", name);
	*fd = -1;
	return r;
}

int log_stage_file(int private_fd, int folder_fd, const char *name,
    struct slice bytes, unsigned mode, struct err *err)
{
	int fd;

	int r = create(&fd, private_fd, LOG_STAGE_NAME, bytes, mode, err);
	if (r == 0)
		r = sync_and_close(&fd, name, err);
	if (r == 0 && renameat(private_fd, LOG_STAGE_NAME, folder_fd, name) < 0)
		r = err_sys(err, errno, "rename to %s", name);
	return r;
}

/* --- folders --- */

static struct log_stage_folder *find_folder(
    struct log_stage *stage, const char *path)
{
	for (size_t i = 0; i < stage->folder_n; i++)
		if (strcmp(stage->folders[i].path, path) == 0)
			return &stage->folders[i];
	return NULL;
}

static struct log_stage_folder *keep_folder(
    struct log_stage *stage, int fd, const char *path)
{
	assert(stage->folder_n < LOG_STAGE_FOLDERS);
	struct log_stage_folder *folder = &stage->folders[stage->folder_n++];

	*folder = (struct log_stage_folder){.fd = fd};
	(void)snprintf(folder->path, sizeof(folder->path), "%s", path);
	return folder;
}

/* Opens `path`, whose last part is `name` in the folder `above`. */
static int step_into(struct log_stage *stage, struct log_stage_folder *above,
    const char *path, const char *name, struct log_stage_folder **ret_folder,
    struct err *err)
{
	*ret_folder = find_folder(stage, path);
	if (*ret_folder)
		return 0;
	int fd = openat(above->fd, name, FOLDER_FLAGS);
	if (fd < 0 && errno == ENOENT) {
		if (mkdirat(above->fd, name, 0755) < 0 && errno != EEXIST)
			return err_sys(err, errno, "make folder log/%s", path);
		above->is_dirty = true;
		fd = openat(above->fd, name, FOLDER_FLAGS);
	}
	if (fd < 0)
		return err_sys(err, errno, "open folder log/%s", path);
	*ret_folder = keep_folder(stage, fd, path);
	return 0;
}

/* Goes down from log/, making what is missing. */
static int make_folder(struct log_stage *stage, const char *path,
    struct log_stage_folder **ret_folder, struct err *err)
{
	char way[LOG_TILE_PATH_MAX];
	struct log_stage_folder *at = find_folder(stage, "");
	size_t from = 0;
	int r = 0;

	if (!at) {
		int fd = openat(stage->log_fd, ".", FOLDER_FLAGS);
		if (fd < 0)
			return err_sys(err, errno, "open folder log");
		at = keep_folder(stage, fd, "");
	}
	(void)snprintf(way, sizeof(way), "%s", path);
	while (r == 0 && way[from]) {
		size_t end = from + strcspn(way + from, "/");
		char stop = way[end];
		way[end] = '\0';
		r = step_into(stage, at, way, way + from, &at, err);
		way[end] = stop;
		from = end + (stop == '/');
	}
	if (r == 0)
		*ret_folder = at;
	return r;
}

static int find_or_make(struct log_stage *stage, const char *path,
    struct log_stage_folder **ret_folder, struct err *err)
{
	*ret_folder = find_folder(stage, path);
	if (*ret_folder)
		return 0;
	int fd = openat(stage->log_fd, path, FOLDER_FLAGS);
	if (fd < 0 && errno == ENOENT)
		return make_folder(stage, path, ret_folder, err);
	if (fd < 0)
		return err_sys(err, errno, "open folder log/%s", path);
	*ret_folder = keep_folder(stage, fd, path);
	return 0;
}

/* --- many files --- */

void log_stage_init(struct log_stage *stage, int log_fd, int private_fd)
{
	stage->log_fd = log_fd;
	stage->private_fd = private_fd;
	stage->file_n = 0;
	stage->folder_n = 0;
}

void log_stage_done(struct log_stage *stage)
{
	for (size_t i = 0; i < stage->file_n; i++)
		if (stage->files[i].fd >= 0)
			(void)close(stage->files[i].fd); /* given up */
	for (size_t i = 0; i < stage->folder_n; i++)
		(void)close(stage->folders[i].fd); /* likewise */
	stage->file_n = 0;
	stage->folder_n = 0;
}

static void name_staged(char ret_name[LOG_STAGE_NAME_MAX], size_t i)
{
	(void)snprintf(
	    ret_name, LOG_STAGE_NAME_MAX, LOG_STAGE_NAME "-%u", (unsigned)i);
}

/* What went wrong while this file was written, once it is written. */
static int check_written(int fd)
{
	return sync_file_range(fd, 0, 0,
	    SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE |
		SYNC_FILE_RANGE_WAIT_AFTER);
}

/*
 * A few files are synced one by one, which waits for nobody else's. Many are
 * synced with the whole file system: one wait instead of many. Then each is
 * asked whether it was written, because before Linux 5.8 syncfs did not say.
 */
static int sync_files(struct log_stage *stage, struct err *err)
{
	bool is_many = stage->file_n > FEW;
	int r = 0;

	if (is_many && syncfs(stage->private_fd) < 0)
		return err_sys(err, errno, "sync private/log");
	for (size_t i = 0; !is_many && i < stage->file_n; i++)
		(void)sync_file_range(stage->files[i].fd, 0, 0,
		    SYNC_FILE_RANGE_WRITE); /* a hint only */
	for (size_t i = 0; r == 0 && i < stage->file_n; i++) {
		struct log_stage_file *file = &stage->files[i];
		if ((is_many ? check_written(file->fd) : fsync(file->fd)) < 0)
			r = err_sys(err, errno, "sync %s", file->name);
		if (close(file->fd) < 0 && r == 0)
			r = err_sys(err, errno, "close %s", file->name);
		file->fd = -1;
	}
	return r;
}

static int name_files(struct log_stage *stage, size_t n, struct err *err)
{
	char staged[LOG_STAGE_NAME_MAX];

	for (size_t i = 0; i < n; i++) {
		const struct log_stage_file *file = &stage->files[i];
		struct log_stage_folder *folder = &stage->folders[file->folder];
		name_staged(staged, i);
		folder->is_dirty = true;
		if (renameat(
			stage->private_fd, staged, folder->fd, file->name) < 0)
			return err_sys(err, errno, "rename to log/%s/%s",
			    folder->path, file->name);
	}
	return 0;
}

static int sync_folders(struct log_stage *stage, struct err *err)
{
	size_t dirty_n = 0;

	for (size_t i = 0; i < stage->folder_n; i++)
		dirty_n += stage->folders[i].is_dirty;
	if (dirty_n > FEW)
		return syncfs(stage->log_fd) < 0
		    ? err_sys(err, errno, "sync log")
		    : 0;
	for (size_t i = 0; i < stage->folder_n; i++) {
		const struct log_stage_folder *folder = &stage->folders[i];
		if (folder->is_dirty && fsync(folder->fd) < 0)
			return err_sys(err, errno, "sync log/%s", folder->path);
	}
	return 0;
}

/* The first n files get their names, durably. */
static int settle(struct log_stage *stage, size_t n, struct err *err)
{
	int r = sync_files(stage, err);

	if (r == 0)
		r = name_files(stage, n, err);
	return r != 0 ? r : sync_folders(stage, err);
}

static int add_file(struct log_stage *stage, const char *name, size_t folder,
    struct slice bytes, struct err *err)
{
	struct log_stage_file *file = &stage->files[stage->file_n];
	char staged[LOG_STAGE_NAME_MAX];

	name_staged(staged, stage->file_n);
	int r = create(
	    &file->fd, stage->private_fd, staged, bytes, LOG_STAGE_PUBLIC, err);
	if (r != 0)
		return r;
	file->folder = folder;
	(void)snprintf(file->name, sizeof(file->name), "%s", name);
	stage->file_n++;
	return 0;
}

int log_stage_finish(struct log_stage *stage, const char *name,
    struct slice bytes, struct err *err)
{
	size_t last = stage->file_n;
	char staged[LOG_STAGE_NAME_MAX];

	int r = add_file(stage, name, LOG_STAGE_FOLDERS, bytes, err);
	if (r == 0)
		r = settle(stage, last, err);
	name_staged(staged, last);
	if (r == 0 &&
	    renameat(stage->private_fd, staged, stage->log_fd, name) < 0)
		r = err_sys(err, errno, "rename to log/%s", name);
	log_stage_done(stage);
	return r != 0 ? r : log_stage_sync(stage->log_fd, "log", err);
}

int log_stage_put(struct log_stage *stage, const char *path, struct slice bytes,
    struct err *err)
{
	struct log_stage_folder *folder;
	char parent[LOG_TILE_PATH_MAX];
	const char *slash = strrchr(path, '/');
	int r = 0;

	assert(slash && strlen(slash + 1) < LOG_STAGE_NAME_MAX);
	if (stage->file_n == LOG_STAGE_FILES - 1 ||
	    stage->folder_n + DEPTH_MAX > LOG_STAGE_FOLDERS) {
		r = settle(stage, stage->file_n, err);
		log_stage_done(stage);
	}
	if (r != 0)
		return r;
	(void)snprintf(
	    parent, sizeof(parent), "%.*s", (int)(slash - path), path);
	r = find_or_make(stage, parent, &folder, err);
	if (r != 0)
		return r;
	return add_file(
	    stage, slash + 1, (size_t)(folder - stage->folders), bytes, err);
}
