/*
 * cli_disclosure_files.h: files of an image as what is disclosed of it.
 *
 * File systems are read in a box. Paths are people's data: they are printed,
 * and go into no record and no file.
 */
#ifndef CLI_DISCLOSURE_FILES_H
#define CLI_DISCLOSURE_FILES_H

#include "cage_files.h"
#include "case_disclosure.h"
#include "cli_args.h"
#include "err.h"
#include "json.h"
#include "slice.h"

#include <stddef.h>
#include <stdint.h>

/* One of --files. */
struct cli_disclosure_file {
	struct slice path; /* of the words */
	uint32_t volume; /* from 1 */
	char type[CAGE_WIRE_SYSTEM]; /* of its file system */
	struct cage_file file;
};

/* In the order of the words. Zeroed is empty. */
struct cli_disclosure_files {
	size_t n, cap;
	struct cli_disclosure_file *of;
	uint64_t stored; /* bytes of the image that are theirs */
};

/*
 * Adds where the files of --files lie in the image at `path`, each looked for
 * in volume N if it is written N:/path or --volume says so, else in all.
 * ERR_NOTFOUND: no volume has it; ERR_CONFLICT: several have; ERR_UNSUPPORTED:
 * it is not a range of the image. cli_disclosure_files_done also after an
 * error.
 */
int cli_disclosure_files_add(struct case_disclosure *disclosure,
    const struct cli_args *args, const char *path,
    struct cli_disclosure_files *ret_files, struct err *err) MUST_CHECK;
void cli_disclosure_files_done(struct cli_disclosure_files *files);

/* Where each lies, in its order: in words, or as a list named "files". */
void cli_disclosure_files_say(const struct cli_disclosure_files *files);
void cli_disclosure_files_put_json(
    const struct cli_disclosure_files *files, struct json *json);

#endif
