/*
 * media_leaves_many.c: see media_leaves_many.h.
 *
 * A message must lie in one piece, and what comes before a chunk in the hash
 * does not lie before it in the slot, whose bytes other threads read. So the
 * chunks are copied to where there is room before each, which costs a tenth of
 * what is won.
 */
#include "media_leaves_many.h"

#include "mem.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define MANY MEDIA_LEAVES_MANY

#ifdef MEDIA_LEAVES_IPSEC

#include <intel-ipsec-mb.h>

/* Chunks begin on a cache line, and not all in the same set of the cache. */
#define LINE 64
#define STRIDE (LINE + TREE_CHUNK_SIZE + LINE)
static_assert(TREE_CHUNK_PREFIX_SIZE <= LINE, "the prefix has room");
static_assert(STRIDE % LINE == 0, "all chunks are aligned alike");

struct media_leaves_many {
	IMB_MGR *manager;
	uint8_t *room; /* MANY * STRIDE */
};

/* The library asks the processor; the compiler's own question is also whether
 * the system keeps the registers. */
static bool can_16(const IMB_MGR *manager)
{
	return __builtin_cpu_supports("avx512bw") &&
	    (manager->features & IMB_FEATURE_AVX512_SKX) ==
	    IMB_FEATURE_AVX512_SKX;
}

static bool can_8(const IMB_MGR *manager)
{
	return __builtin_cpu_supports("avx2") &&
	    (manager->features & IMB_FEATURE_AVX2) != 0;
}

/* Eight lanes do not win against instructions for SHA-256, one by one. */
static enum media_leaves_way choose(
    const IMB_MGR *manager, enum media_leaves_way way)
{
	const bool has_sha = (manager->features & IMB_FEATURE_SHANI) != 0;

	if ((way == MEDIA_LEAVES_16 || way == MEDIA_LEAVES_BEST) &&
	    can_16(manager))
		return MEDIA_LEAVES_16;
	if ((way == MEDIA_LEAVES_8 || (way == MEDIA_LEAVES_BEST && !has_sha)) &&
	    can_8(manager))
		return MEDIA_LEAVES_8;
	return MEDIA_LEAVES_PLAIN;
}

struct media_leaves_many *media_leaves_many_new(
    enum media_leaves_way way, enum media_leaves_way *ret_way)
{
	struct media_leaves_many *many = mem_new(1, sizeof(*many));

	if (many == NULL)
		return NULL;
	many->manager = alloc_mb_mgr(0);
	many->room = aligned_alloc(LINE, (size_t)MANY * STRIDE);
	if (many->manager == NULL || many->room == NULL)
		goto failed;
	way = choose(many->manager, way);
	if (way == MEDIA_LEAVES_16)
		init_mb_mgr_avx512(many->manager);
	else if (way == MEDIA_LEAVES_8)
		init_mb_mgr_avx2(many->manager);
	else
		goto failed;
	/* It tries its own vectors first. */
	if (imb_get_errno(many->manager) != 0 ||
	    (many->manager->features & IMB_FEATURE_SELF_TEST_PASS) == 0)
		goto failed;
	*ret_way = way;
	return many;

failed:
	media_leaves_many_free(many);
	return NULL;
}

void media_leaves_many_free(struct media_leaves_many *many)
{
	if (many == NULL)
		return;
	if (many->manager != NULL)
		free_mb_mgr(many->manager);
	if (many->room != NULL)
		mem_wipe(many->room, (size_t)MANY * STRIDE);
	free(many->room);
	free(many);
}

static void put_job(IMB_JOB *job, const uint8_t *message, struct hash *ret_leaf)
{
	*job = (IMB_JOB){
	    .src = message,
	    .msg_len_to_hash_in_bytes =
		TREE_CHUNK_PREFIX_SIZE + TREE_CHUNK_SIZE,
	    .auth_tag_output = ret_leaf->b,
	    .auth_tag_output_len_in_bytes = HASH_SIZE,
	    .hash_alg = IMB_AUTH_SHA_256,
	    .cipher_mode = IMB_CIPHER_NULL,
	    .cipher_direction = IMB_DIR_ENCRYPT,
	    .chain_order = IMB_ORDER_HASH_CIPHER,
	};
}

/* The calls that check what they are given take 65534 bytes at most, for every
 * algorithm, because some count in 16 bits; SHA-256 counts in 64. */
bool media_leaves_many_make(struct media_leaves_many *many,
    const uint8_t (*salts)[TREE_CHUNK_SALT_SIZE], const uint8_t *bytes,
    struct hash *ret_leaves)
{
	size_t done = 0;
	IMB_JOB *job;

	for (size_t i = 0; i < MANY; i++) {
		uint8_t *chunk = many->room + i * STRIDE + LINE;
		uint8_t *message = chunk - TREE_CHUNK_PREFIX_SIZE;

		tree_chunk_prefix(message, salts[i]);
		memcpy(chunk, bytes + i * TREE_CHUNK_SIZE, TREE_CHUNK_SIZE);
		put_job(
		    IMB_GET_NEXT_JOB(many->manager), message, &ret_leaves[i]);
		for (job = IMB_SUBMIT_JOB_NOCHECK(many->manager); job != NULL;
		     job = IMB_GET_COMPLETED_JOB(many->manager))
			done += job->status == IMB_STATUS_COMPLETED;
	}
	while ((job = IMB_FLUSH_JOB(many->manager)) != NULL)
		done += job->status == IMB_STATUS_COMPLETED;
	return done == MANY;
}

#else /* one after another is the only way */

struct media_leaves_many *media_leaves_many_new(
    enum media_leaves_way way, enum media_leaves_way *ret_way)
{
	(void)way;
	(void)ret_way;
	return NULL;
}

void media_leaves_many_free(struct media_leaves_many *many)
{
	(void)many; /* there is none */
}

bool media_leaves_many_make(struct media_leaves_many *many,
    const uint8_t (*salts)[TREE_CHUNK_SALT_SIZE], const uint8_t *bytes,
    struct hash *ret_leaves)
{
	(void)many;
	(void)salts;
	(void)bytes;
	(void)ret_leaves;
	return false;
}

#endif
