/*
 * box_tsk_list.c: all names of a volume, deleted and orphaned ones too, in
 * batches: the walk stays where it is between two requests.
 *
 * First the folders from the root on, each entered once; then what is in the
 * file system's table of files and was not named. Bounded by names, by time, by
 * folders within folders.
 */
#include "box_tsk_list.h"

#include "box_tsk_changed.h"
#include "mem.h"
#include "text.h"

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

/* ---- sets of numbers ---- */

static uint64_t hash_of(uint64_t id)
{
	id ^= id >> 31;
	id *= 0x9e3779b97f4a7c15u;
	return id ^ id >> 29;
}

static bool set_has(const struct box_tsk_set *set, uint64_t id)
{
	if (set->cap == 0)
		return false;
	for (size_t i = hash_of(id) & (set->cap - 1); set->slots[i] != 0;
	     i = (i + 1) & (set->cap - 1))
		if (set->slots[i] == id + 1)
			return true;
	return false;
}

static bool set_grow(struct box_tsk_set *set)
{
	struct box_tsk_set more = {.cap = set->cap > 0 ? set->cap * 2 : 1024};

	more.slots = mem_new(more.cap, sizeof(*more.slots));
	if (more.slots == NULL)
		return false;
	for (size_t i = 0; i < set->cap; i++) {
		if (set->slots[i] == 0)
			continue;
		size_t k = hash_of(set->slots[i] - 1) & (more.cap - 1);

		while (more.slots[k] != 0)
			k = (k + 1) & (more.cap - 1);
		more.slots[k] = set->slots[i];
		more.n++;
	}
	free(set->slots);
	*set = more;
	return true;
}

/* False: it was there, or there is no memory. */
static bool set_add(struct box_tsk_set *set, uint64_t id)
{
	if (id == UINT64_MAX || set_has(set, id))
		return false;
	if (set->n * 2 >= set->cap && !set_grow(set))
		return false;
	size_t i = hash_of(id) & (set->cap - 1);

	while (set->slots[i] != 0)
		i = (i + 1) & (set->cap - 1);
	set->slots[i] = id + 1;
	set->n++;
	return true;
}

static void set_done(struct box_tsk_set *set)
{
	free(set->slots);
	*set = (struct box_tsk_set){0};
}

/* ---- the file at hand ---- */

static void close_file(struct box_tsk_list *l)
{
	if (l->file != NULL)
		l->tsk->tsk.file_close(l->file);
	l->file = NULL;
	l->has_entry = false;
}

static enum cage_list_type type_of(TSK_FS_META_TYPE_ENUM type)
{
	switch (type) {
	case TSK_FS_META_TYPE_REG:
	case TSK_FS_META_TYPE_VIRT:
		return CAGE_LIST_FILE;
	case TSK_FS_META_TYPE_DIR:
	case TSK_FS_META_TYPE_VIRT_DIR:
		return CAGE_LIST_FOLDER;
	case TSK_FS_META_TYPE_LNK:
		return CAGE_LIST_LINK;
	case TSK_FS_META_TYPE_UNDEF:
		return CAGE_LIST_UNKNOWN;
	default:
		return CAGE_LIST_OTHER;
	}
}

static uint32_t nano(uint64_t n)
{
	return n < 1000000000 ? (uint32_t)n : 0;
}

static void take_meta(struct cage_list_entry *e, const TSK_FS_META *meta)
{
	e->type = type_of(meta->type);
	e->times[CAGE_LIST_MODIFIED] = meta->mtime;
	e->times[CAGE_LIST_ACCESSED] = meta->atime;
	e->times[CAGE_LIST_CHANGED] = box_tsk_changed(meta);
	e->times[CAGE_LIST_CREATED] = meta->crtime;
	e->nanos[CAGE_LIST_MODIFIED] = nano(meta->mtime_nano);
	e->nanos[CAGE_LIST_ACCESSED] = nano(meta->atime_nano);
	e->nanos[CAGE_LIST_CHANGED] = nano(box_tsk_changed_nano(meta));
	e->nanos[CAGE_LIST_CREATED] = nano(meta->crtime_nano);
	e->mode = (uint32_t)meta->mode;
	e->uid = meta->uid;
	e->gid = meta->gid;
	e->links = meta->nlink > 0 ? (uint32_t)meta->nlink : 0;
	if (meta->flags & TSK_FS_META_FLAG_UNALLOC)
		e->flags |= CAGE_LIST_DELETED;
	if (meta->type == TSK_FS_META_TYPE_VIRT ||
	    meta->type == TSK_FS_META_TYPE_VIRT_DIR)
		e->flags |= CAGE_LIST_VIRTUAL;
	e->size = meta->size > 0 ? (uint64_t)meta->size : 0;
	e->valid = e->size;
}

