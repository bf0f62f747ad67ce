/*
 * tree.h: the RFC 6962 Merkle tree (SHA-256), shared by the ledger and the
 * image tree. Leaf 0x00 || bytes, node 0x01 || left || right; the root of
 * nothing is SHA-256("").
 *
 * Pure: hashes come in through arrays or through a callback.
 */
#ifndef TREE_H
#define TREE_H

#include "err.h"
#include "hash.h"

#include <stddef.h>
#include <stdint.h>

/* No proof in a tree of at most 2^63 leaves is longer than 64 hashes. */
#define TREE_SIZE_MAX (UINT64_C(1) << 63)
#define TREE_PROOF_MAX 64

struct tree_proof {
	size_t n;
	struct hash hashes[TREE_PROOF_MAX];
};

struct hash tree_leaf_hash(struct hash_run *run, const void *bytes, size_t n);
struct hash tree_node_hash(
    struct hash_run *run, const struct hash *left, const struct hash *right);
struct hash tree_empty_root(void);

/*
 * The growing right edge: complete subtrees of a tree of `size` leaves, largest
 * first (one for each bit set in size). Zero it to start; at most
 * TREE_SIZE_MAX leaves.
 */
struct tree_edge {
	uint64_t size;
	size_t n;
	struct hash hashes[TREE_PROOF_MAX];
};

void tree_edge_add(
    struct tree_edge *edge, struct hash_run *run, const struct hash *leaf);
/* A complete subtree of 2^level leaves at once; edge->size is a multiple of
 * 2^level. */
void tree_edge_add_subtree(struct tree_edge *edge, struct hash_run *run,
    unsigned level, const struct hash *subtree);
struct hash tree_edge_root(const struct tree_edge *edge, struct hash_run *run);

/*
 * Where inner hashes come from: the hash of the complete subtree of height
 * `level` whose first leaf is index << level. Only complete subtrees of the
 * tree at hand are ever asked for.
 */
struct tree_source {
	int (*read)(void *cookie, unsigned level, uint64_t index,
	    struct hash *ret_hash, struct err *err);
	void *cookie;
};

/* A source over an array of n leaf hashes; cookie is this struct. O(size of
 * the subtree) a call. */
struct tree_leaves {
	const struct hash *hashes;
	uint64_t n;
};
struct tree_source tree_leaves_source(struct tree_leaves *leaves);

/* The hash of one node of a tree: that over the leaves [lo, hi). Errors: the
 * source's. */
int tree_node_read(struct hash *ret_hash, struct hash_run *run,
    const struct tree_source *source, uint64_t lo, uint64_t hi,
    struct err *err) MUST_CHECK;

int tree_root(struct hash *ret_root, const struct tree_source *source,
    uint64_t size, struct err *err) MUST_CHECK;

/* RFC 6962 2.1.1 and 2.1.2. index < size; old_size <= new_size (a proof from
 * size 0 or between equal sizes is empty); sizes up to TREE_SIZE_MAX. Errors:
 * the source's, ERR_NOMEM, and ERR_USAGE for arguments out of range. */
int tree_prove_inclusion(struct tree_proof *ret_proof,
    const struct tree_source *source, uint64_t index, uint64_t size,
    struct err *err) MUST_CHECK;
int tree_prove_consistency(struct tree_proof *ret_proof,
    const struct tree_source *source, uint64_t old_size, uint64_t new_size,
    struct err *err) MUST_CHECK;

/* 0, ERR_VERIFY or ERR_NOMEM. A proof with too many or too few hashes is false.
 * Every tree continues the empty one: from size 0 the proof is empty and
 * old_root the empty root. A root says nothing about its size, and some proofs
 * hold for a neighbouring size too: take sizes from a signed checkpoint. */
int tree_check_inclusion(const struct tree_proof *proof, uint64_t index,
    uint64_t size, const struct hash *leaf, const struct hash *root,
    struct err *err) MUST_CHECK;
int tree_check_consistency(const struct tree_proof *proof, uint64_t old_size,
    uint64_t new_size, const struct hash *old_root, const struct hash *new_root,
    struct err *err) MUST_CHECK;

#endif
