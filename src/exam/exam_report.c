/*
 * exam_report.c: see exam_report.h. The invariant: nothing that was found is in
 * what is written here, and no small count of it.
 */
#include "exam_report.h"

#include "exam_words.h"
#include "json.h"
#include "mem.h"
#include "when.h"

#include <inttypes.h>
#include <stdlib.h>

#define COUNT_MAX 24

/* ---- sums ---- */

struct seen {
	uint64_t *bits;
	size_t cap;
	uint64_t n;
	int rc;
	struct err *err;
};

static void see(void *cookie, uint32_t file)
{
	struct seen *s = cookie;
	uint64_t bit = UINT64_C(1) << (file % 64);

	if (s->rc == 0)
		s->rc = mem_grow((void **)&s->bits, &s->cap,
		    (size_t)file / 64 + 1, sizeof(*s->bits), s->err);
	if (s->rc != 0 || s->bits[file / 64] & bit)
		return;
	s->bits[file / 64] |= bit;
	s->n++;
}

int exam_report_sum(struct exam_report_sums *ret_sums,
    const struct exam_report *report, struct err *err)
{
	struct exam_report_sums sums = {
	    .people = exam_people_sums(report->people),
	    .left_out = exam_feature_left_out(report->store)};
	struct seen seen = {.err = err};

	for (uint32_t i = 0; i < exam_feature_count(report->store); i++) {
		struct exam_feature f = exam_feature_at(report->store, i);

		sums.features[f.kind]++;
		sums.hits[f.kind] += f.hits;
		exam_feature_files(report->store, i, see, &seen);
	}
	sums.files_with_finds = seen.n;
	free(seen.bits);
	if (seen.rc == 0)
		*ret_sums = sums;
	return seen.rc;
}

void exam_report_put_count(struct buf *out, uint64_t count)
{
	if (count > 0 && count < EXAM_REPORT_SMALL)
		buf_printf(out, "1-%d", EXAM_REPORT_SMALL - 1);
	else
		buf_printf(out, "%" PRIu64, count);
}

/* ---- words ---- */

static void put_line(struct buf *out, const char *what, uint64_t count)
{
	struct buf number;

	buf_init(&number, COUNT_MAX);
	exam_report_put_count(&number, count);
	buf_printf(
	    out, "  %10s  %s\n", number.p != NULL ? number.p : "?", what);
	buf_done(&number);
}

static void put_bytes(struct buf *out, const struct exam_report *report)
{
	static const char *const words[EXAM_OWNER_COUNT] = {
	    "outside of all volumes, or of nobody",
	    "not in use; searched all the same",
	    "tables of partitions and file systems",
	    "behind the ends of files, in their last block",
	    "in files",
	    "encrypted, or of a system that is not read: NOT looked into",
	    "of which the image has no bytes: NOT looked into",
	};

	buf_puts(out, "\nWhat was looked at, in bytes:\n");
	for (int k = EXAM_OWNER_COUNT - 1; k >= 0; k--)
		if (report->bytes[k] > 0)
			buf_printf(out, "  %16" PRIu64 "  %s\n",
			    report->bytes[k], words[k]);
	if (report->gaps > 0)
		buf_printf(out,
		    "  %16" PRIu64 "  places could not be read into; the "
		    "record lists them\n",
		    report->gaps);
}

static uint64_t left_out_hits(const struct exam_feature_left_out *left_out)
{
	uint64_t n = 0;

	for (int k = CAGE_HIT_EMAIL; k < CAGE_HIT_KINDS; k++)
		n += left_out->hits[k];
	return n;
}

static void put_left_out(
    struct buf *out, const struct exam_feature_left_out *left_out)
{
	uint64_t hits = left_out_hits(left_out);

	if (hits > 0)
		buf_printf(out,
		    "\nThere was no memory for all: %" PRIu64
		    " finds are counted nowhere above.\n",
		    hits);
	if (left_out->files > 0)
		buf_puts(out,
		    "\nThere was no memory for all: counts of files are "
		    "least ones.\n");
	if (left_out->entries > 0)
		buf_printf(out,
		    "\n%" PRIu64 " entries of records were not joined to "
		    "anybody: too many, or too\nlong.\n",
		    left_out->entries);
}

