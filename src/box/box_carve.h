/*
 * box_carve.h: files that nobody names, by their first bytes and structure; see
 * cage_carve.h. Bytes are those of box_blind.h.
 */
#ifndef BOX_CARVE_H
#define BOX_CARVE_H

#include "box_blind.h"
#include "cage_carve.h"

#include <stdbool.h>
#include <stdint.h>

/* A file at the first of the bytes, which may have others behind it: false:
 * there is none of this type. Else how long it is, and whether its structure
 * holds to its end; if it does not, the length is as far as it does. */
typedef bool box_carve_follow(
    const struct box_blind_bytes *from, uint64_t *ret_length, bool *ret_whole);

bool box_carve_jpeg(
    const struct box_blind_bytes *from, uint64_t *ret_length, bool *ret_whole);
bool box_carve_png(
    const struct box_blind_bytes *from, uint64_t *ret_length, bool *ret_whole);
bool box_carve_gif(
    const struct box_blind_bytes *from, uint64_t *ret_length, bool *ret_whole);
bool box_carve_pdf(
    const struct box_blind_bytes *from, uint64_t *ret_length, bool *ret_whole);
bool box_carve_zip(
    const struct box_blind_bytes *from, uint64_t *ret_length, bool *ret_whole);
bool box_carve_sqlite(
    const struct box_blind_bytes *from, uint64_t *ret_length, bool *ret_whole);
bool box_carve_mp4(
    const struct box_blind_bytes *from, uint64_t *ret_length, bool *ret_whole);

/* The place of n bytes of text from `at` on, within `most` bytes. */
bool box_carve_search(const struct box_blind_bytes *from, uint64_t at,
    uint64_t most, const char *text, size_t n, uint64_t *ret_at);

/* The answer to CAGE_WIRE_CARVE. */
void box_carve_range(const struct box_blind_bytes *image,
    const struct cage_wire_request *request, uint8_t *shared,
    struct cage_wire_answer *answer);

#endif
