/*
 * bench_audit.c: what `counterfoil watch --once` takes to check a whole ledger
 * of 1,000,000 records (or RECORDS), beside what libsodium alone takes for the
 * same signatures on all cores.
 *
 * usage: bench_audit [RECORDS]
 *
 * The case folder is real: a made-up case (tests/unit/made_case.h) with real
 * signatures, entered through log_store. It was just written, so that its files
 * are in the page cache. Making it and taking the signatures apart is not
 * counted. Each part is a process of its own, and this one stays small: the
 * peak that the kernel tells of a child is never below its parent's size. Half
 * of the signatures are checked before and half after, because other programs
 * may slow the machine for a while.
 */
#include "bench_signatures.h"
#include "bench_tool.h"
#include "file.h"
#include "log_store.h"
#include "made_case.h"
#include "mem.h"

#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define RECORDS 1000000
#define APPEND 65536 /* leaves that are committed together */
#define LIMIT_SHARE 0.9
#define LIMIT_BYTES 1e9

extern char **environ;

struct bench {
	char path[PATH_MAX];
	int fd;
	size_t records;
	struct note_secret log;
	size_t limit_first, limit_end;
	struct bench_signatures *limit; /* shared with the children */
};

struct run {
	double wall, cpu, peak_bytes;
};

static void need(bool is_true, const char *what)
{
	if (is_true)
		return;
	perror(what);
	exit(1);
}

/* ---- the parts, each in a process of its own ---- */

static void enter(struct log_store *store, const struct bench *b,
    const struct made_case *made)
{
	struct err err = {0};
	uint64_t first;
	bool is_committed;

	for (size_t i = 0, n; i < made->count; i += n) {
		n = made->count - i < APPEND ? made->count - i : APPEND;
		bench_tool_must(
		    log_store_append(store, &b->log, made->leaves + i, n,
			&first, &is_committed, &err),
		    &err);
	}
}

static void make_ledger(struct bench *b)
{
	const struct made_plan plan = {
	    .records = b->records,
	    .packages = b->records / 50 + 1,
	    .seed = 1,
	    .commit = 16,
	    .mischief = 2,
	    .is_signed = true,
	};
	struct made_case made;
	struct log_store *store;
	struct err err = {0};
	struct buf conf;

	made_case_init(&made, &plan);
	printf("audit_ledger %zu records, %.0f bytes each\n", made.count,
	    (double)made.n / (double)made.count);
	bench_tool_must(log_store_create(b->fd, &b->log, &err), &err);
	bench_tool_must(log_store_open(&store, b->fd, &b->log.key, &err), &err);
	bench_tool_must(log_store_lock(store, 0, &err), &err);
	enter(store, b, &made);
	log_store_free(store);
	made_case_done(&made);
	buf_init(&conf, 4096);
	buf_printf(&conf, "origin: %s\nlog: ", b->log.key.name);
	note_key_put(&conf, &b->log.key);
	buf_putc(&conf, '\n');
	bench_tool_must(file_publish(b->fd, "counterfoil.conf",
			    buf_slice(&conf), 0644, &err),
	    &err);
	buf_done(&conf);
}

struct leaves {
	struct slice *all;
	size_t n;
};

static int keep_leaf(
    void *cookie, uint64_t index, struct slice leaf, struct err *err)
{
	struct leaves *leaves = cookie;
	char *p = mem_copy_text(leaf.p, leaf.n);

	(void)index;
	if (p == NULL)
		return err_nomem(err);
	leaves->all[leaves->n++] = (struct slice){p, leaf.n};
	return 0;
}

static void measure_limit(struct bench *b)
{
	struct case_state *state = case_state_new();
	struct leaves leaves = {calloc(b->records, sizeof(struct slice)), 0};
	struct log_store *store;
	struct err err = {0};

	need(state != NULL && leaves.all != NULL, "memory");
	bench_tool_must(log_store_open(&store, b->fd, &b->log.key, &err), &err);
	bench_tool_must(log_store_each(store, 0, log_store_size(store),
			    keep_leaf, &leaves, &err),
	    &err);
	bench_tool_must(
	    case_state_add_all_unverified(state, leaves.all, leaves.n, 0, &err),
	    &err);
	*b->limit =
	    bench_signatures_measure(state, b->limit_first, b->limit_end);
	/* The memory goes with the process. */
}

/* ---- running them ---- */

