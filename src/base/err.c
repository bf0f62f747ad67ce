/*
 * err.c: filling and prefixing the one error message of a failed call.
 *
 * Invariant: a message is always NUL-terminated and printable. Names of files,
 * parties and tiles come from strangers, so every character that text.h
 * refuses on a line (controls, reordering marks, broken UTF-8) becomes '?'.
 */
#include "err.h"

#include "text.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

static void make_printable(char *text)
{
	const size_t n = strlen(text);
	size_t from = 0;
	size_t at;

	while (
	    !text_is_line((struct slice){text + from, n - from}, &at, NULL)) {
		text[from + at] = '?';
		from += at + 1;
	}
}

static void format(char *ret_text, size_t size, const char *fmt, va_list args)
{
	if (vsnprintf(ret_text, size, fmt, args) < 0)
		ret_text[0] = '\0';
}

static int fill(
    struct err *err, int code, int sys, const char *fmt, va_list args)
{
	assert(code < 0);
	if (!err || err->code != 0)
		return code;
	err->code = code;
	err->sys = sys;
	format(err->message, sizeof err->message, fmt, args);
	if (sys != 0) {
		char reason[128];
		const size_t n = strlen(err->message);

		(void)snprintf(err->message + n, sizeof err->message - n,
		    ": %s", strerror_r(sys, reason, sizeof reason));
	}
	make_printable(err->message);
	return code;
}

int err_set(struct err *err, int code, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	(void)fill(err, code, 0, fmt, args);
	va_end(args);
	return code;
}

static int code_of_errno(int errnum)
{
	switch (errnum) {
	case ENOMEM:
		return ERR_NOMEM;
	case ENOENT:
		return ERR_NOTFOUND;
	case EACCES:
	case EPERM:
		return ERR_DENIED;
	default:
		return ERR_IO;
	}
}

int err_sys(struct err *err, int errnum, const char *fmt, ...)
{
	const int code = code_of_errno(errnum);
	va_list args;

	va_start(args, fmt);
	(void)fill(err, code, errnum, fmt, args);
	va_end(args);
	return code;
}

int err_nomem(struct err *err)
{
	return err_set(err, ERR_NOMEM, "out of memory");
}

void err_prefix(struct err *err, const char *fmt, ...)
{
	char context[ERR_MESSAGE_MAX];
	char joined[2 * ERR_MESSAGE_MAX + 2];
	va_list args;

	if (!err || err->code == 0)
		return;
	va_start(args, fmt);
	format(context, sizeof context, fmt, args);
	va_end(args);
	(void)snprintf(joined, sizeof joined, "%s: %s", context, err->message);
	memcpy(err->message, joined, sizeof err->message - 1);
	err->message[sizeof err->message - 1] = '\0';
	make_printable(err->message);
}
