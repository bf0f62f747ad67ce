/*
 * media_open.c: see media_open.h.
 */
#include "media_open.h"

#include "buf.h"
#include "media_out.h"
#include "mem.h"
#include "text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PATH_BYTES_MAX 8192

/* Bytes of the medium that file i stands for; it may have fewer. */
static uint64_t span_of(const struct media_open *open, size_t i)
{
	const uint64_t length = open->files[i].length;

	return i + 1 < open->n && length < open->part_size ? open->part_size
							   : length;
}

/* n bytes of what file i stands for. */
static int read_part(const struct media_open *open, size_t i, uint64_t at,
    uint8_t *ret_bytes, size_t n, struct err *err)
{
	const struct media_file *file = &open->files[i];
	const uint64_t left = at < file->length ? file->length - at : 0;
	const size_t there = left < n ? (size_t)left : n;
	int rc = 0;

	memset(ret_bytes + there, 0, n - there);
	if (there > 0)
		rc = media_file_read(file, at, ret_bytes, there, err);
	if (rc != 0)
		err_prefix(err, "%s", open->names[i]);
	return rc;
}

static int read_raw(
    void *cookie, uint64_t at, void *ret_bytes, size_t n, struct err *err)
{
	struct media_open *open = cookie;
	uint8_t *bytes = ret_bytes;
	int rc = 0;

	for (size_t i = 0; i < open->n && n > 0 && rc == 0; i++) {
		const uint64_t length = span_of(open, i);

		if (at >= length) {
			at -= length;
			continue;
		}
		size_t here = length - at < n ? (size_t)(length - at) : n;

		rc = read_part(open, i, at, bytes, here, err);
		bytes += here;
		n -= here;
		at = 0;
	}
	return rc;
}

/* All of it or an error: what is made of these bytes has no place for ranges
 * that are missing. */
static int read_foreign(
    void *cookie, uint64_t at, void *ret_bytes, size_t n, struct err *err)
{
	struct media_open *open = cookie;
	uint8_t *bytes = ret_bytes;
	int rc = 0;

	while (n > 0 && rc == 0) {
		size_t here = n < CAGE_WIRE_BYTES_MAX ? n : CAGE_WIRE_BYTES_MAX;

		rc = cage_image_read(
		    open->foreign, at, here, bytes, open->damage, err);
		if (rc == 0 && open->damage->n > 0)
			rc = err_set(err, ERR_FORMAT, "%s", open->damage->text);
		bytes += here;
		at += here;
		n -= here;
	}
	return rc;
}

int media_open_read(const struct media_open *open, struct cage_image **box,
    uint64_t at, void *ret_bytes, size_t n,
    struct cage_image_damage *ret_damage, struct err *err)
{
	struct err why = {0};
	int rc = 0;

	if (*box == NULL)
		rc = cage_image_again(box, open->foreign, &why);
	if (rc == 0)
		rc = cage_image_read(*box, at, n, ret_bytes, ret_damage, &why);
	if (rc != ERR_FORMAT)
		return rc == 0 ? 0 : err_set(err, rc, "%s", why.message);
	memset(ret_bytes, 0, n);
	ret_damage->n = 1;
	ret_damage->of[0] = (struct cage_wire_entry){
	    .at = at, .length = n, .file = CAGE_WIRE_NO_FILE};
	memcpy(ret_damage->text, why.message, sizeof(why.message));
	return 0;
}

/* Takes the descriptor, also when it fails; -1: the file is missing. */
static int add(
    struct media_open *open, int fd, const char *name, struct err *err)
{
	struct media_file file = {0};
	int rc = fd < 0 ? 0 : media_file_of_fd(&file, fd, err);

	if (rc != 0)
		err_prefix(err, "%s", name);
	if (rc == 0)
		rc = mem_grow((void **)&open->files, &open->file_cap,
		    open->n + 1, sizeof(*open->files), err);
	if (rc == 0)
		rc = mem_grow((void **)&open->names, &open->name_cap,
		    open->n + 1, sizeof(*open->names), err);
	if (rc == 0)
		rc = mem_grow((void **)&open->fds, &open->fd_cap, open->n + 1,
		    sizeof(*open->fds), err);
	if (rc == 0) {
		open->names[open->n] = mem_copy_text(name, strlen(name));
		if (open->names[open->n] == NULL)
			rc = err_nomem(err);
	}
	if (rc != 0) {
		if (fd >= 0)
			(void)close(fd); /* only read */
		return rc;
	}
	open->files[open->n] = file;
	open->fds[open->n++] = fd;
	return 0;
}

