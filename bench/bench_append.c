/*
 * bench_append.c: leaves appended a second, each acknowledged when it is
 * durable and published: one at a time, and 256 together. A leaf is 600 bytes,
 * about a signed record. In a temporary folder below TMPDIR or /tmp, which
 * should be on the kind of disk that is asked about.
 */
#include "bench_tool.h"
#include "file.h"
#include "log_store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LEAF_BYTES 600
#define BATCH 256
#define RUN_SECONDS 2.0

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

	bench_tool_must(log_store_create(case_fd, secret, &err), &err);
	bench_tool_must(
	    log_store_open(&store, case_fd, &secret->key, &err), &err);
	bench_tool_must(log_store_lock(store, 0, &err), &err);
	for (size_t i = 0; i < batch; i++)
		leaves[i] = (struct slice){bytes[i], LEAF_BYTES};
	const double start = bench_tool_seconds();
	do {
		for (size_t i = 0; i < batch; i++)
			(void)snprintf(
			    bytes[i], LEAF_BYTES, "leaf %zu", count + i);
		bench_tool_must(log_store_append(store, secret, leaves, batch,
				    &first, &is_committed, &err),
		    &err);
		count += batch;
		seconds = bench_tool_seconds() - start;
	} while (seconds < RUN_SECONDS);
	log_store_free(store);
	return (double)count / seconds;
}

static double run_in_folder(const struct note_secret *secret, size_t batch)
{
	char path[PATH_MAX];
	int case_fd = bench_tool_make_folder(path, "bench-append");

	const double rate = run(case_fd, secret, batch);
	bench_tool_remove_folder(path, case_fd);
	return rate;
}

int main(void)
{
	static const size_t batches[] = {1, BATCH};
	struct note_secret secret;
	struct err err = {0};

	note_key_setup();
	bench_tool_must(note_secret_new(&secret, slice_of("bench.example/log"),
			    NOTE_KEY_ED25519, &err),
	    &err);
	for (size_t i = 0; i < sizeof(batches) / sizeof(batches[0]); i++)
		printf("append_by_%zu %.0f leaves/s\n", batches[i],
		    run_in_folder(&secret, batches[i]));
	note_secret_done(&secret);
	return 0;
}
