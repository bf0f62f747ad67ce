/*
 * bench_image.c: imaging and verifying beside the programs that labs use, as
 * ratios in one run: ewfacquire, ewfverify, dc3dd (each left out if it is not
 * installed); and locking while imaging beside imaging alone.
 *
 * usage: bench_image [IMAGE [ROUNDS [TASK]]]
 *
 * IMAGE is a raw disk image (default: $BENCH_IMAGE, which `./run bench` makes);
 * without it one is made up: half of a gigabyte from /usr/bin and /usr/share as
 * a tar, an eighth random. It is read once before, so that it is in the page
 * cache. Ours and theirs take turns, because other
 * programs may slow the machine for a while; medians are printed.
 */
#include "bench_tool.h"
#include "media_age.h"
#include "media_image.h"
#include "media_lane.h"
#include "media_open.h"
#include "media_source.h"
#include "media_verify.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ROUNDS_MAX 15
#define MD5 (1u << MEDIA_HASH_MD5)
#define SHA256 (1u << MEDIA_HASH_SHA256)

static const struct tree_seed seed = {{1}};

static void clear(void)
{
	(void)bench_tool_run("rm -f ours* theirs*");
}

static int put_locked(
    void *cookie, uint64_t at, const void *bytes, size_t n, struct err *err)
{
	(void)at; /* in order */
	return media_lane_put(cookie, bytes, n, err);
}

static double image(const char *path, enum media_name_style style,
    unsigned hashes, bool is_locked)
{
	struct media_source_options so = {0};
	struct media_image_options o = {
	    .style = style,
	    .bases = {"ours"},
	    .base_count = 1,
	    .level = MEDIA_EWF_FAST,
	    .hashes = hashes,
	    .seed = &seed,
	};
	/* Nobody has the key of a base point: it is never opened. */
	static const uint8_t recipient[MEDIA_AGE_KEY_SIZE] = {9};
	struct media_image_result r = {0};
	struct media_lane *lane = NULL;
	struct err err = {0};
	int fd = -1;
	double start = bench_tool_seconds();

	if (is_locked) {
		fd = open("ours.age", O_RDWR | O_CREAT | O_TRUNC, 0600);
		bench_tool_must(media_lane_new(&lane, &err), &err);
		media_lane_begin(lane, fd, 0);
	}
	const struct media_age_sink lock = {
	    .write_at = put_locked, .cookie = lane};
	if (is_locked) {
		o.lock = &lock;
		o.recipient = recipient;
	}
	bench_tool_must(
	    media_source_open(&o.source, path, false, &so, &err), &err);
	bench_tool_must(media_image_make(&r, &o, &err), &err);
	bench_tool_must(media_image_forget("ours", &err), &err);
	media_source_free(o.source);
	if (is_locked) {
		bench_tool_must(media_lane_flush(lane, &err), &err);
		bench_tool_must(fsync(fd) == 0 ? close(fd) : -1, &err);
		media_lane_free(lane);
	}
	return bench_tool_seconds() - start;
}

static double verify(const char *path, unsigned hashes)
{
	static const struct hash root;
	struct media_open opened;
	struct media_verify_options o = {
	    .image = &opened, .seed = &seed, .root = &root, .hashes = hashes};
	struct media_verify_result r = {0};
	struct err err = {0};
	double start = bench_tool_seconds();

	bench_tool_must(media_open(&opened, path, &err), &err);
	bench_tool_must(media_verify(&r, &o, &err), &err);
	media_open_done(&opened);
	return bench_tool_seconds() - start;
}

static double size_of(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 ? (double)st.st_size : -1;
}

enum task {
	E01,
	RAW,
	RAW_LOCKED,
	VERIFY_SHA256,
	VERIFY_MD5,
	VERIFY_RAW,
	TASK_COUNT
};

