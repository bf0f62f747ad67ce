/*
 * box_scan_header.c: headers of mails: who wrote to whom. Each address in From,
 * To and the like is one entry with the name beside it; the whole header is one
 * record. Names of messages look like addresses and are none.
 */
#include "box_scan.h"

#include "text.h"

#include <string.h>

#define LINES_MAX 400
#define BLOCK 512 /* ranges begin with one */

struct field {
	struct slice name;
	size_t at, end; /* of its value, in the text */
};

static bool is_name(uint8_t c)
{
	return c > 0x20 && c < 0x7f && c != ':';
}

static size_t line_end(const struct box_scan_text *t, size_t at)
{
	const uint8_t *end = memchr(t->p + at, '\n', t->n - at);
	const uint8_t *zero = memchr(
	    t->p + at, 0, end != NULL ? (size_t)(end - t->p) - at : t->n - at);

	if (zero != NULL)
		return (size_t)(zero - t->p);
	return end != NULL ? (size_t)(end - t->p) : t->n;
}

/* The field at `at`, with the lines that go on with it; false: none is. */
static bool take_field(
    const struct box_scan_text *t, size_t at, struct field *ret_field)
{
	size_t colon = at;

	while (colon < t->n && colon - at < 60 && is_name(t->p[colon]))
		colon++;
	if (colon == at || colon >= t->n || t->p[colon] != ':')
		return false;
	ret_field->name = (struct slice){(const char *)t->p + at, colon - at};
	ret_field->at = colon + 1;
	size_t end = line_end(t, colon);

	while (end + 1 < t->n && t->p[end] == '\n' &&
	    (t->p[end + 1] == ' ' || t->p[end + 1] == '\t'))
		end = line_end(t, end + 1);
	ret_field->end = end;
	return true;
}

static bool is_field(const struct field *f, const char *name)
{
	const size_t n = strlen(name);

	if (f->name.n != n)
		return false;
	for (size_t i = 0; i < n; i++)
		if (text_lower_char(f->name.p[i]) != name[i])
			return false;
	return true;
}

