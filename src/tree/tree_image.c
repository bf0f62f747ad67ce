/*
 * tree_image.c: from an image's bytes to the leaves of its tree.
 */
#include "tree_image.h"

#include "mem.h"

#include <assert.h>
#include <stdlib.h>

/* Salts that are worked out at once. */
#define BATCH 1024

struct work {
	uint8_t salts[BATCH][TREE_CHUNK_SALT_SIZE];
	uint8_t data[TREE_CHUNK_SIZE];
};

static int add_chunk(struct tree_edge *edge, struct hash_run *run,
    const struct tree_image *image, struct work *work, size_t i, uint64_t index,
    struct err *err)
{
	const size_t n = tree_chunk_length(image->length, index);
	int rc = image->read(
	    image->cookie, index * TREE_CHUNK_SIZE, work->data, n, err);

	if (rc != 0)
		return rc;
	struct hash leaf = tree_chunk_leaf(run, work->salts[i], work->data, n);
	tree_edge_add(edge, run, &leaf);
	return 0;
}

int tree_image_add(struct tree_edge *edge, struct hash_run *run,
    const struct tree_image *image, const struct tree_seed *seed,
    unsigned level, uint64_t index, struct err *err)
{
	assert(level <= TREE_CHUNK_DEPTH_MAX);
	const uint64_t count = UINT64_C(1) << level;
	struct work *work = malloc(sizeof(*work));
	int rc = work == NULL ? err_nomem(err) : 0;

	for (uint64_t at = 0; at < count && rc == 0; at += BATCH) {
		const size_t n =
		    count - at < BATCH ? (size_t)(count - at) : BATCH;
		rc = tree_chunk_salts(seed, count, at, n, work->salts, err);
		for (size_t i = 0; i < n && rc == 0; i++)
			rc = add_chunk(edge, run, image, work, i,
			    (index << level) + at + i, err);
	}
	/* Salts of what is withheld, and its bytes, stay nowhere. */
	if (work != NULL)
		mem_wipe(work, sizeof(*work));
	free(work);
	return rc;
}

static int hashes_read(void *cookie, unsigned level, uint64_t index,
    struct hash *ret_hash, struct err *err)
{
	const struct tree_image_hashes *hashes = cookie;
	struct tree_edge edge = {0};
	struct tree_seed seed;
	struct hash_run *run = hash_new();
	int rc = run == NULL ? err_nomem(err) : 0;

	if (rc == 0)
		rc = tree_chunk_seed(&seed, hashes->seed,
		    tree_chunk_count(hashes->image->length), level, index, err);
	if (rc == 0)
		rc = tree_image_add(
		    &edge, run, hashes->image, &seed, level, index, err);
	if (rc == 0)
		*ret_hash = tree_edge_root(&edge, run);
	mem_wipe(&seed, sizeof(seed));
	hash_free(run);
	return rc;
}

struct tree_source tree_image_source(struct tree_image_hashes *hashes)
{
	return (struct tree_source){.read = hashes_read, .cookie = hashes};
}
