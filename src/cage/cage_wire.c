/*
 * cage_wire.c: see cage_wire.h.
 */
#include "cage_wire.h"

#include "cage_blind.h"
#include "cage_carve.h"
#include "cage_entry.h"
#include "cage_internal.h"
#include "cage_list.h"
#include "reader.h"
#include "slice.h"
#include "text.h"

#include <assert.h>
#include <string.h>

/* Offsets in an answer. */
enum {
	CODE_AT = 16,
	ABOUT_AT = 32,
	FOUND_AT = ABOUT_AT, /* never both */
	PLACE_AT = 128,
	TEXT_AT = 160
};

static_assert(TEXT_AT + CAGE_WIRE_TEXT_MAX == CAGE_WIRE_ANSWER, "answer");
static_assert(CAGE_WIRE_ENTRIES_MAX * CAGE_WIRE_ENTRY <=
	CAGE_WIRE_SHARED - CAGE_WIRE_TABLE_AT,
    "the table holds all entries");
static_assert(CAGE_WIRE_NAMES_MAX * CAGE_WIRE_NAME <=
	CAGE_WIRE_SHARED - CAGE_WIRE_TABLE_AT,
    "the table holds all names");

/* ---- requests ---- */

void cage_wire_put_request(uint8_t ret_bytes[CAGE_WIRE_REQUEST],
    const struct cage_wire_request *request)
{
	uint8_t *p = ret_bytes;

	memset(ret_bytes, 0, CAGE_WIRE_REQUEST);
	p = cage_internal_put(p, CAGE_WIRE_VERSION, 4);
	p = cage_internal_put(p, request->kind, 4);
	p = cage_internal_put(p, request->number, 8);
	p = cage_internal_put(p, request->at, 8);
	p = cage_internal_put(p, request->n, 8);
	p = cage_internal_put(p, request->format, 4);
	(void)cage_internal_put(p, request->flags, 4);
}

int cage_wire_take_request(struct cage_wire_request *ret_request,
    const void *bytes, size_t n, struct err *err)
{
	struct reader r;

	reader_init(&r, bytes, n);
	const uint32_t version = reader_le32(&r);
	const uint32_t kind = reader_le32(&r);
	struct cage_wire_request request = {.number = reader_le64(&r)};

	request.at = reader_le64(&r);
	request.n = reader_le64(&r);
	const uint32_t format = reader_le32(&r);

	request.flags = reader_le32(&r);
	if (r.failed || n != CAGE_WIRE_REQUEST || version != CAGE_WIRE_VERSION)
		return err_set(err, ERR_FORMAT,
		    "the request is not of version %u", CAGE_WIRE_VERSION);
	if (kind < CAGE_WIRE_FILES || kind > CAGE_WIRE_SCAN_FILE ||
	    format < CAGE_WIRE_E01 || format > CAGE_WIRE_RAW ||
	    (kind == CAGE_WIRE_READ &&
		(request.n == 0 || request.n > CAGE_WIRE_BYTES_MAX ||
		    request.at > UINT64_MAX - request.n)) ||
	    ((kind == CAGE_WIRE_SCAN || kind == CAGE_WIRE_SCAN_FILE) &&
		(request.n == 0 || request.n > CAGE_WIRE_SCAN_MAX ||
		    request.at > (uint64_t)INT64_MAX - request.n)) ||
	    (kind == CAGE_WIRE_FIND &&
		(request.n == 0 || request.n > CAGE_WIRE_PATH_MAX)) ||
	    (kind == CAGE_WIRE_OWNERS &&
		(request.n == 0 || request.n > CAGE_WIRE_RANGES_MAX)) ||
	    (kind == CAGE_WIRE_CONTENT &&
		(request.n == 0 || request.n > CAGE_WIRE_BYTES_MAX ||
		    request.at > (uint64_t)INT64_MAX - request.n)) ||
	    (kind == CAGE_WIRE_LOOK &&
		(request.n == 0 || request.n > CAGE_BLIND_LOOK_MAX ||
		    request.at > UINT64_MAX - request.n)) ||
	    (kind == CAGE_WIRE_CARVE &&
		(request.n == 0 || request.n > (uint64_t)INT64_MAX ||
		    request.at > (uint64_t)INT64_MAX - request.n)) ||
	    (kind == CAGE_WIRE_BLIND_FILES &&
		(request.n == 0 || request.n > CAGE_BLIND_PIECES_MAX)))
		return err_set(err, ERR_FORMAT, "the request cannot be");
	request.kind = (enum cage_wire_kind)kind;
	request.format = (enum cage_wire_format)format;
	*ret_request = request;
	return 0;
}

