/*
 * box_scan_money.c: numbers of payment cards and of bank accounts (IBAN).
 */
#include "box_scan.h"

#include <string.h>

#define CARD_DIGITS_MAX 19
#define IBAN_MAX 34

static bool is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static bool is_alnum(uint8_t c)
{
	return is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

/* ---- cards ---- */

/* Ranges of issuers by the first six digits, and how many digits in all. */
struct issuer {
	unsigned from, to;
	uint8_t least, most;
};

static const struct issuer issuers[] = {
    {220000, 220499, 16, 19}, /* Mir */
    {222100, 272099, 16, 16}, /* Mastercard */
    {300000, 305999, 14, 14}, /* Diners */
    {340000, 349999, 15, 15}, /* American Express */
    {352800, 358999, 16, 16}, /* JCB */
    {360000, 369999, 14, 14}, /* Diners */
    {370000, 379999, 15, 15}, /* American Express */
    {380000, 399999, 14, 14}, /* Diners */
    {400000, 499999, 16, 16}, /* Visa */
    {500000, 509999, 16, 16}, /* Maestro, Elo, Verve */
    {510000, 559999, 16, 16}, /* Mastercard */
    {560000, 589999, 16, 16}, /* Maestro */
    {601100, 601199, 16, 16}, /* Discover */
    {620000, 629999, 16, 19}, /* UnionPay */
    {636000, 639999, 16, 16}, /* Maestro, InstaPayment */
    {644000, 659999, 16, 16}, /* Discover, RuPay */
    {670000, 679999, 16, 16}, /* Maestro */
};

static bool is_issued(const char *digits, size_t n)
{
	unsigned six = 0;

	for (size_t i = 0; i < 6; i++)
		six = six * 10 + (unsigned)(digits[i] - '0');
	for (size_t i = 0; i < sizeof(issuers) / sizeof(issuers[0]); i++)
		if (six >= issuers[i].from && six <= issuers[i].to)
			return n >= issuers[i].least && n <= issuers[i].most;
	return false;
}

static bool is_luhn(const char *digits, size_t n)
{
	unsigned sum = 0;

	for (size_t i = 0; i < n; i++) {
		unsigned d = (unsigned)(digits[n - 1 - i] - '0');

		if (i % 2 == 1)
			d = d > 4 ? 2 * d - 9 : 2 * d;
		sum += d;
	}
	return sum % 10 == 0;
}

/* Fewer than three different digits are nobody's card. */
static bool is_varied(const char *digits, size_t n)
{
	unsigned seen = 0;

	for (size_t i = 0; i < n; i++)
		seen |= 1u << (digits[i] - '0');
	return __builtin_popcount(seen) >= 3;
}

/* Groups of four, or 4-6-5 and 4-6-4. */
static bool are_groups(const uint8_t *groups, size_t n)
{
	if (n == 1)
		return true;
	if (n == 3)
		return groups[0] == 4 && groups[1] == 6 &&
		    (groups[2] == 5 || groups[2] == 4);
	for (size_t i = 0; i + 1 < n; i++)
		if (groups[i] != 4)
			return false;
	return n >= 4 && groups[n - 1] <= 4;
}

/* The pattern begins with one byte that is of no number; ten digits follow. */
void box_scan_card(struct box_scan *scan, size_t end)
{
	const struct box_scan_text *t = box_scan_text(scan);
	const uint8_t *p = t->p;
	char digits[CARD_DIGITS_MAX + 1];
	uint8_t groups[CARD_DIGITS_MAX] = {0};
	size_t n = 0, at, groups_n = 1, begin = end;
	uint8_t mark = 0;

	for (size_t k = 0; k < 10;)
		k += is_digit(p[--begin]);
	for (at = begin; at < t->n && n <= CARD_DIGITS_MAX; at++) {
		if (is_digit(p[at])) {
			if (n < CARD_DIGITS_MAX)
				digits[n] = (char)p[at];
			n++;
			groups[groups_n - 1]++;
			continue;
		}
		if ((p[at] != ' ' && p[at] != '-') || !is_digit(p[at + 1]) ||
		    (mark != 0 && p[at] != mark) || groups_n > 5)
			break;
		mark = p[at];
		groups_n++;
	}
	/* One of many numbers in a row. */
	if (mark != 0 && begin > 1 && p[begin - 1] == mark &&
	    is_digit(p[begin - 2]))
		return;
	if (n < 14 || n > CARD_DIGITS_MAX || is_alnum(p[at]) ||
	    ((p[at] == '-' || p[at] == '.' || p[at] == '_') &&
		is_alnum(p[at + 1])) ||
	    !are_groups(groups, groups_n) || !is_issued(digits, n) ||
	    !is_luhn(digits, n) || !is_varied(digits, n) ||
	    !box_scan_is_new(scan, BOX_SCAN_CARDS, begin, at))
		return;
	box_scan_put(scan,
	    &(struct box_scan_find){.kind = CAGE_HIT_CARD,
		.at = begin,
		.n = at - begin,
		.text = {digits, n}});
}

/* ---- IBAN ---- */

/* The register's countries, with the length of theirs. */
static const struct {
	char country[3];
	uint8_t length;
} ibans[] = {{"AD", 24}, {"AE", 23}, {"AL", 28}, {"AT", 20}, {"AZ", 28},
    {"BA", 20}, {"BE", 16}, {"BG", 22}, {"BH", 22}, {"BI", 27}, {"BR", 29},
    {"BY", 28}, {"CH", 21}, {"CR", 22}, {"CY", 28}, {"CZ", 24}, {"DE", 22},
    {"DJ", 27}, {"DK", 18}, {"DO", 28}, {"EE", 20}, {"EG", 29}, {"ES", 24},
    {"FI", 18}, {"FK", 18}, {"FO", 18}, {"FR", 27}, {"GB", 22}, {"GE", 22},
    {"GI", 23}, {"GL", 18}, {"GR", 27}, {"GT", 28}, {"HN", 28}, {"HR", 21},
    {"HU", 28}, {"IE", 22}, {"IL", 23}, {"IQ", 23}, {"IS", 26}, {"IT", 27},
    {"JO", 30}, {"KW", 30}, {"KZ", 20}, {"LB", 28}, {"LC", 32}, {"LI", 21},
    {"LT", 20}, {"LU", 20}, {"LV", 21}, {"LY", 25}, {"MC", 27}, {"MD", 24},
    {"ME", 22}, {"MK", 19}, {"MN", 20}, {"MR", 27}, {"MT", 31}, {"MU", 30},
    {"NI", 28}, {"NL", 18}, {"NO", 15}, {"OM", 23}, {"PK", 24}, {"PL", 28},
    {"PS", 29}, {"PT", 25}, {"QA", 29}, {"RO", 24}, {"RS", 22}, {"RU", 33},
    {"SA", 24}, {"SC", 31}, {"SD", 18}, {"SE", 24}, {"SI", 19}, {"SK", 24},
    {"SM", 27}, {"SO", 23}, {"ST", 25}, {"SV", 28}, {"TL", 23}, {"TN", 24},
    {"TR", 26}, {"UA", 29}, {"VA", 22}, {"VG", 24}, {"XK", 20}, {"YE", 30}};

static size_t iban_length(const uint8_t *p)
{
	for (size_t i = 0; i < sizeof(ibans) / sizeof(ibans[0]); i++)
		if (p[0] == (uint8_t)ibans[i].country[0] &&
		    p[1] == (uint8_t)ibans[i].country[1])
			return ibans[i].length;
	return 0;
}

/* ISO 7064: the first four characters at the end, letters as 10 to 35. */
static bool is_mod_97(const char *iban, size_t n)
{
	unsigned rest = 0;

	for (size_t i = 0; i < n; i++) {
		const char c = iban[(i + 4) % n];

		if (c >= 'A')
			rest = (rest * 100 + (unsigned)(c - 'A' + 10)) % 97;
		else
			rest = (rest * 10 + (unsigned)(c - '0')) % 97;
	}
	return rest == 1;
}

/* The pattern begins with one byte that is of no word, and has the country. */
void box_scan_iban(struct box_scan *scan, size_t end)
{
	const struct box_scan_text *t = box_scan_text(scan);
	const uint8_t *p = t->p;
	const size_t begin = end - 4;
	const size_t length = iban_length(p + begin);
	char iban[IBAN_MAX + 1];
	size_t n = 0, at = begin, gap = 0;

	if (length == 0)
		return;
	for (; at < t->n && n < length; at++) {
		if (is_digit(p[at]) || (p[at] >= 'A' && p[at] <= 'Z')) {
			iban[n++] = (char)p[at];
			gap = 0;
		} else if ((p[at] == ' ' || p[at] == '-') && n % 4 == 0 &&
		    gap == 0) {
			gap = 1;
		} else {
			return;
		}
	}
	if (n < length || is_alnum(p[at]) || !is_mod_97(iban, n) ||
	    !box_scan_is_new(scan, BOX_SCAN_IBANS, begin, at))
		return;
	box_scan_put(scan,
	    &(struct box_scan_find){.kind = CAGE_HIT_IBAN,
		.at = begin,
		.n = at - begin,
		.text = {iban, n}});
}
