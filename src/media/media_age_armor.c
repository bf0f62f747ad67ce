/*
 * media_age_armor.c: see media_age_armor.h.
 */
#include "media_age_armor.h"

#include "text.h"

#include <stdint.h>
#include <string.h>

#define BEGIN "-----BEGIN AGE ENCRYPTED FILE-----"
#define END "-----END AGE ENCRYPTED FILE-----"
#define COLUMNS 64

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static struct slice trim(struct slice s)
{
	while (s.n > 0 && is_space(s.p[0])) {
		s.p++;
		s.n--;
	}
	while (s.n > 0 && is_space(s.p[s.n - 1]))
		s.n--;
	return s;
}

static struct slice next_line(struct slice *rest)
{
	struct slice line = slice_cut(rest, '\n');

	/* The end of the whole was trimmed: only a line has CRLF. */
	if (rest->p != NULL && line.n > 0 && line.p[line.n - 1] == '\r')
		line.n--;
	return line;
}

bool media_age_armor_is(struct slice text)
{
	return slice_starts_with(trim(text), "-----BEGIN");
}

int media_age_armor_read(struct buf *out, struct slice text, struct err *err)
{
	struct slice rest = trim(text), line = next_line(&rest);
	uint8_t bytes[COLUMNS / 4 * 3];
	bool is_ended = false;
	size_t n;

	if (!slice_is_text(line, BEGIN))
		return err_set(err, ERR_FORMAT, "armor: no line " BEGIN);
	while (rest.p != NULL) {
		line = next_line(&rest);
		if (slice_is_text(line, END))
			break;
		if (is_ended || line.n == 0 || line.n > COLUMNS ||
		    !text_from_base64(bytes, sizeof(bytes), &n, line))
			return err_set(err, ERR_FORMAT,
			    "armor: a line is not base64 as age writes it");
		is_ended = line.n < COLUMNS || line.p[COLUMNS - 1] == '=';
		buf_put(out, bytes, n);
	}
	if (!slice_is_text(line, END) || rest.p != NULL)
		return err_set(
		    err, ERR_FORMAT, "armor: it does not end with " END);
	return buf_check(out, err);
}
