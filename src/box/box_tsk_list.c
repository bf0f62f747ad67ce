/*
 * box_tsk_list.c: all names of a volume, deleted and orphaned ones too, in
 * batches: the walk stays where it is between two requests.
 *
 * First the folders from the root on, each entered once; then what is in the
 * file system's table of files and was not named. Bounded by names, by time, by
 * folders within folders.
 */
#include "box_tsk_list.h"

#include "box_tsk_fat.h"
#include "mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define BATCH_SECONDS 3 /* so that whoever waits hears of us */
#define NAMES_SECONDS 3600
#define ORPHANS_SECONDS 1200
#define CLOCK_EVERY 64
/* Of the table of files, looked through in one go. A sector of a FAT has 16. */
#define SCAN_FEW 65536
#define SCAN_MANY (1u << 22)
#define ORPHANS_MAX 2000000

static time_t now(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t); /* cannot fail */
	return t.tv_sec;
}

static void end_early(struct box_tsk_list *l, const char *why)
{
	if (l->why[0] == '\0')
		(void)snprintf(l->why, sizeof(l->why), "%s", why);
}

/* ---- the walk ---- */

static void push(struct box_tsk_list *l, uint64_t id, uint64_t number)
{
	if (!box_tsk_set_add(&l->entered, id))
		return;
	if (l->depth == BOX_TSK_DEPTH_MAX) {
		end_early(l, "folders lie too deep within each other");
		return;
	}
	TSK_FS_DIR *dir = l->tsk->tsk.dir_open(l->fs, id);

	if (dir == NULL) {
		l->tsk->tsk.forget();
		end_early(l, "a folder cannot be read");
		return;
	}
	l->levels[l->depth++] =
	    (struct box_tsk_list_level){.dir = dir, .number = number};
}

static void open_entry(struct box_tsk_list *l, const TSK_FS_NAME *name)
{
	struct cage_list_entry *e = &l->entry;
	const bool is_deleted = (name->flags & TSK_FS_NAME_FLAG_ALLOC) == 0;

	*e = (struct cage_list_entry){.id = name->meta_addr};
	if (is_deleted)
		e->flags |= CAGE_LIST_NAME_DELETED;
	e->type = name->type == TSK_FS_NAME_TYPE_DIR ? CAGE_LIST_FOLDER
	    : name->type == TSK_FS_NAME_TYPE_REG     ? CAGE_LIST_FILE
	    : name->type == TSK_FS_NAME_TYPE_LNK     ? CAGE_LIST_LINK
						     : CAGE_LIST_UNKNOWN;
	l->file = l->tsk->tsk.file_open(l->fs, NULL, name->meta_addr);
	if (l->file == NULL)
		l->tsk->tsk.forget();
	const TSK_FS_META *meta = l->file != NULL ? l->file->meta : NULL;
	/* A name that is gone leads to a file that has it no more: its number
	 * was given to another one. */
	const bool is_given_away = meta != NULL && is_deleted &&
	    ((meta->flags & TSK_FS_META_FLAG_ALLOC) != 0 ||
		(TSK_FS_TYPE_ISNTFS(l->fs->ftype) &&
		    meta->seq != name->meta_seq &&
		    meta->seq != name->meta_seq + 1));

	if (meta == NULL || is_given_away ||
	    (is_deleted && name->meta_addr == 0 &&
		!TSK_FS_TYPE_ISNTFS(l->fs->ftype))) {
		if (l->file != NULL)
			l->tsk->tsk.file_close(l->file);
		l->file = NULL;
		e->flags |= CAGE_LIST_NAME_ALONE;
	}
}

