/*
 * exam_blind.c: see exam_blind.h.
 */
#include "exam_blind.h"

#include "mem.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct sum {
	uint64_t bytes;
	size_t n, kept;
};

struct exam_blind {
	uint64_t length;
	struct exam_spot *spots;
	size_t n, cap;
	struct sum sums[EXAM_BLIND_KINDS];
	/* Files that wait to be asked about. */
	struct cage_blind_piece *pieces;
	size_t pieces_n;
	uint32_t numbers[CAGE_BLIND_FILES_MAX];
	size_t files_n;
	/* The stretch that the look is in. */
	struct cage_blind_look open;
	struct cage_blind_look looks[CAGE_BLIND_LOOKS_MAX];
};

int exam_blind_new(
    struct exam_blind **ret_blind, uint64_t length, struct err *err)
{
	struct exam_blind *blind = mem_new(1, sizeof(*blind));

	if (blind == NULL)
		return err_nomem(err);
	blind->length = length;
	blind->pieces = mem_new(CAGE_BLIND_PIECES_MAX, sizeof(*blind->pieces));
	if (blind->pieces == NULL) {
		free(blind);
		return err_nomem(err);
	}
	*ret_blind = blind;
	return 0;
}

void exam_blind_free(struct exam_blind *blind)
{
	if (blind == NULL)
		return;
	free(blind->spots);
	free(blind->pieces);
	free(blind);
}

static int add(
    struct exam_blind *blind, const struct exam_spot *spot, struct err *err)
{
	struct sum *sum = &blind->sums[spot->kind];

	if (sum->kept < EXAM_BLIND_SPOTS_MAX) {
		int rc = mem_grow((void **)&blind->spots, &blind->cap,
		    blind->n + 1, sizeof(*blind->spots), err);

		if (rc != 0)
			return rc;
		blind->spots[blind->n++] = *spot;
		sum->kept++;
	}
	sum->n++;
	sum->bytes += spot->length;
	return 0;
}

static int add_here(struct exam_blind *blind, enum exam_blind_kind kind,
    uint64_t at, uint64_t length, const char *name, const char *what,
    struct err *err)
{
	struct exam_spot spot = {.kind = kind,
	    .at = at,
	    .length = length,
	    .file = EXAM_OWNER_NO_FILE,
	    .is_certain = kind != EXAM_BLIND_RANDOM};

	(void)snprintf(spot.name, sizeof(spot.name), "%s", name);
	(void)snprintf(spot.what, sizeof(spot.what), "%s", what);
	return add(blind, &spot, err);
}

/* ---- what a box found ---- */

static int add_found(struct exam_blind *blind, const struct cage_blind *found,
    uint32_t file, struct err *err)
{
	static const enum exam_blind_kind kinds[CAGE_BLIND_KINDS] = {
	    [CAGE_BLIND_VOLUME] = EXAM_BLIND_VOLUME,
	    [CAGE_BLIND_FILE] = EXAM_BLIND_FILE,
	    [CAGE_BLIND_SYSTEM] = EXAM_BLIND_SYSTEM,
	    [CAGE_BLIND_GAP] = EXAM_BLIND_GAP,
	    [CAGE_BLIND_TABLE] = EXAM_BLIND_TABLE,
	};
	struct exam_spot spot = {.kind = kinds[found->kind],
	    .at = found->at,
	    .length = found->length,
	    .volume = file == EXAM_OWNER_NO_FILE ? found->of : 0,
	    .file = file,
	    .is_certain = found->is_certain,
	    .is_open = found->is_open};

	memcpy(spot.name, found->name, sizeof(spot.name));
	memcpy(spot.what, found->what, sizeof(spot.what));
	return add(blind, &spot, err);
}

int exam_blind_ask(
    struct exam_blind *blind, struct cage_image *image, struct err *err)
{
	struct cage_blind *found = NULL;
	size_t n = 0;
	int rc = cage_blind_image(image, &found, &n, err);

