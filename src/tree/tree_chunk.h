/*
 * tree_chunk.h: the leaves of an image's tree (findings section 8): chunks of
 * 64 KiB, each hashed with a salt of its own, so that who sees the tree cannot
 * guess what is in a chunk that was withheld.
 *
 * The salts come from one secret seed by a GGM tree of depth ceil(log2(count)):
 * the child on side b is HMAC-SHA256(key = parent, message = one byte b), the
 * first step takes the index's highest bit, and the salt is the first 16 bytes
 * of the seed that is reached. Handing out the seed of a subtree opens that
 * subtree's chunks and no other.
 */
#ifndef TREE_CHUNK_H
#define TREE_CHUNK_H

#include "err.h"
#include "hash.h"

#include <stddef.h>
#include <stdint.h>

#define TREE_CHUNK_SIZE 65536
#define TREE_CHUNK_SALT_SIZE 16
/* What a leaf's hash has before the data. */
#define TREE_CHUNK_PREFIX_SIZE (5 + TREE_CHUNK_SALT_SIZE)
/* 2^64 bytes are 2^48 chunks. */
#define TREE_CHUNK_DEPTH_MAX 48

struct tree_seed {
	uint8_t b[HASH_SIZE];
};

/* How many chunks an image of `length` bytes has; 0 for an empty one. */
uint64_t tree_chunk_count(uint64_t length);
/* The bytes of chunk `index`: TREE_CHUNK_SIZE, or fewer in the last one. The
 * index is below the count. */
size_t tree_chunk_length(uint64_t length, uint64_t index);
/* The depth of the seeds' tree over `count` chunks: ceil(log2(count)). */
unsigned tree_chunk_depth(uint64_t count);

/*
 * The salts of `n` chunks from `first` on, of `count` in all, whose seeds'
 * tree has this root. Two HMACs a chunk: the seeds on the way are kept between
 * neighbours. Errors: ERR_USAGE if they are not all among `count`, which is at
 * most 2^48; ERR_NOMEM.
 */
int tree_chunk_salts(const struct tree_seed *root, uint64_t count,
    uint64_t first, size_t n, uint8_t (*ret_salts)[TREE_CHUNK_SALT_SIZE],
    struct err *err) MUST_CHECK;

/*
 * The seed of one subtree: that of height `level` whose first chunk is
 * index << level. A level of 0 is one chunk. Errors as above; a subtree that
 * is not all among `count` is ERR_USAGE.
 */
int tree_chunk_seed(struct tree_seed *ret_seed, const struct tree_seed *root,
    uint64_t count, unsigned level, uint64_t index, struct err *err) MUST_CHECK;

/* 0x00 || "cfi1" || salt, for whoever hashes leaves another way. */
void tree_chunk_prefix(uint8_t ret_prefix[TREE_CHUNK_PREFIX_SIZE],
    const uint8_t salt[TREE_CHUNK_SALT_SIZE]);

/* SHA-256(0x00 || "cfi1" || salt || data), n from 1 to TREE_CHUNK_SIZE. */
struct hash tree_chunk_leaf(struct hash_run *run,
    const uint8_t salt[TREE_CHUNK_SALT_SIZE], const void *data, size_t n);

#endif
