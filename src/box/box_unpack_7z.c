/*
 * box_unpack_7z.c: 7z archives, all their entries one behind the other, by
 * libarchive, which is loaded before the cell and is told of no other format.
 */
#include "box_unpack.h"

#include "box_library.h"
#include "mem.h"

#include <archive.h>

#include <iconv.h>
#include <langinfo.h>
#include <stdlib.h>
#include <string.h>

#define LIBRARY "libarchive.so.13"
#define PIECE 65536
#define HEAD 32

struct box_unpack_library {
	__typeof__(archive_read_new) *new;
	__typeof__(archive_read_support_format_7zip) *support;
	__typeof__(archive_read_set_read_callback) *set_read;
	__typeof__(archive_read_set_seek_callback) *set_seek;
	__typeof__(archive_read_set_skip_callback) *set_skip;
	__typeof__(archive_read_set_callback_data) *set_data;
	__typeof__(archive_read_open1) *open;
	__typeof__(archive_read_next_header) *next;
	__typeof__(archive_read_data) *read;
	__typeof__(archive_read_has_encrypted_entries) *is_encrypted;
	__typeof__(archive_read_free) *free;
	iconv_t names; /* stays open, so that its tables stay loaded */
};

#define NAME(member, function)                                                 \
	{                                                                      \
#function, offsetof(struct box_unpack_library, member)         \
	}
static const struct box_library_name names[] = {
    NAME(new, archive_read_new),
    NAME(support, archive_read_support_format_7zip),
    NAME(set_read, archive_read_set_read_callback),
    NAME(set_seek, archive_read_set_seek_callback),
    NAME(set_skip, archive_read_set_skip_callback),
    NAME(set_data, archive_read_set_callback_data),
    NAME(open, archive_read_open1),
    NAME(next, archive_read_next_header),
    NAME(read, archive_read_data),
    NAME(is_encrypted, archive_read_has_encrypted_entries),
    NAME(free, archive_read_free),
};
#undef NAME

struct seven {
	struct archive *archive;
	const struct box_unpack_input *input;
	uint64_t at, length;
	bool is_in_entry;
	uint8_t piece[PIECE];
};

int box_unpack_library_new(
    struct box_unpack_library **ret_library, struct err *err)
{
	struct box_unpack_library *library = mem_new(1, sizeof(*library));

	if (library == NULL)
		return err_nomem(err);
	int rc = box_library_load(
	    LIBRARY, names, sizeof(names) / sizeof(names[0]), library, err);
	/* libarchive asks for this one with each archive, and the C library has
	 * it in files. */
	if (rc == 0)
		library->names = iconv_open(nl_langinfo(CODESET), "UTF-16LE");
	if (rc == 0 && library->names == (iconv_t)-1)
		rc = err_set(err, ERR_UNSUPPORTED,
		    "the C library does not convert UTF-16LE");
	if (rc == 0)
		*ret_library = library;
	else
		free(library);
	return rc;
}

void box_unpack_library_free(struct box_unpack_library *library)
{
	if (library != NULL)
		(void)iconv_close(library->names); /* nothing is written */
	free(library); /* what is loaded stays until the process ends */
}

/* "7z" and its four other bytes. */
void box_scan_7z(struct box_scan *scan, size_t end)
{
	(void)box_scan_unpack(scan, CAGE_HIT_7Z, end - 6, 0);
}

/* ---- the bytes, as libarchive reads them ---- */

static la_ssize_t read_some(
    struct archive *archive, void *cookie, const void **ret_bytes)
{
	struct seven *seven = cookie;
	const uint64_t left = seven->length - seven->at;
	const size_t n = box_unpack_read(seven->input, seven->at, seven->piece,
	    left < PIECE ? (size_t)left : PIECE);

	(void)archive;
	seven->at += n;
	*ret_bytes = seven->piece;
	return (la_ssize_t)n;
}

static la_int64_t seek(
    struct archive *archive, void *cookie, la_int64_t offset, int whence)
{
	struct seven *seven = cookie;
	int64_t from = 0;