	for (size_t i = 0; i < n && rc == 0; i++)
		rc = add_found(blind, &found[i], EXAM_OWNER_NO_FILE, err);
	free(found);
	return rc;
}

int exam_blind_flush(
    struct exam_blind *blind, struct cage_image *image, struct err *err)
{
	struct cage_blind *found = NULL;
	size_t n = 0;
	int rc = 0;

	if (blind->pieces_n > 0)
		rc = cage_blind_files(
		    image, blind->pieces, blind->pieces_n, &found, &n, err);
	for (size_t i = 0; i < n && rc == 0; i++)
		rc = add_found(
		    blind, &found[i], blind->numbers[found[i].of], err);
	free(found);
	blind->pieces_n = blind->files_n = 0;
	return rc;
}

int exam_blind_file(struct exam_blind *blind, struct cage_image *image,
    uint32_t file, uint64_t size, const struct cage_wire_run *runs, size_t n,
    struct err *err)
{
	int rc = 0;

	if (size == 0 || n == 0)
		return 0;
	/* What has more pieces than that is known by its first ones. */
	if (n > CAGE_BLIND_PIECES_MAX)
		n = CAGE_BLIND_PIECES_MAX;
	if (blind->files_n == CAGE_BLIND_FILES_MAX ||
	    n > CAGE_BLIND_PIECES_MAX - blind->pieces_n)
		rc = exam_blind_flush(blind, image, err);
	for (size_t i = 0; i < n; i++)
		blind->pieces[blind->pieces_n++] = (struct cage_blind_piece){
		    .at = runs[i].is_hole ? UINT64_MAX : runs[i].at,
		    .length = runs[i].length,
		    .of = blind->files_n,
		    .size = size};
	blind->numbers[blind->files_n++] = file;
	return rc;
}

/* ---- what the record says ---- */

int exam_blind_unread(struct exam_blind *blind, uint64_t at, uint64_t length,
    const char *why, struct err *err)
{
	return add_here(
	    blind, EXAM_BLIND_UNREAD, at, length, "unread", why, err);
}

int exam_blind_hidden(
    struct exam_blind *blind, uint64_t length, struct err *err)
{
	return add_here(blind, EXAM_BLIND_HIDDEN, blind->length, length,
	    "hidden area",
	    "the drive has more sectors than it shows (host protected area)",
	    err);
}

int exam_blind_own(
    const struct exam_blind *blind, struct exam_owner *map, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; i < blind->n && rc == 0; i++) {
		const struct exam_spot *s = &blind->spots[i];
		struct exam_span span = {.at = s->at,
		    .length = s->length,
		    .file = EXAM_OWNER_NO_FILE};

		if (s->kind == EXAM_BLIND_UNREAD)
			span.owning = EXAM_OWNER_UNREAD;
		else if (s->kind == EXAM_BLIND_VOLUME ||
		    (s->kind == EXAM_BLIND_SYSTEM && s->is_certain))
			span.owning = EXAM_OWNER_BLIND;
		else
			continue;
		rc = exam_owner_add(map, &span, err);
	}
	return rc;
}

/* ---- what parts that are not in use look like ---- */

