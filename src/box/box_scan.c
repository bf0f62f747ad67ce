/*
 * box_scan.c: see box_scan.h. Levels of bytes, each out of a container in the
 * one before; the walk through them is a loop over a stack of fixed depth.
 */
#include "box_scan.h"

#include "box_scan_text.h"
#include "box_unpack.h"
#include "buf.h"
#include "mem.h"

#include <stdlib.h>
#include <string.h>

/* Bytes of a container that are looked at in one go, without margins. */
#define INNER_WINDOW (16u << 20)
/* Containers in one such window. */
#define PENDING_MAX 65536

struct pending {
	enum cage_hit_container container;
	size_t at, n;
};

struct level {
	uint8_t *memory; /* with BOX_SCAN_PAD on either side */
	size_t cap;
	size_t n;
	uint64_t base; /* place of the first one in all bytes of this level */
	size_t from, to; /* those whose finds count */
	bool is_last; /* window */
	struct pending *pending;
	size_t pending_n, pending_cap, pending_next;
	uint64_t skip; /* containers before it are parts of one that is whole */
	struct box_unpack unpack; /* that it is made of; not of the first */
	uint64_t at; /* of the container, in the level before */
};

/* Where a record made the finds of some kinds; the last few count. */
#define MARKS 8

struct mark {
	uint64_t kinds;
	size_t begin, end;
};

struct box_scan {
	uint64_t finds;
	struct box_scan_engine *engine;
	const struct box_scan_source *source;
	struct level levels[CAGE_HIT_DEPTH_MAX + 1];
	uint32_t depth;
	uint64_t unpacked;
	struct box_scan_text text; /* that is looked at */
	struct box_scan_wide *wide;
	struct box_scan_strip *strip;
	struct box_unpack_library *library;
	struct mark marks[MARKS];
	size_t marks_n;
	size_t seen[BOX_SCAN_FAMILIES];
	struct buf kept;
	uint32_t entries, records;
	uint64_t total, taken;
	size_t taken_at;
};

int box_scan_new(struct box_scan **ret_scan, uint64_t finds, struct err *err)
{
	struct box_scan *s = mem_new(1, sizeof(*s));

	if (s == NULL)
		return err_nomem(err);
	s->finds = finds;
	buf_init(&s->kept, BOX_SCAN_KEPT_MAX);
	int rc = box_scan_engine_new(&s->engine, finds, err);
	if (rc == 0)
		rc = box_scan_wide_new(&s->wide, err);
	if (rc == 0)
		rc = box_scan_strip_new(&s->strip, err);
	if (rc == 0 && (finds & CAGE_HIT_UNPACKS(CAGE_HIT_7Z)) != 0)
		rc = box_unpack_library_new(&s->library, err);
	if (rc == 0)
		*ret_scan = s;
	else
		box_scan_free(s);
	return rc;
}

static void close_level(struct level *level)
{
	if (level->unpack.kind != NULL && level->unpack.kind->close != NULL)
		level->unpack.kind->close(&level->unpack);
	memset(&level->unpack, 0, sizeof(level->unpack));
}

void box_scan_free(struct box_scan *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i <= CAGE_HIT_DEPTH_MAX; i++) {
		close_level(&s->levels[i]);
		free(s->levels[i].memory);
		free(s->levels[i].pending);
	}
	box_unpack_library_free(s->library);
	box_scan_wide_free(s->wide);
	box_scan_strip_free(s->strip);
	box_scan_engine_free(s->engine);
	buf_done(&s->kept);
	free(s);
}

/* ---- finds ---- */

const struct box_scan_text *box_scan_text(const struct box_scan *s)
{
	return &s->text;
}

bool box_scan_wants(const struct box_scan *s, enum cage_hit_kind kind)
{
	return (s->finds & CAGE_HIT_FINDS(kind)) != 0;
}

void box_scan_mark(struct box_scan *s, uint64_t kinds, size_t begin, size_t end)
{
	s->marks[s->marks_n++ % MARKS] = (struct mark){kinds, begin, end};
}

bool box_scan_is_new(
    struct box_scan *s, enum box_scan_family family, size_t begin, size_t end)
{
	if (s->seen[family] > begin)
		return false;
	s->seen[family] = end;
	return true;
}

static void keep(struct box_scan *s, struct cage_hit *hit, uint64_t at)
{
	uint8_t bytes[CAGE_HIT_BYTES_MAX];

	hit->depth = s->depth;
	for (uint32_t i = 0; i < s->depth; i++) {
		hit->steps[i].container = s->levels[i + 1].unpack.container;
		hit->steps[i].at = s->levels[i + 1].at;
	}
	hit->at = at;
	const size_t n = cage_hit_put(bytes, hit);

	buf_put(&s->kept, bytes, n);
	s->total++;
}

