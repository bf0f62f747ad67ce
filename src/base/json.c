/*
 * json.c: writing JSON.
 *
 * Invariant: what comes out is well-formed and ASCII-safe to display whatever
 * the values hold: names of files and parties come from strangers.
 */
#include "json.h"

#include "text.h"

#include <assert.h>
#include <inttypes.h>

void json_init(struct json *json, struct buf *out)
{
	*json = (struct json){.out = out};
}

void json_init_line(struct json *json, struct buf *out)
{
	*json = (struct json){.out = out, .is_line = true};
}

static void put_plain(struct buf *out, struct slice s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '"' || s.p[i] == '\\')
			buf_putc(out, '\\');
		buf_putc(out, s.p[i]);
	}
}

/* Writes the refused character that s begins with; returns its length. */
static size_t put_escaped(struct buf *out, uint32_t code_point)
{
	if (code_point > 0xffff) {
		/* The only refused thing up there: a byte that is not UTF-8. */
		buf_puts(out, "\\ufffd");
		return 1;
	}
	if (code_point == '\n')
		buf_puts(out, "\\n");
	else
		buf_printf(out, "\\u%04" PRIx32, code_point);
	return code_point < 0x80 ? 1 : code_point < 0x800 ? 2 : 3;
}

static void put_string(struct buf *out, struct slice s)
{
	size_t at;
	uint32_t code_point;

	buf_putc(out, '"');
	while (!text_is_line(s, &at, &code_point)) {
		put_plain(out, (struct slice){s.p, at});
		at += put_escaped(out, code_point);
		s = (struct slice){s.p + at, s.n - at};
	}
	put_plain(out, s);
	buf_putc(out, '"');
}

static void put_line_start(const struct json *json)
{
	if (json->is_line)
		return;
	buf_putc(json->out, '\n');
	for (unsigned i = 0; i < json->depth; i++)
		buf_puts(json->out, "  ");
}

/* What stands before every value: comma, line, name. */
static void begin_value(struct json *json, const char *name)
{
	const unsigned depth = json->depth;

	assert(json->open[depth].is_object == (name != NULL));
	assert(depth > 0 || !json->open[0].has_value);
	if (json->open[depth].has_value)
		buf_putc(json->out, ',');
	json->open[depth].has_value = true;
	if (depth > 0)
		put_line_start(json);
	if (name) {
		put_string(json->out, slice_of(name));
		buf_puts(json->out, ": ");
	}
}

static void end_value(const struct json *json)
{
	if (json->depth == 0)
		buf_putc(json->out, '\n');
}

static void open_place(struct json *json, const char *name, bool is_object)
{
	begin_value(json, name);
	assert(json->depth < JSON_DEPTH_MAX);
	json->depth++;
	json->open[json->depth].is_object = is_object;
	json->open[json->depth].has_value = false;
	buf_putc(json->out, is_object ? '{' : '[');
}

static void close_place(struct json *json, bool is_object)
{
	assert(json->depth > 0);
	assert(json->open[json->depth].is_object == is_object);
	const bool has_value = json->open[json->depth].has_value;

	json->depth--;
	if (has_value)
		put_line_start(json);
	buf_putc(json->out, is_object ? '}' : ']');
	end_value(json);
}

void json_open_object(struct json *json, const char *name)
{
	open_place(json, name, true);
}

void json_close_object(struct json *json)
{
	close_place(json, true);
}

void json_open_array(struct json *json, const char *name)
{
	open_place(json, name, false);
}

void json_close_array(struct json *json)
{
	close_place(json, false);
}

void json_text(struct json *json, const char *name, struct slice value)
{
	if (!value.p) {
		json_null(json, name);
		return;
	}
	begin_value(json, name);
	put_string(json->out, value);
	end_value(json);
}

void json_number(struct json *json, const char *name, int64_t value)
{
	begin_value(json, name);
	buf_printf(json->out, "%" PRId64, value);
	end_value(json);
}

void json_bool(struct json *json, const char *name, bool value)
{
	begin_value(json, name);
	buf_puts(json->out, value ? "true" : "false");
	end_value(json);
}

void json_null(struct json *json, const char *name)
{
	begin_value(json, name);
	buf_puts(json->out, "null");
	end_value(json);
}