	(void)archive;
	if (whence == SEEK_CUR)
		from = (int64_t)seven->at;
	else if (whence == SEEK_END)
		from = (int64_t)seven->length;
	if (__builtin_add_overflow(from, offset, &from) || from < 0 ||
	    (uint64_t)from > seven->length)
		return ARCHIVE_FATAL;
	seven->at = (uint64_t)from;
	return from;
}

static la_int64_t skip(struct archive *archive, void *cookie, la_int64_t n)
{
	struct seven *seven = cookie;

	(void)archive;
	if (n < 0 || (uint64_t)n > seven->length - seven->at)
		return 0;
	seven->at += (uint64_t)n;
	return n;
}

/* ---- an archive ---- */

static uint64_t le64(const uint8_t *p)
{
	uint64_t value = 0;

	for (unsigned i = 0; i < 8; i++)
		value |= (uint64_t)p[i] << 8 * i;
	return value;
}

static void close_7z(struct box_unpack *u)
{
	struct seven *seven = u->state;

	if (seven == NULL)
		return;
	if (seven->archive != NULL)
		(void)u->library->free(seven->archive);
	free(seven);
	u->state = NULL;
}

static bool start(struct box_unpack *u, struct seven *seven)
{
	const struct box_unpack_library *la = u->library;

	seven->archive = la->new ();
	return seven->archive != NULL &&
	    la->support(seven->archive) == ARCHIVE_OK &&
	    la->set_read(seven->archive, read_some) == ARCHIVE_OK &&
	    la->set_seek(seven->archive, seek) == ARCHIVE_OK &&
	    la->set_skip(seven->archive, skip) == ARCHIVE_OK &&
	    la->set_data(seven->archive, seven) == ARCHIVE_OK &&
	    la->open(seven->archive) == ARCHIVE_OK;
}

static bool open_7z(struct box_unpack *u)
{
	uint8_t head[HEAD];
	uint64_t length;

	if (u->library == NULL ||
	    box_unpack_read(&u->input, 0, head, HEAD) < HEAD || head[6] != 0 ||
	    __builtin_add_overflow(
		le64(head + 12), le64(head + 20) + HEAD, &length))
		return false;
	if (length < HEAD || length > u->input.length) {
		u->why = "the rest of this 7z archive is not here";
		return false;
	}
	struct seven *seven = mem_new(1, sizeof(*seven));

	if (seven == NULL)
		return false;
	u->state = seven;
	seven->input = &u->input;
	seven->length = length;
	if (!start(u, seven)) {
		u->why = "this 7z archive is damaged";
		close_7z(u);
		return false;
	}
	return true;
}

static size_t read_7z(struct box_unpack *u, uint8_t *ret_bytes, size_t n)
{
	struct seven *seven = u->state;
	struct archive_entry *entry;
	size_t out = 0;

	seven->input = &u->input;
	while (out < n) {
		if (!seven->is_in_entry) {
			const int rc = u->library->next(seven->archive, &entry);

			if (rc == ARCHIVE_EOF) {
				u->used = seven->length;
				break;
			}
			if (rc < ARCHIVE_WARN) {
				u->why = "this 7z archive is damaged";
				break;
			}
			seven->is_in_entry = true;
		}
		const la_ssize_t got =
		    u->library->read(seven->archive, ret_bytes + out, n - out);

		if (got < 0) {
			u->why = u->library->is_encrypted(seven->archive) == 1
			    ? "a part of this 7z archive is encrypted"
			    : "a part of this 7z archive is damaged, or packed "
			      "in a way that is not known here";
			break;
		}
		/* Between two entries nothing is to be one word. */
		if (got == 0) {
			seven->is_in_entry = false;
			ret_bytes[out] = '\0';
		}
		out += got > 0 ? (size_t)got : 1;
	}
	return out;
}

const struct box_unpack_kind box_unpack_7z = {
    .open = open_7z, .read = read_7z, .close = close_7z};
