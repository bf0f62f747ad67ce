/*
 * media_journal.h: how far an image is: the file x.journal beside an
 * unfinished one. Lines, each appended and made durable after what it speaks
 * of; a last line without its end was never written.
 *
 * It tells where to go on, and what the tree's root over all before that was,
 * so that what lies there is checked and not believed. Each point ends in a
 * digest over all of the journal before it, so that a line that was damaged is
 * refused, too; it is no signature. No secret is in it.
 */
#ifndef MEDIA_JOURNAL_H
#define MEDIA_JOURNAL_H

#include "err.h"
#include "hash.h"
#include "media_ewf_write.h"
#include "media_name.h"
#include "media_range.h"
#include "slice.h"

#include <stdbool.h>
#include <stdint.h>

#define MEDIA_JOURNAL_MAX (64u << 20)

/* What may not change between two runs. */
struct media_journal_terms {
	enum media_name_style style;
	uint64_t length, segment_size;
	struct hash source; /* which medium, item and copy it is */
	bool is_any_source; /* reading: that does not matter */
	uint8_t guid[MEDIA_EWF_GUID_SIZE];
};

/* Up to byte `at` of the medium all is in the files. */
struct media_journal_point {
	uint64_t at;
	uint64_t number, file_length; /* of the last file */
	struct hash root; /* of the tree over all before `at` */
	bool is_whole; /* only names are missing */
};

/* What a journal says: as media_journal_open, of its text. */
struct media_journal_text {
	struct media_journal_point point;
	struct media_ranges bad; /* media_range_done */
	size_t end; /* what counts of it; the rest was cut off by a crash */
	struct hash sum; /* over that */
};
int media_journal_parse(struct media_journal_text *ret_text, struct slice text,
    struct media_journal_terms *terms, struct err *err) MUST_CHECK;

struct media_journal;

/* Makes x.journal. ERR_CONFLICT: it is there. */
int media_journal_new(struct media_journal **ret_journal, const char *base,
    const struct media_journal_terms *terms, struct err *err) MUST_CHECK;

/* ERR_CONFLICT, as media_journal_new would say it; makes nothing. */
int media_journal_check_free(const char *base, struct err *err) MUST_CHECK;

/* What there is to go on with: whether x.journal is there, and whether it has a
 * point, before which nothing was made that could be lost. What is said of a
 * journal that is not whole is looked at when it is opened. */
int media_journal_look(const char *base, bool *ret_is_there,
    bool *ret_has_point, struct err *err) MUST_CHECK;

/*
 * Goes on with x.journal. terms->guid is set from it; ERR_CONFLICT: the other
 * terms are not the same, or another process has it. *ret_point is zero if no
 * point was reached; *bad gets what could not be read before it.
 */
int media_journal_open(struct media_journal **ret_journal, const char *base,
    struct media_journal_terms *terms, struct media_journal_point *ret_point,
    struct media_ranges *bad, struct err *err) MUST_CHECK;
void media_journal_free(struct media_journal *journal);

/* Durable when it returns; bad: all ranges so far, the new ones are added. */
int media_journal_reach(struct media_journal *journal,
    const struct media_journal_point *point, const struct media_ranges *bad,
    struct err *err) MUST_CHECK;

/* Removes x.journal. */
int media_journal_remove(const char *base, struct err *err) MUST_CHECK;

#endif
