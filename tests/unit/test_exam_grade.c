/*
 * test_exam_grade.c: how sure it is where deleted files lay, on FAT file
 * systems that are made here: files are written, in pieces too, deleted and
 * written over as a system does it, so that the truth is known of each.
 *
 * Prints precision and recall. Above all nothing that is called certain may be
 * wrong.
 */
#include "exam_grade.h"

#include "exam_catalog.h"
#include "exam_read.h"
#include "media_open.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SECTOR 512u
#define CLUSTER 1024u
#define CLUSTERS 4100u
#define TABLE_SECTORS 17u
#define ROOT_SECTORS 32u /* 512 names */
#define HEAP_AT ((1 + 2 * TABLE_SECTORS + ROOT_SECTORS) * SECTOR)
#define LENGTH (HEAP_AT + CLUSTERS * CLUSTER)
#define FILES_MAX 500
#define PIECES_MAX 64

struct file {
	uint32_t size;
	unsigned n;
	uint16_t chain[PIECES_MAX];
	uint32_t second; /* in which it was last written to */
	bool is_deleted;
	uint8_t bytes[PIECES_MAX * CLUSTER];
};

static uint8_t *disk; /* LENGTH */
static uint16_t table[CLUSTERS + 2];
static struct file *files; /* FILES_MAX */
static unsigned file_n;
static uint32_t seed, clock_seconds, next_free;

static uint32_t chance(uint32_t below)
{
	seed = seed * 1664525u + 1013904223u;
	return (seed >> 8) % below;
}

static void put(uint8_t *at, uint32_t value, size_t n)
{
	for (size_t i = 0; i < n; i++)
		at[i] = (uint8_t)(value >> 8 * i);
}

static void format(uint32_t from)
{
	memset(disk, 0, LENGTH);
	memset(table, 0, sizeof(table));
	memcpy(disk, "\xeb\x3c\x90MSDOS5.0", 11);
	put(disk + 11, SECTOR, 2);
	disk[13] = CLUSTER / SECTOR;
	put(disk + 14, 1, 2);
	disk[16] = 2;
	put(disk + 17, ROOT_SECTORS * SECTOR / 32, 2);
	put(disk + 19, LENGTH / SECTOR, 2);
	disk[21] = 0xf8;
	put(disk + 22, TABLE_SECTORS, 2);
	disk[38] = 0x29;
	memcpy(disk + 43, "NO NAME    FAT16   ", 19);
	put(disk + 510, 0xaa55, 2);
	file_n = 0;
	seed = from;
	clock_seconds = 0;
	next_free = 2;
}

/* The next cluster behind the last one that was given, as most systems do, or
 * the first one that is free, as others do. */
static unsigned allocate(bool is_first_fit)
{
	unsigned c = is_first_fit ? 2 : next_free;

	for (unsigned i = 0; i < CLUSTERS; i++, c++) {
		if (c >= CLUSTERS + 2)
			c = 2;
		if (table[c] == 0) {
			table[c] = 0xffff;
			next_free = c + 1;
			return c;
		}
	}
	return 0;
}

static struct file *new_file(uint32_t size)
{
	struct file *f = &files[file_n++];

	*f = (struct file){.size = size};
	for (uint32_t i = 0; i < size; i++)
		f->bytes[i] = (uint8_t)(1 + chance(255));
	return f;
}

/* A system writes whole sectors, the last one filled up with zeros. */
static bool grow(struct file *f, bool is_first_fit)
{
	const uint32_t at = f->n * CLUSTER;

	if (at >= f->size)
		return true;
	const unsigned c = allocate(is_first_fit);

	if (c == 0)
		return false;
	if (f->n > 0)
		table[f->chain[f->n - 1]] = (uint16_t)c;
	f->chain[f->n++] = (uint16_t)c;
	uint32_t n = f->size - at < CLUSTER ? f->size - at : CLUSTER;

	n = (n + SECTOR - 1) / SECTOR * SECTOR;
	memcpy(disk + HEAP_AT + (c - 2) * CLUSTER, f->bytes + at, n);
	f->second = clock_seconds;
	return true;
}

static void delete_file(struct file *f)
{
	for (unsigned i = 0; i < f->n; i++)
		table[f->chain[i]] = 0;
	f->is_deleted = true;
	clock_seconds += 2;
}

