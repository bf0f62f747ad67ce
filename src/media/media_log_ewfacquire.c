/*
 * media_log_ewfacquire.c: what ewfacquire printed, or what it wrote to the
 * file of its option -l, which has the errors and hashes alone, each run added
 * to the end.
 */
#include "media_log_reader.h"

enum {
	SCREEN = 1,
	FILE_OF_ERRORS
};

static void start(struct media_log_reader *r, unsigned section)
{
	media_log_reader_start_run(r);
	r->section = section;
}

/* "64 - 128 number: 64 (offset: 0x00008000 of size: 32768)": the last sector
 * is the one behind them, so the number counts. */
static int take_error(
    struct media_log_reader *r, struct slice rest, struct err *err)
{
	struct media_log_reader_bad bad = {0};
	struct slice first = media_log_reader_word(&rest), hex, word;

	while (rest.n > 0) {
		word = media_log_reader_word(&rest);
		if (slice_is_text(word, "number:")) {
			word = media_log_reader_word(&rest);
			if (!media_log_reader_number(word, &bad.n))
				break;
		} else if (slice_is_text(word, "(offset:")) {
			hex = media_log_reader_word(&rest);
			if (slice_starts_with(hex, "0x"))
				hex = (struct slice){hex.p + 2, hex.n - 2};
			bad.is_bytes = media_log_reader_hex(hex, &bad.at);
		} else if (slice_is_text(word, "size:") && bad.is_bytes) {
			word = slice_cut(&rest, ')');
			if (media_log_reader_number(word, &bad.n))
				return media_log_reader_add(r, &bad, err);
		}
	}
	bad.is_bytes = false;
	if (bad.n == 0 || !media_log_reader_number(first, &bad.at))
		return err_set(err, ERR_FORMAT,
		    "the log names an unreadable place in a way that is not "
		    "known");
	return media_log_reader_add(r, &bad, err);
}

/* "3.5 MB (3538432 bytes)" */
static void take_length(struct media_log_reader *r, struct slice value)
{
	(void)slice_cut(&value, '(');
	if (value.p == NULL)
		return;
	value = media_log_reader_word(&value);
	r->log->has_length = media_log_reader_number(value, &r->log->length);
}

static bool take_hashes(struct media_log_reader *r, struct slice line)
{
	static const struct {
		const char *label;
		enum media_hash_kind kind;
	} hashes[] = {
	    {"MD5 hash calculated over data", MEDIA_HASH_MD5},
	    {"SHA1 hash calculated over data", MEDIA_HASH_SHA1},
	    {"SHA256 hash calculated over data", MEDIA_HASH_SHA256},
	};
	struct slice value;

	for (size_t i = 0; i < sizeof(hashes) / sizeof(hashes[0]); i++) {
		if (!media_log_reader_value(line, hashes[i].label, &value))
			continue;
		if (r->section == 0 ||
		    (r->section == FILE_OF_ERRORS &&
			r->log->hashes.of[hashes[i].kind].is_there))
			start(r, FILE_OF_ERRORS);
		media_log_reader_hash(r, hashes[i].kind, value);
		if (r->section == FILE_OF_ERRORS)
			r->is_complete = true;
		return true;
	}
	return false;
}

static void take_fact(
    struct media_log_reader *r, struct slice line, struct slice *value)
{
	struct media_log *log = r->log;
	uint64_t n;

	if (media_log_reader_value(line, "Examiner name", value))
		media_log_reader_set(log->examiner, *value);
	else if (media_log_reader_value(line, "Model", value))
		media_log_reader_set(log->model, *value);
	else if (media_log_reader_value(line, "Serial", value))
		media_log_reader_set(log->serial, *value);
	else if (media_log_reader_value(line, "Media size", value))
		take_length(r, *value);
	else if (media_log_reader_value(line, "Bytes per sector", value) &&
	    media_log_reader_number(*value, &n) && n <= UINT32_MAX) {
		log->sector_size = (uint32_t)n;
		log->is_sector_said = true;
	} else if (media_log_reader_value(line, "Acquiry started at", value)) {
		(void)media_log_reader_named(*value, &log->started);
	} else if (media_log_reader_value(
		       line, "Acquiry completed at", value)) {
		(void)media_log_reader_named(*value, &log->finished);
	}
}

int media_log_ewfacquire_line(
    struct media_log_reader *r, struct slice line, struct err *err)
{
	struct slice rest = line, value;
	struct slice name = media_log_reader_word(&rest);

	if (slice_is_text(name, "ewfacquire") && rest.n > 0) {
		start(r, SCREEN);
		media_log_reader_set(r->log->tool, line);
		r->log->has_version = true;
	} else if (media_log_reader_value(
		       line, "Errors reading device", &value)) {
		if (r->section != SCREEN && (r->section == 0 || r->is_complete))
			start(r, FILE_OF_ERRORS);
	} else if (media_log_reader_value(line, "at sector(s)", &value)) {
		return r->section == 0 ? 0 : take_error(r, value, err);
	} else if (media_log_reader_value(line, "ewfacquire", &value)) {
		r->is_complete = r->section == SCREEN;
		r->log->is_failed = !slice_is_text(value, "SUCCESS");
	} else if (!take_hashes(r, line) && r->section == SCREEN) {
		take_fact(r, line, &value);
	}
	return 0;
}
