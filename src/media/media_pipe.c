/*
 * media_pipe.c: see media_pipe.h. Threads take what is next of whatever can be
 * done: first the hashes, each of which can only go on where it is, then the
 * oldest slot that nobody has worked on.
 */
#include "media_pipe.h"

#include "cage_image.h"
#include "crew.h"
#include "media_leaves.h"
#include "media_open.h"
#include "mem.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define SEALED MEDIA_HASH_COUNT /* the hash over what is sealed */
#define HASHES (MEDIA_HASH_COUNT + 1)

enum step {
	WAITING,
	TAKEN,
	DONE
};

struct station {
	struct media_pipe_slot slot;
	enum step work;
	unsigned hashed; /* bit of each hash that is done */
};

struct pipe {
	const struct media_pipe_job *job;
	size_t slots; /* of the stations, in use */
	unsigned wanted; /* bits of all hashes */
	pthread_mutex_t lock;
	pthread_cond_t change; /* of anything below */
	struct station stations[MEDIA_PIPE_SLOTS];
	/* Numbers of slots since the start: [drained, filled) are in work. */
	uint64_t filled, drained, worked;
	uint64_t next_hashed[HASHES];
	bool is_hashing[HASHES];
	bool is_over; /* threads end */
	int rc;
	struct err err; /* the first one */
};

struct thread {
	struct pipe *pipe;
	struct media_pipe_worker worker;
	pthread_t id;
};

static struct station *station_of(struct pipe *pipe, uint64_t number)
{
	return &pipe->stations[number % pipe->slots];
}

/* With the lock held. */
static void note_failure(struct pipe *pipe, int rc, const struct err *err)
{
	if (rc == 0 || pipe->rc != 0)
		return;
	pipe->rc = rc;
	pipe->err = *err;
	pipe->is_over = true;
}

/* Is what this hash is over made by the work? */
static bool is_made(const struct pipe *pipe, int k)
{
	return pipe->job->is_hashed_after_work == (k != SEALED);
}

/* A hash that can go on, or -1. With the lock held. */
static int find_hash(struct pipe *pipe)
{
	for (int k = 0; k < HASHES; k++) {
		uint64_t number = pipe->next_hashed[k];

		if (!(pipe->wanted & 1u << k) || pipe->is_hashing[k] ||
		    number >= pipe->filled)
			continue;
		if (!is_made(pipe, k) || station_of(pipe, number)->work == DONE)
			return k;
	}
	return -1;
}

static void do_hash(struct pipe *pipe, int k)
{
	struct station *station = station_of(pipe, pipe->next_hashed[k]);
	struct err err = {0};

	pipe->is_hashing[k] = true;
	(void)pthread_mutex_unlock(&pipe->lock);
	int rc = k == SEALED
	    ? media_hash_update(pipe->job->sealed_hash, station->slot.sealed,
		  station->slot.sealed_n, &err)
	    : media_hash_update(pipe->job->hashes[k], station->slot.bytes,
		  station->slot.n, &err);
	(void)pthread_mutex_lock(&pipe->lock);
	station->hashed |= 1u << k;
	pipe->next_hashed[k]++;
	pipe->is_hashing[k] = false;
	note_failure(pipe, rc, &err);
	(void)pthread_cond_broadcast(&pipe->change);
}

static void do_work(struct pipe *pipe, struct media_pipe_worker *worker)
{
	struct station *station = station_of(pipe, pipe->worked++);
	struct err err = {0};

	station->work = TAKEN;
	(void)pthread_mutex_unlock(&pipe->lock);
	int rc =
	    pipe->job->work(pipe->job->cookie, &station->slot, worker, &err);
	(void)pthread_mutex_lock(&pipe->lock);
	station->work = DONE;
	note_failure(pipe, rc, &err);
	(void)pthread_cond_broadcast(&pipe->change);
}