/* Numbers are given out with the first find, so that none is left out. */
static void number(
    struct box_scan *s, const struct box_scan_find *find, struct cage_hit *hit)
{
	struct box_scan_record *record = find->record;

	if (record == NULL)
		return;
	if (record->record == 0)
		record->record = ++s->records;
	hit->record = record->record;
	if (!find->has_entry)
		return;
	if (record->entry == 0)
		record->entry = ++s->entries;
	hit->entry = record->entry;
}

static bool is_across(const struct box_scan_text *t, size_t at, size_t n)
{
	return box_scan_text_piece(t, at) != box_scan_text_piece(t, at + n - 1);
}

static bool is_marked(
    const struct box_scan *s, const struct box_scan_find *find)
{
	for (size_t i = 0; i < MARKS; i++) {
		const struct mark *m = &s->marks[i];

		if ((m->kinds & CAGE_HIT_FINDS(find->kind)) != 0 &&
		    find->at >= m->begin && find->at < m->end)
			return true;
	}
	return false;
}

void box_scan_put(struct box_scan *s, const struct box_scan_find *find)
{
	const struct level *level = &s->levels[s->depth];
	const struct box_scan_text *t = &s->text;
	struct cage_hit hit;

	if (!box_scan_wants(s, find->kind) || find->n == 0)
		return;
	const size_t begin = box_scan_text_place(t, find->at);
	const size_t owner = find->record != NULL
	    ? box_scan_text_place(t, find->record->at)
	    : begin;

	if (owner < level->from || owner >= level->to)
		return;
	if (find->record == NULL && is_marked(s, find))
		return;
	if (t->is_joined && !is_across(t, find->at, find->n))
		return;
	memset(&hit, 0, sizeof(hit));
	hit.kind = find->kind;
	hit.role = find->role;
	hit.coding = box_scan_text_hit(t, find, hit.text, hit.context);
	if (hit.text[0] == '\0')
		return;
	number(s, find, &hit);
	hit.length = (uint32_t)(box_scan_text_place(t, find->at + find->n - 1) +
	    (t->slope > 0 ? t->slope : 1) - begin);
	keep(s, &hit, level->base + begin);
}

static void keep_gap(struct box_scan *s, uint64_t at, size_t n, const char *why)
{
	struct cage_hit hit;

	memset(&hit, 0, sizeof(hit));
	hit.kind = CAGE_HIT_GAP;
	hit.coding = CAGE_HIT_BINARY;
	hit.length = n < UINT32_MAX ? (uint32_t)n : UINT32_MAX;
	memcpy(hit.text, why, strnlen(why, sizeof(hit.text) - 1));
	keep(s, &hit, at);
}

void box_scan_gap(struct box_scan *s, size_t at, size_t n, const char *why)
{
	const struct level *level = &s->levels[s->depth];
	const size_t begin = box_scan_text_place(&s->text, at);

	if (begin >= level->from && begin < level->to)
		keep_gap(s, level->base + begin, n, why);
}

bool box_scan_unpack(
    struct box_scan *s, enum cage_hit_container container, size_t at, size_t n)
{
	struct level *level = &s->levels[s->depth];

	if ((s->finds & CAGE_HIT_UNPACKS(container)) == 0 ||
	    s->text.pieces != NULL || at < level->from || at >= level->to)
		return false;
	if (level->pending_n == PENDING_MAX ||
	    mem_grow((void **)&level->pending, &level->pending_cap,
		level->pending_n + 1, sizeof(*level->pending), NULL) != 0) {
		keep_gap(s, level->base + at, n, "too many containers here");
		return false;
	}
	level->pending[level->pending_n++] = (struct pending){container, at, n};
	return true;
}

/* ---- one window ---- */

static int look(
    struct box_scan *s, const struct box_scan_text *text, struct err *err)
{
	s->text = *text;
	s->marks_n = 0;
	memset(s->marks, 0, sizeof(s->marks));
	memset(s->seen, 0, sizeof(s->seen));
	return box_scan_engine_run(s->engine, s, text->p, text->n, err);
}

static int look_at_window(struct box_scan *s, struct err *err)
{
	struct level *level = &s->levels[s->depth];
	const struct box_scan_text plain = {
	    .p = level->memory + BOX_SCAN_PAD, .n = level->n};
	struct box_scan_text other;

	level->pending_n = level->pending_next = 0;
	memset(level->memory + BOX_SCAN_PAD + level->n, 0, BOX_SCAN_PAD);
	int rc = look(s, &plain, err);
	if (rc == 0)
		rc = box_scan_wide_make(s->wide, plain.p, plain.n, &other, err);
	if (rc == 0 && other.n > 0)
		rc = look(s, &other, err);
	if (rc == 0 && level->unpack.text != BOX_UNPACK_PLAIN) {
		rc = box_scan_strip_make(s->strip, plain.p, plain.n,
		    level->unpack.text == BOX_UNPACK_XML, &other, err);
		if (rc == 0 && other.n > 0)
			rc = look(s, &other, err);
	}
	return rc;
}

