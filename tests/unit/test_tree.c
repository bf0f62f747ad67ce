/*
 * test_tree.c: the Merkle tree against RFC 6962's own definitions (written
 * down again here, recursively), against the known answers of the Certificate
 * Transparency reference tests, and against every way of altering a proof.
 */
#include "tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>
#include <cmocka.h>

#define KNOWN 8
#define SIZE_MAX_TRIED ((size_t)130)
#define SIZE_MAX_EXHAUSTIVE 34

static const struct {
	const char *leaf;
	size_t leaf_n;
	const char *root; /* of the tree that ends with this leaf */
} known[KNOWN] = {
    {"", 0, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"},
    {"\x00", 1,
	"fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"},
    {"\x10", 1,
	"aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"},
    {"\x20\x21", 2,
	"d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"},
    {"\x30\x31", 2,
	"4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4"},
    {"\x40\x41\x42\x43", 4,
	"76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef"},
    {"\x50\x51\x52\x53\x54\x55\x56\x57", 8,
	"ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"},
    {"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f", 16,
	"5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"},
};

#define EMPTY_ROOT                                                             \
	"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define NODE_01 known[1].root
#define NODE_03 known[3].root
#define LEAF_0 known[0].root
#define LEAF_1                                                                 \
	"96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"
#define LEAF_4                                                                 \
	"bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"
#define NODE_23                                                                \
	"5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
#define NODE_45                                                                \
	"0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"
#define NODE_67                                                                \
	"ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"
#define NODE_47                                                                \
	"6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"

/* A tree of SIZE_MAX_TRIED leaves with all its complete subtrees; a source
 * that refuses, by failing the test, to be asked for any other. */
struct forest {
	struct hash_run *run;
	struct hash nodes[8][SIZE_MAX_TRIED];
	struct hash roots[SIZE_MAX_TRIED + 1];
	uint64_t size; /* of the tree that is being asked about */
	unsigned reads_left;
};

static int forest_read(void *cookie, unsigned level, uint64_t index,
    struct hash *ret_hash, struct err *err)
{
	struct forest *forest = cookie;

	assert_true(level < 8);
	assert_true((index + 1) << level <= forest->size);
	if (forest->reads_left-- == 0)
		return err_set(err, ERR_IO, "read failed");
	*ret_hash = forest->nodes[level][index];
	return 0;
}

static struct tree_source forest_source(struct forest *forest, uint64_t size)
{
	forest->size = size;
	forest->reads_left = 1000;
	return (struct tree_source){.read = forest_read, .cookie = forest};
}

/* MTH of RFC 6962 section 2.1, over leaf hashes. */
static struct hash mth(
    struct hash_run *run, const struct hash *leaves, size_t n)
{
	size_t k = 1;

	if (n == 1)
		return leaves[0];
	while (2 * k < n)
		k *= 2;
	struct hash left = mth(run, leaves, k);
	struct hash right = mth(run, leaves + k, n - k);
	return tree_node_hash(run, &left, &right);
}

static void append(struct tree_proof *proof, struct hash hash)
{
	proof->hashes[proof->n++] = hash;
}

/* PATH of RFC 6962 section 2.1.1. */
static void path(struct tree_proof *proof, struct hash_run *run,
    const struct hash *leaves, size_t m, size_t n)
{
	size_t k = 1;

	if (n == 1)
		return;
	while (2 * k < n)
		k *= 2;
	if (m < k) {
		path(proof, run, leaves, m, k);
		append(proof, mth(run, leaves + k, n - k));
	} else {
		path(proof, run, leaves + k, m - k, n - k);
		append(proof, mth(run, leaves, k));
	}
}

/* SUBPROOF of RFC 6962 section 2.1.2. */
static void subproof(struct tree_proof *proof, struct hash_run *run,
    const struct hash *leaves, size_t m, size_t n, bool is_known)
{
	size_t k = 1;

	if (m == n) {
		if (!is_known)
			append(proof, mth(run, leaves, n));
		return;
	}
	while (2 * k < n)
		k *= 2;
	if (m <= k) {
		subproof(proof, run, leaves, m, k, is_known);
		append(proof, mth(run, leaves + k, n - k));
	} else {
		subproof(proof, run, leaves + k, m - k, n - k, false);
		append(proof, mth(run, leaves, k));
	}
}

static int set_up(void **state)
{
	static struct forest forest;

	forest.run = hash_new();
	assert_non_null(forest.run);
	for (uint8_t i = 0; i < SIZE_MAX_TRIED; i++)
		forest.nodes[0][i] = tree_leaf_hash(forest.run, &i, 1);
	for (unsigned level = 1; level < 8; level++)
		for (size_t i = 0; i < SIZE_MAX_TRIED >> level; i++)
			forest.nodes[level][i] = tree_node_hash(forest.run,
			    &forest.nodes[level - 1][2 * i],
			    &forest.nodes[level - 1][2 * i + 1]);
	forest.roots[0] = tree_empty_root();
	for (size_t n = 1; n <= SIZE_MAX_TRIED; n++)
		forest.roots[n] = mth(forest.run, forest.nodes[0], n);
	*state = &forest;
	return 0;
}

static int tear_down(void **state)
{
	struct forest *forest = *state;

	hash_free(forest->run);
	return 0;
}

static void assert_hash(const struct hash *hash, const char *hex)
{
	char got[HASH_HEX_SIZE];

	hash_to_hex(got, hash);
	assert_string_equal(got, hex);
}

static void assert_proof(
    const struct tree_proof *proof, size_t n, const char *const *hexes)
{
	assert_int_equal(proof->n, n);
	for (size_t i = 0; i < n; i++)
		assert_hash(&proof->hashes[i], hexes[i]);
}

static void assert_same_proof(
    const struct tree_proof *a, const struct tree_proof *b)
{
	assert_int_equal(a->n, b->n);
	assert_memory_equal(a->hashes, b->hashes, a->n * sizeof(a->hashes[0]));
}

static void known_leaves(struct hash leaves[KNOWN], struct hash_run *run)
{
	for (size_t i = 0; i < KNOWN; i++)
		leaves[i] = tree_leaf_hash(run, known[i].leaf, known[i].leaf_n);
}

static void empty_root_is_the_hash_of_nothing(void **state)
{
	struct tree_edge edge = {0};
	struct forest *forest = *state;
	struct hash root = tree_empty_root();

	assert_hash(&root, EMPTY_ROOT);
	root = tree_edge_root(&edge, forest->run);
	assert_hash(&root, EMPTY_ROOT);
}

static void edge_gives_the_known_roots(void **state)
{
	struct forest *forest = *state;
	struct hash leaves[KNOWN];
	struct tree_edge edge = {0};

	known_leaves(leaves, forest->run);
	for (size_t i = 0; i < KNOWN; i++) {
		tree_edge_add(&edge, forest->run, &leaves[i]);
		struct hash root = tree_edge_root(&edge, forest->run);
		assert_hash(&root, known[i].root);
		assert_int_equal(edge.size, i + 1);
		assert_int_equal(edge.n, __builtin_popcountll(i + 1));
	}
}

static void source_gives_the_known_roots(void **state)
{
	struct forest *forest = *state;
	struct hash leaves[KNOWN], root;

	known_leaves(leaves, forest->run);
	struct tree_leaves array = {leaves, KNOWN};
	struct tree_source source = tree_leaves_source(&array);
	assert_int_equal(tree_root(&root, &source, 0, NULL), 0);
	assert_hash(&root, EMPTY_ROOT);
	for (size_t n = 1; n <= KNOWN; n++) {
		assert_int_equal(tree_root(&root, &source, n, NULL), 0);
		assert_hash(&root, known[n - 1].root);
	}
}

static void gives_the_known_inclusion_proofs(void **state)
{
	const struct {
		uint64_t index;
		uint64_t size;
		size_t n;
		const char *hashes[3];
	} cases[] = {
	    {0, 1, 0, {NULL}},
	    {0, 8, 3, {LEAF_1, NODE_23, NODE_47}},
	    {5, 8, 3, {LEAF_4, NODE_67, NODE_03}},
	    {2, 3, 1, {NODE_01}},
	    {1, 5, 3, {LEAF_0, NODE_23, LEAF_4}},
	};
	struct forest *forest = *state;
	struct hash leaves[KNOWN];

	known_leaves(leaves, forest->run);
	struct tree_leaves array = {leaves, KNOWN};
	struct tree_source source = tree_leaves_source(&array);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct tree_proof proof;
		assert_int_equal(tree_prove_inclusion(&proof, &source,
				     cases[i].index, cases[i].size, NULL),
		    0);
		assert_proof(&proof, cases[i].n, cases[i].hashes);
	}
}

