/*
 * tree.c: hashing, roots, and proofs of the RFC 6962 tree.
 *
 * A subtree [lo, hi) met here always begins at a multiple of the largest
 * power of two below its length, so it falls into complete subtrees by the
 * bits of its length, and the source is asked for complete ones only. Proofs
 * are found from the root down and turned round; they are checked from the
 * leaf up as RFC 9162 sections 2.1.3.2 and 2.1.4.2 say. No recursion.
 */
#include "tree.h"

#include <assert.h>
#include <string.h>

#define LEAF_PREFIX 0x00
#define NODE_PREFIX 0x01

struct hash tree_leaf_hash(struct hash_run *run, const void *bytes, size_t n)
{
	static const uint8_t prefix = LEAF_PREFIX;

	hash_start(run);
	hash_update(run, &prefix, 1);
	if (n > 0)
		hash_update(run, bytes, n);
	return hash_finish(run);
}

struct hash tree_node_hash(
    struct hash_run *run, const struct hash *left, const struct hash *right)
{
	uint8_t node[1 + 2 * HASH_SIZE];

	node[0] = NODE_PREFIX;
	memcpy(node + 1, left->b, HASH_SIZE);
	memcpy(node + 1 + HASH_SIZE, right->b, HASH_SIZE);
	hash_start(run);
	hash_update(run, node, sizeof(node));
	return hash_finish(run);
}

struct hash tree_empty_root(void)
{
	return hash_of("", 0);
}

void tree_edge_add(
    struct tree_edge *edge, struct hash_run *run, const struct hash *leaf)
{
	tree_edge_add_subtree(edge, run, 0, leaf);
}

void tree_edge_add_subtree(struct tree_edge *edge, struct hash_run *run,
    unsigned level, const struct hash *subtree)
{
	assert(level < TREE_PROOF_MAX && edge->n < TREE_PROOF_MAX);
	const uint64_t leaves = UINT64_C(1) << level;
	struct hash *h = edge->hashes;

	assert(edge->size % leaves == 0);
	assert(leaves <= TREE_SIZE_MAX - edge->size);
	h[edge->n++] = *subtree;
	for (uint64_t bits = edge->size >> level; bits & 1; bits >>= 1) {
		edge->n--;
		h[edge->n - 1] =
		    tree_node_hash(run, &h[edge->n - 1], &h[edge->n]);
	}
	edge->size += leaves;
}

struct hash tree_edge_root(const struct tree_edge *edge, struct hash_run *run)
{
	if (edge->n == 0)
		return tree_empty_root();

	struct hash root = edge->hashes[edge->n - 1];
	for (size_t i = edge->n - 1; i-- > 0;)
		root = tree_node_hash(run, &edge->hashes[i], &root);
	return root;
}

static int leaves_read(void *cookie, unsigned level, uint64_t index,
    struct hash *ret_hash, struct err *err)
{
	const struct tree_leaves *leaves = cookie;

	if (level > 63 || index >= leaves->n >> level)
		return err_set(err, ERR_USAGE,
		    "subtree %u/%llu is not complete in %llu leaves", level,
		    (unsigned long long)index, (unsigned long long)leaves->n);
	const struct hash *first = &leaves->hashes[index << level];
	if (level == 0) {
		*ret_hash = *first;
		return 0;
	}

	struct hash_run *run = hash_new();
	if (!run)
		return err_nomem(err);
	struct tree_edge edge = {0};
	for (uint64_t i = 0; i < UINT64_C(1) << level; i++)
		tree_edge_add(&edge, run, &first[i]);
	*ret_hash = tree_edge_root(&edge, run);
	hash_free(run);
	return 0;
}

struct tree_source tree_leaves_source(struct tree_leaves *leaves)
{
	return (struct tree_source){.read = leaves_read, .cookie = leaves};
}

