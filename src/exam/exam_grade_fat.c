/*
 * exam_grade_fat.c: see exam_grade_fat.h.
 *
 * Each cluster has one owner: nobody, who is live, or the deleted file that is
 * taken to have had it last. Places are found in turns: first of those that can
 * be certain; then of the others, in rounds, in what is left; then of the
 * younger ones in what older ones had, which these have lost then. Whoever is
 * left over gets what is left, and makes all that is older uncertain.
 */
#include "exam_grade_fat.h"

#include "mem.h"

#include <assert.h>
#include <stdlib.h>

#define SECTOR 512
#define ROUNDS_MAX 16
/* Clusters that are looked at for one volume: whoever wrote it would otherwise
 * choose how long we are busy. */
#define STEPS_MAX (UINT64_C(1) << 28)
#define CLUSTERS_MAX (UINT64_C(1) << 26) /* four bytes for each */
#define LIVE UINT32_MAX

struct run {
	uint64_t cluster, n;
};

/* A deleted file or folder and its first cluster. */
struct start {
	uint64_t cluster;
	uint64_t n; /* clusters; of a folder one, as far as is known */
	int64_t time;
	uint32_t file;
	struct exam_grade *grade; /* NULL: a folder */
	enum exam_grade_word word;
	bool is_done; /* a place was found, or none is looked for */
	bool has_end;
	bool is_contested; /* others that are no other name of it begin here */
	bool is_unplaced; /* its end is seen nowhere: it may have lain anywhere
			   */
	size_t run_first, run_n; /* behind its first cluster */
};

enum end_test {
	END_UNKNOWN,
	END_SEEN,
	END_REFUTED
};

struct fat {
	const struct exam_grade_fat_of *of;
	const struct exam_catalog_file *files;
	uint64_t block, at, n; /* of the heap */
	uint32_t *owner; /* of a cluster: 0, LIVE, number of a start + 1 */
	struct start *starts; /* by cluster */
	size_t start_n, start_cap;
	size_t *order; /* of starts, youngest first */
	struct run *runs;
	size_t run_n, run_cap;
	uint64_t steps;
};

/* ---- what there is ---- */

/* Everything is live but what the volume calls unused. */
static void mark_free(struct fat *fat)
{
	size_t n;
	const struct cage_list_blocks *b =
	    exam_catalog_spaces(fat->of->catalog, fat->of->volume, &n);

	for (uint64_t c = 0; c < fat->n; c++)
		fat->owner[c] = LIVE;
	for (size_t i = 0; i < n; i++) {
		if (b[i].use != CAGE_LIST_FREE ||
		    b[i].at + b[i].length <= fat->at)
			continue;
		const uint64_t from =
		    b[i].at <= fat->at ? 0 : b[i].at - fat->at;
		const uint64_t first = (from + fat->block - 1) / fat->block;
		uint64_t last = (b[i].at + b[i].length - fat->at) / fat->block;

		if (last > fat->n)
			last = fat->n;
		for (uint64_t c = first; c < last; c++)
			fat->owner[c] = 0;
	}
}

static int compare_starts(const void *a, const void *b)
{
	const struct start *x = a, *y = b;

	if (x->cluster != y->cluster)
		return x->cluster < y->cluster ? -1 : 1;
	return x->file < y->file ? -1 : x->file > y->file;
}

static int add_start(struct fat *fat, uint64_t cluster, uint32_t file,
    struct exam_grade *grade, struct err *err)
{
	const struct exam_catalog_file *f = &fat->files[file];
	int rc = mem_grow((void **)&fat->starts, &fat->start_cap,
	    fat->start_n + 1, sizeof(*fat->starts), err);

	if (rc != 0)
		return rc;
	fat->starts[fat->start_n++] = (struct start){
	    .cluster = cluster,
	    .n = grade == NULL
		? 1
		: f->size / fat->block + (f->size % fat->block > 0),
	    .time = exam_grade_fat_time(f),
	    .file = file,
	    .grade = grade,
	};
	return 0;
}

static int find_starts(struct fat *fat, struct err *err)
{
	const struct exam_grade_fat_of *of = fat->of;
	size_t volumes, grade = 0;
	const struct exam_catalog_volume *v =
	    &exam_catalog_volumes(of->catalog, &volumes)[of->volume - 1];
	int rc = 0;

	for (uint32_t i = v->first; i < v->first + v->n && rc == 0; i++) {
		size_t n;
		const struct exam_catalog_run *runs =
		    exam_catalog_runs(of->catalog, i, &n);

		while (grade < of->n && of->of[grade].file < i)
			grade++;
		if (!(fat->files[i].flags & CAGE_LIST_START_ONLY) || n != 1 ||
		    runs[0].at < fat->at)
			continue;
		const uint64_t c = (runs[0].at - fat->at) / fat->block;
		const bool is_file = grade < of->n && of->of[grade].file == i;

		if (c < fat->n && (!is_file || fat->files[i].size > 0))
			rc = add_start(
			    fat, c, i, is_file ? &of->of[grade] : NULL, err);
	}
	if (fat->start_n > 0)
		qsort(fat->starts, fat->start_n, sizeof(*fat->starts),
		    compare_starts);
	return rc;
}

