/*
 * cage_list.c: see cage_list.h.
 */
#include "cage_list.h"

#include "cage_internal.h"
#include "mem.h"
#include "reader.h"
#include "slice.h"
#include "text.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A box that says "more" and gives nothing is asked this often in a row. */
#define EMPTY_ANSWERS_MAX 100000

static bool is_in(uint64_t at, uint64_t n, uint64_t length)
{
	return n > 0 && n <= length && at <= length - n;
}

/* ---- entries ---- */

static size_t padded(size_t n)
{
	return (n + 7) / 8 * 8;
}

size_t cage_list_head_n(size_t name_n)
{
	return CAGE_LIST_HEAD + padded(name_n);
}

void cage_list_put_head(uint8_t *ret_bytes, const struct cage_list_entry *entry)
{
	const size_t n = cage_list_head_n(entry->name_n);
	uint8_t *p = ret_bytes;

	assert(entry->name_n < CAGE_LIST_NAME_MAX);
	memset(ret_bytes, 0, n);
	p = cage_internal_put(p, n + entry->run_n * CAGE_WIRE_RUN, 4);
	p = cage_internal_put(p, entry->flags, 4);
	p = cage_internal_put(p, entry->id, 8);
	p = cage_internal_put(p, entry->in, 8);
	p = cage_internal_put(p, entry->size, 8);
	p = cage_internal_put(p, entry->valid, 8);
	for (int i = 0; i < CAGE_LIST_TIMES; i++)
		p = cage_internal_put(p, (uint64_t)entry->times[i], 8);
	for (int i = 0; i < CAGE_LIST_TIMES; i++)
		p = cage_internal_put(p, entry->nanos[i], 4);
	p = cage_internal_put(p, entry->mode, 4);
	p = cage_internal_put(p, entry->uid, 4);
	p = cage_internal_put(p, entry->gid, 4);
	p = cage_internal_put(p, entry->links, 4);
	p = cage_internal_put(p, entry->attribute, 2);
	p = cage_internal_put(p, entry->attribute_id, 2);
	p = cage_internal_put(p, entry->type, 2);
	p = cage_internal_put(p, entry->name_n, 2);
	(void)cage_internal_put(p, entry->run_n, 4);
	if (entry->name_n > 0)
		memcpy(ret_bytes + CAGE_LIST_HEAD, entry->name, entry->name_n);
}

static uint32_t take_head(struct reader *r, struct cage_list_entry *e,
    uint32_t *ret_type, size_t *ret_run_n)
{
	const uint32_t n = reader_le32(r);

	e->flags = reader_le32(r);
	e->id = reader_le64(r);
	e->in = reader_le64(r);
	e->size = reader_le64(r);
	e->valid = reader_le64(r);
	for (int i = 0; i < CAGE_LIST_TIMES; i++)
		e->times[i] = (int64_t)reader_le64(r);
	for (int i = 0; i < CAGE_LIST_TIMES; i++)
		e->nanos[i] = reader_le32(r);
	e->mode = reader_le32(r);
	e->uid = reader_le32(r);
	e->gid = reader_le32(r);
	e->links = reader_le32(r);
	const uint32_t attribute = reader_le32(r);
	const uint32_t rest = reader_le32(r);

	e->attribute = (uint16_t)attribute;
	e->attribute_id = (uint16_t)(attribute >> 16);
	*ret_type = rest & 0xffff;
	e->name_n = rest >> 16;
	*ret_run_n = reader_le32(r);
	return n;
}

static int check_head(const struct cage_list_taking *t,
    const struct cage_list_entry *e, struct err *err)
{
	if ((e->flags & ~CAGE_LIST_FLAGS) != 0)
		return cage_internal_lie(err, "flags that there are none of");
	if (e->size > (uint64_t)INT64_MAX || e->valid > e->size)
		return cage_internal_lie(err, "a length");
	if (e->in > t->entries)
		return cage_internal_lie(
		    err, "a folder that comes behind what is in it");
	for (int i = 0; i < CAGE_LIST_TIMES; i++)
		if (e->nanos[i] >= 1000000000)
			return cage_internal_lie(err, "a time");
	if ((e->flags & CAGE_LIST_MORE_RUNS) != 0
		? t->entries == 0 || e->run_n == 0
		: e->name_n == 0)
		return cage_internal_lie(err, "an entry without a name");
	return 0;
}

