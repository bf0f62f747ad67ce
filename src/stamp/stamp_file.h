/*
 * stamp_file.h: all stamps over one checkpoint, as text: log/stamps/<size> of a
 * case, and a section of a bundle. One spelling: `counterfoil-stamps/v1 <n>`,
 * then the n tokens in padded base64, a line each, in bytewise order, none
 * twice.
 */
#ifndef STAMP_FILE_H
#define STAMP_FILE_H

#include "buf.h"
#include "err.h"
#include "slice.h"
#include "stamp.h"

#include <stddef.h>

#define STAMP_FILE_TOKENS_MAX 16
#define STAMP_FILE_LINE_MAX ((STAMP_TOKEN_MAX + 2) / 3 * 4)
#define STAMP_FILE_MAX (64 + STAMP_FILE_TOKENS_MAX * (STAMP_FILE_LINE_MAX + 1))

struct stamp_file {
	size_t n;
	struct slice lines[STAMP_FILE_TOKENS_MAX]; /* borrowed, base64 */
};

/* 1 to STAMP_FILE_TOKENS_MAX tokens of 1 to STAMP_TOKEN_MAX bytes. ERR_FORMAT,
 * ERR_LIMIT. What is in a token is not looked at. */
int stamp_file_parse(
    struct stamp_file *ret_file, struct slice text, struct err *err) MUST_CHECK;

/* The bytes of token i, appended. */
int stamp_file_put_token(struct buf *out, const struct stamp_file *file,
    size_t i, struct err *err) MUST_CHECK;

/*
 * The text of a file with one token more: `file` is zeroed for the first one.
 * A token that is there already changes nothing. ERR_LIMIT: there are
 * STAMP_FILE_TOKENS_MAX, or the token is too long or empty.
 */
int stamp_file_put(struct buf *out, const struct stamp_file *file,
    struct slice token, struct err *err) MUST_CHECK;

#endif
