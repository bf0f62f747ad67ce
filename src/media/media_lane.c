/*
 * media_lane.c: see media_lane.h.
 *
 * Invariant: blocks [written, ready) are the thread's, all others the caller's;
 * block `ready` is the one that is being filled. A byte lies in its block at
 * the same distance from a multiple of 4096 as in the file, so that memory and
 * file are aligned alike.
 */
#include "media_lane.h"

#include "mem.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE 4096u /* what O_DIRECT takes anywhere */
#define LARGE_PAGE ((size_t)2 << 20)

/* Of all blocks, wherever the first large page begins. */
#define ROOM (MEDIA_LANE_BLOCKS * MEDIA_LANE_BLOCK + LARGE_PAGE)

static_assert(MEDIA_LANE_BLOCK % LARGE_PAGE == 0, "whole large pages");

struct block {
	uint8_t *bytes; /* MEDIA_LANE_BLOCK, aligned */
	uint64_t at; /* of `bytes` in the file: a multiple of PAGE */
	size_t from, to; /* what is in it */
};

struct media_lane {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t change; /* of what follows */
	uint64_t ready, written; /* numbers of blocks since the start */
	int errnum; /* the first failure */
	bool is_over;
	struct block blocks[MEDIA_LANE_BLOCKS];
	void *room; /* MAP_FAILED, or ROOM bytes that the blocks are in */
	uint64_t at; /* the caller's: where the next byte goes */
	int fd;
	bool is_direct, is_never_direct; /* the thread's, except in begin */
};

/* ---- the thread ---- */

/* Whether what follows goes past the page cache, if that can be had. */
static void choose_way(struct media_lane *lane, bool is_fit)
{
	int flags;

	is_fit = is_fit && !lane->is_never_direct;
	if (is_fit == lane->is_direct)
		return;
	flags = fcntl(lane->fd, F_GETFL);
	if (flags >= 0 &&
	    fcntl(lane->fd, F_SETFL,
		is_fit ? flags | O_DIRECT : flags & ~O_DIRECT) == 0)
		lane->is_direct = is_fit;
	else
		lane->is_never_direct = true;
}

/* Some file systems take the flag and refuse the write, or write a part. */
static int write_range(
    struct media_lane *lane, const struct block *b, size_t from, size_t to)
{
	choose_way(lane, from % PAGE == 0 && to % PAGE == 0);
	while (from < to) {
		ssize_t put = pwrite(lane->fd, b->bytes + from, to - from,
		    (off_t)(b->at + from));

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0 && errno == EINVAL && lane->is_direct) {
			lane->is_never_direct = true;
			choose_way(lane, false);
			continue;
		}
		if (put < 0)
			return errno;
		from += (size_t)put;
		if (from % PAGE != 0)
			choose_way(lane, false);
	}
	return 0;
}

static int write_block(struct media_lane *lane, const struct block *b)
{
	size_t first = (b->from + PAGE - 1) / PAGE * PAGE;
	size_t last = b->to / PAGE * PAGE;
	int errnum;

	if (first >= last)
		return write_range(lane, b, b->from, b->to);
	errnum = write_range(lane, b, b->from, first);
	if (errnum == 0)
		errnum = write_range(lane, b, first, last);
	/* Only a hint, so that an fsync has little left to do. */
	if (errnum == 0 && !lane->is_direct)
		(void)sync_file_range(lane->fd, (off_t)(b->at + first),
		    (off_t)(last - first), SYNC_FILE_RANGE_WRITE);
	return errnum != 0 ? errnum : write_range(lane, b, last, b->to);
}

static void *run_thread(void *arg)
{
	struct media_lane *lane = arg;

	(void)pthread_mutex_lock(&lane->lock);
	for (;;) {
		while (lane->written == lane->ready && !lane->is_over)
			(void)pthread_cond_wait(&lane->change, &lane->lock);
		if (lane->is_over)
			break;
		const struct block *b =
		    &lane->blocks[lane->written % MEDIA_LANE_BLOCKS];
		bool is_lost = lane->errnum != 0;
		(void)pthread_mutex_unlock(&lane->lock);
		int errnum = is_lost ? 0 : write_block(lane, b);
		(void)pthread_mutex_lock(&lane->lock);
		if (errnum != 0)
			lane->errnum = errnum;
		lane->written++;
		(void)pthread_cond_broadcast(&lane->change);
	}
	(void)pthread_mutex_unlock(&lane->lock);
	return NULL;
}

/* ---- the caller ---- */

static int start_thread(struct media_lane *lane)
{
	sigset_t all, before;
	int errnum;

	/* Signals are for the thread that knows what to do about them. */
	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	errnum = pthread_create(&lane->thread, NULL, run_thread, lane);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	return errnum;
}