static int take_name(
    struct cage_list_taking *t, struct cage_list_entry *e, struct err *err)
{
	const char *name = (const char *)t->bytes + t->at + CAGE_LIST_HEAD;

	if (!text_is_line((struct slice){name, e->name_n}, NULL, NULL) ||
	    (e->name_n > 0 && memchr(name, '/', e->name_n) != NULL))
		return cage_internal_lie(err, "a name that is no line");
	memcpy(t->name, name, e->name_n);
	t->name[e->name_n] = '\0';
	e->name = t->name;
	return 0;
}

int cage_list_take(struct cage_list_taking *t,
    struct cage_list_entry *ret_entry, struct err *err)
{
	struct cage_list_entry e = {0};
	const size_t left = t->n - t->at;
	struct reader r;
	uint32_t type = 0;

	if (left < CAGE_LIST_HEAD)
		return cage_internal_lie(err, "an entry that ends early");
	reader_init(&r, t->bytes + t->at, CAGE_LIST_HEAD);
	const size_t n = take_head(&r, &e, &type, &e.run_n);
	const size_t head_n = cage_list_head_n(e.name_n);

	if (n > left || e.name_n >= CAGE_LIST_NAME_MAX || head_n > n ||
	    e.run_n != (n - head_n) / CAGE_WIRE_RUN ||
	    (n - head_n) % CAGE_WIRE_RUN != 0)
		return cage_internal_lie(err, "an entry that ends early");
	if (type >= CAGE_LIST_TYPES)
		return cage_internal_lie(
		    err, "a kind of file that there is not");
	e.type = (enum cage_list_type)type;
	int rc = check_head(t, &e, err);

	if (rc == 0)
		rc = take_name(t, &e, err);
	if ((e.flags & CAGE_LIST_MORE_RUNS) == 0)
		t->in_file = 0;
	for (size_t i = 0; i < e.run_n && rc == 0; i++) {
		rc = cage_entry_take_runs(&t->runs[i], t->in_file, t->available,
		    t->bytes + t->at + head_n + i * CAGE_WIRE_RUN, 1, err);
		if (rc == 0)
			t->in_file += t->runs[i].length;
	}
	if (rc != 0)
		return rc;
	if ((e.flags & CAGE_LIST_MORE_RUNS) == 0)
		t->entries++;
	e.runs = t->runs;
	t->at += n;
	*ret_entry = e;
	return 0;
}

/* ---- the rest of what goes over the line ---- */

void cage_list_put_about(
    uint8_t ret_bytes[CAGE_LIST_ABOUT], const struct cage_list_about *about)
{
	uint8_t *p = cage_internal_put(ret_bytes, about->block_size, 8);

	p = cage_internal_put(p, about->heap_at, 8);
	(void)cage_internal_put(p, about->heap_n, 8);
}

int cage_list_take_about(struct cage_list_about *ret_about, uint64_t available,
    const uint8_t bytes[CAGE_LIST_ABOUT], struct err *err)
{
	struct cage_list_about a;
	struct reader r;

	reader_init(&r, bytes, CAGE_LIST_ABOUT);
	a.block_size = reader_le64(&r);
	a.heap_at = reader_le64(&r);
	a.heap_n = reader_le64(&r);
	/* The image may be cut off, so that the heap goes on behind it. */
	if (a.block_size == 0 || a.block_size > 1u << 30 ||
	    a.heap_at > available || a.heap_n > UINT32_MAX)
		return cage_internal_lie(err, "the blocks of a volume");
	*ret_about = a;
	return 0;
}

void cage_list_put_blocks(
    uint8_t ret_bytes[CAGE_LIST_BLOCKS], const struct cage_list_blocks *blocks)
{
	uint8_t *p = cage_internal_put(ret_bytes, blocks->at, 8);

	p = cage_internal_put(p, blocks->length, 8);
	(void)cage_internal_put(p, blocks->use, 8);
}

int cage_list_take_blocks(struct cage_list_blocks *ret_blocks, uint64_t after,
    uint64_t available, const uint8_t bytes[CAGE_LIST_BLOCKS], struct err *err)
{
	struct reader r;

	reader_init(&r, bytes, CAGE_LIST_BLOCKS);
	struct cage_list_blocks b = {.at = reader_le64(&r)};

	b.length = reader_le64(&r);
	const uint64_t use = reader_le64(&r);

	if (!is_in(b.at, b.length, available) || b.at < after)
		return cage_internal_lie(
		    err, "blocks that are not in the image");
	if (use < CAGE_LIST_FREE || use >= CAGE_LIST_USES)
		return cage_internal_lie(
		    err, "blocks of a kind that there is not");
	b.use = (enum cage_list_use)use;
	*ret_blocks = b;
	return 0;
}

