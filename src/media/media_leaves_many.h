/*
 * media_leaves_many.h: the one place that knows libipsec-mb, which hashes a
 * chunk in each lane of the processor's wide registers. For media_leaves.c.
 */
#ifndef MEDIA_LEAVES_MANY_H
#define MEDIA_LEAVES_MANY_H

#include "hash.h"
#include "media_leaves.h"

#include <stdbool.h>
#include <stdint.h>

/* Chunks in one go, whatever the lanes. */
#define MEDIA_LEAVES_MANY 16

struct media_leaves_many; /* for one thread */

/* NULL: this way is none of them, the build has no such library, the processor
 * no such registers, or there is no memory; *ret_way is then left as it is. */
struct media_leaves_many *media_leaves_many_new(
    enum media_leaves_way way, enum media_leaves_way *ret_way);
void media_leaves_many_free(struct media_leaves_many *many); /* wipes */

/* The leaves of MEDIA_LEAVES_MANY whole chunks. false: it did not come to an
 * end; what is in ret_leaves then means nothing. */
bool media_leaves_many_make(struct media_leaves_many *many,
    const uint8_t (*salts)[TREE_CHUNK_SALT_SIZE], const uint8_t *bytes,
    struct hash *ret_leaves);

#endif
