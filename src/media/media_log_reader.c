/*
 * media_log_reader.c: see media_log_reader.h.
 */
#include "media_log_reader.h"

#include "hash.h"
#include "mem.h"
#include "text.h"
#include "when.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void media_log_reader_start_run(struct media_log_reader *r)
{
	struct media_log *log = r->log;

	*log = (struct media_log){.kind = log->kind,
	    .sector_size = MEDIA_LOG_SECTOR,
	    .runs = log->runs + 1};
	r->section = 0;
	r->is_complete = r->has_sectors = r->has_copied = false;
	r->n = 0;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Whether `text` begins the line, in letters of either case. */
static bool begins(struct slice line, const char *text)
{
	size_t n = strlen(text);

	if (line.n < n)
		return false;
	for (size_t i = 0; i < n; i++)
		if (text_lower_char(line.p[i]) != text_lower_char(text[i]))
			return false;
	return true;
}

bool media_log_reader_value(
    struct slice line, const char *label, struct slice *ret_value)
{
	size_t at = strlen(label);

	if (!begins(line, label))
		return false;
	while (at < line.n && is_blank(line.p[at]))
		at++;
	if (at == line.n || line.p[at] != ':')
		return false;
	*ret_value =
	    slice_trim((struct slice){line.p + at + 1, line.n - at - 1});
	return true;
}

/* Bytes of the UTF-8 character that begins with this one. */
static size_t character_size(char first)
{
	unsigned char c = (unsigned char)first;

	return c < 0xC0 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
}

void media_log_reader_set(
    char ret_text[MEDIA_LOG_TEXT_SIZE], struct slice value)
{
	size_t n = 0;

	value = slice_trim(value);
	if (ret_text[0] != '\0')
		return;
	while (value.n > 0) {
		size_t size = character_size(value.p[0]);

		if (size > value.n ||
		    !text_is_line((struct slice){value.p, size}, NULL, NULL))
			size = 1; /* left out */
		else if (n + size < MEDIA_LOG_TEXT_SIZE) {
			memcpy(ret_text + n, value.p, size);
			n += size;
		} else {
			break;
		}
		value.p += size;
		value.n -= size;
	}
	while (n > 0 && ret_text[n - 1] == ' ')
		n--;
	ret_text[n] = '\0';
}

struct slice media_log_reader_word(struct slice *rest)
{
	struct slice word = slice_trim(*rest);
	size_t n = 0;

	while (n < word.n && !is_blank(word.p[n]))
		n++;
	*rest = slice_trim((struct slice){word.p + n, word.n - n});
	word.n = n;
	return word;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

bool media_log_reader_number(struct slice text, uint64_t *ret_number)
{
	uint64_t number = 0;
	bool has_digit = false;

	for (size_t i = 0; i < text.n; i++) {
		uint64_t digit = (uint64_t)(text.p[i] - '0');

		if (!is_digit(text.p[i])) {
			if (!has_digit || i + 1 == text.n ||
			    strchr(",.' ", text.p[i]) == NULL)
				return false;
			continue;
		}
		has_digit = true;
		if (number > (UINT64_MAX - digit) / 10)
			return false;
		number = number * 10 + digit;
	}
	if (has_digit)
		*ret_number = number;
	return has_digit;
}

bool media_log_reader_hex(struct slice text, uint64_t *ret_number)
{
	static const char digits[] = "0123456789abcdef";
	uint64_t number = 0;

	if (text.n == 0 || text.n > 16)
		return false;
	for (size_t i = 0; i < text.n; i++) {
		char lower = text_lower_char(text.p[i]);
		const char *digit = memchr(digits, lower, 16);

		if (digit == NULL)
			return false;
		number = number << 4 | (uint64_t)(digit - digits);
	}
	*ret_number = number;
	return true;
}

/* ---- times ---- */

/* "+0100", as seconds. */
static bool read_zone(struct slice text, int64_t *ret_seconds)
{
	if (text.n < 5 || (text.p[0] != '+' && text.p[0] != '-'))
		return false;
	for (size_t i = 1; i < 5; i++)
		if (!is_digit(text.p[i]))
			return false;
	int64_t hours = (text.p[1] - '0') * 10 + text.p[2] - '0';
	int64_t minutes = (text.p[3] - '0') * 10 + text.p[4] - '0';
	int64_t seconds = hours * 3600 + minutes * 60;

	if (hours > 23 || minutes > 59)
		return false;
	*ret_seconds = text.p[0] == '-' ? -seconds : seconds;
	return true;
}

bool media_log_reader_iso(struct slice text, struct media_log_time *ret_time)
{
	struct slice date = media_log_reader_word(&text);
	struct slice time = media_log_reader_word(&text);
	struct media_log_time t = {.is_said = true};
	char spelled[WHEN_SIZE];
	int64_t zone;

	if (date.n != 10 || time.n != 8)
		return false;
	(void)snprintf(spelled, sizeof(spelled), "%.*sT%.*sZ", SLICE_ARG(date),
	    SLICE_ARG(time));
	if (!when_from_time(&t.when, slice_of(spelled)))
		return false;
	if (read_zone(text, &zone) && t.when >= zone) {
		t.has_zone = true;
		t.when -= zone;
	}
	*ret_time = t;
	return true;
}

bool media_log_reader_named(struct slice text, struct media_log_time *ret_time)
{
	static const char months[] = "janfebmaraprmayjunjulaugsepoctnovdec";
	struct slice month = media_log_reader_word(&text);
	struct slice day = media_log_reader_word(&text);
	struct slice a = media_log_reader_word(&text);
	struct slice b = media_log_reader_word(&text);
	struct slice year = a.n == 4 ? a : b, time = a.n == 4 ? b : a;
	struct media_log_time t = {.is_said = true};
	char spelled[64], name[4] = "";
	uint64_t number;

	if (day.n > 0 && day.p[day.n - 1] == ',')
		day.n--;
	if (month.n != 3 || year.n != 4 || time.n > 8 || day.n > 2 ||
	    !media_log_reader_number(day, &number))
		return false;
	text_lower(name, month);
	const char *found = strstr(months, name);
	if (found == NULL || (found - months) % 3 != 0)
		return false;
	(void)snprintf(spelled, sizeof(spelled), "%.*s-%02d-%02dT%s%.*sZ",
	    SLICE_ARG(year), (int)(found - months) / 3 + 1, (int)number,
	    time.n == 7 ? "0" : "", SLICE_ARG(time));
	if (!when_from_time(&t.when, slice_of(spelled)))
		return false;
	*ret_time = t;
	return true;
}

/* ---- hashes and sectors ---- */

void media_log_reader_hash(
    struct media_log_reader *r, enum media_hash_kind kind, struct slice hex)
{
	struct media_hash_value value = {.is_there = true};
	struct media_hash_value *is = &r->log->hashes.of[kind];
	size_t size = media_hash_size(kind);
	char lower[MEDIA_HASH_HEX_SIZE];

	if (hex.n != 2 * size)
		return;
	text_lower(lower, hex);
	if (!text_from_hex(value.b, size, (struct slice){lower, hex.n}))
		return;
	if (!is->is_there)
		*is = value;
	else if (memcmp(is->b, value.b, size) != 0)
		r->log->is_read_otherwise = true;
}

int media_log_reader_add(struct media_log_reader *r,
    const struct media_log_reader_bad *bad, struct err *err)
{
	int rc;

	if (r->n == MEDIA_LOG_RANGES_MAX)
		return err_set(err, ERR_LIMIT,
		    "the log names more than %u unreadable places",
		    MEDIA_LOG_RANGES_MAX);
	rc =
	    mem_grow((void **)&r->bad, &r->cap, r->n + 1, sizeof(*r->bad), err);
	if (rc == 0)
		r->bad[r->n++] = *bad;
	return rc;
}

int media_log_reader_sectors(
    struct media_log_reader *r, uint64_t first, uint64_t last, struct err *err)
{
	struct media_log_reader_bad bad = {.at = first};

	if (first > last || last - first == UINT64_MAX)
		return err_set(err, ERR_FORMAT,
		    "the log names unreadable sectors from %llu to %llu, which "
		    "cannot be",
		    (unsigned long long)first, (unsigned long long)last);
	bad.n = last - first + 1;
	return media_log_reader_add(r, &bad, err);
}
