/*
 * cage_scan.c: see cage_scan.h.
 */
#include "cage_scan.h"

#include "cage_entry.h"
#include "cage_internal.h"
#include "mem.h"
#include "text.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* Halves of halves of CAGE_WIRE_SCAN_MAX. */
#define HALVES_MAX 16

static_assert(
    CAGE_WIRE_SCAN_MAX >> HALVES_MAX < CAGE_SCAN_PIECE, "halves that wait");

struct scan {
	struct cage_image *image;
	struct cage_scan_numbers *numbers;
	cage_scan_hit_fn *put;
	void *cookie;
	uint8_t *bytes; /* CAGE_WIRE_BYTES_MAX: a copy of what was sent */
	struct cage_hit_asked asked;
	const struct cage_list_of *of; /* NULL: of the image itself */
	uint64_t given; /* hits of this piece */
	bool is_callers; /* what went wrong is not the box's */
};

/* What belongs together in this piece, in all of the scan. */
static int give(struct scan *s, struct cage_hit *hit, struct err *err)
{
	if (hit->entry > UINT32_MAX - s->numbers->entries ||
	    hit->record > UINT32_MAX - s->numbers->records) {
		s->is_callers = true;
		return err_set(err, ERR_LIMIT, "too many records in one scan");
	}
	if (hit->entry > 0)
		hit->entry += s->numbers->entries;
	if (hit->record > 0)
		hit->record += s->numbers->records;
	int rc = s->put(s->cookie, hit, err);
	s->is_callers = rc != 0;
	return rc;
}

static int take_batch(
    struct scan *s, const struct cage_wire_answer *answer, struct err *err)
{
	const uint64_t n = answer->found.size;
	size_t at = 0;

	if (n > CAGE_WIRE_BYTES_MAX ||
	    answer->count > answer->found.total - s->given)
		return cage_internal_lie(err, "a count of hits");
	cage_box_copy(s->image->box, 0, s->bytes, (size_t)n);
	for (uint32_t i = 0; i < answer->count; i++) {
		struct cage_hit hit;
		size_t used;
		int rc = cage_hit_take(
		    &hit, &used, &s->asked, s->bytes + at, (size_t)n - at, err);

		if (rc == 0)
			rc = give(s, &hit, err);
		if (rc != 0)
			return rc;
		at += used;
		s->given++;
	}
	return 0;
}

/* Which file it is. */
static void give_name(struct scan *s, enum cage_wire_kind kind)
{
	uint8_t bytes[CAGE_LIST_OF];

	if (kind != CAGE_WIRE_SCAN_FILE)
		return;
	cage_list_put_of(bytes, s->of);
	cage_box_give(s->image->box, bytes, sizeof(bytes));
}

static int ask(struct scan *s, struct cage_wire_request request,
    struct cage_wire_answer *ret_answer, struct err *err)
{
	struct cage_wire_asked asked = {.request = request};
	int rc = cage_image_need_box(s->image, err);

	if (rc == 0) {
		give_name(s, request.kind);
		s->image->reads++;
		rc = cage_image_ask(s->image, &asked, ret_answer, err);
	}
	if (rc == 0 && ret_answer->code != 0)
		rc = cage_image_say(s->image, ret_answer, err);
	return rc;
}

/* One piece in one go. */
static int scan_piece(struct scan *s, uint64_t at, uint64_t n, struct err *err)
{
	struct cage_wire_answer answer;
	uint64_t total = 0;

	s->asked = (struct cage_hit_asked){
	    .at = at, .n = n, .finds = s->image->options.finds};
	s->given = 0;
	int rc = ask(s,
	    (struct cage_wire_request){
		.kind = s->of != NULL ? CAGE_WIRE_SCAN_FILE : CAGE_WIRE_SCAN,
		.at = at,
		.n = n,
		.flags = s->of != NULL ? s->of->volume : 0},
	    &answer, err);
	if (rc == 0)
		total = answer.found.total;
	while (rc == 0) {
		rc = take_batch(s, &answer, err);
		if (rc != 0 || s->given == total)
			break;
		rc = answer.count == 0
		    ? cage_internal_lie(err, "fewer hits than it said")
		    : ask(s,
			  (struct cage_wire_request){
			      .kind = CAGE_WIRE_HITS, .at = s->given},
			  &answer, err);
		if (rc == 0 && answer.found.total != total)
			rc = cage_internal_lie(
			    err, "another count of hits than before");
	}
	s->numbers->entries += s->asked.entries;
	s->numbers->records += s->asked.records;
	if (rc == ERR_FORMAT && !s->is_callers && s->image->box != NULL)
		cage_image_lose(s->image);
	return rc;
}

