/*
 * cage_carve.c: see cage_carve.h.
 */
#include "cage_carve.h"

#include "cage_internal.h"
#include "mem.h"
#include "reader.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static_assert(CAGE_CARVE_ENTRIES_MAX * CAGE_CARVE_ENTRY <=
	CAGE_WIRE_SHARED - CAGE_WIRE_TABLE_AT,
    "the table holds all that is carved");

const char *cage_carve_name(enum cage_carve_type type)
{
	static const char *const names[CAGE_CARVE_TYPES] = {
	    "", "jpeg", "png", "gif", "pdf", "zip", "sqlite", "mp4"};

	assert(type > 0 && type < CAGE_CARVE_TYPES);
	return names[type];
}

void cage_carve_put(
    uint8_t ret_bytes[CAGE_CARVE_ENTRY], const struct cage_carved *carved)
{
	uint8_t *p = cage_internal_put(ret_bytes, carved->at, 8);

	p = cage_internal_put(p, carved->length, 8);
	p = cage_internal_put(p, carved->type, 4);
	(void)cage_internal_put(p, carved->is_whole, 4);
}

int cage_carve_take(struct cage_carved *ret_carved, uint64_t at, uint64_t n,
    const uint8_t *table, uint32_t count, struct err *err)
{
	const uint64_t end = at + n;
	struct reader r;

	assert(count <= CAGE_CARVE_ENTRIES_MAX);
	reader_init(&r, table, (size_t)count * CAGE_CARVE_ENTRY);
	for (uint32_t i = 0; i < count; i++) {
		struct cage_carved c = {.at = reader_le64(&r)};

		c.length = reader_le64(&r);
		const uint32_t type = reader_le32(&r);
		const uint32_t is_whole = reader_le32(&r);

		if (c.at < at || c.at >= end || c.length == 0 ||
		    c.length > end - c.at)
			return cage_internal_lie(
			    err, "a file that is not in the range");
		if (type == 0 || type >= CAGE_CARVE_TYPES || is_whole > 1)
			return cage_internal_lie(
			    err, "a file of a type that there is not");
		c.type = (enum cage_carve_type)type;
		c.is_whole = is_whole == 1;
		at = c.at + c.length;
		ret_carved[i] = c;
	}
	return 0;
}

struct carved {
	struct cage_carved *of;
	size_t n, cap;
};

/* What one answer has of the n bytes at `at`; *ret_done of them were looked
 * at. */
static int ask(struct cage_image *image, uint64_t at, uint64_t n,
    struct carved *carved, uint64_t *ret_done, struct err *err)
{
	struct cage_wire_asked asked = {
	    .request = {.kind = CAGE_WIRE_CARVE, .at = at, .n = n}};
	struct cage_wire_answer answer;
	int rc = cage_image_ask_for(image, &asked, &answer, err);

	if (rc != 0)
		return rc;
	rc = mem_grow((void **)&carved->of, &carved->cap,
	    carved->n + answer.count + 1, sizeof(*carved->of), err);
	if (rc != 0)
		return rc;
	const uint64_t done = answer.found.total;

	cage_box_copy(image->box, CAGE_WIRE_TABLE_AT, image->table,
	    (size_t)answer.count * CAGE_CARVE_ENTRY);
	if (done == 0 || done > n)
		rc = cage_internal_lie(err, "how far it looked");
	if (rc == 0)
		rc = cage_carve_take(carved->of + carved->n, at, done,
		    image->table, answer.count, err);
	if (rc != 0) {
		cage_image_lose(image);
		return rc;
	}
	carved->n += answer.count;
	*ret_done = done;
	return 0;
}

int cage_carve_range(struct cage_image *image, uint64_t at, uint64_t n,
    struct cage_carved **ret_carved, size_t *ret_n, struct err *err)
{
	struct carved carved = {0};
	int rc = 0;

	assert(image->options.has_file_systems);
	while (n > 0 && rc == 0) {
		uint64_t done = 0;

		rc = ask(image, at, n, &carved, &done, err);
		at += done;
		n -= done;
	}
	if (rc != 0) {
		free(carved.of);
		return rc;
	}
	*ret_carved = carved.of;
	*ret_n = carved.n;
	return 0;
}
