/*
 * serve_box.h: a served ledger in a temporary folder, with the story of
 * case_box.h in it, and somebody who waits for answers.
 *
 * Records for it are made by the story's own state, which runs ahead: what was
 * added there is signed, and can be handed in here.
 */
#ifndef SERVE_BOX_H
#define SERVE_BOX_H

#include "case_box.h"
#include "file.h"
#include "log_store.h"
#include "record_leaf.h"
#include "serve_queue.h"

#include <fcntl.h>
#include <ftw.h>
#include <pthread.h>
#include <unistd.h>

#define SERVE_BOX_ANSWERS 8192

struct serve_box {
	struct case_box box;
	char path[64];
	int fd;
	struct note_secret log;
	struct serve_ledger *ledger;
	struct serve_queue *queue;
	int64_t now;
	size_t base; /* leaves when it was opened first */
	pthread_mutex_t lock;
	pthread_cond_t answered;
	size_t n;
	struct serve_submission *answers[SERVE_BOX_ANSWERS];
};

static inline int64_t serve_box_now(void *cookie)
{
	struct serve_box *b = cookie;

	return b->now;
}

static inline void serve_box_open(struct serve_box *b)
{
	const struct serve_ledger_options options = {
	    .case_fd = b->fd,
	    .log_key = &b->log.key,
	    .log_secret = &b->log,
	    .now = serve_box_now,
	    .cookie = b,
	};
	struct err err = {0};

	if (serve_ledger_new(&b->ledger, &options, 0, &err) != 0 ||
	    serve_queue_new(&b->queue, b->ledger, &err) != 0)
		fail_msg("%s", err.message);
}

static inline void serve_box_close(struct serve_box *b)
{
	serve_queue_free(b->queue);
	serve_ledger_free(b->ledger);
	b->queue = NULL;
	b->ledger = NULL;
}

/* The story's leaves become a ledger. */
static inline void serve_box_store(struct serve_box *b)
{
	struct slice leaves[FIXTURE_CASE_LEAVES];
	struct log_store *store;
	struct err err = {0};
	uint64_t first;
	bool is_committed;

	b->base = case_state_leaf_count(b->box.f->state);
	for (size_t i = 0; i < b->base; i++)
		leaves[i] = case_state_leaf(b->box.f->state, i)->bytes;
	if (log_store_create(b->fd, &b->log, &err) != 0 ||
	    log_store_open(&store, b->fd, &b->log.key, &err) != 0)
		fail_msg("%s", err.message);
	if (log_store_lock(store, 0, &err) != 0 ||
	    log_store_append(store, &b->log, leaves, b->base, &first,
		&is_committed, &err) != 0)
		fail_msg("%s", err.message);
	log_store_free(store);
}

static inline void serve_box_init(struct serve_box *b)
{
	box_story(&b->box);
	(void)snprintf(b->path, sizeof(b->path), "%s/serve-box-XXXXXX",
	    access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	assert_non_null(mkdtemp(b->path));
	assert_int_equal(file_open_dir(&b->fd, AT_FDCWD, b->path, NULL), 0);
	fixture_case_secret(&b->log, FIXTURE_CASE_LOG, NOTE_KEY_ED25519);
	(void)pthread_mutex_init(&b->lock, NULL);
	(void)pthread_cond_init(&b->answered, NULL);
	serve_box_store(b);
	b->now = box_when(BOX_JULY(06, "10:00:00"));
	serve_box_open(b);
}

static inline int serve_box_remove(
    const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

static inline void serve_box_forget(struct serve_box *b)
{
	for (size_t i = 0; i < b->n; i++)
		serve_submission_free(b->answers[i]);
	b->n = 0;
}

static inline void serve_box_done(struct serve_box *b)
{
	serve_box_close(b);
	serve_box_forget(b);
	note_secret_done(&b->log);
	(void)close(b->fd); /* a folder */
	assert_int_equal(
	    nftw(b->path, serve_box_remove, 16, FTW_DEPTH | FTW_PHYS), 0);
	box_done(&b->box);
}

/* ---- records for it ---- */

/* A new record's signed note; borrowed from the story. */
static inline struct slice serve_box_note(struct serve_box *b,
    enum record_kind kind, const char *at, const char *signers,
    const char *fields)
{
	struct record_leaf parts;
	uint32_t leaf = box_add(&b->box, kind, at, signers, fields);

	assert_int_equal(
	    record_leaf_parse(
		&parts, case_state_leaf(b->box.f->state, leaf)->bytes, NULL),
	    0);
	return parts.note;
}

/* Somebody asks something; `n` makes it another text. */
static inline struct slice serve_box_ask(
    struct serve_box *b, const char *who, unsigned n)
{
	char fields[512];

	(void)snprintf(
	    fields, sizeof(fields), BOX_ASKED "text: number %u\n", n);
	return serve_box_note(
	    b, RECORD_QUESTION, BOX_JULY(06, "09:00:00"), who, fields);
}

/* ---- handing in ---- */

static inline void serve_box_answered(
    struct serve_submission *submission, void *cookie)
{
	struct serve_box *b = cookie;

	(void)pthread_mutex_lock(&b->lock);
	assert_true(b->n < SERVE_BOX_ANSWERS);
	b->answers[b->n++] = submission;
	(void)pthread_cond_broadcast(&b->answered);
	(void)pthread_mutex_unlock(&b->lock);
}

static inline struct serve_submission *serve_box_check(
    struct serve_box *b, struct slice body)
{
	struct serve_submission *s = NULL;
	struct err err = {0};

	if (serve_submission_new(&s, NULL, b->ledger, body, &err) != 0)
		fail_msg("%s", err.message);
	s->done = serve_box_answered;
	s->cookie = b;
	return s;
}

static inline void serve_box_push(struct serve_box *b, struct slice body)
{
	assert_int_equal(
	    serve_queue_push(b->queue, serve_box_check(b, body), NULL), 0);
}

static inline void serve_box_wait(struct serve_box *b, size_t n)
{
	(void)pthread_mutex_lock(&b->lock);
	while (b->n < n)
		(void)pthread_cond_wait(&b->answered, &b->lock);
	(void)pthread_mutex_unlock(&b->lock);
}

/* Hands in and waits; the answer is the box's. */
static inline struct serve_submission *serve_box_enter(
    struct serve_box *b, struct slice body)
{
	size_t n = b->n;

	serve_box_push(b, body);
	serve_box_wait(b, n + 1);
	return b->answers[n];
}

static inline size_t serve_box_size(struct serve_box *b)
{
	struct slice checkpoint;
	const struct case_state *state =
	    serve_ledger_look(b->ledger, &checkpoint);

	assert_non_null(state);
	size_t n = case_state_leaf_count(state);
	serve_ledger_leave(b->ledger);
	return n;
}

#endif
