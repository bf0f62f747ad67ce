/*
 * text.h: which text may stand in a record, and hex and base64 in exactly one
 * spelling each.
 *
 * findings section 1: what is signed is what is read, so characters that are
 * invisible or reorder the line are refused everywhere.
 */
#ifndef TEXT_H
#define TEXT_H

#include "buf.h"
#include "slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TEXT_IDENTIFIER_MAX 64
#define TEXT_SPAN_SIZE 64 /* with NUL */

/* "bytes 5 to 8" for 4 bytes at 5: first and last, as all messages count; for
 * none at 5 "bytes from 5 on". */
void text_span(char ret_span[TEXT_SPAN_SIZE], uint64_t at, uint64_t length);

/* Valid UTF-8 (shortest form, no surrogates, at most U+10FFFF). */
bool text_is_utf8(struct slice s);

/*
 * Valid UTF-8 without the characters of findings section 1: C0 (so no LF or
 * TAB), DEL, C1, U+061C, U+200B, U+200E, U+200F, U+2028-202E, U+2060,
 * U+2066-2069, U+FEFF. *ret_at (may be NULL) is the offset of the first
 * refused character and *ret_code_point (may be NULL) its number, or
 * 0xFFFFFFFF where the bytes are not UTF-8.
 */
bool text_is_line(struct slice s, size_t *ret_at, uint32_t *ret_code_point);

/*
 * Any bytes as a line that people are shown, the one way in which all messages
 * and screens do it: each byte of what text_is_line refuses is written \xNN,
 * lower case; all else is as it is, a backslash, too, so that what was shown
 * once does not change if it is shown again. (JSON has escapes of its own.)
 * Writes at most size - 1 bytes, which is at least 4, and a NUL; cuts no
 * character and no escape. Returns how many bytes of s were shown.
 */
size_t text_show(char *ret_line, size_t size, struct slice s);
void text_put_shown(struct buf *out, struct slice s); /* appends all of it */

/* ASCII letters, digits, '.', '/', '-'; begins and ends with a letter or
 * digit; no ".." or "//"; 1 to TEXT_IDENTIFIER_MAX bytes. */
bool text_is_identifier(struct slice s);

/* Free text as it stands on a record's line: "\n" is a line break, "\\" a
 * backslash; any other use of a backslash, and a bare LF, is false. */
bool text_is_escaped(struct slice s);
void text_escape(struct buf *out, struct slice s);
void text_unescape(struct buf *out, struct slice s); /* needs text_is_escaped */

/* ASCII letters in lower case; every other byte as it is. */
static inline char text_lower_char(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}
/* Writes s.n bytes. */
void text_lower(char *ret_lower, struct slice s);

/* Lower-case hex. text_from_hex: exactly 2*n digits, lower case only. */
void text_to_hex(char *ret_hex, const uint8_t *bytes, size_t n); /* 2n + NUL */
void text_put_hex(struct buf *out, const uint8_t *bytes, size_t n);
bool text_from_hex(uint8_t *ret_bytes, size_t n, struct slice hex);

/* RFC 4648 section 4, padded. text_from_base64 accepts only the one canonical
 * spelling (padding present, unused bits zero, no white space); *ret_n is the
 * number of bytes; fails if they are more than max. */
void text_put_base64(struct buf *out, const uint8_t *bytes, size_t n);
bool text_from_base64(
    uint8_t *ret_bytes, size_t max, size_t *ret_n, struct slice base64);
/* The same in a time that does not depend on what was encoded. */
bool text_from_base64_secret(
    uint8_t *ret_bytes, size_t max, size_t *ret_n, struct slice base64);

#endif
