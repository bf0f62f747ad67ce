/*
 * bench_scan.c: how fast a whole image is scanned: for e-mail alone, with
 * accounts and containers, and for everything.
 *
 * usage: bench_scan [IMAGE [SET]]: without an image one of 256 MiB is made, of
 * text, packed text and noise. SET: email, some, all.
 */
#include "exam_scan.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#define MADE (256u << 20)

struct counts {
	uint64_t of[CAGE_HIT_GAP + 1];
};

static int count(void *cookie, const struct cage_hit *hit, struct err *err)
{
	struct counts *counts = cookie;

	(void)err;
	counts->of[hit->kind]++;
	return 0;
}

static double seconds(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static double cpu(int who)
{
	struct rusage use;

	(void)getrusage(who, &use);
	return (double)(use.ru_utime.tv_sec + use.ru_stime.tv_sec) +
	    (double)(use.ru_utime.tv_usec + use.ru_stime.tv_usec) / 1e6;
}

static int scan(const char *path, const char *name, uint64_t finds)
{
	struct media_open media = {0};
	struct counts counts = {{0}};
	struct err err = {0};
	const double begin = seconds();
	const double box = cpu(RUSAGE_CHILDREN), own = cpu(RUSAGE_SELF);
	int rc = media_open(&media, path, &err);
	const struct exam_scan_options o = {.image = &media,
	    .length = media.whole.length,
	    .finds = finds,
	    .hit = count,
	    .cookie = &counts};

	if (rc == 0)
		rc = exam_scan_run(&o, &err);
	const double took = seconds() - begin;
	const double mb = (double)media.whole.length / 1e6;

	media_open_done(&media);
	if (rc != 0) {
		(void)fprintf(stderr, "%s\n", err.message);
		return 1;
	}
	printf("scan %s %.2f s\n", name, took);
	printf("scan %s %.0f MB/s\n", name, mb / took);
	printf("scan %s boxes %.2f CPU s, own %.2f CPU s\n", name,
	    cpu(RUSAGE_CHILDREN) - box, cpu(RUSAGE_SELF) - own);
	for (int k = 1; k <= CAGE_HIT_GAP; k++)
		if (counts.of[k] > 0)
			printf("scan %s %s %llu finds\n", name,
			    cage_hit_name((enum cage_hit_kind)k),
			    (unsigned long long)counts.of[k]);
	return 0;
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
	const char *path = argc > 1 ? argv[1] : "bench_scan.raw";
	const char *set = argc > 2 ? argv[2] : "";
	const uint64_t email = CAGE_HIT_FINDS(CAGE_HIT_EMAIL);
	const uint64_t some = email | CAGE_HIT_FINDS(CAGE_HIT_PHONE) |
	    CAGE_HIT_FINDS(CAGE_HIT_CARD) | CAGE_HIT_UNPACKS(CAGE_HIT_ZIP) |
	    CAGE_HIT_UNPACKS(CAGE_HIT_GZIP);
	int rc = 0;

	if (argc < 2)
		rc = make(path);
	if (rc == 0 && (*set == '\0' || strcmp(set, "email") == 0))
		rc = scan(path, "email", email);
	if (rc == 0 && (*set == '\0' || strcmp(set, "some") == 0))
		rc = scan(path, "some", some);
	if (rc == 0 && (*set == '\0' || strcmp(set, "all") == 0))
		rc = scan(path, "all", CAGE_HIT_ALL);
	if (argc < 2)
		(void)unlink(path);
	return rc;
}
