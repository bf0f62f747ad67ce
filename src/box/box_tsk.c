/*
 * box_tsk.c: libtsk is loaded, shown the image, and asked for volumes; see
 * box_tsk.h.
 */
#include "box_tsk.h"

#include "box_library.h"
#include "mem.h"
#include "text.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#define LIBRARY "libtsk.so.19"
#define SECTOR 512
#define PIECE 65536

#define NAME(field, function)                                                  \
	{                                                                      \
#function, offsetof(struct box_tsk_library, field)             \
	}
static const struct box_library_name names[] = {
    NAME(img_open, tsk_img_open_external),
    NAME(img_read, tsk_img_read),
    NAME(vs_open, tsk_vs_open),
    NAME(vs_close, tsk_vs_close),
    NAME(fs_open, tsk_fs_open_img),
    NAME(fs_name, tsk_fs_type_toname),
    NAME(dir_open, tsk_fs_dir_open_meta),
    NAME(dir_close, tsk_fs_dir_close),
    NAME(dir_size, tsk_fs_dir_getsize),
    NAME(dir_name, tsk_fs_dir_get_name),
    NAME(file_open, tsk_fs_file_open_meta),
    NAME(file_close, tsk_fs_file_close),
    NAME(attr, tsk_fs_file_attr_get),
    NAME(attr_count, tsk_fs_file_attr_getsize),
    NAME(attr_number, tsk_fs_file_attr_get_idx),
    NAME(block, tsk_fs_block_get),
    NAME(block_free, tsk_fs_block_free),
    NAME(block_walk, tsk_fs_block_walk),
    NAME(meta_walk, tsk_fs_meta_walk),
    NAME(attr_read, tsk_fs_attr_read),
    NAME(why, tsk_error_get),
    NAME(forget, tsk_error_reset),
};
#undef NAME

int box_tsk_load(struct box_tsk **ret_tsk, struct err *err)
{
	struct box_tsk *tsk = mem_new(1, sizeof(*tsk));

	if (tsk == NULL)
		return err_nomem(err);
	*ret_tsk = tsk;
	return box_library_load(
	    LIBRARY, names, sizeof(names) / sizeof(names[0]), &tsk->tsk, err);
}

int box_tsk_why(struct box_tsk *tsk, const char *what, struct err *err)
{
	const char *why = tsk->tsk.why();
	char line[200] = "no reason is said";

	if (why != NULL)
		(void)text_show(line, sizeof(line), slice_of(why));
	tsk->tsk.forget();
	return err_set(err, ERR_FORMAT, "#0: %s: %s", what, line);
}

/* ---- the image, as libtsk reads it ---- */

/* All or nothing: what is damaged is not taken for zeros. */
static ssize_t read_image(
    TSK_IMG_INFO *image, TSK_OFF_T at, char *ret_bytes, size_t n)
{
	struct box_tsk *tsk = (struct box_tsk *)image;
	uint8_t *bytes = (uint8_t *)ret_bytes;

	if (at < 0 || (uint64_t)at >= tsk->length)
		return 0;
	if (n > tsk->length - (uint64_t)at)
		n = (size_t)(tsk->length - (uint64_t)at);
	for (size_t done = 0; done < n;) {
		const size_t here = n - done < PIECE ? n - done : PIECE;

		tsk->damage.n = 0;
		if (tsk->reader->read(tsk->state, (uint64_t)at + done,
			bytes + done, here, &tsk->damage, NULL) != 0 ||
		    tsk->damage.n > 0)
			return -1;
		done += here;
	}
	return (ssize_t)n;
}

static void close_image(TSK_IMG_INFO *image)
{
	(void)image; /* the process ends with it */
}

static void say_image(TSK_IMG_INFO *image, FILE *out)
{
	(void)image;
	(void)out;
}

int box_tsk_open(struct box_tsk *tsk, const struct box_reader *reader,
    void *state, uint64_t length, struct err *err)
{
	tsk->reader = reader;
	tsk->state = state;
	tsk->length = length;
	if (tsk->tsk.img_open(&tsk->image, (TSK_OFF_T)length, SECTOR,
		read_image, close_image, say_image) == NULL)
		return box_tsk_why(tsk, "libtsk does not take it", err);
	return 0;
}