/* Complete subtrees are taken from the right, smallest first. */
int tree_node_read(struct hash *ret_hash, struct hash_run *run,
    const struct tree_source *source, uint64_t lo, uint64_t hi, struct err *err)
{
	assert(lo < hi);
	struct hash sum = {0};
	bool is_first = true;
	uint64_t length = hi - lo;

	for (unsigned level = 0; lo < hi; level++) {
		if (!(length >> level & 1))
			continue;
		hi -= UINT64_C(1) << level;
		struct hash left;
		int r = source->read(
		    source->cookie, level, hi >> level, &left, err);
		if (r < 0)
			return r;
		sum = is_first ? left : tree_node_hash(run, &left, &sum);
		is_first = false;
	}
	*ret_hash = sum;
	return 0;
}

/* The largest power of two below n; n is at least 2. */
static uint64_t split_point(uint64_t n)
{
	return UINT64_C(1) << (63 - __builtin_clzll(n - 1));
}

int tree_root(struct hash *ret_root, const struct tree_source *source,
    uint64_t size, struct err *err)
{
	if (size > TREE_SIZE_MAX)
		return err_set(err, ERR_USAGE, "a tree cannot be that large");
	if (size == 0) {
		*ret_root = tree_empty_root();
		return 0;
	}

	struct hash_run *run = hash_new();
	if (!run)
		return err_nomem(err);
	int r = tree_node_read(ret_root, run, source, 0, size, err);
	hash_free(run);
	return r;
}

/* A proof is kept as the bounds of its subtrees until it is complete. */
struct range {
	uint64_t lo;
	uint64_t hi;
};

struct path {
	size_t n;
	struct range ranges[TREE_PROOF_MAX];
};

static void path_add(struct path *path, uint64_t lo, uint64_t hi)
{
	assert(path->n < TREE_PROOF_MAX);
	path->ranges[path->n++] = (struct range){lo, hi};
}

/* Reads the subtrees of a path that was found from the root down. */
static int path_read(struct tree_proof *ret_proof, const struct path *path,
    const struct tree_source *source, struct err *err)
{
	struct tree_proof proof = {0};
	int r = 0;
	struct hash_run *run = hash_new();

	if (!run)
		return err_nomem(err);
	for (size_t i = path->n; i-- > 0 && r == 0;)
		r = tree_node_read(&proof.hashes[proof.n++], run, source,
		    path->ranges[i].lo, path->ranges[i].hi, err);
	if (r == 0)
		*ret_proof = proof;
	hash_free(run);
	return r;
}

int tree_prove_inclusion(struct tree_proof *ret_proof,
    const struct tree_source *source, uint64_t index, uint64_t size,
    struct err *err)
{
	if (index >= size || size > TREE_SIZE_MAX)
		return err_set(err, ERR_USAGE,
		    "leaf %llu is not in a tree of %llu leaves",
		    (unsigned long long)index, (unsigned long long)size);

	struct path path = {0};
	uint64_t lo = 0, hi = size;
	while (hi - lo > 1) {
		uint64_t middle = lo + split_point(hi - lo);
		if (index < middle) {
			path_add(&path, middle, hi);
			hi = middle;
		} else {
			path_add(&path, lo, middle);
			lo = middle;
		}
	}
	return path_read(ret_proof, &path, source, err);
}

int tree_prove_consistency(struct tree_proof *ret_proof,
    const struct tree_source *source, uint64_t old_size, uint64_t new_size,
    struct err *err)
{
	if (old_size > new_size || new_size > TREE_SIZE_MAX)
		return err_set(err, ERR_USAGE,
		    "no consistency from %llu to %llu leaves",
		    (unsigned long long)old_size, (unsigned long long)new_size);

	struct path path = {0};
	uint64_t lo = 0, hi = new_size;
	while (old_size > 0 && hi != old_size) {
		uint64_t middle = lo + split_point(hi - lo);
		if (old_size <= middle) {
			path_add(&path, middle, hi);
			hi = middle;
		} else {
			path_add(&path, lo, middle);
			lo = middle;
		}
	}
	/* While lo is 0 the last subtree is the old tree itself, whose root
	 * the verifier has. */
	if (lo > 0)
		path_add(&path, lo, hi);
	return path_read(ret_proof, &path, source, err);
}

/* Where the verifier stands: the node's and the last node's number in the
 * layer that it has reached (fn and sn of RFC 9162). */
