/*
 * fuzz_exam.c: hits as a box might send them, made into people and into every
 * file of the details: counts add up, whoever is joined has names that fit, and
 * no text of evidence becomes markup, a cell's formula or a second line.
 */
#include "csv.h"
#include "exam_name.h"
#include "exam_out.h"
#include "exam_uco.h"
#include "flow_exposure.h"

#include <stdlib.h>
#include <string.h>

#define FIXED 12 /* bytes of a hit before its text */
#define TEXTS_MAX (64u << 20)

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void require(bool is_true)
{
	if (!is_true)
		abort();
}

static int put(void *cookie, const void *bytes, size_t n, struct err *err)
{
	buf_put(cookie, bytes, n);
	return buf_check(cookie, err);
}

/* The next hit; 0 at the end. */
static size_t next_hit(const uint8_t *p, size_t n, struct cage_hit *ret_hit,
    struct exam_feature_where *ret_where)
{
	struct cage_hit hit = {0};

	if (n < FIXED || n - FIXED < p[11])
		return 0;
	hit.kind = (enum cage_hit_kind)p[0];
	hit.coding = (enum cage_hit_coding)(p[1] & 15);
	hit.role = (enum cage_hit_role)(p[2] & 15);
	hit.depth = p[3];
	for (uint32_t i = 0; i < hit.depth && i < CAGE_HIT_DEPTH_MAX; i++) {
		hit.steps[i].container = (enum cage_hit_container)(p[4] & 15);
		hit.steps[i].at = (uint64_t)p[5] << (p[4] >> 2);
	}
	hit.at = (uint64_t)p[5] << (p[1] >> 4);
	hit.entry = p[6];
	hit.record = p[7];
	*ret_where = (struct exam_feature_where){
	    (enum exam_owning)(p[8] & 15), p[9], p[10] & 1};
	memcpy(hit.text, p + FIXED, p[11]);
	memcpy(hit.context, p + FIXED,
	    p[11] < sizeof(hit.context) ? p[11] : sizeof(hit.context) - 1);
	*ret_hit = hit;
	return FIXED + p[11];
}

static struct exam_feature_store *fill(const uint8_t *bytes, size_t n)
{
	struct exam_feature_store *store = NULL;
	uint64_t added = 0, kept = 0;
	struct exam_feature_where where;
	struct cage_hit hit;

	require(exam_feature_new(&store, n % 2 == 0 ? 0 : 3u << 20, NULL) == 0);
	for (size_t at = 0, used;
	     (used = next_hit(bytes + at, n - at, &hit, &where)) > 0;
	     at += used) {
		int rc = exam_feature_add(store, &hit, &where, NULL);

		require(rc == 0 || rc == ERR_FORMAT);
		added += rc == 0;
		if (bytes[at + 10] & 2)
			require(exam_feature_end_scan(store, NULL) == 0);
	}
	require(exam_feature_seal(store, NULL) == 0);
	for (uint32_t i = 0; i < exam_feature_count(store); i++)
		kept += exam_feature_at(store, i).hits;
	struct exam_feature_left_out left = exam_feature_left_out(store);
	for (int k = 0; k < CAGE_HIT_KINDS; k++)
		kept += left.hits[k];
	require(kept == added);
	return store;
}

/* No two names of somebody without a passport differ. */
static void check_names(
    const struct exam_report *r, const struct exam_people_person *p)
{
	const uint64_t seed[2] = {1, 2};

	if (p->kinds >> CAGE_HIT_PASSPORT & 1)
		return;
	for (size_t i = 0; i < p->entry_n; i++)
		require(exam_people_of_entry(r->people, p->entries[i]) !=
		    EXAM_PEOPLE_NOBODY);
	for (size_t i = 1; i < p->feature_n; i++) {
		struct exam_feature a =
		    exam_feature_at(r->store, p->features[i - 1]);
		struct exam_feature b =
		    exam_feature_at(r->store, p->features[i]);
		struct exam_name x = exam_name_of(a.text, seed);
		struct exam_name y = exam_name_of(b.text, seed);

		require(exam_name_compare(&x, &y) == exam_name_compare(&y, &x));
		/* Of one entry they may be anything: it is one person's. */
		if (a.kind == CAGE_HIT_NAME && b.kind == CAGE_HIT_NAME &&
		    p->entry_n == 2 &&
		    exam_feature_entry_at(r->store, p->entries[0]).n == 2 &&
		    exam_feature_entry_at(r->store, p->entries[1]).n == 2)
			require(exam_name_compare(&x, &y) != EXAM_NAME_DIFFER);
	}
}

static void check_texts(const struct exam_report *r)
{
	static exam_sink_make_fn *const makers[] = {exam_out_features,
	    exam_out_histogram, exam_out_people_csv, exam_out_identifiers_csv,
	    exam_out_links_csv, exam_out_finds_csv, exam_out_people_jsonl,
	    exam_out_finds_jsonl};
	const struct exam_out o = {r, CAGE_HIT_EMAIL};
	struct buf out;
	const struct exam_sink sink = {put, &out};

	buf_init(&out, TEXTS_MAX);
	for (size_t i = 0; i < sizeof(makers) / sizeof(makers[0]); i++) {
		struct csv csv;

		buf_clear(&out);
		require(makers[i](&o, &sink, NULL) == 0);
		if (i < 2 || i > 5)
			continue;
		require(csv_parse(&csv, out.p, out.n, NULL) == 0);
		for (size_t c = 0; c < csv.row_count * csv.column_count; c++)
			require(csv.cells[c].n == 0 ||
			    memchr("=+-@", csv.cells[c].p[0], 4) == NULL);
		csv_done(&csv);
	}
	buf_clear(&out);
	require(exam_uco_make(r, &sink, NULL) == 0);
	buf_done(&out);
}

static void check_page(
    const struct exam_report *r, const struct exam_report_sums *sums)
{
	size_t less = 0, more = 0;
	struct buf page;

	buf_init(&page, TEXTS_MAX);
	exam_report_put_words(&page, r, sums);
	exam_report_put_json(&page, r, sums);
	require(buf_check(&page, NULL) == 0);
	buf_clear(&page);
	require(flow_exposure_put(r, sums, &page, NULL) == 0);
	for (size_t i = 0; i < page.n; i++) {
		less += page.p[i] == '<';
		more += page.p[i] == '>';
	}
	require(less == more);
	require(strstr(page.p, "<script") == NULL);
	buf_done(&page);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct exam_feature_store *store = fill(bytes, n);
	struct exam_people *people = NULL;
	struct exam_report_sums sums;

	require(exam_people_new(&people, store, NULL) == 0);
	const struct exam_report r = {.store = store, .people = people};
	require(exam_report_sum(&sums, &r, NULL) == 0);
	require(sums.people.people + sums.people.names_alone ==
	    exam_people_count(people));
	for (uint32_t i = 0; i < exam_people_count(people); i++)
		check_names(&r, exam_people_at(people, i));
	check_texts(&r);
	check_page(&r, &sums);
	exam_people_free(people);
	exam_feature_free(store);
	return 0;
}
