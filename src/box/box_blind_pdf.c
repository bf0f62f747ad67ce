/*
 * box_blind_pdf.c: encrypted PDFs, by /Encrypt in the dictionary that the end
 * of the file points to: a trailer's, or that of a stream of references. The
 * same word anywhere else in the file means nothing.
 */
#include "box_blind.h"

#include "mem.h"

#include <stdlib.h>
#include <string.h>

#define TAIL 2048
#define TABLE_MAX (16u << 20) /* a table of references */
#define PIECE (256u << 10)
#define DICTIONARY_MAX 8192

static bool is_space(uint8_t c)
{
	return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\f' ||
	    c == 0;
}

/* Whether a dictionary that begins at p, and ends at its own ">>" or after n
 * bytes, has the key at its top. */
static bool has_key(const uint8_t *p, size_t n)
{
	static const char key[] = "/Encrypt";
	const size_t key_n = sizeof(key) - 1;
	int depth = 0;

	for (size_t i = 0; i + 1 < n; i++) {
		if (p[i] == '<' && p[i + 1] == '<') {
			depth++;
			i++;
		} else if (p[i] == '>' && p[i + 1] == '>') {
			if (--depth <= 0)
				return false;
			i++;
		} else if (depth == 1 && n - i > key_n &&
		    memcmp(p + i, key, key_n) == 0 &&
		    (is_space(p[i + key_n]) || p[i + key_n] == '<')) {
			return true;
		}
	}
	return false;
}

static bool has_key_at(const struct box_blind_bytes *file, uint64_t at)
{
	uint8_t p[DICTIONARY_MAX];
	const size_t n = box_blind_get_some(file, at, p, sizeof(p));
	const uint8_t *begin = n == 0 ? NULL : memmem(p, n, "<<", 2);

	return begin != NULL && begin - p < 64 &&
	    has_key(begin, n - (size_t)(begin - p));
}

/* The trailer behind a table of references at `at`. */
static bool find_trailer(
    const struct box_blind_bytes *file, uint64_t at, uint64_t *ret_at)
{
	uint8_t *p = mem_new(PIECE, 1);
	bool is_there = false;

	for (uint64_t done = 0; p != NULL && done < TABLE_MAX;
	     done += PIECE - 8) {
		const size_t n = box_blind_get_some(file, at + done, p, PIECE);
		const uint8_t *word =
		    n == 0 ? NULL : memmem(p, n, "trailer", 7);

		if (word != NULL) {
			*ret_at = at + done + (uint64_t)(word - p) + 7;
			is_there = true;
		}
		if (is_there || n < PIECE)
			break;
	}
	free(p);
	return is_there;
}

/* Where the end says that the references are. */
static bool find_start(const struct box_blind_bytes *file, uint64_t *ret_at)
{
	static const char word[] = "startxref";
	uint8_t p[TAIL + 1];
	const size_t n = file->length < TAIL ? (size_t)file->length : TAIL;
	const uint8_t *last = NULL;
	unsigned long long value = 0;

	if (!box_blind_get(file, file->length - n, p, n))
		return false;
	p[n] = 0;
	for (size_t i = 0; i + sizeof(word) - 1 <= n; i++)
		if (memcmp(p + i, word, sizeof(word) - 1) == 0)
			last = p + i + sizeof(word) - 1;
	if (last == NULL)
		return false;
	while (last < p + n && is_space(*last))
		last++;
	const size_t digits = strspn((const char *)last, "0123456789");

	if (!slice_to_u64((struct slice){(const char *)last, digits}, &value))
		return false;
	*ret_at = value;
	return true;
}

bool box_blind_pdf(
    const struct box_blind_bytes *file, struct cage_blind *ret_blind)
{
	uint8_t head[1024], here[4];
	uint64_t at = 0;
	const size_t n = box_blind_get_some(file, 0, head, sizeof(head));
	const uint8_t *begin = n == 0 ? NULL : memmem(head, n, "%PDF-", 5);

	if (begin == NULL || !find_start(file, &at))
		return false;
	/* Offsets count from the first byte of the PDF. */
	if (at > (uint64_t)INT64_MAX)
		return false;
	at += (uint64_t)(begin - head);
	if (!box_blind_get(file, at, here, sizeof(here)))
		return false;
	if (memcmp(here, "xref", 4) == 0 && !find_trailer(file, at, &at))
		return false;
	if (!has_key_at(file, at))
		return false;
	box_blind_say(ret_blind, CAGE_BLIND_FILE, file, "PDF",
	    "an encrypted PDF; it may open without a password, for reading "
	    "alone");
	return true;
}
