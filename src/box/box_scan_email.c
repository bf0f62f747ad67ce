/*
 * box_scan_email.c: e-mail addresses around an "@".
 *
 * The domain must be one: labels of letters, digits and hyphens, or of other
 * scripts, and a last one that is known (generic and of countries) or of
 * letters that are plausible. What is in front may be of any script.
 */
#include "box_scan.h"
#include "box_scan_domain.h"

#include <string.h>

#define LOCAL_MAX 64
#define DOMAIN_MAX 253

static bool is_local(uint8_t c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
	    (c >= 'a' && c <= 'z') || c >= 0x80 ||
	    (c != 0 && strchr("!#$%&'*+-/=?^_`{|}~.", c) != NULL);
}

/* What may begin an address; what stands around one in text may not. */
static bool is_first(uint8_t c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
	    (c >= 'a' && c <= 'z') || c >= 0x80 || c == '_' || c == '+';
}

static size_t local_begin(const uint8_t *p, size_t at)
{
	size_t begin = at;

	while (begin > 0 && at - begin < LOCAL_MAX && is_local(p[begin - 1]) &&
	    !(p[begin - 1] == '.' && p[begin] == '.'))
		begin--;
	/* "mailto:" ends before it, but "href='x@y" has a mark in front, and so
	 * has "name=x@y". */
	for (size_t i = at; i > begin; i--)
		if (p[i - 1] == '=' || p[i - 1] == '\'' || p[i - 1] == '`' ||
		    p[i - 1] == '/' || p[i - 1] == '?' || p[i - 1] == '|') {
			begin = i;
			break;
		}
	while (begin < at && !is_first(p[begin]))
		begin++;
	/* Bytes of another script must be whole characters. */
	while (begin < at && (p[begin] & 0xc0) == 0x80)
		begin++;
	return begin;
}

/* Letters of other scripts are an address only if they are UTF-8. */
static bool is_utf8_or_ascii(const uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i] >= 0x80)
			return box_scan_domain_is_letters(p, n);
	return true;
}

bool box_scan_email_at(struct box_scan *scan, size_t at,
    struct box_scan_record *record, bool has_entry, enum cage_hit_role role)
{
	const struct box_scan_text *t = box_scan_text(scan);
	const uint8_t *p = t->p;
	const size_t begin = local_begin(p, at);
	const size_t domain_n =
	    box_scan_domain_length(p + at + 1, t->n - at - 1);
	char text[CAGE_HIT_TEXT_MAX];

	if (begin == at || p[at - 1] == '.' || domain_n == 0)
		return false;
	size_t from = begin;

	/* In another code page only what is ASCII behind it is sure. */
	if (!is_utf8_or_ascii(p + from, at - from)) {
		from = at;
		while (from > begin && p[from - 1] < 0x80)
			from--;
		if (from == at)
			return false;
	}
	const size_t n = at + 1 + domain_n - from;

	if (n >= sizeof(text))
		return false;
	box_scan_domain_fold(text, p + from, n);
	box_scan_put(scan,
	    &(struct box_scan_find){.kind = CAGE_HIT_EMAIL,
		.at = from,
		.n = n,
		.text = {text, n},
		.role = role,
		.record = record,
		.has_entry = has_entry});
	return true;
}

/* One byte in front of the "@" and one behind it. */
void box_scan_email(struct box_scan *scan, size_t end)
{
	(void)box_scan_email_at(scan, end - 2, NULL, false, CAGE_HIT_PLAIN);
}

bool box_scan_email_is(struct slice text)
{
	const uint8_t *p = (const uint8_t *)text.p;
	const char *at = text.n > 0 ? memchr(text.p, '@', text.n) : NULL;

	if (at == NULL || text.n >= CAGE_HIT_TEXT_MAX)
		return false;
	const size_t local_n = (size_t)(at - text.p);
	const size_t rest = text.n - local_n - 1;

	if (local_n == 0 || local_n > LOCAL_MAX || rest > DOMAIN_MAX ||
	    !is_utf8_or_ascii(p, local_n))
		return false;
	for (size_t i = 0; i < local_n; i++)
		if (!is_local(p[i]))
			return false;
	return is_first(p[0]) && p[local_n - 1] != '.' &&
	    box_scan_domain_length(p + local_n + 1, rest) == rest;
}
