/*
 * box_tsk_content.c: the bytes of a file as its file system makes them of what
 * is stored, and what of a volume no file uses.
 */
#include "box_tsk_list.h"

#include "mem.h"

#include <string.h>
#include <time.h>

#define BATCH_SECONDS 3
/* Blocks that are looked at between two looks at the clock. */
#define PIECE (1u << 18)

/* ---- bytes ---- */

static int open_content(
    struct box_tsk *tsk, const struct cage_list_of *of, struct err *err)
{
	TSK_FS_INFO *fs = tsk->volumes[of->volume - 1].fs;

	if (tsk->content != NULL && tsk->content->fs_info == fs &&
	    tsk->content->meta != NULL && tsk->content->meta->addr == of->id)
		return 0; /* it is read in order */
	if (tsk->content != NULL)
		tsk->tsk.file_close(tsk->content);
	tsk->content = tsk->tsk.file_open(fs, NULL, of->id);
	if (tsk->content == NULL)
		return box_tsk_why(tsk, "the file cannot be read", err);
	return 0;
}

static const TSK_FS_ATTR *find_attr(
    struct box_tsk *tsk, const struct cage_list_of *of)
{
	const int n = tsk->tsk.attr_count(tsk->content);

	for (int i = 0; i < n; i++) {
		const TSK_FS_ATTR *attr = tsk->tsk.attr_number(tsk->content, i);

		if (attr != NULL && (uint16_t)attr->type == of->attribute &&
		    attr->id == of->attribute_id)
			return attr;
	}
	return NULL;
}

int box_tsk_file_open(struct box_tsk *tsk, const struct cage_list_of *of,
    uint64_t *ret_size, struct err *err)
{
	int rc = box_tsk_need_volume(tsk, of->volume, err);

	if (rc == 0)
		rc = open_content(tsk, of, err);
	if (rc != 0)
		return rc;
	tsk->attr = find_attr(tsk, of);
	if (tsk->attr == NULL)
		return box_tsk_why(tsk, "the file has no such content", err);
	*ret_size = tsk->attr->size > 0 ? (uint64_t)tsk->attr->size : 0;
	return 0;
}

int box_tsk_file_read(void *cookie, uint64_t at, uint8_t *ret_bytes, size_t n,
    uint64_t *ret_lost, struct err *err)
{
	struct box_tsk *tsk = cookie;
	const ssize_t got = tsk->tsk.attr_read(tsk->attr, (TSK_OFF_T)at,
	    (char *)ret_bytes, n, TSK_FS_FILE_READ_FLAG_NONE);
	const size_t have = got > 0 ? (size_t)got : 0;

	(void)err;
	if (got < 0)
		tsk->tsk.forget();
	if (have < n)
		memset(ret_bytes + have, 0, n - have);
	*ret_lost += n - have;
	return 0;
}

int box_tsk_content(struct box_tsk *tsk, uint8_t *shared,
    const struct cage_wire_request *request, struct cage_wire_answer *answer,
    struct err *err)
{
	struct cage_list_of of;

	cage_list_take_of(&of, shared);
	of.volume = request->flags;
	int rc = box_tsk_need_volume(tsk, of.volume, err);

	if (rc == 0)
		rc = open_content(tsk, &of, err);
	if (rc != 0)
		return rc;
	const TSK_FS_ATTR *attr = find_attr(tsk, &of);

	if (attr == NULL)
		return box_tsk_why(tsk, "the file has no such content", err);
	answer->found.flags = CAGE_WIRE_FOUND;
	if (attr->size <= 0 || request->at >= (uint64_t)attr->size)
		return 0;
	size_t n = (size_t)request->n;

	if (n > (uint64_t)attr->size - request->at)
		n = (size_t)((uint64_t)attr->size - request->at);
	const ssize_t got = tsk->tsk.attr_read(attr, (TSK_OFF_T)request->at,
	    (char *)shared, n, TSK_FS_FILE_READ_FLAG_NONE);

	if (got < 0)
		return box_tsk_why(tsk, "the file's bytes cannot be read", err);
	answer->found.size = (size_t)got < n ? (size_t)got : n;
	answer->found.total = (uint64_t)attr->size;
	return 0;
}

