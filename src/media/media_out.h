/*
 * media_out.h: the files of an image while it is written, at one or two places
 * at once.
 *
 * Until it is whole every file has a name that ends in .part; nothing that
 * could be taken for an image is ever there. The last thing that happens is
 * that all are made durable and renamed, the first file last.
 */
#ifndef MEDIA_OUT_H
#define MEDIA_OUT_H

#include "err.h"
#include "media_name.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MEDIA_OUT_PLACES_MAX 2

struct media_out;

/* bases: what media_name_put takes, one a place; copied. Makes nothing yet.
 * ERR_CONFLICT: a file of that name or of a later one of the set, or an
 * unfinished one, is there; is_resumed says that they are this image's own. */
int media_out_new(struct media_out **ret_out, enum media_name_style style,
    const char *const *bases, size_t n, bool is_resumed,
    struct err *err) MUST_CHECK;
void media_out_free(struct media_out *out); /* leaves what is there */

/* Ends the file at hand and begins the next one. */
int media_out_next(struct media_out *out, struct err *err) MUST_CHECK;

/* Appends. After a failure nothing more can be written: the message names the
 * file; what is there can be gone on with. */
int media_out_put(struct media_out *out, const void *bytes, size_t n,
    struct err *err) MUST_CHECK;

uint64_t media_out_number(const struct media_out *out); /* of the file; 0 */
uint64_t media_out_at(const struct media_out *out); /* its length */

/* Makes what was put so far durable. */
int media_out_sync(struct media_out *out, struct err *err) MUST_CHECK;

/*
 * Goes on in file `number` at `at`: cuts off what follows at every place, and
 * removes later files. ERR_FORMAT: a file is missing or shorter than that.
 * number 0: begins anew, all is removed.
 */
int media_out_resume(struct media_out *out, uint64_t number, uint64_t at,
    struct err *err) MUST_CHECK;

/* An earlier run wrote all of them and may have published some. */
void media_out_finished(struct media_out *out, uint64_t number);

/* All is written: makes it durable and gives every file its name. May be done
 * again after a crash in the middle. */
int media_out_publish(struct media_out *out, struct err *err) MUST_CHECK;

/* Whether every place has the same bytes, up to `at` in file `number`: one of
 * two copies may have been changed or damaged meanwhile. ERR_VERIFY names the
 * file that differs from the first place's. */
int media_out_compare(const struct media_out *out, uint64_t number, uint64_t at,
    struct err *err) MUST_CHECK;

/* The descriptor and name of file `number` as it is now, unfinished or not, at
 * the first place; for reading what was written. */
int media_out_open(const struct media_out *out, uint64_t number, int *ret_fd,
    struct err *err) MUST_CHECK;

#endif
