/*
 * box_scan_net.c: addresses of computers and of their network cards, as text.
 *
 * Four numbers with dots are also what versions look like: small ones count
 * only where a word says that they are an address.
 */
#include "box_scan.h"

#include "text.h"

#include <stdio.h>
#include <string.h>

#define WORDS_BEFORE 24

static bool is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static bool is_hex(uint8_t c)
{
	return is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
}

static bool is_alnum(uint8_t c)
{
	return is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

/* Whether one of the words stands shortly before `at`. */
static bool has_word(
    const uint8_t *p, size_t at, const char *const *words, size_t n)
{
	char before[WORDS_BEFORE + 1];
	const size_t from = at > WORDS_BEFORE ? at - WORDS_BEFORE : 0;

	text_lower(before, (struct slice){(const char *)p + from, at - from});
	for (size_t i = 0; i < n; i++)
		if (memmem(before, at - from, words[i], strlen(words[i])))
			return true;
	return false;
}

/* ---- four numbers ---- */

static bool take_four(
    const uint8_t *p, size_t n, unsigned ret_of[4], size_t *ret_n)
{
	size_t at = 0;

	for (unsigned i = 0; i < 4; i++) {
		size_t digits = 0;

		ret_of[i] = 0;
		while (at < n && is_digit(p[at]) && digits < 4) {
			ret_of[i] = ret_of[i] * 10 + (unsigned)(p[at++] - '0');
			digits++;
		}
		if (digits == 0 || digits > 3 || ret_of[i] > 255 ||
		    (digits > 1 && p[at - digits] == '0'))
			return false;
		if (i < 3 && (at >= n || p[at++] != '.'))
			return false;
	}
	*ret_n = at;
	return true;
}

/* Behind one byte that is of no number, three numbers and the first digit of
 * the fourth. */
void box_scan_ip4(struct box_scan *scan, size_t end)
{
	static const char *const versions[] = {"version", "ver.", "ver ",
	    "release", "revision", "rev ", "build", "chrome/", "section",
	    "chapter", "v."};
	static const char *const addresses[] = {"ip", "addr", "host", "from",
	    "received", "client", "server", "dns", "gateway", "://", "[",
	    "inet", "login", "peer", "route"};
	const struct box_scan_text *t = box_scan_text(scan);
	const uint8_t *p = t->p;
	size_t begin = end - 1, n;
	unsigned of[4];
	char text[20];

	for (unsigned dots = 0; dots < 3;)
		dots += p[--begin] == '.';
	while (begin > 0 && is_digit(p[begin - 1]))
		begin--;
	if (!take_four(p + begin, t->n - begin, of, &n))
		return;
	const size_t after = begin + n;

	if (is_alnum(p[after]) ||
	    ((p[after] == '.' || p[after] == '-' || p[after] == '_') &&
		is_alnum(p[after + 1])))
		return;
	if (of[0] == 0 || of[0] == 127 || of[0] >= 224)
		return;
	unsigned large = 0;

	for (unsigned i = 0; i < 4; i++)
		large += of[i] >= 30;
	if (has_word(p, begin, versions, sizeof(versions) / sizeof(*versions)))
		return;
	if (large < 2 &&
	    !has_word(
		p, begin, addresses, sizeof(addresses) / sizeof(*addresses)))
		return;
	if (!box_scan_is_new(scan, BOX_SCAN_ADDRESSES, begin, after))
		return;
	(void)snprintf(
	    text, sizeof(text), "%u.%u.%u.%u", of[0], of[1], of[2], of[3]);
	box_scan_put(scan,
	    &(struct box_scan_find){.kind = CAGE_HIT_IP,
		.at = begin,
		.n = n,
		.text = slice_of(text)});
}

/* ---- IPv6 ---- */

struct groups {
	unsigned n, value[8];
	int gap; /* number of the group that "::" is in front of; -1: none */
};

static bool take_groups(
    struct groups *g, const uint8_t *p, size_t n, size_t *ret_n)
{
	size_t at = 0;

	g->n = 0;
	g->gap = -1;
	while (at < n) {
		unsigned digits = 0, value = 0;

		if (at + 1 < n && p[at] == ':' && p[at + 1] == ':') {
			if (g->gap >= 0)
				return false;
			g->gap = (int)g->n;
			at += 2;
		} else if (g->n > 0 && p[at] == ':') {
			at++;
		} else if (g->n > 0) {
			break;
		}
		while (at < n && is_hex(p[at]) && digits < 5) {
			const uint8_t c = p[at++] | 0x20;

			value =
			    value * 16 + (c >= 'a' ? c - 'a' + 10u : (c & 15u));
			digits++;
		}
		if (digits > 4)
			return false;
		if (digits == 0)
			break;
		if (g->n == 8)
			return false;
		g->value[g->n++] = value;
	}
	*ret_n = at;
	return g->gap >= 0 ? g->n >= 3 && g->n < 8 : g->n == 8;
}

/* Lower case, without leading zeros, as it stands otherwise. */
static void say_groups(char *ret_text, size_t size, const struct groups *g)
{
	size_t at = 0;

	for (unsigned i = 0; i < g->n; i++) {
		const char *mark = i > 0 ? ":" : "";

		if (g->gap == (int)i)
			mark = "::";
		at += (size_t)snprintf(
		    ret_text + at, size - at, "%s%x", mark, g->value[i]);
	}
	if (g->gap == (int)g->n)
		(void)snprintf(ret_text + at, size - at, "::");
}

/* Behind the first group and a colon. */
void box_scan_ip6(struct box_scan *scan, size_t end)
{
	const struct box_scan_text *t = box_scan_text(scan);
	const uint8_t *p = t->p;
	struct groups g;
	size_t begin = end, n;
	char text[64];

	while (begin > 0 && (is_hex(p[begin - 1]) || p[begin - 1] == ':') &&
	    end - begin < 40)
		begin--;
	if (end - begin >= 40 || (begin > 0 && is_alnum(p[begin - 1])) ||
	    !take_groups(&g, p + begin, t->n - begin, &n))
		return;
	const size_t after = begin + n;
	const unsigned first = g.value[0];

	if (is_alnum(p[after]) || p[after] == ':' || p[after] == '_')
		return;
	/* Global, of a link, or of a site. */
	if (g.gap == 0 ||
	    !((first >= 0x2000 && first < 0x4000) ||
		(first >= 0xfe80 && first < 0xfec0) ||
		(first >= 0xfc00 && first < 0xfe00)) ||
	    !box_scan_is_new(scan, BOX_SCAN_ADDRESSES, begin, after))
		return;
	say_groups(text, sizeof(text), &g);
	box_scan_put(scan,
	    &(struct box_scan_find){.kind = CAGE_HIT_IP,
		.at = begin,
		.n = n,
		.text = slice_of(text)});
}

/* ---- network cards ---- */

/* Behind one byte that is of no such number, six pairs of digits. */
void box_scan_mac(struct box_scan *scan, size_t end)
{
	const struct box_scan_text *t = box_scan_text(scan);
	const uint8_t *p = t->p;
	const size_t begin = end - 17;
	const uint8_t mark = p[begin + 2];
	unsigned zeros = 0, highs = 0;
	char text[18];

	if (is_alnum(p[end]) || ((p[end] == mark) && is_hex(p[end + 1])))
		return;
	for (size_t i = 0; i < 17; i++) {
		const uint8_t c = p[begin + i];

		if (i % 3 == 2) {
			if (c != mark)
				return;
			text[i] = ':';
			continue;
		}
		zeros += c == '0';
		highs += (c | 0x20) == 'f';
		text[i] = text_lower_char((char)c);
	}
	text[17] = '\0';
	/* To many at once (01:...), to all, to nobody. */
	const char low = text[1];
	const unsigned nibble =
	    low >= 'a' ? (unsigned)(low - 'a' + 10) : (unsigned)(low - '0');

	if ((nibble & 1) != 0 || zeros >= 10 || highs >= 11)
		return;
	box_scan_put(scan,
	    &(struct box_scan_find){.kind = CAGE_HIT_MAC,
		.at = begin,
		.n = 17,
		.text = slice_of(text)});
}
