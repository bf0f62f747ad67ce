/*
 * cli_examine_scan.c: the scan of an examination: the raw pass over the image,
 * then the files whose bytes do not lie together, each as a whole (0036).
 */
#include "cli_examine.h"

#include "cage_scan.h"
#include "cli_image.h"
#include "cli_out.h"
#include "exam_scan.h"
#include "mem.h"

#include <inttypes.h>
#include <string.h>

static int add_gap(struct cli_examine *e, uint64_t at, uint64_t length,
    const char *why, struct err *err)
{
	int rc = mem_grow((void **)&e->gaps, &e->gap_cap, e->gap_n + 1,
	    sizeof(*e->gaps), err);
	char *kept = rc == 0 ? mem_copy_text(why, strlen(why)) : NULL;

	if (rc == 0 && kept == NULL)
		rc = err_nomem(err);
	if (rc == 0)
		e->gaps[e->gap_n++] = (struct exam_gap){at, length, kept};
	return rc;
}

/* ---- whose a hit is ---- */

static struct exam_feature_where where_of(
    const struct cli_examine *e, uint64_t at)
{
	const struct exam_span *span;

	if (at >= e->length)
		return (struct exam_feature_where){.file = EXAM_OWNER_NO_FILE};
	span = exam_owner_at(e->map, at);
	if (span->owning == EXAM_OWNER_FREE) {
		const struct exam_span *was = exam_owner_at(e->deleted, at);

		if (was->owning == EXAM_OWNER_FILE)
			span = was;
	}
	return (struct exam_feature_where){
	    .owning = span->owning, .file = span->file};
}

/* A file whose bytes the image has not one behind the other, so that the raw
 * pass saw it in pieces or not at all. */
static bool is_apart(const struct cli_examine *e, uint32_t file)
{
	size_t n, files_n;
	const struct exam_catalog_file *f =
	    &exam_catalog_files(e->catalog, &files_n)[file];
	const struct exam_catalog_run *runs =
	    exam_catalog_runs(e->catalog, file, &n);

	if (!exam_catalog_is_file(f) || f->size == 0 ||
	    f->flags &
		(CAGE_LIST_NAME_DELETED | CAGE_LIST_DELETED |
		    CAGE_LIST_ENCRYPTED))
		return false;
	if (f->flags & (CAGE_LIST_IN_TABLES | CAGE_LIST_COMPRESSED))
		return true;
	for (size_t i = 1; i < n; i++)
		if (runs[i].at != EXAM_CATALOG_HOLE &&
		    runs[i - 1].at != EXAM_CATALOG_HOLE &&
		    runs[i].at != runs[i - 1].at + runs[i - 1].length)
			return true;
	return false;
}

/* What was lost of a file that is scanned as a whole later: that says then what
 * is lost. */
static bool is_seen_later(
    const struct cli_examine *e, uint64_t at, uint64_t length)
{
	const struct exam_span *span;

	if (at >= e->length)
		return false;
	span = exam_owner_at(e->map, at);
	return span->owning == EXAM_OWNER_FILE && is_apart(e, span->file) &&
	    length <= span->length - (at - span->at);
}

static int take_hit(void *cookie, const struct cage_hit *hit, struct err *err)
{
	struct cli_examine *e = cookie;
	uint64_t at = cage_hit_outermost(hit);

	if ((int)hit->kind == CAGE_HIT_GAP)
		return is_seen_later(e, at, hit->length)
		    ? 0
		    : add_gap(e, at, hit->length, hit->text, err);
	const struct exam_feature_where where = where_of(e, at);
	return exam_feature_add(e->store, hit, &where, err);
}

/* Records end within a range, so that none waits for what comes after it. */
static int take_mark(void *cookie, struct err *err)
{
	struct cli_examine *e = cookie;

	return exam_feature_end_scan(e->store, err);
}

static int take_new_hit(
    void *cookie, const struct cage_hit *hit, struct err *err)
{
	struct cli_examine *e = cookie;
	int rc = cli_examine_state_hit(e->state, hit, err);

	return rc != 0 ? rc : take_hit(cookie, hit, err);
}

struct scanning {
	struct cli_examine *e;
	struct cli_image_progress shown;
};

static int on_hit(void *cookie, const struct cage_hit *hit, struct err *err)
{
	struct scanning *s = cookie;

	return take_new_hit(s->e, hit, err);
}

static int on_progress(void *cookie, uint64_t done,
    const struct cage_scan_numbers *numbers, struct err *err)
{
	struct scanning *s = cookie;
	const struct cli_examine_mark mark = {done, *numbers};

	cli_image_tick(&s->shown, done, s->e->length);
	int rc = take_mark(s->e, err);
	return rc != 0 ? rc : cli_examine_state_mark(s->e->state, &mark, err);
}

