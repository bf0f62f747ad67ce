/*
 * crew.h: one piece of work done by several threads at once.
 *
 * The work is numbered, 0 to n - 1. Who does which number, and when, is left
 * open, so a result that is kept by number does not depend on the threads.
 */
#ifndef CREW_H
#define CREW_H

#include <stddef.h>

/* More than this many threads are never started. */
#define CREW_THREADS_MAX 64

/* How many processors may be used; at least 1. */
size_t crew_size(void);

/*
 * Calls work(cookie, i) once for each i below n, on at most `threads` threads
 * (0: crew_size()), the caller's among them, and returns when all are done.
 * Numbers are begun in order. A thread that cannot be started is done without:
 * the caller then does that part itself.
 */
void crew_run(size_t threads, size_t n, void (*work)(void *cookie, size_t i),
    void *cookie);

#endif
