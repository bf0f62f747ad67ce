/*
 * exam_name.c: see exam_name.h. Letters are folded to lower case and without
 * accents for Latin, Greek and Cyrillic; others stay as they are.
 */
#include "exam_name.h"

#include "map.h"

#include <string.h>

#define WORD_BYTES_MAX 128

enum script {
	NO_SCRIPT,
	LATIN,
	GREEK,
	CYRILLIC,
	HEBREW,
	ARABIC,
	OTHER
};

/* ---- letters ---- */

/* The next character; bytes that are none come as U+FFFD. */
static uint32_t take(struct slice *rest)
{
	const unsigned char *p = (const unsigned char *)rest->p;
	size_t n = p[0] < 0x80 ? 1 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
	uint32_t c = n == 1 ? p[0] : p[0] & (0x7fu >> n);

	if (p[0] >= 0x80 && (p[0] < 0xc2 || p[0] > 0xf4))
		n = 1, c = 0xfffd;
	for (size_t i = 1; i < n; i++) {
		if (i == rest->n || (p[i] & 0xc0) != 0x80) {
			n = i;
			c = 0xfffd;
			break;
		}
		c = c << 6 | (p[i] & 0x3f);
	}
	*rest = (struct slice){rest->p + n, rest->n - n};
	return c;
}

/* What U+00C0 to U+017F are without accents, by their place; a capital stands
 * for itself in two letters, see fold. */
static const char bases[] =
    "aaaaAaaceeeeiiiidnooooO*OuuuUyts" /* C0: Latin-1 */
    "aaaaAaaceeeeiiiidnooooO*OuuuUyty"
    "aaaaaaccccccccddddeeeeeeeeeegggg" /* 100: Latin Extended-A */
    "gggghhhhiiiiiiiiiiiijjkkklllllll"
    "lllnnnnnnnnnoooooooorrrrrrssssss"
    "ssttttttuuuuuuuuuuuuwwyyyzzzzzzs";

/* Lower case, without accents; *ret_second: one more letter, or 0. */
static uint32_t fold(uint32_t c, uint32_t *ret_second)
{
	*ret_second = 0;
	if (c >= 'A' && c <= 'Z')
		return c + 32;
	if (c == 0xdf) { /* sharp s */
		*ret_second = 's';
		return 's';
	}
	if (c == 0xc5 || c == 0xe5) { /* a with a ring */
		*ret_second = 'a';
		return 'a';
	}
	if (c == 0xc6 || c == 0xe6 || c == 0x152 || c == 0x153) {
		*ret_second = 'e';
		return c < 0x100 ? 'a' : 'o';
	}
	if (c >= 0xc0 && c < 0x180) {
		char base = bases[c - 0xc0];

		if (base >= 'A' && base <= 'Z') { /* two dots, or a stroke */
			*ret_second = 'e';
			return (uint32_t)base + 32;
		}
		return base == '*' ? c : (uint32_t)base;
	}
	if (c >= 0x391 && c <= 0x3a9)
		return c + 0x20;
	if (c >= 0x410 && c <= 0x42f)
		return c + 0x20;
	if (c >= 0x400 && c <= 0x40f)
		return c + 0x50;
	return c;
}

static enum script script_of(uint32_t c)
{
	if ((c >= 'a' && c <= 'z') || (c >= 0xc0 && c < 0x250))
		return LATIN;
	if (c >= 0x370 && c < 0x400)
		return GREEK;
	if (c >= 0x400 && c < 0x530)
		return CYRILLIC;
	if (c >= 0x590 && c < 0x600)
		return HEBREW;
	if (c >= 0x600 && c < 0x780)
		return ARABIC;
	return c > 0x7f ? OTHER : NO_SCRIPT;
}

/* ---- words ---- */

static bool is_between(uint32_t c)
{
	return c <= ' ' || (c < 0x80 && strchr(",.;:-_/\"()<>[]", (int)c)) ||
	    c == 0xa0 || c == 0x3000 || (c >= 0x2000 && c <= 0x2015);
}

/* Not a part of a word, and not its end either: O'Neill is one word. */
static bool is_inside(uint32_t c)
{
	return c == '\'' || c == '`' || c == 0xb4 || c == 0x2018 || c == 0x2019;
}

static bool is_title(const char *word, size_t n)
{
	static const char *const titles[] = {"dr", "prof", "mr", "mrs", "ms",
	    "miss", "herr", "frau", "mme", "sig", "ing", "dipl", "jr", "sr",
	    "phd", "med", "sir", "don", "via"};

	for (size_t i = 0; i < sizeof(titles) / sizeof(titles[0]); i++)
		if (strlen(titles[i]) == n && memcmp(titles[i], word, n) == 0)
			return true;
	return false;
}

struct word {
	char bytes[WORD_BYTES_MAX];
	size_t n;
	size_t letters;
	uint32_t first;
};

static void put_letter(struct word *w, uint32_t c)
{
	if (w->letters++ == 0)
		w->first = c;
	/* Only compared, so four bytes each do. */
	if (w->n + 4 <= sizeof(w->bytes) && c > 0x7f) {
		memcpy(w->bytes + w->n, &c, 4);
		w->n += 4;
	} else if (w->n < sizeof(w->bytes) && c <= 0x7f) {
		w->bytes[w->n++] = (char)c;
	}
}

