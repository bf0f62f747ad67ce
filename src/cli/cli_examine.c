/*
 * cli_examine.c: see cli_examine.h.
 */
#include "cli_examine.h"

#include "cage_image.h"
#include "cli_image.h"
#include "cli_out.h"
#include "media_open.h"
#include "mem.h"
#include "text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define PATH_ROOM (1u << 16)
#define RUNS_OF_ONE_FILE 1024 /* that are looked at for encryption */
#define LINES_ROOM (1u << 20)
#define GAP_LINES 100

/* ---- names, and whose each byte is ---- */

static void tick_listing(void *progress)
{
	cli_out_progress_wait(progress, "listing files");
}

static int list_files(struct cli_examine *e, struct err *err)
{
	size_t n;
	int rc = media_open_file_systems(
	    &e->x->image, tick_listing, &e->listing, &e->box, err);

	if (rc == 0)
		rc = exam_catalog_new(&e->catalog, e->box, err);
	cli_out_progress_end(&e->listing);
	if (rc != 0)
		return rc;
	const struct exam_catalog_volume *v =
	    exam_catalog_volumes(e->catalog, &n);
	for (size_t i = 0; i < n; i++) {
		if (v[i].names_why[0] != '\0')
			cli_exam_put(e->x, CLI_EXAM_GAP,
			    "volume %zu: not all names were listed: %s", i + 1,
			    v[i].names_why);
		if (v[i].spaces_why[0] != '\0')
			cli_exam_put(e->x, CLI_EXAM_GAP,
			    "volume %zu: what is in use is not all known: %s",
			    i + 1, v[i].spaces_why);
	}
	return 0;
}

/* A box that comes to grief over it: what it would have said is not known. */
static int forgive(struct cli_examine *e, const char *what, int rc,
    const struct err *why, struct err *err)
{
	if (rc != ERR_FORMAT) {
		if (rc != 0)
			return err_set(err, rc, "%s", why->message);
		return 0;
	}
	cli_exam_put(e->x, CLI_EXAM_GAP, "%s: %s", what, why->message);
	return 0;
}

static size_t runs_of(
    const struct cli_examine *e, uint32_t file, struct cage_wire_run *ret_runs)
{
	size_t n, used = 0;
	uint64_t in_file = 0;
	const struct exam_catalog_run *runs =
	    exam_catalog_runs(e->catalog, file, &n);

	for (size_t i = 0; i < n && used < RUNS_OF_ONE_FILE; i++) {
		bool is_hole = runs[i].at == EXAM_CATALOG_HOLE;

		ret_runs[used++] =
		    (struct cage_wire_run){.at = is_hole ? 0 : runs[i].at,
			.length = runs[i].length,
			.in_file = in_file,
			.is_hole = is_hole};
		in_file += runs[i].length;
	}
	return used;
}

/* Files that are encrypted, by their structure. */
static int ask_files(struct cli_examine *e, struct err *err)
{
	struct cage_wire_run *runs = mem_new(RUNS_OF_ONE_FILE, sizeof(*runs));
	struct cli_out_progress progress = {0};
	struct err why = {0};
	size_t n;
	const struct exam_catalog_file *files =
	    exam_catalog_files(e->catalog, &n);
	int rc = runs == NULL ? err_nomem(err) : 0;

	for (uint32_t i = 0; i < n && rc == 0; i++) {
		if (!exam_catalog_is_file(&files[i]) ||
		    files[i].flags &
			(CAGE_LIST_NAME_DELETED | CAGE_LIST_DELETED |
			    CAGE_LIST_IN_TABLES | CAGE_LIST_COMPRESSED))
			continue;
		size_t count = runs_of(e, i, runs);

		why = (struct err){0};
		if (count > 0)
			rc = forgive(e, "encrypted files",
			    exam_blind_file(e->blind, e->box, i, files[i].size,
				runs, count, &why),
			    &why, err);
		cli_out_progress_tick(&progress, "looking at files", i, n);
	}
	why = (struct err){0};
	if (rc == 0)
		rc = forgive(e, "encrypted files",
		    exam_blind_flush(e->blind, e->box, &why), &why, err);
	cli_out_progress_end(&progress);
	free(runs);
	return rc;
}