static struct run wait_for(
    pid_t pid, double start, int status_max, const char *what)
{
	struct rusage usage;
	int status;

	need(pid > 0 && wait4(pid, &status, 0, &usage) == pid, what);
	if (!WIFEXITED(status) || WEXITSTATUS(status) > status_max) {
		(void)fprintf(stderr, "%s failed\n", what);
		exit(1);
	}
	return (struct run){
	    .wall = bench_tool_seconds() - start,
	    .cpu = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
		(double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6,
	    .peak_bytes = (double)usage.ru_maxrss * 1024,
	};
}

static void apart(
    struct bench *b, void (*part)(struct bench *b), const char *what)
{
	(void)fflush(stdout);
	pid_t pid = fork();

	if (pid == 0) {
		part(b);
		exit(0);
	}
	(void)wait_for(pid, 0, 0, what);
}

/* It looked at every record: private/watched.txt says so. */
static void check_watched(const struct bench *b)
{
	struct buf note;
	struct err err = {0};
	char wanted[64];

	buf_init(&note, 4096);
	bench_tool_must(
	    file_read(&note, b->fd, "private/watched.txt", 4096, &err), &err);
	(void)snprintf(wanted, sizeof(wanted), "\n%zu ", b->records);
	if (memmem(note.p, note.n, wanted, strlen(wanted)) == NULL) {
		(void)fprintf(stderr, "not all records were looked at\n");
		exit(1);
	}
	buf_done(&note);
}

/* Its alarms, of which a made-up case has some, are not shown. */
static struct run watch(const struct bench *b)
{
	char *words[] = {(char *)BENCH_COUNTERFOIL, (char *)"watch",
	    (char *)"--once", (char *)"--all", (char *)"--case",
	    (char *)b->path, NULL};
	posix_spawn_file_actions_t actions;
	double start = bench_tool_seconds();
	pid_t pid = 0;

	need(posix_spawn_file_actions_init(&actions) == 0 &&
		posix_spawn_file_actions_addopen(
		    &actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0) == 0 &&
		posix_spawn(&pid, BENCH_COUNTERFOIL, &actions, NULL, words,
		    environ) == 0,
	    BENCH_COUNTERFOIL);
	(void)posix_spawn_file_actions_destroy(&actions);
	struct run run = wait_for(pid, start, 1, "counterfoil watch");
	check_watched(b);
	return run;
}

static struct bench_signatures limit_of(
    struct bench *b, size_t first, size_t end)
{
	b->limit_first = first;
	b->limit_end = end;
	apart(b, measure_limit, "the limit");
	return *b->limit;
}

static void print(const struct run *run, const struct bench_signatures *limit)
{
	double share = limit->wall / run->wall;

	printf("audit_watch %.2f s (%.2f s of processor time)\n", run->wall,
	    run->cpu);
	printf("audit_libsodium %.2f s (%.2f s of processor time), %zu "
	       "signatures\n",
	    limit->wall, limit->cpu, limit->n);
	printf("audit_libsodium/audit_watch %.1f %% (by processor time "
	       "%.1f %%) of %.0f %%: %s\n",
	    100 * share, 100 * limit->cpu / run->cpu, 100 * LIMIT_SHARE,
	    share >= LIMIT_SHARE ? "met" : "not met");
	printf("audit_peak %.0f MB of %.0f MB: %s\n", run->peak_bytes / 1e6,
	    LIMIT_BYTES / 1e6,
	    run->peak_bytes <= LIMIT_BYTES ? "met" : "not met");
}

int main(int argc, char **argv)
{
	static const uint8_t seed[32] = {7}; /* made_case's */
	static struct bench b;
	struct err err = {0};

	b.records = argc > 1 ? strtoul(argv[1], NULL, 10) : RECORDS;
	if (b.records < 1000) {
		(void)fprintf(
		    stderr, "usage: bench_audit [RECORDS]; at least 1000\n");
		return 2;
	}
	b.limit = mmap(NULL, sizeof(*b.limit), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	need(b.limit != MAP_FAILED, "memory");
	bench_tool_must(
	    note_secret_from_seed(&b.log, slice_of("seizure.example"),
		NOTE_KEY_ED25519, seed, &err),
	    &err);
	b.fd = bench_tool_make_folder(b.path, "bench-audit");
	apart(&b, make_ledger, "the ledger");
	struct bench_signatures before = limit_of(&b, 0, b.records / 2);
	struct run run = watch(&b);
	struct bench_signatures after = limit_of(&b, b.records / 2, b.records);
	print(&run,
	    &(struct bench_signatures){before.n + after.n,
		before.wall + after.wall, before.cpu + after.cpu});
	bench_tool_remove_folder(b.path, b.fd);
	note_secret_done(&b.log);
	return 0;
}
