/*
 * media_leaves.h: the salted leaves of an image's tree (tree_chunk.h), several
 * at once where this processor and this build can; each is, bit for bit, what
 * tree_chunk_leaf makes of its chunk.
 */
#ifndef MEDIA_LEAVES_H
#define MEDIA_LEAVES_H

#include "err.h"
#include "hash.h"
#include "tree_chunk.h"

#include <stddef.h>
#include <stdint.h>

enum media_leaves_way {
	MEDIA_LEAVES_BEST, /* of those below, what is fastest here */
	MEDIA_LEAVES_PLAIN, /* one after another */
	MEDIA_LEAVES_8, /* in the lanes of AVX2 */
	MEDIA_LEAVES_16 /* in the lanes of AVX-512 */
};

/* One thread's memory for it, 1.5 MiB where several are hashed at once. */
struct media_leaves;

/* ERR_NOMEM; ERR_UNSUPPORTED: this way is not for this processor or build,
 * which is never so for the first two. */
int media_leaves_new(struct media_leaves **ret_leaves,
    enum media_leaves_way way, struct err *err) MUST_CHECK;
/* Wipes what there is of the bytes and salts; accepts NULL. */
void media_leaves_free(struct media_leaves *leaves);

/* The way that was taken: not MEDIA_LEAVES_BEST. */
enum media_leaves_way media_leaves_way(const struct media_leaves *leaves);

/* Of n bytes, which are whole chunks but for the last: a leaf for each, with a
 * salt for each. n 0: none. */
void media_leaves_make(struct media_leaves *leaves,
    const uint8_t (*salts)[TREE_CHUNK_SALT_SIZE], const uint8_t *bytes,
    size_t n, struct hash *ret_leaves);

#endif
