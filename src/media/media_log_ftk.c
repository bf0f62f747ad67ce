/*
 * media_log_ftk.c: the text that FTK Imager leaves beside an image, of the
 * program with windows and of the one for the command line.
 */
#include "media_log_reader.h"

enum {
	HEAD = 1,
	SEGMENTS,
	UNREADABLE
};

/* "491584 through 491591", or one number. */
static int take_sectors(struct media_log_reader *r, struct slice line,
    bool *ret_is_one, struct err *err)
{
	struct slice rest = line;
	struct slice word = media_log_reader_word(&rest);
	uint64_t first, last;

	*ret_is_one = false;
	if (!media_log_reader_number(word, &first))
		return 0;
	last = first;
	word = media_log_reader_word(&rest);
	if (slice_is_text(word, "through")) {
		word = media_log_reader_word(&rest);
		if (!media_log_reader_number(word, &last))
			return 0;
	} else if (word.n > 0) {
		return 0;
	}
	*ret_is_one = true;
	return media_log_reader_sectors(r, first, last, err);
}

/* "Sat Nov 19 20:20:36 2022" */
static void take_time(struct slice value, struct media_log_time *ret_time)
{
	(void)media_log_reader_word(&value);
	(void)media_log_reader_named(value, ret_time); /* else unsaid */
}

static void take_number(struct media_log_reader *r, struct slice line)
{
	struct slice value;
	uint64_t n;

	if (media_log_reader_value(line, "Sector count", &value) &&
	    media_log_reader_number(value, &n)) {
		r->has_sectors = true;
		r->sectors = n;
	} else if (media_log_reader_value(line, "Bytes per Sector", &value) &&
	    media_log_reader_number(value, &n) && n <= UINT32_MAX) {
		r->log->sector_size = (uint32_t)n;
		r->log->is_sector_said = true;
	}
}

static void take_fact(struct media_log_reader *r, struct slice line)
{
	struct media_log *log = r->log;
	struct slice value;

	if (slice_starts_with(line, "Created By ")) {
		media_log_reader_set(
		    log->tool, (struct slice){line.p + 11, line.n - 11});
		log->has_version = log->tool[0] != '\0';
	} else if (media_log_reader_value(line, "Acquired using", &value)) {
		if (log->tool[0] == '\0' && value.n > 0) {
			media_log_reader_set(log->tool, slice_of("FTK Imager"));
			log->has_version = false;
		}
	} else if (media_log_reader_value(line, "Examiner", &value)) {
		media_log_reader_set(log->examiner, value);
	} else if (media_log_reader_value(line, "Drive Model", &value)) {
		media_log_reader_set(log->model, value);
	} else if (media_log_reader_value(
		       line, "Drive Serial Number", &value)) {
		media_log_reader_set(log->serial, value);
	} else if (media_log_reader_value(
		       line, "Acquisition started", &value)) {
		take_time(value, &log->started);
	} else if (media_log_reader_value(
		       line, "Acquisition finished", &value)) {
		take_time(value, &log->finished);
	} else {
		take_number(r, line);
	}
}

/* "<hex> : verified", or the hash alone. */
static void take_hash(
    struct media_log_reader *r, enum media_hash_kind kind, struct slice value)
{
	media_log_reader_hash(r, kind, media_log_reader_word(&value));
}

int media_log_ftk_line(
    struct media_log_reader *r, struct slice line, struct err *err)
{
	struct slice value;
	bool is_one;
	int rc;

	if (r->section == 0) {
		media_log_reader_start_run(r);
		r->section = HEAD;
	}
	if (r->section == UNREADABLE) {
		rc = take_sectors(r, line, &is_one, err);
		if (rc != 0 || is_one)
			return rc;
		r->section = HEAD;
	}
	if (media_log_reader_value(line, "MD5 checksum", &value)) {
		take_hash(r, MEDIA_HASH_MD5, value);
	} else if (media_log_reader_value(line, "SHA1 checksum", &value)) {
		take_hash(r, MEDIA_HASH_SHA1, value);
	} else if (media_log_reader_value(line, "SHA256 checksum", &value)) {
		take_hash(r, MEDIA_HASH_SHA256, value);
	} else if (media_log_reader_value(line,
		       "The following sector(s) on the source drive could not "
		       "be read",
		       &value)) {
		r->section = UNREADABLE;
		return take_sectors(r, value, &is_one, err);
	} else if (media_log_reader_value(line, "Segment list", &value)) {
		r->section = SEGMENTS;
	} else if (r->section == SEGMENTS && line.n > 0 &&
	    line.p[line.n - 1] != ':') {
		r->log->files++;
		r->is_complete = true;
	} else {
		if (line.n > 0)
			r->section = HEAD;
		take_fact(r, line);
	}
	return 0;
}
