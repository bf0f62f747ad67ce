/*
 * box_tsk_list_file.c: the file that a list has come to: its name, its bytes
 * and streams, and the runs of each, written as far as the batch has room.
 */
#include "box_tsk_list.h"

#include "box_tsk_changed.h"
#include "mem.h"
#include "text.h"

#include <stdio.h>
#include <string.h>

void box_tsk_list_file_close(struct box_tsk_list *l)
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

void box_tsk_list_file_name(struct box_tsk_list *l, const char *name, size_t n)
{
	put_name(l, name, n);
	memcpy(l->base, l->name, l->name_n);
	l->base_n = l->name_n;
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

void box_tsk_list_file_begin(struct box_tsk_list *l)
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

bool box_tsk_list_file_write(struct box_tsk_list *l)
{
	for (;;) {
		if (!write_entry(l))
			return false;
		if (!next_entry(l))
			break;
	}
	box_tsk_list_file_close(l);
	return true;
}
