/*
 * cage_entry.c: see cage_entry.h.
 */
#include "cage_entry.h"

#include "cage_internal.h"
#include "reader.h"
#include "slice.h"
#include "text.h"

#include <assert.h>
#include <string.h>

static_assert(CAGE_WIRE_VOLUMES_MAX * CAGE_WIRE_VOLUME <=
	CAGE_WIRE_SHARED - CAGE_WIRE_TABLE_AT,
    "the table holds all volumes");
static_assert(
    CAGE_WIRE_RUNS_MAX * CAGE_WIRE_RUN <= CAGE_WIRE_SHARED - CAGE_WIRE_TABLE_AT,
    "the table holds all runs");
static_assert(CAGE_WIRE_OWNERS_MAX * CAGE_WIRE_OWNER <= CAGE_WIRE_BYTES_MAX,
    "the shared memory holds all owners");
static_assert(24 + CAGE_WIRE_SYSTEM + CAGE_WIRE_WHAT <= CAGE_WIRE_VOLUME,
    "an entry holds a volume");
static_assert(
    24 + CAGE_WIRE_SHOWN <= CAGE_WIRE_OWNER, "an entry holds an owner");

static uint8_t *put_text(uint8_t *p, const char *text, size_t size)
{
	memcpy(p, text, strnlen(text, size - 1));
	return p + size;
}

/* A line with its NUL in `size` bytes. */
static bool take_text(char *ret_text, const uint8_t *p, size_t size)
{
	memcpy(ret_text, p, size);
	return memchr(ret_text, '\0', size) != NULL &&
	    text_is_line(slice_of(ret_text), NULL, NULL);
}

static bool is_in(uint64_t at, uint64_t n, uint64_t length)
{
	return n > 0 && n <= length && at <= length - n;
}

/* ---- volumes ---- */

void cage_entry_put_volume(
    uint8_t ret_bytes[CAGE_WIRE_VOLUME], const struct cage_wire_volume *volume)
{
	uint8_t *p = ret_bytes;

	memset(ret_bytes, 0, CAGE_WIRE_VOLUME);
	p = cage_internal_put(p, volume->at, 8);
	p = cage_internal_put(p, volume->length, 8);
	p = cage_internal_put(p, volume->has_files, 8);
	p = put_text(p, volume->type, CAGE_WIRE_SYSTEM);
	(void)put_text(p, volume->what, CAGE_WIRE_WHAT);
}

int cage_entry_take_volume(struct cage_wire_volume *ret_volume,
    uint64_t available, const uint8_t bytes[CAGE_WIRE_VOLUME], struct err *err)
{
	struct cage_wire_volume v = {0};
	struct reader r;

	reader_init(&r, bytes, CAGE_WIRE_VOLUME);
	v.at = reader_le64(&r);
	v.length = reader_le64(&r);
	v.has_files = reader_le64(&r) != 0;
	if (!is_in(v.at, v.length, available))
		return cage_internal_lie(
		    err, "a volume that is not in the image");
	if (!take_text(v.type, bytes + 24, sizeof(v.type)) ||
	    !take_text(v.what, bytes + 24 + CAGE_WIRE_SYSTEM, sizeof(v.what)) ||
	    (v.has_files && v.type[0] == '\0'))
		return cage_internal_lie(err, "the name of a volume");
	*ret_volume = v;
	return 0;
}

/* ---- runs ---- */

void cage_entry_put_run(
    uint8_t ret_bytes[CAGE_WIRE_RUN], const struct cage_wire_run *run)
{
	uint8_t *p = ret_bytes;

	p = cage_internal_put(p, run->at, 8);
	p = cage_internal_put(p, run->length, 8);
	p = cage_internal_put(p, run->in_file, 8);
	(void)cage_internal_put(p, run->is_hole, 8);
}

int cage_entry_take_runs(struct cage_wire_run *ret_runs, uint64_t in_file,
    uint64_t available, const uint8_t *table, uint32_t count, struct err *err)
{
	struct reader r;

	assert(count <= CAGE_WIRE_RUNS_MAX);
	reader_init(&r, table, (size_t)count * CAGE_WIRE_RUN);
	for (uint32_t i = 0; i < count; i++) {
		struct cage_wire_run run = {.at = reader_le64(&r)};

		run.length = reader_le64(&r);
		run.in_file = reader_le64(&r);
		run.is_hole = reader_le64(&r) != 0;
		if (run.in_file != in_file || run.length == 0 ||
		    run.length > (uint64_t)INT64_MAX - in_file)
			return cage_internal_lie(
			    err, "a run that does not follow");
		if (run.is_hole ? run.at != 0
				: !is_in(run.at, run.length, available))
			return cage_internal_lie(
			    err, "a run that is not in the image");
		in_file += run.length;
		ret_runs[i] = run;
	}
	return 0;
}

/* ---- owners ---- */

void cage_entry_put_range(
    uint8_t ret_bytes[CAGE_WIRE_RANGE], const struct cage_wire_range *range)
{
	uint8_t *p = cage_internal_put(ret_bytes, range->at, 8);

	(void)cage_internal_put(p, range->length, 8);
}

void cage_entry_take_range(
    struct cage_wire_range *ret_range, const uint8_t bytes[CAGE_WIRE_RANGE])
{
	struct reader r;

	reader_init(&r, bytes, CAGE_WIRE_RANGE);
	ret_range->at = reader_le64(&r);
	ret_range->length = reader_le64(&r);
}

void cage_entry_put_owner(
    uint8_t ret_bytes[CAGE_WIRE_OWNER], const struct cage_wire_owner *owner)
{
	uint8_t *p = ret_bytes;

	memset(ret_bytes, 0, CAGE_WIRE_OWNER);
	p = cage_internal_put(p, owner->at, 8);
	p = cage_internal_put(p, owner->length, 8);
	p = cage_internal_put(p, owner->volume, 4);
	p = cage_internal_put(p, owner->owning, 4);
	(void)put_text(p, owner->path, CAGE_WIRE_SHOWN);
}

int cage_entry_take_owner(struct cage_wire_owner *ret_owner,
    const struct cage_wire_range *ranges, size_t n,
    const uint8_t bytes[CAGE_WIRE_OWNER], struct err *err)
{
	struct cage_wire_owner o = {0};
	bool is_asked = false;
	struct reader r;

	reader_init(&r, bytes, CAGE_WIRE_OWNER);
	o.at = reader_le64(&r);
	o.length = reader_le64(&r);
	o.volume = reader_le32(&r);
	const uint32_t owning = reader_le32(&r);

	for (size_t i = 0; i < n && !is_asked; i++)
		is_asked = o.at >= ranges[i].at &&
		    is_in(o.at - ranges[i].at, o.length, ranges[i].length);
	if (!is_asked)
		return cage_internal_lie(err, "a range that was not asked for");
	if (o.volume == 0 || o.volume > CAGE_WIRE_VOLUMES_MAX)
		return cage_internal_lie(err, "a volume that there is not");
	if (owning < CAGE_WIRE_BY_FILE || owning > CAGE_WIRE_BY_UNKNOWN)
		return cage_internal_lie(
		    err, "an owner of a kind that there is not");
	o.owning = (enum cage_wire_owning)owning;
	if (!take_text(o.path, bytes + 24, sizeof(o.path)) ||
	    (o.owning == CAGE_WIRE_BY_FILE) != (o.path[0] == '/'))
		return cage_internal_lie(err, "a path that is no line");
	*ret_owner = o;
	return 0;
}
