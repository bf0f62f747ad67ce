/*
 * cage_files.c: see cage_files.h.
 */
#include "cage_files.h"

#include "cage_internal.h"
#include "mem.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* The request, with n bytes that go before it. */
static int ask(struct cage_image *image, struct cage_wire_asked *asked,
    const void *bytes, size_t n, struct cage_wire_answer *ret_answer,
    struct err *err)
{
	assert(image->options.has_file_systems);
	int rc = cage_image_need_box(image, err);

	if (rc != 0)
		return rc;
	cage_box_give(image->box, bytes, n);
	return cage_image_ask_for(image, asked, ret_answer, err);
}

static int lie(struct cage_image *image, struct err *err, const char *what)
{
	cage_image_lose(image);
	return cage_internal_lie(err, what);
}

/* ---- volumes ---- */

int cage_files_volumes(struct cage_image *image,
    struct cage_wire_volume **ret_volumes, size_t *ret_n, struct err *err)
{
	struct cage_wire_asked asked = {.request = {.kind = CAGE_WIRE_VOLUMES}};
	struct cage_wire_answer answer;
	int rc = ask(image, &asked, "", 0, &answer, err);

	if (rc != 0)
		return rc;
	struct cage_wire_volume *volumes =
	    mem_new(answer.count + 1, sizeof(*volumes));
	if (volumes == NULL)
		return err_nomem(err);
	cage_box_copy(image->box, CAGE_WIRE_TABLE_AT, image->table,
	    (size_t)answer.count * CAGE_WIRE_VOLUME);
	for (uint32_t i = 0; i < answer.count && rc == 0; i++)
		rc = cage_entry_take_volume(&volumes[i], image->about.available,
		    image->table + i * CAGE_WIRE_VOLUME, err);
	if (rc == 0) {
		*ret_volumes = volumes;
		*ret_n = answer.count;
	} else {
		cage_image_lose(image);
		free(volumes);
	}
	return rc;
}

/* ---- a file ---- */

int cage_files_check_path(struct slice path, struct err *err)
{
	struct slice rest = path;

	if (path.n == 0 || path.n > CAGE_WIRE_PATH_MAX || path.p[0] != '/')
		return err_set(err, ERR_USAGE,
		    "a path begins with a slash and has at most %d bytes",
		    CAGE_WIRE_PATH_MAX);
	if (memchr(path.p, '\0', path.n) != NULL)
		return err_set(err, ERR_USAGE, "a path has no zero byte");
	while (rest.p != NULL) {
		const struct slice name = slice_cut(&rest, '/');

		if (slice_is_text(name, ".") || slice_is_text(name, ".."))
			return err_set(err, ERR_USAGE,
			    "\".\" and \"..\" are no names: give the path as "
			    "it is from the volume's root");
	}
	return 0;
}

/* The next of the runs, behind those that are there. */
static int take_more(struct cage_image *image,
    const struct cage_wire_answer *answer, uint64_t in_file,
    struct cage_file *file, struct err *err)
{
	int rc = mem_grow((void **)&file->runs, &file->cap,
	    file->n + answer->count + 1, sizeof(*file->runs), err);

	if (rc != 0)
		return rc;
	cage_box_copy(image->box, CAGE_WIRE_TABLE_AT, image->table,
	    (size_t)answer->count * CAGE_WIRE_RUN);
	rc = cage_entry_take_runs(file->runs + file->n, in_file,
	    image->about.available, image->table, answer->count, err);
	if (rc == 0)
		file->n += answer->count;
	else
		cage_image_lose(image);
	return rc;
}

/* What must be true of a file and all its runs. */
static int check_file(struct cage_image *image, const struct cage_file *file,
    uint64_t covered, struct err *err)
{
	const uint32_t stored = CAGE_WIRE_COMPRESSED | CAGE_WIRE_ENCRYPTED;

	if (!(file->flags & CAGE_WIRE_FOUND) ||
	    file->flags & CAGE_WIRE_IN_TABLES)
		return file->n == 0
		    ? 0
		    : lie(image, err, "runs of a file that has none");
	if (covered != file->size && (file->flags & stored) == 0)
		return lie(
		    image, err, "runs that are not as long as their file");
	return 0;
}

