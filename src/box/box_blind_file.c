/*
 * box_blind_file.c: one file, whatever it is; and a question about many of
 * them, each in pieces of the image.
 */
#include "box_blind.h"

#include "mem.h"

#include <stdlib.h>
#include <string.h>

/* VeraCrypt makes none that is smaller than 292 KiB. */
#define CONTAINER_MIN (256u << 10)
#define CONTAINER_UNIT 512

static bool is_container(
    const struct box_blind_bytes *file, struct cage_blind *ret_blind)
{
	if (file->length < CONTAINER_MIN ||
	    file->length % CONTAINER_UNIT != 0 || !box_blind_is_random(file))
		return false;
	box_blind_say(ret_blind, CAGE_BLIND_FILE, file, "random",
	    "looks like an encrypted container (VeraCrypt's have no mark): "
	    "random from end to end, in whole sectors");
	ret_blind->is_certain = false;
	return true;
}

bool box_blind_file(
    const struct box_blind_bytes *file, struct cage_blind *ret_blind)
{
	static box_blind_probe *const all[] = {
	    box_blind_zip,
	    box_blind_7z,
	    box_blind_rar,
	    box_blind_ole,
	    box_blind_pdf,
	    box_blind_message,
	    is_container,
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (all[i](file, ret_blind))
			return true;
	return false;
}

/* ---- many, in pieces ---- */

struct pieces {
	const struct box_blind_bytes *image;
	const struct cage_blind_piece *of;
	size_t n;
};

/* What of a read lies in one piece. */
static bool read_piece(const struct pieces *pieces,
    const struct cage_blind_piece *piece, uint64_t in, uint8_t *to, size_t n)
{
	uint64_t at;

	if (piece->at == UINT64_MAX) {
		memset(to, 0, n);
		return true;
	}
	return mem_add_u64(&at, piece->at, in) &&
	    box_blind_get(pieces->image, at, to, n);
}

static bool read_pieces(void *cookie, uint64_t at, uint8_t *to, size_t n)
{
	const struct pieces *pieces = cookie;
	uint64_t begins = 0;

	for (size_t i = 0; i < pieces->n && n > 0; i++) {
		const struct cage_blind_piece *piece = &pieces->of[i];
		const uint64_t in = at - begins;

		if (in < piece->length) {
			const uint64_t left = piece->length - in;
			const size_t here = left < n ? (size_t)left : n;

			if (!read_piece(pieces, piece, in, to, here))
				return false;
			to += here;
			at += here;
			n -= here;
		}
		begins += piece->length;
	}
	return n == 0;
}

/* The file that begins with piece 0; its length is what its pieces hold, and no
 * more than it says. */
static bool find(const struct pieces *pieces, struct cage_blind *ret_blind)
{
	struct box_blind_bytes file = {
	    .read = read_pieces, .cookie = (void *)pieces};

	for (size_t i = 0; i < pieces->n; i++)
		if (!mem_add_u64(
			&file.length, file.length, pieces->of[i].length) ||
		    file.length > (uint64_t)INT64_MAX)
			return false;
	if (pieces->of[0].size < file.length)
		file.length = pieces->of[0].size;
	if (file.length == 0 || !box_blind_file(&file, ret_blind))
		return false;
	ret_blind->of = (uint32_t)pieces->of[0].of;
	return true;
}

static int find_all(const struct box_blind_bytes *image,
    const struct cage_blind_piece *pieces, size_t n,
    struct box_blind_found *found, struct err *err)
{
	int rc = 0;

	for (size_t i = 0, end = 0; i < n && rc == 0; i = end) {
		struct cage_blind blind;

		while (end < n && pieces[end].of == pieces[i].of)
			end++;
		if (pieces[i].of >= CAGE_BLIND_FILES_MAX)
			return err_set(err, ERR_FORMAT, "too many files");
		const struct pieces of = {image, pieces + i, end - i};

		if (find(&of, &blind))
			rc = box_blind_add(found, &blind, err);
	}
	return rc;
}

int box_blind_files(const struct box_blind_bytes *image,
    const struct cage_wire_request *request, uint8_t *shared,
    struct cage_wire_answer *answer, struct err *err)
{
	const size_t n = (size_t)request->n;
	struct cage_blind_piece *pieces = mem_new(n, sizeof(*pieces));
	struct box_blind_found found = {0};
	int rc = pieces == NULL ? err_nomem(err) : 0;

	for (size_t i = 0; i < n && rc == 0; i++)
		cage_blind_take_piece(
		    &pieces[i], shared + i * CAGE_BLIND_PIECE);
	if (rc == 0)
		rc = find_all(image, pieces, n, &found, err);
	if (rc == 0)
		box_blind_put_page(&found, request->at, shared, answer);
	free(found.of);
	free(pieces);
	return rc;
}
