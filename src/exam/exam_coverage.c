/*
 * exam_coverage.c: see exam_coverage.h. The sums come from one map in which
 * each byte has one owner; what a scan lost is taken out of its owner's sum, so
 * that the parts still add up.
 */
#include "exam_coverage.h"

#include "mem.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct range {
	uint64_t at, end;
};

static int compare(const void *a, const void *b)
{
	const struct range *x = a, *y = b;

	return x->at < y->at ? -1 : x->at > y->at;
}

static uint64_t *part_of(struct exam_coverage *c, enum exam_owning owning)
{
	switch (owning) {
	case EXAM_OWNER_FREE:
		return &c->unallocated;
	case EXAM_OWNER_TABLES:
		return &c->tables;
	case EXAM_OWNER_SLACK:
		return &c->slack;
	case EXAM_OWNER_FILE:
		return &c->files;
	case EXAM_OWNER_BLIND:
		return &c->blind;
	case EXAM_OWNER_UNREAD:
		return &c->unread;
	default:
		return &c->outside;
	}
}

/* A range that was lost, of one owner after the other. */
static void lose(
    struct exam_coverage *c, const struct exam_owner *map, struct range range)
{
	while (range.at < range.end) {
		const struct exam_span *span = exam_owner_at(map, range.at);
		const uint64_t end = span->at + span->length;
		const uint64_t to = end < range.end ? end : range.end;

		if (span->owning != EXAM_OWNER_BLIND &&
		    span->owning != EXAM_OWNER_UNREAD) {
			*part_of(c, span->owning) -= to - range.at;
			c->lost += to - range.at;
		}
		range.at = to;
	}
}

static int lose_all(struct exam_coverage *c, const struct exam_owner *map,
    const struct exam_gap *gaps, size_t n, struct err *err)
{
	struct range *ranges = mem_new(n + 1, sizeof(*ranges));
	uint64_t at = 0;
	size_t k = 0;

	if (ranges == NULL)
		return err_nomem(err);
	for (size_t i = 0; i < n; i++) {
		if (gaps[i].at >= c->length)
			continue;
		const uint64_t left = c->length - gaps[i].at;
		const uint64_t m = gaps[i].length;

		ranges[k++] = (struct range){
		    gaps[i].at, gaps[i].at + (m < left ? m : left)};
	}
	qsort(ranges, k, sizeof(*ranges), compare);
	for (size_t i = 0; i < k; i++) {
		if (ranges[i].at < at)
			ranges[i].at = at;
		lose(c, map, ranges[i]);
		if (ranges[i].end > at)
			at = ranges[i].end;
	}
	free(ranges);
	return 0;
}

int exam_coverage_make(struct exam_coverage *ret_coverage,
    const struct exam_owner *map, const struct exam_blind *blind,
    const struct exam_gap *gaps, size_t n, struct err *err)
{
	struct exam_coverage c = {0};
	uint64_t sums[EXAM_OWNER_COUNT];
	size_t files = 0, ignored = 0;

	exam_owner_sums(map, sums);
	for (int i = 0; i < EXAM_OWNER_COUNT; i++) {
		*part_of(&c, (enum exam_owning)i) = sums[i];
		c.length += sums[i];
	}
	int rc = lose_all(&c, map, gaps, n, err);

	if (rc != 0)
		return rc;
	assert(c.files + c.slack + c.tables + c.unallocated + c.outside +
		c.blind + c.unread + c.lost ==
	    c.length);
	c.random = exam_blind_bytes(blind, EXAM_BLIND_RANDOM, &ignored);
	c.wiped = exam_blind_bytes(blind, EXAM_BLIND_WIPED, &ignored);
	c.hidden = exam_blind_bytes(blind, EXAM_BLIND_HIDDEN, &ignored);
	c.encrypted_files = exam_blind_bytes(blind, EXAM_BLIND_FILE, &files);
	c.encrypted_files_n = files;
	*ret_coverage = c;
	return 0;
}

static void put(struct buf *out, const char *what, uint64_t bytes)
{
	if (bytes > 0)
		buf_printf(
		    out, "%s: %llu bytes\n", what, (unsigned long long)bytes);
}

void exam_coverage_put_lines(const struct exam_coverage *c, struct buf *out)
{
	buf_printf(out, "image: %llu bytes\n", (unsigned long long)c->length);
	put(out, "files read", c->files);
	put(out, "slack scanned", c->slack);
	put(out, "tables scanned", c->tables);
	put(out, "unallocated scanned", c->unallocated);
	put(out, "outside of volumes scanned", c->outside);
	put(out, "blind", c->blind);
	put(out, "unread", c->unread);
	put(out, "lost in the scan", c->lost);
	put(out, "of what is not in use, looks encrypted", c->random);
	put(out, "of what is not in use, wiped", c->wiped);
	if (c->encrypted_files_n > 0)
		buf_printf(out,
		    "of the files, encrypted: %llu bytes in %llu files\n",
		    (unsigned long long)c->encrypted_files,
		    (unsigned long long)c->encrypted_files_n);
	put(out, "not in the image, hidden by the drive", c->hidden);
}

void exam_coverage_put_gaps(
    const struct exam_gap *gaps, size_t n, size_t max, struct buf *out)
{
	for (size_t i = 0; i < n && i < max; i++)
		buf_printf(out, "bytes %llu to %llu: %s\n",
		    (unsigned long long)gaps[i].at,
		    (unsigned long long)(gaps[i].at + gaps[i].length - 1),
		    gaps[i].why);
	if (n > max)
		buf_printf(out, "%zu more: in the result\n", n - max);
}

void exam_coverage_put_json(
    const struct exam_coverage *c, struct json *json, const char *name)
{
	const struct {
		const char *name;
		uint64_t value;
	} all[] = {
	    {"image", c->length},
	    {"files", c->files},
	    {"slack", c->slack},
	    {"tables", c->tables},
	    {"unallocated", c->unallocated},
	    {"outside", c->outside},
	    {"blind", c->blind},
	    {"unread", c->unread},
	    {"lost", c->lost},
	    {"random", c->random},
	    {"wiped", c->wiped},
	    {"encrypted_files", c->encrypted_files_n},
	    {"encrypted_files_bytes", c->encrypted_files},
	    {"hidden", c->hidden},
	};

	json_open_object(json, name);
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		json_number(json, all[i].name, (int64_t)all[i].value);
	json_close_object(json);
}
