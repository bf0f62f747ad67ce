/*
 * err.c: filling and prefixing the one error message of a failed call.
 *
 * Invariant: a message is always NUL-terminated and one printable line. Names
 * of files, parties and tiles come from strangers, so all of it goes through
 * text_show.
 */
#include "err.h"

#include "text.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define RAW_MAX (2 * ERR_MESSAGE_MAX) /* before it is made printable */

static void set_message(struct err *err, const char *raw)
{
	(void)text_show(
	    err->message, sizeof err->message, slice_of(raw)); /* may be cut */
}

static void format(char *ret_text, size_t size, const char *fmt, va_list args)
{
	if (vsnprintf(ret_text, size, fmt, args) < 0)
		ret_text[0] = '\0';
}

static int fill(
    struct err *err, int code, int sys, const char *fmt, va_list args)
{
	char raw[RAW_MAX];

	assert(code < 0);
	if (!err || err->code != 0)
		return code;
	err->code = code;
	err->sys = sys;
	format(raw, sizeof raw, fmt, args);
	if (sys != 0) {
		char reason[128];
		const size_t n = strlen(raw);

		(void)snprintf(raw + n, sizeof raw - n, ": %s",
		    strerror_r(sys, reason, sizeof reason));
	}
	set_message(err, raw);
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
	char joined[RAW_MAX + 2];
	va_list args;

	if (!err || err->code == 0)
		return;
	va_start(args, fmt);
	format(context, sizeof context, fmt, args);
	va_end(args);
	(void)snprintf(joined, sizeof joined, "%s: %s", context, err->message);
	set_message(err, joined);
}