static int give_gap(
    struct scan *s, uint64_t at, uint64_t n, const char *why, struct err *err)
{
	struct cage_hit hit;

	memset(&hit, 0, sizeof(hit));
	hit.kind = CAGE_HIT_GAP;
	hit.coding = CAGE_HIT_BINARY;
	hit.at = at;
	hit.length = (uint32_t)n;
	(void)text_show(hit.text, sizeof(hit.text),
	    (struct slice){why, strnlen(why, ERR_MESSAGE_MAX)});
	return s->put(s->cookie, &hit, err);
}

/* Not the evidence's fault, so that going on would help nobody. */
static bool is_fatal(int rc)
{
	return rc != ERR_FORMAT && rc != ERR_LIMIT && rc != ERR_NOMEM;
}

static int scan_all(struct scan *s, uint64_t at, uint64_t n, struct err *err)
{
	struct cage_wire_range waiting[HALVES_MAX] = {{at, n}};
	size_t left = 1;
	int rc = 0;

	while (left > 0 && rc == 0) {
		const struct cage_wire_range r = waiting[--left];
		struct err why = {0};

		rc = scan_piece(s, r.at, r.length, &why);
		if (rc == 0)
			continue;
		if (s->is_callers || is_fatal(rc))
			return err_set(err, rc, "%s", why.message);
		if (r.length <= CAGE_SCAN_PIECE || s->given > 0) {
			rc = give_gap(s, r.at, r.length, why.message, err);
			continue;
		}
		const uint64_t half = r.length / 2;

		waiting[left++] =
		    (struct cage_wire_range){r.at + half, r.length - half};
		waiting[left++] = (struct cage_wire_range){r.at, half};
		rc = 0;
	}
	return rc;
}

int cage_scan_range(struct cage_image *image, uint64_t at, uint64_t n,
    struct cage_scan_numbers *numbers, cage_scan_hit_fn *put, void *cookie,
    struct err *err)
{
	struct scan s = {
	    .image = image, .numbers = numbers, .put = put, .cookie = cookie};

	assert(n > 0 && n <= CAGE_WIRE_SCAN_MAX && image->options.finds != 0);
	s.bytes = mem_new(1, CAGE_WIRE_BYTES_MAX);
	if (s.bytes == NULL)
		return err_nomem(err);
	int rc = scan_all(&s, at, n, err);
	free(s.bytes);
	return rc;
}

int cage_scan_file(struct cage_image *image, const struct cage_list_of *of,
    uint64_t size, struct cage_scan_numbers *numbers, cage_scan_hit_fn *put,
    void *cookie, struct err *err)
{
	struct scan s = {.image = image,
	    .numbers = numbers,
	    .put = put,
	    .cookie = cookie,
	    .of = of};
	int rc = 0;

	assert(image->options.finds != 0 && image->options.has_file_systems);
	s.bytes = mem_new(1, CAGE_WIRE_BYTES_MAX);
	if (s.bytes == NULL)
		return err_nomem(err);
	for (uint64_t at = 0; at < size && rc == 0; at += CAGE_WIRE_SCAN_MAX) {
		const uint64_t left = size - at;

		rc = scan_all(&s, at,
		    left < CAGE_WIRE_SCAN_MAX ? left : CAGE_WIRE_SCAN_MAX, err);
	}
	free(s.bytes);
	return rc;
}
