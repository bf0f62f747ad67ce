/*
 * exam_grade.c: see exam_grade.h. First what file systems still record is held
 * against the map and against each other; then each FAT is worked through
 * (exam_grade_fat.c).
 */
#include "exam_grade.h"

#include "exam_grade_fat.h"
#include "mem.h"

#include <assert.h>
#include <stdlib.h>

struct exam_grades {
	const struct exam_catalog *catalog;
	const struct exam_owner *map;
	struct exam_grade *of;
	size_t n;
	struct exam_grade_piece *pieces;
	size_t piece_n, piece_cap;
};

/* A recorded place of a deleted file. */
struct claim {
	uint64_t at, end;
	uint64_t reach; /* the largest end of this and all before it */
	uint32_t file;
};

struct claims {
	struct claim *of;
	size_t n, cap;
};

/* ---- claims ---- */

static bool is_recorded(const struct exam_catalog_file *f)
{
	return (f->flags &
		   (CAGE_LIST_DELETED | CAGE_LIST_START_ONLY |
		       CAGE_LIST_NAME_ALONE)) == CAGE_LIST_DELETED;
}

static int add_claims(struct claims *claims, const struct exam_catalog *c,
    uint32_t file, struct err *err)
{
	size_t n;
	const struct exam_catalog_run *runs = exam_catalog_runs(c, file, &n);
	int rc = mem_grow((void **)&claims->of, &claims->cap, claims->n + n,
	    sizeof(*claims->of), err);

	for (size_t i = 0; i < n && rc == 0; i++)
		if (runs[i].at != EXAM_CATALOG_HOLE)
			claims->of[claims->n++] =
			    (struct claim){.at = runs[i].at,
				.end = runs[i].at + runs[i].length,
				.file = file};
	return rc;
}

static int compare_claims(const void *a, const void *b)
{
	const struct claim *x = a, *y = b;

	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	return x->file < y->file ? -1 : x->file > y->file;
}

static int make_claims(
    struct claims *claims, const struct exam_catalog *c, struct err *err)
{
	size_t n;
	const struct exam_catalog_file *files = exam_catalog_files(c, &n);
	uint64_t reach = 0;
	int rc = 0;

	for (uint32_t i = 0; i < n && rc == 0; i++)
		if (is_recorded(&files[i]))
			rc = add_claims(claims, c, i, err);
	if (rc != 0 || claims->n == 0)
		return rc;
	qsort(claims->of, claims->n, sizeof(*claims->of), compare_claims);
	for (size_t i = 0; i < claims->n; i++) {
		if (claims->of[i].end > reach)
			reach = claims->of[i].end;
		claims->of[i].reach = reach;
	}
	return 0;
}

