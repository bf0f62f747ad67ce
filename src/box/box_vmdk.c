/*
 * box_vmdk.c: VMDK, by libvmdk: one sparse file with its descriptor inside, or
 * a descriptor file and the files that it names.
 *
 * The box opens none of those: it says their names, and the program that it
 * works for starts another box with all of them.
 */
#include "box_library.h"
#include "mem.h"
#include "reader.h"

#include <libvmdk.h>
#include <string.h>

#define NO_PARENT 0xffffffffu
#define ZERO_GRAINS 4u /* in the flags of a sparse file's header */

struct vmdk {
	__typeof__(libbfio_handle_initialize) *handle_initialize;
	__typeof__(libbfio_pool_initialize) *pool_initialize;
	__typeof__(libbfio_pool_append_handle) *pool_append;
	__typeof__(libvmdk_handle_initialize) *initialize;
	__typeof__(libvmdk_handle_open_file_io_handle) *open;
	__typeof__(libvmdk_handle_open_extent_data_files_file_io_pool) *extents;
	__typeof__(libvmdk_handle_get_parent_content_identifier) *get_parent;
	__typeof__(libvmdk_handle_get_number_of_extents) *get_count;
	__typeof__(libvmdk_handle_get_extent_descriptor) *get_extent;
	__typeof__(libvmdk_extent_descriptor_get_type) *get_type;
	__typeof__(libvmdk_extent_descriptor_get_range) *get_range;
	__typeof__(libvmdk_extent_descriptor_get_utf8_filename_size) *name_size;
	__typeof__(libvmdk_extent_descriptor_get_utf8_filename) *get_name;
	__typeof__(libvmdk_extent_descriptor_free) *extent_free;
	__typeof__(libvmdk_handle_get_media_size) *get_size;
	__typeof__(libvmdk_handle_read_buffer_at_offset) *read;
	__typeof__(libvmdk_error_sprint) *error_sprint;
	__typeof__(libvmdk_error_free) *error_free;
	libvmdk_handle_t *file;
	uint64_t length;
};

#define AT(member) offsetof(struct vmdk, member)
static const struct box_library_name names[] = {
    {"libbfio_handle_initialize", AT(handle_initialize)},
    {"libbfio_pool_initialize", AT(pool_initialize)},
    {"libbfio_pool_append_handle", AT(pool_append)},
    {"libvmdk_handle_initialize", AT(initialize)},
    {"libvmdk_handle_open_file_io_handle", AT(open)},
    {"libvmdk_handle_open_extent_data_files_file_io_pool", AT(extents)},
    {"libvmdk_handle_get_parent_content_identifier", AT(get_parent)},
    {"libvmdk_handle_get_number_of_extents", AT(get_count)},
    {"libvmdk_handle_get_extent_descriptor", AT(get_extent)},
    {"libvmdk_extent_descriptor_get_type", AT(get_type)},
    {"libvmdk_extent_descriptor_get_range", AT(get_range)},
    {"libvmdk_extent_descriptor_get_utf8_filename_size", AT(name_size)},
    {"libvmdk_extent_descriptor_get_utf8_filename", AT(get_name)},
    {"libvmdk_extent_descriptor_free", AT(extent_free)},
    {"libvmdk_handle_get_media_size", AT(get_size)},
    {"libvmdk_handle_read_buffer_at_offset", AT(read)},
    {"libvmdk_error_sprint", AT(error_sprint)},
    {"libvmdk_error_free", AT(error_free)},
};

static int prepare(void **ret_state, struct err *err)
{
	struct vmdk *v = mem_new(1, sizeof(*v));

	if (v == NULL)
		return err_nomem(err);
	*ret_state = v;
	return box_library_load(
	    "libvmdk.so.1", names, sizeof(names) / sizeof(names[0]), v, err);
}

static void take_error(
    const struct vmdk *v, libvmdk_error_t *error, char *why, size_t size)
{
	why[0] = '\0';
	if (error != NULL)
		(void)v->error_sprint(error, why, size);
	why[size - 1] = '\0';
	if (why[0] == '\0')
		memcpy(why, "libvmdk says no reason",
		    sizeof("libvmdk says no reason"));
	v->error_free(&error);
}

static int say(const struct vmdk *v, libvmdk_error_t *error, struct err *err)
{
	char why[ERR_MESSAGE_MAX / 2];

	take_error(v, error, why, sizeof(why));
	return err_set(err, ERR_FORMAT,
	    "#0: this is no VMDK that can be read: "
	    "%s",
	    why);
}

