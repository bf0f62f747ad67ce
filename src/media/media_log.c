/*
 * media_log.c: see media_log.h. The bytes become UTF-8, the kind is found by
 * the first line that only one program writes, and its reader takes all lines
 * from the beginning.
 */
#include "media_log.h"

#include "buf.h"
#include "media_log_reader.h"

#include <stdlib.h>

/* No line of sense is longer. */
#define LINE_SEEN_MAX 65536

typedef int line_reader(
    struct media_log_reader *reader, struct slice line, struct err *err);

static line_reader *const readers[MEDIA_LOG_KIND_COUNT] = {
    [MEDIA_LOG_FTK] = media_log_ftk_line,
    [MEDIA_LOG_GUYMAGER] = media_log_guymager_line,
    [MEDIA_LOG_EWFACQUIRE] = media_log_ewfacquire_line,
    [MEDIA_LOG_DC3DD] = media_log_dc3dd_line,
};

/* ---- text ---- */

static void put_code_point(struct buf *out, uint32_t c)
{
	if (c < 0x80) {
		buf_putc(out, (char)c);
	} else if (c < 0x800) {
		buf_putc(out, (char)(0xC0 | c >> 6));
		buf_putc(out, (char)(0x80 | (c & 0x3F)));
	} else if (c < 0x10000) {
		buf_putc(out, (char)(0xE0 | c >> 12));
		buf_putc(out, (char)(0x80 | (c >> 6 & 0x3F)));
		buf_putc(out, (char)(0x80 | (c & 0x3F)));
	} else {
		buf_putc(out, (char)(0xF0 | c >> 18));
		buf_putc(out, (char)(0x80 | (c >> 12 & 0x3F)));
		buf_putc(out, (char)(0x80 | (c >> 6 & 0x3F)));
		buf_putc(out, (char)(0x80 | (c & 0x3F)));
	}
}

/* Half of a pair that stands alone becomes a question mark. */
static int from_utf16(
    struct buf *out, struct slice bytes, bool is_big, struct err *err)
{
	const uint8_t *p = (const uint8_t *)bytes.p;
	uint32_t high = 0;

	for (size_t i = 2; i + 1 < bytes.n; i += 2) {
		uint32_t c = is_big ? (uint32_t)p[i] << 8 | p[i + 1]
				    : (uint32_t)p[i + 1] << 8 | p[i];
		bool is_low = c >= 0xDC00 && c <= 0xDFFF;

		if (high != 0 && is_low) {
			put_code_point(out,
			    0x10000 + ((high - 0xD800) << 10) + (c - 0xDC00));
			high = 0;
			continue;
		}
		if (high != 0 || is_low)
			buf_putc(out, '?');
		high = c >= 0xD800 && c <= 0xDBFF ? c : 0;
		if (high == 0 && !is_low)
			put_code_point(out, c);
	}
	return buf_check(out, err);
}

static bool begins_with(struct slice bytes, const char *mark, size_t n)
{
	return bytes.n >= n && memcmp(bytes.p, mark, n) == 0;
}

/* *ret_text is within bytes or within *out. */
static int to_text(struct buf *out, struct slice bytes, struct slice *ret_text,
    struct err *err)
{
	int rc = 0;

	*ret_text = bytes;
	if (begins_with(bytes, "\xFF\xFE", 2) ||
	    begins_with(bytes, "\xFE\xFF", 2)) {
		rc = from_utf16(out, bytes, bytes.p[0] == '\xFE', err);
		*ret_text = buf_slice(out);
	} else if (begins_with(bytes, "\xEF\xBB\xBF", 3)) {
		*ret_text = (struct slice){bytes.p + 3, bytes.n - 3};
	}
	return rc;
}

/* A line of any system, trimmed. */
static struct slice next_line(struct slice *rest)
{
	struct slice line = slice_cut(rest, '\n');

	while (line.n > 0 && line.p[line.n - 1] == '\r')
		line.n--;
	line = slice_trim(line);
	return line.n > LINE_SEEN_MAX ? (struct slice){line.p, LINE_SEEN_MAX}
				      : line;
}

/* ---- kinds ---- */

static bool has(struct slice line, const char *text)
{
	size_t n = strlen(text);

	for (size_t i = 0; i + n <= line.n; i++)
		if (memcmp(line.p + i, text, n) == 0)
			return true;
	return false;
}

static bool is_of(struct slice line, enum media_log_kind kind)
{
	switch (kind) {
	case MEDIA_LOG_FTK:
		return (slice_starts_with(line, "Created By ") &&
			   has(line, "FTK") && has(line, "Imager")) ||
		    slice_starts_with(line, "Acquired using: ADI") ||
		    slice_is_text(line, "Acquired using: FTK");
	case MEDIA_LOG_GUYMAGER:
		return slice_is_text(line, "GUYMAGER ACQUISITION INFO FILE");
	case MEDIA_LOG_EWFACQUIRE:
		return slice_starts_with(line, "ewfacquire 2") ||
		    slice_starts_with(line, "Errors reading device:") ||
		    has(line, " hash calculated over data:");
	default:
		return slice_starts_with(line, "dc3dd ") &&
		    has(line, " started at ");
	}
}

