/*
 * exam_out_json.c: see exam_out.h: JSON Lines.
 */
#include "exam_out.h"

#include "exam_words.h"
#include "json.h"

static void put_identifiers(struct json *json, const struct exam_report *r,
    const struct exam_people_person *p)
{
	json_open_array(json, "identifiers");
	for (size_t i = 0; i < p->feature_n; i++) {
		struct exam_feature f =
		    exam_feature_at(r->store, p->features[i]);

		json_open_object(json, NULL);
		json_text(json, "kind", slice_of(cage_hit_name(f.kind)));
		json_text(json, "text", f.text);
		json_number(json, "finds", f.hits);
		json_number(json, "files", f.files);
		json_bool(json, "shared",
		    exam_people_is_shared(r->people, p->features[i]));
		json_bool(json, "function",
		    exam_people_is_role(r->people, p->features[i]));
		json_close_object(json);
	}
	json_close_array(json);
}

/* Those of a person's links that an object holds; a table has them all. */
#define LINKS_MAX 1000

static void put_links(struct json *json, const struct exam_people_person *p)
{
	json_number(json, "linked-to", (int64_t)p->link_n);
	json_open_array(json, "links");
	for (size_t i = 0; i < p->link_n && i < LINKS_MAX; i++) {
		json_open_object(json, NULL);
		json_text(json, "how",
		    slice_of(
			exam_words_how(p->links[i].how, p->links[i].is_from)));
		json_number(json, "other", (int64_t)p->links[i].other + 1);
		json_number(json, "records", p->links[i].seen);
		json_close_object(json);
	}
	json_close_array(json);
}

int exam_out_people_jsonl(
    const void *cookie, const struct exam_sink *sink, struct err *err)
{
	const struct exam_out *o = cookie;
	const struct exam_report *r = o->report;
	struct json json;
	struct buf out;
	int rc = 0;

	/* One person with very many identifiers is one line. */
	buf_init(&out, (size_t)1 << 30);
	for (uint32_t i = 0; i < exam_people_count(r->people) && rc == 0; i++) {
		const struct exam_people_person *p =
		    exam_people_at(r->people, i);

		json_init_line(&json, &out);
		json_open_object(&json, NULL);
		json_number(&json, "person", (int64_t)i + 1);
		json_text(
		    &json, "called", exam_feature_at(r->store, p->label).text);
		json_number(&json, "exposure", p->exposure);
		json_number(&json, "prominence", p->prominence);
		json_number(&json, "files", p->files);
		json_number(&json, "finds", (int64_t)p->hits);
		json_open_array(&json, "risks");
		for (int k = 0; k < EXAM_PEOPLE_RISKS; k++)
			if (p->risks >> k & 1)
				json_text(&json, NULL,
				    slice_of(exam_words_risk(
					(enum exam_people_risk)k)));
		json_close_array(&json);
		put_identifiers(&json, r, p);
		put_links(&json, p);
		json_close_object(&json);
		rc = exam_sink_pass(sink, &out, err);
	}
	return exam_sink_end(sink, &out, rc, err);
}

static void put_place(struct json *json, const struct exam_report *r,
    const struct exam_feature_place *place)
{
	struct exam_file_ref file = {0};
	struct buf path;
	bool has_file = place->where.file != EXAM_OWNER_NO_FILE;

	buf_init(&path, 256);
	exam_out_put_path(&path, place);
	json_open_object(json, NULL);
	json_text(json, "path", buf_slice(&path));
	buf_done(&path);
	json_number(json, "bytes", place->length);
	json_text(
	    json, "coding", slice_of(cage_hit_coding_name(place->coding)));
	json_text(json, "role", slice_of(cage_hit_role_name(place->role)));
	json_text(
	    json, "owner", slice_of(exam_words_owning(place->where.owning)));
	if (has_file)
		json_number(json, "file", place->where.file);
	if (has_file && r->files.get != NULL &&
	    r->files.get(r->files.cookie, place->where.file, &file)) {
		json_text(json, "file-path", file.path);
		json_number(json, "file-size", (int64_t)file.size);
		json_bool(json, "deleted", !file.is_allocated);
	}
	if (place->context.p != NULL)
		json_text(json, "context", place->context);
	json_close_object(json);
}

int exam_out_finds_jsonl(
    const void *cookie, const struct exam_sink *sink, struct err *err)
{
	const struct exam_out *o = cookie;
	const struct exam_report *r = o->report;
	struct exam_feature_place places[EXAM_FEATURE_PLACES_MAX];
	struct json json;
	struct buf out;
	int rc = 0;

	buf_init(&out, EXAM_SINK_ROOM);
	for (uint32_t i = 0; i < exam_feature_count(r->store) && rc == 0; i++) {
		struct exam_feature f = exam_feature_at(r->store, i);
		size_t n = exam_feature_places(r->store, i, places);

		json_init_line(&json, &out);
		json_open_object(&json, NULL);
		json_text(&json, "kind", slice_of(cage_hit_name(f.kind)));
		json_text(&json, "text", f.text);
		json_number(&json, "finds", f.hits);
		json_number(&json, "files", f.files);
		json_bool(&json, "shared", exam_people_is_shared(r->people, i));
		json_open_array(&json, "places");
		for (size_t k = 0; k < n; k++)
			put_place(&json, r, &places[k]);
		json_close_array(&json);
		json_close_object(&json);
		rc = exam_sink_pass(sink, &out, err);
	}
	return exam_sink_end(sink, &out, rc, err);
}
