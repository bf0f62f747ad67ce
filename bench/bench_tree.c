/*
 * bench_tree.c: tree nodes hashed a second on one core: tree_node_hash beside
 * the one-call functions of libsodium and libcrypto over the same 65 bytes.
 *
 * Each result feeds the next input. The median of five runs, which take turns
 * so that a change of the machine's speed meets all three.
 */
#include "bench_tool.h"
#include "tree.h"

#include <openssl/evp.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RUNS 5
#define RUN_NODES 150000

struct bench {
	const char *name;
	void (*node)(
	    struct hash_run *run, struct hash *left, const struct hash *right);
	double rates[RUNS];
};

static void by_tree(
    struct hash_run *run, struct hash *left, const struct hash *right)
{
	*left = tree_node_hash(run, left, right);
}

static void fill(
    uint8_t node[65], const struct hash *left, const struct hash *right)
{
	node[0] = 0x01;
	memcpy(node + 1, left->b, HASH_SIZE);
	memcpy(node + 33, right->b, HASH_SIZE);
}

static void by_sodium(
    struct hash_run *run, struct hash *left, const struct hash *right)
{
	uint8_t node[65];

	(void)run;
	fill(node, left, right);
	(void)crypto_hash_sha256(left->b, node, sizeof(node));
}

static void by_evp(
    struct hash_run *run, struct hash *left, const struct hash *right)
{
	uint8_t node[65];

	(void)run;
	fill(node, left, right);
	if (EVP_Digest(node, sizeof(node), left->b, NULL, EVP_sha256(), NULL) !=
	    1)
		abort();
}

/* The last hash, so that the three can be compared. */
static struct hash run_once(
    struct bench *bench, size_t number, struct hash_run *run)
{
	const struct hash right = {{2}};
	struct hash left = {{1}};
	double start = bench_tool_seconds();

	for (size_t i = 0; i < RUN_NODES; i++)
		bench->node(run, &left, &right);
	bench->rates[number] = RUN_NODES / (bench_tool_seconds() - start);
	return left;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

int main(void)
{
	struct bench benches[] = {{"tree_node_hash", by_tree, {0}},
	    {"crypto_hash_sha256", by_sodium, {0}},
	    {"EVP_Digest", by_evp, {0}}};
	size_t count = sizeof(benches) / sizeof(benches[0]);
	struct hash_run *run = hash_new();
	struct hash want = {{0}};

	if (!run || sodium_init() < 0)
		return 1;
	for (size_t number = 0; number < RUNS; number++)
		for (size_t i = 0; i < count; i++) {
			struct hash got = run_once(&benches[i], number, run);
			if (number == 0 && i == 0)
				want = got;
			if (!hash_is(&got, &want))
				return 1;
		}
	for (size_t i = 0; i < count; i++) {
		qsort(benches[i].rates, RUNS, sizeof(double), compare);
		printf("%s %.0f nodes/s\n", benches[i].name,
		    benches[i].rates[RUNS / 2]);
	}
	for (size_t i = 1; i < count; i++)
		printf("tree_node_hash/%s %.2f x\n", benches[i].name,
		    benches[0].rates[RUNS / 2] / benches[i].rates[RUNS / 2]);
	hash_free(run);
	return 0;
}