static int close_look(struct exam_blind *blind, struct err *err)
{
	const struct cage_blind_look l = blind->open;
	char what[64];

	blind->open = (struct cage_blind_look){0};
	switch (l.looks) {
	case CAGE_BLIND_ZEROS:
	case CAGE_BLIND_FILLED:
	case CAGE_BLIND_PATTERN:
		if (l.length < EXAM_BLIND_WIPED_MIN)
			return 0;
		if (l.looks == CAGE_BLIND_ZEROS)
			return add_here(blind, EXAM_BLIND_WIPED, l.at, l.length,
			    "zeros", "zeros: wiped, or never written", err);
		if (l.looks == CAGE_BLIND_PATTERN)
			return add_here(blind, EXAM_BLIND_WIPED, l.at, l.length,
			    "pattern", "the same sector all over: wiped", err);
		(void)snprintf(
		    what, sizeof(what), "byte 0x%02x all over: wiped", l.byte);
		return add_here(blind, EXAM_BLIND_WIPED, l.at, l.length,
		    "filled", what, err);
	case CAGE_BLIND_RANDOM:
		if (l.length < EXAM_BLIND_RANDOM_MIN)
			return 0;
		return add_here(blind, EXAM_BLIND_RANDOM, l.at, l.length,
		    "random",
		    "random bytes: encrypted, or overwritten with random bytes",
		    err);
	case CAGE_BLIND_DAMAGED:
		return exam_blind_unread(
		    blind, l.at, l.length, "the image is damaged here", err);
	default:
		return 0;
	}
}

/* Questions cut stretches; what follows packed data without a break is of
 * it. */
static int take_look(struct exam_blind *blind,
    const struct cage_blind_look *look, struct err *err)
{
	struct cage_blind_look *open = &blind->open;
	const bool follows =
	    open->length > 0 && open->at + open->length == look->at;
	const bool is_of_packed = open->looks == CAGE_BLIND_PACKED &&
	    look->looks == CAGE_BLIND_RANDOM;

	if (follows &&
	    (is_of_packed ||
		(open->looks == look->looks && open->byte == look->byte))) {
		open->length += look->length;
		return 0;
	}
	int rc = close_look(blind, err);

	*open = *look;
	return rc;
}

static int look_at(struct exam_blind *blind, struct cage_image *image,
    uint64_t at, uint64_t length, struct err *err)
{
	const uint64_t end = at + length;
	int rc = 0;

	while (at < end && rc == 0) {
		/* Whole questions begin at their own multiples. */
		const uint64_t next =
		    (at / CAGE_BLIND_LOOK_MAX + 1) * CAGE_BLIND_LOOK_MAX;
		const uint64_t here = (next < end ? next : end) - at;
		size_t n = 0;

		rc = cage_blind_look(image, at, here, blind->looks, &n, err);
		for (size_t i = 0; i < n && rc == 0; i++)
			rc = take_look(blind, &blind->looks[i], err);
		at += here;
	}
	return rc;
}

int exam_blind_look(struct exam_blind *blind, struct cage_image *image,
    const struct exam_owner *map, struct err *err)
{
	size_t n = 0;
	const struct exam_span *spans = exam_owner_spans(map, &n);
	int rc = 0;

	for (size_t i = 0; i < n && rc == 0; i++) {
		const uint64_t at = spans[i].at;
		uint64_t length = 0;

		/* Neighbours count as one. */
		while (i < n &&
		    (spans[i].owning == EXAM_OWNER_FREE ||
			spans[i].owning == EXAM_OWNER_NOBODY))
			length += spans[i++].length;
		if (length >= EXAM_BLIND_WIPED_MIN)
			rc = look_at(blind, image, at, length, err);
		if (rc == 0)
			rc = close_look(blind, err);
	}
	return rc;
}

/* ---- what is known ---- */

static int compare(const void *a, const void *b)
{
	const struct exam_spot *x = a, *y = b;

	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	if (x->file != y->file)
		return x->file < y->file ? -1 : 1;
	return x->at < y->at ? -1 : x->at > y->at;
}

const struct exam_spot *exam_blind_spots(
    const struct exam_blind *blind, size_t *ret_n)
{
	if (blind->n > 0)
		qsort(blind->spots, blind->n, sizeof(*blind->spots), compare);
	*ret_n = blind->n;
	return blind->spots;
}

uint64_t exam_blind_bytes(
    const struct exam_blind *blind, enum exam_blind_kind kind, size_t *ret_n)
{
	assert(kind > 0 && kind < EXAM_BLIND_KINDS);
	*ret_n = blind->sums[kind].n;
	return blind->sums[kind].bytes;
}
