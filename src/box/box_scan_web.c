/*
 * box_scan_web.c: URLs, names of hosts, and accounts that stand in URLs.
 */
#include "box_scan.h"
#include "box_scan_domain.h"

#include "text.h"

#include <string.h>

#define URL_MAX 2048
#define SCHEME_MAX 10

static bool is_alnum(uint8_t c)
{
	return (c >= '0' && c <= '9') ||
	    ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

/* What may stand in a URL as people write it. */
static bool is_url(uint8_t c)
{
	return c > 0x20 && c != 0x7f && strchr("\"<>\\^`{|}", c) == NULL;
}

static bool is_scheme(struct slice s)
{
	static const char *const schemes[] = {"http", "https", "ftp", "ftps",
	    "sftp", "ssh", "ws", "wss", "irc", "ircs", "smb", "rtsp", "rtmp",
	    "git", "svn", "ldap", "ldaps", "imap", "imaps", "nfs", "davs"};
	char lower[SCHEME_MAX];

	if (s.n > sizeof(lower))
		return false;
	text_lower(lower, s);
	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++)
		if (slice_is_text((struct slice){lower, s.n}, schemes[i]))
			return true;
	return false;
}

/* Where it ends: marks that end a sentence are not of it. */
static size_t url_end(const uint8_t *p, size_t n, size_t begin)
{
	size_t end = begin, open = 0;

	while (end < n && end - begin < URL_MAX && is_url(p[end])) {
		if (p[end] == '(')
			open++;
		if (p[end] == ')' && open-- == 0)
			break;
		end++;
	}
	while (end > begin && strchr(".,;:!?'*)]", p[end - 1]) != NULL &&
	    !(p[end - 1] == ')' && memchr(p + begin, '(', end - begin)))
		end--;
	/* Other scripts are good if they are UTF-8. */
	for (size_t i = begin; i < end; i++)
		if (p[i] >= 0x80) {
			if (!box_scan_domain_is_letters(p + i, end - i))
				end = i;
			break;
		}
	return end;
}

static bool is_number(const uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i] != '.' && (p[i] < '0' || p[i] > '9'))
			return false;
	return n >= 7;
}

/* A host with a name or a number at `at`; returns its length. */
static size_t host_length(const uint8_t *p, size_t n)
{
	size_t host = 0;

	if (n > 4 && p[0] == '[') {
		const uint8_t *end = memchr(p, ']', n < 50 ? n : 50);

		return end == NULL ? 0 : (size_t)(end - p) + 1;
	}
	while (host < n &&
	    (is_alnum(p[host]) || p[host] == '.' || p[host] == '-' ||
		p[host] >= 0x80))
		host++;
	if (is_number(p, host))
		return host;
	return box_scan_domain_length(p, host) == host ? host : 0;
}

void box_scan_url(struct box_scan *scan, size_t end)
{
	const struct box_scan_text *t = box_scan_text(scan);
	const uint8_t *p = t->p;
	const size_t slashes = end - 4; /* where "://" begins */
	char text[CAGE_HIT_TEXT_MAX];
	size_t begin = slashes;

	while (begin > 0 && slashes - begin < SCHEME_MAX &&
	    (is_alnum(p[begin - 1]) || p[begin - 1] == '+'))
		begin--;
	while (begin < slashes &&
	    !is_scheme(
		(struct slice){(const char *)p + begin, slashes - begin}))
		begin++;
	const size_t last = url_end(p, t->n, slashes + 3);

	if (begin == slashes ||
	    !box_scan_is_new(scan, BOX_SCAN_URLS, begin, end))
		return;
	size_t host = slashes + 3;
	const uint8_t *user = memchr(p + host, '@', last - host);
	const uint8_t *slash = memchr(p + host, '/', last - host);

	if (user != NULL && (slash == NULL || user < slash))
		host = (size_t)(user - p) + 1;
	const size_t host_n = host_length(p + host, last - host);

	if (host_n == 0)
		return;
	const size_t n = last - begin;
	const size_t shown = n < sizeof(text) ? n : sizeof(text) - 1;

	memcpy(text, p + begin, shown);
	text_lower(text,
	    (struct slice){(const char *)p + begin,
		host + host_n - begin < shown ? host + host_n - begin : shown});
	box_scan_put(scan,
	    &(struct box_scan_find){.kind = CAGE_HIT_URL,
		.at = begin,
		.n = n,
		.text = {text, shown}});
}

/* "www." and a letter: a host without a scheme. */
void box_scan_www(struct box_scan *scan, size_t end)
{
	const struct box_scan_text *t = box_scan_text(scan);
	const uint8_t *p = t->p;
	const size_t begin = end - 5;
	char text[CAGE_HIT_TEXT_MAX];

	if (begin > 0 &&
	    (is_alnum(p[begin - 1]) || strchr("/.-@_", p[begin - 1]) != NULL) &&
	    p[begin - 1] != 0)
		return;
	const size_t n = box_scan_domain_length(p + begin, t->n - begin);

	if (n < 8 || n >= sizeof(text))
		return;
	box_scan_domain_fold(text, p + begin, n);
	box_scan_put(scan,
	    &(struct box_scan_find){.kind = CAGE_HIT_DOMAIN,
		.at = begin,
		.n = n,
		.text = {text, n}});
}
