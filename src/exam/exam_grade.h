/*
 * exam_grade.h: what is left of each deleted file, block by block, and how sure
 * it is that this was the file.
 *
 * A block of a deleted file is in one of these states: nobody else has it
 * (free); another deleted file has it, too (claimed); a file that is in use or
 * the file system itself has it (live).
 *
 * Certain: nothing in the image speaks against it.
 *   - Where the file system still says where the file lay (NTFS, ext2 and ext3,
 *     HFS+): all of that is free, and no other deleted file claims any of it.
 *     So is a file whose bytes stand in a record that is still there (NTFS).
 *   - FAT and exFAT forget the chain of clusters and keep its first one and the
 *     file's size. A file of one cluster is certain if that is free and begins
 *     no other deleted file or folder. One of n clusters is certain if the n
 *     clusters from the first on are free, none of them begins another, and
 *     the file's end is seen in the last of them: its last byte is not zero,
 *     and behind it zeros fill the sector, at least EXAM_GRADE_TAIL_MIN of
 *     them. Systems allocate forwards and fill the last sector with zeros. So
 *     a chain that begins at the first and ends at the n-th of n neighbours
 *     has no room for a detour. If a file's size is a multiple of a sector,
 *     there is no such end to see, and it is not certain.
 *     But a younger deleted file may have been written over it. If the end of
 *     one is seen where it would have been, the older one is overwritten. If
 *     its end is seen nowhere, nothing that is older, by the times of both, is
 *     certain as far as it may have reached: from its first cluster on, until
 *     there were as many clusters as it needs that nobody else had.
 * Inferred: a place was assumed for some of it. On FAT those are the next
 *     clusters that are free and belong to nobody whose place is better known;
 *     where the end is seen there, has_end says so. Elsewhere a block is
 *     claimed by others, too, none of which is younger by its times.
 * Overwritten: some block has since been given to somebody else: to a live
 *     file, to the file system, or to a deleted one that is younger. What is
 *     left of it is still there to be had, the rest is not.
 * None: nothing is known of where it lay.
 *
 * Certain is about where the bytes lay. That a file was written there since,
 * and deleted, and its name reused, so that nothing is left of it but its
 * bytes, cannot be seen in any image.
 */
#ifndef EXAM_GRADE_H
#define EXAM_GRADE_H

#include "err.h"
#include "exam_catalog.h"
#include "exam_owner.h"
#include "media_file.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define EXAM_GRADE_TAIL_MIN 4
/* Pieces of all files together; what is behind them has its first one alone. */
#define EXAM_GRADE_PIECES_MAX 4000000

enum exam_grade_word {
	EXAM_GRADE_NONE,
	EXAM_GRADE_OVERWRITTEN,
	EXAM_GRADE_INFERRED,
	EXAM_GRADE_CERTAIN,
	EXAM_GRADE_WORDS
};

enum exam_grade_state {
	EXAM_GRADE_FREE,
	EXAM_GRADE_CLAIMED,
	EXAM_GRADE_LIVE,
	EXAM_GRADE_MISSING, /* no place was found for it */
	EXAM_GRADE_STATES
};

/* Neighbouring blocks of one state. */
struct exam_grade_piece {
	uint64_t at; /* in the image; of a hole or what is missing: nowhere */
	uint64_t length; /* in whole blocks, but for the file's end */
	uint64_t in_file;
	uint32_t by; /* who else has it, or EXAM_OWNER_NO_FILE */
	uint8_t state; /* enum exam_grade_state */
	bool is_assumed; /* that it lay here is nowhere recorded */
	bool is_hole;
};

struct exam_grade {
	uint32_t file;
	enum exam_grade_word word;
	bool has_end; /* of a FAT: its end is seen where it should be */
	bool is_in_tables; /* ask for its bytes: there are no pieces */
	uint32_t
	    same_as; /* another name of the same bytes; else its own number */
	size_t piece_first, piece_n;
};

struct exam_grades;

/*
 * Grades every deleted file of a catalog. map: sealed, with what
 * exam_catalog_own adds. image: whose last sectors are looked at; what cannot
 * be read of it says nothing.
 */
int exam_grade_new(struct exam_grades **ret_grades,
    const struct exam_catalog *catalog, const struct exam_owner *map,
    const struct media_file *image, struct err *err) MUST_CHECK;
void exam_grade_free(struct exam_grades *grades);

/* By file, ascending. Borrowed. */
const struct exam_grade *exam_grade_all(
    const struct exam_grades *grades, size_t *ret_n);
const struct exam_grade_piece *exam_grade_pieces(
    const struct exam_grades *grades, const struct exam_grade *grade);
/* Of a file; NULL: it is none that is deleted. */
const struct exam_grade *exam_grade_of(
    const struct exam_grades *grades, uint32_t file);

/* "certain", "free". */
const char *exam_grade_word_name(enum exam_grade_word word);
const char *exam_grade_state_name(enum exam_grade_state state);

#endif