static void *run_thread(void *arg)
{
	struct thread *thread = arg;
	struct pipe *pipe = thread->pipe;

	(void)pthread_mutex_lock(&pipe->lock);
	while (!pipe->is_over) {
		int k = find_hash(pipe);

		if (k >= 0)
			do_hash(pipe, k);
		else if (pipe->worked < pipe->filled)
			do_work(pipe, &thread->worker);
		else
			(void)pthread_cond_wait(&pipe->change, &pipe->lock);
	}
	(void)pthread_mutex_unlock(&pipe->lock);
	return NULL;
}

/* ---- the caller's thread ---- */

static bool is_finished(const struct pipe *pipe, const struct station *station)
{
	return station->work == DONE && station->hashed == pipe->wanted;
}

static void fill_one(struct pipe *pipe, bool *ret_is_end)
{
	struct station *station = station_of(pipe, pipe->filled);
	struct err err = {0};

	station->work = WAITING;
	station->hashed = 0;
	station->slot.n = station->slot.sealed_n = 0;
	station->slot.piece_count = station->slot.leaf_count = 0;
	media_range_done(&station->slot.damaged);
	(void)pthread_mutex_unlock(&pipe->lock);
	int rc = pipe->job->fill(pipe->job->cookie, &station->slot, &err);
	(void)pthread_mutex_lock(&pipe->lock);
	note_failure(pipe, rc, &err);
	if (rc != 0 || station->slot.n == 0)
		*ret_is_end = true;
	else
		pipe->filled++;
	(void)pthread_cond_broadcast(&pipe->change);
}

static void drain_one(struct pipe *pipe)
{
	struct station *station = station_of(pipe, pipe->drained);
	struct err err = {0};

	(void)pthread_mutex_unlock(&pipe->lock);
	int rc = pipe->job->drain(pipe->job->cookie, &station->slot, &err);
	(void)pthread_mutex_lock(&pipe->lock);
	pipe->drained++;
	note_failure(pipe, rc, &err);
}

static void move_all(struct pipe *pipe)
{
	bool is_end = false;

	(void)pthread_mutex_lock(&pipe->lock);
	while (pipe->rc == 0 && !(is_end && pipe->drained == pipe->filled)) {
		if (pipe->drained < pipe->filled &&
		    is_finished(pipe, station_of(pipe, pipe->drained)))
			drain_one(pipe);
		else if (!is_end && pipe->filled - pipe->drained < pipe->slots)
			fill_one(pipe, &is_end);
		else
			(void)pthread_cond_wait(&pipe->change, &pipe->lock);
	}
	pipe->is_over = true;
	(void)pthread_cond_broadcast(&pipe->change);
	(void)pthread_mutex_unlock(&pipe->lock);
}

/* ---- memory ---- */

static int make_stations(struct pipe *pipe, struct err *err)
{
	for (size_t i = 0; i < pipe->slots; i++) {
		struct media_pipe_slot *slot = &pipe->stations[i].slot;

		slot->bytes = aligned_alloc(4096, MEDIA_PIPE_BYTES + 4096);
		slot->pieces =
		    mem_new(MEDIA_PIPE_PIECES, sizeof(*slot->pieces));
		if (pipe->job->stored_max > 0)
			slot->stored = mem_new(pipe->job->stored_max, 1);
		if (pipe->job->sealed_max > 0)
			slot->sealed = mem_new(pipe->job->sealed_max, 1);
		if (slot->bytes == NULL || slot->pieces == NULL ||
		    (pipe->job->stored_max > 0 && slot->stored == NULL) ||
		    (pipe->job->sealed_max > 0 && slot->sealed == NULL))
			return err_nomem(err);
	}
	return 0;
}

static void free_stations(struct pipe *pipe)
{
	for (size_t i = 0; i < MEDIA_PIPE_SLOTS; i++) {
		struct media_pipe_slot *slot = &pipe->stations[i].slot;

		if (slot->bytes != NULL && i < pipe->filled &&
		    pipe->job->sealed_max > 0)
			mem_wipe(slot->bytes, MEDIA_PIPE_BYTES);
		free(slot->bytes);
		free(slot->stored);
		free(slot->sealed);
		free(slot->pieces);
		media_range_done(&slot->damaged);
	}
}

