/*
 * cli_catalog.h: all names of an image, under an order: what `ls`, `cat` and
 * `recover` begin with.
 */
#ifndef CLI_CATALOG_H
#define CLI_CATALOG_H

#include "buf.h"
#include "cli_args.h"
#include "cli_exam.h"
#include "cli_out.h"
#include "err.h"
#include "exam_catalog.h"
#include "exam_grade.h"
#include "exam_owner.h"
#include "exam_read.h"

#include <stdint.h>

struct cli_catalog {
	struct cli_exam exam;
	struct cage_image *box;
	struct exam_catalog *catalog;
	struct exam_owner *map;
	struct exam_grades *grades;
	struct exam_read read; /* of all these */
	struct cli_out_progress progress; /* while a box is waited for */
};

/* As cli_exam_open, for one kind of finding; then the volumes are listed and
 * their deleted files graded, with coverage and gaps for the record. Zero it;
 * cli_catalog_done accepts a zeroed struct and a failed one. */
int cli_catalog_open(struct cli_catalog *c, const struct cli_args *args,
    const char *kind, struct err *err) MUST_CHECK;
void cli_catalog_done(struct cli_catalog *c);

/* "1:965" or "1:965-128-3": volume, number in its file system, which of its
 * contents (where a file system has several). Appended. */
void cli_catalog_put_id(
    struct buf *out, const struct cli_catalog *c, uint32_t file);
/* The first file that is called so; without a content, its first. ERR_USAGE:
 * that is no such word; ERR_NOTFOUND. */
int cli_catalog_find(const struct cli_catalog *c, const char *typed,
    uint32_t *ret_file, struct err *err) MUST_CHECK;

#endif