static int make_room(struct level *level, size_t n, struct err *err)
{
	if (level->cap >= n)
		return 0;
	free(level->memory);
	level->cap = 0;
	level->memory = mem_new(1, n + 2 * (size_t)BOX_SCAN_PAD);
	if (level->memory == NULL)
		return err_nomem(err);
	level->cap = n;
	return 0;
}

/* ---- the levels ---- */

static void say_why(struct box_scan *s, const char *why)
{
	struct level *level = &s->levels[s->depth];
	const uint64_t at = level->at;

	if (why == NULL)
		return;
	s->depth--;
	keep_gap(s, at, 1, why);
	s->depth++;
}

/* The next bytes out of the container, behind those that are kept. */
static int fill(struct box_scan *s, struct err *err)
{
	struct level *level = &s->levels[s->depth];
	struct box_unpack *u = &level->unpack;
	size_t keeps = 0;
	int rc = make_room(level, INNER_WINDOW + 2 * BOX_SCAN_MARGIN, err);

	if (rc != 0)
		return rc;
	uint8_t *p = level->memory + BOX_SCAN_PAD;

	if (level->n > 0) {
		const size_t first = level->to > BOX_SCAN_MARGIN
		    ? level->to - BOX_SCAN_MARGIN
		    : 0;

		keeps = level->n - first;
		memmove(p, p + first, keeps);
		level->base += first;
		level->from = level->to - first;
	}
	uint64_t most = level->cap - keeps;
	const bool is_over = u->given + most > BOX_UNPACK_MAX ||
	    s->unpacked + most > BOX_UNPACK_ALL_MAX;
	const size_t got = u->kind->read(u, p + keeps, (size_t)most);

	u->given += got;
	s->unpacked += got;
	level->n = keeps + got;
	level->is_last = got < most || is_over;
	if (got == most && is_over)
		u->why = "more is packed in it than is unpacked here";
	level->to = level->is_last ? level->n : level->n - BOX_SCAN_MARGIN;
	if (level->is_last)
		say_why(s, u->why);
	return 0;
}

/* The next container of this level becomes the level below. */
static int enter(struct box_scan *s, struct err *err)
{
	struct level *level = &s->levels[s->depth];
	const struct pending p = level->pending[level->pending_next++];
	struct box_unpack u = {.container = p.container,
	    .library = s->library,
	    .kind = box_unpack_kind_of(p.container)};

	if (u.kind == NULL || level->base + p.at < level->skip)
		return 0;
	if (s->depth == CAGE_HIT_DEPTH_MAX) {
		keep_gap(s, level->base + p.at, p.n,
		    "more containers in each other than are unpacked");
		return 0;
	}
	if (s->unpacked >= BOX_UNPACK_ALL_MAX) {
		keep_gap(s, level->base + p.at, p.n,
		    "more is packed here than is unpacked in one go");
		return 0;
	}
	u.input.p = level->memory + BOX_SCAN_PAD + p.at;
	u.input.n = level->n - p.at;
	u.input.length = u.input.n;
	if (s->depth == 0) {
		u.input.source = s->source;
		u.input.at = level->base + p.at;
		u.input.length = s->source->length - u.input.at;
	}
	if (p.n > 0 && p.n < u.input.n)
		u.input.length = u.input.n = p.n;
	if (!u.kind->open(&u)) {
		if (u.why != NULL)
			keep_gap(s, level->base + p.at, p.n, u.why);
		return 0;
	}
	struct level *next = &s->levels[++s->depth];

	next->unpack = u;
	next->at = level->base + p.at;
	next->n = next->from = next->to = 0;
	next->skip = 0;
	next->base = 0;
	int rc = fill(s, err);
	return rc != 0 ? rc : look_at_window(s, err);
}

static int walk(struct box_scan *s, struct err *err)
{
	int rc = 0;

	while (rc == 0) {
		struct level *level = &s->levels[s->depth];

		if (level->pending_next < level->pending_n) {
			rc = enter(s, err);
		} else if (s->depth == 0) {
			break;
		} else if (!level->is_last) {
			rc = fill(s, err);
			if (rc == 0)
				rc = look_at_window(s, err);
		} else {
			const uint64_t end = level->at + level->unpack.used;

			s->depth--;
			if (level->unpack.why == NULL &&
			    end > s->levels[s->depth].skip)
				s->levels[s->depth].skip = end;
			close_level(level);
		}
	}
	while (s->depth > 0)
		close_level(&s->levels[s->depth--]);
	return rc;
}

