/*
 * slice.h: a borrowed run of bytes inside somebody else's buffer.
 *
 * Never owns, never NUL-terminated. An absent value has p == NULL; an empty
 * one has p != NULL and n == 0.
 */
#ifndef SLICE_H
#define SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct slice {
	const char *p;
	size_t n;
};

/* For printf: "%.*s", SLICE_ARG(s). */
#define SLICE_ARG(s) (int)(s).n, (s).p ? (s).p : ""

static inline struct slice slice_of(const char *text)
{
	return (struct slice){text, text ? strlen(text) : 0};
}

/* Compares bytes; two absent slices are equal, an absent one is not equal to
 * an empty one. */
bool slice_is(struct slice a, struct slice b);
bool slice_is_text(struct slice a, const char *text);
bool slice_starts_with(struct slice a, const char *text);

/* Bytewise order, a prefix before what it is a prefix of, an absent slice
 * first: <0, 0, >0. */
int slice_compare(struct slice a, struct slice b);

/*
 * Cuts *rest at the first byte `separator`: returns what stands before it and
 * moves *rest behind it. Without a separator returns all of *rest and makes
 * *rest absent (p == NULL).
 */
struct slice slice_cut(struct slice *rest, char separator);

/* Without leading and trailing spaces and tabs. */
struct slice slice_trim(struct slice a);

/* Decimal without sign or leading zeros ("0" itself allowed), at most
 * UINT64_MAX. Returns false and leaves *ret_value alone otherwise. */
bool slice_to_u64(struct slice a, unsigned long long *ret_value);

#endif
