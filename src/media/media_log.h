/*
 * media_log.h: what another program wrote down of an image that it made: FTK
 * Imager's .txt, Guymager's .info, the logs of ewfacquire and dc3dd.
 *
 * All bytes are hostile, and all that is said is a claim: nothing here is known
 * but that somebody wrote it. What a log does not say is left unsaid. The kind
 * is told by the content. Text may be UTF-8, UTF-16 with its mark, or an older
 * Windows encoding (what is not ASCII is then left out), with the line ends of
 * any system. Logs that were translated (Guymager has them) are not read.
 */
#ifndef MEDIA_LOG_H
#define MEDIA_LOG_H

#include "err.h"
#include "media_hash.h"
#include "media_range.h"
#include "slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Guymager puts all that smartctl says into its own; lists of bad sectors are
 * the only long thing. */
#define MEDIA_LOG_BYTES_MAX (16u << 20)
#define MEDIA_LOG_TEXT_SIZE 128 /* with NUL; what is longer is cut */
#define MEDIA_LOG_RANGES_MAX (1u << 20)
#define MEDIA_LOG_SECTOR 512 /* where a log counts sectors, says no size */

enum media_log_kind {
	MEDIA_LOG_FTK,
	MEDIA_LOG_GUYMAGER,
	MEDIA_LOG_EWFACQUIRE,
	MEDIA_LOG_DC3DD,
	MEDIA_LOG_KIND_COUNT
};

/* By the imaging computer's clock. Without a zone `when` is its wall clock,
 * taken as if it were UTC. */
struct media_log_time {
	bool is_said, has_zone;
	int64_t when;
};

/* Texts are "" where the log says nothing, else a line that may stand in a
 * record. Where a log holds several runs it is the last one. */
struct media_log {
	enum media_log_kind kind;
	char tool[MEDIA_LOG_TEXT_SIZE]; /* never "": "dc3dd 7.2.646" */
	bool has_version;
	char examiner[MEDIA_LOG_TEXT_SIZE];
	char model[MEDIA_LOG_TEXT_SIZE]; /* of the drive */
	char serial[MEDIA_LOG_TEXT_SIZE];
	bool has_length;
	uint64_t length; /* of the medium */
	uint32_t sector_size; /* MEDIA_LOG_SECTOR where it is not said */
	bool is_sector_said;
	struct media_log_time started, finished;
	struct media_hash_set hashes; /* made while it was copied */
	bool is_read_otherwise; /* reading again gave other hashes */
	struct media_ranges bad; /* bytes; media_range_done */
	bool has_bad_count;
	uint64_t bad_sectors; /* how many, where the log says a number */
	uint64_t files; /* of the image; 0: not said */
	uint64_t runs;
	bool is_failed; /* it says that the copy did not succeed */
};

/*
 * ERR_FORMAT: the log of none of these, one that ends before the copy did, or
 * one that says what cannot be. ERR_LIMIT: too long, or too many ranges.
 * media_log_done accepts a zeroed struct.
 */
int media_log_parse(
    struct media_log *ret_log, struct slice bytes, struct err *err) MUST_CHECK;
void media_log_done(struct media_log *log);

#endif
