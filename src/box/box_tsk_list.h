/*
 * box_tsk_list.h: where the list of a volume's names is between two requests;
 * see cage_list.h and box_tsk_list.c.
 */
#ifndef BOX_TSK_LIST_H
#define BOX_TSK_LIST_H

#include "box_tsk.h"
#include "box_tsk_set.h"
#include "cage_list.h"

struct box_tsk_list_level {
	TSK_FS_DIR *dir;
	size_t next;
	uint64_t number; /* of the folder's entry */
};

struct box_tsk_orphan {
	uint64_t id;
	bool is_folder;
};

enum box_tsk_list_phase {
	BOX_TSK_LIST_NAMES,
	BOX_TSK_LIST_SCAN, /* for files that nobody names */
	BOX_TSK_LIST_FOLDERS, /* which of them are in others */
	BOX_TSK_LIST_ORPHANS
};

struct box_tsk_list {
	struct box_tsk *tsk; /* NULL: there is no list */
	uint32_t volume;
	TSK_FS_INFO *fs;
	struct cage_list_about about;
	enum box_tsk_list_phase phase;
	time_t until;
	uint64_t n; /* entries so far */
	char why[160]; /* it ends early; empty: it does not */
	/* The walk. */
	struct box_tsk_list_level levels[BOX_TSK_DEPTH_MAX];
	unsigned depth;
	struct box_tsk_set entered, seen, inner;
	/* Without a name. */
	struct box_tsk_orphan *orphans;
	size_t orphan_n, orphan_cap, orphan_i;
	uint64_t scan_at;
	int pass;
	/* The file at hand and where in it we are. */
	TSK_FS_FILE *file;
	bool has_entry, is_begun, is_full, has_default;
	struct cage_list_entry entry;
	TSK_FS_ATTR_TYPE_ENUM default_type;
	uint16_t default_id;
	int attr_i, attr_n;
	const TSK_FS_ATTR_RUN *run;
	struct cage_wire_run last; /* not written yet, if it is not empty */
	uint64_t in_file;
	char name[CAGE_LIST_NAME_MAX], base[CAGE_LIST_NAME_MAX];
	char line[CAGE_LIST_NAME_MAX];
	size_t name_n, base_n;
	/* The batch. */
	uint8_t *out;
	size_t out_n;
	uint32_t batch_n;
};

void box_tsk_list_done(struct box_tsk_list *list);

/* ---- the file at hand: box_tsk_list_file.c ---- */

/* What it is called, as a line without a slash; streams are called after it. */
void box_tsk_list_file_name(
    struct box_tsk_list *list, const char *name, size_t n);
/* Makes its first entry ready, of list->file and what is in list->entry. */
void box_tsk_list_file_begin(struct box_tsk_list *list);
/* All its entries into the batch, and closes it. False: the batch is full, and
 * the next one goes on with it. */
bool box_tsk_list_file_write(struct box_tsk_list *list);
void box_tsk_list_file_close(struct box_tsk_list *list);

#endif
