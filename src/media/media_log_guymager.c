/*
 * media_log_guymager.c: Guymager's .info file, in English.
 *
 * Between "Device information" and "Acquisition" stands what other programs
 * said of the drive; of it the first serial number and model count.
 */
#include "media_log_reader.h"

#include <string.h>

enum {
	HEAD = 1,
	DEVICE,
	ACQUISITION,
	SECTORS,
	FILES
};

/* "300-11556, 12002-18758, 26406" */
static int take_sectors(
    struct media_log_reader *r, struct slice line, struct err *err)
{
	struct slice rest = line;
	uint64_t first, last;
	int rc = 0;

	while (rest.p != NULL && rc == 0) {
		struct slice to = slice_trim(slice_cut(&rest, ','));
		struct slice from = slice_cut(&to, '-');

		if (from.n == 0)
			continue;
		if (!media_log_reader_number(from, &first) ||
		    (to.p != NULL && !media_log_reader_number(to, &last)))
			return err_set(err, ERR_FORMAT,
			    "the log lists bad sectors in a way that is not "
			    "known: \"%.*s\"",
			    (int)(line.n > 40 ? 40 : line.n), line.p);
		if (to.p == NULL)
			last = first;
		rc = media_log_reader_sectors(r, first, last, err);
	}
	return rc;
}

static void take_device(struct media_log_reader *r, struct slice line)
{
	struct slice value;

	if (media_log_reader_value(line, "Serial number", &value))
		media_log_reader_set(r->log->serial, value);
	else if (media_log_reader_value(line, "Device model", &value) ||
	    media_log_reader_value(line, "Model number", &value) ||
	    media_log_reader_value(line, "Product", &value))
		media_log_reader_set(r->log->model, value);
}

/* "Finished successfully (with 24773 bad sectors)" */
static void take_state(struct media_log_reader *r, struct slice value)
{
	r->is_complete = true;
	r->log->is_failed = !slice_starts_with(value, "Finished successfully");
}

/* "During acquisition, 24773 bad sectors have been encountered. They ..." */
static bool take_bad_count(struct media_log_reader *r, struct slice line)
{
	struct slice rest = line, word;

	if (!slice_starts_with(line, "During acquisition,"))
		return false;
	(void)slice_cut(&rest, ',');
	word = media_log_reader_word(&rest);
	if (!slice_starts_with(rest, "bad sectors") ||
	    !media_log_reader_number(word, &r->log->bad_sectors))
		return false;
	r->log->has_bad_count = true;
	return true;
}

static bool take_hash(struct media_log_reader *r, struct slice line)
{
	static const struct {
		const char *name;
		enum media_hash_kind kind;
	} names[] = {
	    {"MD5", MEDIA_HASH_MD5},
	    {"SHA1", MEDIA_HASH_SHA1},
	    {"SHA256", MEDIA_HASH_SHA256},
	};
	struct slice rest = line, value = {0};
	struct slice name = media_log_reader_word(&rest);

	if (!media_log_reader_value(rest, "hash", &value) &&
	    !media_log_reader_value(rest, "hash verified source", &value) &&
	    !media_log_reader_value(rest, "hash verified image", &value))
		return false;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (slice_is_text(name, names[i].name))
			media_log_reader_hash(r, names[i].kind, value);
	return true;
}

static void take_fact(struct media_log_reader *r, struct slice line)
{
	struct media_log *log = r->log;
	struct slice value;

	if (media_log_reader_value(line, "Device size", &value)) {
		value = media_log_reader_word(&value);
		log->has_length = media_log_reader_number(value, &log->length);
	} else if (media_log_reader_value(line, "Examiner", &value)) {
		media_log_reader_set(log->examiner, value);
	} else if (media_log_reader_value(line, "State", &value)) {
		take_state(r, value);
	} else if (media_log_reader_value(
		       line, "Acquisition started", &value)) {
		(void)media_log_reader_iso(value, &log->started);
	} else if (media_log_reader_value(line, "Ended", &value)) {
		(void)media_log_reader_iso(value, &log->finished);
	} else if (slice_starts_with(line, "Generated image files")) {
		r->section = FILES;
	}
}

/* "<MD5 or n/a>   name.E01", behind a line that names the columns. */
static void take_file(struct media_log_reader *r, struct slice line)
{
	struct slice rest = line;
	struct slice first = media_log_reader_word(&rest);

	if (rest.n > 0 && (first.n == 32 || slice_is_text(first, "n/a")))
		r->log->files++;
}

static void take_head(struct media_log_reader *r, struct slice line)
{
	struct slice value;
	char name[MEDIA_LOG_TEXT_SIZE] = "Guymager ";

	if (!media_log_reader_value(line, "Version", &value) || value.n == 0)
		return;
	if (value.n > MEDIA_LOG_TEXT_SIZE / 2)
		value.n = MEDIA_LOG_TEXT_SIZE / 2;
	memcpy(name + strlen(name), value.p, value.n);
	media_log_reader_set(r->log->tool, slice_of(name));
	r->log->has_version = true;
}

int media_log_guymager_line(
    struct media_log_reader *r, struct slice line, struct err *err)
{
	if (slice_is_text(line, "GUYMAGER ACQUISITION INFO FILE")) {
		media_log_reader_start_run(r);
		r->section = HEAD;
		return 0;
	}
	if (r->section == SECTORS && line.n > 0 && line.p[0] >= '0' &&
	    line.p[0] <= '9')
		return take_sectors(r, line, err);
	if (r->section == SECTORS && line.n > 0)
		r->section = ACQUISITION;
	if (slice_is_text(line, "Device information"))
		r->section = DEVICE;
	else if (slice_is_text(line, "Acquisition"))
		r->section = ACQUISITION;
	else if (r->section == HEAD)
		take_head(r, line);
	else if (r->section == DEVICE)
		take_device(r, line);
	else if (r->section == FILES)
		take_file(r, line);
	else if (r->section == ACQUISITION && take_bad_count(r, line))
		r->section = SECTORS;
	else if (r->section == ACQUISITION && !take_hash(r, line))
		take_fact(r, line);
	return 0;
}
