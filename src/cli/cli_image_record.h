/*
 * cli_image_record.h: what an image's record says however the image came
 * about: made here, or by another program and registered from its log.
 */
#ifndef CLI_IMAGE_RECORD_H
#define CLI_IMAGE_RECORD_H

#include "cli_args.h"
#include "cli_compose.h"
#include "err.h"
#include "hash.h"
#include "media_hash.h"
#include "media_range.h"
#include "tree_chunk.h"

#include <stdbool.h>
#include <stdint.h>

/* More would not fit into a record; all stand in BASE.unreadable, whose
 * SHA-256 the record then has. */
#define CLI_IMAGE_RECORD_RANGES 100

/* Examiner (--examiner, else the first --as), custodian, host and witnesses,
 * as fields and as signers. */
int cli_image_record_put_parties(
    struct cli_compose *compose, struct err *err) MUST_CHECK;

/* The block of the copy. Before there is one, is_done is false and only what
 * does not depend on the bytes is put. All is borrowed. */
struct cli_image_record_copy {
	const char *format;
	bool is_done;
	uint64_t length, files;
	struct hash root;
	const struct media_hash_set *hashes;
	const struct media_ranges *bad;
	const char *bad_remark; /* one more line of it, or NULL */
	const char *remark; /* or NULL */
};
int cli_image_record_put_copy(struct cli_compose *compose,
    const struct cli_image_record_copy *copy, struct err *err) MUST_CHECK;

/* Whether --copy is a number that nothing has yet; ERR_USAGE. */
int cli_image_record_check_number(
    const struct cli_case *c, const char *copy, struct err *err) MUST_CHECK;

/* The seed of --copy: a new one, or that of an earlier run of which nothing
 * came. Wipe it after use. */
int cli_image_record_get_seed(const struct cli_args *args, bool is_resumed,
    struct tree_seed *ret_seed, struct err *err) MUST_CHECK;

/* Says loudly if the list has another length for --item than the source:
 * perhaps it is another drive. Nothing is refused, since lists are typed. */
int cli_image_record_compare_capacity(
    struct cli_case *c, uint64_t length, struct err *err) MUST_CHECK;

/* BASE.unreadable, a line for each range; says on standard error that it did.
 * Nothing if there are none. */
int cli_image_record_write_unreadable(const char *base,
    const struct media_ranges *bad, struct err *err) MUST_CHECK;

#endif