/* A name becomes a line without a slash. */
static void put_name(struct box_tsk_list *l, const char *name, size_t n)
{
	size_t out = 0;

	(void)text_show(l->line, sizeof(l->line), (struct slice){name, n});
	for (const char *p = l->line; *p != '\0' && out + 5 < sizeof(l->name);
	     p++) {
		if (*p == '/') {
			memcpy(l->name + out, "\\x2f", 4);
			out += 4;
		} else {
			l->name[out++] = *p;
		}
	}
	/* Not in the middle of a character. */
	while (out > 0 && out + 5 >= sizeof(l->name) &&
	    ((unsigned char)l->name[out - 1] & 0x80) != 0)
		out--;
	l->name[out] = '\0';
	l->name_n = out;
}

/* The clusters of a deleted file of a FAT are not chained any more: what is
 * left is the first one. libtsk has it where the inode's pointers are. */
static bool is_start_only(const struct box_tsk_list *l)
{
	return TSK_FS_TYPE_ISFAT(l->fs->ftype) && l->file != NULL &&
	    (l->entry.flags & (CAGE_LIST_DELETED | CAGE_LIST_VIRTUAL)) ==
	    CAGE_LIST_DELETED;
}

static void add_run(struct box_tsk_list *l, const struct cage_wire_run *run)
{
	struct cage_wire_run *last = &l->last;

	if (last->length > 0 && last->is_hole == run->is_hole &&
	    (run->is_hole || last->at + last->length == run->at)) {
		last->length += run->length;
		return;
	}
	if (last->length > 0)
		l->is_full = true; /* the caller writes it first */
	else
		*last = *run;
}

/* The next run of the table into l->last, as far as it can be joined. False:
 * the table has ended. */
static bool next_run(struct box_tsk_list *l)
{
	const TSK_FS_INFO *fs = l->fs;

	l->is_full = false;
	while (l->run != NULL) {
		const TSK_FS_ATTR_RUN *r = l->run;
		const bool is_hole = (r->flags &
					 (TSK_FS_ATTR_RUN_FLAG_SPARSE |
					     TSK_FS_ATTR_RUN_FLAG_FILLER)) != 0;
		struct cage_wire_run run = {
		    .in_file = l->in_file, .is_hole = is_hole};

		if (__builtin_mul_overflow(
			r->len, (uint64_t)fs->block_size, &run.length) ||
		    run.length > (uint64_t)INT64_MAX / 2 - l->in_file ||
		    (!is_hole &&
			(__builtin_mul_overflow(
			     r->addr, (uint64_t)fs->block_size, &run.at) ||
			    __builtin_add_overflow(
				run.at, (uint64_t)fs->offset, &run.at) ||
			    run.at >= l->tsk->length ||
			    run.length > l->tsk->length - run.at))) {
			l->run = NULL; /* said in the head: see check_runs */
			break;
		}
		if (run.length > 0)
			add_run(l, &run);
		if (l->is_full)
			break;
		l->in_file += run.length;
		l->run = r->next;
	}
	return l->last.length > 0;
}

/* Whether the table can be believed, before the head is written. */
static bool check_runs(const struct box_tsk_list *l, const TSK_FS_ATTR *attr)
{
	const bool may_skip = TSK_FS_TYPE_ISEXT(l->fs->ftype);
	const uint64_t size = attr->size > 0 ? (uint64_t)attr->size : 0;
	uint64_t n = 0;

	for (const TSK_FS_ATTR_RUN *r = attr->nrd.run; r != NULL; r = r->next) {
		uint64_t at, length;

		if (__builtin_mul_overflow(
			r->len, (uint64_t)l->fs->block_size, &length) ||
		    !mem_add_u64(&n, n, length) ||
		    n > (uint64_t)INT64_MAX / 2 ||
		    (r->flags & TSK_FS_ATTR_RUN_FLAG_FILLER && !may_skip))
			return false;
		if (r->flags &
		    (TSK_FS_ATTR_RUN_FLAG_SPARSE | TSK_FS_ATTR_RUN_FLAG_FILLER))
			continue;
		if (__builtin_mul_overflow(
			r->addr, (uint64_t)l->fs->block_size, &at) ||
		    __builtin_add_overflow(at, (uint64_t)l->fs->offset, &at) ||
		    at >= l->tsk->length || length > l->tsk->length - at)
			return false;
	}
	return may_skip || n >= size || attr->flags & TSK_FS_ATTR_COMP;
}

