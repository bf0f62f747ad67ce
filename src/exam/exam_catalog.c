/*
 * exam_catalog.c: see exam_catalog.h. Files and runs are arrays, names lie one
 * behind the other with their NUL.
 */
#include "exam_catalog.h"

#include "cage_files.h"
#include "mem.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Folders in folders, as far as a path is written out. */
#define DEPTH_MAX 256

struct exam_catalog {
	struct exam_catalog_file *files;
	size_t n, cap;
	struct exam_catalog_run *runs;
	size_t run_n, run_cap;
	char *names;
	size_t name_n, name_cap;
	struct cage_list_blocks *spaces;
	size_t space_n, space_cap;
	struct exam_catalog_volume *volumes;
	size_t volume_n;
};

/* What is being listed. */
struct listing {
	struct exam_catalog *catalog;
	uint32_t volume;
	bool is_full;
};

/* ---- from the box ---- */

static int add_runs(struct exam_catalog *c, struct exam_catalog_file *file,
    const struct cage_list_entry *e, struct err *err)
{
	int rc = mem_grow((void **)&c->runs, &c->run_cap, c->run_n + e->run_n,
	    sizeof(*c->runs), err);

	for (size_t i = 0; i < e->run_n && rc == 0; i++) {
		const struct cage_wire_run *from = &e->runs[i];
		struct exam_catalog_run *to = &c->runs[c->run_n++];

		to->at = from->is_hole ? EXAM_CATALOG_HOLE : from->at;
		to->length = from->length;
		file->run_n++;
	}
	return rc;
}

static int add_name(
    struct exam_catalog *c, const struct cage_list_entry *e, struct err *err)
{
	int rc = mem_grow((void **)&c->names, &c->name_cap,
	    c->name_n + e->name_n + 1, 1, err);

	if (rc != 0)
		return rc;
	memcpy(c->names + c->name_n, e->name, e->name_n);
	c->name_n += e->name_n;
	c->names[c->name_n++] = '\0';
	return 0;
}

static bool is_full(
    const struct exam_catalog *c, const struct cage_list_entry *e)
{
	return c->n >= EXAM_CATALOG_FILES_MAX ||
	    c->run_n + e->run_n > EXAM_CATALOG_RUNS_MAX ||
	    c->name_n + e->name_n >= EXAM_CATALOG_NAMES_MAX;
}

static int put_entry(
    void *cookie, const struct cage_list_entry *e, struct err *err)
{
	struct listing *l = cookie;
	struct exam_catalog *c = l->catalog;
	struct exam_catalog_volume *v = &c->volumes[l->volume - 1];

	l->is_full = l->is_full || is_full(c, e);
	if (l->is_full)
		return 0; /* what follows is left out: see new_volume */
	if (e->flags & CAGE_LIST_MORE_RUNS)
		return add_runs(c, &c->files[c->n - 1], e, err);
	int rc = mem_grow(
	    (void **)&c->files, &c->cap, c->n + 1, sizeof(*c->files), err);

	if (rc != 0)
		return rc;
	struct exam_catalog_file *f = &c->files[c->n];

	*f = (struct exam_catalog_file){
	    .id = e->id,
	    .size = e->size,
	    .valid = e->valid,
	    .flags = e->flags,
	    .in = e->in > 0 ? v->first + (uint32_t)e->in : 0,
	    .name_at = (uint32_t)c->name_n,
	    .run_at = (uint32_t)c->run_n,
	    .mode = e->mode,
	    .uid = e->uid,
	    .gid = e->gid,
	    .links = e->links,
	    .attribute = e->attribute,
	    .attribute_id = e->attribute_id,
	    .volume = (uint16_t)l->volume,
	    .type = (uint8_t)e->type,
	};
	memcpy(f->times, e->times, sizeof(f->times));
	memcpy(f->nanos, e->nanos, sizeof(f->nanos));
	c->n++;
	v->n++;
	rc = add_runs(c, f, e, err);
	return rc != 0 ? rc : add_name(c, e, err);
}

