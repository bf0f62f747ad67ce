/*
 * box_scan_card.c: people in vCards (RFC 6350 and older) and in LDIF: one entry
 * each, with the name and what is in the fields beside it.
 */
#include "box_scan.h"

#include "text.h"

#include <string.h>

#define LINES_MAX 2000
#define VALUE_MAX 2048

struct line {
	struct slice name; /* "item1.TEL" without the group */
	struct slice params; /* may be empty */
	size_t at, end; /* of the value, in the text */
	bool is_packed; /* LDIF: two colons */
};

static bool is_same(struct slice a, const char *lower)
{
	const size_t n = strlen(lower);

	if (a.n != n)
		return false;
	for (size_t i = 0; i < n; i++)
		if (text_lower_char(a.p[i]) != lower[i])
			return false;
	return true;
}

/* Without regard to case; where it ends, or NULL. */
static const char *find(struct slice a, const char *lower)
{
	const size_t n = strlen(lower);

	for (size_t i = 0; i + n <= a.n; i++)
		if (is_same((struct slice){a.p + i, n}, lower))
			return a.p + i + n;
	return NULL;
}

static size_t line_end(const struct box_scan_text *t, size_t at)
{
	while (at < t->n && t->p[at] != '\n' && t->p[at] != 0)
		at++;
	return at;
}

/* A line and those that go on with it: folded, or quoted with "=" at the end.
 */
static size_t whole_line(const struct box_scan_text *t, size_t at)
{
	const size_t first = line_end(t, at);
	const bool is_quoted =
	    find((struct slice){(const char *)t->p + at, first - at},
		"quoted-printable") != NULL;
	size_t end = first;

	for (;;) {
		size_t last = end;

		if (last > at && t->p[last - 1] == '\r')
			last--;
		const bool goes_on = end + 1 < t->n && t->p[end] == '\n' &&
		    (t->p[end + 1] == ' ' || t->p[end + 1] == '\t' ||
			(is_quoted && last > at && t->p[last - 1] == '='));

		if (!goes_on)
			return end;
		end = line_end(t, end + 1);
	}
}

static bool take_line(
    const struct box_scan_text *t, size_t at, struct line *ret, size_t *ret_end)
{
	const size_t end = whole_line(t, at);
	const uint8_t *colon = memchr(t->p + at, ':', end - at);

	*ret_end = end;
	if (colon == NULL)
		return false;
	struct slice head = {
	    (const char *)t->p + at, (size_t)(colon - t->p) - at};

	ret->name = slice_cut(&head, ';');
	ret->params = head.p != NULL ? head : (struct slice){"", 0};
	const char *dot = memrchr(ret->name.p, '.', ret->name.n);

	if (dot != NULL) {
		ret->name.n -= (size_t)(dot + 1 - ret->name.p);
		ret->name.p = dot + 1;
	}
	ret->at = (size_t)(colon - t->p) + 1;
	ret->is_packed = ret->at < end && t->p[ret->at] == ':';
	ret->at += ret->is_packed;
	while (ret->at < end && t->p[ret->at] == ' ')
		ret->at++;
	ret->end = end;
	while (ret->end > ret->at && t->p[ret->end - 1] == '\r')
		ret->end--;
	return ret->end > ret->at;
}

/* The value as UTF-8, without what folding and coding did to it. */
static struct slice value_of(const struct box_scan_text *t,
    const struct line *l, char *bytes, char *out, size_t size)
{
	struct slice raw = {(const char *)t->p + l->at, l->end - l->at};
	const char *charset = find(l->params, "charset=");
	struct slice page = {NULL, 0};
	size_t n = 0;

	if (charset != NULL) {
		page = (struct slice){
		    charset, l->params.n - (size_t)(charset - l->params.p)};
		page = slice_cut(&page, ';');
	}
	if (find(l->params, "quoted-printable") != NULL) {
		n = box_scan_unquote(bytes, size, raw, false);
	} else if (l->is_packed || find(l->params, "encoding=b") != NULL) {
		n = box_scan_unbase64(bytes, size, raw);
	} else {
		for (size_t i = 0; i < raw.n && n < size; i++) {
			if (raw.p[i] == '\r')
				continue;
			if (raw.p[i] == '\n')
				i++;
			else
				bytes[n++] = raw.p[i];
		}
	}
	n = box_scan_charset(out, size, (struct slice){bytes, n}, page);
	return (struct slice){out, n};
}

/* "Family;Given;Middle;;" as people write it. */
static struct slice join_name(struct slice value, char *out, size_t size)
{
	struct slice parts[3] = {{"", 0}, {"", 0}, {"", 0}};
	static const unsigned order[3] = {1, 2, 0};
	size_t n = 0;

	for (unsigned i = 0; i < 3 && value.p != NULL; i++)
		parts[i] = slice_cut(&value, ';');
	for (unsigned i = 0; i < 3; i++) {
		const struct slice part = slice_trim(parts[order[i]]);

		if (part.n == 0 || n + part.n + 1 > size)
			continue;
		if (n > 0)
			out[n++] = ' ';
		memcpy(out + n, part.p, part.n);
		n += part.n;
	}
	return (struct slice){out, n};
}

/* "\," and the like. */
static struct slice unescape(struct slice value, char *out)
{
	size_t n = 0;

	for (size_t i = 0; i < value.n; i++) {
		if (value.p[i] == '\\' && i + 1 < value.n)
			i++;
		out[n++] = value.p[i];
	}
	return (struct slice){out, n};
}

struct person {
	struct box_scan *scan;
	struct box_scan_record record;
	bool has_name;
};

