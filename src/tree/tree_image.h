/*
 * tree_image.h: the tree over the bytes of an image that can be read at any
 * offset: leaves are hashed when they are asked for, and nothing is kept.
 */
#ifndef TREE_IMAGE_H
#define TREE_IMAGE_H

#include "err.h"
#include "hash.h"
#include "tree.h"
#include "tree_chunk.h"

#include <stddef.h>
#include <stdint.h>

/* `read` fills n bytes (at most TREE_CHUNK_SIZE, all below `length`) or fails;
 * within one subtree it is called in the order of the offsets. */
struct tree_image {
	uint64_t length;
	int (*read)(void *cookie, uint64_t offset, void *bytes, size_t n,
	    struct err *err);
	void *cookie;
};

/* How much of a subtree's seed its leaves depend on: of a single chunk the salt
 * alone. More of it would be bytes that nothing vouches for. */
static inline size_t tree_image_seed_size(unsigned level)
{
	return level == 0 ? TREE_CHUNK_SALT_SIZE : HASH_SIZE;
}

/*
 * Adds the leaves of the complete subtree of height `level` that begins at
 * chunk index << level, whose own seed is `seed`, to a tree's edge. The subtree
 * is all in the image. Memory: two chunks, whatever the height. Errors: the
 * image's, ERR_NOMEM.
 */
int tree_image_add(struct tree_edge *edge, struct hash_run *run,
    const struct tree_image *image, const struct tree_seed *seed,
    unsigned level, uint64_t index, struct err *err) MUST_CHECK;

/* A source (tree.h) over an image with this root seed; cookie is this struct.
 * A call reads the whole subtree that is asked for. */
struct tree_image_hashes {
	const struct tree_image *image;
	const struct tree_seed *seed;
};
struct tree_source tree_image_source(struct tree_image_hashes *hashes);

#endif
