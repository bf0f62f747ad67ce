/*
 * box_qcow.c: qcow2, by libqcow, as far as that reads it right.
 *
 * What the library would read wrong without a word is refused here, by the
 * header: a backing file, encryption, an external data file, another
 * compression than deflate, subclusters.
 */
#include "box_library.h"
#include "mem.h"
#include "reader.h"

#include <inttypes.h>
/* Debian's library has the calls that take a handle of libbfio, and hides them
 * in its header. */
#define HAVE_LIBBFIO 1
#include <libqcow.h>
#include <string.h>

#define HEADER 104 /* of version 3; version 2 ends after 72 */

struct qcow {
	__typeof__(libbfio_handle_initialize) *handle_initialize;
	__typeof__(libqcow_file_initialize) *initialize;
	__typeof__(libqcow_file_open_file_io_handle) *open;
	__typeof__(libqcow_file_get_media_size) *get_size;
	__typeof__(libqcow_file_read_buffer_at_offset) *read;
	__typeof__(libqcow_error_sprint) *error_sprint;
	__typeof__(libqcow_error_free) *error_free;
	libqcow_file_t *file;
	uint64_t length;
};

static const struct box_library_name names[] = {
    {"libbfio_handle_initialize", offsetof(struct qcow, handle_initialize)},
    {"libqcow_file_initialize", offsetof(struct qcow, initialize)},
    {"libqcow_file_open_file_io_handle", offsetof(struct qcow, open)},
    {"libqcow_file_get_media_size", offsetof(struct qcow, get_size)},
    {"libqcow_file_read_buffer_at_offset", offsetof(struct qcow, read)},
    {"libqcow_error_sprint", offsetof(struct qcow, error_sprint)},
    {"libqcow_error_free", offsetof(struct qcow, error_free)},
};

static int prepare(void **ret_state, struct err *err)
{
	struct qcow *q = mem_new(1, sizeof(*q));

	if (q == NULL)
		return err_nomem(err);
	*ret_state = q;
	return box_library_load(
	    "libqcow.so.1", names, sizeof(names) / sizeof(names[0]), q, err);
}

static void take_error(
    const struct qcow *q, libqcow_error_t *error, char *why, size_t size)
{
	why[0] = '\0';
	if (error != NULL)
		(void)q->error_sprint(error, why, size);
	why[size - 1] = '\0';
	if (why[0] == '\0')
		memcpy(why, "libqcow says no reason",
		    sizeof("libqcow says no reason"));
	q->error_free(&error);
}

static int refuse(struct err *err, const char *what)
{
	return err_set(err, ERR_UNSUPPORTED, "#0: %s", what);
}

static int check_features(uint64_t incompatible, struct err *err)
{
	if (incompatible & UINT64_C(1) << 2)
		return refuse(err,
		    "its content is in another file (external data file), "
		    "which is not read; convert it with qemu-img first");
	if (incompatible & UINT64_C(1) << 3)
		return refuse(err,
		    "it is compressed otherwise than with deflate, which is "
		    "not read; convert it with qemu-img first");
	if (incompatible & UINT64_C(1) << 4)
		return refuse(err,
		    "it has subclusters (extended_l2), which are not read; "
		    "convert it with qemu-img first");
	if (incompatible >> 5 != 0)
		return refuse(err, "it needs features that are not known here");
	return 0;
}

static int check_header(
    const struct media_file *file, uint64_t *ret_size, struct err *err)
{
	uint8_t bytes[HEADER] = {0};
	struct reader r;
	size_t n = file->length < HEADER ? (size_t)file->length : HEADER;
	int rc = media_file_read(file, 0, bytes, n, err);

	if (rc != 0)
		return rc;
	reader_init(&r, bytes, n);
	const uint32_t magic = reader_be32(&r);
	const uint32_t version = reader_be32(&r);
	const uint64_t backing_at = reader_be64(&r);
	const uint32_t backing_n = reader_be32(&r);
	const uint32_t cluster_bits = reader_be32(&r);
	const uint64_t size = reader_be64(&r);
	const uint32_t crypt = reader_be32(&r);

	(void)reader_bytes(&r, 36); /* tables, which the library reads */
	if (r.failed || magic != 0x514649fb)
		return err_set(err, ERR_FORMAT, "#0: this is no qcow2");
	if (version != 2 && version != 3)
		return err_set(err, ERR_UNSUPPORTED,
		    "#0: it is of version %" PRIu32 "; 2 and 3 are read",
		    version);
	if (backing_at != 0 || backing_n != 0)
		return refuse(err,
		    "it is only the difference from another image (backing "
		    "file), which is not read: an image names no files of "
		    "ours. Join the two with qemu-img first");
	if (crypt != 0)
		return refuse(err, "it is encrypted");
	if (cluster_bits < 9 || cluster_bits > 21)
		return err_set(err, ERR_FORMAT,
		    "#0: clusters of 2^%" PRIu32 " bytes cannot be",
		    cluster_bits);
	*ret_size = size;
	return version == 3 ? check_features(reader_be64(&r), err) : 0;
}

static int open_qcow(void **state, const struct box_files *files,
    uint32_t flags, struct cage_wire_about *ret_about, struct err *err)
{
	struct qcow *q = *state;
	libqcow_error_t *error = NULL;
	char why[ERR_MESSAGE_MAX / 2];
	size64_t size = 0;
	uint64_t said = 0;
	int rc = check_header(&files->of[0], &said, err);

	(void)flags;
	if (rc == 0)
		rc = box_library_about(ret_about, said, err);
	if (rc != 0)
		return rc;
	libbfio_handle_t *handle =
	    box_library_handle(q->handle_initialize, &files->of[0]);

	if (handle == NULL)
		return err_nomem(err);
	if (q->initialize(&q->file, &error) != 1 ||
	    q->open(q->file, handle, LIBQCOW_OPEN_READ, &error) != 1 ||
	    q->get_size(q->file, &size, &error) != 1) {
		take_error(q, error, why, sizeof(why));
		return err_set(err, ERR_FORMAT, "#0: %s", why);
	}
	if (size != said)
		return err_set(err, ERR_FORMAT,
		    "#0: its library says another length than its header");
	q->length = size;
	return 0;
}

static ssize_t read_some(void *cookie, uint64_t at, void *ret_bytes, size_t n,
    char *ret_why, size_t why_size)
{
	struct qcow *q = cookie;
	libqcow_error_t *error = NULL;
	const ssize_t got = q->read(q->file, ret_bytes, n, (off64_t)at, &error);

	if (got <= 0)
		take_error(q, error, ret_why, why_size);
	return got;
}

static int read_qcow(void *state, uint64_t at, uint8_t *ret_bytes, size_t n,
    struct box_damage *damage, struct err *err)
{
	struct qcow *q = state;

	(void)err;
	box_library_read(read_some, q, q->length, at, ret_bytes, n, damage);
	return 0;
}

const struct box_reader box_qcow = {
    .prepare = prepare,
    .open = open_qcow,
    .read = read_qcow,
};