/* ---- answers ---- */

/* What was found, in the place of an about. */
static bool has_found(enum cage_wire_kind kind)
{
	return kind >= CAGE_WIRE_VOLUMES;
}

static void put_about(uint8_t *p, const struct cage_wire_about *a)
{
	p = cage_internal_put(p, a->format, 4);
	p = cage_internal_put(p, a->flags, 4);
	p = cage_internal_put(p, a->length, 8);
	p = cage_internal_put(p, a->declared, 8);
	p = cage_internal_put(p, a->available, 8);
	p = cage_internal_put(p, a->bad_count, 8);
	p = cage_internal_put(p, a->chunk_size, 4);
	p = cage_internal_put(p, a->sector_size, 4);
	memcpy(p, a->md5, sizeof(a->md5));
	memcpy(p + sizeof(a->md5), a->sha1, sizeof(a->sha1));
}

void cage_wire_put_answer(uint8_t ret_bytes[CAGE_WIRE_ANSWER],
    const struct cage_wire_request *request,
    const struct cage_wire_answer *answer)
{
	const size_t text_n = strnlen(answer->text, CAGE_WIRE_TEXT_MAX);
	uint8_t *p = ret_bytes;

	memset(ret_bytes, 0, CAGE_WIRE_ANSWER);
	p = cage_internal_put(p, CAGE_WIRE_VERSION, 4);
	p = cage_internal_put(p, request->kind, 4);
	p = cage_internal_put(p, request->number, 8);
	p = cage_internal_put(p, (uint32_t)answer->code, 4);
	p = cage_internal_put(p, answer->file, 4);
	p = cage_internal_put(p, answer->count, 4);
	p = cage_internal_put(p, text_n, 4);
	if (has_found(request->kind)) {
		p = cage_internal_put(p, answer->found.flags, 4);
		p = cage_internal_put(p, answer->found.size, 8);
		(void)cage_internal_put(p, answer->found.total, 8);
	} else {
		put_about(p, &answer->about);
	}
	p = cage_internal_put(ret_bytes + PLACE_AT, answer->place.file, 4);
	p = cage_internal_put(p, 0, 4);
	p = cage_internal_put(p, answer->place.file_at, 8);
	(void)cage_internal_put(p, answer->place.file_n, 8);
	memcpy(ret_bytes + TEXT_AT, answer->text, text_n);
}

static bool is_in_file(
    const struct cage_wire_asked *asked, uint32_t file, uint64_t at, uint64_t n)
{
	return file < asked->files && n <= asked->lengths[file] &&
	    at <= asked->lengths[file] - n;
}

static bool is_code(int64_t code)
{
	return code == 0 || code == ERR_IO || code == ERR_NOMEM ||
	    code == ERR_FORMAT || code == ERR_LIMIT || code == ERR_UNSUPPORTED;
}

static int take_about(struct cage_wire_about *ret_about,
    const struct cage_wire_asked *asked, const uint8_t *bytes, struct err *err)
{
	struct cage_wire_about a = {.format = asked->request.format};
	struct reader r;

	reader_init(&r, bytes, PLACE_AT - ABOUT_AT);
	const uint32_t format = reader_le32(&r);

	a.flags = reader_le32(&r);
	a.length = reader_le64(&r);
	a.declared = reader_le64(&r);
	a.available = reader_le64(&r);
	a.bad_count = reader_le64(&r);
	a.chunk_size = reader_le32(&r);
	a.sector_size = reader_le32(&r);
	memcpy(a.md5, reader_bytes(&r, sizeof(a.md5)).p, sizeof(a.md5));
	memcpy(a.sha1, reader_bytes(&r, sizeof(a.sha1)).p, sizeof(a.sha1));
	if (format != (uint32_t)asked->request.format)
		return cage_internal_lie(err, "another format");
	if ((a.flags & ~CAGE_WIRE_FLAGS) != 0)
		return cage_internal_lie(err, "flags that there are none of");
	if (a.flags & CAGE_WIRE_NEEDS_FILES) {
		*ret_about = (struct cage_wire_about){
		    .format = a.format, .flags = CAGE_WIRE_NEEDS_FILES};
		return 0;
	}
	/* Half of what 64 bits hold, so that sums stay in them. */
	if (a.available > (uint64_t)INT64_MAX || a.declared > a.available ||
	    a.length > a.available)
		return cage_internal_lie(err, "a length");
	if (a.chunk_size == 0 || a.chunk_size > 16u * CAGE_WIRE_BYTES_MAX ||
	    a.sector_size == 0 || a.sector_size > a.chunk_size)
		return cage_internal_lie(
		    err, "the size of a chunk or a sector");
	if (a.bad_count > a.available)
		return cage_internal_lie(
		    err, "more unreadable ranges than bytes");
	*ret_about = a;
	return 0;
}

