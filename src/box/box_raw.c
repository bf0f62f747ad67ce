/*
 * box_raw.c: raw bytes in one file or in parts, for a box that is asked about
 * file systems; otherwise nobody needs a box for them.
 */
#include "box.h"
#include "mem.h"

#include <string.h>

struct raw {
	const struct box_files *files;
	uint64_t length;
};

static int open_raw(void **state, const struct box_files *files, uint32_t flags,
    struct cage_wire_about *ret_about, struct err *err)
{
	struct raw *raw = mem_new(1, sizeof(*raw));

	(void)flags;
	if (raw == NULL)
		return err_nomem(err);
	raw->files = files;
	for (size_t i = 0; i < files->n; i++)
		if (!mem_add_u64(
			&raw->length, raw->length, files->of[i].length) ||
		    raw->length > (uint64_t)INT64_MAX)
			return err_set(err, ERR_LIMIT, "#%zu: too long", i);
	ret_about->length = ret_about->declared = ret_about->available =
	    raw->length;
	ret_about->chunk_size = ret_about->sector_size = 512;
	ret_about->flags |= CAGE_WIRE_IS_WHOLE;
	*state = raw;
	return 0;
}

static int read_raw(void *state, uint64_t at, uint8_t *ret_bytes, size_t n,
    struct box_damage *damage, struct err *err)
{
	const struct raw *raw = state;
	uint64_t begins = 0;
	size_t done = 0;

	(void)err;
	for (size_t i = 0; i < raw->files->n && done < n; i++) {
		const struct media_file *file = &raw->files->of[i];
		const uint64_t in = at + done - begins;
		struct err why = {0};

		begins += file->length;
		if (in >= file->length)
			continue;
		const uint64_t left = file->length - in;
		const size_t here = left < n - done ? (size_t)left : n - done;

		if (media_file_read(file, in, ret_bytes + done, here, &why) !=
		    0) {
			const struct cage_wire_entry entry = {.at = at + done,
			    .length = here,
			    .file = CAGE_WIRE_NO_FILE};

			memset(ret_bytes + done, 0, here);
			box_damage_add(damage, &entry, &why);
		}
		done += here;
	}
	if (done < n) {
		const struct cage_wire_entry entry = {.at = at + done,
		    .length = n - done,
		    .file = CAGE_WIRE_NO_FILE};

		memset(ret_bytes + done, 0, n - done);
		box_damage_add(damage, &entry, &(struct err){0});
	}
	return 0;
}

const struct box_reader box_raw = {.open = open_raw, .read = read_raw};