void cage_list_put_of(
    uint8_t ret_bytes[CAGE_LIST_OF], const struct cage_list_of *of)
{
	uint8_t *p = cage_internal_put(ret_bytes, of->id, 8);

	p = cage_internal_put(p, of->attribute, 2);
	p = cage_internal_put(p, of->attribute_id, 2);
	(void)cage_internal_put(p, of->volume, 4);
}

void cage_list_take_of(
    struct cage_list_of *ret_of, const uint8_t bytes[CAGE_LIST_OF])
{
	struct reader r;

	reader_init(&r, bytes, CAGE_LIST_OF);
	ret_of->id = reader_le64(&r);
	const uint32_t attribute = reader_le32(&r);

	ret_of->attribute = (uint16_t)attribute;
	ret_of->attribute_id = (uint16_t)(attribute >> 16);
	ret_of->volume = reader_le32(&r);
}

/* ---- asking ---- */

struct asking {
	struct cage_image *image;
	struct cage_list_taking t;
	uint8_t *bytes; /* CAGE_WIRE_BYTES_MAX, copied out */
	struct cage_list_end end;
	uint64_t next; /* what the next request says */
	bool has_more, has_about;
	unsigned empty;
	int give_rc; /* of the caller's function */
};

/* One request with `next`, and what it answers copied out. */
static int ask(struct asking *a, struct cage_wire_request *request,
    struct cage_wire_answer *ret_answer, struct err *err)
{
	request->at = a->next;
	struct cage_wire_asked asked = {.request = *request};
	int rc = cage_image_need_box(a->image, err);

	if (rc == 0)
		rc = cage_image_ask_for(a->image, &asked, ret_answer, err);
	if (rc != 0)
		return rc;
	const uint64_t n = ret_answer->found.size;

	if (n > CAGE_WIRE_BYTES_MAX)
		return cage_internal_lie(err, "more bytes than there are");
	cage_box_copy(a->image->box, 0, a->bytes, (size_t)n);
	a->has_more = (ret_answer->found.flags & CAGE_WIRE_MORE) != 0;
	if (ret_answer->found.flags & CAGE_WIRE_ENDS_EARLY)
		(void)snprintf(a->end.why, sizeof(a->end.why), "%s",
		    ret_answer->text[0] != '\0' ? ret_answer->text
						: "not everything could be "
						  "looked at");
	a->empty = ret_answer->count > 0 ? 0 : a->empty + 1;
	if (a->empty > EMPTY_ANSWERS_MAX)
		return cage_internal_lie(err, "it has no end");
	return 0;
}

static int take_names(struct asking *a, uint32_t volume, cage_list_put_fn *give,
    void *cookie, struct err *err)
{
	struct cage_wire_request request = {
	    .kind = CAGE_WIRE_LIST, .flags = volume};
	struct cage_wire_answer answer;
	struct cage_list_entry entry;
	int rc = ask(a, &request, &answer, err);

	if (rc != 0)
		return rc;
	a->t.n = (size_t)answer.found.size;
	a->t.at = CAGE_LIST_ABOUT;
	if (a->t.n < CAGE_LIST_ABOUT)
		return cage_internal_lie(err, "an entry that ends early");
	if (!a->has_about)
		rc = cage_list_take_about(
		    &a->end.about, a->t.available, a->bytes, err);
	a->has_about = a->has_about || rc == 0;
	for (uint32_t i = 0; i < answer.count && rc == 0; i++) {
		rc = cage_list_take(&a->t, &entry, err);
		if (rc == 0 && a->t.entries > CAGE_LIST_NAMES_MAX)
			rc = cage_internal_lie(err, "it has no end");
		if (rc == 0)
			rc = a->give_rc = give(cookie, &entry, err);
	}
	if (rc == 0 &&
	    (a->t.at != a->t.n || answer.found.total != a->t.entries))
		rc = cage_internal_lie(err, "a count");
	a->next = answer.found.total;
	return rc;
}

