/*
 * crew.c: threads that take numbers from one counter until none is left.
 *
 * Invariant: crew_run returns only after every thread that it started was
 * joined, so no thread outlives the memory that `cookie` points to.
 */
#include "crew.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

struct crew {
	void (*work)(void *cookie, size_t i);
	void *cookie;
	size_t n;
	atomic_size_t next;
};

size_t crew_size(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	if (n < 1)
		return 1;
	return n < CREW_THREADS_MAX ? (size_t)n : CREW_THREADS_MAX;
}

static void *take_numbers(void *arg)
{
	struct crew *crew = arg;
	size_t i;

	while ((i = atomic_fetch_add(&crew->next, 1)) < crew->n)
		crew->work(crew->cookie, i);
	return NULL;
}

void crew_run(size_t threads, size_t n, void (*work)(void *cookie, size_t i),
    void *cookie)
{
	struct crew crew = {.work = work, .cookie = cookie, .n = n};
	pthread_t others[CREW_THREADS_MAX];
	size_t started = 0;

	if (threads == 0)
		threads = crew_size();
	if (threads > CREW_THREADS_MAX)
		threads = CREW_THREADS_MAX;
	if (threads > n)
		threads = n;
	while (started + 1 < threads &&
	    pthread_create(&others[started], NULL, take_numbers, &crew) == 0)
		started++;
	(void)take_numbers(&crew);
	while (started > 0)
		(void)pthread_join(others[--started], NULL);
}