/* ---- blocks ---- */

struct spaces {
	struct box_tsk *tsk;
	TSK_FS_INFO *fs;
	uint8_t *out;
	uint32_t n;
	uint64_t next; /* block */
	struct cage_list_blocks last; /* not written yet, if it is not empty */
};

static void flush(struct spaces *s)
{
	if (s->last.length == 0)
		return;
	cage_list_put_blocks(s->out + s->n++ * CAGE_LIST_BLOCKS, &s->last);
	s->last.length = 0;
}

static TSK_WALK_RET_ENUM see_block(const TSK_FS_BLOCK *block, void *cookie)
{
	struct spaces *s = cookie;
	uint64_t at, length = s->fs->block_size;

	/* One for what is not written, one for this one. */
	if (s->n + 2 > CAGE_LIST_BLOCKS_MAX) {
		s->next = block->addr;
		return TSK_WALK_STOP;
	}
	s->next = block->addr + 1;
	const enum cage_list_use use =
	    (block->flags & TSK_FS_BLOCK_FLAG_UNALLOC) ? CAGE_LIST_FREE
						       : CAGE_LIST_TABLES;

	if (use == CAGE_LIST_TABLES &&
	    (block->flags & TSK_FS_BLOCK_FLAG_META) == 0)
		return TSK_WALK_CONT;
	if (__builtin_mul_overflow(block->addr, length, &at) ||
	    __builtin_add_overflow(at, (uint64_t)s->fs->offset, &at) ||
	    at >= s->tsk->length)
		return TSK_WALK_CONT;
	if (length > s->tsk->length - at)
		length = s->tsk->length - at;
	if (s->last.length > 0 && s->last.use == use &&
	    s->last.at + s->last.length == at) {
		s->last.length += length;
		return TSK_WALK_CONT;
	}
	flush(s);
	s->last = (struct cage_list_blocks){at, length, use};
	return TSK_WALK_CONT;
}

#define ALL_BLOCKS                                                             \
	((TSK_FS_BLOCK_WALK_FLAG_ENUM)(TSK_FS_BLOCK_WALK_FLAG_ALLOC |          \
	    TSK_FS_BLOCK_WALK_FLAG_UNALLOC | TSK_FS_BLOCK_WALK_FLAG_META |     \
	    TSK_FS_BLOCK_WALK_FLAG_CONT | TSK_FS_BLOCK_WALK_FLAG_AONLY))

static time_t now(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t); /* cannot fail */
	return t.tv_sec;
}

int box_tsk_spaces(struct box_tsk *tsk, uint8_t *shared,
    const struct cage_wire_request *request, struct cage_wire_answer *answer,
    struct err *err)
{
	int rc = box_tsk_need_volume(tsk, request->flags, err);

	if (rc != 0)
		return rc;
	struct spaces s = {.tsk = tsk,
	    .fs = tsk->volumes[request->flags - 1].fs,
	    .out = shared,
	    .next = request->at};
	const time_t until = now() + BATCH_SECONDS;
	const uint64_t last = s.fs->last_block_act;

	if (s.next < s.fs->first_block)
		s.next = s.fs->first_block;
	while (s.next <= last && s.n + 2 <= CAGE_LIST_BLOCKS_MAX &&
	    now() < until) {
		const uint64_t from = s.next;
		const uint64_t end =
		    last - from < PIECE ? last : from + PIECE - 1;

		if (tsk->tsk.block_walk(
			s.fs, from, end, ALL_BLOCKS, see_block, &s) != 0) {
			(void)box_tsk_why(
			    tsk, "which blocks are in use cannot be read", err);
			return ERR_FORMAT;
		}
		if (s.next <= from)
			break; /* full, or nothing was said of them */
	}
	flush(&s);
	answer->count = s.n;
	answer->found = (struct cage_wire_found){.flags = CAGE_WIRE_FOUND |
		(s.next <= last && s.next > request->at ? CAGE_WIRE_MORE : 0),
	    .size = (uint64_t)s.n * CAGE_LIST_BLOCKS,
	    .total = s.next};
	return 0;
}