static void gives_the_known_consistency_proofs(void **state)
{
	const struct {
		uint64_t old_size;
		uint64_t new_size;
		size_t n;
		const char *hashes[3];
	} cases[] = {
	    {0, 8, 0, {NULL}},
	    {1, 1, 0, {NULL}},
	    {1, 8, 3, {LEAF_1, NODE_23, NODE_47}},
	    {2, 5, 2, {NODE_23, LEAF_4}},
	    {6, 8, 3, {NODE_45, NODE_67, NODE_03}},
	};
	struct forest *forest = *state;
	struct hash leaves[KNOWN];

	known_leaves(leaves, forest->run);
	struct tree_leaves array = {leaves, KNOWN};
	struct tree_source source = tree_leaves_source(&array);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct tree_proof proof;
		assert_int_equal(
		    tree_prove_consistency(&proof, &source, cases[i].old_size,
			cases[i].new_size, NULL),
		    0);
		assert_proof(&proof, cases[i].n, cases[i].hashes);
	}
}

static void roots_and_proofs_follow_the_definition(void **state)
{
	struct forest *forest = *state;
	const struct hash *leaves = forest->nodes[0];
	struct hash root;

	for (size_t n = 1; n <= SIZE_MAX_TRIED; n++) {
		struct tree_source source = forest_source(forest, n);
		assert_int_equal(tree_root(&root, &source, n, NULL), 0);
		assert_true(hash_is(&root, &forest->roots[n]));
	}
	for (size_t n = 1; n <= SIZE_MAX_EXHAUSTIVE; n++) {
		struct tree_source source = forest_source(forest, n);
		for (size_t m = 0; m < n; m++) {
			struct tree_proof got, want = {0};
			assert_int_equal(
			    tree_prove_inclusion(&got, &source, m, n, NULL), 0);
			path(&want, forest->run, leaves, m, n);
			assert_same_proof(&got, &want);
		}
		for (size_t m = 1; m <= n; m++) {
			struct tree_proof got, want = {0};
			assert_int_equal(
			    tree_prove_consistency(&got, &source, m, n, NULL),
			    0);
			subproof(&want, forest->run, leaves, m, n, true);
			assert_same_proof(&got, &want);
		}
		forest->reads_left = 1000;
	}
}

