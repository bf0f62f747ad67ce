/*
 * cli_image.h: what the commands about images share: the seed of an image's
 * salts, names and sizes as they are typed, what the ledger says of a copy.
 *
 * A seed lies in private/seeds/COPY.seed, mode 0600, one line of 64 hex digits,
 * until it is locked with the image. It is never printed: who has it can prove
 * what is in a chunk, and guess at chunks that were withheld.
 */
#ifndef CLI_IMAGE_H
#define CLI_IMAGE_H

#include "buf.h"
#include "cli_args.h"
#include "cli_case.h"
#include "cli_detail.h"
#include "cli_out.h"
#include "err.h"
#include "hash.h"
#include "media_file.h"
#include "media_hash.h"
#include "media_image.h"
#include "tree_chunk.h"

#include <stdbool.h>
#include <stdint.h>

/* A seed as a line: 64 hex digits and a LF, no NUL. Wipe it after use. */
#define CLI_IMAGE_SEED_LINE 65
void cli_image_seed_line(
    char ret_line[CLI_IMAGE_SEED_LINE], const struct tree_seed *seed);
/* `path` is for the message. ERR_FORMAT. */
int cli_image_parse_seed(struct slice text, const char *path,
    struct tree_seed *ret_seed, struct err *err) MUST_CHECK;

/* Takes the copy's seed out of private/seeds, if it is this one; true: it was
 * there and is gone. */
int cli_image_remove_seed(struct cli_case *c, const char *copy,
    const struct tree_seed *seed, bool *ret_is_removed,
    struct err *err) MUST_CHECK;

/* Makes the seed of a copy; ERR_CONFLICT: it has one. Wipe it after use. */
int cli_image_make_seed(struct cli_case *c, const char *copy,
    struct tree_seed *ret_seed, struct err *err) MUST_CHECK;
/* From its file: 64 hex digits and a LF. Wipe it after use. */
int cli_image_read_seed_file(
    const char *path, struct tree_seed *ret_seed, struct err *err) MUST_CHECK;
/* Has a lock in the ledger the seed of this copy? Then it is no longer in the
 * folder when the open file was removed, and comes back with that. */
bool cli_image_is_seed_locked(const struct cli_case *c, const char *copy);
#define CLI_IMAGE_SEED_LOCKED                                                  \
	"it is locked with the copy; `counterfoil unlock LOCKED -o FILE` "     \
	"gives back both, the seed as FILE.seed, for --seed"
/* --seed FILE, else (c and copy may be NULL) the copy's own. ERR_NOTFOUND says
 * where it was looked for, or that it is locked. */
int cli_image_read_seed(struct cli_case *c, const struct cli_args *args,
    const char *copy, struct tree_seed *ret_seed, struct err *err) MUST_CHECK;

/* Where an image goes and how; a command that has them has --resume too. */
#define CLI_IMAGE_OPTIONS                                                      \
	{"output", 'o', "DEST", false,                                         \
	    "where to: name.E01, name.001 or a name"},                         \
	    {"second", 0, "DEST", false,                                       \
		"a second place, written at the same time"},                   \
	    {"format", 0, "raw|e01", false,                                    \
		"default: as the name of DEST says"},                          \
	    {"segment-size", 0, "SIZE", false,                                 \
		"bytes of one file at most, like 650M or 4G (E01: 2000M)"},    \
	    {"compression", 0, "none|fast|best", false,                        \
		"of an E01 (default: fast)"},                                  \
	{                                                                      \
		"hash", 0, "KIND,...", false,                                  \
		    "md5, sha1, sha256 over the whole, or none (default: "     \
		    "md5,sha256)"                                              \
	}

/* -o, --second, --format, --segment-size, --compression, --hash and --resume
 * into *options; done with free() of both bases. */
int cli_image_options(const struct cli_args *args,
    struct media_image_options *options, struct err *err) MUST_CHECK;
void cli_image_options_done(struct media_image_options *options);

/* A large image has more files than a process may open at first. */
void cli_image_allow_files(void);

struct media_open;

/* "raw" or "E01". */
const char *cli_image_format(enum media_name_style style);

/* What the record says of a copy. Values that are withheld from this folder
 * are not there. */
struct cli_image_claim {
	bool has_length, has_root;
	uint64_t length;
	struct hash root;
	struct media_hash_set hashes;
	unsigned withheld; /* bits of hashes that this folder cannot see */
};
int cli_image_claim(struct cli_case *c, const char *copy,
    struct cli_image_claim *ret_claim, struct err *err) MUST_CHECK;

/* All bytes that an image has, an E01's tail and fill included. */
uint64_t cli_image_available(const struct media_open *image);

/* Appends a text, with its NUL, for each part of its files that is damaged and
 * holds none of the medium's bytes; how many. At CAGE_WIRE_FLAWS_MAX there may
 * be more. */
int cli_image_find_flaws(struct media_open *image, struct buf *ret_texts,
    uint64_t *ret_n, struct err *err) MUST_CHECK;
/* Prints them. */
int cli_image_say_flaws(
    struct media_open *image, uint64_t *ret_n, struct err *err) MUST_CHECK;

/* The leaves of an image's tree: `given`, or (NULL) x.tree beside it.
 * *ret_fd is -1 if none was given and there is none; else close() it. */
int cli_image_open_tree(const char *image, const char *given, int *ret_fd,
    struct media_file *ret_leaves, struct err *err) MUST_CHECK;

/* For media_image_options.progress and media_verify's: rate and time left. */
struct cli_image_progress {
	const char *what;
	int64_t started_ms;
	uint64_t first; /* where it went on */
	struct cli_out_progress shown;
};
void cli_image_tick(void *progress, uint64_t done, uint64_t total);

void cli_image_print_hashes(const struct media_hash_set *hashes);

#endif