static void take_attr(struct box_tsk_list *l, const TSK_FS_ATTR *attr)
{
	struct cage_list_entry *e = &l->entry;

	e->attribute = (uint16_t)attr->type;
	e->attribute_id = attr->id;
	e->size = attr->size > 0 ? (uint64_t)attr->size : 0;
	e->valid = e->size;
	if (attr->flags & TSK_FS_ATTR_NONRES && attr->nrd.initsize >= 0 &&
	    (uint64_t)attr->nrd.initsize < e->size)
		e->valid = (uint64_t)attr->nrd.initsize;
	if (attr->flags & TSK_FS_ATTR_ENC)
		e->flags |= CAGE_LIST_ENCRYPTED;
	if (attr->flags & TSK_FS_ATTR_COMP)
		e->flags |= CAGE_LIST_COMPRESSED;
	if (is_start_only(l))
		return;
	if (attr->flags & TSK_FS_ATTR_RES || attr->nrd.skiplen > 0)
		e->flags |= CAGE_LIST_IN_TABLES;
	if (attr->flags & TSK_FS_ATTR_NONRES) {
		l->run = attr->nrd.run;
		if (!check_runs(l, attr))
			e->flags |= CAGE_LIST_NOT_WHOLE;
	}
}

static void start_only(struct box_tsk_list *l)
{
	const struct cage_list_about *a = &l->about;
	TSK_DADDR_T start = 0;
	uint64_t at;

	l->run = NULL;
	l->entry.flags |= CAGE_LIST_START_ONLY;
	if (l->file->meta->content_ptr != NULL &&
	    l->file->meta->content_len >= sizeof(start))
		memcpy(&start, l->file->meta->content_ptr, sizeof(start));
	if (a->heap_n == 0 || start < 2 || start - 2 >= a->heap_n) {
		l->entry.flags |= CAGE_LIST_NOT_WHOLE;
		return;
	}
	at = a->heap_at + (start - 2) * a->block_size;
	if (at >= l->tsk->length || l->tsk->length - at < a->block_size) {
		l->entry.flags |= CAGE_LIST_NOT_WHOLE;
		return;
	}
	l->last = (struct cage_wire_run){.at = at, .length = a->block_size};
}

/* What of a file beside its bytes is worth an entry: a stream or fork, or what
 * its file system has blocks for. */
static bool is_worth_an_entry(const TSK_FS_ATTR *attr)
{
	if (attr->type == TSK_FS_ATTR_TYPE_NTFS_DATA && attr->name != NULL)
		return true;
	if (attr->type == TSK_FS_ATTR_TYPE_HFS_RSRC)
		return attr->size > 0;
	return (attr->flags & TSK_FS_ATTR_NONRES) != 0;
}

static bool is_default(const struct box_tsk_list *l, const TSK_FS_ATTR *attr)
{
	return l->has_default && attr->type == l->default_type &&
	    attr->id == l->default_id;
}

static void name_stream(struct box_tsk_list *l, const TSK_FS_ATTR *attr)
{
	char name[CAGE_LIST_NAME_MAX];
	char number[32];
	const char *own = attr->name;

	if (attr->type == TSK_FS_ATTR_TYPE_HFS_RSRC && own == NULL)
		own = "rsrc";
	if (own == NULL || own[0] == '\0') {
		(void)snprintf(
		    number, sizeof(number), "$%x", (unsigned)attr->type);
		own = number;
	}
	/* The file's own name gives way. */
	const size_t own_n = strnlen(own, CAGE_LIST_NAME_MAX / 2);
	const size_t base_n = l->base_n < CAGE_LIST_NAME_MAX / 2 - 2
	    ? l->base_n
	    : CAGE_LIST_NAME_MAX / 2 - 2;

	memcpy(name, l->base, base_n);
	name[base_n] = ':';
	memcpy(name + base_n + 1, own, own_n);
	put_name(l, name, base_n + 1 + own_n);
}