static void array_source_agrees_with_stored_nodes(void **state)
{
	struct forest *forest = *state;
	struct tree_leaves array = {forest->nodes[0], SIZE_MAX_TRIED};
	struct tree_source source = tree_leaves_source(&array);
	struct hash hash;

	for (unsigned level = 0; level < 8; level++) {
		uint64_t n = SIZE_MAX_TRIED >> level;
		for (uint64_t i = 0; i < n; i++) {
			assert_int_equal(
			    source.read(source.cookie, level, i, &hash, NULL),
			    0);
			assert_true(hash_is(&hash, &forest->nodes[level][i]));
		}
		assert_int_equal(
		    source.read(source.cookie, level, n, &hash, NULL),
		    ERR_USAGE);
	}
	assert_int_equal(
	    source.read(source.cookie, 64, 0, &hash, NULL), ERR_USAGE);
}

/* One altered hash, one less, one more: the proof must be false. */
typedef int check_fn(const struct forest *forest,
    const struct tree_proof *proof, uint64_t a, uint64_t b);

static int check_inclusion(const struct forest *forest,
    const struct tree_proof *proof, uint64_t index, uint64_t size)
{
	return tree_check_inclusion(proof, index, size,
	    &forest->nodes[0][index], &forest->roots[size], NULL);
}

static int check_consistency(const struct forest *forest,
    const struct tree_proof *proof, uint64_t old_size, uint64_t new_size)
{
	return tree_check_consistency(proof, old_size, new_size,
	    &forest->roots[old_size], &forest->roots[new_size], NULL);
}

