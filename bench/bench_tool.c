/*
 * bench_tool.c: see bench_tool.h. A benchmark has nothing to save: whatever
 * goes wrong ends it.
 */
#include "bench_tool.h"

#include "file.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

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