static void put(struct person *person, enum cage_hit_kind kind,
    const struct line *l, struct slice text, enum cage_hit_role role)
{
	box_scan_put(person->scan,
	    &(struct box_scan_find){.kind = kind,
		.at = l->at,
		.n = l->end - l->at,
		.text = text,
		.role = role,
		.record = &person->record,
		.has_entry = role == CAGE_HIT_OWNER});
}

static void put_name(struct person *person, const struct line *l,
    struct slice value, enum cage_hit_role role)
{
	char text[CAGE_HIT_TEXT_MAX];

	if (value.n < 2 || value.n >= sizeof(text))
		return;
	if (role == CAGE_HIT_OWNER && person->has_name)
		return;
	person->has_name = person->has_name || role == CAGE_HIT_OWNER;
	put(person, CAGE_HIT_NAME, l, unescape(value, text), role);
}

static void put_email(
    struct person *person, const struct line *l, struct slice value)
{
	char text[CAGE_HIT_TEXT_MAX];

	value = slice_trim(value);
	if (slice_starts_with(value, "mailto:"))
		value = (struct slice){value.p + 7, value.n - 7};
	if (!box_scan_email_is(value))
		return;
	text_lower(text, value);
	put(person, CAGE_HIT_EMAIL, l, (struct slice){text, value.n},
	    CAGE_HIT_OWNER);
}

static void put_phone(
    struct person *person, const struct line *l, struct slice value)
{
	char text[CAGE_HIT_TEXT_MAX];

	if (box_scan_phone_is(slice_trim(value), text))
		put(person, CAGE_HIT_PHONE, l, slice_of(text), CAGE_HIT_OWNER);
}

static void put_field(
    struct person *person, const struct line *l, bool is_full_name)
{
	const struct box_scan_text *t = box_scan_text(person->scan);
	char bytes[VALUE_MAX], text[VALUE_MAX], name[VALUE_MAX];
	const struct slice value = value_of(t, l, bytes, text, sizeof(bytes));

	if (is_same(l->name, "fn") || is_same(l->name, "cn"))
		put_name(person, l, value, CAGE_HIT_OWNER);
	else if (is_same(l->name, "n") && !is_full_name)
		put_name(person, l, join_name(value, name, sizeof(name)),
		    CAGE_HIT_OWNER);
	else if (is_same(l->name, "email") || is_same(l->name, "mail"))
		put_email(person, l, value);
	else if (is_same(l->name, "tel") || is_same(l->name, "mobile") ||
	    is_same(l->name, "telephonenumber") ||
	    is_same(l->name, "homephone") ||
	    is_same(l->name, "facsimiletelephonenumber"))
		put_phone(person, l, value);
	else if ((is_same(l->name, "related") || is_same(l->name, "x-spouse") ||
		     is_same(l->name, "x-abrelatednames")) &&
	    memchr(value.p, ':', value.n) == NULL)
		put_name(person, l, value, CAGE_HIT_RELATIVE);
}

static void put_person(
    struct box_scan *scan, size_t begin, size_t first, size_t end, bool has_fn)
{
	const struct box_scan_text *t = box_scan_text(scan);
	struct person person = {.scan = scan, .record = {.at = begin}};
	struct line l;
	size_t next;

	box_scan_mark(scan,
	    CAGE_HIT_FINDS(CAGE_HIT_EMAIL) | CAGE_HIT_FINDS(CAGE_HIT_NAME) |
		CAGE_HIT_FINDS(CAGE_HIT_PHONE),
	    begin, end);
	for (size_t at = first; at < end; at = next + 1)
		if (take_line(t, at, &l, &next))
			put_field(&person, &l, has_fn);
}

/* "BEGIN:VCARD" */
void box_scan_vcard(struct box_scan *scan, size_t end)
{
	const struct box_scan_text *t = box_scan_text(scan);
	const size_t begin = end - 11;
	const size_t first = line_end(t, end) + 1;
	bool has_fn = false;
	struct line l;
	size_t next;

	for (size_t at = first; at < t->n && at - begin < BOX_SCAN_MARGIN;
	     at = next + 1) {
		const bool is_line = take_line(t, at, &l, &next);

		has_fn = has_fn || (is_line && is_same(l.name, "fn"));
		if (is_line && is_same(l.name, "end")) {
			if (box_scan_is_new(
				scan, BOX_SCAN_CONTACTS, begin, next))
				put_person(scan, begin, first, at, has_fn);
			return;
		}
		/* A card that ends nowhere is none. */
		if (t->p[next] == 0)
			return;
	}
}

/* A line's begin and "dn:"; the entry ends with an empty line. */
void box_scan_ldif(struct box_scan *scan, size_t end)
{
	const struct box_scan_text *t = box_scan_text(scan);
	const size_t begin = end - 3;
	bool is_person = false;
	struct line l;
	size_t at = begin, next = begin;

	for (unsigned i = 0; i < LINES_MAX && at < t->n; i++) {
		if (at - begin >= BOX_SCAN_MARGIN || t->p[at] == '\n' ||
		    t->p[at] == '\r' || t->p[at] == 0)
			break;
		if (take_line(t, at, &l, &next))
			is_person = is_person || is_same(l.name, "mail") ||
			    is_same(l.name, "telephonenumber") ||
			    is_same(l.name, "mobile") ||
			    is_same(l.name, "homephone");
		at = next + 1;
	}
	if (is_person && at - begin < BOX_SCAN_MARGIN &&
	    box_scan_is_new(scan, BOX_SCAN_CONTACTS, begin, at))
		put_person(scan, begin, begin, at < t->n ? at : t->n, true);
}
