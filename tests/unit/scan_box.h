/*
 * scan_box.h: an image made of texts, and what a scan finds in it, for the
 * tests of scans.
 */
#ifndef SCAN_BOX_H
#define SCAN_BOX_H

#include "exam_scan.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct scan_box_got {
	struct cage_hit *of;
	size_t n, cap;
};

static int scan_box_take(
    void *cookie, const struct cage_hit *hit, struct err *err)
{
	struct scan_box_got *got = cookie;

	if (got->n == got->cap) {
		got->cap = got->cap * 2 + 64;
		struct cage_hit *more =
		    realloc(got->of, got->cap * sizeof(*got->of));

		if (more == NULL)
			return err_nomem(err);
		got->of = more;
	}
	got->of[got->n++] = *hit;
	return 0;
}

/* Everything in n bytes; fails the test if it cannot be scanned. */
static void scan_box_scan(
    const void *bytes, size_t n, uint64_t finds, struct scan_box_got *got)
{
	char folder[] = "/tmp/cf-scan-XXXXXX", path[64];
	struct media_open media = {0};
	struct err err = {0};

	assert_non_null(mkdtemp(folder));
	(void)snprintf(path, sizeof(path), "%s/x.raw", folder);
	const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_int_equal(write(fd, bytes, n), n);
	(void)close(fd);
	int rc = media_open(&media, path, &err);
	const struct exam_scan_options o = {.image = &media,
	    .length = n,
	    .finds = finds,
	    .threads = 1,
	    .hit = scan_box_take,
	    .cookie = got};

	if (rc == 0)
		rc = exam_scan_run(&o, &err);
	media_open_done(&media);
	(void)unlink(path);
	(void)rmdir(folder);
	if (rc != 0)
		fail_msg("%s", err.message);
}

#endif
