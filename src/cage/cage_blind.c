/*
 * cage_blind.c: see cage_blind.h.
 */
#include "cage_blind.h"

#include "cage_entry.h"
#include "cage_internal.h"
#include "mem.h"
#include "reader.h"
#include "slice.h"
#include "text.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define TABLE_SIZE (CAGE_WIRE_SHARED - CAGE_WIRE_TABLE_AT)
#define NAME_AT 40
#define WHAT_AT (NAME_AT + CAGE_BLIND_NAME)
#define CERTAIN 1u
#define OPEN 2u

static_assert(CAGE_BLIND_ENTRIES_MAX * CAGE_BLIND_ENTRY <= TABLE_SIZE,
    "the table holds all findings");
static_assert(CAGE_BLIND_LOOKS_MAX * CAGE_BLIND_LOOK_ENTRY <= TABLE_SIZE,
    "the table holds all looks");
static_assert(
    WHAT_AT + CAGE_BLIND_WHAT <= CAGE_BLIND_ENTRY, "an entry holds a finding");
/* Stretches of the least length, and one cut off at either end. */
static_assert(
    CAGE_BLIND_LOOK_MAX / CAGE_BLIND_LOOK_MIN + 2 <= CAGE_BLIND_LOOKS_MAX,
    "an answer holds all looks");

/* A line with its NUL in `size` bytes, not empty. */
static bool take_text(char *ret_text, const uint8_t *p, size_t size)
{
	memcpy(ret_text, p, size);
	return ret_text[0] != '\0' && memchr(ret_text, '\0', size) != NULL &&
	    text_is_line(slice_of(ret_text), NULL, NULL);
}

/* ---- findings ---- */

void cage_blind_put(
    uint8_t ret_bytes[CAGE_BLIND_ENTRY], const struct cage_blind *blind)
{
	uint8_t *p = ret_bytes;

	memset(ret_bytes, 0, CAGE_BLIND_ENTRY);
	p = cage_internal_put(p, blind->kind, 4);
	p = cage_internal_put(p,
	    (blind->is_certain ? CERTAIN : 0) | (blind->is_open ? OPEN : 0), 4);
	p = cage_internal_put(p, blind->at, 8);
	p = cage_internal_put(p, blind->length, 8);
	(void)cage_internal_put(p, blind->of, 4);
	memcpy(ret_bytes + NAME_AT, blind->name,
	    strnlen(blind->name, CAGE_BLIND_NAME - 1));
	memcpy(ret_bytes + WHAT_AT, blind->what,
	    strnlen(blind->what, CAGE_BLIND_WHAT - 1));
}

int cage_blind_take(struct cage_blind *ret_blind, uint64_t available,
    const uint8_t bytes[CAGE_BLIND_ENTRY], struct err *err)
{
	struct cage_blind b = {0};
	struct reader r;

	reader_init(&r, bytes, CAGE_BLIND_ENTRY);
	const uint32_t kind = reader_le32(&r);
	const uint32_t flags = reader_le32(&r);

	b.at = reader_le64(&r);
	b.length = reader_le64(&r);
	b.of = reader_le32(&r);
	if (kind == 0 || kind >= CAGE_BLIND_KINDS ||
	    (flags & ~(CERTAIN | OPEN)) != 0)
		return cage_internal_lie(
		    err, "a blind spot of a kind that there is not");
	b.kind = (enum cage_blind_kind)kind;
	b.is_certain = (flags & CERTAIN) != 0;
	b.is_open = (flags & OPEN) != 0;
	if (b.kind == CAGE_BLIND_FILE)
		available = (uint64_t)INT64_MAX;
	if (b.length == 0 || b.length > available ||
	    b.at > available - b.length)
		return cage_internal_lie(
		    err, "a blind spot that is not in the image");
	if (b.of > (b.kind == CAGE_BLIND_FILE ? CAGE_BLIND_FILES_MAX - 1
					      : CAGE_WIRE_VOLUMES_MAX))
		return cage_internal_lie(
		    err, "a blind spot of what there is not");
	if (!take_text(b.name, bytes + NAME_AT, sizeof(b.name)) ||
	    !take_text(b.what, bytes + WHAT_AT, sizeof(b.what)))
		return cage_internal_lie(err, "the name of a blind spot");
	*ret_blind = b;
	return 0;
}

