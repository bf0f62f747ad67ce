/*
 * exam_read.h: the bytes of a file of a catalog: out of the image where they
 * lie in it, and asked of a box where its file system keeps them in another
 * way (compressed, in its tables).
 */
#ifndef EXAM_READ_H
#define EXAM_READ_H

#include "err.h"
#include "exam_catalog.h"
#include "exam_grade.h"
#include "media_file.h"

#include <stdint.h>

#define EXAM_READ_PIECE (1u << 20)

struct exam_read {
	const struct exam_catalog *catalog;
	const struct exam_grades
	    *grades; /* NULL: deleted files have no bytes */
	const struct media_file *image;
	struct cage_image *box; /* that was asked for the catalog */
	uint8_t *bytes; /* EXAM_READ_PIECE of them, to work in */
};

/* Whether a box must be asked for its bytes. */
bool exam_read_needs_box(const struct exam_catalog_file *file);

/* What became of a file's bytes; together they are its size. */
struct exam_read_sums {
	uint64_t read; /* with holes, which are zeros */
	uint64_t foreign; /* others have them since: zeros instead */
	uint64_t missing; /* lay nobody knows where: zeros instead */
	uint64_t unreadable; /* zeros instead */
};

/* The next n bytes, in order; n is at most EXAM_READ_PIECE. */
typedef int exam_read_put_fn(
    void *cookie, const uint8_t *bytes, size_t n, struct err *err);

/*
 * All bytes of a file, of a deleted one as far as its grade says where they
 * lay: of a block that a younger deleted file claims, or a live one has, zeros
 * come, so that no other file's bytes are taken for its own. Another name of
 * the same bytes reads the same. What cannot be read is summed and no error;
 * an error is put's. One thread at a time.
 */
int exam_read_file(const struct exam_read *read, uint32_t file,
    exam_read_put_fn *put, void *cookie, struct exam_read_sums *ret_sums,
    struct err *err) MUST_CHECK;

#endif
