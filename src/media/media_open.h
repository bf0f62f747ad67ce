/*
 * media_open.h: an image that is there, raw, in parts or E01, as one run of
 * bytes.
 */
#ifndef MEDIA_OPEN_H
#define MEDIA_OPEN_H

#include "err.h"
#include "media_ewf_read.h"
#include "media_file.h"
#include "media_name.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct media_out;

struct media_open {
	enum media_name_style style;
	size_t n; /* files */
	struct media_file *files;
	char **names;
	int *fds;
	size_t file_cap, name_cap, fd_cap;
	struct media_ewf_read *ewf; /* NULL: raw */
	struct media_file whole;
};

/* path: of the first file (its ending says what it is; parts may begin with
 * .000), or the only one.
 * media_open_done accepts a zeroed struct and a failed one. */
int media_open(
    struct media_open *ret_open, const char *path, struct err *err) MUST_CHECK;

/* What media_out wrote so far, `number` files, the last of which has `at`
 * bytes that count. */
int media_open_unfinished(struct media_open *ret_open,
    enum media_name_style style, const struct media_out *out, uint64_t number,
    uint64_t at, struct err *err) MUST_CHECK;

void media_open_done(struct media_open *open);

/* "x.raw, bytes 1 to 2", or where in an E01 that lies. */
void media_open_say_place(struct media_open *open, uint64_t at, uint64_t length,
    char *ret_text, size_t size);

#endif
