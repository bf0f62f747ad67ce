/*
 * box_scan_key.c: private keys, by what announces them. A find says of which
 * sort a key is; nothing of the key itself goes anywhere.
 */
#include "box_scan.h"
#include "box_scan_base.h"

#include "text.h"

#include <string.h>

#define LABEL_MAX 40
#define BODY_LOOKED_AT 700
#define BODY_LEAST 60 /* characters of base64 */

static bool is_base64(uint8_t c)
{
	return (c >= '0' && c <= '9') ||
	    ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '+' || c == '/' ||
	    c == '=';
}

/* A manual only has the first line, or dots behind it. */
static bool has_body(const struct box_scan_text *t, size_t at)
{
	const size_t left = t->n - at;
	const size_t n = left < BODY_LOOKED_AT ? left : BODY_LOOKED_AT;
	size_t run = 0;

	for (size_t i = 0; i < n && t->p[at + i] != 0; i++) {
		run = is_base64(t->p[at + i]) ? run + 1 : 0;
		if (run >= BODY_LEAST)
			return true;
	}
	return false;
}

static void put(
    struct box_scan *scan, size_t begin, size_t end, struct slice text)
{
	box_scan_put(scan,
	    &(struct box_scan_find){.kind = CAGE_HIT_KEY,
		.at = begin,
		.n = end - begin,
		.text = text,
		.is_secret = true});
}

/* "PRIVATE KEY-----" or "PRIVATE KEY BLOCK-----". */
void box_scan_key_pem(struct box_scan *scan, size_t end)
{
	const struct box_scan_text *t = box_scan_text(scan);
	static const char begins[] = "-----BEGIN ";
	const size_t n = sizeof(begins) - 1;
	char label[LABEL_MAX];
	size_t begin = end - 5;

	while (begin > n && end - begin < LABEL_MAX &&
	    memcmp(t->p + begin - n, begins, n) != 0)
		begin--;
	const size_t label_n = end - 5 - begin;

	if (begin < n || label_n >= LABEL_MAX ||
	    memcmp(t->p + begin - n, begins, n) != 0 || !has_body(t, end))
		return;
	text_lower(label, (struct slice){(const char *)t->p + begin, label_n});
	put(scan, begin - n, end, (struct slice){label, label_n});
}

/* "AGE-SECRET-KEY-1" and 58 characters with their checksum. */
void box_scan_key_age(struct box_scan *scan, size_t end)
{
	const struct box_scan_text *t = box_scan_text(scan);
	const size_t n = 74;
	char lower[74];

	if (end < n)
		return;
	text_lower(lower, (struct slice){(const char *)t->p + end - n, n});
	if (box_scan_base_is_bech32(lower, n))
		put(scan, end - n, end, slice_of("age secret key"));
}

/* "PuTTY-User-Key-File-" and its version. */
void box_scan_key_putty(struct box_scan *scan, size_t end)
{
	const struct box_scan_text *t = box_scan_text(scan);
	const size_t left = t->n - end;
	const size_t n = left < 4096 ? left : 4096;

	if (memmem(t->p + end, n, "Private-Lines:", 14) != NULL)
		put(scan, end - 21, end, slice_of("putty private key"));
}
