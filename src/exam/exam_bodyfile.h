/*
 * exam_bodyfile.h: a catalog as a bodyfile of The Sleuth Kit (version 3), for
 * mactime and the like: one line a name, columns between bars.
 */
#ifndef EXAM_BODYFILE_H
#define EXAM_BODYFILE_H

#include "buf.h"
#include "exam_catalog.h"

/* One line, appended. A bar in a name is written \x7c, so that there are no
 * more columns than there should be. md5: in hex; NULL: it is not known. */
void exam_bodyfile_put(struct buf *out, const struct exam_catalog *catalog,
    uint32_t file, const char *md5);

/* "r/rrw-r--r--": what it is called, what it is, who may do what. 13 bytes with
 * the NUL. */
#define EXAM_BODYFILE_MODE 13
void exam_bodyfile_mode(
    char ret_mode[EXAM_BODYFILE_MODE], const struct exam_catalog_file *file);

#endif