static int take_place(struct cage_wire_entry *ret_place,
    const struct cage_wire_asked *asked, const uint8_t *bytes, struct err *err)
{
	struct cage_wire_entry place = {
	    .at = asked->request.at, .length = asked->request.n};
	struct reader r;

	reader_init(&r, bytes, TEXT_AT - PLACE_AT);
	place.file = reader_le32(&r);
	(void)reader_le32(&r);
	place.file_at = reader_le64(&r);
	place.file_n = reader_le64(&r);
	if (place.file != CAGE_WIRE_NO_FILE &&
	    !is_in_file(asked, place.file, place.file_at, place.file_n))
		return cage_internal_lie(err, "a place that no file has");
	*ret_place = place;
	return 0;
}

static int take_found(
    struct cage_wire_found *ret_found, const uint8_t *bytes, struct err *err)
{
	struct reader r;

	reader_init(&r, bytes, PLACE_AT - FOUND_AT);
	ret_found->flags = reader_le32(&r);
	ret_found->size = reader_le64(&r);
	ret_found->total = reader_le64(&r);
	if ((ret_found->flags & ~CAGE_WIRE_FOUND_FLAGS) != 0)
		return cage_internal_lie(err, "flags that there are none of");
	if (ret_found->size > (uint64_t)INT64_MAX)
		return cage_internal_lie(err, "a length");
	return 0;
}

static bool is_count(const struct cage_wire_asked *asked, uint32_t count)
{
	switch (asked->request.kind) {
	case CAGE_WIRE_READ:
	case CAGE_WIRE_BAD:
		return count <= CAGE_WIRE_ENTRIES_MAX;
	case CAGE_WIRE_NAMES:
		return count >= 1 && count <= CAGE_WIRE_NAMES_MAX;
	case CAGE_WIRE_VOLUMES:
		return count <= CAGE_WIRE_VOLUMES_MAX;
	case CAGE_WIRE_FIND:
		return count <= CAGE_WIRE_RUNS_MAX;
	case CAGE_WIRE_OWNERS:
		return count <= CAGE_WIRE_OWNERS_MAX;
	case CAGE_WIRE_LIST:
		return count <= CAGE_LIST_ENTRIES_MAX;
	case CAGE_WIRE_SPACES:
		return count <= CAGE_LIST_BLOCKS_MAX;
	case CAGE_WIRE_BLIND:
	case CAGE_WIRE_BLIND_FILES:
		return count <= CAGE_BLIND_ENTRIES_MAX;
	case CAGE_WIRE_CARVE:
		return count <= CAGE_CARVE_ENTRIES_MAX;
	case CAGE_WIRE_LOOK:
		return count <= CAGE_BLIND_LOOKS_MAX;
	case CAGE_WIRE_FLAW:
		return count <= 1;
	case CAGE_WIRE_SCAN:
	case CAGE_WIRE_HITS:
	case CAGE_WIRE_SCAN_FILE:
		return count <= CAGE_WIRE_BYTES_MAX;
	default:
		return count == 0;
	}
}

static int take_begin(struct reader *r, const struct cage_wire_asked *asked,
    const void *bytes, size_t n, struct err *err)
{
	if (n != CAGE_WIRE_ANSWER)
		return cage_internal_lie(err, "its length");
	reader_init(r, bytes, n);
	if (reader_le32(r) != CAGE_WIRE_VERSION)
		return cage_internal_lie(err,
		    "another version; counterfoil and counterfoil-box are "
		    "installed together");
	if (reader_le32(r) != (uint32_t)asked->request.kind ||
	    reader_le64(r) != asked->request.number)
		return cage_internal_lie(err, "it is to another question");
	return 0;
}

int cage_wire_take_answer(struct cage_wire_answer *ret_answer,
    const struct cage_wire_asked *asked, const void *bytes, size_t n,
    struct err *err)
{
	struct cage_wire_answer a = {.file = CAGE_WIRE_NO_FILE};
	const uint8_t *whole = bytes;
	struct reader r;
	int rc = take_begin(&r, asked, bytes, n, err);