static void see_name(struct box_tsk_list *l, const TSK_FS_NAME *name)
{
	if (name == NULL || name->name == NULL || name->name[0] == '\0' ||
	    name->type == TSK_FS_NAME_TYPE_VIRT_DIR ||
	    strcmp(name->name, ".") == 0 || strcmp(name->name, "..") == 0)
		return;
	const uint64_t in = l->levels[l->depth - 1].number;

	open_entry(l, name);
	l->entry.in = in;
	box_tsk_list_file_name(l, name->name, strlen(name->name));
	if (l->file != NULL)
		(void)box_tsk_set_add(&l->seen, l->entry.id);
	box_tsk_list_file_begin(l);
	if (l->file != NULL && l->entry.type == CAGE_LIST_FOLDER &&
	    (l->entry.flags & CAGE_LIST_VIRTUAL) == 0)
		push(l, l->entry.id, l->n + 1);
}

/* False: all folders were walked. */
static bool next_name(struct box_tsk_list *l)
{
	const struct box_tsk_library *tsk = &l->tsk->tsk;

	while (l->depth > 0 && !l->has_entry) {
		struct box_tsk_list_level *level = &l->levels[l->depth - 1];

		if (level->next >= tsk->dir_size(level->dir)) {
			tsk->dir_close(level->dir);
			l->depth--;
			continue;
		}
		see_name(l, tsk->dir_name(level->dir, level->next++));
	}
	return l->has_entry;
}

/* ---- what nobody names ---- */

static TSK_WALK_RET_ENUM see_meta(TSK_FS_FILE *file, void *cookie)
{
	struct box_tsk_list *l = cookie;
	const TSK_FS_META *meta = file->meta;

	if (meta == NULL || box_tsk_set_has(&l->seen, meta->addr) ||
	    meta->addr == l->fs->root_inum ||
	    meta->type == TSK_FS_META_TYPE_VIRT ||
	    meta->type == TSK_FS_META_TYPE_VIRT_DIR)
		return TSK_WALK_CONT;
	if (l->orphan_n >= ORPHANS_MAX ||
	    mem_grow((void **)&l->orphans, &l->orphan_cap, l->orphan_n + 1,
		sizeof(*l->orphans), NULL) != 0) {
		end_early(l, "too many files without a name");
		return TSK_WALK_STOP;
	}
	l->orphans[l->orphan_n++] = (struct box_tsk_orphan){
	    .id = meta->addr, .is_folder = meta->type == TSK_FS_META_TYPE_DIR};
	return TSK_WALK_CONT;
}

/* A piece of the table of files. */
static void scan(struct box_tsk_list *l)
{
	const uint64_t step =
	    TSK_FS_TYPE_ISFAT(l->fs->ftype) ? SCAN_MANY : SCAN_FEW;
	const uint64_t last = l->fs->last_inum;
	const uint64_t end =
	    last - l->scan_at < step ? last : l->scan_at + step - 1;

	if (l->scan_at > last || now() >= l->until) {
		if (l->scan_at <= last)
			end_early(l,
			    "looking for files without a name took "
			    "too long");
		l->phase = BOX_TSK_LIST_FOLDERS;
		return;
	}
	if (l->tsk->tsk.meta_walk(l->fs, l->scan_at, end,
		TSK_FS_META_FLAG_UNALLOC | TSK_FS_META_FLAG_ALLOC |
		    TSK_FS_META_FLAG_USED,
		see_meta, l) != 0) {
		l->tsk->tsk.forget();
		end_early(l, "the table of files cannot be read");
	}
	l->scan_at = end + 1;
	if (end == last)
		l->phase = BOX_TSK_LIST_FOLDERS;
}

