/*
 * media_image.h: a source copied into an image: read once, hashed, hung into
 * the tree of findings section 8, written at up to two places; and gone on
 * with, whenever it was killed.
 *
 * Beside the image lies x.tree, the leaves of its tree: 32 bytes for each 64
 * KiB. They hide what the chunks hold, their root stands in the ledger, and
 * with them damage can be named to the chunk and the rest vouched for.
 */
#ifndef MEDIA_IMAGE_H
#define MEDIA_IMAGE_H

#include "err.h"
#include "hash.h"
#include "media_age_tee.h"
#include "media_ewf_write.h"
#include "media_hash.h"
#include "media_name.h"
#include "media_out.h"
#include "media_range.h"
#include "tree_chunk.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* So much is lost at most when it is killed; each costs an fsync. */
#define MEDIA_IMAGE_SAFE_BYTES (UINT64_C(128) << 20)

struct media_source;
struct media_open;

struct media_image_options {
	/* One of the two is given; both are borrowed. */
	struct media_source *source;
	struct media_open *from; /* an image that is converted */
	enum media_name_style style;
	const char *bases[MEDIA_OUT_PLACES_MAX]; /* as media_name.h has them */
	size_t base_count;
	uint64_t segment_size; /* 0: one piece, or E01's default */
	enum media_ewf_level level; /* of an E01 */
	unsigned hashes; /* bit 1 << enum media_hash_kind */
	const struct tree_seed *seed;
	/* What else it is an image of: item, copy, the drive's serial number.
	 * It is gone on with only under the same. NULL: nothing. */
	const struct hash *binding;
	const struct hash *root; /* NULL: any; else what it must become */
	struct media_ewf_header header;
	bool is_device;
	bool is_resumed;
	/* Where the same bytes go too, as an age file to `recipient`, whole:
	 * with is_resumed it is begun anew, out of what is read back. NULL: it
	 * is not locked. Borrowed. */
	const struct media_age_sink *lock;
	const uint8_t *recipient;
	uint64_t safe_bytes; /* 0: MEDIA_IMAGE_SAFE_BYTES; multiple of 1 MiB */
	size_t threads; /* 0: one a core */
	/* Called from time to time by the caller's thread; may be NULL. */
	void (*progress)(void *cookie, uint64_t done, uint64_t total);
	void *progress_cookie;
};

struct media_image_result {
	uint64_t length;
	struct hash root;
	struct media_hash_set hashes; /* over exactly `length` bytes */
	struct media_ranges bad; /* media_range_done */
	uint64_t files;
	uint64_t resumed_at; /* 0: it was made in one go */
	struct hash locked; /* SHA-256 of the age file, if there is one */
};

/* All that can be refused before anything is made: sizes, the number of parts,
 * names that are taken. media_image_make asks it first; whoever makes anything
 * before that asks, too. */
int media_image_check(
    const struct media_image_options *options, struct err *err) MUST_CHECK;

/*
 * On success all files have their names and are durable; x.journal stays until
 * media_image_forget, so that who dies before the result was put down can have
 * it again. On failure there are only files named *.part, and x.journal, with
 * which it can be gone on; the message says what went wrong. ERR_VERIFY: what
 * an earlier run wrote is not what it wrote, or the root is another.
 */
int media_image_make(struct media_image_result *ret_result,
    const struct media_image_options *options, struct err *err) MUST_CHECK;

/* Removes x.journal of a finished image. */
int media_image_forget(const char *base, struct err *err) MUST_CHECK;

/*
 * Removes x.journal of an image whose record exists already: who died between
 * the two left it. ERR_CONFLICT: it is the journal of another image, or of one
 * that is not whole; ERR_NOTFOUND: there is none. Of options style, bases[0]
 * and segment_size are read.
 */
int media_image_forget_recorded(const struct media_image_options *options,
    uint64_t length, const struct hash *root, struct err *err) MUST_CHECK;

#endif
