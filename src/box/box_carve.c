/*
 * box_carve.c: beginnings of files at sectors, each followed by what knows its
 * type; see box_carve.h. The next one is looked for behind what was found, so
 * that what is embedded in a file is not found again.
 */
#include "box_carve.h"

#include <string.h>

#define PIECE (256u << 10)

bool box_carve_search(const struct box_blind_bytes *from, uint64_t at,
    uint64_t most, const char *text, size_t n, uint64_t *ret_at)
{
	uint8_t p[16384];

	for (uint64_t done = 0; done < most; done += sizeof(p) - n + 1) {
		const size_t here =
		    box_blind_get_some(from, at + done, p, sizeof(p));
		const uint8_t *found =
		    here < n ? NULL : memmem(p, here, text, n);

		if (found != NULL) {
			*ret_at = at + done + (uint64_t)(found - p);
			return true;
		}
		if (here < sizeof(p))
			return false;
	}
	return false;
}

static const struct {
	enum cage_carve_type type;
	box_carve_follow *follow;
	uint8_t at, n;
	const char *magic;
} types[] = {
    {CAGE_CARVE_JPEG, box_carve_jpeg, 0, 3, "\xff\xd8\xff"},
    {CAGE_CARVE_PNG, box_carve_png, 0, 8, "\x89PNG\r\n\x1a\n"},
    {CAGE_CARVE_GIF, box_carve_gif, 0, 4, "GIF8"},
    {CAGE_CARVE_PDF, box_carve_pdf, 0, 5, "%PDF-"},
    {CAGE_CARVE_ZIP, box_carve_zip, 0, 4, "PK\3\4"},
    {CAGE_CARVE_SQLITE, box_carve_sqlite, 0, 16, "SQLite format 3"},
    {CAGE_CARVE_MP4, box_carve_mp4, 4, 4, "ftyp"},
};

/* The file that begins with these bytes, of which p has the first 16. */
static bool find(const struct box_blind_bytes *from, const uint8_t *p,
    struct cage_carved *ret_carved)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (memcmp(p + types[i].at, types[i].magic, types[i].n) != 0)
			continue;
		ret_carved->type = types[i].type;
		return types[i].follow(
		    from, &ret_carved->length, &ret_carved->is_whole);
	}
	return false;
}

struct pass {
	const struct box_blind_bytes *image;
	uint64_t at, end; /* where it looks; files may go on to the end */
	uint8_t *table;
	uint32_t n;
	uint64_t free; /* behind the last file that was found */
};

/* What begins at pass->at. */
static void look(struct pass *pass, const uint8_t *p)
{
	struct box_blind_bytes from = *pass->image;
	struct cage_carved carved = {.at = pass->at};

	from.base += pass->at;
	from.length = pass->end - pass->at;
	if (pass->at >= pass->free && find(&from, p, &carved) &&
	    carved.length > 0) {
		cage_carve_put(
		    pass->table + pass->n++ * CAGE_CARVE_ENTRY, &carved);
		pass->free = pass->at + carved.length;
	}
	pass->at += CAGE_CARVE_UNIT;
}

void box_carve_range(const struct box_blind_bytes *image,
    const struct cage_wire_request *request, uint8_t *shared,
    struct cage_wire_answer *answer)
{
	struct pass pass = {.image = image,
	    .at = request->at,
	    .end = request->at + request->n,
	    .table = shared + CAGE_WIRE_TABLE_AT};
	const uint64_t stop =
	    request->n < CAGE_CARVE_STEP ? pass.end : pass.at + CAGE_CARVE_STEP;

	if (pass.end > image->length)
		pass.end = image->length;
	while (pass.at < stop && pass.n < CAGE_CARVE_ENTRIES_MAX) {
		const size_t n =
		    box_blind_get_some(image, pass.at, shared, PIECE);
		const uint64_t from = pass.at;

		while (pass.at - from + 16 <= n && pass.at < stop &&
		    pass.n < CAGE_CARVE_ENTRIES_MAX)
			look(&pass, shared + (pass.at - from));
		if (pass.free > pass.at)
			pass.at = (pass.free + CAGE_CARVE_UNIT - 1) /
			    CAGE_CARVE_UNIT * CAGE_CARVE_UNIT;
		else if (pass.at == from)
			pass.at = from + PIECE; /* damaged, or the end */
	}
	if (pass.at > request->at + request->n)
		pass.at = request->at + request->n;
	answer->count = pass.n;
	answer->found.total = pass.at - request->at;
}
