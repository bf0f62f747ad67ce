/*
 * bench_tool.h: what the benchmarks share: a clock, a folder that is removed
 * afterwards, and an end with a message where something cannot be done.
 */
#ifndef BENCH_TOOL_H
#define BENCH_TOOL_H

#include "err.h"

#include <limits.h>

/* Ends the program with err's message unless r is 0. */
void bench_tool_must(int r, const struct err *err);

double bench_tool_seconds(void); /* monotonic */
double bench_tool_cpu_seconds(void); /* of this process, all threads */
double bench_tool_children_cpu_seconds(void); /* of those that have ended */

/* How long the shell took for the command; negative: it failed. */
double bench_tool_run(const char *command);

/* Sorts the list. */
double bench_tool_median(double *list, int n);

/* A new folder below TMPDIR or /tmp, which should be on the kind of disk that
 * is asked about; its descriptor. Ends the program if it cannot be made. */
int bench_tool_make_folder(char ret_path[PATH_MAX], const char *name);
/* Closes and removes it with all that is in it; what stays is said. */
void bench_tool_remove_folder(const char *path, int folder_fd);

#endif