static int fill_first(
    struct box_scan *s, uint64_t at, uint64_t n, struct err *err)
{
	const struct box_scan_source *source = s->source;
	struct level *level = &s->levels[0];
	const uint64_t before = at < BOX_SCAN_MARGIN ? at : BOX_SCAN_MARGIN;
	const uint64_t left = source->length - at - n;
	const uint64_t behind = left < BOX_SCAN_MARGIN ? left : BOX_SCAN_MARGIN;
	uint64_t lost = 0;

	level->skip = 0;
	level->n = (size_t)(before + n + behind);
	level->base = at - before;
	level->from = (size_t)before;
	level->to = (size_t)(before + n);
	int rc = make_room(level, level->n, err);
	if (rc == 0)
		rc = source->read(source->cookie, level->base,
		    level->memory + BOX_SCAN_PAD, level->n, &lost, err);
	return rc;
}

int box_scan_run(struct box_scan *s, const struct box_scan_source *source,
    uint64_t at, uint64_t n, struct err *err)
{
	buf_clear(&s->kept);
	s->source = source;
	s->depth = 0;
	s->unpacked = 0;
	s->entries = s->records = 0;
	s->total = s->taken = 0;
	s->taken_at = 0;
	if (at >= source->length || n > source->length - at)
		return err_set(err, ERR_FORMAT, "nothing is there to scan");
	int rc = fill_first(s, at, n, err);
	if (rc == 0)
		rc = look_at_window(s, err);
	if (rc == 0)
		rc = walk(s, err);
	if (rc == 0)
		rc = buf_check(&s->kept, err);
	return rc;
}

/* ---- answers ---- */

int box_scan_take(struct box_scan *s, uint64_t first, uint8_t *ret_bytes,
    size_t size, struct cage_wire_answer *answer, struct err *err)
{
	size_t n = 0;
	uint32_t count = 0;

	if (first != s->taken)
		return err_set(err, ERR_FORMAT, "these hits were given");
	while (s->taken < s->total) {
		const uint8_t *p = (const uint8_t *)s->kept.p + s->taken_at;
		const size_t here = p[0] | (size_t)p[1] << 8;

		if (here > size - n)
			break;
		memcpy(ret_bytes + n, p, here);
		n += here;
		s->taken_at += here;
		s->taken++;
		count++;
	}
	answer->count = count;
	answer->found.size = n;
	answer->found.total = s->total;
	return 0;
}

struct image {
	const struct box_reader *reader;
	void *state;
	struct box_damage damage;
};

static int read_image(void *cookie, uint64_t at, uint8_t *ret_bytes, size_t n,
    uint64_t *ret_lost, struct err *err)
{
	struct image *image = cookie;

	for (size_t done = 0; done < n;) {
		const size_t left = n - done;
		const size_t here =
		    left < CAGE_WIRE_BYTES_MAX ? left : CAGE_WIRE_BYTES_MAX;

		image->damage.n = 0;
		int rc = image->reader->read(image->state, at + done,
		    ret_bytes + done, here, &image->damage, err);
		if (rc != 0)
			return rc;
		for (uint32_t i = 0; i < image->damage.n; i++)
			*ret_lost += image->damage.of[i].length;
		done += here;
	}
	return 0;
}

int box_scan_answer_of(struct box_scan *s, const struct box_scan_source *source,
    const struct cage_wire_request *request, uint8_t *shared,
    struct cage_wire_answer *answer, struct err *err)
{
	const bool is_more = request->kind == CAGE_WIRE_HITS;

	if (!is_more) {
		int rc = box_scan_run(s, source, request->at, request->n, err);

		if (rc != 0)
			return rc;
	}
	return box_scan_take(s, is_more ? request->at : 0, shared,
	    CAGE_WIRE_BYTES_MAX, answer, err);
}

int box_scan_answer(struct box_scan *s, const struct box_reader *reader,
    void *state, uint64_t length, const struct cage_wire_request *request,
    uint8_t *shared, struct cage_wire_answer *answer, struct err *err)
{
	struct image *image = mem_new(1, sizeof(*image));

	if (image == NULL)
		return err_nomem(err);
	image->reader = reader;
	image->state = state;
	const struct box_scan_source source = {
	    .length = length, .read = read_image, .cookie = image};
	int rc = box_scan_answer_of(s, &source, request, shared, answer, err);

	free(image);
	return rc;
}
