/*
 * box_scan_wide.c: runs of UTF-16 in bytes, made a text in UTF-8.
 *
 * A run is found by eight bytes in which each second one is zero and the others
 * are letters, which is two tests a word; everything that is personal and that
 * this scan knows of has that much ASCII in it. Then it goes on in both
 * directions as far as its units are text.
 */
#include "box_scan_text.h"

#include "mem.h"

#include <stdlib.h>
#include <string.h>

struct box_scan_wide {
	uint8_t *bytes;
	size_t n, cap;
	struct box_scan_piece *pieces;
	size_t pieces_n, pieces_cap;
};

int box_scan_wide_new(struct box_scan_wide **ret_wide, struct err *err)
{
	*ret_wide = mem_new(1, sizeof(**ret_wide));
	return *ret_wide == NULL ? err_nomem(err) : 0;
}

void box_scan_wide_free(struct box_scan_wide *wide)
{
	if (wide == NULL)
		return;
	free(wide->bytes);
	free(wide->pieces);
	free(wide);
}

#define HIGH UINT64_C(0xff00ff00ff00ff00)
#define EVERY UINT64_C(0x0001000100010001)

/* Four units whose other bytes are zero and whose own are printable. */
static bool is_four(uint64_t units)
{
	if ((units & HIGH) != 0)
		return false;
	/* Each is at least 0x20 and at most 0x7e: no carry out of its lane. */
	const uint64_t low = units + EVERY * (0x80 - 0x20);
	const uint64_t high = units + EVERY * 1;

	return (low & EVERY * 0x80) == EVERY * 0x80 &&
	    (high & EVERY * 0x80) == 0;
}

static uint32_t unit(const uint8_t *p, bool is_big)
{
	return is_big ? (uint32_t)p[0] << 8 | p[1] : (uint32_t)p[1] << 8 | p[0];
}

/* Scripts of letters and their marks; what is above is found in other bytes
 * too often. */
static bool is_text(uint32_t c)
{
	return c == '\t' || c == '\n' || c == '\r' || (c >= 0x20 && c < 0x7f) ||
	    (c >= 0xa0 && c < 0x600) || (c >= 0x600 && c < 0x780) ||
	    (c >= 0x900 && c < 0xe80) || (c >= 0x1e00 && c < 0x2040) ||
	    (c >= 0x3040 && c < 0x3100) || (c >= 0x4e00 && c < 0xa000) ||
	    (c >= 0xac00 && c < 0xd7a4);
}

static int put_unit(struct box_scan_wide *w, uint32_t c, size_t from,
    bool is_big, struct err *err)
{
	int rc = 0;

	if (w->n + 4 > w->cap)
		rc = mem_grow((void **)&w->bytes, &w->cap, w->n + 4096, 1, err);
	/* Everything but ASCII is a piece of its own: its length differs. */
	const struct box_scan_piece *last =
	    w->pieces_n > 0 ? &w->pieces[w->pieces_n - 1] : NULL;

	if (rc == 0 &&
	    (last == NULL || is_big != last->is_big ||
		from != last->from + 2 * (w->n - last->text))) {
		rc = mem_grow((void **)&w->pieces, &w->pieces_cap,
		    w->pieces_n + 1, sizeof(*w->pieces), err);
		if (rc == 0)
			w->pieces[w->pieces_n++] =
			    (struct box_scan_piece){w->n, from, is_big};
	}
	if (rc != 0)
		return rc;
	uint8_t *p = w->bytes + w->n;

	if (c < 0x80) {
		p[0] = (uint8_t)c;
		w->n += 1;
	} else if (c < 0x800) {
		p[0] = (uint8_t)(0xc0 | c >> 6);
		p[1] = (uint8_t)(0x80 | (c & 0x3f));
		w->n += 2;
	} else {
		p[0] = (uint8_t)(0xe0 | c >> 12);
		p[1] = (uint8_t)(0x80 | (c >> 6 & 0x3f));
		p[2] = (uint8_t)(0x80 | (c & 0x3f));
		w->n += 3;
	}
	return 0;
}

/* Where the run that `at` is in begins and ends, in one of the two orders. */
static struct box_scan_piece reach(
    const uint8_t *bytes, size_t n, size_t at, size_t after, bool is_big)
{
	size_t from = at, to = at;

	while (from >= after + 2 && is_text(unit(bytes + from - 2, is_big)))
		from -= 2;
	while (to + 2 <= n && is_text(unit(bytes + to, is_big)))
		to += 2;
	return (struct box_scan_piece){to, from, is_big};
}

/* The run around `at`, where a letter's byte is; sets *ret_end. ASCII is the
 * same in both orders but for where it begins: the order that makes text of
 * more around it is right, and if both do, the even one. */
static int put_run(struct box_scan_wide *w, const uint8_t *bytes, size_t n,
    size_t at, size_t after, size_t *ret_end, struct err *err)
{
	struct box_scan_piece run = reach(bytes, n, at, after, false);
	int rc = 0;

	if (at > after) {
		const struct box_scan_piece big =
		    reach(bytes, n, at - 1, after, true);
		const size_t little_n = run.text - run.from;
		const size_t big_n = big.text - big.from;

		if (big_n > little_n + 2 ||
		    (big_n + 2 >= little_n && (at & 1) != 0))
			run = big;
	}
	for (size_t i = run.from; i < run.text && rc == 0; i += 2)
		rc = put_unit(
		    w, unit(bytes + i, run.is_big), i, run.is_big, err);
	*ret_end = run.text > at ? run.text : at + 1;
	return rc != 0 ? rc : put_unit(w, 0, run.text, run.is_big, err);
}

int box_scan_wide_make(struct box_scan_wide *w, const uint8_t *bytes, size_t n,
    struct box_scan_text *ret_text, struct err *err)
{
	size_t done = 0;
	int rc = 0;

	w->n = BOX_SCAN_PAD;
	w->pieces_n = 0;
	if (w->cap < BOX_SCAN_PAD)
		rc = mem_grow((void **)&w->bytes, &w->cap, 4096, 1, err);
	/* p[0] has no place; the first piece has it. */
	for (size_t i = 0; i + 9 <= n && rc == 0; i += 8) {
		uint64_t units;

		memcpy(&units, bytes + i, sizeof(units));
		if (i < done)
			continue;
		if (is_four(units)) {
			rc = put_run(w, bytes, n, i, done, &done, err);
		} else if (is_four(units >> 8 | (uint64_t)bytes[i + 8] << 56)) {
			rc = put_run(w, bytes, n, i + 1, done, &done, err);
		}
	}
	if (rc == 0 && w->n + BOX_SCAN_PAD > w->cap)
		rc = mem_grow(
		    (void **)&w->bytes, &w->cap, w->n + BOX_SCAN_PAD, 1, err);
	if (rc != 0)
		return rc;
	memset(w->bytes, 0, BOX_SCAN_PAD);
	memset(w->bytes + w->n, 0, BOX_SCAN_PAD);
	for (size_t i = 0; i < w->pieces_n; i++)
		w->pieces[i].text -= BOX_SCAN_PAD;
	*ret_text = (struct box_scan_text){.p = w->bytes + BOX_SCAN_PAD,
	    .n = w->n - BOX_SCAN_PAD,
	    .pieces = w->pieces,
	    .pieces_n = w->pieces_n,
	    .slope = 2};
	return 0;
}
