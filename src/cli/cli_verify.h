/*
 * cli_verify.h: what `counterfoil verify-image` found out about an image, and
 * the two ways to say it, in words and as JSON. Whoever says it decides
 * nothing: the verdict is cli_verify_verdict's.
 */
#ifndef CLI_VERIFY_H
#define CLI_VERIFY_H

#include "buf.h"
#include "cage_files.h"
#include "err.h"
#include "media_hash.h"
#include "media_open.h"
#include "media_verify.h"

#include <stdbool.h>
#include <stdint.h>

/* What lies behind the recorded end of the medium. */
enum cli_verify_behind {
	CLI_VERIFY_NOTHING,
	CLI_VERIFY_ZEROS, /* which its format explains */
	CLI_VERIFY_TAIL, /* an E01's, in its last chunk: not recorded */
	CLI_VERIFY_OTHER, /* what no record is of */
};

/* Whose some ranges are, if that was asked and could be found out. */
struct cli_verify_owners {
	bool is_asked;
	struct err why_not; /* code 0: of is filled in */
	struct cage_owners of;
};

/* Zeroed but for `flaws`, which is initialised, it is empty. */
struct cli_verify {
	const char *path; /* as typed; borrowed */
	const char *item; /* borrowed; NULL: held against itself, no ledger */
	struct media_open image;
	struct media_verify_result result;
	struct media_hash_set claimed; /* what the hashes must be */
	unsigned withheld; /* bits of those that this folder may not see */
	uint64_t flaw_count; /* damage that holds none of the medium's bytes */
	struct buf flaws; /* each with its NUL */
	enum cli_verify_behind behind;
	bool has_tree_file; /* there are leaves, root and seed to check them */
	bool is_tail_hashed; /* by the hash stored in an E01 with a tail */
	struct cli_verify_owners unreadable, damaged;
};

void cli_verify_done(struct cli_verify *verify);

enum cli_verify_verdict {
	CLI_VERIFY_INTACT,
	CLI_VERIFY_FILE_DAMAGED, /* the medium's bytes are right, not its file:
				  * it is damaged, or has more bytes */
	CLI_VERIFY_NOT_INTACT,
};
enum cli_verify_verdict cli_verify_verdict(const struct cli_verify *verify);

/* Bytes of the image behind the length that was looked at, and bytes of that
 * length that it does not have. */
uint64_t cli_verify_behind_bytes(const struct cli_verify *verify);
uint64_t cli_verify_missing_bytes(const struct cli_verify *verify);
/* Bytes of an E01 behind the whole sectors that it declares. */
uint64_t cli_verify_tail_bytes(const struct cli_verify *verify);

/* To standard output. The flaws were said when they were found. */
void cli_verify_say(struct cli_verify *verify);

/* One object. At most CLI_VERIFY_RANGES of each kind of damage are listed one
 * by one. */
#define CLI_VERIFY_RANGES 10000
#define CLI_VERIFY_JSON_MAX (64u << 20)
void cli_verify_put_json(struct cli_verify *verify, struct buf *out);

#endif
