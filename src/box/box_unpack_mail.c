/*
 * box_unpack_mail.c: parts of a mail, in base64 and quoted-printable, from the
 * line behind their header to the boundary that ends them.
 */
#include "box_unpack.h"

#include "box_bytes.h"
#include "mem.h"

#include <stdlib.h>
#include <string.h>

#define PIECE 65536

struct mail {
	uint64_t at; /* of the next byte of the input */
	uint8_t piece[PIECE];
	size_t n, used;
	unsigned bits, have;
	bool is_over, is_at_line; /* the next byte begins a line */
};

/* Outlook's folders: their blocks are encoded, and nothing here decodes them.
 * That they are there is said. */
void box_scan_pst(struct box_scan *scan, size_t end)
{
	box_scan_gap(
	    scan, end - 10, 10, "Outlook's folders (PST) are not unpacked");
}

static bool open_mail(struct box_unpack *u)
{
	struct mail *mail = malloc(sizeof(*mail));

	if (mail == NULL)
		return false;
	mail->at = 0;
	mail->n = mail->used = 0;
	mail->bits = mail->have = 0;
	mail->is_over = false;
	mail->is_at_line = true;
	u->state = mail;
	return true;
}

/* The next byte, or -1: there is none. */
static int next(struct box_unpack *u, struct mail *mail)
{
	if (mail->used == mail->n) {
		mail->n =
		    box_unpack_read(&u->input, mail->at, mail->piece, PIECE);
		mail->used = 0;
		mail->at += mail->n;
	}
	return mail->used < mail->n ? mail->piece[mail->used++] : -1;
}

static size_t read_base64(struct box_unpack *u, uint8_t *ret_bytes, size_t n)
{
	struct mail *mail = u->state;
	size_t out = 0;

	while (out < n && !mail->is_over) {
		const int c = next(u, mail);

		if (c == '\r' || c == '\n' || c == ' ' || c == '\t')
			continue;
		const int v = c < 0 ? -1 : box_bytes_base64((uint8_t)c);

		if (v < 0) {
			mail->is_over = true;
			break;
		}
		mail->bits = mail->bits << 6 | (unsigned)v;
		mail->have += 6;
		if (mail->have >= 8) {
			mail->have -= 8;
			ret_bytes[out++] = (uint8_t)(mail->bits >> mail->have);
		}
	}
	return out;
}

static int hex(int c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* "=" and what follows; -1: nothing is to be put. */
static int take_escape(struct box_unpack *u, struct mail *mail)
{
	const int first = next(u, mail);

	if (first == '\n')
		return -1;
	const int second = next(u, mail);

	if (first == '\r' && second == '\n')
		return -1;
	if (hex(first) < 0 || hex(second) < 0) {
		mail->is_over = true;
		return -1;
	}
	return hex(first) * 16 + hex(second);
}

static size_t read_quoted(struct box_unpack *u, uint8_t *ret_bytes, size_t n)
{
	struct mail *mail = u->state;
	size_t out = 0;

	while (out < n && !mail->is_over) {
		int c = next(u, mail);

		/* A boundary, or the end of what mail may hold. */
		if (c <= 0 ||
		    (mail->is_at_line && c == '-' && mail->used < mail->n &&
			mail->piece[mail->used] == '-')) {
			mail->is_over = true;
			break;
		}
		mail->is_at_line = c == '\n';
		if (c == '=')
			c = take_escape(u, mail);
		if (c >= 0)
			ret_bytes[out++] = (uint8_t)c;
	}
	return out;
}

static void close_mail(struct box_unpack *u)
{
	free(u->state);
}

const struct box_unpack_kind box_unpack_base64 = {
    .open = open_mail, .read = read_base64, .close = close_mail};
const struct box_unpack_kind box_unpack_quoted = {
    .open = open_mail, .read = read_quoted, .close = close_mail};
