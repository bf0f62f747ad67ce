/*
 * bench_log.c: how many durable leaves a second many writers get who share one
 * commit, and how long each waits. Every writer has one tiny leaf under way and
 * makes the next when it is answered: after log_store_commit, when its leaf is
 * durable and in a signed checkpoint. The tiles follow before the next commit,
 * which takes whatever has gathered meanwhile. No signature is checked but the
 * ledger's own; this is the commit path alone, of which bench_append is the
 * part without company.
 *
 * Usage: bench_log [writers [seconds]]. In a temporary folder below TMPDIR or
 * /tmp, which should be on the kind of disk that is asked about.
 */
#include "bench_tool.h"
#include "file.h"
#include "log_store.h"
#include "mem.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LEAF_MIN 32
#define LEAF_MAX 200
#define WRITERS 2000
#define WAITS_MAX (8u * 1024 * 1024)

struct writer {
	char leaf[LEAF_MAX];
	size_t n;
	double since; /* when it was handed in */
};

/* Writers in line, one list at each side. */
struct line {
	struct writer **writers;
	size_t n;
};

struct desk {
	pthread_mutex_t mutex;
	pthread_cond_t came; /* a writer to the desk, or an answer back */
	struct line waiting;
	struct line answered;
	bool is_closed;
};

static void *must_have(void *p)
{
	if (!p) {
		(void)fputs("out of memory\n", stderr);
		exit(1);
	}
	return p;
}

/* A leaf that no other writer has: a number, then bytes of a fixed pattern. */
static void write_leaf(struct writer *writer, uint64_t number)
{
	writer->n = LEAF_MIN + number * 2654435761u % (LEAF_MAX - LEAF_MIN + 1);
	memset(writer->leaf, 'a' + (int)(number % 26), writer->n);
	(void)snprintf(
	    writer->leaf, LEAF_MIN, "leaf %llu", (unsigned long long)number);
	writer->since = bench_tool_seconds();
}

static void swap(struct line *a, struct line *b)
{
	struct line c = *a;

	*a = *b;
	*b = c;
}

/* Waits until somebody is in line, and takes them all; false: closed. */
static bool take(struct desk *desk, struct line *line, struct line *mine)
{
	mine->n = 0;
	(void)pthread_mutex_lock(&desk->mutex);
	while (line->n == 0 && !desk->is_closed)
		(void)pthread_cond_wait(&desk->came, &desk->mutex);
	swap(line, mine);
	bool is_open = !desk->is_closed;
	(void)pthread_mutex_unlock(&desk->mutex);
	return is_open;
}

static void give(struct desk *desk, struct line *line, const struct line *mine)
{
	(void)pthread_mutex_lock(&desk->mutex);
	memcpy(line->writers + line->n, mine->writers,
	    mine->n * sizeof(mine->writers[0]));
	line->n += mine->n;
	(void)pthread_cond_broadcast(&desk->came);
	(void)pthread_mutex_unlock(&desk->mutex);
}

struct office {
	struct desk desk;
	size_t writer_n;
};

/* All the writers: whoever is answered comes again with another leaf. */
static void *write_on(void *cookie)
{
	struct office *office = cookie;
	struct line mine = {
	    .writers = must_have(mem_new(office->writer_n, sizeof(void *)))};
	uint64_t number = 0;

	while (take(&office->desk, &office->desk.answered, &mine)) {
		for (size_t i = 0; i < mine.n; i++)
			write_leaf(mine.writers[i], number++);
		give(&office->desk, &office->desk.waiting, &mine);
	}
	free(mine.writers);
	return NULL;
}

static int compare(const void *a, const void *b)
{
	float x = *(const float *)a;
	float y = *(const float *)b;

	return (x > y) - (x < y);
}

static void print_result(
    size_t writer_n, float *waits, size_t n, double seconds)
{
	qsort(waits, n, sizeof(waits[0]), compare);
	printf(
	    "log_%zu_writers %.0f leaves/s\n", writer_n, (double)n / seconds);
	printf("log_%zu_writers_p50 %.1f ms\n", writer_n,
	    (double)waits[n / 2] * 1e3);
	printf("log_%zu_writers_p99 %.1f ms\n", writer_n,
	    (double)waits[n - 1 - n / 100] * 1e3);
}

