/*
 * exam_grade_fat.c: see exam_grade_fat.h.
 *
 * One bit a cluster says whether it is to be had: free, not the beginning of a
 * deleted file or folder, and in no place that was found for one. Places are
 * found in rounds, the certain ones first: what they have is no room for the
 * others any more, and so the others are found behind it.
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

/* A deleted file or folder and its first cluster. */
struct start {
	uint64_t cluster;
	uint32_t file;
	struct exam_grade *grade; /* NULL: a folder */
	enum { OPEN, DONE } state;
};

enum end_test { END_UNKNOWN, END_SEEN, END_REFUTED };

struct fat {
	const struct exam_grade_fat_of *of;
	const struct exam_catalog_file *files;
	uint64_t block, at, n; /* of the heap */
	uint8_t *taken; /* a bit a cluster: not to be had */
	struct start *starts; /* by cluster */
	size_t start_n, start_cap;
	uint64_t steps;
};

static bool is_taken(const struct fat *fat, uint64_t cluster)
{
	return (fat->taken[cluster / 8] >> cluster % 8 & 1) != 0;
}

static void take(struct fat *fat, uint64_t cluster)
{
	fat->taken[cluster / 8] |= (uint8_t)(1u << cluster % 8);
}

/* ---- what there is ---- */

/* Everything is taken but what the volume calls unused. */
static void mark_free(struct fat *fat)
{
	size_t n;
	const struct cage_list_blocks *b =
	    exam_catalog_spaces(fat->of->catalog, fat->of->volume, &n);

	for (size_t i = 0; i < (fat->n + 7) / 8; i++)
		fat->taken[i] = 0xff;
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
			fat->taken[c / 8] &= (uint8_t) ~(1u << c % 8);
	}
}

static int compare_starts(const void *a, const void *b)
{
	const struct start *x = a, *y = b;

	if (x->cluster != y->cluster)
		return x->cluster < y->cluster ? -1 : 1;
	return x->file < y->file ? -1 : x->file > y->file;
}

static int find_starts(struct fat *fat, struct err *err)
{
	const struct exam_grade_fat_of *of = fat->of;
	const struct exam_catalog_volume *v;
	size_t volumes, grade = 0;
	int rc = 0;

	v = &exam_catalog_volumes(of->catalog, &volumes)[of->volume - 1];
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
		struct exam_grade *mine =
		    grade < of->n && of->of[grade].file == i ? &of->of[grade]
							     : NULL;

		if (c >= fat->n)
			continue;
		rc = mem_grow((void **)&fat->starts, &fat->start_cap,
		    fat->start_n + 1, sizeof(*fat->starts), err);
		if (rc == 0)
			fat->starts[fat->start_n++] = (struct start){
			    .cluster = c, .file = i, .grade = mine};
	}
	if (fat->start_n > 0)
		qsort(fat->starts, fat->start_n, sizeof(*fat->starts),
		    compare_starts);
	return rc;
}

/* ---- pieces ---- */

static uint64_t count_of(const struct fat *fat, const struct start *s)
{
	const uint64_t size = fat->files[s->file].size;

	return size / fat->block + (size % fat->block > 0);
}

