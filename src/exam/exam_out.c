/*
 * exam_out.c: see exam_out.h: feature files, histograms and tables.
 */
#include "exam_out.h"

#include "csv.h"
#include "exam_words.h"
#include "mem.h"
#include "version.h"

#include <inttypes.h>
#include <stdlib.h>

void exam_out_put_path(struct buf *out, const struct exam_feature_place *place)
{
	if (place->where.is_in_file)
		buf_printf(out, "FILE%" PRIu32 "-", place->where.file);
	for (uint32_t i = 0; i < place->depth; i++)
		buf_printf(out, "%" PRIu64 "-%s-", place->steps[i].at,
		    exam_words_container(place->steps[i].container));
	buf_printf(out, "%" PRIu64, place->at);
}

/* ---- feature files ---- */

static void put_escaped(struct buf *out, struct slice text)
{
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] == '\\')
			buf_puts(out, "\\x5C");
		else
			buf_putc(out, text.p[i]);
}

static void put_banner(
    struct buf *out, const struct exam_out *o, const char *version)
{
	buf_printf(out,
	    "# counterfoil %s, a file as bulk_extractor writes it\n"
	    "# Feature-Recorder: %s\n# Filename: ",
	    VERSION_TEXT, exam_words_recorder(o->kind));
	put_escaped(out, o->report->image);
	buf_printf(out, "\n# %s-File-Version: 1.1\n", version);
}

int exam_out_features(
    const void *cookie, const struct exam_sink *sink, struct err *err)
{
	const struct exam_out *o = cookie;
	const struct exam_feature_store *store = o->report->store;
	struct exam_feature_place places[EXAM_FEATURE_PLACES_MAX];
	struct buf out;
	int rc = 0;

	buf_init(&out, EXAM_SINK_ROOM);
	put_banner(&out, o, "Feature");
	buf_printf(&out,
	    "# Places: at most %d of each feature; the histogram counts all\n",
	    EXAM_FEATURE_PLACES_MAX);
	for (uint32_t i = 0; i < exam_feature_count(store) && rc == 0; i++) {
		struct exam_feature f = exam_feature_at(store, i);

		if (f.kind != o->kind)
			continue;
		size_t n = exam_feature_places(store, i, places);
		for (size_t k = 0; k < n && rc == 0; k++) {
			exam_out_put_path(&out, &places[k]);
			buf_putc(&out, '\t');
			put_escaped(&out, f.text);
			buf_putc(&out, '\t');
			put_escaped(&out, places[k].context);
			buf_putc(&out, '\n');
			rc = exam_sink_pass(sink, &out, err);
		}
	}
	return exam_sink_end(sink, &out, rc, err);
}

/* For sorting, which has no argument of its own. */
struct counted {
	struct exam_feature f;
};

static int compare_counted(const void *a, const void *b)
{
	const struct counted *x = a, *y = b;

	if (x->f.hits != y->f.hits)
		return x->f.hits > y->f.hits ? -1 : 1;
	return slice_compare(x->f.text, y->f.text);
}

int exam_out_histogram(
    const void *cookie, const struct exam_sink *sink, struct err *err)
{
	const struct exam_out *o = cookie;
	const struct exam_feature_store *store = o->report->store;
	size_t n = 0;
	struct buf out;
	int rc = 0;

	for (uint32_t i = 0; i < exam_feature_count(store); i++)
		n += exam_feature_at(store, i).kind == o->kind;
	struct counted *all = mem_new(n + 1, sizeof(*all));
	if (all == NULL)
		return err_nomem(err);
	n = 0;
	for (uint32_t i = 0; i < exam_feature_count(store); i++) {
		all[n].f = exam_feature_at(store, i);
		n += all[n].f.kind == o->kind;
	}
	qsort(all, n, sizeof(*all), compare_counted);
	buf_init(&out, EXAM_SINK_ROOM);
	put_banner(&out, o, "Histogram");
	for (size_t i = 0; i < n && rc == 0; i++) {
		buf_printf(&out, "n=%" PRIu32 "\t", all[i].f.hits);
		put_escaped(&out, all[i].f.text);
		buf_putc(&out, '\n');
		rc = exam_sink_pass(sink, &out, err);
	}
	free(all);
	return exam_sink_end(sink, &out, rc, err);
}

/* ---- tables ---- */

static void put_header(struct buf *out, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		csv_put(out, slice_of(names[i]));
	csv_put_end(out);
}

#define HEADER(out, ...)                                                       \
	put_header(out, (const char *const[]){__VA_ARGS__},                    \
	    sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *))

static void put_number(struct buf *out, uint64_t value)
{
	char text[24];
	int n = snprintf(text, sizeof(text), "%" PRIu64, value);

	csv_put(out, (struct slice){text, (size_t)n});
}

static void put_text(struct buf *out, const char *text)
{
	csv_put(out, slice_of(text));
}

/* Words of the bits that are set, with a space between them. */
static void put_risks(struct buf *out, uint32_t risks)
{
	char text[128];
	size_t n = 0;

	for (int r = 0; r < EXAM_PEOPLE_RISKS; r++)
		if (risks >> r & 1)
			n += (size_t)snprintf(text + n, sizeof(text) - n,
			    "%s%s", n > 0 ? " " : "",
			    exam_words_risk((enum exam_people_risk)r));
	csv_put(out, (struct slice){text, n});
}