/* The file's first entry: its name, and its bytes. */
static void first_entry(struct box_tsk_list *l)
{
	const struct box_tsk_library *tsk = &l->tsk->tsk;

	l->has_entry = true;
	l->is_begun = false;
	l->run = NULL;
	l->last.length = 0;
	l->in_file = 0;
	l->attr_n = 0;
	l->has_default = false;
	if (l->file == NULL || l->file->meta == NULL)
		return;
	take_meta(&l->entry, l->file->meta);
	if (is_start_only(l)) {
		start_only(l);
		return;
	}
	const TSK_FS_ATTR *attr = tsk->attr(l->file);

	l->attr_n = tsk->attr_count(l->file);
	if (attr == NULL && l->entry.size > 0)
		l->entry.flags |= CAGE_LIST_NOT_WHOLE;
	if (attr != NULL) {
		l->has_default = true;
		l->default_type = attr->type;
		l->default_id = attr->id;
		take_attr(l, attr);
	}
	tsk->forget();
	l->attr_i = 0;
}

/* Then those of its other attributes. False: there are no more. */
static bool next_entry(struct box_tsk_list *l)
{
	while (l->attr_i < l->attr_n) {
		const TSK_FS_ATTR *attr =
		    l->tsk->tsk.attr_number(l->file, l->attr_i++);

		if (attr == NULL || is_default(l, attr) ||
		    !is_worth_an_entry(attr))
			continue;
		const bool is_stream =
		    attr->type == TSK_FS_ATTR_TYPE_NTFS_DATA ||
		    attr->type == TSK_FS_ATTR_TYPE_HFS_RSRC;

		l->entry.flags &= ~(CAGE_LIST_IN_TABLES | CAGE_LIST_COMPRESSED |
		    CAGE_LIST_ENCRYPTED | CAGE_LIST_NOT_WHOLE |
		    CAGE_LIST_STREAM | CAGE_LIST_INNER);
		l->entry.flags |=
		    is_stream ? CAGE_LIST_STREAM : CAGE_LIST_INNER;
		l->entry.type = CAGE_LIST_FILE;
		l->run = NULL;
		l->last.length = 0;
		l->in_file = 0;
		l->is_begun = false;
		take_attr(l, attr);
		name_stream(l, attr);
		return true;
	}
	l->tsk->tsk.forget();
	return false;
}

/* Writes as much of the entry as there is room for. False: it is full. */
static bool write_entry(struct box_tsk_list *l)
{
	struct cage_list_entry e = l->entry;

	e.name = l->name;
	e.name_n = l->name_n;
	if (l->is_begun) {
		e = (struct cage_list_entry){
		    .flags = CAGE_LIST_MORE_RUNS, .name = ""};
	}
	const size_t head_n = cage_list_head_n(e.name_n);
	uint8_t *head = l->out + l->out_n;

	if (l->is_begun && l->last.length == 0 && !next_run(l))
		return true;
	if (CAGE_WIRE_BYTES_MAX - l->out_n < head_n + CAGE_WIRE_RUN)
		return false;
	l->out_n += head_n;
	while (CAGE_WIRE_BYTES_MAX - l->out_n >= CAGE_WIRE_RUN && next_run(l)) {
		cage_entry_put_run(l->out + l->out_n, &l->last);
		l->last.length = 0;
		l->out_n += CAGE_WIRE_RUN;
		e.run_n++;
	}
	cage_list_put_head(head, &e);
	l->batch_n++;
	if (!l->is_begun)
		l->n++;
	l->is_begun = true;
	return l->last.length == 0 && l->run == NULL;
}

/* The file at hand, all its entries. False: it is full. */
static bool write_file(struct box_tsk_list *l)
{
	for (;;) {
		if (!write_entry(l))
			return false;
		if (!next_entry(l))
			break;
	}
	close_file(l);
	return true;
}

/* ---- the walk ---- */

