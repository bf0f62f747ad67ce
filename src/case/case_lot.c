/*
 * case_lot.c: how many to draw, and which. Exact: a sample's size is decided
 * in whole numbers, and the lot is without bias.
 */
#include "case_lot.h"

#include "mem.h"

#include <stdlib.h>
#include <string.h>

static int compare_tickets(const void *a, const void *b)
{
	const struct case_ticket *x = a, *y = b;

	return slice_compare(x->id, y->id);
}

void case_lot_sort(struct case_ticket *tickets, size_t n)
{
	if (n > 1)
		qsort(tickets, n, sizeof(*tickets), compare_tickets);
}

struct hash case_lot_population(const struct case_ticket *tickets, size_t n)
{
	struct hash_run *run = hash_new();
	struct hash none = {{0}};

	/* Without memory no population is the one that is stated. */
	if (run == NULL)
		return none;
	hash_start(run);
	for (size_t i = 0; i < n; i++) {
		hash_update(run, tickets[i].id.p, tickets[i].id.n);
		hash_update(run, "\n", 1);
	}
	struct hash hash = hash_finish(run);
	hash_free(run);
	return hash;
}

/* ---- how many ---- */

/* A whole number of any size, in 32-bit limbs, lowest first. */
struct number {
	uint32_t *limbs;
	size_t n;
};

static void multiply(struct number *x, uint64_t by)
{
	unsigned __int128 carry = 0;

	for (size_t i = 0; i < x->n; i++) {
		carry += (unsigned __int128)x->limbs[i] * by;
		x->limbs[i] = (uint32_t)carry;
		carry >>= 32;
	}
	for (; carry != 0; carry >>= 32)
		x->limbs[x->n++] = (uint32_t)carry;
}

static bool is_at_most(const struct number *a, const struct number *b)
{
	if (a->n != b->n)
		return a->n < b->n;
	for (size_t i = a->n; i-- > 0;)
		if (a->limbs[i] != b->limbs[i])
			return a->limbs[i] < b->limbs[i];
	return true;
}

/* The chance to draw none of D missing with n of N is the product of
 * (N - a - i) / (N - i) for i < b, where a and b are D and n in either order:
 * so the shorter product serves. */
struct chance {
	uint64_t N, a, b;
};

static struct chance chance_of(uint64_t N, uint64_t D, uint64_t n)
{
	return (struct chance){N, D < n ? n : D, D < n ? D : n};
}

/* Far from 1/20 a floating-point sum decides; near it, whole numbers do. */
#define SURELY_BELOW 0.04
#define SURELY_ABOVE 0.0625

static bool is_rare_exactly(const struct chance *c)
{
	/* Each factor takes at most two limbs; 20 takes one. */
	struct number none = {0}, all = {0};
	size_t limbs = 2 * (size_t)c->b + 2;
	bool is_rare = false;

	none.limbs = mem_new(limbs, sizeof(*none.limbs));
	all.limbs = mem_new(limbs, sizeof(*all.limbs));
	if (none.limbs != NULL && all.limbs != NULL) {
		none.limbs[none.n++] = 20;
		all.limbs[all.n++] = 1;
		for (uint64_t i = 0; i < c->b; i++) {
			multiply(&none, c->N - c->a - i);
			multiply(&all, c->N - i);
		}
		is_rare = is_at_most(&none, &all);
	}
	free(none.limbs);
	free(all.limbs);
	return is_rare;
}

/* 20 * C(N-D, n) <= C(N, n)? */
static bool is_rare(uint64_t N, uint64_t D, uint64_t n)
{
	struct chance c = chance_of(N, D, n);
	double p = 1;

	if (n > N - D)
		return true; /* one of the missing is always among them */
	for (uint64_t i = 0; i < c.b && p >= SURELY_BELOW; i++)
		p *= (double)(N - c.a - i) / (double)(N - i);
	if (p < SURELY_BELOW)
		return true;
	return p <= SURELY_ABOVE && is_rare_exactly(&c);
}

/* More items than any case has; keeps every product above in range. */
#define POPULATION_MAX (UINT64_C(1) << 32)

static bool is_population(uint64_t N, uint64_t D)
{
	return D >= 1 && D <= N && N <= POPULATION_MAX;
}

bool case_lot_is_least_sample(uint64_t N, uint64_t D, uint64_t sample)
{
	return is_population(N, D) && sample >= 1 && sample <= N &&
	    is_rare(N, D, sample) && !is_rare(N, D, sample - 1);
}

uint64_t case_lot_least_sample(uint64_t N, uint64_t D)
{
	uint64_t low = 0, high = N - D + 1;

	if (!is_population(N, D))
		return 0;
	/* Not rare at low, rare at high. */
	while (high - low > 1) {
		uint64_t middle = low + (high - low) / 2;

		if (is_rare(N, D, middle))
			high = middle;
		else
			low = middle;
	}
	return high;
}

/* ---- which ---- */

#define DRAW_MAGIC "counterfoil-draw/v1"
#define WORDS_A_BLOCK (HASH_SIZE / 8)

struct hash case_lot_seed(
    const struct hash *draw, const struct hash *secrets, size_t n)
{
	struct hash_run *run = hash_new();
	struct hash none = {{0}};

	if (run == NULL)
		return none;
	hash_start(run);
	hash_update(run, DRAW_MAGIC, strlen(DRAW_MAGIC));
	hash_update(run, draw->b, HASH_SIZE);
	for (size_t i = 0; i < n; i++)
		hash_update(run, secrets[i].b, HASH_SIZE);
	struct hash hash = hash_finish(run);
	hash_free(run);
	return hash;
}

/* Words from SHA-256(seed || u64be(c)), c = 0, 1, ... */
struct words {
	struct hash seed;
	struct hash block;
	uint64_t count; /* words given so far */
};

static uint64_t next_word(struct words *words)
{
	uint8_t bytes[HASH_SIZE + 8];
	size_t i = words->count % WORDS_A_BLOCK;
	uint64_t c = words->count++ / WORDS_A_BLOCK, word = 0;

	if (i == 0) {
		memcpy(bytes, words->seed.b, HASH_SIZE);
		for (int k = 0; k < 8; k++)
			bytes[HASH_SIZE + k] = (uint8_t)(c >> (56 - 8 * k));
		words->block = hash_of(bytes, sizeof(bytes));
	}
	for (size_t k = 0; k < 8; k++)
		word = word << 8 | words->block.b[8 * i + k];
	return word;
}

/* The next word that is below the greatest multiple of m in 2^64. */
static uint64_t next_below(struct words *words, uint64_t m)
{
	unsigned __int128 all = (unsigned __int128)1 << 64;
	unsigned __int128 limit = all / m * m;
	uint64_t word = next_word(words);

	while (word >= limit)
		word = next_word(words);
	return word % m;
}

int case_lot_draw(struct case_ticket *tickets, size_t n, uint64_t sample,
    const struct hash *seed, struct err *err)
{
	struct words words = {.seed = *seed};

	if (sample > n)
		return err_set(err, ERR_USAGE, "draw: more than there are");
	for (size_t i = 0; i < sample; i++) {
		size_t k = i + (size_t)next_below(&words, n - i);
		struct case_ticket drawn = tickets[k];

		tickets[k] = tickets[i];
		tickets[i] = drawn;
	}
	return 0;
}