/* Folders that are named in another folder without a name are found there. */
static void mark_inner_folders(struct box_tsk_list *l)
{
	const struct box_tsk_library *tsk = &l->tsk->tsk;

	for (size_t i = 0; i < l->orphan_n; i++) {
		if (!l->orphans[i].is_folder || now() >= l->until)
			continue;
		TSK_FS_DIR *dir = tsk->dir_open(l->fs, l->orphans[i].id);

		if (dir == NULL) {
			tsk->forget();
			continue;
		}
		for (size_t k = 0; k < tsk->dir_size(dir); k++) {
			const TSK_FS_NAME *name = tsk->dir_name(dir, k);

			if (name != NULL && name->name != NULL &&
			    name->meta_addr != l->orphans[i].id &&
			    name->type == TSK_FS_NAME_TYPE_DIR &&
			    strcmp(name->name, ".") != 0 &&
			    strcmp(name->name, "..") != 0)
				(void)box_tsk_set_add(
				    &l->inner, name->meta_addr);
		}
		tsk->dir_close(dir);
	}
	l->phase = BOX_TSK_LIST_ORPHANS;
	l->orphan_i = 0;
	l->pass = 0;
}

static void open_orphan(struct box_tsk_list *l, uint64_t id)
{
	const TSK_FS_META *meta;
	char name[48];

	l->file = l->tsk->tsk.file_open(l->fs, NULL, id);
	if (l->file == NULL || l->file->meta == NULL) {
		l->tsk->tsk.forget();
		box_tsk_list_file_close(l);
		return;
	}
	meta = l->file->meta;
	l->entry = (struct cage_list_entry){.id = id};
	/* In use and without a name: the file system's own. */
	l->entry.flags = (meta->flags & TSK_FS_META_FLAG_ALLOC) != 0
	    ? CAGE_LIST_ORPHAN | CAGE_LIST_INNER
	    : CAGE_LIST_ORPHAN | CAGE_LIST_NAME_DELETED;
	if (meta->name2 != NULL && meta->name2->name[0] != '\0') {
		box_tsk_list_file_name(l, meta->name2->name,
		    strnlen(meta->name2->name, sizeof(meta->name2->name)));
	} else {
		(void)snprintf(name, sizeof(name), "OrphanFile-%llu",
		    (unsigned long long)id);
		box_tsk_list_file_name(l, name, strlen(name));
	}
	box_tsk_list_file_begin(l);
	if (l->entry.type == CAGE_LIST_FOLDER &&
	    (l->entry.flags & CAGE_LIST_INNER) == 0)
		push(l, id, l->n + 1);
}

/* Folders that no other has first, then the other folders, then files. */
static bool next_orphan(struct box_tsk_list *l)
{
	while (!l->has_entry && l->pass < 3) {
		if (l->orphan_i == l->orphan_n) {
			l->orphan_i = 0;
			l->pass++;
			continue;
		}
		const struct box_tsk_orphan *o = &l->orphans[l->orphan_i++];

		if (l->pass < 2 && !o->is_folder)
			continue;
		if (l->pass == 0 && box_tsk_set_has(&l->inner, o->id))
			continue;
		if (box_tsk_set_add(&l->seen, o->id))
			open_orphan(l, o->id);
		if (l->depth > 0)
			break;
	}
	return l->has_entry;
}

/* ---- a batch ---- */

/* Whatever comes next is made ready. False: nothing does. */
static bool make_next(struct box_tsk_list *l)
{
	if (next_name(l))
		return true;
	switch (l->phase) {
	case BOX_TSK_LIST_NAMES:
		l->phase = BOX_TSK_LIST_SCAN;
		l->scan_at = l->fs->first_inum;
		l->until = now() + ORPHANS_SECONDS;
		return true;
	case BOX_TSK_LIST_SCAN:
		scan(l);
		return true;
	case BOX_TSK_LIST_FOLDERS:
		mark_inner_folders(l);
		return true;
	case BOX_TSK_LIST_ORPHANS:
		return next_orphan(l) || l->pass < 3;
	}
	return false;
}

