/*
 * bench_tool.c: see bench_tool.h. A benchmark has nothing to save: whatever
 * goes wrong ends it.
 */
#include "bench_tool.h"

#include "file.h"

#include <fcntl.h>
#include <ftw.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

void bench_tool_must(int r, const struct err *err)
{
	if (r == 0)
		return;
	(void)fprintf(stderr, "%s\n", err->message);
	exit(1);
}

static double seconds_of(clockid_t clock)
{
	struct timespec now;

	(void)clock_gettime(clock, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

double bench_tool_seconds(void)
{
	return seconds_of(CLOCK_MONOTONIC);
}

double bench_tool_cpu_seconds(void)
{
	return seconds_of(CLOCK_PROCESS_CPUTIME_ID);
}

double bench_tool_children_cpu_seconds(void)
{
	struct rusage r = {0};

	(void)getrusage(RUSAGE_CHILDREN, &r);
	return (double)(r.ru_utime.tv_sec + r.ru_stime.tv_sec) +
	    (double)(r.ru_utime.tv_usec + r.ru_stime.tv_usec) * 1e-6;
}

double bench_tool_run(const char *command)
{
	const char *words[] = {"sh", "-c", command, NULL};
	double start = bench_tool_seconds();
	int status;
	pid_t pid;

	if (posix_spawn(&pid, "/bin/sh", NULL, NULL, (char *const *)words,
		environ) != 0 ||
	    waitpid(pid, &status, 0) != pid || status != 0)
		return -1;
	return bench_tool_seconds() - start;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

double bench_tool_median(double *list, int n)
{
	qsort(list, (size_t)n, sizeof(list[0]), compare);
	return list[n / 2];
}

int bench_tool_make_folder(char ret_path[PATH_MAX], const char *name)
{
	const char *parent = getenv("TMPDIR");
	struct err err = {0};
	int fd = -1;

	(void)snprintf(
	    ret_path, PATH_MAX, "%s/%s-XXXXXX", parent ? parent : "/tmp", name);
	if (mkdtemp(ret_path) == NULL) {
		perror(ret_path);
		exit(1);
	}
	bench_tool_must(file_open_dir(&fd, AT_FDCWD, ret_path, &err), &err);
	return fd;
}

static int remove_one(
    const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

void bench_tool_remove_folder(const char *path, int folder_fd)
{
	(void)close(folder_fd); /* a folder */
	if (nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS) != 0)
		perror(path);
}
