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
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define ROUNDS_MAX 15

extern char **environ;

struct result {
	double list, all, cpu;
	size_t files;
};

static double children_seconds(void)
{
	struct rusage u;

	(void)getrusage(RUSAGE_CHILDREN, &u);
	return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
	    (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) * 1e-6;
}

/* Seconds; negative: it cannot be run. */
static double run_program(const char *command)
{
	char *argv[] = {"sh", "-c", (char *)(uintptr_t)command, NULL};
	double start = bench_tool_seconds();
	int status;
	pid_t pid;

	if (posix_spawn(&pid, "/bin/sh", NULL, NULL, argv, environ) != 0 ||
	    waitpid(pid, &status, 0) != pid || status != 0)
		return -1;
	return bench_tool_seconds() - start;
}

static void clear(void)
{
	(void)run_program("rm -rf ours theirs");
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
	const double cpu = bench_tool_cpu_seconds() + children_seconds();
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
	result->cpu = bench_tool_cpu_seconds() + children_seconds() - cpu;
}

static int compare(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static double median(double *of, int n)
{
	qsort(of, (size_t)n, sizeof(*of), compare);
	return of[n / 2];
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
	(void)run_program("true");
	for (int i = 0; i < rounds; i++) {
		measure_ours(&r, path);
		ours[i] = r.all;
		lists[i] = r.list;
		cpu[i] = r.cpu;
		clear();
		const double before = children_seconds();

		theirs[i] = run_program(command);
		their_cpu[i] = children_seconds() - before;
		clear();
	}
	(void)printf("recover_files %zu files\n", r.files);
	(void)printf("recover_list %.2f s\n", median(lists, rounds));
	(void)printf("recover_ours %.2f s\n", median(ours, rounds));
	(void)printf("recover_ours_cpu %.2f s\n", median(cpu, rounds));
	if (theirs[0] >= 0) {
		const double t = median(theirs, rounds);

		(void)printf("recover_tsk_recover %.2f s\n", t);
		(void)printf("recover_tsk_recover_cpu %.2f s\n",
		    median(their_cpu, rounds));
		(void)printf(
		    "recover_times_as_fast %.2f\n", t / median(ours, rounds));
	}
	bench_tool_remove_folder(folder, fd);
	return 0;
}
