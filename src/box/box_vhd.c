/*
 * box_vhd.c: VHD, fixed and dynamic, by libvhdi.
 */
#include "box_library.h"
#include "mem.h"

/* Debian's library has the calls that take a handle of libbfio, and hides them
 * in its header. */
#define HAVE_LIBBFIO 1
#include <libvhdi.h>
#include <string.h>

struct vhd {
	__typeof__(libbfio_handle_initialize) *handle_initialize;
	__typeof__(libvhdi_file_initialize) *initialize;
	__typeof__(libvhdi_file_open_file_io_handle) *open;
	__typeof__(libvhdi_file_get_file_type) *get_file_type;
	__typeof__(libvhdi_file_get_disk_type) *get_disk_type;
	__typeof__(libvhdi_file_get_media_size) *get_size;
	__typeof__(libvhdi_file_read_buffer_at_offset) *read;
	__typeof__(libvhdi_error_sprint) *error_sprint;
	__typeof__(libvhdi_error_free) *error_free;
	libvhdi_file_t *file;
	uint64_t length;
};

static const struct box_library_name names[] = {
    {"libbfio_handle_initialize", offsetof(struct vhd, handle_initialize)},
    {"libvhdi_file_initialize", offsetof(struct vhd, initialize)},
    {"libvhdi_file_open_file_io_handle", offsetof(struct vhd, open)},
    {"libvhdi_file_get_file_type", offsetof(struct vhd, get_file_type)},
    {"libvhdi_file_get_disk_type", offsetof(struct vhd, get_disk_type)},
    {"libvhdi_file_get_media_size", offsetof(struct vhd, get_size)},
    {"libvhdi_file_read_buffer_at_offset", offsetof(struct vhd, read)},
    {"libvhdi_error_sprint", offsetof(struct vhd, error_sprint)},
    {"libvhdi_error_free", offsetof(struct vhd, error_free)},
};

static int prepare(void **ret_state, struct err *err)
{
	struct vhd *v = mem_new(1, sizeof(*v));

	if (v == NULL)
		return err_nomem(err);
	*ret_state = v;
	return box_library_load(
	    "libvhdi.so.1", names, sizeof(names) / sizeof(names[0]), v, err);
}

static void take_error(
    const struct vhd *v, libvhdi_error_t *error, char *why, size_t size)
{
	why[0] = '\0';
	if (error != NULL)
		(void)v->error_sprint(error, why, size);
	why[size - 1] = '\0';
	if (why[0] == '\0')
		memcpy(why, "libvhdi says no reason",
		    sizeof("libvhdi says no reason"));
	v->error_free(&error);
}

static int open_vhd(void **state, const struct box_files *files, uint32_t flags,
    struct cage_wire_about *ret_about, struct err *err)
{
	struct vhd *v = *state;
	libvhdi_error_t *error = NULL;
	char why[ERR_MESSAGE_MAX / 2];
	uint32_t disk = 0;
	int file_type = 0;
	size64_t size = 0;
	libbfio_handle_t *handle =
	    box_library_handle(v->handle_initialize, &files->of[0]);

	(void)flags;
	if (handle == NULL)
		return err_nomem(err);
	if (v->initialize(&v->file, &error) != 1 ||
	    v->open(v->file, handle, LIBVHDI_OPEN_READ, &error) != 1 ||
	    v->get_file_type(v->file, &file_type, &error) != 1 ||
	    v->get_disk_type(v->file, &disk, &error) != 1 ||
	    v->get_size(v->file, &size, &error) != 1) {
		take_error(v, error, why, sizeof(why));
		return err_set(err, ERR_FORMAT, "#0: this is no VHD: %s", why);
	}
	if (file_type != LIBVHDI_FILE_TYPE_VHD)
		return err_set(err, ERR_UNSUPPORTED,
		    "#0: it is a VHDX, which is not read; convert it with "
		    "qemu-img first");
	if (disk != LIBVHDI_DISK_TYPE_FIXED &&
	    disk != LIBVHDI_DISK_TYPE_DYNAMIC)
		return err_set(err, ERR_UNSUPPORTED,
		    "#0: it is only the difference from another image "
		    "(differencing disk), which is not read");
	v->length = size;
	return box_library_about(ret_about, size, err);
}

static ssize_t read_some(void *cookie, uint64_t at, void *ret_bytes, size_t n,
    char *ret_why, size_t why_size)
{
	struct vhd *v = cookie;
	libvhdi_error_t *error = NULL;
	const ssize_t got = v->read(v->file, ret_bytes, n, (off64_t)at, &error);

	if (got <= 0)
		take_error(v, error, ret_why, why_size);
	return got;
}

static int read_vhd(void *state, uint64_t at, uint8_t *ret_bytes, size_t n,
    struct box_damage *damage, struct err *err)
{
	struct vhd *v = state;

	(void)err;
	box_library_read(read_some, v, v->length, at, ret_bytes, n, damage);
	return 0;
}

const struct box_reader box_vhd = {
    .prepare = prepare,
    .open = open_vhd,
    .read = read_vhd,
};
