/*
 * err.h: how every room reports that something failed.
 *
 * A fallible function returns 0 or a negative enum err_code and, through its
 * last argument, one message. ERR_VERIFY alone means "checked, and it is
 * false"; every other code means "could not be checked or done". The two are
 * never merged: the command line turns them into exit status 1 and 3.
 */
#ifndef ERR_H
#define ERR_H

#include <stdarg.h>

enum err_code {
	ERR_IO = -1, /* the operating system refused */
	ERR_NOMEM = -2, /* out of memory */
	ERR_FORMAT = -3, /* bytes that are not what they should be */
	ERR_LIMIT = -4, /* a documented limit was passed */
	ERR_NOTFOUND = -5, /* the thing named does not exist */
	ERR_CONFLICT = -6, /* it exists already, or somebody else works */
	ERR_DENIED = -7, /* a rule, a key or a permission says no */
	ERR_UNSUPPORTED = -8, /* known, but not handled here */
	ERR_VERIFY = -9, /* checked, and it is false */
	ERR_USAGE = -10, /* the caller asked for something impossible */
};

#define ERR_MESSAGE_MAX 480

/* Fixed storage; zero it before use. code is 0 while nothing failed. */
struct err {
	int code;
	int sys; /* errno, where the operating system said why */
	char message[ERR_MESSAGE_MAX];
};

#define MUST_CHECK __attribute__((warn_unused_result))
#define PRINTF_LIKE(f, a) __attribute__((format(printf, f, a)))

/*
 * Fills *err (may be NULL) with code and message unless it is filled already,
 * and returns code. Bytes that text_is_line refuses (controls, reordering
 * marks, what is not UTF-8) are shown as '?', so that a message can always be
 * printed on a terminal. A message that does not fit is cut.
 */
int err_set(struct err *err, int code, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* As err_set with ERR_IO; appends ": " and the text of errnum. ENOMEM gives
 * ERR_NOMEM, ENOENT gives ERR_NOTFOUND, EACCES and EPERM give ERR_DENIED. */
int err_sys(struct err *err, int errnum, const char *fmt, ...)
    PRINTF_LIKE(3, 4);

/* As err_set with ERR_NOMEM and a fixed message. */
int err_nomem(struct err *err);

/* Puts context and ": " in front of a message that is already there: "case %s"
 * gives "case K-7: ...". Does nothing if nothing failed. */
void err_prefix(struct err *err, const char *fmt, ...) PRINTF_LIKE(2, 3);

#endif
