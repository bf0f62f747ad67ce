/*
 * stamp_file.c: see stamp_file.h.
 */
#include "stamp_file.h"

#include "reader.h"
#include "text.h"

#include <stdlib.h>

#define MAGIC "counterfoil-stamps/v1 "

static int bad(const char *why, struct err *err)
{
	return err_set(err, ERR_FORMAT, "not a file of time stamps: %s", why);
}

static int check_line(struct slice line, struct err *err)
{
	uint8_t bytes[STAMP_TOKEN_MAX];
	size_t n;

	if (line.n > STAMP_FILE_LINE_MAX)
		return err_set(err, ERR_LIMIT,
		    "a time stamp of more than %d bytes", STAMP_TOKEN_MAX);
	if (!text_from_base64(bytes, sizeof(bytes), &n, line) || n == 0)
		return bad("a line is not padded base64", err);
	return 0;
}

int stamp_file_parse(
    struct stamp_file *ret_file, struct slice text, struct err *err)
{
	struct stamp_file file = {0};
	struct reader reader;
	unsigned long long n;

	reader_init(&reader, text.p, text.n);
	reader_expect(&reader, MAGIC);
	struct slice count = reader_line(&reader);
	if (reader.failed || !slice_to_u64(count, &n) || n == 0)
		return bad("it does not begin with `" MAGIC "<n>`", err);
	if (n > STAMP_FILE_TOKENS_MAX)
		return err_set(err, ERR_LIMIT,
		    "%llu time stamps over one checkpoint, where at most %d "
		    "can be",
		    n, STAMP_FILE_TOKENS_MAX);
	while (file.n < n) {
		struct slice line = reader_line(&reader);

		if (reader.failed)
			return bad("it has fewer lines than it says", err);
		int rc = check_line(line, err);
		if (rc != 0)
			return rc;
		if (file.n > 0 &&
		    slice_compare(file.lines[file.n - 1], line) >= 0)
			return bad("its lines are not in order", err);
		file.lines[file.n++] = line;
	}
	if (!reader_is_at_end(&reader))
		return bad("something follows its last line", err);
	*ret_file = file;
	return 0;
}

int stamp_file_put_token(
    struct buf *out, const struct stamp_file *file, size_t i, struct err *err)
{
	uint8_t bytes[STAMP_TOKEN_MAX];
	size_t n;

	if (!text_from_base64(bytes, sizeof(bytes), &n, file->lines[i]))
		return bad("a line is not padded base64", err);
	buf_put(out, bytes, n);
	return buf_check(out, err);
}

static void put_line(struct buf *out, struct slice line)
{
	buf_put_slice(out, line);
	buf_putc(out, '\n');
}

static int put_with(struct buf *out, const struct stamp_file *file,
    struct slice line, struct err *err)
{
	size_t at = 0;

	while (at < file->n && slice_compare(file->lines[at], line) < 0)
		at++;
	bool is_new = at == file->n || !slice_is(file->lines[at], line);
	if (is_new && file->n == STAMP_FILE_TOKENS_MAX)
		return err_set(err, ERR_LIMIT,
		    "there are %d time stamps over this checkpoint already, "
		    "and no more are kept",
		    STAMP_FILE_TOKENS_MAX);
	buf_printf(out, MAGIC "%zu\n", file->n + (is_new ? 1 : 0));
	for (size_t i = 0; i < file->n; i++) {
		if (is_new && i == at)
			put_line(out, line);
		put_line(out, file->lines[i]);
	}
	if (is_new && at == file->n)
		put_line(out, line);
	return buf_check(out, err);
}

int stamp_file_put(struct buf *out, const struct stamp_file *file,
    struct slice token, struct err *err)
{
	struct buf line;

	if (token.n == 0 || token.n > STAMP_TOKEN_MAX)
		return err_set(err, ERR_LIMIT,
		    "a time stamp of %zu bytes, where 1 to %d can be", token.n,
		    STAMP_TOKEN_MAX);
	buf_init(&line, STAMP_FILE_LINE_MAX);
	text_put_base64(&line, (const uint8_t *)token.p, token.n);
	int rc = buf_check(&line, err);
	if (rc == 0)
		rc = put_with(out, file, buf_slice(&line), err);
	buf_done(&line);
	return rc;
}
