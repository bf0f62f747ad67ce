/*
 * cli_catalog.c: see cli_catalog.h.
 */
#include "cli_catalog.h"

#include "cli_out.h"
#include "mem.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define TOOL "libtsk.so.19"

/* ---- for the record ---- */

static void say_volume(
    struct cli_catalog *c, const struct exam_catalog_volume *v, uint32_t number)
{
	size_t n, deleted = 0, files = 0;
	const struct exam_catalog_file *all =
	    exam_catalog_files(c->catalog, &n);

	if (!v->about.has_files) {
		cli_exam_put(&c->exam, CLI_EXAM_GAP,
		    "volume %u (bytes %" PRIu64 " to %" PRIu64
		    "): no file system that is read",
		    number, v->about.at, v->about.at + v->about.length - 1);
		return;
	}
	for (uint32_t i = v->first; i < v->first + v->n; i++) {
		files += exam_catalog_is_file(&all[i]);
		deleted += exam_catalog_is_deleted(&all[i]);
	}
	cli_exam_put(&c->exam, CLI_EXAM_COVERAGE,
	    "volume %u (%s): %zu files were listed, %zu of them deleted",
	    number, v->about.type, files, deleted);
	if (v->names_why[0] != '\0')
		cli_exam_put(&c->exam, CLI_EXAM_GAP,
		    "volume %u: its names are not complete: %s", number,
		    v->names_why);
	if (v->spaces_why[0] != '\0')
		cli_exam_put(&c->exam, CLI_EXAM_GAP,
		    "volume %u: what it does not use is not known in full: %s",
		    number, v->spaces_why);
}

static void say_all(struct cli_catalog *c)
{
	size_t n;
	const struct exam_catalog_volume *v =
	    exam_catalog_volumes(c->catalog, &n);

	cli_exam_put(&c->exam, CLI_EXAM_TOOL, "%s", TOOL);
	for (size_t i = 0; i < n; i++) {
		say_volume(c, &v[i], (uint32_t)i + 1);
		if (!v[i].about.has_files)
			cli_out_remark("volume %zu: %s", i + 1,
			    "no file system that is read");
		else if (v[i].names_why[0] != '\0')
			cli_out_remark("volume %zu: not all names: %s", i + 1,
			    v[i].names_why);
	}
}

/* ---- all of it ---- */

static void tick(void *cookie)
{
	cli_out_progress_wait(cookie, "listing files");
}

int cli_catalog_open(struct cli_catalog *c, const struct cli_args *args,
    const char *kind, struct err *err)
{
	int rc = cli_exam_open(&c->exam, args, &kind, 1, err);

	if (rc != CLI_DONE)
		return rc;
	const struct media_file *image = &c->exam.image.whole;

	rc = media_open_file_systems(
	    &c->exam.image, tick, &c->progress, &c->box, err);
	if (rc == 0)
		rc = exam_catalog_new(&c->catalog, c->box, err);
	cli_out_progress_end(&c->progress);
	if (rc == 0)
		rc = exam_owner_new(&c->map, image->length, err);
	if (rc == 0)
		rc = exam_catalog_own(c->catalog, c->map, err);
	if (rc == 0)
		rc = exam_owner_seal(c->map, err);
	if (rc == 0)
		rc = exam_grade_new(&c->grades, c->catalog, c->map, image, err);
	if (rc != 0)
		return rc;
	c->read = (struct exam_read){.catalog = c->catalog,
	    .grades = c->grades,
	    .image = image,
	    .box = c->box,
	    .bytes = mem_new(EXAM_READ_PIECE, 1)};
	if (c->read.bytes == NULL)
		return err_nomem(err);
	say_all(c);
	return CLI_DONE;
}

void cli_catalog_done(struct cli_catalog *c)
{
	free(c->read.bytes);
	exam_grade_free(c->grades);
	exam_owner_free(c->map);
	exam_catalog_free(c->catalog);
	cage_image_free(c->box);
	cli_exam_done(&c->exam);
}

/* ---- files by their numbers ---- */

void cli_catalog_put_id(
    struct buf *out, const struct cli_catalog *c, uint32_t file)
{
	size_t n;
	const struct exam_catalog_file *f =
	    &exam_catalog_files(c->catalog, &n)[file];

	buf_printf(out, "%u:%" PRIu64, f->volume, f->id);
	if (f->attribute > 1)
		buf_printf(out, "-%u-%u", f->attribute, f->attribute_id);
}

static bool take_number(struct slice *rest, char end, unsigned long long *ret)
{
	return rest->p != NULL && slice_to_u64(slice_cut(rest, end), ret);
}

int cli_catalog_find(const struct cli_catalog *c, const char *typed,
    uint32_t *ret_file, struct err *err)
{
	struct slice rest = slice_of(typed);
	unsigned long long volume, id, attribute = 0, number = 0;
	size_t n;
	const struct exam_catalog_file *f = exam_catalog_files(c->catalog, &n);

	if (!take_number(&rest, ':', &volume) ||
	    !take_number(&rest, '-', &id) ||
	    (rest.p != NULL &&
		(!take_number(&rest, '-', &attribute) ||
		    !take_number(&rest, '-', &number) || rest.p != NULL)))
		return err_set(err, ERR_USAGE,
		    "\"%s\" is no file's number: ls shows them, such as 1:965 "
		    "or 1:965-128-3",
		    typed);
	for (size_t i = 0; i < n; i++)
		if (f[i].volume == volume && f[i].id == id &&
		    (attribute == 0 ||
			(f[i].attribute == attribute &&
			    f[i].attribute_id == number)) &&
		    (f[i].flags & CAGE_LIST_NAME_ALONE) == 0) {
			*ret_file = (uint32_t)i;
			return 0;
		}
	return err_set(
	    err, ERR_NOTFOUND, "there is no file %s in this image", typed);
}