static int compare_times(const void *a, const void *b, void *cookie)
{
	const struct fat *fat = cookie;
	const struct start *x = &fat->starts[*(const size_t *)a];
	const struct start *y = &fat->starts[*(const size_t *)b];

	if (x->time != y->time)
		return x->time > y->time ? -1 : 1;
	return x->cluster < y->cluster ? -1 : x->cluster > y->cluster;
}

static int order_starts(struct fat *fat, struct err *err)
{
	fat->order = mem_new(fat->start_n + 1, sizeof(*fat->order));
	if (fat->order == NULL)
		return err_nomem(err);
	for (size_t i = 0; i < fat->start_n; i++)
		fat->order[i] = i;
	qsort_r(
	    fat->order, fat->start_n, sizeof(*fat->order), compare_times, fat);
	return 0;
}

/* ---- who begins where ---- */

/* Starts `from` to `to` are at one cluster: the youngest has it, and those of
 * its size are other names of it. */
static void share_out(struct fat *fat, size_t from, size_t to)
{
	size_t best = from;

	for (size_t i = from + 1; i < to; i++)
		if (fat->starts[i].time > fat->starts[best].time)
			best = i;
	struct start *mine = &fat->starts[best];

	for (size_t i = from; i < to; i++) {
		struct start *s = &fat->starts[i];

		if (s == mine)
			continue;
		if (s->grade != NULL && mine->grade != NULL &&
		    fat->files[s->file].size == fat->files[mine->file].size) {
			s->grade->same_as = mine->file;
			s->is_done = true;
		} else {
			s->is_contested = mine->is_contested = true;
		}
	}
	if (fat->owner[mine->cluster] != LIVE)
		fat->owner[mine->cluster] = (uint32_t)best + 1;
}

static void begin(struct fat *fat)
{
	for (size_t from = 0, to; from < fat->start_n; from = to) {
		for (to = from + 1; to < fat->start_n &&
		     fat->starts[to].cluster == fat->starts[from].cluster;
		     to++)
			;
		share_out(fat, from, to);
	}
	for (size_t i = 0; i < fat->start_n; i++)
		if (fat->starts[i].grade == NULL)
			fat->starts[i].is_done = true;
}

/* ---- the end of a file ---- */

static enum end_test test_end(
    const struct fat *fat, const struct start *s, uint64_t cluster)
{
	const uint64_t size = fat->files[s->file].size;
	const unsigned tail = (unsigned)(size % SECTOR);
	uint8_t bytes[SECTOR];

	if (tail == 0)
		return END_UNKNOWN;
	const uint64_t in_cluster = (size - 1) % fat->block;
	const uint64_t at =
	    fat->at + cluster * fat->block + in_cluster / SECTOR * SECTOR;

	if (media_file_read(fat->of->image, at, bytes, SECTOR, NULL) != 0)
		return END_UNKNOWN;
	for (unsigned i = tail; i < SECTOR; i++)
		if (bytes[i] != 0)
			return END_REFUTED;
	return bytes[tail - 1] != 0 && SECTOR - tail >= EXAM_GRADE_TAIL_MIN
	    ? END_SEEN
	    : END_UNKNOWN;
}

/* ---- places ---- */

struct place {
	uint64_t last; /* cluster */
	bool is_whole, is_in_a_row;
	size_t run_first, run_n;
};

/* Older ones may have lost what they had. */
static bool may_have(const struct fat *fat, const struct start *s,
    uint32_t owner, bool may_overwrite)
{
	return owner == 0 ||
	    (may_overwrite && owner != LIVE &&
		fat->starts[owner - 1].time < s->time);
}

/* The clusters of a file if it took the next ones that were to be had, behind
 * the runs that there are; whoever does not want the place cuts them off. */
static int find_place(struct fat *fat, const struct start *s,
    bool may_overwrite, struct place *ret_place, struct err *err)
{
	struct place p = {
	    .last = s->cluster, .is_in_a_row = true, .run_first = fat->run_n};
	uint64_t have = 1;
	int rc = 0;

	for (uint64_t c = s->cluster + 1; have < s->n && c < fat->n; c++) {
		if (++fat->steps > STEPS_MAX)
			break;
		if (!may_have(fat, s, fat->owner[c], may_overwrite)) {
			p.is_in_a_row = false;
			continue;
		}
		if (p.run_n > 0 && p.last + 1 == c) {
			fat->runs[fat->run_n - 1].n++;
		} else {
			rc = mem_grow((void **)&fat->runs, &fat->run_cap,
			    fat->run_n + 1, sizeof(*fat->runs), err);
			if (rc != 0)
				return rc;
			fat->runs[fat->run_n++] = (struct run){c, 1};
			p.run_n++;
		}
		p.last = c;
		have++;
	}
	p.is_whole = have >= s->n;
	*ret_place = p;
	return 0;
}

