/*
 * cli_disclosure_files.h: files of an image as what is disclosed of it, and
 * whose the damaged parts of one are.
 *
 * File systems are read in a box. Paths are people's data: they are printed,
 * and go into no record and no file.
 */
#ifndef CLI_DISCLOSURE_FILES_H
#define CLI_DISCLOSURE_FILES_H

#include "case_disclosure.h"
#include "cli_args.h"
#include "err.h"
#include "media_open.h"
#include "media_range.h"

#include <stdint.h>

/*
 * Adds where the files of --files lie in the image at `path`, each looked for
 * in volume N if it is written N:/path or --volume says so, else in all; prints
 * where they lie. *ret_stored: bytes of the image that are theirs.
 * ERR_NOTFOUND: no volume has it; ERR_CONFLICT: several have; ERR_UNSUPPORTED:
 * it is not a range of the image.
 */
int cli_disclosure_files_add(struct case_disclosure *disclosure,
    const struct cli_args *args, const char *path, uint64_t *ret_stored,
    struct err *err) MUST_CHECK;

/* Prints who owns what of some ranges: "in: volume 2, /a/letter.odt". */
int cli_disclosure_files_owners(const struct media_open *image,
    const struct media_ranges *ranges, struct err *err) MUST_CHECK;

#endif
