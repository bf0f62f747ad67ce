/*
 * disclosure_box.h: small images in memory and their disclosures, for tests.
 */
#ifndef DISCLOSURE_BOX_H
#define DISCLOSURE_BOX_H

#include "case_disclosure.h"
#include "record_box.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define BOX_FILE_MAX (UINT32_C(64) << 20)

struct disclosure_box {
	uint8_t *bytes;
	uint64_t length;
	struct tree_seed seed;
	struct tree_image image;
	char text[4096]; /* the image's record */
	struct record record;
};

static inline int box_read(
    void *cookie, uint64_t offset, void *bytes, size_t n, struct err *err)
{
	const struct disclosure_box *box = cookie;

	(void)err;
	assert_true(offset <= box->length && n <= box->length - offset);
	memcpy(bytes, box->bytes + offset, n);
	return 0;
}

static inline struct hash box_root(const struct disclosure_box *box)
{
	struct tree_image_hashes hashes = {&box->image, &box->seed};
	const struct tree_source source = tree_image_source(&hashes);
	struct hash root;

	assert_int_equal(
	    tree_root(&root, &source, tree_chunk_count(box->length), NULL), 0);
	return root;
}

/* A record that says this length and root of item I-1. */
static inline void box_record(
    struct disclosure_box *box, uint64_t length, const struct hash *root)
{
	char hex[HASH_HEX_SIZE];

	hash_to_hex(hex, root);
	int n = snprintf(box->text, sizeof box->text,
	    "%sitem: D-1\nitem: I-1\n  type: image\n  derived-from: D-1\n"
	    "  length: %llu\n  chunk-size: 65536\n  tree-root: %s\n"
	    "  salts: ggm-hmac-sha256\n",
	    box_shortest[RECORD_IMAGE], (unsigned long long)length, hex);
	assert_in_range(n, 1, sizeof box->text - 1);
	assert_int_equal(
	    record_parse(&box->record, slice_of(box->text), NULL), 0);
}

static inline void box_make(struct disclosure_box *box, uint64_t length)
{
	*box = (struct disclosure_box){
	    .bytes = malloc(length + 1), .length = length};
	assert_non_null(box->bytes);
	for (uint64_t i = 0; i < length; i++)
		box->bytes[i] = (uint8_t)(i * i + (i >> 16));
	for (unsigned i = 0; i < HASH_SIZE; i++)
		box->seed.b[i] = (uint8_t)(i + 1);
	box->image = (struct tree_image){length, box_read, box};
	const struct hash root = box_root(box);
	box_record(box, length, &root);
}

static inline void box_done(struct disclosure_box *box)
{
	record_done(&box->record);
	free(box->bytes);
}

static inline int box_write(
    void *cookie, const void *bytes, size_t n, struct err *err)
{
	buf_put(cookie, bytes, n);
	return buf_check(cookie, err);
}

/* Chunks first to last. */
static inline void box_show(
    struct case_disclosure *d, uint64_t first, uint64_t last)
{
	const uint64_t end = (last + 1) * TREE_CHUNK_SIZE;

	assert_int_equal(case_disclosure_add(d, first * TREE_CHUNK_SIZE,
			     (end < d->length ? end : d->length) - 1, NULL),
	    0);
}

static inline void box_file(const struct disclosure_box *box,
    const struct case_disclosure *d, struct buf *ret_file)
{
	const struct case_disclosure_out out = {box_write, ret_file};
	struct err err = {0};

	buf_init(ret_file, BOX_FILE_MAX);
	int rc =
	    case_disclosure_write(d, &box->seed, &box->image, NULL, &out, &err);
	if (rc != 0)
		print_error("%s\n", err.message);
	assert_int_equal(rc, 0);
}

/* Gives a few bytes at a time. */
struct box_in {
	struct slice left;
	size_t step;
};

static inline int box_in_read(
    void *cookie, void *bytes, size_t max, size_t *ret_n, struct err *err)
{
	struct box_in *in = cookie;
	size_t n = in->left.n < in->step ? in->left.n : in->step;

	(void)err;
	if (n > max)
		n = max;
	if (n > 0)
		memcpy(bytes, in->left.p, n);
	in->left.p += n;
	in->left.n -= n;
	*ret_n = n;
	return 0;
}

/* The whole check: form, root, record. */
static inline int box_check(const struct disclosure_box *box, struct slice file,
    struct buf *shown, struct err *err)
{
	struct box_in in = {file, 1000};
	const struct case_disclosure_in read = {box_in_read, &in};
	const struct case_disclosure_out out = {box_write, shown};
	struct case_disclosure d = {0};
	int rc =
	    case_disclosure_check(&d, &read, shown != NULL ? &out : NULL, err);

	if (rc == 0 && !hash_is(&d.image, &box->record.id))
		rc = ERR_NOTFOUND;
	if (rc == 0)
		rc = case_disclosure_check_record(&d, &box->record, err);
	case_disclosure_done(&d);
	return rc;
}

#endif
