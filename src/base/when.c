/*
 * when.c: the calendar, by hand.
 *
 * Invariant: for every second of the years 1970 to 9999 there is exactly one
 * text, and reading and writing are inverse to each other. The C library's
 * calendar is not used: it depends on the locale, the zone and static storage.
 */
#include "when.h"

#include <stdio.h>
#include <time.h>

#define WHEN_LAST INT64_C(253402300799) /* 9999-12-31T23:59:59Z */

/* Days before each month in a year that begins on 1 March: the leap day is
 * then the last day of its year and needs no case of its own. */
static const unsigned days_before[12] = {
    0, 31, 61, 92, 122, 153, 184, 214, 245, 275, 306, 337};

/* 1970-01-01, in days since 0000-03-01. */
#define WHEN_EPOCH_DAY 719468

struct civil {
	unsigned year;
	unsigned month;
	unsigned day;
};

static int64_t day_from_civil(struct civil civil)
{
	const bool is_early = civil.month <= 2;
	const unsigned year = civil.year - is_early;
	const unsigned month = is_early ? civil.month + 9 : civil.month - 3;

	return (int64_t)year * 365 + year / 4 - year / 100 + year / 400 +
	    days_before[month] + civil.day - 1 - WHEN_EPOCH_DAY;
}

static struct civil civil_from_day(int64_t day)
{
	/* 400 years have 146097 days; inside them every 1460 days a leap day
	 * is due, but not at the end of 36524, and again at that of 146096:
	 * without these days every year has 365. */
	const unsigned days = (unsigned)(day + WHEN_EPOCH_DAY);
	const unsigned in_era = days % 146097;
	const unsigned year_of_era =
	    (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / 365;
	const unsigned in_year =
	    in_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	const unsigned year = days / 146097 * 400 + year_of_era;
	unsigned month = 11;

	while (days_before[month] > in_year)
		month--;
	return (struct civil){
	    .year = year + (month >= 10),
	    .month = month >= 10 ? month - 9 : month + 3,
	    .day = in_year - days_before[month] + 1,
	};
}

static unsigned days_in_month(unsigned year, unsigned month)
{
	static const unsigned days[12] = {
	    31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	const bool is_leap =
	    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return month == 2 && is_leap ? 29 : days[month - 1];
}

/*
 * Takes numbers out of text by its pattern: a letter of `fields` stands for a
 * digit of the number of that place, any other character for itself.
 */
static bool match(struct slice text, const char *pattern, const char *fields,
    unsigned *ret_numbers)
{
	if (text.n != strlen(pattern))
		return false;
	for (size_t i = 0; i < text.n; i++) {
		const char *field = strchr(fields, pattern[i]);

		if (!field) {
			if (text.p[i] != pattern[i])
				return false;
			continue;
		}
		if (text.p[i] < '0' || text.p[i] > '9')
			return false;
		unsigned *number = &ret_numbers[field - fields];
		*number = *number * 10 + (unsigned)(text.p[i] - '0');
	}
	return true;
}

bool when_from_date(int64_t *ret_when, struct slice text)
{
	unsigned at[3] = {0};

	if (!match(text, "YYYY-MM-DD", "YMD", at))
		return false;
	const struct civil civil = {at[0], at[1], at[2]};
	if (civil.year < 1970 || civil.month < 1 || civil.month > 12 ||
	    civil.day < 1 || civil.day > days_in_month(civil.year, civil.month))
		return false;
	*ret_when = day_from_civil(civil) * WHEN_DAY;
	return true;
}

bool when_from_time(int64_t *ret_when, struct slice text)
{
	enum {
		DATE_SIZE = 10,
	};
	unsigned at[3] = {0};
	int64_t day;

	if (text.n <= DATE_SIZE ||
	    !when_from_date(&day, (struct slice){text.p, DATE_SIZE}) ||
	    !match((struct slice){text.p + DATE_SIZE, text.n - DATE_SIZE},
		"Thh:mm:ssZ", "hms", at))
		return false;
	if (at[0] > 23 || at[1] > 59 || at[2] > 59)
		return false;
	*ret_when = day + at[0] * 3600 + at[1] * 60 + at[2];
	return true;
}

bool when_from_due(int64_t *ret_when, struct slice text)
{
	int64_t day;

	if (when_from_time(ret_when, text))
		return true;
	if (!when_from_date(&day, text) || day + WHEN_DAY > WHEN_LAST)
		return false;
	*ret_when = day + WHEN_DAY;
	return true;
}

static int64_t clamp(int64_t when)
{
	if (when < 0)
		return 0;
	return when < WHEN_LAST ? when : WHEN_LAST;
}

void when_to_date(char ret_text[WHEN_SIZE], int64_t when)
{
	const struct civil civil = civil_from_day(clamp(when) / WHEN_DAY);

	(void)snprintf(ret_text, WHEN_SIZE, "%04u-%02u-%02u",
	    civil.year % 10000, civil.month % 100, civil.day % 100);
}

void when_to_time(char ret_text[WHEN_SIZE], int64_t when)
{
	const unsigned second = (unsigned)(clamp(when) % WHEN_DAY);
	char date[WHEN_SIZE];

	when_to_date(date, when);
	(void)snprintf(ret_text, WHEN_SIZE, "%.10sT%02u:%02u:%02uZ", date,
	    second / 3600 % 24, second / 60 % 60, second % 60);
}

int64_t when_now(void)
{
	struct timespec now;

	/* Fails only for a clock that does not exist. */
	(void)clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec;
}
