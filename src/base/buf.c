/*
 * buf.c: the growing buffer.
 *
 * Invariant: if p is not NULL then n < cap, p[n] is NUL and n <= max; a write
 * either happens whole or not at all. Growing copies by hand and wipes what it
 * leaves, because a buffer does not know whether it holds a secret and realloc
 * would leave copies that buf_wipe cannot reach.
 */
#include "buf.h"

#include "mem.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BUF_FIRST_CAP 64

void buf_init(struct buf *buf, size_t max_bytes)
{
	*buf = (struct buf){.max = max_bytes};
}

void buf_init_secret(struct buf *buf, size_t max_bytes)
{
	*buf = (struct buf){.max = max_bytes, .is_secret = true};
}

void buf_done(struct buf *buf)
{
	if (buf->is_secret)
		mem_secret_free(buf->p); /* wipes */
	else
		free(buf->p);
	*buf = (struct buf){0};
}

void buf_wipe(struct buf *buf)
{
	mem_wipe(buf->p, buf->cap);
	buf_done(buf);
}

void buf_clear(struct buf *buf)
{
	buf->n = 0;
	buf->failed = 0;
	if (buf->p)
		buf->p[0] = '\0';
}

static bool fail(struct buf *buf, int code)
{
	buf->failed = code;
	return false;
}

/* All that will ever be needed, so that growing leaves nothing behind. */
static bool reserve_secret(struct buf *buf)
{
	if (!mem_add(&buf->cap, buf->max, 1) ||
	    !(buf->p = mem_secret_new(buf->cap))) {
		buf->cap = 0;
		return fail(buf, ERR_NOMEM);
	}
	return true;
}

/* Room for n more bytes and the NUL. */
static bool reserve(struct buf *buf, size_t n)
{
	size_t want;
	size_t cap = buf->cap ? buf->cap : BUF_FIRST_CAP;

	if (buf->failed)
		return false;
	if (n > buf->max - buf->n)
		return fail(buf, ERR_LIMIT);
	if (!mem_add(&want, buf->n + n, 1))
		return fail(buf, ERR_NOMEM);
	if (want <= buf->cap)
		return true;
	if (buf->is_secret)
		return reserve_secret(buf);
	while (cap < want)
		cap = cap > SIZE_MAX / 2 ? want : cap * 2;
	char *p = malloc(cap);
	if (!p)
		return fail(buf, ERR_NOMEM);
	if (buf->n > 0)
		memcpy(p, buf->p, buf->n);
	p[buf->n] = '\0';
	mem_wipe(buf->p, buf->cap);
	free(buf->p);
	buf->p = p;
	buf->cap = cap;
	return true;
}

void buf_put(struct buf *buf, const void *bytes, size_t n)
{
	if (!reserve(buf, n))
		return;
	if (n > 0)
		memcpy(buf->p + buf->n, bytes, n);
	buf->n += n;
	buf->p[buf->n] = '\0';
}

void buf_puts(struct buf *buf, const char *text)
{
	buf_put(buf, text, strlen(text));
}

void buf_putc(struct buf *buf, char c)
{
	buf_put(buf, &c, 1);
}

void buf_put_slice(struct buf *buf, struct slice s)
{
	buf_put(buf, s.p, s.n);
}

void buf_printf(struct buf *buf, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	const int n = vsnprintf(NULL, 0, fmt, args);
	va_end(args);
	if (n < 0) {
		/* The text would be longer than INT_MAX. */
		if (!buf->failed)
			(void)fail(buf, ERR_LIMIT);
		return;
	}
	if (!reserve(buf, (size_t)n))
		return;
	va_start(args, fmt);
	(void)vsnprintf(buf->p + buf->n, (size_t)n + 1, fmt, args);
	va_end(args);
	buf->n += (size_t)n;
}

static void put_be(struct buf *buf, uint64_t value, size_t n)
{
	uint8_t bytes[8];

	assert(n <= sizeof bytes);
	for (size_t i = n; i > 0; i--) {
		bytes[i - 1] = (uint8_t)value;
		value >>= 8;
	}
	buf_put(buf, bytes, n);
}

void buf_put_be16(struct buf *buf, uint16_t value)
{
	put_be(buf, value, 2);
}

void buf_put_be32(struct buf *buf, uint32_t value)
{
	put_be(buf, value, 4);
}

void buf_put_be64(struct buf *buf, uint64_t value)
{
	put_be(buf, value, 8);
}

struct slice buf_slice(const struct buf *buf)
{
	return (struct slice){buf->p ? buf->p : "", buf->n};
}

int buf_check(const struct buf *buf, struct err *err)
{
	switch (buf->failed) {
	case 0:
		return 0;
	case ERR_LIMIT:
		return err_set(
		    err, ERR_LIMIT, "longer than %zu bytes", buf->max);
	default:
		return err_nomem(err);
	}
}

char *buf_take(struct buf *buf, size_t *ret_n)
{
	const size_t max = buf->max;
	char *taken = NULL;

	assert(!buf->is_secret);
	if (reserve(buf, 0)) {
		taken = buf->p;
		if (ret_n)
			*ret_n = buf->n;
	} else {
		buf_done(buf);
	}
	buf_init(buf, max);
	return taken;
}