static void assert_altered_is_false(const struct forest *forest,
    const struct tree_proof *proof, uint64_t a, uint64_t b, check_fn *check)
{
	struct tree_proof bad = *proof;

	for (size_t i = 0; i < proof->n; i++) {
		bad.hashes[i].b[i % HASH_SIZE] ^= 0x10;
		assert_int_equal(check(forest, &bad, a, b), ERR_VERIFY);
		bad.hashes[i] = proof->hashes[i];
	}
	for (size_t i = 0; i + 1 < proof->n; i++) {
		bad.hashes[i] = proof->hashes[i + 1];
		bad.hashes[i + 1] = proof->hashes[i];
		assert_int_equal(check(forest, &bad, a, b), ERR_VERIFY);
		bad = *proof;
	}
	if (proof->n > 0) {
		bad.n = proof->n - 1;
		assert_int_equal(check(forest, &bad, a, b), ERR_VERIFY);
		memmove(&bad.hashes[0], &bad.hashes[1],
		    bad.n * sizeof(bad.hashes[0]));
		assert_int_equal(check(forest, &bad, a, b), ERR_VERIFY);
	}
	bad = *proof;
	bad.n = proof->n + 1;
	bad.hashes[proof->n] = forest->roots[b];
	assert_int_equal(check(forest, &bad, a, b), ERR_VERIFY);
	bad.n = TREE_PROOF_MAX;
	assert_int_equal(check(forest, &bad, a, b), ERR_VERIFY);
	bad.n = TREE_PROOF_MAX + 1;
	assert_int_equal(check(forest, &bad, a, b), ERR_VERIFY);
}

static void every_inclusion_proof_holds_and_no_altered_one(void **state)
{
	struct forest *forest = *state;

	for (uint64_t n = 1; n <= SIZE_MAX_TRIED; n++) {
		for (uint64_t i = 0; i < n; i++) {
			struct tree_source source = forest_source(forest, n);
			struct tree_proof proof;
			assert_int_equal(
			    tree_prove_inclusion(&proof, &source, i, n, NULL),
			    0);
			assert_int_equal(
			    check_inclusion(forest, &proof, i, n), 0);
			assert_altered_is_false(
			    forest, &proof, i, n, check_inclusion);
		}
	}
}

static void every_consistency_proof_holds_and_no_altered_one(void **state)
{
	struct forest *forest = *state;

	for (uint64_t n = 0; n <= SIZE_MAX_TRIED; n++) {
		for (uint64_t m = 0; m <= n; m++) {
			struct tree_source source = forest_source(forest, n);
			struct tree_proof proof;
			assert_int_equal(
			    tree_prove_consistency(&proof, &source, m, n, NULL),
			    0);
			assert_int_equal(
			    check_consistency(forest, &proof, m, n), 0);
			assert_altered_is_false(
			    forest, &proof, m, n, check_consistency);
		}
	}
}

/*
 * The turns from the root to the last leaf before `end`, or to the subtree
 * that ends there; L for a sibling on the left. A root says nothing about its
 * size, so a proof for one size holds for another exactly if the turns are the
 * same: sizes come from a signed checkpoint, never from a proof.
 */
static void turns(
    char ret_turns[TREE_PROOF_MAX], bool is_leaf, uint64_t end, uint64_t size)
{
	uint64_t lo = 0, hi = size;
	size_t n = 0;

	while (is_leaf ? hi - lo > 1 : hi != end) {
		uint64_t k = 1;
		while (2 * k < hi - lo)
			k *= 2;
		if (end <= lo + k) {
			ret_turns[n++] = 'R';
			hi = lo + k;
		} else {
			ret_turns[n++] = 'L';
			lo += k;
		}
	}
	ret_turns[n] = '\0';
}