static int find_kind(
    struct slice text, enum media_log_kind *ret_kind, struct err *err)
{
	while (text.p != NULL) {
		struct slice line = next_line(&text);

		for (unsigned k = 0; k < MEDIA_LOG_KIND_COUNT; k++)
			if (is_of(line, k)) {
				*ret_kind = k;
				return 0;
			}
	}
	return err_set(err, ERR_FORMAT,
	    "this is no log of FTK Imager, Guymager (in English), ewfacquire "
	    "or dc3dd");
}

/* ---- what the lines add up to ---- */

/* Sectors to bytes. */
static int to_bytes(const struct media_log_reader *r,
    const struct media_log_reader_bad *bad, struct media_range *ret_range,
    struct err *err)
{
	uint64_t size = bad->is_bytes ? 1 : r->log->sector_size;

	if (bad->at > INT64_MAX / size || bad->n > INT64_MAX / size ||
	    bad->at * size > INT64_MAX - bad->n * size)
		return err_set(err, ERR_FORMAT,
		    "the log names an unreadable place at %llu, where no "
		    "medium goes",
		    (unsigned long long)bad->at);
	*ret_range = (struct media_range){bad->at * size, bad->n * size};
	return 0;
}

static int compare_ranges(const void *a, const void *b)
{
	const struct media_range *x = a, *y = b;

	return x->at < y->at ? -1 : x->at > y->at;
}

/* Sorted, and those that overlap joined. */
static int take_ranges(struct media_log_reader *r, struct err *err)
{
	struct media_range *all = calloc(r->n + 1, sizeof(*all));
	uint64_t end = 0;
	int rc = all == NULL ? err_nomem(err) : 0;

	for (size_t i = 0; i < r->n && rc == 0; i++)
		rc = to_bytes(r, &r->bad[i], &all[i], err);
	if (rc == 0)
		qsort(all, r->n, sizeof(*all), compare_ranges);
	for (size_t i = 0; i < r->n && rc == 0; i++) {
		uint64_t at = all[i].at > end ? all[i].at : end;
		uint64_t to = all[i].at + all[i].length;

		if (to <= at)
			continue;
		rc = media_range_add(&r->log->bad, at, to - at, err);
		end = to;
	}
	free(all);
	return rc;
}

static int finish(struct media_log_reader *r, struct err *err)
{
	static const char *const names[MEDIA_LOG_KIND_COUNT] = {
	    "FTK Imager", "Guymager", "ewfacquire", "dc3dd"};
	struct media_log *log = r->log;

	if (!r->is_complete)
		return err_set(err, ERR_FORMAT,
		    "the log of %s ends before the copy did: it is cut off, or "
		    "the copy was never finished",
		    names[log->kind]);
	if (log->sector_size == 0)
		return err_set(
		    err, ERR_FORMAT, "the log says that a sector has no bytes");
	if (log->tool[0] == '\0')
		media_log_reader_set(log->tool, slice_of(names[log->kind]));
	if (r->has_sectors && !log->has_length) {
		if (r->sectors > (INT64_MAX - r->rest) / log->sector_size)
			return err_set(err, ERR_FORMAT,
			    "the log says that the medium has %llu sectors",
			    (unsigned long long)r->sectors);
		log->has_length = true;
		log->length = r->sectors * log->sector_size + r->rest;
	}
	if (r->has_copied && log->has_length && r->copied != log->length)
		return err_set(err, ERR_FORMAT,
		    "the log says that %llu bytes were copied, and that the "
		    "medium has %llu",
		    (unsigned long long)r->copied,
		    (unsigned long long)log->length);
	return take_ranges(r, err);
}

int media_log_parse(
    struct media_log *ret_log, struct slice bytes, struct err *err)
{
	struct media_log log = {.sector_size = MEDIA_LOG_SECTOR};
	struct media_log_reader r = {.log = &log};
	struct slice rest = {0};
	struct buf text;
	int rc = 0;

	buf_init(&text, 2 * MEDIA_LOG_BYTES_MAX);
	if (bytes.n > MEDIA_LOG_BYTES_MAX)
		rc = err_set(err, ERR_LIMIT,
		    "a log has at most %u bytes, and this has %zu",
		    MEDIA_LOG_BYTES_MAX, bytes.n);
	if (rc == 0)
		rc = to_text(&text, bytes, &rest, err);
	if (rc == 0)
		rc = find_kind(rest, &log.kind, err);
	while (rc == 0 && rest.p != NULL)
		rc = readers[log.kind](&r, next_line(&rest), err);
	if (rc == 0)
		rc = finish(&r, err);
	free(r.bad);
	buf_done(&text);
	if (rc == 0)
		*ret_log = log;
	else
		media_log_done(&log);
	return rc;
}

void media_log_done(struct media_log *log)
{
	media_range_done(&log->bad);
}
