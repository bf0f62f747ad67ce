/*
 * cli_disclosure.h: a disclosure file made from an image on this machine.
 */
#ifndef CLI_DISCLOSURE_H
#define CLI_DISCLOSURE_H

#include "case_disclosure.h"
#include "err.h"
#include "file.h"
#include "hash.h"
#include "tree_chunk.h"

/*
 * Ranges as they are typed: "0-511,1048576-2097151", first and last byte, both
 * included; or "all". ERR_USAGE says which one will not do.
 */
int cli_disclosure_add_ranges(struct case_disclosure *disclosure,
    const char *typed, struct err *err) MUST_CHECK;

/* More stand in the file alone; the record says how many. */
#define CLI_DISCLOSURE_RANGES 1000

struct cli_disclosure_image {
	const char *path; /* raw, the first of its parts, or of an E01 */
	const char *tree; /* its leaves; NULL: x.tree beside it, if it is there
			   */
	const struct tree_seed *seed;
};

/*
 * Writes the disclosure of an image to a draft, whose digest is *ret_hash. With
 * leaves at hand that have the recorded root only what is shown is read; else
 * all of it, on all processors. Leaves that have not are said to, and not used.
 * ERR_VERIFY: the image does not have the recorded root; ERR_CONFLICT: it has
 * another length.
 */
int cli_disclosure_write(struct file_draft *draft,
    const struct case_disclosure *disclosure,
    const struct cli_disclosure_image *image, struct hash *ret_hash,
    struct err *err) MUST_CHECK;

#endif
