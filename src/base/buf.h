/*
 * buf.h: a growing buffer with a maximum, for text and bytes being written.
 *
 * Errors are sticky: after the first failed write the buffer stays as it is
 * and buf_check says why. So a writer makes its calls in a row and checks
 * once. The bytes are always followed by one NUL that is not counted.
 */
#ifndef BUF_H
#define BUF_H

#include "err.h"
#include "slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf {
	char *p;
	size_t n;
	size_t cap;
	size_t max;
	int failed; /* 0, ERR_NOMEM or ERR_LIMIT */
	bool is_secret;
};

/* max_bytes: content that would be longer fails with ERR_LIMIT. No memory is
 * taken before the first write. */
void buf_init(struct buf *buf, size_t max_bytes);
/* The same in memory for secrets (mem_secret_new), which is taken whole at the
 * first write and does not move; however it is given back, it is wiped. */
void buf_init_secret(struct buf *buf, size_t max_bytes);
void buf_done(struct buf *buf); /* frees; accepts a zeroed struct */
/* Overwrites the memory, then buf_done. What the buffer outgrew on the way was
 * overwritten when it was outgrown. */
void buf_wipe(struct buf *buf);
void buf_clear(struct buf *buf); /* length 0, no error; keeps the memory */

/* What is put must not lie in the buffer itself. */
void buf_put(struct buf *buf, const void *bytes, size_t n);
void buf_puts(struct buf *buf, const char *text);
void buf_putc(struct buf *buf, char c);
void buf_put_slice(struct buf *buf, struct slice s);
void buf_printf(struct buf *buf, const char *fmt, ...) PRINTF_LIKE(2, 3);
void buf_put_be16(struct buf *buf, uint16_t value);
void buf_put_be32(struct buf *buf, uint32_t value);
void buf_put_be64(struct buf *buf, uint64_t value);

struct slice buf_slice(const struct buf *buf);

/* 0, or the first failure with its message. */
int buf_check(const struct buf *buf, struct err *err) MUST_CHECK;

/* Moves the memory out (free() it; so not a secret); *buf becomes empty. NULL
 * on failure and for a buffer that never grew and could not allocate one byte.
 */
char *buf_take(struct buf *buf, size_t *ret_n);

#endif
