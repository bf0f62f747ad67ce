/*
 * cli_serve_site.c: see cli_serve_site.h.
 */
#include "cli_serve_site.h"

#include "cli_out.h"
#include "mem.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

struct cli_serve_site {
	struct cli_site *site;
	struct site_log *logs;
	size_t n;
	unsigned every_s;
	pthread_t thread;
	bool is_started;
	pthread_mutex_t lock; /* for the site, and for what follows */
	pthread_cond_t woken;
	bool is_ending;
	bool is_told; /* what `why` says was said already */
	struct err why; /* code 0: well */
};

static void fail(struct cli_serve_site *serve, const struct err *why)
{
	if (serve->why.code == 0)
		cli_out_remark("site log: %s", why->message);
	serve->why = *why;
}

/* One round, under the lock. A false case is told once, and stays a reason for
 * /health until the server is started again. */
static int take(struct cli_serve_site *serve, struct err *err)
{
	struct cli_site *site = serve->site;
	size_t false_count = 0;

	int rc =
	    site_take(site->site, site->secret, serve->logs, serve->n, err);
	for (size_t i = 0; i < serve->n; i++)
		false_count += serve->logs[i].outcome == SITE_BEHIND ||
		    serve->logs[i].outcome == SITE_SPLIT;
	if (false_count > 0 && !serve->is_told) {
		serve->is_told = true;
		(void)cli_site_tell(site, serve->logs, serve->n);
	}
	if (rc == 0)
		rc = cli_site_keep_steps(site, serve->logs, serve->n, err);
	for (size_t i = 0; i < serve->n; i++)
		site_log_done(&serve->logs[i]);
	if (rc == 0 && false_count > 0)
		rc = err_set(err, ERR_VERIFY,
		    "%zu case%s not continue what the site log has of %s",
		    false_count, false_count == 1 ? " does" : "s do",
		    false_count == 1 ? "it" : "them");
	return rc;
}

int cli_serve_site_new(struct cli_serve_site **ret_serve, struct cli_site *site,
    struct site_log *logs, size_t n, unsigned every_s, struct err *err)
{
	struct cli_serve_site *serve = mem_new(1, sizeof(*serve));
	pthread_condattr_t attributes;

	if (serve == NULL)
		return err_nomem(err);
	serve->site = site;
	serve->logs = logs;
	serve->n = n;
	serve->every_s = every_s;
	(void)pthread_mutex_init(&serve->lock, NULL);
	(void)pthread_condattr_init(&attributes);
	(void)pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	(void)pthread_cond_init(&serve->woken, &attributes);
	(void)pthread_condattr_destroy(&attributes);
	int rc = take(serve, err);
	if (rc != 0) {
		cli_serve_site_free(serve);
		return rc;
	}
	*ret_serve = serve;
	return 0;
}

static void *run(void *cookie)
{
	struct cli_serve_site *serve = cookie;
	bool is_ending = false;

	while (!is_ending) {
		struct timespec until;
		struct err why = {0};

		(void)clock_gettime(CLOCK_MONOTONIC, &until);
		until.tv_sec += serve->every_s;
		(void)pthread_mutex_lock(&serve->lock);
		int woken = 0;
		while (!serve->is_ending && woken == 0)
			woken = pthread_cond_timedwait(
			    &serve->woken, &serve->lock, &until);
		is_ending = serve->is_ending;
		if (take(serve, &why) != 0)
			fail(serve, &why);
		else if (serve->why.code != ERR_VERIFY)
			serve->why = (struct err){0};
		(void)pthread_mutex_unlock(&serve->lock);
	}
	return NULL;
}

int cli_serve_site_start(struct cli_serve_site *serve, struct err *err)
{
	int errnum = pthread_create(&serve->thread, NULL, run, serve);

	if (errnum != 0)
		return err_sys(err, errnum, "the site log's thread");
	(void)pthread_setname_np(serve->thread, "serve-site");
	serve->is_started = true;
	return 0;
}

void cli_serve_site_free(struct cli_serve_site *serve)
{
	if (serve == NULL)
		return;
	(void)pthread_mutex_lock(&serve->lock);
	serve->is_ending = true;
	(void)pthread_cond_signal(&serve->woken);
	(void)pthread_mutex_unlock(&serve->lock);
	if (serve->is_started)
		(void)pthread_join(serve->thread, NULL);
	(void)pthread_mutex_destroy(&serve->lock);
	(void)pthread_cond_destroy(&serve->woken);
	free(serve);
}

/* The steps of all cases lead to the cosigned checkpoint from now on. */
static int put_cosigned(
    struct cli_serve_site *serve, struct slice checkpoint, struct err *err)
{
	bool is_current = false;
	int rc = log_store_take_cosigned(
	    serve->site->c.store, checkpoint, &is_current, err);

	if (rc != 0 || !is_current)
		return rc;
	for (size_t i = 0; i < serve->n; i++)
		serve->logs[i].outcome = SITE_SAME;
	return cli_site_keep_steps(serve->site, serve->logs, serve->n, err);
}

void cli_serve_site_take_cosigned(
    struct cli_serve_site *serve, struct slice checkpoint)
{
	struct err why = {0};

	(void)pthread_mutex_lock(&serve->lock);
	if (put_cosigned(serve, checkpoint, &why) != 0)
		fail(serve, &why);
	(void)pthread_mutex_unlock(&serve->lock);
}

int cli_serve_site_check(struct cli_serve_site *serve, struct err *err)
{
	(void)pthread_mutex_lock(&serve->lock);
	struct err why = serve->why;
	(void)pthread_mutex_unlock(&serve->lock);
	return why.code == 0 ? 0 : err_set(err, why.code, "%s", why.message);
}