/*
 * A sparse file may say of a grain that it is zero (a mark in the header, and
 * 1 instead of a place). libvmdk 20200926 reads such grains as other bytes
 * without a word. The header may stand once more at the end.
 */
static int check_grains(
    const struct box_files *files, size_t i, struct err *err)
{
	const struct media_file *file = &files->of[i];
	const uint64_t places[] = {0, file->length - 1024};
	uint8_t bytes[12];
	struct reader r;
	int rc = 0;

	for (size_t k = 0; k < 2 && rc == 0; k++) {
		if (file->length < 1024)
			return 0;
		rc =
		    media_file_read(file, places[k], bytes, sizeof(bytes), err);
		if (rc != 0 || memcmp(bytes, "KDMV", 4) != 0)
			continue;
		reader_init(&r, bytes + 8, 4);
		if (reader_le32(&r) & ZERO_GRAINS)
			rc = err_set(err, ERR_UNSUPPORTED,
			    "#%zu: it marks grains as zero (zeroed_grain), "
			    "which is not read; convert it with qemu-img "
			    "first",
			    i);
	}
	return rc;
}

/* Whether the descriptor is a file of its own. */
static int is_descriptor(
    const struct media_file *file, bool *ret_is, struct err *err)
{
	static const char begin[] = "# Disk DescriptorFile";
	char bytes[sizeof(begin) - 1];

	*ret_is = false;
	if (file->length < sizeof(bytes))
		return err_set(err, ERR_FORMAT, "#0: this is no VMDK");
	int rc = media_file_read(file, 0, bytes, sizeof(bytes), err);
	*ret_is = rc == 0 && memcmp(bytes, begin, sizeof(bytes)) == 0;
	return rc;
}

/* Extents that are read, how many, and how many bytes they say they have. */
static int check_extents(
    struct vmdk *v, int *ret_count, uint64_t *ret_bytes, struct err *err)
{
	libvmdk_error_t *error = NULL;
	uint64_t bytes = 0;
	int count = 0;

	if (v->get_count(v->file, &count, &error) != 1)
		return say(v, error, err);
	if (count < 1 || count > CAGE_WIRE_NAMES_MAX)
		return err_set(err, ERR_LIMIT,
		    "#0: it says that it is made of %d extents; 1 to %d are "
		    "read",
		    count, CAGE_WIRE_NAMES_MAX);
	for (int i = 0; i < count; i++) {
		libvmdk_extent_descriptor_t *extent = NULL;
		off64_t from;
		size64_t n = 0;
		int type = 0;

		if (v->get_extent(v->file, i, &extent, &error) != 1 ||
		    v->get_type(extent, &type, &error) != 1 ||
		    v->get_range(extent, &from, &n, &error) != 1)
			return say(v, error, err);
		(void)v->extent_free(&extent, NULL);
		if (type != LIBVMDK_EXTENT_TYPE_FLAT &&
		    type != LIBVMDK_EXTENT_TYPE_SPARSE &&
		    type != LIBVMDK_EXTENT_TYPE_VMFS_FLAT &&
		    type != LIBVMDK_EXTENT_TYPE_VMFS_SPARSE)
			return err_set(err, ERR_UNSUPPORTED,
			    "#0: one of its extents is neither flat nor "
			    "sparse");
		if (!mem_add_u64(&bytes, bytes, n))
			return err_set(err, ERR_FORMAT,
			    "#0: its extents are larger than can be");
	}
	*ret_bytes = bytes;
	*ret_count = count;
	return 0;
}

/* The files of the extents, in their order. */
static int open_extents(struct vmdk *v, const struct box_files *files,
    size_t first, struct err *err)
{
	libvmdk_error_t *error = NULL;
	libbfio_pool_t *pool = NULL;
	size64_t size = 0;

	if (v->pool_initialize(&pool, 0, 0, NULL) != 1)
		return err_nomem(err);
	for (size_t i = first; i < files->n; i++) {
		libbfio_handle_t *handle =
		    box_library_handle(v->handle_initialize, &files->of[i]);
		int entry;

		if (handle == NULL ||
		    v->pool_append(pool, &entry, handle,
			LIBBFIO_ACCESS_FLAG_READ, NULL) != 1)
			return err_nomem(err);
	}
	if (v->extents(v->file, pool, &error) != 1 ||
	    v->get_size(v->file, &size, &error) != 1)
		return say(v, error, err);
	v->length = size;
	return 0;
}

