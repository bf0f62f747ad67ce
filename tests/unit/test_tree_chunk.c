/*
 * test_tree_chunk.c: an image's salts, seeds and roots against known answers
 * that tests/reference/imagetree.py computed, a second implementation.
 */
#include "tree_chunk.h"

#include "text.h"
#include "tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define PATTERN_MAX (5 * TREE_CHUNK_SIZE + 777)

static struct tree_seed seed_0_to_31(void)
{
	struct tree_seed seed;

	for (unsigned i = 0; i < HASH_SIZE; i++)
		seed.b[i] = (uint8_t)i;
	return seed;
}

static void assert_hex(const uint8_t *bytes, size_t n, const char *hex)
{
	char text[HASH_HEX_SIZE];

	text_to_hex(text, bytes, n);
	assert_string_equal(text, hex);
}

static void derives_the_known_salts(void **state)
{
	static const struct {
		uint64_t count, index;
		const char *salt;
	} known[] = {
	    {1, 0, "000102030405060708090a0b0c0d0e0f"},
	    {2, 0, "e711546e3faad4c7c4aa756bc26cad6a"},
	    {2, 1, "9b4c8120a4823a95f47cde17a244f450"},
	    {3, 2, "1316c54bb1a06a2c63cc480b588cc330"},
	    {5, 4, "5e99f65fc540b97112996ae920b60acd"},
	    {8, 7, "6cb421ab2254962adfec57bbf4813b59"},
	    {1 << 24, 11259375, "40aaf4db7448cfed5f195c448bfd0e48"},
	    {(1 << 24) + 1, 1 << 24, "f54955c972be0ea28db24f6221039804"},
	    {UINT64_C(1) << 48, (UINT64_C(1) << 48) - 1,
		"3e89bd6715ff61dd0bfbd8a2d312ac49"},
	};
	const struct tree_seed root = seed_0_to_31();
	uint8_t salt[1][TREE_CHUNK_SALT_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
		assert_int_equal(tree_chunk_salts(&root, known[i].count,
				     known[i].index, 1, salt, NULL),
		    0);
		assert_hex(salt[0], TREE_CHUNK_SALT_SIZE, known[i].salt);
	}
}

static void salts_in_a_row_are_the_salts_one_by_one(void **state)
{
	const struct tree_seed root = seed_0_to_31();
	uint8_t row[70][TREE_CHUNK_SALT_SIZE], one[1][TREE_CHUNK_SALT_SIZE];

	(void)state;
	for (uint64_t count = 1; count <= 70; count++)
		for (uint64_t first = 0; first < count; first++) {
			size_t n = (size_t)(count - first);
			assert_int_equal(
			    tree_chunk_salts(&root, count, first, n, row, NULL),
			    0);
			for (size_t i = 0; i < n; i++) {
				assert_int_equal(tree_chunk_salts(&root, count,
						     first + i, 1, one, NULL),
				    0);
				assert_memory_equal(
				    row[i], one[0], TREE_CHUNK_SALT_SIZE);
			}
		}
}

static void a_subtrees_seed_opens_its_chunks(void **state)
{
	const struct tree_seed root = seed_0_to_31();
	uint8_t all[13][TREE_CHUNK_SALT_SIZE], some[4][TREE_CHUNK_SALT_SIZE];
	struct tree_seed seed;

	(void)state;
	assert_int_equal(tree_chunk_salts(&root, 13, 0, 13, all, NULL), 0);
	assert_int_equal(tree_chunk_seed(&seed, &root, 13, 2, 2, NULL), 0);
	assert_int_equal(tree_chunk_salts(&seed, 4, 0, 4, some, NULL), 0);
	assert_memory_equal(all[8], some, sizeof some);

	assert_int_equal(
	    tree_chunk_seed(&seed, &root, 1 << 24, 9, 1234, NULL), 0);
	assert_hex(seed.b, HASH_SIZE,
	    "b806cb5ad37a73bebabd5ba1d58b6f0559931678420d389badb21bc8e16a1a1c");
	assert_int_equal(tree_chunk_seed(&seed, &root, 3, 1, 0, NULL), 0);
	assert_hex(seed.b, HASH_SIZE,
	    "e711546e3faad4c7c4aa756bc26cad6abea8241984a0f6b0839c70ca61c4ef88");
}