static int put(struct fat *fat, const struct start *s, uint64_t cluster,
    uint64_t i, enum exam_grade_state state, uint32_t by, struct err *err)
{
	const uint64_t size = fat->files[s->file].size;
	const uint64_t left = size - i * fat->block;
	const struct exam_grade_piece piece = {
	    .at = state == EXAM_GRADE_MISSING ? 0
					      : fat->at + cluster * fat->block,
	    .length = state == EXAM_GRADE_MISSING || left < fat->block
		? left
		: fat->block,
	    .in_file = i * fat->block,
	    .by = by,
	    .state = (uint8_t)state,
	    .is_assumed = i > 0,
	};

	return exam_grade_fat_add(fat->of->grades, s->grade, &piece, err);
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
	const uint64_t at = fat->at + cluster * fat->block +
	    in_cluster / SECTOR * SECTOR;

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

/* The clusters of a file if it takes the next ones that are to be had. */
struct place {
	uint64_t last; /* cluster */
	bool is_whole, is_in_a_row;
};

static struct place find_place(struct fat *fat, const struct start *s)
{
	const uint64_t n = count_of(fat, s);
	struct place place = {.last = s->cluster, .is_in_a_row = true};
	uint64_t have = 1;

	for (uint64_t c = s->cluster + 1; have < n && c < fat->n; c++) {
		if (++fat->steps > STEPS_MAX)
			return place;
		if (is_taken(fat, c)) {
			place.is_in_a_row = false;
			continue;
		}
		place.last = c;
		have++;
	}
	place.is_whole = have >= n;
	return place;
}

static int settle(struct fat *fat, struct start *s, enum exam_grade_word word,
    bool has_end, struct err *err)
{
	const uint64_t n = count_of(fat, s);
	uint64_t have = 1, c = s->cluster + 1;
	int rc = put(fat, s, s->cluster, 0, EXAM_GRADE_FREE,
	    EXAM_OWNER_NO_FILE, err);

	for (; have < n && c < fat->n && rc == 0; c++) {
		if (++fat->steps > 2 * STEPS_MAX)
			break;
		if (is_taken(fat, c))
			continue;
		rc = put(
		    fat, s, c, have, EXAM_GRADE_FREE, EXAM_OWNER_NO_FILE, err);
		take(fat, c);
		have++;
	}
	if (have < n && rc == 0)
		rc = put(fat, s, 0, have, EXAM_GRADE_MISSING,
		    EXAM_OWNER_NO_FILE, err);
	s->grade->word = word;
	s->grade->has_end = has_end;
	s->state = DONE;
	return rc;
}

/* One round. *ret_some: a place was found. */
static int settle_round(
    struct fat *fat, bool are_certain, bool *ret_some, struct err *err)
{
	int rc = 0;

	*ret_some = false;
	for (size_t i = 0; i < fat->start_n && rc == 0; i++) {
		struct start *s = &fat->starts[i];

		if (s->state == DONE || fat->steps > STEPS_MAX)
			continue;
		const struct place place = find_place(fat, s);

		if (!place.is_whole || (are_certain && !place.is_in_a_row))
			continue;
		const enum end_test end = test_end(fat, s, place.last);
		const bool is_one = count_of(fat, s) == 1;

		if (end != END_SEEN && !(is_one && end == END_UNKNOWN))
			continue;
		*ret_some = true;
		rc = settle(fat, s,
		    are_certain ? EXAM_GRADE_CERTAIN : EXAM_GRADE_INFERRED,
		    end == END_SEEN, err);
	}
	return rc;
}

/* ---- who may begin where ---- */

static int lose(struct fat *fat, struct start *s, enum exam_grade_state state,
    uint32_t by, struct err *err)
{
	s->state = DONE;
	if (s->grade == NULL || fat->files[s->file].size == 0)
		return 0;
	int rc = put(fat, s, s->cluster, 0, state, by, err);

	if (rc == 0 && count_of(fat, s) > 1)
		rc = put(fat, s, 0, 1, EXAM_GRADE_MISSING, EXAM_OWNER_NO_FILE,
		    err);
	s->grade->word = EXAM_GRADE_OVERWRITTEN;
	return rc;
}

/* Of those that begin at one cluster, the youngest has it. */
static size_t youngest(const struct fat *fat, size_t from, size_t to)
{
	size_t best = from;

	for (size_t i = from + 1; i < to; i++)
		if (exam_grade_fat_time(&fat->files[fat->starts[i].file]) >
		    exam_grade_fat_time(&fat->files[fat->starts[best].file]))
			best = i;
	return best;
}

/* Starts `from` to `to` are at one cluster. *ret_contested: it is another
 * file's, too, so that its one is not certain. */
static int share_out(
    struct fat *fat, size_t from, size_t to, struct err *err)
{
	const uint64_t cluster = fat->starts[from].cluster;
	const uint64_t at = fat->at + cluster * fat->block;
	const bool is_live = is_taken(fat, cluster);
	const size_t best = youngest(fat, from, to);
	struct start *mine = &fat->starts[best];
	int rc = 0;

	for (size_t i = from; i < to && rc == 0; i++) {
		struct start *s = &fat->starts[i];

		if (is_live) {
			rc = lose(fat, s, EXAM_GRADE_LIVE,
			    exam_owner_at(fat->of->map, at)->file, err);
		} else if (i != best && s->grade != NULL &&
		    mine->grade != NULL &&
		    fat->files[s->file].size == fat->files[mine->file].size) {
			s->grade->same_as = mine->file; /* another name */
			s->state = DONE;
		} else if (i != best) {
			rc = lose(
			    fat, s, EXAM_GRADE_CLAIMED, mine->file, err);
		} else if (s->grade == NULL || fat->files[s->file].size == 0) {
			s->state = DONE;
		}
	}
	return rc;
}

/* Whether one that begins elsewhere lost its first cluster to this one. */
static bool is_contested(const struct fat *fat, const struct start *s)
{
	const size_t i = (size_t)(s - fat->starts);

	for (size_t k = i; k-- > 0 && fat->starts[k].cluster == s->cluster;)
		if (fat->starts[k].grade == NULL ||
		    fat->starts[k].grade->same_as != s->file)
			return true;
	for (size_t k = i + 1;
	     k < fat->start_n && fat->starts[k].cluster == s->cluster; k++)
		if (fat->starts[k].grade == NULL ||
		    fat->starts[k].grade->same_as != s->file)
			return true;
	return false;
}

static int begin(struct fat *fat, struct err *err)
{
	int rc = 0;

	for (size_t from = 0, to; from < fat->start_n && rc == 0; from = to) {
		for (to = from + 1; to < fat->start_n &&
		     fat->starts[to].cluster == fat->starts[from].cluster;
		     to++)
			;
		rc = share_out(fat, from, to, err);
	}
	for (size_t i = 0; i < fat->start_n; i++)
		take(fat, fat->starts[i].cluster);
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

static int settle_all(struct fat *fat, struct err *err)
{
	bool some = true;
	int rc = settle_round(fat, true, &some, err);

	for (size_t i = 0; i < fat->start_n; i++) {
		const struct start *s = &fat->starts[i];

		if (s->grade != NULL &&
		    s->grade->word == EXAM_GRADE_CERTAIN && is_contested(fat, s))
			s->grade->word = EXAM_GRADE_INFERRED;
	}
	some = true;
	for (int round = 0; round < ROUNDS_MAX && some && rc == 0; round++)
		rc = settle_round(fat, false, &some, err);
	for (size_t i = 0; i < fat->start_n && rc == 0; i++)
		if (fat->starts[i].state == OPEN)
			rc = settle(fat, &fat->starts[i], EXAM_GRADE_INFERRED,
			    false, err);
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
	fat.taken = mem_new((size_t)fat.n / 8 + 1, 1);
	int rc = fat.taken == NULL ? err_nomem(err) : find_starts(&fat, err);

	if (rc == 0) {
		mark_free(&fat);
		rc = begin(&fat, err);
	}
	if (rc == 0)
		rc = settle_all(&fat, err);
	free(fat.taken);
	free(fat.starts);
	return rc;
}
