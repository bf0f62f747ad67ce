/*
 * cli_owners.h: whose the damaged parts of an image are, by the file systems
 * in it, which are read in a box.
 *
 * Paths are people's data: they are told to whoever asks and to nobody else.
 */
#ifndef CLI_OWNERS_H
#define CLI_OWNERS_H

#include "cage_files.h"
#include "err.h"
#include "json.h"
#include "media_open.h"
#include "media_range.h"

/* Who has the bytes of the ranges (at least one); free() ret_owners->of. If
 * there are more ranges than can be asked about, or more names than are looked
 * at, ret_owners->ends_early. Errors are those of media_open_file_systems and
 * cage_files_owners. */
int cli_owners_find(struct cage_owners *ret_owners,
    const struct media_open *image, const struct media_ranges *ranges,
    struct err *err) MUST_CHECK;

/* "in: volume 2, /a/letter.odt (bytes 1 to 2)", a line each, the first 40. */
void cli_owners_say(const struct cage_owners *owners);
/* All of them, as an object. */
void cli_owners_put_json(
    struct json *json, const char *name, const struct cage_owners *owners);

#endif