/* ---- foreign formats ---- */

static enum cage_wire_format format_of(enum media_name_style style)
{
	switch (style) {
	case MEDIA_NAME_QCOW2:
		return CAGE_WIRE_QCOW2;
	case MEDIA_NAME_VHD:
		return CAGE_WIRE_VHD;
	case MEDIA_NAME_VMDK:
		return CAGE_WIRE_VMDK;
	case MEDIA_NAME_ONE:
	case MEDIA_NAME_PARTS:
		return CAGE_WIRE_RAW;
	case MEDIA_NAME_E01:
		break;
	}
	return CAGE_WIRE_E01;
}

/* The lists come in pieces, and are as foreign as the rest. */
static int take_bad(struct media_open *open, uint64_t count, struct err *err)
{
	struct media_ranges *bad = &open->about.bad;
	struct cage_wire_entry *some = open->damage->of;
	uint64_t after = 0;
	uint32_t n = 0;
	int rc = 0;

	for (uint64_t first = 0; first < count && rc == 0; first += n) {
		rc = cage_image_bad(open->foreign, first, after, some, &n, err);
		if (rc == 0 && n == 0)
			break;
		for (uint32_t i = 0; i < n && rc == 0; i++) {
			rc = media_range_add(
			    bad, some[i].at, some[i].length, err);
			after = some[i].at + some[i].length;
		}
	}
	return rc;
}

static int take_about(struct media_open *open, struct err *err)
{
	const struct cage_wire_about *a = cage_image_about(open->foreign);
	struct media_hash_value *md5 = &open->about.hashes.of[MEDIA_HASH_MD5];
	struct media_hash_value *sha1 = &open->about.hashes.of[MEDIA_HASH_SHA1];

	open->about.length = a->length;
	open->about.declared = a->declared;
	open->about.available = a->available;
	open->about.chunk_size = a->chunk_size;
	md5->is_there = (a->flags & CAGE_WIRE_HAS_MD5) != 0;
	memcpy(md5->b, a->md5, sizeof(a->md5));
	sha1->is_there = (a->flags & CAGE_WIRE_HAS_SHA1) != 0;
	memcpy(sha1->b, a->sha1, sizeof(a->sha1));
	open->whole = (struct media_file){
	    .length = a->length, .read = read_foreign, .cookie = open};
	return take_bad(open, a->bad_count, err);
}

/* A file that the image names, in the image's own folder. It may be a link to
 * nowhere else either. */
static int add_named(struct media_open *open, const char *name, struct err *err)
{
	const char *first = open->names[0], *end = strrchr(first, '/');
	struct buf path;

	buf_init(&path, PATH_BYTES_MAX);
	if (end != NULL)
		buf_put(&path, first, (size_t)(end - first) + 1);
	buf_puts(&path, name);
	int rc = buf_check(&path, err);
	if (rc == 0) {
		/* The flag that opens no pipe waits for nobody. */
		const int fd = openat(AT_FDCWD, path.p,
		    O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);

		rc = fd < 0 ? err_sys(err, errno, "opening %s, which %s names",
				  path.p, first)
			    : add(open, fd, path.p, err);
	}
	buf_done(&path);
	return rc;
}

static int add_all_named(struct media_open *open, struct err *err)
{
	char(*names)[CAGE_WIRE_NAME] =
	    mem_new(CAGE_WIRE_NAMES_MAX, sizeof(*names));
	size_t n = 0;
	int rc = names == NULL ? err_nomem(err) : 0;

	if (rc == 0)
		rc = cage_image_names(open->foreign, names, &n, err);
	for (size_t i = 0; i < n && rc == 0; i++)
		rc = add_named(open, names[i], err);
	free(names);
	return rc;
}

/* A box reads whole files, one behind the other. */
static int check_whole(const struct media_open *open, struct err *err)
{
	bool is_whole = open->part_size == 0;

	for (size_t i = 0; i < open->n; i++)
		is_whole = is_whole && open->fds[i] >= 0;
	return is_whole ? 0
			: err_set(err, ERR_UNSUPPORTED,
			      "parts of %s are missing", open->names[0]);
}

