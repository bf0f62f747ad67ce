/*
 * box_tsk_find.c: a file by its path, and where it lies.
 *
 * Names are compared byte for byte, and only those in use: where a deleted file
 * lay is a guess, and nobody is to disclose a guess.
 */
#include "box_tsk.h"

#include "slice.h"

#include <string.h>

#define SECTOR 512

/* ---- runs ---- */

struct shape {
	uint64_t at, end; /* of the file, of what was put so far and will be */
	uint64_t valid; /* what lies behind reads as zeros */
	box_tsk_run_fn *put;
	void *cookie;
};

/* n bytes of the file at `at` in the image, or a hole; no more of them than the
 * file has. */
static int put_some(
    struct shape *shape, uint64_t at, uint64_t n, bool is_hole, struct err *err)
{
	int rc = 0;

	while (n > 0 && shape->at < shape->end && rc == 0) {
		const bool is_valid = shape->at < shape->valid;
		const uint64_t until = is_valid ? shape->valid : shape->end;
		const uint64_t left = until - shape->at;
		const uint64_t here = left < n ? left : n;
		const bool is_zero = is_hole || !is_valid;
		const struct cage_wire_run run = {
		    .at = is_zero ? 0 : at,
		    .length = here,
		    .in_file = shape->at,
		    .is_hole = is_zero,
		};

		rc = shape->put(shape->cookie, &run, err);
		shape->at += here;
		at += here;
		n -= here;
	}
	return rc;
}

/* Holes have no place where something is stored. */
static void shape_of(
    struct shape *shape, const TSK_FS_ATTR *attr, bool is_stored)
{
	const uint64_t size = attr->size > 0 ? (uint64_t)attr->size : 0;
	const TSK_OFF_T init = attr->nrd.initsize;

	shape->end = is_stored ? (uint64_t)INT64_MAX : size;
	shape->valid = is_stored || init < 0 || (uint64_t)init > size
	    ? shape->end
	    : (uint64_t)init;
}

/* Extents of ext4 do not say where a file has holes: what they leave out is
 * one, and libtsk fills it up. In the tables of others it is missing. */
#define NOT_STORED (TSK_FS_ATTR_RUN_FLAG_SPARSE | TSK_FS_ATTR_RUN_FLAG_FILLER)

static int place_run(const TSK_FS_INFO *fs, const TSK_FS_ATTR_RUN *run,
    uint64_t *ret_at, uint64_t *ret_n, struct err *err)
{
	if (__builtin_mul_overflow(run->addr, fs->block_size, ret_at) ||
	    __builtin_add_overflow(*ret_at, (uint64_t)fs->offset, ret_at) ||
	    __builtin_mul_overflow(run->len, fs->block_size, ret_n) ||
	    *ret_n > (uint64_t)INT64_MAX / 2 ||
	    *ret_at > (uint64_t)INT64_MAX / 2)
		return err_set(err, ERR_FORMAT,
		    "#0: the table of where it lies cannot be");
	return 0;
}

int box_tsk_runs(const TSK_FS_ATTR *attr, bool is_stored, box_tsk_run_fn *put,
    void *cookie, struct err *err)
{
	const TSK_FS_INFO *fs = attr->fs_file->fs_info;
	const bool may_skip = TSK_FS_TYPE_ISEXT(fs->ftype);
	struct shape shape = {.put = put, .cookie = cookie};
	uint64_t skip = attr->nrd.skiplen;
	int rc = 0;

	shape_of(&shape, attr, is_stored);
	for (const TSK_FS_ATTR_RUN *run = attr->nrd.run;
	     run != NULL && rc == 0 && shape.at < shape.end; run = run->next) {
		uint64_t at = 0, n = 0;

		if (run->flags & TSK_FS_ATTR_RUN_FLAG_FILLER && !may_skip)
			return err_set(err, ERR_UNSUPPORTED,
			    "#0: the table of where it lies is not whole");
		rc = place_run(fs, run, &at, &n, err);
		if (rc != 0)
			return rc;
		const uint64_t skipped = skip < n ? skip : n;

		skip -= skipped;
		if (!is_stored || (run->flags & NOT_STORED) == 0)
			rc = put_some(&shape, at + skipped, n - skipped,
			    (run->flags & NOT_STORED) != 0, err);
	}
	if (rc == 0 && !is_stored && shape.at < shape.end && may_skip)
		rc = put_some(&shape, 0, shape.end - shape.at, true, err);
	if (rc == 0 && !is_stored && shape.at < shape.end)
		rc = err_set(err, ERR_UNSUPPORTED,
		    "#0: the table of where it lies ends at byte %llu of %llu",
		    (unsigned long long)shape.at,
		    (unsigned long long)shape.end);
	return rc;
}

