/*
 * box_tsk_fat.c: see box_tsk_fat.h.
 */
#include "box_tsk_fat.h"

#include "box_bytes.h"
#include "mem.h"

static void learn_exfat(struct cage_list_about *a, const uint8_t *boot)
{
	const unsigned sector = boot[108], cluster = boot[109];

	if (sector < 9 || sector > 12 || cluster > 25 - sector)
		return;
	a->block_size = UINT64_C(1) << (sector + cluster);
	a->heap_at = box_bytes_le(boot + 88, 4) << sector;
	a->heap_n = box_bytes_le(boot + 92, 4);
}

static void learn_fat(struct cage_list_about *a, const uint8_t *boot)
{
	const uint64_t sector = box_bytes_le(boot + 11, 2), each = boot[13];
	const uint64_t table = box_bytes_le(boot + 22, 2) > 0
	    ? box_bytes_le(boot + 22, 2)
	    : box_bytes_le(boot + 36, 4);
	const uint64_t all = box_bytes_le(boot + 19, 2) > 0
	    ? box_bytes_le(boot + 19, 2)
	    : box_bytes_le(boot + 32, 4);
	const uint64_t entries = box_bytes_le(boot + 17, 2);

	if (sector < 512 || sector > 4096 || each == 0)
		return;
	const uint64_t before = box_bytes_le(boot + 14, 2) + boot[16] * table +
	    (entries * 32 + sector - 1) / sector;

	a->block_size = sector * each;
	a->heap_at = before * sector;
	a->heap_n = all > before ? (all - before) / each : 0;
}

void box_tsk_fat_learn(struct box_tsk *tsk, const TSK_FS_INFO *fs,
    struct cage_list_about *ret_about)
{
	struct cage_list_about *a = ret_about;
	uint8_t boot[512];

	*a = (struct cage_list_about){.block_size = fs->block_size};
	if (!TSK_FS_TYPE_ISFAT(fs->ftype) ||
	    tsk->tsk.img_read(&tsk->image, fs->offset, (char *)boot,
		sizeof(boot)) != (ssize_t)sizeof(boot))
		return;
	if (fs->ftype == TSK_FS_TYPE_EXFAT)
		learn_exfat(a, boot);
	else
		learn_fat(a, boot);
	if (!mem_add_u64(&a->heap_at, a->heap_at, (uint64_t)fs->offset) ||
	    a->heap_n > UINT32_MAX || a->heap_at > tsk->length)
		a->heap_at = a->heap_n = 0;
}
