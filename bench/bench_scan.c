/*
 * bench_scan.c: how fast a whole image is scanned: for e-mail alone, with
 * accounts and containers, and for everything.
 *
 * usage: bench_scan [IMAGE [SET]]
 *
 * IMAGE is a raw disk image (default: $BENCH_IMAGE, which `./run bench` makes);
 * without it one of 256 MiB is made, of text and noise. SET: email, some, all.
 * Medians are printed. An image of which more than a hundredth could not be
 * looked at is no measurement, and an error.
 */
#include "bench_tool.h"
#include "exam_scan.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MADE (256u << 20)
#define ROUNDS 3

struct counts {
	uint64_t of[CAGE_HIT_GAP + 1];
	uint64_t lost; /* bytes */
};

static int count(void *cookie, const struct cage_hit *hit, struct err *err)
{
	struct counts *counts = cookie;

	(void)err;
	counts->of[hit->kind]++;
	if ((int)hit->kind == CAGE_HIT_GAP)
		counts->lost += hit->length;
	return 0;
}

static double scan_once(
    const struct media_open *media, uint64_t finds, struct counts *counts)
{
	struct err err = {0};
	const double begin = bench_tool_seconds();
	const struct exam_scan_options o = {.image = media,
	    .length = media->whole.length,
	    .finds = finds,
	    .hit = count,
	    .cookie = counts};

	bench_tool_must(exam_scan_run(&o, &err), &err);
	/* A box of another version, say, finds nothing, and that fast. */
	if (counts->lost > media->whole.length / 100)
		bench_tool_must(
		    err_set(&err, ERR_FORMAT, "%llu bytes could not be scanned",
			(unsigned long long)counts->lost),
		    &err);
	return bench_tool_seconds() - begin;
}

static void scan(const char *path, const char *name, uint64_t finds)
{
	struct media_open media = {0};
	struct counts counts;
	struct err err = {0};
	double took[ROUNDS];
	const double box = bench_tool_children_cpu_seconds();
	const double own = bench_tool_cpu_seconds();

	bench_tool_must(media_open(&media, path, &err), &err);
	const double mb = (double)media.whole.length / 1e6;

	for (int i = 0; i < ROUNDS; i++) {
		counts = (struct counts){{0}, 0};
		took[i] = scan_once(&media, finds, &counts);
	}
	media_open_done(&media);
	const double median = bench_tool_median(took, ROUNDS);

	printf("scan_%s %.2f s\n", name, median);
	printf("scan_%s %.0f MB/s\n", name, mb / median);
	printf("scan_%s_cpu_boxes %.2f s\n", name,
	    (bench_tool_children_cpu_seconds() - box) / ROUNDS);
	printf("scan_%s_cpu_own %.2f s\n", name,
	    (bench_tool_cpu_seconds() - own) / ROUNDS);
	for (int k = 1; k <= CAGE_HIT_GAP; k++)
		if (counts.of[k] > 0)
			printf("scan_%s_%s %llu finds\n", name,
			    cage_hit_name((enum cage_hit_kind)k),
			    (unsigned long long)counts.of[k]);
	(void)fflush(stdout);
}

/* Lines with an address in each twentieth, and bytes of no sort. */
static int make(const char *path)
{
	const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	char *piece = malloc(1u << 20);
	uint64_t state = 88172645463325252u;

	if (fd < 0 || piece == NULL)
		return 1;
	for (size_t done = 0; done < MADE; done += 1u << 20) {
		const int is_noise = (done >> 20) % 4 == 3;

		for (size_t i = 0; i < 1u << 20; i += 8) {
			state ^= state << 13;
			state ^= state >> 7;
			state ^= state << 17;
			if (is_noise)
				memcpy(piece + i, &state, 8);
			else
				memcpy(piece + i,
				    state % 160 == 0 ? " a@x.org" : "words in",
				    8);
		}
		if (write(fd, piece, 1u << 20) != 1 << 20)
			return 1;
	}
	free(piece);
	return close(fd);
}

int main(int argc, char **argv)
{
	const char *given = argc > 1 ? argv[1] : getenv("BENCH_IMAGE");
	const char *path = given != NULL ? given : "bench_scan.raw";
	const char *set = argc > 2 ? argv[2] : "";
	const uint64_t email = CAGE_HIT_FINDS(CAGE_HIT_EMAIL);
	const uint64_t some = email | CAGE_HIT_FINDS(CAGE_HIT_PHONE) |
	    CAGE_HIT_FINDS(CAGE_HIT_CARD) | CAGE_HIT_UNPACKS(CAGE_HIT_ZIP) |
	    CAGE_HIT_UNPACKS(CAGE_HIT_GZIP);

	if (given == NULL && make(path) != 0)
		return 1;
	if (*set == '\0' || strcmp(set, "email") == 0)
		scan(path, "email", email);
	if (*set == '\0' || strcmp(set, "some") == 0)
		scan(path, "some", some);
	if (*set == '\0' || strcmp(set, "all") == 0)
		scan(path, "all", CAGE_HIT_ALL);
	if (given == NULL)
		(void)unlink(path);
	return 0;
}
