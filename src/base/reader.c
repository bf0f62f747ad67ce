/*
 * reader.c: taking foreign bytes apart, one bounded step at a time.
 *
 * Invariant: at <= n always, and once `failed` is set nothing moves any more.
 */
#include "reader.h"

void reader_init(struct reader *reader, const void *bytes, size_t n)
{
	*reader = (struct reader){.p = bytes ? bytes : "", .n = n};
}

bool reader_is_at_end(const struct reader *reader)
{
	return !reader->failed && reader->at == reader->n;
}

size_t reader_left(const struct reader *reader)
{
	return reader->failed ? 0 : reader->n - reader->at;
}

struct slice reader_bytes(struct reader *reader, size_t n)
{
	if (reader->failed || n > reader->n - reader->at) {
		reader->failed = true;
		return (struct slice){NULL, 0};
	}
	const struct slice bytes = {reader->p + reader->at, n};
	reader->at += n;
	return bytes;
}

struct slice reader_line(struct reader *reader)
{
	const char *start = reader->p + reader->at;
	const char *end = memchr(start, '\n', reader_left(reader));

	if (!end) {
		reader->failed = true;
		return (struct slice){NULL, 0};
	}
	const struct slice line = {start, (size_t)(end - start)};
	reader->at += line.n + 1;
	return line;
}

void reader_expect(struct reader *reader, const char *text)
{
	if (!reader_accept(reader, text))
		reader->failed = true;
}

bool reader_accept(struct reader *reader, const char *text)
{
	const size_t n = strlen(text);

	if (n > reader_left(reader) ||
	    memcmp(reader->p + reader->at, text, n) != 0)
		return false;
	reader->at += n;
	return !reader->failed;
}

static uint64_t read_be(struct reader *reader, size_t n)
{
	const struct slice bytes = reader_bytes(reader, n);
	uint64_t value = 0;

	for (size_t i = 0; i < bytes.n; i++)
		value = value << 8 | (uint8_t)bytes.p[i];
	return value;
}

uint8_t reader_u8(struct reader *reader)
{
	return (uint8_t)read_be(reader, 1);
}

uint16_t reader_be16(struct reader *reader)
{
	return (uint16_t)read_be(reader, 2);
}

uint32_t reader_be32(struct reader *reader)
{
	return (uint32_t)read_be(reader, 4);
}

uint64_t reader_be64(struct reader *reader)
{
	return read_be(reader, 8);
}

static uint64_t read_le(struct reader *reader, size_t n)
{
	const struct slice bytes = reader_bytes(reader, n);
	uint64_t value = 0;

	for (size_t i = bytes.n; i > 0; i--)
		value = value << 8 | (uint8_t)bytes.p[i - 1];
	return value;
}

uint32_t reader_le32(struct reader *reader)
{
	return (uint32_t)read_le(reader, 4);
}

uint64_t reader_le64(struct reader *reader)
{
	return read_le(reader, 8);
}
