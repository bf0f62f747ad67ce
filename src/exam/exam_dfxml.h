/*
 * exam_dfxml.h: a catalog as DFXML 1.1.0, as fiwalk writes it: volumes, and in
 * each the names with what is known of them and where their bytes lie.
 *
 * Grades of deleted files go with them in elements of a namespace of our own,
 * which readers of DFXML pass over.
 */
#ifndef EXAM_DFXML_H
#define EXAM_DFXML_H

#include "buf.h"
#include "exam_catalog.h"
#include "exam_grade.h"

#define EXAM_DFXML_NAMESPACE "https://counterfoil.example/ns/grade"

struct exam_dfxml_of {
	const struct exam_catalog *catalog;
	const struct exam_grades *grades; /* NULL: without grades */
	const char *image; /* its name */
};

/* One after the other: begin, for each volume its head, its files and its end,
 * then the end. All are appended. */
void exam_dfxml_begin(struct buf *out, const struct exam_dfxml_of *of);
void exam_dfxml_volume(
    struct buf *out, const struct exam_dfxml_of *of, uint32_t volume);
/* md5, sha256: in hex; NULL: not known. */
void exam_dfxml_file(struct buf *out, const struct exam_dfxml_of *of,
    uint32_t file, const char *md5, const char *sha256);
void exam_dfxml_volume_end(struct buf *out);
void exam_dfxml_end(struct buf *out);

#endif
