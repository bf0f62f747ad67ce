/*
 * media_name.h: what the files of an image are called: x for a raw one in one
 * piece, x.001, x.002, ... for one in parts, x.E01 ... x.E99, x.EAA ... x.ZZZ;
 * x.qcow2, x.vhd, x.vmdk, which are read only.
 *
 * The ending decides, never the first bytes: whoever wrote the medium chose
 * those, and a raw copy of it would be read as what it pretends to be.
 */
#ifndef MEDIA_NAME_H
#define MEDIA_NAME_H

#include "buf.h"
#include "err.h"

#include <stdbool.h>
#include <stdint.h>

enum media_name_style {
	MEDIA_NAME_ONE,
	MEDIA_NAME_PARTS,
	MEDIA_NAME_E01,
	MEDIA_NAME_QCOW2, /* from here on: one file, never written */
	MEDIA_NAME_VHD,
	MEDIA_NAME_VMDK,
};

#define MEDIA_NAME_E01_MAX 14295
#define MEDIA_NAME_PARTS_MAX 999

/* Appends the name of file `number`, from 1 on. ERR_LIMIT: there is no name
 * left; larger segments are needed. */
int media_name_put(struct buf *name, const char *base,
    enum media_name_style style, uint64_t number, struct err *err) MUST_CHECK;

/* Whether a path is that of the first file of an image, and then how long the
 * base before its ending is. A path with no ending known is MEDIA_NAME_ONE. */
enum media_name_style media_name_of(const char *path, size_t *ret_base);

/* The number that the file at `path` has in a set of this style, which is E01
 * (in either case) or parts, by its ending; 0: none. Endings of other meaning
 * look like late E01s: .IMG. *ret_base: as above. */
uint64_t media_name_number(
    const char *path, enum media_name_style style, size_t *ret_base);

/* Images with a header, which are read in a box and nowhere else. */
bool media_name_is_foreign(enum media_name_style style);

/* Appends "x.tree" for "x.E01" and ".tree": what lies beside an image is called
 * so. Whether there was room says buf_check. */
void media_name_put_beside(
    struct buf *name, const char *image, const char *ending);

#endif