	if (rc != 0)
		return rc;
	const int64_t code = (int32_t)reader_le32(&r);

	a.file = reader_le32(&r);
	a.count = reader_le32(&r);
	const uint32_t text_n = reader_le32(&r);

	if (!is_code(code))
		return cage_internal_lie(err, "a code that there is not");
	a.code = (int)code;
	if (a.file != CAGE_WIRE_NO_FILE && a.file >= asked->files)
		return cage_internal_lie(err, "a file that it was not given");
	if (text_n >= CAGE_WIRE_TEXT_MAX ||
	    !text_is_line((struct slice){(const char *)whole + TEXT_AT, text_n},
		NULL, NULL))
		return cage_internal_lie(err, "a text that is no line");
	memcpy(a.text, whole + TEXT_AT, text_n);
	if (a.code != 0) {
		a.count = 0;
		*ret_answer = a;
		return 0;
	}
	if (!is_count(asked, a.count))
		return cage_internal_lie(err, "a count");
	if (asked->request.kind == CAGE_WIRE_OPEN)
		rc = take_about(&a.about, asked, whole + ABOUT_AT, err);
	if (asked->request.kind == CAGE_WIRE_PLACE)
		rc = take_place(&a.place, asked, whole + PLACE_AT, err);
	if (has_found(asked->request.kind))
		rc = take_found(&a.found, whole + FOUND_AT, err);
	if (asked->request.kind == CAGE_WIRE_FLAW && a.count > 0) {
		rc = take_place(&a.place, asked, whole + PLACE_AT, err);
		if (rc == 0 && a.place.file == CAGE_WIRE_NO_FILE)
			rc = cage_internal_lie(err, "damage in no file");
	}
	if (rc == 0)
		*ret_answer = a;
	return rc;
}

/* ---- the table ---- */

void cage_wire_put_entry(
    uint8_t ret_bytes[CAGE_WIRE_ENTRY], const struct cage_wire_entry *entry)
{
	uint8_t *p = ret_bytes;

	p = cage_internal_put(p, entry->at, 8);
	p = cage_internal_put(p, entry->length, 8);
	p = cage_internal_put(p, entry->file, 4);
	p = cage_internal_put(p, 0, 4);
	p = cage_internal_put(p, entry->file_at, 8);
	(void)cage_internal_put(p, entry->file_n, 8);
}

int cage_wire_take_entries(struct cage_wire_entry *ret_entries,
    const struct cage_wire_asked *asked, uint64_t after, const uint8_t *table,
    uint32_t count, struct err *err)
{
	const bool is_read = asked->request.kind == CAGE_WIRE_READ;
	uint64_t from = is_read ? asked->request.at : after;
	const uint64_t end = is_read ? asked->request.at + asked->request.n
				     : (uint64_t)INT64_MAX;
	struct reader r;

	assert(count <= CAGE_WIRE_ENTRIES_MAX);
	reader_init(&r, table, (size_t)count * CAGE_WIRE_ENTRY);
	for (uint32_t i = 0; i < count; i++) {
		struct cage_wire_entry e = {.at = reader_le64(&r)};

		e.length = reader_le64(&r);
		e.file = reader_le32(&r);
		(void)reader_le32(&r);
		e.file_at = reader_le64(&r);
		e.file_n = reader_le64(&r);
		if (e.at < from || e.at > end || e.length == 0 ||
		    e.length > end - e.at)
			return cage_internal_lie(
			    err, "a range that was not asked for");
		if (e.file != CAGE_WIRE_NO_FILE &&
		    !is_in_file(asked, e.file, e.file_at, e.file_n))
			return cage_internal_lie(
			    err, "a place that no file has");
		from = e.at + e.length;
		ret_entries[i] = e;
	}
	return 0;
}

int cage_wire_take_name(char ret_name[CAGE_WIRE_NAME],
    const uint8_t bytes[CAGE_WIRE_NAME], struct err *err)
{
	const size_t n = bytes[0];
	const struct slice name = {(const char *)bytes + 1, n};

	if (n == 0 || !text_is_line(name, NULL, NULL) ||
	    memchr(name.p, '/', n) || slice_is_text(name, ".") ||
	    slice_is_text(name, ".."))
		return err_set(err, ERR_DENIED,
		    "the image names a part of itself \"%.*s\": only files of "
		    "its own folder are read",
		    (int)n, name.p);
	memcpy(ret_name, name.p, n);
	ret_name[n] = '\0';
	return 0;
}
