/*
 * exam_scan.c: see exam_scan.h. Ranges are slots of a ring: workers fill them
 * in any order, the caller's thread empties them in the image's.
 */
#include "exam_scan.h"

#include "buf.h"
#include "crew.h"
#include "mem.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define THREADS_MAX 64
/* Slots for each worker, so that one slow range does not stop the others. */
#define SLOTS 4
/* Bytes of finds that wait in a slot; who has more waits until they are taken.
 */
#define WAITING_MAX (4u << 20)

struct slot {
	struct buf hits; /* as cage_hit_put has them */
	bool is_done;
	struct cage_scan_numbers numbers; /* of the range */
};

struct scan {
	const struct exam_scan_options *options;
	pthread_mutex_t lock;
	pthread_cond_t may_fill, may_take;
	struct slot *slots;
	size_t slots_n;
	uint64_t ranges, next, taken; /* ranges in all, begun, given */
	bool is_stopped;
	struct err err; /* of the first worker that failed */
};

/* What a worker puts its finds into. */
struct place {
	struct scan *scan;
	struct slot *slot;
};

static uint64_t range_at(const struct scan *s, uint64_t i)
{
	return s->options->from + i * EXAM_SCAN_RANGE;
}

static uint64_t range_n(const struct scan *s, uint64_t i)
{
	const uint64_t left = s->options->length - range_at(s, i);

	return left < EXAM_SCAN_RANGE ? left : EXAM_SCAN_RANGE;
}

/* ---- workers ---- */

static int put_hit(void *cookie, const struct cage_hit *hit, struct err *err)
{
	struct place *place = cookie;
	struct scan *s = place->scan;
	uint8_t bytes[CAGE_HIT_BYTES_MAX];
	const size_t n = cage_hit_put(bytes, hit);
	int rc = 0;

	(void)pthread_mutex_lock(&s->lock);
	while (place->slot->hits.n + n > WAITING_MAX && !s->is_stopped) {
		(void)pthread_cond_signal(&s->may_take);
		(void)pthread_cond_wait(&s->may_fill, &s->lock);
	}
	if (s->is_stopped)
		rc = err_set(err, ERR_CONFLICT, "the scan was stopped");
	buf_put(&place->slot->hits, bytes, n);
	if (rc == 0)
		rc = buf_check(&place->slot->hits, err);
	(void)pthread_mutex_unlock(&s->lock);
	return rc;
}

/* The next range, once its slot is free; false: there is none. */
static bool begin(struct scan *s, uint64_t *ret_range)
{
	(void)pthread_mutex_lock(&s->lock);
	while (!s->is_stopped && s->next < s->ranges &&
	    s->next - s->taken >= s->slots_n)
		(void)pthread_cond_wait(&s->may_fill, &s->lock);
	const bool is_one = !s->is_stopped && s->next < s->ranges;

	if (is_one)
		*ret_range = s->next++;
	(void)pthread_mutex_unlock(&s->lock);
	return is_one;
}

static void stop(struct scan *s, const struct err *err)
{
	(void)pthread_mutex_lock(&s->lock);
	if (!s->is_stopped && err != NULL)
		s->err = *err;
	s->is_stopped = true;
	(void)pthread_cond_broadcast(&s->may_fill);
	(void)pthread_cond_broadcast(&s->may_take);
	(void)pthread_mutex_unlock(&s->lock);
}

static int fill(
    struct scan *s, struct cage_image *box, uint64_t range, struct err *err)
{
	struct slot *slot = &s->slots[range % s->slots_n];
	struct place place = {s, slot};
	struct cage_scan_numbers numbers = {0, 0};
	int rc = cage_scan_range(box, range_at(s, range), range_n(s, range),
	    &numbers, put_hit, &place, err);

	/* A range that failed is never done. */
	if (rc != 0)
		return rc;
	(void)pthread_mutex_lock(&s->lock);
	slot->numbers = numbers;
	slot->is_done = true;
	(void)pthread_cond_signal(&s->may_take);
	(void)pthread_mutex_unlock(&s->lock);
	return 0;
}

/* A box ends with the thread that started it, so each worker makes its own. */
static void *work(void *cookie)
{
	struct scan *s = cookie;
	struct cage_image *box = NULL;
	struct err err = {0};
	uint64_t range;
	int rc = media_open_scanner(
	    s->options->image, s->options->finds, false, &box, &err);

	while (rc == 0 && begin(s, &range))
		rc = fill(s, box, range, &err);
	if (rc != 0)
		stop(s, &err);
	cage_image_free(box);
	return NULL;
}

/* ---- the caller's thread ---- */

static int give(struct scan *s, const struct buf *hits,
    struct cage_hit_asked *asked, const struct cage_scan_numbers *base,
    struct err *err)
{
	const uint8_t *p = (const uint8_t *)hits->p;
	size_t at = 0;