static int put_space(
    void *cookie, const struct cage_list_blocks *blocks, struct err *err)
{
	struct listing *l = cookie;
	struct exam_catalog *c = l->catalog;

	if (c->space_n == EXAM_CATALOG_SPACES_MAX) {
		l->is_full = true;
		return 0;
	}
	int rc = mem_grow((void **)&c->spaces, &c->space_cap, c->space_n + 1,
	    sizeof(*c->spaces), err);

	if (rc == 0)
		c->spaces[c->space_n++] = *blocks;
	return rc;
}

static void say_why(char *ret_why, size_t size, const struct listing *l,
    const struct cage_list_end *end)
{
	(void)snprintf(ret_why, size, "%s",
	    end->why[0] == '\0' && l->is_full
		? "there is more of it than is kept in memory"
		: end->why);
}

static int new_volume(struct exam_catalog *c, struct cage_image *box,
    uint32_t volume, struct err *err)
{
	struct exam_catalog_volume *v = &c->volumes[volume - 1];
	struct listing l = {.catalog = c, .volume = volume};
	struct cage_list_end end;

	v->first = (uint32_t)c->n;
	v->space_first = c->space_n;
	if (!v->about.has_files)
		return 0;
	int rc = cage_list_names(box, volume, put_entry, &l, &end, err);

	if (rc != 0)
		return rc;
	v->blocks = end.about;
	say_why(v->names_why, sizeof(v->names_why), &l, &end);
	l.is_full = false;
	rc = cage_list_spaces(box, volume, put_space, &l, &end, err);
	if (rc != 0)
		return rc;
	say_why(v->spaces_why, sizeof(v->spaces_why), &l, &end);
	v->space_n = c->space_n - v->space_first;
	return 0;
}

int exam_catalog_new(
    struct exam_catalog **ret_catalog, struct cage_image *box, struct err *err)
{
	struct exam_catalog *c = mem_new(1, sizeof(*c));
	struct cage_wire_volume *volumes = NULL;
	int rc = c == NULL
	    ? err_nomem(err)
	    : cage_files_volumes(box, &volumes, &c->volume_n, err);

	if (rc == 0) {
		c->volumes = mem_new(c->volume_n + 1, sizeof(*c->volumes));
		rc = c->volumes == NULL ? err_nomem(err) : 0;
	}
	for (size_t i = 0; rc == 0 && i < c->volume_n; i++)
		c->volumes[i].about = volumes[i];
	for (size_t i = 0; rc == 0 && i < c->volume_n; i++)
		rc = new_volume(c, box, (uint32_t)i + 1, err);
	free(volumes);
	if (rc == 0)
		*ret_catalog = c;
	else
		exam_catalog_free(c);
	return rc;
}

void exam_catalog_free(struct exam_catalog *c)
{
	if (c == NULL)
		return;
	free(c->files);
	free(c->runs);
	free(c->names);
	free(c->spaces);
	free(c->volumes);
	free(c);
}

/* ---- asking ---- */

const struct exam_catalog_file *exam_catalog_files(
    const struct exam_catalog *c, size_t *ret_n)
{
	*ret_n = c->n;
	return c->files;
}

const struct exam_catalog_volume *exam_catalog_volumes(
    const struct exam_catalog *c, size_t *ret_n)
{
	*ret_n = c->volume_n;
	return c->volumes;
}

const struct exam_catalog_run *exam_catalog_runs(
    const struct exam_catalog *c, uint32_t file, size_t *ret_n)
{
	assert(file < c->n);
	*ret_n = c->files[file].run_n;
	return c->runs + c->files[file].run_at;
}

const struct cage_list_blocks *exam_catalog_spaces(
    const struct exam_catalog *c, uint32_t volume, size_t *ret_n)
{
	assert(volume > 0 && volume <= c->volume_n);
	*ret_n = c->volumes[volume - 1].space_n;
	return c->spaces + c->volumes[volume - 1].space_first;
}

struct slice exam_catalog_name(const struct exam_catalog *c, uint32_t file)
{
	assert(file < c->n);
	return slice_of(c->names + c->files[file].name_at);
}