struct climb {
	uint64_t node;
	uint64_t last;
};

/* True if the next hash of the proof stands to the left. Then also passes
 * over the layers in which the node is alone on the right edge. */
static bool climb_is_left(struct climb *climb)
{
	if (!(climb->node & 1) && climb->node != climb->last)
		return false;
	while (!(climb->node & 1) && climb->node != 0) {
		climb->node >>= 1;
		climb->last >>= 1;
	}
	return true;
}

static void climb_up(struct climb *climb)
{
	climb->node >>= 1;
	climb->last >>= 1;
}

int tree_check_inclusion(const struct tree_proof *proof, uint64_t index,
    uint64_t size, const struct hash *leaf, const struct hash *root,
    struct err *err)
{
	if (index >= size || proof->n > TREE_PROOF_MAX)
		return err_set(err, ERR_VERIFY, "the leaf is not in the tree");

	struct hash_run *run = hash_new();
	if (!run)
		return err_nomem(err);
	struct climb climb = {index, size - 1};
	struct hash sum = *leaf;
	size_t used = 0;
	for (; used < proof->n && climb.last != 0; used++) {
		const struct hash *h = &proof->hashes[used];
		sum = climb_is_left(&climb) ? tree_node_hash(run, h, &sum)
					    : tree_node_hash(run, &sum, h);
		climb_up(&climb);
	}
	hash_free(run);
	if (used < proof->n || climb.last != 0 || !hash_is(&sum, root))
		return err_set(err, ERR_VERIFY,
		    "the inclusion proof of leaf %llu does not lead to the "
		    "root of %llu leaves",
		    (unsigned long long)index, (unsigned long long)size);
	return 0;
}

/* 0 < old_size < new_size. Climbs with the sums of both trees. */
static bool is_grown(struct hash_run *run, const struct tree_proof *proof,
    uint64_t old_size, uint64_t new_size, const struct hash *old_root,
    const struct hash *new_root)
{
	struct climb climb = {old_size - 1, new_size - 1};
	bool is_power_of_2 = (old_size & (old_size - 1)) == 0;
	size_t used = is_power_of_2 ? 0 : 1;

	if (proof->n == 0)
		return false;
	struct hash old_sum = is_power_of_2 ? *old_root : proof->hashes[0];
	struct hash new_sum = old_sum;
	while (climb.node & 1)
		climb_up(&climb);
	for (; used < proof->n && climb.last != 0; used++) {
		const struct hash *h = &proof->hashes[used];
		if (climb_is_left(&climb)) {
			old_sum = tree_node_hash(run, h, &old_sum);
			new_sum = tree_node_hash(run, h, &new_sum);
		} else {
			new_sum = tree_node_hash(run, &new_sum, h);
		}
		climb_up(&climb);
	}
	return used == proof->n && climb.last == 0 &&
	    hash_is(&old_sum, old_root) && hash_is(&new_sum, new_root);
}

static bool is_consistent(struct hash_run *run, const struct tree_proof *proof,
    uint64_t old_size, uint64_t new_size, const struct hash *old_root,
    const struct hash *new_root)
{
	if (old_size > new_size || proof->n > TREE_PROOF_MAX)
		return false;
	if (old_size == new_size)
		return proof->n == 0 && hash_is(old_root, new_root);
	if (old_size == 0) {
		struct hash empty = tree_empty_root();
		return proof->n == 0 && hash_is(old_root, &empty);
	}
	return is_grown(run, proof, old_size, new_size, old_root, new_root);
}

int tree_check_consistency(const struct tree_proof *proof, uint64_t old_size,
    uint64_t new_size, const struct hash *old_root, const struct hash *new_root,
    struct err *err)
{
	struct hash_run *run = hash_new();

	if (!run)
		return err_nomem(err);
	bool is_true =
	    is_consistent(run, proof, old_size, new_size, old_root, new_root);
	hash_free(run);
	if (!is_true)
		return err_set(err, ERR_VERIFY,
		    "the tree of %llu leaves does not continue the one of "
		    "%llu",
		    (unsigned long long)new_size, (unsigned long long)old_size);
	return 0;
}
