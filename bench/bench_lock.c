/*
 * bench_lock.c: locking a file beside Debian's age on the same file, and
 * opening both again. Ours also works out the SHA-256 of the locked file, as
 * counterfoil lock does.
 *
 * The median of five runs, which take turns. Each waits until its file is on
 * the disk, as counterfoil does before it gives it a name; of age that is asked
 * in its place. BENCH_MIB says how large the file is (default 1024).
 */
#include "bench_tool.h"
#include "media_age.h"
#include "media_lane.h"
#include "mem.h"

#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define RUNS 5
#define MIB (1u << 20)

extern char **environ;

struct bench {
	char folder[PATH_MAX];
	uint64_t size;
	struct media_age_key_ring ring;
	uint8_t recipient[MEDIA_AGE_KEY_SIZE];
	char text[128];
};

static int read_at(
    void *cookie, uint64_t offset, void *ret_bytes, size_t n, struct err *err)
{
	if (pread(*(int *)cookie, ret_bytes, n, (off_t)offset) == (ssize_t)n)
		return 0;
	return err_set(err, ERR_IO, "a short read");
}

static int write_at(
    void *cookie, uint64_t offset, const void *bytes, size_t n, struct err *err)
{
	if (pwrite(*(int *)cookie, bytes, n, (off_t)offset) == (ssize_t)n)
		return 0;
	return err_set(err, ERR_IO, "a short write");
}

/* As counterfoil writes a locked file. */
static int put_at(
    void *cookie, uint64_t offset, const void *bytes, size_t n, struct err *err)
{
	(void)offset; /* in order */
	return media_lane_put(cookie, bytes, n, err);
}

static struct media_lane *start_lane(int fd)
{
	struct media_lane *lane = NULL;
	struct err err = {0};

	bench_tool_must(media_lane_new(&lane, &err), &err);
	media_lane_begin(lane, fd, 0);
	return lane;
}

static int must_open(const char *path, int flags)
{
	struct err err = {0};
	int fd = open(path, flags | O_CLOEXEC, 0600);

	if (fd < 0)
		bench_tool_must(err_set(&err, ERR_IO, "%s", path), &err);
	return fd;
}

/* Waits for the disk. */
static void must_sync(int fd)
{
	struct err err = {0};

	if (fsync(fd) != 0)
		bench_tool_must(err_set(&err, ERR_IO, "fsync"), &err);
	(void)close(fd);
}

static void end_lane(struct media_lane *lane, int fd)
{
	struct err err = {0};

	bench_tool_must(media_lane_flush(lane, &err), &err);
	media_lane_free(lane);
	must_sync(fd);
}

static uint64_t size_of(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 ? (uint64_t)st.st_size : 0;
}

static void make_plain(struct bench *b)
{
	static uint8_t part[MIB];
	int fd = must_open("plain", O_WRONLY | O_CREAT | O_TRUNC);
	struct err err = {0};

	mem_random(part, sizeof(part));
	for (uint64_t at = 0; at < b->size; at += MIB) {
		memcpy(part, &at, sizeof(at));
		bench_tool_must(write_at(&fd, at, part, MIB, &err), &err);
	}
	(void)close(fd);
}

static void seal_ours(struct bench *b)
{
	int in = must_open("plain", O_RDONLY);
	int out = must_open("ours.age", O_WRONLY | O_CREAT | O_TRUNC);
	const struct tree_seed seed = {{1}};
	struct hash sealed, root;
	struct media_age_source source = {read_at, &in, b->size};
	struct media_lane *lane = start_lane(out);
	struct media_age_sink sink = {.write_at = put_at, .cookie = lane};
	struct media_age_hashes hashes = {
	    .sealed = &sealed, .seed = &seed, .root = &root};
	struct err err = {0};

	bench_tool_must(
	    media_age_seal(&source, b->recipient, &sink, &hashes, &err), &err);
	end_lane(lane, out);
	(void)close(in);
}

static void open_ours(struct bench *b)
{
	int in = must_open("ours.age", O_RDONLY);
	int out = must_open("ours.out", O_WRONLY | O_CREAT | O_TRUNC);
	struct media_age_source source = {read_at, &in, size_of(in)};
	struct media_lane *lane = start_lane(out);
	struct media_age_sink sink = {.write_at = put_at, .cookie = lane};
	struct media_age *age = NULL;
	const struct tree_seed seed = {{1}};
	struct hash sealed, root;
	struct media_age_hashes hashes = {
	    .sealed = &sealed, .seed = &seed, .root = &root};
	struct err err = {0};

	bench_tool_must(media_age_open(&age, &source, &b->ring, &err), &err);
	bench_tool_must(
	    media_age_read_all(age, &sink, &hashes, NULL, &err), &err);
	media_age_close(age);
	end_lane(lane, out);
	(void)close(in);
}