/* Those that make a header of lines with colons. */
static bool is_usual(const struct field *f)
{
	static const char *const names[] = {"from", "to", "date", "subject",
	    "message-id", "received", "mime-version", "content-type", "cc",
	    "return-path", "delivered-to"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (is_field(f, names[i]))
			return true;
	return false;
}

/* A file begins at the begin of a block, whatever another left before it: a
 * usual field there, before `end`; `end`: there is none. */
static size_t find_block(const struct box_scan_text *t, size_t line, size_t end)
{
	struct field f;

	for (size_t at = (line / BLOCK + 1) * BLOCK; at < end; at += BLOCK)
		if (take_field(t, at, &f) && is_usual(&f))
			return at;
	return end;
}

/* Where the header begins that the line at `at` is in. */
static size_t find_begin(const struct box_scan_text *t, size_t at)
{
	size_t begin = at;

	for (unsigned i = 0; i < LINES_MAX && begin > 0; i++) {
		const uint8_t *before =
		    begin > 1 ? memrchr(t->p, '\n', begin - 1) : NULL;
		const size_t line =
		    before != NULL ? (size_t)(before - t->p) + 1 : 0;
		const uint8_t *zero = memrchr(t->p + line, 0, begin - line);
		const size_t block = find_block(t, line, begin);
		struct field f;

		if (block < begin)
			return block;
		if (zero != NULL) {
			const size_t first = (size_t)(zero - t->p) + 1;

			return first < begin && take_field(t, first, &f)
			    ? first
			    : begin;
		}
		if (t->p[line] != ' ' && t->p[line] != '\t' &&
		    !take_field(t, line, &f))
			break;
		begin = line;
	}
	return begin;
}

/* ---- addresses ---- */

/* "Name" <a@b>, Name <a@b>, or a@b (Name): what is not the address. */
static struct slice name_of(
    const struct box_scan_text *t, size_t begin, size_t end, size_t at)
{
	const char *p = (const char *)t->p;
	const char *open = memrchr(p + begin, '<', at - begin);
	struct slice name = {NULL, 0};

	if (open != NULL) {
		name = (struct slice){p + begin, (size_t)(open - p) - begin};
	} else {
		open = memchr(p + at, '(', end - at);
		const char *shut = open != NULL
		    ? memchr(open, ')', end - (size_t)(open - p))
		    : NULL;

		if (shut != NULL)
			name =
			    (struct slice){open + 1, (size_t)(shut - open) - 1};
	}
	if (name.p == NULL)
		return name;
	while (name.n > 0 && strchr(" \t\r\n\"',;", name.p[0]) != NULL) {
		name.p++;
		name.n--;
	}
	while (name.n > 0 && strchr(" \t\r\n\"',;", name.p[name.n - 1]) != NULL)
		name.n--;
	return name;
}

static void put_name(struct box_scan *scan, struct slice name,
    struct box_scan_record *record, enum cage_hit_role role)
{
	const struct box_scan_text *t = box_scan_text(scan);
	char text[CAGE_HIT_TEXT_MAX];
	const size_t n = box_scan_unword(text, sizeof(text), name);

	/* An address as its own name says nothing. */
	if (n < 2 || memchr(text, '@', n) != NULL)
		return;
	box_scan_put(scan,
	    &(struct box_scan_find){.kind = CAGE_HIT_NAME,
		.at = (size_t)(name.p - (const char *)t->p),
		.n = name.n,
		.text = {text, n},
		.role = role,
		.record = record,
		.has_entry = true});
}

/* One address of a list: up to a comma that is not in quotes or brackets. */
static size_t item_end(const struct box_scan_text *t, size_t at, size_t end)
{
	bool is_quoted = false;
	unsigned brackets = 0;

	for (; at < end; at++) {
		const uint8_t c = t->p[at];

		if (c == '"')
			is_quoted = !is_quoted;
		if (is_quoted)
			continue;
		if (c == '(' || c == '<')
			brackets++;
		if ((c == ')' || c == '>') && brackets > 0)
			brackets--;
		if ((c == ',' || c == ';') && brackets == 0)
			return at;
	}
	return end;
}

static void put_addresses(struct box_scan *scan, const struct field *f,
    struct box_scan_record *record, enum cage_hit_role role)
{
	const struct box_scan_text *t = box_scan_text(scan);

	for (size_t at = f->at; at < f->end;) {
		const size_t end = item_end(t, at, f->end);
		const uint8_t *mark = memrchr(t->p + at, '@', end - at);

		record->entry = 0;
		if (mark != NULL) {
			const size_t place = (size_t)(mark - t->p);

			if (box_scan_email_at(scan, place, record, true, role))
				put_name(scan, name_of(t, at, end, place),
				    record, role);
		}
		at = end + 1;
	}
}

/* Addresses in other fields are of the mail, and of nobody in it. */
static void put_others(struct box_scan *scan, const struct field *f,
    struct box_scan_record *record)
{
	const struct box_scan_text *t = box_scan_text(scan);
	size_t at = f->at;

	while (at < f->end) {
		const uint8_t *mark = memchr(t->p + at, '@', f->end - at);

		if (mark == NULL)
			return;
		at = (size_t)(mark - t->p);
		if (at > f->at)
			(void)box_scan_email_at(
			    scan, at, record, false, CAGE_HIT_PLAIN);
		at++;
	}
}

static void put_field(struct box_scan *scan, const struct field *f,
    struct box_scan_record *record)
{
	if (is_field(f, "from") || is_field(f, "reply-to") ||
	    is_field(f, "sender"))
		put_addresses(scan, f, record, CAGE_HIT_SENDER);
	else if (is_field(f, "to") || is_field(f, "cc") || is_field(f, "bcc"))
		put_addresses(scan, f, record, CAGE_HIT_RECEIVER);
	else if (!is_field(f, "message-id") && !is_field(f, "in-reply-to") &&
	    !is_field(f, "references") && !is_field(f, "content-id"))
		put_others(scan, f, record);
}

/* A line's begin and one of the names that headers have. */
void box_scan_header(struct box_scan *scan, size_t end)
{
	const struct box_scan_text *t = box_scan_text(scan);
	size_t line = end - 1;

	while (line > 0 && t->p[line - 1] != '\n' && t->p[line - 1] != 0)
		line--;
	const size_t begin = find_begin(t, line);
	struct box_scan_record record = {.at = begin};
	struct field f;
	unsigned usual = 0;
	size_t at = begin;

	for (unsigned i = 0; i < LINES_MAX && at - begin < BOX_SCAN_MARGIN &&
	     at < t->n && take_field(t, at, &f);
	     i++) {
		usual += is_usual(&f);
		at = f.end + 1;
	}
	if (usual < 3 || at - begin > BOX_SCAN_MARGIN ||
	    !box_scan_is_new(scan, BOX_SCAN_HEADERS, begin, at))
		return;
	box_scan_mark(scan,
	    CAGE_HIT_FINDS(CAGE_HIT_EMAIL) | CAGE_HIT_FINDS(CAGE_HIT_NAME),
	    begin, at);
	for (size_t next = begin; next < at && take_field(t, next, &f);
	     next = f.end + 1)
		put_field(scan, &f, &record);
}

/* ---- parts ---- */

/* What is quoted is mostly as it is, and is looked at once: unquoted. */
static void put_part(struct box_scan *scan, size_t at, bool is_base64)
{
	const struct box_scan_text *t = box_scan_text(scan);

	if (is_base64) {
		box_scan_unpack(scan, CAGE_HIT_BASE64, at, 0);
		return;
	}
	const uint8_t *end = memmem(t->p + at, t->n - at, "\n--", 3);
	const uint8_t *zero = memchr(t->p + at, 0, t->n - at);
	size_t to = end != NULL ? (size_t)(end - t->p) : t->n;

	if (zero != NULL && (size_t)(zero - t->p) < to)
		to = (size_t)(zero - t->p);
	if (box_scan_unpack(scan, CAGE_HIT_QUOTED, at, 0))
		box_scan_mark(scan, CAGE_HIT_ALL_KINDS, at, to);
}

/* "Content-Transfer-Encoding:" and what it is; the part begins behind the
 * header's empty line. */
void box_scan_mime(struct box_scan *scan, size_t end)
{
	const struct box_scan_text *t = box_scan_text(scan);
	const bool is_base64 = end > 6 && t->p[end - 1] == '4';
	size_t at = line_end(t, end);
	struct field f;

	for (unsigned i = 0; i < LINES_MAX && at + 1 < t->n; i++) {
		at++;
		if (t->p[at] == '\n' ||
		    (t->p[at] == '\r' && at + 1 < t->n &&
			t->p[at + 1] == '\n')) {
			at += t->p[at] == '\r' ? 2 : 1;
			put_part(scan, at, is_base64);
			return;
		}
		if (!take_field(t, at, &f))
			return;
		at = f.end;
	}
}

/* <dc:creator> and the like: who wrote a document. */
void box_scan_author(struct box_scan *scan, size_t end)
{
	const struct box_scan_text *t = box_scan_text(scan);
	const size_t left = t->n - end;
	const uint8_t *shut = memchr(t->p + end, '<', left < 200 ? left : 200);
	struct box_scan_record record = {.at = end};

	if (shut == NULL || shut == t->p + end || shut[1] != '/')
		return;
	box_scan_put(scan,
	    &(struct box_scan_find){.kind = CAGE_HIT_NAME,
		.at = end,
		.n = (size_t)(shut - t->p) - end,
		.role = CAGE_HIT_AUTHOR,
		.record = &record});
}