/* What the image's own record, or the image, says is not there. */
static int add_unread(struct cli_examine *e, struct err *err)
{
	const struct media_ranges *bad = &e->x->image.about.bad;
	int rc = 0;

	for (size_t i = 0; i < bad->n && rc == 0; i++)
		rc = exam_blind_unread(e->blind, bad->of[i].at,
		    bad->of[i].length, "unreadable when it was copied", err);
	return rc;
}

static int find_owners(struct cli_examine *e, struct err *err)
{
	struct err why = {0};
	int rc = exam_owner_new(&e->map, e->length, err);

	if (rc == 0)
		rc = exam_catalog_own(e->catalog, e->map, err);
	if (rc == 0)
		rc = exam_blind_new(&e->blind, e->length, err);
	if (rc == 0)
		rc = add_unread(e, err);
	if (rc == 0)
		rc = forgive(e, "encrypted volumes",
		    exam_blind_ask(e->blind, e->box, &why), &why, err);
	if (rc == 0)
		rc = ask_files(e, err);
	if (rc == 0)
		rc = exam_blind_own(e->blind, e->map, err);
	if (rc == 0)
		rc = exam_owner_seal(e->map, err);
	why = (struct err){0};
	if (rc == 0)
		rc = forgive(e, "what is not in use",
		    exam_blind_look(e->blind, e->box, e->map, &why), &why, err);
	return rc;
}

/* What deleted files had, as far as it is theirs still: hits there are in
 * them. */
static int find_deleted(struct cli_examine *e, struct err *err)
{
	size_t n;
	int rc = exam_grade_new(
	    &e->grades, e->catalog, e->map, &e->x->image.whole, err);

	if (rc == 0)
		rc = exam_owner_new(&e->deleted, e->length, err);
	if (rc != 0)
		return rc;
	const struct exam_grade *grades = exam_grade_all(e->grades, &n);
	for (size_t i = 0; i < n && rc == 0; i++) {
		const struct exam_grade_piece *p =
		    exam_grade_pieces(e->grades, &grades[i]);

		for (size_t k = 0; k < grades[i].piece_n && rc == 0; k++) {
			const struct exam_span span = {p[k].at, p[k].length,
			    EXAM_OWNER_FILE, grades[i].file, p[k].in_file};

			if (p[k].state == EXAM_GRADE_FREE && !p[k].is_hole)
				rc = exam_owner_add(e->deleted, &span, err);
		}
	}
	return rc != 0 ? rc : exam_owner_seal(e->deleted, err);
}

/* ---- what comes of it ---- */

static bool get_file(
    void *cookie, uint32_t number, struct exam_file_ref *ret_ref)
{
	struct cli_examine *e = cookie;
	size_t n;
	const struct exam_catalog_file *files =
	    exam_catalog_files(e->catalog, &n);

	if (number >= n)
		return false;
	buf_clear(&e->path);
	exam_catalog_put_path(e->catalog, number, &e->path);
	*ret_ref = (struct exam_file_ref){
	    .path = buf_slice(&e->path),
	    .size = files[number].size,
	    .is_allocated = !(files[number].flags &
		(CAGE_LIST_NAME_DELETED | CAGE_LIST_DELETED |
		    CAGE_LIST_ORPHAN)),
	};
	return true;
}

static void count_files(struct cli_examine *e)
{
	size_t n;
	const struct exam_catalog_file *files =
	    exam_catalog_files(e->catalog, &n);

	for (uint32_t i = 0; i < n; i++)
		if (exam_catalog_is_file(&files[i])) {
			e->report.files_listed++;
			e->report.files_deleted +=
			    exam_catalog_is_deleted(&files[i]);
		}
}