/* What every box of this image is told. */
static struct cage_image_options tell_box(const struct media_open *open)
{
	return (struct cage_image_options){
	    .fds = open->fds,
	    .n = open->n,
	    .format = format_of(open->style),
	    .names = (const char *const *)open->names,
	    .last_length = open->files[open->n - 1].length,
	};
}

static int start_box(struct media_open *open, bool is_partial, struct err *err)
{
	struct cage_image_options o = tell_box(open);

	o.is_partial = is_partial;
	return cage_image_new(&open->foreign, &o, err);
}

int media_open_file_systems(const struct media_open *open,
    void (*waiting)(void *cookie), void *cookie, struct cage_image **ret_box,
    struct err *err)
{
	struct cage_image_options o = tell_box(open);
	const int rc = check_whole(open, err);

	if (rc != 0)
		return rc;
	o.has_file_systems = true;
	o.waiting = waiting;
	o.waiting_cookie = cookie;
	return cage_image_new(ret_box, &o, err);
}

/* For one answer: far more than a piece takes, and a loop takes all of it. */
#define SCAN_MS 60000
/* A scan goes on behind what it cannot look at; each loss is short. */
#define SCAN_LOSSES_MAX 1000

int media_open_scanner(const struct media_open *open, uint64_t finds,
    bool has_file_systems, struct cage_image **ret_box, struct err *err)
{
	struct cage_image_options o = tell_box(open);
	const int rc = check_whole(open, err);

	if (rc != 0)
		return rc;
	o.has_file_systems = has_file_systems;
	o.finds = finds;
	o.answer_ms = SCAN_MS;
	o.losses_max = SCAN_LOSSES_MAX;
	return cage_image_new(ret_box, &o, err);
}

static int finish_foreign(
    struct media_open *open, bool is_partial, struct err *err)
{
	int rc = 0;

	open->damage = mem_new(1, sizeof(*open->damage));
	if (open->damage == NULL)
		rc = err_nomem(err);
	if (rc == 0)
		rc = start_box(open, is_partial, err);
	if (rc == 0 &&
	    cage_image_about(open->foreign)->flags & CAGE_WIRE_NEEDS_FILES) {
		rc = add_all_named(open, err);
		cage_image_free(open->foreign);
		open->foreign = NULL;
		if (rc == 0)
			rc = start_box(open, is_partial, err);
		if (rc == 0 &&
		    cage_image_about(open->foreign)->flags &
			CAGE_WIRE_NEEDS_FILES)
			rc = err_set(err, ERR_FORMAT,
			    "%s: it names more files each time",
			    open->names[0]);
	}
	return rc != 0 ? rc : take_about(open, err);
}

static int finish(struct media_open *open, bool is_partial, struct err *err)
{
	if (media_name_is_foreign(open->style))
		return finish_foreign(open, is_partial, err);
	open->whole = (struct media_file){.read = read_raw, .cookie = open};
	for (size_t i = 0; i < open->n; i++)
		open->whole.length += open->files[i].length;
	return 0;
}

/* dc3dd and Guymager begin to count their parts at .000. */
static bool begins_at_zero(const char *path, size_t *ret_base)
{
	size_t n = strlen(path);

	if (n <= 4 || strcmp(path + n - 4, ".000") != 0)
		return false;
	*ret_base = n - 4;
	return true;
}

/* Names of E01 are written in either case; the first one says in which. */
static int put_name(const struct media_open *open, const char *path,
    const char *base, uint64_t number, struct buf *name, struct err *err)
{
	size_t base_n;
	int rc;

	if (number > 1 && begins_at_zero(path, &base_n))
		number--;
	buf_clear(name);
	rc = media_name_put(name, base, open->style, number, err);
	size_t n = strlen(path);
	if (rc == 0 && open->style == MEDIA_NAME_E01 && path[n - 3] == 'e')
		for (size_t i = name->n - 3; i < name->n; i++)
			if (name->p[i] >= 'A' && name->p[i] <= 'Z')
				name->p[i] = (char)(name->p[i] + 32);
	return rc;
}

/* The files of one image, while they are opened. */
struct opening {
	struct media_open *open;
	const char *path;
	char *base;
	struct buf name; /* of the file at hand */
	bool may_lack;
	uint64_t last; /* number of a part behind one that is missing; or 0 */
};

