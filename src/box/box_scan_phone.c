/*
 * box_scan_phone.c: telephone numbers: international ones by the numbering plan
 * (country code, and how many digits follow it), those of North America in
 * their usual forms, and others behind a word that says what they are.
 */
#include "box_scan.h"

#include "text.h"

#include <stdio.h>
#include <string.h>

#define DIGITS_MAX 15
#define LENGTH_MAX 32 /* bytes, with what stands between the digits */

struct country {
	const char *code;
	uint8_t least, most; /* digits behind it */
};

/* ITU-T E.164, with the lengths of the national plans. */
static const struct country countries[] = {{"1", 10, 10}, {"20", 8, 10},
    {"211", 9, 9}, {"212", 9, 9}, {"213", 8, 9}, {"216", 8, 8}, {"218", 8, 9},
    {"220", 7, 7}, {"221", 9, 9}, {"222", 8, 8}, {"223", 8, 8}, {"224", 8, 9},
    {"225", 8, 10}, {"226", 8, 8}, {"227", 8, 8}, {"228", 8, 8}, {"229", 8, 10},
    {"230", 7, 8}, {"231", 7, 9}, {"232", 8, 8}, {"233", 9, 9}, {"234", 8, 10},
    {"235", 8, 8}, {"236", 8, 8}, {"237", 8, 9}, {"238", 7, 7}, {"239", 7, 7},
    {"240", 9, 9}, {"241", 7, 8}, {"242", 9, 9}, {"243", 9, 9}, {"244", 9, 9},
    {"245", 7, 9}, {"246", 7, 7}, {"248", 7, 7}, {"249", 9, 9}, {"250", 9, 9},
    {"251", 9, 9}, {"252", 7, 9}, {"253", 8, 8}, {"254", 9, 9}, {"255", 9, 9},
    {"256", 9, 9}, {"257", 8, 8}, {"258", 8, 9}, {"260", 9, 9}, {"261", 9, 9},
    {"262", 9, 9}, {"263", 8, 9}, {"264", 8, 9}, {"265", 7, 9}, {"266", 8, 8},
    {"267", 7, 8}, {"268", 8, 8}, {"269", 7, 7}, {"27", 9, 9}, {"290", 4, 5},
    {"291", 7, 7}, {"297", 7, 7}, {"298", 6, 6}, {"299", 6, 6}, {"30", 10, 10},
    {"31", 9, 9}, {"32", 8, 9}, {"33", 9, 9}, {"34", 9, 9}, {"350", 8, 8},
    {"351", 9, 9}, {"352", 6, 9}, {"353", 7, 9}, {"354", 7, 9}, {"355", 8, 9},
    {"356", 8, 8}, {"357", 8, 8}, {"358", 6, 11}, {"359", 7, 9}, {"36", 8, 9},
    {"370", 8, 8}, {"371", 8, 8}, {"372", 7, 8}, {"373", 8, 8}, {"374", 8, 8},
    {"375", 9, 9}, {"376", 6, 9}, {"377", 8, 9}, {"378", 6, 10}, {"380", 9, 9},
    {"381", 8, 9}, {"382", 8, 8}, {"383", 8, 8}, {"385", 8, 9}, {"386", 8, 8},
    {"387", 8, 8}, {"389", 8, 8}, {"39", 6, 11}, {"40", 9, 9}, {"41", 9, 9},
    {"420", 9, 9}, {"421", 9, 9}, {"423", 7, 9}, {"43", 6, 13}, {"44", 9, 10},
    {"45", 8, 8}, {"46", 7, 9}, {"47", 8, 8}, {"48", 9, 9}, {"49", 7, 12},
    {"500", 5, 5}, {"501", 7, 7}, {"502", 8, 8}, {"503", 8, 8}, {"504", 8, 8},
    {"505", 8, 8}, {"506", 8, 8}, {"507", 7, 8}, {"508", 6, 6}, {"509", 8, 8},
    {"51", 8, 9}, {"52", 10, 11}, {"53", 8, 8}, {"54", 10, 11}, {"55", 10, 11},
    {"56", 9, 9}, {"57", 8, 10}, {"58", 10, 10}, {"590", 9, 9}, {"591", 8, 8},
    {"592", 7, 7}, {"593", 8, 9}, {"594", 9, 9}, {"595", 8, 9}, {"596", 9, 9},
    {"597", 6, 7}, {"598", 8, 8}, {"599", 7, 8}, {"60", 8, 10}, {"61", 9, 9},
    {"62", 8, 12}, {"63", 9, 10}, {"64", 8, 10}, {"65", 8, 8}, {"66", 8, 9},
    {"670", 7, 8}, {"672", 6, 6}, {"673", 7, 7}, {"674", 7, 7}, {"675", 7, 8},
    {"676", 5, 7}, {"677", 5, 7}, {"678", 5, 7}, {"679", 7, 7}, {"680", 7, 7},
    {"681", 6, 6}, {"682", 5, 5}, {"683", 4, 4}, {"685", 5, 7}, {"686", 5, 8},
    {"687", 6, 6}, {"688", 5, 6}, {"689", 6, 8}, {"690", 4, 5}, {"691", 7, 7},
    {"692", 7, 7}, {"7", 10, 10}, {"81", 9, 10}, {"82", 8, 11}, {"84", 9, 10},
    {"850", 8, 10}, {"852", 8, 8}, {"853", 8, 8}, {"855", 8, 9}, {"856", 8, 10},
    {"86", 10, 11}, {"880", 8, 10}, {"886", 8, 9}, {"90", 10, 10},
    {"91", 10, 10}, {"92", 9, 10}, {"93", 9, 9}, {"94", 9, 9}, {"95", 7, 10},
    {"960", 7, 7}, {"961", 7, 8}, {"962", 8, 9}, {"963", 8, 9}, {"964", 8, 10},
    {"965", 7, 8}, {"966", 8, 9}, {"967", 7, 9}, {"968", 7, 8}, {"970", 8, 9},
    {"971", 8, 9}, {"972", 8, 9}, {"973", 8, 8}, {"974", 7, 8}, {"975", 7, 8},
    {"976", 8, 8}, {"977", 8, 10}, {"98", 10, 10}, {"992", 9, 9}, {"993", 8, 8},
    {"994", 9, 9}, {"995", 9, 9}, {"996", 9, 9}, {"998", 9, 9}};

