/*
 * media_log_reader.h: what the readers of the several kinds of logs share:
 * lines come one after the other, trimmed, and each takes out of it what it
 * knows.
 */
#ifndef MEDIA_LOG_READER_H
#define MEDIA_LOG_READER_H

#include "err.h"
#include "media_hash.h"
#include "media_log.h"
#include "slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct media_log_reader_bad {
	uint64_t at, n;
	bool is_bytes; /* else sectors */
};

struct media_log_reader {
	struct media_log *log;
	unsigned section; /* of the kind's own counting; 0: before all */
	bool is_complete; /* the run came to its end, well or not */
	uint64_t sectors; /* of the medium, until the sector's size is known */
	uint64_t rest; /* bytes behind them */
	bool has_sectors;
	uint64_t copied; /* bytes, where a log says them besides the sectors */
	bool has_copied;
	size_t n;
	struct media_log_reader_bad *bad; /* in the order of the log */
	size_t cap;
};

/* Forgets what an earlier run in the same log said. */
void media_log_reader_start_run(struct media_log_reader *reader);

/* "label : value", spaces and tabs before the colon allowed, letters of either
 * case. */
bool media_log_reader_value(
    struct slice line, const char *label, struct slice *ret_value);
/* As it may stand in a record; the first that is not empty stays. */
void media_log_reader_set(
    char ret_text[MEDIA_LOG_TEXT_SIZE], struct slice value);

/* The word before the first space or tab; *rest moves behind them. */
struct slice media_log_reader_word(struct slice *rest);
/* Digits with what people put between them: 104,857,600 or 104.857.600. */
bool media_log_reader_number(struct slice text, uint64_t *ret_number);
bool media_log_reader_hex(struct slice text, uint64_t *ret_number);

/* "2017-01-09 11:50:17", then perhaps " +0100" and more. */
bool media_log_reader_iso(struct slice text, struct media_log_time *ret_time);
/* "Nov 19 20:20:36 2022" and "Dec 01, 2026 11:17:34". */
bool media_log_reader_named(struct slice text, struct media_log_time *ret_time);

/* A digest of the medium: the first of a kind is the one made while copying;
 * another one later is said by is_read_otherwise. What is none is passed over.
 */
void media_log_reader_hash(struct media_log_reader *reader,
    enum media_hash_kind kind, struct slice hex);
/* Sectors first to last, both included; ERR_FORMAT if they are the wrong way
 * round. */
int media_log_reader_sectors(struct media_log_reader *reader, uint64_t first,
    uint64_t last, struct err *err) MUST_CHECK;
int media_log_reader_add(struct media_log_reader *reader,
    const struct media_log_reader_bad *bad, struct err *err) MUST_CHECK;

/* Each takes a line of its own kind. */
int media_log_dc3dd_line(struct media_log_reader *reader, struct slice line,
    struct err *err) MUST_CHECK;
int media_log_ewfacquire_line(struct media_log_reader *reader,
    struct slice line, struct err *err) MUST_CHECK;
int media_log_ftk_line(struct media_log_reader *reader, struct slice line,
    struct err *err) MUST_CHECK;
int media_log_guymager_line(struct media_log_reader *reader, struct slice line,
    struct err *err) MUST_CHECK;

#endif
