/*
 * exam_blind_words.c: blind spots as lines of a record and as JSON; see
 * exam_blind.h.
 */
#include "exam_blind.h"

#include <assert.h>
#include <string.h>

#define SORTS_MAX 32

const char *exam_blind_kind_name(enum exam_blind_kind kind)
{
	static const char *const names[EXAM_BLIND_KINDS] = {
	    [EXAM_BLIND_VOLUME] = "encrypted volume",
	    [EXAM_BLIND_FILE] = "encrypted file",
	    [EXAM_BLIND_SYSTEM] = "file system that is not read",
	    [EXAM_BLIND_GAP] = "outside of all volumes",
	    [EXAM_BLIND_TABLE] = "odd partition table",
	    [EXAM_BLIND_RANDOM] = "random bytes",
	    [EXAM_BLIND_WIPED] = "wiped",
	    [EXAM_BLIND_HIDDEN] = "hidden area",
	    [EXAM_BLIND_UNREAD] = "unread",
	};

	assert(kind > 0 && kind < EXAM_BLIND_KINDS);
	return names[kind];
}

/* Encrypted files by their sort: names of files are personal data. */
static void put_files(const struct exam_spot *spots, size_t n, struct buf *out)
{
	struct {
		const char *name;
		size_t n;
		uint64_t bytes;
		bool is_certain;
	} sorts[SORTS_MAX] = {{NULL, 0, 0, false}};
	size_t sorts_n = 0;

	for (size_t i = 0; i < n; i++) {
		size_t k = 0;

		while (k < sorts_n && strcmp(sorts[k].name, spots[i].name) != 0)
			k++;
		if (k == SORTS_MAX)
			k--;
		if (k == sorts_n) {
			sorts[k].name = spots[i].name;
			sorts[k].is_certain = spots[i].is_certain;
			sorts_n++;
		}
		sorts[k].n++;
		sorts[k].bytes += spots[i].length;
	}
	for (size_t k = 0; k < sorts_n; k++)
		buf_printf(out, "%s: %zu of the sort %s, %llu bytes%s\n",
		    exam_blind_kind_name(EXAM_BLIND_FILE), sorts[k].n,
		    sorts[k].name, (unsigned long long)sorts[k].bytes,
		    sorts[k].is_certain ? "" : " (suspected)");
}

static void put_spot(const struct exam_spot *s, struct buf *out)
{
	buf_printf(out, "%s, bytes %llu to %llu: %s%s%s\n",
	    exam_blind_kind_name(s->kind), (unsigned long long)s->at,
	    (unsigned long long)(s->at + s->length - 1), s->what,
	    s->is_certain ? "" : " (suspected)",
	    s->is_open ? " (readable without a secret)" : "");
}

void exam_blind_put_lines(
    const struct exam_blind *blind, size_t max, struct buf *out)
{
	size_t n = 0, files = 0, first = 0, put = 0, left = 0;
	const struct exam_spot *spots = exam_blind_spots(blind, &n);

	for (size_t i = 0; i < n; i++)
		if (spots[i].kind == EXAM_BLIND_FILE && files++ == 0)
			first = i;
	put_files(spots + first, files, out);
	for (size_t i = 0; i < n; i++) {
		if (spots[i].kind == EXAM_BLIND_FILE)
			continue;
		if (put++ < max)
			put_spot(&spots[i], out);
		else
			left++;
	}
	if (left > 0)
		buf_printf(out, "%zu more: in the result\n", left);
}

void exam_blind_put_json(
    const struct exam_blind *blind, struct json *json, const char *name)
{
	size_t n = 0;
	const struct exam_spot *spots = exam_blind_spots(blind, &n);

	json_open_array(json, name);
	for (size_t i = 0; i < n; i++) {
		const struct exam_spot *s = &spots[i];

		json_open_object(json, NULL);
		json_text(
		    json, "kind", slice_of(exam_blind_kind_name(s->kind)));
		json_text(json, "name", slice_of(s->name));
		json_text(json, "what", slice_of(s->what));
		json_number(json, "at", (int64_t)s->at);
		json_number(json, "length", (int64_t)s->length);
		if (s->volume > 0)
			json_number(json, "volume", s->volume);
		if (s->file != EXAM_OWNER_NO_FILE)
			json_number(json, "file", s->file);
		json_text(json, "grade",
		    slice_of(s->is_certain ? "certain" : "suspected"));
		json_bool(json, "readable", s->is_open);
		json_close_object(json);
	}
	json_close_array(json);
}