static void free_worker(struct media_pipe_worker *worker)
{
	media_ewf_pack_free(worker->pack);
	media_leaves_free(worker->leaves);
	cage_image_free(worker->box);
	free(worker->damage);
}

size_t media_pipe_slots(uint64_t length)
{
	const uint64_t n = length / MEDIA_PIPE_BYTES + 1;

	return n < MEDIA_PIPE_SLOTS ? (size_t)n : MEDIA_PIPE_SLOTS;
}

int media_pipe_run(const struct media_pipe_job *job, struct err *err)
{
	size_t n = job->threads > 0 ? job->threads : crew_size(), started = 0;
	struct pipe *pipe = mem_new(1, sizeof(*pipe));
	struct thread *threads = mem_new(n, sizeof(*threads));
	int rc = pipe == NULL || threads == NULL ? err_nomem(err) : 0;

	if (rc != 0) {
		free(pipe);
		free(threads);
		return rc;
	}
	pipe->job = job;
	pipe->slots = job->slots > 0 ? job->slots : MEDIA_PIPE_SLOTS;
	assert(pipe->slots <= MEDIA_PIPE_SLOTS);
	for (int k = 0; k < MEDIA_HASH_COUNT; k++)
		if (job->hashes[k] != NULL)
			pipe->wanted |= 1u << k;
	if (job->sealed_hash != NULL)
		pipe->wanted |= 1u << SEALED;
	(void)pthread_mutex_init(&pipe->lock, NULL); /* cannot fail */
	(void)pthread_cond_init(&pipe->change, NULL); /* likewise */
	rc = make_stations(pipe, err);
	for (size_t i = 0; i < n && rc == 0; i++) {
		threads[i].pipe = pipe;
		rc = media_ewf_pack_new(&threads[i].worker.pack, err);
	}
	while (rc == 0 && started < n &&
	    pthread_create(
		&threads[started].id, NULL, run_thread, &threads[started]) == 0)
		started++;
	if (rc == 0 && started == 0)
		rc = err_set(err, ERR_NOMEM, "no thread could be started");
	if (rc == 0) {
		move_all(pipe);
		for (size_t i = 0; i < started; i++)
			(void)pthread_join(threads[i].id, NULL);
		rc = pipe->rc;
		if (rc != 0)
			(void)err_set(err, rc, "%s", pipe->err.message);
		if (rc != 0 && err != NULL)
			err->sys = pipe->err.sys;
	}
	for (size_t i = 0; i < n; i++)
		free_worker(&threads[i].worker);
	free_stations(pipe);
	(void)pthread_mutex_destroy(&pipe->lock);
	(void)pthread_cond_destroy(&pipe->change);
	free(threads);
	free(pipe);
	return rc;
}

int media_pipe_leaves(struct media_pipe_slot *slot, uint64_t length,
    const struct tree_seed *seed, struct media_pipe_worker *worker,
    struct err *err)
{
	uint8_t salts[MEDIA_PIPE_LEAVES][TREE_CHUNK_SALT_SIZE];
	size_t n = (slot->n + TREE_CHUNK_SIZE - 1) / TREE_CHUNK_SIZE;
	int rc = worker->leaves == NULL
	    ? media_leaves_new(&worker->leaves, MEDIA_LEAVES_BEST, err)
	    : 0;

	if (rc == 0)
		rc = tree_chunk_salts(seed, tree_chunk_count(length),
		    slot->at / TREE_CHUNK_SIZE, n, salts, err);
	if (rc == 0)
		media_leaves_make(
		    worker->leaves, salts, slot->bytes, slot->n, slot->leaves);
	slot->leaf_count = n;
	mem_wipe(salts, sizeof(salts));
	return rc;
}

int media_pipe_read(struct media_pipe_slot *slot, const struct media_open *from,
    struct media_pipe_worker *worker, struct err *err)
{
	if (worker->damage == NULL)
		worker->damage = mem_new(1, sizeof(*worker->damage));
	if (worker->damage == NULL)
		return err_nomem(err);
	return media_open_read(from, &worker->box, slot->at, slot->bytes,
	    slot->n, worker->damage, err);
}