static void settle(struct fat *fat, size_t i, const struct place *place,
    enum exam_grade_word word, bool has_end)
{
	struct start *s = &fat->starts[i];

	s->is_done = true;
	s->word = word;
	s->has_end = has_end;
	s->run_first = place->run_first;
	s->run_n = place->run_n;
	for (size_t r = 0; r < place->run_n; r++) {
		const struct run *run = &fat->runs[place->run_first + r];

		for (uint64_t c = 0; c < run->n; c++)
			fat->owner[run->cluster + c] = (uint32_t)i + 1;
	}
}

enum turn {
	TURN_CERTAIN,
	TURN_LEFT,
	TURN_YOUNGER
};

/* Whether a place is good enough in this turn. */
static bool is_good(const struct fat *fat, const struct start *s,
    const struct place *place, enum turn turn, bool *ret_has_end)
{
	if (!place->is_whole || (turn == TURN_CERTAIN && !place->is_in_a_row))
		return false;
	const enum end_test end = test_end(fat, s, place->last);

	*ret_has_end = end == END_SEEN;
	return end == END_SEEN || (s->n == 1 && end == END_UNKNOWN);
}

/* *ret_some: a place was found. */
static int take_turn(
    struct fat *fat, enum turn turn, bool *ret_some, struct err *err)
{
	int rc = 0;

	*ret_some = false;
	for (size_t i = 0; i < fat->start_n && rc == 0; i++) {
		struct start *s = &fat->starts[fat->order[i]];
		struct place place;
		bool has_end = false;

		if (s->is_done || fat->steps > STEPS_MAX)
			continue;
		rc = find_place(fat, s, turn == TURN_YOUNGER, &place, err);
		if (rc != 0)
			break;
		if (!is_good(fat, s, &place, turn, &has_end)) {
			fat->run_n = place.run_first;
			continue;
		}
		*ret_some = true;
		settle(fat, fat->order[i], &place,
		    turn == TURN_CERTAIN && !s->is_contested
			? EXAM_GRADE_CERTAIN
			: EXAM_GRADE_INFERRED,
		    has_end);
	}
	return rc;
}

/* What is left over gets what is left. */
static int take_rest(struct fat *fat, struct err *err)
{
	for (size_t i = 0; i < fat->start_n; i++) {
		struct start *s = &fat->starts[fat->order[i]];
		struct place place;

		if (s->is_done)
			continue;
		int rc = find_place(fat, s, false, &place, err);

		if (rc != 0)
			return rc;
		s->is_unplaced = s->n > 1 &&
		    (!place.is_whole ||
			test_end(fat, s, place.last) == END_REFUTED);
		settle(fat, fat->order[i], &place, EXAM_GRADE_INFERRED, false);
	}
	return 0;
}

/* A file whose end is seen nowhere took the next clusters all the same: it may
 * have been written over what is older and lies there, until as many clusters
 * are behind us that nobody else had. */
static void doubt_reach(struct fat *fat, const struct start *u)
{
	uint64_t left = u->n - 1, c = u->cluster;

	for (uint64_t i = 1; i < fat->n && left > 0; i++) {
		c = c + 1 < fat->n ? c + 1 : 0;
		if (++fat->steps > 2 * STEPS_MAX)
			return;
		const uint32_t owner = fat->owner[c];

		if (owner == LIVE)
			continue;
		if (owner == 0 || fat->starts[owner - 1].is_unplaced)
			left--;
		else if (fat->starts[owner - 1].time <= u->time &&
		    fat->starts[owner - 1].word == EXAM_GRADE_CERTAIN)
			fat->starts[owner - 1].word = EXAM_GRADE_INFERRED;
	}
}

static void doubt(struct fat *fat)
{
	for (size_t i = 0; i < fat->start_n; i++)
		if (fat->starts[i].is_unplaced)
			doubt_reach(fat, &fat->starts[i]);
	/* What was not looked at is not certain. */
	for (size_t i = 0; i < fat->start_n && fat->steps > STEPS_MAX; i++)
		if (fat->starts[i].word == EXAM_GRADE_CERTAIN)
			fat->starts[i].word = EXAM_GRADE_INFERRED;
}

/* ---- pieces ---- */

