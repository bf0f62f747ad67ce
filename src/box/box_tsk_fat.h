/*
 * box_tsk_fat.h: where a FAT or exFAT keeps the clusters of its files, by its
 * boot sector: libtsk counts sectors, and a deleted file is known by the
 * number of its first cluster.
 */
#ifndef BOX_TSK_FAT_H
#define BOX_TSK_FAT_H

#include "box_tsk.h"
#include "cage_list.h"

/* Of any file system: of others than FAT the size of a block alone. */
void box_tsk_fat_learn(struct box_tsk *tsk, const TSK_FS_INFO *fs,
    struct cage_list_about *ret_about);

#endif
