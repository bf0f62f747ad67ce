/*
 * reader.h: the one way in which foreign bytes are taken apart.
 *
 * A reader walks once over a borrowed run of bytes. Errors are sticky: after
 * the first one every call returns an absent slice or 0, and `failed` stays
 * set, so a parser reads its fields in a row and checks once.
 */
#ifndef READER_H
#define READER_H

#include "slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct reader {
	const char *p;
	size_t n;
	size_t at; /* next byte; also where the first error was found */
	bool failed;
};

void reader_init(struct reader *reader, const void *bytes, size_t n);

/* True if everything was read and nothing failed: the last check of a parser.
 * A loop over what is left asks reader_left, which is 0 after a failure. */
bool reader_is_at_end(const struct reader *reader);
size_t reader_left(const struct reader *reader);

/* The next n bytes; fails if fewer are left. */
struct slice reader_bytes(struct reader *reader, size_t n);

/* The next line without its LF; fails if no LF follows. A line may be empty. */
struct slice reader_line(struct reader *reader);

/* Consumes exactly `text`, or fails. */
void reader_expect(struct reader *reader, const char *text);

/* True and consumed if `text` comes next; else false and nothing changes. */
bool reader_accept(struct reader *reader, const char *text);

uint8_t reader_u8(struct reader *reader);
uint16_t reader_be16(struct reader *reader);
uint32_t reader_be32(struct reader *reader);
uint64_t reader_be64(struct reader *reader);
uint32_t reader_le32(struct reader *reader);
uint64_t reader_le64(struct reader *reader);

#endif
