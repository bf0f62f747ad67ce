/*
 * exam_grade_fat.h: the deleted files of one FAT or exFAT, of which a first
 * cluster and a size are left; for exam_grade.c alone. The rules are in
 * exam_grade.h.
 */
#ifndef EXAM_GRADE_FAT_H
#define EXAM_GRADE_FAT_H

#include "exam_grade.h"

struct exam_grade_fat_of {
	struct exam_grades *grades;
	const struct exam_catalog *catalog;
	const struct exam_owner *map;
	const struct media_file *image;
	struct exam_grade *of; /* all grades, by file; those of it are set */
	size_t n;
	uint32_t volume;
};

/* A volume of another file system: nothing is done. */
int exam_grade_fat(
    const struct exam_grade_fat_of *of, struct err *err) MUST_CHECK;

/* Behind the pieces of a grade that is being made; joined if it can be. */
int exam_grade_fat_add(struct exam_grades *grades, struct exam_grade *grade,
    const struct exam_grade_piece *piece, struct err *err) MUST_CHECK;

/* The latest time that is known of a file. */
int64_t exam_grade_fat_time(const struct exam_catalog_file *file);

#endif