/* Commits and publishes what has gathered, for so many seconds. */
static void serve(struct office *office, struct log_store *store,
    const struct note_secret *secret, double seconds)
{
	struct desk *desk = &office->desk;
	struct line mine = {
	    .writers = must_have(mem_new(office->writer_n, sizeof(void *)))};
	struct slice *leaves =
	    must_have(mem_new(office->writer_n, sizeof(leaves[0])));
	float *waits = must_have(mem_new(WAITS_MAX, sizeof(waits[0])));
	const double start = bench_tool_seconds();
	double now = start;
	size_t n = 0;
	uint64_t first;
	bool is_committed;
	struct err err = {0};

	while (now < start + seconds && take(desk, &desk->waiting, &mine)) {
		for (size_t i = 0; i < mine.n; i++)
			leaves[i] = (struct slice){
			    mine.writers[i]->leaf, mine.writers[i]->n};
		bench_tool_must(log_store_commit(store, secret, leaves, mine.n,
				    &first, &is_committed, &err),
		    &err);
		now = bench_tool_seconds();
		for (size_t i = 0; i < mine.n && n < WAITS_MAX; i++)
			waits[n++] = (float)(now - mine.writers[i]->since);
		give(desk, &desk->answered, &mine);
		bench_tool_must(log_store_publish(store, &err), &err);
		now = bench_tool_seconds();
	}
	print_result(office->writer_n, waits, n, now - start);
	free(waits);
	free(leaves);
	free(mine.writers);
}

static void run(int case_fd, size_t writer_n, double seconds)
{
	struct office office = {.writer_n = writer_n};
	struct desk *desk = &office.desk;
	struct writer *writers =
	    must_have(mem_new(writer_n, sizeof(writers[0])));
	struct log_store *store = NULL;
	struct note_secret secret;
	struct err err = {0};
	pthread_t thread;

	bench_tool_must(note_secret_new(&secret, slice_of("bench.example/log"),
			    NOTE_KEY_ED25519, &err),
	    &err);
	bench_tool_must(log_store_create(case_fd, &secret, &err), &err);
	bench_tool_must(
	    log_store_open(&store, case_fd, &secret.key, &err), &err);
	bench_tool_must(log_store_lock(store, 0, &err), &err);

	(void)pthread_mutex_init(&desk->mutex, NULL);
	(void)pthread_cond_init(&desk->came, NULL);
	desk->waiting.writers = must_have(mem_new(writer_n, sizeof(void *)));
	desk->answered.writers = must_have(mem_new(writer_n, sizeof(void *)));
	for (size_t i = 0; i < writer_n; i++)
		desk->answered.writers[desk->answered.n++] = &writers[i];
	if (pthread_create(&thread, NULL, write_on, &office) != 0)
		bench_tool_must(err_nomem(&err), &err);
	serve(&office, store, &secret, seconds);
	(void)pthread_mutex_lock(&desk->mutex);
	desk->is_closed = true;
	(void)pthread_cond_broadcast(&desk->came);
	(void)pthread_mutex_unlock(&desk->mutex);
	(void)pthread_join(thread, NULL);
	free(desk->waiting.writers);
	free(desk->answered.writers);
	free(writers);
	log_store_free(store);
	note_secret_done(&secret);
}

static void run_in_folder(size_t writer_n, double seconds)
{
	char path[PATH_MAX];
	int case_fd = bench_tool_make_folder(path, "bench-log");

	run(case_fd, writer_n, seconds);
	bench_tool_remove_folder(path, case_fd);
}

int main(int argc, char **argv)
{
	unsigned long long writer_n = WRITERS;
	unsigned long long seconds = 3;

	if ((argc > 1 && !slice_to_u64(slice_of(argv[1]), &writer_n)) ||
	    (argc > 2 && !slice_to_u64(slice_of(argv[2]), &seconds)) ||
	    writer_n == 0 || writer_n > 1000000 || seconds == 0) {
		(void)fputs("usage: bench_log [writers [seconds]]\n", stderr);
		return 2;
	}
	note_key_setup();
	if (argc == 1)
		run_in_folder(1, 2.0);
	run_in_folder((size_t)writer_n, (double)seconds);
	return 0;
}