static void close_disk(void)
{
	uint8_t *root = disk + (1 + 2 * TABLE_SECTORS) * SECTOR;

	put((uint8_t *)table, 0xfff8, 2);
	put((uint8_t *)table + 2, 0xffff, 2);
	for (unsigned copy = 0; copy < 2; copy++)
		for (unsigned c = 0; c < CLUSTERS + 2; c++)
			put(disk + SECTOR + copy * TABLE_SECTORS * SECTOR +
				c * 2,
			    table[c], 2);
	for (unsigned i = 0; i < file_n; i++) {
		uint8_t *entry = root + i * 32;
		char name[24];
		const uint32_t second = files[i].second;
		const uint32_t time = second / 3600 << 11 |
		    second / 60 % 60 << 5 | second % 60 / 2;

		(void)snprintf(name, sizeof(name), "F%07uDAT", i);
		memcpy(entry, name, 11);
		if (files[i].is_deleted)
			entry[0] = 0xe5;
		entry[11] = 0x20;
		put(entry + 14, time, 2);
		put(entry + 16, (43u << 9) | (6 << 5) | 21, 2);
		put(entry + 22, time, 2);
		put(entry + 24, (43u << 9) | (6 << 5) | 21, 2);
		put(entry + 26, files[i].n > 0 ? files[i].chain[0] : 0, 2);
		put(entry + 28, files[i].size, 4);
	}
}

/* ---- what is said of it ---- */

struct exam {
	struct media_open image;
	struct cage_image *box;
	struct exam_catalog *catalog;
	struct exam_owner *map;
	struct exam_grades *grades;
	uint8_t *bytes;
};

static void examine(struct exam *x, const char *path)
{
	struct err err = {0};

	*x = (struct exam){0};
	if (media_open(&x->image, path, &err) != 0 ||
	    media_open_file_systems(&x->image, NULL, NULL, &x->box, &err) !=
		0 ||
	    exam_catalog_new(&x->catalog, x->box, &err) != 0 ||
	    exam_owner_new(&x->map, x->image.whole.length, &err) != 0 ||
	    exam_catalog_own(x->catalog, x->map, &err) != 0 ||
	    exam_owner_seal(x->map, &err) != 0 ||
	    exam_grade_new(
		&x->grades, x->catalog, x->map, &x->image.whole, &err) != 0)
		fail_msg("%s: %s", path, err.message);
	x->bytes = malloc(EXAM_READ_PIECE);
	assert_non_null(x->bytes);
}

static void done(struct exam *x)
{
	free(x->bytes);
	exam_grade_free(x->grades);
	exam_owner_free(x->map);
	exam_catalog_free(x->catalog);
	cage_image_free(x->box);
	media_open_done(&x->image);
}

struct got {
	uint8_t *bytes;
	size_t n;
};

static int get(void *cookie, const uint8_t *bytes, size_t n, struct err *err)
{
	struct got *got = cookie;

	(void)err;
	memcpy(got->bytes + got->n, bytes, n);
	got->n += n;
	return 0;
}

static bool is_right(
    const struct exam *x, uint32_t number, const struct file *f)
{
	static uint8_t bytes[PIECES_MAX * CLUSTER];
	struct got got = {bytes, 0};
	struct exam_read_sums sums;
	const struct exam_read read = {.catalog = x->catalog,
	    .grades = x->grades,
	    .image = &x->image.whole,
	    .box = x->box,
	    .bytes = x->bytes};

	assert_int_equal(
	    exam_read_file(&read, number, get, &got, &sums, NULL), 0);
	assert_int_equal(got.n, f->size);
	assert_int_equal(
	    sums.read + sums.foreign + sums.missing + sums.unreadable, f->size);
	return memcmp(bytes, f->bytes, f->size) == 0;
}

/* Whether its bytes still stand where they were. */
static bool is_intact(const struct file *f)
{
	for (unsigned i = 0; i < f->n; i++) {
		const uint32_t left = f->size - i * CLUSTER;

		if (memcmp(disk + HEAP_AT + (f->chain[i] - 2u) * CLUSTER,
			f->bytes + i * CLUSTER,
			left < CLUSTER ? left : CLUSTER) != 0)
			return false;
	}
	return true;
}

struct counts {
	unsigned deleted, intact, words[EXAM_GRADE_WORDS];
	unsigned right[EXAM_GRADE_WORDS];
};

static void count(struct counts *counts, const char *path)
{
	struct exam x;
	const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	close_disk();
	assert_int_equal(write(fd, disk, LENGTH), LENGTH);
	assert_int_equal(close(fd), 0);
	examine(&x, path);
	size_t n, found = 0;
	const struct exam_catalog_file *all = exam_catalog_files(x.catalog, &n);

	for (uint32_t i = 0; i < n; i++) {
		const struct exam_grade *grade = exam_grade_of(x.grades, i);
		const struct slice name = exam_catalog_name(x.catalog, i);
		unsigned number;

		if (grade == NULL || all[i].size == 0)
			continue;
		assert_int_equal(sscanf(name.p + 1, "%7u.DAT", &number), 1);
		const struct file *f = &files[number];
		const bool right = is_right(&x, i, f);

		found++;
		counts->words[grade->word]++;
		counts->right[grade->word] += right;
		if (grade->word == EXAM_GRADE_CERTAIN && !right)
			print_message("%s is called certain\n", name.p);
	}
	for (unsigned i = 0; i < file_n; i++) {
		counts->deleted += files[i].is_deleted;
		counts->intact += files[i].is_deleted && is_intact(&files[i]);
		found -= files[i].is_deleted;
	}
	assert_int_equal(found, 0); /* all are listed, and nothing else */
	done(&x);
	assert_int_equal(unlink(path), 0);
}

