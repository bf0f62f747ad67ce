/*
 * json.h: writing JSON (never reading it) into a buf. Commas, indentation (two
 * spaces) and the final line feed are kept here; the caller opens, names and
 * closes in order, at most JSON_DEPTH_MAX deep. That the calls nest properly is
 * asserted. What the buf could not hold is told by buf_check.
 */
#ifndef JSON_H
#define JSON_H

#include "buf.h"
#include "slice.h"

#include <stdbool.h>
#include <stdint.h>

#define JSON_DEPTH_MAX 16

struct json {
	struct buf *out;
	unsigned depth;
	bool is_line;
	struct {
		bool is_object;
		bool has_value;
	} open[JSON_DEPTH_MAX + 1]; /* [0] is the outermost place */
};

void json_init(struct json *json, struct buf *out);
/* The same on one line, as JSON Lines has it: one document a line. */
void json_init_line(struct json *json, struct buf *out);

/* `name` is NULL inside an array and for the outermost value. */
void json_open_object(struct json *json, const char *name);
void json_close_object(struct json *json);
void json_open_array(struct json *json, const char *name);
void json_close_array(struct json *json);

/* An absent slice is written as null. Characters that text_is_line refuses are
 * written as \u escapes, bytes that are not UTF-8 as \ufffd. */
void json_text(struct json *json, const char *name, struct slice value);
/* Readers in JavaScript round beyond 2^53: write larger ones as text. */
void json_number(struct json *json, const char *name, int64_t value);
void json_bool(struct json *json, const char *name, bool value);
void json_null(struct json *json, const char *name);

#endif
