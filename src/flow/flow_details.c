/*
 * flow_details.c: see flow_details.h.
 */
#include "flow_details.h"

#include "exam_out.h"
#include "exam_tar.h"
#include "exam_uco.h"
#include "exam_words.h"
#include "flow_exposure.h"
#include "media_age_stream.h"

#include <stdio.h>

#define SUMS_MAX (64u << 10)

static const char readme[] =
    "What an examination found, for those alone whom its order names.\n"
    "\n"
    "report.html         read this first; any browser, no network\n"
    "people.csv          one row a person, the most exposed first\n"
    "identifiers.csv     what each of them is known by\n"
    "links.csv           who wrote to whom, who is whose relative\n"
    "finds.csv           everything that was found, one row a place\n"
    "people.jsonl        people with identifiers and links, one a line\n"
    "finds.jsonl         finds with their places, one a line\n"
    "case.jsonld         the same in CASE/UCO 1.4\n"
    "public.json         the counts that are public\n"
    "features/KIND.txt   offset, feature, context, as bulk_extractor has it\n"
    "features/KIND_histogram.txt\n"
    "sha256sums          of all of these; sha256sum -c details/sha256sums\n"
    "\n"
    "In tables a value that a spreadsheet would run as a formula has a ' in\n"
    "front of it. counterfoil-exposure(7) explains columns, joining and\n"
    "exposure.\n";

static int make_text(
    const void *cookie, const struct exam_sink *sink, struct err *err)
{
	const struct slice *text = cookie;

	return sink->put(sink->cookie, text->p, text->n, err);
}

static int make_page(
    const void *cookie, const struct exam_sink *sink, struct err *err)
{
	const struct flow_details *d = cookie;
	struct buf out;

	buf_init(&out, FLOW_EXPOSURE_MAX);
	int rc = flow_exposure_put(d->report, d->sums, &out, err);
	return exam_sink_end(sink, &out, rc, err);
}

static int make_public(
    const void *cookie, const struct exam_sink *sink, struct err *err)
{
	const struct flow_details *d = cookie;
	struct buf out;

	buf_init(&out, EXAM_SINK_ROOM);
	exam_report_put_json(&out, d->report, d->sums);
	return exam_sink_end(sink, &out, 0, err);
}

static int put_tables(
    const struct flow_details *d, const struct exam_tar *tar, struct err *err)
{
	static const struct {
		const char *name;
		exam_sink_make_fn *make;
	} all[] = {
	    {"details/people.csv", exam_out_people_csv},
	    {"details/identifiers.csv", exam_out_identifiers_csv},
	    {"details/links.csv", exam_out_links_csv},
	    {"details/finds.csv", exam_out_finds_csv},
	    {"details/people.jsonl", exam_out_people_jsonl},
	    {"details/finds.jsonl", exam_out_finds_jsonl},
	};
	const struct exam_out out = {d->report, CAGE_HIT_EMAIL};
	int rc = 0;

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]) && rc == 0; i++)
		rc = exam_tar_put(tar, all[i].name, all[i].make, &out, err);
	return rc;
}

static int put_features(
    const struct flow_details *d, const struct exam_tar *tar, struct err *err)
{
	int rc = 0;

	for (int k = CAGE_HIT_EMAIL; k < CAGE_HIT_KINDS && rc == 0; k++) {
		const struct exam_out out = {d->report, (enum cage_hit_kind)k};
		const char *word = exam_words_recorder(out.kind);
		char name[EXAM_TAR_NAME_MAX + 1];

		if (d->sums->features[k] == 0)
			continue;
		(void)snprintf(
		    name, sizeof(name), "details/features/%s.txt", word);
		rc = exam_tar_put(tar, name, exam_out_features, &out, err);
		(void)snprintf(name, sizeof(name),
		    "details/features/%s_histogram.txt", word);
		if (rc == 0)
			rc = exam_tar_put(
			    tar, name, exam_out_histogram, &out, err);
	}
	return rc;
}

static int put_more(
    const struct flow_details *d, const struct exam_tar *tar, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; i < d->more_count && rc == 0; i++) {
		char name[EXAM_TAR_NAME_MAX + 1];

		(void)snprintf(
		    name, sizeof(name), "details/%s", d->more[i].name);
		rc = exam_tar_put(
		    tar, name, d->more[i].make, d->more[i].cookie, err);
	}
	return rc;
}

int flow_details_put(const struct flow_details *details,
    const struct exam_sink *sink, struct err *err)
{
	const struct slice readme_text = slice_of(readme);
	struct buf sums;
	const struct exam_tar tar = {sink, details->report->at, &sums};
	const struct exam_tar last = {sink, details->report->at, NULL};

	buf_init(&sums, SUMS_MAX);
	int rc = exam_tar_put(
	    &tar, "details/README.txt", make_text, &readme_text, err);
	if (rc == 0)
		rc = exam_tar_put(
		    &tar, "details/report.html", make_page, details, err);
	if (rc == 0)
		rc = put_tables(details, &tar, err);
	if (rc == 0)
		rc = exam_tar_put(&tar, "details/case.jsonld", exam_uco_make,
		    details->report, err);
	if (rc == 0)
		rc = exam_tar_put(
		    &tar, "details/public.json", make_public, details, err);
	if (rc == 0)
		rc = put_features(details, &tar, err);
	if (rc == 0)
		rc = put_more(details, &tar, err);
	const struct slice sums_text = buf_slice(&sums);
	if (rc == 0)
		rc = exam_tar_put(
		    &last, "details/sha256sums", make_text, &sums_text, err);
	if (rc == 0)
		rc = exam_tar_end(&tar, err);
	buf_done(&sums);
	return rc;
}

static int put_sealed(
    void *cookie, const void *bytes, size_t n, struct err *err)
{
	return media_age_stream_put(cookie, bytes, n, err);
}

int flow_details_seal(const struct flow_details *details,
    const uint8_t (*recipients)[MEDIA_AGE_KEY_SIZE], size_t count,
    const struct media_age_sink *out, struct hash *ret_hash, uint64_t *ret_size,
    struct err *err)
{
	struct media_age_stream *stream = NULL;
	int rc = media_age_stream_new(&stream, recipients, count, out, err);
	const struct exam_sink sink = {put_sealed, stream};

	if (rc == 0)
		rc = flow_details_put(details, &sink, err);
	if (rc == 0)
		rc = media_age_stream_end(stream, ret_hash, ret_size, err);
	media_age_stream_free(stream);
	return rc;
}