static void run_age(const char *const *words)
{
	struct err err = {0};
	pid_t pid;
	int status = 0;

	if (posix_spawnp(
		&pid, "age", NULL, NULL, (char *const *)words, environ) != 0 ||
	    waitpid(pid, &status, 0) != pid || status != 0)
		bench_tool_must(err_set(&err, ERR_NOTFOUND,
				    "age (Debian's package) did not run"),
		    &err);
}

static void seal_theirs(struct bench *b)
{
	const char *words[] = {
	    "age", "-r", b->text, "-o", "theirs.age", "plain", NULL};

	run_age(words);
	must_sync(must_open("theirs.age", O_RDONLY));
}

static void open_theirs(struct bench *b)
{
	const char *words[] = {"age", "-d", "-i", "key.txt", "-o", "theirs.out",
	    "theirs.age", NULL};

	(void)b;
	run_age(words);
	must_sync(must_open("theirs.out", O_RDONLY));
}

struct way {
	void (*run)(struct bench *b);
	const char *file; /* that it makes */
};

static void measure(struct bench *b, const char *name, const struct way *ours,
    const struct way *theirs)
{
	double a[RUNS], t[RUNS], cpu = 0, theirs_cpu = 0;

	for (size_t i = 0; i < RUNS; i++) {
		/* Giving back what was there is nobody's time. */
		(void)unlink(ours->file);
		(void)unlink(theirs->file);
		double before = bench_tool_cpu_seconds();
		double start = bench_tool_seconds();
		ours->run(b);
		a[i] = bench_tool_seconds() - start;
		cpu += bench_tool_cpu_seconds() - before;
		before = bench_tool_children_cpu_seconds();
		start = bench_tool_seconds();
		theirs->run(b);
		t[i] = bench_tool_seconds() - start;
		theirs_cpu += bench_tool_children_cpu_seconds() - before;
	}
	const double mine = bench_tool_median(a, RUNS);
	const double theirs_took = bench_tool_median(t, RUNS);
	double mib = (double)b->size / MIB;
	printf("%s: ours %.2f, age %.2f CPU seconds a GiB\n", name,
	    cpu / RUNS / mib * 1024, theirs_cpu / RUNS / mib * 1024);
	printf("%s: ours %.0f MiB/s\n", name, mib / mine);
	printf("%s: age %.0f MiB/s\n", name, mib / theirs_took);
	printf("%s: ours, times age %.2f\n", name, theirs_took / mine);
}

/* An identity of age's own making: none is written by counterfoil. */
static void make_keys(struct bench *b)
{
	static const char identity[] =
	    "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZ"
	    "GFPQ4EGAEX\n"; /* the example of the format's description */
	struct err err = {0};
	struct buf text;
	int fd = must_open("key.txt", O_WRONLY | O_CREAT | O_TRUNC);

	bench_tool_must(
	    write_at(&fd, 0, identity, strlen(identity), &err), &err);
	(void)close(fd);
	bench_tool_must(media_age_key_ring_init(&b->ring, &err), &err);
	bench_tool_must(
	    media_age_key_ring_add(&b->ring, slice_of(identity), &err), &err);
	media_age_key_of(b->recipient, b->ring.keys[0]);
	buf_init(&text, sizeof(b->text));
	media_age_key_put(&text, b->recipient);
	(void)snprintf(b->text, sizeof(b->text), "%s", text.p);
	buf_done(&text);
}

int main(void)
{
	const char *mib = getenv("BENCH_MIB");
	unsigned long long n = 1024;
	struct bench b = {0};
	int fd = bench_tool_make_folder(b.folder, "lock");
	struct err err = {0};

	if (mib != NULL && !slice_to_u64(slice_of(mib), &n))
		n = 1024;
	b.size = n * MIB;
	if (fchdir(fd) != 0)
		bench_tool_must(err_set(&err, ERR_IO, "%s", b.folder), &err);
	make_keys(&b);
	make_plain(&b);
	measure(&b, "lock", &(struct way){seal_ours, "ours.age"},
	    &(struct way){seal_theirs, "theirs.age"});
	measure(&b, "unlock", &(struct way){open_ours, "ours.out"},
	    &(struct way){open_theirs, "theirs.out"});
	media_age_key_ring_done(&b.ring);
	if (chdir("/") != 0)
		return 1;
	bench_tool_remove_folder(b.folder, fd);
	return 0;
}