static void push(struct box_tsk_list *l, uint64_t id, uint64_t number)
{
	if (!set_add(&l->entered, id))
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
	put_name(l, name->name, strlen(name->name));
	memcpy(l->base, l->name, l->name_n);
	l->base_n = l->name_n;
	if (l->file != NULL)
		(void)set_add(&l->seen, l->entry.id);
	first_entry(l);
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

	if (meta == NULL || set_has(&l->seen, meta->addr) ||
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
				(void)set_add(&l->inner, name->meta_addr);
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
		close_file(l);
		return;
	}
	meta = l->file->meta;
	l->entry = (struct cage_list_entry){.id = id};
	/* In use and without a name: the file system's own. */
	l->entry.flags = (meta->flags & TSK_FS_META_FLAG_ALLOC) != 0
	    ? CAGE_LIST_ORPHAN | CAGE_LIST_INNER
	    : CAGE_LIST_ORPHAN | CAGE_LIST_NAME_DELETED;
	if (meta->name2 != NULL && meta->name2->name[0] != '\0') {
		put_name(l, meta->name2->name,
		    strnlen(meta->name2->name, sizeof(meta->name2->name)));
	} else {
		(void)snprintf(name, sizeof(name), "OrphanFile-%llu",
		    (unsigned long long)id);
		put_name(l, name, strlen(name));
	}
	memcpy(l->base, l->name, l->name_n);
	l->base_n = l->name_n;
	first_entry(l);
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
		if (l->pass == 0 && set_has(&l->inner, o->id))
			continue;
		if (set_add(&l->seen, o->id))
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
		if (l->has_entry && !write_file(l))
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

/* ---- the blocks of a FAT ---- */

static uint64_t number(const uint8_t *p, size_t n)
{
	uint64_t value = 0;

	for (size_t i = 0; i < n; i++)
		value |= (uint64_t)p[i] << 8 * i;
	return value;
}

static void learn_exfat(struct cage_list_about *a, const uint8_t *boot)
{
	const unsigned sector = boot[108], cluster = boot[109];

	if (sector < 9 || sector > 12 || cluster > 25 - sector)
		return;
	a->block_size = UINT64_C(1) << (sector + cluster);
	a->heap_at = number(boot + 88, 4) << sector;
	a->heap_n = number(boot + 92, 4);
}

static void learn_fat(struct cage_list_about *a, const uint8_t *boot)
{
	const uint64_t sector = number(boot + 11, 2), each = boot[13];
	const uint64_t table = number(boot + 22, 2) > 0 ? number(boot + 22, 2)
							: number(boot + 36, 4);
	const uint64_t all = number(boot + 19, 2) > 0 ? number(boot + 19, 2)
						      : number(boot + 32, 4);
	const uint64_t entries = number(boot + 17, 2);

	if (sector < 512 || sector > 4096 || each == 0)
		return;
	const uint64_t before = number(boot + 14, 2) + boot[16] * table +
	    (entries * 32 + sector - 1) / sector;

	a->block_size = sector * each;
	a->heap_at = before * sector;
	a->heap_n = all > before ? (all - before) / each : 0;
}

static void learn_about(struct box_tsk_list *l)
{
	struct cage_list_about *a = &l->about;
	uint8_t boot[512];

	*a = (struct cage_list_about){.block_size = l->fs->block_size};
	if (!TSK_FS_TYPE_ISFAT(l->fs->ftype) ||
	    l->tsk->tsk.img_read(&l->tsk->image, l->fs->offset, (char *)boot,
		sizeof(boot)) != (ssize_t)sizeof(boot))
		return;
	if (l->fs->ftype == TSK_FS_TYPE_EXFAT)
		learn_exfat(a, boot);
	else
		learn_fat(a, boot);
	if (!mem_add_u64(&a->heap_at, a->heap_at, (uint64_t)l->fs->offset) ||
	    a->heap_n > UINT32_MAX || a->heap_at > l->tsk->length)
		a->heap_at = a->heap_n = 0;
}

/* ---- the request ---- */

static void begin(struct box_tsk_list *l, struct box_tsk *tsk, uint32_t volume)
{
	box_tsk_list_done(l);
	*l = (struct box_tsk_list){
	    .tsk = tsk, .volume = volume, .fs = tsk->volumes[volume - 1].fs};
	l->until = now() + NAMES_SECONDS;
	learn_about(l);
	push(l, l->fs->root_inum, 0);
	/* The root's own blocks. */
	l->entry = (struct cage_list_entry){
	    .id = l->fs->root_inum, .flags = CAGE_LIST_INNER};
	l->file = tsk->tsk.file_open(l->fs, NULL, l->fs->root_inum);
	if (l->file == NULL) {
		tsk->tsk.forget();
		return;
	}
	put_name(l, ".", 1);
	memcpy(l->base, l->name, l->name_n);
	l->base_n = l->name_n;
	first_entry(l);
}

void box_tsk_list_done(struct box_tsk_list *l)
{
	if (l->tsk == NULL)
		return;
	close_file(l);
	while (l->depth > 0)
		l->tsk->tsk.dir_close(l->levels[--l->depth].dir);
	set_done(&l->entered);
	set_done(&l->seen);
	set_done(&l->inner);
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
