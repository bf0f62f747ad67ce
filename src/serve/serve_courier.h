/*
 * serve_courier.h: gets cosignatures for what is being served, in a process of
 * its own: the server itself cannot connect to anybody (sandbox.h), and the
 * courier, which can, has no key and can write nowhere.
 *
 * The courier reads the published checkpoints as anybody does, asks the
 * witnesses of each log's policy, and hands what they said to the server. That
 * is checked again there: the courier talks with strangers.
 */
#ifndef SERVE_COURIER_H
#define SERVE_COURIER_H

#include "err.h"
#include "note_key.h"
#include "slice.h"
#include "witness_policy.h"

#include <stdbool.h>
#include <stddef.h>

struct serve_courier;

/* Everything is borrowed and must outlive the courier. */
struct serve_courier_log {
	int case_fd; /* the folder that has its log/ */
	const struct note_key *key;
	const struct witness_policy *policy; /* NULL: nobody is asked */
	/*
	 * Called by the courier's thread of the server with a checkpoint note
	 * of the log, whose signatures by the log and by witnesses of the
	 * policy are true; `is_met`: they are its quorum. It can be of any
	 * size: a witness that knows more than this server is heard of in this
	 * way.
	 */
	void (*take)(void *cookie, struct slice checkpoint, bool is_met);
	void *cookie;
};

struct serve_courier_options {
	const struct serve_courier_log *logs;
	size_t n;
	const char *ca_file; /* as in http_client.h */
	unsigned every_ms; /* how often to look; 0: 1,000 */
	/* Of the courier's process, once, before it does anything: it gives up
	 * there what it does not need. May be NULL. */
	int (*confine)(void *cookie, struct err *err);
	/* Says to the operator what changed: in the courier's process, and in
	 * the server's when the courier has ended. */
	void (*tell)(void *cookie, const char *line);
	void *cookie;
};

/*
 * Starts the process. To be called while there is one thread, and before
 * anything secret is in memory. What else is open is closed in it, but for the
 * folders of the logs and standard output and error.
 */
int serve_courier_new(struct serve_courier **ret_courier,
    const struct serve_courier_options *options, struct err *err) MUST_CHECK;
/* Begins to take what it brings; may be in a sandbox. `take` and its cookie may
 * be set in the logs until then. */
int serve_courier_start(
    struct serve_courier *courier, struct err *err) MUST_CHECK;
/* Ends it; accepts NULL. */
void serve_courier_free(struct serve_courier *courier);

/* False once the process has ended by itself: nobody asks witnesses now. */
bool serve_courier_is_well(const struct serve_courier *courier);

#endif