static void inclusion_holds_for_no_other_leaf_or_shape(void **state)
{
	struct forest *forest = *state;

	for (uint64_t n = 1; n <= SIZE_MAX_EXHAUSTIVE; n++)
		for (uint64_t i = 0; i < n; i++) {
			struct tree_source source = forest_source(forest, n);
			struct hash *leaf = &forest->nodes[0][i];
			struct tree_proof proof;
			char here[TREE_PROOF_MAX], there[TREE_PROOF_MAX];
			assert_int_equal(
			    tree_prove_inclusion(&proof, &source, i, n, NULL),
			    0);
			turns(here, true, i + 1, n);
			for (uint64_t j = 0; j < n + 2; j++)
				assert_int_equal(
				    tree_check_inclusion(&proof, j, n, leaf,
					&forest->roots[n], NULL),
				    i == j ? 0 : ERR_VERIFY);
			for (uint64_t s = 0; s < SIZE_MAX_EXHAUSTIVE; s++) {
				bool same = false;
				if (s > i) {
					turns(there, true, i + 1, s);
					same = strcmp(here, there) == 0;
				}
				assert_int_equal(
				    tree_check_inclusion(&proof, i, s, leaf,
					&forest->roots[n], NULL),
				    same ? 0 : ERR_VERIFY);
			}
			assert_int_equal(tree_check_inclusion(&proof, i, n,
					     leaf, &forest->roots[n - 1], NULL),
			    ERR_VERIFY);
			assert_int_equal(
			    tree_check_inclusion(&proof, i, n,
				&forest->nodes[0][n], &forest->roots[n], NULL),
			    ERR_VERIFY);
		}
}

static void consistency_holds_for_no_other_size_or_shape(void **state)
{
	struct forest *forest = *state;
	const struct hash *roots = forest->roots;

	for (uint64_t n = 2; n <= SIZE_MAX_EXHAUSTIVE; n++)
		for (uint64_t m = 1; m < n; m++) {
			struct tree_source source = forest_source(forest, n);
			struct tree_proof proof;
			char here[TREE_PROOF_MAX], there[TREE_PROOF_MAX];
			assert_int_equal(
			    tree_prove_consistency(&proof, &source, m, n, NULL),
			    0);
			turns(here, false, m, n);
			for (uint64_t o = 0; o < n + 2; o++)
				assert_int_equal(
				    tree_check_consistency(&proof, o, n,
					&roots[m], &roots[n], NULL),
				    m == o ? 0 : ERR_VERIFY);
			for (uint64_t s = 0; s < SIZE_MAX_EXHAUSTIVE; s++) {
				bool same = false;
				if (s > m) {
					turns(there, false, m, s);
					same = strcmp(here, there) == 0;
				}
				assert_int_equal(
				    tree_check_consistency(&proof, m, s,
					&roots[m], &roots[n], NULL),
				    same ? 0 : ERR_VERIFY);
			}
			assert_int_equal(tree_check_consistency(&proof, m, n,
					     &roots[m - 1], &roots[n], NULL),
			    ERR_VERIFY);
			assert_int_equal(tree_check_consistency(&proof, m, n,
					     &roots[m], &roots[n + 1], NULL),
			    ERR_VERIFY);
		}
}

static void empty_tree_is_continued_by_every_tree_only_as_empty(void **state)
{
	struct forest *forest = *state;
	const struct hash *roots = forest->roots;
	struct tree_proof proof = {0};

	assert_int_equal(
	    tree_check_consistency(&proof, 0, 5, &roots[0], &roots[5], NULL),
	    0);
	assert_int_equal(
	    tree_check_consistency(&proof, 0, 5, &roots[1], &roots[5], NULL),
	    ERR_VERIFY);
	assert_int_equal(
	    tree_check_consistency(&proof, 0, 0, &roots[0], &roots[1], NULL),
	    ERR_VERIFY);
	assert_int_equal(
	    tree_check_consistency(&proof, 3, 5, &roots[3], &roots[5], NULL),
	    ERR_VERIFY);
}

static void arguments_out_of_range_are_refused(void **state)
{
	struct tree_source source = forest_source(*state, SIZE_MAX_TRIED);
	struct tree_proof proof = {.n = 7};
	struct hash root;

	assert_int_equal(
	    tree_prove_inclusion(&proof, &source, 5, 5, NULL), ERR_USAGE);
	assert_int_equal(
	    tree_prove_inclusion(&proof, &source, 0, 0, NULL), ERR_USAGE);
	assert_int_equal(
	    tree_prove_inclusion(&proof, &source, 0, TREE_SIZE_MAX + 1, NULL),
	    ERR_USAGE);
	assert_int_equal(
	    tree_prove_consistency(&proof, &source, 6, 5, NULL), ERR_USAGE);
	assert_int_equal(
	    tree_prove_consistency(&proof, &source, 6, TREE_SIZE_MAX + 1, NULL),
	    ERR_USAGE);
	assert_int_equal(
	    tree_root(&root, &source, TREE_SIZE_MAX + 1, NULL), ERR_USAGE);
	assert_int_equal(proof.n, 7);
}