void exam_report_put_words(struct buf *out, const struct exam_report *report,
    const struct exam_report_sums *sums)
{
	const struct exam_people_sums *p = &sums->people;

	buf_puts(out, "People whom it exposes:\n");
	put_line(
	    out, "people with an address, a number or an account", p->people);
	put_line(out, "names of people of whom nothing else is known",
	    p->names_alone);
	put_line(out, "identifiers that several people share", p->shared);
	buf_puts(out, "\nOf these people it tells:\n");
	for (int r = 0; r < EXAM_PEOPLE_RISKS; r++)
		put_line(out, exam_words_risks((enum exam_people_risk)r),
		    p->risks[r]);
	buf_puts(out, "\nFound, each counted once:\n");
	for (int k = CAGE_HIT_EMAIL; k < CAGE_HIT_KINDS; k++)
		put_line(out, exam_words_kinds((enum cage_hit_kind)k),
		    sums->features[k]);
	buf_puts(out,
	    "\nOf them in no entry, so nobody knows of how many people:\n");
	for (int k = CAGE_HIT_EMAIL; k < CAGE_HIT_KINDS; k++)
		if (exam_people_is_identifier((enum cage_hit_kind)k) &&
		    k != CAGE_HIT_NAME)
			put_line(out, exam_words_kinds((enum cage_hit_kind)k),
			    p->loose[k]);
	buf_printf(out,
	    "\nFiles: %" PRIu64 " listed, %" PRIu64 " of them deleted; in "
	    "%" PRIu64 " something was found.\n",
	    report->files_listed, report->files_deleted,
	    sums->files_with_finds);
	put_bytes(out, report);
	put_left_out(out, &sums->left_out);
	buf_puts(out,
	    "\nA count of 1 to 4 is not given exactly, so that it tells of "
	    "nobody. Who and what\nthey are stands in the details, for those "
	    "alone whom the order names.\n");
}

/* ---- JSON ---- */

static void put_json_count(struct json *json, const char *name, uint64_t count)
{
	struct buf text;

	if (count == 0 || count >= EXAM_REPORT_SMALL) {
		json_number(json, name, (int64_t)count);
		return;
	}
	buf_init(&text, COUNT_MAX);
	exam_report_put_count(&text, count);
	json_text(json, name, buf_slice(&text));
	buf_done(&text);
}

static void put_json_kinds(
    struct json *json, const char *name, const uint64_t counts[CAGE_HIT_KINDS])
{
	json_open_object(json, name);
	for (int k = CAGE_HIT_EMAIL; k < CAGE_HIT_KINDS; k++)
		put_json_count(
		    json, cage_hit_name((enum cage_hit_kind)k), counts[k]);
	json_close_object(json);
}

static void put_json_people(struct json *json, const struct exam_people_sums *p)
{
	json_open_object(json, "people");
	put_json_count(json, "with-identifier", p->people);
	put_json_count(json, "name-alone", p->names_alone);
	put_json_count(json, "shared-identifiers", p->shared);
	json_open_object(json, "risks");
	for (int r = 0; r < EXAM_PEOPLE_RISKS; r++)
		put_json_count(json, exam_words_risk((enum exam_people_risk)r),
		    p->risks[r]);
	json_close_object(json);
	json_close_object(json);
}

static void put_json_bytes(struct json *json, const struct exam_report *report)
{
	json_open_object(json, "bytes");
	for (int k = 0; k < EXAM_OWNER_COUNT; k++)
		json_number(json, exam_words_owning((enum exam_owning)k),
		    (int64_t)report->bytes[k]);
	json_close_object(json);
	json_open_object(json, "files");
	json_number(json, "listed", (int64_t)report->files_listed);
	json_number(json, "deleted", (int64_t)report->files_deleted);
}

void exam_report_put_json(struct buf *out, const struct exam_report *report,
    const struct exam_report_sums *sums)
{
	uint64_t loose[CAGE_HIT_KINDS];
	char at[WHEN_SIZE];
	struct json json;

	for (int k = 0; k < CAGE_HIT_KINDS; k++)
		loose[k] = sums->people.loose[k];
	when_to_time(at, report->at);
	json_init(&json, out);
	json_open_object(&json, NULL);
	json_text(&json, "format", slice_of("counterfoil-exposure-1"));
	json_text(&json, "case", report->case_ref);
	json_text(&json, "item", report->item);
	json_text(&json, "order", report->order);
	json_text(&json, "at", slice_of(at));
	put_json_people(&json, &sums->people);
	put_json_kinds(&json, "found", sums->features);
	put_json_kinds(&json, "in-no-entry", loose);
	put_json_bytes(&json, report);
	json_number(&json, "with-finds", (int64_t)sums->files_with_finds);
	json_close_object(&json);
	json_number(&json, "gaps", (int64_t)report->gaps);
	json_open_object(&json, "left-out");
	put_json_kinds(&json, "finds", sums->left_out.hits);
	json_number(&json, "files-of-finds", (int64_t)sums->left_out.files);
	json_number(&json, "entries", (int64_t)sums->left_out.entries);
	json_number(&json, "links", (int64_t)sums->left_out.links);
	json_close_object(&json);
	json_close_object(&json);
}