/* ---- a request's share of them ---- */

struct taking {
	uint64_t first; /* of the runs that are wanted */
	uint64_t length; /* of the image */
	uint8_t *table;
	uint64_t total;
	uint32_t n;
	struct cage_wire_run last; /* not put yet, if it is not empty */
};

static void flush(struct taking *t)
{
	if (t->last.length == 0)
		return;
	if (t->total >= t->first && t->n < CAGE_WIRE_RUNS_MAX)
		cage_entry_put_run(t->table + t->n++ * CAGE_WIRE_RUN, &t->last);
	t->total++;
	t->last.length = 0;
}

static int take_run(
    void *cookie, const struct cage_wire_run *run, struct err *err)
{
	struct taking *t = cookie;
	struct cage_wire_run *last = &t->last;

	if (!run->is_hole &&
	    (run->length > t->length || run->at > t->length - run->length))
		return err_set(err, ERR_FORMAT,
		    "#0: a part of it should lie at byte %llu, and the image "
		    "has %llu",
		    (unsigned long long)run->at, (unsigned long long)t->length);
	if (last->length > 0 && last->is_hole == run->is_hole &&
	    (run->is_hole || last->at + last->length == run->at)) {
		last->length += run->length;
		return 0;
	}
	flush(t);
	*last = *run;
	return 0;
}

/* ---- NTFS: small files in the table of files ---- */

static uint32_t number(const uint8_t *p, size_t n)
{
	uint32_t value = 0;

	for (size_t i = 0; i < n; i++)
		value |= (uint32_t)p[i] << 8 * i;
	return value;
}

struct record {
	uint64_t from, at; /* in the table of files; in the image */
	size_t n;
};

static int see_record(
    void *cookie, const struct cage_wire_run *run, struct err *err)
{
	struct record *record = cookie;

	(void)err;
	if (!run->is_hole && record->from >= run->in_file &&
	    record->from - run->in_file < run->length &&
	    run->length - (record->from - run->in_file) >= record->n)
		record->at = run->at + (record->from - run->in_file);
	return 0;
}

/* Where a file's record lies; record->at stays 0 if that is not known. */
static void find_record(
    struct box_tsk *tsk, TSK_FS_INFO *fs, uint64_t id, struct record *record)
{
	uint8_t boot[SECTOR];

	if (tsk->tsk.img_read(&tsk->image, fs->offset, (char *)boot,
		sizeof(boot)) != (ssize_t)sizeof(boot))
		return;
	const int8_t size = (int8_t)boot[64];

	if (size <= -9 && size >= -16)
		record->n = (size_t)1 << -size;
	else if (size > 0)
		record->n = (size_t)size * fs->block_size;
	if (record->n < SECTOR || record->n > BOX_TSK_RECORD_MAX ||
	    id > (uint64_t)INT64_MAX / BOX_TSK_RECORD_MAX)
		return;
	record->from = id * record->n;
	TSK_FS_FILE *table = tsk->tsk.file_open(fs, NULL, 0);
	const TSK_FS_ATTR *attr = table != NULL ? tsk->tsk.attr(table) : NULL;

	if (attr != NULL && attr->flags & TSK_FS_ATTR_NONRES &&
	    box_tsk_runs(attr, false, see_record, record, NULL) != 0)
		record->at = 0;
	if (table != NULL)
		tsk->tsk.file_close(table);
}