static int find(struct cage_image *image, uint32_t volume, struct slice path,
    struct cage_file *file, struct err *err)
{
	uint64_t in_file = 0, total = 0;

	do {
		struct cage_wire_asked asked = {
		    .request = {.kind = CAGE_WIRE_FIND,
			.at = file->n,
			.n = path.n,
			.flags = volume}};
		struct cage_wire_answer answer;
		int rc = ask(image, &asked, path.p, path.n, &answer, err);

		if (rc != 0)
			return rc;
		const struct cage_wire_found *found = &answer.found;

		if (found->total > CAGE_FILES_RUNS_MAX)
			return err_set(err, ERR_LIMIT,
			    "the file is in more than %d pieces",
			    CAGE_FILES_RUNS_MAX);
		if (file->n > 0 &&
		    (found->total != total || found->size != file->size ||
			found->flags != file->flags))
			return lie(image, err, "another file than before");
		total = found->total;
		file->size = found->size;
		file->flags = found->flags;
		if (answer.count > total - file->n ||
		    (answer.count == 0 && file->n < total))
			return lie(image, err, "a count of runs");
		rc = take_more(image, &answer, in_file, file, err);
		if (rc != 0)
			return rc;
		if (file->n > 0)
			in_file = file->runs[file->n - 1].in_file +
			    file->runs[file->n - 1].length;
	} while (file->n < total);
	return check_file(image, file, in_file, err);
}

int cage_files_find(struct cage_image *image, uint32_t volume,
    struct slice path, struct cage_file *ret_file, struct err *err)
{
	int rc = cage_files_check_path(path, err);

	*ret_file = (struct cage_file){0};
	if (rc == 0)
		rc = find(image, volume, path, ret_file, err);
	if (rc != 0)
		cage_files_done(ret_file);
	return rc;
}

void cage_files_done(struct cage_file *file)
{
	free(file->runs);
	*file = (struct cage_file){0};
}

/* ---- owners ---- */

static int take_owners(struct cage_image *image,
    const struct cage_wire_range *ranges, size_t n,
    const struct cage_wire_answer *answer, struct cage_owners *owners,
    struct err *err)
{
	uint8_t bytes[CAGE_WIRE_OWNER];
	int rc = 0;

	owners->of = mem_new(answer->count + 1, sizeof(*owners->of));
	if (owners->of == NULL)
		return err_nomem(err);
	for (uint32_t i = 0; i < answer->count && rc == 0; i++) {
		cage_box_copy(
		    image->box, i * CAGE_WIRE_OWNER, bytes, sizeof(bytes));
		rc = cage_entry_take_owner(
		    &owners->of[i], ranges, n, bytes, err);
	}
	owners->n = answer->count;
	owners->ends_early = (answer->found.flags & CAGE_WIRE_ENDS_EARLY) != 0;
	owners->looked_at = answer->found.total;
	if (rc != 0) {
		cage_image_lose(image);
		free(owners->of);
		*owners = (struct cage_owners){0};
	}
	return rc;
}

int cage_files_owners(struct cage_image *image,
    const struct cage_wire_range *ranges, size_t n,
    struct cage_owners *ret_owners, struct err *err)
{
	struct cage_wire_asked asked = {
	    .request = {.kind = CAGE_WIRE_OWNERS, .n = n}};
	struct cage_wire_answer answer;
	uint8_t *bytes = mem_new(n, CAGE_WIRE_RANGE);
	int rc = bytes == NULL ? err_nomem(err) : 0;

	assert(n > 0 && n <= CAGE_WIRE_RANGES_MAX);
	*ret_owners = (struct cage_owners){0};
	for (size_t i = 0; i < n && rc == 0; i++)
		cage_entry_put_range(bytes + i * CAGE_WIRE_RANGE, &ranges[i]);
	if (rc == 0)
		rc = ask(
		    image, &asked, bytes, n * CAGE_WIRE_RANGE, &answer, err);
	free(bytes);
	return rc != 0
	    ? rc
	    : take_owners(image, ranges, n, &answer, ret_owners, err);
}
