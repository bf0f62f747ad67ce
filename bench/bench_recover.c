/*
 * bench_recover.c: listing all files of an image and writing them out with
 * their hashes, beside tsk_recover, which hashes nothing.
 *
 * usage: bench_recover [IMAGE [ROUNDS]]
 *
 * IMAGE is a raw disk image with a file system at its start (default:
 * $BENCH_IMAGE, which `./run bench` makes; without it nothing is measured).
 * Ours and theirs take turns; medians are printed. Of ours the time is from
 * opening the image to the last byte on the disk, of theirs to its end, which
 * does not wait for the disk.
 */
#include "bench_tool.h"
#include "exam_recover.h"
#include "media_open.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ROUNDS_MAX 15

struct result {
	double list, all, cpu;
	size_t files;
};

static void clear(void)
{
	(void)bench_tool_run("rm -rf ours theirs");
}

struct exam {
	struct media_open image;
	struct cage_image *box;
	struct exam_catalog *catalog;
	struct exam_owner *map;
	struct exam_grades *grades;
	uint8_t *bytes;
	uint32_t *files;
	size_t n;
};

/* A box of another version, say, lists nothing, and that fast. */
static bool is_listed(const struct exam *x)
{
	size_t n;
	const struct exam_catalog_volume *v =
	    exam_catalog_volumes(x->catalog, &n);

	for (size_t i = 0; i < n; i++)
		if (v[i].names_why[0] != '\0') {
			(void)fprintf(
			    stderr, "volume %zu: %s\n", i + 1, v[i].names_why);
			return false;
		}
	return n > 0;
}

static void list(struct exam *x, const char *path)
{
	struct err err = {0};
	size_t n;

	bench_tool_must(media_open(&x->image, path, &err), &err);
	bench_tool_must(
	    media_open_file_systems(&x->image, NULL, NULL, &x->box, &err),
	    &err);
	bench_tool_must(exam_catalog_new(&x->catalog, x->box, &err), &err);
	bench_tool_must(
	    exam_owner_new(&x->map, x->image.whole.length, &err), &err);
	bench_tool_must(exam_catalog_own(x->catalog, x->map, &err), &err);
	bench_tool_must(exam_owner_seal(x->map, &err), &err);
	bench_tool_must(exam_grade_new(&x->grades, x->catalog, x->map,
			    &x->image.whole, &err),
	    &err);
	const struct exam_catalog_file *f = exam_catalog_files(x->catalog, &n);

	if (!is_listed(x))
		exit(1);
	x->files = calloc(n + 1, sizeof(*x->files));
	x->bytes = malloc(EXAM_READ_PIECE);
	if (x->files == NULL || x->bytes == NULL)
		exit(3);
	for (uint32_t i = 0; i < n; i++)
		if (exam_catalog_is_file(&f[i]) &&
		    (f[i].flags & CAGE_LIST_NAME_ALONE) == 0)
			x->files[x->n++] = i;
}

static void done(struct exam *x)
{
	free(x->files);
	free(x->bytes);
	exam_grade_free(x->grades);
	exam_owner_free(x->map);
	exam_catalog_free(x->catalog);
	cage_image_free(x->box);
	media_open_done(&x->image);
}

static void measure_ours(struct result *result, const char *path)
{
	const double start = bench_tool_seconds();
	const double cpu =
	    bench_tool_cpu_seconds() + bench_tool_children_cpu_seconds();
	struct exam x = {0};
	struct err err = {0};

	clear();
	list(&x, path);
	result->list = bench_tool_seconds() - start;
	if (mkdir("ours", 0700) != 0)
		exit(3);
	const struct exam_read read = {.catalog = x.catalog,
	    .grades = x.grades,
	    .image = &x.image.whole,
	    .box = x.box,
	    .bytes = x.bytes};
	const struct exam_recover_options options = {.read = &read,
	    .folder = open("ours", O_RDONLY | O_DIRECTORY | O_CLOEXEC),
	    .files = x.files,
	    .n = x.n};
	struct exam_recover_sums sums;

	bench_tool_must(exam_recover(&options, &sums, &err), &err);
	(void)close(options.folder);
	result->all = bench_tool_seconds() - start;
	result->files = sums.objects;
	done(&x); /* the box ends with it, so that its time is counted */
	result->cpu =
	    bench_tool_cpu_seconds() + bench_tool_children_cpu_seconds() - cpu;
}

int main(int argc, char **argv)
{
	const char *image = argc > 1 ? argv[1] : getenv("BENCH_IMAGE");
	int rounds = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 3;
	double ours[ROUNDS_MAX], lists[ROUNDS_MAX], theirs[ROUNDS_MAX];
	double cpu[ROUNDS_MAX], their_cpu[ROUNDS_MAX];
	char folder[PATH_MAX], path[PATH_MAX], command[2 * PATH_MAX];
	struct result r = {0};

	if (image == NULL || realpath(image, path) == NULL) {
		(void)printf("recover: no image; give one or set "
			     "BENCH_IMAGE\n");
		return 0;
	}
	if (rounds < 1 || rounds > ROUNDS_MAX)
		rounds = 3;
	const int fd = bench_tool_make_folder(folder, "recover");

	if (fchdir(fd) != 0)
		return 3;
	(void)snprintf(command, sizeof(command),
	    "tsk_recover -a '%s' theirs >/dev/null", path);
	(void)bench_tool_run("true");
	for (int i = 0; i < rounds; i++) {
		measure_ours(&r, path);
		ours[i] = r.all;
		lists[i] = r.list;
		cpu[i] = r.cpu;
		clear();
		const double before = bench_tool_children_cpu_seconds();

		theirs[i] = bench_tool_run(command);
		their_cpu[i] = bench_tool_children_cpu_seconds() - before;
		clear();
	}
	(void)printf("recover_files %zu files\n", r.files);
	(void)printf("recover_list %.2f s\n", bench_tool_median(lists, rounds));
	(void)printf("recover_ours %.2f s\n", bench_tool_median(ours, rounds));
	(void)printf(
	    "recover_ours_cpu %.2f s\n", bench_tool_median(cpu, rounds));
	if (theirs[0] >= 0) {
		const double t = bench_tool_median(theirs, rounds);

		(void)printf("recover_tsk_recover %.2f s\n", t);
		(void)printf("recover_tsk_recover_cpu %.2f s\n",
		    bench_tool_median(their_cpu, rounds));
		(void)printf("recover_times_as_fast %.2f\n",
		    t / bench_tool_median(ours, rounds));
	}
	bench_tool_remove_folder(folder, fd);
	return 0;
}