/* The nameless data of a record, as its own table of attributes has it. */
static size_t find_data(const uint8_t *record, size_t n, size_t size)
{
	size_t at = number(record + 0x14, 2);

	while (at + 24 <= n) {
		const uint8_t *p = record + at;
		const uint32_t type = number(p, 4);
		const uint32_t length = number(p + 4, 4);

		if (type == UINT32_MAX || length < 24 || length > n - at)
			return 0;
		const size_t data = number(p + 0x14, 2);

		if (type == 0x80 && p[8] == 0 && p[9] == 0)
			return number(p + 0x10, 4) == size &&
				data + size <= length
			    ? at + data
			    : 0;
		at += length;
	}
	return 0;
}

/* Its bytes stand in the record: if they can be read there as they are, that is
 * a range like another. The last two of each sector are kept elsewhere. */
static bool put_resident(struct box_tsk *tsk, TSK_FS_FILE *file,
    const TSK_FS_ATTR *attr, struct taking *taking)
{
	uint8_t *bytes = tsk->record;
	const size_t size = (size_t)attr->size;
	struct record record = {0};

	if (!TSK_FS_TYPE_ISNTFS(file->fs_info->ftype) || attr->rd.buf == NULL ||
	    size > attr->rd.buf_size || size > BOX_TSK_RECORD_MAX)
		return false;
	find_record(tsk, file->fs_info, file->meta->addr, &record);
	if (record.at == 0 || record.n > taking->length ||
	    record.at > taking->length - record.n ||
	    tsk->tsk.img_read(&tsk->image, (TSK_OFF_T)record.at, (char *)bytes,
		record.n) != (ssize_t)record.n)
		return false;
	const size_t in = find_data(bytes, record.n, size);

	if (in == 0 || memcmp(bytes + in, attr->rd.buf, size) != 0)
		return false;
	const struct cage_wire_run run = {.at = record.at + in, .length = size};

	return take_run(taking, &run, NULL) == 0;
}

/* ---- the file ---- */

/* ERR_FORMAT: its folder cannot be read, or has the name twice. *ret_id stays
 * as it is if there is no such name. */
static int find_name(struct box_tsk *tsk, TSK_FS_INFO *fs, uint64_t folder,
    struct slice wanted, uint64_t *ret_id, bool *ret_is_there, struct err *err)
{
	TSK_FS_DIR *dir = tsk->tsk.dir_open(fs, folder);
	int rc = 0;

	*ret_is_there = false;
	if (dir == NULL)
		return box_tsk_why(tsk, "a folder cannot be read", err);
	for (size_t i = 0; i < tsk->tsk.dir_size(dir) && rc == 0; i++) {
		const TSK_FS_NAME *name = tsk->tsk.dir_name(dir, i);

		if (name == NULL || name->name == NULL ||
		    (name->flags & TSK_FS_NAME_FLAG_ALLOC) == 0 ||
		    name->type == TSK_FS_NAME_TYPE_VIRT ||
		    name->type == TSK_FS_NAME_TYPE_VIRT_DIR ||
		    !slice_is_text(wanted, name->name))
			continue;
		if (*ret_is_there && *ret_id != name->meta_addr)
			rc = err_set(err, ERR_FORMAT,
			    "#0: one of its folders has two files of that "
			    "name");
		*ret_is_there = true;
		*ret_id = name->meta_addr;
	}
	tsk->tsk.dir_close(dir);
	return rc;
}

static int find_id(struct box_tsk *tsk, TSK_FS_INFO *fs, struct slice path,
    uint64_t *ret_id, bool *ret_is_there, struct err *err)
{
	int rc = 0;

	*ret_id = fs->root_inum;
	*ret_is_there = true;
	for (unsigned depth = 0; path.p != NULL && *ret_is_there && rc == 0;) {
		const struct slice name = slice_cut(&path, '/');

		if (name.n == 0)
			continue;
		if (++depth > BOX_TSK_DEPTH_MAX)
			return err_set(err, ERR_LIMIT,
			    "#0: more than %d folders deep", BOX_TSK_DEPTH_MAX);
		rc = find_name(
		    tsk, fs, *ret_id, name, ret_id, ret_is_there, err);
	}
	return rc;
}

