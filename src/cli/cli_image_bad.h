/*
 * cli_image_bad.h: what of a copy could not be read when it was made, as its
 * record says it.
 */
#ifndef CLI_IMAGE_BAD_H
#define CLI_IMAGE_BAD_H

#include "cli_detail.h"
#include "err.h"
#include "hash.h"
#include "media_range.h"

#include <stdbool.h>
#include <stdint.h>

/* Zero it first; cli_image_bad_done. */
struct cli_image_bad {
	struct media_ranges ranges; /* those that stand in the record */
	uint64_t n, bytes; /* of all, also where the record has no room */
	bool has_list; /* all stand in a file, with this SHA-256 */
	struct hash list;
};

/* No record of an image, or nothing unreadable: n is 0. A range that cannot be
 * (out of order, no numbers) is passed over: records of others say them, too.
 */
int cli_image_bad_of(struct cli_detail *detail, uint32_t item,
    struct cli_image_bad *ret_bad, struct err *err) MUST_CHECK;
void cli_image_bad_done(struct cli_image_bad *bad);

/*
 * Joins what the record of `item` says to *ranges, all of it below `length`.
 * Where the record has no room for all, they come from IMAGE.unreadable beside
 * `image`, if that is the recorded list; else it is remarked that some are
 * missing.
 */
int cli_image_bad_join(struct cli_case *c, const char *item, const char *image,
    uint64_t length, struct media_ranges *ranges, struct err *err) MUST_CHECK;

#endif