static int take_spaces(struct asking *a, uint32_t volume,
    cage_list_blocks_fn *give, void *cookie, struct err *err)
{
	struct cage_wire_request request = {
	    .kind = CAGE_WIRE_SPACES, .flags = volume};
	struct cage_wire_answer answer;
	struct cage_list_blocks blocks;
	int rc = ask(a, &request, &answer, err);

	if (rc == 0 &&
	    (answer.found.size != (uint64_t)answer.count * CAGE_LIST_BLOCKS ||
		(a->has_more && answer.found.total <= a->next)))
		rc = cage_internal_lie(err, "a count");
	for (uint32_t i = 0; rc == 0 && i < answer.count; i++) {
		rc = cage_list_take_blocks(&blocks, a->t.in_file,
		    a->t.available, a->bytes + i * CAGE_LIST_BLOCKS, err);
		if (rc != 0)
			break;
		a->t.in_file = blocks.at + blocks.length;
		rc = a->give_rc = give(cookie, &blocks, err);
	}
	if (rc == 0)
		a->next = answer.found.total;
	return rc;
}

static int begin(struct asking *a, struct cage_image *image, struct err *err)
{
	assert(image->options.has_file_systems);
	a->image = image;
	a->bytes = mem_new(1, CAGE_WIRE_BYTES_MAX);
	a->t.runs =
	    mem_new(CAGE_WIRE_BYTES_MAX / CAGE_WIRE_RUN, sizeof(*a->t.runs));
	a->t.bytes = a->bytes;
	a->t.available = image->about.available;
	return a->bytes == NULL || a->t.runs == NULL ? err_nomem(err) : 0;
}

/* A loss ends the list and is said there; only the caller's own errors, and
 * having no memory, are errors. */
static int end(struct asking *a, int rc, struct err *why,
    struct cage_list_end *ret_end, struct err *err)
{
	if (rc != 0 && a->give_rc == 0 && rc != ERR_NOMEM) {
		(void)snprintf(
		    a->end.why, sizeof(a->end.why), "%s", why->message);
		cage_image_lose(a->image);
		rc = 0;
	}
	if (rc != 0)
		(void)err_set(err, rc, "%s", why->message);
	a->end.n = a->t.entries;
	*ret_end = a->end;
	free(a->bytes);
	free(a->t.runs);
	free(a);
	return rc;
}

int cage_list_names(struct cage_image *image, uint32_t volume,
    cage_list_put_fn *give, void *cookie, struct cage_list_end *ret_end,
    struct err *err)
{
	struct asking *a = mem_new(1, sizeof(*a));
	struct err why = {0};

	if (a == NULL)
		return err_nomem(err);
	int rc = begin(a, image, &why);

	do {
		if (rc == 0)
			rc = take_names(a, volume, give, cookie, &why);
	} while (rc == 0 && a->has_more);
	return end(a, rc, &why, ret_end, err);
}

int cage_list_spaces(struct cage_image *image, uint32_t volume,
    cage_list_blocks_fn *give, void *cookie, struct cage_list_end *ret_end,
    struct err *err)
{
	struct asking *a = mem_new(1, sizeof(*a));
	struct err why = {0};

	if (a == NULL)
		return err_nomem(err);
	int rc = begin(a, image, &why);

	do {
		if (rc == 0)
			rc = take_spaces(a, volume, give, cookie, &why);
	} while (rc == 0 && a->has_more);
	return end(a, rc, &why, ret_end, err);
}

int cage_list_content(struct cage_image *image, const struct cage_list_of *of,
    uint64_t at, void *ret_bytes, size_t n, size_t *ret_n, struct err *err)
{
	struct cage_wire_asked asked = {.request = {.kind = CAGE_WIRE_CONTENT,
					    .at = at,
					    .n = n,
					    .flags = of->volume}};
	struct cage_wire_answer answer;
	uint8_t bytes[CAGE_LIST_OF];

	assert(image->options.has_file_systems && n > 0 &&
	    n <= CAGE_LIST_CONTENT_MAX);
	cage_list_put_of(bytes, of);
	int rc = cage_image_need_box(image, err);

	if (rc != 0)
		return rc;
	cage_box_give(image->box, bytes, sizeof(bytes));
	rc = cage_image_ask_for(image, &asked, &answer, err);
	if (rc != 0)
		return rc;
	if (answer.found.size > n) {
		cage_image_lose(image);
		return cage_internal_lie(err, "more bytes than were asked for");
	}
	*ret_n = (size_t)answer.found.size;
	cage_box_copy(image->box, 0, ret_bytes, *ret_n);
	return 0;
}