static bool fill(struct box_tsk_list *l)
{
	const time_t until = now() + BATCH_SECONDS;

	for (unsigned i = 0;; i++) {
		if (i % CLOCK_EVERY == 0 && now() >= until)
			return true;
		if (l->phase == BOX_TSK_LIST_NAMES && i % CLOCK_EVERY == 0 &&
		    now() >= l->until) {
			end_early(l, "listing took too long");
			return false;
		}
		if (l->has_entry && !box_tsk_list_file_write(l))
			return true;
		if (l->n >= CAGE_LIST_NAMES_MAX) {
			end_early(l, "too many names");
			return false;
		}
		if (!make_next(l))
			return false;
		if (l->phase == BOX_TSK_LIST_SCAN)
			return true; /* a piece of it a time */
	}
}

/* ---- the request ---- */

static void begin(struct box_tsk_list *l, struct box_tsk *tsk, uint32_t volume)
{
	box_tsk_list_done(l);
	*l = (struct box_tsk_list){
	    .tsk = tsk, .volume = volume, .fs = tsk->volumes[volume - 1].fs};
	l->until = now() + NAMES_SECONDS;
	box_tsk_fat_learn(tsk, l->fs, &l->about);
	push(l, l->fs->root_inum, 0);
	/* The root's own blocks. */
	l->entry = (struct cage_list_entry){
	    .id = l->fs->root_inum, .flags = CAGE_LIST_INNER};
	l->file = tsk->tsk.file_open(l->fs, NULL, l->fs->root_inum);
	if (l->file == NULL) {
		tsk->tsk.forget();
		return;
	}
	box_tsk_list_file_name(l, ".", 1);
	box_tsk_list_file_begin(l);
}

void box_tsk_list_done(struct box_tsk_list *l)
{
	if (l->tsk == NULL)
		return;
	box_tsk_list_file_close(l);
	while (l->depth > 0)
		l->tsk->tsk.dir_close(l->levels[--l->depth].dir);
	box_tsk_set_done(&l->entered);
	box_tsk_set_done(&l->seen);
	box_tsk_set_done(&l->inner);
	free(l->orphans);
	*l = (struct box_tsk_list){0};
}

int box_tsk_need_volume(struct box_tsk *tsk, uint32_t volume, struct err *err)
{
	int rc = box_tsk_need_volumes(tsk, err);

	if (rc == 0 &&
	    (volume == 0 || volume > tsk->n ||
		!tsk->volumes[volume - 1].about.has_files))
		rc = err_set(err, ERR_UNSUPPORTED,
		    "#0: volume %u has no file system that can be read",
		    volume);
	return rc;
}

int box_tsk_list(struct box_tsk *tsk, uint8_t *shared,
    const struct cage_wire_request *request, struct cage_wire_answer *answer,
    struct err *err)
{
	int rc = box_tsk_need_volume(tsk, request->flags, err);

	if (rc == 0 && tsk->list == NULL) {
		tsk->list = mem_new(1, sizeof(*tsk->list));
		rc = tsk->list == NULL ? err_nomem(err) : 0;
	}
	if (rc != 0)
		return rc;
	struct box_tsk_list *l = tsk->list;

	if (request->at == 0 && (l->volume != request->flags || l->n > 0))
		begin(l, tsk, request->flags);
	if (l->volume != request->flags || l->n != request->at)
		return err_set(
		    err, ERR_FORMAT, "#0: the list is not where it was left");
	l->out = shared;
	l->out_n = CAGE_LIST_ABOUT;
	l->batch_n = 0;
	cage_list_put_about(shared, &l->about);
	const bool has_more = fill(l);

	answer->count = l->batch_n;
	answer->found = (struct cage_wire_found){
	    .flags = CAGE_WIRE_FOUND | (has_more ? CAGE_WIRE_MORE : 0),
	    .size = l->out_n,
	    .total = l->n};
	if (!has_more && l->why[0] != '\0') {
		answer->found.flags |= CAGE_WIRE_ENDS_EARLY;
		(void)snprintf(
		    answer->text, sizeof(answer->text), "%s", l->why);
	}
	if (!has_more)
		box_tsk_list_done(l);
	return 0;
}
