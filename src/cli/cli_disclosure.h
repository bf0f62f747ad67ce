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

/*
 * Writes the disclosure of a raw image to a draft, whose digest is *ret_hash.
 * The whole image is read. ERR_VERIFY: it does not have the recorded root;
 * ERR_CONFLICT: it has another length.
 */
int cli_disclosure_write(struct file_draft *draft,
    const struct case_disclosure *disclosure, const struct tree_seed *seed,
    const char *image, struct hash *ret_hash, struct err *err) MUST_CHECK;

#endif
