/*
 * test_media_leaves.c: leaves made several at once are those made one by one.
 */
#include "media_leaves.h"
#include "mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define CHUNK ((size_t)TREE_CHUNK_SIZE)
#define CHUNKS_MAX 50
#define ROUNDS 24

struct medium {
	uint8_t *bytes; /* CHUNKS_MAX chunks */
	uint8_t salts[CHUNKS_MAX][TREE_CHUNK_SALT_SIZE];
	struct hash_run *run;
};

static int set_up(void **state)
{
	struct medium *m = calloc(1, sizeof(*m));

	assert_non_null(m);
	m->bytes = malloc(CHUNKS_MAX * CHUNK);
	m->run = hash_new();
	assert_non_null(m->bytes);
	assert_non_null(m->run);
	mem_random(m->bytes, CHUNKS_MAX * CHUNK);
	mem_random(m->salts, sizeof(m->salts));
	*state = m;
	return 0;
}

static int tear_down(void **state)
{
	struct medium *m = *state;

	hash_free(m->run);
	free(m->bytes);
	free(m);
	return 0;
}

/* Of n bytes: every leaf is tree_chunk_leaf's, and nothing is written behind
 * the last. */
static void compare(
    const struct medium *m, struct media_leaves *leaves, size_t n)
{
	size_t count = (n + CHUNK - 1) / CHUNK;
	struct hash made[CHUNKS_MAX + 1], untouched;

	assert_true(count <= CHUNKS_MAX);
	memset(made, 0xa5, sizeof(made));
	memset(&untouched, 0xa5, sizeof(untouched));
	media_leaves_make(leaves, m->salts, m->bytes, n, made);
	for (size_t i = 0; i < count; i++) {
		size_t here = n - i * CHUNK < CHUNK ? n - i * CHUNK : CHUNK;
		struct hash one = tree_chunk_leaf(
		    m->run, m->salts[i], m->bytes + i * CHUNK, here);

		assert_true(hash_is(&one, &made[i]));
	}
	assert_true(hash_is(&untouched, &made[count]));
}

static void compare_all(struct medium *m, enum media_leaves_way way)
{
	struct media_leaves *leaves = NULL;
	int rc = media_leaves_new(&leaves, way, NULL);

	if (rc == ERR_UNSUPPORTED)
		skip();
	assert_int_equal(rc, 0);
	if (way != MEDIA_LEAVES_BEST)
		assert_int_equal(media_leaves_way(leaves), way);
	for (size_t count = 1; count <= CHUNKS_MAX; count += 7)
		compare(m, leaves, count * CHUNK);
	compare(m, leaves, 0);
	compare(m, leaves, 1);
	for (size_t count = 15; count <= 17; count++) {
		compare(m, leaves, count * CHUNK - 1);
		compare(m, leaves, count * CHUNK);
		compare(m, leaves, count * CHUNK + 1);
	}
	for (int i = 0; i < ROUNDS; i++) {
		uint32_t n;

		mem_random(&n, sizeof(n));
		compare(m, leaves, n % (CHUNKS_MAX * CHUNK) + 1);
	}
	media_leaves_free(leaves);
}

static void the_best_way_makes_the_same_leaves(void **state)
{
	compare_all(*state, MEDIA_LEAVES_BEST);
}

static void one_after_another_makes_the_same_leaves(void **state)
{
	compare_all(*state, MEDIA_LEAVES_PLAIN);
}

static void eight_lanes_make_the_same_leaves(void **state)
{
	compare_all(*state, MEDIA_LEAVES_8);
}

static void sixteen_lanes_make_the_same_leaves(void **state)
{
	compare_all(*state, MEDIA_LEAVES_16);
}

/* Where the build has the library it is used, and not given up in silence. */
static void the_best_way_is_sixteen_lanes_where_there_are_so_many(void **state)
{
	struct media_leaves *leaves = NULL;

	(void)state;
#ifdef MEDIA_LEAVES_IPSEC
	if (!__builtin_cpu_supports("avx512bw"))
		skip();
	const enum media_leaves_way best = MEDIA_LEAVES_16;
#else
	const enum media_leaves_way best = MEDIA_LEAVES_PLAIN;
#endif
	assert_int_equal(media_leaves_new(&leaves, MEDIA_LEAVES_BEST, NULL), 0);
	assert_int_equal(media_leaves_way(leaves), best);
	media_leaves_free(leaves);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_best_way_makes_the_same_leaves),
	    cmocka_unit_test(one_after_another_makes_the_same_leaves),
	    cmocka_unit_test(eight_lanes_make_the_same_leaves),
	    cmocka_unit_test(sixteen_lanes_make_the_same_leaves),
	    cmocka_unit_test(
		the_best_way_is_sixteen_lanes_where_there_are_so_many),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
