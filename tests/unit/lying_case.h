/*
 * lying_case.h: an image whose box lies (tests/fault/lying_box.c): the evidence
 * is a file that names the lie. For the tests of what is believed of a box.
 */
#ifndef LYING_CASE_H
#define LYING_CASE_H

#include "cage_image.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct lying_case {
	char evidence[64], program[4096];
};

/* 0, as a setup of cmocka has it. */
static inline int lying_case_make(struct lying_case *l)
{
	const char *build = getenv("COUNTERFOIL_BUILD");

	(void)snprintf(l->program, sizeof(l->program), "%s/tests/lying_box",
	    build != NULL ? build : "build");
	(void)snprintf(l->evidence, sizeof(l->evidence), "/tmp/cf-lie-XXXXXX");
	const int fd = mkstemp(l->evidence);

	return fd >= 0 && close(fd) == 0 ? 0 : -1;
}

static inline int lying_case_clean(const struct lying_case *l)
{
	return unlink(l->evidence);
}

static inline void lying_case_set(const struct lying_case *l, const char *lie)
{
	const int fd = open(l->evidence, O_WRONLY | O_TRUNC);

	assert_int_equal(write(fd, lie, strlen(lie)), strlen(lie));
	(void)close(fd);
}

/* The evidence, open, and what the image of it is by default: an E01 with file
 * systems, whose box has half a minute (a second, to hang). close() *ret_fd. */
static inline struct cage_image_options lying_case_options(
    const struct lying_case *l, const char *lie, int *ret_fd)
{
	static const char *const names[] = {"x.E01"};

	lying_case_set(l, lie);
	*ret_fd = open(l->evidence, O_RDONLY);
	return (struct cage_image_options){
	    .program = l->program,
	    .fds = ret_fd,
	    .n = 1,
	    .format = CAGE_WIRE_E01,
	    .names = names,
	    .has_file_systems = true,
	    .answer_ms = strcmp(lie, "hang") == 0 ? 1000 : 30000,
	};
}

static inline struct cage_image *lying_case_image(
    const struct cage_image_options *options, const char *lie)
{
	struct cage_image *image = NULL;
	struct err err = {0};

	if (cage_image_new(&image, options, &err) != 0)
		fail_msg("%s: %s", lie, err.message);
	return image;
}

#endif
