/*
 * cli_image_anew.h: where an image that was broken off is gone on with, and
 * what to do where it cannot be.
 */
#ifndef CLI_IMAGE_ANEW_H
#define CLI_IMAGE_ANEW_H

#include "err.h"
#include "media_image.h"

#include <stdbool.h>

/*
 * With options->is_resumed: is there a journal, and has it a point? Without a
 * journal there is nothing to go on with: is_resumed becomes false, which is
 * said. Without is_resumed, *ret_has_point is false.
 */
int cli_image_anew_find(struct media_image_options *options,
    bool *ret_has_point, struct err *err) MUST_CHECK;

/* Where going on failed with `rc` and cannot succeed: says which files to
 * remove so that it can be begun anew. Else says nothing. */
void cli_image_anew_say(const struct media_image_options *options, int rc);

/* Whether the first file has its name and there is no journal. */
bool cli_image_anew_is_whole(const struct media_image_options *options);

#endif