static void counts_by_the_length_alone(void **state)
{
	(void)state;
	assert_int_equal(tree_chunk_count(0), 0);
	assert_int_equal(tree_chunk_count(1), 1);
	assert_int_equal(tree_chunk_count(65536), 1);
	assert_int_equal(tree_chunk_count(65537), 2);
	assert_true(tree_chunk_count(UINT64_MAX) == UINT64_C(1) << 48);
	assert_int_equal(tree_chunk_length(65537, 0), 65536);
	assert_int_equal(tree_chunk_length(65537, 1), 1);
	assert_int_equal(tree_chunk_length(65536, 0), 65536);
	assert_int_equal(tree_chunk_depth(0), 0);
	assert_int_equal(tree_chunk_depth(1), 0);
	assert_int_equal(tree_chunk_depth(2), 1);
	assert_int_equal(tree_chunk_depth(3), 2);
	assert_int_equal(tree_chunk_depth(4), 2);
	assert_int_equal(tree_chunk_depth(5), 3);
	assert_int_equal(tree_chunk_depth(UINT64_C(1) << 48), 48);
}

static void refuses_what_is_not_in_the_image(void **state)
{
	const struct tree_seed root = seed_0_to_31();
	uint8_t salt[2][TREE_CHUNK_SALT_SIZE];
	struct tree_seed seed;

	(void)state;
	assert_int_equal(
	    tree_chunk_salts(&root, 5, 5, 1, salt, NULL), ERR_USAGE);
	assert_int_equal(
	    tree_chunk_salts(&root, 5, 4, 2, salt, NULL), ERR_USAGE);
	assert_int_equal(
	    tree_chunk_salts(&root, 5, UINT64_MAX, 2, salt, NULL), ERR_USAGE);
	assert_int_equal(
	    tree_chunk_salts(&root, (UINT64_C(1) << 48) + 1, 0, 1, salt, NULL),
	    ERR_USAGE);
	assert_int_equal(tree_chunk_salts(&root, 0, 0, 0, salt, NULL), 0);
	assert_int_equal(
	    tree_chunk_seed(&seed, &root, 0, 0, 0, NULL), ERR_USAGE);
	assert_int_equal(
	    tree_chunk_seed(&seed, &root, 3, 2, 0, NULL), ERR_USAGE);
	assert_int_equal(
	    tree_chunk_seed(&seed, &root, 3, 1, 1, NULL), ERR_USAGE);
	assert_int_equal(
	    tree_chunk_seed(&seed, &root, 4, 64, 0, NULL), ERR_USAGE);
}

static struct hash root_of(const uint8_t *image, uint64_t length)
{
	const struct tree_seed root = seed_0_to_31();
	const uint64_t count = tree_chunk_count(length);
	uint8_t salts[6][TREE_CHUNK_SALT_SIZE];
	struct hash_run *run = hash_new();
	struct tree_edge edge = {0};

	assert_non_null(run);
	assert_int_equal(
	    tree_chunk_salts(&root, count, 0, (size_t)count, salts, NULL), 0);
	for (uint64_t i = 0; i < count; i++) {
		struct hash leaf = tree_chunk_leaf(run, salts[i],
		    image + i * TREE_CHUNK_SIZE, tree_chunk_length(length, i));
		tree_edge_add(&edge, run, &leaf);
	}
	struct hash sum = tree_edge_root(&edge, run);
	hash_free(run);
	return sum;
}

static void builds_the_known_roots(void **state)
{
	static const struct {
		uint64_t length;
		const char *root;
	} known[] = {
	    {0,
		"e3b0c44298fc1c149afbf4c8996fb924"
		"27ae41e4649b934ca495991b7852b855"},
	    {1,
		"df28cf657b0141a7ae04e5e8a02e5204"
		"0c6786f9a5b27daf71ce7d45718664df"},
	    {65535,
		"3e20a1511fc6dac8afcaa178709a5069"
		"20a16471ff0f1d02ed7375373dceebfd"},
	    {65536,
		"23063cf1c1e73439d2328204bdd1b842"
		"c4e35bc81c77146b67b22f18de4f2290"},
	    {65537,
		"e1cdafaaef2e698c13460f2c7ee3a1b9"
		"263324dbbc3127178c2b23e42dc5313b"},
	    {PATTERN_MAX,
		"15e3e03ea24bde2ff154c243ee26a27c"
		"dcf4f2b4a6d1ed312e8d6d57944adfe5"},
	};
	uint8_t *image = malloc(PATTERN_MAX);

	(void)state;
	assert_non_null(image);
	for (uint64_t i = 0; i < PATTERN_MAX; i++)
		image[i] = (uint8_t)(i * i + (i >> 16));
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
		struct hash root = root_of(image, known[i].length);
		assert_hex(root.b, HASH_SIZE, known[i].root);
	}
	free(image);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(derives_the_known_salts),
	    cmocka_unit_test(salts_in_a_row_are_the_salts_one_by_one),
	    cmocka_unit_test(a_subtrees_seed_opens_its_chunks),
	    cmocka_unit_test(counts_by_the_length_alone),
	    cmocka_unit_test(refuses_what_is_not_in_the_image),
	    cmocka_unit_test(builds_the_known_roots),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