static int take_attr(struct box_tsk *tsk, TSK_FS_FILE *file,
    const TSK_FS_ATTR *attr, struct taking *taking,
    struct cage_wire_found *found, struct err *err)
{
	const bool is_packed = (attr->flags & TSK_FS_ATTR_COMP) != 0;
	int rc = 0;

	if (attr->flags & TSK_FS_ATTR_ENC)
		found->flags |= CAGE_WIRE_ENCRYPTED;
	if (is_packed) {
		if (!TSK_FS_TYPE_ISNTFS(file->fs_info->ftype) ||
		    !(attr->flags & TSK_FS_ATTR_NONRES))
			return err_set(err, ERR_UNSUPPORTED,
			    "#0: it is compressed in a way whose place in the "
			    "image is not known");
		found->flags |= CAGE_WIRE_COMPRESSED;
	}
	if (attr->flags & TSK_FS_ATTR_RES) {
		if (attr->size > 0 && !put_resident(tsk, file, attr, taking))
			found->flags |= CAGE_WIRE_IN_TABLES;
	} else {
		rc = box_tsk_runs(attr, is_packed, take_run, taking, err);
	}
	flush(taking);
	return rc;
}

static int take_file(struct box_tsk *tsk, TSK_FS_FILE *file,
    struct taking *taking, struct cage_wire_found *found, struct err *err)
{
	if (file->meta == NULL ||
	    (file->meta->flags & TSK_FS_META_FLAG_ALLOC) == 0)
		return err_set(err, ERR_FORMAT,
		    "#0: its name leads to a file that is not in use");
	if (file->meta->type != TSK_FS_META_TYPE_REG)
		return err_set(err, ERR_UNSUPPORTED,
		    "#0: it is a %s and no file",
		    TSK_FS_IS_DIR_META(file->meta->type) ? "folder"
			: file->meta->type == TSK_FS_META_TYPE_LNK
			? "link"
			: "device or the like");
	found->flags |= CAGE_WIRE_FOUND;
	const TSK_FS_ATTR *attr = tsk->tsk.attr(file);

	if (attr == NULL) {
		tsk->tsk.forget();
		return file->meta->size == 0
		    ? 0
		    : err_set(
			  err, ERR_FORMAT, "#0: where it lies cannot be read");
	}
	if (attr->size < 0)
		return err_set(err, ERR_FORMAT, "#0: its size cannot be");
	found->size = (uint64_t)attr->size;
	return take_attr(tsk, file, attr, taking, found, err);
}

int box_tsk_find(struct box_tsk *tsk, uint8_t *shared,
    const struct cage_wire_request *request, struct cage_wire_answer *answer,
    struct err *err)
{
	struct taking taking = {.first = request->at,
	    .length = tsk->length,
	    .table = shared + CAGE_WIRE_TABLE_AT};
	bool is_there = false;
	uint64_t id = 0;
	int rc = box_tsk_need_volumes(tsk, err);

	memcpy(tsk->path, shared, (size_t)request->n);
	if (rc == 0 &&
	    (request->flags == 0 || request->flags > tsk->n ||
		!tsk->volumes[request->flags - 1].about.has_files))
		rc = err_set(err, ERR_UNSUPPORTED,
		    "#0: volume %u has no file system that can be read",
		    request->flags);
	if (rc != 0)
		return rc;
	TSK_FS_INFO *fs = tsk->volumes[request->flags - 1].fs;
	rc = find_id(tsk, fs, (struct slice){tsk->path, (size_t)request->n},
	    &id, &is_there, err);
	if (rc != 0 || !is_there)
		return rc;
	TSK_FS_FILE *file = tsk->tsk.file_open(fs, NULL, id);

	if (file == NULL)
		return box_tsk_why(tsk, "the file cannot be read", err);
	rc = take_file(tsk, file, &taking, &answer->found, err);
	tsk->tsk.file_close(file);
	answer->found.total = taking.total;
	answer->count = taking.n;
	return rc;
}