int exam_out_people_csv(
    const void *cookie, const struct exam_sink *sink, struct err *err)
{
	const struct exam_out *o = cookie;
	const struct exam_people *people = o->report->people;
	struct buf out;
	int rc = 0;

	buf_init(&out, EXAM_SINK_ROOM);
	HEADER(&out, "person", "called", "exposure", "prominence", "files",
	    "finds", "identifiers", "linked-to", "risks", "name-alone");
	for (uint32_t i = 0; i < exam_people_count(people) && rc == 0; i++) {
		const struct exam_people_person *p = exam_people_at(people, i);

		put_number(&out, i + 1);
		csv_put(&out, exam_feature_at(o->report->store, p->label).text);
		put_number(&out, p->exposure);
		put_number(&out, p->prominence);
		put_number(&out, p->files);
		put_number(&out, p->hits);
		put_number(&out, p->feature_n);
		put_number(&out, p->link_n);
		put_risks(&out, p->risks);
		put_text(&out, p->is_name_alone ? "yes" : "no");
		csv_put_end(&out);
		rc = exam_sink_pass(sink, &out, err);
	}
	return exam_sink_end(sink, &out, rc, err);
}

/* How an identifier stands to the person who has it. */
static const char *standing(const struct exam_people *people, uint32_t feature)
{
	if (exam_people_is_role(people, feature))
		return "function";
	return exam_people_is_shared(people, feature) ? "shared" : "own";
}

int exam_out_identifiers_csv(
    const void *cookie, const struct exam_sink *sink, struct err *err)
{
	const struct exam_out *o = cookie;
	const struct exam_people *people = o->report->people;
	struct buf out;
	int rc = 0;

	buf_init(&out, EXAM_SINK_ROOM);
	HEADER(&out, "person", "kind", "text", "standing", "finds", "files");
	for (uint32_t i = 0; i < exam_people_count(people) && rc == 0; i++) {
		const struct exam_people_person *p = exam_people_at(people, i);

		for (size_t k = 0; k < p->feature_n && rc == 0; k++) {
			struct exam_feature f =
			    exam_feature_at(o->report->store, p->features[k]);

			put_number(&out, i + 1);
			put_text(&out, cage_hit_name(f.kind));
			csv_put(&out, f.text);
			put_text(&out, standing(people, p->features[k]));
			put_number(&out, f.hits);
			put_number(&out, f.files);
			csv_put_end(&out);
			rc = exam_sink_pass(sink, &out, err);
		}
	}
	return exam_sink_end(sink, &out, rc, err);
}

int exam_out_links_csv(
    const void *cookie, const struct exam_sink *sink, struct err *err)
{
	const struct exam_out *o = cookie;
	const struct exam_people *people = o->report->people;
	struct buf out;
	int rc = 0;

	buf_init(&out, EXAM_SINK_ROOM);
	HEADER(&out, "person", "how", "other", "records");
	for (uint32_t i = 0; i < exam_people_count(people) && rc == 0; i++) {
		const struct exam_people_person *p = exam_people_at(people, i);

		for (size_t k = 0; k < p->link_n && rc == 0; k++) {
			const struct exam_people_link *l = &p->links[k];

			put_number(&out, i + 1);
			put_text(&out, exam_words_how(l->how, l->is_from));
			put_number(&out, l->other + 1);
			put_number(&out, l->seen);
			csv_put_end(&out);
			rc = exam_sink_pass(sink, &out, err);
		}
	}
	return exam_sink_end(sink, &out, rc, err);
}

static void put_place(struct buf *out, const struct exam_report *report,
    const struct exam_feature *f, const struct exam_feature_place *place)
{
	struct exam_file_ref file = {0};
	struct buf path;
	bool has_file = place->where.file != EXAM_OWNER_NO_FILE;
	bool is_known = has_file && report->files.get != NULL &&
	    report->files.get(report->files.cookie, place->where.file, &file);

	buf_init(&path, 256);
	exam_out_put_path(&path, place);
	put_text(out, cage_hit_name(f->kind));
	csv_put(out, f->text);
	csv_put(out, buf_slice(&path));
	put_number(out, place->length);
	put_text(out, cage_hit_coding_name(place->coding));
	put_text(out, cage_hit_role_name(place->role));
	put_text(out, exam_words_owning(place->where.owning));
	if (has_file)
		put_number(out, place->where.file);
	else
		put_text(out, NULL);
	csv_put(out, file.path);
	put_text(out, !is_known ? NULL : file.is_allocated ? "no" : "yes");
	csv_put(out, place->context);
	csv_put_end(out);
	buf_done(&path);
}

int exam_out_finds_csv(
    const void *cookie, const struct exam_sink *sink, struct err *err)
{
	const struct exam_out *o = cookie;
	const struct exam_feature_store *store = o->report->store;
	struct exam_feature_place places[EXAM_FEATURE_PLACES_MAX];
	struct buf out;
	int rc = 0;

	buf_init(&out, EXAM_SINK_ROOM);
	HEADER(&out, "kind", "text", "path", "bytes", "coding", "role", "owner",
	    "file", "file-path", "deleted", "context");
	for (uint32_t i = 0; i < exam_feature_count(store) && rc == 0; i++) {
		struct exam_feature f = exam_feature_at(store, i);
		size_t n = exam_feature_places(store, i, places);

		for (size_t k = 0; k < n && rc == 0; k++) {
			put_place(&out, o->report, &f, &places[k]);
			rc = exam_sink_pass(sink, &out, err);
		}
	}
	return exam_sink_end(sink, &out, rc, err);
}