static void a_failing_source_is_reported_at_every_read(void **state)
{
	struct forest *forest = *state;
	struct tree_source source = forest_source(forest, 127);
	struct err err;
	unsigned reads;

	for (reads = 0;; reads++) {
		struct tree_proof proof = {.n = 99};
		err = (struct err){0};
		forest->reads_left = reads;
		int r = tree_prove_inclusion(&proof, &source, 77, 127, &err);
		if (r == 0)
			break;
		assert_int_equal(r, ERR_IO);
		assert_string_equal(err.message, "read failed");
		assert_int_equal(proof.n, 99);
	}
	assert_true(reads >= 7);
	forest->reads_left = 3;
	struct hash root;
	assert_int_equal(tree_root(&root, &source, 127, NULL), ERR_IO);
	struct tree_proof proof;
	forest->reads_left = 1;
	assert_int_equal(
	    tree_prove_consistency(&proof, &source, 77, 127, NULL), ERR_IO);
}

/* A tree whose leaves are all the same: one hash for each level. */
static int uniform_read(void *cookie, unsigned level, uint64_t index,
    struct hash *ret_hash, struct err *err)
{
	const struct hash *levels = cookie;

	(void)index;
	(void)err;
	assert_true(level < 64);
	*ret_hash = levels[level];
	return 0;
}

static void proofs_hold_in_the_largest_trees(void **state)
{
	static const uint64_t sizes[] = {TREE_SIZE_MAX, TREE_SIZE_MAX - 1,
	    (TREE_SIZE_MAX >> 1) + 1, UINT64_C(0x5555555555555555), 1, 2, 3};
	struct forest *forest = *state;
	struct hash levels[64], old_root, root;
	size_t count = sizeof(sizes) / sizeof(sizes[0]);

	levels[0] = forest->nodes[0][0];
	for (size_t i = 1; i < 64; i++)
		levels[i] =
		    tree_node_hash(forest->run, &levels[i - 1], &levels[i - 1]);
	struct tree_source source = {.read = uniform_read, .cookie = levels};
	for (size_t i = 0; i < count; i++) {
		uint64_t n = sizes[i];
		assert_int_equal(tree_root(&root, &source, n, NULL), 0);
		for (size_t j = 0; j < count; j++) {
			struct tree_proof proof;
			uint64_t m = sizes[j];
			if (m > n)
				continue;
			assert_int_equal(tree_prove_inclusion(
					     &proof, &source, m - 1, n, NULL),
			    0);
			assert_int_equal(tree_check_inclusion(&proof, m - 1, n,
					     &levels[0], &root, NULL),
			    0);
			assert_int_equal(
			    tree_root(&old_root, &source, m, NULL), 0);
			assert_int_equal(
			    tree_prove_consistency(&proof, &source, m, n, NULL),
			    0);
			assert_int_equal(tree_check_consistency(&proof, m, n,
					     &old_root, &root, NULL),
			    0);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(empty_root_is_the_hash_of_nothing),
	    cmocka_unit_test(edge_gives_the_known_roots),
	    cmocka_unit_test(source_gives_the_known_roots),
	    cmocka_unit_test(gives_the_known_inclusion_proofs),
	    cmocka_unit_test(gives_the_known_consistency_proofs),
	    cmocka_unit_test(roots_and_proofs_follow_the_definition),
	    cmocka_unit_test(array_source_agrees_with_stored_nodes),
	    cmocka_unit_test(every_inclusion_proof_holds_and_no_altered_one),
	    cmocka_unit_test(every_consistency_proof_holds_and_no_altered_one),
	    cmocka_unit_test(inclusion_holds_for_no_other_leaf_or_shape),
	    cmocka_unit_test(consistency_holds_for_no_other_size_or_shape),
	    cmocka_unit_test(
		empty_tree_is_continued_by_every_tree_only_as_empty),
	    cmocka_unit_test(arguments_out_of_range_are_refused),
	    cmocka_unit_test(a_failing_source_is_reported_at_every_read),
	    cmocka_unit_test(proofs_hold_in_the_largest_trees),
	};

	return cmocka_run_group_tests_name("tree", tests, set_up, tear_down);
}
