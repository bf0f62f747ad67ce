/*
 * media_leaves.c: see media_leaves.h. As many whole chunks as there are lanes
 * are hashed at once; what is left at the end, one after another.
 *
 * Invariant: what hashes several at once was held against tree_chunk_leaf in
 * this process, on this processor, before a leaf of it was believed.
 */
#include "media_leaves.h"

#include "media_leaves_many.h"
#include "mem.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define MANY MEDIA_LEAVES_MANY

struct media_leaves {
	struct hash_run *run;
	struct media_leaves_many *many; /* NULL: one after another */
	enum media_leaves_way way;
};

/* Every lane, at the full length, which is more than this library's checked
 * calls take: were it to hash less of it, that would be seen here. */
static bool is_right(struct media_leaves *leaves)
{
	uint8_t *bytes = mem_new(MANY, TREE_CHUNK_SIZE);
	uint8_t salts[MANY][TREE_CHUNK_SALT_SIZE];
	struct hash made[MANY];
	bool is_same = bytes != NULL;

	for (size_t i = 0; i < sizeof(salts); i++)
		salts[i / TREE_CHUNK_SALT_SIZE][i % TREE_CHUNK_SALT_SIZE] =
		    (uint8_t)(i * 7);
	for (size_t i = 0; i < MANY && is_same; i++)
		memset(bytes + i * TREE_CHUNK_SIZE, (int)i, TREE_CHUNK_SIZE);
	is_same =
	    is_same && media_leaves_many_make(leaves->many, salts, bytes, made);
	for (size_t i = 0; i < MANY && is_same; i++) {
		struct hash one = tree_chunk_leaf(leaves->run, salts[i],
		    bytes + i * TREE_CHUNK_SIZE, TREE_CHUNK_SIZE);
		is_same = hash_is(&one, &made[i]);
	}
	free(bytes);
	return is_same;
}

static void give_up_many(struct media_leaves *leaves)
{
	media_leaves_many_free(leaves->many);
	leaves->many = NULL;
	leaves->way = MEDIA_LEAVES_PLAIN;
}

int media_leaves_new(struct media_leaves **ret_leaves,
    enum media_leaves_way way, struct err *err)
{
	struct media_leaves *leaves = mem_new(1, sizeof(*leaves));

	if (leaves == NULL || (leaves->run = hash_new()) == NULL) {
		media_leaves_free(leaves);
		return err_nomem(err);
	}
	leaves->way = MEDIA_LEAVES_PLAIN;
	leaves->many = media_leaves_many_new(way, &leaves->way);
	if (leaves->many != NULL && !is_right(leaves))
		give_up_many(leaves);
	if (way != MEDIA_LEAVES_BEST && way != leaves->way) {
		media_leaves_free(leaves);
		return err_set(err, ERR_UNSUPPORTED,
		    "this processor or build cannot hash chunks this way");
	}
	*ret_leaves = leaves;
	return 0;
}

void media_leaves_free(struct media_leaves *leaves)
{
	if (leaves == NULL)
		return;
	media_leaves_many_free(leaves->many);
	hash_free(leaves->run);
	free(leaves);
}

enum media_leaves_way media_leaves_way(const struct media_leaves *leaves)
{
	return leaves->way;
}

void media_leaves_make(struct media_leaves *leaves,
    const uint8_t (*salts)[TREE_CHUNK_SALT_SIZE], const uint8_t *bytes,
    size_t n, struct hash *ret_leaves)
{
	const size_t many = (size_t)MANY * TREE_CHUNK_SIZE;
	size_t at = 0, i = 0;

	while (at < n) {
		size_t here =
		    n - at < TREE_CHUNK_SIZE ? n - at : TREE_CHUNK_SIZE;

		if (leaves->many != NULL && n - at >= many) {
			if (media_leaves_many_make(leaves->many, salts + i,
				bytes + at, ret_leaves + i)) {
				at += many;
				i += MANY;
				continue;
			}
			give_up_many(leaves);
		}
		ret_leaves[i] =
		    tree_chunk_leaf(leaves->run, salts[i], bytes + at, here);
		at += here;
		i++;
	}
}