static int open_vmdk(void **state, const struct box_files *files,
    uint32_t flags, struct cage_wire_about *ret_about, struct err *err)
{
	struct vmdk *v = *state;
	libvmdk_error_t *error = NULL;
	uint32_t parent = NO_PARENT;
	uint64_t bytes = 0;
	bool is_apart;
	int count = 0;
	int rc = is_descriptor(&files->of[0], &is_apart, err);

	(void)flags;
	if (rc != 0)
		return rc;
	libbfio_handle_t *handle =
	    box_library_handle(v->handle_initialize, &files->of[0]);

	if (handle == NULL)
		return err_nomem(err);
	if (v->initialize(&v->file, &error) != 1 ||
	    v->open(v->file, handle, LIBVMDK_OPEN_READ, &error) != 1 ||
	    v->get_parent(v->file, &parent, &error) < 0)
		return say(v, error, err);
	if (parent != NO_PARENT)
		return err_set(err, ERR_UNSUPPORTED,
		    "#0: it is only the difference from another image "
		    "(parentCID), which is not read");
	rc = check_extents(v, &count, &bytes, err);
	for (size_t i = 0; i < files->n && rc == 0; i++)
		rc = check_grains(files, i, err);
	if (rc != 0)
		return rc;
	if (is_apart && files->n == 1) {
		ret_about->flags = CAGE_WIRE_NEEDS_FILES;
		return 0;
	}
	if ((size_t)count != files->n - (is_apart ? 1 : 0))
		return err_set(err, ERR_FORMAT,
		    "#0: it is made of %d extents, and that many files are "
		    "not there",
		    count);
	rc = open_extents(v, files, is_apart ? 1 : 0, err);
	/* A file that is cut off has another size for the library. */
	if (rc == 0 && v->length != bytes)
		rc = err_set(err, ERR_FORMAT,
		    "#0: its descriptor says %llu bytes, and what is there "
		    "%llu",
		    (unsigned long long)bytes, (unsigned long long)v->length);
	return rc != 0 ? rc : box_library_about(ret_about, v->length, err);
}

static int names_vmdk(void *state, uint8_t (*ret_names)[CAGE_WIRE_NAME],
    uint32_t *ret_n, struct err *err)
{
	struct vmdk *v = state;
	libvmdk_error_t *error = NULL;
	uint64_t bytes = 0;
	int count = 0;
	int rc = check_extents(v, &count, &bytes, err);

	for (int i = 0; i < count && rc == 0; i++) {
		libvmdk_extent_descriptor_t *extent = NULL;
		size_t size = 0;

		if (v->get_extent(v->file, i, &extent, &error) != 1 ||
		    v->name_size(extent, &size, &error) != 1)
			return say(v, error, err);
		if (size < 2 || size > CAGE_WIRE_NAME)
			return err_set(err, ERR_FORMAT,
			    "#0: the name of one of its extents has %zu bytes",
			    size);
		uint8_t name[CAGE_WIRE_NAME] = {0};

		if (v->get_name(extent, name, size, &error) != 1)
			return say(v, error, err);
		(void)v->extent_free(&extent, NULL);
		ret_names[i][0] = (uint8_t)(size - 1);
		memcpy(ret_names[i] + 1, name, size - 1);
	}
	*ret_n = (uint32_t)count;
	return rc;
}

static ssize_t read_some(void *cookie, uint64_t at, void *ret_bytes, size_t n,
    char *ret_why, size_t why_size)
{
	struct vmdk *v = cookie;
	libvmdk_error_t *error = NULL;
	const ssize_t got = v->read(v->file, ret_bytes, n, (off64_t)at, &error);

	if (got <= 0)
		take_error(v, error, ret_why, why_size);
	return got;
}

static int read_vmdk(void *state, uint64_t at, uint8_t *ret_bytes, size_t n,
    struct box_damage *damage, struct err *err)
{
	struct vmdk *v = state;

	(void)err;
	box_library_read(read_some, v, v->length, at, ret_bytes, n, damage);
	return 0;
}

const struct box_reader box_vmdk = {
    .prepare = prepare,
    .open = open_vmdk,
    .read = read_vmdk,
    .names = names_vmdk,
};
