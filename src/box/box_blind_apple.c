/*
 * box_blind_apple.c: Core Storage, which FileVault 2 encrypts, and APFS, whose
 * volumes each say whether they are encrypted. Both have checksums, and without
 * them nothing is believed.
 *
 * Layouts: libfvde's documentation; Apple File System Reference (2020).
 */
#include "box_blind.h"

#include "mem.h"

#include <stdlib.h>
#include <string.h>

#define CS_SIZE 512
#define CS_METHOD_XTS 2u

#define BLOCK_MAX 65536u
#define NODES_MAX 256 /* of a tree of objects */
#define VOLUMES_MAX 100

/* ---- Core Storage ---- */

static uint32_t crc32c(const uint8_t *p, size_t n, uint32_t crc)
{
	for (size_t i = 0; i < n; i++) {
		crc ^= p[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78u : 0);
	}
	return crc;
}

static bool find_core_storage(
    const struct box_blind_bytes *volume, struct cage_blind *ret_blind)
{
	uint8_t p[CS_SIZE];

	if (!box_blind_get(volume, 0, p, sizeof(p)) ||
	    box_blind_le16(p + 88) != 0x5343 || box_blind_le16(p + 8) != 1 ||
	    box_blind_le16(p + 10) != 0x10 || box_blind_le32(p + 90) != 1 ||
	    crc32c(p + 8, sizeof(p) - 8, box_blind_le32(p + 4)) !=
		box_blind_le32(p))
		return false;
	if (box_blind_le32(p + 172) == CS_METHOD_XTS)
		box_blind_say(ret_blind, CAGE_BLIND_VOLUME, volume,
		    "FileVault 2",
		    "Core Storage with FileVault 2 (AES-XTS); whether its "
		    "volume has a password is in its encrypted metadata");
	else
		box_blind_say(ret_blind, CAGE_BLIND_SYSTEM, volume,
		    "Core Storage",
		    "Core Storage without encryption; it is not read");
	return true;
}

/* ---- APFS ---- */

static bool has_sum(const uint8_t *p, size_t n)
{
	const uint64_t mod = UINT32_MAX;
	uint64_t one = 0, two = 0;

	for (size_t i = 8; i < n; i += 4) {
		one = (one + box_blind_le32(p + i)) % mod;
		two = (two + one) % mod;
	}
	const uint64_t low = mod - (one + two) % mod;
	const uint64_t high = mod - (one + low) % mod;

	return box_blind_le64(p) == (high << 32 | low);
}

struct apfs {
	const struct box_blind_bytes *bytes;
	uint32_t block;
	uint8_t *p; /* one block */
	uint64_t nodes[NODES_MAX]; /* to be looked at; all that were named */
	size_t n;
	uint64_t oids[VOLUMES_MAX], places[VOLUMES_MAX], newest[VOLUMES_MAX];
	unsigned n_volumes, encrypted, plain, unknown;
};

static bool get_block(struct apfs *a, uint64_t number)
{
	uint64_t at;

	return !__builtin_mul_overflow(number, a->block, &at) &&
	    box_blind_get(a->bytes, at, a->p, a->block) &&
	    has_sum(a->p, a->block);
}

/* Where the newest version of a volume's superblock is. */
static void take_mapping(struct apfs *a, const uint8_t *key, const uint8_t *val)
{
	const uint64_t oid = box_blind_le64(key), xid = box_blind_le64(key + 8);

	for (unsigned i = 0; i < a->n_volumes; i++)
		if (a->oids[i] == oid && xid >= a->newest[i]) {
			a->newest[i] = xid;
			a->places[i] = box_blind_le64(val + 8);
		}
}

/* The entries of a node: of a leaf mappings, else more nodes. */
static void walk_node(struct apfs *a)
{
	const uint16_t flags = box_blind_le16(a->p + 32);
	const uint32_t count = box_blind_le32(a->p + 36);
	const size_t toc = 56u + box_blind_le16(a->p + 40);
	const size_t keys = toc + box_blind_le16(a->p + 42);
	const size_t end = a->block - (flags & 1 ? 40 : 0);
	const size_t needs = flags & 2 ? 16 : 8;

	for (uint32_t i = 0;
	     i < count && toc + 4 * (i + 1) <= keys && keys <= end; i++) {
		const size_t key = keys + box_blind_le16(a->p + toc + 4 * i);
		const size_t back = box_blind_le16(a->p + toc + 4 * i + 2);

		if (key + 16 > end || back < needs || back > end)
			return;
		if (flags & 2)
			take_mapping(a, a->p + key, a->p + end - back);
		else if (a->n < NODES_MAX)
			a->nodes[a->n++] = box_blind_le64(a->p + end - back);
	}
}

static void count_volumes(struct apfs *a)
{
	for (unsigned i = 0; i < a->n_volumes; i++)
		if (a->places[i] == 0 || !get_block(a, a->places[i]) ||
		    memcmp(a->p + 32, "APSB", 4) != 0)
			a->unknown++;
		else if (box_blind_le64(a->p + 264) & 1)
			a->plain++;
		else
			a->encrypted++;
}

/* From the container's superblock in a->p. */
static void walk(struct apfs *a)
{
	const uint64_t map = box_blind_le64(a->p + 160);

	for (unsigned i = 0; i < VOLUMES_MAX; i++) {
		const uint64_t oid = box_blind_le64(a->p + 184 + 8 * i);

		if (oid != 0)
			a->oids[a->n_volumes++] = oid;
	}
	if (get_block(a, map))
		a->nodes[a->n++] = box_blind_le64(a->p + 48);
	for (size_t i = 0; i < a->n; i++)
		if (get_block(a, a->nodes[i]))
			walk_node(a);
	count_volumes(a);
}

static void say_apfs(const struct apfs *a, bool has_keys,
    const struct box_blind_bytes *volume, struct cage_blind *ret_blind)
{
	if (a->encrypted > 0)
		box_blind_say(ret_blind, CAGE_BLIND_VOLUME, volume,
		    "FileVault (APFS)",
		    "APFS: %u volumes encrypted, %u not encrypted (not read), "
		    "%u unknown",
		    a->encrypted, a->plain, a->unknown);
	else
		box_blind_say(ret_blind, CAGE_BLIND_SYSTEM, volume, "APFS",
		    "APFS: no volume encrypted of those that could be looked "
		    "at (%u), %u unknown%s",
		    a->plain, a->unknown, has_keys ? "; it has a key bag" : "");
}

static bool find_apfs(
    const struct box_blind_bytes *volume, struct cage_blind *ret_blind)
{
	uint8_t head[40];
	bool is_one = false;

	if (!box_blind_get(volume, 0, head, sizeof(head)) ||
	    memcmp(head + 32, "NXSB", 4) != 0)
		return false;
	struct apfs *a = mem_new(1, sizeof(*a));

	if (a == NULL)
		return false;
	a->bytes = volume;
	a->block = box_blind_le32(head + 36);
	if (a->block < 4096 || a->block > BLOCK_MAX ||
	    (a->block & (a->block - 1)) != 0)
		goto out;
	a->p = mem_new(1, a->block);
	is_one = a->p != NULL && get_block(a, 0);
	if (is_one) {
		const bool has_keys = box_blind_le64(a->p + 1296) != 0;

		walk(a);
		say_apfs(a, has_keys, volume, ret_blind);
	}
out:
	free(a->p);
	free(a);
	return is_one;
}

bool box_blind_apple(
    const struct box_blind_bytes *volume, struct cage_blind *ret_blind)
{
	return find_core_storage(volume, ret_blind) ||
	    find_apfs(volume, ret_blind);
}
