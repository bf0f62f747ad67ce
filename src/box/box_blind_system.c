/*
 * box_blind_system.c: file systems that nobody here reads, and what stands
 * where one could: swap space, parts of a volume group or of a RAID. One row a
 * system; besides its signature some field of it must be one that can be.
 */
#include "box_blind.h"

#include <string.h>

typedef bool check(const struct box_blind_bytes *volume, const uint8_t *p);

struct row {
	const char *name;
	uint64_t at; /* of the signature */
	const char *magic;
	size_t n;
	uint64_t from; /* of what is given to `holds` */
	check *holds;
};

static bool is_power(uint64_t value, uint64_t least, uint64_t most)
{
	return value >= least && value <= most && (value & (value - 1)) == 0;
}

static bool is_xfs(const struct box_blind_bytes *v, const uint8_t *p)
{
	(void)v;
	return is_power(box_blind_be32(p + 4), 512, 65536) &&
	    is_power(box_blind_be16(p + 102), 512, 32768);
}

static bool is_btrfs(const struct box_blind_bytes *v, const uint8_t *p)
{
	(void)v;
	return box_blind_le64(p + 48) == 65536 &&
	    is_power(box_blind_le32(p + 144), 512, 65536);
}

static bool is_f2fs(const struct box_blind_bytes *v, const uint8_t *p)
{
	const uint32_t sector = box_blind_le32(p + 8);
	const uint32_t block = box_blind_le32(p + 16);

	(void)v;
	return sector >= 9 && sector <= 16 && block >= 12 && block <= 16;
}

static bool is_jfs(const struct box_blind_bytes *v, const uint8_t *p)
{
	(void)v;
	return box_blind_le32(p + 4) >= 1 && box_blind_le32(p + 4) <= 2 &&
	    is_power(box_blind_le32(p + 16), 512, 4096);
}

static bool is_reiser(const struct box_blind_bytes *v, const uint8_t *p)
{
	(void)v;
	return is_power(box_blind_le16(p + 44), 512, 65536);
}

static bool is_reiser4(const struct box_blind_bytes *v, const uint8_t *p)
{
	(void)v;
	return is_power(box_blind_le16(p + 18), 512, 65536);
}

static bool is_refs(const struct box_blind_bytes *v, const uint8_t *p)
{
	(void)v;
	return memcmp(p + 16, "FSRS", 4) == 0;
}

static bool is_squashfs(const struct box_blind_bytes *v, const uint8_t *p)
{
	return box_blind_le16(p + 28) == 4 &&
	    box_blind_le64(p + 40) <= v->length;
}

static bool is_erofs(const struct box_blind_bytes *v, const uint8_t *p)
{
	(void)v;
	return p[12] >= 9 && p[12] <= 16;
}

static bool is_hfs(const struct box_blind_bytes *v, const uint8_t *p)
{
	const uint32_t block = box_blind_be32(p + 20);

	(void)v;
	return block >= 512 && block % 512 == 0 && box_blind_be16(p + 18) > 0;
}

static bool is_udf(const struct box_blind_bytes *v, const uint8_t *p)
{
	uint8_t next[6];

	(void)p;
	for (uint64_t at = 34816; at <= 65536; at += 2048)
		if (box_blind_get(v, at, next, sizeof(next)) &&
		    memcmp(next + 1, "NSR0", 4) == 0)
			return true;
	return false;
}

static bool is_swap(const struct box_blind_bytes *v, const uint8_t *p)
{
	(void)v;
	return box_blind_le32(p) == 1;
}

/* Of version 1: it says in which sector it is itself. */
static bool is_raid(
    const struct box_blind_bytes *v, const uint8_t *p, uint64_t at)
{
	(void)v;
	return box_blind_le32(p + 4) == 1 &&
	    box_blind_le64(p + 144) == at / 512;
}

static bool is_raid_1(const struct box_blind_bytes *v, const uint8_t *p)
{
	return is_raid(v, p, 0);
}

static bool is_raid_2(const struct box_blind_bytes *v, const uint8_t *p)
{
	return is_raid(v, p, 4096);
}

static bool is_lvm(const struct box_blind_bytes *v, const uint8_t *p)
{
	(void)v;
	return memcmp(p + 24, "LVM2 001", 8) == 0;
}

#define RAID_MAGIC "\xfc\x4e\x2b\xa9"

