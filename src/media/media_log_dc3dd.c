/*
 * media_log_dc3dd.c: the log that dc3dd writes with log=, where each run is
 * added to the end. Pieces' hashes (hofs=) are passed over: the whole has one.
 */
#include "media_log_reader.h"

enum {
	HEAD = 1,
	INPUT,
	OUTPUT
};

/* "started at 2026-12-01 11:17:16 +0000" behind the program's name. */
static void start(
    struct media_log_reader *r, struct slice line, struct slice version)
{
	struct slice name = {line.p, (size_t)(version.p + version.n - line.p)};
	struct slice rest = {version.p + version.n, line.n - name.n};

	media_log_reader_start_run(r);
	media_log_reader_set(r->log->tool, name);
	r->log->has_version = true;
	(void)media_log_reader_word(&rest); /* started */
	(void)media_log_reader_word(&rest); /* at */
	(void)media_log_reader_iso(rest, &r->log->started); /* else unsaid */
	r->section = HEAD;
}

/* "reading `/dev/sdb' at sector 5 : Input/output error", "in sector range
 * 5-68", "from sector 5 to sector 8". */
static int take_error(
    struct media_log_reader *r, struct slice line, struct err *err)
{
	struct slice rest = line, word = {"", 0};
	uint64_t first, last;

	while (rest.n > 0) {
		word = media_log_reader_word(&rest);
		if (slice_is_text(word, "sector"))
			break;
	}
	if (!slice_is_text(word, "sector"))
		return 0;
	word = media_log_reader_word(&rest);
	if (slice_is_text(word, "range")) {
		struct slice to = media_log_reader_word(&rest);
		struct slice from = slice_cut(&to, '-');

		if (!media_log_reader_number(from, &first) ||
		    !media_log_reader_number(to, &last))
			return 0;
		return media_log_reader_sectors(r, first, last, err);
	}
	if (!media_log_reader_number(word, &first))
		return 0;
	last = first;
	word = media_log_reader_word(&rest);
	if (slice_is_text(word, "to")) {
		(void)media_log_reader_word(&rest); /* sector */
		word = media_log_reader_word(&rest);
		if (!media_log_reader_number(word, &last))
			return 0;
	}
	return media_log_reader_sectors(r, first, last, err);
}

/* "6911 sectors + 458 bytes in" */
static void take_length(struct media_log_reader *r, struct slice line)
{
	struct slice rest = line;
	struct slice number = media_log_reader_word(&rest);
	struct slice word = media_log_reader_word(&rest);
	uint64_t n;

	if (!media_log_reader_number(number, &n))
		return;
	if (slice_is_text(word, "bad")) {
		r->log->has_bad_count = true;
		r->log->bad_sectors = n;
		return;
	}
	if (!slice_is_text(word, "sectors") && !slice_is_text(word, "sector"))
		return;
	word = media_log_reader_word(&rest);
	if (slice_is_text(word, "in")) {
		r->has_sectors = true;
		r->sectors = n;
		r->rest = 0;
	} else if (slice_is_text(word, "+")) {
		number = media_log_reader_word(&rest);
		word = media_log_reader_word(&rest);
		if (slice_is_text(word, "bytes") &&
		    media_log_reader_number(number, &r->rest) &&
		    slice_is_text(rest, "in")) {
			r->has_sectors = true;
			r->sectors = n;
		}
	}
}

/* "[ok] <hex> (md5)"; without the name it is of a piece. */
static void take_hash(struct media_log_reader *r, struct slice line)
{
	struct slice rest = line;
	struct slice hex = media_log_reader_word(&rest);

	if (slice_is_text(hex, "[ok]") || slice_is_text(hex, "[!!]"))
		hex = media_log_reader_word(&rest);
	if (slice_is_text(rest, "(md5)"))
		media_log_reader_hash(r, MEDIA_HASH_MD5, hex);
	else if (slice_is_text(rest, "(sha1)"))
		media_log_reader_hash(r, MEDIA_HASH_SHA1, hex);
	else if (slice_is_text(rest, "(sha256)"))
		media_log_reader_hash(r, MEDIA_HASH_SHA256, hex);
}

int media_log_dc3dd_line(
    struct media_log_reader *r, struct slice line, struct err *err)
{
	struct media_log *log = r->log;
	struct slice rest = line, value;
	struct slice name = media_log_reader_word(&rest);
	struct slice second = media_log_reader_word(&rest);
	uint64_t n;

	if (slice_is_text(name, "dc3dd") && slice_starts_with(rest, "started"))
		start(r, line, second);
	if (r->section == 0)
		return 0;
	if (slice_is_text(name, "dc3dd") &&
	    slice_is_text(second, "completed")) {
		(void)media_log_reader_word(&rest); /* at */
		(void)media_log_reader_iso(rest, &log->finished);
		r->is_complete = true;
	} else if (slice_is_text(name, "dc3dd") &&
	    (slice_is_text(second, "failed") ||
		slice_is_text(second, "aborted"))) {
		r->is_complete = log->is_failed = true;
	} else if (media_log_reader_value(line, "sector size", &value)) {
		value = media_log_reader_word(&value);
		if (media_log_reader_number(value, &n) && n <= UINT32_MAX) {
			log->sector_size = (uint32_t)n;
			log->is_sector_said = true;
		}
	} else if (r->section == HEAD && slice_is_text(second, "bytes") &&
	    media_log_reader_number(name, &n)) {
		/* "3538890 bytes ( 3.4 M ) copied ( 100% ), 0.7 s" */
		r->has_copied = true;
		r->copied = n;
	} else if (slice_is_text(name, "[!!]") && r->section == HEAD) {
		return take_error(r, line, err);
	} else if (slice_starts_with(line, "input results")) {
		r->section = INPUT;
	} else if (slice_starts_with(line, "output results")) {
		r->section = OUTPUT;
	} else if (r->section == INPUT) {
		take_length(r, line);
		take_hash(r, line);
	} else if (r->section == OUTPUT) {
		take_hash(r, line);
	}
	return 0;
}