void exam_catalog_put_path(
    const struct exam_catalog *c, uint32_t file, struct buf *out)
{
	uint32_t way[DEPTH_MAX] = {0};
	size_t n = 0;

	assert(file < c->n);
	/* A folder has a smaller number than what is in it, so this ends. */
	for (uint32_t at = file + 1; at != 0 && n < DEPTH_MAX;
	     at = c->files[at - 1].in)
		way[n++] = at - 1;
	if (c->files[way[n - 1]].flags & CAGE_LIST_ORPHAN)
		buf_puts(out, "$OrphanFiles/");
	while (n > 0) {
		buf_put_slice(out, exam_catalog_name(c, way[--n]));
		if (n > 0)
			buf_putc(out, '/');
	}
}

bool exam_catalog_is_file(const struct exam_catalog_file *file)
{
	return file->type == CAGE_LIST_FILE &&
	    (file->flags & (CAGE_LIST_INNER | CAGE_LIST_VIRTUAL)) == 0;
}

bool exam_catalog_is_deleted(const struct exam_catalog_file *file)
{
	return exam_catalog_is_file(file) &&
	    (file->flags & (CAGE_LIST_DELETED | CAGE_LIST_NAME_ALONE)) ==
	    CAGE_LIST_DELETED;
}

/* ---- whose it is ---- */

static int own_some(struct exam_owner *map, const struct exam_span *run,
    uint64_t from, uint64_t until, enum exam_owning owning, struct err *err)
{
	const uint64_t end = run->in_file + run->length;
	const uint64_t first = from > run->in_file ? from : run->in_file;
	const uint64_t last = until < end ? until : end;

	if (first >= last)
		return 0;
	const struct exam_span span = {
	    .at = run->at + (first - run->in_file),
	    .length = last - first,
	    .owning = owning,
	    .file = run->file,
	    .in_file = first,
	};

	return exam_owner_add(map, &span, err);
}

static int own_file(const struct exam_catalog *c, uint32_t number,
    struct exam_owner *map, struct err *err)
{
	const struct exam_catalog_file *f = &c->files[number];
	const bool is_table =
	    (f->flags & (CAGE_LIST_INNER | CAGE_LIST_VIRTUAL)) != 0;
	/* Of what is stored in another way all of it is the file's. */
	const bool is_whole = (f->flags & CAGE_LIST_COMPRESSED) != 0 ||
	    f->type == CAGE_LIST_FOLDER || is_table;
	const uint64_t end = is_whole ? UINT64_MAX : f->valid;
	struct exam_span run = {.file = number};
	int rc = 0;

	for (uint32_t i = 0; i < f->run_n && rc == 0; i++) {
		const struct exam_catalog_run *r = &c->runs[f->run_at + i];

		run.at = r->at;
		run.length = r->length;
		if (r->at != EXAM_CATALOG_HOLE)
			rc = own_some(map, &run, 0, end,
			    is_table ? EXAM_OWNER_TABLES : EXAM_OWNER_FILE,
			    err);
		if (rc == 0 && r->at != EXAM_CATALOG_HOLE)
			rc = own_some(
			    map, &run, end, UINT64_MAX, EXAM_OWNER_SLACK, err);
		run.in_file += r->length;
	}
	return rc;
}

int exam_catalog_own(
    const struct exam_catalog *c, struct exam_owner *map, struct err *err)
{
	int rc = 0;

	for (uint32_t i = 0; i < c->n && rc == 0; i++)
		if ((c->files[i].flags &
			(CAGE_LIST_DELETED | CAGE_LIST_NAME_ALONE)) == 0)
			rc = own_file(c, i, map, err);
	for (size_t i = 0; i < c->space_n && rc == 0; i++) {
		const struct cage_list_blocks *b = &c->spaces[i];
		const struct exam_span span = {
		    .at = b->at,
		    .length = b->length,
		    .owning = b->use == CAGE_LIST_FREE ? EXAM_OWNER_FREE
						       : EXAM_OWNER_TABLES,
		    .file = EXAM_OWNER_NO_FILE,
		};

		rc = exam_owner_add(map, &span, err);
	}
	return rc;
}
