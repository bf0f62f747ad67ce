/*
 * flow_html.c: the five characters that mean something to HTML.
 */
#include "flow_html.h"

static const char *entity_of(char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

static void put_char(struct buf *out, char c)
{
	const char *entity = entity_of(c);

	if (entity != NULL)
		buf_puts(out, entity);
	else
		buf_putc(out, c);
}

void flow_html_put(struct buf *out, struct slice text)
{
	for (size_t i = 0; i < text.n; i++)
		put_char(out, text.p[i]);
}

void flow_html_put_head(struct buf *out, struct slice title, const char *style)
{
	buf_puts(out,
	    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
	    "<meta charset=\"utf-8\">\n"
	    "<meta name=\"viewport\" content=\"width=device-width, "
	    "initial-scale=1\">\n"
	    "<meta http-equiv=\"Content-Security-Policy\" "
	    "content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
	    "<meta name=\"referrer\" content=\"no-referrer\">\n<title>");
	flow_html_put(out, title);
	buf_printf(
	    out, "</title>\n<style>\n%s</style>\n</head>\n<body>\n", style);
}

/* Whether text begins as `shape` does, where 0 stands for any digit. */
static bool is_shaped(struct slice text, const char *shape)
{
	size_t n = strlen(shape);

	for (size_t i = 0; i < n; i++) {
		if (i == text.n)
			return false;
		bool is_digit = text.p[i] >= '0' && text.p[i] <= '9';
		if (shape[i] == '0' ? !is_digit : text.p[i] != shape[i])
			return false;
	}
	return true;
}

/* The length of the date, or date and time, that text begins with; or 0. */
static size_t date_length(struct slice text)
{
	static const char *const shapes[] = {
	    "0000-00-00 00:00:00", "0000-00-00 00:00", "0000-00-00"};

	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++)
		if (is_shaped(text, shapes[i]))
			return strlen(shapes[i]);
	return 0;
}

void flow_html_put_sentence(struct buf *out, struct slice text)
{
	for (size_t i = 0; i < text.n; i++) {
		size_t n = date_length((struct slice){text.p + i, text.n - i});
		if (n == 0) {
			put_char(out, text.p[i]);
			continue;
		}
		buf_puts(out, "<time>");
		buf_put(out, text.p + i, n);
		buf_puts(out, "</time>");
		i += n - 1;
	}
}

void flow_html_put_free(struct buf *out, struct slice escaped)
{
	for (size_t i = 0; i < escaped.n; i++) {
		if (escaped.p[i] != '\\' || i + 1 == escaped.n) {
			put_char(out, escaped.p[i]);
			continue;
		}
		i++;
		if (escaped.p[i] == 'n')
			buf_puts(out, "<br>");
		else
			put_char(out, escaped.p[i]);
	}
}
