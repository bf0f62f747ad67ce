/*
 * exam_read.c: see exam_read.h.
 */
#include "exam_read.h"

#include "exam_grade_fat.h"
#include <string.h>

/* What of a piece cannot be read is tried again in these. */
#define SMALL 4096

struct reading {
	const struct exam_read *read;
	const struct exam_catalog_file *files;
	exam_read_put_fn *put;
	void *cookie;
	uint8_t *bytes; /* EXAM_READ_PIECE */
	uint64_t left; /* of the file's size */
	struct exam_read_sums sums;
};

static int put_zeros(
    struct reading *r, uint64_t n, uint64_t *sum, struct err *err)
{
	int rc = 0;

	if (n > r->left)
		n = r->left;
	*sum += n;
	r->left -= n;
	memset(r->bytes, 0, n < EXAM_READ_PIECE ? (size_t)n : EXAM_READ_PIECE);
	while (n > 0 && rc == 0) {
		const size_t here =
		    n < EXAM_READ_PIECE ? (size_t)n : EXAM_READ_PIECE;

		rc = r->put(r->cookie, r->bytes, here, err);
		n -= here;
	}
	return rc;
}

/* n bytes at `at` of the image into r->bytes. */
static void read_some(struct reading *r, uint64_t at, size_t n)
{
	const struct media_file *image = r->read->image;

	if (media_file_read(image, at, r->bytes, n, NULL) == 0) {
		r->sums.read += n;
		return;
	}
	for (size_t i = 0; i < n; i += SMALL) {
		const size_t here = n - i < SMALL ? n - i : SMALL;

		if (media_file_read(image, at + i, r->bytes + i, here, NULL) ==
		    0) {
			r->sums.read += here;
		} else {
			memset(r->bytes + i, 0, here);
			r->sums.unreadable += here;
		}
	}
}

static int put_range(
    struct reading *r, uint64_t at, uint64_t n, struct err *err)
{
	int rc = 0;

	if (n > r->left)
		n = r->left;
	r->left -= n;
	while (n > 0 && rc == 0) {
		const size_t here =
		    n < EXAM_READ_PIECE ? (size_t)n : EXAM_READ_PIECE;

		read_some(r, at, here);
		rc = r->put(r->cookie, r->bytes, here, err);
		at += here;
		n -= here;
	}
	return rc;
}

/* As its file system makes them of what is stored. */
static int put_content(struct reading *r, uint32_t file, struct err *err)
{
	const struct exam_catalog_file *f = &r->files[file];
	const struct cage_list_of of = {.volume = f->volume,
	    .id = f->id,
	    .attribute = f->attribute,
	    .attribute_id = f->attribute_id};
	int rc = 0;

	while (r->left > 0 && rc == 0) {
		const size_t want = r->left < EXAM_READ_PIECE ? (size_t)r->left
							      : EXAM_READ_PIECE;
		size_t n = 0;

		if (cage_list_content(r->read->box, &of, f->size - r->left,
			r->bytes, want, &n, NULL) != 0 ||
		    n == 0)
			return put_zeros(r, r->left, &r->sums.unreadable, err);
		r->sums.read += n;
		r->left -= n;
		rc = r->put(r->cookie, r->bytes, n, err);
	}
	return rc;
}

static int put_runs(struct reading *r, uint32_t file, struct err *err)
{
	const struct exam_catalog_file *f = &r->files[file];
	uint64_t in_file = 0;
	size_t n;
	const struct exam_catalog_run *runs =
	    exam_catalog_runs(r->read->catalog, file, &n);
	int rc = 0;

	for (size_t i = 0; i < n && rc == 0 && in_file < f->valid; i++) {
		uint64_t here = runs[i].length;

		/* What was never written is not the file's. */
		if (here > f->valid - in_file)
			here = f->valid - in_file;
		in_file += here;
		rc = runs[i].at == EXAM_CATALOG_HOLE
		    ? put_zeros(r, here, &r->sums.read, err)
		    : put_range(r, runs[i].at, here, err);
	}
	if (rc != 0 || r->left == 0)
		return rc;
	return put_zeros(r, r->left,
	    f->flags & CAGE_LIST_NOT_WHOLE ? &r->sums.missing : &r->sums.read,
	    err);
}

/* Whether the one that claims a block, too, has it rather. */
static bool is_lost(const struct reading *r, const struct exam_grade *grade,
    const struct exam_grade_piece *piece)
{
	if (piece->state == EXAM_GRADE_LIVE)
		return true;
	if (piece->state != EXAM_GRADE_CLAIMED)
		return false;
	return exam_grade_fat_time(&r->files[piece->by]) >
	    exam_grade_fat_time(&r->files[grade->file]) ||
	    r->files[grade->file].flags & CAGE_LIST_START_ONLY;
}

static int put_pieces(
    struct reading *r, const struct exam_grade *grade, struct err *err)
{
	const struct exam_grade_piece *pieces =
	    exam_grade_pieces(r->read->grades, grade);
	int rc = 0;

	for (size_t i = 0; i < grade->piece_n && rc == 0; i++) {
		const struct exam_grade_piece *p = &pieces[i];

		if (p->is_hole)
			rc = put_zeros(r, p->length, &r->sums.read, err);
		else if (p->state == EXAM_GRADE_MISSING)
			rc = put_zeros(r, p->length, &r->sums.missing, err);
		else if (is_lost(r, grade, p))
			rc = put_zeros(r, p->length, &r->sums.foreign, err);
		else
			rc = put_range(r, p->at, p->length, err);
	}
	if (rc == 0 && r->left > 0)
		rc = put_zeros(r, r->left, &r->sums.missing, err);
	return rc;
}

bool exam_read_needs_box(const struct exam_catalog_file *file)
{
	return (file->flags & (CAGE_LIST_IN_TABLES | CAGE_LIST_COMPRESSED)) !=
	    0;
}

int exam_read_file(const struct exam_read *read, uint32_t file,
    exam_read_put_fn *put, void *cookie, struct exam_read_sums *ret_sums,
    struct err *err)
{
	size_t n;
	struct reading r = {.read = read,
	    .files = exam_catalog_files(read->catalog, &n),
	    .put = put,
	    .cookie = cookie,
	    .bytes = read->bytes};
	const struct exam_catalog_file *f = &r.files[file];
	const struct exam_grade *grade =
	    read->grades != NULL ? exam_grade_of(read->grades, file) : NULL;
	int rc;

	r.left = f->size;
	if (exam_read_needs_box(f))
		rc = put_content(&r, file, err);
	else if (grade != NULL)
		rc = put_pieces(&r, grade, err);
	else if (f->flags & (CAGE_LIST_DELETED | CAGE_LIST_NAME_ALONE))
		rc = put_zeros(&r, r.left, &r.sums.missing, err);
	else
		rc = put_runs(&r, file, err);
	*ret_sums = r.sums;
	return rc;
}
