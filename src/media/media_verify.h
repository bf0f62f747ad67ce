/*
 * media_verify.h: an image held against what the ledger says of it: the root
 * of its tree first, then its hashes. What the image says of itself counts for
 * nothing but finding the place of damage.
 */
#ifndef MEDIA_VERIFY_H
#define MEDIA_VERIFY_H

#include "err.h"
#include "hash.h"
#include "media_file.h"
#include "media_hash.h"
#include "media_open.h"
#include "media_range.h"
#include "tree_chunk.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct media_verify_options {
	struct media_open *image; /* borrowed, like all below; its parts are
				   * put where they belong by the length */
	bool has_length;
	uint64_t length; /* by the ledger; else what the image says */
	const struct tree_seed *seed; /* NULL: no tree can be made */
	const struct hash *root; /* by the ledger; NULL: not known */
	const struct media_file *leaves; /* x.tree; NULL: not at hand */
	unsigned hashes; /* bit 1 << enum media_hash_kind, to be made */
	/* Takes the leaves of the tree that is made, in order; NULL: nobody
	 * does. Its error ends the reading. */
	int (*take_leaves)(
	    void *cookie, const struct hash *leaves, size_t n, struct err *err);
	void *leaves_cookie;
	size_t threads; /* 0: one a core */
	void (*progress)(void *cookie, uint64_t done, uint64_t total);
	void *progress_cookie;
};

struct media_verify_result {
	uint64_t length; /* that was looked at */
	uint64_t available; /* that the image has, sectors' fill included */
	bool has_root, is_root_right; /* right: as `root` */
	struct hash root;
	bool has_leaves; /* x.tree has the right root: places are certain */
	struct media_hash_set hashes;
	/* Where bytes are missing, damaged by a checksum, or not those of the
	 * ledger: whole chunks of the tree if has_leaves. Of no use for raw
	 * images without leaves. */
	struct media_ranges damaged;
	/* Of a raw image, what its own disk does not give: blocks of 4096 bytes
	 * and less. They are zeros in all that is above. */
	struct media_ranges unreadable;
	/* What the image does not have. Then there is no root and no hash: they
	 * would be of bytes that nobody has. Chunks that lack some are damaged
	 * if has_leaves. */
	struct media_ranges missing;
};

/* 0: it was looked at; whether all is right is in the result
 * (media_verify_done). A negative code: it could not be read. */
int media_verify(struct media_verify_result *ret_result,
    const struct media_verify_options *options, struct err *err) MUST_CHECK;
void media_verify_done(struct media_verify_result *result);

#endif