/* ---- looks ---- */

void cage_blind_put_look(uint8_t ret_bytes[CAGE_BLIND_LOOK_ENTRY],
    const struct cage_blind_look *look)
{
	uint8_t *p = ret_bytes;

	p = cage_internal_put(p, look->at, 8);
	p = cage_internal_put(p, look->length, 8);
	p = cage_internal_put(p, look->looks, 4);
	(void)cage_internal_put(p, look->byte, 4);
}

int cage_blind_take_looks(struct cage_blind_look *ret_looks, uint64_t at,
    uint64_t n, const uint8_t *table, uint32_t count, struct err *err)
{
	uint64_t from = at;
	const uint64_t end = at + n;
	struct reader r;

	assert(count <= CAGE_BLIND_LOOKS_MAX);
	reader_init(&r, table, (size_t)count * CAGE_BLIND_LOOK_ENTRY);
	for (uint32_t i = 0; i < count; i++) {
		struct cage_blind_look l = {.at = reader_le64(&r)};

		l.length = reader_le64(&r);
		const uint32_t looks = reader_le32(&r);

		l.byte = (uint8_t)reader_le32(&r);
		if (l.at < from || l.at >= end || l.length == 0 ||
		    l.length > end - l.at)
			return cage_internal_lie(
			    err, "a range that was not asked for");
		if (looks == 0 || looks >= CAGE_BLIND_LOOKS_COUNT)
			return cage_internal_lie(
			    err, "a look that there is not");
		l.looks = (enum cage_blind_looks)looks;
		from = l.at + l.length;
		ret_looks[i] = l;
	}
	return 0;
}

/* ---- pieces ---- */

void cage_blind_put_piece(
    uint8_t ret_bytes[CAGE_BLIND_PIECE], const struct cage_blind_piece *piece)
{
	uint8_t *p = ret_bytes;

	p = cage_internal_put(p, piece->at, 8);
	p = cage_internal_put(p, piece->length, 8);
	p = cage_internal_put(p, piece->of, 8);
	(void)cage_internal_put(p, piece->size, 8);
}

void cage_blind_take_piece(
    struct cage_blind_piece *ret_piece, const uint8_t bytes[CAGE_BLIND_PIECE])
{
	struct reader r;

	reader_init(&r, bytes, CAGE_BLIND_PIECE);
	ret_piece->at = reader_le64(&r);
	ret_piece->length = reader_le64(&r);
	ret_piece->of = reader_le64(&r);
	ret_piece->size = reader_le64(&r);
}

/* ---- asking ---- */

/* The request, with n bytes that go before it; its table is then copied. */
static int ask(struct cage_image *image, struct cage_wire_asked *asked,
    const void *bytes, size_t n, size_t entry, uint32_t *ret_n,
    uint64_t *ret_total, struct err *err)
{
	struct cage_wire_answer answer;

	assert(image->options.has_file_systems);
	int rc = cage_image_need_box(image, err);

	if (rc != 0)
		return rc;
	cage_box_give(image->box, bytes, n);
	rc = cage_image_ask_for(image, asked, &answer, err);
	if (rc != 0)
		return rc;
	cage_box_copy(image->box, CAGE_WIRE_TABLE_AT, image->table,
	    (size_t)answer.count * entry);
	*ret_n = answer.count;
	*ret_total = answer.found.total;
	return 0;
}

struct found {
	struct cage_blind *of;
	size_t n, cap;
	uint64_t total;
};

/* The findings of one answer, behind those that are there. */
static int take_all(const struct cage_image *image, uint32_t count,
    bool is_of_files, struct cage_blind *to, struct err *err)
{
	int rc = 0;

	for (uint32_t i = 0; i < count && rc == 0; i++) {
		rc = cage_blind_take(&to[i], image->about.available,
		    image->table + i * CAGE_BLIND_ENTRY, err);
		if (rc == 0 && (to[i].kind == CAGE_BLIND_FILE) != is_of_files)
			rc = cage_internal_lie(
			    err, "a blind spot of another kind");
	}
	return rc;
}