static int scan(struct cli_examine *e, bool is_resumed, struct err *err)
{
	struct cli_exam *x = e->x;
	const struct cli_examine_of of = {.item = x->item,
	    .length = e->length,
	    .finds = e->finds,
	    .order = case_state_leaf(x->c.state, x->order)->id};
	struct scanning s = {.e = e, .shown = {.what = "scanning"}};
	struct cli_examine_mark mark = {0};
	int rc = exam_feature_new(&e->store, 0, err);

	if (rc == 0)
		rc = cli_examine_state_open(&e->state, &x->c, &of, is_resumed,
		    take_hit, take_mark, e, &mark, err);
	if (rc == 0 && mark.done > 0)
		cli_exam_put(x, CLI_EXAM_TOOL,
		    "broken off, gone on with at byte %" PRIu64, mark.done);
	s.shown.first = mark.done;
	const struct exam_scan_options o = {
	    .image = &x->image,
	    .length = e->length,
	    .finds = e->finds,
	    .from = mark.done,
	    .numbers = mark.numbers,
	    .hit = on_hit,
	    .progress = on_progress,
	    .cookie = &s,
	};
	if (rc == 0)
		rc = exam_scan_run(&o, err);
	cli_out_progress_end(&s.shown.shown);
	if (rc == 0)
		rc = exam_feature_end_scan(e->store, err);
	return rc;
}

/* ---- files in pieces ---- */

struct apart {
	struct cli_examine *e;
	uint32_t file;
};

/* Whether the raw pass has it: it lies in one piece of the file. */
static bool is_in_piece(
    const struct cli_examine *e, uint32_t file, const struct cage_hit *hit)
{
	uint64_t begin = 0;
	size_t n;
	const struct exam_catalog_run *runs =
	    exam_catalog_runs(e->catalog, file, &n);

	if (hit->depth > 0)
		return false;
	for (size_t i = 0; i < n; i++) {
		const uint64_t end = begin + runs[i].length;

		if (hit->at >= begin && hit->at < end)
			return hit->length <= end - hit->at;
		begin = end;
	}
	return false;
}

static int take_apart(void *cookie, const struct cage_hit *hit, struct err *err)
{
	const struct apart *a = cookie;
	const struct exam_feature_where where = {
	    .owning = EXAM_OWNER_FILE, .file = a->file, .is_in_file = true};
	size_t n;
	const struct exam_catalog_file *f =
	    &exam_catalog_files(a->e->catalog, &n)[a->file];
	const bool is_stored_so =
	    !(f->flags & (CAGE_LIST_IN_TABLES | CAGE_LIST_COMPRESSED));

	if ((int)hit->kind == CAGE_HIT_GAP) {
		cli_exam_put(a->e->x, CLI_EXAM_GAP,
		    "%u bytes of a file in pieces: %s", hit->length, hit->text);
		return 0;
	}
	if (is_stored_so && is_in_piece(a->e, a->file, hit))
		return 0;
	return exam_feature_add(a->e->store, hit, &where, err);
}

static int scan_apart(struct cli_examine *e, struct err *err)
{
	struct cli_out_progress progress = {0};
	struct cage_image *box = NULL;
	size_t n;
	const struct exam_catalog_file *files =
	    exam_catalog_files(e->catalog, &n);
	int rc = media_open_scanner(&e->x->image, e->finds, true, &box, err);

	for (uint32_t i = 0; i < n && rc == 0; i++) {
		const struct cage_list_of of = {.volume = files[i].volume,
		    .id = files[i].id,
		    .attribute = files[i].attribute,
		    .attribute_id = files[i].attribute_id};
		struct cage_scan_numbers numbers = {0};
		struct apart a = {e, i};

		cli_out_progress_tick(&progress, "files in pieces", i, n);
		if (!is_apart(e, i))
			continue;
		rc = cage_scan_file(
		    box, &of, files[i].size, &numbers, take_apart, &a, err);
		if (rc == 0)
			rc = exam_feature_end_scan(e->store, err);
	}
	cli_out_progress_end(&progress);
	cage_image_free(box);
	return rc;
}

int cli_examine_scan(struct cli_examine *e, bool is_resumed, struct err *err)
{
	int rc = scan(e, is_resumed, err);

	if (rc == 0)
		rc = scan_apart(e, err);
	return rc != 0 ? rc : exam_feature_seal(e->store, err);
}
