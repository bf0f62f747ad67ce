/*
 * box_scan_text.h: texts that are made of bytes, where what is in them lies,
 * and lines that are made of them.
 */
#ifndef BOX_SCAN_TEXT_H
#define BOX_SCAN_TEXT_H

#include "box_scan.h"

/* Which piece has the byte `at`, and where in the bytes that lies. */
size_t box_scan_text_piece(const struct box_scan_text *text, size_t at);
size_t box_scan_text_place(const struct box_scan_text *text, size_t at);

/* A find's text and context (CAGE_HIT_TEXT_MAX, CAGE_HIT_CONTEXT_MAX) as
 * lines, and the coding it has. */
enum cage_hit_coding box_scan_text_hit(const struct box_scan_text *text,
    const struct box_scan_find *find, char *ret_text, char *ret_context);

/*
 * Any bytes as a line of at most size - 1: UTF-8 stays, other bytes are of
 * windows-1252, what may not stand in a line is a space, and spaces are one.
 * True: there were other bytes.
 */
bool box_scan_text_line(
    char *ret_line, size_t size, const uint8_t *bytes, size_t n);

/* ---- texts that are made; each is good until the next one ---- */

struct box_scan_wide;

int box_scan_wide_new(
    struct box_scan_wide **ret_wide, struct err *err) MUST_CHECK;
void box_scan_wide_free(struct box_scan_wide *wide);
/* All runs of UTF-16 in the bytes, as UTF-8, with zeros between them; which of
 * the two it is is said by the place. n 0: there is none. */
int box_scan_wide_make(struct box_scan_wide *wide, const uint8_t *bytes,
    size_t n, struct box_scan_text *ret_text, struct err *err) MUST_CHECK;

struct box_scan_strip;

int box_scan_strip_new(
    struct box_scan_strip **ret_strip, struct err *err) MUST_CHECK;
void box_scan_strip_free(struct box_scan_strip *strip);
/* XML without its marks, or what the text operators of a PDF show: words that
 * were cut apart are whole in it. */
int box_scan_strip_make(struct box_scan_strip *strip, const uint8_t *bytes,
    size_t n, bool is_xml, struct box_scan_text *ret_text,
    struct err *err) MUST_CHECK;

#endif