	while (at < hits->n) {
		struct cage_hit hit;
		size_t used;
		int rc = cage_hit_take(
		    &hit, &used, asked, p + at, hits->n - at, err);

		if (rc != 0)
			return rc;
		at += used;
		if (hit.entry > UINT32_MAX - base->entries ||
		    hit.record > UINT32_MAX - base->records)
			return err_set(
			    err, ERR_LIMIT, "too many records in one scan");
		hit.entry += hit.entry > 0 ? base->entries : 0;
		hit.record += hit.record > 0 ? base->records : 0;
		rc = s->options->hit(s->options->cookie, &hit, err);
		if (rc != 0)
			return rc;
	}
	return 0;
}

/* What there is of a range's finds; false: a worker failed. */
static bool take(
    struct scan *s, struct slot *slot, struct buf *ret_hits, bool *ret_is_done)
{
	(void)pthread_mutex_lock(&s->lock);
	while (!s->is_stopped && slot->hits.n == 0 && !slot->is_done)
		(void)pthread_cond_wait(&s->may_take, &s->lock);
	const bool is_good = !s->is_stopped;

	*ret_hits = slot->hits;
	*ret_is_done = slot->is_done;
	buf_init(&slot->hits, 2 * (size_t)WAITING_MAX);
	(void)pthread_cond_broadcast(&s->may_fill);
	(void)pthread_mutex_unlock(&s->lock);
	return is_good;
}

static int empty_range(struct scan *s, uint64_t range,
    struct cage_scan_numbers *numbers, struct err *err)
{
	struct slot *slot = &s->slots[range % s->slots_n];
	struct cage_hit_asked asked = {.at = range_at(s, range),
	    .n = range_n(s, range),
	    .finds = s->options->finds};
	bool is_done = false;
	int rc = 0;

	while (!is_done && rc == 0) {
		struct buf hits;

		if (!take(s, slot, &hits, &is_done))
			rc = err_set(err, s->err.code, "%s", s->err.message);
		else
			rc = give(s, &hits, &asked, numbers, err);
		buf_done(&hits);
	}
	if (rc != 0)
		return rc;
	(void)pthread_mutex_lock(&s->lock);
	slot->is_done = false;
	numbers->entries += slot->numbers.entries;
	numbers->records += slot->numbers.records;
	s->taken++;
	(void)pthread_cond_broadcast(&s->may_fill);
	(void)pthread_mutex_unlock(&s->lock);
	return 0;
}

static int give_all(struct scan *s, struct err *err)
{
	const struct exam_scan_options *o = s->options;
	struct cage_scan_numbers numbers = o->numbers;
	int rc = 0;

	for (uint64_t i = 0; i < s->ranges && rc == 0; i++) {
		rc = empty_range(s, i, &numbers, err);
		if (rc == 0 && o->progress != NULL)
			rc = o->progress(o->cookie,
			    range_at(s, i) + range_n(s, i), &numbers, err);
	}
	return rc;
}

static int run(struct scan *s, size_t threads, struct err *err)
{
	pthread_t workers[THREADS_MAX];
	size_t n = 0;
	int rc = 0;

	while (n < threads && n < THREADS_MAX &&
	    pthread_create(&workers[n], NULL, work, s) == 0)
		n++;
	if (n == 0)
		rc = err_set(err, ERR_IO, "no thread can be started");
	if (rc == 0)
		rc = give_all(s, err);
	stop(s, NULL);
	for (size_t i = 0; i < n; i++)
		(void)pthread_join(workers[i], NULL);
	return rc;
}

int exam_scan_run(const struct exam_scan_options *options, struct err *err)
{
	const size_t threads =
	    options->threads > 0 ? options->threads : crew_size();
	struct scan s = {.options = options,
	    .lock = PTHREAD_MUTEX_INITIALIZER,
	    .may_fill = PTHREAD_COND_INITIALIZER,
	    .may_take = PTHREAD_COND_INITIALIZER,
	    .slots_n = threads * SLOTS};
	int rc = 0;

	if (options->from >= options->length)
		return 0;
	s.ranges = (options->length - options->from - 1) / EXAM_SCAN_RANGE + 1;
	s.slots = mem_new(s.slots_n, sizeof(*s.slots));
	if (s.slots == NULL)
		return err_nomem(err);
	for (size_t i = 0; i < s.slots_n; i++)
		buf_init(&s.slots[i].hits, 2 * (size_t)WAITING_MAX);
	rc = run(&s, threads, err);
	for (size_t i = 0; i < s.slots_n; i++)
		buf_done(&s.slots[i].hits);
	free(s.slots);
	return rc;
}