/* The first claim that may reach beyond `at`. */
static size_t first_claim(const struct claims *claims, uint64_t at)
{
	size_t from = 0, to = claims->n;

	while (from < to) {
		const size_t middle = from + (to - from) / 2;

		if (claims->of[middle].reach <= at)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

/* ---- pieces ---- */

int exam_grade_fat_add(struct exam_grades *g, struct exam_grade *grade,
    const struct exam_grade_piece *piece, struct err *err)
{
	if (grade->piece_n > 0) {
		struct exam_grade_piece *last = &g->pieces[g->piece_n - 1];

		if (last->state == piece->state && last->by == piece->by &&
		    last->is_hole == piece->is_hole &&
		    last->is_assumed == piece->is_assumed &&
		    (piece->is_hole || piece->state == EXAM_GRADE_MISSING ||
			last->at + last->length == piece->at)) {
			last->length += piece->length;
			return 0;
		}
	}
	if (g->piece_n >= EXAM_GRADE_PIECES_MAX && grade->piece_n > 0)
		return 0;
	int rc = mem_grow((void **)&g->pieces, &g->piece_cap, g->piece_n + 1,
	    sizeof(*g->pieces), err);

	if (rc != 0)
		return rc;
	if (grade->piece_n == 0)
		grade->piece_first = g->piece_n;
	g->pieces[g->piece_n++] = *piece;
	grade->piece_n++;
	return 0;
}

int64_t exam_grade_fat_time(const struct exam_catalog_file *f)
{
	int64_t latest = f->times[CAGE_LIST_MODIFIED];

	if (f->times[CAGE_LIST_CHANGED] > latest)
		latest = f->times[CAGE_LIST_CHANGED];
	if (f->times[CAGE_LIST_CREATED] > latest)
		latest = f->times[CAGE_LIST_CREATED];
	return latest;
}

struct judging {
	struct exam_grades *g;
	struct exam_grade *grade;
	const struct claims *claims;
	const struct exam_catalog_file *files;
	bool is_lost,
	    is_shared; /* a block to a younger; with one not younger */
};

/* Who else of the deleted claims bytes from `at`; *ret_end: up to where that
 * is so, at most `end`. Bounded: claims that are looked at for one piece. */
#define CLAIMS_LOOKED_AT 4096

static uint32_t other_claim(
    struct judging *j, uint64_t at, uint64_t end, uint64_t *ret_end)
{
	const struct exam_catalog_file *own = &j->files[j->grade->file];
	uint32_t found = EXAM_OWNER_NO_FILE;
	size_t looked = 0;

	*ret_end = end;
	for (size_t i = first_claim(j->claims, at); i < j->claims->n; i++) {
		const struct claim *c = &j->claims->of[i];
		const struct exam_catalog_file *f = &j->files[c->file];

		if (c->at >= *ret_end || ++looked > CLAIMS_LOOKED_AT)
			break;
		if (c->end <= at ||
		    (f->id == own->id && f->volume == own->volume))
			continue;
		if (c->at > at) {
			if (c->at < *ret_end)
				*ret_end = c->at;
			continue;
		}
		if (c->end < *ret_end)
			*ret_end = c->end;
		const int64_t a = exam_grade_fat_time(f);
		const int64_t b = exam_grade_fat_time(own);

		j->is_lost = j->is_lost || a > b;
		j->is_shared = true;
		if (found == EXAM_OWNER_NO_FILE ||
		    a > exam_grade_fat_time(&j->files[found]))
			found = c->file;
	}
	return found;
}

/* A run of what is not in use, against other deleted files. */
static int judge_free(struct judging *j, uint64_t at, uint64_t end,
    uint64_t in_file, struct err *err)
{
	int rc = 0;

	while (at < end && rc == 0) {
		uint64_t until;
		const uint32_t by = other_claim(j, at, end, &until);
		const struct exam_grade_piece piece = {
		    .at = at,
		    .length = until - at,
		    .in_file = in_file,
		    .by = by,
		    .state = by == EXAM_OWNER_NO_FILE ? EXAM_GRADE_FREE
						      : EXAM_GRADE_CLAIMED,
		};

		rc = exam_grade_fat_add(j->g, j->grade, &piece, err);
		in_file += until - at;
		at = until;
	}
	return rc;
}

static int judge_run(struct judging *j, uint64_t at, uint64_t n,
    uint64_t in_file, struct err *err)
{
	const uint64_t end = at + n;
	int rc = 0;

	while (at < end && rc == 0) {
		const struct exam_span *span = exam_owner_at(j->g->map, at);
		const uint64_t span_end = span->at + span->length;
		const uint64_t until = span_end < end ? span_end : end;

		if (span->owning == EXAM_OWNER_FREE) {
			rc = judge_free(j, at, until, in_file, err);
		} else {
			const struct exam_grade_piece piece = {
			    .at = at,
			    .length = until - at,
			    .in_file = in_file,
			    .by = span->file,
			    .state = EXAM_GRADE_LIVE,
			};

			j->is_lost = true;
			rc = exam_grade_fat_add(j->g, j->grade, &piece, err);
		}
		in_file += until - at;
		at = until;
	}
	return rc;
}

static void set_word(struct judging *j)
{
	const struct exam_catalog_file *f = &j->files[j->grade->file];
	struct exam_grade *grade = j->grade;

	if (f->flags & CAGE_LIST_IN_TABLES) {
		grade->word = EXAM_GRADE_CERTAIN;
		grade->is_in_tables = true;
	} else if (grade->piece_n == 0) {
		grade->word = EXAM_GRADE_NONE;
	} else if (j->is_lost) {
		grade->word = EXAM_GRADE_OVERWRITTEN;
	} else if (j->is_shared || f->flags & CAGE_LIST_NOT_WHOLE) {
		grade->word = EXAM_GRADE_INFERRED;
	} else {
		grade->word = EXAM_GRADE_CERTAIN;
	}
	if (f->flags & CAGE_LIST_COMPRESSED)
		grade->is_in_tables = true;
}

/* What is recorded of where it lay, as far as its size. */
static int judge_recorded(struct judging *j, struct err *err)
{
	const struct exam_catalog_file *f = &j->files[j->grade->file];
	const bool is_packed = (f->flags & CAGE_LIST_COMPRESSED) != 0;
	uint64_t in_file = 0;
	size_t n;
	const struct exam_catalog_run *runs =
	    exam_catalog_runs(j->g->catalog, j->grade->file, &n);
	int rc = 0;

	for (size_t i = 0; i < n && rc == 0; i++) {
		uint64_t here = runs[i].length;

		if (!is_packed && in_file >= f->size)
			break;
		if (!is_packed && here > f->size - in_file)
			here = f->size - in_file;
		if (runs[i].at == EXAM_CATALOG_HOLE) {
			const struct exam_grade_piece hole = {.length = here,
			    .in_file = in_file,
			    .by = EXAM_OWNER_NO_FILE,
			    .is_hole = true};

			rc = exam_grade_fat_add(j->g, j->grade, &hole, err);
		} else {
			rc = judge_run(j, runs[i].at, here, in_file, err);
		}
		in_file += here;
	}
	set_word(j);
	return rc;
}

/* ---- all of it ---- */

static int list(struct exam_grades *g, struct err *err)
{
	size_t n, cap = 0;
	const struct exam_catalog_file *files =
	    exam_catalog_files(g->catalog, &n);
	int rc = 0;

	for (uint32_t i = 0; i < n && rc == 0; i++) {
		if (!exam_catalog_is_deleted(&files[i]))
			continue;
		rc = mem_grow(
		    (void **)&g->of, &cap, g->n + 1, sizeof(*g->of), err);
		if (rc == 0)
			g->of[g->n++] =
			    (struct exam_grade){.file = i, .same_as = i};
	}
	return rc;
}

int exam_grade_new(struct exam_grades **ret_grades,
    const struct exam_catalog *catalog, const struct exam_owner *map,
    const struct media_file *image, struct err *err)
{
	struct exam_grades *g = mem_new(1, sizeof(*g));
	struct claims claims = {0};
	size_t n;
	const struct exam_catalog_file *files = exam_catalog_files(catalog, &n);
	int rc = g == NULL ? err_nomem(err) : 0;

	if (rc == 0) {
		g->catalog = catalog;
		g->map = map;
		rc = list(g, err);
	}
	if (rc == 0)
		rc = make_claims(&claims, catalog, err);
	for (size_t i = 0; rc == 0 && i < g->n; i++) {
		struct judging j = {.g = g,
		    .grade = &g->of[i],
		    .claims = &claims,
		    .files = files};

		if (is_recorded(&files[g->of[i].file]))
			rc = judge_recorded(&j, err);
	}
	size_t volumes;

	(void)exam_catalog_volumes(catalog, &volumes);
	for (uint32_t v = 1; rc == 0 && v <= volumes; v++) {
		const struct exam_grade_fat_of of = {.grades = g,
		    .catalog = catalog,
		    .map = map,
		    .image = image,
		    .of = g->of,
		    .n = g->n,
		    .volume = v};

		rc = exam_grade_fat(&of, err);
	}
	free(claims.of);
	if (rc == 0)
		*ret_grades = g;
	else
		exam_grade_free(g);
	return rc;
}

void exam_grade_free(struct exam_grades *g)
{
	if (g == NULL)
		return;
	free(g->of);
	free(g->pieces);
	free(g);
}

const struct exam_grade *exam_grade_all(
    const struct exam_grades *g, size_t *ret_n)
{
	*ret_n = g->n;
	return g->of;
}

const struct exam_grade_piece *exam_grade_pieces(
    const struct exam_grades *g, const struct exam_grade *grade)
{
	return g->pieces + grade->piece_first;
}

const struct exam_grade *exam_grade_of(
    const struct exam_grades *g, uint32_t file)
{
	size_t from = 0, to = g->n;

	while (from < to) {
		const size_t middle = from + (to - from) / 2;

		if (g->of[middle].file == file)
			return &g->of[middle];
		if (g->of[middle].file < file)
			from = middle + 1;
		else
			to = middle;
	}
	return NULL;
}

const char *exam_grade_word_name(enum exam_grade_word word)
{
	static const char *const names[] = {
	    "none", "overwritten", "inferred", "certain"};

	assert(word < EXAM_GRADE_WORDS);
	return names[word];
}

const char *exam_grade_state_name(enum exam_grade_state state)
{
	static const char *const names[] = {
	    "free", "claimed", "live", "missing"};

	assert(state < EXAM_GRADE_STATES);
	return names[state];
}
