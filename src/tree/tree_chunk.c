/*
 * tree_chunk.c: salts from the tree of seeds, and salted leaves.
 *
 * Invariant: a seed is made from its parent alone and from nothing else, and
 * what is kept of the way from the root is wiped before the function returns.
 */
#include "tree_chunk.h"

#include "mem.h"

#include <assert.h>
#include <string.h>

#define COUNT_MAX (UINT64_C(1) << TREE_CHUNK_DEPTH_MAX)
#define LEAF_PREFIX "\0cfi1"
#define LEAF_PREFIX_SIZE (sizeof(LEAF_PREFIX) - 1)

static_assert(COUNT_MAX == UINT64_MAX / TREE_CHUNK_SIZE + 1, "2^64 bytes");
static_assert(LEAF_PREFIX_SIZE + TREE_CHUNK_SALT_SIZE == TREE_CHUNK_PREFIX_SIZE,
    "a zero byte, four letters, the salt");

uint64_t tree_chunk_count(uint64_t length)
{
	return length / TREE_CHUNK_SIZE + (length % TREE_CHUNK_SIZE > 0);
}

size_t tree_chunk_length(uint64_t length, uint64_t index)
{
	assert(index < tree_chunk_count(length));
	uint64_t left = length - index * TREE_CHUNK_SIZE;

	return left < TREE_CHUNK_SIZE ? (size_t)left : TREE_CHUNK_SIZE;
}

unsigned tree_chunk_depth(uint64_t count)
{
	return count < 2 ? 0 : 64 - (unsigned)__builtin_clzll(count - 1);
}

/* The way from the root (seeds[0]) to a seed. Those above `kept` are of the
 * way to the node before. */
struct way {
	struct hash_mac *mac;
	struct tree_seed seeds[TREE_CHUNK_DEPTH_MAX + 1];
};

static int way_init(
    struct way *way, const struct tree_seed *root, struct err *err)
{
	way->mac = hash_mac_new();
	if (!way->mac)
		return err_nomem(err);
	way->seeds[0] = *root;
	return 0;
}

static void way_done(struct way *way)
{
	hash_mac_free(way->mac);
	mem_wipe(way, sizeof(*way));
}

/* Goes to the node `index` of layer `depth`; the first `kept` steps are known
 * already. */
static void way_go(
    struct way *way, unsigned depth, uint64_t index, unsigned kept)
{
	for (unsigned step = kept; step < depth; step++) {
		const uint8_t side = index >> (depth - 1 - step) & 1;
		struct hash child =
		    hash_mac_of(way->mac, way->seeds[step].b, &side, 1);
		memcpy(way->seeds[step + 1].b, child.b, HASH_SIZE);
		mem_wipe(&child, sizeof(child));
	}
}

int tree_chunk_salts(const struct tree_seed *root, uint64_t count,
    uint64_t first, size_t n, uint8_t (*ret_salts)[TREE_CHUNK_SALT_SIZE],
    struct err *err)
{
	if (count > COUNT_MAX || first > count || n > count - first)
		return err_set(err, ERR_USAGE,
		    "%zu chunks from %llu on are not all among %llu", n,
		    (unsigned long long)first, (unsigned long long)count);

	const unsigned depth = tree_chunk_depth(count);
	struct way way;
	int rc = way_init(&way, root, err);
	if (rc != 0)
		return rc;
	for (size_t i = 0; i < n; i++) {
		/* Of two neighbours, the higher bits are the same up to the
		 * last zero of the one before. */
		unsigned kept = i == 0
		    ? 0
		    : depth - 1 - (unsigned)__builtin_ctzll(first + i);
		way_go(&way, depth, first + i, kept);
		memcpy(ret_salts[i], way.seeds[depth].b, TREE_CHUNK_SALT_SIZE);
	}
	way_done(&way);
	return 0;
}

int tree_chunk_seed(struct tree_seed *ret_seed, const struct tree_seed *root,
    uint64_t count, unsigned level, uint64_t index, struct err *err)
{
	const unsigned depth = tree_chunk_depth(count);

	if (count == 0 || count > COUNT_MAX || level > depth ||
	    index >= count >> level)
		return err_set(err, ERR_USAGE,
		    "no seed %u/%llu in a tree of %llu chunks", level,
		    (unsigned long long)index, (unsigned long long)count);

	struct way way;
	int rc = way_init(&way, root, err);
	if (rc != 0)
		return rc;
	way_go(&way, depth - level, index, 0);
	*ret_seed = way.seeds[depth - level];
	way_done(&way);
	return 0;
}

void tree_chunk_prefix(uint8_t ret_prefix[TREE_CHUNK_PREFIX_SIZE],
    const uint8_t salt[TREE_CHUNK_SALT_SIZE])
{
	memcpy(ret_prefix, LEAF_PREFIX, LEAF_PREFIX_SIZE);
	memcpy(ret_prefix + LEAF_PREFIX_SIZE, salt, TREE_CHUNK_SALT_SIZE);
}

struct hash tree_chunk_leaf(struct hash_run *run,
    const uint8_t salt[TREE_CHUNK_SALT_SIZE], const void *data, size_t n)
{
	uint8_t prefix[TREE_CHUNK_PREFIX_SIZE];

	assert(n > 0 && n <= TREE_CHUNK_SIZE);
	tree_chunk_prefix(prefix, salt);
	hash_start(run);
	hash_update(run, prefix, sizeof(prefix));
	hash_update(run, data, n);
	return hash_finish(run);
}
