/*
 * box_unpack.h: what containers hold, as bytes in order. Each kind is one file
 * (box_unpack_*.c) that is handed the bytes from the container's first one on
 * and is read until it has no more; it never sees where they come from.
 *
 * What cannot be unpacked, or is a bomb, ends early and says why.
 */
#ifndef BOX_UNPACK_H
#define BOX_UNPACK_H

#include "box_scan.h"
#include "cage_hit.h"
#include "err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Unpacked bytes of one container, and of all in one request. */
#define BOX_UNPACK_MAX (UINT64_C(256) << 20)
#define BOX_UNPACK_ALL_MAX (UINT64_C(1) << 30)

/* The container and what follows it. */
struct box_unpack_input {
	const uint8_t *p; /* the first n bytes of it, which are in memory */
	size_t n;
	const struct box_scan_source *source; /* NULL: there are no more */
	uint64_t at; /* of the first byte in it */
	uint64_t length; /* in all */
};

/* Bytes of the input from `at` on, at most n; returns how many. */
size_t box_unpack_read(const struct box_unpack_input *input, uint64_t at,
    uint8_t *ret_bytes, size_t n);

struct box_unpack;

struct box_unpack_kind {
	/* False: it is none, or one of a sort that is not unpacked; u->why may
	 * say so. */
	bool (*open)(struct box_unpack *u);
	/* At most n bytes; fewer: there are no more, and u->why may say that
	 * there should be. */
	size_t (*read)(struct box_unpack *u, uint8_t *ret_bytes, size_t n);
	void (*close)(struct box_unpack *u); /* NULL: nothing is to be done */
};

/* What a container may hold besides plain bytes. */
enum box_unpack_text {
	BOX_UNPACK_PLAIN,
	BOX_UNPACK_XML, /* words may be cut apart by marks */
	BOX_UNPACK_OPERATORS, /* of PDF, likewise */
};

struct box_unpack {
	const struct box_unpack_kind *kind; /* NULL: closed */
	enum cage_hit_container container;
	struct box_unpack_input input;
	uint64_t given; /* so far */
	/* Bytes of the input once all was read; 0: not known. Containers that
	 * begin there are parts of this one. */
	uint64_t used;
	enum box_unpack_text text;
	const char *why; /* NULL: it is whole */
	void *state; /* of the kind; free() is done by close */
	struct box_unpack_library *library;
};

/* NULL: it is not unpacked. */
const struct box_unpack_kind *box_unpack_kind_of(
    enum cage_hit_container container);

extern const struct box_unpack_kind box_unpack_zip, box_unpack_gzip,
    box_unpack_pdf, box_unpack_base64, box_unpack_quoted, box_unpack_7z,
    box_unpack_pst, box_unpack_sqlite;

/* ---- what foreign libraries unpack ---- */

/* Before the cell. ERR_UNSUPPORTED: libarchive is not installed. */
int box_unpack_library_new(
    struct box_unpack_library **ret_library, struct err *err) MUST_CHECK;
void box_unpack_library_free(struct box_unpack_library *library);

/* ---- what is deflated ---- */

struct box_unpack_deflate;

enum box_unpack_frame {
	BOX_UNPACK_BARE,
	BOX_UNPACK_IN_GZIP,
	BOX_UNPACK_IN_ZLIB
};

/* From byte `at` of the input on, `n` bytes of it (0: not known). NULL: no
 * memory. */
struct box_unpack_deflate *box_unpack_deflate_new(
    const struct box_unpack_input *input, uint64_t at, uint64_t n,
    enum box_unpack_frame frame);
/* As box_unpack_kind.read; *ret_why: what is wrong, or as it was. */
size_t box_unpack_deflate_read(struct box_unpack_deflate *d, uint8_t *ret_bytes,
    size_t n, const char **ret_why);
/* Bytes of the input up to the end of what was read, once that is known. */
uint64_t box_unpack_deflate_used(const struct box_unpack_deflate *d);
void box_unpack_deflate_free(struct box_unpack_deflate *d);

#endif