/* The same question until all is there, with n bytes that go before it. */
static int ask_all(struct cage_image *image,
    const struct cage_wire_request *request, const void *bytes, size_t n,
    struct found *found, struct err *err)
{
	do {
		struct cage_wire_asked asked = {.request = *request};
		const size_t have = found->n;
		uint64_t total = 0;
		uint32_t count = 0;

		asked.request.at = have;
		int rc = ask(image, &asked, bytes, n, CAGE_BLIND_ENTRY, &count,
		    &total, err);
		if (rc != 0)
			return rc;
		if (total > CAGE_BLIND_FOUND_MAX ||
		    (have > 0 && total != found->total) ||
		    count > total - have || (count == 0 && have < total))
			rc = cage_internal_lie(err, "a count of blind spots");
		if (rc == 0)
			rc = mem_grow((void **)&found->of, &found->cap,
			    have + count + 1, sizeof(*found->of), err);
		if (rc == 0)
			rc = take_all(image, count,
			    request->kind == CAGE_WIRE_BLIND_FILES,
			    found->of + have, err);
		if (rc == ERR_FORMAT)
			cage_image_lose(image);
		if (rc != 0)
			return rc;
		found->n += count;
		found->total = total;
	} while (found->n < found->total);
	return 0;
}

static int give(
    int rc, struct found *found, struct cage_blind **ret_found, size_t *ret_n)
{
	if (rc != 0) {
		free(found->of);
		return rc;
	}
	*ret_found = found->of;
	*ret_n = found->n;
	return 0;
}

int cage_blind_image(struct cage_image *image, struct cage_blind **ret_found,
    size_t *ret_n, struct err *err)
{
	const struct cage_wire_request request = {.kind = CAGE_WIRE_BLIND};
	struct found found = {0};
	int rc = ask_all(image, &request, "", 0, &found, err);

	return give(rc, &found, ret_found, ret_n);
}

int cage_blind_look(struct cage_image *image, uint64_t at, uint64_t n,
    struct cage_blind_look *ret_looks, size_t *ret_n, struct err *err)
{
	struct cage_wire_asked asked = {
	    .request = {.kind = CAGE_WIRE_LOOK, .at = at, .n = n}};
	uint64_t total = 0;
	uint32_t count = 0;

	assert(n > 0 && n <= CAGE_BLIND_LOOK_MAX && at <= UINT64_MAX - n);
	int rc = ask(
	    image, &asked, "", 0, CAGE_BLIND_LOOK_ENTRY, &count, &total, err);
	if (rc != 0)
		return rc;
	rc = cage_blind_take_looks(ret_looks, at, n, image->table, count, err);
	if (rc == 0)
		*ret_n = count;
	else
		cage_image_lose(image);
	return rc;
}

int cage_blind_files(struct cage_image *image,
    const struct cage_blind_piece *pieces, size_t n,
    struct cage_blind **ret_found, size_t *ret_n, struct err *err)
{
	const struct cage_wire_request request = {
	    .kind = CAGE_WIRE_BLIND_FILES, .n = n};
	uint8_t *bytes = mem_new(n, CAGE_BLIND_PIECE);
	struct found found = {0};
	int rc = bytes == NULL ? err_nomem(err) : 0;

	assert(n > 0 && n <= CAGE_BLIND_PIECES_MAX &&
	    pieces[n - 1].of < CAGE_BLIND_FILES_MAX);
	for (size_t i = 0; i < n && rc == 0; i++)
		cage_blind_put_piece(bytes + i * CAGE_BLIND_PIECE, &pieces[i]);
	if (rc == 0)
		rc = ask_all(
		    image, &request, bytes, n * CAGE_BLIND_PIECE, &found, err);
	free(bytes);
	for (size_t i = 0; i < found.n && rc == 0; i++)
		if (found.of[i].of > pieces[n - 1].of) {
			cage_image_lose(image);
			rc = cage_internal_lie(
			    err, "a file that was not asked for");
		}
	return give(rc, &found, ret_found, ret_n);
}
