/*
 * serve_limit.c: buckets in sets of eight; a name may lie in one set only.
 *
 * Names are found by a digest that starts with random bytes, so that nobody
 * can choose names that push another's bucket out.
 */
#include "serve_limit.h"

#include "hash.h"
#include "mem.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define WAYS 8
#define SETS (SERVE_LIMIT_NAMES / WAYS)
#define NAME_MAX_BYTES 256

struct bucket {
	uint64_t name; /* 0: free */
	double tokens, at;
};

struct serve_limit {
	double per_second, burst;
	pthread_mutex_t lock;
	uint8_t seed[16];
	struct bucket buckets[SERVE_LIMIT_NAMES];
};

int serve_limit_new(struct serve_limit **ret_limit, unsigned per_second,
    unsigned burst, struct err *err)
{
	struct serve_limit *limit = mem_new(1, sizeof(*limit));

	if (limit == NULL)
		return err_nomem(err);
	limit->per_second = per_second;
	limit->burst = burst > 0 ? burst : 1;
	mem_random(limit->seed, sizeof(limit->seed));
	(void)pthread_mutex_init(&limit->lock, NULL);
	*ret_limit = limit;
	return 0;
}

void serve_limit_free(struct serve_limit *limit)
{
	if (limit == NULL)
		return;
	(void)pthread_mutex_destroy(&limit->lock);
	free(limit);
}

static uint64_t number_of(const struct serve_limit *limit, struct slice name)
{
	uint8_t bytes[sizeof(limit->seed) + NAME_MAX_BYTES];
	size_t n = name.n < NAME_MAX_BYTES ? name.n : NAME_MAX_BYTES;
	uint64_t number;

	memcpy(bytes, limit->seed, sizeof(limit->seed));
	memcpy(bytes + sizeof(limit->seed), name.p, n);
	struct hash hash = hash_of(bytes, sizeof(limit->seed) + n);
	memcpy(&number, hash.b, sizeof(number));
	return number | 1;
}

static struct bucket *find(
    struct serve_limit *limit, uint64_t name, double seconds)
{
	struct bucket *set = &limit->buckets[(name >> 1) % SETS * WAYS];
	struct bucket *oldest = set;

	for (size_t i = 0; i < WAYS; i++) {
		if (set[i].name == name)
			return &set[i];
		if (oldest->name != 0 &&
		    (set[i].name == 0 || set[i].at < oldest->at))
			oldest = &set[i];
	}
	*oldest = (struct bucket){name, limit->burst, seconds};
	return oldest;
}

bool serve_limit_take(struct serve_limit *limit, struct slice name, unsigned n,
    double seconds, unsigned *ret_wait_s)
{
	if (limit->per_second <= 0)
		return true;
	uint64_t number = number_of(limit, name);
	(void)pthread_mutex_lock(&limit->lock);
	struct bucket *b = find(limit, number, seconds);
	/* Threads may read the clock in one order and come here in another. */
	if (seconds > b->at) {
		b->tokens += (seconds - b->at) * limit->per_second;
		b->at = seconds;
	}
	if (b->tokens > limit->burst)
		b->tokens = limit->burst;
	bool is_taken = b->tokens >= 1;
	if (is_taken)
		b->tokens -= n;
	else
		*ret_wait_s =
		    (unsigned)((1 - b->tokens) / limit->per_second) + 1;
	(void)pthread_mutex_unlock(&limit->lock);
	return is_taken;
}
