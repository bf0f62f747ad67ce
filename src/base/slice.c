/*
 * slice.c: comparing, cutting and reading borrowed runs of bytes.
 *
 * Invariant: an absent slice (p == NULL) is never dereferenced, and is told
 * apart from an empty one everywhere.
 */
#include "slice.h"

bool slice_is(struct slice a, struct slice b)
{
	if (a.n != b.n || !a.p || !b.p)
		return a.n == b.n && !a.p && !b.p;
	return a.n == 0 || (a.p[0] == b.p[0] && memcmp(a.p, b.p, a.n) == 0);
}

bool slice_is_text(struct slice a, const char *text)
{
	/* Most often the first letter says that it is another word. */
	if (a.n > 0 && text && a.p[0] != text[0])
		return false;
	return slice_is(a, slice_of(text));
}

bool slice_starts_with(struct slice a, const char *text)
{
	const size_t n = strlen(text);

	return a.p && a.n >= n && memcmp(a.p, text, n) == 0;
}

int slice_compare(struct slice a, struct slice b)
{
	const size_t n = a.n < b.n ? a.n : b.n;

	if (!a.p || !b.p)
		return (a.p != NULL) - (b.p != NULL);
	const int order = memcmp(a.p, b.p, n);
	return order != 0 ? order : (a.n > b.n) - (a.n < b.n);
}

struct slice slice_cut(struct slice *rest, char separator)
{
	struct slice head = *rest;
	const char *found = head.p ? memchr(head.p, separator, head.n) : NULL;

	if (!found) {
		*rest = (struct slice){NULL, 0};
		return head;
	}
	head.n = (size_t)(found - head.p);
	*rest = (struct slice){found + 1, rest->n - head.n - 1};
	return head;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

struct slice slice_trim(struct slice a)
{
	while (a.n > 0 && is_blank(a.p[0])) {
		a.p++;
		a.n--;
	}
	while (a.n > 0 && is_blank(a.p[a.n - 1]))
		a.n--;
	return a;
}

bool slice_to_u64(struct slice a, unsigned long long *ret_value)
{
	unsigned long long value = 0;

	if (a.n == 0 || (a.n > 1 && a.p[0] == '0'))
		return false;
	for (size_t i = 0; i < a.n; i++) {
		if (a.p[i] < '0' || a.p[i] > '9')
			return false;
		const unsigned digit = (unsigned)(a.p[i] - '0');
		if (__builtin_mul_overflow(value, 10, &value) ||
		    __builtin_add_overflow(value, digit, &value))
			return false;
	}
	*ret_value = value;
	return true;
}
