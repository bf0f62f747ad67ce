/*
 * log_box.h: a ledger in a temporary folder, for the tests of the store.
 *
 * The folder is made in memory where there is such a file system: what is
 * tested here is what is written, not whether the disk keeps it.
 */
#ifndef LOG_BOX_H
#define LOG_BOX_H

#include "file.h"
#include "log_store.h"
#include "log_tile.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#define BOX_ORIGIN "case.example/log"
#define BOX_FILE_MAX (1 << 25)

struct box {
	char path[64];
	int fd;
	struct note_secret secret;
	struct log_store *store; /* open and locked, or NULL */
};

/* Runs a program without its output and gives its exit status. */
static inline int box_run(
    const char *a, const char *b, const char *c, const char *d)
{
	int status = 0;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		int null_fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
		(void)dup2(null_fd, STDOUT_FILENO);
		(void)execlp(a, a, b, c, d, (char *)NULL);
		_exit(127);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static inline void box_init(struct box *box)
{
	uint8_t seed[32];

	*box = (struct box){.path = "/dev/shm/log-box-XXXXXX"};
	if (access("/dev/shm", W_OK) != 0)
		(void)snprintf(
		    box->path, sizeof(box->path), "/tmp/log-box-XXXXXX");
	assert_non_null(mkdtemp(box->path));
	assert_int_equal(file_open_dir(&box->fd, AT_FDCWD, box->path, NULL), 0);
	memset(seed, 1, sizeof(seed));
	assert_int_equal(
	    note_secret_from_seed(&box->secret, slice_of(BOX_ORIGIN),
		NOTE_KEY_ED25519, seed, NULL),
	    0);
}

static inline void box_done(struct box *box)
{
	log_store_free(box->store);
	(void)close(box->fd);
	assert_int_equal(box_run("rm", "-rf", "--", box->path), 0);
}

static inline void box_path(
    char path[256], const struct box *box, const char *name)
{
	(void)snprintf(path, 256, "%s/%s", box->path, name);
}

/* Copies a file or folder of the box; what was at `to` is gone. */
static inline void box_copy(
    const struct box *box, const char *from, const char *to)
{
	char a[256];
	char b[256];

	box_path(a, box, from);
	box_path(b, box, to);
	assert_int_equal(box_run("rm", "-rf", "--", b), 0);
	assert_int_equal(box_run("cp", "-a", a, b), 0);
}

static inline void box_remove(const struct box *box, const char *name)
{
	char path[256];

	box_path(path, box, name);
	assert_int_equal(box_run("rm", "-rf", "--", path), 0);
}

static inline bool box_is_same(
    const struct box *box, const char *a, const char *b)
{
	char path_a[256];
	char path_b[256];

	box_path(path_a, box, a);
	box_path(path_b, box, b);
	return box_run("diff", "-rq", path_a, path_b) == 0;
}

/* free() the result's memory with buf_done. */
static inline struct buf box_read(const struct box *box, const char *name)
{
	struct buf bytes;

	buf_init(&bytes, BOX_FILE_MAX);
	if (file_read(&bytes, box->fd, name, BOX_FILE_MAX, NULL) != 0)
		fail_msg("%s cannot be read", name);
	return bytes;
}

static inline void box_write(
    const struct box *box, const char *name, struct slice bytes)
{
	int fd = openat(box->fd, name, O_WRONLY | O_TRUNC | O_CREAT, 0644);

	assert_true(fd >= 0);
	assert_true(write(fd, bytes.p, bytes.n) == (ssize_t)bytes.n);
	assert_int_equal(close(fd), 0);
}

static inline int box_open(
    const struct box *box, struct log_store **ret_store, struct err *err)
{
	return log_store_open(ret_store, box->fd, &box->secret.key, err);
}

/* Opens and locks box->store. */
static inline int box_lock(struct box *box, struct err *err)
{
	int r = box_open(box, &box->store, err);

	if (r == 0)
		r = log_store_lock(box->store, 0, err);
	if (r != 0) {
		log_store_free(box->store);
		box->store = NULL;
	}
	return r;
}

static inline void box_unlock(struct box *box)
{
	log_store_free(box->store);
	box->store = NULL;
}

static inline void box_create(struct box *box)
{
	struct err err = {0};

	box_init(box);
	if (log_store_create(box->fd, &box->secret, &err) != 0 ||
	    box_lock(box, &err) != 0)
		fail_msg("%s", err.message);
}

/* "leaf <i>" in memory that lasts until the next call with the same i. */
static inline struct slice box_leaf(uint64_t i)
{
	static char texts[1024][16];
	char *text = texts[i % 1024];

	(void)snprintf(text, 16, "leaf %u", (unsigned)i);
	return slice_of(text);
}

static inline int box_try_append(
    struct box *box, size_t n, bool *ret_is_committed, struct err *err)
{
	struct slice leaves[1024];
	uint64_t size = log_store_size(box->store);
	uint64_t first = 0;

	assert_true(n <= 1024);
	for (size_t i = 0; i < n; i++)
		leaves[i] = box_leaf(size + i);
	int r = log_store_append(
	    box->store, &box->secret, leaves, n, &first, ret_is_committed, err);
	if (r == 0)
		assert_true(first == size);
	return r;
}

/* Appends the next n of box_leaf. */
static inline void box_append(struct box *box, size_t n)
{
	struct err err = {0};
	bool is_committed = false;

	if (box_try_append(box, n, &is_committed, &err) != 0)
		fail_msg("%s", err.message);
	assert_true(is_committed);
}

/* A ledger of n leaves, closed. */
static inline void box_fill(struct box *box, size_t n)
{
	box_create(box);
	box_append(box, n);
	box_unlock(box);
}

static inline int box_is_leaf(
    void *cookie, uint64_t index, struct slice leaf, struct err *err)
{
	uint64_t *next = cookie;

	(void)err;
	assert_true(index == *next);
	assert_true(slice_is(leaf, box_leaf(index)));
	++*next;
	return 0;
}

/* Reads every leaf of a store; 0 or the first error. */
static inline int box_read_all(struct log_store *store, struct err *err)
{
	uint64_t next = 0;
	int r = log_store_each(
	    store, 0, log_store_size(store), box_is_leaf, &next, err);

	if (r == 0)
		assert_true(next == log_store_size(store));
	return r;
}

/* Opens and reads every leaf. */
static inline int box_read_through(const struct box *box, struct err *err)
{
	struct log_store *store = NULL;
	int r = box_open(box, &store, err);

	if (r == 0)
		r = box_read_all(store, err);
	log_store_free(store);
	return r;
}

/* What log_store_check says. */
struct box_report {
	size_t n;
	char path[8][128];
	char sentence[8][256];
};

static inline void box_report(
    void *cookie, const char *path, const char *sentence)
{
	struct box_report *report = cookie;

	if (report->n < 8) {
		(void)snprintf(report->path[report->n], 128, "%s", path);
		(void)snprintf(
		    report->sentence[report->n], 256, "%s", sentence);
	}
	report->n++;
}

static inline int box_check(const struct box *box, bool is_repair,
    struct box_report *ret_report, struct err *err)
{
	*ret_report = (struct box_report){0};
	return log_store_check(
	    box->fd, &box->secret.key, is_repair, box_report, ret_report, err);
}

static inline void box_must_be_well(const struct box *box)
{
	struct box_report report;
	struct err err = {0};

	if (box_check(box, false, &report, &err) != 0)
		fail_msg("%s: %s %s", err.message, report.path[0],
		    report.sentence[0]);
	assert_int_equal(report.n, 0);
	if (box_read_through(box, &err) != 0)
		fail_msg("%s", err.message);
}

#endif