static const struct row rows[] = {
    {"xfs", 0, "XFSB", 4, 0, is_xfs},
    {"btrfs", 65600, "_BHRfS_M", 8, 65536, is_btrfs},
    {"f2fs", 1024, "\x10\x20\xf5\xf2", 4, 1024, is_f2fs},
    {"jfs", 32768, "JFS1", 4, 32768, is_jfs},
    {"reiserfs", 65588, "ReIsErFs", 8, 65536, is_reiser},
    {"reiserfs", 65588, "ReIsEr2Fs", 9, 65536, is_reiser},
    {"reiserfs", 65588, "ReIsEr3Fs", 9, 65536, is_reiser},
    {"reiser4", 65536, "ReIsEr4", 7, 65536, is_reiser4},
    {"ReFS", 3, "ReFS\0\0\0\0", 8, 0, is_refs},
    {"squashfs", 0, "hsqs", 4, 0, is_squashfs},
    {"erofs", 1024, "\xe2\xe1\xf5\xe0", 4, 1024, is_erofs},
    {"HFS", 1024, "BD", 2, 1024, is_hfs},
    {"UDF", 32769, "BEA01", 5, 32768, is_udf},
    {"swap", 4086, "SWAPSPACE2", 10, 1024, is_swap},
    {"swap", 8182, "SWAPSPACE2", 10, 1024, is_swap},
    {"swap", 16374, "SWAPSPACE2", 10, 1024, is_swap},
    {"swap", 65526, "SWAPSPACE2", 10, 1024, is_swap},
    {"LVM2", 0, "LABELONE", 8, 0, is_lvm},
    {"LVM2", 512, "LABELONE", 8, 512, is_lvm},
    {"LVM2", 1024, "LABELONE", 8, 1024, is_lvm},
    {"LVM2", 1536, "LABELONE", 8, 1536, is_lvm},
    {"mdraid", 0, RAID_MAGIC, 4, 0, is_raid_1},
    {"mdraid", 4096, RAID_MAGIC, 4, 4096, is_raid_2},
};

/* A ring of superblocks in each label, of which several were written. */
static bool is_zfs(const struct box_blind_bytes *volume)
{
	unsigned found = 0;
	uint8_t p[16];

	for (uint64_t label = 0; label <= 262144; label += 262144)
		for (uint64_t i = 0; i < 128; i++) {
			if (!box_blind_get(volume, label + 131072 + i * 1024, p,
				sizeof(p)))
				break;
			const uint64_t magic = box_blind_le64(p);
			const uint64_t version = magic == 0x00bab10c
			    ? box_blind_le64(p + 8)
			    : box_blind_be64(p + 8);

			found += (magic == 0x00bab10c ||
				     box_blind_be64(p) == 0x00bab10c) &&
			    version >= 1 && version <= 5000;
		}
	return found >= 4;
}

/* mdraid's other places are at the end. */
static bool is_raid_at_end(const struct box_blind_bytes *volume)
{
	uint8_t p[256];
	const uint64_t n = volume->length;

	if (n < 131072)
		return false;
	const uint64_t old = n / 65536 * 65536 - 65536;
	const uint64_t end = (n / 512 - 16) / 8 * 4096;

	if (box_blind_get(volume, end, p, sizeof(p)) &&
	    memcmp(p, RAID_MAGIC, 4) == 0 && is_raid(volume, p, end))
		return true;
	return box_blind_get(volume, old, p, sizeof(p)) &&
	    memcmp(p, RAID_MAGIC, 4) == 0 && box_blind_le32(p + 4) == 0 &&
	    box_blind_le32(p + 8) == 90;
}

static const char *find(const struct box_blind_bytes *volume)
{
	uint8_t p[256], magic[16];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *row = &rows[i];

		if (!box_blind_get(volume, row->at, magic, row->n) ||
		    memcmp(magic, row->magic, row->n) != 0)
			continue;
		(void)box_blind_get_some(volume, row->from, p, sizeof(p));
		if (row->holds(volume, p))
			return row->name;
	}
	if (is_zfs(volume))
		return "zfs";
	return is_raid_at_end(volume) ? "mdraid" : NULL;
}

bool box_blind_system(
    const struct box_blind_bytes *volume, struct cage_blind *ret_blind)
{
	const char *name = find(volume);

	if (name == NULL)
		return false;
	if (strcmp(name, "swap") == 0)
		box_blind_say(ret_blind, CAGE_BLIND_SYSTEM, volume, name,
		    "Linux swap space: pages of memory, without files");
	else if (strcmp(name, "LVM2") == 0 || strcmp(name, "mdraid") == 0)
		box_blind_say(ret_blind, CAGE_BLIND_SYSTEM, volume, name,
		    "a part of %s, whose volumes are not put together",
		    strcmp(name, "LVM2") == 0 ? "an LVM2 volume group"
					      : "a Linux RAID");
	else
		box_blind_say(ret_blind, CAGE_BLIND_SYSTEM, volume, name,
		    "a file system that is not read: %s", name);
	return true;
}
