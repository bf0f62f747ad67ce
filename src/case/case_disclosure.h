/*
 * case_disclosure.h: a file with chosen bytes of an image, their salts and the
 * proof that they stood there: counterfoil-bundle(5); findings section 8.
 *
 *	counterfoil-disclosure/v1
 *	<a fixed explanation, the last line empty>
 *	image: <id of the image's record>
 *	item: <the copy>
 *	length: <L>
 *	root: <the tree's root, hex>
 *	range: <first byte>-<last byte>		ascending, never touching
 *	...
 *	<empty line>
 *	<the pieces of tree_cover.h, from left to right: of a hidden one its
 *	hash, of a shown one its seed and its bytes; the seed of a single chunk
 *	is cut to the salt, which alone is hashed>
 *
 * The pieces have no marks of their own: where each begins follows from the
 * lines above. So a disclosure has exactly one spelling, and is written and
 * checked in one pass with the memory of a few chunks. It does not prove by
 * itself which ledger its root stands in: the record does.
 */
#ifndef CASE_DISCLOSURE_H
#define CASE_DISCLOSURE_H

#include "buf.h"
#include "err.h"
#include "hash.h"
#include "record.h"
#include "slice.h"
#include "text.h"
#include "tree_cover.h"
#include "tree_image.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Their lines are 3 MiB; a file system in many pieces has fewer for a file. */
#define CASE_DISCLOSURE_RANGES_MAX 65536
/* Offsets of the operating system. */
#define CASE_DISCLOSURE_LENGTH_MAX INT64_MAX

/* Zero it before use. */
struct case_disclosure {
	struct hash image; /* id of the record */
	char item[TEXT_IDENTIFIER_MAX + 1];
	uint64_t length;
	struct hash root;
	size_t run_count, run_cap;
	struct tree_cover_run *runs; /* of chunks */
};

void case_disclosure_done(struct case_disclosure *disclosure);

/* Whether a file means to be one: the first CASE_DISCLOSURE_MAGIC_SIZE bytes
 * are enough. */
#define CASE_DISCLOSURE_MAGIC_SIZE 26
bool case_disclosure_is_one(struct slice beginning);

/* Fills in all but the ranges from the block of an image's record. ERR_USAGE:
 * the record says no length or no root, or knows another tree than this. */
int case_disclosure_of(struct case_disclosure *disclosure,
    const struct record *record, struct slice item, struct err *err) MUST_CHECK;

/*
 * Adds bytes first to last, both included. Whole chunks are shown, so it grows
 * to the borders of its chunks; ranges that then touch become one. ERR_USAGE:
 * it is not all in the image; ERR_LIMIT: too many.
 */
int case_disclosure_add(struct case_disclosure *disclosure, uint64_t first,
    uint64_t last, struct err *err) MUST_CHECK;
/* The bytes of run i. */
void case_disclosure_range(const struct case_disclosure *disclosure, size_t i,
    uint64_t *ret_first, uint64_t *ret_last);

/* How much is shown, and how much of the file is proof. */
struct case_disclosure_sizes {
	uint64_t shown; /* bytes of the image */
	uint64_t hashes, seeds; /* how many */
	uint64_t proof; /* bytes of the file that are not the image's */
};
struct case_disclosure_sizes case_disclosure_measure(
    const struct case_disclosure *disclosure);

/* The file's text, before the pieces. */
void case_disclosure_put_head(
    const struct case_disclosure *disclosure, struct buf *out);
#define CASE_DISCLOSURE_HEAD_MAX (4u << 20)
/* One line of it, in turn, without its LF; a fresh reading is zeroed. 0 and
 * *ret_is_done: this was the last. ERR_FORMAT. */
#define CASE_DISCLOSURE_LINE_MAX 128
struct case_disclosure_reading {
	unsigned line;
	bool is_explained;
};
int case_disclosure_read_line(struct case_disclosure *disclosure,
    struct case_disclosure_reading *reading, struct slice line,
    bool *ret_is_done, struct err *err) MUST_CHECK;

/* Where bytes go, in order; where they come from: up to `max`, 0 at the end. */
struct case_disclosure_out {
	int (*write)(
	    void *cookie, const void *bytes, size_t n, struct err *err);
	void *cookie;
};
struct case_disclosure_in {
	int (*read)(void *cookie, void *bytes, size_t max, size_t *ret_n,
	    struct err *err);
	void *cookie;
};

/*
 * Writes the file. The image's bytes come from `image`; the hashes of what is
 * withheld from `hashes`, or, if that is NULL, from the image, too, which then
 * is read once from beginning to end. ERR_VERIFY: it does not have the root;
 * what was written is worth nothing then. Other errors: those of the callbacks.
 */
int case_disclosure_write(const struct case_disclosure *disclosure,
    const struct tree_seed *seed, const struct tree_image *image,
    const struct tree_source *hashes, const struct case_disclosure_out *out,
    struct err *err) MUST_CHECK;

/*
 * Reads the file and works its root out again. The image's bytes go to `out`
 * (may be NULL), one range after the other, before it is known whether they are
 * true. ERR_VERIFY: they are not; ERR_FORMAT: it is no whole disclosure; the
 * others are those of the callbacks. Whether the record says so,
 * case_disclosure_check_record tells.
 */
int case_disclosure_check(struct case_disclosure *ret_disclosure,
    const struct case_disclosure_in *in, const struct case_disclosure_out *out,
    struct err *err) MUST_CHECK;

/* Against the record that it names (the ids are equal): same item, length and
 * root, or ERR_VERIFY. */
int case_disclosure_check_record(const struct case_disclosure *disclosure,
    const struct record *record, struct err *err) MUST_CHECK;

#endif
