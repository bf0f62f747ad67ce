/*
 * bench_append.c: leaves appended a second, each acknowledged when it is
 * durable and published: one at a time, and 256 together. A leaf is 600 bytes,
 * about a signed record. In a temporary folder below TMPDIR or /tmp, which
 * should be on the kind of disk that is asked about.
 */
#include "file.h"
#include "log_store.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define LEAF_BYTES 600
#define BATCH 256
#define RUN_SECONDS 2.0

static void must(int r, const struct err *err)
{
	if (r == 0)
		return;
	(void)fprintf(stderr, "%s\n", err->message);
	exit(1);
}

static double now_seconds(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Appends batches for RUN_SECONDS; leaves a second. */
static double run(int case_fd, const struct note_secret *secret, size_t batch)
{
	static char bytes[BATCH][LEAF_BYTES];
	struct slice leaves[BATCH];
	struct log_store *store = NULL;
	struct err err = {0};
	uint64_t first;
	bool is_committed;
	double seconds;
	size_t count = 0;

	must(log_store_create(case_fd, secret, &err), &err);
	must(log_store_open(&store, case_fd, &secret->key, &err), &err);
	must(log_store_lock(store, 0, &err), &err);
	for (size_t i = 0; i < batch; i++)
		leaves[i] = (struct slice){bytes[i], LEAF_BYTES};
	const double start = now_seconds();
	do {
		for (size_t i = 0; i < batch; i++)
			(void)snprintf(
			    bytes[i], LEAF_BYTES, "leaf %zu", count + i);
		must(log_store_append(store, secret, leaves, batch, &first,
			 &is_committed, &err),
		    &err);
		count += batch;
		seconds = now_seconds() - start;
	} while (seconds < RUN_SECONDS);
	log_store_free(store);
	return (double)count / seconds;
}

static int remove_one(
    const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

static double run_in_folder(const struct note_secret *secret, size_t batch)
{
	const char *parent = getenv("TMPDIR");
	char path[4096];
	struct err err = {0};
	int case_fd = -1;

	(void)snprintf(path, sizeof(path), "%s/bench-append-XXXXXX",
	    parent ? parent : "/tmp");
	if (!mkdtemp(path)) {
		perror(path);
		exit(1);
	}
	must(file_open_dir(&case_fd, AT_FDCWD, path, &err), &err);
	const double rate = run(case_fd, secret, batch);
	(void)close(case_fd); /* a folder */
	if (nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS) != 0)
		perror(path);
	return rate;
}

int main(void)
{
	static const size_t batches[] = {1, BATCH};
	struct note_secret secret;
	struct err err = {0};

	note_key_setup();
	must(note_secret_new(&secret, slice_of("bench.example/log"),
		 NOTE_KEY_ED25519, &err),
	    &err);
	for (size_t i = 0; i < sizeof(batches) / sizeof(batches[0]); i++)
		printf("append_by_%zu %.0f leaves/s\n", batches[i],
		    run_in_folder(&secret, batches[i]));
	note_secret_done(&secret);
	return 0;
}