static void end_word(
    struct exam_name *name, struct word *w, const uint64_t seed[2])
{
	if (w->n > 0 && name->n < EXAM_NAME_WORDS_MAX &&
	    !is_title(w->bytes, w->n)) {
		name->words[name->n] =
		    (uint32_t)map_hash(seed, (struct slice){w->bytes, w->n});
		name->firsts[name->n] = w->first;
		name->initials |= (uint8_t)((w->letters == 1) << name->n);
		name->n++;
	}
	*w = (struct word){.n = 0};
}

struct exam_name exam_name_of(struct slice text, const uint64_t seed[2])
{
	struct exam_name name = {0};
	struct word w = {.n = 0};
	int depth = 0; /* of brackets: "(via a list)" is no name */

	/* An address that stands where the name should be. */
	if (text.n == 0 || memchr(text.p, '@', text.n) != NULL)
		return name;
	while (text.n > 0) {
		uint32_t second, c = fold(take(&text), &second);

		depth += (c == '(') - (c == ')' && depth > 0);
		if (is_inside(c) || (depth > 0 && c != '('))
			continue;
		if (is_between(c)) {
			end_word(&name, &w, seed);
			continue;
		}
		if (name.script == NO_SCRIPT)
			name.script = (uint8_t)script_of(c);
		put_letter(&w, c);
		if (second != 0)
			put_letter(&w, second);
	}
	end_word(&name, &w, seed);
	return name;
}

/* ---- comparing ---- */

static bool is_initial(const struct exam_name *name, unsigned i)
{
	return (name->initials >> i & 1) != 0;
}

/* Pairs words of the shorter name with words of the longer that are `taken` by
 * none yet; returns how many, and marks the shorter's in *done. */
static unsigned pair(const struct exam_name *less, const struct exam_name *more,
    bool is_whole, unsigned *done, unsigned *taken)
{
	unsigned count = 0;

	for (unsigned i = 0; i < less->n; i++)
		for (unsigned k = 0; k < more->n; k++) {
			bool is_pair = is_whole
			    ? less->words[i] == more->words[k]
			    : less->firsts[i] == more->firsts[k] &&
				(is_initial(less, i) || is_initial(more, k));

			if (!is_pair || *done >> i & 1 || *taken >> k & 1)
				continue;
			*done |= 1u << i;
			*taken |= 1u << k;
			count += !is_whole || !is_initial(less, i);
		}
	return count;
}

enum exam_name_fit exam_name_compare(
    const struct exam_name *a, const struct exam_name *b)
{
	const struct exam_name *less = a->n <= b->n ? a : b;
	const struct exam_name *more = less == a ? b : a;
	unsigned done = 0, taken = 0;

	if (less->n == 0)
		return EXAM_NAME_UNKNOWN;
	if (a->script != b->script)
		return EXAM_NAME_UNKNOWN;
	/* Whole words first, then initials; initials alone say nothing. */
	unsigned whole = pair(less, more, true, &done, &taken);
	(void)pair(less, more, false, &done, &taken);
	if (done != (1u << less->n) - 1)
		return EXAM_NAME_DIFFER;
	return whole > 0 ? EXAM_NAME_AGREE : EXAM_NAME_UNKNOWN;
}

bool exam_name_is_same(const struct exam_name *a, const struct exam_name *b)
{
	unsigned done = 0, taken = 0;

	if (a->n != b->n)
		return false;
	(void)pair(a, b, true, &done, &taken);
	return done == (1u << a->n) - 1;
}

/* ---- addresses of nobody ---- */

bool exam_name_is_role(struct slice address)
{
	static const char *const roles[] = {"abuse", "accounts", "admin",
	    "administrator", "alerts", "billing", "bounce", "bounces",
	    "contact", "customerservice", "daemon", "donotreply", "enquiries",
	    "events", "feedback", "hello", "help", "helpdesk", "hostmaster",
	    "hr", "info", "inquiries", "invoice", "invoices", "jobs", "kontakt",
	    "list", "mail", "mailer", "mailerdaemon", "marketing", "media",
	    "membership", "news", "newsletter", "nobody", "noreply",
	    "notification", "notifications", "notify", "office", "orders",
	    "postmaster", "press", "privacy", "reception", "redaktion", "reply",
	    "returns", "robot", "root", "sales", "security", "service", "shop",
	    "staff", "subscribe", "support", "system", "team", "undisclosed",
	    "unsubscribe", "update", "updates", "webmaster", "welcome", "www"};
	char local[32] = {0};
	size_t n = 0;

	/* Without what stands for nothing: no-reply, no_reply, no.reply; and
	 * what follows a plus sign is for the mail's sorting. */
	for (size_t i = 0;
	     i < address.n && address.p[i] != '@' && address.p[i] != '+'; i++) {
		if (address.p[i] == '-' || address.p[i] == '_' ||
		    address.p[i] == '.')
			continue;
		if (n == sizeof(local))
			return false;
		local[n++] = address.p[i];
	}
	for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++)
		if (strlen(roles[i]) == n && memcmp(roles[i], local, n) == 0)
			return true;
	return false;
}