static void print(const char *what, const struct counts *c)
{
	const unsigned right = c->right[EXAM_GRADE_CERTAIN] +
	    c->right[EXAM_GRADE_INFERRED] + c->right[EXAM_GRADE_OVERWRITTEN];
	const unsigned given =
	    c->words[EXAM_GRADE_CERTAIN] + c->words[EXAM_GRADE_INFERRED];
	const unsigned given_right =
	    c->right[EXAM_GRADE_CERTAIN] + c->right[EXAM_GRADE_INFERRED];

	print_message("%s: %u deleted, %u intact; certain %u, of them right "
		      "%u; inferred %u, right %u; overwritten %u; precision "
		      "%.3f, recall %.3f\n",
	    what, c->deleted, c->intact, c->words[EXAM_GRADE_CERTAIN],
	    c->right[EXAM_GRADE_CERTAIN], c->words[EXAM_GRADE_INFERRED],
	    c->right[EXAM_GRADE_INFERRED], c->words[EXAM_GRADE_OVERWRITTEN],
	    given > 0 ? (double)given_right / given : 1.0,
	    c->intact > 0 ? (double)right / c->intact : 1.0);
}

/* Two files at a time are written to by turns, now and then; every third is
 * deleted at some time. */
static void live_a_while(unsigned n, bool is_first_fit, unsigned deletions)
{
	while (file_n + 2 <= n) {
		struct file *a = new_file(1 + chance(20 * CLUSTER));
		struct file *b =
		    chance(4) == 0 ? new_file(1 + chance(8 * CLUSTER)) : NULL;

		while (a->n * CLUSTER < a->size ||
		    (b != NULL && b->n * CLUSTER < b->size)) {
			assert_true(grow(a, is_first_fit));
			if (b != NULL)
				assert_true(grow(b, is_first_fit));
		}
		clock_seconds += 2;
		for (unsigned i = 0; i < deletions; i++) {
			struct file *f = &files[chance(file_n)];

			if (!f->is_deleted && chance(2) == 0)
				delete_file(f);
		}
	}
}

static void run(const char *what, unsigned n, bool is_first_fit,
    unsigned deletions, struct counts *counts)
{
	char path[] = "/tmp/cf-grade-XXXXXX";
	const int fd = mkstemp(path);

	assert_true(fd >= 0);
	(void)close(fd);
	*counts = (struct counts){0};
	for (uint32_t i = 1; i <= 6; i++) {
		format(i);
		live_a_while(n, is_first_fit, deletions);
		count(counts, path);
	}
	print(what, counts);
}

static void nothing_certain_is_wrong_where_space_is_plenty(void **state)
{
	struct counts c;

	(void)state;
	run("forwards, nothing written over", 200, false, 1, &c);
	assert_int_equal(
	    c.right[EXAM_GRADE_CERTAIN], c.words[EXAM_GRADE_CERTAIN]);
	assert_true(c.words[EXAM_GRADE_CERTAIN] * 2 > c.deleted);
	/* Much of what is in pieces comes back, too. */
	assert_true(
	    (c.right[EXAM_GRADE_CERTAIN] + c.right[EXAM_GRADE_INFERRED]) * 10 >
	    c.intact * 8);
}

static void nothing_certain_is_wrong_where_files_are_written_over(void **state)
{
	struct counts c;

	(void)state;
	run("first fit, much written over", 480, true, 1, &c);
	assert_int_equal(
	    c.right[EXAM_GRADE_CERTAIN], c.words[EXAM_GRADE_CERTAIN]);
	run("forwards and round, much written over", 490, false, 3, &c);
	assert_int_equal(
	    c.right[EXAM_GRADE_CERTAIN], c.words[EXAM_GRADE_CERTAIN]);
}

static int make(void **state)
{
	(void)state;
	disk = malloc(LENGTH);
	files = calloc(FILES_MAX, sizeof(*files));
	return disk != NULL && files != NULL ? 0 : -1;
}

static int clean(void **state)
{
	(void)state;
	free(disk);
	free(files);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(nothing_certain_is_wrong_where_space_is_plenty),
	    cmocka_unit_test(
		nothing_certain_is_wrong_where_files_are_written_over),
	};

	return cmocka_run_group_tests(tests, make, clean);
}