/* Case, order and purpose as the report shows them. */
static int name_order(struct cli_examine *e, struct err *err)
{
	const struct case_state *state = e->x->c.state;
	struct record order = {0};
	char id[CLI_CASE_SHORT_SIZE];
	int rc = case_state_record(state, e->x->order, &order, err);

	if (rc != 0)
		return rc;
	cli_case_short_id(id, &case_state_leaf(state, e->x->order)->id);
	buf_put_slice(&e->purpose, record_get(&order, RECORD_F_PURPOSE));
	buf_puts(&e->order, id);
	e->report.order = buf_slice(&e->order);
	if (e->purpose.n > 0)
		e->report.purpose = buf_slice(&e->purpose);
	e->report.case_ref = case_state_ref(state);
	record_done(&order);
	return buf_check(&e->purpose, err);
}

static int conclude(struct cli_examine *e, struct err *err)
{
	struct cli_exam *x = e->x;
	int rc = exam_people_new(&e->people, e->store, err);

	if (rc == 0)
		rc = exam_coverage_make(
		    &e->coverage, e->map, e->blind, e->gaps, e->gap_n, err);
	if (rc != 0)
		return rc;
	e->report = (struct exam_report){
	    .store = e->store,
	    .people = e->people,
	    .files = {get_file, e},
	    .item = slice_of(x->item),
	    .image = slice_of(x->args->words[0]),
	    .at = x->started,
	    .gaps = e->gap_n,
	};
	exam_owner_sums(e->map, e->report.bytes);
	count_files(e);
	rc = name_order(e, err);
	return rc != 0 ? rc : exam_report_sum(&e->sums, &e->report, err);
}

int cli_examine_run(struct cli_examine *e, struct cli_exam *x, uint64_t finds,
    bool is_resumed, struct err *err)
{
	e->x = x;
	e->finds = finds;
	buf_init(&e->path, PATH_ROOM);
	buf_init(&e->purpose, PATH_ROOM);
	buf_init(&e->order, PATH_ROOM);
	e->length = x->image.whole.length;
	int rc = list_files(e, err);
	if (rc == 0)
		rc = find_owners(e, err);
	if (rc == 0)
		rc = find_deleted(e, err);
	if (rc == 0)
		rc = cli_examine_scan(e, is_resumed, err);
	return rc != 0 ? rc : conclude(e, err);
}

static void put_lines(
    struct cli_examine *e, enum cli_exam_line line, struct buf *text)
{
	struct slice rest = buf_slice(text);

	while (rest.p != NULL && rest.n > 0) {
		struct slice one = slice_cut(&rest, '\n');

		cli_exam_put(e->x, line, "%.*s", SLICE_ARG(one));
	}
	buf_clear(text);
}

void cli_examine_put_lines(struct cli_examine *e)
{
	struct buf text;

	buf_init(&text, LINES_ROOM);
	exam_coverage_put_lines(&e->coverage, &text);
	put_lines(e, CLI_EXAM_COVERAGE, &text);
	exam_coverage_put_gaps(e->gaps, e->gap_n, GAP_LINES, &text);
	put_lines(e, CLI_EXAM_GAP, &text);
	exam_blind_put_lines(e->blind, GAP_LINES, &text);
	put_lines(e, CLI_EXAM_GAP, &text);
	buf_done(&text);
}

void cli_examine_done(struct cli_examine *e)
{
	cli_examine_state_close(e->state);
	exam_people_free(e->people);
	exam_feature_free(e->store);
	exam_grade_free(e->grades);
	exam_blind_free(e->blind);
	exam_owner_free(e->deleted);
	exam_owner_free(e->map);
	exam_catalog_free(e->catalog);
	cage_image_free(e->box);
	for (size_t i = 0; i < e->gap_n; i++)
		free((char *)(uintptr_t)e->gaps[i].why);
	free(e->gaps);
	buf_done(&e->path);
	buf_done(&e->purpose);
	buf_done(&e->order);
}