static int put(struct fat *fat, size_t i, uint64_t cluster, uint64_t number,
    struct err *err)
{
	struct start *s = &fat->starts[i];
	const uint64_t left = fat->files[s->file].size - number * fat->block;
	const uint32_t owner = fat->owner[cluster];
	struct exam_grade_piece piece = {
	    .at = fat->at + cluster * fat->block,
	    .length = left < fat->block ? left : fat->block,
	    .in_file = number * fat->block,
	    .by = EXAM_OWNER_NO_FILE,
	    .state = EXAM_GRADE_FREE,
	    .is_assumed = number > 0,
	};

	if (owner == LIVE) {
		piece.state = EXAM_GRADE_LIVE;
		piece.by = exam_owner_at(fat->of->map, piece.at)->file;
	} else if (owner != i + 1) {
		piece.state = EXAM_GRADE_CLAIMED;
		if (owner > 0)
			piece.by = fat->starts[owner - 1].file;
	}
	if (piece.state != EXAM_GRADE_FREE)
		s->word = EXAM_GRADE_OVERWRITTEN;
	return exam_grade_fat_add(fat->of->grades, s->grade, &piece, err);
}

static int put_pieces(struct fat *fat, size_t i, struct err *err)
{
	struct start *s = &fat->starts[i];
	uint64_t number = 1;
	int rc = put(fat, i, s->cluster, 0, err);

	for (size_t r = 0; r < s->run_n && rc == 0; r++) {
		const struct run *run = &fat->runs[s->run_first + r];

		for (uint64_t c = 0; c < run->n && rc == 0; c++)
			rc = put(fat, i, run->cluster + c, number++, err);
	}
	const uint64_t size = fat->files[s->file].size;

	if (rc == 0 && number < s->n) {
		const struct exam_grade_piece missing = {
		    .length = size - number * fat->block,
		    .in_file = number * fat->block,
		    .by = EXAM_OWNER_NO_FILE,
		    .state = EXAM_GRADE_MISSING,
		    .is_assumed = true,
		};

		rc = exam_grade_fat_add(
		    fat->of->grades, s->grade, &missing, err);
	}
	s->grade->word = s->word;
	s->grade->has_end = s->has_end;
	return rc;
}

/* Other names have what the one has that they are the same as. */
static void copy_grades(struct fat *fat)
{
	for (size_t i = 0; i < fat->start_n; i++) {
		struct exam_grade *grade = fat->starts[i].grade;

		if (grade == NULL || grade->same_as == grade->file)
			continue;
		const struct exam_grade *from =
		    exam_grade_of(fat->of->grades, grade->same_as);

		assert(from != NULL);
		grade->word = from->word;
		grade->has_end = from->has_end;
		grade->piece_first = from->piece_first;
		grade->piece_n = from->piece_n;
	}
}

/* ---- all of it ---- */

static int settle_all(struct fat *fat, struct err *err)
{
	bool some = true;
	int rc = take_turn(fat, TURN_CERTAIN, &some, err);

	some = true;
	for (int round = 0; round < ROUNDS_MAX && some && rc == 0; round++)
		rc = take_turn(fat, TURN_LEFT, &some, err);
	if (rc == 0)
		rc = take_turn(fat, TURN_YOUNGER, &some, err);
	if (rc == 0)
		rc = take_rest(fat, err);
	if (rc != 0)
		return rc;
	doubt(fat);
	for (size_t i = 0; i < fat->start_n && rc == 0; i++) {
		const struct start *s = &fat->starts[i];

		if (s->grade != NULL && s->grade->same_as == s->file)
			rc = put_pieces(fat, i, err);
	}
	copy_grades(fat);
	return rc;
}

int exam_grade_fat(const struct exam_grade_fat_of *of, struct err *err)
{
	size_t n;
	const struct exam_catalog_volume *v =
	    &exam_catalog_volumes(of->catalog, &n)[of->volume - 1];
	struct fat fat = {.of = of,
	    .block = v->blocks.block_size,
	    .at = v->blocks.heap_at,
	    .n = v->blocks.heap_n};

	fat.files = exam_catalog_files(of->catalog, &n);
	if (fat.n == 0 || fat.block == 0 || of->image->length <= fat.at)
		return 0;
	if (fat.n > (of->image->length - fat.at) / fat.block)
		fat.n = (of->image->length - fat.at) / fat.block;
	if (fat.n == 0 || fat.n > CLUSTERS_MAX)
		return 0;
	fat.owner = mem_new((size_t)fat.n, sizeof(*fat.owner));
	int rc = fat.owner == NULL ? err_nomem(err) : find_starts(&fat, err);

	if (rc == 0)
		rc = order_starts(&fat, err);
	if (rc == 0) {
		mark_free(&fat);
		begin(&fat);
		rc = settle_all(&fat, err);
	}
	free(fat.owner);
	free(fat.starts);
	free(fat.order);
	free(fat.runs);
	return rc;
}