static void free_blocks(struct media_lane *lane)
{
	if (lane->room != MAP_FAILED)
		(void)munmap(lane->room, ROOM);
	(void)pthread_mutex_destroy(&lane->lock);
	(void)pthread_cond_destroy(&lane->change);
	free(lane);
}

/* Mapped, not allocated: malloc would take its size for a usual one, keep what
 * is freed for the next, and clear by hand what the kernel gives cleared. */
static int make_blocks(struct media_lane *lane)
{
	lane->room = mmap(NULL, ROOM, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (lane->room == MAP_FAILED)
		return -1;
	const uintptr_t first =
	    ((uintptr_t)lane->room + LARGE_PAGE - 1) / LARGE_PAGE * LARGE_PAGE;

	for (size_t i = 0; i < MEDIA_LANE_BLOCKS; i++)
		lane->blocks[i].bytes = (uint8_t *)first + i * MEDIA_LANE_BLOCK;
	/* Only a hint: in large pages there is less to fault in, and less to
	 * hold while the disk reads it. */
	(void)madvise(
	    (void *)first, MEDIA_LANE_BLOCKS * MEDIA_LANE_BLOCK, MADV_HUGEPAGE);
	return 0;
}

int media_lane_new(struct media_lane **ret_lane, struct err *err)
{
	struct media_lane *lane = mem_new(1, sizeof(*lane));

	if (lane == NULL)
		return err_nomem(err);
	lane->fd = -1;
	(void)pthread_mutex_init(&lane->lock, NULL); /* cannot fail */
	(void)pthread_cond_init(&lane->change, NULL); /* likewise */
	if (make_blocks(lane) != 0 || start_thread(lane) != 0) {
		free_blocks(lane);
		return err_nomem(err);
	}
	*ret_lane = lane;
	return 0;
}

void media_lane_free(struct media_lane *lane)
{
	if (lane == NULL)
		return;
	(void)pthread_mutex_lock(&lane->lock);
	lane->is_over = true;
	(void)pthread_cond_broadcast(&lane->change);
	(void)pthread_mutex_unlock(&lane->lock);
	(void)pthread_join(lane->thread, NULL);
	free_blocks(lane);
}

static struct block *filling(struct media_lane *lane)
{
	return &lane->blocks[lane->ready % MEDIA_LANE_BLOCKS];
}

static void start_block(struct media_lane *lane)
{
	struct block *b = filling(lane);

	b->at = lane->at / PAGE * PAGE;
	b->from = b->to = lane->at % PAGE;
}

void media_lane_begin(struct media_lane *lane, int fd, uint64_t at)
{
	lane->fd = fd;
	lane->is_direct = false;
	lane->is_never_direct = false;
	lane->at = at;
	start_block(lane);
}

/* Waits until no more than `most` blocks are the thread's. */
static int wait_for(struct media_lane *lane, uint64_t most, struct err *err)
{
	int errnum;

	(void)pthread_mutex_lock(&lane->lock);
	while (lane->ready - lane->written > most)
		(void)pthread_cond_wait(&lane->change, &lane->lock);
	errnum = lane->errnum;
	(void)pthread_mutex_unlock(&lane->lock);
	return errnum == 0 ? 0 : err_sys(err, errnum, "writing");
}

static void hand_over(struct media_lane *lane)
{
	(void)pthread_mutex_lock(&lane->lock);
	lane->ready++;
	(void)pthread_cond_broadcast(&lane->change);
	(void)pthread_mutex_unlock(&lane->lock);
}

int media_lane_put(
    struct media_lane *lane, const void *bytes, size_t n, struct err *err)
{
	const uint8_t *p = bytes;
	int rc = 0;

	assert(lane->fd >= 0);
	while (n > 0 && rc == 0) {
		struct block *b = filling(lane);
		size_t room = MEDIA_LANE_BLOCK - b->to;
		size_t here = room < n ? room : n;

		memcpy(b->bytes + b->to, p, here);
		b->to += here;
		lane->at += here;
		p += here;
		n -= here;
		if (b->to < MEDIA_LANE_BLOCK)
			break;
		hand_over(lane);
		rc = wait_for(lane, MEDIA_LANE_BLOCKS - 1, err);
		start_block(lane);
	}
	return rc;
}

int media_lane_flush(struct media_lane *lane, struct err *err)
{
	struct block *b = filling(lane);
	int rc;

	if (lane->fd < 0)
		return 0;
	if (b->to > b->from)
		hand_over(lane);
	rc = wait_for(lane, 0, err);
	start_block(lane);
	return rc;
}