/* The number of the next part behind `after`; 0: there is none. */
static uint64_t find_later(struct opening *x, uint64_t after)
{
	if (x->open->style != MEDIA_NAME_PARTS)
		return 0;
	for (uint64_t i = after + 1;
	     put_name(x->open, x->path, x->base, i, &x->name, NULL) == 0; i++)
		if (access(x->name.p, F_OK) == 0)
			return i;
	return 0;
}

/* Number `number` is not there: is it the end, or a hole? */
static int pass_missing(
    struct opening *x, uint64_t number, bool *ret_is_end, struct err *err)
{
	if (x->last < number)
		x->last = find_later(x, number);
	*ret_is_end = x->last == 0;
	if (x->last == 0)
		return 0;
	char *later = mem_copy_text(x->name.p, x->name.n);
	int rc = later == NULL ? err_nomem(err) : 0;

	if (rc == 0)
		rc = put_name(x->open, x->path, x->base, number, &x->name, err);
	if (rc == 0 && !x->may_lack)
		rc = err_set(err, ERR_NOTFOUND,
		    "%s is missing, and %s is there: look for it, or if that "
		    "is no part of this image, move it away",
		    x->name.p, later);
	if (rc == 0)
		rc = add(x->open, -1, x->name.p, err);
	free(later);
	return rc;
}

static int open_next(
    struct opening *x, uint64_t number, bool *ret_is_end, struct err *err)
{
	const bool is_first = number == 1;
	const enum media_name_style style = x->open->style;

	*ret_is_end = true;
	if (!is_first && style != MEDIA_NAME_PARTS && style != MEDIA_NAME_E01)
		return 0;
	const int rc = put_name(
	    x->open, x->path, x->base, number, &x->name, is_first ? err : NULL);
	if (rc != 0) /* no name is left: there is no file */
		return is_first ? rc : 0;
	*ret_is_end = false;
	const char *name = is_first ? x->path : x->name.p;
	const int fd = open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd >= 0)
		return add(x->open, fd, name, err);
	return errno == ENOENT && !is_first
	    ? pass_missing(x, number, ret_is_end, err)
	    : err_sys(err, errno, "opening %s", name);
}

/* Whoever names a later file of a set means the set; read by itself it would
 * be a raw image of no medium. */
static int refuse_later(
    const struct opening *x, enum media_name_style style, struct err *err)
{
	size_t n;
	const uint64_t number = media_name_number(x->path, style, &n);
	const bool is_e01 = style == MEDIA_NAME_E01;
	struct buf first;
	int rc;

	if (number < 2)
		return 0;
	buf_init(&first, PATH_BYTES_MAX);
	buf_put(&first, x->path, n);
	if (is_e01)
		buf_printf(&first, ".%c01", x->path[n + 1] >= 'a' ? 'e' : 'E');
	else
		buf_puts(&first, ".001");
	rc = buf_check(&first, err);
	/* A raw image may be called x.IMG, or x.002 if it is alone. */
	if (rc == 0 && (access(first.p, F_OK) == 0 || (is_e01 && number < 100)))
		rc = err_set(err, ERR_USAGE,
		    "%s is a later file of an image that begins with %s; give "
		    "that one",
		    x->path, first.p);
	buf_done(&first);
	return rc;
}

static int open_files(struct media_open *ret_open, const char *path,
    bool may_lack, struct err *err)
{
	struct opening x = {
	    .open = ret_open, .path = path, .may_lack = may_lack};
	bool is_end = false;
	size_t n;
	int rc = 0;

	*ret_open = (struct media_open){.style = media_name_of(path, &n)};
	if (begins_at_zero(path, &n))
		ret_open->style = MEDIA_NAME_PARTS;
	x.base = mem_copy_text(path, n);
	buf_init(&x.name, PATH_BYTES_MAX);
	if (x.base == NULL)
		rc = err_nomem(err);
	if (rc == 0 && ret_open->style == MEDIA_NAME_ONE)
		rc = refuse_later(&x, MEDIA_NAME_E01, err);
	if (rc == 0 && ret_open->style == MEDIA_NAME_ONE)
		rc = refuse_later(&x, MEDIA_NAME_PARTS, err);
	for (uint64_t i = 1; rc == 0 && !is_end; i++)
		rc = open_next(&x, i, &is_end, err);
	if (rc == 0)
		rc = finish(ret_open, false, err);
	buf_done(&x.name);
	free(x.base);
	return rc;
}

int media_open(struct media_open *ret_open, const char *path, struct err *err)
{
	return open_files(ret_open, path, false, err);
}