static bool is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static bool is_alnum(uint8_t c)
{
	return is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

/* Digits behind the plus. */
static bool is_international(const char *digits, size_t n)
{
	for (size_t i = 0; i < sizeof(countries) / sizeof(countries[0]); i++) {
		const struct country *c = &countries[i];
		const size_t code = strlen(c->code);

		if (n <= code || memcmp(digits, c->code, code) != 0)
			continue;
		if (n - code < c->least || n - code > c->most)
			return false;
		/* North America: neither area nor exchange begin so. */
		if (code == 1 && digits[0] == '1')
			return digits[1] >= '2' && digits[4] >= '2';
		return digits[code] != '0' || strcmp(c->code, "39") == 0;
	}
	return false;
}

struct number {
	char digits[DIGITS_MAX + 1];
	size_t n;
	size_t length; /* in bytes */
	size_t between; /* other characters */
};

/* Digits and what people write between them, from p on. False: there are too
 * many, or it goes on as something else. */
static bool take(struct number *number, const uint8_t *p, size_t n)
{
	size_t at = 0, gap = 0;

	memset(number, 0, sizeof(*number));
	while (at < n && at < LENGTH_MAX) {
		const uint8_t c = p[at];

		if (is_digit(c)) {
			if (number->n == DIGITS_MAX)
				return false;
			/* +49 (0)30: for those who call from inside. */
			if (c == '0' && at > 0 && p[at - 1] == '(' &&
			    at + 1 < n && p[at + 1] == ')') {
				at++;
				continue;
			}
			number->digits[number->n++] = (char)c;
			number->between += gap;
			gap = 0;
			number->length = at + 1;
		} else if (c != 0 && strchr(" .-()/", c) != NULL && gap < 3) {
			gap++;
		} else {
			break;
		}
		at++;
	}
	const uint8_t next = number->length < n ? p[number->length] : 0;
	const uint8_t after =
	    number->length + 1 < n ? p[number->length + 1] : 0;

	return number->n >= 6 && !is_alnum(next) && next != '_' &&
	    next != '%' && !(next == ':' && is_digit(after));
}

/* 2021-01-01 and what begins with it. */
static bool is_date(const uint8_t *p, size_t n)
{
	if (n < 10)
		return false;
	return is_digit(p[0]) && is_digit(p[1]) && is_digit(p[2]) &&
	    is_digit(p[3]) && is_digit(p[5]) && is_digit(p[6]) &&
	    p[4] == p[7] && (p[4] == '-' || p[4] == '.' || p[4] == '/') &&
	    is_digit(p[8]);
}

/* 24.12.2021 */
static bool is_other_date(const uint8_t *p, size_t n)
{
	return n >= 8 && is_digit(p[0]) && is_digit(p[1]) && p[2] == p[5] &&
	    (p[2] == '.' || p[2] == '/' || p[2] == '-') && is_digit(p[3]) &&
	    is_digit(p[4]) && is_digit(p[6]) && is_digit(p[7]);
}

/* +433649-1161209 and +4336-11612: a place as ISO 6709 writes it. */
static bool is_place(const uint8_t *p, size_t n)
{
	size_t first = 0, second = 0;

	while (first < n && first < 8 && is_digit(p[first]))
		first++;
	if (first >= n || p[first] != '-')
		return false;
	while (first + 1 + second < n && second < 9 &&
	    is_digit(p[first + 1 + second]))
		second++;
	return (first == 4 && second == 5) || (first == 6 && second == 7);
}

static void put(
    struct box_scan *scan, size_t begin, size_t end, const char *text)
{
	if (box_scan_is_new(scan, BOX_SCAN_PHONES, begin, end))
		box_scan_put(scan,
		    &(struct box_scan_find){.kind = CAGE_HIT_PHONE,
			.at = begin,
			.n = end - begin,
			.text = slice_of(text)});
}

/* Behind a plus and seven more bytes; one is in front of the plus. */
void box_scan_phone(struct box_scan *scan, size_t end)
{
	const struct box_scan_text *t = box_scan_text(scan);
	const uint8_t *p = t->p;
	char text[DIGITS_MAX + 2];
	struct number number;
	const uint8_t *plus = memrchr(p, '+', end);

	if (plus == NULL)
		return;
	const size_t begin = (size_t)(plus - p);
	const size_t left = t->n - begin - 1;

	if (is_date(plus + 1, left) || is_place(plus + 1, left) ||
	    !take(&number, plus + 1, left) ||
	    !is_international(number.digits, number.n))
		return;
	(void)snprintf(text, sizeof(text), "+%s", number.digits);
	put(scan, begin, begin + 1 + number.length, text);
}

static bool is_repeated(const char *digits, size_t n)
{
	for (size_t i = 1; i < n; i++)
		if (digits[i] != digits[0])
			return false;
	return true;
}

/* 0049...: with the plus; a national number: digits as they stand. */
static bool fold(char ret_text[DIGITS_MAX + 2], const struct number *number)
{
	const char *d = number->digits;

	if (number->n > 2 && d[0] == '0' && d[1] == '0') {
		if (!is_international(d + 2, number->n - 2))
			return false;
		(void)snprintf(ret_text, DIGITS_MAX + 2, "+%s", d + 2);
		return true;
	}
	if (number->n < 6 || number->n > 13 || is_repeated(d, number->n))
		return false;
	(void)snprintf(ret_text, DIGITS_MAX + 2, "%s", d);
	return true;
}

/* A word like "Tel." and the first digit of what follows it. */
void box_scan_phone_word(struct box_scan *scan, size_t end)
{
	const struct box_scan_text *t = box_scan_text(scan);
	const size_t begin = end - 1, left = t->n - begin;
	char text[DIGITS_MAX + 2];
	struct number number;

	if (is_date(t->p + begin, left) || is_other_date(t->p + begin, left) ||
	    !take(&number, t->p + begin, left) || number.n < 7 ||
	    !fold(text, &number))
		return;
	put(scan, begin, begin + number.length, text);
}

/* (415) 555-2671, 415-555-2671, 415.555.2671; `end` is behind the last digit.
 */
void box_scan_phone_us(struct box_scan *scan, size_t end)
{
	const struct box_scan_text *t = box_scan_text(scan);
	const uint8_t *p = t->p;
	char text[DIGITS_MAX + 2] = "+1";
	size_t n = 2, begin = end;

	if (end < t->n &&
	    (is_alnum(p[end]) || p[end] == '_' ||
		((p[end] == '-' || p[end] == '.') && is_digit(p[end + 1]))))
		return;
	while (n < 12) {
		begin--;
		n += is_digit(p[begin]);
	}
	for (size_t i = begin, k = 2; i < end; i++)
		if (is_digit(p[i]))
			text[k++] = (char)p[i];
	const bool has_bracket = begin > 0 && p[begin - 1] == '(';

	/* Both marks are the same where there is no bracket. */
	if (!has_bracket && p[begin + 3] != p[end - 5])
		return;
	text[12] = '\0';
	put(scan, begin - has_bracket, end, text);
}

bool box_scan_phone_is(struct slice text, char *ret_text)
{
	const uint8_t *p = (const uint8_t *)text.p;
	struct number number;
	size_t at = 0;

	if (text.n > 4 && slice_starts_with(text, "tel:"))
		at = 4;
	while (at < text.n && p[at] == ' ')
		at++;
	const bool has_plus = at < text.n && p[at] == '+';

	at += has_plus;
	if (!take(&number, p + at, text.n - at) || at + number.length < text.n)
		return false;
	if (!has_plus)
		return fold(ret_text, &number);
	if (!is_international(number.digits, number.n))
		return false;
	(void)snprintf(ret_text, DIGITS_MAX + 2, "+%s", number.digits);
	return true;
}