static const struct {
	const char *name, *theirs, *peer;
} tasks[TASK_COUNT] = {
    [E01] = {"image_e01_md5_sha256_tree",
	"ewfacquire -q -u -c fast -d sha256 -S 8EiB -t theirs medium.raw "
	">/dev/null 2>&1",
	"ewfacquire"},
    [RAW] = {"image_raw_md5_sha256_tree",
	"dc3dd if=medium.raw of=theirs hash=md5 hash=sha256 >/dev/null 2>&1",
	"dc3dd"},
    [RAW_LOCKED] = {"image_raw_and_lock", NULL, "image_raw"},
    [VERIFY_SHA256] = {"verify_e01_sha256_tree",
	"ewfverify -q -d sha256 kept.E01 >/dev/null 2>&1", "ewfverify"},
    [VERIFY_MD5] = {"verify_e01_md5_sha256_tree",
	"ewfverify -q -d sha256 kept.E01 >/dev/null 2>&1", "ewfverify"},
    [VERIFY_RAW] = {"verify_raw_tree", NULL, NULL},
};

static double run_ours(enum task task)
{
	switch (task) {
	case E01:
		return image("medium.raw", MEDIA_NAME_E01, MD5 | SHA256, false);
	case RAW:
		return image("medium.raw", MEDIA_NAME_ONE, MD5 | SHA256, false);
	case RAW_LOCKED:
		return image("medium.raw", MEDIA_NAME_ONE, MD5 | SHA256, true);
	case VERIFY_SHA256:
		return verify("kept.E01", SHA256);
	case VERIFY_MD5:
		return verify("kept.E01", MD5 | SHA256);
	default:
		return verify("medium.raw", 0);
	}
}

static void run_task(enum task task, int rounds)
{
	double ours[ROUNDS_MAX], theirs[ROUNDS_MAX];
	double size = size_of("medium.raw");
	int n = 0;

	for (int i = 0; i < rounds; i++) {
		clear();
		ours[i] = run_ours(task);
		if (task == E01 && i == 0)
			(void)bench_tool_run("cp ours.E01 kept.E01");
		clear();
		if (tasks[task].peer == NULL)
			continue;
		theirs[n] = task == RAW_LOCKED
		    ? run_ours(RAW)
		    : bench_tool_run(tasks[task].theirs);
		if (theirs[n] < 0)
			continue;
		if (task == E01 && n == 0)
			printf("e01_size_to_%s %.3f ratio\n", tasks[task].peer,
			    size_of("kept.E01") / size_of("theirs.E01"));
		n++;
	}
	double mine = bench_tool_median(ours, rounds);
	printf("%s %.0f MB/s\n", tasks[task].name, size / mine / 1e6);
	if (n > 0)
		printf("%s_to_%s %.2f ratio\n", tasks[task].name,
		    tasks[task].peer, bench_tool_median(theirs, n) / mine);
	(void)fflush(stdout);
}

int main(int argc, char **argv)
{
	int rounds = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 5;
	char folder[PATH_MAX], command[4 * PATH_MAX];
	const char *image = argc > 1 ? argv[1] : getenv("BENCH_IMAGE");
	int fd = bench_tool_make_folder(folder, "image");

	if (rounds < 1 || rounds > ROUNDS_MAX)
		return 2;
	if (image != NULL)
		(void)snprintf(command, sizeof(command),
		    "ln -s \"$(realpath '%s')\" %s/medium.raw && cat "
		    "%s/medium.raw >/dev/null",
		    image, folder, folder);
	else
		(void)snprintf(command, sizeof(command),
		    "(tar cf - /usr/bin /usr/share 2>/dev/null | "
		    "head -c 500000000; head -c 125000000 /dev/urandom) "
		    ">%s/medium.raw",
		    folder);
	if (bench_tool_run(command) < 0 || chdir(folder) != 0)
		return 1;
	for (enum task task = 0; task < TASK_COUNT; task++)
		if (argc <= 3 || strcmp(argv[3], tasks[task].name) == 0)
			run_task(task, rounds);
	if (chdir("/") != 0)
		return 1;
	bench_tool_remove_folder(folder, fd);
	return 0;
}
