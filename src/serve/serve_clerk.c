/*
 * serve_clerk.c: a ring of jobs and the thread that does them in order.
 */
#include "serve_clerk.h"

#include "mem.h"

#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>

struct job {
	struct http_exchange *exchange;
	void (*run)(struct serve_api *api, struct http_exchange *exchange);
};

struct serve_clerk {
	struct serve_api *api;
	pthread_t thread;
	pthread_mutex_t lock; /* for what follows */
	pthread_cond_t pushed;
	size_t first, n;
	bool is_ending;
	struct job jobs[SERVE_CLERK_MAX];
};

static bool take(struct serve_clerk *clerk, struct job *ret_job)
{
	(void)pthread_mutex_lock(&clerk->lock);
	while (clerk->n == 0 && !clerk->is_ending)
		(void)pthread_cond_wait(&clerk->pushed, &clerk->lock);
	bool has_job = clerk->n > 0;
	if (has_job) {
		*ret_job = clerk->jobs[clerk->first];
		clerk->first = (clerk->first + 1) % SERVE_CLERK_MAX;
		clerk->n--;
	}
	(void)pthread_mutex_unlock(&clerk->lock);
	return has_job;
}

static void *run(void *cookie)
{
	struct serve_clerk *clerk = cookie;
	struct job job;

	while (take(clerk, &job))
		job.run(clerk->api, job.exchange);
	return NULL;
}

int serve_clerk_new(
    struct serve_clerk **ret_clerk, struct serve_api *api, struct err *err)
{
	struct serve_clerk *clerk = mem_new(1, sizeof(*clerk));

	if (clerk == NULL)
		return err_nomem(err);
	clerk->api = api;
	(void)pthread_mutex_init(&clerk->lock, NULL);
	(void)pthread_cond_init(&clerk->pushed, NULL);
	int errnum = pthread_create(&clerk->thread, NULL, run, clerk);
	if (errnum != 0) {
		free(clerk);
		return err_sys(err, errnum, "the clerk's thread");
	}
	(void)pthread_setname_np(clerk->thread, "serve-clerk");
	*ret_clerk = clerk;
	return 0;
}

void serve_clerk_free(struct serve_clerk *clerk)
{
	if (clerk == NULL)
		return;
	(void)pthread_mutex_lock(&clerk->lock);
	clerk->is_ending = true;
	(void)pthread_cond_signal(&clerk->pushed);
	(void)pthread_mutex_unlock(&clerk->lock);
	(void)pthread_join(clerk->thread, NULL);
	(void)pthread_mutex_destroy(&clerk->lock);
	(void)pthread_cond_destroy(&clerk->pushed);
	free(clerk);
}

bool serve_clerk_push(struct serve_clerk *clerk, struct http_exchange *exchange,
    void (*job)(struct serve_api *api, struct http_exchange *exchange))
{
	(void)pthread_mutex_lock(&clerk->lock);
	bool has_room = clerk->n < SERVE_CLERK_MAX;
	if (has_room) {
		size_t at = (clerk->first + clerk->n++) % SERVE_CLERK_MAX;
		clerk->jobs[at] = (struct job){exchange, job};
		(void)pthread_cond_signal(&clerk->pushed);
	}
	(void)pthread_mutex_unlock(&clerk->lock);
	return has_room;
}