int media_open_incomplete(
    struct media_open *ret_open, const char *path, struct err *err)
{
	return open_files(ret_open, path, true, err);
}

void media_open_spread(struct media_open *open, uint64_t length)
{
	uint64_t longest = 0, whole = 0;

	if (open->style != MEDIA_NAME_PARTS || open->whole.length >= length)
		return;
	for (size_t i = 0; i < open->n; i++)
		if (open->files[i].length > longest)
			longest = open->files[i].length;
	open->part_size = longest;
	for (size_t i = 0; i < open->n; i++)
		whole += span_of(open, i);
	open->whole.length = whole;
}

int media_open_missing(const struct media_open *open, uint64_t length,
    struct media_ranges *ranges, struct err *err)
{
	const uint64_t end =
	    open->foreign != NULL ? open->about.available : open->whole.length;
	uint64_t at = 0;
	int rc = 0;

	for (size_t i = 0; i < open->n && open->part_size > 0 && rc == 0; i++) {
		const uint64_t there = open->files[i].length;
		const uint64_t span = span_of(open, i);

		rc = media_range_add(ranges, at + there, span - there, err);
		at += span;
	}
	media_range_cut(ranges, length);
	return rc != 0 || end >= length
	    ? rc
	    : media_range_add(ranges, end, length - end, err);
}

int media_open_unfinished(struct media_open *ret_open,
    enum media_name_style style, const struct media_out *out, uint64_t number,
    uint64_t at, struct err *err)
{
	struct media_open *o = ret_open;
	int rc = 0;

	*o = (struct media_open){.style = style};
	for (uint64_t i = 1; i <= number && rc == 0; i++) {
		char name[64];
		int fd;

		(void)snprintf(name, sizeof(name), "unfinished file %llu",
		    (unsigned long long)i);
		rc = media_out_open(out, i, &fd, err);
		if (rc == 0)
			rc = add(o, fd, name, err);
	}
	if (rc == 0 && at < o->files[number - 1].length)
		o->files[number - 1].length = at;
	return rc != 0 ? rc : finish(o, true, err);
}

int media_open_flaw(struct media_open *open, uint64_t number, char *ret_text,
    size_t size, bool *ret_is_there, struct err *err)
{
	*ret_is_there = false;
	/* Whoever owns a box could go on for ever. */
	if (open->foreign == NULL || number >= CAGE_WIRE_FLAWS_MAX)
		return 0;
	return cage_image_flaw(
	    open->foreign, number, ret_text, size, ret_is_there, err);
}

void media_open_done(struct media_open *open)
{
	cage_image_free(open->foreign);
	media_range_done(&open->about.bad);
	free(open->damage);
	for (size_t i = 0; i < open->n; i++) {
		if (open->fds[i] >= 0)
			(void)close(open->fds[i]); /* only read */
		free(open->names[i]);
	}
	free(open->files);
	free(open->names);
	free(open->fds);
	*open = (struct media_open){0};
}

/* Bytes at to end of file i, as far as it has them; what remains is said of
 * the file that it ends in. */
static void say_raw_place(const struct media_open *open, uint64_t at,
    uint64_t length, char *ret_text, size_t size)
{
	const uint64_t last = at + length - 1;
	char span[TEXT_SPAN_SIZE];
	uint64_t first = 0;

	for (size_t i = 0; i < open->n; first += span_of(open, i), i++) {
		const char *name = open->names[i];
		const uint64_t end = first + span_of(open, i);
		const uint64_t to = last < end ? last : end - 1;

		if (at >= end)
			continue;
		text_span(span, at - first, to - at + 1);
		if (open->fds[i] < 0)
			(void)snprintf(
			    ret_text, size, "%s, which is missing", name);
		else
			(void)snprintf(ret_text, size, "%s, %s%s%s", name, span,
			    to < last ? ", and what follows" : "",
			    at - first >= open->files[i].length
				? ", which are missing"
				: "");
		return;
	}
	(void)snprintf(
	    ret_text, size, "behind the end of %s", open->names[open->n - 1]);
}

void media_open_say_place(struct media_open *open, uint64_t at, uint64_t length,
    char *ret_text, size_t size)
{
	if (open->foreign != NULL) {
		cage_image_say_place(open->foreign, at, length, ret_text, size);
		return;
	}
	say_raw_place(open, at, length, ret_text, size);
}