/* ---- volumes ---- */

/* A range of the image with a file system or without. */
static int add_volume(struct box_tsk *tsk, uint64_t at, uint64_t length,
    const char *what, struct err *err)
{
	if (at >= tsk->length || length == 0)
		return 0; /* the image ends before it */
	if (tsk->n == CAGE_WIRE_VOLUMES_MAX)
		return err_set(err, ERR_LIMIT, "#0: more than %d volumes",
		    CAGE_WIRE_VOLUMES_MAX);
	struct box_tsk_volume *v = &tsk->volumes[tsk->n++];

	v->about.at = at;
	v->about.length = length < tsk->length - at ? length : tsk->length - at;
	(void)text_show(v->about.what, sizeof(v->about.what), slice_of(what));
	v->fs =
	    tsk->tsk.fs_open(&tsk->image, (TSK_OFF_T)at, TSK_FS_TYPE_DETECT);
	if (v->fs == NULL) {
		tsk->tsk.forget();
		return 0;
	}
	const char *type = tsk->tsk.fs_name(v->fs->ftype);

	if (type == NULL)
		type = "unknown";
	(void)text_show(v->about.type, sizeof(v->about.type), slice_of(type));
	/* Raw sectors of a CD have more around them: offsets would be wrong. */
	v->about.has_files = v->fs->block_size > 0 &&
	    v->fs->block_pre_size == 0 && v->fs->block_post_size == 0 &&
	    (v->fs->flags & TSK_FS_INFO_FLAG_ENCRYPTED) == 0;
	return 0;
}

static int add_parts(struct box_tsk *tsk, TSK_VS_INFO *vs, struct err *err)
{
	int rc = 0;

	for (const TSK_VS_PART_INFO *part = vs->part_list;
	     part != NULL && rc == 0; part = part->next) {
		uint64_t at, length;

		if ((part->flags & TSK_VS_PART_FLAG_ALLOC) == 0)
			continue;
		if (__builtin_mul_overflow(part->start, vs->block_size, &at) ||
		    !mem_add_u64(&at, at, vs->offset) ||
		    __builtin_mul_overflow(part->len, vs->block_size, &length))
			continue;
		rc = add_volume(
		    tsk, at, length, part->desc != NULL ? part->desc : "", err);
	}
	return rc;
}

int box_tsk_need_volumes(struct box_tsk *tsk, struct err *err)
{
	bool has_any = false;
	int rc = 0;

	if (tsk->has_volumes)
		return 0;
	if (tsk->volumes == NULL)
		tsk->volumes =
		    mem_new(CAGE_WIRE_VOLUMES_MAX, sizeof(*tsk->volumes));
	if (tsk->volumes == NULL)
		return err_nomem(err);
	tsk->n = 0;
	TSK_VS_INFO *vs = tsk->tsk.vs_open(&tsk->image, 0, TSK_VS_TYPE_DETECT);

	if (vs != NULL) {
		rc = add_parts(tsk, vs, err);
		tsk->tsk.vs_close(vs);
	}
	tsk->tsk.forget();
	for (uint32_t i = 0; i < tsk->n; i++)
		has_any = has_any || tsk->volumes[i].about.has_files;
	/* Boot sectors look like partition tables, and images of CDs have one
	 * that is for computers only. */
	if (rc == 0 && !has_any)
		rc = add_volume(tsk, 0, tsk->length, "the whole image", err);
	if (rc == 0 && !has_any && tsk->n > 1 &&
	    tsk->volumes[tsk->n - 1].fs == NULL)
		tsk->n--;
	tsk->has_volumes = rc == 0;
	return rc;
}

int box_tsk_volumes(struct box_tsk *tsk, uint8_t *shared,
    struct cage_wire_answer *answer, struct err *err)
{
	uint8_t *table = shared + CAGE_WIRE_TABLE_AT;
	int rc = box_tsk_need_volumes(tsk, err);

	for (uint32_t i = 0; i < tsk->n && rc == 0; i++)
		cage_entry_put_volume(
		    table + i * CAGE_WIRE_VOLUME, &tsk->volumes[i].about);
	answer->count = rc == 0 ? tsk->n : 0;
	return rc;
}
